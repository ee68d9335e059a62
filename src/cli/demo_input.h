// The evidence of the demo: a folder of real files of this machine and an ext4 disk image made from some of them.
#ifndef CM_CLI_DEMO_INPUT_H
#define CM_CLI_DEMO_INPUT_H

#include "base/report.h"

struct cm_demo_input {
	size_t files;
	uint64_t bytes;
};

// Fills `folder` (made when missing) with over 200 MB: copies of the machine's largest programs and libraries, its
// logs of package installation, and disk.img, an ext4 file system that holds such files.
CM_CHECKED cm_result cm_demo_input_make(const char *folder, struct cm_report *report, struct cm_demo_input *ret_input);

// Counts what is in the folder of a user's own.
CM_CHECKED cm_result cm_demo_input_count(const char *folder, struct cm_report *report, struct cm_demo_input *ret_input);

#endif
