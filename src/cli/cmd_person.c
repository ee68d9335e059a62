// Knows: how a person's name, password and code are asked for. Does not know: how they are sealed (hooks) or judged
// (keeper). Passwords come from a file or from the terminal without echo, never from the command line itself, where
// every user of the machine could read them.
#include "cli/cmd_person.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "os/env.h"
#include "os/file.h"
#include "os/tty.h"
#include "cli/call.h"
#include "cli/cli.h"
#include "cli/sink.h"

// The first line of the file, or what is typed.
static cm_result
cm_cmd_person_secret(const char *file, const char *prompt, struct cm_buf *secret, struct cm_report *report)
{
	if (file == NULL)
		return cm_tty_secret(prompt, secret, report);
	cm_result r = cm_file_load(file, secret, report);
	if (r == CM_OK)
		secret->n = cm_view_find(cm_buf_view(secret), 0, '\n');
	return r;
}

static void
cm_cmd_person_tell(const struct cm_command_line *line, const char *what, const char *secret, bool waits)
{
	const char *id = line->arguments[0];
	if (line->json) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of_secret(CM_LIMIT_MESSAGE_BYTES_VALUE);
		struct cm_json_put put = cm_json_put_of(&text);
		cm_json_put_object(&put);
		cm_json_put_member_cstr(&put, "person", id);
		if (secret != NULL)
			cm_json_put_member_cstr(&put, "totp_secret", secret);
		if (waits)
			cm_json_put_member_bool(&put, "waiting", true);
		cm_json_put_end_object(&put);
		printf("%s\n", cm_buf_cstr(&text));
		return;
	}
	if (waits)
		printf("%s waits for the approval of another person: comity person approve %s\n", id, id);
	else
		printf("%s %s.\n", id, what);
	if (secret != NULL)
		printf("Second factor, shown only now; type it into an authenticator:\n  %s\n", secret);
}

static struct cm_call_person
cm_cmd_person_of(const struct cm_command_line *line)
{
	return (struct cm_call_person){
	        .home = line->home,
	        .person = line->arguments[0],
	        .session = line->session != NULL ? line->session : cm_env_get("COMITY_SESSION"),
	};
}

// New factors for the person: asked for, sealed, and the second one shown or written.
static int
cm_cmd_person_put(const struct cm_command_line *line, struct cm_call_person *person, const char *password_file,
                  const char *totp_file)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) password = cm_buf_of_secret(CM_LIMIT_PASSWORD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) secret = cm_buf_of_secret(CM_LIMIT_PASSWORD_BYTES_VALUE);
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	bool waits = false;
	cm_result r = totp_file == NULL ? CM_OK : cm_sink_open(totp_file, false, &report, &sink);
	if (r == CM_OK)
		r = cm_cmd_person_secret(password_file, "New password: ", &password, &report);
	person->password = cm_buf_view(&password);
	if (r == CM_OK)
		r = cm_cli_hooks.person_put(person, &report, &secret, &waits);
	if (r == CM_OK && totp_file != NULL)
		r = cm_sink_write(&sink, cm_buf_view(&secret), &report);
	if (r == CM_OK && totp_file != NULL)
		r = cm_sink_commit(&sink, &report);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	cm_cmd_person_tell(line, person->enrol ? "has new factors" : "may use this node",
	                   totp_file == NULL ? cm_buf_cstr(&secret) : NULL, waits);
	return CM_CLI_DONE;
}

// The values of --role, separated by ",".
static void
cm_cmd_person_roles(const struct cm_command_line *line, enum cm_option option, struct cm_buf *roles)
{
	const char *role;
	for (size_t i = 0; (role = cm_command_value_at(line, option, i)) != NULL; i++)
		cm_buf_printf(roles, "%s%s", i == 0 ? "" : ",", role);
}

int
cm_cmd_person_add(const struct cm_command_line *line)
{
	struct cm_call_person person = cm_cmd_person_of(line);
	person.name = cm_command_value(line, CM_OPTION_PERSON_ADD_NAME);
	person.functions = cm_command_value(line, CM_OPTION_PERSON_ADD_FUNCTIONS);
	struct cm_buf CM_CLEANUP(cm_buf_fini) roles = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_cmd_person_roles(line, CM_OPTION_PERSON_ADD_ROLE, &roles);
	person.roles = cm_buf_cstr(&roles);
	return cm_cmd_person_put(line, &person, cm_command_value(line, CM_OPTION_PERSON_ADD_PASSWORD_FILE),
	                         cm_command_value(line, CM_OPTION_PERSON_ADD_TOTP_FILE));
}

int
cm_cmd_person_enrol(const struct cm_command_line *line)
{
	struct cm_call_person person = cm_cmd_person_of(line);
	person.name = person.person;
	person.enrol = true;
	struct cm_buf CM_CLEANUP(cm_buf_fini) roles = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_cmd_person_roles(line, CM_OPTION_PERSON_ENROL_ROLE, &roles);
	person.roles = cm_buf_cstr(&roles);
	return cm_cmd_person_put(line, &person, cm_command_value(line, CM_OPTION_PERSON_ENROL_PASSWORD_FILE),
	                         cm_command_value(line, CM_OPTION_PERSON_ENROL_TOTP_FILE));
}

int
cm_cmd_person_approve(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_call_person person = cm_cmd_person_of(line);
	bool waits = false;
	cm_result r = cm_cli_hooks.person_approve(&person, &report, &waits);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	cm_cmd_person_tell(line, "may use this node with the new factors", NULL, waits);
	return CM_CLI_DONE;
}

int
cm_cmd_person_login(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) password = cm_buf_of_secret(CM_LIMIT_PASSWORD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) code = cm_buf_of_secret(CM_LIMIT_PASSWORD_BYTES_VALUE);
	const char *given = cm_command_value(line, CM_OPTION_LOGIN_CODE);
	struct cm_call_person person = {.home = line->home, .person = line->arguments[0]};
	cm_result r = cm_cmd_person_secret(cm_command_value(line, CM_OPTION_LOGIN_PASSWORD_FILE), "Password: ", &password,
	                                   &report);
	if (r == CM_OK && given != NULL)
		cm_buf_text(&code, given);
	else if (r == CM_OK)
		r = cm_tty_secret("Code of the authenticator: ", &code, &report);
	person.password = cm_buf_view(&password);
	person.code = cm_buf_view(&code);
	if (r == CM_OK)
		r = cm_cli_hooks.login(&person, line->session, &report);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	cm_cmd_person_tell(line, "is logged in for at most 12 hours", NULL, false);
	return CM_CLI_DONE;
}

int
cm_cmd_person_logout(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	const char *file = line->session != NULL ? line->session : cm_env_get("COMITY_SESSION");
	cm_result r = cm_cli_hooks.logout(line->home, file, &report);
	if (r != CM_OK)
		return cm_call_show(line, r, NULL, &report);
	if (line->json)
		printf("{\"ended\":true}\n");
	else
		printf("The session is ended; its file is removed.\n");
	return CM_CLI_DONE;
}
