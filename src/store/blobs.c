// Knows: where sealed bytes lie and how they become durable. Does not know: what is in them, or the database. Serves
// DECISIONS "Package, seal, bundle" (blobs are ciphertext).
#include "base/hex.h"
#include "base/mem.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/file.h"
#include "store/blobs.h"

#include <stdio.h>
#include <string.h>

#define CM_BLOBS_PATH 1024
#define CM_BLOBS_BLOCK 262144   // bytes read at once while a part is digested again
#define CM_BLOBS_FILES 1048576  // blobs that one sweep looks at

static cm_result
cm_blobs_part_path(const char *home, struct cm_view name, struct cm_report *report, char path[CM_BLOBS_PATH])
{
	if (!cm_text_uuid(name))
		return cm_report_refuse(report, CM_ERROR_BLOB_NAME, "part", "%.*s", CM_VIEW_ARG(name));
	int n = snprintf(path, CM_BLOBS_PATH, "%s/blobs/in/%.*s.part", home, CM_VIEW_ARG(name));
	return n < CM_BLOBS_PATH ? CM_OK : cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "home", "%s", home);
}

static cm_result
cm_blobs_path(const char *home, const struct cm_hash *sha256, struct cm_report *report, char path[CM_BLOBS_PATH])
{
	char hex[2 * CM_HASH_SIZE + 1];
	cm_hex_text(cm_hash_view(sha256), hex);
	int n = snprintf(path, CM_BLOBS_PATH, "%s/blobs/%.2s/%s", home, hex, hex);
	return n < CM_BLOBS_PATH ? CM_OK : cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "home", "%s", home);
}

cm_result
cm_blobs_prepare(const char *home, struct cm_report *report)
{
	char path[CM_BLOBS_PATH];
	cm_result r = cm_file_path(path, sizeof path, home, "blobs", report);
	if (r == CM_OK)
		r = cm_dir_make(path, 0700, report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, home, "blobs/in", report);
	return r == CM_OK ? cm_dir_make(path, 0700, report) : r;
}

// Digests the first `durable` bytes again and cuts what lies behind.
static cm_result
cm_blobs_again(struct cm_blobs_part *part, uint64_t durable, struct cm_report *report)
{
	uint64_t size;
	cm_result r = cm_file_size(part->fd, report, &size);
	if (r == CM_OK && size < durable)
		return cm_report_refuse(report, CM_ERROR_BLOB_SHORT, part->name, "%llu of %llu bytes",
		                        (unsigned long long)size, (unsigned long long)durable);
	if (r == CM_OK && size > durable)
		r = cm_file_truncate(part->fd, durable, report);
	CM_AUTO uint8_t *block = durable == 0 ? NULL : cm_mem_new(CM_BLOBS_BLOCK);
	if (r == CM_OK && durable != 0 && block == NULL)
		r = CM_NOMEM;
	while (r == CM_OK && part->length < durable) {
		uint64_t left = durable - part->length;
		size_t n = left < CM_BLOBS_BLOCK ? (size_t)left : CM_BLOBS_BLOCK;
		r = cm_file_pread_all(part->fd, part->length, block, n, report);
		if (r == CM_OK)
			cm_hash_add(&part->hash, cm_view_of(block, n));
		part->length += n;
	}
	part->durable = durable;
	return r;
}

cm_result
cm_blobs_room(const char *home, uint64_t bytes, struct cm_report *report)
{
	uint64_t room = 0;
	cm_result r = cm_dir_free_bytes(home, report, &room);
	if (r == CM_OK && (room < CM_LIMIT_DISK_RESERVE_VALUE || room - CM_LIMIT_DISK_RESERVE_VALUE < bytes))
		return cm_report_refuse(report, CM_ERROR_BLOB_NO_ROOM, "blobs", "%llu bytes wanted, %llu free, %d stay free",
		                        (unsigned long long)bytes, (unsigned long long)room, CM_LIMIT_DISK_RESERVE_VALUE);
	return r;
}

cm_result
cm_blobs_begin(const char *home, struct cm_view name, uint64_t durable, struct cm_report *report,
               struct cm_blobs_part *ret_part)
{
	char path[CM_BLOBS_PATH];
	struct cm_blobs_part part = {.fd = -1};
	cm_result r = cm_blobs_part_path(home, name, report, path);
	if (r != CM_OK)
		return r;
	if (strlen(home) >= sizeof part.home)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "home", "%s", home);
	snprintf(part.home, sizeof part.home, "%s", home);
	snprintf(part.name, sizeof part.name, "%.*s", CM_VIEW_ARG(name));
	cm_hash_init(&part.hash);
	r = cm_file_open(path, CM_FILE_UPDATE, 0600, report, &part.fd);
	if (r == CM_OK)
		r = cm_blobs_again(&part, durable, report);
	if (r == CM_OK)
		*ret_part = part;
	else
		cm_file_close(&part.fd);
	return r;
}

cm_result
cm_blobs_add(struct cm_blobs_part *part, struct cm_view bytes, struct cm_report *report)
{
	cm_result r = cm_file_pwrite_all(part->fd, part->length, bytes, report);
	if (r != CM_OK)
		return r;
	cm_hash_add(&part->hash, bytes);
	part->length += bytes.n;
	return CM_OK;
}

cm_result
cm_blobs_sync(struct cm_blobs_part *part, struct cm_report *report)
{
	cm_result r = cm_file_sync(part->fd, report);
	if (r == CM_OK)
		part->durable = part->length;
	return r;
}

struct cm_hash
cm_blobs_digest(const struct cm_blobs_part *part)
{
	struct cm_hash_stream fork = part->hash;
	return cm_hash_final(&fork);
}

cm_result
cm_blobs_finish(struct cm_blobs_part *part, const struct cm_hash *expected, struct cm_report *report,
                struct cm_hash *ret_sha256)
{
	char from[CM_BLOBS_PATH], to[CM_BLOBS_PATH], folder[CM_BLOBS_PATH];
	struct cm_hash digest = cm_blobs_digest(part);
	if (expected != NULL && !cm_hash_equal(&digest, expected))
		return cm_report_refuse(report, CM_ERROR_BLOB_DIGEST, part->name, "%llu bytes",
		                        (unsigned long long)part->length);
	cm_result r = cm_blobs_part_path(part->home, cm_view_text(part->name), report, from);
	if (r == CM_OK)
		r = cm_blobs_path(part->home, &digest, report, to);
	if (r == CM_OK)
		r = cm_blobs_sync(part, report);
	if (r != CM_OK)
		return r;
	if (cm_file_exists(to)) {
		r = cm_file_remove(from, report);
	} else {
		snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(to, '/') - to), to);
		r = cm_dir_make(folder, 0700, report);
		if (r == CM_OK)
			r = cm_file_rename(from, to, report);
	}
	if (r != CM_OK)
		return r;
	cm_file_close(&part->fd);
	*ret_sha256 = digest;
	return CM_OK;
}

void
cm_blobs_fini(struct cm_blobs_part *part)
{
	if (part != NULL && part->home[0] != 0)
		cm_file_close(&part->fd);
}

cm_result
cm_blobs_drop(const char *home, struct cm_view name, struct cm_report *report)
{
	char path[CM_BLOBS_PATH];
	cm_result r = cm_blobs_part_path(home, name, report, path);
	return r == CM_OK ? cm_file_remove(path, report) : r;
}

cm_result
cm_blobs_open(const char *home, const struct cm_hash *sha256, struct cm_report *report, int *ret_fd,
              uint64_t *ret_length)
{
	char path[CM_BLOBS_PATH];
	int fd = -1;
	cm_result r = cm_blobs_path(home, sha256, report, path);
	if (r == CM_OK && !cm_file_exists(path))
		r = cm_report_refuse(report, CM_ERROR_BLOB_MISSING, "blob", "%s", strrchr(path, '/') + 1);
	if (r == CM_OK)
		r = cm_file_open(path, CM_FILE_READ, 0, report, &fd);
	if (r == CM_OK)
		r = cm_file_size(fd, report, ret_length);
	if (r == CM_OK)
		*ret_fd = fd;
	else
		cm_file_close(&fd);
	return r;
}

cm_result
cm_blobs_check(const char *home, const struct cm_hash *sha256, struct cm_report *report)
{
	CM_FILE_AUTO int fd = -1;
	CM_AUTO uint8_t *block = cm_mem_new(CM_BLOBS_BLOCK);
	struct cm_hash_stream hash;
	uint64_t length = 0;
	size_t n = 1;
	cm_result r = block == NULL ? CM_NOMEM : cm_blobs_open(home, sha256, report, &fd, &length);
	cm_hash_init(&hash);
	for (uint64_t at = 0; r == CM_OK && n > 0; at += n) {
		r = cm_file_pread(fd, at, block, CM_BLOBS_BLOCK, report, &n);
		if (r == CM_OK)
			cm_hash_add(&hash, cm_view_of(block, n));
	}
	if (r != CM_OK)
		return r;
	struct cm_hash now = cm_hash_final(&hash);
	if (!cm_hash_equal(&now, sha256))
		return cm_report_refuse(report, CM_ERROR_BLOB_CHANGED, "blob", "%llu bytes", (unsigned long long)length);
	return CM_OK;
}

// Does anybody want this file ("aa/<sha256>" or "in/<uuid>.part")? Files of other names are left alone.
static bool
cm_blobs_wanted(const struct cm_blobs_keep *keep, const char *name)
{
	struct cm_hash sha256;
	struct cm_view v = cm_view_text(name);
	if (cm_view_starts(v, "in/") && v.n == 3 + 36 + 5)
		return keep->part(keep->self, cm_view_part(v, 3, 36));
	if (v.n == 3 + 2 * CM_HASH_SIZE && cm_hex_read(cm_view_part(v, 3, v.n), sha256.b, sizeof sha256.b))
		return keep->blob(keep->self, &sha256);
	return true;
}

cm_result
cm_blobs_sweep(const char *home, const struct cm_blobs_keep *keep, struct cm_report *report, size_t *ret_removed)
{
	char folder[CM_BLOBS_PATH], path[CM_BLOBS_PATH];
	struct cm_dir_list list = {0};
	size_t removed = 0;
	cm_result r = cm_file_path(folder, sizeof folder, home, "blobs", report);
	if (r == CM_OK)
		r = cm_dir_walk(folder, CM_BLOBS_FILES, report, &list);
	for (size_t i = 0; r == CM_OK && i < list.n; i++) {
		if (list.entries[i].kind != CM_DIR_FILE || cm_blobs_wanted(keep, list.entries[i].name))
			continue;
		r = cm_file_path(path, sizeof path, folder, list.entries[i].name, report);
		if (r == CM_OK)
			r = cm_file_remove(path, report);
		removed++;
	}
	cm_dir_list_fini(&list);
	if (r == CM_OK)
		*ret_removed = removed;
	return r;
}
