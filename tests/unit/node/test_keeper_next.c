// The next signing key in a real folder: it waits, takes its place with a certificate, and every place where a crash may stop the
// change is healed by doing it again.
#include "home.h"

#include <unistd.h>

#include "hooks.h"

#include "node/keeper_inside.h"

// These tests need no node.
cm_result
cm_node_main(struct cm_node_start *start, struct cm_report *report)
{
	(void)start;
	return cm_report_failed(report, CM_ERROR_INTERNAL, "node", "not in this test");
}

static struct home home;
static struct cm_state_root root;

static int
setup(void **state)
{
	(void)state;
	struct cm_report said = {0};
	home_make(&home);
	assert_good(cm_state_root_open(home.state, cm_view_of(NULL, 0), &said, &root), &said);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_state_root_fini(&root);
	home_remove(&home);
	return 0;
}

static cm_result
take(const struct cm_state_root *by, struct cm_report *report)
{
	struct cm_keeper_recertify spec = {.home = home.home, .organisation = "Contact point"};
	return cm_keeper_next_take(&spec, HOME_NODE, by, report);
}

static cm_result
open_all(struct cm_report *report, struct cm_keeper_keys *keys)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pass = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	assert_good(cm_keeper_keys_pass(home.home, -1, report, &pass), report);
	return cm_keeper_keys_open(home.home, cm_buf_view(&pass), report, keys);
}

// SHA-256 of the key that signs now; everything of the folder fits together.
static struct cm_hash
signs(void)
{
	struct cm_report said = {0};
	struct cm_keeper_keys CM_CLEANUP(cm_keeper_keys_fini) keys = {.sign = NULL};
	struct cm_x509 cert;
	assert_good(open_all(&said, &keys), &said);
	assert_good(cm_x509_read(keys.chain.der[0], &said, &cert), &said);
	return cert.spki;
}

static void
path_of(const char *name, char path[CM_FILE_PATH])
{
	assert_int_equal(cm_file_path(path, CM_FILE_PATH, home.home, name, NULL), CM_OK);
}

static void
moved(const char *from, const char *to)
{
	char a[CM_FILE_PATH], b[CM_FILE_PATH];
	path_of(from, a);
	path_of(to, b);
	assert_int_equal(cm_file_rename(a, b, NULL), CM_OK);
}

static void
the_next_key_waits_and_takes_its_place(void **state)
{
	(void)state;
	struct cm_report said = {0};
	struct cm_keeper_next next, again;
	struct cm_hash before = signs(), now;
	assert_refused(take(&root, report), CM_ERROR_KEY_NEXT_NONE);
	assert_good(cm_keeper_next_ready(home.home, &said, &next), &said);
	assert_good(cm_keeper_next_ready(home.home, &said, &again), &said);
	assert_true(cm_hash_equal(&next.spki, &again.spki));
	assert_string_equal(next.node, HOME_NODE);
	now = signs();
	assert_true(cm_hash_equal(&before, &now));
	assert_good(take(&root, &said), &said);
	now = signs();
	assert_true(cm_hash_equal(&next.spki, &now));
	assert_refused(take(&root, report), CM_ERROR_KEY_NEXT_NONE);
}

static void
another_root_changes_nothing(void **state)
{
	(void)state;
	struct cm_report said = {0};
	struct cm_keeper_next next;
	struct cm_state_root CM_CLEANUP(cm_state_root_fini) other = {.key = NULL};
	char folder[300];
	snprintf(folder, sizeof folder, "%s/other", home.top);
	struct cm_state_root_spec spec = {.folder = folder, .country = "XA"};
	assert_good(cm_state_root_create(&spec, &said), &said);
	assert_good(cm_state_root_open(folder, cm_view_of(NULL, 0), &said, &other), &said);
	assert_good(cm_keeper_next_ready(home.home, &said, &next), &said);
	struct cm_hash before = signs(), now;
	assert_refused(take(&other, report), CM_ERROR_STATE_OTHER);
	now = signs();
	assert_true(cm_hash_equal(&before, &now));
}

static void
not_while_somebody_has_the_folder(void **state)
{
	(void)state;
	struct cm_report said = {0};
	CM_FILE_AUTO int lock = -1;
	assert_good(cm_keeper_lock(home.home, &said, &lock), &said);
	assert_refused(take(&root, report), CM_ERROR_LOCK_HELD);
}

// The certificate is written, the key not moved: as if nothing had happened. The key moved, its certificate not: no keeper opens.
static void
a_crash_is_healed(void **state)
{
	(void)state;
	struct cm_report said = {0};
	struct cm_keeper_keys CM_CLEANUP(cm_keeper_keys_fini) keys = {.sign = NULL};
	struct cm_keeper_next next;
	char kept[CM_FILE_PATH];
	assert_good(cm_keeper_next_ready(home.home, &said, &next), &said);
	path_of("keeper/sign.pem", kept);
	struct cm_buf CM_CLEANUP(cm_buf_fini) old = cm_buf_of(4 * CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	assert_good(cm_file_load(kept, &old, &said), &said);
	assert_good(take(&root, &said), &said);
	moved("keeper/sign.pem", "keeper/next.pem"); // one step back: the old certificate beside the new key
	assert_good(cm_file_replace(kept, 0644, cm_buf_view(&old), &said), &said);
	assert_refused(open_all(report, &keys), CM_ERROR_KEEPER_KEYS);
	assert_good(take(&root, &said), &said);
	struct cm_hash now = signs();
	assert_true(cm_hash_equal(&next.spki, &now));

	assert_good(cm_keeper_next_ready(home.home, &said, &next), &said);
	path_of("keeper/next.pem", kept);
	assert_good(cm_file_replace(kept, 0644, cm_buf_view(&old), &said), &said);
	assert_good(take(&root, &said), &said);
	now = signs();
	assert_true(cm_hash_equal(&next.spki, &now));
}

int
main(int argc, char **argv)
{
	int code;
	if (cm_role_main(argc, argv, NULL, &code))
		return code;
	const struct CMUnitTest tests[] = {
	        T(the_next_key_waits_and_takes_its_place),
	        T(another_root_changes_nothing),
	        T(not_while_somebody_has_the_folder),
	        T(a_crash_is_healed),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
