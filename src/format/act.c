// Knows: which fields each kind of act has and the form of each field. Does not know: salts, commitments, trees. Serves
// doc/spec/register.md sections 2 and 3, data/acts.tab, data/act_fields.tab.
#include "base/num.h"
#include "base/text.h"
#include "format/act.h"

#include <string.h>

_Static_assert(CM_ACT_FIELD_END - 1 == CM_LIMIT_ACT_SLOTS_VALUE, "one field a place");

void
cm_act_set(struct cm_act_values *values, enum cm_act_field field, struct cm_view value)
{
	values->value[CM_ACT_SLOT(field)] = value;
}

struct cm_view
cm_act_get(const struct cm_act_values *values, enum cm_act_field field)
{
	return values->value[CM_ACT_SLOT(field)];
}

// `n` lower-case hexadecimal digits (0: any number of them).
static bool
cm_act_hex(struct cm_view v, size_t n)
{
	for (size_t i = 0; i < v.n; i++)
		if (memchr("0123456789abcdef", v.p[i], 16) == NULL)
			return false;
	return v.n == n;
}

static bool
cm_act_word(struct cm_view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (memchr("abcdefghijklmnopqrstuvwxyz0123456789._-", v.p[i], 39) == NULL)
			return false;
	return v.n != 0 && v.n <= 255;
}

static bool
cm_act_time(struct cm_view v)
{
	struct cm_instant t;
	char text[CM_INSTANT_TEXT];
	return cm_instant_read(v, &t) && cm_view_is(v, cm_instant_text_micro(t, text));
}

// "origin index leaf".
static bool
cm_act_entry(struct cm_view v)
{
	uint64_t index;
	size_t first = cm_view_find(v, 0, ' ');
	size_t second = cm_view_find(v, first + 1, ' ');
	return first != 0 && second < v.n &&
	       cm_num_u64(cm_view_part(v, first + 1, second - first - 1), 0, INT64_MAX, &index) &&
	       cm_act_hex(cm_view_part(v, second + 1, v.n), 64) && cm_text_showable(v, false);
}

static bool
cm_act_form(enum cm_act_field field, struct cm_view v)
{
	uint64_t number;
	const char *form = cm_act_field_row(field)->form;
	switch (form[0]) {
	case 'u':
		return cm_text_uuid(v);
	case 's':
		return cm_act_hex(v, 64);
	case 'e':
		return cm_act_entry(v);
	case 'w':
		return cm_act_word(v);
	case 'n': // node and number
		return strcmp(form, "number") == 0 ? cm_num_u64(v, 0, INT64_MAX, &number) : cm_act_word(v);
	case 't': // time and text
		return strcmp(form, "time") == 0 ? cm_act_time(v) : cm_text_showable(v, false);
	default:
		return false;
	}
}

cm_result
cm_act_field_check(enum cm_act_field field, struct cm_view value, struct cm_report *report)
{
	const char *name = cm_act_field_row(field)->name;
	if (value.n > CM_LIMIT_ACT_VALUE_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_ACT_FIELD_TOO_LONG, name, "%zu bytes", value.n);
	if (value.n == 0 || !cm_act_form(field, value))
		return cm_report_refuse(report, CM_ERROR_ACT_FIELD_FORM, name, "%.*s", CM_VIEW_ARG(value));
	return CM_OK;
}

static bool
cm_act_lists(const char *const *list, const char *name)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, name) == 0)
			return true;
	return false;
}

cm_result
cm_act_check(const struct cm_act_values *values, struct cm_report *report)
{
	struct cm_view type = cm_act_get(values, CM_ACT_FIELD_TYPE);
	enum cm_act act = cm_act_find(type.p, type.n);
	if (act == CM_ACT_NONE)
		return cm_report_refuse(report, CM_ERROR_ACT_TYPE, "type", "%.*s", CM_VIEW_ARG(type));
	const struct cm_act_row *row = cm_act_row(act);
	for (int f = CM_ACT_FIELD_ACT; f < CM_ACT_FIELD_END; f++) {
		enum cm_act_field field = (enum cm_act_field)f;
		const char *name = cm_act_field_row(field)->name;
		struct cm_view value = cm_act_get(values, field);
		bool must = field <= CM_ACT_FIELD_NODE || cm_act_lists(row->must, name);
		if (must && value.n == 0)
			return cm_report_refuse(report, CM_ERROR_ACT_FIELD_MISSING, name, "%s", row->name);
		if (value.n == 0)
			continue;
		if (!must && !cm_act_lists(row->may, name))
			return cm_report_refuse(report, CM_ERROR_ACT_FIELD_UNKNOWN, name, "%s", row->name);
		cm_result r = cm_act_field_check(field, value, report);
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}
