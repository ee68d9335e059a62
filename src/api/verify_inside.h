// The verification of a container from inside: what verify.c (steps), verify_checks.c (the container's own checks) and
// verify_court.c (the court's files of a bundle) share.
#ifndef CM_API_VERIFY_INSIDE_H
#define CM_API_VERIFY_INSIDE_H

#include "api/report_inside.h"
#include "api/trust_inside.h"
#include "base/buf.h"
#include "comity/package.h"
#include "crypto/hash.h"
#include "format/asic.h"
#include "format/zip_read.h"

enum cm_verify_at {
	CM_VERIFY_DIRECTORY, // headers and central directory
	CM_VERIFY_PARTS,     // the small entries that are read whole
	CM_VERIFY_FILES,     // jobs for all other entries are given out
	CM_VERIFY_WAIT,      // their digests are awaited
	CM_VERIFY_DONE,
};

// One entry with what became of it.
struct cm_verify_file {
	const struct cm_zip_entry *entry;
	char *name;          // of the entry, heap
	bool part;     // read whole, into `bytes`
	bool hashed;
	struct cm_buf bytes;
	struct cm_hash sha256;
	uint32_t crc;
};

// A list with its signature: of the package, and of the bundle.
struct cm_verify_list {
	const char *about; // "package", "bundle"
	const char *manifest_name, *signature_name;
	struct cm_asic_manifest manifest;
	bool read;
	struct cm_hash sha256; // of the manifest
	struct cm_instant signed_at;
	char signer[CM_X509_NODE]; // "" until its origin is proven
	struct cm_hash spki;       // of the signer's key
	bool signature_ok;
};

struct comity_verify {
	enum cm_verify_at at;
	struct cm_zip_read *zip;
	enum cm_asic_kind kind;
	struct cm_zip_need need;
	struct cm_buf given; // for the directory
	bool given_set;
	const struct comity_trust *trust; // NULL: origin is not judged
	struct cm_verify_file *files;     // heap
	size_t count;
	size_t next;        // file whose step comes next
	size_t outstanding; // jobs without answer
	struct cm_verify_list lists[2];
	size_t list_count;
	const struct comity_directory *directory; // NULL: keys are not judged by dates
	struct cm_instant received;
	bool origin_judged;
	bool key_open; // a key was not judged by its dates, though there are lists
	bool exercise; // a card of the bundle is of an exercise
};

// Adds the outcome of a check that filled the report's findings from number `before` on: failed with the first of
// them as detail, or `state` with `detail`.
void cm_verify_outcome(struct comity_report *report, const char *name, const char *about, cm_result result,
                       size_t before);

// The whole bytes of a part by its name; NULL when there is none.
struct cm_verify_file *cm_verify_find(struct comity_verify *v, const char *name);

// mimetype, lists and signatures, once all parts are here.
void cm_verify_check_lists(struct comity_verify *v, struct comity_report *report);
// Every file against the lists, once all digests are in.
void cm_verify_check_files(struct comity_verify *v, struct comity_report *report);
// The key of a list's signer by the dates of the directory, when its origin is proven. `seen`, `seen_by`: when another node had what
// it signed; us 0, NULL: none says so.
void cm_verify_check_key(struct comity_verify *v, const struct cm_verify_list *list, struct cm_instant seen,
                         const char *seen_by, struct comity_report *report);
// The court's files of a bundle. CM_NOMEM.
CM_CHECKED cm_result cm_verify_check_court(struct comity_verify *v, struct comity_report *report);

#endif
