// The program: joins the commands of the cli room with what only the node's rooms can do and runs the one that was asked
// for. Nobody includes this room.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "os/signal.h"
#include "node/role.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/cmd_after.h"
#include "cli/cmd_bundle.h"
#include "cli/cmd_catalogue.h"
#include "cli/cmd_check.h"
#include "cli/cmd_directory.h"
#include "cli/cmd_evidence.h"
#include "cli/cmd_request.h"
#include "cli/cmd_help.h"
#include "cli/cmd_log.h"
#include "cli/cmd_package.h"
#include "cli/cmd_person.h"
#include "cli/cmd_record.h"
#include "cli/command.h"
#include "cli/demo.h"
#include "cli/fail.h"
#include "cli/name.h"
#include "ui/page.h"
#include "main/commands.h"
#include "main/signer.h"
#include "main/webhook.h"

// Commands that read their words by the tables and are more than one call of the admin API.
static const struct {
	enum cm_command command;
	int (*run)(const struct cm_command_line *line);
} cm_main_runs[] = {
        {CM_COMMAND_INIT, cm_commands_init},
        {CM_COMMAND_RENEW, cm_commands_renew},
        {CM_COMMAND_KEY_NEXT, cm_commands_key_next},
        {CM_COMMAND_KEY_CHANGE, cm_commands_key_change},
        {CM_COMMAND_DIRECTORY_IMPORT, cm_cmd_directory_import},
        {CM_COMMAND_DIRECTORY_ISSUE, cm_commands_directory_issue},
        {CM_COMMAND_DIRECTORY_STATES, cm_commands_directory_states},
        {CM_COMMAND_SERVE, cm_commands_serve},
        {CM_COMMAND_PERSON_ADD, cm_cmd_person_add},
        {CM_COMMAND_PERSON_ENROL, cm_cmd_person_enrol},
        {CM_COMMAND_PERSON_APPROVE, cm_cmd_person_approve},
        {CM_COMMAND_LOGIN, cm_cmd_person_login},
        {CM_COMMAND_LOGOUT, cm_cmd_person_logout},
        {CM_COMMAND_PACKAGE_CREATE, cm_cmd_package_create},
        {CM_COMMAND_PACKAGE_INFO, cm_cmd_package_info},
        {CM_COMMAND_SEAL, cm_cmd_seal},
        {CM_COMMAND_OPEN, cm_cmd_open},
        {CM_COMMAND_VERIFY, cm_cmd_verify},
        {CM_COMMAND_REQUEST_CHECK, cm_cmd_check},
        {CM_COMMAND_REQUEST_DECIDE, cm_cmd_after_send},
        {CM_COMMAND_REQUEST_SAY, cm_cmd_after_send},
        {CM_COMMAND_EVIDENCE_DELIVER, cm_cmd_after_send},
        {CM_COMMAND_STOP, cm_cmd_after_stop},
        {CM_COMMAND_REQUEST_SEND, cm_cmd_request_send},
        {CM_COMMAND_EVIDENCE_SEND, cm_cmd_evidence_send},
        {CM_COMMAND_EVIDENCE_OPEN, cm_cmd_evidence_open},
        {CM_COMMAND_EVIDENCE_APPROVE, cm_cmd_evidence_approve},
        {CM_COMMAND_BUNDLE_EXPORT, cm_cmd_bundle_export},
        {CM_COMMAND_MESSAGE_SHOW, cm_cmd_record_message},
        {CM_COMMAND_ACT_PROOF, cm_cmd_record_proof},
        {CM_COMMAND_EVENT_LIST, cm_cmd_record_events},
        {CM_COMMAND_WEBHOOK_SEND, cm_webhook_send},
        {CM_COMMAND_LOG_FSCK, cm_cmd_log_fsck},
        {CM_COMMAND_LOG_PROVE, cm_cmd_log_prove},
        {CM_COMMAND_CATALOGUE, cm_cmd_catalogue_run},
        {CM_COMMAND_HELP, cm_cmd_help_run},
        {CM_COMMAND_MANUAL, cm_cmd_help_manual},
        {CM_COMMAND_COMPLETION, cm_cmd_help_completion},
        {CM_COMMAND_VERSION, cm_cmd_help_version},
        {CM_COMMAND_DEMO, cm_demo_run},
};

static int
cm_main_run(struct cm_command_line *line)
{
	struct cm_names names = {.count = 0};
	struct cm_report report = {0};
	if (line->help) {
		cm_command_help(stdout, line->command);
		return CM_CLI_DONE;
	}
	cm_result r = cm_name_find(line, &names, &report);
	if (r != CM_OK)
		return cm_fail(line, r, &report);
	for (size_t i = 0; i < sizeof cm_main_runs / sizeof *cm_main_runs; i++)
		if (cm_main_runs[i].command == line->command)
			return cm_main_runs[i].run(line);
	return cm_call_run(line);
}

// What was said has to arrive: a full disk behind standard output is a failure of the command. Who closed a pipe knows.
static int
cm_main_said(const struct cm_command_line *line, int code)
{
	struct cm_report report = {0};
	struct cm_command_line text = {.command = line->command};
	errno = 0;
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return code;
	const char *why = errno == 0 ? "not all of it was taken" : strerror(errno);
	if (errno == EPIPE)
		return CM_CLI_ENVIRONMENT;
	return cm_fail(&text, cm_report_failed(&report, CM_ERROR_IO_WRITE, "standard output", "%s", why), &report);
}

int
main(int argc, char **argv)
{
	static char version[] = "version";
	struct cm_command_line line = {.command = CM_COMMAND_NONE};
	int code = CM_CLI_DONE;
	if (cm_role_main(argc, argv, &cm_page_pages, &code))
		return code;
	cm_signal_quiet();
	cm_commands_join();
	if (argc < 2) {
		cm_command_list(stderr);
		return CM_CLI_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0)
		argv[1] = version;
	bool help = argc == 3 && (strcmp(argv[2], "--help") == 0 || strcmp(argv[2], "-h") == 0);
	if (help && cm_command_group(stdout, argv[1]))
		return cm_main_said(&line, CM_CLI_DONE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		cm_command_list(stdout);
	else if (cm_command_parse(argc - 1, (const char *const *)argv + 1, &line)) {
		cm_signer_session(line.session);
		code = cm_commands_clock(&line) ? cm_main_run(&line) : CM_CLI_USAGE;
	} else {
		code = CM_CLI_USAGE;
		if (argc == 2)
			cm_command_group(stderr, argv[1]);
	}
	return cm_main_said(&line, code);
}
