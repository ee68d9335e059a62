#include "vector_folder.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/tile.h"

static void
names_are_those_of_tlog_tiles(void **state)
{
	(void)state;
	static const struct {
		struct cm_tile tile;
		const char *name;
	} rows[] = {
	        {{CM_TILE_CHECKPOINT, 0, 0, 256}, "checkpoint"},
	        {{CM_TILE_HASHES, 0, 0, 256}, "tile/0/000"},
	        {{CM_TILE_HASHES, 0, 999, 256}, "tile/0/999"},
	        {{CM_TILE_HASHES, 1, 1000, 256}, "tile/1/x001/000"},
	        {{CM_TILE_HASHES, 0, 1234067, 256}, "tile/0/x001/x234/067"},
	        {{CM_TILE_HASHES, 0, 273, 112}, "tile/0/273.p/112"},
	        {{CM_TILE_HASHES, 63, 0, 1}, "tile/63/000.p/1"},
	        {{CM_TILE_ENTRIES, 0, 1234067, 255}, "tile/entries/x001/x234/067.p/255"},
	        {{CM_TILE_HASHES, 0, UINT64_C(36028797018963967), 256}, "tile/0/x036/x028/x797/x018/x963/967"},
	};
	char name[CM_TILE_PATH];
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct cm_tile back;
		assert_string_equal(cm_tile_path(&rows[i].tile, name), rows[i].name);
		assert_int_equal(cm_tile_path_read(cm_view_text(name), NULL, &back), CM_OK);
		assert_int_equal(back.kind, rows[i].tile.kind);
		assert_int_equal(back.level, rows[i].tile.level);
		assert_int_equal(back.n, rows[i].tile.n);
		assert_int_equal(back.width, rows[i].tile.width);
	}
}

static cm_result
judge_path(struct cm_view path, struct cm_report *report)
{
	struct cm_tile tile;
	return cm_tile_path_read(path, report, &tile);
}

static cm_result
judge_entries(struct cm_view bytes, struct cm_report *report)
{
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_view entry;
	while (cm_tile_entry_next(&rd, &entry))
		assert_true(entry.n <= bytes.n);
	return cm_rd_done(&rd) ? CM_OK : cm_report_refuse(report, CM_ERROR_TILE_ENTRY, "entries", "%zu bytes", bytes.n);
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	vector_folder("tile", ".path", judge_path);
	vector_folder("tile", ".entries", judge_entries);
}

static void
widths_are_those_of_the_specification(void **state)
{
	(void)state;
	assert_int_equal(cm_tile_width(256, 0, 0), 256);
	assert_int_equal(cm_tile_width(256, 0, 1), 0);
	assert_int_equal(cm_tile_width(256, 1, 0), 1);
	assert_int_equal(cm_tile_width(70000, 0, 272), 256);
	assert_int_equal(cm_tile_width(70000, 0, 273), 112);
	assert_int_equal(cm_tile_width(70000, 1, 0), 256);
	assert_int_equal(cm_tile_width(70000, 1, 1), 17);
	assert_int_equal(cm_tile_width(70000, 2, 0), 1);
	assert_int_equal(cm_tile_width(70000, 3, 0), 0);
	assert_int_equal(cm_tile_width(70000, 9, 0), 0);
}

static void
bundles_are_read_entry_by_entry(void **state)
{
	(void)state;
	static const char *const words[] = {"one", "", "three"};
	struct cm_buf b = cm_buf_of(100);
	struct cm_view entry;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(cm_tile_entry_write(cm_view_text(words[i]), NULL, &b), CM_OK);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&b));
	for (size_t i = 0; i < 3; i++) {
		assert_true(cm_tile_entry_next(&rd, &entry));
		assert_view_is(entry, words[i]);
	}
	assert_false(cm_tile_entry_next(&rd, &entry));
	assert_true(cm_rd_done(&rd));
	rd = cm_rd_of(cm_view_of(b.p, b.n - 1));
	assert_true(cm_tile_entry_next(&rd, &entry) && cm_tile_entry_next(&rd, &entry));
	assert_false(cm_tile_entry_next(&rd, &entry));
	assert_true(rd.failed);
	struct cm_report report = {0};
	CM_AUTO uint8_t *long_one = cm_mem_new(CM_LIMIT_ENTRY_BYTES_VALUE + 1);
	assert_non_null(long_one);
	assert_int_equal(cm_tile_entry_write(cm_view_of(long_one, CM_LIMIT_ENTRY_BYTES_VALUE + 1), &report, &b), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_TILE_ENTRY));
	cm_buf_fini(&b);
}

UNIT_MAIN(T(names_are_those_of_tlog_tiles), T(files_are_judged_by_their_names), T(widths_are_those_of_the_specification),
          T(bundles_are_read_entry_by_entry))
