// Knows: decimal text and overflow. Does not know: units.
#include "base/num.h"

bool
cm_num_u64(struct cm_view text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
	if (text.n == 0 || (text.n > 1 && text.p[0] == '0'))
		return false;
	uint64_t x = 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		if (!cm_num_mul(x, 10, &x) || !cm_num_add(x, (uint64_t)(text.p[i] - '0'), &x))
			return false;
	}
	if (x < min || x > max)
		return false;
	*ret_value = x;
	return true;
}

bool
cm_num_i64(struct cm_view text, int64_t min, int64_t max, int64_t *ret_value)
{
	bool negative = text.n > 0 && text.p[0] == '-';
	uint64_t size;
	if (!cm_num_u64(cm_view_part(text, negative, text.n), negative, negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX,
	                &size))
		return false;
	int64_t x = !negative ? (int64_t)size : size > INT64_MAX ? INT64_MIN : -(int64_t)size;
	if (x < min || x > max)
		return false;
	*ret_value = x;
	return true;
}

bool
cm_num_add(uint64_t a, uint64_t b, uint64_t *ret_value)
{
	uint64_t x;
	if (__builtin_add_overflow(a, b, &x))
		return false;
	*ret_value = x;
	return true;
}

bool
cm_num_mul(uint64_t a, uint64_t b, uint64_t *ret_value)
{
	uint64_t x;
	if (__builtin_mul_overflow(a, b, &x))
		return false;
	*ret_value = x;
	return true;
}
