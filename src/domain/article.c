// Knows: the form of a citation and which articles there are (data/articles.tab).
// Does not know: paragraphs; how many an article has stands in no table.
// Serves the "article" members of the request and answer documents.
#include "domain/article.h"

#include "base/num.h"

// A number in parentheses at `*at`, moved past it.
static bool
cm_article_paragraph(struct cm_view text, size_t *at, unsigned *ret_number)
{
	size_t end = cm_view_find(text, *at, ')');
	uint64_t number;
	if (end == text.n || text.p[*at] != '(')
		return false;
	if (!cm_num_u64(cm_view_part(text, *at + 1, end - *at - 1), 1, 99, &number))
		return false;
	*at = end + 1;
	*ret_number = (unsigned)number;
	return true;
}

bool
cm_article_read(struct cm_view text, struct cm_article_cited *ret_cited)
{
	size_t at = cm_view_find(text, 0, '(');
	struct cm_article_cited cited = {.article = cm_article_find(text.p, at)};
	if (cited.article == CM_ARTICLE_NONE)
		return false;
	if (at < text.n && !cm_article_paragraph(text, &at, &cited.paragraph)) {
		// Articles of one paragraph are cited as "2(o)".
		if (text.n - at != 3)
			return false;
	}
	if (at < text.n) {
		if (text.n - at != 3 || text.p[at] != '(' || text.p[at + 2] != ')')
			return false;
		if (text.p[at + 1] < 'a' || text.p[at + 1] > 'z')
			return false;
		cited.letter = (char)text.p[at + 1];
	}
	*ret_cited = cited;
	return true;
}
