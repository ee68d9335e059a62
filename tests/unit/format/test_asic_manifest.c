#include "base/hex.h"
#include "base/tab_limit.h"
#include "format/asic_manifest.h"
#include "zip_kit.h"

static const char one_hex[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char two_hex[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

static void
read_accepted(const char *name, struct cm_view bytes)
{
	struct cm_report report = {0};
	CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
	uint8_t one[32], two[32];
	assert_true(cm_hex_read(cm_view_text(one_hex), one, 32));
	assert_true(cm_hex_read(cm_view_text(two_hex), two, 32));
	if (cm_asic_manifest_read(bytes, &report, &m) != CM_OK)
		fail_msg("%s: %s %s %s", name, cm_error_row(report.findings[0].rule)->name, report.findings[0].place,
		         report.findings[0].seen);
	assert_view_is(m.signature, "META-INF/signature001.p7s");
	assert_int_equal(m.count, 2);
	assert_view_is(m.lines[0].name, "data/a.txt");
	assert_view_is(m.lines[0].media, "text/plain");
	assert_memory_equal(m.lines[0].sha256, one, 32);
	assert_view_is(m.lines[1].name, "data/b ü.bin");
	assert_view_is(m.lines[1].media, "");
	assert_memory_equal(m.lines[1].sha256, two, 32);
	assert_ptr_equal(cm_asic_manifest_find(&m, cm_view_text("data/b ü.bin")), &m.lines[1]);
	assert_null(cm_asic_manifest_find(&m, cm_view_text("data/b")));
}

static void
read_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_asic_manifest m = {.count = 7};
	cm_result result = cm_asic_manifest_read(bytes, &report, &m);
	if (result != CM_REFUSED || !cm_report_has(&report, kit_rule(name)))
		fail_msg("%s: %s %s %s", name, cm_result_name(result), cm_error_row(report.findings[0].rule)->name,
		         report.findings[0].seen);
	assert_int_equal(m.count, 7);
}

static void
every_accept_file_says_the_same(void **state)
{
	(void)state;
	assert_true(kit_each_file("asic/accept", read_accepted) >= 14);
}

static void
every_refuse_file_is_refused_by_its_rule(void **state)
{
	(void)state;
	assert_true(kit_each_file("asic/refuse", read_refused) >= 70);
}

static struct cm_asic_line
line_of(const char *name, const char *media, const char *hex)
{
	struct cm_asic_line line = {.name = cm_view_text(name), .media = cm_view_text(media)};
	assert_true(cm_hex_read(cm_view_text(hex), line.sha256, 32));
	return line;
}

static void
the_bytes_are_those_of_the_vector(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf want = kit_file("asic/accept", "ours.xml"), b = cm_buf_of(KIT_MAX);
	struct cm_asic_line lines[] = {line_of("data/a.txt", "text/plain", one_hex),
	                               line_of("data/b ü.bin", "", two_hex)};
	cm_asic_manifest_begin(&b, "META-INF/signature001.p7s");
	cm_asic_manifest_line(&b, &lines[0]);
	cm_asic_manifest_line(&b, &lines[1]);
	cm_asic_manifest_end(&b);
	assert_int_equal(b.n, want.n);
	assert_memory_equal(b.p, want.p, b.n);
	assert_int_equal(cm_asic_manifest_length("META-INF/signature001.p7s", lines, 2), b.n);
}

static void
any_name_and_media_type_come_back(void **state)
{
	(void)state;
	char name[128] = "data/";
	for (int c = 0x20; c < 0x7f; c++)
		name[5 + c - 0x20] = (char)(c == '/' || c == '\\' ? '_' : c);
	struct cm_asic_line line = line_of(name, "a<b>&\"c\"; d='e'", one_hex);
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
	cm_asic_manifest_begin(&b, "META-INF/signature002.p7s");
	cm_asic_manifest_line(&b, &line);
	cm_asic_manifest_end(&b);
	assert_int_equal(cm_asic_manifest_length("META-INF/signature002.p7s", &line, 1), b.n);
	assert_int_equal(cm_asic_manifest_read(cm_buf_view(&b), NULL, &m), CM_OK);
	assert_view_is(m.lines[0].name, name);
	assert_view_is(m.lines[0].media, "a<b>&\"c\"; d='e'");
}

static void
put_many(struct cm_buf *b, unsigned count)
{
	char name[32];
	cm_asic_manifest_begin(b, "META-INF/signature001.p7s");
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof name, "data/%u", i);
		struct cm_asic_line line = line_of(name, "text/plain", one_hex);
		cm_asic_manifest_line(b, &line);
	}
	cm_asic_manifest_end(b);
}

static void
a_list_has_900_files_and_not_901(void **state)
{
	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
		CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
		struct cm_report report = {0};
		put_many(&b, CM_LIMIT_BUNDLE_ENTRIES_VALUE + more);
		assert_int_equal(cm_asic_manifest_read(cm_buf_view(&b), &report, &m), more == 0 ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_report_has(&report, CM_ERROR_ASIC_MANIFEST_SIZE), more == 1);
	}
}

static void
a_manifest_is_bounded(void **state)
{
	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
		CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
		struct cm_report report = {0};
		put_many(&b, 1);
		cm_buf_fill(&b, '\n', CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE - b.n + more);
		assert_int_equal(cm_asic_manifest_read(cm_buf_view(&b), &report, &m), more == 0 ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_report_has(&report, CM_ERROR_ASIC_MANIFEST_SIZE), more == 1);
	}
}

// No flip makes another list of the same kind without anybody noticing more than the flip: it must never crash, and
// what is read must be inside the limits. The signature is over every byte, so acceptance itself is no harm.
static void
no_flip_crashes(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = kit_file("asic/accept", "namespace_at_each_element.xml");
	for (size_t i = 0; i < b.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
			b.p[i] ^= (uint8_t)(1 << bit);
			cm_result r = cm_asic_manifest_read(cm_buf_view(&b), NULL, &m);
			b.p[i] ^= (uint8_t)(1 << bit);
			assert_true(r == CM_OK || r == CM_REFUSED);
		}
	for (size_t n = 0; n + 1 < b.n; n++) {
		void *exact = malloc(n + 1);
		memcpy(exact, b.p, n);
		struct cm_asic_manifest m = {0};
		assert_int_equal(cm_asic_manifest_read(cm_view_of(exact, n), NULL, &m),
		                 n == b.n - 1 ? CM_OK : CM_REFUSED);
		free(exact);
	}
}

static void
every_missing_memory_is_survived(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = kit_file("asic/accept", "ours.xml");
	cm_result result = CM_NOMEM;
	for (unsigned long n = 1; result == CM_NOMEM; n++) {
		CM_CLEANUP(cm_asic_manifest_fini) struct cm_asic_manifest m = {0};
		cm_mem_fail_from(n);
		result = cm_asic_manifest_read(cm_buf_view(&b), NULL, &m);
		cm_mem_fail_from(0);
	}
	assert_int_equal(result, CM_OK);
}

UNIT_MAIN(T(every_accept_file_says_the_same), T(every_refuse_file_is_refused_by_its_rule),
          T(the_bytes_are_those_of_the_vector), T(any_name_and_media_type_come_back),
          T(a_list_has_900_files_and_not_901), T(a_manifest_is_bounded), T(no_flip_crashes),
          T(every_missing_memory_is_survived))
