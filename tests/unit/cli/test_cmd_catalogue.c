#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/cmd_catalogue.h"

static char *shown;

// Runs the command with standard output and error in memory; `shown` has the output.
static int
run(char *a, char *b, char *c)
{
	char name[] = "catalogue";
	const char *argv[] = {name, a, b, c, NULL};
	int argc = 1 + (a != NULL) + (b != NULL) + (c != NULL);
	struct cm_command_line line;
	FILE *out = stdout, *err = stderr;
	size_t n;
	free(shown);
	stdout = open_memstream(&shown, &n);
	stderr = fopen("/dev/null", "w");
	int code = cm_command_parse(argc, argv, &line) ? cm_cmd_catalogue_run(&line) : CM_CLI_USAGE;
	fclose(stderr);
	fclose(stdout);
	stdout = out;
	stderr = err;
	return code;
}

static char kinds[] = "kinds", kind[] = "kind", pres[] = "pres", json[] = "--json", moves[] = "--moves";
static char limits[] = "limits", maxima[] = "maxima";
static char nothing[] = "nothing", bad[] = "--bad", r[] = "r", request_kinds[] = "request_kinds";

static void
tables_rows_and_one_row_are_shown(void **state)
{
	(void)state;
	assert_int_equal(run(NULL, NULL, NULL), CM_CLI_DONE);
	assert_non_null(strstr(shown, "request_kinds      53"));
	assert_int_equal(run(kinds, NULL, NULL), CM_CLI_DONE);
	assert_non_null(strstr(shown, "Expedited preservation of stored electronic data"));
	assert_non_null(strstr(shown, "[memory"));
	assert_int_equal(run(kind, pres, NULL), CM_CLI_DONE);
	assert_non_null(strstr(shown, "42(3)(e)"));
	assert_null(strstr(shown, "held_pending_mla"));
	assert_int_equal(run(kind, pres, moves), CM_CLI_DONE);
	assert_non_null(strstr(shown, "held_pending_mla"));
	assert_non_null(strstr(shown, "A draft that holds every listed content is checked.  [policy]"));
	assert_int_equal(run(limits, NULL, NULL), CM_CLI_DONE);
	assert_non_null(strstr(shown, "lasts at least: 60 days  ["));
	assert_non_null(strstr(shown, "asked before expiry  ["));
	assert_int_equal(run(maxima, NULL, NULL), CM_CLI_DONE);
	assert_null(strstr(shown, ".:"));
	assert_int_equal(run(request_kinds, pres, json), CM_CLI_DONE);
	assert_int_equal(shown[0], '{');
	assert_non_null(strstr(shown, "\"source\":\"memory"));
	assert_int_equal(run(json, NULL, NULL), CM_CLI_DONE);
	assert_int_equal(shown[0], '[');
}

static void
what_is_not_there_is_refused(void **state)
{
	(void)state;
	assert_int_equal(run(nothing, NULL, NULL), CM_CLI_REFUSED);
	assert_int_equal(run(r, NULL, NULL), CM_CLI_REFUSED); // the beginning of several
	assert_int_equal(run(bad, NULL, NULL), CM_CLI_USAGE);
	assert_int_equal(run(kinds, nothing, NULL), CM_CLI_REFUSED);
	assert_int_equal(run(kinds, nothing, json), CM_CLI_REFUSED);
	assert_non_null(strstr(shown, "\"rule\":\"catalogue_unknown\""));
	assert_int_equal(run(kinds, pres, nothing), CM_CLI_USAGE);
	free(shown);
	shown = NULL;
}

UNIT_MAIN(T(tables_rows_and_one_row_are_shown), T(what_is_not_there_is_refused))
