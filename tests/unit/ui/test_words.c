// Words from a file that msgfmt made of tests/vectors/words/check.po.
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "ui/words.h"

static char mo[4096];
static size_t mo_n;

static int
load(void **state)
{
	(void)state;
	FILE *from = fopen(getenv("WORDS"), "rb");
	if (from == NULL)
		return 1;
	mo_n = fread(mo, 1, sizeof mo, from);
	fclose(from);
	return mo_n == 0 || mo_n == sizeof mo;
}

static void
test_found(void **state)
{
	(void)state;
	struct cm_words words;
	assert_int_equal(cm_words_init(cm_view_of(mo, mo_n), "slavic", NULL, &words), CM_OK);
	assert_view_is(cm_words_get(&words, cm_view_text("Close")), "Закрыть");
	assert_view_is(cm_words_get(&words, cm_view_text("Clos")), "Clos");
	assert_view_is(cm_words_get(&words, cm_view_text("")), "");
	assert_view_is(cm_words_get(NULL, cm_view_text("Close")), "Close");
	assert_view_is(cm_words_get(&words, cm_view_text("Not said")), "Not said");
	struct cm_view one = cm_view_text("One request waits"), many = cm_view_text("%{n} requests wait");
	assert_view_is(cm_words_many(&words, one, many, 21), "%{n} запрос ждёт");
	assert_view_is(cm_words_many(&words, one, many, 2), "%{n} запроса ждут");
	assert_view_is(cm_words_many(&words, one, many, 11), "%{n} запросов ждут");
	assert_view_is(cm_words_many(NULL, one, many, 1), "One request waits");
	assert_view_is(cm_words_many(NULL, one, many, 0), "%{n} requests wait");
}

// Every shorter file, and every file with one byte changed, is refused or answers inside its bytes (the sanitizer lane looks).
static void
test_damaged(void **state)
{
	(void)state;
	struct cm_words words;
	for (size_t n = 0; n < mo_n; n++) {
		char copy[sizeof mo];
		memcpy(copy, mo, mo_n);
		if (cm_words_init(cm_view_of(copy, n), "one", NULL, &words) == CM_OK)
			assert_true(cm_words_get(&words, cm_view_text("Close")).p != NULL);
		copy[n] = (char)(copy[n] ^ 0x55);
		if (cm_words_init(cm_view_of(copy, mo_n), "one", NULL, &words) == CM_OK)
			assert_true(cm_words_many(&words, cm_view_text("Close"), cm_view_text("x"), 7).p != NULL);
	}
	struct cm_report report = {0};
	assert_int_equal(cm_words_init(cm_view_of(mo, mo_n), "nosuch", &report, &words), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_PAGE_WORDS));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(test_found), T(test_damaged)};
	return cmocka_run_group_tests(tests, load, NULL);
}
