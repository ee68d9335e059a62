// Sentences with values in them, in the language of the words: what filters say about moments, lengths of time and sizes.
// Source of the forms: doc/spec/desk.md section 4 (words).
#ifndef CM_UI_SAY_H
#define CM_UI_SAY_H

#include "base/instant.h"
#include "ui/words.h"

// Appends the text of the language with %{a} and %{b} replaced. NULL: not used.
struct cm_say {
	const char *text; // English, the key
	const char *a, *b;
};
void cm_say(const struct cm_words *words, const struct cm_say *say, struct cm_buf *to);

// "1 h 13 min", "2 d 4 h", "13 min", "1 min" for less: as long as `us` (≥ 0). Over 14 days: days alone.
void cm_say_span(const struct cm_words *words, int64_t us, struct cm_buf *to);

// "1 h 13 min left", "Late by 42 min".
void cm_say_left(const struct cm_words *words, struct cm_instant at, struct cm_instant now, struct cm_buf *to);

// "Tue 17 Nov 2026, 07:00 (00:00 UTC)" on a clock `zone_min` east of UTC; the UTC date too when it is another day.
void cm_say_moment(const struct cm_words *words, struct cm_instant at, int32_t zone_min, struct cm_buf *to);

// "48.2 GB": powers of 1,000, as disks and invoices count.
void cm_say_size(const struct cm_words *words, uint64_t bytes, struct cm_buf *to);

#endif
