// Knows: descriptors, short transfers, EINTR, and what it takes that bytes survive a power cut (fsync of the file,
// rename, fsync of the folder). Does not know: any format, or which folder is whose. Serves "Accepted means durable"
// (design rule 1): an error of write, fsync or rename is reported once and never retried.
#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/tab_limit.h"
#include "os/dir.h"
#include "os/rand.h"

static cm_result
cm_file_fault(struct cm_report *report, enum cm_error rule, int fd, const char *what)
{
	char place[40];
	snprintf(place, sizeof place, "descriptor %d", fd);
	return cm_report_failed(report, rule, place, "%s: %s", what, strerror(errno));
}

cm_result
cm_file_open(const char *path, enum cm_file_way way, unsigned mode, struct cm_report *report, int *ret_fd)
{
	static const int flags[] = {
	        [CM_FILE_READ] = O_RDONLY,
	        [CM_FILE_NEW] = O_RDWR | O_CREAT | O_EXCL,
	        [CM_FILE_OUTPUT] = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW,
	        [CM_FILE_UPDATE] = O_RDWR | O_CREAT | O_NOFOLLOW,
	        [CM_FILE_EMPTY] = O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW,
	        [CM_FILE_APPEND] = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW,
	};
	int fd;
	do
		fd = open(path, flags[way] | O_CLOEXEC | O_NOCTTY, (mode_t)mode);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return cm_report_failed(report, CM_ERROR_IO_OPEN, path, "%s", strerror(errno));
	*ret_fd = fd;
	return CM_OK;
}

void
cm_file_close(int *fd)
{
	if (fd == NULL || *fd < 0)
		return;
	close(*fd);
	*fd = -1;
}

bool
cm_file_direct(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0)
		return false;
	return fcntl(fd, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

void *
cm_file_block_new(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

void
cm_file_block_free(void *p, size_t n)
{
	if (p != NULL)
		munmap(p, n);
}

bool
cm_file_write_only(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	return flags >= 0 && (flags & O_ACCMODE) == O_WRONLY;
}

cm_result
cm_file_look(int fd, struct cm_report *report, struct cm_file_facts *ret_facts)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return cm_file_fault(report, CM_ERROR_IO_READ, fd, "fstat");
	*ret_facts = (struct cm_file_facts){
	        .size = (uint64_t)st.st_size,
	        .device = st.st_dev,
	        .inode = st.st_ino,
	        .changed_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec,
	        .mode = st.st_mode & 07777,
	        .regular = S_ISREG(st.st_mode),
	        .folder = S_ISDIR(st.st_mode),
	};
	return CM_OK;
}

cm_result
cm_file_size(int fd, struct cm_report *report, uint64_t *ret_size)
{
	struct cm_file_facts facts = {0};
	cm_result r = cm_file_look(fd, report, &facts);
	if (r == CM_OK)
		*ret_size = facts.size;
	return r;
}

cm_result
cm_file_pread(int fd, uint64_t offset, void *to, size_t n, struct cm_report *report, size_t *ret_n)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = pread(fd, (uint8_t *)to + done, n - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cm_file_fault(report, CM_ERROR_IO_READ, fd, "pread");
		if (got == 0)
			break;
		done += (size_t)got;
	}
	*ret_n = done;
	return CM_OK;
}

cm_result
cm_file_pread_all(int fd, uint64_t offset, void *to, size_t n, struct cm_report *report)
{
	size_t got = 0;
	cm_result r = cm_file_pread(fd, offset, to, n, report, &got);
	if (r != CM_OK)
		return r;
	if (got == n)
		return CM_OK;
	errno = ENODATA;
	return cm_file_fault(report, CM_ERROR_IO_READ, fd, "the file ends too early");
}

cm_result
cm_file_read(int fd, void *to, size_t n, struct cm_report *report, size_t *ret_n)
{
	size_t done = 0;
	while (done < n) {
		ssize_t got = read(fd, (uint8_t *)to + done, n - done);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cm_file_fault(report, CM_ERROR_IO_READ, fd, "read");
		if (got == 0)
			break;
		done += (size_t)got;
	}
	*ret_n = done;
	return CM_OK;
}

cm_result
cm_file_write_all(int fd, struct cm_view bytes, struct cm_report *report)
{
	for (size_t done = 0; done < bytes.n;) {
		ssize_t put = write(fd, bytes.p + done, bytes.n - done);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return cm_file_fault(report, CM_ERROR_IO_WRITE, fd, "write");
		done += (size_t)put;
	}
	return CM_OK;
}

cm_result
cm_file_pwrite_all(int fd, uint64_t offset, struct cm_view bytes, struct cm_report *report)
{
	for (size_t done = 0; done < bytes.n;) {
		ssize_t put = pwrite(fd, bytes.p + done, bytes.n - done, (off_t)(offset + done));
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return cm_file_fault(report, CM_ERROR_IO_WRITE, fd, "pwrite");
		done += (size_t)put;
	}
	return CM_OK;
}

cm_result
cm_file_truncate(int fd, uint64_t size, struct cm_report *report)
{
	if (ftruncate(fd, (off_t)size) != 0)
		return cm_file_fault(report, CM_ERROR_IO_WRITE, fd, "ftruncate");
	return CM_OK;
}

cm_result
cm_file_sync(int fd, struct cm_report *report)
{
	if (fsync(fd) != 0)
		return cm_file_fault(report, CM_ERROR_IO_WRITE, fd, "fsync");
	return CM_OK;
}

cm_result
cm_file_sync_data(int fd, struct cm_report *report)
{
	if (fdatasync(fd) != 0)
		return cm_file_fault(report, CM_ERROR_IO_WRITE, fd, "fdatasync");
	return CM_OK;
}

cm_result
cm_file_load(const char *path, struct cm_buf *to, struct cm_report *report)
{
	CM_FILE_AUTO int fd = -1;
	cm_result r = cm_file_open(path, CM_FILE_READ, 0, report, &fd);
	if (r != CM_OK)
		return r;
	uint8_t piece[16384];
	size_t n = sizeof piece;
	while (r == CM_OK && n == sizeof piece) {
		r = cm_file_read(fd, piece, sizeof piece, report, &n);
		if (r == CM_OK)
			cm_buf_add(to, piece, n);
		if (r == CM_OK && cm_buf_result(to) != CM_OK) {
			r = cm_buf_result(to);
			if (r == CM_REFUSED)
				r = cm_report_refuse(report, CM_ERROR_FILE_TOO_LARGE, path, "more than %zu bytes",
				                     to->max);
		}
	}
	cm_mem_wipe(piece, sizeof piece); // keys and credentials pass through here
	return r;
}

cm_result
cm_file_path(char *to, size_t room, const char *folder, const char *name, struct cm_report *report)
{
	int n = snprintf(to, room, "%s/%s", folder, name);
	if (n < 0 || (size_t)n >= room)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, folder, "%s", name);
	return CM_OK;
}

// Opens a new file beside `path` under a name nobody uses.
static cm_result
cm_file_beside(const char *path, unsigned mode, struct cm_report *report, char *ret_name, int *ret_fd)
{
	for (int i = 0; i < CM_LIMIT_TEMP_TRIES_VALUE; i++) {
		uint8_t chance[6];
		char text[2 * sizeof chance + 1];
		cm_result r = cm_rand_bytes(chance, sizeof chance, report);
		if (r != CM_OK)
			return r;
		cm_hex_text(cm_view_of(chance, sizeof chance), text);
		int n = snprintf(ret_name, CM_FILE_PATH, "%s.%s.part", path, text);
		if (n < 0 || n >= CM_FILE_PATH)
			return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, path, "temporary file");
		int fd = open(ret_name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode);
		if (fd >= 0) {
			*ret_fd = fd;
			return CM_OK;
		}
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	return cm_report_failed(report, CM_ERROR_IO_OPEN, path, "temporary file: %s", strerror(errno));
}

cm_result
cm_file_replace(const char *path, unsigned mode, struct cm_view bytes, struct cm_report *report)
{
	char name[CM_FILE_PATH];
	CM_FILE_AUTO int fd = -1;
	struct cm_report found = {0}; // of a descriptor; the path says more
	cm_result r = cm_file_beside(path, mode, report, name, &fd);
	if (r != CM_OK)
		return r;
	r = cm_file_write_all(fd, bytes, &found);
	if (r == CM_OK)
		r = cm_file_sync(fd, &found);
	if (r != CM_OK)
		cm_report_add(report, found.findings[0].rule, path, "%s", found.findings[0].seen);
	if (r == CM_OK && rename(name, path) != 0)
		r = cm_report_failed(report, CM_ERROR_IO_WRITE, path, "rename: %s", strerror(errno));
	if (r != CM_OK) {
		unlink(name);
		return r;
	}
	return cm_dir_sync_parent(path, report);
}

// Length of the folder part of a path, without the slash.
static size_t
cm_file_folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? 0 : (size_t)(slash - path);
}

cm_result
cm_file_open_unnamed(const char *path, unsigned mode, int *ret_fd)
{
	char folder[CM_FILE_PATH] = ".";
	size_t n = cm_file_folder_length(path);
	if (n >= sizeof folder)
		return CM_FAILED;
	if (*path == '/' || n > 0)
		snprintf(folder, sizeof folder, "%.*s/", (int)n, path);
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, (mode_t)mode);
	if (fd < 0)
		return CM_FAILED;
	*ret_fd = fd;
	return CM_OK;
}

cm_result
cm_file_name(int fd, const char *path, struct cm_report *report)
{
	char self[64];
	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		return cm_report_failed(report, CM_ERROR_IO_WRITE, path, "link: %s", strerror(errno));
	return CM_OK;
}

cm_result
cm_file_rename(const char *from, const char *to, struct cm_report *report)
{
	if (rename(from, to) != 0)
		return cm_report_failed(report, CM_ERROR_IO_WRITE, to, "rename: %s", strerror(errno));
	cm_result r = cm_dir_sync_parent(to, report);
	size_t n = cm_file_folder_length(from);
	if (r == CM_OK && (n != cm_file_folder_length(to) || strncmp(from, to, n) != 0))
		r = cm_dir_sync_parent(from, report);
	return r;
}

cm_result
cm_file_remove(const char *path, struct cm_report *report)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return cm_report_failed(report, CM_ERROR_IO_WRITE, path, "unlink: %s", strerror(errno));
	return CM_OK;
}

bool
cm_file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

cm_result
cm_file_lock(const char *path, struct cm_report *report, int *ret_fd)
{
	CM_FILE_AUTO int fd = -1;
	cm_result r = cm_file_open(path, CM_FILE_UPDATE, 0600, report, &fd);
	if (r != CM_OK)
		return r;
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK)
			return cm_report_refuse(report, CM_ERROR_LOCK_HELD, path, "locked");
		return cm_report_failed(report, CM_ERROR_IO_OPEN, path, "flock: %s", strerror(errno));
	}
	*ret_fd = fd;
	fd = -1;
	return CM_OK;
}
