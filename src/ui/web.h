// The files of web/ and po/ as the build put them into the program. Each list ends with a row without name.
#ifndef CM_UI_WEB_H
#define CM_UI_WEB_H

#include "base/view.h"

struct cm_web_file {
	const char *name; // of a template or language; of a file its address
	const char *type; // media type of a file
	struct cm_view bytes;
};

extern const struct cm_web_file cm_web_templates[], cm_web_words[], cm_web_files[];

#endif
