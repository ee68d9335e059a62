// Knows: that evidence is opened and exported only by its header's digest, by two persons, in a process without anything
// else; and what is kept of it. Does not know: keys, plaintext; it trusts the keeper's count of persons, not its own.
#include "node/opening.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/seal.h"
#include "format/json_put.h"
#include "node/court.h"
#include "node/delivery_tell.h"
#include "node/event.h"
#include "node/jobs.h"
#include "node/keeper_statement.h"
#include "node/reader_package.h"
#include "os/clock.h"
#include "os/dir.h"
#include "store/blobs.h"

// The sealed file as it came; cut or grown on our disk since, it is not shown, approved or opened.
static cm_result
cm_opening_blob(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report, int *ret_fd)
{
	CM_FILE_AUTO int fd = -1;
	uint64_t length = 0;
	cm_result r = cm_blobs_open(node->home, &evidence->blob, report, &fd, &length);
	if (r == CM_OK && length != evidence->length)
		r = cm_report_refuse(report, CM_ERROR_BLOB_CHANGED, "evidence", "%llu bytes, not %llu",
		                     (unsigned long long)length, (unsigned long long)evidence->length);
	if (r == CM_OK) {
		*ret_fd = fd;
		fd = -1;
	}
	return r;
}

cm_result
cm_opening_header(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report,
                  struct cm_buf *to)
{
	CM_FILE_AUTO int fd = -1;
	size_t n = 0;
	if (evidence->have < evidence->length)
		return CM_OK;
	CM_AUTO uint8_t *begin = cm_mem_new(CM_LIMIT_SEAL_HEADER_VALUE);
	cm_result r = begin == NULL ? CM_NOMEM : cm_opening_blob(node, evidence, report, &fd);
	if (r == CM_OK)
		r = cm_file_pread(fd, 0, begin, CM_LIMIT_SEAL_HEADER_VALUE, report, &n);
	if (r != CM_OK)
		return r;
	size_t end = cm_seal_header_end(cm_view_of(begin, n));
	if (end == 0)
		return cm_report_refuse(report, CM_ERROR_SEAL_HEADER, "evidence", "%s", "no end");
	cm_buf_add(to, begin, end);
	return cm_buf_result(to);
}

// -- what is kept of it --------------------------------------------------------------------------------------------

struct cm_opening_kept {
	const char *cause, *act, *also; // also: a second act about the same, or NULL
	const struct cm_store_delivery *evidence;
	const char *person, *note;
	struct cm_view package; // hex, or empty
	struct cm_event_texts texts;
	const struct cm_delivery_tell *tell; // what the deliverer is told with it, as one text more; or NULL
	uint64_t length;                     // bytes; 0: not said
};

static cm_result
cm_opening_keep(struct cm_node *node, const struct cm_opening_kept *kept, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) told = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_event_texts texts = kept->texts;
	struct cm_act_values act;
	char hex[65], length[24];
	if (change == NULL)
		return CM_NOMEM;
	memset(&act, 0, sizeof act);
	cm_hex_text(cm_hash_view(&kept->evidence->blob), hex);
	snprintf(length, sizeof length, "%llu", (unsigned long long)kept->length);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text(kept->act));
	cm_act_set(&act, CM_ACT_FIELD_PEER, kept->evidence->peer);
	cm_act_set(&act, CM_ACT_FIELD_REQUEST, kept->evidence->request);
	cm_act_set(&act, CM_ACT_FIELD_OBJECT, kept->evidence->id);
	cm_act_set(&act, CM_ACT_FIELD_BLOB, cm_view_text(hex));
	cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(kept->person));
	if (kept->package.n > 0)
		cm_act_set(&act, CM_ACT_FIELD_PACKAGE, kept->package);
	if (kept->note != NULL)
		cm_act_set(&act, CM_ACT_FIELD_NOTE, cm_view_text(kept->note));
	if (kept->length > 0)
		cm_act_set(&act, CM_ACT_FIELD_LENGTH, cm_view_text(length));
	cm_change_act(change, &act);
	if (kept->also != NULL) {
		cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text(kept->also));
		cm_change_act(change, &act);
	}
	cm_result r = kept->tell == NULL ? CM_OK : cm_delivery_tell(node, kept->tell, change, report, &told);
	if (kept->tell != NULL)
		texts.text[texts.n++] = cm_buf_view(&told);
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(kept->cause), .detail = cm_buf_view(&detail)};
	if (r == CM_OK)
		r = cm_buf_result(&detail);
	if (r == CM_OK)
		r = cm_store_apply(node->store, &event, change, report);
	if (r == CM_OK)
		r = cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
	if (r == CM_OK && kept->tell != NULL)
		cm_node_stir(node);
	return r;
}

// -- the job -------------------------------------------------------------------------------------------------------

static void
cm_opening_root(struct cm_buf *to, struct cm_view der)
{
	cm_buf_text(to, "-----BEGIN CERTIFICATE-----\n");
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	cm_b64_write(&text, der, CM_B64_STANDARD);
	for (size_t at = 0; at < text.n; at += 64) {
		struct cm_view line = cm_view_part(cm_buf_view(&text), at, text.n - at < 64 ? text.n - at : 64);
		cm_buf_printf(to, "%.*s\n", CM_VIEW_ARG(line));
	}
	cm_buf_text(to, "-----END CERTIFICATE-----\n");
}

// Our own State's root, and the one on the peer's pinned card: nobody else's package is taken for theirs.
static void
cm_opening_roots(struct cm_node *node, struct cm_view peer, struct cm_buf *to)
{
	CM_AUTO struct cm_peer *found = cm_mem_new(sizeof *found);
	char name[CM_X509_NODE];
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(peer));
	cm_opening_root(to, node->self.state_certificate);
	bool theirs = found != NULL && cm_peers_find(&node->peers, name, found);
	if (theirs && !cm_view_equal(cm_view_of(found->root_der, found->root_n), node->self.state_certificate))
		cm_opening_root(to, cm_view_of(found->root_der, found->root_n));
}

// What the reader said; `told` points into `bytes`.
struct cm_opening_answer {
	struct cm_buf bytes;
	struct cm_reader_package_told told;
};

static void
cm_opening_answer_fini(struct cm_opening_answer *answer)
{
	cm_buf_fini(&answer->bytes);
}

static cm_result
cm_opening_run(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_jobs_ask *ask,
               const struct cm_reader_package_job *job, struct cm_report *report, struct cm_opening_answer *answer)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) header = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) payload = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	CM_FILE_AUTO int blob = -1;
	cm_result r = cm_opening_header(node, evidence, report, &header);
	if (r == CM_OK)
		r = cm_opening_blob(node, evidence, report, &blob);
	if (r != CM_OK)
		return r;
	cm_reader_package_job_write(job, &payload);
	r = cm_buf_result(&payload);
	ask->release.object = evidence->id;
	ask->release.header = cm_buf_view(&header);
	ask->payload = cm_buf_view(&payload);
	ask->fds[0] = blob;
	if (r == CM_OK)
		r = cm_jobs_run(node->jobs, ask, report, &answer->bytes);
	if (r == CM_OK && !cm_reader_package_told_read(cm_buf_view(&answer->bytes), &answer->told))
		r = cm_report_failed(report, CM_ERROR_IPC_FRAME, "package reader", "malformed");
	return r;
}

// The end of a job that the keeper released a key to. The approvals are good for one result: they are spent once it is
// durable, and in force again when nothing came of them.
static void
cm_opening_settle(struct cm_node *node, uint32_t job, bool kept)
{
	struct cm_report report = {0};
	if (cm_keeper_client_settle(&node->keeper, job, kept, &report) != CM_OK)
		cm_node_log("the keeper could not be told what came of approvals", &report);
}

static const char *
cm_opening_state(enum comity_verdict verdict)
{
	return verdict == COMITY_VERDICT_REFUSED ? "error" : "opened";
}

// What was found, and the word to the deliverer about it.
static cm_result
cm_opening_keep_report(struct cm_node *node, const struct cm_store_delivery *evidence, const char *person,
                       const struct cm_reader_package_told *told, struct cm_report *report)
{
	struct cm_view package = cm_view_of(NULL, 0);
	char hex[65], words[160];
	bool refused = told->verdict == COMITY_VERDICT_REFUSED;
	cm_hex_text(cm_hash_view(&told->hash), hex);
	if (!cm_hash_equal(&told->hash, &(struct cm_hash){.b = {0}}))
		package = cm_view_text(hex);
	struct cm_view state = cm_view_text(cm_opening_state(told->verdict));
	snprintf(words, sizeof words, "%s Verdict: %s.",
	         refused ? "Opened by two persons; the package is not as it should be." : "Opened by two persons.",
	         comity_report_verdict_text(told->verdict));
	struct cm_delivery_tell tell = {
	        .row = evidence, .status = refused ? "Error" : "Acknowledged", .words = words, .detail = package};
	struct cm_opening_kept kept = {
	        .cause = CM_EVENT_OPENED,
	        .act = "opened",
	        .also = package.n > 0 ? "verified" : NULL,
	        .evidence = evidence,
	        .person = person,
	        .note = comity_report_verdict_text(told->verdict),
	        .package = package,
	        .texts = {.text = {evidence->id, state, package, told->report}, .n = 4},
	        .tell = evidence->ours ? NULL : &tell,
	};
	return cm_opening_keep(node, &kept, report);
}

// The package reader judges; what it says is kept word for word. A package that it refuses is read once more as sealed
// bytes: when our own disk has changed them, the deliverer is not to blame, and nothing is said about the package.
static cm_result
cm_opening_open(struct cm_node *node, const struct cm_store_delivery *evidence, const char *person,
                struct cm_report *report, struct cm_opening_answer *answer)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) roots = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_opening_roots(node, evidence->peer, &roots);
	struct cm_reader_package_job job = {
	        .what = CM_READER_PACKAGE_VERIFY, .now = cm_clock_utc(), .roots = cm_buf_view(&roots)};
	struct cm_jobs_ask ask = {.release = {.grant = CM_IPC_GRANT_OPEN}, .fd_count = 1, .asker = -1};
	cm_result r = cm_opening_run(node, evidence, &ask, &job, report, answer);
	if (r != CM_OK)
		return r;
	if (answer->told.verdict == COMITY_VERDICT_REFUSED)
		r = cm_blobs_check(node->home, &evidence->blob, report);
	if (r == CM_OK)
		r = cm_opening_keep_report(node, evidence, person, &answer->told, report);
	cm_opening_settle(node, ask.release.job, r == CM_OK);
	return r;
}

// -- approvals -----------------------------------------------------------------------------------------------------

struct cm_opening {
	struct cm_node *node;
	const struct cm_store_delivery *evidence;
	bool export;
	struct cm_ipc_approval approval;
	struct cm_opening_answer answer;
};

// The statement must be about this evidence as it lies here; the keeper counts it only for that.
static cm_result
cm_opening_statement(struct cm_opening *o, struct cm_exchange *ex, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_STATEMENT_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) header = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	struct cm_ipc_statement statement;
	struct cm_keeper_statement said;
	cm_result r = cm_opening_header(o->node, o->evidence, report, &header);
	if (r == CM_OK && header.n == 0)
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_NOT_HERE, ex->match.part[0], "%llu of %llu bytes",
		                     (unsigned long long)o->evidence->have, (unsigned long long)o->evidence->length);
	if (r == CM_OK)
		r = cm_exchange_statement(ex, report, &text, &statement);
	if (r == CM_OK)
		r = cm_keeper_statement_read(statement.text, report, &said);
	if (r != CM_OK)
		return r;
	struct cm_hash digest = cm_hash_of(cm_buf_view(&header));
	o->export = cm_view_is(said.act, "evidence_export");
	if ((!o->export && !cm_view_is(said.act, "evidence_open")) || !cm_view_equal(said.object, o->evidence->id) ||
	    !cm_hash_equal(&said.digest, &digest))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_OTHER, "Comity-Statement", "%.*s of %.*s",
		                        CM_VIEW_ARG(said.act), CM_VIEW_ARG(said.object));
	return cm_keeper_client_approve(&o->node->keeper, &statement, report, &o->approval);
}

static void
cm_opening_show(const struct cm_opening *o, bool opened, struct cm_buf *body)
{
	const struct cm_reader_package_told *told = &o->answer.told;
	struct cm_json_put put = cm_json_put_of(body);
	cm_json_put_object(&put);
	cm_json_put_member_text(&put, "evidence", o->evidence->id);
	cm_json_put_member_cstr(&put, "for", o->export ? "export" : "open");
	cm_json_put_member_number(&put, "have", o->approval.have);
	cm_json_put_member_number(&put, "needed", o->approval.needed);
	cm_json_put_member_cstr(&put, "person", o->approval.person);
	if (opened) {
		cm_json_put_name(&put, "report");
		cm_json_put_raw(&put, told->report);
		cm_json_put_member_cstr(&put, "state", cm_opening_state(told->verdict));
		cm_json_put_member_cstr(&put, "verdict", comity_report_verdict_text(told->verdict));
	} else
		cm_json_put_member_text(&put, "state", o->evidence->state);
	cm_json_put_end_object(&put);
}

static cm_result
cm_opening_approved(const struct cm_opening *o, struct cm_report *report)
{
	const char *purpose = o->export ? "export" : "open";
	struct cm_opening_kept kept = {
	        .cause = CM_EVENT_APPROVED,
	        .act = o->approval.have < 2 ? "opening_asked" : "opening_approved",
	        .evidence = o->evidence,
	        .person = o->approval.person,
	        .note = purpose,
	        .texts = {.text = {o->evidence->id, cm_view_text(purpose), cm_view_text(o->approval.person)}, .n = 3},
	};
	return cm_opening_keep(o->node, &kept, report);
}

cm_result
cm_opening_approve(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_opening o = {.node = ex->node, .answer = {.bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE)}};
	cm_result r = cm_store_delivery(ex->node->store, cm_view_text(ex->match.part[0]), report, &page, &o.evidence);
	if (r == CM_OK && o.evidence == NULL)
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_UNKNOWN, "evidence", "%s", ex->match.part[0]);
	if (r == CM_OK)
		r = cm_opening_statement(&o, ex, report);
	if (r == CM_OK && !o.approval.again)
		r = cm_opening_approved(&o, report);
	bool opens = r == CM_OK && !o.export && o.approval.have >= o.approval.needed;
	if (opens)
		r = cm_opening_open(ex->node, o.evidence, o.approval.person, report, &o.answer);
	if (r == CM_OK)
		cm_opening_show(&o, opens, body);
	cm_opening_answer_fini(&o.answer);
	return r;
}

// -- the bundle ----------------------------------------------------------------------------------------------------

// The court's files as an unnamed file that the reader is handed.
static cm_result
cm_opening_court(struct cm_node *node, const struct cm_store_delivery *evidence, struct cm_report *report, int *ret_fd)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) files = cm_buf_of(CM_LIMIT_COURT_BYTES_VALUE);
	char path[CM_FILE_PATH], id[37], name[64];
	cm_result r = cm_court_files(node, evidence, report, &files);
	if (r == CM_OK)
		r = cm_node_uuid(id, report);
	snprintf(name, sizeof name, "spool/court-%s", id);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, node->home, name, report);
	if (r == CM_OK)
		r = cm_file_open(path, CM_FILE_NEW, 0600, report, ret_fd);
	if (r != CM_OK)
		return r;
	cm_result_ignore(cm_file_remove(path, NULL), "a name that is left over harms nobody; it is ours alone");
	return cm_file_pwrite_all(*ret_fd, 0, cm_buf_view(&files), report);
}

// What the reader wrote, told to the person, and the bundle's digest for the act.
static cm_result
cm_opening_written(const struct cm_reader_package_told *told, const char *package, char note[96], struct cm_buf *answer)
{
	char hex[65];
	struct cm_json_put put = cm_json_put_of(answer);
	cm_hex_text(cm_hash_view(&told->hash), hex);
	cm_json_put_object(&put);
	cm_json_put_member_number(&put, "bytes", (int64_t)told->bytes);
	cm_json_put_member_cstr(&put, "package", package);
	cm_json_put_member_cstr(&put, "sha256", hex);
	cm_json_put_end_object(&put);
	snprintf(note, 96, "bundle SHA-256 %s", hex);
	return cm_buf_result(answer);
}

// Whatever a reader wrote has left, so the register says it, also when it was not the whole.
static cm_result
cm_opening_exported(const struct cm_opening_export *export, const struct cm_store_delivery *row, const char *note, bool whole,
                    struct cm_report *report)
{
	char hex[65];
	cm_hex_text(cm_hash_view(&row->package), hex);
	struct cm_opening_kept kept = {
	        .cause = CM_EVENT_EXPORTED,
	        .act = "exported",
	        .evidence = row,
	        .person = export->person,
	        .note = note,
	        .package = cm_view_text(hex),
	        .texts = {.text = {row->id, cm_view_text("interrupted")}, .n = whole ? 1 : 2},
	};
	return cm_opening_keep(export->node, &kept, report);
}

static cm_result
cm_opening_bundle_run(struct cm_opening_export *export, const struct cm_store_delivery *row, struct cm_report *report,
                      struct cm_buf *answer)
{
	struct cm_node *node = export->node;
	CM_FILE_AUTO int court = -1;
	struct cm_opening_answer CM_CLEANUP(cm_opening_answer_fini) said = {.bytes = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE)};
	struct cm_buf CM_CLEANUP(cm_buf_fini) roots = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	struct cm_reader_package_job job = {.what = CM_READER_PACKAGE_BUNDLE, .now = cm_clock_utc()};
	char hex[65], note[96] = "";
	cm_result r = cm_opening_court(node, row, report, &court);
	if (r != CM_OK)
		return r;
	cm_opening_roots(node, row->peer, &roots);
	job.roots = cm_buf_view(&roots);
	job.chain_count = node->keys.keys.chain_count;
	for (size_t i = 0; i < job.chain_count && i < CM_READER_PACKAGE_CERTIFICATES; i++)
		job.chain[i] = node->keys.keys.chain[i];
	struct cm_jobs_ask ask = {.release = {.grant = CM_IPC_GRANT_EXPORT},
	        .fds = {-1, export->out, court},
	        .fd_count = 3,
	        .asker = export->asker};
	cm_hex_text(cm_hash_view(&row->package), hex);
	r = cm_opening_run(node, row, &ask, &job, report, &said);
	if (r != CM_OK) {
		if (ask.released)
			cm_result_ignore(cm_opening_exported(export, row, "interrupted: a part may have been written", false, report),
			                 "why it was interrupted is what the person has to know");
		return r;
	}
	r = cm_opening_written(&said.told, hex, note, answer);
	if (r == CM_OK)
		r = cm_opening_exported(export, row, note, true, report);
	export->job = ask.release.job;
	if (r != CM_OK)
		cm_opening_bundle_end(export, false);
	return r;
}

cm_result
cm_opening_bundle(struct cm_opening_export *export, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_delivery *row = NULL;
	cm_result r = cm_store_delivery(export->node->store, cm_view_text(export->evidence), report, &page, &row);
	if (r == CM_OK && row == NULL)
		r = cm_report_refuse(report, CM_ERROR_EVIDENCE_UNKNOWN, "evidence", "%s", export->evidence);
	if (r == CM_OK && cm_hash_equal(&row->package, &(struct cm_hash){.b = {0}}))
		r = cm_report_refuse(report, CM_ERROR_BUNDLE_UNOPENED, export->evidence, "%.*s", CM_VIEW_ARG(row->state));
	if (r == CM_OK && !row->ours && !cm_view_is(row->state, "opened"))
		r = cm_report_refuse(report, CM_ERROR_BUNDLE_REFUSED, export->evidence, "%.*s", CM_VIEW_ARG(row->state));
	return r == CM_OK ? cm_opening_bundle_run(export, row, report, answer) : r;
}

void
cm_opening_bundle_end(const struct cm_opening_export *export, bool kept)
{
	cm_opening_settle(export->node, export->job, kept);
}
