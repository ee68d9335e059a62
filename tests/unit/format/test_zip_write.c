#include "base/tab_limit.h"
#include "zip_kit.h"

static struct cm_zip_write_options
options(void)
{
	return (struct cm_zip_write_options){.modified = cm_instant_of_seconds(1804123457)};
}

// tests/vectors/zip/accept/two_entries.zip was put together byte by byte from the standard.
static void
the_bytes_are_those_of_the_vector(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf want = kit_file("zip/accept", "two_entries.zip");
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	struct cm_zip_write_options o = {0};
	// 2027-03-02 01:24:16, the vector's 0x5e62 and 0x0b08
	assert_true(cm_instant_read(cm_view_text("2027-03-02T01:24:17Z"), &o.modified));
	cm_zip_write_init(&w, &o);
	assert_int_equal(kit_put(&w, &b, "a.txt", cm_view_text("first\n")), CM_OK);
	assert_int_equal(kit_put(&w, &b, "b/c.txt", cm_view_text("second\n")), CM_OK);
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	assert_int_equal(b.n, want.n);
	assert_memory_equal(b.p, want.p, b.n);
	assert_int_equal(w.length, b.n);
}

static void
times_outside_dos_are_cut(void **state)
{
	(void)state;
	static const struct {
		const char *time;
		uint32_t dos; // date, time
	} cases[] = {{"1970-01-01T00:00:00Z", 0x00210000},
	             {"1980-01-01T00:00:01Z", 0x00210000},
	             {"2107-12-31T23:59:59Z", 0xff9fbf7d},
	             {"2108-01-01T00:00:00Z", 0xff9fbf7d}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
		CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
		struct cm_zip_write_options o = {0};
		assert_true(cm_instant_read(cm_view_text(cases[i].time), &o.modified));
		cm_zip_write_init(&w, &o);
		assert_int_equal(kit_put(&w, &b, "a", cm_view_text("")), CM_OK);
		uint32_t dos = (uint32_t)(b.p[10] | b.p[11] << 8 | b.p[12] << 16) | (uint32_t)b.p[13] << 24;
		assert_int_equal(dos, cases[i].dos);
	}
}

static void
the_length_is_known_before_the_first_byte(void **state)
{
	(void)state;
	for (int always = 0; always < 2; always++) {
		struct cm_zip_write_options o = options();
		o.zip64_always = always == 1;
		struct cm_zip_item items[] = {{.name = cm_view_text("a"), .size = 0},
		                              {.name = cm_view_text("b/ü"), .size = 5},
		                              {.name = cm_view_text("c"), .size = 100}};
		uint64_t length = 0;
		assert_int_equal(cm_zip_write_length(items, 3, &o, NULL, &length), CM_OK);
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
		CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
		cm_zip_write_init(&w, &o);
		for (size_t i = 0; i < 3; i++) {
			assert_int_equal(cm_zip_write_entry(&w, &items[i], &b, NULL), CM_OK);
			cm_buf_fill(&b, 0, (size_t)items[i].size);
		}
		assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
		assert_int_equal(b.n, length);
	}
}

static cm_result
put_alone(const char *name, uint64_t size, const struct cm_zip_write_options *o, struct cm_report *report)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	cm_zip_write_init(&w, o);
	struct cm_zip_item item = {.name = cm_view_text(name), .size = size};
	return cm_zip_write_entry(&w, &item, &b, report);
}

static void
what_readers_would_refuse_is_not_written(void **state)
{
	(void)state;
	struct cm_zip_write_options o = options();
	struct cm_report report = {0};
	assert_int_equal(put_alone("a/../b", 1, &o, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_PATH_ESCAPE));
	assert_int_equal(put_alone("a", CM_LIMIT_VOLUME_BYTES_VALUE, &o, &report), CM_OK);
	assert_int_equal(put_alone("a", CM_LIMIT_VOLUME_BYTES_VALUE + 1, &o, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_ENTRY_TOO_BIG));
	o.max_entry_bytes = UINT64_MAX;
	assert_int_equal(put_alone("a", UINT64_MAX - 20, &o, NULL), CM_REFUSED);
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	cm_zip_write_init(&w, &o);
	assert_int_equal(kit_put(&w, &b, "a", cm_view_text("x")), CM_OK);
	size_t before = b.n;
	struct cm_zip_item same = {.name = cm_view_text("a")}, under = {.name = cm_view_text("a/b")};
	assert_int_equal(cm_zip_write_entry(&w, &same, &b, &report), CM_REFUSED);
	assert_int_equal(cm_zip_write_entry(&w, &under, &b, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_DUPLICATE_NAME));
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_NAME_CONFLICT));
	assert_int_equal(b.n, before);
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_BUG);
	assert_int_equal(cm_zip_write_entry(&w, &same, &b, NULL), CM_BUG);
}

static void
a_package_has_800_entries_and_not_801(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	struct cm_zip_write_options o = options();
	struct cm_report report = {0};
	cm_zip_write_init(&w, &o);
	char name[16];
	for (unsigned i = 0; i < CM_LIMIT_PACKAGE_ENTRIES_VALUE; i++) {
		snprintf(name, sizeof name, "data/%u", i);
		assert_int_equal(kit_put(&w, &b, name, cm_view_text("")), CM_OK);
	}
	struct cm_zip_item more = {.name = cm_view_text("more")};
	assert_int_equal(cm_zip_write_entry(&w, &more, &b, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ZIP_TOO_MANY_ENTRIES));
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	struct cm_zip_read *r = NULL;
	assert_int_equal(kit_read(cm_buf_view(&b), &(struct cm_zip_read_options){0}, NULL, &r), CM_OK);
	assert_int_equal(cm_zip_read_count(r), CM_LIMIT_PACKAGE_ENTRIES_VALUE);
	cm_zip_read_free(r);
}

// A container whose contents nobody keeps: only the bytes around them, each piece with its place.
struct sparse {
	struct cm_buf pieces[8];
	uint64_t at[8];
	size_t count;
};

static void
add_piece(struct sparse *s, uint64_t at, struct cm_buf *b)
{
	s->at[s->count] = at;
	s->pieces[s->count++] = *b;
}

// Bytes of the container; between pieces they are zero.
static void
sparse_read(const struct sparse *s, struct cm_zip_need need, uint8_t *to)
{
	memset(to, 0, need.length);
	for (size_t i = 0; i < need.length; i++)
		for (size_t k = 0; k < s->count; k++)
			if (need.offset + i >= s->at[k] && need.offset + i - s->at[k] < s->pieces[k].n)
				to[i] = s->pieces[k].p[need.offset + i - s->at[k]];
}

static cm_result
read_sparse(const struct sparse *s, const struct cm_zip_read_options *o, uint64_t length, struct cm_zip_read **ret_r)
{
	struct cm_zip_need need = {0};
	cm_result result = cm_zip_read_new(o, length, ret_r);
	do {
		uint8_t *bytes = malloc(need.length + 1);
		sparse_read(s, need, bytes);
		if (result == CM_OK)
			result = cm_zip_read_step(*ret_r, cm_view_of(bytes, need.length), NULL, &need);
		free(bytes);
	} while (result == CM_OK && need.length != 0);
	return result;
}

static void
containers_beyond_four_gigabytes_are_written_and_read(void **state)
{
	(void)state;
	// The last size is the first that needs ZIP64 itself; entries behind 4 GiB need it for their offset.
	static const uint64_t sizes[] = {CM_LIMIT_VOLUME_BYTES_VALUE, CM_LIMIT_VOLUME_BYTES_VALUE, 3, 0xffffffffu,
	                                 UINT64_C(5) << 40};
	static const char *const names[] = {"a", "b", "c", "d", "e"};
	struct sparse s = {0};
	struct cm_zip_write w;
	struct cm_zip_write_options o = options();
	o.max_entry_bytes = UINT64_MAX;
	cm_zip_write_init(&w, &o);
	for (size_t i = 0; i < 5; i++) {
		struct cm_buf b = cm_buf_of(4096);
		uint64_t at = w.length;
		struct cm_zip_item item = {.name = cm_view_text(names[i]), .size = sizes[i]};
		assert_int_equal(cm_zip_write_entry(&w, &item, &b, NULL), CM_OK);
		assert_int_equal(b.n, sizes[i] >= 0xffffffffu ? 51 : 31);
		add_piece(&s, at, &b);
	}
	struct cm_buf b = cm_buf_of(4096);
	uint64_t at = w.length;
	assert_int_equal(cm_zip_write_end(&w, &b, NULL), CM_OK);
	add_piece(&s, at, &b);
	struct cm_zip_read *r = NULL;
	assert_int_equal(read_sparse(&s, &(struct cm_zip_read_options){.max_entry_bytes = UINT64_MAX}, w.length, &r),
	                 CM_OK);
	assert_int_equal(cm_zip_read_count(r), 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(cm_zip_read_entry(r, i)->size, sizes[i]);
		assert_int_equal(cm_zip_read_entry(r, i)->header, s.at[i]);
	}
	cm_zip_read_free(r);
	assert_int_equal(read_sparse(&s, &(struct cm_zip_read_options){0}, w.length, &r), CM_REFUSED);
	cm_zip_read_free(r);
	for (size_t i = 0; i < s.count; i++)
		cm_buf_fini(&s.pieces[i]);
	cm_zip_write_fini(&w);
}

static void
every_missing_memory_is_survived(void **state)
{
	(void)state;
	struct cm_zip_write_options o = options();
	struct cm_zip_item items[] = {{.name = cm_view_text("a"), .size = 0}, {.name = cm_view_text("b/ü"), .size = 5}};
	uint64_t length = 0;
	cm_result result = CM_NOMEM;
	for (unsigned long n = 1; result == CM_NOMEM; n++) {
		cm_mem_fail_from(n);
		result = cm_zip_write_length(items, 2, &o, NULL, &length);
		cm_mem_fail_from(0);
		assert_true(result == CM_OK || length == 0);
	}
	assert_int_equal(result, CM_OK);
}

UNIT_MAIN(T(the_bytes_are_those_of_the_vector), T(times_outside_dos_are_cut),
          T(the_length_is_known_before_the_first_byte), T(what_readers_would_refuse_is_not_written),
          T(a_package_has_800_entries_and_not_801), T(containers_beyond_four_gigabytes_are_written_and_read),
          T(every_missing_memory_is_survived))
