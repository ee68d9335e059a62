// Knows: the disk that the databases of all nodes lie on: memory of this process, behind the interface that SQLite asks for
// (https://www.sqlite.org/vfs.html), so that a seed makes no system call for them and fork() copies them. Locks are real ones
// between the connections of this process. A crash is sudden: connections of before it change nothing any more. Does not know:
// what is in the files.
#include <sqlite3.h>

#include "sim.h"

#define DISK_FILES 64
#define DISK_REGIONS 64 // of 32 KiB: a WAL of a quarter of a million pages

struct disk_file {
	char path[256];
	uint8_t *bytes;
	size_t n, room;
	unsigned life; // connections of an earlier one are dead
	int shared;    // how many hold a lock of each kind
	bool reserved, exclusive;
	void *regions[DISK_REGIONS];
	int shm_shared[SQLITE_SHM_NLOCK];
	bool shm_exclusive[SQLITE_SHM_NLOCK];
};

struct disk_handle {
	sqlite3_file base;
	struct disk_file *file;
	unsigned life;
	int lock;
	unsigned shm_shared, shm_exclusive; // masks
	bool delete_on_close;
};

static struct disk_file files[DISK_FILES];

static struct disk_file *
disk_find(const char *path, bool create)
{
	struct disk_file *empty = NULL;
	for (size_t i = 0; i < DISK_FILES; i++) {
		if (strcmp(files[i].path, path) == 0)
			return &files[i];
		if (files[i].path[0] == 0 && empty == NULL)
			empty = &files[i];
	}
	if (!create)
		return NULL;
	if (empty == NULL || strlen(path) >= sizeof empty->path)
		abort();
	unsigned life = empty->life;
	*empty = (struct disk_file){.life = life + 1};
	snprintf(empty->path, sizeof empty->path, "%s", path);
	return empty;
}

static bool
disk_alive(const struct disk_handle *h)
{
	return h->life == h->file->life;
}

static void
disk_room(struct disk_file *f, size_t n)
{
	if (n <= f->room)
		return;
	f->room = n < 2 * f->room ? 2 * f->room : n;
	f->bytes = realloc(f->bytes, f->room);
	if (f->bytes == NULL)
		abort();
}

static void
disk_remove(struct disk_file *f)
{
	free(f->bytes);
	f->bytes = NULL;
	f->n = f->room = 0;
	f->life++;
	f->path[0] = 0;
}

// -- a file --------------------------------------------------------------------------------------------------------

static int
disk_read(sqlite3_file *base, void *to, int n, sqlite3_int64 at)
{
	const struct disk_file *f = ((struct disk_handle *)(void *)base)->file;
	size_t have = (size_t)at >= f->n ? 0 : f->n - (size_t)at;
	if (have >= (size_t)n) {
		memcpy(to, f->bytes + at, (size_t)n);
		return SQLITE_OK;
	}
	if (have > 0)
		memcpy(to, f->bytes + at, have);
	memset((uint8_t *)to + have, 0, (size_t)n - have);
	return SQLITE_IOERR_SHORT_READ;
}

static int
disk_write(sqlite3_file *base, const void *from, int n, sqlite3_int64 at)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	struct disk_file *f = h->file;
	size_t end = (size_t)at + (size_t)n;
	if (!disk_alive(h))
		return SQLITE_OK; // its process is gone
	disk_room(f, end);
	if ((size_t)at > f->n)
		memset(f->bytes + f->n, 0, (size_t)at - f->n);
	memcpy(f->bytes + at, from, (size_t)n);
	f->n = end > f->n ? end : f->n;
	return SQLITE_OK;
}

static int
disk_truncate(sqlite3_file *base, sqlite3_int64 n)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	if (disk_alive(h) && (size_t)n < h->file->n)
		h->file->n = (size_t)n;
	return SQLITE_OK;
}

static int
disk_sync(sqlite3_file *base, int flags)
{
	(void)base;
	(void)flags;
	return SQLITE_OK;
}

static int
disk_size(sqlite3_file *base, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((struct disk_handle *)(void *)base)->file->n;
	return SQLITE_OK;
}

static int
disk_unlock(sqlite3_file *base, int level)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	struct disk_file *f = h->file;
	if (level >= h->lock)
		return SQLITE_OK;
	if (disk_alive(h)) {
		if (h->lock == SQLITE_LOCK_EXCLUSIVE)
			f->exclusive = false;
		if (h->lock >= SQLITE_LOCK_RESERVED)
			f->reserved = false;
		if (level == SQLITE_LOCK_NONE)
			f->shared--;
	}
	h->lock = level;
	return SQLITE_OK;
}

static int
disk_lock(sqlite3_file *base, int level)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	struct disk_file *f = h->file;
	if (level <= h->lock)
		return SQLITE_OK;
	if (!disk_alive(h))
		return SQLITE_BUSY;
	if (h->lock == SQLITE_LOCK_NONE) {
		if (f->exclusive)
			return SQLITE_BUSY;
		f->shared++;
		h->lock = SQLITE_LOCK_SHARED;
	}
	if (level >= SQLITE_LOCK_RESERVED && h->lock < SQLITE_LOCK_RESERVED) {
		if (f->reserved)
			return SQLITE_BUSY;
		f->reserved = true;
		h->lock = SQLITE_LOCK_RESERVED;
	}
	if (level == SQLITE_LOCK_EXCLUSIVE) {
		if (f->shared > 1)
			return SQLITE_BUSY;
		f->exclusive = true;
		h->lock = SQLITE_LOCK_EXCLUSIVE;
	}
	return SQLITE_OK;
}

static int
disk_reserved(sqlite3_file *base, int *ret)
{
	*ret = ((struct disk_handle *)(void *)base)->file->reserved;
	return SQLITE_OK;
}

static int
disk_control(sqlite3_file *base, int what, void *arg)
{
	(void)base;
	(void)what;
	(void)arg;
	return SQLITE_NOTFOUND;
}

static int
disk_sector(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

static int
disk_device(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE | SQLITE_IOCAP_SAFE_APPEND; // as ext4 is taken to be
}

// -- the index of the WAL ------------------------------------------------------------------------------------------

static int
disk_shm_map(sqlite3_file *base, int region, int size, int extend, void volatile **ret)
{
	struct disk_file *f = ((struct disk_handle *)(void *)base)->file;
	if (region >= DISK_REGIONS)
		return SQLITE_IOERR_SHMMAP;
	if (f->regions[region] == NULL && extend)
		f->regions[region] = calloc(1, (size_t)size);
	*ret = f->regions[region];
	return SQLITE_OK;
}

static void
disk_shm_leave(struct disk_handle *h, int at)
{
	if (disk_alive(h) && (h->shm_shared >> at & 1))
		h->file->shm_shared[at]--;
	if (disk_alive(h) && (h->shm_exclusive >> at & 1))
		h->file->shm_exclusive[at] = false;
	h->shm_shared &= ~(1u << at);
	h->shm_exclusive &= ~(1u << at);
}

static int
disk_shm_lock(sqlite3_file *base, int first, int n, int flags)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	struct disk_file *f = h->file;
	bool shared = flags & SQLITE_SHM_SHARED;
	for (int i = first; flags & SQLITE_SHM_LOCK && i < first + n; i++) {
		bool mine = h->shm_shared >> i & 1;
		if (!disk_alive(h) || f->shm_exclusive[i] || (!shared && f->shm_shared[i] > mine))
			return SQLITE_BUSY;
	}
	for (int i = first; i < first + n; i++) {
		if (flags & SQLITE_SHM_UNLOCK) {
			disk_shm_leave(h, i);
		} else if (!shared) {
			f->shm_exclusive[i] = true;
			h->shm_exclusive |= 1u << i;
		} else if (!(h->shm_shared >> i & 1)) {
			f->shm_shared[i]++;
			h->shm_shared |= 1u << i;
		}
	}
	return SQLITE_OK;
}

static void
disk_shm_barrier(sqlite3_file *base)
{
	(void)base;
}

static int
disk_shm_unmap(sqlite3_file *base, int delete)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	for (int i = 0; i < SQLITE_SHM_NLOCK; i++)
		disk_shm_leave(h, i);
	for (int i = 0; delete && disk_alive(h) && i < DISK_REGIONS; i++) {
		free(h->file->regions[i]);
		h->file->regions[i] = NULL;
	}
	return SQLITE_OK;
}

static int
disk_close(sqlite3_file *base)
{
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	disk_unlock(base, SQLITE_LOCK_NONE);
	if (h->delete_on_close && disk_alive(h))
		disk_remove(h->file);
	return SQLITE_OK;
}

static const sqlite3_io_methods disk_methods = {
        .iVersion = 2, .xClose = disk_close, .xRead = disk_read, .xWrite = disk_write, .xTruncate = disk_truncate, .xSync = disk_sync,
        .xFileSize = disk_size, .xLock = disk_lock, .xUnlock = disk_unlock, .xCheckReservedLock = disk_reserved,
        .xFileControl = disk_control, .xSectorSize = disk_sector, .xDeviceCharacteristics = disk_device, .xShmMap = disk_shm_map,
        .xShmLock = disk_shm_lock, .xShmBarrier = disk_shm_barrier, .xShmUnmap = disk_shm_unmap,
};

// -- the disk ------------------------------------------------------------------------------------------------------

static int
disk_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags, int *ret_flags)
{
	static unsigned unnamed;
	struct disk_handle *h = (struct disk_handle *)(void *)base;
	char name[32];
	(void)vfs;
	memset(h, 0, sizeof *h);
	if (path == NULL)
		snprintf(name, sizeof name, "unnamed-%u", unnamed++);
	h->file = disk_find(path == NULL ? name : path, path == NULL || flags & SQLITE_OPEN_CREATE);
	if (h->file == NULL)
		return SQLITE_CANTOPEN;
	h->base.pMethods = &disk_methods;
	h->life = h->file->life;
	h->delete_on_close = flags & SQLITE_OPEN_DELETEONCLOSE;
	if (ret_flags != NULL)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int
disk_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	struct disk_file *f = disk_find(path, false);
	(void)vfs;
	(void)sync;
	if (f == NULL)
		return SQLITE_IOERR_DELETE_NOENT;
	disk_remove(f);
	return SQLITE_OK;
}

static int
disk_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret)
{
	(void)vfs;
	(void)flags;
	*ret = disk_find(path, false) != NULL;
	return SQLITE_OK;
}

static int
disk_full_path(sqlite3_vfs *vfs, const char *path, int n, char *to)
{
	(void)vfs;
	return snprintf(to, (size_t)n, "%s", path) < n ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int
disk_randomness(sqlite3_vfs *vfs, int n, char *to)
{
	(void)vfs;
	for (int i = 0; i < n; i++)
		to[i] = (char)i; // salts of WALs need not differ between seeds; and a seed's chance is its own
	return n;
}

static int
disk_sleep(sqlite3_vfs *vfs, int us)
{
	(void)vfs;
	return us; // nobody lets go of a lock meanwhile: one thread
}

static int
disk_time(sqlite3_vfs *vfs, double *ret)
{
	(void)vfs;
	*ret = 2440587.5;
	return SQLITE_OK;
}

void
sim_disk_start(void)
{
	static sqlite3_vfs vfs = {.iVersion = 1, .szOsFile = sizeof(struct disk_handle), .mxPathname = sizeof files[0].path, .zName = "sim",
	                          .xOpen = disk_open, .xDelete = disk_delete, .xAccess = disk_access, .xFullPathname = disk_full_path,
	                          .xRandomness = disk_randomness, .xSleep = disk_sleep, .xCurrentTime = disk_time};
	if (sqlite3_vfs_register(&vfs, 1) != SQLITE_OK)
		abort();
}

void
sim_disk_move(const char *from, const char *to)
{
	size_t n = strlen(from);
	for (size_t i = 0; i < DISK_FILES; i++) {
		char rest[sizeof files[i].path];
		if (strncmp(files[i].path, from, n) != 0)
			continue;
		snprintf(rest, sizeof rest, "%s", files[i].path + n);
		if (snprintf(files[i].path, sizeof files[i].path, "%s%s", to, rest) >= (int)sizeof files[i].path)
			abort();
	}
}

void
sim_disk_crash(const char *path)
{
	size_t n = strlen(path);
	for (size_t i = 0; i < DISK_FILES; i++) {
		struct disk_file *f = &files[i];
		if (strncmp(f->path, path, n) != 0)
			continue;
		f->life++;
		f->shared = 0;
		f->reserved = f->exclusive = false;
		memset(f->shm_shared, 0, sizeof f->shm_shared);
		memset(f->shm_exclusive, 0, sizeof f->shm_exclusive);
		// Dead connections still point to them, and look at them once more when they are closed.
		memset(f->regions, 0, sizeof f->regions);
	}
}
