// Knows: how to walk data/event_fields.tab and data/request_answers.tab. Does not know: when an event is open (move.c), or what
// form a member has (the answer document). Serves doc/spec/request-document.md, section 3.
#include "domain/said.h"

#include <stdio.h>
#include <string.h>

#include "domain/kind.h"
#include "domain/tab_event_field.h"
#include "domain/tab_family.h"

// The words of these families are said on the thread of any request.
static bool
cm_said_on_threads(const struct cm_answer_word_row *row)
{
	for (size_t i = 0; row->kinds[i] != NULL; i++)
		if (cm_kind_row(cm_kind_find(row->kinds[i], strlen(row->kinds[i])))->family == CM_FAMILY_SIDE)
			return true;
	return false;
}

static bool
cm_said_permitted(enum cm_kind kind, enum cm_answer_word word)
{
	const struct cm_answer_word_row *row = cm_answer_word_row(word);
	return cm_kind_listed(row->kinds, cm_kind_row(kind)->code) || cm_said_on_threads(row);
}

static void
cm_said_name(char names[CM_REPORT_SEEN], const char *name)
{
	size_t n = strlen(names);
	if (n + strlen(name) + 3 < CM_REPORT_SEEN)
		snprintf(names + n, CM_REPORT_SEEN - n, "%s%s", n == 0 ? "" : ", ", name);
}

static cm_result
cm_said_not_permitted(enum cm_kind kind, struct cm_view said, struct cm_report *report)
{
	char names[CM_REPORT_SEEN] = "";
	for (enum cm_answer_word word = CM_ANSWER_WORD_NONE + 1; word < CM_ANSWER_WORD_END; word++)
		if (cm_kind_listed(cm_answer_word_row(word)->kinds, cm_kind_row(kind)->code))
			cm_said_name(names, cm_answer_word_row(word)->word);
	return cm_report_refuse(report, CM_ERROR_ANSWER_NOT_PERMITTED, "answer", "\"%.*s\"; for %s: %s",
	                        (int)(said.n < 64 ? said.n : 64), (const char *)said.p, cm_kind_row(kind)->code, names);
}

cm_result
cm_said_event(enum cm_kind kind, const struct cm_facts *said, struct cm_report *report, enum cm_event *ret_event,
              enum cm_answer_word *ret_word)
{
	struct cm_view event = cm_view_of(NULL, 0), answer = event;
	cm_facts_find(said, "event", &event);
	cm_facts_find(said, "answer", &answer);
	enum cm_event named = cm_event_find(event.p, event.n);
	if (named == CM_EVENT_NONE && (event.n > 0 || answer.n == 0))
		return cm_report_refuse(report, CM_ERROR_EVENT_UNKNOWN, "event", "\"%.*s\"",
		                        (int)(event.n < 64 ? event.n : 64), (const char *)event.p);
	*ret_word = CM_ANSWER_WORD_NONE;
	*ret_event = named;
	for (enum cm_answer_word word = CM_ANSWER_WORD_NONE + 1; word < CM_ANSWER_WORD_END && answer.n > 0; word++) {
		const struct cm_answer_word_row *row = cm_answer_word_row(word);
		if (!cm_view_is(answer, row->word) || !cm_said_permitted(kind, word) ||
		    (named != CM_EVENT_NONE && named != row->event))
			continue;
		bool own = cm_kind_listed(row->kinds, cm_kind_row(kind)->code);
		if (*ret_word == CM_ANSWER_WORD_NONE || own) {
			*ret_word = word;
			*ret_event = row->event;
		}
		if (own)
			break;
	}
	if (answer.n > 0 && *ret_word == CM_ANSWER_WORD_NONE)
		return cm_said_not_permitted(kind, answer, report);
	return CM_OK;
}

// "none" is a word here, though it is a placeholder in a request.
static bool
cm_said_has(const struct cm_facts *said, const char *field)
{
	struct cm_view text = cm_view_of(NULL, 0);
	return cm_facts_find(said, field, &text) ? text.n > 0 : cm_facts_has(said, field);
}

static bool
cm_said_belongs(enum cm_event event, enum cm_answer_word word, const char *field)
{
	for (enum cm_event_field f = CM_EVENT_FIELD_NONE + 1; f < CM_EVENT_FIELD_END; f++)
		if (cm_event_field_row(f)->event == event && strcmp(cm_event_field_row(f)->field, field) == 0)
			return true;
	return word != CM_ANSWER_WORD_NONE &&
	       (strcmp(field, "answer") == 0 || cm_kind_listed(cm_answer_word_row(word)->fields, field));
}

// The first row of its field, so that each field is walked once.
static bool
cm_said_first(enum cm_event_field field)
{
	for (enum cm_event_field f = CM_EVENT_FIELD_NONE + 1; f < field; f++)
		if (strcmp(cm_event_field_row(f)->field, cm_event_field_row(field)->field) == 0)
			return false;
	return true;
}

cm_result
cm_said_check(enum cm_event event, enum cm_answer_word word, const struct cm_facts *said, struct cm_report *report)
{
	char names[CM_REPORT_SEEN] = "";
	for (enum cm_event_field f = CM_EVENT_FIELD_NONE + 1; f < CM_EVENT_FIELD_END; f++) {
		const struct cm_event_field_row *row = cm_event_field_row(f);
		if (row->event == event && strcmp(row->need, "always") == 0 && !cm_said_has(said, row->field))
			cm_said_name(names, row->field);
	}
	const char *const *fields = word == CM_ANSWER_WORD_NONE ? NULL : cm_answer_word_row(word)->fields;
	for (size_t i = 0; fields != NULL && fields[i] != NULL; i++)
		if (!cm_said_has(said, fields[i]) && strstr(names, fields[i]) == NULL)
			cm_said_name(names, fields[i]);
	if (names[0] != 0)
		return cm_report_refuse(report, CM_ERROR_SAID_MISSING, cm_event_row(event)->name, "%s", names);
	for (enum cm_event_field f = CM_EVENT_FIELD_NONE + 1; f < CM_EVENT_FIELD_END; f++) {
		const char *field = cm_event_field_row(f)->field;
		if (cm_said_first(f) && strcmp(field, "ground") != 0 && cm_said_has(said, field) &&
		    !cm_said_belongs(event, word, field))
			cm_said_name(names, field);
	}
	if (names[0] != 0)
		return cm_report_refuse(report, CM_ERROR_SAID_UNFITTING, cm_event_row(event)->name, "%s", names);
	return CM_OK;
}

void
cm_said_members(enum cm_event event, enum cm_answer_word word, void (*each)(void *context, const char *member),
                void *context)
{
	for (enum cm_event_field f = CM_EVENT_FIELD_NONE + 1; f < CM_EVENT_FIELD_END; f++) {
		const char *field = cm_event_field_row(f)->field;
		if (cm_said_first(f) && strcmp(field, "ground") != 0 && cm_said_belongs(event, word, field))
			each(context, field);
	}
}
