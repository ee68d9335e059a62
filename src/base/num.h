// Text to number and number arithmetic without surprises.
#ifndef CM_BASE_NUM_H
#define CM_BASE_NUM_H

#include "base/view.h"

// Decimal digits only: no sign, no leading zero ("0" itself is fine), no trailing bytes, value within
// [min, max]. False leaves `ret_value` untouched.
bool cm_num_u64(struct cm_view text, uint64_t min, uint64_t max, uint64_t *ret_value);

// The same with an optional leading minus; "-0" is refused.
bool cm_num_i64(struct cm_view text, int64_t min, int64_t max, int64_t *ret_value);

// Sums and products of sizes; false on overflow leaves `ret_value` untouched.
bool cm_num_add(uint64_t a, uint64_t b, uint64_t *ret_value);
bool cm_num_mul(uint64_t a, uint64_t b, uint64_t *ret_value);

#endif
