// What every step of the demo uses: its folder, its two nodes, a way to run commands and look into their answers, and the
// lines that people see. Not for other commands. Source: demo_stage.c, demo_say.c, demo_node.c.
#ifndef CM_CLI_DEMO_STAGE_H
#define CM_CLI_DEMO_STAGE_H

#include <stdio.h>

#include "format/json.h"
#include "os/file.h"
#include "os/proc.h"
#include "cli/demo_input.h"

#define CM_DEMO_STEPS 8
#define CM_DEMO_TEXT 512     // an identifier, a title, a moment
#define CM_DEMO_WORDS 40     // words of one command line
#define CM_DEMO_ID 64        // of a request, of evidence

// A node of the demo. Commands run in the demo's folder, so its names are short and relative.
struct cm_demo_node {
	const char *name;  // "xa.contact", which is also its folder
	const char *state; // folder of its State's root
	struct cm_proc proc;
	int out; // what it says on standard output; -1
	char address[64];
	const char *clock; // of an exercise, or NULL
};

// A person of the demo; the second factor is computed by oathtool, which stands for the person's telephone.
struct cm_demo_person {
	const char *id, *name, *functions;
	struct cm_demo_node *node;
};

struct cm_demo {
	FILE *to;                     // where people read: standard output, or standard error with --json
	bool colours;
	bool rehearsal;               // nothing is run, written or said, but what is wrong; every command does what it should
	char folder[CM_FILE_PATH];    // DEMO_DIR
	char input[CM_FILE_PATH];     // what is packed
	bool own_input;               // DEMO_INPUT was given
	int log;                      // demo.log
	int signal;                   // Ctrl-C and SIGTERM come here
	bool stopped;                 // one of them came
	struct cm_demo_node xa, xb;
	struct cm_demo_person ilse, per, tomas, marta;
	struct cm_buf out, err;       // of the last command
	struct cm_json *json;         // of the last command of our own
	char last[2048];              // the last command, as shown
	struct cm_demo_input found;   // files and bytes of the input

	// What steps leave for later ones.
	char preservation[CM_DEMO_ID], preservation_task[CM_DEMO_ID], preserved_until[CM_DEMO_ID];
	char their_reference[CM_DEMO_ID], preserved_at[CM_DEMO_ID];
	char request[CM_DEMO_ID], evidence[CM_DEMO_ID], their_evidence[CM_DEMO_ID];
	uint64_t sealed, had, again; // bytes: sealed package, durable when killed, fetched after the restart
	uint64_t package_bytes, bundle_bytes;
	uint64_t rate_kib;
	size_t checks;
	int64_t times[CM_DEMO_STEPS]; // microseconds
};

// -- begin and end. False: the folder cannot be used, said why. DEMO_DIR is used in place of `folder` when it is set.
bool cm_demo_begin(struct cm_demo *demo, const char *folder, bool json);
void cm_demo_end(struct cm_demo *demo);
// The folder, empty but for the input, with its log.
cm_result cm_demo_ground(struct cm_demo *demo);

// -- lines for people
void cm_demo_title(struct cm_demo *demo, unsigned step, const char *title, const char *what);
void cm_demo_good(struct cm_demo *demo, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cm_demo_note(struct cm_demo *demo, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Tells what did not hold; gives CM_REFUSED, so that a step can end with it.
cm_result cm_demo_bad(struct cm_demo *demo, const char *format, ...) __attribute__((format(printf, 2, 3)));
// The output of the last command, indented, at most `lines` lines.
void cm_demo_quote(struct cm_demo *demo, struct cm_view text, size_t lines);

// -- commands. Each is shown, logged with its output, and must end with the exit code `expect`.
struct cm_demo_command {
	const char *const *words;  // ended by NULL
	const char *prompt;        // who types it: "ilse@xa.contact"
	const char *folder;        // below the demo's; NULL: the demo's own
	int expect;
	bool own;                  // our program: --json is added, the answer is read
	bool quiet;                // not shown (polling); logged all the same
	bool may_refuse;           // exit code 1 will do as well: the answer has "exit" then
};
cm_result cm_demo_do(struct cm_demo *demo, const struct cm_demo_command *command);

// Our program as a person of a node: --home and --session are added. Words end with NULL.
cm_result cm_demo_as(struct cm_demo *demo, const struct cm_demo_person *person, const char *const *words);
// The same without a person, and expecting another exit code.
cm_result cm_demo_at(struct cm_demo *demo, const struct cm_demo_node *node, const char *const *words);
cm_result cm_demo_refused_as(struct cm_demo *demo, const struct cm_demo_person *person, const char *const *words);
cm_result cm_demo_refused_at(struct cm_demo *demo, const struct cm_demo_node *node, const char *const *words);
#define CM_DEMO_WORDS_OF(...) ((const char *const[]){__VA_ARGS__, NULL})

// A shell line with other people's programs, as an expert would type it.
cm_result cm_demo_shell(struct cm_demo *demo, const char *folder, const char *line);

// -- the answer of the last command. Paths are "member/0/member"; NULL or 0 when there is nothing.
const struct cm_json_value *cm_demo_find(const struct cm_demo *demo, const char *path);
void cm_demo_text(const struct cm_demo *demo, const char *path, char to[CM_DEMO_TEXT]);
bool cm_demo_id(struct cm_demo *demo, const char *path, char to[CM_DEMO_ID]); // false: said that it is missing
uint64_t cm_demo_number(const struct cm_demo *demo, const char *path);

// A file below the demo's folder.
cm_result cm_demo_path(struct cm_demo *demo, const char *name, char to[CM_FILE_PATH]);
cm_result cm_demo_write(struct cm_demo *demo, const char *name, unsigned mode, struct cm_view bytes);
// Waits without doing anything else; false when Ctrl-C came.
bool cm_demo_pause(struct cm_demo *demo, int64_t us);
bool cm_demo_interrupted(struct cm_demo *demo);

// -- nodes
cm_result cm_demo_node_start(struct cm_demo *demo, struct cm_demo_node *node);
// SIGKILL to its parent process; the kernel ends the rest of them at once. Waits until all are gone.
cm_result cm_demo_node_kill(struct cm_demo *demo, struct cm_demo_node *node, size_t *ret_processes);
// An orderly stop; nothing for one that does not run.
void cm_demo_node_stop(struct cm_demo *demo, struct cm_demo_node *node);
// Logs a person in; the code is that of `ahead` seconds from now on the telephone.
cm_result cm_demo_login(struct cm_demo *demo, const struct cm_demo_person *person, int ahead);

// -- the cast
cm_result cm_demo_states_person(struct cm_demo *demo, const struct cm_demo_person *person);
// The first invites, the second accepts, both compare the words and confirm.
cm_result cm_demo_peers_of(struct cm_demo *demo, const struct cm_demo_person *inviting, const struct cm_demo_person *invited);

// -- the steps
cm_result cm_demo_states(struct cm_demo *demo);
cm_result cm_demo_peers(struct cm_demo *demo);
cm_result cm_demo_preservation(struct cm_demo *demo);
cm_result cm_demo_evidence(struct cm_demo *demo);
cm_result cm_demo_fetch(struct cm_demo *demo);
cm_result cm_demo_court(struct cm_demo *demo);
void cm_demo_summary(struct cm_demo *demo);
cm_result cm_demo_summary_write(struct cm_demo *demo, struct cm_buf *ret_json);

// A draft of doc/examples with its dates moved so that its day 2026-11-24 is today, written to `name`.
enum cm_demo_draft {
	CM_DEMO_DRAFT_PRES,
	CM_DEMO_DRAFT_PRES_INCOMPLETE,
	CM_DEMO_DRAFT_STORED, // linked to the demo's preservation
};
// Appends the text with its dates moved as far as today is from that day.
void cm_demo_draft_move(const char *from, struct cm_buf *to);
cm_result cm_demo_draft(struct cm_demo *demo, enum cm_demo_draft which, const char *name);

#endif
