// The lists of the directory from inside, and the check of a signature's key by them. Source: directory.c, verify_key.c.
#ifndef CM_API_DIRECTORY_INSIDE_H
#define CM_API_DIRECTORY_INSIDE_H

#include "api/verify_inside.h"
#include "api/verify_seen.h"
#include "comity/trust.h"
#include "domain/trust.h"

struct cm_directory_kept {
	struct cm_buf bytes;
	struct cm_directory list;
	struct cm_hash sha256; // of the bytes
};

struct comity_directory {
	struct cm_directory_kept *kept; // heap; one for each State, and the list of States
	size_t count;
};

// The list of a State by its code, or the list of States with NULL; NULL when it is not there.
const struct cm_directory *cm_directory_of(const struct comity_directory *directory, const char *country);

// One signature of a package or bundle whose key is to be judged.
struct cm_verify_key {
	const char *about; // name of the file, "package", "bundle"
	const char *node;
	struct cm_hash spki;
	struct cm_instant said;
	struct cm_instant seen; // by somebody else's register; us 0: nobody's
	const char *seen_by;    // whose
	bool answer;            // to a message: perhaps no act names it, and then its time is nobody's word
};

// Adds the check "key", failed with the rule that its key breaks; without lists nothing is added.
void cm_verify_key_check(struct comity_verify *v, const struct cm_verify_key *key, struct comity_report *report);

// True when the lists know that the key was good when this was signed. Tells nothing.
bool cm_verify_key_good(const struct comity_verify *v, const struct cm_verify_key *key);

#endif
