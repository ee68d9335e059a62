// Words from a file that msgfmt made; tests/vectors/words/check.po is its source, tests/conformance/words.py its judge.
#include "unit.h"

#include "ui/words.h"

// A file of two texts, one of them with three forms, in order of the originals.
static const char mo[] = "\xde\x12\x04\x95\0\0\0\0\x02\0\0\0\x1c\0\0\0\x2c\0\0\0\0\0\0\0\0\0\0\0"
                         "\x05\0\0\0\x3c\0\0\0" // "Close"
                         "\x0c\0\0\0\x42\0\0\0" // "Day" NUL "Days" …
                         "\x07\0\0\0\x4f\0\0\0"
                         "\x0e\0\0\0\x57\0\0\0"
                         "Close\0"
                         "%{n} a\0%{n} b\0"
                         "Fermer!\0"
                         "eins\0zwei\0drei";

static void
test_found(void **state)
{
	(void)state;
	struct cm_words words;
	assert_int_equal(cm_words_init(cm_view_of(mo, sizeof mo), "slavic", NULL, &words), CM_OK);
	assert_view_is(cm_words_get(&words, cm_view_text("Close")), "Fermer!");
	assert_view_is(cm_words_get(&words, cm_view_text("Clos")), "Clos");
	assert_view_is(cm_words_get(&words, cm_view_text("")), "");
	assert_view_is(cm_words_get(NULL, cm_view_text("Close")), "Close");
	struct cm_view one = cm_view_text("%{n} a"), many = cm_view_text("%{n} b");
	assert_view_is(cm_words_many(&words, one, many, 1), "eins");
	assert_view_is(cm_words_many(&words, one, many, 2), "zwei");
	assert_view_is(cm_words_many(&words, one, many, 5), "drei");
	assert_view_is(cm_words_many(NULL, one, many, 1), "%{n} a");
	assert_view_is(cm_words_many(NULL, one, many, 0), "%{n} b");
}

// Every shorter file, and every file with one byte changed, is refused or answers inside its bytes (the sanitizer lane looks).
static void
test_damaged(void **state)
{
	(void)state;
	struct cm_words words;
	for (size_t n = 0; n < sizeof mo; n++) {
		char copy[sizeof mo];
		memcpy(copy, mo, sizeof mo);
		if (cm_words_init(cm_view_of(copy, n), "one", NULL, &words) == CM_OK)
			assert_true(cm_words_get(&words, cm_view_text("Close")).p != NULL);
		copy[n] = (char)(copy[n] ^ 0x55);
		if (cm_words_init(cm_view_of(copy, sizeof mo), "one", NULL, &words) == CM_OK)
			assert_true(cm_words_many(&words, cm_view_text("Close"), cm_view_text("x"), 7).p != NULL);
	}
	struct cm_report report = {0};
	assert_int_equal(cm_words_init(cm_view_of(mo, sizeof mo), "nosuch", &report, &words), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_PAGE_WORDS));
}

UNIT_MAIN(T(test_found), T(test_damaged))
