// Knows: how sealed evidence is read in a process of its own: decrypted piece by piece in memory, judged, or written into
// the officer's file with the court's files. Does not know: names of files, persons, peers; nothing plain leaves it but the
// bundle that two persons approved.
#include "node/reader_package.h"

#include <string.h>

#include "api/report_inside.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "comity/package.h"
#include "format/json_put.h"
#include "node/ipc_keeper.h"
#include "node/reader.h"
#include "node/reader_court.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/file.h"

#define CM_READER_PROGRESS (UINT64_C(64) << 20) // bytes between two words about progress

// The plain bytes of a sealed file at random access; one chunk is kept.
struct cm_reader_plain {
	int fd;
	struct comity_seal_worker *worker;
	uint64_t payload, length; // where chunks begin; plain bytes in all
	uint64_t held;            // number of the chunk in `chunk`, plus one
	uint8_t *chunk;
	struct cm_reader_package *package;
	uint64_t done, told;
};

static enum comity_result
cm_reader_plain_chunk(struct cm_reader_plain *plain, uint64_t number, struct comity_report *report)
{
	uint64_t rest = plain->length - number * COMITY_SEAL_CHUNK;
	bool last = rest <= COMITY_SEAL_CHUNK;
	size_t n = (last ? (size_t)rest : COMITY_SEAL_CHUNK) + (COMITY_SEAL_SEALED - COMITY_SEAL_CHUNK);
	plain->held = 0;
	cm_result r = cm_file_pread_all(plain->fd, plain->payload + number * COMITY_SEAL_SEALED, plain->chunk, n,
	                                comity_report_inside(report));
	if (r != CM_OK)
		return comity_result_of(r);
	enum comity_result opened = comity_open_chunk(plain->worker, (struct comity_chunk){number, last},
	                                              (struct comity_view){plain->chunk, n}, report, plain->chunk);
	if (opened == COMITY_OK)
		plain->held = number + 1;
	return opened;
}

// The longest run from `at` on that lies in one chunk, at most `most` bytes; valid until the next call.
static enum comity_result
cm_reader_plain_run(struct cm_reader_plain *plain, uint64_t at, uint64_t most, struct comity_report *report,
                    struct comity_view *ret_run)
{
	uint64_t number = at / COMITY_SEAL_CHUNK, inside = at % COMITY_SEAL_CHUNK;
	if (at >= plain->length || most > plain->length - at)
		return comity_result_of(
		        cm_report_refuse(comity_report_inside(report), CM_ERROR_SEAL_CHUNK, "package", "byte %llu",
		                         (unsigned long long)at));
	if (plain->held != number + 1) {
		enum comity_result r = cm_reader_plain_chunk(plain, number, report);
		if (r != COMITY_OK)
			return r;
	}
	uint64_t n = COMITY_SEAL_CHUNK - inside;
	*ret_run = (struct comity_view){plain->chunk + inside, (size_t)(n < most ? n : most)};
	plain->done += ret_run->n;
	if (plain->done - plain->told >= CM_READER_PROGRESS) {
		plain->told = plain->done;
		cm_reader_package_progress(plain->package, plain->done, plain->length);
	}
	return COMITY_OK;
}

static enum comity_result
cm_reader_plain_get(struct cm_reader_plain *plain, uint64_t at, struct cm_buf *to, uint64_t n,
                    struct comity_report *report)
{
	while (n > 0) {
		struct comity_view run;
		enum comity_result r = cm_reader_plain_run(plain, at, n, report, &run);
		if (r != COMITY_OK)
			return r;
		cm_buf_add(to, run.p, run.n);
		at += run.n;
		n -= run.n;
	}
	return comity_result_of(cm_buf_result(to));
}

// Reads the header with the keeper's key, so that chunks can be opened.
static enum comity_result
cm_reader_plain_open(struct cm_reader_plain *plain, const uint8_t key[16], struct comity_report *report)
{
	struct comity_open *open = NULL;
	struct comity_step step;
	struct cm_report *inside = comity_report_inside(report);
	uint64_t sealed = 0;
	enum comity_result r = comity_result_of(cm_file_size(plain->fd, inside, &sealed));
	if (r == COMITY_OK)
		r = comity_open_new(&open);
	if (r == COMITY_OK)
		r = comity_open_file_key(open, key);
	while (r == COMITY_OK && (r = comity_open_step(open, report, &step)) == COMITY_OK && step.kind == COMITY_STEP_NEED) {
		size_t n = 0;
		size_t wanted = step.length < COMITY_SEAL_SEALED ? (size_t)step.length : COMITY_SEAL_SEALED;
		r = comity_result_of(cm_file_pread(plain->fd, 0, plain->chunk, wanted, inside, &n));
		if (r == COMITY_OK)
			r = comity_open_give(open, (struct comity_view){plain->chunk, n}, report);
	}
	if (r == COMITY_OK && !comity_open_plain_length(open, sealed, &plain->length))
		r = comity_result_of(cm_report_refuse(inside, CM_ERROR_SEAL_CHUNK, "sealed file", "%llu bytes",
		                                      (unsigned long long)sealed));
	if (r == COMITY_OK) {
		plain->payload = comity_open_payload(open);
		r = comity_open_worker_new(open, &plain->worker);
	}
	comity_open_free(open);
	return r;
}

// -- verify --------------------------------------------------------------------------------------------------------

static enum comity_result
cm_reader_package_hash(struct cm_reader_plain *plain, struct comity_verify *verify, const struct comity_step *job,
                       struct comity_report *report)
{
	struct comity_digest digest;
	uint32_t crc = 0;
	comity_digest_init(&digest);
	for (uint64_t at = 0; at < job->length;) {
		struct comity_view run;
		enum comity_result r = cm_reader_plain_run(plain, job->offset + at, job->length - at, report, &run);
		if (r != COMITY_OK)
			return r;
		crc = comity_crc(crc, run);
		comity_digest_add(&digest, run);
		at += run.n;
	}
	struct comity_hash sha256 = comity_digest_final(&digest);
	return comity_verify_hashed(verify, job->input, &sha256, crc);
}

static enum comity_result
cm_reader_package_verify(struct cm_reader_plain *plain, const struct comity_trust *trust, struct comity_report *report)
{
	struct comity_verify_options options = {.trust = trust};
	struct comity_verify *verify = NULL;
	struct comity_step step;
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE);
	enum comity_result r = comity_verify_new(&options, plain->length, &verify);
	while (r == COMITY_OK && (r = comity_verify_step(verify, report, &step)) == COMITY_OK &&
	       step.kind != COMITY_STEP_DONE) {
		if (step.kind == COMITY_STEP_HASH)
			r = cm_reader_package_hash(plain, verify, &step, report);
		else if (step.kind == COMITY_STEP_NEED) {
			cm_buf_clear(&bytes);
			r = cm_reader_plain_get(plain, step.offset, &bytes, step.length, report);
			if (r == COMITY_OK)
				r = comity_verify_give(verify, comity_outside(cm_buf_view(&bytes)), report);
		}
	}
	comity_verify_free(verify);
	return r;
}

static void
cm_reader_package_checks(struct cm_json_put *put, const struct comity_report *report)
{
	static const char *const states[] = {"ok", "failed", "not judged"};
	struct comity_check check;
	cm_json_put_name(put, "checks");
	cm_json_put_array(put);
	for (size_t i = 0; comity_report_check(report, i, &check); i++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "about", check.about);
		cm_json_put_member_cstr(put, "detail", check.detail);
		cm_json_put_member_cstr(put, "name", check.name);
		cm_json_put_member_cstr(put, "state", states[check.state]);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

static void
cm_reader_package_findings(struct cm_json_put *put, const struct comity_report *report)
{
	struct comity_finding finding;
	cm_json_put_name(put, "findings");
	cm_json_put_array(put);
	for (size_t i = 0; comity_report_finding(report, i, &finding); i++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "place", finding.place);
		cm_json_put_member_cstr(put, "remedy", finding.rule.remedy);
		cm_json_put_member_cstr(put, "rule", finding.rule.code);
		cm_json_put_member_cstr(put, "seen", finding.seen);
		cm_json_put_member_cstr(put, "text", finding.rule.text);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

static cm_result
cm_reader_package_told(const struct cm_reader_plain *plain, enum comity_verdict verdict,
                       const struct comity_report *report, struct cm_buf *answer)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) json = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&json);
	struct cm_reader_package_told told = {.verdict = verdict, .bytes = plain->length};
	struct comity_fact fact;
	const char *package = "";
	cm_json_put_object(&put);
	cm_json_put_member_number(&put, "bytes", (int64_t)plain->length);
	cm_reader_package_checks(&put, report);
	cm_json_put_name(&put, "facts");
	cm_json_put_object(&put);
	for (size_t i = 0; comity_report_fact(report, i, &fact); i++) {
		cm_json_put_member_cstr(&put, fact.name, fact.value);
		if (strcmp(fact.name, "package.manifest_sha256") == 0)
			package = fact.value;
	}
	cm_json_put_end_object(&put);
	cm_reader_package_findings(&put, report);
	cm_json_put_member_cstr(&put, "package", package);
	cm_json_put_member_cstr(&put, "verdict", comity_report_verdict_text(verdict));
	cm_json_put_end_object(&put);
	if (!cm_hex_read(cm_view_text(package), told.hash.b, sizeof told.hash.b))
		told.hash = (struct cm_hash){.b = {0}};
	told.report = cm_buf_view(&json);
	cm_reader_package_told_write(&told, answer);
	return cm_buf_result(&json) == CM_OK ? cm_buf_result(answer) : cm_buf_result(&json);
}

// -- bundle --------------------------------------------------------------------------------------------------------

struct cm_reader_bundle {
	const struct cm_reader_package_job *job;
	const struct comity_trust *trust;
	struct cm_reader_plain *plain;
	struct comity_bundle *bundle;
	int out;
	uint64_t written;
	struct comity_digest digest;
	struct cm_buf bytes;
};

static enum comity_result
cm_reader_bundle_put(struct cm_reader_bundle *b, struct comity_view bytes, struct comity_report *report)
{
	cm_result r = cm_file_write_all(b->out, comity_inside(bytes), comity_report_inside(report));
	comity_digest_add(&b->digest, bytes);
	b->written += bytes.n;
	return comity_result_of(r);
}

static enum comity_result
cm_reader_bundle_copy(struct cm_reader_bundle *b, const struct comity_step *step, struct comity_report *report)
{
	for (uint64_t at = 0; at < step->length;) {
		struct comity_view run;
		enum comity_result r =
		        cm_reader_plain_run(b->plain, step->offset + at, step->length - at, report, &run);
		if (r == COMITY_OK)
			r = cm_reader_bundle_put(b, run, report);
		if (r == COMITY_OK)
			r = comity_bundle_digest(b->bundle, run, report);
		if (r != COMITY_OK)
			return r;
		at += run.n;
	}
	return COMITY_OK;
}

// The node asks the keeper; the reader has no key.
static enum comity_result
cm_reader_bundle_sign(struct cm_reader_bundle *b, const struct comity_statement *statement, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_ipc *node = b->plain->package->node;
	struct cm_ipc_frame reply, ask = {.type = CM_FRAME_BUNDLE_SIGN,
	                                  .id = b->plain->package->job->id,
	                                  .payload = cm_view_of(statement->digest.b, sizeof statement->digest.b)};
	struct comity_signature signature = {.count = b->job->chain_count};
	cm_result r = cm_ipc_send(node, &ask, CM_CLOCK_NEVER, inside);
	if (r == CM_OK)
		r = cm_ipc_recv(node, CM_CLOCK_NEVER, inside, &reply);
	if (r != CM_OK)
		return comity_result_of(r);
	cm_ipc_frame_close(&reply);
	struct cm_rd rd = cm_rd_of(reply.payload);
	signature.time.us = (int64_t)cm_rd_u64be(&rd);
	struct cm_view value = cm_rd_bytes(&rd, sizeof signature.value);
	if (!cm_rd_done(&rd) || reply.type != CM_FRAME_DONE)
		return comity_result_of(cm_report_failed(inside, CM_ERROR_IPC_FRAME, "bundle_sign", "malformed"));
	memcpy(signature.value, value.p, value.n);
	for (size_t i = 0; i < signature.count; i++)
		signature.certificates[i] = comity_outside(b->job->chain[i]);
	return comity_bundle_signed(b->bundle, &signature, report);
}

static enum comity_result
cm_reader_bundle_step(struct cm_reader_bundle *b, const struct comity_step *step, struct comity_report *report)
{
	enum comity_result r;
	switch (step->kind) {
	case COMITY_STEP_NEED:
		cm_buf_clear(&b->bytes);
		r = cm_reader_plain_get(b->plain, step->offset, &b->bytes, step->length, report);
		return r == COMITY_OK ? comity_bundle_give(b->bundle, comity_outside(cm_buf_view(&b->bytes)), report) : r;
	case COMITY_STEP_HAVE:
		return cm_reader_bundle_put(b, step->bytes, report);
	case COMITY_STEP_COPY:
		return cm_reader_bundle_copy(b, step, report);
	case COMITY_STEP_SIGN:
		return cm_reader_bundle_sign(b, &step->statement, report);
	case COMITY_STEP_WAIT:
		return COMITY_OK;
	case COMITY_STEP_DONE:
	case COMITY_STEP_HASH:
	case COMITY_STEP_RANDOM:
	default:
		return COMITY_BUG;
	}
}

// The court's files, as the node collected them.
static enum comity_result
cm_reader_bundle_court(struct cm_reader_bundle *b, int fd, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	uint64_t size = 0;
	cm_result r = cm_file_size(fd, inside, &size);
	if (r == CM_OK && size > CM_LIMIT_COURT_BYTES_VALUE)
		r = cm_report_failed(inside, CM_ERROR_IPC_FRAME, "court files", "%llu bytes", (unsigned long long)size);
	CM_AUTO uint8_t *all = r == CM_OK ? cm_mem_new((size_t)size + 1) : NULL;
	if (r == CM_OK && all == NULL)
		r = CM_NOMEM;
	if (r == CM_OK)
		r = cm_file_pread_all(fd, 0, all, (size_t)size, inside);
	if (r != CM_OK)
		return comity_result_of(r);
	struct cm_reader_court court = {.bundle = b->bundle,
	                                .trust = b->trust,
	                                .now = b->job->now,
	                                .records = cm_view_of(all, (size_t)size)};
	return cm_reader_court_add(&court, report);
}

static enum comity_result
cm_reader_package_bundle(struct cm_reader_plain *plain, const struct cm_reader_package_job *job,
                         const struct comity_trust *trust, struct comity_report *report, struct cm_buf *answer)
{
	struct cm_reader_bundle b = {.job = job,
	                             .trust = trust,
	                             .plain = plain,
	                             .out = plain->package->job->fds[1],
	                             .bytes = cm_buf_of(CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)};
	struct comity_bundle_options options = {.now = {job->now.us}, .package_length = plain->length};
	struct comity_step step;
	comity_digest_init(&b.digest);
	enum comity_result r = comity_bundle_new(&options, report, &b.bundle);
	if (r == COMITY_OK)
		r = cm_reader_bundle_court(&b, plain->package->job->fds[2], report);
	while (r == COMITY_OK && (r = comity_bundle_step(b.bundle, report, &step)) == COMITY_OK &&
	       step.kind != COMITY_STEP_DONE)
		r = cm_reader_bundle_step(&b, &step, report);
	comity_bundle_free(b.bundle);
	cm_buf_fini(&b.bytes);
	if (r != COMITY_OK)
		return r;
	struct comity_hash sha256 = comity_digest_final(&b.digest);
	struct cm_reader_package_told told = {.bytes = b.written};
	memcpy(told.hash.b, sha256.b, sizeof told.hash.b);
	cm_reader_package_told_write(&told, answer);
	return comity_result_of(cm_buf_result(answer));
}

// -- the job -------------------------------------------------------------------------------------------------------

static cm_result
cm_reader_package_do(struct cm_reader_plain *plain, const struct cm_reader_package_job *job, struct cm_report *report,
                     struct cm_buf *answer)
{
	struct comity_report *told = NULL;
	struct comity_trust *trust = NULL;
	char object[CM_READER_OBJECT];
	uint8_t key[16];
	unsigned grant = CM_IPC_GRANT_NONE, wanted = job->what == CM_READER_PACKAGE_BUNDLE ? CM_IPC_GRANT_EXPORT
	                                                                                   : CM_IPC_GRANT_OPEN;
	cm_result r = cm_reader_package_key(plain->package, CM_CLOCK_NEVER, report, key, object, &grant);
	if (r == CM_OK && grant != wanted)
		r = cm_report_refuse(report, CM_ERROR_APPROVAL_MISSING, "file key", "released for something else");
	enum comity_result done = comity_result_of(r);
	if (done == COMITY_OK)
		done = comity_report_new(&told);
	if (done == COMITY_OK)
		done = comity_trust_new(&trust);
	if (done == COMITY_OK)
		done = comity_trust_add(trust, comity_outside(job->roots), told);
	if (done == COMITY_OK)
		done = cm_reader_plain_open(plain, key, told);
	cm_mem_wipe(key, sizeof key);
	if (done == COMITY_OK && job->what == CM_READER_PACKAGE_BUNDLE)
		done = cm_reader_package_bundle(plain, job, trust, told, answer);
	else if (done == COMITY_OK) {
		done = cm_reader_package_verify(plain, trust, told);
		bool refused = done == COMITY_REFUSED; // a refused package, or a seal that does not hold, is an answer
		if (refused)
			done = COMITY_OK;
		if (done == COMITY_OK)
			done = comity_result_of(cm_reader_package_told(
			        plain, refused ? COMITY_VERDICT_REFUSED : comity_report_verdict(told), told, answer));
	}
	if (done != COMITY_OK && told != NULL)
		cm_report_join(report, comity_report_inside(told));
	comity_trust_free(trust);
	comity_report_free(told);
	return (cm_result)done;
}

cm_result
cm_reader_package_run(struct cm_reader_package *package, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_reader_package_job job;
	size_t fds = 0;
	if (cm_reader_package_job_read(package->job->payload, &job))
		fds = job.what == CM_READER_PACKAGE_BUNDLE ? 3 : 1;
	if (fds == 0 || package->job->fd_count != fds)
		return cm_report_failed(report, CM_ERROR_IPC_FRAME, "package job", "malformed");
	struct cm_reader_plain plain = {.fd = package->job->fds[0], .package = package};
	// The frame's bytes are gone with the next receive on its channel, and BUNDLE_SIGN receives.
	struct cm_buf CM_CLEANUP(cm_buf_fini) kept = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_buf_view_add(&kept, package->job->payload);
	plain.chunk = cm_mem_new(COMITY_SEAL_SEALED);
	cm_result r = plain.chunk == NULL ? CM_NOMEM : cm_buf_result(&kept);
	if (r == CM_OK && !cm_reader_package_job_read(cm_buf_view(&kept), &job))
		r = CM_BUG;
	if (r == CM_OK)
		r = cm_reader_package_do(&plain, &job, report, answer);
	comity_seal_worker_free(plain.worker);
	cm_mem_free(plain.chunk);
	return r;
}
