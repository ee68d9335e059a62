// Knows: which scenarios there are, which statement is whose, and that a scenario's nodes are always stopped. Does not know: what
// a statement does (scene_*.c). Serves doc/guide/exercise.md, section 2.
#include "cli/scene.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "os/dir.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "cli/scene_texts.h"

#define CM_SCENE_ENDING ".scn"
#define CM_SCENE_COUNT (sizeof cm_scene_texts / sizeof *cm_scene_texts)

cm_result
cm_scene_bad(struct cm_scene *scene, const char *what, const char *seen)
{
	return cm_demo_bad(&scene->demo, "%s.scn, line %u: %s%s%s", scene->name, scene->line, what, *seen == 0 ? "" : ": ", seen);
}

// scenario "Title": so that it can be listed.
static cm_result
cm_scene_title(struct cm_scene *scene)
{
	cm_demo_title(&scene->demo, 1, scene->n > 1 ? scene->words[1] : scene->name, "");
	return CM_OK;
}

// part "Title" begins a part of the story.
static cm_result
cm_scene_part(struct cm_scene *scene)
{
	if (!scene->demo.rehearsal)
		fprintf(scene->demo.to, "\n   -- %s\n", scene->n > 1 ? scene->words[1] : "");
	return CM_OK;
}

static cm_result
cm_scene_statement(struct cm_scene *scene)
{
	static const struct {
		const char *word;
		cm_result (*run)(struct cm_scene *scene);
	} statements[] = {{"scenario", cm_scene_title}, {"part", cm_scene_part}, {"node", cm_scene_cast_node},
	        {"person", cm_scene_cast_person}, {"peers", cm_scene_cast_peers}, {"at", cm_scene_cast_at},
	        {"advance", cm_scene_cast_advance}, {"start", cm_scene_cast_start}, {"stop", cm_scene_cast_stop},
	        {"kill", cm_scene_cast_kill}, {"line", cm_scene_cast_line}, {"expect", cm_scene_expect}};
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
		if (strcmp(statements[i].word, scene->words[0]) == 0)
			return statements[i].run(scene);
	return cm_scene_act(scene);
}

// The clock of the exercise, which this program follows as well.
static cm_result
cm_scene_clock(struct cm_scene *scene)
{
	static const uint8_t zero[sizeof scene->moved] = {0};
	char path[CM_FILE_PATH];
	struct cm_report report = {0};
	cm_result r = cm_demo_path(&scene->demo, "clock", path);
	if (r == CM_OK)
		r = cm_file_open(path, CM_FILE_EMPTY, 0600, &report, &scene->clock);
	if (r == CM_OK)
		r = cm_file_pwrite_all(scene->clock, 0, cm_view_of(zero, sizeof zero), &report);
	if (r == CM_OK)
		r = cm_clock_exercise(path, &report);
	return r == CM_OK ? r : cm_demo_bad(&scene->demo, "The clock cannot be made: %s", path);
}

static cm_result
cm_scene_statements(struct cm_scene *scene)
{
	cm_result r = CM_OK;
	while (r == CM_OK && cm_scene_text_next(scene))
		r = cm_demo_interrupted(&scene->demo) ? cm_demo_bad(&scene->demo, "Stopped.") : cm_scene_statement(scene);
	if (r == CM_OK && *scene->rest != 0)
		r = cm_scene_bad(scene, "a line is too long", "");
	return r;
}

// The whole text once without nodes: a bad line is told before anything starts.
static cm_result
cm_scene_rehearse(const struct cm_scene *scene)
{
	CM_AUTO struct cm_scene *trial = cm_mem_new(sizeof *trial);
	if (trial == NULL)
		return CM_NOMEM;
	*trial = *scene;
	trial->demo.rehearsal = true;
	return cm_scene_statements(trial);
}

static cm_result
cm_scene_play(struct cm_scene *scene)
{
	cm_result r = cm_demo_ground(&scene->demo);
	if (r == CM_OK && cm_dir_make_all(scene->demo.input, 0700, NULL) != CM_OK)
		r = cm_demo_bad(&scene->demo, "The folder %s cannot be made", scene->demo.input);
	if (r == CM_OK)
		r = cm_scene_clock(scene);
	if (r == CM_OK)
		r = cm_scene_statements(scene);
	if (r == CM_OK)
		r = cm_scene_expect_end(scene);
	return r;
}

static int
cm_scene_list(const struct cm_command_line *line)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	cm_json_put_array(&put);
	for (size_t i = 0; i < CM_SCENE_COUNT; i++) {
		const char *title = strstr(cm_scene_texts[i].text, "scenario \"");
		title = title == NULL ? "" : title + strlen("scenario \"");
		struct cm_view name = cm_view_of(title, strcspn(title, "\""));
		if (!line->json)
			printf("%-4s %.*s\n", cm_scene_texts[i].name, CM_VIEW_ARG(name));
		cm_json_put_object(&put);
		cm_json_put_member_cstr(&put, "scenario", cm_scene_texts[i].name);
		cm_json_put_member_text(&put, "title", name);
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	if (line->json)
		printf("%s\n", cm_buf_cstr(&text));
	return CM_CLI_DONE;
}

// A scenario of the user's own: a file that ends with .scn.
static void
cm_scene_load(struct cm_scene *scene, const char *path, struct cm_buf *own)
{
	const char *name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
	size_t n = strlen(name), ending = strlen(CM_SCENE_ENDING);
	if (n <= ending || strcmp(name + n - ending, CM_SCENE_ENDING) != 0 || cm_file_load(path, own, NULL) != CM_OK)
		return;
	snprintf(scene->own, sizeof scene->own, "%.*s", (int)(n - ending < CM_SCENE_NAME ? n - ending : CM_SCENE_NAME - 1), name);
	scene->name = scene->own;
	scene->rest = cm_buf_cstr(own);
}

static int
cm_scene_unknown(const struct cm_command_line *line, const char *name)
{
	struct cm_report report = {0};
	return cm_fail(line, cm_report_refuse(&report, CM_ERROR_USAGE, "--scenario", "%s is no scenario and no file that can be read; \"list\" lists the scenarios", name), &report);
}

int
cm_scene_run(const struct cm_command_line *line, const char *name)
{
	CM_AUTO struct cm_scene *scene = cm_mem_new(sizeof *scene);
	struct cm_buf CM_CLEANUP(cm_buf_fini) own = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	char folder[CM_SCENE_NAME * 2];
	if (scene == NULL)
		return CM_CLI_ENVIRONMENT;
	for (size_t i = 0; i < CM_SCENE_COUNT; i++)
		if (strcmp(cm_scene_texts[i].name, name) == 0)
			scene->name = cm_scene_texts[i].name, scene->rest = cm_scene_texts[i].text;
	if (scene->name == NULL && strstr(name, CM_SCENE_ENDING) != NULL)
		cm_scene_load(scene, name, &own);
	scene->clock = -1;
	snprintf(folder, sizeof folder, "build/scenario/%.60s", scene->name == NULL ? "" : scene->name);
	if (scene->name == NULL)
		return strcmp(name, "list") == 0 ? cm_scene_list(line) : cm_scene_unknown(line, name);
	cm_result r = cm_demo_begin(&scene->demo, folder, line->json) ? cm_scene_rehearse(scene) : CM_FAILED;
	if (r == CM_OK)
		r = cm_scene_play(scene);
	for (size_t i = 0; i < scene->node_count; i++)
		cm_demo_node_stop(&scene->demo, &scene->nodes[i].is);
	if (r == CM_OK)
		fprintf(scene->demo.to, "\n%s holds: %u expectations, in %s\n", scene->name, scene->held, scene->demo.folder);
	if (r == CM_OK && line->json)
		printf("{\"expectations\":%u,\"folder\":\"%s\",\"ok\":true,\"scenario\":\"%s\"}\n", scene->held, scene->demo.folder,
		       scene->name);
	cm_file_close(&scene->clock);
	cm_demo_end(&scene->demo);
	return r == CM_OK ? CM_CLI_DONE : r == CM_REFUSED ? CM_CLI_REFUSED : CM_CLI_ENVIRONMENT;
}
