// How every command fails, for people and for scripts. For people: lines on standard error. With --json: one object
// {"exit":…,"findings":[{"place","remedy","rule","seen","source","text"}…]} on standard output, or on standard error
// when the result itself was to go to standard output ("--out -"). Source: fail.c.
#ifndef CM_CLI_FAIL_H
#define CM_CLI_FAIL_H

#include <stdio.h>

#include "base/report.h"
#include "cli/command.h"
#include "format/json_put.h"

// Exit code for a result: CM_CLI_USAGE when the first finding is about the command line.
int cm_fail_exit(cm_result result, const struct cm_report *report);

// Tells the failure and gives its exit code. A report without findings is told as lack of memory or a fault of ours.
int cm_fail(const struct cm_command_line *line, cm_result result, const struct cm_report *report);

// The parts, for answers that are more than a failure: the findings as lines, and as a member of an open object.
void cm_fail_lines(FILE *to, enum cm_command command, const struct cm_report *report);
void cm_fail_json(struct cm_json_put *put, enum cm_command command, const struct cm_report *report);

#endif
