// Words of one language, as gettext's msgfmt makes them (.mo): texts by their English form, with plurals. The bytes are part
// of the program. Source: GNU gettext manual, "The Format of GNU MO Files"; plural rules: CLDR 45, as each .po header says.
#ifndef CM_UI_WORDS_H
#define CM_UI_WORDS_H

#include "base/report.h"

// Marks a text of the program for the translators (tests/conformance/words.py looks for it).
#define CM_WORD(text) text

struct cm_words {
	struct cm_view mo;  // empty: English, nothing is looked up
	uint32_t count;     // texts
	uint32_t originals; // offset of their table
	uint32_t translations;
	unsigned (*plural)(uint64_t n); // which form
};

// `mo` must outlive the words; `plural` is the name of a rule ("one", "french", "slavic", "arabic", "none").
// Refused: page_words (not such a file, or no such rule).
CM_CHECKED cm_result cm_words_init(struct cm_view mo, const char *plural, struct cm_report *report,
                                   struct cm_words *ret_words);

// The text in the language, or `text` itself when there is none. `words` may be NULL.
struct cm_view cm_words_get(const struct cm_words *words, struct cm_view text);
// The form for `n`.
struct cm_view cm_words_many(const struct cm_words *words, struct cm_view one, struct cm_view many, uint64_t n);

// Which of the forms stands for `n` by the rule of that name; 0 for a rule that is none. For tests.
unsigned cm_words_plural(const char *rule, uint64_t n);

#endif
