// Knows: the words of "comity directory issue" and "directory states", which work beside a root and without a node. Does not
// know: how lists are made (node/directory_issue.c).
#include "main/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/tab_limit.h"
#include "node/directory_issue.h"
#include "cli/call.h"
#include "cli/cli.h"

static cm_result
cm_commands_days(const struct cm_command_line *line, enum cm_option option, struct cm_report *report, int *ret_days)
{
	const char *text = cm_command_value(line, option);
	uint64_t n = CM_LIMIT_DIRECTORY_DAYS_VALUE;
	if (text != NULL && !cm_num_u64(cm_view_text(text), 1, CM_LIMIT_DIRECTORY_DAYS_VALUE, &n))
		return cm_report_refuse(report, CM_ERROR_USAGE, "--days", "1 to %d", CM_LIMIT_DIRECTORY_DAYS_VALUE);
	*ret_days = (int)n;
	return CM_OK;
}

int
cm_commands_directory_issue(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	uint64_t version = 0;
	const char *from = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_FROM);
	struct cm_directory_issue issue = {
	        .file = line->arguments[0],
	        .state_folder = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_STATE),
	        .new_root = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_NEW_ROOT),
	        .revoke = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_REVOKE),
	        .freeze = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_FREEZE),
	        .thaw = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_THAW),
	        .supersede = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_SUPERSEDE),
	        .reason = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_REASON),
	        .announce = cm_command_value(line, CM_OPTION_DIRECTORY_ISSUE_ANNOUNCE),
	};
	for (size_t i = 0; i + 1 < CM_DIRECTORY_ISSUE_WORDS; i++)
		issue.cards[i] = cm_command_value_at(line, CM_OPTION_DIRECTORY_ISSUE_CARD, i);
	cm_result r = cm_commands_days(line, CM_OPTION_DIRECTORY_ISSUE_DAYS, &report, &issue.days);
	if (r == CM_OK && from != NULL && !cm_instant_read(cm_view_text(from), &issue.from))
		r = cm_report_refuse(&report, CM_ERROR_USAGE, "--from", "%s", from);
	if (r == CM_OK)
		r = cm_directory_issue_state(&issue, &report, &version);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	if (line->json)
		printf("{\"version\":%llu}\n", (unsigned long long)version);
	else
		printf("%s is version %llu. Take %s away again and publish the file.\n", issue.file, (unsigned long long)version,
		       issue.state_folder);
	return CM_CLI_DONE;
}

int
cm_commands_directory_states(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	uint64_t version = 0;
	char fingerprint[65] = "";
	const char *status = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_STATUS);
	struct cm_directory_issue_states issue = {
	        .file = line->arguments[0],
	        .folder = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_SECRETARIAT),
	        .country = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_COUNTRY),
	        .status = status == NULL ? "party" : status,
	        .reason = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_REASON),
	        .name = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_NAME),
	        .deposit = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_DEPOSIT),
	        .root = cm_command_value(line, CM_OPTION_DIRECTORY_STATES_ROOT),
	};
	cm_result r = cm_commands_days(line, CM_OPTION_DIRECTORY_STATES_DAYS, &report, &issue.days);
	if (r == CM_OK)
		r = cm_directory_issue_states(&issue, &report, &version, fingerprint);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	if (line->json)
		printf("{\"fingerprint\":\"%s\",\"version\":%llu}\n", fingerprint, (unsigned long long)version);
	else
		printf("%s is version %llu. Fingerprint of the secretariat, to be printed and read aloud:\n  %s\n", issue.file,
		       (unsigned long long)version, fingerprint);
	return CM_CLI_DONE;
}
