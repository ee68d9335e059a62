// Knows: which national law a node has, whose answers count in a call, and at which decisions the law is asked. Does not know:
// the rules (domain/law.h), or how an answer looks in JSON (proto/legal.h). Serves doc/guide/law.md, section "At a node".
#include "node/lawful.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "domain/move.h"
#include "node/do_json.h"
#include "os/dir.h"

// -- national law of the folder ------------------------------------------------------------------------------------------

static cm_result
cm_lawful_file(struct cm_node *node, const char *folder, const char *name, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_NATIONAL_BYTES_VALUE);
	struct cm_national CM_CLEANUP(cm_national_fini) national = {.count = 0};
	cm_result r = cm_file_path(path, sizeof path, folder, name, report);
	if (r == CM_OK)
		r = cm_file_load(path, &text, report);
	if (r == CM_OK)
		r = cm_national_read(cm_buf_view(&text), report, &national);
	if (r != CM_OK)
		return r;
	const char own[] = {(char)(national.country[0] | 0x20), (char)(national.country[1] | 0x20), '.', 't', 'a', 'b', 0};
	if (strcmp(name, own) != 0)
		return cm_report_refuse(report, CM_ERROR_NATIONAL_COUNTRY, path, "it is of %s", national.country);
	return cm_nationals_put(&node->nationals, cm_buf_view(&text), report);
}

cm_result
cm_lawful_load(struct cm_node *node, struct cm_report *report)
{
	char folder[CM_FILE_PATH];
	struct cm_dir_list list = {.n = 0};
	cm_result r = cm_nationals_exercise(&node->nationals, report);
	if (r == CM_OK)
		r = cm_file_path(folder, sizeof folder, node->home, "national", report);
	if (r != CM_OK || !cm_file_exists(folder))
		return r;
	r = cm_dir_read(folder, CM_LIMIT_NATIONAL_STATES_VALUE, report, &list);
	for (size_t i = 0; r == CM_OK && i < list.n; i++) {
		size_t n = strlen(list.entries[i].name);
		if (list.entries[i].kind == CM_DIR_FILE && n > 4 && strcmp(list.entries[i].name + n - 4, ".tab") == 0)
			r = cm_lawful_file(node, folder, list.entries[i].name, report);
	}
	cm_dir_list_fini(&list);
	return r;
}

// -- one check -----------------------------------------------------------------------------------------------------------

cm_result
cm_lawful_answers(const struct cm_lawful_ask *ask, struct cm_report *report, struct cm_lawful *lawful)
{
	size_t count = ask->said == NULL ? 0 : cm_facts_count(ask->said, "answers");
	if (count > CM_LIMIT_LAW_ANSWERS_VALUE)
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "%zu", count);
	for (size_t i = 0; i < count; i++) {
		struct cm_law_answer *a = &lawful->answers[CM_LIMIT_LAW_SAID_VALUE + i];
		struct cm_view says = cm_view_of(NULL, 0);
		*a = (struct cm_law_answer){.person = cm_view_text(ask->person), .says = ask->says};
		(void)cm_facts_find_in(ask->said, "answers", i, "rule", &a->rule);
		(void)cm_facts_find_in(ask->said, "answers", i, "text", &a->text);
		if (!cm_law_answer_good(a))
			return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "\"%.*s\"", CM_VIEW_ARG(a->rule));
		if (cm_facts_find_in(ask->said, "answers", i, "says", &says) && !cm_law_says_read(says, &a->says))
			return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "\"%.*s\"", CM_VIEW_ARG(says));
	}
	lawful->told.answers = &lawful->answers[CM_LIMIT_LAW_SAID_VALUE];
	lawful->told.answer_count = lawful->call_count = count;
	return CM_OK;
}

// What persons said before goes before what the call says: the last word of each counts.
static cm_result
cm_lawful_recall(struct cm_node *node, struct cm_view matter, struct cm_report *report, struct cm_lawful *lawful)
{
	struct cm_questions *said = &lawful->said;
	cm_result r = cm_question_list(node, matter, report, said);
	if (r != CM_OK)
		return r;
	struct cm_law_answer *first = &lawful->answers[CM_LIMIT_LAW_SAID_VALUE - said->n];
	for (size_t i = 0; i < said->n; i++)
		first[i] = (struct cm_law_answer){.rule = cm_view_text(cm_safeguard_row(said->all[i].rule)->id),
		        .text = cm_view_text("kept"),
		        .person = cm_view_text(said->all[i].person),
		        .says = said->all[i].says};
	lawful->told.answers = first;
	lawful->told.answer_count = said->n + lawful->call_count;
	return CM_OK;
}

cm_result
cm_lawful_check(struct cm_node *node, const struct cm_facts *facts, const struct cm_lawful_ask *ask, struct cm_report *report,
                struct cm_lawful *ret_lawful)
{
	memset(ret_lawful, 0, sizeof *ret_lawful);
	if (ask->peer.n >= 2)
		snprintf(ret_lawful->peer, sizeof ret_lawful->peer, "%c%c", ask->peer.p[0] & 0xdf, ask->peer.p[1] & 0xdf);
	struct cm_view own = cm_view_text(node->name.country_upper), other = cm_view_text(ret_lawful->peer);
	struct cm_law_told *told = &ret_lawful->told;
	*told = (struct cm_law_told){.kind = ask->kind,
	        .stage = ask->stage,
	        .now = ask->now,
	        .asking = ask->ours ? own : other,
	        .asked = ask->ours ? other : own};
	told->asking_law = cm_nationals_find(&node->nationals, told->asking);
	told->asked_law = cm_nationals_find(&node->nationals, told->asked);
	cm_result r = cm_lawful_answers(ask, report, ret_lawful);
	if (r == CM_OK && ask->matter.n > 0)
		r = cm_lawful_recall(node, ask->matter, report, ret_lawful);
	if (r == CM_OK)
		cm_law_check(facts, told, &ret_lawful->law);
	return r;
}

cm_result
cm_lawful_note(const struct cm_lawful *lawful, struct cm_report *report, struct cm_buf *note)
{
	for (size_t i = 0; i < lawful->call_count; i++) {
		const struct cm_law_answer *a = &lawful->answers[CM_LIMIT_LAW_SAID_VALUE + i];
		cm_buf_printf(note, "%s%.*s: %.*s (%.*s)", i == 0 ? "" : "; ", CM_VIEW_ARG(a->rule), CM_VIEW_ARG(a->text),
		              CM_VIEW_ARG(a->person));
	}
	cm_result r = cm_buf_result(note);
	return r == CM_REFUSED ? cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "more than %d bytes",
	                                          CM_LIMIT_ACT_VALUE_BYTES_VALUE)
	                       : r;
}

// -- decisions -----------------------------------------------------------------------------------------------------------

// Before which steps the law is asked when this is told. What gives data away is an answer too, and is carried out by that where the
// kind knows no step between. The first step that refuses ends it.
struct cm_lawful_stages {
	enum cm_law_stage all[3];
	size_t n;
};

static struct cm_lawful_stages
cm_lawful_stages(const struct cm_lawful_step *step, enum cm_state from)
{
	struct cm_lawful_stages stages = {.n = 0};
	enum cm_event event = step->event;
	bool gives = step->evidence || cm_move_discloses(event);
	bool acts = event == CM_EVENT_EXECUTE || event == CM_EVENT_PRESERVE || event == CM_EVENT_PRESERVE_PART;
	bool accepts = event == CM_EVENT_ACCEPT || event == CM_EVENT_ACCEPT_CONDITIONS;
	bool executed = from == CM_STATE_EXECUTING || from == CM_STATE_PARTLY_ANSWERED;
	if (gives || accepts || step->ground != CM_REFUSAL_NONE)
		stages.all[stages.n++] = CM_LAW_BEFORE_ANSWER;
	if (acts || (gives && !executed) || step->ground != CM_REFUSAL_NONE)
		stages.all[stages.n++] = CM_LAW_BEFORE_EXECUTE;
	if (gives)
		stages.all[stages.n++] = CM_LAW_BEFORE_DISCLOSE;
	return stages;
}

cm_result
cm_lawful_facts(struct cm_node *node, const struct cm_store_request *request, struct cm_report *report, struct cm_facts *facts)
{
	bool good = false;
	cm_result r = cm_do_request_facts(node, request, report, facts, &good);
	if (r == CM_OK && !good)
		return cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "document", "%s", "it cannot be read any more");
	return r;
}

// Who refuses on a ground says with it that it is there; the reasons stand in the decision.
static void
cm_lawful_refuses(const struct cm_lawful_step *step, struct cm_lawful *lawful)
{
	for (enum cm_safeguard rule = CM_SAFEGUARD_NONE + 1; rule < CM_SAFEGUARD_END; rule++) {
		const struct cm_safeguard_row *row = cm_safeguard_row(rule);
		if (!cm_law_of_two(rule) || strcmp(row->refusal, cm_refusal_row(step->ground)->code) != 0)
			continue;
		struct cm_law_answer *last = &lawful->answers[CM_LIMIT_LAW_SAID_VALUE + lawful->told.answer_count - lawful->said.n];
		*last = (struct cm_law_answer){cm_view_text(row->id), cm_view_text("refused"), cm_view_text(step->person), CM_LAW_AGAINST};
		lawful->told.answer_count++;
	}
}

cm_result
cm_lawful_decide(struct cm_node *node, const struct cm_store_request *request, const struct cm_lawful_step *step,
                 struct cm_report *report, struct cm_view *ret_note)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) note = cm_buf_of(CM_LIMIT_ACT_VALUE_BYTES_VALUE);
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	CM_AUTO struct cm_lawful *lawful = cm_mem_new(sizeof *lawful);
	struct cm_lawful_ask ask = {.kind = cm_kind_find(request->kind.p, request->kind.n),
	        .stage = CM_LAW_BEFORE_ANSWER,
	        .now = step->now,
	        .said = step->said,
	        .says = step->ground != CM_REFUSAL_NONE ? CM_LAW_AGAINST : CM_LAW_CLEAR,
	        .person = step->person,
	        .matter = request->id,
	        .peer = request->peer};
	struct cm_lawful_stages stages = cm_lawful_stages(step, cm_state_find(request->state.p, request->state.n));
	cm_facts_init(&facts);
	cm_result r = lawful == NULL ? CM_NOMEM : CM_OK;
	if (r == CM_OK && stages.n > 0)
		r = cm_lawful_facts(node, request, report, &facts);
	if (r == CM_OK)
		r = cm_lawful_check(node, &facts, &ask, report, lawful); // the answers are read even when nothing is judged
	if (r == CM_OK && step->ground != CM_REFUSAL_NONE)
		cm_lawful_refuses(step, lawful);
	for (size_t i = 0; r == CM_OK && i < stages.n; i++) {
		lawful->told.stage = stages.all[i];
		lawful->told.gives = step->evidence || cm_move_discloses(step->event);
		cm_law_check(&facts, &lawful->told, &lawful->law);
		r = step->ground != CM_REFUSAL_NONE ? cm_law_judge_ground(&lawful->law, step->ground, report)
		                                    : cm_law_judge(&lawful->law, report);
	}
	if (r == CM_OK)
		r = cm_lawful_note(lawful, report, &note);
	if (r == CM_OK)
		*ret_note = cm_arena_copy(step->arena, cm_buf_view(&note));
	return r;
}
