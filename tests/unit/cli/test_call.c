#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/tab_limit.h"
#include "cli/call.h"
#include "cli/cli.h"

// The transport is a hook of this room; here it is a node that remembers the call and answers what the test wants.
static struct cm_call called;
static char called_body[4096], stated[256];
static const char *answer;
static unsigned answer_status;

static cm_result
node_call(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status)
{
	(void)report;
	called = *call;
	snprintf(called_body, sizeof called_body, "%.*s", (int)call->body.n, (const char *)call->body.p);
	cm_buf_text(ret_body, answer);
	*ret_status = answer_status;
	return CM_OK;
}

static cm_result
node_state(const char *session_file, const struct cm_call_statement *statement, struct cm_report *report,
           char ret_fields[3][CM_CALL_FIELD])
{
	(void)report;
	snprintf(stated, sizeof stated, "%s %s %s %02x", session_file, statement->act, statement->object,
	         statement->digest[0]);
	snprintf(ret_fields[0], CM_CALL_FIELD, "Comity-Session: 00");
	return CM_OK;
}

static int
run(int argc, const char *const *argv, const char *text, unsigned status)
{
	struct cm_command_line line;
	char *shown = NULL;
	size_t n;
	FILE *out = stdout, *err = stderr;
	answer = text;
	answer_status = status;
	memset(&called, 0, sizeof called);
	cm_cli_hooks = (struct cm_cli_hooks){.call = node_call, .state = node_state};
	stdout = stderr = open_memstream(&shown, &n);
	int code = cm_command_parse(argc, argv, &line) ? cm_call_run(&line) : CM_CLI_USAGE;
	fclose(stdout);
	stdout = out;
	stderr = err;
	free(shown);
	return code;
}

static char request[] = "request", decide[] = "decide", id[] = "0f-1", event[] = "--event", preserve[] = "preserve",
            home[] = "--home", h[] = "h", session[] = "--session", s[] = "s", show[] = "show", bad[] = "../x";

static void
words_become_path_body_and_proof(void **state)
{
	(void)state;
	const char *argv[] = {request, decide, id, event, preserve, home, h, session, s, NULL};
	assert_int_equal(run(9, argv, "{\"state\":\"preserved\"}", 200), CM_CLI_DONE);
	assert_string_equal(called.path, "/api/v1/requests/0f-1/decision");
	assert_string_equal(called.method, "POST");
	assert_string_equal(called_body, "{\"event\":\"preserve\"}");
	// SHA-256 of the body begins with this byte; the act is the route's name.
	assert_string_equal(stated, "s api_request_decide 0f-1 82");
	assert_string_equal(called.fields[0], "Comity-Session: 00");
}

static void
reading_needs_no_person(void **state)
{
	(void)state;
	const char *argv[] = {request, show, id, home, h, NULL};
	assert_int_equal(run(5, argv, "{}", 200), CM_CLI_DONE);
	assert_string_equal(called.method, "GET");
	assert_string_equal(called.fields[0], "");
	assert_int_equal(called.body.n, 0);
}

static void
status_becomes_the_exit_code(void **state)
{
	(void)state;
	const char *argv[] = {request, show, id, home, h, NULL};
	assert_int_equal(run(5, argv, "{\"title\":\"no\"}", 404), CM_CLI_REFUSED);
	assert_int_equal(run(5, argv, "", 404), CM_CLI_REFUSED); // call_status
	assert_int_equal(run(5, argv, "", 503), CM_CLI_ENVIRONMENT);
	assert_int_equal(run(5, argv, "no json", 200), CM_CLI_REFUSED);
}

static void
an_argument_cannot_change_the_path(void **state)
{
	(void)state;
	const char *argv[] = {request, show, bad, home, h, NULL};
	assert_int_equal(run(5, argv, "{}", 200), CM_CLI_REFUSED); // call_argument
	assert_null(called.method);
	const char *without[] = {request, show, id, NULL};
	assert_int_equal(run(3, without, "{}", 200), CM_CLI_USAGE);
}

static void
a_person_needs_a_session(void **state)
{
	(void)state;
	const char *argv[] = {request, decide, id, event, preserve, home, h, NULL};
	unsetenv("COMITY_SESSION");
	assert_int_equal(run(7, argv, "{}", 200), CM_CLI_USAGE); // session_missing
	assert_null(called.method);
}

static void
values_of_a_query_are_escaped(void **state)
{
	(void)state;
	struct cm_buf text = cm_buf_of(100);
	cm_call_escape(&text, cm_view_text("a b&c=\xc3\xbc~"));
	assert_string_equal(cm_buf_cstr(&text), "a%20b%26c%3D%C3%BC~");
	cm_buf_fini(&text);
}

static char deadline[] = "deadline", list[] = "list", after[] = "--after", zzz[] = "z z", until[] = "--until";

static void
options_become_the_query(void **state)
{
	(void)state;
	const char *const argv[] = {deadline, list, after, zzz, home, h, NULL};
	assert_int_equal(run(6, argv, "{}", 200), CM_CLI_DONE);
	assert_string_equal(called.path, "/api/v1/deadlines?after=z%20z");
}

// What the node says of a parameter or member is a fault of the line when it was typed, and only then.
static void
what_was_typed_is_a_fault_of_the_line(void **state)
{
	(void)state;
	static const char query[] = "{\"findings\":[{\"rule\":\"http_query\",\"place\":\"after\",\"seen\":\"z z\"}]}";
	static const char member[] = "{\"findings\":[{\"rule\":\"api_member\",\"place\":\"/until\",\"seen\":\"it is no moment\"}]}";
	const char *const argv[] = {deadline, list, after, zzz, home, h, NULL};
	assert_int_equal(run(6, argv, query, 400), CM_CLI_USAGE);
	const char *const without[] = {deadline, list, home, h, NULL};
	assert_int_equal(run(4, without, query, 400), CM_CLI_REFUSED);
	const char *const decided[] = {request, decide, id, event, preserve, until, zzz, home, h, session, s, NULL};
	assert_int_equal(run(11, decided, member, 422), CM_CLI_USAGE);
}

UNIT_MAIN(T(options_become_the_query), T(what_was_typed_is_a_fault_of_the_line), T(words_become_path_body_and_proof), T(reading_needs_no_person), T(status_becomes_the_exit_code),
          T(an_argument_cannot_change_the_path), T(a_person_needs_a_session), T(values_of_a_query_are_escaped))
