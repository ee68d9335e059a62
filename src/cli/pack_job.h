// Packs a file or folder, and seals it in the same pass when there are recipients: first a pass that learns length and
// CRC of every file, then one that reads, digests, encrypts, digests the ciphertext and puts. Used by `package create`
// and by `evidence send`. Source: pack_job.c, pack_inputs.c.
#ifndef CM_CLI_PACK_JOB_H
#define CM_CLI_PACK_JOB_H

#include "api/report_inside.h"
#include "cli/out.h"
#include "comity/package.h"
#include "os/dir.h"
#include "os/file.h"

// Who signs. `sign` answers a statement; the certificates in the answer live until `close`.
struct cm_cli_signer {
	void *self;
	enum comity_result (*sign)(void *self, const struct comity_statement *statement, struct comity_report *report,
	                           struct comity_signature *ret_signature);
	void (*close)(void *self);
	char name[160]; // of the signer, for the custody graph; "" when not known
};

// Opens the signer of a node's folder (its running node, or its keeper). Filled in by main before any command runs.
extern enum comity_result (*cm_cli_signer_open)(const char *home, struct comity_report *report,
                                                struct cm_cli_signer *ret_signer);

// A document for metadata/request/.
struct cm_pack_paper {
	const char *name;
	struct comity_view bytes;
};

struct cm_pack_job {
	const char *path; // file or folder
	const struct comity_custody *custody;
	const struct cm_pack_paper *papers;
	size_t paper_count;
	const char *const *recipients; // age1…; none: the package is put as it is
	size_t recipient_count;
	struct cm_cli_signer *signer;
	enum comity_result (*put)(void *self, struct cm_view bytes, struct comity_report *report); // takes the stream
	void *self;
	bool quiet; // no progress on the terminal
};

struct cm_pack_told {
	size_t files;
	uint64_t bytes;           // of the files
	uint64_t written;         // of the stream
	struct comity_hash package; // SHA-256 of the package's manifest: its identity
	struct comity_hash sealed;  // SHA-256 of the stream, when sealed
};

enum comity_result cm_pack_job_run(const struct cm_pack_job *job, struct comity_report *report,
                                   struct cm_pack_told *ret_told);

// -- the inputs, sorted by name
struct cm_pack_file {
	char path[CM_FILE_PATH];
	const char *name; // in the package, below data/
	uint64_t size;
	uint32_t crc;
};
struct cm_pack_inputs {
	struct cm_pack_file *files;
	size_t count;
	uint64_t bytes;
	struct cm_dir_list list;
};

// Finds the files and learns length and CRC of each. Refused: pack_empty (nothing there), pack_kind (links and devices
// are not packed silently), what cm_dir_walk() refuses.
enum comity_result cm_pack_inputs_read(const char *path, bool quiet, struct comity_report *report,
                                       struct cm_pack_inputs *ret_inputs);
void cm_pack_inputs_fini(struct cm_pack_inputs *inputs);

#endif
