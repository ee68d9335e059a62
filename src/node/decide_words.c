// Knows: what an officer says with an event: which members it needs, and how they become the answer document and the notification
// (doc/spec/request-document.md, section 3; profile.md, section 4). Does not know: whether the event is open, or how the message
// leaves (decide.c).
#include "node/decide_inside.h"

#include <string.h>

#include "base/tab_limit.h"
#include "domain/deadline.h"
#include "domain/message.h"
#include "domain/move.h"
#include "domain/preservation.h"
#include "format/answer_doc.h"
#include "format/json_form.h"
#include "node/node_name.h"
#include "node/history.h"

struct cm_view
cm_decide_said(const struct cm_decide *d, const char *member)
{
	struct cm_view text = cm_view_of(NULL, 0);
	cm_facts_find(&d->said, member, &text);
	return text;
}

// What our own writer takes as it is must be of its form before.
static cm_result
cm_decide_words_form(const struct cm_decide *d, const char *member, enum cm_json_form form, struct cm_report *report)
{
	struct cm_view text = cm_decide_said(d, member);
	if (text.n > 0 && !cm_json_form_good(form, text))
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, member, "it is not %s", cm_json_form_say(form));
	return CM_OK;
}

cm_result
cm_decide_words_check(const struct cm_decide *d, struct cm_report *report)
{
	cm_result r = cm_decide_words_form(d, "text", CM_FORM_TEXT, report);
	if (r == CM_OK)
		r = cm_decide_words_form(d, "order_reference", CM_FORM_LINE, report);
	return r == CM_OK ? cm_said_check(d->event, d->word, &d->said, report) : r;
}

cm_result
cm_decide_words_fit(const struct cm_decide *d, struct cm_report *report)
{
	struct cm_history CM_CLEANUP(cm_history_fini) history = {.from = {CM_STATE_NONE}};
	bool names = cm_facts_has(&d->said, "items") || cm_facts_has(&d->said, "replies");
	cm_result r = cm_history_init(d->node, d->request, d->who, report, &history);
	if (r == CM_OK && names)
		r = cm_history_documents(d->node, d->request, report, &history);
	if (r == CM_OK)
		r = cm_said_check_asked(&history.said, d->event, report);
	return r == CM_OK ? cm_said_check_named(&history.said, &d->said, report) : r;
}

cm_result
cm_decide_words_consulted(const struct cm_decide *d, struct cm_report *found, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_step *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = d->request->id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	bool decides = d->event == CM_EVENT_REFUSE || d->event == CM_EVENT_POSTPONE;
	bool open = cm_move_at(d->kind, CM_STATE_ASSIGNED, CM_EVENT_CONSULT) != CM_MOVE_NONE;
	if (!decides || !open || cm_facts_has(&d->said, "justification"))
		return CM_OK;
	cm_result r = cm_store_steps(d->node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		bool over = cm_view_is(rows[i].to_state, cm_state_row(CM_STATE_ANSWERED_INFO)->name) ||
		            cm_view_is(rows[i].to_state, cm_state_row(CM_STATE_ASSIGNED)->name); // nothing came in time
		if (over && cm_view_is(rows[i].from_state, cm_state_row(CM_STATE_CONSULTATION)->name))
			return CM_OK;
	}
	if (r != CM_OK)
		return r;
	if (!cm_preservation_is(d->kind))
		return cm_report_refuse(report, CM_ERROR_CONSULT_FIRST, "justification", "%s", cm_event_row(d->event)->title);
	cm_report_add(found, CM_ERROR_CONSULT_FIRST, "justification", "%s", cm_event_row(d->event)->title);
	return CM_OK;
}

cm_result
cm_decide_new_object(struct cm_decide *d, enum cm_hi1_type type, struct cm_report *report,
                     struct cm_hi1_object **ret_object)
{
	char id[37];
	struct cm_view *associated = cm_arena_new_many(&d->arena, 2, sizeof *associated);
	cm_result r = cm_node_uuid(id, report);
	if (r != CM_OK || associated == NULL)
		return r != CM_OK ? r : CM_NOMEM;
	struct cm_hi1_object *o = &d->objects[d->message.action_count];
	associated[0] = d->request->id;
	associated[1] = d->request->objects;
	*o = (struct cm_hi1_object){
	        .type = type,
	        .id = cm_arena_copy(&d->arena, cm_view_text(id)),
	        .country = d->message.sender.country,
	        .owner = d->message.sender.id,
	        .associated = associated,
	        .associated_count = d->request->objects.n > 0 ? 2 : 1,
	};
	d->actions[d->message.action_count++] = (struct cm_hi1_action){.verb = CM_HI1_VERB_CREATE, .object = o};
	*ret_object = o;
	return CM_OK;
}

struct cm_decide_any {
	const struct cm_facts *said;
	bool *any;
};

static void
cm_decide_words_any(void *context, const char *member)
{
	const struct cm_decide_any *any = context;
	*any->any = *any->any || cm_facts_has(any->said, member);
}

// What HI-1 has no field for: words, the domestic order, grounds, and what the event needs. The reader puts it together from what
// the officer's program sent, and judges it.
cm_result
cm_decide_answer(struct cm_decide *d, const struct cm_ipc_person *person, struct cm_report *report)
{
	struct cm_view words = cm_decide_said(d, "text"), order = cm_decide_said(d, "order_reference");
	struct cm_buf CM_CLEANUP(cm_buf_fini) base = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_hi1_body *body = cm_arena_new(&d->arena, sizeof *body);
	struct cm_hi1_object *o;
	bool more = d->word != CM_ANSWER_WORD_NONE;
	cm_said_members(d->event, d->word, cm_decide_words_any, &(struct cm_decide_any){&d->said, &more});
	bool counts = d->by_person && d->clocks.count > 0;
	if (words.n == 0 && order.n == 0 && d->ground == CM_REFUSAL_NONE && d->roll == NULL && !more && !counts)
		return CM_OK;
	cm_result r = cm_decide_new_object(d, CM_HI1_TYPE_DOCUMENT, report, &o);
	if (r != CM_OK || body == NULL)
		return r != CM_OK ? r : CM_NOMEM;
	struct cm_doc_party answering = {
	        .name = cm_view_text(d->node->self.title),
	        .country = cm_view_text(d->node->name.country_upper),
	        .node = cm_view_text(d->node->name.whole),
	        .role = cm_view_text("contact_point"),
	        .person = cm_view_text(person->name),
	        .functions = cm_view_text(person->functions),
	};
	struct cm_doc_ground ground = {cm_decide_said(d, "ground"), cm_decide_said(d, "ground_article"), words};
	struct cm_answer_doc doc = {
	        .id = o->id,
	        .answers = d->request->id,
	        .state = cm_view_text(cm_state_row(d->say)->name),
	        .language = cm_view_text("en"),
	        .answering = &answering,
	        .text = words,
	        .until = d->until,
	        .grounds = &ground,
	        .ground_count = d->ground == CM_REFUSAL_NONE ? 0 : 1,
	        .parties = d->roll == NULL ? NULL : d->roll->parties,
	        .party_count = d->roll == NULL ? 0 : d->roll->count,
	};
	struct cm_doc_clock clocks[CM_DOC_CLOCKS];
	cm_event_clocks_members(&d->clocks, clocks);
	doc.clocks = clocks;
	doc.clock_count = d->clocks.count;
	if (order.n > 0) {
		doc.national_order.reference = order;
		doc.national_order.from = cm_instant_of_seconds(cm_instant_seconds(d->now));
		doc.national_order.until = d->order_until.us != 0 ? d->order_until : cm_deadline_order_last(doc.national_order.from);
	}
	r = cm_answer_doc_write(&doc, &base);
	struct cm_reader_words said = {cm_buf_view(&base), d->body, d->event, d->word};
	if (r == CM_OK)
		r = cm_reader_client_words(&d->node->reader, &said, report, &text);
	doc.answer_by = d->answer_by; // stands in the body, as does what silence means
	doc.effect_of_silence = cm_decide_said(d, "effect_of_silence");
	if (r == CM_OK)
		r = cm_event_ends_answer(&doc, d->kind, &d->ends);
	if (r != CM_OK)
		return r;
	struct cm_hash digest = cm_hash_of(cm_buf_view(&text));
	body->contents = cm_arena_copy(&d->arena, cm_buf_view(&text));
	body->content_type = cm_view_text(CM_HI1_CONTENT_TYPE_ANSWER);
	body->sha256 = cm_arena_copy(&d->arena, cm_hash_view(&digest));
	o->document.name = cm_view_text("Answer");
	o->document.type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_TYPE, "Answer");
	o->document.body = body;
	o->document.desired_status = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_DESIRED_STATUS, "Approved");
	return CM_OK;
}

void
cm_decide_sentence(const struct cm_decide *d, struct cm_buf *to)
{
	struct cm_view words = cm_decide_said(d, "text");
	cm_message_write(d->say, &(struct cm_message_values){.until = d->until, .ground = d->ground}, to);
	if (d->roll != NULL) {
		cm_buf_text(to, " ");
		cm_joint_words(d->roll, to);
	}
	if (words.n > 0)
		cm_buf_text(to, " ");
	for (size_t i = 0; i < words.n; i++) // a notification has one line
		cm_buf_u8(to, words.p[i] == '\n' || words.p[i] == '\r' || words.p[i] == '\t' ? ' ' : words.p[i]);
}

static const struct {
	enum cm_event event;
	const char *type; // dictionary NotificationType
} cm_decide_types[] = {
        {CM_EVENT_ASK, "NeedsInformation"}, {CM_EVENT_ANSWER_INFO, "NeedsInformation"}, {CM_EVENT_CONSULT, "Consultation"},
        {CM_EVENT_REPLY, "Consultation"}, {CM_EVENT_INTEND_LIFT, "Consultation"}, {CM_EVENT_HEAR, "Consultation"},
        {CM_EVENT_WITHDRAW, "Withdrawal"}, {CM_EVENT_TELL_PROVIDER, "ThirdStateProvider"},
};

static const char *
cm_decide_notification_type(const struct cm_decide *d)
{
	for (size_t i = 0; i < sizeof cm_decide_types / sizeof *cm_decide_types; i++)
		if (cm_decide_types[i].event == d->event)
			return cm_decide_types[i].type;
	return d->until.us != 0 ? "Preservation" : "Progress";
}

cm_result
cm_decide_notification(struct cm_decide *d, struct cm_report *report)
{
	struct cm_hi1_state *states = cm_arena_new_many(&d->arena, 2, sizeof *states);
	struct cm_buf CM_CLEANUP(cm_buf_fini) words = cm_buf_of(CM_LIMIT_DOCUMENT_BYTES_VALUE);
	struct cm_hi1_object *o;
	bool task = d->request->objects.n > 0 && (d->changes == NULL || d->changes_status != NULL) && d->say == d->to &&
	            !d->request->ours;
	cm_result r = cm_decide_new_object(d, CM_HI1_TYPE_NOTIFICATION, report, &o);
	if (r != CM_OK || states == NULL)
		return r != CM_OK ? r : CM_NOMEM;
	cm_decide_sentence(d, &words);
	struct cm_hi1_entry fine = {CM_DICTIONARY_REQUEST_STATE, cm_view_text(cm_state_row(d->say)->name)};
	states[0] = (struct cm_hi1_state){.object = task ? d->request->objects : d->request->id, .status = fine};
	bool approved = strcmp(cm_state_row(d->to)->document, "Approved") == 0;
	struct cm_view coarse = cm_view_text(d->changes != NULL ? "answered" : "executing");
	states[1] = (struct cm_hi1_state){.object = d->request->id,
	        .status = {CM_DICTIONARY_REQUEST_STATE, d->changes != NULL || approved ? coarse : fine.value}};
	o->notification.details = cm_arena_copy(&d->arena, cm_buf_view(&words));
	o->notification.type = cm_hi1_entry_of(CM_DICTIONARY_NOTIFICATION_TYPE, cm_decide_notification_type(d));
	o->notification.is_new = CM_HI1_YES;
	o->notification.at = cm_instant_of_seconds(cm_instant_seconds(d->now));
	o->notification.states = states;
	o->notification.state_count = task ? 2 : 1;
	return CM_OK;
}
