// Knows: the grammar of templates (tmpl.h) and where a hole may stand. Does not know: values, languages, which pages there are.
#include "ui/tmpl.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "ui/tmpl_inside.h"

struct cm_tmpl_set *
cm_tmpl_set_new(void)
{
	return cm_mem_new(sizeof(struct cm_tmpl_set));
}

void
cm_tmpl_set_free(struct cm_tmpl_set *set)
{
	if (set == NULL)
		return;
	while (set->first != NULL) {
		struct cm_tmpl *tmpl = set->first;
		set->first = tmpl->next;
		cm_mem_free(tmpl->steps);
		cm_mem_free(tmpl);
	}
	cm_arena_fini(&set->arena);
	cm_mem_free(set);
}

const struct cm_tmpl *
cm_tmpl_find(const struct cm_tmpl_set *set, struct cm_view name)
{
	for (const struct cm_tmpl *tmpl = set->first; tmpl != NULL; tmpl = tmpl->next)
		if (cm_view_is(name, tmpl->name))
			return tmpl;
	return NULL;
}

// -- reading

// An open section: where it began and what stood there.
struct cm_tmpl_open {
	uint32_t step;
	struct cm_html html;
};

struct cm_tmpl_reader {
	struct cm_tmpl_set *set;
	struct cm_tmpl *tmpl;
	struct cm_view text;
	size_t at;
	unsigned line;
	struct cm_html html;
	struct cm_tmpl_open open[CM_LIMIT_PAGE_DEPTH_VALUE];
	size_t depth;
	struct cm_report *report;
};

static cm_result
cm_tmpl_wrong(const struct cm_tmpl_reader *r, const char *what)
{
	char place[CM_REPORT_PLACE];
	snprintf(place, sizeof place, "%s line %u", r->tmpl->name, r->line);
	return cm_report_refuse(r->report, CM_ERROR_PAGE_TEMPLATE, place, "%s", what);
}

static cm_result
cm_tmpl_add(struct cm_tmpl_reader *r, const struct cm_tmpl_step *step)
{
	struct cm_tmpl *tmpl = r->tmpl;
	if (tmpl->count == tmpl->room) {
		size_t room = tmpl->room == 0 ? 32 : tmpl->room * 2;
		struct cm_tmpl_step *steps = cm_mem_resize(tmpl->steps, room * sizeof *steps);
		if (steps == NULL)
			return CM_NOMEM;
		tmpl->steps = steps;
		tmpl->room = room;
	}
	tmpl->steps[tmpl->count] = *step;
	tmpl->steps[tmpl->count++].line = r->line;
	return CM_OK;
}

// The literal text up to `end` goes through the walker.
static cm_result
cm_tmpl_literal(struct cm_tmpl_reader *r, size_t end)
{
	struct cm_tmpl_step step = {.kind = CM_TMPL_TEXT, .text = cm_view_part(r->text, r->at, end - r->at)};
	for (; r->at < end; r->at++) {
		const char *wrong = cm_html_step(&r->html, r->text.p[r->at]);
		if (wrong != NULL)
			return cm_tmpl_wrong(r, wrong);
		r->line += r->text.p[r->at] == '\n';
	}
	return step.text.n == 0 ? CM_OK : cm_tmpl_add(r, &step);
}

static struct cm_view
cm_tmpl_trim(struct cm_view v)
{
	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\n'))
		v = cm_view_part(v, 1, v.n);
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\n'))
		v.n--;
	return v;
}

// Letters, digits, "_" and "."; "." alone is the value of the section.
static bool
cm_tmpl_path(struct cm_view v)
{
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_' && c != '.')
			return false;
	}
	return v.n > 0;
}

// "path" or "path|filter".
static cm_result
cm_tmpl_name(struct cm_tmpl_reader *r, struct cm_view v, struct cm_tmpl_name *ret_name)
{
	size_t bar = cm_view_find(v, 0, '|');
	struct cm_tmpl_name name = {.path = cm_view_part(v, 0, bar)};
	if (!cm_tmpl_path(name.path))
		return cm_tmpl_wrong(r, "this is no path");
	if (bar < v.n && (name.filter = cm_filter_of(cm_view_part(v, bar + 1, v.n))) == NULL)
		return cm_tmpl_wrong(r, "there is no such filter");
	*ret_name = name;
	return CM_OK;
}

static cm_result
cm_tmpl_section(struct cm_tmpl_reader *r, enum cm_tmpl_kind kind, struct cm_view v)
{
	size_t equals = cm_view_find(v, 0, '=');
	struct cm_tmpl_step step = {.kind = kind, .value.path = cm_view_part(v, 0, equals)};
	if (equals < v.n)
		step.text = cm_view_part(v, equals + 1, v.n);
	if (!cm_tmpl_path(step.value.path) || (equals < v.n && step.text.n == 0))
		return cm_tmpl_wrong(r, "this is no path");
	if (r->depth == CM_LIMIT_PAGE_DEPTH_VALUE)
		return cm_tmpl_wrong(r, "sections stand too deep in one another");
	r->open[r->depth++] = (struct cm_tmpl_open){.step = (uint32_t)r->tmpl->count, .html = r->html};
	return cm_tmpl_add(r, &step);
}

static cm_result
cm_tmpl_section_end(struct cm_tmpl_reader *r, struct cm_view path)
{
	if (r->depth == 0)
		return cm_tmpl_wrong(r, "no section is open here");
	const struct cm_tmpl_open *open = &r->open[--r->depth];
	struct cm_tmpl_step *step = &r->tmpl->steps[open->step];
	if (!cm_view_equal(step->value.path, path))
		return cm_tmpl_wrong(r, "another section is open here");
	if (!cm_html_same(&open->html, &r->html))
		return cm_tmpl_wrong(r, "a section ends at the same kind of place as it began");
	step->end = (uint32_t)r->tmpl->count;
	return CM_OK;
}

static cm_result
cm_tmpl_part(struct cm_tmpl_reader *r, struct cm_view v)
{
	size_t space = cm_view_find(v, 0, ' ');
	struct cm_tmpl_step step = {
	        .kind = CM_TMPL_PART,
	        .text = cm_view_part(v, 0, space),
	        .value.path = cm_tmpl_trim(cm_view_part(v, space, v.n)),
	};
	if (!cm_tmpl_path(step.text) || (step.value.path.n > 0 && !cm_tmpl_path(step.value.path)))
		return cm_tmpl_wrong(r, "this is no path");
	if (cm_html_hole(&r->html) != CM_HTML_TEXT)
		return cm_tmpl_wrong(r, "a part stands between tags");
	return cm_tmpl_add(r, &step);
}

static cm_result
cm_tmpl_hole(struct cm_tmpl_reader *r, struct cm_tmpl_step *step)
{
	step->place = cm_html_hole(&r->html);
	if (step->place == CM_HTML_NOWHERE)
		return cm_tmpl_wrong(r, "no value may stand here");
	return cm_tmpl_add(r, step);
}

// The text in quotes at the start of `*v`, which moves behind it.
static cm_result
cm_tmpl_quoted(struct cm_tmpl_reader *r, struct cm_view *v, struct cm_view *ret_text)
{
	size_t end = v->n > 0 && v->p[0] == '"' ? cm_view_find(*v, 1, '"') : v->n;
	if (end >= v->n || end == 1)
		return cm_tmpl_wrong(r, "words stand in double quotes");
	*ret_text = cm_view_part(*v, 1, end - 1);
	*v = cm_view_part(*v, end + 1, v->n);
	return CM_OK;
}

// name=path or name=path|filter, as many as there are in `v`.
static cm_result
cm_tmpl_args(struct cm_tmpl_reader *r, struct cm_view v, struct cm_tmpl_step *step)
{
	struct cm_tmpl_arg args[CM_LIMIT_PAGE_ARGUMENTS_VALUE];
	size_t n = 0;
	for (v = cm_tmpl_trim(v); v.n > 0; n++) {
		size_t end = cm_view_find(v, 0, ' ');
		struct cm_view word = cm_view_part(v, 0, end);
		size_t equals = cm_view_find(word, 0, '=');
		if (n == CM_LIMIT_PAGE_ARGUMENTS_VALUE || equals == word.n)
			return cm_tmpl_wrong(r, "behind words stand name=path, not too many");
		args[n].name = cm_view_part(word, 0, equals);
		cm_result result = cm_tmpl_name(r, cm_view_part(word, equals + 1, word.n), &args[n].value);
		if (result != CM_OK)
			return result;
		v = cm_tmpl_trim(cm_view_part(v, end, v.n));
	}
	struct cm_tmpl_arg *kept = cm_arena_new_many(&r->set->arena, n, sizeof *kept);
	if (kept == NULL && n > 0)
		return CM_NOMEM;
	if (n > 0)
		memcpy(kept, args, n * sizeof *kept);
	step->args = kept;
	step->arg_count = n;
	return CM_OK;
}

// Every %{name} of the text has its argument. (A translation is held to the same by the check of the .po files.)
static cm_result
cm_tmpl_args_there(struct cm_tmpl_reader *r, const struct cm_tmpl_step *step, struct cm_view text)
{
	for (size_t at = 0; (at = cm_view_find(text, at, '%')) < text.n; at++) {
		if (at + 1 >= text.n || text.p[at + 1] != '{')
			continue;
		struct cm_view name = cm_view_part(text, at + 2, cm_view_find(text, at, '}') - at - 2);
		size_t i = 0;
		while (i < step->arg_count && !cm_view_equal(step->args[i].name, name))
			i++;
		if (i == step->arg_count)
			return cm_tmpl_wrong(r, "a %{name} of the words is not given");
	}
	return CM_OK;
}

static cm_result
cm_tmpl_words(struct cm_tmpl_reader *r, struct cm_view v)
{
	struct cm_tmpl_step step = {.kind = CM_TMPL_WORDS};
	cm_result result = cm_tmpl_quoted(r, &v, &step.text);
	if (result == CM_OK && v.n > 0 && v.p[0] == '|') {
		v = cm_view_part(v, 1, v.n);
		result = cm_tmpl_quoted(r, &v, &step.many);
	}
	if (result == CM_OK)
		result = cm_tmpl_args(r, v, &step);
	if (result == CM_OK)
		result = cm_tmpl_args_there(r, &step, step.text);
	if (result == CM_OK)
		result = cm_tmpl_args_there(r, &step, step.many);
	if (result == CM_OK && step.many.n > 0 && (step.arg_count == 0 || !cm_view_is(step.args[0].name, "n")))
		return cm_tmpl_wrong(r, "two forms are chosen by n, which is named first");
	return result == CM_OK ? cm_tmpl_hole(r, &step) : result;
}

// What stands between the braces.
static cm_result
cm_tmpl_inside(struct cm_tmpl_reader *r, struct cm_view v)
{
	if (v.n == 0)
		return cm_tmpl_wrong(r, "nothing stands between the braces");
	struct cm_view rest = cm_tmpl_trim(cm_view_part(v, 1, v.n));
	struct cm_tmpl_step hole = {.kind = CM_TMPL_HOLE};
	cm_result result = CM_OK;
	switch (v.p[0]) {
	case '!':
		return CM_OK;
	case '#':
		return cm_tmpl_section(r, CM_TMPL_SECTION, rest);
	case '^':
		return cm_tmpl_section(r, CM_TMPL_INVERTED, rest);
	case '/':
		return cm_tmpl_section_end(r, rest);
	case '>':
		return cm_tmpl_part(r, rest);
	case '"':
		return cm_tmpl_words(r, v);
	default:
		result = cm_tmpl_name(r, v, &hole.value);
		return result == CM_OK ? cm_tmpl_hole(r, &hole) : result;
	}
}

static size_t
cm_tmpl_find_two(struct cm_view v, size_t from, uint8_t c)
{
	for (size_t at = from; (at = cm_view_find(v, at, c)) < v.n; at++)
		if (at + 1 < v.n && v.p[at + 1] == c)
			return at;
	return v.n;
}

static cm_result
cm_tmpl_read(struct cm_tmpl_reader *r)
{
	cm_result result = CM_OK;
	while (result == CM_OK && r->at < r->text.n) {
		size_t open = cm_tmpl_find_two(r->text, r->at, '{');
		result = cm_tmpl_literal(r, open);
		if (result != CM_OK || open == r->text.n)
			continue;
		size_t close = cm_tmpl_find_two(r->text, open + 2, '}');
		if (close == r->text.n)
			return cm_tmpl_wrong(r, "the braces are not closed");
		struct cm_view inside = cm_view_part(r->text, open + 2, close - open - 2);
		result = cm_tmpl_inside(r, cm_tmpl_trim(inside));
		for (size_t i = 0; i < inside.n; i++)
			r->line += inside.p[i] == '\n';
		r->at = close + 2;
	}
	if (result != CM_OK)
		return result;
	if (r->depth > 0)
		return cm_tmpl_wrong(r, "a section is not closed");
	return r->html.at == CM_HTML_IN_TEXT ? CM_OK : cm_tmpl_wrong(r, "a tag is not closed");
}

cm_result
cm_tmpl_set_put(struct cm_tmpl_set *set, const char *name, struct cm_view text, struct cm_report *report)
{
	struct cm_tmpl *tmpl = cm_mem_new(sizeof *tmpl);
	if (tmpl == NULL)
		return CM_NOMEM;
	tmpl->name = name;
	if (set->last == NULL)
		set->first = tmpl;
	else
		set->last->next = tmpl;
	set->last = tmpl;
	struct cm_tmpl_reader reader = {.set = set, .tmpl = tmpl, .text = text, .line = 1, .report = report};
	return cm_tmpl_read(&reader);
}

// -- the set as a whole

// A part that is not there, or that holds itself: `depth` parts are open above it.
static cm_result
cm_tmpl_set_check_one(const struct cm_tmpl_set *set, const struct cm_tmpl *tmpl, unsigned depth,
                      struct cm_report *report)
{
	if (depth > CM_LIMIT_PAGE_DEPTH_VALUE)
		return cm_report_refuse(report, CM_ERROR_PAGE_TEMPLATE, tmpl->name, "parts stand too deep in one another");
	cm_result result = CM_OK;
	for (size_t i = 0; i < tmpl->count && result == CM_OK; i++) {
		if (tmpl->steps[i].kind != CM_TMPL_PART)
			continue;
		const struct cm_tmpl *part = cm_tmpl_find(set, tmpl->steps[i].text);
		if (part == NULL)
			return cm_report_refuse(report, CM_ERROR_PAGE_TEMPLATE, tmpl->name, "there is no part %.*s",
			                        CM_VIEW_ARG(tmpl->steps[i].text));
		result = cm_tmpl_set_check_one(set, part, depth + 1, report);
	}
	return result;
}

cm_result
cm_tmpl_set_check(const struct cm_tmpl_set *set, struct cm_report *report)
{
	cm_result result = CM_OK;
	for (const struct cm_tmpl *tmpl = set->first; tmpl != NULL && result == CM_OK; tmpl = tmpl->next)
		result = cm_tmpl_set_check_one(set, tmpl, 0, report);
	return result;
}

void
cm_tmpl_set_messages(const struct cm_tmpl_set *set, void (*each)(void *context, const struct cm_tmpl_message *),
                     void *context)
{
	for (const struct cm_tmpl *tmpl = set->first; tmpl != NULL; tmpl = tmpl->next) {
		for (size_t i = 0; i < tmpl->count; i++) {
			const struct cm_tmpl_step *step = &tmpl->steps[i];
			struct cm_tmpl_message message = {
			        .name = tmpl->name, .line = step->line, .one = step->text, .many = step->many};
			if (step->kind == CM_TMPL_WORDS)
				each(context, &message);
		}
	}
}
