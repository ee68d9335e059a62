#include "register_files.h"

#include "format/proof.h"

static void
a_proof_comes_back_byte_for_byte(void **state)
{
	(void)state;
	static const char *const names[] = {"proof/accept/act.tlog-proof", "proof/accept/extra.tlog-proof"};
	for (size_t i = 0; i < 2; i++) {
		struct cm_buf bytes = register_file(names[i]), again = cm_buf_of(REGISTER_FILE_MAX);
		struct cm_proof p;
		assert_int_equal(cm_proof_read(cm_buf_view(&bytes), NULL, &p), CM_OK);
		assert_int_equal(p.index, 4);
		assert_int_equal(p.count, 3);
		assert_int_equal(p.extra.n != 0, i == 1);
		cm_proof_write(&p, &again);
		assert_true(cm_view_equal(cm_buf_view(&bytes), cm_buf_view(&again)));
		cm_buf_fini(&bytes);
		cm_buf_fini(&again);
	}
}

// Files that break a rule of the form; the others are refused by domain's receipt (test_receipt).
static cm_result
judge(struct cm_view bytes, struct cm_report *report)
{
	struct cm_proof p;
	return cm_proof_read(bytes, report, &p);
}

static void
what_is_no_proof_is_refused(void **state)
{
	(void)state;
	static const char *const names[] = {"proof_form.version", "proof_form.index", "proof_form.no_index",
	        "proof_form.short_hash", "proof_form.no_head", "proof_form.extra_bits", "proof_too_large.hashes"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[128];
		struct cm_report report = {0};
		snprintf(path, sizeof path, "proof/refuse/%s.tlog-proof", names[i]);
		struct cm_buf bytes = register_file(path);
		assert_int_equal(judge(cm_buf_view(&bytes), &report), CM_REFUSED);
		assert_true(cm_report_has(&report, cm_error_find(names[i], strcspn(names[i], "."))));
		cm_buf_fini(&bytes);
	}
}

static void
every_cut_is_refused_or_keeps_the_head_whole(void **state)
{
	(void)state;
	struct cm_buf bytes = register_file("proof/accept/act.tlog-proof");
	struct cm_proof p;
	for (size_t n = 0; n < bytes.n; n++)
		if (cm_proof_read(cm_view_of(bytes.p, n), NULL, &p) == CM_OK)
			assert_true(p.note.n != 0 && p.count == 3);
	cm_buf_fini(&bytes);
}

UNIT_MAIN(T(a_proof_comes_back_byte_for_byte), T(what_is_no_proof_is_refused),
          T(every_cut_is_refused_or_keeps_the_head_whole))
