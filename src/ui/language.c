// Knows: how browsers list their languages. Does not know: words.
#include "ui/language.h"

enum cm_language
cm_language_of(struct cm_view id)
{
	return cm_language_find(id.p, id.n);
}

static struct cm_view
cm_language_trim(struct cm_view v)
{
	while (v.n > 0 && v.p[0] == ' ')
		v = cm_view_part(v, 1, v.n);
	while (v.n > 0 && v.p[v.n - 1] == ' ')
		v.n--;
	return v;
}

// "q=0.8" in thousandths; 1000 without it, 0 for what is no weight.
static unsigned
cm_language_weight(struct cm_view v)
{
	unsigned weight = 0, unit = 1000;
	if (v.n == 0)
		return 1000;
	if (!cm_view_starts(v, "q=") || v.n < 3)
		return 0;
	for (size_t i = 2; i < v.n && unit > 0; i++) {
		if (v.p[i] == '.' && i == 3)
			continue;
		if (v.p[i] < '0' || v.p[i] > '9')
			return 0;
		weight += (unsigned)(v.p[i] - '0') * unit;
		unit /= 10;
	}
	return weight > 1000 ? 1000 : weight;
}

enum cm_language
cm_language_accepted(struct cm_view list)
{
	enum cm_language best = CM_LANGUAGE_EN;
	unsigned best_weight = 0;
	for (size_t at = 0; at < list.n;) {
		size_t end = cm_view_find(list, at, ',');
		struct cm_view one = cm_language_trim(cm_view_part(list, at, end - at));
		size_t semicolon = cm_view_find(one, 0, ';');
		unsigned weight = cm_language_weight(cm_language_trim(cm_view_part(one, semicolon + 1, one.n)));
		struct cm_view range = cm_language_trim(cm_view_part(one, 0, semicolon));
		range.n = cm_view_find(range, 0, '-');
		enum cm_language language = cm_language_of(range);
		if (language != CM_LANGUAGE_NONE && weight > best_weight) {
			best = language;
			best_weight = weight;
		}
		at = end + 1;
	}
	return best;
}
