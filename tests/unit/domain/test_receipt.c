#include "register_files.h"

#include "base/hex.h"
#include "domain/receipt.h"

static struct cm_note_key log_key;
static struct cm_act_file act;

static int
prepare(void **state)
{
	(void)state;
	struct cm_buf bytes = register_file("register/accept/act.json"), key = register_file("register/accept/register.vkey");
	assert_int_equal(cm_note_key_read(cm_view_of(key.p, key.n - 1), NULL, &log_key), CM_OK);
	assert_int_equal(cm_act_read(cm_buf_view(&bytes), NULL, &act), CM_OK);
	cm_buf_fini(&bytes);
	cm_buf_fini(&key);
	return 0;
}

static int
leave(void **state)
{
	(void)state;
	cm_act_fini(&act);
	return 0;
}

static cm_result
judge(struct cm_view bytes, struct cm_report *report)
{
	struct cm_receipt_question q = {.proof = bytes, .keys = &log_key, .key_count = 1};
	struct cm_receipt_told told;
	return cm_receipt_act_verify(&act, &q, report, &told);
}

static void
the_second_implementation_agrees(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_buf entry = register_file("register/accept/act.entry"), hidden = register_file("register/accept/act-hidden.json");
	struct cm_buf point = register_file("register/accept/authority.point");
	struct cm_act_file other;
	uint8_t mine[CM_ACT_RECORD_ENTRY], theirs[CM_ACT_RECORD_ENTRY], raw[65];
	assert_true(cm_hex_read(cm_view_of(entry.p, entry.n - 1), theirs, sizeof theirs));
	assert_int_equal(cm_receipt_entry(&act, mine), CM_OK);
	assert_memory_equal(mine, theirs, sizeof mine);
	assert_int_equal(cm_act_read(cm_buf_view(&hidden), &report, &other), CM_OK);
	assert_int_equal(cm_receipt_entry(&other, mine), CM_OK);
	assert_memory_equal(mine, theirs, sizeof mine);
	struct cm_key_public key;
	assert_true(cm_hex_read(cm_view_of(point.p, point.n - 1), raw, sizeof raw));
	assert_int_equal(cm_key_public_of_raw(CM_KEY_P256, cm_view_of(raw, sizeof raw), &report, &key), CM_OK);
	assert_int_equal(cm_receipt_act_signed(&other, &key, &report), CM_OK);
	other.time.us++;
	assert_int_equal(cm_receipt_act_signed(&other, &key, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_ACT_SIGNATURE));
	other.path_count--;
	assert_int_equal(cm_receipt_act_signed(&other, &key, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_MERKLE_INCLUSION));
	cm_act_fini(&other);
	cm_buf_fini(&entry);
	cm_buf_fini(&hidden);
	cm_buf_fini(&point);
}

static void
good_receipts_are_taken(void **state)
{
	(void)state;
	static const char *const names[] = {"proof/accept/act.tlog-proof", "proof/accept/extra.tlog-proof"};
	for (size_t i = 0; i < 2; i++) {
		struct cm_report report = {0};
		struct cm_buf bytes = register_file(names[i]);
		assert_int_equal(judge(cm_buf_view(&bytes), &report), CM_OK);
		cm_buf_fini(&bytes);
	}
}

static void
every_refused_receipt_breaks_the_rule_of_its_name(void **state)
{
	(void)state;
	assert_int_equal(register_refused("proof", ".tlog-proof", judge), 14);
}

// The example of the specification's own authors, with a witness (index 6 of their test log; the entry is "seven").
static void
a_receipt_of_others_with_a_witness_is_taken(void **state)
{
	(void)state;
	static const char proof[] =
	        "c2sp.org/tlog-proof@v1\nindex 6\nThcgoV2DYcK+VCxBUDWAlNxmLy2r7dq7dK7+OlgQKWs=\n"
	        "ycRkkNklus5eMVRUvkD1pK321vMrA+jjOiZKU8aOcY4=\nzY1lN35vrXYAPixXSd59LsU29xUJtuW4o2dNNg5Y2Co=\n"
	        "5jLpqTgjsBDSEX6SgZiRnbTMdTuRd8bQ5tSsAOxe0Ks=\n\nnode-a.example/log\n15\n"
	        "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
	        "\xe2\x80\x94 node-a.example/log I1YXpH3YTqQWo4SP8NEZxXQjz1ptoxfQIz/HeHZaOLU+DpEZQ9HPhT+mkGtOxPWzAsVvykrdE+"
	        "16UCLxH463zJQUvwo=\n"
	        "\xe2\x80\x94 node-b.example/witness 30cOKwAAAABqsTuAOMo72yPJ9FjB1ZxbmtCxN8XjVZsCqnh4d1BVpxPUEZPHars14zYPw"
	        "Kt2QzVG00vXz7zXA5c7vJ9qJsC2uEiABA==\n";
	struct cm_note_key keys[2];
	struct cm_report report = {0};
	assert_int_equal(cm_note_key_read(cm_view_text("node-a.example/log+235617a4+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQS"
	                                               "VTG4"),
	                                  &report, &keys[0]),
	                 CM_OK);
	assert_int_equal(cm_note_key_read(cm_view_text("node-b.example/witness+df470e2b+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJe"
	                                               "UvJMilm3X"),
	                                  &report, &keys[1]),
	                 CM_OK);
	struct cm_receipt_question q = {.proof = cm_view_text(proof), .entry = cm_view_text("seven"), .keys = keys,
	                                .key_count = 2};
	struct cm_receipt_told told;
	assert_int_equal(cm_receipt_verify(&q, &report, &told), CM_OK);
	assert_int_equal(told.time, 1790000000);
	assert_int_equal(told.index, 6);
	q.entry = cm_view_text("eight");
	assert_int_equal(cm_receipt_verify(&q, &report, &told), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_MERKLE_INCLUSION));
	q.keys = keys + 1; // a witness alone is no log
	q.key_count = 1;
	assert_int_equal(cm_receipt_verify(&q, &report, &told), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_RECEIPT_LOG_UNLISTED));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(the_second_implementation_agrees), T(good_receipts_are_taken),
	        T(every_refused_receipt_breaks_the_rule_of_its_name), T(a_receipt_of_others_with_a_witness_is_taken)};
	return cmocka_run_group_tests(tests, prepare, leave);
}
