// Knows: the words of the commands that make a node's certificates and its signing key new. Does not know: how (node/renew.h,
// node/keeper.h).
#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "node/keeper.h"
#include "node/renew.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/out.h"
#include "main/commands.h"

static cm_result
cm_key_days(const struct cm_command_line *line, enum cm_option option, struct cm_report *report, int *ret_days)
{
	const char *days = cm_command_value(line, option);
	uint64_t n = 0;
	if (days != NULL && !cm_num_u64(cm_view_text(days), 2, CM_LIMIT_AUTHORITY_DAYS_VALUE, &n))
		return cm_report_refuse(report, CM_ERROR_USAGE, "--days", "2 to %d", CM_LIMIT_AUTHORITY_DAYS_VALUE);
	*ret_days = (int)n;
	return CM_OK;
}

static int
cm_key_renewed(const struct cm_command_line *line, const struct cm_renew_spec *spec, struct cm_instant until, const char *what)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	char moment[CM_INSTANT_TEXT];
	cm_instant_text(until, moment);
	if (!line->json) {
		printf("%s good until %s. Take %s away again, then comity serve --home %s\n", what, moment, spec->state_folder,
		       spec->home);
		return CM_CLI_DONE;
	}
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "home", spec->home);
	cm_json_put_member_cstr(&put, "until", moment);
	cm_json_put_end_object(&put);
	return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
}

int
cm_commands_renew(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_instant until = {0};
	struct cm_renew_spec spec = {.home = line->home, .state_folder = cm_command_value(line, CM_OPTION_RENEW_STATE)};
	cm_result r = cm_key_days(line, CM_OPTION_RENEW_DAYS, &report, &spec.days);
	if (r == CM_OK)
		r = cm_renew_node(&spec, &report, &until);
	return r == CM_OK ? cm_key_renewed(line, &spec, until, "Certificates and card are")
	                  : cm_call_show(line, r, NULL, &report);
}

int
cm_commands_key_change(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_instant until = {0};
	struct cm_renew_spec spec = {.home = line->home,
	        .state_folder = cm_command_value(line, CM_OPTION_KEY_CHANGE_STATE),
	        .list = cm_command_value(line, CM_OPTION_KEY_CHANGE_LIST)};
	cm_result r = cm_key_days(line, CM_OPTION_KEY_CHANGE_DAYS, &report, &spec.days);
	if (r == CM_OK)
		r = cm_renew_key(&spec, &report, &until);
	return r == CM_OK ? cm_key_renewed(line, &spec, until, "The next key signs now; its certificate and the card are")
	                  : cm_call_show(line, r, NULL, &report);
}

int
cm_commands_key_next(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_keeper_next next;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	char hex[2 * CM_HASH_SIZE + 1];
	cm_result r = cm_keeper_next_ready(line->home, &report, &next);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	cm_hex_text(cm_hash_view(&next.spki), hex);
	if (!line->json) {
		printf("%s:%s\n", next.node, hex);
		return CM_CLI_DONE;
	}
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "node", next.node);
	cm_json_put_member_cstr(&put, "spki", hex);
	cm_json_put_end_object(&put);
	return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
}
