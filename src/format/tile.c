// Knows: the names of a static log's files and how entries lie in a bundle. Does not know: hashes, disks, HTTP. Serves
// C2SP tlog-tiles.
#include "base/num.h"
#include "base/tab_limit.h"
#include "format/tile.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CM_TILE_LEVELS 63                      // the greatest level of a name
#define CM_TILE_N_MAX (UINT64_C(1) << 55)      // tile numbers of a log of fewer than 2^63 entries

char *
cm_tile_path(const struct cm_tile *tile, char to[CM_TILE_PATH])
{
	if (tile->kind == CM_TILE_CHECKPOINT) {
		snprintf(to, CM_TILE_PATH, "checkpoint");
		return to;
	}
	char number[48];
	size_t at = sizeof number - 4;
	snprintf(number + at, 4, "%03u", (unsigned)(tile->n % 1000));
	for (uint64_t rest = tile->n / 1000; rest != 0 && at >= 5; rest /= 1000) {
		char group[6];
		snprintf(group, sizeof group, "x%03u/", (unsigned)(rest % 1000));
		at -= 5;
		memcpy(number + at, group, 5);
	}
	char level[16] = "entries", partial[16] = "";
	if (tile->kind == CM_TILE_HASHES)
		snprintf(level, sizeof level, "%u", tile->level);
	if (tile->width < CM_TILE_WIDTH)
		snprintf(partial, sizeof partial, ".p/%u", tile->width);
	snprintf(to, CM_TILE_PATH, "tile/%s/%s%s", level, number + at, partial);
	return to;
}

// Up to the next '/' or the end; eats the '/'.
static struct cm_view
cm_tile_part(struct cm_view path, size_t *at)
{
	size_t end = cm_view_find(path, *at, '/');
	struct cm_view part = cm_view_part(path, *at, end - *at);
	*at = end < path.n ? end + 1 : path.n;
	return part;
}

// Reads loosely; the caller compares with the only right spelling.
static bool
cm_tile_path_loose(struct cm_view path, struct cm_tile *t)
{
	size_t at = 0;
	if (!cm_view_is(cm_tile_part(path, &at), "tile"))
		return false;
	struct cm_view level = cm_tile_part(path, &at);
	uint64_t number = 0;
	t->kind = cm_view_is(level, "entries") ? CM_TILE_ENTRIES : CM_TILE_HASHES;
	if (t->kind == CM_TILE_HASHES && !cm_num_u64(level, 0, CM_TILE_LEVELS, &number))
		return false;
	t->level = (unsigned)number;
	t->n = 0;
	t->width = CM_TILE_WIDTH;
	for (bool more = true; more;) {
		struct cm_view part = cm_tile_part(path, &at);
		more = part.n == 4 && part.p[0] == 'x';
		struct cm_view digits = cm_view_part(part, more ? 1 : 0, 3);
		if (digits.n != 3 || t->n > CM_TILE_N_MAX / 1000)
			return false;
		for (size_t i = 0; i < 3; i++) {
			if (digits.p[i] < '0' || digits.p[i] > '9')
				return false;
			t->n = t->n * 10 + (uint64_t)(digits.p[i] - '0');
		}
		if (!more && part.n == 5) { // "067.p", then the width
			if (!cm_num_u64(cm_tile_part(path, &at), 1, CM_TILE_WIDTH - 1, &number))
				return false;
			t->width = (unsigned)number;
		}
	}
	return true;
}

cm_result
cm_tile_path_read(struct cm_view path, struct cm_report *report, struct cm_tile *ret_tile)
{
	struct cm_tile t = {.kind = CM_TILE_CHECKPOINT, .width = CM_TILE_WIDTH};
	char spelled[CM_TILE_PATH];
	if (path.n < CM_TILE_PATH &&
	    (cm_view_is(path, "checkpoint") ||
	     (cm_tile_path_loose(path, &t) && cm_view_is(path, cm_tile_path(&t, spelled))))) {
		*ret_tile = t;
		return CM_OK;
	}
	return cm_report_refuse(report, CM_ERROR_TILE_NAME, "name", "%.*s", CM_VIEW_ARG(path));
}

unsigned
cm_tile_width(uint64_t size, unsigned level, uint64_t n)
{
	uint64_t hashes = level >= 8 ? 0 : size >> (8 * level);
	if (n >= hashes / CM_TILE_WIDTH)
		return n == hashes / CM_TILE_WIDTH ? (unsigned)(hashes % CM_TILE_WIDTH) : 0;
	return CM_TILE_WIDTH;
}

cm_result
cm_tile_entry_write(struct cm_view entry, struct cm_report *report, struct cm_buf *to)
{
	if (entry.n > CM_LIMIT_ENTRY_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_TILE_ENTRY, "entry", "%zu bytes", entry.n);
	cm_buf_u16be(to, (uint16_t)entry.n);
	cm_buf_view_add(to, entry);
	return CM_OK;
}

bool
cm_tile_entry_next(struct cm_rd *rd, struct cm_view *ret_entry)
{
	if (rd->failed || cm_rd_left(rd) == 0)
		return false;
	uint16_t n = cm_rd_u16be(rd);
	struct cm_view entry = cm_rd_bytes(rd, n);
	if (rd->failed)
		return false;
	*ret_entry = entry;
	return true;
}
