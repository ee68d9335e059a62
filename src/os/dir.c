// Knows: folders, their order and their durability. Does not know: what the files mean. A walk goes through
// descriptors and never follows a symbolic link, so a folder that changes under us cannot lead it elsewhere.
#include "os/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/env.h"
#include "os/file.h"

static cm_result
cm_dir_fault(struct cm_report *report, enum cm_error rule, const char *path)
{
	return cm_report_failed(report, rule, path, "%s", strerror(errno));
}

cm_result
cm_dir_sync(const char *path, struct cm_report *report)
{
	CM_FILE_AUTO int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cm_dir_fault(report, CM_ERROR_IO_OPEN, path);
	return cm_file_sync(fd, report);
}

cm_result
cm_dir_sync_parent(const char *path, struct cm_report *report)
{
	char folder[CM_FILE_PATH];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);
	if (n >= sizeof folder)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, path, "folder");
	memcpy(folder, path, n);
	folder[n] = 0;
	return cm_dir_sync(slash == NULL ? "." : n == 0 ? "/" : folder, report);
}

static bool
cm_dir_is(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

cm_result
cm_dir_make(const char *path, unsigned mode, struct cm_report *report)
{
	if (mkdir(path, (mode_t)mode) == 0)
		return cm_dir_sync_parent(path, report);
	int why = errno;
	if (why == EEXIST && cm_dir_is(path))
		return CM_OK;
	errno = why;
	return cm_dir_fault(report, CM_ERROR_IO_WRITE, path);
}

cm_result
cm_dir_make_all(const char *path, unsigned mode, struct cm_report *report)
{
	char part[CM_FILE_PATH];
	size_t n = strlen(path);
	if (n >= sizeof part)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, path, "folder");
	memcpy(part, path, n + 1);
	for (size_t i = 1; i < n; i++) {
		if (part[i] != '/')
			continue;
		part[i] = 0;
		if (!cm_dir_is(part)) {
			cm_result r = cm_dir_make(part, mode, report);
			if (r != CM_OK)
				return r;
		}
		part[i] = '/';
	}
	return cm_dir_make(path, mode, report);
}

static int
cm_dir_entry_order(const void *a, const void *b)
{
	return strcmp(((const struct cm_dir_entry *)a)->name, ((const struct cm_dir_entry *)b)->name);
}

static enum cm_dir_kind
cm_dir_kind_of(mode_t mode)
{
	if (S_ISREG(mode))
		return CM_DIR_FILE;
	if (S_ISDIR(mode))
		return CM_DIR_FOLDER;
	return S_ISLNK(mode) ? CM_DIR_LINK : CM_DIR_OTHER;
}

void
cm_dir_list_fini(struct cm_dir_list *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->n; i++)
		cm_mem_free(list->entries[i].name);
	cm_mem_free(list->entries);
	*list = (struct cm_dir_list){0};
}

// One walk: what it was asked for and what it has gathered.
struct cm_dir_walker {
	const char *top;
	size_t max;
	unsigned depth; // levels it may still go down
	struct cm_dir_list list;
	size_t room;
	struct cm_report *report;
};

static cm_result
cm_dir_keep(struct cm_dir_walker *w, const char *name, const struct stat *st)
{
	if (w->list.n == w->max)
		return cm_report_refuse(w->report, CM_ERROR_DIR_TOO_MANY, w->top, "more than %zu entries", w->max);
	if (w->list.n == w->room) {
		size_t room = w->room == 0 ? 32 : 2 * w->room;
		struct cm_dir_entry *grown = cm_mem_resize(w->list.entries, room * sizeof *grown);
		if (grown == NULL)
			return CM_NOMEM;
		w->list.entries = grown;
		w->room = room;
	}
	char *copy = cm_mem_text(name, strlen(name));
	if (copy == NULL)
		return CM_NOMEM;
	w->list.entries[w->list.n++] = (struct cm_dir_entry){
	        .name = copy,
	        .kind = cm_dir_kind_of(st->st_mode),
	        .size = S_ISREG(st->st_mode) ? (uint64_t)st->st_size : 0,
	        .changed_ns = (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
	};
	return CM_OK;
}

static cm_result cm_dir_gather(struct cm_dir_walker *w, int fd, const char *prefix, unsigned depth);

static cm_result
cm_dir_gather_one(struct cm_dir_walker *w, int fd, const char *prefix, const char *name, unsigned depth)
{
	struct stat st;
	char path[CM_FILE_PATH];
	int n = snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] == 0 ? "" : "/", name);
	if (n < 0 || (size_t)n >= sizeof path)
		return cm_report_refuse(w->report, CM_ERROR_PATH_TOO_LONG, w->top, "%s", name);
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return cm_dir_fault(w->report, CM_ERROR_IO_READ, path);
	cm_result r = cm_dir_keep(w, path, &st);
	if (r != CM_OK || !S_ISDIR(st.st_mode) || w->depth == 0)
		return r;
	if (depth == w->depth)
		return cm_report_refuse(w->report, CM_ERROR_DIR_TOO_DEEP, path, "more than %u levels", w->depth);
	int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0)
		return cm_dir_fault(w->report, CM_ERROR_IO_OPEN, path);
	return cm_dir_gather(w, below, path, depth + 1);
}

// Takes over `fd`.
static cm_result
cm_dir_gather(struct cm_dir_walker *w, int fd, const char *prefix, unsigned depth)
{
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		cm_result r = cm_dir_fault(w->report, CM_ERROR_IO_OPEN, prefix[0] == 0 ? w->top : prefix);
		cm_file_close(&fd);
		return r;
	}
	cm_result r = CM_OK;
	while (r == CM_OK) {
		errno = 0;
		const struct dirent *e = readdir(dir);
		if (e == NULL) {
			if (errno != 0)
				r = cm_dir_fault(w->report, CM_ERROR_IO_READ, w->top);
			break;
		}
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			r = cm_dir_gather_one(w, dirfd(dir), prefix, e->d_name, depth);
	}
	closedir(dir);
	return r;
}

static cm_result
cm_dir_run(struct cm_dir_walker *w, struct cm_dir_list *ret_list)
{
	int fd = open(w->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cm_dir_fault(w->report, CM_ERROR_IO_OPEN, w->top);
	cm_result r = cm_dir_gather(w, fd, "", 1);
	if (r != CM_OK) {
		cm_dir_list_fini(&w->list);
		return r;
	}
	if (w->list.n > 1)
		qsort(w->list.entries, w->list.n, sizeof *w->list.entries, cm_dir_entry_order);
	*ret_list = w->list;
	return CM_OK;
}

cm_result
cm_dir_read(const char *path, size_t max, struct cm_report *report, struct cm_dir_list *ret_list)
{
	struct cm_dir_walker w = {.top = path, .max = max, .depth = 0, .report = report};
	return cm_dir_run(&w, ret_list);
}

cm_result
cm_dir_walk(const char *path, size_t max, struct cm_report *report, struct cm_dir_list *ret_list)
{
	struct cm_dir_walker w = {.top = path, .max = max, .depth = CM_LIMIT_DIR_DEPTH_VALUE, .report = report};
	return cm_dir_run(&w, ret_list);
}

// Takes over `fd`. Errors are left to the rmdir of the folder above, which then is not empty.
static void
cm_dir_clear(int fd, unsigned depth)
{
	DIR *dir = fdopendir(fd);
	if (dir == NULL) {
		cm_file_close(&fd);
		return;
	}
	for (const struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), e->d_name, 0) == 0 || depth == 0)
			continue;
		int below = openat(dirfd(dir), e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (below < 0)
			continue;
		cm_dir_clear(below, depth - 1);
		unlinkat(dirfd(dir), e->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

cm_result
cm_dir_remove_all(const char *path, struct cm_report *report)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? CM_OK : cm_dir_fault(report, CM_ERROR_IO_OPEN, path);
	cm_dir_clear(fd, CM_LIMIT_DIR_DEPTH_VALUE);
	if (rmdir(path) != 0)
		return cm_dir_fault(report, CM_ERROR_IO_WRITE, path);
	return cm_dir_sync_parent(path, report);
}

cm_result
cm_dir_absolute(const char *path, char *to, struct cm_report *report)
{
	char here[CM_FILE_PATH];
	if (*path != '/' && getcwd(here, sizeof here) == NULL)
		return cm_dir_fault(report, CM_ERROR_IO_OPEN, path);
	if (*path != '/')
		return cm_file_path(to, CM_FILE_PATH, here, path, report);
	if (strlen(path) >= CM_FILE_PATH)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "path", "%s", path);
	memcpy(to, path, strlen(path) + 1);
	return CM_OK;
}

cm_result
cm_dir_temp(char *to, size_t room, struct cm_report *report)
{
	char name[CM_FILE_PATH];
	const char *under = cm_env_get("TMPDIR");
	cm_result r = cm_file_path(name, sizeof name, under == NULL ? "/tmp" : under, "comity-XXXXXX", report);
	if (r != CM_OK)
		return r;
	if (strlen(name) >= room)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, name, "temporary folder");
	if (mkdtemp(name) == NULL)
		return cm_dir_fault(report, CM_ERROR_IO_WRITE, name);
	memcpy(to, name, strlen(name) + 1);
	return CM_OK;
}

cm_result
cm_dir_free_bytes(const char *path, struct cm_report *report, uint64_t *ret_bytes)
{
	struct statvfs st;
	if (statvfs(path, &st) != 0)
		return cm_dir_fault(report, CM_ERROR_IO_READ, path);
	*ret_bytes = (uint64_t)st.f_bavail * (uint64_t)st.f_frsize;
	return CM_OK;
}
