// The TLS pair of a node with a real keeper: what is made, when it is due, and which files are no usable pair.
#include "home.h"

#include <unistd.h>

#include "hooks.h"

#include "node/tls_key.h"

// These tests need no node.
cm_result
cm_node_main(struct cm_node_start *start, struct cm_report *report)
{
	(void)start;
	return cm_report_failed(report, CM_ERROR_INTERNAL, "node", "not in this test");
}

static struct home home;
static struct cm_keeper_process keeper;
static struct cm_keeper_public public;

static int
setup(void **state)
{
	(void)state;
	struct cm_report report = {0};
	char path[CM_FILE_PATH];
	home_make(&home);
	assert_good(cm_file_path(path, sizeof path, home.home, "tls", &report), &report);
	assert_good(cm_dir_make(path, 0700, &report), &report);
	assert_good(cm_keeper_start(home.home, -1, &report, &keeper), &report);
	assert_good(cm_keeper_client_keys(&keeper.client, &report, &public), &report);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_keeper_public_fini(&public);
	cm_keeper_stop(&keeper);
	home_remove(&home);
	return 0;
}

static struct cm_buf
ready(void)
{
	struct cm_report report = {0};
	struct cm_buf pem = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	assert_good(cm_tls_key_ready(home.home, &keeper.client, &public.keys, &report, &pem), &report);
	return pem;
}

static void
a_pair_is_made_once(void **state)
{
	(void)state;
	struct cm_buf first = ready(), again = ready();
	assert_true(cm_view_equal(cm_buf_view(&first), cm_buf_view(&again)));
	int64_t left = cm_tls_key_due(cm_buf_view(&first), &public.keys).us - cm_clock_utc().us;
	assert_in_range(left / CM_INSTANT_DAY, 19, 20); // of 30 days
	cm_buf_fini(&first);
	cm_buf_fini(&again);
}

static void
each_new_pair_has_a_key_of_its_own(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_buf first = ready();
	assert_good(cm_tls_key_make(home.home, &keeper.client, &public.keys, &report), &report);
	struct cm_buf second = ready();
	size_t key = cm_view_find(cm_buf_view(&first), 100, '-');
	assert_false(cm_view_equal(cm_view_part(cm_buf_view(&first), 0, key), cm_view_part(cm_buf_view(&second), 0, key)));
	cm_buf_fini(&first);
	cm_buf_fini(&second);
}

static void
what_is_no_pair_is_due(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_buf first = ready(), mixed = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_ipc_keys fewer = public.keys;
	assert_good(cm_tls_key_make(home.home, &keeper.client, &public.keys, &report), &report);
	struct cm_buf second = ready();
	struct cm_view one = cm_buf_view(&first), other = cm_buf_view(&second);
	assert_int_equal(cm_tls_key_due(cm_view_text(""), &public.keys).us, 0);
	assert_int_equal(cm_tls_key_due(cm_view_part(one, 0, one.n / 2), &public.keys).us, 0);
	// The key of one with the chain of the other.
	size_t chain = (size_t)((const uint8_t *)memmem(one.p, one.n, "-----BEGIN C", 12) - one.p);
	cm_buf_view_add(&mixed, cm_view_part(one, 0, chain));
	cm_buf_view_add(&mixed, cm_view_part(other, chain, other.n));
	assert_int_equal(cm_tls_key_due(cm_buf_view(&mixed), &public.keys).us, 0);
	// The authority's certificate is another one by now.
	fewer.chain[0] = fewer.chain[1];
	assert_int_equal(cm_tls_key_due(one, &fewer).us, 0);
	fewer.chain_count = 1;
	assert_int_equal(cm_tls_key_due(one, &fewer).us, 0);
	cm_buf_fini(&first);
	cm_buf_fini(&second);
	cm_buf_fini(&mixed);
}

int
main(int argc, char **argv)
{
	int code;
	if (cm_role_main(argc, argv, NULL, &code))
		return code;
	const struct CMUnitTest tests[] = {
	        T(a_pair_is_made_once),
	        T(each_new_pair_has_a_key_of_its_own),
	        T(what_is_no_pair_is_due),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
