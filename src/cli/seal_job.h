// Seals or opens one file or stream with every processor at work. Source: seal_job.c.
#ifndef CM_CLI_SEAL_JOB_H
#define CM_CLI_SEAL_JOB_H

#include "api/report_inside.h"
#include "cli/out.h"
#include "comity/package.h"

struct cm_seal_job {
	const char *path; // file, or "-" for standard input
	const char *const *recipients; // to seal
	size_t recipient_count;
	struct comity_open *open; // to open: with its identities or file key
	enum comity_result (*put)(void *self, struct cm_view bytes, struct comity_report *report);
	void *self;
	bool quiet;
};

struct cm_seal_told {
	uint64_t read, written;
	struct comity_hash sha256; // of the sealed bytes
};

enum comity_result cm_seal_job_seal(const struct cm_seal_job *job, struct comity_report *report,
                                    struct cm_seal_told *ret_told);
// Refused: the rules of sealed files. What was put before is authentic, but not whole.
enum comity_result cm_seal_job_open(const struct cm_seal_job *job, struct comity_report *report,
                                    struct cm_seal_told *ret_told);

#endif
