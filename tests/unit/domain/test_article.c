#include "unit.h"

#include "domain/article.h"

static void
citations_are_read(void **state)
{
	(void)state;
	struct cm_article_cited c;
	assert_true(cm_article_read(cm_view_text("42(3)(e)"), &c));
	assert_int_equal(c.article, CM_ARTICLE_42);
	assert_int_equal(c.paragraph, 3);
	assert_int_equal(c.letter, 'e');
	assert_true(cm_article_read(cm_view_text("2(o)"), &c));
	assert_int_equal(c.paragraph, 0);
	assert_int_equal(c.letter, 'o');
	assert_true(cm_article_read(cm_view_text("44"), &c));
	assert_int_equal(c.letter, 0);
	assert_true(cm_article_read(cm_view_text("40(15)"), &c));
	assert_int_equal(c.paragraph, 15);
}

static void
what_is_no_citation_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "0", "69", "042", "42(", "42()", "42(0)", "42(3)(E)", "42(3)e", "42(3)(ee)",
	        "42(100)", "42 (3)", "Art. 42", "42(e)(3)", "42(3)(4)", "42(3)(e)(f)"};
	struct cm_article_cited c = {.paragraph = 7};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(cm_article_read(cm_view_text(bad[i]), &c));
	assert_int_equal(c.paragraph, 7);
}

static void
all_sixty_eight_are_there(void **state)
{
	(void)state;
	assert_int_equal(CM_ARTICLE_END - 1, 68);
	for (enum cm_article a = CM_ARTICLE_NONE + 1; a < CM_ARTICLE_END; a++)
		assert_int_not_equal(cm_article_row(a)->source[0], 0);
}

UNIT_MAIN(T(citations_are_read), T(what_is_no_citation_is_refused), T(all_sixty_eight_are_there))
