// Knows: how HOME/log follows the database: full tiles once, the partial ones of the newest head, then its checkpoint by
// rename; each step durable before the next. Does not know: HTTP. This thread also moves the WAL into the database, so
// that no COMMIT has to. Serves C2SP tlog-tiles, DECISIONS "Acts and the register".
#include "base/mem.h"
#include "format/checkpoint.h"
#include "format/tile.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "store/inside.h"
#include "store/tiles.h"

#include <stdio.h>
#include <string.h>

#define CM_TILES_RHYTHM (CM_INSTANT_SECOND / 2) // publishing at most twice a second; at most one second behind
#define CM_TILES_WAL_HOLD 4096                  // pages from which the writer waits for the end of it
#define CM_TILES_FILE_MAX (256 * (2 + 65535))   // the greatest bundle

struct cm_tiles_pass {
	struct cm_store *store;
	struct cm_db *db;
	struct cm_report *report;
	uint64_t from, to; // sizes
	struct cm_buf bytes;
};

static cm_result
cm_tiles_path(const struct cm_store *store, const struct cm_tile *tile, struct cm_report *report,
              char path[CM_STORE_PATH])
{
	char name[CM_TILE_PATH];
	int n = snprintf(path, CM_STORE_PATH, "%s/log/%s", store->home, cm_tile_path(tile, name));
	return n < CM_STORE_PATH ? CM_OK : cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "home", "%s", store->home);
}

static bool
cm_tiles_entry(void *context, uint64_t index, struct cm_view entry)
{
	struct cm_tiles_pass *pass = context;
	(void)index;
	return cm_tile_entry_write(entry, pass->report, &pass->bytes) == CM_OK;
}

// Its own connection, from when there is something to do.
static cm_result
cm_tiles_database(struct cm_tiles_pass *pass)
{
	return pass->db != NULL ? CM_OK : cm_db_open(pass->store->path, CM_DB_WRITE, pass->report, &pass->db);
}

// The contents of a tile of the new size, from the database.
static cm_result
cm_tiles_make(struct cm_tiles_pass *pass, const struct cm_tile *tile)
{
	struct cm_hash hashes[CM_TILE_WIDTH];
	struct cm_log_source log = {.db = pass->db, .report = pass->report};
	struct cm_merkle_source source = cm_log_source_of(&log);
	cm_buf_clear(&pass->bytes);
	if (tile->kind == CM_TILE_ENTRIES) {
		cm_result r = cm_log_entries(pass->db, tile->n * CM_TILE_WIDTH, tile->width, pass->report,
		                             cm_tiles_entry, pass);
		return r == CM_OK ? cm_buf_result(&pass->bytes) : r;
	}
	cm_result r = source.read(source.self, tile->level, tile->n * CM_TILE_WIDTH, tile->width, hashes);
	if (r == CM_OK)
		cm_buf_add(&pass->bytes, hashes, tile->width * sizeof *hashes);
	return r == CM_OK ? cm_buf_result(&pass->bytes) : r;
}

// Writes a tile durably. A full tile that is there already must be the same, byte for byte.
static cm_result
cm_tiles_write(struct cm_tiles_pass *pass, const struct cm_tile *tile)
{
	char path[CM_STORE_PATH], folder[CM_STORE_PATH];
	cm_result r = cm_tiles_make(pass, tile);
	if (r == CM_OK)
		r = cm_tiles_path(pass->store, tile, pass->report, path);
	if (r != CM_OK)
		return r;
	if (cm_file_exists(path)) {
		struct cm_buf there = cm_buf_of(CM_TILES_FILE_MAX);
		r = cm_file_load(path, &there, pass->report);
		bool same = cm_view_equal(cm_buf_view(&there), cm_buf_view(&pass->bytes));
		cm_buf_fini(&there);
		if (r != CM_OK || same)
			return r;
		return cm_report_refuse(pass->report, CM_ERROR_STORE_DAMAGED, path, "is not what the database holds");
	}
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	r = cm_dir_make_all(folder, 0755, pass->report);
	return r == CM_OK ? cm_file_replace(path, 0444, cm_buf_view(&pass->bytes), pass->report) : r;
}

// Tiles of one row of the tree (a level, or the bundles) that the new size adds.
static cm_result
cm_tiles_row(struct cm_tiles_pass *pass, enum cm_tile_kind kind, unsigned level)
{
	uint64_t first = (pass->from >> (8 * level)) / CM_TILE_WIDTH, hashes = pass->to >> (8 * level);
	cm_result r = CM_OK;
	for (uint64_t n = first; r == CM_OK && n * CM_TILE_WIDTH < hashes; n++) {
		struct cm_tile tile = {
		        .kind = kind, .level = level, .n = n, .width = cm_tile_width(pass->to, level, n)};
		r = cm_tiles_write(pass, &tile);
	}
	return r;
}

// Partial tiles of the size before are of no more use: the full or wider one starts with the same bytes.
static cm_result
cm_tiles_tidy(struct cm_tiles_pass *pass, enum cm_tile_kind kind, unsigned level)
{
	char path[CM_STORE_PATH];
	uint64_t n = (pass->from >> (8 * level)) / CM_TILE_WIDTH;
	struct cm_tile old = {.kind = kind, .level = level, .n = n, .width = cm_tile_width(pass->from, level, n)};
	unsigned now = cm_tile_width(pass->to, level, n);
	if (old.width == 0 || old.width == now)
		return CM_OK;
	cm_result r = cm_tiles_path(pass->store, &old, pass->report, path);
	if (r != CM_OK || now < CM_TILE_WIDTH)
		return r == CM_OK ? cm_file_remove(path, pass->report) : r;
	*strrchr(path, '/') = 0;
	return cm_dir_remove_all(path, pass->report);
}

static cm_result
cm_tiles_publish(struct cm_tiles_pass *pass)
{
	char path[CM_STORE_PATH];
	struct cm_merkle_head head;
	struct cm_buf note = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE);
	cm_result r = cm_log_last_head(pass->db, pass->report, &head, &note);
	pass->to = head.size;
	if (r == CM_OK)
		r = cm_tiles_row(pass, CM_TILE_ENTRIES, 0);
	for (unsigned level = 0; r == CM_OK && level < CM_REGISTER_LEVELS; level++)
		r = cm_tiles_row(pass, CM_TILE_HASHES, level);
	struct cm_tile checkpoint = {.kind = CM_TILE_CHECKPOINT};
	if (r == CM_OK)
		r = cm_tiles_path(pass->store, &checkpoint, pass->report, path);
	if (r == CM_OK)
		r = cm_file_replace(path, 0644, cm_buf_view(&note), pass->report);
	cm_buf_fini(&note);
	if (r == CM_OK) {
		CM_MUTEX_HOLD(&pass->store->lock_tiles);
		pass->store->published = pass->to;
		cm_cond_wake_all(&pass->store->tiles_moved);
	}
	if (r == CM_OK)
		r = cm_tiles_tidy(pass, CM_TILE_ENTRIES, 0);
	for (unsigned level = 0; r == CM_OK && level < CM_REGISTER_LEVELS; level++)
		r = cm_tiles_tidy(pass, CM_TILE_HASHES, level);
	return r;
}

// Moves the WAL while the writer goes on, when there is enough of it: pages that change often are moved once. Under
// commits that never pause the file would grow for ever; then a second pass holds the writer for the little that came
// since the first, and the WAL starts anew.
static cm_result
cm_tiles_checkpoint(struct cm_tiles_pass *pass)
{
	size_t pages = cm_db_wal_pages(pass->store->db);
	if (pages < CM_STORE_WAL_MOVE)
		return CM_OK;
	cm_result r = cm_tiles_database(pass);
	if (r == CM_OK)
		r = cm_db_checkpoint(pass->db, false, pass->report);
	return r == CM_OK && pages >= CM_TILES_WAL_HOLD ? cm_db_checkpoint(pass->db, true, pass->report) : r;
}

// Waits until there is something to publish, or a WAL to be moved: commits without acts grow it, too. False when the store
// closes and all is published.
static bool
cm_tiles_wait_work(struct cm_store *store)
{
	CM_MUTEX_HOLD(&store->lock_tiles);
	while (store->published >= store->committed && !store->wal_due && !store->tiles_closing)
		cm_cond_wait(&store->tiles_moved, &store->lock_tiles, CM_CLOCK_NEVER);
	bool work = store->published < store->committed || (store->wal_due && !store->tiles_closing);
	store->wal_due = false;
	return work;
}

static void
cm_tiles_pause(struct cm_store *store, int64_t deadline)
{
	CM_MUTEX_HOLD(&store->lock_tiles);
	while (!store->tiles_closing && cm_clock_mono() < deadline)
		cm_cond_wait(&store->tiles_moved, &store->lock_tiles, deadline);
}

static bool
cm_tiles_behind(struct cm_store *store)
{
	CM_MUTEX_HOLD(&store->lock_tiles);
	return store->published < store->committed;
}

static cm_result
cm_tiles_step(struct cm_tiles_pass *pass)
{
	struct cm_store *store = pass->store;
	cm_report_clear(pass->report);
	pass->from = store->published; // written by this thread alone
	if (!cm_tiles_behind(store))
		return CM_OK;
	if (store->options.no_tiles) {
		CM_MUTEX_HOLD(&store->lock_tiles);
		store->published = store->committed;
		return CM_OK;
	}
	cm_result r = cm_tiles_database(pass);
	return r == CM_OK ? cm_tiles_publish(pass) : r;
}

void
cm_tiles_run(void *self)
{
	struct cm_store *store = self;
	struct cm_report *report = &store->publisher_report;
	struct cm_tiles_pass pass = {.store = store, .report = report, .bytes = cm_buf_of(CM_TILES_FILE_MAX)};
	cm_result r = CM_OK;
	while (r == CM_OK && cm_tiles_wait_work(store)) {
		int64_t next = cm_clock_after(CM_TILES_RHYTHM);
		r = cm_tiles_step(&pass);
		if (r == CM_OK)
			r = cm_tiles_checkpoint(&pass);
		if (r == CM_OK)
			cm_tiles_pause(store, next);
	}
	if (r != CM_OK && store->options.fatal != NULL)
		store->options.fatal(store->options.self, report);
	cm_db_close(pass.db);
	cm_buf_fini(&pass.bytes);
}

// The key by which others check the log, one line.
static cm_result
cm_tiles_vkey(struct cm_store *store, struct cm_report *report)
{
	char path[CM_STORE_PATH];
	struct cm_buf line = cm_buf_of(CM_STORE_PATH);
	cm_result r = cm_file_path(path, sizeof path, store->home, "log/register.vkey", report);
	if (r == CM_OK && !cm_file_exists(path)) {
		cm_note_key_write(&store->log, &line);
		cm_buf_u8(&line, '\n');
		r = cm_buf_result(&line);
		if (r == CM_OK)
			r = cm_file_replace(path, 0644, cm_buf_view(&line), report);
	}
	cm_buf_fini(&line);
	return r;
}

cm_result
cm_tiles_load(struct cm_store *store, struct cm_report *report)
{
	char path[CM_STORE_PATH];
	CM_AUTO struct cm_note *note = cm_mem_new(sizeof *note);
	struct cm_checkpoint says;
	struct cm_buf bytes = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE);
	cm_result r = note == NULL ? CM_NOMEM : cm_tiles_vkey(store, report);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, store->home, "log/checkpoint", report);
	if (r == CM_OK && cm_file_exists(path)) {
		r = cm_file_load(path, &bytes, report);
		if (r == CM_OK)
			r = cm_note_read(cm_buf_view(&bytes), report, note);
		if (r == CM_OK)
			r = cm_checkpoint_read(note->text, report, &says);
		// A published head that the database does not know: an old backup was restored. Signing on would fork the
		// register.
		if (r == CM_OK && says.size > store->head.size)
			r = cm_report_refuse(report, CM_ERROR_STORE_DAMAGED, path, "is ahead of the database");
		if (r == CM_OK)
			store->published = says.size;
	}
	cm_buf_fini(&bytes);
	return r;
}
