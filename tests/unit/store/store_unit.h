// A store in a folder of its own, with keys in this process instead of a keeper. Included by one test program each.
#ifndef CM_TESTS_STORE_UNIT_H
#define CM_TESTS_STORE_UNIT_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/mem.h"
#include "crypto/key.h"
#include "crypto/statement.h"
#include "domain/receipt.h"
#include "format/checkpoint.h"
#include "os/dir.h"
#include "os/file.h"
#include "store/read.h"
#include "store/tiles.h"

struct unit_store {
	char home[256];
	struct cm_key *log_key, *authority;
	struct cm_key_public authority_public;
	struct cm_note_key log;
	struct cm_store_options options;
	struct cm_store *store;
	size_t signatures, replies, applied;
	cm_result sign_result; // what the keeper answers
	bool fatal;
};

static cm_result
unit_sign(void *self, const struct cm_store_sign *job, struct cm_report *report, struct cm_store_signed *ret_signed)
{
	struct unit_store *u = self;
	struct cm_key_signature sig;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(4096);
	u->signatures++;
	if (u->sign_result != CM_OK)
		return u->sign_result;
	assert_int_equal(cm_merkle_consistency_verify(&job->older, &job->newer, &job->consistency, report), CM_OK);
	cm_statement_acts(&job->batch_root, job->batch_count, job->batch_time, &b);
	if (cm_buf_result(&b) == CM_NOMEM)
		return CM_NOMEM;
	assert_int_equal(cm_key_sign(u->authority, cm_buf_view(&b), &sig), CM_OK);
	memcpy(ret_signed->batch_signature, sig.b, sizeof sig.b);
	memset(ret_signed->certificate.b, 7, sizeof ret_signed->certificate.b);
	cm_buf_clear(&b);
	struct cm_checkpoint c = {.origin = job->origin, .size = job->newer.size};
	memcpy(c.root, job->newer.root.b, sizeof c.root);
	cm_checkpoint_write(&c, &b);
	if (cm_buf_result(&b) == CM_NOMEM)
		return CM_NOMEM;
	assert_int_equal(cm_key_sign(u->log_key, cm_buf_view(&b), &sig), CM_OK);
	cm_buf_u8(&b, '\n');
	cm_note_line_write(&u->log, 0, &sig, &b);
	if (cm_buf_result(&b) == CM_NOMEM)
		return CM_NOMEM;
	assert_true(b.n <= sizeof ret_signed->note);
	memcpy(ret_signed->note, b.p, b.n);
	ret_signed->note_n = b.n;
	return CM_OK;
}

// The answer: the context, and the first receipt.
static cm_result
unit_reply(void *self, struct cm_store_reply_job *jobs, size_t count, struct cm_report *report)
{
	struct unit_store *u = self;
	(void)report;
	for (size_t i = 0; i < count; i++) {
		cm_buf_view_add(&jobs[i].answer, jobs[i].context);
		cm_buf_u8(&jobs[i].answer, '\n');
		if (jobs[i].receipt_count != 0)
			cm_buf_view_add(&jobs[i].answer, jobs[i].receipts[0].proof);
		u->replies++;
	}
	return CM_OK;
}

// An event makes or moves the request named by its detail.
static cm_result
unit_apply(void *self, const struct cm_store_event *event, struct cm_change *change, struct cm_report *report)
{
	struct unit_store *u = self;
	struct cm_store_request request = {.id = event->detail,
	                                   .peer = cm_view_text("xb.contact"),
	                                   .kind = cm_view_text("pres"),
	                                   .state = event->cause,
	                                   .act = CM_STORE_LAST,
	                                   .message = CM_STORE_NTH(0),
	                                   .changed = event->at};
	(void)report;
	u->applied++;
	struct cm_store_request from = {.state = cm_view_text("acknowledged")};
	cm_change_request(change, cm_view_is(event->cause, "acknowledged") ? NULL : &from, &request);
	struct cm_store_step step = {.request = event->detail, .event = event->cause, .at = event->at,
	                             .act = CM_STORE_LAST};
	cm_change_step(change, &step);
	return CM_OK;
}

static void
unit_fatal(void *self, const struct cm_report *report)
{
	struct unit_store *u = self;
	(void)report;
	u->fatal = true;
}

static void
unit_keys(struct unit_store *u)
{
	uint8_t seed[32];
	struct cm_key_public public;
	memset(seed, 1, sizeof seed);
	assert_int_equal(cm_key_of_raw(CM_KEY_ED25519, cm_view_of(seed, 32), &u->log_key), CM_OK);
	assert_int_equal(cm_key_of_raw(CM_KEY_P256, cm_view_of(seed, 32), &u->authority), CM_OK);
	cm_key_public(u->authority, &u->authority_public);
	cm_key_public(u->log_key, &public);
	assert_int_equal(cm_note_key_make(cm_view_text("xa.contact/log/2027"), CM_NOTE_ED25519, public.b, NULL, &u->log),
	                 CM_OK);
}

static void
unit_open(struct unit_store *u)
{
	static struct cm_report report;
	cm_report_clear(&report);
	u->options.home = u->home;
	u->options.node = "xa.contact";
	u->options.log = &u->log;
	u->options.sign = unit_sign;
	u->options.reply = unit_reply;
	u->options.apply = unit_apply;
	u->options.fatal = unit_fatal;
	u->options.self = u;
	cm_result r = cm_store_open(&u->options, &report, &u->store);
	if (r != CM_OK && report.count != 0)
		print_message("%s: %s\n", report.findings[0].place, report.findings[0].seen);
	assert_int_equal(r, CM_OK);
}

static inline void
unit_close(struct unit_store *u)
{
	cm_store_close(u->store);
	u->store = NULL;
}

static int
unit_setup(void **state)
{
	struct unit_store *u = cm_mem_new(sizeof *u);
	assert_int_equal(cm_dir_temp(u->home, sizeof u->home, NULL), CM_OK);
	unit_keys(u);
	unit_open(u);
	*state = u;
	return 0;
}

static int
unit_teardown(void **state)
{
	struct unit_store *u = *state;
	cm_store_close(u->store);
	cm_key_free(u->log_key);
	cm_key_free(u->authority);
	assert_int_equal(cm_dir_remove_all(u->home, NULL), CM_OK);
	cm_mem_free(u);
	return 0;
}

static inline struct cm_instant
unit_time(int64_t second)
{
	return cm_instant_of_seconds(INT64_C(1803865324) + second);
}

// A change with one act "person_added" of this person.
static inline struct cm_change *
unit_person(const char *name)
{
	struct cm_change *change = cm_change_new(unit_time(0));
	struct cm_act_values values = {0};
	assert_non_null(change);
	cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("person_added"));
	cm_act_set(&values, CM_ACT_FIELD_PERSON, cm_view_text(name));
	cm_change_act(change, &values);
	return change;
}

#define S(f) cmocka_unit_test_setup_teardown(f, unit_setup, unit_teardown)

#endif
