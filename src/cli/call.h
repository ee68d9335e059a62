// Calls of a running node's admin API by a command. The transport is the net room's, which this room may not see; the
// top room `main` fills the hook in.
#ifndef CM_CLI_CALL_H
#define CM_CLI_CALL_H

#include "base/buf.h"
#include "base/report.h"
#include "cli/command.h"
#include "format/json.h"
#include "format/json_put.h"

#define CM_CALL_FIELDS 4
#define CM_CALL_FIELD 1024 // bytes of one header field with NUL

struct cm_call {
	const struct cm_command_line *line; // what was typed
	const char *home;   // folder of the node; its run/admin.sock is called
	const char *method; // "GET", "POST"
	char path[1024];    // with query
	const char *content_type;
	struct cm_view body;
	int body_fd; // ≥ 0: the body is this file's first `body_length` bytes, streamed
	uint64_t body_length;
	bool opens; // the answer comes when evidence was opened, however large it is
	char fields[CM_CALL_FIELDS][CM_CALL_FIELD]; // more header fields, "Name: value"; "" unused
	void (*progress)(void *context, uint64_t done, uint64_t all); // may be NULL
	void (*waiting)(void *context, int64_t us); // each second until the answer comes (wait.h); may be NULL
	void *context;
};

// What is stated when a person asks for something (doc/spec/keys.md, "Statements").
struct cm_call_statement {
	const char *act;       // name of the route, or of what is approved ("evidence_open")
	const char *object;    // id of the thing, or ""
	const uint8_t *digest; // 32 bytes: of the body, or of what is approved
};

struct cm_call_person {
	const char *home, *person, *name, *functions;
	const char *roles;   // separated by ",", or ""
	const char *session; // file of whoever approves, or NULL
	struct cm_view password, code;
	bool enrol; // new factors for a person who is here
};

// Whoever gets events as they happen.
struct cm_call_follow {
	bool (*event)(void *context, uint64_t id, struct cm_view topic, struct cm_view json); // false: enough
	void *context;
};

// Filled in by main before any command runs.
struct cm_cli_hooks {
	// Makes the three header fields that prove who asks, from a session file.
	cm_result (*state)(const char *session_file, const struct cm_call_statement *statement, struct cm_report *report,
	                   char ret_fields[3][CM_CALL_FIELD]);
	// Logs in with both factors and writes the session file.
	cm_result (*login)(const struct cm_call_person *person, const char *session_file, struct cm_report *report);
	// Ends the session of the file and removes the file.
	cm_result (*logout)(const char *home, const char *session_file, struct cm_report *report);
	// Adds a person, or gives new factors; appends the fresh TOTP secret (base32). *ret_waits: another person has to approve.
	cm_result (*person_put)(const struct cm_call_person *person, struct cm_report *report, struct cm_buf *ret_secret,
	                        bool *ret_waits);
	// Approves what waits for the person.
	cm_result (*person_approve)(const struct cm_call_person *person, struct cm_report *report, bool *ret_waits);
	// Reads what a process of the node found wrong, from the payload of its frame; never CM_OK.
	cm_result (*findings)(struct cm_view payload, struct cm_report *report);
	// Events after number `after`, until the follower has enough; a node that is started again is waited for.
	cm_result (*follow)(const char *home, uint64_t after, const struct cm_call_follow *each, struct cm_report *report);
	// Sends the call and collects the answer. CM_FAILED when no node answers (node_not_running …).
	cm_result (*call)(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_body, unsigned *ret_status);
};
extern struct cm_cli_hooks cm_cli_hooks;

// Makes a JSON body the call's, and adds the proof of the person when `person` is set. `body` must outlive the call.
struct cm_call_said {
	const struct cm_command_line *line;
	const char *act;    // as in cm_call_statement
	const char *object;
	const char *digest; // 64 hexadecimal digits instead of the body's digest, or NULL
};
CM_CHECKED cm_result cm_call_say(struct cm_call *call, const struct cm_buf *body, const struct cm_call_said *said,
                                 struct cm_report *report);

// The values of an option of kind "answers", RULE=TEXT each, as the member that it names.
void cm_call_put_answers(struct cm_json_put *put, const struct cm_command_line *line, enum cm_option option);

// Appends a value of a query string with everything but unreserved characters escaped.
void cm_call_escape(struct cm_buf *to, struct cm_view value);

// Starts a call for a route; `id` fills {id} (NULL: none). Refused: call_argument (a character no path has).
CM_CHECKED cm_result cm_call_begin(const struct cm_command_line *line, enum cm_route route, const char *id,
                                   struct cm_report *report, struct cm_call *ret_call);

// Makes the options that were typed and are parameters of the route (data/api_calls.tab) the query of the call.
// Refused: usage (longer than an address may be).
CM_CHECKED cm_result cm_call_query(struct cm_call *call, enum cm_route route, struct cm_report *report);

// Adds the proof that the person of the session file (NULL: $COMITY_SESSION) says this.
CM_CHECKED cm_result cm_call_prove(struct cm_call *call, const char *session_file,
                                   const struct cm_call_statement *statement, struct cm_report *report);

// Sends it. CM_OK for 2xx with the answer's document (NULL when it has none) in *ret_json: the caller frees it. Otherwise
// what the node found wrong is in the report and the result is CM_REFUSED or CM_FAILED. What it found wrong with a value that
// was typed as an option is a fault of the command line (usage), at that option.
CM_CHECKED cm_result cm_call_send(const struct cm_call *call, struct cm_report *report, struct cm_json **ret_json);

// Sends it and appends the bytes of a 2xx answer as they are, whatever they mean; otherwise as cm_call_send().
CM_CHECKED cm_result cm_call_bytes(const struct cm_call *call, struct cm_report *report, struct cm_buf *ret_bytes);

// Prints the answer of a call (NULL: none) as the person or script wants it, or tells the failure; gives the exit code.
int cm_call_show(const struct cm_command_line *line, cm_result result, const struct cm_json *json,
                 const struct cm_report *report);

// Makes and sends the one call of a command by data/commands.tab: arguments and options become path and JSON body. The
// answer as of cm_call_send(). `waiting` as in cm_call, or NULL.
CM_CHECKED cm_result cm_call_ask(const struct cm_command_line *line, void (*waiting)(void *context, int64_t us), void *context,
                                 struct cm_report *report, struct cm_json **ret_json);

// The same, and shows the answer.
int cm_call_run(const struct cm_command_line *line);

#endif
