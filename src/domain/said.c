// Knows: how to walk data/event_fields.tab and data/request_answers.tab, and what a word on a thread has to fit: the kind, the speaker,
// where the request is, what was said before, the items and questions it names. Does not know: what form a member has (the answer
// document), or where a thread is kept. Serves doc/spec/request-document.md, section 3.
#include "domain/said.h"

#include <stdio.h>
#include <string.h>

#include "domain/kind.h"
#include "domain/move.h"
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

// The word of an answer for this event (NONE: for any); one of the kind's own goes before one that is said on every thread.
static enum cm_answer_word
cm_said_word(enum cm_kind kind, struct cm_view answer, enum cm_event event)
{
	enum cm_answer_word found = CM_ANSWER_WORD_NONE;
	for (enum cm_answer_word word = CM_ANSWER_WORD_NONE + 1; word < CM_ANSWER_WORD_END && answer.n > 0; word++) {
		const struct cm_answer_word_row *row = cm_answer_word_row(word);
		if (!cm_view_is(answer, row->word) || !cm_said_permitted(kind, word) ||
		    (event != CM_EVENT_NONE && event != row->event))
			continue;
		if (cm_kind_listed(row->kinds, cm_kind_row(kind)->code))
			return word;
		if (found == CM_ANSWER_WORD_NONE)
			found = word;
	}
	return found;
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
	*ret_word = cm_said_word(kind, answer, named);
	*ret_event = *ret_word == CM_ANSWER_WORD_NONE ? named : cm_answer_word_row(*ret_word)->event;
	if (answer.n > 0 && *ret_word == CM_ANSWER_WORD_NONE)
		return cm_said_not_permitted(kind, answer, report);
	return CM_OK;
}

// "none" is a word here, though it is a placeholder in a request.
static bool
cm_said_has(const struct cm_facts *said, const char *field)
{
	struct cm_view text = cm_view_of(NULL, 0);
	if (strcmp(field, "ground") == 0 && cm_facts_has(said, "grounds")) // as the answer document has it, reasons and all
		return true;
	if (strcmp(field, "text") == 0 && cm_facts_has(said, "grounds[0].reasons"))
		return true;
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

// -- on a thread ---------------------------------------------------------------------------------------------------------

cm_result
cm_said_check_open(const struct cm_said_thread *thread, enum cm_state state, struct cm_report *report)
{
	for (size_t i = 0; i < thread->from_count; i++)
		if (cm_move_says(thread->kind, thread->from[i], state, thread->who))
			return CM_OK;
	return cm_report_refuse(report, CM_ERROR_MOVE_NOT_ALLOWED, "state", "%s is \"%s\"; it is not for this side to say \"%s\" now",
	                        cm_kind_row(thread->kind)->code,
	                        thread->from_count == 0 ? "?" : cm_state_row(thread->from[0])->title, cm_state_row(state)->title);
}

cm_result
cm_said_check_asked(const struct cm_said_thread *thread, enum cm_event event, struct cm_report *report)
{
	enum cm_state after = cm_event_row(event)->after;
	if (after == CM_STATE_NONE || thread->told[after])
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_SAID_NOT_ASKED, cm_event_row(event)->name, "\"%s\" was not said",
	                        cm_state_row(after)->title);
}

// Is there a member `list`[…].`member` with this text?
static bool
cm_said_listed(const struct cm_facts *facts, const char *list, const char *member, struct cm_view text)
{
	struct cm_view found = cm_view_of(NULL, 0);
	for (size_t i = 0; i < cm_facts_count(facts, list); i++)
		if (cm_facts_find_in(facts, list, i, member, &found) && cm_view_equal(found, text))
			return true;
	return false;
}

cm_result
cm_said_check_named(const struct cm_said_thread *thread, const struct cm_facts *said, struct cm_report *report)
{
	struct cm_view number = cm_view_of(NULL, 0);
	for (size_t i = 0; thread->request != NULL && i < cm_facts_count(said, "items"); i++)
		if (cm_facts_find_in(said, "items", i, "item", &number) && !cm_said_listed(thread->request, "data", "item", number) &&
		    !cm_said_listed(thread->request, "property", "item", number))
			return cm_report_refuse(report, CM_ERROR_SAID_ITEM, "items", "%.*s", CM_VIEW_ARG(number));
	for (size_t i = 0; thread->asked != NULL && i < cm_facts_count(said, "replies"); i++)
		if (cm_facts_find_in(said, "replies", i, "n", &number) && !cm_said_listed(thread->asked, "questions", "n", number))
			return cm_report_refuse(report, CM_ERROR_SAID_REPLY, "replies", "%.*s", CM_VIEW_ARG(number));
	return CM_OK;
}

// Can this side mean this move by the state?
static bool
cm_said_means(const struct cm_said_thread *thread, enum cm_state state, enum cm_move move)
{
	const struct cm_move_row *row = cm_move_row(move);
	bool own = row->who == CM_ACTOR_EITHER || (row->who == CM_ACTOR_REQUESTING) == (thread->who == CM_ACTOR_REQUESTING);
	return row->to == state && own && cm_move_at(thread->kind, row->from, row->event) == move;
}

cm_result
cm_said_check_told(const struct cm_said_thread *thread, enum cm_state state, struct cm_report *report)
{
	struct cm_report first = {0};
	cm_result r = CM_OK;
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END; move++)
		if (cm_said_means(thread, state, move)) {
			r = cm_said_check_asked(thread, cm_move_row(move)->event, r == CM_OK ? &first : NULL);
			if (r == CM_OK)
				return CM_OK;
		}
	const struct cm_finding *f = &first.findings[0];
	return r == CM_REFUSED ? cm_report_refuse(report, f->rule, f->place, "%s", f->seen) : r;
}

// Does one event that this side could mean by the state take everything that is said, and miss nothing?
static cm_result
cm_said_check_members(const struct cm_said_thread *thread, enum cm_state state, const struct cm_facts *said,
                      struct cm_report *report)
{
	struct cm_view answer = cm_view_of(NULL, 0);
	struct cm_report first = {0};
	bool tried = false;
	cm_facts_find(said, "answer", &answer);
	for (enum cm_move move = CM_MOVE_NONE + 1; move < CM_MOVE_END; move++) {
		enum cm_event event = cm_move_row(move)->event;
		enum cm_answer_word word = cm_said_word(thread->kind, answer, event);
		if (!cm_said_means(thread, state, move) || (answer.n > 0 && word == CM_ANSWER_WORD_NONE))
			continue;
		struct cm_report found = {0};
		cm_result r = cm_said_check_asked(thread, event, &found);
		if (r == CM_OK)
			r = cm_said_check(event, word, said, &found);
		if (r != CM_REFUSED)
			return r;
		if (!tried)
			first = found;
		tried = true;
	}
	if (!tried && answer.n > 0)
		return cm_said_not_permitted(thread->kind, answer, report);
	const struct cm_finding *f = &first.findings[0];
	return cm_report_refuse(report, tried ? f->rule : CM_ERROR_MOVE_NOT_ALLOWED, tried ? f->place : "state", "%s",
	                        tried ? f->seen : cm_state_row(state)->title);
}

cm_result
cm_said_judge(const struct cm_said_thread *thread, const struct cm_facts *said, struct cm_report *report)
{
	struct cm_view text = cm_view_of(NULL, 0);
	cm_facts_find(said, "state", &text);
	enum cm_state state = cm_state_find(text.p, text.n);
	cm_result r = cm_said_check_open(thread, state, report);
	if (r == CM_OK)
		r = cm_said_check_members(thread, state, said, report);
	return r == CM_OK ? cm_said_check_named(thread, said, report) : r;
}
