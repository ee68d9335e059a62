// What a package reader is told to do, and what it answers. Source: reader_package.c (the reader), reader_package_ipc.c.
//   verify: fd 0 sealed blob. The report is JSON {bytes, checks, facts, findings, package, verdict}.
//   bundle: fd 0 sealed blob, 1 where the bundle goes (written from where it stands), 2 the court's files as records
//           (court.h). Asks BUNDLE_SIGN.
#ifndef CM_NODE_READER_PACKAGE_H
#define CM_NODE_READER_PACKAGE_H

#include "base/buf.h"
#include "base/instant.h"
#include "comity/report.h"
#include "crypto/hash.h"

enum cm_reader_package_what { CM_READER_PACKAGE_VERIFY = 1, CM_READER_PACKAGE_BUNDLE = 2 };

#define CM_READER_PACKAGE_CERTIFICATES 4

struct cm_reader_package_job {
	enum cm_reader_package_what what;
	struct cm_instant now;
	struct cm_view roots;                                 // PEM of the State roots that are believed
	struct cm_view chain[CM_READER_PACKAGE_CERTIFICATES]; // DER of our signing certificate and its issuers: bundle
	size_t chain_count;
};
void cm_reader_package_job_write(const struct cm_reader_package_job *job, struct cm_buf *to);
bool cm_reader_package_job_read(struct cm_view v, struct cm_reader_package_job *ret_job);

// The answer: what the node needs in numbers, and words for people that it only passes on. A reader has read strangers'
// bytes, so nothing of it is parsed as JSON in the node.
struct cm_reader_package_told {
	enum comity_verdict verdict; // verify
	uint64_t bytes;              // of the package, or of the bundle
	struct cm_hash hash;         // verify: the package's identity, zeros when it has none; bundle: of the whole file
	struct cm_view report;       // verify: JSON
};
void cm_reader_package_told_write(const struct cm_reader_package_told *told, struct cm_buf *to);
bool cm_reader_package_told_read(struct cm_view v, struct cm_reader_package_told *ret_told);

#endif
