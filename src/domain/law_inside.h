// Inside of law.h: what the rules share.
#ifndef CM_DOMAIN_LAW_INSIDE_H
#define CM_DOMAIN_LAW_INSIDE_H

#include "domain/law.h"
#include "domain/tab_offence.h"

struct cm_law_run {
	const struct cm_facts *facts;
	const struct cm_law_told *told;
	char seen[CM_LAW_SEEN]; // what the rule at work has found
};

// A rule says whether there is something to tell, and puts into `seen` what.
typedef bool cm_law_rule(struct cm_law_run *run);
// The rule of a row that is looked for in the facts, or NULL.
cm_law_rule *cm_law_send_rule(enum cm_safeguard safeguard);
cm_law_rule *cm_law_answer_rule(enum cm_safeguard safeguard);

// Always true: "found, and this is what".
bool cm_law_saw(struct cm_law_run *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Does a list name the kind: by its code, by its regime with a star, by all?
bool cm_law_listed(const char *const *list, enum cm_kind kind);
// The row of the asked State's law that names this kind, its regime or all.
const struct cm_national_row *cm_law_national_kind(const struct cm_law_run *run, enum cm_national_rule rule);

bool cm_law_fact(const struct cm_law_run *run, const char *path, struct cm_view *ret_text);
bool cm_law_fact_is(const struct cm_law_run *run, const char *path, const char *text);
bool cm_law_moment(const struct cm_law_run *run, const char *path, struct cm_instant *ret_t);
// First and last moment of the n-th period that has both: of the task or of the kind, which hold for all data, else of each item of
// data. False when there are no more.
bool cm_law_period(const struct cm_law_run *run, size_t n, struct cm_instant *ret_from, struct cm_instant *ret_to);
size_t cm_law_words(struct cm_view text);

// One of these words (lower case, ASCII) begins a word of a text whose path begins with one of `paths`, NULL at the end of both. The
// word that was met goes to `ret_word`. A hint for people, in English; never a ground by itself.
bool cm_law_mentions(const struct cm_law_run *run, const char *const *paths, const char *const *words,
                     const char **ret_word);

// Offences: the row of the i-th (NONE when unknown), and its maximum penalty (0 when not told).
size_t cm_law_offences(const struct cm_law_run *run);
enum cm_offence cm_law_offence(const struct cm_law_run *run, size_t i);
uint64_t cm_law_years(const struct cm_law_run *run, size_t i);
// True when any offence is one of these; NONE ends the list.
bool cm_law_offence_any(const struct cm_law_run *run, const enum cm_offence *list);

// Is an instrument ("HC", "Budapest") named as a basis?
bool cm_law_basis(const struct cm_law_run *run, const char *instrument);

#endif
