// Payloads between node and keeper: what was written is read, and nothing shorter, longer or with a wild count is.
#include "unit.h"

#include "base/mem.h"
#include "node/ipc_findings.h"
#include "node/ipc_keeper.h"
#include "node/keeper_statement.h"
#include "node/tab_frame.h"

// Each reader behind one shape, into memory that is large enough for all.
union any {
	struct cm_ipc_cades cades;
	struct cm_ipc_hi1 hi1;
	struct cm_ipc_acts acts;
	struct cm_ipc_head head;
	struct cm_ipc_cycle cycle;
	struct cm_ipc_tls tls;
	struct cm_ipc_keys keys;
	struct cm_ipc_person person;
	struct cm_ipc_persons persons;
	struct cm_ipc_session session;
	struct cm_ipc_statement statement;
	struct cm_ipc_approval approval;
	struct cm_ipc_release release;
};
static union any got;

#define READER(name)                                                                                                   \
	static bool name(struct cm_view v)                                                                             \
	{                                                                                                              \
		return cm_ipc_keeper_##name##_read(v, &got.name);                                                      \
	}
READER(cades)
READER(hi1)
READER(acts)
READER(head)
READER(cycle)
READER(tls)
READER(keys)
READER(person)
READER(persons)
READER(session)
READER(statement)
READER(approval)
READER(release)

// Reads it whole, refuses it cut anywhere, refuses it with a byte more; a copy of the right size lets the sanitizer see overreads.
static void
assert_exact(struct cm_buf *written, bool (*read)(struct cm_view))
{
	assert_int_equal(cm_buf_result(written), CM_OK);
	for (size_t n = 0; n < written->n; n++) {
		char *cut = cm_mem_new(n);
		memcpy(cut, written->p, n);
		assert_false(read(cm_view_of(cut, n)));
		cm_mem_free(cut);
	}
	assert_true(read(cm_buf_view(written)));
	cm_buf_u8(written, 0);
	assert_false(read(cm_buf_view(written)));
	cm_buf_clear(written);
}

static void
every_payload_is_read_whole_or_not_at_all(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(65536);
	struct cm_ipc_acts a = {.count = 7, .time = {.us = 5}};
	struct cm_ipc_head h = {.origin = cm_view_text("o"), .head = {.size = 9}, .proof = {.count = 2}};
	struct cm_ipc_person p = {.id = "ana", .name = "Ana", .functions = "officer", .roles = 6, .disabled = true};
	struct cm_ipc_release r = {.job = 1, .grant = CM_IPC_GRANT_EXPORT, .object = cm_view_text("e1")};
	struct cm_ipc_keys k = {.node = "xa.contact", .chain_count = 1, .chain = {cm_view_text("der")}};
	struct cm_ipc_persons *all = cm_mem_new(sizeof *all);
	*all = (struct cm_ipc_persons){.n = 2, .persons = {p, p}};
	cm_ipc_keeper_cades_write(&(struct cm_ipc_cades){.time = {.us = 1}}, &b);
	assert_exact(&b, cades);
	cm_ipc_keeper_hi1_write(&(struct cm_ipc_hi1){cm_view_text("p"), cm_view_text("{}")}, &b);
	assert_exact(&b, hi1);
	cm_ipc_keeper_acts_write(&a, &b);
	assert_exact(&b, acts);
	cm_ipc_keeper_head_write(&h, &b);
	assert_exact(&b, head);
	cm_ipc_keeper_cycle_write(&(struct cm_ipc_cycle){.acts = a, .head = h}, &b);
	assert_exact(&b, cycle);
	cm_ipc_keeper_tls_write(&(struct cm_ipc_tls){.spki = cm_view_text("spki")}, &b);
	assert_exact(&b, tls);
	cm_ipc_keeper_keys_write(&k, &b);
	assert_exact(&b, keys);
	cm_ipc_keeper_person_write(&p, &b);
	assert_exact(&b, person);
	cm_ipc_keeper_persons_write(all, &b);
	assert_exact(&b, persons);
	cm_ipc_keeper_session_write(&(struct cm_ipc_session){.person = "ana"}, &b);
	assert_exact(&b, session);
	cm_ipc_keeper_statement_write(&(struct cm_ipc_statement){.text = cm_view_text("text")}, &b);
	assert_exact(&b, statement);
	cm_ipc_keeper_approval_write(&(struct cm_ipc_approval){.person = "ana", .have = 1, .needed = 2, .again = true}, &b);
	assert_exact(&b, approval);
	cm_ipc_keeper_release_write(&r, &b);
	assert_exact(&b, release);
	cm_mem_free(all);
	cm_buf_fini(&b);
}

static void
wild_counts_and_unknown_grants_are_refused(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(65536);
	struct cm_ipc_head h = {.proof = {.count = 0}};
	cm_ipc_keeper_head_write(&h, &b);
	b.p[b.n - 4] = 0xff; // the proof's count
	assert_false(head(cm_buf_view(&b)));
	cm_buf_clear(&b);
	cm_buf_u32be(&b, UINT32_MAX);
	assert_false(persons(cm_buf_view(&b)));
	cm_buf_clear(&b);
	struct cm_ipc_release r = {.grant = CM_IPC_GRANT_OPEN};
	cm_ipc_keeper_release_write(&r, &b);
	assert_true(release(cm_buf_view(&b)));
	b.p[4] = 3;
	assert_false(release(cm_buf_view(&b)));
	b.p[4] = 0;
	assert_false(release(cm_buf_view(&b)));
	cm_buf_fini(&b);
}

static void
findings_cross_unchanged_and_never_come_back_as_success(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(65536);
	struct cm_report from = {0}, to = {0};
	cm_report_add(&from, CM_ERROR_GUARD_FORK, "head", "two roots for size %d", 7);
	cm_ipc_findings_write(CM_REFUSED, &from, &b);
	assert_int_equal(cm_ipc_findings_read(cm_buf_view(&b), &to), CM_REFUSED);
	assert_int_equal(to.count, 1);
	assert_int_equal(to.findings[0].rule, CM_ERROR_GUARD_FORK);
	assert_string_equal(to.findings[0].seen, "two roots for size 7");
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(cm_ipc_findings_read(cm_view_of(b.p, n), NULL), CM_FAILED);
	b.p[0] = CM_OK;
	assert_int_equal(cm_ipc_findings_read(cm_buf_view(&b), NULL), CM_FAILED);
	cm_buf_fini(&b);
}

static void
frame_numbers_are_the_places_in_the_table(void **state)
{
	(void)state;
	for (enum cm_frame f = CM_FRAME_NONE + 1; f < CM_FRAME_END; f++)
		assert_int_equal(cm_frame_row(f)->number, f);
}

static void
a_statement_is_read_whole_or_not_at_all(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(4096);
	struct cm_keeper_statement back, s = {.time = {.us = 9}, .act = cm_view_text("evidence_open"),
	        .object = cm_view_text("e1"), .words = cm_view_text("Need it.")};
	cm_keeper_statement_write(&s, &b);
	assert_int_equal(cm_keeper_statement_read(cm_buf_view(&b), NULL, &back), CM_OK);
	assert_view_is(back.object, "e1");
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(cm_keeper_statement_read(cm_view_of(b.p, n), NULL, &back), CM_REFUSED);
	static const char *const bad[] = {"", "Evidence", "evidence open", "evidence-open", "a/b"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		s.act = cm_view_text(bad[i]);
		cm_buf_clear(&b);
		cm_keeper_statement_write(&s, &b);
		struct cm_report report = {0};
		assert_int_equal(cm_keeper_statement_read(cm_buf_view(&b), &report, &back), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_STATEMENT_FORM));
	}
	cm_buf_fini(&b);
}

UNIT_MAIN(T(every_payload_is_read_whole_or_not_at_all), T(wild_counts_and_unknown_grants_are_refused),
          T(findings_cross_unchanged_and_never_come_back_as_success), T(frame_numbers_are_the_places_in_the_table),
          T(a_statement_is_read_whole_or_not_at_all))
