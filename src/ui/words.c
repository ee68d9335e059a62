// Knows: the table of a .mo file and the plural rules of our languages. Does not know: which languages there are, what is said.
#include "ui/words.h"

#include <string.h>

#include "base/mem.h"

// -- plural rules; each is the formula of the "Plural-Forms" line of the .po files that name it

static unsigned
cm_words_none(uint64_t n)
{
	(void)n;
	return 0;
}

static unsigned
cm_words_one(uint64_t n)
{
	return n != 1;
}

static unsigned
cm_words_french(uint64_t n)
{
	return n > 1;
}

static unsigned
cm_words_slavic(uint64_t n)
{
	if (n % 10 == 1 && n % 100 != 11)
		return 0;
	return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 10 || n % 100 >= 20) ? 1 : 2;
}

static unsigned
cm_words_arabic(uint64_t n)
{
	if (n <= 2)
		return (unsigned)n;
	return n % 100 >= 3 && n % 100 <= 10 ? 3 : n % 100 >= 11 ? 4 : 5;
}

static const struct {
	const char *name;
	unsigned (*form)(uint64_t n);
} cm_words_rules[] = {
        {"none", cm_words_none},     {"one", cm_words_one},       {"french", cm_words_french},
        {"slavic", cm_words_slavic}, {"arabic", cm_words_arabic},
};

static unsigned (*cm_words_rule(const char *name))(uint64_t n)
{
	for (size_t i = 0; i < sizeof cm_words_rules / sizeof cm_words_rules[0]; i++)
		if (strcmp(cm_words_rules[i].name, name) == 0)
			return cm_words_rules[i].form;
	return NULL;
}

unsigned
cm_words_plural(const char *rule, uint64_t n)
{
	unsigned (*form)(uint64_t) = cm_words_rule(rule);
	return form == NULL ? 0 : form(n);
}

// -- the file: magic, revision, count, offset of originals, offset of translations; each table is of (length, offset)

static uint32_t
cm_words_number(struct cm_view mo, uint64_t at)
{
	if (at + 4 > mo.n)
		return 0;
	const uint8_t *p = mo.p + at;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

cm_result
cm_words_init(struct cm_view mo, const char *plural, struct cm_report *report, struct cm_words *ret_words)
{
	struct cm_words words = {.mo = mo, .plural = cm_words_rule(plural)};
	words.count = cm_words_number(mo, 8);
	words.originals = cm_words_number(mo, 12);
	words.translations = cm_words_number(mo, 16);
	if (words.plural == NULL)
		return cm_report_refuse(report, CM_ERROR_PAGE_WORDS, "plural", "%s", plural);
	uint64_t table = (uint64_t)words.count * 8;
	if (mo.n < 28 || cm_words_number(mo, 0) != 0x950412de || words.originals + table > mo.n ||
	    words.translations + table > mo.n)
		return cm_report_refuse(report, CM_ERROR_PAGE_WORDS, "file", "%zu bytes", mo.n);
	*ret_words = words;
	return CM_OK;
}

// Entry `i` of the table at `at`; empty when it does not lie in the file.
static struct cm_view
cm_words_entry(const struct cm_words *words, uint32_t at, uint32_t i)
{
	uint64_t n = cm_words_number(words->mo, at + (uint64_t)i * 8), from = cm_words_number(words->mo, at + (uint64_t)i * 8 + 4);
	return from + n > words->mo.n ? (struct cm_view){0} : cm_view_part(words->mo, from, n);
}

// The translation of `text`, all its forms with a NUL between them; empty when there is none. The table is in order of its
// originals, whose second form stands behind a NUL and does not count.
static struct cm_view
cm_words_find(const struct cm_words *words, struct cm_view text)
{
	uint32_t from = 0, to = words == NULL ? 0 : words->count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		struct cm_view original = cm_words_entry(words, words->originals, middle);
		original.n = cm_view_find(original, 0, '\0');
		int order = cm_view_order(text, original);
		if (order == 0)
			return cm_words_entry(words, words->translations, middle);
		if (order < 0)
			to = middle;
		else
			from = middle + 1;
	}
	return (struct cm_view){0};
}

struct cm_view
cm_words_get(const struct cm_words *words, struct cm_view text)
{
	struct cm_view found = cm_words_find(words, text);
	found.n = cm_view_find(found, 0, '\0');
	return found.n == 0 || text.n == 0 ? text : found;
}

struct cm_view
cm_words_many(const struct cm_words *words, struct cm_view one, struct cm_view many, uint64_t n)
{
	struct cm_view found = cm_words_find(words, one);
	for (unsigned form = found.n == 0 ? 0 : words->plural(n); found.n > 0; form--) {
		size_t end = cm_view_find(found, 0, '\0');
		if (form == 0 && end > 0)
			return cm_view_part(found, 0, end);
		if (form == 0 || end == found.n)
			break;
		found = cm_view_part(found, end + 1, found.n);
	}
	return n == 1 ? one : many;
}
