#include "base/text.h"
#include "format/case_graph.h"
#include "zip_kit.h"

// Ids that differ: the counter is in the last bytes.
static struct cm_case_id
id_of(uint8_t n)
{
	struct cm_case_id id;
	uint8_t bytes[16] = {0xc0, 0x31, [15] = n};
	cm_text_uuid_write(bytes, id.text);
	return id;
}

#define FILES 3

// A graph with every step, every optional part and texts that need escaping.
struct whole {
	struct cm_case_authorization authorization;
	struct cm_case_party parties[2];
	struct cm_case_step steps[8];
	struct cm_case_exhibit exhibits[2];
	struct cm_case_file files[FILES];
	struct cm_case_graph graph;
};

static void
make_whole(struct whole *w)
{
	struct cm_instant t = cm_instant_of_seconds(1804123456);
	*w = (struct whole){
		.authorization = {.id = id_of(1),
	                          .identifier = cm_view_text("6f1f0c1e-7c3a-4f57-9f52-0d6a5c9d7a11"),
	                          .type = cm_view_text("Convention, Art. 44"),
	                          .start = t,
	                          .end = {t.us + CM_INSTANT_DAY}},
		.parties = {{.id = id_of(2), .name = cm_view_text("Ana \"Ω\" Petrova"), .person = true},
	                    {.id = id_of(3), .name = cm_view_text("xb.contact")}},
		.exhibits = {{.id = id_of(4), .number = cm_view_text("XB-2027-17/1"), .file_count = 2},
	                     {.id = id_of(5),
	                      .number = cm_view_text("XB-2027-17/2"),
	                      .description = cm_view_text("disk\timage\\"),
	                      .first_file = 2,
	                      .file_count = 1}},
	};
	for (uint8_t i = 0; i < FILES; i++) {
		static const char *const names[FILES] = {"data/mail/1.eml", "data/ü \"2\".txt", "data/disk.img"};
		w->files[i] = (struct cm_case_file){
			.id = id_of((uint8_t)(10 + i)), .name = cm_view_text(names[i]), .size = i * 1000u};
		w->files[i].sha256[0] = i;
	}
	w->files[0].media = cm_view_text("message/rfc822");
	for (uint8_t i = 0; i < 8; i++)
		w->steps[i] = (struct cm_case_step){.id = id_of((uint8_t)(20 + i)),
		                                    .kind = (enum cm_case_step_kind)i,
		                                    .start = {t.us + i * CM_INSTANT_SECOND},
		                                    .end = {t.us + (i + 1) * CM_INSTANT_SECOND},
		                                    .performer = i % 2,
		                                    .object = i < 3 ? CM_CASE_NONE : 0,
		                                    .result = i == 2   ? 0
		                                              : i == 3 ? 1
		                                                       : CM_CASE_NONE};
	w->steps[2].description = cm_view_text("copied from <server> & hashed\nonce");
	w->graph = (struct cm_case_graph){.investigation = id_of(0),
	                                  .investigation_name = cm_view_text("XA-2027-0042"),
	                                  .tool = id_of(6),
	                                  .tool_name = cm_view_text("comity"),
	                                  .tool_version = cm_view_text("0.1.0"),
	                                  .authorization = &w->authorization,
	                                  .parties = w->parties,
	                                  .party_count = 2,
	                                  .steps = w->steps,
	                                  .step_count = 8,
	                                  .exhibits = w->exhibits,
	                                  .exhibit_count = 2,
	                                  .files = w->files,
	                                  .file_count = FILES};
}

static bool
has(const struct cm_buf *b, const char *text)
{
	return memmem(b->p, b->n, text, strlen(text)) != NULL;
}

// With an argument the test writes its graph there, for tests/conformance/case_validate.sh.
static const char *graph_path;

static void
the_graph_has_every_part_and_is_always_the_same(void **state)
{
	(void)state;
	struct whole w;
	make_whole(&w);
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX), again = cm_buf_of(KIT_MAX);
	assert_int_equal(cm_case_graph_write(&w.graph, &b, NULL), CM_OK);
	assert_int_equal(cm_case_graph_write(&w.graph, &again, NULL), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&b), cm_buf_view(&again)));
	static const char *const parts[] = {"case-investigation:Investigation",
	                                    "case-investigation:InvestigativeAction",
	                                    "case-investigation:ProvenanceRecord",
	                                    "case-investigation:Authorization",
	                                    "uco-observable:File",
	                                    "uco-tool:Tool",
	                                    "uco-identity:Person",
	                                    "uco-identity:Organization",
	                                    "\"Ana \\\"Ω\\\" Petrova\"",
	                                    "& hashed\\nonce",
	                                    "disk\\timage\\\\",
	                                    "\"case-investigation:exhibitNumber\":\"XB-2027-17/2\"",
	                                    "2027-03-05T01:24:16.000000Z",
	                                    "\"uco-observable:sizeInBytes\":2000",
	                                    "\"uco-observable:fileName\":\"1.eml\"",
	                                    "\"received\"",
	                                    "\"verified\""};
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (!has(&b, parts[i]))
			fail_msg("%s", parts[i]);
	size_t links = 0;
	for (const uint8_t *at = b.p; (at = memmem(at, b.n - (size_t)(at - b.p), "wasInformedBy", 13)) != NULL; at++)
		links++;
	assert_int_equal(links, 7);
	if (graph_path != NULL) {
		FILE *f = fopen(graph_path, "wb");
		assert_non_null(f);
		assert_int_equal(fwrite(b.p, 1, b.n, f), b.n);
		assert_int_equal(fclose(f), 0);
	}
}

static void
texts_that_are_no_utf8_are_refused(void **state)
{
	(void)state;
	struct whole w;
	make_whole(&w);
	struct cm_view *const texts[] = {
		&w.graph.investigation_name, &w.graph.tool_name, &w.graph.tool_version,   &w.authorization.identifier,
		&w.authorization.type,       &w.parties[1].name, &w.steps[7].description, &w.exhibits[1].number,
		&w.exhibits[1].description,  &w.files[2].name,   &w.files[2].media};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct cm_report report = {0};
		CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
		struct cm_view kept = *texts[i];
		*texts[i] = cm_view_text("\xff");
		assert_int_equal(cm_case_graph_write(&w.graph, &b, &report), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_CASE_TEXT));
		assert_int_equal(b.n, 0);
		*texts[i] = kept;
	}
}

static void
broken_promises_of_the_caller_are_a_bug(void **state)
{
	(void)state;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(KIT_MAX);
	struct whole w;
	make_whole(&w);
	w.steps[0].performer = 2;
	assert_int_equal(cm_case_graph_write(&w.graph, &b, NULL), CM_BUG);
	make_whole(&w);
	w.steps[0].result = 2;
	assert_int_equal(cm_case_graph_write(&w.graph, &b, NULL), CM_BUG);
	make_whole(&w);
	w.exhibits[1].file_count = 2;
	assert_int_equal(cm_case_graph_write(&w.graph, &b, NULL), CM_BUG);
	make_whole(&w);
	w.files[0].id.text[0] = 'x';
	assert_int_equal(cm_case_graph_write(&w.graph, &b, NULL), CM_BUG);
	struct cm_buf full = cm_buf_of(100);
	make_whole(&w);
	assert_int_equal(cm_case_graph_write(&w.graph, &full, NULL), CM_REFUSED);
	cm_buf_fini(&full);
}

static void
every_step_has_its_word(void **state)
{
	(void)state;
	for (int i = CM_CASE_RECEIVED; i <= CM_CASE_VERIFIED; i++)
		assert_true(strlen(cm_case_step_name((enum cm_case_step_kind)i)) > 3);
	assert_string_equal(cm_case_step_name(CM_CASE_COLLECTED), "collected");
	assert_string_equal(cm_case_step_name((enum cm_case_step_kind)99), "");
}

int
main(int argc, char **argv)
{
	graph_path = argc > 1 ? argv[1] : NULL;
	const struct CMUnitTest tests[] = {T(the_graph_has_every_part_and_is_always_the_same),
	                                   T(texts_that_are_no_utf8_are_refused),
	                                   T(broken_promises_of_the_caller_are_a_bug), T(every_step_has_its_word)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
