#include "vector_folder.h"
#include "vectors.h"

#include "crypto/note.h"

static struct cm_note_key keys[2];

static int
read_keys(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("note", "keys.txt");
	size_t end = cm_view_find(cm_buf_view(&b), 0, '\n');
	assert_int_equal(cm_note_key_read(cm_view_part(cm_buf_view(&b), 0, end), NULL, &keys[0]), CM_OK);
	assert_int_equal(cm_note_key_read(cm_view_part(cm_buf_view(&b), end + 1, b.n - end - 2), NULL, &keys[1]),
	                 CM_OK);
	cm_buf_fini(&b);
	return 0;
}

static cm_result
check_note(const char *name, struct cm_view bytes, struct cm_report *report)
{
	(void)name;
	struct cm_note note;
	struct cm_note_signers signers;
	cm_result r = cm_note_read(bytes, report, &note);
	return r == CM_OK ? cm_note_verify(&note, keys, 2, report, &signers) : r;
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	assert_true(vector_each("note", ".note", check_note) >= 30);
}

static void
a_cosigned_note_tells_who_and_when(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("note", "accept-log-and-witness.note");
	struct cm_note note;
	struct cm_note_signers signers;
	assert_int_equal(cm_note_read(cm_buf_view(&b), NULL, &note), CM_OK);
	assert_int_equal(cm_note_verify(&note, keys, 2, NULL, &signers), CM_OK);
	assert_int_equal(signers.count, 2);
	assert_true(signers.signed_by[0] && signers.signed_by[1]);
	assert_int_equal(signers.time[0], 0);
	assert_int_equal(signers.time[1], 1790000000);
	cm_buf_fini(&b);
}

// Reading and writing: the same bytes come out, with keys from the seeds of the vectors.
static void
a_note_is_written_as_it_was_read(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("note", "accept-log-and-witness.note");
	struct cm_buf out = cm_buf_of(4096), message = cm_buf_of(4096);
	struct cm_note note;
	uint8_t seed[64];
	for (size_t i = 0; i < sizeof seed; i++)
		seed[i] = (uint8_t)i;
	assert_int_equal(cm_note_read(cm_buf_view(&b), NULL, &note), CM_OK);
	cm_buf_view_add(&out, note.text);
	cm_buf_u8(&out, '\n');
	for (size_t i = 0; i < 2; i++) {
		struct cm_key *key;
		struct cm_key_public public;
		struct cm_key_signature sig;
		struct cm_note_key made;
		uint64_t time = i == 0 ? 0 : 1790000000;
		assert_int_equal(cm_key_of_raw(CM_KEY_ED25519, cm_view_of(seed + 32 * i, 32), &key), CM_OK);
		cm_key_public(key, &public);
		assert_int_equal(cm_note_key_make(cm_view_text(keys[i].name), keys[i].type, public.b, NULL, &made),
		                 CM_OK);
		assert_memory_equal(made.id, keys[i].id, CM_NOTE_ID);
		cm_buf_clear(&message);
		cm_note_message(made.type, time, note.text, &message);
		assert_int_equal(cm_key_sign(key, cm_buf_view(&message), &sig), CM_OK);
		cm_note_line_write(&made, time, &sig, &out);
		cm_key_free(key);
	}
	assert_int_equal(cm_buf_result(&out), CM_OK);
	assert_int_equal(out.n, b.n);
	assert_memory_equal(out.p, b.p, b.n);
	cm_buf_fini(&b);
	cm_buf_fini(&out);
	cm_buf_fini(&message);
}

static cm_result
judge_key(struct cm_view text, struct cm_report *report)
{
	struct cm_note_key key;
	cm_result r = cm_note_key_read(text, report, &key);
	if (r == CM_OK) {
		struct cm_buf again = cm_buf_of(400);
		cm_note_key_write(&key, &again);
		assert_true(cm_view_equal(cm_buf_view(&again), text));
		cm_buf_fini(&again);
	}
	return r;
}

static void
a_verifier_key_has_one_spelling(void **state)
{
	(void)state;
	vector_folder("note_key", ".vkey", judge_key);
}

// Any bit of a note changed: refused, or the change was in a stranger's line (there is none here).
static void
every_changed_byte_is_refused(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("note", "accept-log.note");
	for (size_t i = 0; i < b.n; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			b.p[i] ^= (uint8_t)(1u << bit);
			assert_int_equal(check_note("", cm_buf_view(&b), NULL), CM_REFUSED);
			b.p[i] ^= (uint8_t)(1u << bit);
		}
	cm_buf_fini(&b);
}

static void
a_note_over_the_limit_is_refused(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE + 1);
	struct cm_report report = {0};
	struct cm_note note;
	cm_buf_fill(&b, 'x', CM_LIMIT_NOTE_BYTES_VALUE);
	assert_int_equal(cm_note_read(cm_buf_view(&b), &report, &note), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_NOTE_FORM)); // the size is fine, the form is not
	cm_buf_u8(&b, 'x');
	assert_int_equal(cm_note_read(cm_buf_view(&b), &report, &note), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_NOTE_TOO_LARGE));
	cm_buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(files_are_judged_by_their_names),  T(a_cosigned_note_tells_who_and_when),
	                                   T(a_note_is_written_as_it_was_read), T(a_verifier_key_has_one_spelling),
	                                   T(every_changed_byte_is_refused),    T(a_note_over_the_limit_is_refused)};
	return cmocka_run_group_tests(tests, read_keys, NULL);
}
