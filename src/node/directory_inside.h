// The shelf of lists, seen from inside: directory.c puts lists on it, standing.c looks peers up, do_directory.c shows them.
#ifndef CM_NODE_DIRECTORY_INSIDE_H
#define CM_NODE_DIRECTORY_INSIDE_H

#include "node/directory.h"

struct cm_directory_kept {
	char name[CM_DIRECTORY_NAME];
	struct cm_hash sha256; // of the bytes
	struct cm_reader_directory read;
};

struct cm_directory_shelf {
	struct cm_mutex lock;        // of the list, for a moment
	struct cm_mutex import_lock; // one import at a time
	struct cm_directory_kept *list;
	size_t n;
};

// NULL: none. The caller holds `lock`, or is the one who imports.
struct cm_directory_kept *cm_directory_find(struct cm_directory_shelf *shelf, const char *name);

// What the feed says when the end of an alarm came.
#define CM_DIRECTORY_AGREES "the directory agrees again"

// The State of a node: "xa.contact" is of "XA".
void cm_directory_country(const char *node, char ret_country[3]);

// How a peer would stand with this list in place of the one that is here.
void cm_directory_standing_with(struct cm_node *node, const struct cm_directory *instead, const struct cm_peer *peer,
                                struct cm_instant now, struct cm_standing *ret_standing);

// One line of the feed, durable on return.
CM_CHECKED cm_result cm_directory_tell(struct cm_node *node, const char *peer, const char *text, struct cm_report *report);

#endif
