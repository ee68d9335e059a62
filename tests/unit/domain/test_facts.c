#include "unit.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/facts.h"

static void
facts_are_found_by_path(void **state)
{
	(void)state;
	struct cm_facts facts;
	struct cm_view text;
	cm_facts_init(&facts);
	cm_facts_put_text(&facts, "offences[0].code", "fraud");
	cm_facts_put_text(&facts, "offences[1].code", "forgery");
	cm_facts_put_text(&facts, "offencesx", "1");
	cm_facts_put_text(&facts, "facts", " tbd ");
	assert_int_equal(cm_facts_result(&facts), CM_OK);
	assert_true(cm_facts_find(&facts, "offences[1].code", &text));
	assert_view_is(text, "forgery");
	assert_true(cm_facts_find_in(&facts, "offences", 0, "code", &text));
	assert_view_is(text, "fraud");
	assert_false(cm_facts_find(&facts, "offences[1]", &text));
	assert_true(cm_facts_has(&facts, "offences"));
	assert_false(cm_facts_has(&facts, "offence"));
	assert_true(cm_facts_find(&facts, "facts", &text));
	assert_false(cm_facts_has(&facts, "facts"));
	assert_int_equal(cm_facts_count(&facts, "offences"), 2);
	assert_int_equal(cm_facts_count(&facts, "data"), 0);
	assert_int_equal(cm_facts_member(&facts, 99).path.n, 0);
	cm_facts_fini(&facts);
	cm_facts_fini(NULL);
}

static void
facts_travel_as_bytes(void **state)
{
	(void)state;
	struct cm_facts facts, back;
	struct cm_buf b = cm_buf_of(1000);
	cm_facts_init(&facts);
	cm_facts_put_text(&facts, "a", "1");
	cm_facts_put_text(&facts, "b[0].c", "");
	cm_facts_write(&facts, &b);
	for (size_t cut = 0; cut <= b.n; cut++) {
		struct cm_rd rd = cm_rd_of(cm_view_part(cm_buf_view(&b), 0, cut));
		cm_facts_init(&back);
		assert_int_equal(cm_facts_read(&rd, &back), cut == b.n ? CM_OK : CM_REFUSED);
		if (cut == b.n) {
			assert_true(cm_rd_done(&rd));
			assert_int_equal(back.count, 2);
			assert_view_is(cm_facts_member(&back, 1).path, "b[0].c");
		}
		cm_facts_fini(&back);
	}
	cm_buf_fini(&b);
	cm_facts_fini(&facts);
}

static void
the_greatest_number_of_facts_is_kept_and_one_more_refused(void **state)
{
	(void)state;
	struct cm_facts facts;
	cm_facts_init(&facts);
	for (size_t i = 0; i < CM_LIMIT_FACTS_VALUE; i++)
		cm_facts_put_text(&facts, "p", "t");
	assert_int_equal(cm_facts_result(&facts), CM_OK);
	cm_facts_put_text(&facts, "p", "t");
	assert_int_equal(cm_facts_result(&facts), CM_REFUSED);
	assert_int_equal(facts.count, CM_LIMIT_FACTS_VALUE);
	cm_facts_fini(&facts);
}

static void
more_bytes_than_the_limit_are_refused(void **state)
{
	(void)state;
	struct cm_facts facts;
	char *big = cm_mem_new(CM_LIMIT_FACTS_BYTES_VALUE);
	cm_facts_init(&facts);
	cm_facts_put(&facts, cm_view_text(""), cm_view_of(big, CM_LIMIT_FACTS_BYTES_VALUE));
	assert_int_equal(cm_facts_result(&facts), CM_OK);
	cm_facts_put_text(&facts, "p", "");
	assert_int_equal(cm_facts_result(&facts), CM_REFUSED);
	cm_facts_fini(&facts);
	cm_mem_free(big);
}

static void
no_memory_is_told(void **state)
{
	(void)state;
	for (unsigned long n = 1; n <= 3; n++) {
		struct cm_facts facts;
		cm_facts_init(&facts);
		cm_mem_fail_from(n);
		for (size_t i = 0; i < 500; i++)
			cm_facts_put_text(&facts, "path", "text");
		cm_mem_fail_from(0);
		assert_int_equal(cm_facts_result(&facts), CM_NOMEM);
		cm_facts_fini(&facts);
	}
}

UNIT_MAIN(T(facts_are_found_by_path), T(facts_travel_as_bytes),
          T(the_greatest_number_of_facts_is_kept_and_one_more_refused), T(more_bytes_than_the_limit_are_refused),
          T(no_memory_is_told))
