// Articles of the Convention and citations of them: "42", "42(3)", "42(3)(e)".
#ifndef CM_DOMAIN_ARTICLE_H
#define CM_DOMAIN_ARTICLE_H

#include "base/view.h"
#include "domain/tab_article.h"

// A citation in the form of the request document (schema of the request document, "article").
struct cm_article_cited {
	enum cm_article article;
	unsigned paragraph; // 0 when only the article is cited
	char letter;        // 'a' to 'z', or 0
};

// Reads a citation; false when it has another form or there is no such article. Paragraphs are not counted:
// the table has no paragraphs.
bool cm_article_read(struct cm_view text, struct cm_article_cited *ret_cited);

#endif
