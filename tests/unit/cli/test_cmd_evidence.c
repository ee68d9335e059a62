#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/tab_limit.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/cmd_evidence.h"

#define HEADER "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// The transport is a hook of this room; here it is a node with one piece of evidence.
static const char *evidence;
static char posted[4096], stated[256], *shown;

static cm_result
node_call(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status)
{
	(void)report;
	*ret_status = 200;
	if (strcmp(call->method, "GET") == 0) {
		cm_buf_text(ret_body, evidence);
		return CM_OK;
	}
	snprintf(posted, sizeof posted, "%s %.*s", call->path, (int)call->body.n, (const char *)call->body.p);
	cm_buf_text(ret_body, "{\"state\":\"approved\"}");
	return CM_OK;
}

static cm_result
node_state(const char *session_file, const struct cm_call_statement *statement, struct cm_report *report,
           char ret_fields[3][CM_CALL_FIELD])
{
	(void)session_file;
	(void)report;
	(void)ret_fields;
	snprintf(stated, sizeof stated, "%s %s %02x%02x", statement->act, statement->object, statement->digest[1],
	         statement->digest[31]);
	return CM_OK;
}

static int
run(int (*command)(const struct cm_command_line *line), const char *const *words)
{
	int argc = 0;
	struct cm_command_line line;
	FILE *out = stdout, *err = stderr;
	size_t n;
	while (words[argc] != NULL)
		argc++;
	cm_cli_hooks = (struct cm_cli_hooks){.call = node_call, .state = node_state};
	posted[0] = stated[0] = 0;
	free(shown);
	stdout = stderr = open_memstream(&shown, &n);
	int code = cm_command_parse(argc, words, &line) ? command(&line) : CM_CLI_USAGE;
	fclose(stdout);
	stdout = out;
	stderr = err;
	return code;
}
#define WORDS(...) ((const char *const[]){__VA_ARGS__, "--home", "h", "--session", "s", "--json", NULL})

// What a person approves is the sealed header itself.
static void
the_header_is_what_is_approved(void **state)
{
	(void)state;
	evidence = "{\"evidence\":\"e1\",\"header_sha256\":\"" HEADER "\"}";
	assert_int_equal(run(cm_cmd_evidence_open, WORDS("evidence", "open", "e1")), CM_CLI_DONE);
	assert_string_equal(posted, "/api/v1/evidence/e1/open {\"for\":\"open\"}");
	assert_string_equal(stated, "evidence_open e1 11ff");
	assert_int_equal(run(cm_cmd_evidence_approve, WORDS("evidence", "approve", "e1", "--for", "export")), CM_CLI_DONE);
	assert_string_equal(posted, "/api/v1/evidence/e1/approve {\"for\":\"export\"}");
	assert_string_equal(stated, "evidence_export e1 11ff");
}

static void
evidence_that_is_not_here_cannot_be_approved(void **state)
{
	(void)state;
	evidence = "{\"evidence\":\"e1\"}";
	assert_int_equal(run(cm_cmd_evidence_open, WORDS("evidence", "open", "e1")), CM_CLI_REFUSED);
	assert_non_null(strstr(shown, "\"rule\":\"evidence_not_here\""));
	assert_string_equal(posted, "");
}

static void
other_purposes_do_not_exist(void **state)
{
	(void)state;
	evidence = "{\"evidence\":\"e1\",\"header_sha256\":\"" HEADER "\"}";
	assert_int_equal(run(cm_cmd_evidence_open, WORDS("evidence", "open", "e1", "--for", "fun")), CM_CLI_USAGE);
	assert_string_equal(stated, "");
}

// Evidence answers a request of a confirmed peer; without one there is nobody to seal it to.
static void
without_a_peer_nobody_can_read_it(void **state)
{
	(void)state;
	evidence = "{\"recipients\":[]}";
	assert_int_equal(run(cm_cmd_evidence_send, WORDS("evidence", "send", "p", "--request=r1")), CM_CLI_REFUSED);
	assert_non_null(strstr(shown, "\"rule\":\"evidence_nobody\""));
	free(shown);
	shown = NULL;
}

UNIT_MAIN(T(the_header_is_what_is_approved), T(evidence_that_is_not_here_cannot_be_approved),
          T(other_purposes_do_not_exist), T(without_a_peer_nobody_can_read_it))
