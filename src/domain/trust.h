// The directory judged: may a list take the place of the one before, and who was valid when (doc/spec/directory.md,
// sections 4 to 7)? All of it is decided from the lists alone, at any later time. Source: trust.c.
#ifndef CM_DOMAIN_TRUST_H
#define CM_DOMAIN_TRUST_H

#include "crypto/hash.h"
#include "format/directory.h"

// Is the list signed by the key it names, and does every root but the first have the word of the one before?
// Refused: directory_signature, and what a certificate is refused for.
CM_CHECKED cm_result cm_trust_check_signed(const struct cm_directory *list, struct cm_report *report);

struct cm_trust_question {
	struct cm_instant now;
	const struct cm_directory *old; // the list known before, NULL: none
	struct cm_hash old_sha256, sha256; // of the bytes of both
	const struct cm_hash *anchors;  // certificates that may begin it: pinned, printed, or on the list of States
	size_t anchor_count;
};

// May the list be taken now? Its signatures were checked. Refused: directory_stale, directory_rollback, directory_fork,
// directory_history, directory_root, directory_root_replaced.
CM_CHECKED cm_result cm_trust_check_new(const struct cm_directory *list, const struct cm_trust_question *question,
                                        struct cm_report *report);

// SHA-256 of the certificate whose key signs this list now.
struct cm_hash cm_trust_signer(const struct cm_directory *list);

enum cm_trust_state {
	CM_TRUST_UNKNOWN,
	CM_TRUST_VALID,
	CM_TRUST_SUPERSEDED, // good for what it signed before
	CM_TRUST_REVOKED,
	CM_TRUST_FROZEN,
};

// What a key of a node was at a moment. An announced key is valid from its day on, if nothing else is said of it.
enum cm_trust_state cm_trust_key_at(const struct cm_directory *list, struct cm_view node, const struct cm_hash *spki,
                                    struct cm_instant at);

enum cm_trust_party {
	CM_TRUST_PARTY_UNKNOWN,
	CM_TRUST_PARTY,
	CM_TRUST_PARTY_SUSPENDED,
	CM_TRUST_PARTY_WITHDRAWN,
};
enum cm_trust_party cm_trust_party_at(const struct cm_directory *states, struct cm_view country, struct cm_instant at);

// One signature, and the moments of it. `said` is the signer's own word: whoever stole a key may put any moment there. `seen` is
// not: it is when somebody whom the key's holder cannot make say so had it already.
struct cm_trust_signed {
	struct cm_view node;    // whose key
	struct cm_hash spki;    // SHA-256 of its SubjectPublicKeyInfo
	struct cm_instant said; // the moment that the signature names
	struct cm_instant seen; // by when another one had it, the earliest; us 0: nobody says
};
struct cm_trust_when {
	enum cm_trust_state then; // at `said`: CM_TRUST_VALID; CM_TRUST_UNKNOWN: the list begins later
	enum cm_trust_state now;  // the list's last word of the key
	struct cm_instant since;  // of that word; us 0: only announced
};
// Was the key good when this was signed (doc/spec/directory.md, section 10)? For a key that was revoked, or is frozen, `seen` counts, for
// others `said`. Refused: key_unlisted, key_superseded, key_frozen, key_revoked, key_time_unproven.
CM_CHECKED cm_result cm_trust_check_key(const struct cm_directory *list, const struct cm_trust_signed *what,
                                        struct cm_report *report, struct cm_trust_when *ret_when);

// Words: "valid", "party".
const char *cm_trust_state_word(enum cm_trust_state state);
const char *cm_trust_party_word(enum cm_trust_party party);

const struct cm_directory_authority *cm_trust_authority(const struct cm_directory *list, struct cm_view node);
const struct cm_directory_state *cm_trust_country(const struct cm_directory *states, struct cm_view country);

// True when the certificate with this digest was or is a root of this State's list.
bool cm_trust_has_root(const struct cm_directory *list, const struct cm_hash *root);

// Younger than CM_LIMIT_DIRECTORY_FRESH_HOURS_VALUE: what it does not say, is not so.
bool cm_trust_fresh(const struct cm_directory *list, struct cm_instant now);

// What vouches for a node that nobody has compared words with (doc/spec/directory.md, section 9).
struct cm_trust_vouch {
	const struct cm_directory *own, *states; // its State's list, and the list of States; NULL: there is none
	struct cm_view node;
	const struct cm_hash *spki; // of the key that it shows; NULL: any one of its keys
	struct cm_instant now;
};
// The node's row, when its State's list is fresh, names it, and says that the key is valid now, and the list of States, if there is
// one, has its State as a party. Else NULL, and *ret_why says why: "unlisted", "stale", "suspended", "withdrawn", or what the key is.
const struct cm_directory_authority *cm_trust_vouch(const struct cm_trust_vouch *vouch, const char **ret_why);

#endif
