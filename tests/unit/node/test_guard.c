// The guard of the register, without a process around it: what may follow the head that was signed last.
#include "home.h"

#include "node/keeper_inside.h"

#define LEAVES 300

static char folder[200], path[256];
static struct cm_keeper_guard guard;
static struct cm_hash leaves[LEAVES];

static int
setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEAVES; i++)
		leaves[i] = cm_hash_of(cm_view_of(&i, sizeof i));
	if (cm_dir_temp(folder, sizeof folder, NULL) != CM_OK)
		return -1;
	snprintf(path, sizeof path, "%s/guard", folder);
	return cm_slotfile_create(path, NULL) == CM_OK && cm_keeper_guard_open(path, NULL, &guard) == CM_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	cm_slotfile_fini(&guard.file);
	return cm_dir_remove_all(folder, NULL) == CM_OK ? 0 : -1;
}

static struct cm_ipc_head
head_of(uint64_t from, uint64_t size)
{
	struct cm_merkle_leaves all = {.leaves = leaves, .count = LEAVES};
	struct cm_merkle_source source = cm_merkle_source_of_leaves(&all);
	struct cm_ipc_head head = {
	        .origin = cm_view_text(HOME_ORIGIN),
	        .head = {.size = size, .root = cm_merkle_root(leaves, (size_t)size)},
	};
	if (from != 0)
		assert_int_equal(cm_merkle_consistency_make(&source, from, size, &head.proof), CM_OK);
	return head;
}

static cm_result
take(const struct cm_ipc_head *head, struct cm_report *report)
{
	return cm_keeper_guard_take(&guard, HOME_NODE, head, report);
}

static void
each_head_extends_the_one_before(void **state)
{
	(void)state;
	struct cm_report report = {0};
	static const uint64_t sizes[] = {0, 1, 2, 3, 7, 8, 100, 256, 257, 300};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cm_ipc_head head = head_of(i == 0 ? 0 : sizes[i - 1], sizes[i]);
		assert_good(take(&head, &report), &report);
		assert_good(take(&head, &report), &report); // the same again, after a crash
	}
}

static void
smaller_other_and_unproved_heads_are_refused(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_ipc_head head = head_of(0, 8);
	assert_good(take(&head, &good), &good);
	struct cm_ipc_head smaller = head_of(0, 7);
	assert_refused(take(&smaller, report), CM_ERROR_GUARD_SMALLER);
	struct cm_ipc_head other = head;
	other.head.root.b[0] ^= 1;
	assert_refused(take(&other, report), CM_ERROR_GUARD_FORK);
	struct cm_ipc_head unproved = head_of(8, 20);
	unproved.proof.count--;
	assert_refused(take(&unproved, report), CM_ERROR_GUARD_PROOF);
	struct cm_ipc_head wrong = head_of(8, 20);
	wrong.head.root.b[31] ^= 1;
	assert_refused(take(&wrong, report), CM_ERROR_GUARD_PROOF);
	struct cm_ipc_head from_older = head_of(7, 20);
	assert_refused(take(&from_older, report), CM_ERROR_GUARD_PROOF);
	struct cm_ipc_head right = head_of(8, 20);
	assert_good(take(&right, &good), &good);
}

static void
what_was_taken_is_still_held_after_a_restart(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_ipc_head head = head_of(0, 8);
	assert_good(take(&head, &good), &good);
	cm_slotfile_fini(&guard.file);
	assert_good(cm_keeper_guard_open(path, &good, &guard), &good);
	struct cm_ipc_head smaller = head_of(0, 7);
	assert_refused(take(&smaller, report), CM_ERROR_GUARD_SMALLER);
	struct cm_merkle_head held = cm_keeper_guard_head(&guard, cm_view_text(HOME_ORIGIN));
	assert_int_equal(held.size, 8);
}

static void
only_logs_of_this_node_are_signed(void **state)
{
	(void)state;
	static const char *const bad[] = {"xb.contact/log/2027", "xa.contact/log/202", "xa.contact/log/20277",
	        "xa.contact/log/20x7", "xa.contact/log/", "", "xa.contact/LOG/2027", "xa.contact.evil/log/2027"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_ipc_head head = head_of(0, 1);
		head.origin = cm_view_text(bad[i]);
		assert_refused(take(&head, report), CM_ERROR_KEEPER_ORIGIN);
	}
	struct cm_report good = {0};
	struct cm_ipc_head next_year = head_of(0, 1);
	next_year.origin = cm_view_text("xa.contact/log/2028");
	assert_good(take(&next_year, &good), &good);
}

#define F(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
UNIT_MAIN(F(each_head_extends_the_one_before), F(smaller_other_and_unproved_heads_are_refused),
          F(what_was_taken_is_still_held_after_a_restart), F(only_logs_of_this_node_are_signed))
