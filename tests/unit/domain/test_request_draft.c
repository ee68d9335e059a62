#include "unit.h"

#include "base/mem.h"
#include "domain/request_draft.h"

static const char draft[] =
        "{\"format\":\"comity.draft/1\",\"request\":{\"kind\":\"stored\",\"article\":\"44\",\"language\":\"en\",\"legal_basis\":["
        "{\"instrument\":\"HC\",\"article\":\"44\"}],\"requesting\":{\"name\":\"Arland\",\"country\":\"XA\",\"role\":"
        "\"central_authority\"}},\"task\":{\"start\":\"2026-11-14T00:00:00Z\",\"end\":\"2026-11-22T02:05:00Z\",\"deadline\":"
        "\"2027-01-18T00:00:00Z\",\"deadline_reason\":\"A hearing.\"},\"preservation\":{\"task\":"
        "\"1bc5d8d0-5bfc-47d7-a174-31dff2677b34\"}}";

static void
is(const struct cm_facts *facts, const char *path, const char *text)
{
	struct cm_view found;
	assert_true(cm_facts_find(facts, path, &found));
	assert_view_is(found, text);
}

static void
a_draft_has_the_facts_of_its_document_and_its_task(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	enum cm_kind kind = CM_KIND_NONE;
	cm_facts_init(&facts);
	assert_int_equal(cm_request_draft_read(cm_view_text(draft), &report, &facts, &kind), CM_OK);
	assert_int_equal(kind, CM_KIND_STORED);
	is(&facts, "requesting.country", "XA");
	is(&facts, "task.end", "2026-11-22T02:05:00Z");
	is(&facts, "task.deadline_reason", "A hearing.");
	is(&facts, "task.preservation", "1bc5d8d0-5bfc-47d7-a174-31dff2677b34");
	assert_true(cm_facts_has(&facts, "task.delivery_key"));
}

static void
what_is_no_draft_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {"", "{}", "[]", "{\"format\":\"comity.draft/2\",\"request\":{}}", "{}}", "\"x\""};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct cm_report report = {0};
		struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
		enum cm_kind kind = CM_KIND_NONE;
		cm_facts_init(&facts);
		assert_int_equal(cm_request_draft_read(cm_view_text(wrong[i]), &report, &facts, &kind), CM_REFUSED);
		assert_true(report.count > 0);
		assert_int_equal(kind, CM_KIND_NONE);
	}
}

UNIT_MAIN(T(a_draft_has_the_facts_of_its_document_and_its_task), T(what_is_no_draft_is_refused))
