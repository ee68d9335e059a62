// Knows: how a template that was read is filled. Does not know: the grammar (tmpl.c), how a place escapes (html.c).
#include <string.h>

#include "base/num.h"
#include "base/tab_limit.h"
#include "ui/tmpl_inside.h"
#include "ui/words.h"

// The values that sections stand on, innermost last.
struct cm_tmpl_scope {
	const struct cm_json_value *values[CM_LIMIT_PAGE_DEPTH_VALUE * 2 + 1];
	size_t n;
};

struct cm_tmpl_writer {
	const struct cm_tmpl_set *set;
	const struct cm_tmpl_data *data;
	struct cm_tmpl_scope scope;
	struct cm_buf *to;
	cm_result result;
};

static const struct cm_json_value *
cm_tmpl_member(const struct cm_json_value *object, struct cm_view name)
{
	char text[64];
	if (object == NULL || cm_json_kind(object) != CM_JSON_OBJECT || name.n == 0 || name.n >= sizeof text)
		return NULL;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	return cm_json_member(object, text);
}

// The value of a path: its first name from the innermost object that has it, the others from there.
static const struct cm_json_value *
cm_tmpl_value(const struct cm_tmpl_scope *scope, struct cm_view path)
{
	if (cm_view_is(path, "."))
		return scope->values[scope->n - 1];
	size_t dot = cm_view_find(path, 0, '.');
	const struct cm_json_value *value = NULL;
	for (size_t i = scope->n; i > 0 && value == NULL; i--)
		value = cm_tmpl_member(scope->values[i - 1], cm_view_part(path, 0, dot));
	while (value != NULL && dot < path.n) {
		path = cm_view_part(path, dot + 1, path.n);
		dot = cm_view_find(path, 0, '.');
		value = cm_tmpl_member(value, cm_view_part(path, 0, dot));
	}
	return value;
}

// Appends a value as plain text, not escaped yet.
static void
cm_tmpl_plain(const struct cm_tmpl_writer *w, const struct cm_tmpl_name *name, struct cm_buf *to)
{
	const struct cm_json_value *value = cm_tmpl_value(&w->scope, name->path);
	if (value == NULL)
		return;
	if (name->filter != NULL)
		name->filter(w->data, value, to);
	else if (cm_json_kind(value) == CM_JSON_NUMBER)
		cm_buf_printf(to, "%lld", (long long)cm_json_number(value));
	else
		cm_buf_view_add(to, cm_json_text(value));
}

static void
cm_tmpl_put(struct cm_tmpl_writer *w, const struct cm_tmpl_name *name, enum cm_html_place place)
{
	struct cm_buf plain = cm_buf_of(CM_LIMIT_PAGE_BYTES_VALUE);
	cm_tmpl_plain(w, name, &plain);
	cm_html_write(place, cm_buf_view(&plain), w->to);
	if (w->result == CM_OK)
		w->result = cm_buf_result(&plain);
	cm_buf_fini(&plain);
}

// -- words

static const struct cm_tmpl_arg *
cm_tmpl_arg(const struct cm_tmpl_step *step, struct cm_view name)
{
	for (size_t i = 0; i < step->arg_count; i++)
		if (cm_view_equal(step->args[i].name, name))
			return &step->args[i];
	return NULL;
}

// What is put into a sentence keeps its own direction: <bdi> between tags, FSI and PDI (U+2068, U+2069) in attributes.
static void
cm_tmpl_put_arg(struct cm_tmpl_writer *w, const struct cm_tmpl_arg *arg, enum cm_html_place place)
{
	bool tags = place == CM_HTML_TEXT;
	cm_buf_text(w->to, tags ? "<bdi>" : "\xe2\x81\xa8");
	cm_tmpl_put(w, &arg->value, place);
	cm_buf_text(w->to, tags ? "</bdi>" : "\xe2\x81\xa9");
}

static void
cm_tmpl_put_words(struct cm_tmpl_writer *w, const struct cm_tmpl_step *step)
{
	const struct cm_json_value *n = step->many.n > 0 ? cm_tmpl_value(&w->scope, step->args[0].value.path) : NULL;
	int64_t count = n == NULL ? 0 : cm_json_number(n);
	struct cm_view text = step->many.n == 0 ? cm_words_get(w->data->words, step->text)
	                                        : cm_words_many(w->data->words, step->text, step->many,
	                                                        count < 0 ? 0 : (uint64_t)count);
	while (text.n > 0) {
		size_t at = cm_view_find(text, 0, '%');
		cm_html_write(step->place, cm_view_part(text, 0, at), w->to);
		text = cm_view_part(text, at, text.n);
		size_t end = text.n > 1 && text.p[1] == '{' ? cm_view_find(text, 0, '}') : text.n;
		const struct cm_tmpl_arg *arg =
		        end < text.n ? cm_tmpl_arg(step, cm_view_part(text, 2, end - 2)) : NULL;
		if (arg != NULL)
			cm_tmpl_put_arg(w, arg, step->place);
		else if (text.n > 0)
			cm_html_write(step->place, cm_view_part(text, 0, 1), w->to);
		text = cm_view_part(text, arg == NULL ? 1 : end + 1, text.n);
	}
}

// -- steps

static void cm_tmpl_write(struct cm_tmpl_writer *w, const struct cm_tmpl *tmpl, size_t from, size_t to);

static bool
cm_tmpl_holds(const struct cm_json_value *value, struct cm_view word)
{
	if (value == NULL)
		return false;
	enum cm_json_kind kind = cm_json_kind(value);
	if (word.n > 0)
		return kind == CM_JSON_TEXT && cm_view_equal(cm_json_text(value), word);
	if (kind == CM_JSON_ARRAY)
		return cm_json_count(value) > 0;
	if (kind == CM_JSON_TEXT)
		return cm_json_text(value).n > 0;
	return kind == CM_JSON_NUMBER ? cm_json_number(value) != 0 : kind == CM_JSON_TRUE || kind == CM_JSON_OBJECT;
}

static void
cm_tmpl_write_on(struct cm_tmpl_writer *w, const struct cm_json_value *value, const struct cm_tmpl *tmpl, size_t from,
                 size_t to)
{
	if (w->scope.n == sizeof w->scope.values / sizeof w->scope.values[0]) {
		w->result = CM_BUG; // cm_tmpl_set_check() was not asked
		return;
	}
	w->scope.values[w->scope.n++] = value;
	cm_tmpl_write(w, tmpl, from, to);
	w->scope.n--;
}

static void
cm_tmpl_write_each(struct cm_tmpl_writer *w, const struct cm_json_value *value, const struct cm_tmpl *tmpl, size_t from,
                   size_t to)
{
	if (cm_json_kind(value) != CM_JSON_ARRAY) {
		cm_tmpl_write_on(w, value, tmpl, from, to);
		return;
	}
	for (size_t i = 0; i < cm_json_count(value) && w->result == CM_OK; i++)
		cm_tmpl_write_on(w, cm_json_at(value, i), tmpl, from, to);
}

static void
cm_tmpl_write_part(struct cm_tmpl_writer *w, const struct cm_tmpl_step *step)
{
	const struct cm_tmpl *part = cm_tmpl_find(w->set, step->text);
	const struct cm_json_value *value = w->scope.values[w->scope.n - 1];
	if (step->value.path.n > 0)
		value = cm_tmpl_value(&w->scope, step->value.path);
	if (part == NULL)
		w->result = CM_BUG;
	else if (step->value.path.n == 0 || cm_tmpl_holds(value, (struct cm_view){0}))
		cm_tmpl_write_each(w, value, part, 0, part->count);
}

static void
cm_tmpl_write(struct cm_tmpl_writer *w, const struct cm_tmpl *tmpl, size_t from, size_t to)
{
	for (size_t i = from; i < to && w->result == CM_OK;) {
		const struct cm_tmpl_step *step = &tmpl->steps[i++];
		const struct cm_json_value *value;
		switch (step->kind) {
		case CM_TMPL_TEXT:
			cm_buf_view_add(w->to, step->text);
			break;
		case CM_TMPL_HOLE:
			cm_tmpl_put(w, &step->value, step->place);
			break;
		case CM_TMPL_WORDS:
			cm_tmpl_put_words(w, step);
			break;
		case CM_TMPL_PART:
			cm_tmpl_write_part(w, step);
			break;
		case CM_TMPL_SECTION:
		case CM_TMPL_INVERTED:
			value = cm_tmpl_value(&w->scope, step->value.path);
			if (cm_tmpl_holds(value, step->text) != (step->kind == CM_TMPL_SECTION))
				value = NULL;
			else if (step->kind == CM_TMPL_INVERTED)
				cm_tmpl_write(w, tmpl, i, step->end);
			else
				cm_tmpl_write_each(w, value, tmpl, i, step->end);
			i = step->end;
			break;
		}
	}
}

cm_result
cm_tmpl_set_write(const struct cm_tmpl_set *set, const char *name, const struct cm_tmpl_data *data, struct cm_buf *to)
{
	const struct cm_tmpl *tmpl = cm_tmpl_find(set, cm_view_text(name));
	if (tmpl == NULL)
		return CM_BUG;
	struct cm_tmpl_writer w = {.set = set, .data = data, .to = to};
	w.scope.values[w.scope.n++] = data->root;
	cm_tmpl_write(&w, tmpl, 0, tmpl->count);
	return w.result == CM_OK ? cm_buf_result(to) : w.result;
}
