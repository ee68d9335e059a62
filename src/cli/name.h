// What a person calls a request or a piece of evidence: its id, the beginning of one that only one has, or the reference
// that lists show ("XA-2026-00001"). Source: name.c.
#ifndef CM_CLI_NAME_H
#define CM_CLI_NAME_H

#include "base/report.h"
#include "cli/command.h"

#define CM_NAME_ID 40 // bytes of an id with NUL
#define CM_NAMES 4    // names in one command line

// Memory of the ids that stand in a command line instead of what was typed.
struct cm_names {
	char ids[CM_NAMES][CM_NAME_ID];
	size_t count;
};

// Puts the id in the place of every argument and option of `line` that names a request or evidence (REQUEST, EVIDENCE in
// data/commands.tab and options.tab). What is an id already is not asked for, and a name that nothing has stays: the
// command itself then says that there is none. Who is to act is told on standard error which one was meant.
// Refused: name_several. CM_FAILED: no node answers. `names` must outlive the line.
CM_CHECKED cm_result cm_name_find(struct cm_command_line *line, struct cm_names *names, struct cm_report *report);

#endif
