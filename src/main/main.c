// The program: joins the commands of the cli room with what only the node's rooms can do and runs the one that was asked
// for. Nobody includes this room.
#include <stdio.h>
#include <string.h>

#include "node/role.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/cmd_bundle.h"
#include "cli/cmd_evidence.h"
#include "cli/cmd_help.h"
#include "cli/cmd_log.h"
#include "cli/cmd_package.h"
#include "cli/cmd_person.h"
#include "cli/cmd_record.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "main/commands.h"
#include "main/signer.h"

// Commands that read their words by the tables and are more than one call of the admin API.
static const struct {
	enum cm_command command;
	int (*run)(const struct cm_command_line *line);
} cm_main_runs[] = {
        {CM_COMMAND_INIT, cm_commands_init},
        {CM_COMMAND_RENEW, cm_commands_renew},
        {CM_COMMAND_SERVE, cm_commands_serve},
        {CM_COMMAND_PERSON_ADD, cm_cmd_person_add},
        {CM_COMMAND_LOGIN, cm_cmd_person_login},
        {CM_COMMAND_LOGOUT, cm_cmd_person_logout},
        {CM_COMMAND_PACKAGE_CREATE, cm_cmd_package_create},
        {CM_COMMAND_PACKAGE_INFO, cm_cmd_package_info},
        {CM_COMMAND_SEAL, cm_cmd_seal},
        {CM_COMMAND_OPEN, cm_cmd_open},
        {CM_COMMAND_VERIFY, cm_cmd_verify},
        {CM_COMMAND_EVIDENCE_SEND, cm_cmd_evidence_send},
        {CM_COMMAND_EVIDENCE_OPEN, cm_cmd_evidence_open},
        {CM_COMMAND_EVIDENCE_APPROVE, cm_cmd_evidence_approve},
        {CM_COMMAND_BUNDLE_EXPORT, cm_cmd_bundle_export},
        {CM_COMMAND_MESSAGE_SHOW, cm_cmd_record_message},
        {CM_COMMAND_ACT_PROOF, cm_cmd_record_proof},
        {CM_COMMAND_EVENT_LIST, cm_cmd_record_events},
        {CM_COMMAND_LOG_FSCK, cm_cmd_log_fsck},
        {CM_COMMAND_LOG_PROVE, cm_cmd_log_prove},
        {CM_COMMAND_HELP, cm_cmd_help_run},
        {CM_COMMAND_MANUAL, cm_cmd_help_manual},
        {CM_COMMAND_COMPLETION, cm_cmd_help_completion},
        {CM_COMMAND_DEMO, cm_demo_run},
};

static int
cm_main_run(const struct cm_command_line *line)
{
	if (line->help) {
		cm_command_help(stdout, line->command);
		return CM_CLI_DONE;
	}
	for (size_t i = 0; i < sizeof cm_main_runs / sizeof *cm_main_runs; i++)
		if (cm_main_runs[i].command == line->command)
			return cm_main_runs[i].run(line);
	return cm_call_run(line);
}

int
main(int argc, char **argv)
{
	int code = CM_CLI_DONE;
	if (cm_role_main(argc, argv, &code))
		return code;
	cm_commands_join();
	if (argc < 2 || strcmp(argv[1], "--help") == 0) {
		cm_command_list(argc < 2 ? stderr : stdout);
		return argc < 2 ? CM_CLI_USAGE : CM_CLI_DONE;
	}
	for (const struct cm_cli_command *c = cm_cli_commands; c->name != NULL; c++)
		if (strcmp(c->name, argv[1]) == 0)
			return c->run(argc - 1, argv + 1);
	struct cm_command_line line;
	if (!cm_command_parse(argc - 1, argv + 1, &line))
		return CM_CLI_USAGE;
	cm_signer_session(line.session);
	return cm_main_run(&line);
}
