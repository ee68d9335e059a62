// Knows: how an answer to a question of the law is kept as an act and found again. Does not know: which questions there are, or what
// holds until they are answered (domain/law.h). Serves doc/guide/law.md, section "Two persons".
#include "node/question.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "node/do_json.h"
#include "node/lawful.h"
#include "os/clock.h"

// -- as the register keeps it: the note of the act is "RULE SAYS: TEXT" --------------------------------------------------

static bool
cm_question_note_read(struct cm_view note, struct cm_question_said *ret_said)
{
	size_t blank = cm_view_find(note, 0, ' '), colon = cm_view_find(note, 0, ':');
	struct cm_view rule = cm_view_part(note, 0, blank);
	ret_said->rule = cm_safeguard_find(rule.p, rule.n);
	return blank < colon && colon < note.n && ret_said->rule != CM_SAFEGUARD_NONE &&
	       cm_law_says_read(cm_view_part(note, blank + 1, colon - blank - 1), &ret_said->says);
}

static cm_result
cm_question_put(struct cm_questions *questions, const struct cm_question_said *said, struct cm_report *report)
{
	for (size_t i = 0; i < questions->n; i++)
		if (questions->all[i].rule == said->rule && strcmp(questions->all[i].person, said->person) == 0) {
			questions->all[i].says = said->says;
			return CM_OK;
		}
	if (questions->n == CM_LIMIT_LAW_SAID_VALUE)
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "more than %d", CM_LIMIT_LAW_SAID_VALUE);
	questions->all[questions->n++] = *said;
	return CM_OK;
}

static cm_result
cm_question_take(struct cm_node *node, uint64_t index, struct cm_report *report, struct cm_questions *questions)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *page = NULL;
	const struct cm_store_receipt *receipt = NULL;
	struct cm_question_said said = {.rule = CM_SAFEGUARD_NONE};
	cm_result r = cm_store_act_by_index(node->store, index, report, &page, &receipt);
	if (r != CM_OK || receipt == NULL)
		return r;
	const struct cm_act_slot *slots = receipt->act->file.slots;
	struct cm_view person = slots[CM_ACT_SLOT(CM_ACT_FIELD_PERSON)].value;
	if (!cm_view_is(slots[CM_ACT_SLOT(CM_ACT_FIELD_TYPE)].value, "question_answered") || person.n >= sizeof said.person ||
	    !cm_question_note_read(slots[CM_ACT_SLOT(CM_ACT_FIELD_NOTE)].value, &said))
		return CM_OK;
	snprintf(said.person, sizeof said.person, "%.*s", CM_VIEW_ARG(person));
	return cm_question_put(questions, &said, report);
}

// A telephone that was stolen may have answered: its owner is disabled then.
static cm_result
cm_question_drop_disabled(struct cm_node *node, struct cm_report *report, struct cm_questions *questions)
{
	cm_result r = CM_OK;
	size_t kept = 0;
	for (size_t i = 0; r == CM_OK && i < questions->n; i++) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_person *row = NULL;
		r = cm_store_person(node->store, cm_view_text(questions->all[i].person), report, &page, &row);
		if (r == CM_OK && (row == NULL || !cm_view_is(row->state, "disabled")))
			questions->all[kept++] = questions->all[i];
	}
	questions->n = kept;
	return r;
}

cm_result
cm_question_list(struct cm_node *node, struct cm_view matter, struct cm_report *report, struct cm_questions *ret_questions)
{
	CM_AUTO uint64_t *indexes = cm_mem_new_many(CM_LIMIT_STORE_PAGE_VALUE, sizeof *indexes);
	struct cm_store_ask ask = {.request = matter, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	size_t n = CM_LIMIT_STORE_PAGE_VALUE;
	cm_result r = indexes == NULL ? CM_NOMEM : CM_OK;
	ret_questions->n = 0;
	while (r == CM_OK && n == CM_LIMIT_STORE_PAGE_VALUE) {
		r = cm_store_act_indexes(node->store, &ask, report, indexes, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++)
			r = cm_question_take(node, indexes[i], report, ret_questions);
		ask.after_id = n > 0 ? indexes[n - 1] + 1 : 0;
	}
	return r == CM_OK ? cm_question_drop_disabled(node, report, ret_questions) : r;
}

// -- the matter of a draft -----------------------------------------------------------------------------------------------

cm_result
cm_question_draft(const struct cm_facts *call, struct cm_report *report, char ret_matter[37])
{
	struct cm_view draft, to = cm_view_of(NULL, 0);
	struct cm_hash_stream stream;
	if (!cm_facts_find(call, "draft", &draft))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "/draft", "%s", "missing");
	(void)cm_facts_find(call, "to", &to);
	cm_hash_init(&stream);
	cm_hash_add(&stream, draft); // always 64 digits
	cm_hash_add(&stream, to);
	struct cm_hash digest = cm_hash_final(&stream);
	digest.b[6] = (uint8_t)(0x80 | (digest.b[6] & 0x0f)); // RFC 9562, version 8: made of what it names
	digest.b[8] = (uint8_t)(0x80 | (digest.b[8] & 0x3f));
	cm_text_uuid_write(digest.b, ret_matter);
	return CM_OK;
}

// -- the call ------------------------------------------------------------------------------------------------------------

// What an answer is about.
struct cm_question_matter {
	struct cm_view id, peer, kind; // peer and kind are empty for a draft
};

static cm_result
cm_question_keep(struct cm_node *node, const struct cm_question_matter *matter, const struct cm_lawful *lawful,
                 struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	cm_result r = change == NULL ? CM_NOMEM : CM_OK;
	for (size_t i = 0; r == CM_OK && i < lawful->told.answer_count; i++) {
		const struct cm_law_answer *a = &lawful->told.answers[i];
		struct cm_buf CM_CLEANUP(cm_buf_fini) note = cm_buf_of(CM_LIMIT_ACT_VALUE_BYTES_VALUE);
		struct cm_act_values act;
		memset(&act, 0, sizeof act);
		cm_buf_printf(&note, "%.*s %s: %.*s", CM_VIEW_ARG(a->rule), cm_law_says_name(a->says), CM_VIEW_ARG(a->text));
		cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("question_answered"));
		cm_act_set(&act, CM_ACT_FIELD_PEER, matter->peer);
		cm_act_set(&act, CM_ACT_FIELD_REQUEST, matter->id);
		cm_act_set(&act, CM_ACT_FIELD_KIND, matter->kind);
		cm_act_set(&act, CM_ACT_FIELD_PERSON, a->person);
		cm_act_set(&act, CM_ACT_FIELD_NOTE, cm_buf_view(&note));
		r = cm_buf_result(&note);
		if (r == CM_REFUSED)
			r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "more than %d bytes", CM_LIMIT_ACT_VALUE_BYTES_VALUE);
		cm_change_act(change, &act);
	}
	return r == CM_OK ? cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL) : r;
}

static cm_result
cm_question_show(struct cm_node *node, struct cm_view matter, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	CM_AUTO struct cm_questions *questions = cm_mem_new(sizeof *questions);
	cm_result r = questions == NULL ? CM_NOMEM : cm_question_list(node, matter, report, questions);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "matter", matter);
	cm_json_put_name(&put, "said");
	cm_json_put_array(&put);
	for (size_t i = 0; i < questions->n; i++) {
		cm_json_put_object(&put);
		cm_json_put_member_cstr(&put, "person", questions->all[i].person);
		cm_json_put_member_cstr(&put, "rule", cm_safeguard_row(questions->all[i].rule)->id);
		cm_json_put_member_cstr(&put, "says", cm_law_says_name(questions->all[i].says));
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return CM_OK;
}

cm_result
cm_question_answer(struct cm_exchange *ex, const struct cm_ipc_person *person, struct cm_report *report, struct cm_buf *body)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_facts CM_CLEANUP(cm_facts_fini) call;
	CM_AUTO struct cm_lawful *lawful = cm_mem_new(sizeof *lawful);
	char draft[37];
	struct cm_question_matter matter = {.id = cm_view_text(draft)};
	bool of_draft = ex->match.route == CM_ROUTE_API_DRAFT_ANSWER;
	cm_facts_init(&call);
	cm_result r = lawful == NULL ? CM_NOMEM : cm_exchange_facts(ex, report, &call);
	if (r == CM_OK && of_draft)
		r = cm_question_draft(&call, report, draft);
	if (r == CM_OK && !of_draft)
		r = cm_store_request(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &row);
	if (r == CM_OK && !of_draft && row == NULL)
		r = cm_report_refuse(report, CM_ERROR_REQUEST_UNKNOWN, "request", "%s", ex->match.part[0]);
	if (r == CM_OK && row != NULL)
		matter = (struct cm_question_matter){row->id, row->peer, row->kind};
	struct cm_lawful_ask ask = {.said = &call, .person = person->id};
	struct cm_view says = cm_view_of(NULL, 0);
	if (r == CM_OK && (!cm_facts_find(&call, "says", &says) || !cm_law_says_read(says, &ask.says)))
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/says", "%.*s", CM_VIEW_ARG(says));
	if (r == CM_OK)
		r = cm_lawful_answers(&ask, report, lawful);
	if (r == CM_OK && lawful->told.answer_count == 0)
		r = cm_report_refuse(report, CM_ERROR_API_MEMBER, "/answers", "%s", "missing");
	matter.id = of_draft ? cm_view_text(draft) : matter.id;
	if (r == CM_OK)
		r = cm_question_keep(ex->node, &matter, lawful, report);
	return r == CM_OK ? cm_question_show(ex->node, matter.id, report, body) : r;
}
