// Knows: which fields an event has on a page, and how they are written into the call. Does not know: whether what was typed is enough
// (the node judges it, and the page says what it found).
#include "ui/request_form.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/move.h"
#include "domain/refusal.h"
#include "domain/tab_event_field.h"
#include "domain/tab_state.h"
#include "ui/words.h"

// How a field is typed and sent.
enum cm_request_field_form {
	CM_REQUEST_FIELD_LINE,
	CM_REQUEST_FIELD_TEXT,
	CM_REQUEST_FIELD_TIME,   // "2027-02-22T10:00" in UTC
	CM_REQUEST_FIELD_DATE,   // "2027-02-22"
	CM_REQUEST_FIELD_GROUND, // one of "grounds"
	CM_REQUEST_FIELD_LIST,   // one a line, numbered: {"n":1,"<member>":"…"}
};

static const char *const cm_request_field_names[] = {"line", "text", "time", "date", "ground", "list"};

// The members of a decision that a page can fill; `events`: those that have it beside event_fields.tab. NULL: by that table alone.
static const struct cm_request_field {
	const char *name, *label;
	enum cm_request_field_form form;
	const char *member; // of an element of a list
	const char *events;
} cm_request_fields[] = {
        {"ground", CM_WORD("Ground"), CM_REQUEST_FIELD_GROUND, NULL, " refuse keep_end consult "},
        {"until", CM_WORD("Until (UTC)"), CM_REQUEST_FIELD_TIME, NULL, " preserve preserve_part extend "},
        {"order_reference", CM_WORD("Reference of our own order"), CM_REQUEST_FIELD_LINE, NULL, " preserve preserve_part extend execute "},
        {"order_until", CM_WORD("End of our own order (UTC)"), CM_REQUEST_FIELD_TIME, NULL, " preserve preserve_part extend "},
        {"questions", CM_WORD("Questions, one a line"), CM_REQUEST_FIELD_LIST, "question", NULL},
        {"replies", CM_WORD("Replies, one a line, in the order of the questions"), CM_REQUEST_FIELD_LIST, "reply", NULL},
        {"conditions", CM_WORD("Conditions, one a line"), CM_REQUEST_FIELD_LIST, "condition", NULL},
        {"answer_by", CM_WORD("Answer needed by (UTC)"), CM_REQUEST_FIELD_TIME, NULL, NULL},
        {"effect_of_silence", CM_WORD("Without an answer: none, returned_incomplete or decided_as_is"), CM_REQUEST_FIELD_LINE, NULL, NULL},
        {"answer", CM_WORD("Answer: accept_conditions, amend or insist"), CM_REQUEST_FIELD_LINE, NULL, NULL},
        {"expected_by", CM_WORD("Answer expected on"), CM_REQUEST_FIELD_DATE, NULL, NULL},
        {"purpose", CM_WORD("Purpose"), CM_REQUEST_FIELD_TEXT, NULL, NULL},
        {"remedy", CM_WORD("What could be done instead"), CM_REQUEST_FIELD_TEXT, NULL, NULL},
        {"justification", CM_WORD("Why nobody was asked before"), CM_REQUEST_FIELD_TEXT, NULL, NULL},
        {"text", CM_WORD("Words to the other side"), CM_REQUEST_FIELD_TEXT, NULL, NULL},
};

#define CM_REQUEST_FIELDS (sizeof cm_request_fields / sizeof cm_request_fields[0])

// Has the event this field? *ret_always: it needs it.
static bool
cm_request_field_of(enum cm_event event, const struct cm_request_field *field, bool *ret_always)
{
	char name[64];
	*ret_always = strcmp(field->name, "ground") == 0 && event == CM_EVENT_REFUSE;
	for (size_t i = CM_EVENT_FIELD_NONE + 1; i < CM_EVENT_FIELD_END; i++) {
		const struct cm_event_field_row *row = cm_event_field_row((enum cm_event_field)i);
		if (row->event == event && strcmp(row->field, field->name) == 0) {
			*ret_always = strcmp(row->need, "always") == 0;
			return true;
		}
	}
	snprintf(name, sizeof name, " %s ", cm_event_row(event)->name);
	return strcmp(field->name, "text") == 0 || (field->events != NULL && strstr(field->events, name) != NULL);
}

// -- the forms

static void
cm_request_form_put_field(struct cm_json_put *put, const struct cm_desk_visit *visit, enum cm_event event, bool typed,
                          const struct cm_request_field *field)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) value = cm_buf_of(CM_LIMIT_DESK_FIELD_BYTES_VALUE);
	struct cm_report none = {0};
	bool always = false;
	if (!cm_request_field_of(event, field, &always))
		return;
	if (typed && cm_desk_field(visit, field->name, &none, &value) != CM_OK)
		cm_buf_clear(&value);
	cm_json_put_object(put);
	cm_json_put_member_bool(put, "always", always);
	cm_json_put_member_cstr(put, "form", cm_request_field_names[field->form]);
	cm_json_put_member_cstr(put, "label", field->label);
	cm_json_put_member_cstr(put, "name", field->name);
	cm_json_put_member_text(put, "value", cm_buf_view(&value));
	cm_json_put_end_object(put);
}

static void
cm_request_form_put_event(struct cm_json_put *put, const struct cm_desk_visit *visit, enum cm_event event)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) chosen = cm_buf_of(64);
	struct cm_report none = {0};
	const struct cm_event_row *row = cm_event_row(event);
	bool typed = cm_desk_field(visit, "event", &none, &chosen) == CM_OK && cm_view_is(cm_buf_view(&chosen), row->name);
	cm_json_put_object(put);
	cm_json_put_member_cstr(put, "event", row->name);
	cm_json_put_name(put, "fields");
	cm_json_put_array(put);
	for (size_t i = 0; i < CM_REQUEST_FIELDS; i++)
		cm_request_form_put_field(put, visit, event, typed, &cm_request_fields[i]);
	cm_json_put_end_array(put);
	cm_json_put_member_cstr(put, "meaning", row->meaning);
	cm_json_put_member_cstr(put, "title", row->title);
	cm_json_put_member_bool(put, "typed", typed);
	cm_json_put_end_object(put);
}

static void
cm_request_form_put_grounds(struct cm_json_put *put, enum cm_kind kind)
{
	cm_json_put_name(put, "grounds");
	cm_json_put_array(put);
	for (size_t i = CM_REFUSAL_NONE + 1; i < CM_REFUSAL_END; i++) {
		const struct cm_refusal_row *row = cm_refusal_row((enum cm_refusal)i);
		if (!cm_refusal_may(kind, (enum cm_refusal)i))
			continue;
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "article", row->article);
		cm_json_put_member_cstr(put, "code", row->code);
		cm_json_put_member_cstr(put, "meaning", row->meaning);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

void
cm_request_form_put(struct cm_json_put *put, const struct cm_desk_visit *visit, const struct cm_json_value *request)
{
	struct cm_view kind_code = cm_json_text(cm_json_member(request, "kind"));
	struct cm_view state_name = cm_json_text(cm_json_member(request, "state"));
	bool ours = cm_view_is(cm_json_text(cm_json_member(request, "direction")), "asked");
	enum cm_kind kind = cm_kind_find(kind_code.p, kind_code.n);
	enum cm_state state = cm_state_find(state_name.p, state_name.n);
	cm_json_put_name(put, "events");
	cm_json_put_array(put);
	for (size_t i = CM_EVENT_NONE + 1; i < CM_EVENT_END; i++) {
		enum cm_move move = cm_move_at(kind, state, (enum cm_event)i);
		if (move != CM_MOVE_NONE && cm_move_may(move, ours ? CM_ACTOR_REQUESTING : CM_ACTOR_REQUESTED))
			cm_request_form_put_event(put, visit, (enum cm_event)i);
	}
	cm_json_put_end_array(put);
	cm_request_form_put_grounds(put, kind);
}

// -- the call

static void
cm_request_form_put_list(struct cm_json_put *put, const struct cm_request_field *field, struct cm_view lines)
{
	int64_t n = 0;
	cm_json_put_name(put, field->name);
	cm_json_put_array(put);
	for (size_t at = 0; at < lines.n;) {
		size_t end = cm_view_find(lines, at, '\n');
		struct cm_view line = cm_view_part(lines, at, end - at);
		at = end + 1;
		if (line.n == 0)
			continue;
		cm_json_put_object(put);
		cm_json_put_member_text(put, field->member, line);
		cm_json_put_member_number(put, "n", ++n);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

static void
cm_request_form_put_value(struct cm_json_put *put, const struct cm_request_field *field, struct cm_buf *value)
{
	struct cm_view text = cm_buf_view(value);
	enum cm_refusal ground = CM_REFUSAL_NONE;
	switch (field->form) {
	case CM_REQUEST_FIELD_LIST:
		cm_request_form_put_list(put, field, text);
		return;
	case CM_REQUEST_FIELD_TIME:
		if (text.n == sizeof "2027-02-22T10:00" - 1) // a browser leaves the seconds out
			cm_buf_text(value, ":00");
		if (text.n > 0 && text.p[text.n - 1] != 'Z')
			cm_buf_text(value, "Z");
		cm_json_put_member_text(put, field->name, cm_buf_view(value));
		return;
	case CM_REQUEST_FIELD_GROUND:
		ground = cm_refusal_find(text.p, text.n);
		cm_json_put_member_text(put, "ground", text);
		cm_json_put_member_cstr(put, "ground_article", cm_refusal_row(ground)->article);
		return;
	case CM_REQUEST_FIELD_LINE:
	case CM_REQUEST_FIELD_TEXT:
	case CM_REQUEST_FIELD_DATE:
		cm_json_put_member_text(put, field->name, text);
		return;
	}
}

cm_result
cm_request_form_read(const struct cm_desk_visit *visit, struct cm_report *report, struct cm_buf *ret_body)
{
	struct cm_json_put put = cm_json_put_of(ret_body);
	struct cm_buf CM_CLEANUP(cm_buf_fini) value = cm_buf_of(CM_LIMIT_DESK_FIELD_BYTES_VALUE);
	cm_result r = cm_desk_field(visit, "event", report, &value);
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "event", cm_buf_view(&value));
	for (size_t i = 0; r == CM_OK && i < CM_REQUEST_FIELDS; i++) {
		cm_buf_clear(&value);
		r = cm_desk_field(visit, cm_request_fields[i].name, report, &value);
		if (r == CM_OK && value.n > 0)
			cm_request_form_put_value(&put, &cm_request_fields[i], &value);
	}
	cm_json_put_end_object(&put);
	return r == CM_OK ? cm_buf_result(ret_body) : r;
}
