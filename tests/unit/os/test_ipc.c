#include "unit.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/ipc.h"
#include "os/thread.h"

static struct cm_ipc a, b;

static int
setup(void **state)
{
	(void)state;
	int fds[2];
	if (cm_ipc_pair(NULL, fds) != CM_OK)
		return -1;
	a = cm_ipc_of(fds[0]);
	b = cm_ipc_of(fds[1]);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	cm_ipc_fini(&a);
	cm_ipc_fini(&b);
	return 0;
}

static void
send_largest(void *arg)
{
	(void)arg;
	uint8_t *bytes = cm_mem_new(CM_LIMIT_FRAME_BYTES_VALUE);
	bytes[CM_LIMIT_FRAME_BYTES_VALUE - 1] = 7;
	struct cm_ipc_frame frame = {.type = 9, .id = 77,
	        .payload = cm_view_of(bytes, CM_LIMIT_FRAME_BYTES_VALUE)};
	if (cm_ipc_send(&a, &frame, CM_CLOCK_NEVER, NULL) != CM_OK)
		frame.id = 0;
	cm_mem_free(bytes);
}

static void
the_largest_frame_arrives_whole_and_one_byte_more_is_not_sent(void **state)
{
	(void)state;
	struct cm_thread thread = {0};
	struct cm_ipc_frame got;
	struct cm_report report = {0};
	assert_int_equal(cm_thread_start(&thread, "send", send_largest, NULL, NULL), CM_OK);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, &report, &got), CM_OK);
	cm_thread_join(&thread);
	assert_int_equal(got.type, 9);
	assert_int_equal(got.id, 77);
	assert_int_equal(got.payload.n, CM_LIMIT_FRAME_BYTES_VALUE);
	assert_int_equal(got.payload.p[got.payload.n - 1], 7);
	struct cm_ipc_frame more = {.payload = cm_view_of(got.payload.p, CM_LIMIT_FRAME_BYTES_VALUE + 1)};
	assert_int_equal(cm_ipc_send(&b, &more, CM_CLOCK_NEVER, &report), CM_REFUSED);
	assert_int_equal(b.failed, CM_OK);
}

static void
descriptors_arrive_with_their_own_frame(void **state)
{
	(void)state;
	struct cm_ipc_frame got;
	int pipe_fds[2];
	char byte;
	assert_int_equal(pipe(pipe_fds), 0);
	struct cm_ipc_frame plain = {.type = 1, .payload = cm_view_text("no descriptor")};
	struct cm_ipc_frame with = {.type = 2, .payload = cm_view_text("one"), .fds = {pipe_fds[0]}, .fd_count = 1};
	assert_int_equal(cm_ipc_send(&a, &plain, CM_CLOCK_NEVER, NULL), CM_OK);
	assert_int_equal(cm_ipc_send(&a, &with, CM_CLOCK_NEVER, NULL), CM_OK);
	assert_int_equal(cm_ipc_send(&a, &plain, CM_CLOCK_NEVER, NULL), CM_OK);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_OK);
	assert_int_equal(got.fd_count, 0);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_OK);
	assert_int_equal(got.type, 2);
	assert_int_equal(got.fd_count, 1);
	assert_int_equal(write(pipe_fds[1], "x", 1), 1);
	assert_int_equal(read(got.fds[0], &byte, 1), 1);
	assert_int_equal(fcntl(got.fds[0], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	cm_ipc_frame_close(&got);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_OK);
	assert_int_equal(got.fd_count, 0);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

static void
silence_ends_at_the_deadline_and_the_failure_sticks(void **state)
{
	(void)state;
	struct cm_ipc_frame got;
	struct cm_report report = {0};
	assert_int_equal(cm_ipc_recv(&b, cm_clock_after(1000), &report, &got), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_IPC_DEADLINE));
	struct cm_ipc_frame frame = {.type = 1};
	assert_int_equal(cm_ipc_send(&a, &frame, CM_CLOCK_NEVER, NULL), CM_OK);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_FAILED);
}

static void
a_length_above_the_limit_is_refused_before_memory_is_taken(void **state)
{
	(void)state;
	static const uint8_t header[10] = {0xff, 0xff, 0xff, 0xff, 0, 1, 0, 0, 0, 1};
	struct cm_ipc_frame got;
	struct cm_report report = {0};
	assert_int_equal(write(a.fd, header, sizeof header), sizeof header);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, &report, &got), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_IPC_FRAME));
	assert_int_equal(b.in.room, 0);
}

static void
half_a_frame_and_the_end_is_an_end(void **state)
{
	(void)state;
	static const uint8_t half[12] = {0, 0, 0, 9, 0, 1, 0, 0, 0, 1, 'a', 'b'};
	struct cm_ipc_frame got;
	struct cm_report report = {0};
	assert_int_equal(write(a.fd, half, sizeof half), sizeof half);
	cm_ipc_fini(&a);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, &report, &got), CM_FAILED);
	assert_true(b.closed);
	assert_true(cm_report_has(&report, CM_ERROR_IPC_CLOSED));
}

#define F(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define LONG 200000

static void
send_long(void *bytes)
{
	struct cm_ipc_frame frame = {.type = 5, .payload = cm_view_of(bytes, LONG)};
	cm_result_ignore(cm_ipc_send(&a, &frame, CM_CLOCK_NEVER, NULL), "the receiver notices");
}

// Frames of all sizes, sent together and alone, come out one by one and whole.
static void
frames_are_read_ahead(void **state)
{
	(void)state;
	static uint8_t bytes[LONG];
	struct cm_thread thread = {0};
	struct cm_ipc_frame got;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7);
	cm_ipc_read_ahead(&b);
	assert_false(cm_ipc_pending(&b));
	for (uint32_t round = 0; round < 5; round++) {
		for (uint32_t i = 0; i < 40; i++) {
			struct cm_ipc_frame frame = {.type = (uint16_t)i, .id = i, .payload = cm_view_of(bytes, i * 37)};
			assert_int_equal(cm_ipc_hold(&a, &frame, NULL), CM_OK);
		}
		assert_int_equal(cm_ipc_flush(&a, CM_CLOCK_NEVER, NULL), CM_OK);
		assert_int_equal(cm_ipc_flush(&a, CM_CLOCK_NEVER, NULL), CM_OK); // nothing more
		for (uint32_t i = 0; i < 40; i++) {
			assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_OK);
			assert_int_equal(got.type, i);
			assert_int_equal(got.id, i);
			assert_true(cm_view_equal(got.payload, cm_view_of(bytes, i * 37)));
			assert_int_equal(cm_ipc_pending(&b), i < 39);
		}
		assert_int_equal(cm_thread_start(&thread, "send", send_long, bytes, NULL), CM_OK);
		assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_OK);
		assert_true(cm_view_equal(got.payload, cm_view_of(bytes, sizeof bytes)));
		cm_thread_join(&thread);
	}
	struct cm_ipc_frame with = {.fds = {0}, .fd_count = 1};
	assert_int_equal(cm_ipc_hold(&a, &with, NULL), CM_REFUSED);
	cm_ipc_fini(&a);
	assert_int_equal(cm_ipc_recv(&b, CM_CLOCK_NEVER, NULL, &got), CM_FAILED);
	assert_true(b.closed);
}

UNIT_MAIN(F(the_largest_frame_arrives_whole_and_one_byte_more_is_not_sent), F(descriptors_arrive_with_their_own_frame),
          F(silence_ends_at_the_deadline_and_the_failure_sticks),
          F(a_length_above_the_limit_is_refused_before_memory_is_taken), F(half_a_frame_and_the_end_is_an_end),
          F(frames_are_read_ahead))
