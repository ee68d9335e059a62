// Knows: how an answer is formed, gets its receipt, and is signed (doc/spec/profile.md, sections 5 and 6). Does not know:
// why it says what it says (take.c).
#include "node/hi1_answer.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "format/act.h"
#include "format/proof.h"

cm_result
cm_hi1_answer_sign(struct cm_node *node, const struct cm_hi1_message *record, const struct cm_hash *request,
                   struct cm_report *report, struct cm_buf *to)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) canonical = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) protected = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) signature = cm_buf_of(256);
	struct cm_jws_spec spec = {.certificate = node->self.identity.sign_certificate, .request = request};
	struct cm_key_signature sig;
	cm_result r = cm_hi1_message_write(record, &canonical);
	if (r == CM_OK)
		r = cm_jws_protected_write(&spec, &protected);
	struct cm_ipc_hi1 hi1 = {.protected_b64 = cm_buf_view(&protected), .payload = cm_buf_view(&canonical)};
	if (r == CM_OK)
		r = cm_keeper_client_sign_hi1(&node->keeper, &hi1, report, &sig);
	if (r != CM_OK)
		return r;
	cm_jws_signature_write(&sig, &signature);
	return cm_hi1_message_sign(hi1.payload, hi1.protected_b64, cm_buf_view(&signature), to);
}

static struct cm_hi1_error_info *
cm_hi1_answer_error(struct cm_arena *arena, enum cm_hi1_error error, const char *seen)
{
	struct cm_hi1_error_info *info = cm_arena_new(arena, sizeof *info);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	if (info == NULL)
		return NULL;
	cm_hi1_error_text(&text, error, NULL, seen);
	info->code = cm_hi1_error_row(error)->number;
	info->text = cm_arena_copy(arena, cm_buf_view(&text));
	return info;
}

static const char *
cm_hi1_answer_seen(const struct cm_hi1_fault *fault, char *to, size_t room)
{
	snprintf(to, room, "%s%s%s%s", cm_error_row(cm_hi1_error_row(fault->error)->rule)->text, *fault->place == 0 ? "" : " ",
	         fault->place, "");
	if (*fault->seen != 0) {
		size_t n = strlen(to);
		snprintf(to + n, room - n, ": %s", fault->seen);
	}
	return to;
}

cm_result
cm_hi1_answer_refusal(struct cm_node *node, const struct cm_hi1_message *message, const struct cm_hi1_fault *whole,
                      const struct cm_hi1_fault *faults, struct cm_arena *arena, struct cm_hi1_message *ret_answer)
{
	char seen[CM_REPORT_PLACE + 2 * CM_REPORT_SEEN], first[96] = "";
	struct cm_hi1_message answer = {
	        .sender = message->receiver,
	        .receiver = message->sender,
	        .transaction = message->transaction,
	        .response = true,
	        .workflow = whole == NULL ? message->workflow : cm_view_of(NULL, 0),
	};
	answer.sender.country = cm_view_text(node->name.country_upper);
	answer.sender.id = cm_view_text(cm_node_name_id(&node->name));
	if (whole != NULL) {
		answer.error = cm_hi1_answer_error(arena, whole->error, cm_hi1_answer_seen(whole, seen, sizeof seen));
	} else {
		answer.actions = cm_arena_new_many(arena, message->action_count, sizeof *answer.actions);
		answer.action_count = answer.actions == NULL ? 0 : message->action_count;
	}
	for (size_t i = 0; i < answer.action_count && *first == 0; i++)
		if ((faults == NULL ? &message->actions[i].fault : &faults[i])->error != CM_HI1_ERROR_NONE)
			snprintf(first, sizeof first, "action %zu failed, so nothing of this message was stored", i);
	for (size_t i = 0; i < answer.action_count; i++) {
		const struct cm_hi1_fault *fault = faults == NULL ? &message->actions[i].fault : &faults[i];
		bool own = fault->error != CM_HI1_ERROR_NONE;
		answer.actions[i].error = cm_hi1_answer_error(arena, own ? fault->error : CM_HI1_ERROR_NOT_DONE,
		                                              own ? cm_hi1_answer_seen(fault, seen, sizeof seen) : first);
	}
	*ret_answer = answer;
	return arena->failed ? CM_NOMEM : CM_OK;
}

void
cm_hi1_answer_context_write(struct cm_view wire, const struct cm_hash *request, int receipt_action, struct cm_buf *to)
{
	cm_buf_u32be(to, (uint32_t)(receipt_action + 1));
	cm_buf_add(to, request->b, sizeof request->b);
	cm_buf_field(to, wire);
}

cm_result
cm_hi1_answer_receipt(const struct cm_store_receipt *receipt, struct cm_report *report, struct cm_buf *to)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) file = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) extra = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE * 2);
	struct cm_proof proof;
	cm_result r = cm_proof_read(receipt->proof, report, &proof);
	if (r == CM_OK)
		r = cm_act_write(&receipt->act->file, &file);
	if (r != CM_OK)
		return r;
	cm_b64_write(&extra, cm_buf_view(&file), CM_B64_STANDARD);
	proof.extra = cm_buf_view(&extra);
	cm_proof_write(&proof, to);
	return cm_buf_result(to);
}

// Puts the receipt into the properties of the Document that the action returns.
static cm_result
cm_hi1_answer_put_receipt(struct cm_hi1_message *record, size_t action, struct cm_view receipt)
{
	struct cm_hi1_object *object;
	struct cm_hi1_property *property = cm_arena_new(&record->arena, sizeof *property);
	if (action >= record->action_count || record->actions[action].object == NULL)
		return CM_BUG;
	object = cm_arena_new(&record->arena, sizeof *object);
	if (object == NULL || property == NULL)
		return CM_NOMEM;
	*object = *record->actions[action].object;
	property->type = cm_hi1_entry_of(CM_DICTIONARY_DOCUMENT_PROPERTY, "receipt");
	property->value = receipt;
	object->document.properties = property;
	object->document.property_count = 1;
	record->actions[action].object = object;
	return CM_OK;
}

// One answer of a batch on its way: what is signed.
struct cm_hi1_answer_work {
	struct cm_buf canonical, protected;
};

static void
cm_hi1_answer_work_fini(struct cm_hi1_answer_work *work)
{
	cm_buf_fini(&work->canonical);
	cm_buf_fini(&work->protected);
}

static cm_result
cm_hi1_answer_make(struct cm_node *node, const struct cm_store_reply_job *job, struct cm_report *report,
                   struct cm_hi1_answer_work *work)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) record = {.action_count = 0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) receipt = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE * 3);
	struct cm_hash request;
	struct cm_rd rd = cm_rd_of(job->context);
	uint32_t action = cm_rd_u32be(&rd);
	struct cm_view digest = cm_rd_bytes(&rd, sizeof request.b);
	struct cm_view wire = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return CM_BUG;
	memcpy(request.b, digest.p, digest.n);
	cm_result r = cm_hi1_message_read_wire(wire, report, &record);
	if (r == CM_OK && action > 0 && job->receipt_count > 0) {
		r = cm_hi1_answer_receipt(&job->receipts[0], report, &receipt);
		if (r == CM_OK)
			r = cm_hi1_answer_put_receipt(&record, action - 1, cm_buf_view(&receipt));
	}
	struct cm_jws_spec spec = {.certificate = node->self.identity.sign_certificate, .request = &request};
	if (r == CM_OK)
		r = cm_hi1_message_write(&record, &work->canonical);
	return r == CM_OK ? cm_jws_protected_write(&spec, &work->protected) : r;
}

// At most CM_ASK_MANY, signed with one question to the keeper.
static cm_result
cm_hi1_answer_some(struct cm_node *node, struct cm_store_reply_job *jobs, size_t count, struct cm_report *report)
{
	struct cm_hi1_answer_work work[CM_ASK_MANY];
	struct cm_ipc_hi1 hi1[CM_ASK_MANY];
	struct cm_key_signature sigs[CM_ASK_MANY];
	cm_result r = CM_OK;
	for (size_t i = 0; i < count; i++) {
		work[i].canonical = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		work[i].protected = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
		if (r == CM_OK)
			r = cm_hi1_answer_make(node, &jobs[i], report, &work[i]);
		hi1[i] = (struct cm_ipc_hi1){
		        .protected_b64 = cm_buf_view(&work[i].protected), .payload = cm_buf_view(&work[i].canonical)};
	}
	if (r == CM_OK)
		r = cm_keeper_client_sign_hi1_many(&node->keeper, hi1, count, report, sigs);
	for (size_t i = 0; r == CM_OK && i < count; i++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) signature = cm_buf_of(256);
		cm_jws_signature_write(&sigs[i], &signature);
		r = cm_hi1_message_sign(hi1[i].payload, hi1[i].protected_b64, cm_buf_view(&signature), &jobs[i].answer);
	}
	for (size_t i = 0; i < count; i++)
		cm_hi1_answer_work_fini(&work[i]);
	return r;
}

cm_result
cm_hi1_answer_reply(void *self, struct cm_store_reply_job *jobs, size_t count, struct cm_report *report)
{
	cm_result r = CM_OK;
	for (size_t at = 0; r == CM_OK && at < count; at += CM_ASK_MANY)
		r = cm_hi1_answer_some(self, jobs + at, count - at < CM_ASK_MANY ? count - at : CM_ASK_MANY, report);
	return r;
}
