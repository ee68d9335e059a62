// Knows: how the node's rooms serve the command line: hooks for calls, statements, logins, persons; making and running a
// node. Does not know: how a command line is read (cli/command.h) or what a node does.
#include "main/commands.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "format/json.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "os/file.h"
#include "net/client.h"
#include "node/admin_client.h"
#include "node/init.h"
#include "node/ipc_findings.h"
#include "node/officer.h"
#include "node/parent.h"
#include "node/role.h"
#include "node/settings.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/cmd_log.h"
#include "cli/out.h"
#include "main/follow.h"
#include "main/signer.h"

// -- hooks ---------------------------------------------------------------------------------------------------------

static cm_result
cm_commands_call(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status)
{
	struct cm_admin_call admin = {
	        .home = call->home,
	        .method = call->method,
	        .path = call->path,
	        .content_type = call->content_type,
	        .body = call->body,
	        .body_fd = call->body_fd,
	        .body_length = call->body_length,
	        .opens = call->opens,
	        .progress = call->progress,
	        .waiting = call->waiting,
	        .context = call->context,
	};
	for (size_t i = 0; i < CM_CALL_FIELDS; i++)
		admin.fields[i] = call->fields[i][0] == 0 ? NULL : call->fields[i];
	return cm_admin_client_call(&admin, report, ret_body, ret_status);
}

static cm_result
cm_commands_state(const char *session_file, const struct cm_call_statement *statement, struct cm_report *report,
                  char ret_fields[3][CM_CALL_FIELD])
{
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	struct cm_officer_statement said = {.act = statement->act, .object = statement->object};
	memcpy(said.digest.b, statement->digest, sizeof said.digest.b);
	cm_result r = cm_officer_session_load(session_file, report, &session);
	return r == CM_OK ? cm_officer_state(&session, &said, report, ret_fields) : r;
}

static cm_result
cm_commands_login(const struct cm_call_person *person, const char *session_file, struct cm_report *report)
{
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) session = {.person = ""};
	struct cm_officer_session CM_CLEANUP(cm_officer_session_fini) before = {.person = ""};
	struct cm_officer_login login = {
	        .home = person->home, .person = person->person, .password = person->password, .code = person->code};
	// An older session may go; whatever else stands under that name may not. Seen before the code is used up.
	cm_result r = cm_file_exists(session_file) ? cm_officer_session_load(session_file, report, &before) : CM_OK;
	if (r == CM_OK)
		r = cm_officer_login(&login, report, &session);
	return r == CM_OK ? cm_officer_session_save(session_file, &session, report) : r;
}

static cm_result
cm_commands_logout(const char *home, const char *session_file, struct cm_report *report)
{
	return cm_officer_logout(home, session_file, report);
}

static cm_result
cm_commands_person_put(const struct cm_call_person *person, struct cm_report *report, struct cm_buf *ret_secret,
                       bool *ret_waits)
{
	struct cm_officer_person put = {
	        .home = person->home,
	        .person = person->person,
	        .name = person->name,
	        .functions = person->functions,
	        .roles = person->roles,
	        .session = person->session,
	        .password = person->password,
	        .enrol = person->enrol,
	};
	return cm_officer_person_put(&put, report, ret_secret, ret_waits);
}

static cm_result
cm_commands_person_approve(const struct cm_call_person *person, struct cm_report *report, bool *ret_waits)
{
	struct cm_officer_person approved = {
	        .home = person->home, .person = person->person, .session = person->session};
	return cm_officer_person_approve(&approved, report, ret_waits);
}

// A file of a register by its URL: public, and believed only by the register's own signature.
static cm_result
cm_commands_fetch(const char *url, struct cm_report *report, struct cm_buf *to)
{
	struct cm_client *client = NULL;
	unsigned status = 0;
	struct cm_client_request request = {
	        .url = url, .unproven = true, .deadline_us = CM_LIMIT_HI1_ANSWER_MS_VALUE * INT64_C(1000)};
	cm_result r = cm_client_new(&(struct cm_client_options){.connections = 1}, report, &client);
	if (r == CM_OK)
		r = cm_client_wait(client, &request, report, to, &status);
	if (r == CM_OK && status != 200)
		r = cm_report_refuse(report, CM_ERROR_HTTP_NOT_FOUND, url, "HTTP %u", status);
	cm_client_free(client);
	return r;
}

void
cm_commands_join(void)
{
	cm_cmd_log_fetch = cm_commands_fetch;
	cm_cli_signer_open = cm_signer_open;
	cm_cli_hooks = (struct cm_cli_hooks){
	        .call = cm_commands_call,
	        .follow = cm_follow_run,
	        .state = cm_commands_state,
	        .login = cm_commands_login,
	        .logout = cm_commands_logout,
	        .person_put = cm_commands_person_put,
	        .person_approve = cm_commands_person_approve,
	        .findings = cm_ipc_findings_read,
	};
}

// -- the clock of an exercise ---------------------------------------------------------------------------------------

#define CM_COMMANDS_CLOCK "exercise" // in HOME: the clock's path, so that commands follow it

static cm_result
cm_commands_clock_keep(const char *home, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	cm_result r = cm_file_path(path, sizeof path, home, CM_COMMANDS_CLOCK, report);
	if (r != CM_OK || cm_clock_exercise_file() == NULL)
		return r;
	return cm_file_replace(path, 0600, cm_view_text(cm_clock_exercise_file()), report);
}

static cm_result
cm_commands_clock_kept(const char *home, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) file = cm_buf_of(CM_FILE_PATH);
	if (cm_file_path(path, sizeof path, home, CM_COMMANDS_CLOCK, NULL) != CM_OK || !cm_file_exists(path))
		return CM_OK;
	cm_result r = cm_file_load(path, &file, report);
	return r == CM_OK ? cm_clock_exercise(cm_buf_cstr(&file), report) : r;
}

bool
cm_commands_clock(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	const char *told = NULL;
	static const enum cm_option clocks[] = {CM_OPTION_INIT_EXERCISE_CLOCK, CM_OPTION_SERVE_EXERCISE_CLOCK,
	        CM_OPTION_DIRECTORY_ISSUE_EXERCISE_CLOCK, CM_OPTION_DIRECTORY_STATES_EXERCISE_CLOCK};
	for (size_t i = 0; i < sizeof clocks / sizeof *clocks && told == NULL; i++)
		if (cm_option_row(clocks[i])->command == line->command)
			told = cm_command_value(line, clocks[i]);
	const char *home = line->command == CM_COMMAND_PACKAGE_CREATE ? cm_command_value(line, CM_OPTION_PACKAGE_CREATE_HOME)
	                                                              : line->home;
	bool asks = line->command == CM_COMMAND_INIT || line->command == CM_COMMAND_SERVE;
	cm_result r = CM_OK;
	if (line->help)
		return true;
	if (told != NULL)
		r = cm_clock_exercise(told, &report);
	else if (home != NULL && !asks)
		r = cm_commands_clock_kept(home, &report);
	if (r != CM_OK)
		cm_call_show(line, r, NULL, &report);
	return r == CM_OK;
}

// -- init ----------------------------------------------------------------------------------------------------------

static void
cm_commands_words(const struct cm_command_line *line, enum cm_option option, const char *words[CM_INIT_WORDS])
{
	for (size_t i = 0; i + 1 < CM_INIT_WORDS; i++)
		words[i] = cm_command_value_at(line, option, i);
	words[CM_INIT_WORDS - 1] = NULL;
}

// One object of texts: name, text, name, text, NULL.
static int
cm_commands_tell(const char *const *members)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	cm_json_put_object(&put);
	for (; *members != NULL; members += 2)
		cm_json_put_member_cstr(&put, members[0], members[1]);
	cm_json_put_end_object(&put);
	return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
}

// "host:port" or "https://host:port" as the URL that stands on a card.
static cm_result
cm_commands_public(const char *text, struct cm_report *report, char to[CM_FILE_PATH])
{
	static const char https[] = "https://";
	const char *host = strncmp(text, https, sizeof https - 1) == 0 ? text + sizeof https - 1 : text;
	if (*host == 0 || *host == ':' || strpbrk(host, "/?#@ ") != NULL || strrchr(host, ':') == NULL ||
	    strlen(host) + sizeof https > CM_FILE_PATH)
		return cm_report_refuse(report, CM_ERROR_USAGE, "--public", "%s: give HOST:PORT or https://HOST:PORT", text);
	snprintf(to, CM_FILE_PATH, "%s%s", https, host);
	return CM_OK;
}

int
cm_commands_init(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	const char *listen = cm_command_value(line, CM_OPTION_INIT_LISTEN);
	struct cm_init_spec spec = {
	        .home = line->home,
	        .state_folder = cm_command_value(line, CM_OPTION_INIT_STATE),
	        .state_name = cm_command_value(line, CM_OPTION_INIT_STATE_NAME),
	        .node = cm_command_value(line, CM_OPTION_INIT_NODE),
	        .name = cm_command_value(line, CM_OPTION_INIT_NAME),
	        .phone = cm_command_value(line, CM_OPTION_INIT_PHONE),
	        .hours = cm_command_value(line, CM_OPTION_INIT_HOURS),
	        .listen = listen == NULL ? "127.0.0.1:0" : listen,
	};
	const char *public = cm_command_value(line, CM_OPTION_INIT_PUBLIC);
	char url[CM_FILE_PATH];
	cm_result r = public == NULL ? CM_OK : cm_commands_public(public, &report, url);
	spec.public_url = public == NULL ? NULL : url;
	cm_commands_words(line, CM_OPTION_INIT_ROLE, spec.roles);
	cm_commands_words(line, CM_OPTION_INIT_LANGUAGE, spec.languages);
	if (r == CM_OK)
		r = cm_init_node(&spec, &report);
	if (r == CM_OK)
		r = cm_commands_clock_keep(spec.home, &report);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	if (line->json)
		return cm_commands_tell((const char *const[]){"home", spec.home, "node", spec.node, NULL});
	printf("%s is made in %s. Its State root is in %s: take that folder away and lock it up.\n"
	       "Next: comity person add PERSON --home %s --name NAME, then comity serve --home %s%s%s\n",
	       spec.node, spec.home, spec.state_folder, spec.home, spec.home,
	       cm_clock_exercise_file() == NULL ? "" : " --exercise-clock ",
	       cm_clock_exercise_file() == NULL ? "" : cm_clock_exercise_file());
	return CM_CLI_DONE;
}

// -- serve ---------------------------------------------------------------------------------------------------------

// One member of run/addresses.json, which the node wrote.
static void
cm_commands_address(const struct cm_json *json, const char *name, char *to, size_t room)
{
	struct cm_view v = cm_json_text(cm_json_member(cm_json_root(json), name));
	snprintf(to, room, "%.*s", CM_VIEW_ARG(v));
}

// What the news of a running node are said with.
struct cm_commands_serving {
	const struct cm_command_line *line;
	bool desk;
};

// The line that the desk wrote: its address.
static void
cm_commands_desk_address(const char *home, char *to, size_t room)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	if (cm_file_path(path, sizeof path, home, "run/desk_address", NULL) == CM_OK && cm_file_load(path, &text, NULL) == CM_OK)
		snprintf(to, room, "%.*s", (int)strcspn(cm_buf_cstr(&text), "\n"), cm_buf_cstr(&text));
}

static void
cm_commands_ready(const struct cm_commands_serving *serving)
{
	const struct cm_command_line *line = serving->line;
	char desk[256] = "";
	char path[CM_FILE_PATH], node[128], peer[256], admin[CM_FILE_PATH], url[512];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	if (cm_file_path(path, sizeof path, line->home, "run/addresses.json", NULL) != CM_OK ||
	    cm_file_load(path, &text, NULL) != CM_OK ||
	    cm_json_read(cm_buf_view(&text), CM_LIMIT_CARD_BYTES_VALUE, NULL, &json) != CM_OK)
		return;
	cm_commands_address(json, "node", node, sizeof node);
	cm_commands_address(json, "peer", peer, sizeof peer);
	cm_commands_address(json, "admin", admin, sizeof admin);
	cm_commands_address(json, "url", url, sizeof url);
	if (serving->desk)
		cm_commands_desk_address(line->home, desk, sizeof desk);
	if (line->json)
		printf("{\"admin\":\"%s\",\"desk\":\"%s\",\"node\":\"%s\",\"peer_address\":\"%s\",\"ready\":true}\n", admin, desk,
		       node, peer);
	else
		printf("%s is ready: peers reach it at %s%s%s\n", node, url, serving->desk ? ", browsers at " : "", desk);
	fflush(stdout);
}

static void
cm_commands_say(void *self, enum cm_parent_news news, const char *text)
{
	if (news == CM_PARENT_READY) {
		if (*text != 0)
			fprintf(stderr, "This system could not protect everything: %s\n", text);
		if (cm_clock_exercise_file() != NULL)
			fprintf(stderr, "%s\n", CM_EXERCISE_WORDS);
		cm_commands_ready(self);
	} else if (*text != 0)
		fprintf(stderr, "%s\n", text);
}

// Looked at before anything is made in the folder.
static cm_result
cm_commands_is_node(const char *home, struct cm_report *report)
{
	char card[CM_FILE_PATH], root[CM_FILE_PATH];
	cm_result r = cm_file_path(card, sizeof card, home, "card.json", report);
	if (r == CM_OK)
		r = cm_file_path(root, sizeof root, home, "root.pem", report);
	if (r != CM_OK || cm_file_exists(card))
		return r;
	return cm_report_refuse(report, CM_ERROR_NODE_NONE, home, "%s",
	                        cm_file_exists(root)   ? "it is the folder of a State root"
	                        : cm_file_exists(home) ? "it has no identity card"
	                                               : "there is no such folder");
}

int
cm_commands_serve(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_commands_serving serving = {.line = line};
	struct cm_settings settings;
	struct cm_parent_options options = {.home = line->home, .pass_fd = -1, .say = cm_commands_say, .self = &serving};
	cm_result r = cm_commands_is_node(line->home, &report);
	if (r == CM_OK)
		r = cm_commands_clock_keep(line->home, &report);
	if (r == CM_OK)
		r = cm_settings_load(line->home, &report, &settings);
	serving.desk = r == CM_OK && *cm_settings_text(&settings, CM_SETTING_DESK_LISTEN) != 0;
	options.desk = serving.desk;
	if (r == CM_OK)
		r = cm_parent_run(&options, &report);
	return r == CM_OK ? CM_CLI_DONE : cm_call_show(line, r, NULL, &report);
}
