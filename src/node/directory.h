// The directory of a running node: the newest lists in memory, how a list is taken, and how a peer stands by them
// (doc/spec/directory.md, sections 5 to 8). Without any list peers go on by their pins alone. Source: directory.c (lists), standing.c (peers).
#ifndef CM_NODE_DIRECTORY_H
#define CM_NODE_DIRECTORY_H

#include "domain/trust.h"
#include "node/node.h"

#define CM_DIRECTORY_NAME 8     // bytes with NUL: "states", "XA"
#define CM_DIRECTORY_STATES "states"

struct cm_directory_shelf;

CM_CHECKED cm_result cm_directory_shelf_new(struct cm_directory_shelf **ret_shelf);
void cm_directory_shelf_free(struct cm_directory_shelf *shelf);

// Reads the lists of the store, by the message reader.
CM_CHECKED cm_result cm_directory_load(struct cm_node *node, struct cm_report *report);

struct cm_directory_file {
	struct cm_view bytes;
	const char *fingerprint; // SHA-256 of a root or of the secretariat's certificate that a person compared; "" without
	const char *person;
};
struct cm_directory_taken {
	char name[CM_DIRECTORY_NAME];
	uint64_t version;
	bool known; // these very bytes were here
};
// Takes a list: judged, kept, told in the register; for which peers it changes something is told in the feed with it, and those
// with newer cards are asked for them. Refused: as domain/trust.h says.
CM_CHECKED cm_result cm_directory_import(struct cm_node *node, const struct cm_directory_file *file,
                                         struct cm_report *report, struct cm_directory_taken *ret_taken);

enum cm_standing_level {
	CM_STANDING_NONE,    // no list says anything of its State
	CM_STANDING_GOOD,
	CM_STANDING_LISTED,  // nobody compared words with it; its State's list vouches for it: it gets preservation alone
	CM_STANDING_HELD,    // nothing is disclosed to it
	CM_STANDING_REFUSED, // and nothing but preservations is taken from it: its key is not good any more
};

struct cm_standing {
	enum cm_standing_level level;
	const char *why; // "revoked", "frozen", "superseded", "pin_differs", "unlisted", "suspended", "withdrawn", "stale", "listed", ""
	char phone[24];  // to call back, "" when the directory names none
};

void cm_directory_standing(struct cm_node *node, const struct cm_peer *peer, struct cm_instant now,
                           struct cm_standing *ret_standing);

// True when the list of its State says that the signing key of this identity is valid now.
bool cm_directory_vouches(struct cm_node *node, const struct cm_identity *identity);

// May what an earlier key of a peer signed at `at` still be heard? By the list of its State: the key is good now, or it gave way to
// another one after `at`. Without a list: no.
bool cm_directory_heard(struct cm_node *node, const char *peer, const struct cm_key_public *key, struct cm_instant at);

// Refused with peer_held when nothing may be disclosed to the peer now, with peer_listed when it is none that people confirmed. `anyway` are a person's words for doing it with lists
// that are too old; they heal nothing else. Who said them is told in the events; NULL: that was told before.
CM_CHECKED cm_result cm_directory_may_disclose(struct cm_node *node, const char *peer, struct cm_view anyway,
                                               const char *person, struct cm_report *report);

// A list as JSON for people, and all lists. Refused: directory_none.
CM_CHECKED cm_result cm_directory_show(struct cm_node *node, const char *name, struct cm_report *report, struct cm_buf *to);
CM_CHECKED cm_result cm_directory_list(struct cm_node *node, struct cm_report *report, struct cm_buf *to);

#endif
