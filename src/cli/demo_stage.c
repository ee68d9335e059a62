// Knows: how commands of the demo are run, shown, logged and looked into. Does not know: the story (demo_*.c steps).
// Commands run as processes of their own: what the demo shows is what a user's hands can do.
#include "cli/demo_stage.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/ipc.h"
#include "os/signal.h"
#include "cli/command.h"

#define CM_DEMO_COMMAND_US (INT64_C(900) * CM_INSTANT_SECOND) // a large folder of the user's own takes its time

bool
cm_demo_interrupted(struct cm_demo *demo)
{
	demo->stopped = demo->stopped || (demo->signal >= 0 && cm_signal_read(demo->signal) != 0);
	return demo->stopped;
}

bool
cm_demo_pause(struct cm_demo *demo, int64_t us)
{
	int index = -1;
	cm_result_ignore(cm_ipc_wait(&demo->signal, 1, 0, cm_clock_after(us), &index), "the time passes all the same");
	return index < 0;
}

cm_result
cm_demo_path(struct cm_demo *demo, const char *name, char to[CM_FILE_PATH])
{
	cm_result r = cm_file_path(to, CM_FILE_PATH, demo->folder, name, NULL);
	return r == CM_OK ? r : cm_demo_bad(demo, "The folder's name is too long: %s", demo->folder);
}

cm_result
cm_demo_write(struct cm_demo *demo, const char *name, unsigned mode, struct cm_view bytes)
{
	char path[CM_FILE_PATH];
	struct cm_report report = {0};
	cm_result r = cm_demo_path(demo, name, path);
	if (r == CM_OK && !demo->rehearsal)
		r = cm_file_replace(path, mode, bytes, &report);
	return r == CM_OK ? r : cm_demo_bad(demo, "%s cannot be written: %s", name, report.findings[0].seen);
}

// -- running -------------------------------------------------------------------------------------------------------

// The command as one line: whole for the log, and for people without what the prompt says already.
static void
cm_demo_line_of(const struct cm_demo_command *command, bool whole, struct cm_buf *line)
{
	bool shell = !command->own && strcmp(command->words[0], "bash") == 0;
	for (const char *const *w = shell ? command->words + 2 : command->words; *w != NULL; w++) {
		bool quoted = !shell && strpbrk(*w, " \"'") != NULL;
		if (!whole && (strcmp(*w, "--home") == 0 || strcmp(*w, "--session") == 0))
			w++;
		else if (whole || strcmp(*w, "--json") != 0)
			cm_buf_printf(line, "%s%s%s%s", line->n == 0 ? "" : " ", quoted ? "\"" : "", *w, quoted ? "\"" : "");
	}
}

static void
cm_demo_show(struct cm_demo *demo, const struct cm_demo_command *command)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) line = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) log = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	const char *prompt = command->prompt == NULL ? "" : command->prompt;
	bool shell = !command->own && strcmp(command->words[0], "bash") == 0;
	int most = shell ? 2000 : 140;
	cm_demo_line_of(command, true, &line);
	snprintf(demo->last, sizeof demo->last, "%s", cm_buf_cstr(&line));
	cm_buf_printf(&log, "\n%s$ %s\n", prompt, cm_buf_cstr(&line));
	if (demo->log >= 0)
		cm_result_ignore(cm_file_write_all(demo->log, cm_buf_view(&log), NULL), "a help, not a proof");
	if (command->quiet)
		return;
	cm_buf_clear(&line);
	cm_demo_line_of(command, !command->own, &line);
	const char *text = cm_buf_cstr(&line);
	fprintf(demo->to, "    %s%s$ %.*s%s\n", prompt, *prompt == 0 ? "" : " ", most, text,
	        strlen(text) > (size_t)most ? "…" : "");
	fflush(demo->to);
}

static cm_result
cm_demo_ended(struct cm_demo *demo, const struct cm_demo_command *command, const struct cm_proc_end *end)
{
	if (demo->log >= 0) {
		cm_result_ignore(cm_file_write_all(demo->log, cm_buf_view(&demo->out), NULL), "a help, not a proof");
		cm_result_ignore(cm_file_write_all(demo->log, cm_buf_view(&demo->err), NULL), "a help, not a proof");
	}
	if (cm_demo_interrupted(demo))
		return cm_demo_bad(demo, "Stopped.");
	cm_json_free(cm_take(&demo->json));
	if (command->own && demo->out.n > 0 &&
	    cm_json_read(cm_buf_view(&demo->out), CM_LIMIT_API_ANSWER_BYTES_VALUE, NULL, &demo->json) != CM_OK)
		demo->json = NULL;
	if (end->signal == 0 && (end->code == command->expect || (command->may_refuse && end->code == 1)))
		return CM_OK;
	cm_result_ignore(end->signal != 0 ? cm_demo_bad(demo, "The command was ended by signal %d.", end->signal)
	                                  : cm_demo_bad(demo, "The command ended with %d instead of %d:", end->code,
	                                                command->expect),
	                 "it is returned below");
	fprintf(demo->to, "    $ %s\n", demo->last);
	cm_demo_quote(demo, cm_buf_view(&demo->err), 20);
	cm_demo_quote(demo, cm_buf_view(&demo->out), 20);
	return CM_REFUSED;
}

// Is it a command of ours, complete, with options that it has? What it does is not looked at. Told as text to people.
static cm_result
cm_demo_rehearse(const struct cm_demo_command *command)
{
	struct cm_command_line line;
	int argc = 0;
	while (command->words[argc] != NULL && strcmp(command->words[argc], "--json") != 0)
		argc++;
	return !command->own || cm_command_parse(argc - 1, command->words + 1, &line) ? CM_OK : CM_REFUSED;
}

cm_result
cm_demo_do(struct cm_demo *demo, const struct cm_demo_command *command)
{
	char folder[CM_FILE_PATH];
	struct cm_report report = {0};
	struct cm_proc_end end;
	struct cm_proc_command run = {.argv = command->words, .self = command->own, .end_with_parent = 1};
	struct cm_proc_streams streams = {.out = &demo->out, .err = &demo->err};
	if (demo->rehearsal)
		return cm_demo_rehearse(command);
	snprintf(folder, sizeof folder, "%s", demo->folder);
	if (command->folder != NULL && cm_demo_path(demo, command->folder, folder) != CM_OK)
		return CM_REFUSED;
	run.folder = folder;
	cm_buf_clear(&demo->out);
	cm_buf_clear(&demo->err);
	cm_demo_show(demo, command);
	cm_result r = cm_proc_run(&run, &streams, cm_clock_after(CM_DEMO_COMMAND_US), &report, &end);
	if (r != CM_OK)
		return cm_demo_bad(demo, "%s cannot be run: %s", command->words[0],
		                   report.count > 0 ? report.findings[0].seen : "");
	return cm_demo_ended(demo, command, &end);
}

// Where the words of a command line are gathered.
struct cm_demo_words {
	const char *words[CM_DEMO_WORDS];
	size_t n;
};

static void
cm_demo_words_add(struct cm_demo_words *w, const char *word)
{
	if (w->n + 1 < CM_DEMO_WORDS)
		w->words[w->n++] = word;
	w->words[w->n] = NULL;
}

static cm_result
cm_demo_own(struct cm_demo *demo, const struct cm_demo_node *node, const struct cm_demo_person *person,
            const char *const *words, int expect)
{
	char session[CM_DEMO_TEXT], prompt[CM_DEMO_TEXT];
	struct cm_demo_words line = {.n = 0};
	cm_demo_words_add(&line, "comity");
	for (; *words != NULL; words++)
		cm_demo_words_add(&line, *words);
	if (node != NULL) {
		cm_demo_words_add(&line, "--home");
		cm_demo_words_add(&line, node->name);
	}
	snprintf(prompt, sizeof prompt, "%s%s%s", person == NULL ? "" : person->id, person == NULL ? "" : "@",
	         node == NULL ? "" : node->name);
	if (person != NULL) {
		snprintf(session, sizeof session, "persons/%s.session", person->id);
		cm_demo_words_add(&line, "--session");
		cm_demo_words_add(&line, session);
	}
	cm_demo_words_add(&line, "--json");
	return cm_demo_do(demo, &(struct cm_demo_command){
	                                .words = line.words, .prompt = node == NULL ? NULL : prompt, .expect = expect, .own = true});
}

cm_result
cm_demo_as(struct cm_demo *demo, const struct cm_demo_person *person, const char *const *words)
{
	return cm_demo_own(demo, person->node, person, words, 0);
}

cm_result
cm_demo_at(struct cm_demo *demo, const struct cm_demo_node *node, const char *const *words)
{
	return cm_demo_own(demo, node, NULL, words, 0);
}

cm_result
cm_demo_refused_as(struct cm_demo *demo, const struct cm_demo_person *person, const char *const *words)
{
	return cm_demo_own(demo, person->node, person, words, 1);
}

cm_result
cm_demo_refused_at(struct cm_demo *demo, const struct cm_demo_node *node, const char *const *words)
{
	return cm_demo_own(demo, node, NULL, words, 1);
}

cm_result
cm_demo_shell(struct cm_demo *demo, const char *folder, const char *line)
{
	return cm_demo_do(demo, &(struct cm_demo_command){
	                                .words = CM_DEMO_WORDS_OF("bash", "-c", line), .folder = folder, .expect = 0});
}

// -- answers -------------------------------------------------------------------------------------------------------

const struct cm_json_value *
cm_demo_find(const struct cm_demo *demo, const char *path)
{
	const struct cm_json_value *at = demo->json == NULL ? NULL : cm_json_root(demo->json);
	while (at != NULL && *path != 0) {
		char name[CM_DEMO_TEXT];
		uint64_t index;
		size_t n = strcspn(path, "/");
		snprintf(name, sizeof name, "%.*s", (int)n, path);
		if (cm_json_kind(at) == CM_JSON_ARRAY)
			at = cm_num_u64(cm_view_text(name), 0, SIZE_MAX, &index) ? cm_json_at(at, (size_t)index) : NULL;
		else
			at = cm_json_member(at, name);
		path += n;
		path += *path == '/';
	}
	return at;
}

void
cm_demo_text(const struct cm_demo *demo, const char *path, char to[CM_DEMO_TEXT])
{
	const struct cm_json_value *value = cm_demo_find(demo, path);
	struct cm_view text = value == NULL ? cm_view_of(NULL, 0) : cm_json_text(value);
	snprintf(to, CM_DEMO_TEXT, "%.*s", CM_VIEW_ARG(text));
}

bool
cm_demo_id(struct cm_demo *demo, const char *path, char to[CM_DEMO_ID])
{
	char text[CM_DEMO_TEXT] = "rehearsed";
	if (!demo->rehearsal)
		cm_demo_text(demo, path, text);
	size_t n = strlen(text);
	if (n == 0 || n >= CM_DEMO_ID) {
		cm_result_ignore(cm_demo_bad(demo, "The answer has no \"%s\":", path), "false tells");
		fprintf(demo->to, "    $ %s\n", demo->last);
		cm_demo_quote(demo, cm_buf_view(&demo->out), 5);
		return false;
	}
	memcpy(to, text, n + 1);
	return true;
}

uint64_t
cm_demo_number(const struct cm_demo *demo, const char *path)
{
	const struct cm_json_value *value = cm_demo_find(demo, path);
	int64_t number = value == NULL ? 0 : cm_json_number(value);
	return number < 0 ? 0 : (uint64_t)number;
}
