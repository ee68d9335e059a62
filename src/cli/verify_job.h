// Verifies a package or bundle on disk, several entries at once. Source: verify_job.c.
#ifndef CM_CLI_VERIFY_JOB_H
#define CM_CLI_VERIFY_JOB_H

#include "api/report_inside.h"
#include "cli/out.h"
#include "comity/package.h"

struct cm_verify_job {
	const char *path;
	const struct comity_trust *trust; // or NULL
	const struct comity_directory *directory; // or NULL
	struct comity_instant received;   // us 0: not known
	bool quiet;
	bool lists_only; // read the directory and the lists; digest nothing, judge nothing
};

// Fills the report; ask its verdict. `ret_verify` may be NULL; else it gets the machine with its entries (free it).
enum comity_result cm_verify_job_run(const struct cm_verify_job *job, struct comity_report *report,
                                     struct comity_verify **ret_verify);

#endif
