// The national law of all States that this program knows. The invented States of the exercises are compiled in; law of a real
// State comes from the State itself, as a file. Source: nationals.c.
#ifndef CM_DOMAIN_NATIONALS_H
#define CM_DOMAIN_NATIONALS_H

#include "domain/national.h"

// Zero-initialise. Free with cm_nationals_fini().
struct cm_nationals {
	struct cm_national *at;
	size_t count;
};

// Puts the invented States in, which are compiled in (data/national).
CM_CHECKED cm_result cm_nationals_exercise(struct cm_nationals *nationals, struct cm_report *report);
// Reads one more file; it takes the place of one of the same State.
CM_CHECKED cm_result cm_nationals_put(struct cm_nationals *nationals, struct cm_view text, struct cm_report *report);
// The law of a State by its two capitals, or NULL.
const struct cm_national *cm_nationals_find(const struct cm_nationals *nationals, struct cm_view country);
void cm_nationals_fini(struct cm_nationals *nationals);

#endif
