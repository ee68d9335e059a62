// The shelf of lists, seen from inside: directory.c puts lists on it, do_directory.c shows them.
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

#endif
