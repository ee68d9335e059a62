// Knows: how any JSON answer is laid out for eyes. Does not know: what the members mean; labels are the members' names
// with spaces, so a new member shows up without a line of code here.
#include "cli/show.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "cli/out.h"

#define CM_SHOW_COLUMNS 8 // members of a table's row; more are shown as blocks

struct cm_show {
	FILE *to;
	struct cm_instant now;
	int indent; // spaces
	int label;  // width of the label column
	int column; // of a table: the next one
	const int *widths;
};

static bool
cm_show_is_scalar(const struct cm_json_value *value)
{
	enum cm_json_kind kind = cm_json_kind(value);
	return kind != CM_JSON_ARRAY && kind != CM_JSON_OBJECT;
}

// True when a number of this name counts bytes.
static bool
cm_show_is_size(struct cm_view name)
{
	return cm_view_is(name, "bytes") || cm_view_is(name, "fetched");
}

// The text of a scalar: moments and sizes for people, everything else as it is, made safe to show.
static void
cm_show_scalar_text(const struct cm_show *show, struct cm_view name, const struct cm_json_value *value,
                    struct cm_buf *text)
{
	char moment[CM_INSTANT_TEXT], span[32], size[32];
	struct cm_instant t;
	switch (cm_json_kind(value)) {
	case CM_JSON_TEXT:
		if (cm_instant_read(cm_json_text(value), &t)) {
			int64_t away = t.us - show->now.us;
			cm_buf_printf(text, "%s (%s%s%s)", cm_instant_text_people(t, moment), away < 0 ? "" : "in ",
			              cm_instant_span_text(away < 0 ? -away : away, span), away < 0 ? " ago" : "");
		} else if (cm_json_text(value).n == 0)
			cm_buf_text(text, "-");
		else
			cm_text_quote(text, cm_json_text(value), CM_LIMIT_MESSAGE_BYTES_VALUE);
		return;
	case CM_JSON_NUMBER:
		if (cm_show_is_size(name) && cm_json_number(value) >= 0)
			cm_buf_text(text, cm_out_bytes((uint64_t)cm_json_number(value), size));
		else
			cm_buf_printf(text, "%lld", (long long)cm_json_number(value));
		return;
	case CM_JSON_TRUE:
	case CM_JSON_FALSE:
		cm_buf_text(text, cm_json_kind(value) == CM_JSON_TRUE ? "yes" : "no");
		return;
	case CM_JSON_NULL:
	case CM_JSON_ARRAY:
	case CM_JSON_OBJECT:
		cm_buf_text(text, "-");
		return;
	}
}

// Characters as a terminal counts them, nearly: code points.
static int
cm_show_width(struct cm_view v)
{
	int n = 0;
	for (size_t i = 0; i < v.n; i++)
		n += (v.p[i] & 0xc0) != 0x80;
	return n;
}

static void
cm_show_label(const struct cm_show *show, struct cm_view name)
{
	fprintf(show->to, "%*s", show->indent, "");
	for (size_t i = 0; i < name.n; i++)
		fputc(name.p[i] == '_' ? ' ' : name.p[i], show->to);
	fputc(':', show->to);
}

static bool
cm_show_longest_label(void *context, struct cm_view name, const struct cm_json_value *value)
{
	int *longest = context;
	if (cm_show_is_scalar(value) && cm_show_width(name) > *longest)
		*longest = cm_show_width(name);
	return true;
}

// True when every element is an object of at most CM_SHOW_COLUMNS scalars, all with the same members.
static bool
cm_show_only_scalars(void *context, struct cm_view name, const struct cm_json_value *value)
{
	bool *good = context;
	(void)name;
	*good = *good && cm_show_is_scalar(value);
	return *good;
}

static bool
cm_show_is_table(const struct cm_json_value *array)
{
	size_t n = cm_json_count(array);
	for (size_t i = 0; i < n; i++) {
		const struct cm_json_value *row = cm_json_at(array, i);
		bool good = cm_json_kind(row) == CM_JSON_OBJECT && cm_json_count(row) <= CM_SHOW_COLUMNS &&
		            cm_json_count(row) == cm_json_count(cm_json_at(array, 0));
		cm_json_members(row, cm_show_only_scalars, &good);
		if (!good)
			return false;
	}
	return n > 0;
}

struct cm_show_measure {
	const struct cm_show *show;
	int widths[CM_SHOW_COLUMNS];
	int column;
};

static bool
cm_show_measure_cell(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_show_measure *measure = context;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE * 4);
	cm_show_scalar_text(measure->show, name, value, &text);
	int width = cm_show_width(cm_buf_view(&text));
	int *at = &measure->widths[measure->column++];
	*at = width > *at ? width : *at;
	*at = cm_show_width(name) > *at ? cm_show_width(name) : *at;
	return true;
}

static void
cm_show_padded(struct cm_show *show, struct cm_view text)
{
	fprintf(show->to, "%.*s%*s", (int)text.n, text.n == 0 ? "" : (const char *)text.p,
	        show->widths[show->column] - cm_show_width(text) + 2, "");
	show->column++;
}

// A heading is spelled as a label is.
static bool
cm_show_head_cell(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	(void)value;
	for (size_t i = 0; i < name.n; i++)
		cm_buf_u8(&text, name.p[i] == '_' ? ' ' : name.p[i]);
	cm_show_padded(context, cm_buf_view(&text));
	return true;
}

static bool
cm_show_cell(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE * 4);
	cm_show_scalar_text(context, name, value, &text);
	cm_show_padded(context, cm_buf_view(&text));
	return true;
}

static void
cm_show_table(struct cm_show show, const struct cm_json_value *array)
{
	struct cm_show_measure measure = {.show = &show};
	size_t n = cm_json_count(array);
	for (size_t i = 0; i < n; i++) {
		measure.column = 0;
		cm_json_members(cm_json_at(array, i), cm_show_measure_cell, &measure);
	}
	show.widths = measure.widths;
	fprintf(show.to, "%*s", show.indent, "");
	cm_json_members(cm_json_at(array, 0), cm_show_head_cell, &show);
	fputc('\n', show.to);
	for (size_t i = 0; i < n; i++) {
		show.column = 0;
		fprintf(show.to, "%*s", show.indent, "");
		cm_json_members(cm_json_at(array, i), cm_show_cell, &show);
		fputc('\n', show.to);
	}
}

static void cm_show_any(struct cm_show show, const struct cm_json_value *value);

static bool
cm_show_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_show *show = context;
	if (cm_view_is(name, "pem"))
		return true;
	cm_show_label(show, name);
	if (cm_show_is_scalar(value)) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE * 4);
		cm_show_scalar_text(show, name, value, &text);
		fprintf(show->to, "%*s %s\n", show->label - cm_show_width(name), "", cm_buf_cstr(&text));
		return true;
	}
	struct cm_show inner = *show;
	inner.indent += 2;
	fputs(cm_json_count(value) == 0 ? " none\n" : "\n", show->to);
	cm_show_any(inner, value);
	return true;
}

static void
cm_show_any(struct cm_show show, const struct cm_json_value *value)
{
	if (cm_json_kind(value) == CM_JSON_OBJECT) {
		show.label = 0;
		cm_json_members(value, cm_show_longest_label, &show.label);
		cm_json_members(value, cm_show_member, &show);
	} else if (cm_json_kind(value) == CM_JSON_ARRAY && cm_show_is_table(value)) {
		cm_show_table(show, value);
	} else if (cm_json_kind(value) == CM_JSON_ARRAY) {
		for (size_t i = 0; i < cm_json_count(value); i++) {
			if (i > 0 && !cm_show_is_scalar(cm_json_at(value, i)))
				fputc('\n', show.to);
			cm_show_any(show, cm_json_at(value, i));
		}
	} else {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE * 4);
		cm_show_scalar_text(&show, cm_view_of(NULL, 0), value, &text);
		fprintf(show.to, "%*s%s\n", show.indent, "", cm_buf_cstr(&text));
	}
}

void
cm_show_value(FILE *to, const struct cm_json_value *value, struct cm_instant now)
{
	cm_show_any((struct cm_show){.to = to, .now = now}, value);
}
