#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"
#include "os/proc.h"

static void
output_errors_and_code_of_a_command_come_back(void **state)
{
	(void)state;
	static const char *const argv[] = {"sh", "-c", "cat; echo wrong >&2; exit 7", NULL};
	struct cm_buf out = cm_buf_of(4), err = cm_buf_of(64);
	struct cm_proc_streams streams = {.input = cm_view_text("abcdefgh"), .out = &out, .err = &err};
	struct cm_proc_command command = {.argv = argv};
	struct cm_proc_end end;
	assert_int_equal(cm_proc_run(&command, &streams, CM_CLOCK_NEVER, NULL, &end), CM_OK);
	assert_int_equal(end.code, 7);
	assert_view_is(cm_buf_view(&out), "abcd"); // the buffer's maximum; the rest is dropped
	assert_view_is(cm_buf_view(&err), "wrong\n");
	cm_buf_fini(&out);
	cm_buf_fini(&err);
}

static void
a_program_that_is_not_there_is_refused_by_name(void **state)
{
	(void)state;
	static const char *const argv[] = {"/nowhere/at/all", NULL};
	struct cm_proc_command command = {.argv = argv};
	struct cm_proc proc = {0};
	struct cm_report report = {0};
	assert_int_equal(cm_proc_start(&command, &report, &proc), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_PROC_START));
	assert_int_equal(proc.pid, 0);
}

static void
a_child_has_the_descriptors_it_was_given_and_no_others(void **state)
{
	(void)state;
	static const char *const argv[] = {"sh", "-c", "for f in /proc/self/fd/*; do [ -e $f ] && echo ${f##*/}; done", NULL};
	struct cm_buf out = cm_buf_of(256);
	int stray = dup(0), given = dup(0); // without close-on-exec: the start has to see to it
	struct cm_proc_fd fds[] = {{.fd = given, .as = 5}};
	struct cm_proc_command command = {.argv = argv, .fds = fds, .fd_count = 1};
	struct cm_proc_streams streams = {.out = &out};
	struct cm_proc_end end;
	assert_int_equal(cm_proc_run(&command, &streams, CM_CLOCK_NEVER, NULL, &end), CM_OK);
	assert_view_is(cm_buf_view(&out), "0\n1\n2\n5\n");
	close(stray);
	close(given);
	cm_buf_fini(&out);
}

static void
a_child_is_waited_for_until_a_deadline_and_killed_by_its_own_handle(void **state)
{
	(void)state;
	static const char *const argv[] = {"sleep", "1000", NULL};
	struct cm_proc_command command = {.argv = argv};
	struct cm_proc proc = {0};
	struct cm_proc_end end;
	struct cm_report report = {0};
	uint64_t bytes = 0;
	assert_int_equal(cm_proc_start(&command, NULL, &proc), CM_OK);
	assert_int_equal(cm_proc_wait(&proc, cm_clock_after(1000), &report, &end), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_PROC_DEADLINE));
	assert_int_equal(cm_proc_pss(proc.pid, NULL, &bytes), CM_OK);
	assert_true(bytes > 0);
	assert_int_equal(cm_proc_signal(&proc, SIGKILL, NULL), CM_OK);
	assert_int_equal(cm_proc_wait(&proc, CM_CLOCK_NEVER, NULL, &end), CM_OK);
	assert_int_equal(end.signal, SIGKILL);
	assert_int_equal(proc.pid, 0);
	proc.pidfd = -1;
	assert_int_equal(cm_proc_signal(&proc, SIGKILL, &report), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_PROC_FACTS));
}

UNIT_MAIN(T(output_errors_and_code_of_a_command_come_back), T(a_program_that_is_not_there_is_refused_by_name),
          T(a_child_has_the_descriptors_it_was_given_and_no_others),
          T(a_child_is_waited_for_until_a_deadline_and_killed_by_its_own_handle))
