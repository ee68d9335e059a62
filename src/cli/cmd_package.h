// The commands that work on files without a node: package create, package info, seal, open, verify.
// Source: cmd_package.c, cmd_seal.c, cmd_open.c, cmd_verify.c.
#ifndef CM_CLI_CMD_PACKAGE_H
#define CM_CLI_CMD_PACKAGE_H

#include "cli/command.h"
#include "cli/pack_job.h"
#include "cli/sink.h"

int cm_cmd_package_create(const struct cm_command_line *line);
int cm_cmd_package_info(const struct cm_command_line *line);
int cm_cmd_seal(const struct cm_command_line *line);
int cm_cmd_open(const struct cm_command_line *line);
int cm_cmd_verify(const struct cm_command_line *line);

// For these commands: a whole small file as bytes.
enum comity_result cm_cmd_load(const char *path, uint64_t max, struct comity_report *report, struct cm_buf *ret_bytes);

// `put` of a job into a sink.
enum comity_result cm_cmd_put(void *sink, struct cm_view bytes, struct comity_report *report);

// Tells why the result is not COMITY_OK and gives the exit code.
int cm_cmd_failed(const struct cm_command_line *line, enum comity_result result, struct comity_report *report);

// A signer of a key file and its certificates. `pass_file` may be NULL: an encrypted key is asked for on the terminal.
struct cm_cmd_key {
	const char *key, *cert, *pass_file;
};
enum comity_result cm_cmd_signer(const struct cm_cmd_key *key, struct comity_report *report,
                                 struct cm_cli_signer *ret_signer);

#endif
