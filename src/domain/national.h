// National law beside the Convention: what each State demands, accepts and keeps free, by day (convention.md, section 5:
// overlays; the rules and the forms of their values: data/national_rules.tab; the file: doc/guide/national.md).
// Days are the State's own; a moment is told as the UTC moment at which a day of that name begins. Source: national.c,
// national_read.c.
#ifndef CM_DOMAIN_NATIONAL_H
#define CM_DOMAIN_NATIONAL_H

#include "base/instant.h"
#include "base/report.h"
#include "domain/tab_national_rule.h"

struct cm_national_row {
	enum cm_national_rule rule;
	struct cm_view value, text, source; // into `bytes` of the file
	struct cm_instant from, to;         // first moment, and first moment after; 0 leaves that side open
};

// One file. Free with cm_national_fini().
struct cm_national {
	char country[3]; // "XA"
	struct cm_buf bytes;
	struct cm_national_row *rows; // in the order of the file
	size_t count;
};

// Reads a file and keeps a copy of it. Refused: sheet_form, national_country, national_rule (unknown, or twice for one
// day), national_value, national_many; each with its line.
CM_CHECKED cm_result cm_national_read(struct cm_view text, struct cm_report *report, struct cm_national *ret_national);
void cm_national_fini(struct cm_national *national);

// The first row of a rule that holds at a moment, or NULL. `national` may be NULL (nothing is known of that State).
const struct cm_national_row *cm_national_find(const struct cm_national *national, enum cm_national_rule rule,
                                               struct cm_instant at);
// The one after `row`, or NULL.
const struct cm_national_row *cm_national_next(const struct cm_national *national, const struct cm_national_row *row,
                                               struct cm_instant at);
// The row whose value is `value`, or is a list ("; ") that has it, or is "all".
const struct cm_national_row *cm_national_find_value(const struct cm_national *national, enum cm_national_rule rule,
                                                     const char *value, struct cm_instant at);
bool cm_national_says(const struct cm_national *national, enum cm_national_rule rule, struct cm_instant at);

// -- for clocks; a State without rows works from Monday to Friday, has no holidays and keeps UTC -------------------------

// Minutes east of UTC at a moment.
int cm_national_offset(const struct cm_national *national, struct cm_instant at);
// Is this day (year, month, day) one on which offices work: a day of the working week and no holiday?
bool cm_national_works(const struct cm_national *national, struct cm_civil day);
// The holiday on this day, or NULL.
const struct cm_national_row *cm_national_holiday(const struct cm_national *national, struct cm_civil day);

#endif
