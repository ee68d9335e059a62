// The clock of an exercise, environment, signals as something to read, a secret line.
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/env.h"
#include "os/file.h"
#include "os/sandbox.h"
#include "os/signal.h"
#include "os/tty.h"

static void
an_empty_variable_is_like_none(void **state)
{
	(void)state;
	setenv("COMITY_TEST_SMALL", "value", 1);
	assert_string_equal(cm_env_get("COMITY_TEST_SMALL"), "value");
	setenv("COMITY_TEST_SMALL", "", 1);
	assert_null(cm_env_get("COMITY_TEST_SMALL"));
	unsetenv("COMITY_TEST_SMALL");
	assert_null(cm_env_get("COMITY_TEST_SMALL"));
}

static void
a_signal_is_read_and_a_broken_pipe_is_only_an_error(void **state)
{
	(void)state;
	static const int signals[] = {SIGUSR1, 0};
	CM_FILE_AUTO int fd = -1;
	int ends[2];
	struct cm_report report = {0};
	assert_int_equal(cm_signal_open(signals, NULL, &fd), CM_OK);
	assert_int_equal(cm_signal_read(fd), 0);
	assert_int_equal(kill(getpid(), SIGUSR1), 0);
	assert_int_equal(cm_signal_read(fd), SIGUSR1);
	assert_int_equal(cm_signal_read(fd), 0);
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	assert_int_equal(cm_file_write_all(ends[1], cm_view_text("x"), &report), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_IO_WRITE));
	close(ends[1]);
}

static void
a_secret_is_one_line_with_a_maximum(void **state)
{
	(void)state;
	int ends[2];
	char many[CM_LIMIT_SECRET_LINE_VALUE + 10];
	struct cm_report report = {0};
	struct cm_buf line = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(cm_file_write_all(ends[1], cm_view_text("first\nsecond"), NULL), CM_OK);
	assert_int_equal(cm_tty_secret_from(ends[0], &line, NULL), CM_OK);
	assert_view_is(cm_buf_view(&line), "first");
	close(ends[1]);
	cm_buf_clear(&line);
	assert_int_equal(cm_tty_secret_from(ends[0], &line, NULL), CM_OK);
	assert_view_is(cm_buf_view(&line), "second");
	close(ends[0]);
	memset(many, 'x', sizeof many);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(cm_file_write_all(ends[1], cm_view_of(many, sizeof many), NULL), CM_OK);
	close(ends[1]);
	cm_buf_clear(&line);
	assert_int_equal(cm_tty_secret_from(ends[0], &line, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_FILE_TOO_LARGE));
	assert_false(cm_tty_is(ends[0]));
	assert_int_equal(cm_tty_width(ends[0]), 80);
	close(ends[0]);
	cm_buf_fini(&line);
}

static void
the_clock_of_an_exercise_moves_utc_alone(void **state)
{
	(void)state;
	char name[] = "/tmp/comity-clock-XXXXXX";
	struct cm_report report = {0};
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	assert_int_equal(cm_clock_exercise(name, &report), CM_REFUSED); // no bytes yet
	assert_true(cm_report_has(&report, CM_ERROR_EXERCISE_CLOCK));
	assert_null(cm_clock_exercise_file());
	int64_t never = cm_clock_look(CM_CLOCK_NEVER);
	assert_true(never == CM_CLOCK_NEVER);
	int64_t moved = 0;
	assert_int_equal(write(fd, &moved, sizeof moved), sizeof moved);
	assert_int_equal(cm_clock_exercise(name, NULL), CM_OK);
	int64_t utc = cm_clock_utc().us, mono = cm_clock_mono();
	moved = 60 * CM_INSTANT_DAY;
	assert_int_equal(pwrite(fd, &moved, sizeof moved, 0), sizeof moved);
	assert_true(cm_clock_utc().us - utc >= moved);
	assert_true(cm_clock_utc().us - utc < moved + CM_INSTANT_DAY);
	assert_true(cm_clock_mono() - mono < CM_INSTANT_DAY);
	assert_true(cm_clock_look(CM_CLOCK_NEVER) - cm_clock_mono() <= CM_LIMIT_EXERCISE_LOOK_MS_VALUE * INT64_C(1000));
	close(fd);
	unlink(name);
}

UNIT_MAIN(T(the_clock_of_an_exercise_moves_utc_alone), T(an_empty_variable_is_like_none), T(a_signal_is_read_and_a_broken_pipe_is_only_an_error),
          T(a_secret_is_one_line_with_a_maximum))
