// Knows: the names of filters and what kind of value each takes. Does not know: how things are said (say.c).
#include "domain/tab_kind.h"
#include "domain/tab_state.h"
#include "domain/tab_time_limit.h"
#include "ui/say.h"
#include "ui/filter.h"

static bool
cm_filter_instant(const struct cm_json_value *value, struct cm_instant *ret_at)
{
	return cm_instant_read(cm_json_text(value), ret_at);
}

// {{ends_at|moment}}: "Tue 17 Nov 2026, 07:00 (00:00 UTC)".
static void
cm_filter_moment(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	struct cm_instant at;
	if (cm_filter_instant(value, &at))
		cm_say_moment(data->words, at, data->zone_min, to);
}

// {{ends_at|left}}: "1 h 13 min left".
static void
cm_filter_left(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	struct cm_instant at;
	if (cm_filter_instant(value, &at))
		cm_say_left(data->words, at, data->now, to);
}

// {{bytes|size}}: "48.2 GB".
static void
cm_filter_size(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	if (cm_json_kind(value) == CM_JSON_NUMBER && cm_json_number(value) >= 0)
		cm_say_size(data->words, (uint64_t)cm_json_number(value), to);
}

// {{state|word}}: the text, looked up as words are; for the names of states, kinds and roles that tables give.
static void
cm_filter_word(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	cm_buf_view_add(to, cm_words_get(data->words, cm_json_text(value)));
}

// {{kind|kind}}, {{limit|limit}}, {{state|state}}: what the tables of the law call the row of that code; the code itself when there is none.
static void
cm_filter_named(const struct cm_tmpl_data *data, const struct cm_json_value *value, const char *name, struct cm_buf *to)
{
	struct cm_view text = cm_view_text(name);
	cm_buf_view_add(to, text.n == 0 ? cm_json_text(value) : cm_words_get(data->words, text));
}

static void
cm_filter_kind(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	struct cm_view code = cm_json_text(value);
	cm_filter_named(data, value, cm_kind_row(cm_kind_find(code.p, code.n))->name, to);
}

static void
cm_filter_limit(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	struct cm_view id = cm_json_text(value);
	cm_filter_named(data, value, cm_time_limit_row(cm_time_limit_find(id.p, id.n))->what, to);
}

static void
cm_filter_state(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to)
{
	struct cm_view id = cm_json_text(value);
	cm_filter_named(data, value, cm_state_row(cm_state_find(id.p, id.n))->title, to);
}

cm_filter
cm_filter_of(struct cm_view name)
{
	static const struct {
		const char *name;
		cm_filter filter;
	} filters[] = {
	        {"kind", cm_filter_kind},
	        {"left", cm_filter_left},
	        {"limit", cm_filter_limit},
	        {"moment", cm_filter_moment},
	        {"size", cm_filter_size},
	        {"state", cm_filter_state},
	        {"word", cm_filter_word},
	};
	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++)
		if (cm_view_is(name, filters[i].name))
			return filters[i].filter;
	return NULL;
}
