// Knows: how the node asks its message reader. Does not believe it beyond the bytes it gave: every record is checked again
// when it is taken out of the answer.
#include "node/reader_message_ipc.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "node/ipc_findings.h"
#include "node/tab_frame.h"

void
cm_reader_client_init(struct cm_reader_client *client, int fd)
{
	cm_ask_init(&client->channel, fd, CM_LIMIT_READER_MS_VALUE * INT64_C(1000));
}

void
cm_reader_client_fini(struct cm_reader_client *client)
{
	cm_ask_fini(&client->channel);
}

void
cm_reader_client_renew(struct cm_reader_client *client, int fd)
{
	cm_ask_renew(&client->channel, fd);
}

// One question. The answer's payload is appended to `to`.
static cm_result
cm_reader_client_ask(struct cm_reader_client *client, const struct cm_buf *job, struct cm_report *report,
                     struct cm_buf *to)
{
	struct cm_ask ask = {.type = CM_FRAME_MESSAGE, .payload = cm_buf_view(job), .to = to};
	if (cm_buf_result(job) != CM_OK)
		return cm_report_refuse(report, CM_ERROR_IPC_FRAME, "message reader", "%zu bytes", job->n);
	cm_result r = cm_ask(&client->channel, &ask, 1, report);
	if (r != CM_OK || ask.ret_type == CM_FRAME_DONE)
		return r;
	return cm_ipc_findings_read(cm_buf_view(to), report);
}

static struct cm_buf
cm_reader_client_job(enum cm_reader_job job)
{
	struct cm_buf b = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_buf_u8(&b, (uint8_t)job);
	return b;
}

static cm_result
cm_reader_client_malformed(struct cm_report *report)
{
	return cm_report_failed(report, CM_ERROR_IPC_FRAME, "message reader", "malformed answer");
}

static bool
cm_reader_client_text(struct cm_view v, char *to, size_t room)
{
	if (v.n >= room)
		return false;
	memset(to, 0, room);
	if (v.n > 0)
		memcpy(to, v.p, v.n);
	return true;
}

void
cm_reader_read_fini(struct cm_reader_read *read)
{
	if (read == NULL)
		return;
	cm_hi1_message_fini(&read->message);
	cm_buf_fini(&read->bytes);
}

static bool
cm_reader_client_judged(struct cm_rd *rd, struct cm_reader_judged *judged)
{
	bool good = cm_reader_client_text(cm_rd_field(rd), judged->document, sizeof judged->document) &&
	            cm_reader_client_text(cm_rd_field(rd), judged->title, sizeof judged->title) &&
	            cm_reader_client_text(cm_rd_field(rd), judged->parent, sizeof judged->parent) &&
	            cm_reader_client_text(cm_rd_field(rd), judged->relates, sizeof judged->relates) &&
	            cm_reader_client_text(cm_rd_field(rd), judged->undertaking, sizeof judged->undertaking) &&
	            cm_reader_client_text(cm_rd_field(rd), judged->part, sizeof judged->part);
	judged->good = cm_rd_u8(rd) == 1;
	judged->only_gaps = cm_rd_u8(rd) == 1;
	judged->findings = cm_rd_field(rd);
	return good && cm_ipc_findings_read(judged->findings, NULL) == CM_REFUSED;
}

void
cm_reader_judged_report(const struct cm_reader_judged *judged, struct cm_report *report)
{
	cm_result_ignore(cm_ipc_findings_read(judged->findings, report), "it was judged when it came");
}

cm_result
cm_reader_client_hi1(struct cm_reader_client *client, struct cm_view json, const struct cm_reader_told *told,
                     struct cm_report *report, struct cm_reader_read *ret_read)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) job = cm_reader_client_job(CM_READER_JOB_HI1);
	cm_reader_told_write(told, &job);
	cm_buf_field(&job, json);
	memset(ret_read, 0, sizeof *ret_read);
	ret_read->bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_reader_client_ask(client, &job, report, &ret_read->bytes);
	if (r != CM_OK)
		return r;
	struct cm_rd rd = cm_rd_of(cm_buf_view(&ret_read->bytes));
	ret_read->wire = cm_rd_field(&rd);
	ret_read->judged_count = cm_rd_u8(&rd);
	bool good = ret_read->judged_count <= CM_READER_JUDGED;
	for (size_t i = 0; good && i < ret_read->judged_count; i++)
		good = cm_reader_client_judged(&rd, &ret_read->judged[i]);
	ret_read->receipt_entry = cm_rd_field(&rd);
	ret_read->receipt_artifact = cm_rd_field(&rd);
	ret_read->roll = cm_rd_field(&rd);
	good = good && cm_event_ends_read(&rd, &ret_read->ends) && cm_event_clocks_read(&rd, &ret_read->clocks);
	if (!good || !cm_rd_done(&rd) || cm_hi1_message_read_wire(ret_read->wire, report, &ret_read->message) != CM_OK)
		return cm_reader_client_malformed(report);
	return CM_OK;
}

void
cm_reader_draft_fini(struct cm_reader_draft *draft)
{
	if (draft == NULL)
		return;
	cm_hi1_message_fini(&draft->message);
	cm_facts_fini(&draft->facts);
	cm_buf_fini(&draft->bytes);
}

cm_result
cm_reader_client_draft(struct cm_reader_client *client, struct cm_view json, const struct cm_draft_told *draft_told,
                       const struct cm_reader_told *told, struct cm_report *report, struct cm_reader_draft *ret_draft)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) job = cm_reader_client_job(CM_READER_JOB_DRAFT);
	cm_reader_told_write(told, &job);
	cm_reader_draft_told_write(draft_told, &job);
	cm_buf_field(&job, json);
	memset(ret_draft, 0, sizeof *ret_draft);
	ret_draft->bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_reader_client_ask(client, &job, report, &ret_draft->bytes);
	if (r != CM_OK)
		return r;
	struct cm_rd rd = cm_rd_of(cm_buf_view(&ret_draft->bytes));
	ret_draft->canonical = cm_rd_field(&rd);
	ret_draft->wire = cm_rd_field(&rd);
	bool good = cm_reader_client_text(cm_rd_field(&rd), ret_draft->title, sizeof ret_draft->title) &&
	            cm_reader_client_text(cm_rd_field(&rd), ret_draft->parent, sizeof ret_draft->parent) &&
	            cm_reader_client_text(cm_rd_field(&rd), ret_draft->relates, sizeof ret_draft->relates) &&
	            cm_reader_client_text(cm_rd_field(&rd), ret_draft->undertaking, sizeof ret_draft->undertaking) &&
	            cm_reader_client_text(cm_rd_field(&rd), ret_draft->part, sizeof ret_draft->part);
	ret_draft->to = cm_rd_field(&rd);
	ret_draft->case_id = cm_rd_field(&rd);
	good = good && cm_ipc_findings_read(cm_rd_field(&rd), &ret_draft->advice) == CM_REFUSED;
	struct cm_event_clocks none; // a draft has no answer document
	good = good && cm_event_ends_read(&rd, &ret_draft->ends) && cm_event_clocks_read(&rd, &none);
	struct cm_rd flat = cm_rd_of(cm_rd_field(&rd));
	cm_facts_init(&ret_draft->facts);
	good = good && cm_facts_read(&flat, &ret_draft->facts) == CM_OK && cm_rd_done(&flat);
	if (!good || !cm_rd_done(&rd) || cm_hi1_message_read_wire(ret_draft->wire, report, &ret_draft->message) != CM_OK)
		return cm_reader_client_malformed(report);
	return CM_OK;
}

void
cm_reader_card_fini(struct cm_reader_card *card)
{
	if (card != NULL)
		cm_buf_fini(&card->bytes);
}

cm_result
cm_reader_client_card(struct cm_reader_client *client, struct cm_view json, struct cm_instant now,
                      struct cm_report *report, struct cm_reader_card *ret_card)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) job = cm_reader_client_job(CM_READER_JOB_CARD);
	cm_buf_u64be(&job, (uint64_t)now.us);
	cm_buf_field(&job, json);
	memset(ret_card, 0, sizeof *ret_card);
	ret_card->bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_reader_client_ask(client, &job, report, &ret_card->bytes);
	if (r == CM_OK && !cm_reader_card_read(cm_buf_view(&ret_card->bytes), ret_card))
		r = cm_reader_client_malformed(report);
	return r;
}

void
cm_reader_directory_fini(struct cm_reader_directory *directory)
{
	if (directory == NULL)
		return;
	cm_directory_fini(&directory->list);
	cm_buf_fini(&directory->bytes);
}

cm_result
cm_reader_client_directory(struct cm_reader_client *client, struct cm_view json, struct cm_report *report,
                           struct cm_reader_directory *ret_directory)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) job = cm_reader_client_job(CM_READER_JOB_DIRECTORY);
	cm_buf_field(&job, json);
	memset(ret_directory, 0, sizeof *ret_directory);
	ret_directory->bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_reader_client_ask(client, &job, report, &ret_directory->bytes);
	if (r == CM_OK && !cm_directory_wire_read(cm_buf_view(&ret_directory->bytes), &ret_directory->list))
		r = cm_reader_client_malformed(report);
	return r;
}

cm_result
cm_reader_client_facts(struct cm_reader_client *client, enum cm_api_shape shape, struct cm_view json,
                       struct cm_report *report, struct cm_facts *ret_facts)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) job = cm_reader_client_job(CM_READER_JOB_FACTS);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_buf_u32be(&job, (uint32_t)shape);
	cm_buf_field(&job, json);
	cm_result r = cm_reader_client_ask(client, &job, report, &answer);
	if (r != CM_OK)
		return r;
	struct cm_rd rd = cm_rd_of(cm_buf_view(&answer));
	if (cm_facts_read(&rd, ret_facts) != CM_OK || !cm_rd_done(&rd))
		return cm_reader_client_malformed(report);
	return CM_OK;
}

cm_result
cm_reader_client_words(struct cm_reader_client *client, const struct cm_reader_words *words, struct cm_report *report,
                       struct cm_buf *ret_document)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) job = cm_reader_client_job(CM_READER_JOB_WORDS);
	cm_buf_u32be(&job, words->event);
	cm_buf_u32be(&job, words->word);
	cm_buf_field(&job, words->base);
	cm_buf_field(&job, words->body);
	return cm_reader_client_ask(client, &job, report, ret_document);
}
