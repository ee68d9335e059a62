// Sealing and opening through the front door, at every size around a chunk.
#include "lab.h"

// A key pair made by age-keygen, for this test alone.
#define RECIPIENT "age13qc9vfprs79xyj8h3xclhp4ecq990pk7kr0x0xm8t6hu5p5q0e2qlwj0gd"
static const char identity[] = "# a comment\n\nAGE-SECRET-KEY-1EC9TCQHQFJQ05MDGLG0VRUHCWHYGJ43X9A0ATT3868MMAMMUX5AQTWD9WU\n";

static void
give(struct comity_seal *seal, const struct comity_step *step, struct comity_report *report)
{
	uint8_t chance[1024];
	for (size_t i = 0; i < sizeof chance; i++)
		chance[i] = (uint8_t)(i * 11 + 3);
	assert_int_equal(comity_seal_give(seal, (struct comity_view){chance, (size_t)step->length}, report), COMITY_OK);
}

static void
bad_recipients_and_identities_are_refused_by_name(void **state)
{
	(void)state;
	struct lab lab = {0};
	struct comity_seal *seal;
	struct comity_open *open;
	struct comity_step step;
	assert_int_equal(comity_report_new(&lab.report), COMITY_OK);
	assert_int_equal(comity_seal_new(&seal), COMITY_OK);
	assert_int_equal(comity_seal_step(seal, lab.report, &step), COMITY_REFUSED);
	assert_true(lab_has(&lab, "seal_recipients"));
	comity_report_clear(lab.report);
	assert_int_equal(comity_seal_to(seal, "age1nobody", lab.report), COMITY_REFUSED);
	assert_true(lab_has(&lab, "seal_recipient"));
	assert_int_equal(comity_open_new(&open), COMITY_OK);
	comity_report_clear(lab.report);
	assert_int_equal(comity_open_identities(open, comity_outside(cm_view_text("# none\n")), lab.report),
	                 COMITY_REFUSED);
	assert_int_equal(comity_open_identities(open, comity_outside(cm_view_text("AGE-SECRET-KEY-1X\n")), lab.report),
	                 COMITY_REFUSED);
	assert_true(lab_has(&lab, "seal_identity"));
	comity_seal_free(seal);
	comity_open_free(open);
	comity_report_free(lab.report);
}

static void
seal_all(struct comity_report *report, const char *recipient, struct cm_view plain, struct cm_buf *to)
{
	struct comity_seal *seal;
	struct comity_seal_worker *worker;
	struct comity_step step;
	uint64_t length;
	uint8_t sealed[COMITY_SEAL_SEALED];
	assert_int_equal(comity_seal_new(&seal), COMITY_OK);
	assert_int_equal(comity_seal_to(seal, recipient, report), COMITY_OK);
	while (comity_seal_step(seal, report, &step) == COMITY_OK && step.kind != COMITY_STEP_DONE)
		if (step.kind == COMITY_STEP_RANDOM)
			give(seal, &step, report);
		else
			cm_buf_view_add(to, comity_inside(step.bytes));
	assert_int_equal(comity_seal_worker_new(seal, &worker), COMITY_OK);
	size_t at = 0;
	do {
		struct cm_view part = cm_view_part(plain, at, COMITY_SEAL_CHUNK);
		struct comity_chunk chunk = {at / COMITY_SEAL_CHUNK, at + part.n == plain.n};
		assert_int_equal(comity_seal_chunk(worker, chunk, comity_outside(part), sealed), COMITY_OK);
		cm_buf_add(to, sealed, part.n + 16);
		at += part.n;
	} while (at < plain.n);
	assert_true(comity_seal_length(1, plain.n, &length));
	assert_int_equal(length, to->n);
	comity_seal_worker_free(worker);
	comity_seal_free(seal);
}

static enum comity_result
open_all(struct comity_report *report, const char *ids, struct cm_view sealed, struct cm_buf *to)
{
	struct comity_open *open;
	struct comity_seal_worker *worker = NULL;
	struct comity_step step;
	uint8_t plain[COMITY_SEAL_CHUNK];
	uint64_t length = 0;
	assert_int_equal(comity_open_new(&open), COMITY_OK);
	enum comity_result r = comity_open_identities(open, comity_outside(cm_view_text(ids)), report);
	while (r == COMITY_OK && (r = comity_open_step(open, report, &step)) == COMITY_OK && step.kind != COMITY_STEP_DONE)
		r = comity_open_give(open, comity_outside(cm_view_part(sealed, 0, (size_t)step.length)), report);
	if (r == COMITY_OK)
		r = comity_open_worker_new(open, &worker);
	size_t at = (size_t)comity_open_payload(open), i = 0;
	if (r == COMITY_OK && !comity_open_plain_length(open, sealed.n, &length))
		r = COMITY_REFUSED;
	do {
		struct cm_view part = cm_view_part(sealed, at, COMITY_SEAL_SEALED);
		struct comity_chunk chunk = {i++, at + part.n == sealed.n};
		if (r == COMITY_OK)
			r = comity_open_chunk(worker, chunk, comity_outside(part), report, plain);
		if (r == COMITY_OK)
			cm_buf_add(to, plain, part.n - 16);
		at += part.n;
	} while (r == COMITY_OK && at < sealed.n);
	if (r == COMITY_OK)
		assert_int_equal(length, to->n);
	comity_seal_worker_free(worker);
	comity_open_free(open);
	return r;
}

static void
what_is_sealed_opens_again_at_every_size(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 200001};
	struct comity_report *report;
	struct comity_report *none;
	assert_int_equal(comity_report_new(&report), COMITY_OK);
	assert_int_equal(comity_report_new(&none), COMITY_OK);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct cm_buf plain = cm_buf_of(LAB_BYTES), sealed = cm_buf_of(LAB_BYTES), back = cm_buf_of(LAB_BYTES);
		for (size_t k = 0; k < sizes[i]; k++)
			cm_buf_u8(&plain, (uint8_t)(k * 31 + k / 777));
		seal_all(report, RECIPIENT, cm_buf_view(&plain), &sealed);
		assert_int_equal(open_all(report, identity, cm_buf_view(&sealed), &back), COMITY_OK);
		assert_int_equal(back.n, plain.n);
		if (plain.n != 0)
			assert_memory_equal(back.p, plain.p, plain.n);
		cm_buf_clear(&back);
		sealed.p[sealed.n - 1] ^= 1;
		assert_int_equal(open_all(none, identity, cm_buf_view(&sealed), &back), COMITY_REFUSED);
		sealed.p[sealed.n - 1] ^= 1;
		cm_buf_clear(&back);
		assert_int_equal(open_all(none, identity, cm_view_part(cm_buf_view(&sealed), 0, sealed.n - 1), &back),
		                 COMITY_REFUSED);
		cm_buf_fini(&plain);
		cm_buf_fini(&sealed);
		cm_buf_fini(&back);
	}
	assert_int_equal(comity_report_count(report), 0);
	comity_report_free(report);
	comity_report_free(none);
}

UNIT_MAIN(T(bad_recipients_and_identities_are_refused_by_name), T(what_is_sealed_opens_again_at_every_size))
