#include "unit.h"

#include "node/ask.h"
#include "os/clock.h"

#define THREADS 8
#define ROUNDS 200

static struct cm_ask_channel channel;
static struct cm_ipc other;

static int
setup(void **state)
{
	(void)state;
	int fds[2];
	if (cm_ipc_pair(NULL, fds) != CM_OK)
		return -1;
	cm_ask_init(&channel, fds[0], 5 * CM_INSTANT_SECOND);
	other = cm_ipc_of(fds[1]);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_ask_fini(&channel);
	cm_ipc_fini(&other);
	return 0;
}

// Answers four questions at a time, the last one first, with the question twice.
static void
answer(void *arg)
{
	struct cm_ipc *ipc = arg;
	struct cm_ipc_frame frame, held[4];
	uint8_t bytes[4][64];
	size_t n = 0;
	cm_ipc_read_ahead(ipc);
	while (cm_ipc_recv(ipc, CM_CLOCK_NEVER, NULL, &frame) == CM_OK) {
		memcpy(bytes[n], frame.payload.p, frame.payload.n);
		memcpy(bytes[n] + frame.payload.n, frame.payload.p, frame.payload.n);
		held[n] = (struct cm_ipc_frame){.type = (uint16_t)(frame.type + 1), .id = frame.id,
		        .payload = cm_view_of(bytes[n], 2 * frame.payload.n)};
		if (++n < 4 && cm_ipc_pending(ipc))
			continue;
		while (n-- > 0)
			if (cm_ipc_hold(ipc, &held[n], NULL) != CM_OK)
				return;
		n = 0;
		if (cm_ipc_flush(ipc, CM_CLOCK_NEVER, NULL) != CM_OK)
			return;
	}
}

struct asker {
	struct cm_thread thread;
	uint8_t name;
	unsigned wrong, failed;
};

static void
ask(void *arg)
{
	struct asker *asker = arg;
	for (size_t round = 0; round < ROUNDS; round++) {
		struct cm_ask asks[5];
		struct cm_buf answers[5];
		uint8_t words[5][3];
		size_t n = 1 + round % 5;
		for (size_t i = 0; i < n; i++) {
			words[i][0] = asker->name;
			words[i][1] = (uint8_t)round;
			words[i][2] = (uint8_t)i;
			answers[i] = cm_buf_of(16);
			asks[i] = (struct cm_ask){.type = (uint16_t)i, .payload = cm_view_of(words[i], 3), .to = &answers[i]};
		}
		asker->failed += cm_ask(&channel, asks, n, NULL) != CM_OK;
		for (size_t i = 0; i < n; i++) {
			asker->wrong += asks[i].ret_type != i + 1 || answers[i].n != 6 ||
			                memcmp(answers[i].p, words[i], 3) != 0 || memcmp(answers[i].p + 3, words[i], 3) != 0;
			cm_buf_fini(&answers[i]);
		}
	}
}

static void
every_thread_gets_its_own_answers(void **state)
{
	(void)state;
	struct cm_thread side = {0};
	static struct asker askers[THREADS];
	assert_int_equal(cm_thread_start(&side, "other", answer, &other, NULL), CM_OK);
	for (size_t i = 0; i < THREADS; i++) {
		askers[i] = (struct asker){.name = (uint8_t)i};
		assert_int_equal(cm_thread_start(&askers[i].thread, "asker", ask, &askers[i], NULL), CM_OK);
	}
	for (size_t i = 0; i < THREADS; i++) {
		cm_thread_join(&askers[i].thread);
		assert_int_equal(askers[i].failed + askers[i].wrong, 0);
	}
	cm_ask_fini(&channel);
	cm_thread_join(&side);
}

static void
die(void *arg)
{
	struct cm_ipc *ipc = arg;
	struct cm_ipc_frame frame;
	cm_result_ignore(cm_ipc_recv(ipc, CM_CLOCK_NEVER, NULL, &frame), "it dies in any case");
	cm_ipc_fini(ipc);
}

// Whoever waits is told when the other side dies; a new one answers again.
static void
a_dead_side_fails_all_and_a_new_one_answers(void **state)
{
	(void)state;
	struct cm_thread side = {0};
	static struct asker askers[THREADS];
	int fds[2];
	assert_int_equal(cm_thread_start(&side, "other", die, &other, NULL), CM_OK);
	for (size_t i = 0; i < THREADS; i++) {
		askers[i] = (struct asker){.name = (uint8_t)i};
		assert_int_equal(cm_thread_start(&askers[i].thread, "asker", ask, &askers[i], NULL), CM_OK);
	}
	for (size_t i = 0; i < THREADS; i++) {
		cm_thread_join(&askers[i].thread);
		assert_int_equal(askers[i].failed, ROUNDS);
	}
	cm_thread_join(&side);
	assert_int_equal(cm_ipc_pair(NULL, fds), CM_OK);
	cm_ask_renew(&channel, fds[0]);
	other = cm_ipc_of(fds[1]);
	assert_int_equal(cm_thread_start(&side, "other", answer, &other, NULL), CM_OK);
	askers[0] = (struct asker){.name = 1};
	ask(&askers[0]);
	assert_int_equal(askers[0].failed + askers[0].wrong, 0);
	cm_ask_fini(&channel);
	cm_thread_join(&side);
}

static void
count_lost(void *self)
{
	++*(unsigned *)self;
}

static void
lie(void *arg)
{
	struct cm_ipc *ipc = arg;
	struct cm_ipc_frame frame;
	if (cm_ipc_recv(ipc, CM_CLOCK_NEVER, NULL, &frame) == CM_OK) {
		frame.id += 1;
		cm_result_ignore(cm_ipc_send(ipc, &frame, CM_CLOCK_NEVER, NULL), "the asker notices");
	}
}

static void
an_answer_to_no_question_ends_the_channel(void **state)
{
	(void)state;
	struct cm_thread side = {0};
	struct cm_report report = {0};
	struct cm_buf to = cm_buf_of(16);
	struct cm_ask one = {.payload = cm_view_text("one"), .to = &to};
	unsigned lost = 0;
	channel.lost = count_lost;
	channel.self = &lost;
	assert_int_equal(cm_thread_start(&side, "other", lie, &other, NULL), CM_OK);
	assert_int_equal(cm_ask(&channel, &one, 1, &report), CM_FAILED);
	assert_int_equal(lost, 1);
	assert_true(cm_report_has(&report, CM_ERROR_IPC_FRAME));
	assert_int_equal(cm_ask(&channel, &one, 1, NULL), CM_FAILED);
	assert_int_equal(lost, 1); // once
	cm_thread_join(&side);
	cm_buf_fini(&to);
}

static void
silence_ends_with_patience(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_buf to = cm_buf_of(16);
	struct cm_ask one = {.payload = cm_view_text("one"), .to = &to};
	unsigned lost = 0;
	channel.lost = count_lost;
	channel.self = &lost;
	channel.patience = 1000;
	assert_int_equal(cm_ask(&channel, &one, 1, &report), CM_FAILED);
	assert_int_equal(lost, 1);
	assert_true(cm_report_has(&report, CM_ERROR_IPC_DEADLINE));
	cm_buf_fini(&to);
}

#define F(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

UNIT_MAIN(F(every_thread_gets_its_own_answers), F(a_dead_side_fails_all_and_a_new_one_answers),
          F(an_answer_to_no_question_ends_the_channel), F(silence_ends_with_patience))
