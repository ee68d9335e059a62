// Knows: every member of the answer document, its form, what a state needs, and where each value stands
// (doc/spec/request-document.md section 3; answer-document.schema.json). Does not know: which states may follow which.
#include <stddef.h>
#include <string.h>

#include "base/tab_limit.h"
#include "format/request_doc_shape.h"
#include "format/answer_doc.h"

#define R cm_answer_doc
#define AT(S, field) CM_DOC_AT(S, field)
#define LIST(S, field, counter) CM_DOC_LIST(S, field, counter)
#define NEED CM_DOC_NEED
#define SHAPE(title, rows, S) CM_DOC_SHAPE(title, rows, S)
#define LINE CM_SHAPE_TEXT, .form = CM_FORM_LINE
#define TEXT CM_SHAPE_TEXT, .form = CM_FORM_TEXT

static const char *const cm_answer_doc_states[] = {
        "acknowledged", "assigned", "more_info", "answered_info", "consultation", "executing",
        "partly_answered", "answered", "lift_intended", "lift_heard", "lifted", "refused", "returned_incomplete", "postponed", "withdrawn", "closed",
        "preserved", "preserved_in_part", "not_held", "custodian_elsewhere", "extended", "not_extended",
        "held_pending_mla", "lapsed", "released", "already_released", "warn_prejudice", "third_state_provider",
        "parties_told", "status_asked", "status_told", "use_asked", "use_allowed", "use_allowed_with_conditions", "use_refused",
        "accepted", "accepted_with_conditions", "conditions_refused", "disclosed", "disclosed_in_part",
        "not_an_emergency", "verify_caller", "transmitted", NULL};
static const char *const cm_answer_doc_results[] = {
        "done", "in_part", "not_held", "elsewhere", "refused", "pending", NULL};
static const char *const cm_answer_doc_codes[] = {
        "not_in_conformity", "essential_interests", "domestic_prohibition", "legal_system", "persecution",
        "dual_criminality", "de_minimis", "other_provision", "personal_data", "insufficient_evidence",
        "nationality", "human_rights", "unverified_sender", "out_of_scope", "not_emergency", "postponed",
        "ne_bis_in_idem", "time_barred", "no_treaty", "political_offence", NULL};
static const char *const cm_answer_doc_silences[] = {
        "none", "returned_incomplete", "decided_as_is", NULL};
static const struct cm_json_shape_field cm_answer_doc_item_fields[] = {
        {"item", CM_SHAPE_NUMBER, NEED, AT(cm_doc_item_result, item)},
        {"note", TEXT, AT(cm_doc_item_result, note)},
        {"result", CM_SHAPE_TEXT, .words = cm_answer_doc_results, NEED, AT(cm_doc_item_result, result)},
        {"until", CM_SHAPE_TIME, AT(cm_doc_item_result, until)},
};
static const struct cm_json_shape cm_answer_doc_item_shape =
        SHAPE("item", cm_answer_doc_item_fields, cm_doc_item_result);

static const struct cm_json_shape_field cm_answer_doc_question_fields[] = {
        {"n", CM_SHAPE_NUMBER, NEED, AT(cm_doc_question, n)},
        {"needed_for", CM_SHAPE_TEXT, .form = CM_FORM_ARTICLE, AT(cm_doc_question, needed_for)},
        {"question", TEXT, NEED, AT(cm_doc_question, question)},
};
static const struct cm_json_shape cm_answer_doc_question_shape =
        SHAPE("question", cm_answer_doc_question_fields, cm_doc_question);

static const struct cm_json_shape_field cm_answer_doc_reply_fields[] = {
        {"n", CM_SHAPE_NUMBER, NEED, AT(cm_doc_reply, n)},
        {"reply", TEXT, NEED, AT(cm_doc_reply, reply)},
};
static const struct cm_json_shape cm_answer_doc_reply_shape =
        SHAPE("reply", cm_answer_doc_reply_fields, cm_doc_reply);

static const struct cm_json_shape_field cm_answer_doc_ground_fields[] = {
        {"article", CM_SHAPE_TEXT, .form = CM_FORM_GROUND, NEED, AT(cm_doc_ground, article)},
        {"code", CM_SHAPE_TEXT, .words = cm_answer_doc_codes, NEED, AT(cm_doc_ground, code)},
        {"reasons", TEXT, NEED, AT(cm_doc_ground, reasons)},
};
static const struct cm_json_shape cm_answer_doc_ground_shape =
        SHAPE("ground", cm_answer_doc_ground_fields, cm_doc_ground);

static const struct cm_json_shape_field cm_answer_doc_condition_fields[] = {
        {"condition", TEXT, NEED, AT(cm_doc_condition, condition)},
        {"n", CM_SHAPE_NUMBER, NEED, AT(cm_doc_condition, n)},
};
static const struct cm_json_shape cm_answer_doc_condition_shape =
        SHAPE("condition", cm_answer_doc_condition_fields, cm_doc_condition);

static const char *const cm_answer_doc_says[] = {"runs", "paused", "resumed", "extended", NULL};
static const struct cm_json_shape_field cm_answer_doc_clock_fields[] = {
        {"at", CM_SHAPE_TIME, AT(cm_doc_clock, at)},
        {"end", CM_SHAPE_TIME, NEED, AT(cm_doc_clock, end)},
        {"limit", LINE, NEED, AT(cm_doc_clock, limit)},
        {"says", CM_SHAPE_TEXT, .words = cm_answer_doc_says, NEED, AT(cm_doc_clock, says)},
};
static const struct cm_json_shape cm_answer_doc_clock_shape =
        SHAPE("clock", cm_answer_doc_clock_fields, cm_doc_clock);

static const struct cm_json_shape_field cm_answer_doc_hop_fields[] = {
        {"address", LINE, AT(cm_doc_hop, address)},
        {"country", CM_SHAPE_TEXT, .form = CM_FORM_COUNTRY, NEED, AT(cm_doc_hop, country)},
        {"from", CM_SHAPE_TIME, AT(cm_doc_hop, from)},
        {"hop", CM_SHAPE_NUMBER, NEED, AT(cm_doc_hop, hop)},
        {"provider", LINE, NEED, AT(cm_doc_hop, provider)},
        {"to", CM_SHAPE_TIME, AT(cm_doc_hop, to)},
};
static const struct cm_json_shape cm_answer_doc_hop_shape =
        SHAPE("hop", cm_answer_doc_hop_fields, cm_doc_hop);

static const char *const cm_answer_doc_standings[] = {"leads", "asked", "agreed", "refused", "left", NULL};
static const struct cm_json_shape_field cm_answer_doc_member_fields[] = {
        {"at", CM_SHAPE_TIME, NEED, AT(cm_doc_member, at)},
        {"founds", CM_SHAPE_FLAG, NEED, AT(cm_doc_member, founds)},
        {"node", LINE, NEED, AT(cm_doc_member, node)},
        {"recipient", LINE, NEED, AT(cm_doc_member, recipient)},
        {"state", CM_SHAPE_TEXT, .words = cm_answer_doc_standings, NEED, AT(cm_doc_member, state)},
};
static const struct cm_json_shape cm_answer_doc_member_shape =
        SHAPE("party", cm_answer_doc_member_fields, cm_doc_member);

static const struct cm_json_shape_field cm_answer_doc_national_order_fields[] = {
        {"from", CM_SHAPE_TIME, NEED, AT(R, national_order.from)},
        {"reference", LINE, AT(R, national_order.reference)},
        {"until", CM_SHAPE_TIME, NEED, AT(R, national_order.until)},
};
static const struct cm_json_shape cm_answer_doc_national_order_shape =
        SHAPE("national_order", cm_answer_doc_national_order_fields, R);

static const struct cm_json_shape_field cm_answer_doc_whole_fields[] = {
        {"amount", CM_SHAPE_TEXT, .form = CM_FORM_AMOUNT, AT(R, amount)},
        {"answer", CM_SHAPE_TEXT, .form = CM_FORM_WORD, AT(R, answer)},
        {"answer_by", CM_SHAPE_TIME, AT(R, answer_by)},
        {"answering", CM_SHAPE_POINTER, NEED, AT(R, answering), .sub = &cm_request_doc_party_shape},
        {"answers", CM_SHAPE_TEXT, .form = CM_FORM_UUID, NEED, AT(R, answers)},
        {"attachments", CM_SHAPE_INLINE, LIST(R, attachments, attachment_count),
         .sub = &cm_request_doc_attachment_shape, .most = 64},
        {"clocks", CM_SHAPE_INLINE, LIST(R, clocks, clock_count), .sub = &cm_answer_doc_clock_shape, .most = CM_DOC_CLOCKS},
        {"conditions", CM_SHAPE_INLINE, LIST(R, conditions, condition_count),
         .sub = &cm_answer_doc_condition_shape, .most = 16},
        {"effect_of_silence", CM_SHAPE_TEXT, .words = cm_answer_doc_silences, AT(R, effect_of_silence)},
        {"expected_by", CM_SHAPE_TEXT, .form = CM_FORM_DATE, AT(R, expected_by)},
        {"format", CM_SHAPE_FIXED, NEED, .fixed = "comity.answer/1"},
        {"grounds", CM_SHAPE_INLINE, LIST(R, grounds, ground_count), .sub = &cm_answer_doc_ground_shape, .most = 8},
        {"id", CM_SHAPE_TEXT, .form = CM_FORM_UUID, NEED, AT(R, id)},
        {"items", CM_SHAPE_INLINE, LIST(R, items, item_count), .sub = &cm_answer_doc_item_shape, .most = 64},
        {"justification", TEXT, AT(R, justification)},
        {"language", CM_SHAPE_TEXT, .form = CM_FORM_LANGUAGE, NEED, AT(R, language)},
        {"national_order", CM_SHAPE_INLINE, .at = 0, .sub = &cm_answer_doc_national_order_shape},
        {"parties", CM_SHAPE_INLINE, LIST(R, parties, party_count), .sub = &cm_answer_doc_member_shape, .most = CM_LIMIT_JOINT_PARTIES_VALUE},
        {"path", CM_SHAPE_INLINE, LIST(R, path, path_count), .sub = &cm_answer_doc_hop_shape, .most = 64},
        {"purpose", TEXT, AT(R, purpose)},
        {"questions", CM_SHAPE_INLINE, LIST(R, questions, question_count),
         .sub = &cm_answer_doc_question_shape, .most = 32},
        {"remedy", TEXT, AT(R, remedy)},
        {"replies", CM_SHAPE_INLINE, LIST(R, replies, reply_count), .sub = &cm_answer_doc_reply_shape, .most = 32},
        {"state", CM_SHAPE_TEXT, .words = cm_answer_doc_states, NEED, AT(R, state)},
        {"text", TEXT, AT(R, text)},
        {"transmitted_to", CM_SHAPE_POINTER, AT(R, transmitted_to), .sub = &cm_request_doc_party_shape},
        {"unit", CM_SHAPE_TEXT, .form = CM_FORM_UNIT, AT(R, unit)},
        {"until", CM_SHAPE_TIME, AT(R, until)},
};
// What a state needs (the schema's conditions).
static const struct {
	const char *state, *member, *or; // one of the two is enough
} cm_answer_doc_needs[] = {
        {"preserved", "until"}, {"preserved_in_part", "until"}, {"extended", "until"}, {"preserved_in_part", "items"},
        {"disclosed_in_part", "items"}, {"more_info", "questions"}, {"more_info", "answer_by"},
        {"more_info", "effect_of_silence"}, {"answered_info", "replies", "answer"}, {"consultation", "grounds"},
        {"consultation", "answer_by"}, {"lift_intended", "answer_by"}, {"lift_heard", "answer"}, {"refused", "grounds"}, {"not_extended", "grounds"},
        {"parties_told", "parties"}, {"third_state_provider", "path"}, {"use_asked", "purpose"}, {"use_allowed_with_conditions", "conditions"},
};

static void cm_answer_doc_check(struct cm_json_shape_reader *reader, const void *record);

static const struct cm_json_shape cm_answer_doc_whole_shape = {"answer document", cm_answer_doc_whole_fields,
        sizeof cm_answer_doc_whole_fields / sizeof *cm_answer_doc_whole_fields, sizeof(struct R), cm_answer_doc_check};

// What is numbered is named by its number: each is there once. Every list's number is a uint64_t.
static const struct {
	const char *member;
	size_t list, count, size, number;
} cm_answer_doc_numbered[] = {
#define NUMBERED(member, field, counter, S, n) {member, offsetof(struct R, field), offsetof(struct R, counter), sizeof(struct S), offsetof(struct S, n)}
        NUMBERED("conditions", conditions, condition_count, cm_doc_condition, n),
        NUMBERED("items", items, item_count, cm_doc_item_result, item),
        NUMBERED("path", path, path_count, cm_doc_hop, hop),
        NUMBERED("questions", questions, question_count, cm_doc_question, n),
        NUMBERED("replies", replies, reply_count, cm_doc_reply, n),
#undef NUMBERED
};

static void
cm_answer_doc_check_numbers(struct cm_json_shape_reader *reader, const struct cm_answer_doc *doc)
{
	for (size_t k = 0; k < sizeof cm_answer_doc_numbered / sizeof *cm_answer_doc_numbered; k++) {
		size_t at = cm_answer_doc_numbered[k].number, size = cm_answer_doc_numbered[k].size;
		const uint8_t *list;
		size_t n;
		memcpy(&list, (const uint8_t *)doc + cm_answer_doc_numbered[k].list, sizeof list);
		memcpy(&n, (const uint8_t *)doc + cm_answer_doc_numbered[k].count, sizeof n);
		for (size_t i = 1; i < n; i++)
			for (size_t j = 0; j < i; j++)
				if (memcmp(list + i * size + at, list + j * size + at, sizeof(uint64_t)) == 0) {
					cm_json_shape_fault(reader, CM_ERROR_DOCUMENT_VALUE, "\"%s\" has a number twice",
					                    cm_answer_doc_numbered[k].member);
					return;
				}
	}
}

static void
cm_answer_doc_check(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_answer_doc *doc = record;
	cm_answer_doc_check_numbers(reader, doc);
	for (size_t i = 0; i < sizeof cm_answer_doc_needs / sizeof *cm_answer_doc_needs; i++)
		if (cm_view_is(doc->state, cm_answer_doc_needs[i].state) &&
		    !cm_json_shape_has(&cm_answer_doc_whole_shape, doc, cm_answer_doc_needs[i].member) &&
		    (cm_answer_doc_needs[i].or == NULL ||
		     !cm_json_shape_has(&cm_answer_doc_whole_shape, doc, cm_answer_doc_needs[i].or)))
			cm_json_shape_fault(reader, CM_ERROR_DOCUMENT_MEMBER_MISSING,
			                    "\"%s\" is missing; the state needs it", cm_answer_doc_needs[i].member);
}

cm_result
cm_answer_doc_read(struct cm_view json, struct cm_report *report, struct cm_answer_doc *ret_doc)
{
	struct cm_answer_doc doc = {.arena = {NULL, false}};
	struct cm_arena arena = {NULL, false};
	cm_result r = cm_request_doc_read_shape(json, &cm_answer_doc_whole_shape, report, &arena, &doc);
	if (r != CM_OK)
		return r;
	doc.arena = arena;
	*ret_doc = doc;
	return CM_OK;
}

void
cm_answer_doc_fini(struct cm_answer_doc *doc)
{
	if (doc == NULL)
		return;
	cm_arena_fini(&doc->arena);
	*doc = (struct cm_answer_doc){.arena = {NULL, false}};
}

cm_result
cm_answer_doc_write(const struct cm_answer_doc *doc, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	return cm_json_shape_write(&put, &cm_answer_doc_whole_shape, doc, 0);
}

bool
cm_answer_doc_has(const struct cm_answer_doc *doc, const char *path)
{
	return cm_json_shape_has(&cm_answer_doc_whole_shape, doc, path);
}

void
cm_answer_doc_each(const struct cm_answer_doc *doc,
                    void (*each)(void *context, struct cm_view path, struct cm_view text), void *context)
{
	cm_json_shape_each(&cm_answer_doc_whole_shape, doc, each, context);
}

cm_result
cm_answer_doc_write_wire(const struct cm_answer_doc *doc, struct cm_buf *to)
{
	cm_json_shape_wire_write(to, &cm_answer_doc_whole_shape, doc);
	return cm_buf_result(to);
}

cm_result
cm_answer_doc_read_wire(struct cm_view bytes, struct cm_report *report, struct cm_answer_doc *ret_doc)
{
	struct cm_answer_doc doc = {.arena = {NULL, false}};
	struct cm_arena arena = {NULL, false};
	cm_result r = cm_request_doc_read_shape_wire(bytes, &cm_answer_doc_whole_shape, report, &arena, &doc);
	if (r != CM_OK)
		return r;
	doc.arena = arena;
	*ret_doc = doc;
	return CM_OK;
}
