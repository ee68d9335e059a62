// Making keys and persons: State root, a node's folder, the file of persons, without a process around them.
#include "home.h"

#include "node/keeper_inside.h"

static struct home home;
static struct cm_keeper_persons persons;
static const struct cm_seal_identity identity = {{1}};

static int
setup(void **state)
{
	(void)state;
	struct cm_report report = {0};
	char path[300];
	home_make(&home);
	snprintf(path, sizeof path, "%s/keeper/persons", home.home);
	assert_good(cm_keeper_person_open(path, &report, &persons), &report);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_slotfile_fini(&persons.file);
	home_remove(&home);
	return 0;
}

static cm_result
add(const char *id, const char *name, struct cm_report *report)
{
	struct cm_keeper_enrolment e = {
	        .person = cm_view_text(id),
	        .name = cm_view_text(name),
	        .password = cm_view_text("a long password"),
	};
	return cm_keeper_person_add(&persons, &identity, &e, report);
}

static void
names_of_persons_are_well_formed_and_unique(void **state)
{
	(void)state;
	static const char *const bad[] = {"", "Ana", "1ana", "ana ilic", "../ana", "ana\n", "-ana",
	        "a123456789012345678901234567890123456789012345678901234567890123"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_refused(add(bad[i], "Ana", report), CM_ERROR_PERSON_FORM);
	assert_refused(add("ana", "", report), CM_ERROR_PERSON_FORM);
	assert_refused(add("ana", "line\nbreak", report), CM_ERROR_PERSON_FORM);
	assert_int_equal(persons.n, 0);
	struct cm_report good = {0};
	assert_good(add("ana", "Ana Ilić", &good), &good);
	assert_refused(add("ana", "Ana Ilić", report), CM_ERROR_PERSON_EXISTS);
	size_t n = persons.n;
	persons.n = CM_LIMIT_PERSONS_VALUE;
	assert_refused(add("bo", "Bo", report), CM_ERROR_PERSON_TOO_MANY);
	persons.n = n;
}

static void
persons_come_back_from_their_file_without_their_second_factor_in_the_clear(void **state)
{
	(void)state;
	char path[300];
	struct cm_report good = {0};
	struct cm_buf bytes = cm_buf_of_secret(1 << 20);
	struct cm_keeper_enrolment e = {.person = cm_view_text("bo"), .name = cm_view_text("Bo"),
	        .password = cm_view_text("a long password")};
	memset(e.totp, 0x5a, sizeof e.totp);
	assert_good(cm_keeper_person_add(&persons, &identity, &e, &good), &good);
	snprintf(path, sizeof path, "%s/keeper/persons", home.home);
	assert_good(cm_file_load(path, &bytes, &good), &good);
	assert_null(memmem(bytes.p, bytes.n, e.totp, sizeof e.totp));
	assert_null(memmem(bytes.p, bytes.n, "a long password", 15));
	size_t n = persons.n;
	cm_slotfile_fini(&persons.file);
	assert_good(cm_keeper_person_open(path, &good, &persons), &good);
	assert_int_equal(persons.n, n);
	assert_non_null(cm_keeper_person_find(&persons, cm_view_text("bo")));
	cm_buf_fini(&bytes);
}

// The file of persons anew, without its last `cut` bytes.
static void
reopen_without(size_t cut)
{
	char path[300];
	struct cm_report good = {0};
	struct cm_slotfile file;
	struct cm_buf contents = cm_buf_of_secret(CM_LIMIT_SLOT_BYTES_VALUE);
	snprintf(path, sizeof path, "%s/keeper/persons", home.home);
	cm_slotfile_fini(&persons.file);
	assert_good(cm_slotfile_open(path, &good, &file, &contents), &good);
	if (cut > 0)
		assert_good(cm_slotfile_write(&file, cm_view_part(cm_buf_view(&contents), 0, contents.n - cut), &good), &good);
	cm_slotfile_fini(&file);
	cm_buf_fini(&contents);
	assert_good(cm_keeper_person_open(path, &good, &persons), &good);
}

static void
roles_are_kept_by_name_and_persons_of_before_have_all(void **state)
{
	(void)state;
	struct cm_report good = {0};
	cm_rights_roles auditor = (cm_rights_roles)1 << CM_PERSON_ROLE_AUDITOR;
	struct cm_keeper_enrolment e = {.person = cm_view_text("cy"), .name = cm_view_text("Cy"),
	        .roles = cm_view_text("king"), .password = cm_view_text("a long password")};
	assert_refused(cm_keeper_person_add(&persons, &identity, &e, report), CM_ERROR_PERSON_FORM);
	e.roles = cm_view_text("auditor");
	assert_good(cm_keeper_person_add(&persons, &identity, &e, &good), &good);
	reopen_without(0);
	assert_int_equal(cm_keeper_person_find(&persons, e.person)->public.roles, auditor);
	assert_int_equal(persons.list[0].public.roles, cm_rights_all()); // added without naming one
	// New factors leave the roles as they are, unless they name others.
	e.roles = cm_view_text("");
	assert_good(cm_keeper_person_enrol(&persons, &identity, &e, &good), &good);
	assert_int_equal(cm_keeper_person_find(&persons, e.person)->public.roles, auditor);
	e.roles = cm_view_text("drafter,custodian");
	assert_good(cm_keeper_person_enrol(&persons, &identity, &e, &good), &good);
	reopen_without(0);
	assert_int_equal(cm_keeper_person_find(&persons, e.person)->public.roles,
	                 (cm_rights_roles)1 << CM_PERSON_ROLE_DRAFTER | (cm_rights_roles)1 << CM_PERSON_ROLE_CUSTODIAN);
	// What an older program wrote ends before the roles.
	size_t cut = 0;
	for (size_t i = 0; i < persons.n; i++) {
		struct cm_buf names = cm_buf_of(CM_LIMIT_PERSON_FUNCTIONS_VALUE);
		cm_rights_write(persons.list[i].public.roles, &names);
		cut += 4 + names.n;
		cm_buf_fini(&names);
	}
	reopen_without(cut);
	for (size_t i = 0; i < persons.n; i++)
		assert_int_equal(persons.list[i].public.roles, cm_rights_all());
}

static void
no_key_is_made_over_another(void **state)
{
	(void)state;
	struct cm_report good = {0};
	struct cm_state_root root;
	struct cm_state_root_spec state_spec = {.folder = home.state, .country = "XA"};
	struct cm_keeper_spec spec = {.home = home.home, .node = HOME_NODE};
	assert_refused(cm_state_root_create(&state_spec, report), CM_ERROR_STATE_EXISTS);
	assert_good(cm_state_root_open(home.state, cm_view_of(NULL, 0), &good, &root), &good);
	assert_refused(cm_keeper_create(&spec, &root, report), CM_ERROR_FILE_EXISTS);
	cm_state_root_fini(&root);
}

// Puts the bytes of one file in the place of another.
static void
swap_in(const char *from, const char *to)
{
	char source[300], target[300];
	struct cm_report good = {0};
	struct cm_buf bytes = cm_buf_of(65536);
	snprintf(source, sizeof source, "%s/%s", home.top, from);
	snprintf(target, sizeof target, "%s/%s", home.top, to);
	assert_good(cm_file_load(source, &bytes, &good), &good);
	assert_good(cm_file_replace(target, 0600, cm_buf_view(&bytes), &good), &good);
	cm_buf_fini(&bytes);
}

static void
keys_and_certificates_that_do_not_belong_together_are_refused(void **state)
{
	(void)state;
	struct cm_state_root root;
	struct cm_keeper_keys keys;
	struct cm_report good = {0};
	CM_CLEANUP(cm_buf_fini) struct cm_buf pass = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	assert_good(cm_keeper_keys_pass(home.home, -1, &good, &pass), &good);
	assert_good(cm_keeper_keys_open(home.home, cm_buf_view(&pass), &good, &keys), &good);
	cm_keeper_keys_fini(&keys);
	assert_refused(cm_keeper_keys_open(home.home, cm_view_text("wrong"), report, &keys), CM_ERROR_KEEPER_UNLOCK);
	swap_in("state/root.pem", "xa/keeper/sign.pem");
	assert_refused(cm_keeper_keys_open(home.home, cm_buf_view(&pass), report, &keys), CM_ERROR_KEEPER_KEYS);
	swap_in("xa/keeper/seal.pem", "state/root.pem");
	assert_int_equal(cm_state_root_open(home.state, cm_view_of(NULL, 0), NULL, &root), CM_REFUSED);
	assert_refused(cm_state_root_open(home.state, cm_view_of(NULL, 0), report, &root), CM_ERROR_STATE_FORM);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(names_of_persons_are_well_formed_and_unique),
	        T(persons_come_back_from_their_file_without_their_second_factor_in_the_clear),
	        T(roles_are_kept_by_name_and_persons_of_before_have_all),
	        T(no_key_is_made_over_another),
	        T(keys_and_certificates_that_do_not_belong_together_are_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
