// Knows: how a rule of the law asks for facts: periods, offences, bases, words in texts. Does not know: any rule. Serves law.h.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "domain/kind.h"
#include "domain/law_inside.h"

bool
cm_law_saw(struct cm_law_run *run, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(run->seen, sizeof run->seen, format, args);
	va_end(args);
	size_t n = strlen(run->seen);
	while (n == sizeof run->seen - 1 && n > 0 && ((uint8_t)run->seen[n - 1] & 0x80)) // cut between characters
		run->seen[--n] = 0;
	return true;
}

bool
cm_law_listed(const char *const *list, enum cm_kind kind)
{
	char regime[32];
	snprintf(regime, sizeof regime, "%s*", cm_kind_row(kind)->regime);
	return cm_kind_listed(list, "all") || cm_kind_listed(list, cm_kind_row(kind)->code) || cm_kind_listed(list, regime);
}

const struct cm_national_row *
cm_law_national_kind(const struct cm_law_run *run, enum cm_national_rule rule)
{
	const struct cm_kind_row *kind = cm_kind_row(run->told->kind);
	const struct cm_national_row *row = cm_national_find_value(run->told->asked_law, rule, kind->code, run->told->now);
	return row != NULL ? row : cm_national_find_value(run->told->asked_law, rule, kind->regime, run->told->now);
}

bool
cm_law_fact(const struct cm_law_run *run, const char *path, struct cm_view *ret_text)
{
	return cm_facts_has(run->facts, path) && cm_facts_find(run->facts, path, ret_text);
}

bool
cm_law_fact_is(const struct cm_law_run *run, const char *path, const char *text)
{
	struct cm_view found;
	return cm_facts_find(run->facts, path, &found) && cm_view_is(found, text);
}

bool
cm_law_moment(const struct cm_law_run *run, const char *path, struct cm_instant *ret_t)
{
	struct cm_view text;
	return cm_facts_find(run->facts, path, &text) && cm_instant_read(text, ret_t);
}

bool
cm_law_period(const struct cm_law_run *run, size_t n, struct cm_instant *ret_from, struct cm_instant *ret_to)
{
	static const char *const ends[][2] = {{"task.start", "task.end"}, {"period.from", "period.to"}};
	size_t count = cm_facts_count(run->facts, "data");
	struct cm_view from, to;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (cm_law_moment(run, ends[i][0], ret_from) && cm_law_moment(run, ends[i][1], ret_to))
			return n == 0;
	for (size_t i = 0; i < count; i++)
		if (cm_facts_find_in(run->facts, "data", i, "period.from", &from) && cm_instant_read(from, ret_from) &&
		    cm_facts_find_in(run->facts, "data", i, "period.to", &to) && cm_instant_read(to, ret_to) && n-- == 0)
			return true;
	return false;
}

size_t
cm_law_words(struct cm_view text)
{
	size_t words = 0;
	bool inside = false;
	for (size_t i = 0; i < text.n; i++) {
		bool blank = text.p[i] == ' ' || text.p[i] == '\n' || text.p[i] == '\t';
		words += !blank && !inside;
		inside = !blank;
	}
	// A script without blanks: three bytes a sign, about two signs a word.
	return words > text.n / 12 ? words : text.n / 12;
}

static uint8_t
cm_law_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + 'a' - 'A') : c;
}

static bool
cm_law_letter(uint8_t c)
{
	c = cm_law_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
}

static bool
cm_law_text_has(struct cm_view text, const char *word)
{
	size_t n = strlen(word);
	for (size_t at = 0; at + n <= text.n; at++) {
		size_t same = 0;
		if (at > 0 && cm_law_letter(text.p[at - 1]))
			continue;
		while (same < n && cm_law_lower(text.p[at + same]) == (uint8_t)word[same])
			same++;
		if (same == n)
			return true;
	}
	return false;
}

static bool
cm_law_path_begins(struct cm_view path, const char *const *paths)
{
	for (; *paths != NULL; paths++)
		if (cm_view_starts(path, *paths))
			return true;
	return false;
}

bool
cm_law_mentions(const struct cm_law_run *run, const char *const *paths, const char *const *words, const char **ret_word)
{
	for (size_t i = 0; i < run->facts->count; i++) {
		struct cm_facts_member member = cm_facts_member(run->facts, i);
		if (!cm_law_path_begins(member.path, paths))
			continue;
		for (const char *const *word = words; *word != NULL; word++)
			if (cm_law_text_has(member.text, *word)) {
				*ret_word = *word;
				return true;
			}
	}
	return false;
}

size_t
cm_law_offences(const struct cm_law_run *run)
{
	return cm_facts_count(run->facts, "offences");
}

enum cm_offence
cm_law_offence(const struct cm_law_run *run, size_t i)
{
	struct cm_view code;
	return cm_facts_find_in(run->facts, "offences", i, "code", &code) ? cm_offence_find(code.p, code.n) : CM_OFFENCE_NONE;
}

uint64_t
cm_law_years(const struct cm_law_run *run, size_t i)
{
	struct cm_view text;
	uint64_t years = 0;
	if (!cm_facts_find_in(run->facts, "offences", i, "max_penalty_years", &text) || !cm_num_u64(text, 0, UINT64_MAX, &years))
		return 0;
	return years;
}

bool
cm_law_offence_any(const struct cm_law_run *run, const enum cm_offence *list)
{
	size_t count = cm_law_offences(run);
	for (size_t i = 0; i < count; i++)
		for (const enum cm_offence *o = list; *o != CM_OFFENCE_NONE; o++)
			if (cm_law_offence(run, i) == *o)
				return true;
	return false;
}

bool
cm_law_basis(const struct cm_law_run *run, const char *instrument)
{
	size_t count = cm_facts_count(run->facts, "legal_basis");
	struct cm_view named;
	for (size_t i = 0; i < count; i++)
		if (cm_facts_find_in(run->facts, "legal_basis", i, "instrument", &named) && cm_view_is(named, instrument))
			return true;
	return false;
}
