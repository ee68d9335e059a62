// Knows: how each job of the message reader is done with the formats and the law's tables. Does not know: who asked, or
// what follows from the answer. Runs in the message reader only.
#include "node/reader_message.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/joint.h"
#include "domain/kind.h"
#include "domain/receipt.h"
#include "domain/request.h"
#include "domain/request_facts.h"
#include "domain/said.h"
#include "domain/trust.h"
#include "format/answer_doc.h"
#include "format/json.h"
#include "format/proof.h"
#include "os/clock.h"
#include "node/ipc_findings.h"
#include "node/node_name.h"
#include "node/reader.h"
#include "node/reader_message_ipc.h"

static void
cm_reader_sha256(struct cm_view bytes, uint8_t ret_digest[32])
{
	struct cm_hash h = cm_hash_of(bytes);
	memcpy(ret_digest, h.b, sizeof h.b);
}

// For lists: the first sentence or so of what the request is about.
static struct cm_view
cm_reader_title(const struct cm_request_doc *doc)
{
	struct cm_view text = doc->proceeding.subject;
	if (text.n == 0 && doc->data_count > 0)
		text = doc->data[0].description;
	if (text.n == 0)
		text = doc->facts;
	size_t n = text.n < 180 ? text.n : 180;
	while (n > 0 && n < text.n && (text.p[n] & 0xc0) == 0x80)
		n--;
	return cm_view_part(text, 0, n);
}

// The task of the preservation that this message is about: the one that it changes, or that its own task refers to.
static struct cm_view
cm_reader_parent(const struct cm_hi1_action *action)
{
	const struct cm_hi1_object *task = action == NULL ? NULL : action->object;
	if (task != NULL && action->verb == CM_HI1_VERB_UPDATE)
		return task->id;
	if (task == NULL || task->type != CM_HI1_TYPE_DISCLOSURE)
		return cm_view_of(NULL, 0);
	for (size_t i = 0; i < task->disclosure.preservation_count; i++)
		if (cm_view_is(task->disclosure.preservations[i].nature, "comity:ObjectIdentifier"))
			return task->disclosure.preservations[i].value;
	return cm_view_of(NULL, 0);
}

// The request that the document names as the first.
static struct cm_view
cm_reader_relates(const struct cm_request_doc *doc)
{
	return doc->relates_to_count == 0 ? cm_view_of(NULL, 0) : doc->relates_to[0].id;
}

// How the document belongs to a joint undertaking; NULL: to none.
static const struct cm_doc_relation *
cm_reader_undertaking(const struct cm_request_doc *doc)
{
	for (size_t i = 0; i < doc->relates_to_count; i++)
		if (cm_joint_part_find(doc->relates_to[i].how) != CM_JOINT_NO_PART)
			return &doc->relates_to[i];
	return NULL;
}

static void
cm_reader_undertaking_put(const struct cm_request_doc *doc, struct cm_buf *answer)
{
	const struct cm_doc_relation *within = cm_reader_undertaking(doc);
	cm_buf_field(answer, within == NULL ? cm_view_of(NULL, 0) : within->id);
	cm_buf_field(answer, within == NULL ? cm_view_of(NULL, 0) : within->how);
}

// What the call says beside the draft: the request belongs to an undertaking, or begins one that has its own number.
static cm_result
cm_reader_undertake(struct cm_draft *draft, const struct cm_draft_told *told, enum cm_kind kind, struct cm_report *report)
{
	size_t n = draft->doc.relates_to_count;
	enum cm_joint_part part = kind != CM_KIND_JOINT ? CM_JOINT_WITHIN : draft->founds ? CM_JOINT_FOUNDS : CM_JOINT_JOINS;
	struct cm_view id = draft->undertaking.n > 0 ? draft->undertaking : told->document;
	if (draft->undertaking.n == 0 && !draft->founds)
		return CM_OK;
	if (draft->founds && kind != CM_KIND_JOINT)
		return cm_report_refuse(report, CM_ERROR_UNDERTAKING_KIND, "founds", "%s", cm_kind_row(kind)->code);
	if (cm_reader_undertaking(&draft->doc) != NULL)
		return cm_report_refuse(report, CM_ERROR_API_MEMBER, "undertaking", "%s", "the draft names one itself");
	struct cm_doc_relation *all = cm_arena_new_many(&draft->arena, n + 1, sizeof *all);
	if (all == NULL)
		return CM_NOMEM;
	if (n > 0)
		memcpy(all, draft->doc.relates_to, n * sizeof *all);
	all[n] = (struct cm_doc_relation){.id = id, .how = cm_view_text(cm_joint_part_name(part))};
	draft->doc.relates_to = all;
	draft->doc.relates_to_count = n + 1;
	return CM_OK;
}

static const struct cm_hi1_action *
cm_reader_task(const struct cm_hi1_message *message)
{
	for (size_t i = 0; i < message->action_count; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		if (o != NULL && (o->type == CM_HI1_TYPE_PRESERVATION || o->type == CM_HI1_TYPE_DISCLOSURE))
			return &message->actions[i];
	}
	return NULL;
}

static cm_result
cm_reader_facts_of(const struct cm_request_doc *doc, const struct cm_hi1_message *message, struct cm_facts *facts)
{
	const struct cm_hi1_action *action = cm_reader_task(message);
	const struct cm_hi1_object *task = action == NULL ? NULL : action->object;
	cm_request_facts_document(doc, facts);
	if (task != NULL && action->verb == CM_HI1_VERB_UPDATE)
		cm_facts_put(facts, cm_view_text("task.preservation"), task->id);
	if (task != NULL && task->type == CM_HI1_TYPE_PRESERVATION)
		cm_request_facts_preservation(&task->preservation, facts);
	else if (task != NULL)
		cm_request_facts_disclosure(&task->disclosure, facts);
	return cm_facts_result(facts);
}

// Holds a request document against the law's tables.
static cm_result
cm_reader_check(const struct cm_request_doc *doc, const struct cm_hi1_message *message,
                const struct cm_reader_told *told, struct cm_report *report, struct cm_report *advice)
{
	struct cm_node_name sender, receiver;
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	enum cm_kind kind = CM_KIND_NONE;
	cm_facts_init(&facts);
	cm_result r = cm_reader_facts_of(doc, message, &facts);
	if (r == CM_OK)
		r = cm_kind_check(doc->kind, report, &kind);
	if (r == CM_OK)
		r = cm_node_name_join(message->sender.country, message->sender.id, report, &sender);
	if (r == CM_OK)
		r = cm_node_name_join(message->receiver.country, message->receiver.id, report, &receiver);
	if (r == CM_OK)
		r = cm_request_check(&facts,
		                     &(struct cm_request_told){.kind = kind,
		                             .now = told->now,
		                             .sender = told->sender,
		                             .receiver = told->receiver,
		                             .node = cm_view_text(sender.whole),
		                             .to = cm_view_text(receiver.whole)},
		                     report);
	if (r == CM_OK && advice != NULL)
		cm_request_advise(&facts, kind, advice);
	return r;
}

// One judged document: id, title, parent, related request, flags, findings.
static void
cm_reader_judge(const struct cm_hi1_object *object, const struct cm_hi1_message *message,
                const struct cm_reader_told *told, struct cm_buf *answer)
{
	struct cm_report report = {0};
	struct cm_request_doc CM_CLEANUP(cm_request_doc_fini) doc = {.id = {0}};
	struct cm_buf CM_CLEANUP(cm_buf_fini) findings = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	const struct cm_hi1_action *task = cm_reader_task(message);
	cm_result r = cm_request_doc_read(object->document.body->contents, &report, &doc);
	if (r == CM_OK && !cm_view_equal(doc.id, object->id))
		r = cm_report_refuse(&report, CM_ERROR_DOCUMENT_VALUE, "/id", "%.*s", CM_VIEW_ARG(doc.id));
	if (r == CM_OK && message->workflow.n > 0 && !cm_view_equal(doc.kind, message->workflow))
		r = cm_report_refuse(&report, CM_ERROR_HI1_WORKFLOW_MISMATCH, "/Header/WorkflowIdentifier", "%.*s, but the request says %.*s",
		                     CM_VIEW_ARG(message->workflow), CM_VIEW_ARG(doc.kind));
	if (r == CM_OK)
		r = cm_reader_check(&doc, message, told, &report, NULL);
	cm_ipc_findings_write(r == CM_OK ? CM_REFUSED : r, &report, &findings);
	cm_buf_field(answer, object->id);
	cm_buf_field(answer, cm_reader_title(&doc));
	cm_buf_field(answer, cm_reader_parent(task));
	cm_buf_field(answer, cm_reader_relates(&doc));
	cm_reader_undertaking_put(&doc, answer);
	cm_buf_u8(answer, r == CM_OK);
	cm_buf_u8(answer, r == CM_REFUSED && cm_request_only_gaps(&report));
	cm_buf_field(answer, cm_buf_view(&findings));
}

static bool
cm_reader_is_request(const struct cm_hi1_action *action)
{
	const struct cm_hi1_object *o = action->object;
	return action->verb == CM_HI1_VERB_CREATE && o != NULL && o->type == CM_HI1_TYPE_DOCUMENT &&
	       cm_view_is(o->document.type.value, "Request") && o->document.body != NULL;
}

// Does a notification of the message tell this state? One that tells none contradicts nothing.
static bool
cm_reader_tells(const struct cm_hi1_message *message, struct cm_view state)
{
	size_t told = 0;
	for (size_t i = 0; i < message->action_count; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		bool tells = message->actions[i].verb == CM_HI1_VERB_CREATE && o != NULL && o->type == CM_HI1_TYPE_NOTIFICATION;
		for (size_t k = 0; tells && k < o->notification.state_count; k++, told++)
			if (cm_view_equal(o->notification.states[k].status.value, state))
				return true;
	}
	return told == 0;
}

// The member of an answer document that does not fit the message it comes with, or NULL: another object, about something
// else, in another authority's name, or another state than the one that is told.
static const char *
cm_reader_unfit(const struct cm_hi1_message *message, const struct cm_hi1_object *o, const struct cm_answer_doc *doc)
{
	char node[CM_X509_NODE];
	bool about = false;
	snprintf(node, sizeof node, "%c%c.%.*s", message->sender.country.p[0] | 0x20, message->sender.country.p[1] | 0x20,
	         CM_VIEW_ARG(message->sender.id));
	for (size_t i = 0; i < o->associated_count; i++)
		about = about || cm_view_equal(o->associated[i], doc->answers);
	return !about                                                            ? "/answers"
	       : !cm_view_equal(doc->id, o->id)                                  ? "/id"
	       : doc->answering != NULL && doc->answering->node.n > 0 && !cm_view_is(doc->answering->node, node) ? "/answering/node"
	       : !cm_reader_tells(message, doc->state)                           ? "/state"
	                                                                         : NULL;
}

// Judges an answer document that comes with a message: its form, and that it belongs to it.
static void
cm_reader_judge_answer(const struct cm_hi1_message *message, struct cm_hi1_action *action)
{
	const struct cm_hi1_object *o = action->object;
	struct cm_answer_doc CM_CLEANUP(cm_answer_doc_fini) doc = {.arena = {NULL, false}};
	struct cm_report report = {0};
	cm_result r = cm_answer_doc_read(o->document.body->contents, &report, &doc);
	const char *unfit = r == CM_OK ? cm_reader_unfit(message, o, &doc) : NULL;
	if (r == CM_OK && unfit == NULL)
		return;
	const struct cm_finding *f = &report.findings[0];
	action->fault.error = CM_HI1_ERROR_DOCUMENT_INVALID;
	snprintf(action->fault.place, sizeof action->fault.place, "%s", "/doc:DocumentBody");
	if (unfit != NULL)
		snprintf(action->fault.seen, sizeof action->fault.seen, "%s", unfit);
	else
		snprintf(action->fault.seen, sizeof action->fault.seen, "%.80s %.160s", report.count > 0 ? f->place : "",
		         report.count > 0 ? f->seen : "");
}

static bool
cm_reader_is_answer(const struct cm_hi1_action *action)
{
	const struct cm_hi1_object *o = action->object;
	return action->verb == CM_HI1_VERB_CREATE && o != NULL && o->type == CM_HI1_TYPE_DOCUMENT && o->document.body != NULL &&
	       cm_view_is(o->document.body->content_type, CM_HI1_CONTENT_TYPE_ANSWER);
}

// The receipt in an answer, taken apart: what its act says is a stranger's JSON, what is left for the node are bytes.
static void
cm_reader_receipt_parts(const struct cm_hi1_message *message, struct cm_buf *answer)
{
	struct cm_act_file CM_CLEANUP(cm_act_fini) act = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) file = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE);
	uint8_t entry[CM_ACT_RECORD_ENTRY];
	struct cm_proof proof;
	struct cm_view receipt = message->response ? cm_hi1_message_receipt(message) : cm_view_of(NULL, 0);
	bool good = receipt.n > 0 && cm_proof_read(receipt, NULL, &proof) == CM_OK &&
	            cm_b64_read(proof.extra, CM_B64_STANDARD, &file) && cm_act_read(cm_buf_view(&file), NULL, &act) == CM_OK &&
	            cm_receipt_entry(&act, entry) == CM_OK;
	const struct cm_act_slot *artifact = &act.slots[CM_ACT_SLOT(CM_ACT_FIELD_ARTIFACT)];
	cm_buf_field(answer, good ? cm_view_of(entry, sizeof entry) : cm_view_of(NULL, 0));
	cm_buf_field(answer, good && artifact->open ? artifact->value : cm_view_of(NULL, 0));
}

// The parties that an answer document of the message tells, as the node keeps them.
static void
cm_reader_roll(const struct cm_hi1_message *message, struct cm_buf *answer)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) roll = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	for (size_t i = 0; i < message->action_count && !message->response && roll.n == 0; i++) {
		struct cm_answer_doc CM_CLEANUP(cm_answer_doc_fini) doc = {.arena = {NULL, false}};
		if (cm_reader_is_answer(&message->actions[i]) &&
		    cm_answer_doc_read(message->actions[i].object->document.body->contents, NULL, &doc) == CM_OK && doc.party_count > 0)
			cm_joint_roll_write(doc.parties, doc.party_count, &roll);
	}
	cm_buf_field(answer, cm_buf_view(&roll));
}

static cm_result
cm_reader_hi1(struct cm_rd *rd, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_reader_told told;
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) message = {.action_count = 0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	cm_reader_told_read(rd, &told);
	struct cm_view json = cm_rd_field(rd);
	if (!cm_rd_done(rd))
		return CM_BUG;
	cm_result r = cm_hi1_message_read(json, &(struct cm_hi1_read_options){.sha256 = cm_reader_sha256}, report, &message);
	for (size_t i = 0; r == CM_OK && i < message.action_count && !message.response; i++)
		if (cm_reader_is_answer(&message.actions[i]) && message.actions[i].fault.error == CM_HI1_ERROR_NONE)
			cm_reader_judge_answer(&message, &message.actions[i]);
	if (r == CM_OK)
		r = cm_hi1_message_write_wire(&message, &wire);
	if (r != CM_OK)
		return r;
	cm_buf_field(answer, cm_buf_view(&wire));
	uint8_t n = 0;
	for (size_t i = 0; i < message.action_count && !message.response; i++)
		n = (uint8_t)(n + (cm_reader_is_request(&message.actions[i]) && n < CM_READER_JUDGED));
	cm_buf_u8(answer, n);
	for (size_t i = 0; i < message.action_count && n > 0; i++)
		if (cm_reader_is_request(&message.actions[i])) {
			cm_reader_judge(message.actions[i].object, &message, &told, answer);
			n--;
		}
	cm_reader_receipt_parts(&message, answer);
	cm_reader_roll(&message, answer);
	cm_reader_ends(&message, answer);
	return cm_buf_result(answer);
}

static cm_result
cm_reader_draft(struct cm_rd *rd, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_reader_told told;
	struct cm_draft_told draft_told;
	struct cm_draft CM_CLEANUP(cm_draft_fini) draft = {.preservation_count = 0};
	struct cm_hi1_message message;
	struct cm_report advice = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) canonical = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) wire = cm_buf_of(CM_LIMIT_HI1_WIRE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) advised = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) flat = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	enum cm_kind kind = CM_KIND_NONE;
	cm_reader_told_read(rd, &told);
	cm_facts_init(&facts);
	cm_reader_draft_told_read(rd, &draft_told);
	draft_told.sha256 = cm_reader_sha256;
	struct cm_view json = cm_rd_field(rd);
	struct cm_buf CM_CLEANUP(cm_buf_fini) whole = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (!cm_rd_done(rd))
		return CM_BUG;
	cm_result r = CM_OK;
	if (told.chain.message.n > 0) {
		r = cm_reader_chain(&told, &(struct cm_hi1_read_options){.sha256 = cm_reader_sha256}, json, report, &whole);
		json = cm_buf_view(&whole);
	}
	if (r == CM_OK)
		r = cm_draft_read(json, &draft_told, report, &draft);
	if (r == CM_OK)
		r = cm_kind_check(draft.doc.kind, report, &kind);
	if (r == CM_OK)
		r = cm_reader_undertake(&draft, &draft_told, kind, report);
	if (r == CM_OK)
		r = cm_draft_message(&draft, &draft_told, cm_kind_draft(kind), report, &message);
	if (r == CM_OK)
		r = cm_reader_check(&draft.doc, &message, &told, report, &advice);
	if (r == CM_OK)
		r = cm_reader_facts_of(&draft.doc, &message, &facts);
	if (r == CM_OK)
		r = cm_hi1_message_write(&message, &canonical);
	if (r == CM_OK)
		r = cm_hi1_message_write_wire(&message, &wire);
	if (r != CM_OK)
		return r;
	cm_ipc_findings_write(CM_REFUSED, &advice, &advised);
	cm_buf_field(answer, cm_buf_view(&canonical));
	cm_buf_field(answer, cm_buf_view(&wire));
	cm_buf_field(answer, cm_reader_title(&draft.doc));
	cm_buf_field(answer, cm_reader_parent(cm_reader_task(&message)));
	cm_buf_field(answer, cm_reader_relates(&draft.doc));
	cm_reader_undertaking_put(&draft.doc, answer);
	cm_buf_field(answer, draft.to);
	cm_buf_field(answer, draft.case_id);
	cm_buf_field(answer, cm_buf_view(&advised));
	cm_reader_ends(&message, answer);
	cm_facts_write(&facts, &flat);
	cm_buf_field(answer, cm_buf_view(&flat));
	return cm_buf_result(answer);
}

static cm_result
cm_reader_card(struct cm_rd *rd, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_instant now = {.us = (int64_t)cm_rd_u64be(rd)};
	struct cm_view json = cm_rd_field(rd);
	struct cm_card CM_CLEANUP(cm_card_fini) card = {.serial = 0};
	struct cm_identity identity;
	if (!cm_rd_done(rd))
		return CM_BUG;
	cm_result r = cm_card_read(json, report, &card);
	// Every card that this node ever trusts passes here, its own as well: an exercise and real life never meet.
	if (r == CM_OK && (card.exercise != 0) != (cm_clock_exercise_file() != NULL))
		r = cm_report_refuse(report, CM_ERROR_EXERCISE_MIXED, "card", "%.*s: %s", CM_VIEW_ARG(card.node),
		                     card.exercise != 0 ? "its card says exercise, this node runs in earnest"
		                                        : "its card says nothing of an exercise, this node runs in one");
	if (r == CM_OK)
		r = cm_identity_check(&card, &(struct cm_identity_question){.at = now}, report, &identity);
	if (r == CM_OK)
		cm_reader_card_write(&card, &identity, answer);
	return r == CM_OK ? cm_buf_result(answer) : r;
}

// A list whose signer was made for exercises is for nodes of an exercise, and theirs are no others.
static cm_result
cm_reader_directory_earnest(const struct cm_directory *list, struct cm_report *report)
{
	struct cm_x509 signer;
	cm_result r = cm_x509_read(cm_directory_is_states(list) ? list->certificate
	                                                        : list->anchors[list->anchor_count - 1].certificate,
	                           report, &signer);
	if (r == CM_OK && signer.exercise != (cm_clock_exercise_file() != NULL))
		r = cm_report_refuse(report, CM_ERROR_EXERCISE_MIXED, "signature", "%s",
		                     signer.exercise ? "the list is of an exercise" : "the list is a real one");
	return r;
}

static cm_result
cm_reader_directory(struct cm_rd *rd, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_view json = cm_rd_field(rd);
	struct cm_directory CM_CLEANUP(cm_directory_fini) list = {.version = 0};
	if (!cm_rd_done(rd))
		return CM_BUG;
	cm_result r = cm_directory_read(json, report, &list);
	if (r == CM_OK)
		r = cm_trust_check_signed(&list, report);
	if (r == CM_OK)
		r = cm_reader_directory_earnest(&list, report);
	if (r == CM_OK)
		cm_directory_wire_write(&list, answer);
	return r == CM_OK ? cm_buf_result(answer) : r;
}

struct cm_reader_flat {
	struct cm_facts *facts;
	const char *path; // of the value whose members are walked
};

static void cm_reader_flatten(struct cm_facts *facts, const char *path, const struct cm_json_value *value);

// A draft is told apart by its digest alone.
static bool
cm_reader_flatten_draft(struct cm_facts *facts, const struct cm_json_value *value)
{
	char text[65];
	struct cm_buf CM_CLEANUP(cm_buf_fini) plain = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (cm_json_canonical(value, NULL, &plain) != CM_OK)
		return true;
	struct cm_hash digest = cm_hash_of(cm_buf_view(&plain));
	cm_hex_text(cm_hash_view(&digest), text);
	cm_facts_put_text(facts, "draft", text);
	return true;
}

static bool
cm_reader_flatten_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	const struct cm_reader_flat *flat = context;
	struct cm_buf CM_CLEANUP(cm_buf_fini) path = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (*flat->path == 0 && cm_view_is(name, "draft"))
		return cm_reader_flatten_draft(flat->facts, value); // has a job of its own
	cm_buf_printf(&path, "%s%s", flat->path, *flat->path == 0 ? "" : ".");
	cm_buf_view_add(&path, name);
	cm_reader_flatten(flat->facts, cm_buf_cstr(&path), value);
	return true;
}

static void
cm_reader_flatten(struct cm_facts *facts, const char *path, const struct cm_json_value *value)
{
	struct cm_reader_flat flat = {facts, path};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	switch (cm_json_kind(value)) {
	case CM_JSON_OBJECT:
		cm_json_members(value, cm_reader_flatten_member, &flat);
		return;
	case CM_JSON_ARRAY:
		for (size_t i = 0; i < cm_json_count(value); i++) {
			cm_buf_clear(&text);
			cm_buf_printf(&text, "%s[%zu]", path, i);
			cm_reader_flatten(facts, cm_buf_cstr(&text), cm_json_at(value, i));
		}
		return;
	case CM_JSON_TEXT:
		cm_facts_put(facts, cm_view_text(path), cm_json_text(value));
		return;
	case CM_JSON_NUMBER:
		cm_buf_printf(&text, "%lld", (long long)cm_json_number(value));
		cm_facts_put(facts, cm_view_text(path), cm_buf_view(&text));
		return;
	case CM_JSON_TRUE:
	case CM_JSON_FALSE:
		cm_facts_put_text(facts, path, cm_json_kind(value) == CM_JSON_TRUE ? "true" : "false");
		return;
	case CM_JSON_NULL:
		return;
	}
}

static cm_result
cm_reader_facts(struct cm_rd *rd, struct cm_report *report, struct cm_buf *answer)
{
	uint32_t shape = cm_rd_u32be(rd);
	struct cm_view json = cm_rd_field(rd);
	struct cm_json CM_CLEANUP(cm_json_free_at) *tree = NULL;
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	cm_facts_init(&facts);
	if (!cm_rd_done(rd) || shape >= CM_API_SHAPE_END)
		return CM_BUG;
	cm_result r = cm_json_read(json, CM_LIMIT_MESSAGE_BYTES_VALUE, report, &tree);
	if (r == CM_OK && shape != CM_API_SHAPE_NONE)
		r = cm_shape_check((enum cm_api_shape)shape, cm_json_root(tree), report);
	if (r != CM_OK)
		return r;
	cm_reader_flatten(&facts, "", cm_json_root(tree));
	r = cm_facts_result(&facts);
	if (r == CM_OK)
		cm_facts_write(&facts, answer);
	return r == CM_OK ? cm_buf_result(answer) : r;
}

struct cm_reader_merge {
	const struct cm_json_value *body;
	struct cm_buf *to; // an object that is open
	cm_result result;
};

static void
cm_reader_merge_member(void *context, const char *member)
{
	struct cm_reader_merge *merge = context;
	const struct cm_json_value *value = cm_json_member(merge->body, member);
	if (value == NULL || merge->result != CM_OK)
		return;
	cm_buf_printf(merge->to, ",\"%s\":", member);
	merge->result = cm_json_canonical(value, NULL, merge->to);
}

static cm_result
cm_reader_words(struct cm_rd *rd, struct cm_report *report, struct cm_buf *answer)
{
	enum cm_event event = (enum cm_event)cm_rd_u32be(rd);
	enum cm_answer_word word = (enum cm_answer_word)cm_rd_u32be(rd);
	struct cm_view base = cm_rd_field(rd), body = cm_rd_field(rd);
	struct cm_json CM_CLEANUP(cm_json_free_at) *tree = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) merged = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_answer_doc CM_CLEANUP(cm_answer_doc_fini) doc = {.arena = {NULL, false}};
	if (!cm_rd_done(rd) || base.n == 0 || event >= CM_EVENT_END || word >= CM_ANSWER_WORD_END)
		return CM_BUG;
	cm_buf_view_add(&merged, cm_view_part(base, 0, base.n - 1)); // without its last brace
	cm_result r = body.n == 0 ? CM_OK : cm_json_read(body, CM_LIMIT_MESSAGE_BYTES_VALUE, report, &tree);
	if (r == CM_OK && tree != NULL) {
		struct cm_reader_merge merge = {cm_json_root(tree), &merged, CM_OK};
		cm_said_members(event, word, cm_reader_merge_member, &merge);
		r = merge.result;
	}
	cm_buf_text(&merged, "}");
	if (r == CM_OK)
		r = cm_answer_doc_read(cm_buf_view(&merged), report, &doc);
	return r == CM_OK ? cm_answer_doc_write(&doc, answer) : r;
}

cm_result
cm_reader_message_handle(struct cm_view message, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_rd rd = cm_rd_of(message);
	switch ((enum cm_reader_job)cm_rd_u8(&rd)) {
	case CM_READER_JOB_HI1:
		return cm_reader_hi1(&rd, report, answer);
	case CM_READER_JOB_DRAFT:
		return cm_reader_draft(&rd, report, answer);
	case CM_READER_JOB_CARD:
		return cm_reader_card(&rd, report, answer);
	case CM_READER_JOB_DIRECTORY:
		return cm_reader_directory(&rd, report, answer);
	case CM_READER_JOB_FACTS:
		return cm_reader_facts(&rd, report, answer);
	case CM_READER_JOB_WORDS:
		return cm_reader_words(&rd, report, answer);
	}
	return CM_BUG;
}
