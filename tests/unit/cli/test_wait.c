#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/instant.h"
#include "cli/wait.h"

static char *said;
static size_t calls;

static cm_result
node_call(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status)
{
	(void)report;
	calls++;
	assert_string_equal(call->path, "/api/v1/jobs/7");
	cm_buf_text(ret_body, "{\"done\":1048576,\"of\":4194304}");
	*ret_status = 200;
	return CM_OK;
}

// What the step writes to standard error at these seconds.
static void
steps(void (*step)(void *, int64_t), struct cm_wait *wait, int seconds)
{
	FILE *err = stderr;
	size_t n;
	free(said);
	stderr = open_memstream(&said, &n);
	for (int s = 0; s <= seconds; s++)
		step(wait, s * CM_INSTANT_SECOND);
	fclose(stderr);
	stderr = err;
}

static void
an_answer_is_waited_for_with_one_word(void **state)
{
	(void)state;
	const struct cm_command_line line = {.command = CM_COMMAND_REQUEST_SAY};
	struct cm_wait wait = {.line = &line};
	steps(cm_wait_answer, &wait, 0);
	assert_string_equal(said, "");
	steps(cm_wait_answer, &wait, 9);
	assert_non_null(strstr(said, "Waiting for the other node's answer, at most 30 seconds."));
	assert_null(strstr(strstr(said, "Waiting") + 1, "Waiting"));
}

static void
scripts_get_no_words(void **state)
{
	(void)state;
	const struct cm_command_line line = {.command = CM_COMMAND_REQUEST_SAY, .json = true};
	struct cm_wait wait = {.line = &line};
	steps(cm_wait_answer, &wait, 9);
	assert_string_equal(said, "");
	steps(cm_wait_reader, &wait, 9);
	assert_string_equal(said, "");
}

static void
the_reader_is_asked_for_on_a_terminal_alone(void **state)
{
	(void)state;
	const struct cm_command_line line = {.command = CM_COMMAND_BUNDLE_EXPORT, .home = "h"};
	struct cm_wait wait = {.line = &line, .job = "7"};
	cm_cli_hooks = (struct cm_cli_hooks){.call = node_call};
	calls = 0;
	steps(cm_wait_reader, &wait, 2); // standard error of a test is none, unless a person runs it
	assert_true(wait.progress.on ? calls > 0 : calls == 0);
	wait.progress = (struct cm_out_progress){.what = "writing", .on = true};
	calls = 0;
	steps(cm_wait_reader, &wait, 2);
	assert_int_equal(calls, 2);
	assert_non_null(strstr(said, "writing 1.0 MiB of 4.0 MiB (25 %)"));
	free(said);
	said = NULL;
}

UNIT_MAIN(T(an_answer_is_waited_for_with_one_word), T(scripts_get_no_words), T(the_reader_is_asked_for_on_a_terminal_alone))
