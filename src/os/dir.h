// Folders: making, listing, walking, durability. Lists are sorted by bytes, so that the same folder gives the same
// list everywhere; symbolic links are listed and never followed.
#ifndef CM_OS_DIR_H
#define CM_OS_DIR_H

#include "base/report.h"
#include "base/tab_limit.h"

enum cm_dir_kind {
	CM_DIR_FILE,
	CM_DIR_FOLDER,
	CM_DIR_LINK,
	CM_DIR_OTHER,
};

struct cm_dir_entry {
	char *name; // relative to the listed folder, "/" between the parts
	enum cm_dir_kind kind;
	uint64_t size;      // bytes, of files
	int64_t changed_ns; // modification time, nanoseconds since the epoch
};

struct cm_dir_list {
	struct cm_dir_entry *entries;
	size_t n;
};

// Makes one folder with `mode` and syncs its parent; one that is there already is fine (its mode stays).
CM_CHECKED cm_result cm_dir_make(const char *path, unsigned mode, struct cm_report *report);
// The same for every missing part of the path.
CM_CHECKED cm_result cm_dir_make_all(const char *path, unsigned mode, struct cm_report *report);

CM_CHECKED cm_result cm_dir_sync(const char *path, struct cm_report *report);
// fsync of the folder that holds `path`.
CM_CHECKED cm_result cm_dir_sync_parent(const char *path, struct cm_report *report);

// The entries of one folder, sorted. CM_REFUSED when there are more than `max`. Free with cm_dir_list_fini().
CM_CHECKED cm_result cm_dir_read(const char *path, size_t max, struct cm_report *report, struct cm_dir_list *ret_list);
// Everything under a folder, sorted by relative path, each folder before its contents; depth is bounded by
// CM_LIMIT_DIR_DEPTH_VALUE.
CM_CHECKED cm_result cm_dir_walk(const char *path, size_t max, struct cm_report *report, struct cm_dir_list *ret_list);
void cm_dir_list_fini(struct cm_dir_list *list);

// Removes a folder with all it holds; one that is not there is no error.
CM_CHECKED cm_result cm_dir_remove_all(const char *path, struct cm_report *report);

// The absolute name of a path that need not exist, into CM_FILE_PATH bytes: relative ones are below the working folder.
CM_CHECKED cm_result cm_dir_absolute(const char *path, char *to, struct cm_report *report);

// A fresh private folder under the system's folder for temporary files (TMPDIR); its path into `to`.
CM_CHECKED cm_result cm_dir_temp(char *to, size_t room, struct cm_report *report);

// Bytes free for us on the file system of `path`.
CM_CHECKED cm_result cm_dir_free_bytes(const char *path, struct cm_report *report, uint64_t *ret_bytes);

#endif
