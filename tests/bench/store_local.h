// A store with its keys in this process, for benches and kill tests: a signer with a durable guard as the keeper has one.
// The guard file holds every head that was ever signed; a second root for one size ends the program with code 9.
#ifndef CM_TESTS_STORE_LOCAL_H
#define CM_TESTS_STORE_LOCAL_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "crypto/key.h"
#include "crypto/setup.h"
#include "crypto/statement.h"
#include "format/checkpoint.h"
#include "os/clock.h"
#include "os/file.h"
#include "store/read.h"
#include "store/tiles.h"

#define LOCAL_ORIGIN "xa.contact/log/2027"

struct local {
	struct cm_key *log_key, *authority;
	struct cm_note_key log;
	struct cm_store_options options;
	int guard; // -1: none
};

static inline void
local_die(const char *what, const struct cm_report *report)
{
	if (report != NULL && report->count != 0)
		fprintf(stderr, "%s: %s %s (%s)\n", what, cm_error_row(report->findings[0].rule)->name,
		        report->findings[0].place, report->findings[0].seen);
	else
		fprintf(stderr, "%s\n", what);
	_exit(7);
}

// Refuses a second root for a size that was signed before, then remembers this one durably.
static inline void
local_guard(struct local *l, uint64_t size, const struct cm_hash *root)
{
	char line[160], hex[65], *known;
	static char file[16 << 20];
	cm_hex_text(cm_hash_view(root), hex);
	int n = snprintf(line, sizeof line, "\n%llu %s\n", (unsigned long long)size, hex);
	ssize_t have = pread(l->guard, file, sizeof file - 1, 0);
	file[have < 0 ? 0 : have] = 0;
	char key[40];
	snprintf(key, sizeof key, "\n%llu ", (unsigned long long)size);
	if ((known = strstr(file, key)) != NULL && strncmp(known, line, (size_t)n) != 0) {
		fprintf(stderr, "two heads of size %llu\n", (unsigned long long)size);
		_exit(9);
	}
	if (known == NULL && (pwrite(l->guard, line, (size_t)n, have) != n || fdatasync(l->guard) != 0))
		_exit(8);
}

static inline cm_result
local_sign(void *self, const struct cm_store_sign *job, struct cm_report *report, struct cm_store_signed *ret_signed)
{
	struct local *l = self;
	struct cm_key_signature sig;
	struct cm_buf b = cm_buf_of(4096);
	if (l->guard >= 0)
		local_guard(l, job->newer.size, &job->newer.root);
	cm_statement_acts(&job->batch_root, job->batch_count, job->batch_time, &b);
	cm_result r = cm_merkle_consistency_verify(&job->older, &job->newer, &job->consistency, report);
	if (r == CM_OK)
		r = cm_key_sign(l->authority, cm_buf_view(&b), &sig);
	if (r != CM_OK)
		return r;
	memcpy(ret_signed->batch_signature, sig.b, sizeof sig.b);
	memset(ret_signed->certificate.b, 7, sizeof ret_signed->certificate.b);
	cm_buf_clear(&b);
	struct cm_checkpoint c = {.origin = job->origin, .size = job->newer.size};
	memcpy(c.root, job->newer.root.b, sizeof c.root);
	cm_checkpoint_write(&c, &b);
	r = cm_key_sign(l->log_key, cm_buf_view(&b), &sig);
	cm_buf_u8(&b, '\n');
	cm_note_line_write(&l->log, 0, &sig, &b);
	if (r == CM_OK)
		memcpy(ret_signed->note, b.p, b.n);
	ret_signed->note_n = b.n;
	cm_buf_fini(&b);
	return r;
}

static inline cm_result
local_reply(void *self, struct cm_store_reply_job *jobs, size_t count, struct cm_report *report)
{
	(void)self;
	(void)report;
	for (size_t i = 0; i < count; i++) {
		cm_buf_view_add(&jobs[i].answer, jobs[i].context);
		cm_buf_view_add(&jobs[i].answer, jobs[i].receipts[0].proof);
	}
	return CM_OK;
}

static inline void
local_fatal(void *self, const struct cm_report *report)
{
	(void)self;
	local_die("fatal", report);
}

static inline void
local_init(struct local *l, const char *home, const char *guard)
{
	uint8_t seed[32];
	struct cm_key_public public;
	memset(seed, 1, sizeof seed);
	l->guard = guard == NULL ? -1 : open(guard, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (cm_setup_init() != CM_OK || cm_key_of_raw(CM_KEY_ED25519, cm_view_of(seed, 32), &l->log_key) != CM_OK ||
	    cm_key_of_raw(CM_KEY_P256, cm_view_of(seed, 32), &l->authority) != CM_OK)
		local_die("keys", NULL);
	cm_key_public(l->log_key, &public);
	if (cm_note_key_make(cm_view_text(LOCAL_ORIGIN), CM_NOTE_ED25519, public.b, NULL, &l->log) != CM_OK)
		local_die("key", NULL);
	l->options = (struct cm_store_options){.home = home, .node = "xa.contact", .log = &l->log, .sign = local_sign,
	                                       .reply = local_reply, .fatal = local_fatal, .self = l};
}

// One act as a message makes it: artifact, request row, outbox, answer.
static inline struct cm_change *
local_change(const char *transaction)
{
	static const uint8_t message[8192]; // an HI-1 message's size
	struct cm_change *change = cm_change_new(cm_clock_utc());
	struct cm_act_values v = {0};
	struct cm_store_artifact a = {.direction = CM_STORE_IN, .peer = cm_view_text("xb.contact"),
	                              .media = cm_view_text("hi1"), .name = cm_view_text(transaction),
	                              .bytes = cm_view_of(message, sizeof message)};
	struct cm_store_reply reply = {.sender = cm_view_text("xb.contact"), .transaction = cm_view_text(transaction),
	                               .digest = cm_hash_of(cm_view_text(transaction)), .at = cm_clock_utc(),
	                               .context = cm_view_text(transaction)};
	struct cm_store_object o = {.id = cm_view_text(transaction), .peer = cm_view_text("xb.contact"),
	                            .generation = 1, .changed = cm_clock_utc()};
	cm_change_artifact(change, &a);
	cm_act_set(&v, CM_ACT_FIELD_TYPE, cm_view_text("taken"));
	cm_act_set(&v, CM_ACT_FIELD_PEER, cm_view_text("xb.contact"));
	cm_act_set(&v, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_act_set(&v, CM_ACT_FIELD_KIND, cm_view_text("pres"));
	cm_act_set(&v, CM_ACT_FIELD_NOTE, cm_view_text(transaction));
	cm_change_act(change, &v);
	cm_change_object(change, -1, &o);
	cm_change_reply(change, &reply);
	return change;
}

#endif
