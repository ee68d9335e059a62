// Knows: the order of the demo's steps, its folder, and that its nodes are always stopped. Does not know: how a step is
// done (demo_*.c). Serves issue 3: the whole path once, with real parts.
#include "cli/demo.h"

#include <signal.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/env.h"
#include "os/signal.h"
#include "os/tty.h"
#include "cli/cli.h"
#include "cli/demo_stage.h"
#include "cli/scene.h"

#define CM_DEMO_FOLDER "build/demo"
#define CM_DEMO_MARK ".comity-demo"      // so that no folder of somebody's is ever emptied
#define CM_DEMO_SPACE 6                  // copies of the input on the way: package, sealed three times, bundle twice
#define CM_DEMO_FIRST_FETCH_S 4          // the first fetch would take so long, and is killed before
#define CM_DEMO_INPUT_LEAST (UINT64_C(200) << 20)
#define CM_DEMO_RATE_LEAST_KIB 512       // a folder of a few files need not take that long

struct cm_demo_step {
	const char *title, *what;
	cm_result (*run)(struct cm_demo *demo);
};

// -- step 0: folder and evidence -----------------------------------------------------------------------------------

// Everything of an earlier demo but its input, which takes longest to make.
static cm_result
cm_demo_clear(struct cm_demo *demo)
{
	char path[CM_FILE_PATH];
	struct cm_dir_list list = {0};
	struct cm_report report = {0};
	cm_result r = cm_dir_make_all(demo->folder, 0700, &report);
	if (r == CM_OK)
		r = cm_dir_read(demo->folder, CM_LIMIT_DIR_ENTRIES_VALUE, &report, &list);
	if (r == CM_OK)
		r = cm_demo_path(demo, CM_DEMO_MARK, path);
	if (r == CM_OK && list.n > 0 && !cm_file_exists(path))
		r = cm_demo_bad(demo, "%s holds things that are not of a demo; name another folder by DEMO_DIR.", demo->folder);
	for (size_t i = 0; r == CM_OK && i < list.n; i++) {
		if (strcmp(list.entries[i].name, "input") == 0 || strcmp(list.entries[i].name, CM_DEMO_MARK) == 0)
			continue;
		r = cm_demo_path(demo, list.entries[i].name, path);
		if (r == CM_OK && list.entries[i].kind == CM_DIR_FOLDER)
			r = cm_dir_remove_all(path, &report);
		else if (r == CM_OK)
			r = cm_file_remove(path, &report);
	}
	cm_dir_list_fini(&list);
	if (r == CM_FAILED)
		return cm_demo_bad(demo, "%s cannot be used: %s", demo->folder, report.findings[0].seen);
	return r == CM_OK ? cm_demo_write(demo, CM_DEMO_MARK, 0600, cm_view_text("A demo of comity; may be removed.\n")) : r;
}

cm_result
cm_demo_ground(struct cm_demo *demo)
{
	cm_result r = cm_demo_clear(demo);
	if (r != CM_OK)
		return r;
	static const char *const names[] = {"logs", "persons", "drafts", "court"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[CM_FILE_PATH];
		if (cm_demo_path(demo, names[i], path) != CM_OK || cm_dir_make(path, 0700, NULL) != CM_OK)
			return cm_demo_bad(demo, "The folder %s cannot be made", names[i]);
	}
	char log[CM_FILE_PATH];
	if (cm_demo_path(demo, "logs/demo.log", log) != CM_OK ||
	    cm_file_open(log, CM_FILE_EMPTY, 0600, NULL, &demo->log) != CM_OK)
		return cm_demo_bad(demo, "The log cannot be made");
	return CM_OK;
}

static cm_result
cm_demo_own_input(struct cm_demo *demo, struct cm_report *report)
{
	char inside[CM_FILE_PATH];
	cm_result r = cm_demo_path(demo, "input/.inside", inside);
	if (r != CM_OK)
		return r;
	if (cm_file_exists(demo->input) && !cm_file_exists(inside) &&
	    cm_demo_input_count(demo->input, NULL, &demo->found) == CM_OK && demo->found.bytes >= CM_DEMO_INPUT_LEAST) {
		cm_demo_note(demo, "the folder of the last demo is used again: %s", demo->input);
		return CM_OK;
	}
	r = cm_dir_remove_all(demo->input, report);
	return r == CM_OK ? cm_demo_input_make(demo->input, report, &demo->found) : r;
}

static cm_result
cm_demo_prepare(struct cm_demo *demo)
{
	struct cm_report report = {0};
	uint64_t room = 0;
	cm_result r = cm_demo_ground(demo);
	if (r != CM_OK)
		return r;
	if (demo->own_input)
		r = cm_demo_input_count(demo->input, &report, &demo->found);
	else
		r = cm_demo_own_input(demo, &report);
	if (r != CM_OK || demo->found.files == 0)
		return cm_demo_bad(demo, "The evidence in %s cannot be used: %s", demo->input,
		                   report.count > 0 ? report.findings[0].seen : "there is no file");
	cm_demo_good(demo, "%zu files, %.1f MiB in %s", demo->found.files, (double)demo->found.bytes / 1048576.0,
	             demo->input);
	if (cm_dir_free_bytes(demo->folder, &report, &room) == CM_OK && room / CM_DEMO_SPACE < demo->found.bytes)
		return cm_demo_bad(demo, "%.1f MiB are free in %s; about %.1f are needed.", (double)room / 1048576.0, demo->folder,
		                   (double)demo->found.bytes * CM_DEMO_SPACE / 1048576.0);
	demo->rate_kib = demo->found.bytes / 1024 / CM_DEMO_FIRST_FETCH_S;
	demo->rate_kib = demo->rate_kib < CM_DEMO_RATE_LEAST_KIB ? CM_DEMO_RATE_LEAST_KIB : demo->rate_kib;
	return CM_OK;
}

// -- the whole -----------------------------------------------------------------------------------------------------

static const struct cm_demo_step cm_demo_steps[] = {
        {"Something to ask for", "A hospital was attacked from a rented server. Its files and a disk image lie at a "
                                 "hoster in another State.", cm_demo_prepare},
        {"Two States make their nodes", "Arland (xa.contact) and Borvia (xb.contact): a root for each State in a folder "
                                        "of its own, certified keys in a keeper process, two persons each.",
         cm_demo_states},
        {"They become peers", "A one-time code leads to the other node; six words, compared by telephone, show that "
                              "nobody stands between.", cm_demo_peers},
        {"Arland asks to preserve the data (Art. 42)", "Checked against the Convention's tables before it leaves, signed, "
                                                       "answered with a receipt of the other register.",
         cm_demo_preservation},
        {"Arland asks for the data (Arts 40, 44), Borvia delivers", "The officer of Borvia packs the folder, signs and seals it "
                                                              "to Arland; plain bytes never leave his program.",
         cm_demo_evidence},
        {"Arland fetches it, is killed, and opens it with two persons", "The receiver dies in the middle. It goes on where "
                                                                  "it stopped, and opens the package only for two "
                                                                  "persons with two factors each.", cm_demo_fetch},
        {"The court", "One file holds the evidence, the messages, the register's proofs and two signatures. It "
                      "is judged offline, here and with programs of others.", cm_demo_court},
};

static cm_result
cm_demo_play(struct cm_demo *demo)
{
	for (unsigned i = 0; i < sizeof cm_demo_steps / sizeof *cm_demo_steps; i++) {
		const struct cm_demo_step *step = &cm_demo_steps[i];
		int64_t begun = cm_clock_mono();
		char span[32];
		cm_demo_title(demo, i, step->title, step->what);
		cm_result r = cm_demo_interrupted(demo) ? cm_demo_bad(demo, "Stopped.") : step->run(demo);
		demo->times[i] = cm_clock_mono() - begun;
		if (r != CM_OK && cm_demo_interrupted(demo))
			return CM_FAILED;
		if (r != CM_OK) {
			fprintf(demo->to, "\nStep %u did not hold: %s.\nEvery command with its output: %s/logs/demo.log; the "
			                  "nodes' own words: logs/xa.contact.log, logs/xb.contact.log.\n",
			        i, step->title, demo->folder);
			return r;
		}
		fprintf(demo->to, "    %s\n", cm_instant_span_text(demo->times[i], span));
	}
	return CM_OK;
}

static bool
cm_demo_where(struct cm_demo *demo, const char *otherwise)
{
	struct cm_report report = {0};
	const char *folder = cm_env_get("DEMO_DIR"), *input = cm_env_get("DEMO_INPUT");
	cm_result r = cm_dir_absolute(folder == NULL ? otherwise : folder, demo->folder, &report);
	if (r == CM_OK && input != NULL)
		r = cm_dir_absolute(input, demo->input, &report);
	else if (r == CM_OK)
		r = cm_file_path(demo->input, sizeof demo->input, demo->folder, "input", &report);
	demo->own_input = input != NULL;
	if (r != CM_OK)
		fprintf(stderr, "comity demo: %s: %s\n", report.findings[0].place, report.findings[0].seen);
	return r == CM_OK;
}

bool
cm_demo_begin(struct cm_demo *demo, const char *folder, bool json)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, 0};
	*demo = (struct cm_demo){
	        .to = json ? stderr : stdout,
	        .colours = cm_tty_is(json ? 2 : 1) && cm_env_get("NO_COLOR") == NULL,
	        .log = -1,
	        .signal = -1,
	        .xa = {.name = "xa.contact", .state = "state-arland", .out = -1},
	        .xb = {.name = "xb.contact", .state = "state-borvia", .out = -1},
	        .out = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE),
	        .err = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE),
	};
	demo->ilse = (struct cm_demo_person){"ilse", "Ilse Maren", "duty officer", &demo->xa};
	demo->per = (struct cm_demo_person){"per", "Per Hallan", "shift leader", &demo->xa};
	demo->tomas = (struct cm_demo_person){"tomas", "Tomas Reyl", "duty officer", &demo->xb};
	demo->marta = (struct cm_demo_person){"marta", "Marta Vell", "shift leader", &demo->xb};
	cm_result_ignore(cm_signal_open(signals, NULL, &demo->signal), "without it Ctrl-C ends the demo at once");
	return cm_demo_where(demo, folder);
}

void
cm_demo_end(struct cm_demo *demo)
{
	cm_demo_node_stop(demo, &demo->xa);
	cm_demo_node_stop(demo, &demo->xb);
	cm_json_free(demo->json);
	cm_buf_fini(&demo->out);
	cm_buf_fini(&demo->err);
	cm_file_close(&demo->log);
	cm_file_close(&demo->signal);
}

int
cm_demo_run(const struct cm_command_line *line)
{
	CM_AUTO struct cm_demo *demo = cm_mem_new(sizeof *demo);
	struct cm_buf CM_CLEANUP(cm_buf_fini) summary = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	const char *scenario = cm_command_value(line, CM_OPTION_DEMO_SCENARIO);
	if (scenario != NULL)
		return cm_scene_run(line, scenario);
	if (demo == NULL)
		return CM_CLI_ENVIRONMENT;
	cm_result r = cm_demo_begin(demo, CM_DEMO_FOLDER, line->json) ? CM_OK : CM_FAILED;
	if (r == CM_OK)
		r = cm_demo_play(demo);
	if (r == CM_OK)
		r = cm_demo_summary_write(demo, &summary);
	if (r == CM_OK)
		cm_demo_summary(demo);
	cm_demo_end(demo);
	if (r == CM_OK && line->json)
		printf("%s\n", cm_buf_cstr(&summary));
	return r == CM_OK ? CM_CLI_DONE : r == CM_REFUSED ? CM_CLI_REFUSED : CM_CLI_ENVIRONMENT;
}
