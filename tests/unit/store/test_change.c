#include "store_unit.h"

#include <pthread.h>
#include <unistd.h>

#include "store/change.h"
#include "store/sqlite/db.h"

static void
a_change_too_large_is_refused_as_a_whole(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = unit_person("p1");
	struct cm_store_news news = {.topic = cm_view_text("peer")};
	for (int i = 0; i < CM_LIMIT_STORE_CHANGE_ROWS_VALUE; i++)
		cm_change_news(change, &news);
	assert_int_equal(cm_change_result(change), CM_REFUSED);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_ROW));
	change = unit_person("p1");
	for (int i = 0; i < CM_LIMIT_STORE_CHANGE_ACTS_VALUE; i++) {
		struct cm_act_values values = {0};
		cm_change_act(change, &values);
	}
	assert_int_equal(cm_change_result(change), CM_REFUSED);
	cm_change_free(change);
}

static void
digests_of_artifacts_stand_in_acts(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	struct cm_change *change = cm_change_new(unit_time(0));
	struct cm_store_artifact a = {.direction = CM_STORE_IN, .bytes = cm_view_text("first")},
	                         b = {.direction = CM_STORE_IN, .bytes = cm_view_text("second")};
	struct cm_act_values values = {0};
	cm_change_artifact(change, &a);
	cm_change_artifact(change, &b);
	cm_act_set(&values, CM_ACT_FIELD_TYPE, cm_view_text("taken"));
	cm_act_set(&values, CM_ACT_FIELD_PEER, cm_view_text("xb.contact"));
	cm_act_set(&values, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_change_act(change, &values);
	cm_act_set(&values, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact:0"));
	cm_change_act(change, &values);
	assert_int_equal(cm_store_submit_wait(u->store, change, &report, NULL, NULL), CM_OK);
	for (uint64_t i = 0; i < 2; i++) {
		struct cm_store_receipt_page *page;
		const struct cm_store_receipt *receipt;
		char hex[65];
		struct cm_hash digest = cm_hash_of(cm_view_text(i == 0 ? "second" : "first"));
		cm_hex_text(cm_hash_view(&digest), hex);
		assert_int_equal(cm_store_act_by_index(u->store, i, &report, &page, &receipt), CM_OK);
		assert_view_is(receipt->act->file.slots[CM_ACT_SLOT(CM_ACT_FIELD_ARTIFACT)].value, hex);
		cm_store_receipt_page_free(page);
	}
	change = cm_change_new(unit_time(0));
	cm_act_set(&values, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact:7"));
	cm_change_act(change, &values);
	assert_int_equal(cm_change_result(change), CM_BUG);
	cm_change_free(change);
}

static pthread_mutex_t hold = PTHREAD_MUTEX_INITIALIZER;

static cm_result
held_sign(void *self, const struct cm_store_sign *job, struct cm_report *report, struct cm_store_signed *ret_signed)
{
	pthread_mutex_lock(&hold);
	pthread_mutex_unlock(&hold);
	return unit_sign(self, job, report, ret_signed);
}

static void
count(void *context, const struct cm_store_outcome *outcome)
{
	size_t *done = context;
	assert_int_equal(outcome->result, CM_OK);
	__atomic_add_fetch(done, 1, __ATOMIC_SEQ_CST);
}

static void
a_full_queue_says_busy_and_loses_nothing(void **state)
{
	struct unit_store *u = *state;
	struct cm_report report = {0};
	size_t done = 0, taken = 0;
	unit_close(u);
	u->options.sign = held_sign;
	assert_int_equal(cm_store_open(&u->options, &report, &u->store), CM_OK);
	pthread_mutex_lock(&hold);
	for (;; taken++) {
		struct cm_change *change = taken == 0 ? unit_person("p1") : cm_change_new(unit_time(0));
		cm_result r = cm_store_submit(u->store, change, count, &done, &report);
		if (r == CM_REFUSED)
			break;
		assert_int_equal(r, CM_OK);
		assert_true(taken < 4 * (size_t)CM_LIMIT_STORE_QUEUE_VALUE);
	}
	assert_true(cm_report_has(&report, CM_ERROR_STORE_BUSY));
	assert_true(taken >= CM_LIMIT_STORE_QUEUE_VALUE);
	pthread_mutex_unlock(&hold);
	unit_close(u); // lets everything finish
	assert_int_equal(done, taken);
	u->options.sign = unit_sign;
	unit_open(u);
}

static void
what_is_no_database_is_told(void **state)
{
	struct unit_store *u = *state;
	char path[512];
	struct cm_report report = {0};
	struct cm_store *store;
	snprintf(path, sizeof path, "%s/db/comity.db", u->home);
	unit_close(u);
	assert_int_equal(cm_file_replace(path, 0600, cm_view_text("this is not a database, and long enough to tell"), NULL),
	                 CM_OK);
	assert_int_equal(cm_store_open(&u->options, &report, &store), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_STORE_DATABASE));
}

UNIT_MAIN(S(a_change_too_large_is_refused_as_a_whole), S(digests_of_artifacts_stand_in_acts),
          S(a_full_queue_says_busy_and_loses_nothing), S(what_is_no_database_is_told))
