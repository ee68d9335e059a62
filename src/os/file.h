// Files by descriptor: opening, whole reads and writes, durability. Every descriptor is close-on-exec. Every
// call restarts after EINTR and finishes short transfers. Failures are CM_FAILED with a finding that names the
// path (or "descriptor N") and the kernel's reason. Source: POSIX.1-2008, open(2) for O_DIRECT and O_TMPFILE.
#ifndef CM_OS_FILE_H
#define CM_OS_FILE_H

#include "base/buf.h"
#include "base/mem.h"
#include "base/report.h"

// A descriptor closed at the end of its scope: CM_FILE_AUTO int fd = -1;
#define CM_FILE_AUTO CM_CLEANUP(cm_file_close)

enum cm_file_way {
	CM_FILE_READ,   // must exist; read only
	CM_FILE_NEW,    // must not exist; read and write
	CM_FILE_OUTPUT, // made when missing, emptied; write only, so that it may be handed to another process
	CM_FILE_UPDATE, // made when missing, contents stay; read and write
	CM_FILE_EMPTY,  // made when missing, emptied; read and write
	CM_FILE_APPEND, // made when missing; every write goes to the end
};

struct cm_file_facts {
	uint64_t size;        // bytes
	uint64_t device, inode;
	int64_t changed_ns;   // modification time, nanoseconds since the epoch
	uint32_t mode;        // permission bits
	bool regular, folder; // neither: pipe, socket, device
};

// Opens `path`; `mode` is for a file that is made (0600, 0400 …). Does not follow a symbolic link when making.
CM_CHECKED cm_result cm_file_open(const char *path, enum cm_file_way way, unsigned mode, struct cm_report *report,
                                  int *ret_fd);

// A new file without a name in the folder of `path`, for writing only: it is gone with its last descriptor, however the
// process ends, unless cm_file_name() gives it a name before. CM_FAILED where the file system has no such files.
CM_CHECKED cm_result cm_file_open_unnamed(const char *path, unsigned mode, int *ret_fd);
// Gives it the name `path`, in the same file system; one that is there already is CM_FAILED.
CM_CHECKED cm_result cm_file_name(int fd, const char *path, struct cm_report *report);

// Closes *fd when it is not negative and sets it to -1. The cleanup form: an error of close() is lost here, so
// writers call cm_file_sync() first.
void cm_file_close(int *fd);

// Tries to switch the page cache off (or on again) for an open file. False: the file system has no O_DIRECT.
// With it, offsets, lengths and memory must be multiples of CM_FILE_BLOCK.
#define CM_FILE_BLOCK 4096
bool cm_file_direct(int fd, bool on);

// `n` zeroed bytes of page-aligned memory outside the heap, or NULL; freed with the same length.
void *cm_file_block_new(size_t n);
void cm_file_block_free(void *p, size_t n);

// True when `fd` is open for writing and not for reading: it gives nobody anything back.
bool cm_file_write_only(int fd);

CM_CHECKED cm_result cm_file_look(int fd, struct cm_report *report, struct cm_file_facts *ret_facts);
CM_CHECKED cm_result cm_file_size(int fd, struct cm_report *report, uint64_t *ret_size);

// Exactly `n` bytes at `offset`; a file that ends earlier is CM_FAILED.
CM_CHECKED cm_result cm_file_pread_all(int fd, uint64_t offset, void *to, size_t n, struct cm_report *report);
// Up to `n` bytes at `offset`; fewer only at the end of the file.
CM_CHECKED cm_result cm_file_pread(int fd, uint64_t offset, void *to, size_t n, struct cm_report *report,
                                   size_t *ret_n);
// Up to `n` bytes of a stream; fewer only at its end.
CM_CHECKED cm_result cm_file_read(int fd, void *to, size_t n, struct cm_report *report, size_t *ret_n);

CM_CHECKED cm_result cm_file_write_all(int fd, struct cm_view bytes, struct cm_report *report);
CM_CHECKED cm_result cm_file_pwrite_all(int fd, uint64_t offset, struct cm_view bytes, struct cm_report *report);
CM_CHECKED cm_result cm_file_truncate(int fd, uint64_t size, struct cm_report *report);

// Data and size on disk. After a failure the file is never trusted again: do not retry, stop.
CM_CHECKED cm_result cm_file_sync(int fd, struct cm_report *report);
// The same for a file that is overwritten in place: what is needed to read the data back, not its times.
CM_CHECKED cm_result cm_file_sync_data(int fd, struct cm_report *report);

// The whole file appended to `to`; CM_REFUSED when it is larger than the buffer's maximum.
CM_CHECKED cm_result cm_file_load(const char *path, struct cm_buf *to, struct cm_report *report);

// Durable replacement: a temporary file in the same folder, fsync, rename, fsync of the folder. Afterwards
// `path` holds either the old or the new bytes, whatever happens.
CM_CHECKED cm_result cm_file_replace(const char *path, unsigned mode, struct cm_view bytes, struct cm_report *report);

// rename(2) and fsync of the target's folder (and of the source's when it is another one).
CM_CHECKED cm_result cm_file_rename(const char *from, const char *to, struct cm_report *report);

// Removes a file; one that is not there is no error.
CM_CHECKED cm_result cm_file_remove(const char *path, struct cm_report *report);

bool cm_file_exists(const char *path);

// Takes the exclusive lock of `path` (made with 0600 when missing) without waiting; held until *ret_fd is closed.
// CM_REFUSED with lock_held when another process has it.
CM_CHECKED cm_result cm_file_lock(const char *path, struct cm_report *report, int *ret_fd);

// "a/b" of a folder and a name into `to` of `room` bytes; CM_REFUSED when it does not fit.
#define CM_FILE_PATH 1024
CM_CHECKED cm_result cm_file_path(char *to, size_t room, const char *folder, const char *name,
                                  struct cm_report *report);

#endif
