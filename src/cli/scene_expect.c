// Knows: what a scenario expects to see, and how it is looked for: by asking the nodes, as their officers would. Does not know:
// who did what. An expectation waits a while for what has to come; "still" looks for as long as a jump of time may take to be seen.
#include "cli/scene.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/tab_state.h"
#include "os/clock.h"

#define CM_SCENE_WAIT_US (INT64_C(20) * CM_INSTANT_SECOND)
#define CM_SCENE_STILL_US (INT64_C(4) * CM_LIMIT_EXERCISE_LOOK_MS_VALUE * 1000)
#define CM_SCENE_AGAIN_US (CM_INSTANT_SECOND / 20)

struct cm_scene_wish {
	struct cm_scene_node *node;
	const struct cm_scene_thing *thing; // NULL: the events of the node
	const char *path;                   // member; NULL: the whole answer
	const char *want;                   // a text, or part of it when path is NULL
	const char *about;                  // of news: the request's number, or NULL
	bool never, still;
	char seen[CM_DEMO_TEXT];
};

// The evidence of this name as its receiver knows it.
static void
cm_scene_expect_evidence(struct cm_scene *scene, struct cm_scene_thing *thing)
{
	const struct cm_json_value *list = cm_demo_find(&scene->demo, "evidence");
	for (size_t i = 0; list != NULL && *thing->id == 0 && i < cm_json_count(list); i++) {
		const struct cm_json_value *row = cm_json_at(list, i);
		struct cm_view id = cm_json_text(cm_json_member(row, "evidence"));
		bool taken = !cm_view_is(cm_json_text(cm_json_member(row, "request")), thing->task);
		for (size_t k = 0; k < scene->thing_count; k++)
			taken = taken || cm_view_is(id, scene->things[k].id);
		if (!taken)
			snprintf(thing->id, sizeof thing->id, "%.*s", CM_VIEW_ARG(id));
	}
}

static cm_result
cm_scene_expect_ask(struct cm_scene *scene, const struct cm_scene_wish *wish)
{
	struct cm_scene_thing *thing = wish->thing == NULL ? NULL : cm_scene_act_find(scene, wish->thing->name);
	const char *home = wish->node->name;
	const char *const list[] = {"comity", "evidence", "list", "--home", home, "--json", NULL};
	struct cm_demo_command look = {.words = list, .prompt = home, .own = true, .quiet = true, .may_refuse = true};
	if (thing != NULL && thing->evidence && wish->node == thing->to && *thing->id == 0) {
		cm_result r = cm_demo_do(&scene->demo, &look);
		cm_scene_expect_evidence(scene, thing);
		if (r != CM_OK || *thing->id == 0)
			return r;
	}
	const char *id = thing == NULL ? NULL : thing->evidence && wish->node != thing->to ? thing->theirs : thing->id;
	const char *const news[] = {"comity", "event", "list", "--home", home, "--json", NULL};
	const char *const show[] = {
	        "comity", thing != NULL && thing->evidence ? "evidence" : "request", "show", id, "--home", home, "--json", NULL};
	look.words = thing == NULL ? news : show;
	return cm_demo_do(&scene->demo, &look);
}

// An event of the request whose topic or words hold the wanted text.
static bool
cm_scene_expect_news(struct cm_scene *scene, const struct cm_scene_wish *wish)
{
	const struct cm_json_value *list = cm_demo_find(&scene->demo, "events");
	for (size_t i = 0; list != NULL && i < cm_json_count(list); i++) {
		const struct cm_json_value *row = cm_json_at(list, i);
		char text[CM_DEMO_TEXT];
		snprintf(text, sizeof text, "%.*s: %.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(row, "topic"))),
		         CM_VIEW_ARG(cm_json_text(cm_json_member(row, "text"))));
		if (strstr(text, wish->want) != NULL &&
		    (wish->about == NULL || cm_view_is(cm_json_text(cm_json_member(row, "ref")), wish->about)))
			return true;
	}
	return false;
}

static bool
cm_scene_expect_look(struct cm_scene *scene, struct cm_scene_wish *wish)
{
	if (wish->thing == NULL)
		return cm_scene_expect_news(scene, wish);
	if (wish->path == NULL)
		return strstr(cm_buf_cstr(&scene->demo.out), wish->want) != NULL;
	const struct cm_json_value *value = cm_demo_find(&scene->demo, wish->path);
	enum cm_json_kind kind = value == NULL ? CM_JSON_NULL : cm_json_kind(value);
	cm_demo_text(&scene->demo, wish->path, wish->seen);
	if (kind == CM_JSON_NUMBER)
		snprintf(wish->seen, sizeof wish->seen, "%lld", (long long)cm_json_number(value));
	else if (kind == CM_JSON_TRUE || kind == CM_JSON_FALSE)
		snprintf(wish->seen, sizeof wish->seen, "%s", kind == CM_JSON_TRUE ? "true" : "false");
	return strcmp(wish->seen, wish->want) == 0;
}

static cm_result
cm_scene_expect_wait(struct cm_scene *scene, struct cm_scene_wish *wish)
{
	bool steady = wish->never || wish->still; // it must be so at every look
	struct cm_scene_thing *thing = wish->thing == NULL ? NULL : cm_scene_act_find(scene, wish->thing->name);
	if (scene->demo.rehearsal && thing != NULL && thing->evidence && wish->node == thing->to)
		snprintf(thing->id, sizeof thing->id, "%s", thing->theirs);
	if (scene->demo.rehearsal)
		return CM_OK;
	int64_t deadline = cm_clock_after(steady ? CM_SCENE_STILL_US : CM_SCENE_WAIT_US);
	for (;;) {
		cm_result r = cm_scene_expect_ask(scene, wish);
		if (r != CM_OK)
			return r;
		bool answered = cm_demo_find(&scene->demo, "exit") == NULL; // else it knows no such request, perhaps not yet
		bool good = answered && cm_scene_expect_look(scene, wish) != wish->never;
		bool late = cm_clock_mono() > deadline;
		if (steady ? !good : late && !good) {
			fprintf(scene->demo.to, "    $ %s\n", scene->demo.last);
			cm_demo_quote(&scene->demo, cm_buf_view(&scene->demo.out), 10);
			return cm_scene_bad(scene, wish->want, wish->path == NULL ? "the words above" : wish->seen);
		}
		if (steady ? late : good)
			return CM_OK;
		if (!cm_demo_pause(&scene->demo, CM_SCENE_AGAIN_US))
			return cm_demo_bad(&scene->demo, "Stopped.");
	}
}

static cm_result
cm_scene_expect_wish(struct cm_scene *scene, struct cm_scene_wish *wish, const char *said)
{
	cm_result r = cm_scene_expect_wait(scene, wish);
	if (r != CM_OK)
		return r;
	scene->held++;
	cm_demo_good(&scene->demo, "%s%s%s: %s%s", wish->node->name, wish->thing == NULL ? "" : ", ",
	             wish->thing == NULL ? "" : wish->thing->name, said, wish->want);
	return CM_OK;
}

// expect refused RULE when PERSON …: the statement behind "when" is done, and has to be refused by this rule.
static cm_result
cm_scene_expect_refused(struct cm_scene *scene)
{
	if (scene->n < 6 || strcmp(scene->words[3], "when") != 0)
		return cm_scene_bad(scene, "a refusal is: expect refused RULE when PERSON …", "");
	scene->refused = scene->words[2];
	scene->n -= 4;
	memmove(scene->words, scene->words + 4, (scene->n + 1) * sizeof *scene->words);
	cm_result r = cm_scene_act(scene);
	scene->refused = NULL;
	return r;
}

// expect NODE NAME state|still STATE · until DATE [TIME] · member PATH VALUE · shows TEXT · hides TEXT
static cm_result
cm_scene_expect_thing(struct cm_scene *scene, struct cm_scene_wish *wish)
{
	const char *what = scene->n > 4 ? scene->words[3] : "";
	struct cm_scene_thing *thing = cm_scene_act_find(scene, scene->words[2]);
	struct cm_instant at;
	char until[CM_INSTANT_TEXT];
	wish->thing = thing;
	if (thing == NULL || scene->n < 5)
		return cm_scene_bad(scene, "nothing has this name, or nothing is expected of it", scene->words[2]);
	wish->want = scene->words[4];
	if (strcmp(what, "state") == 0 || strcmp(what, "still") == 0) {
		wish->path = "state";
		wish->still = *what == 's' && what[1] == 't' && what[2] == 'i';
		if (!thing->evidence && cm_state_find(wish->want, strlen(wish->want)) == CM_STATE_NONE)
			return cm_scene_bad(scene, "there is no such state", wish->want);
		cm_result r = cm_scene_expect_wish(scene, wish, wish->still ? "still " : "");
		thing->answered = thing->answered || (r == CM_OK && !thing->evidence);
		return r;
	}
	if (strcmp(what, "until") == 0 && cm_scene_text_moment(scene, 4, &at) > 0) {
		wish->path = "preserved_until";
		wish->want = cm_instant_text(at, until);
		return cm_scene_expect_wish(scene, wish, "until ");
	}
	if (strcmp(what, "member") == 0 && scene->n == 6) {
		wish->path = scene->words[4];
		wish->want = scene->words[5];
		return cm_scene_expect_wish(scene, wish, "");
	}
	wish->never = strcmp(what, "hides") == 0;
	if (!wish->never && strcmp(what, "shows") != 0)
		return cm_scene_bad(scene, "not known as an expectation", what);
	return cm_scene_expect_wish(scene, wish, wish->never ? "nowhere " : "shows ");
}

cm_result
cm_scene_expect(struct cm_scene *scene)
{
	struct cm_scene_wish wish = {.node = cm_scene_cast_find(scene, scene->n > 1 ? scene->words[1] : NULL)};
	if (scene->n > 1 && strcmp(scene->words[1], "refused") == 0)
		return cm_scene_expect_refused(scene);
	if (wish.node == NULL || scene->n < 4)
		return cm_scene_bad(scene, "an expectation is: expect NODE NAME state STATE, or expect NODE news TEXT", "");
	const struct cm_scene_thing *about = cm_scene_act_find(scene, cm_scene_text_after(scene, "about"));
	wish.about = about == NULL ? NULL : about->id;
	if (strcmp(scene->words[2], "news") == 0 || strcmp(scene->words[2], "silent") == 0) {
		wish.never = strcmp(scene->words[2], "silent") == 0;
		wish.want = scene->words[3];
		return cm_scene_expect_wish(scene, &wish, wish.never ? "no news of " : "news: ");
	}
	return cm_scene_expect_thing(scene, &wish);
}

// -- the end -------------------------------------------------------------------------------------------------------

// Both sides show one state and one end, whatever the scenario looked at.
static cm_result
cm_scene_expect_agree(struct cm_scene *scene, const struct cm_scene_thing *thing)
{
	int64_t deadline = cm_clock_after(CM_SCENE_WAIT_US);
	char seen[2][2][CM_DEMO_TEXT];
	for (;;) {
		for (int side = 0; side < 2; side++) {
			struct cm_scene_wish wish = {.node = side == 0 ? thing->from : thing->to, .thing = thing};
			cm_result r = cm_scene_expect_ask(scene, &wish);
			if (r != CM_OK)
				return r;
			cm_demo_text(&scene->demo, "state", seen[side][0]);
			cm_demo_text(&scene->demo, "preserved_until", seen[side][1]);
		}
		if (strcmp(seen[0][0], seen[1][0]) == 0 && strcmp(seen[0][1], seen[1][1]) == 0)
			return CM_OK;
		if (cm_clock_mono() > deadline || !cm_demo_pause(&scene->demo, CM_SCENE_AGAIN_US))
			break;
	}
	cm_result_ignore(cm_demo_bad(&scene->demo, "%s: %s %s at %s, %s %s at %s", thing->name, seen[0][0], seen[0][1],
	                             thing->from->name, seen[1][0], seen[1][1], thing->to->name),
	                 "it is returned below");
	return cm_scene_bad(scene, "the two sides do not say the same", thing->name);
}

static cm_result
cm_scene_expect_register(struct cm_scene *scene, const struct cm_scene_node *node)
{
	char key[CM_DEMO_TEXT], log[CM_DEMO_TEXT];
	snprintf(key, sizeof key, "%s/log/register.vkey", node->name);
	snprintf(log, sizeof log, "%s/log", node->name);
	return cm_demo_do(&scene->demo, &(struct cm_demo_command){.own = true, .prompt = "auditor",
	                                        .words = CM_DEMO_WORDS_OF("comity", "log", "fsck", log, "--vkey", key, "--json")});
}

cm_result
cm_scene_expect_end(struct cm_scene *scene)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) kinds = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < scene->thing_count; i++) {
		const struct cm_scene_thing *thing = &scene->things[i];
		if (!thing->evidence && thing->from->is.proc.pid != 0 && thing->to->is.proc.pid != 0)
			r = cm_scene_expect_agree(scene, thing);
		if (thing->answered)
			cm_buf_printf(&kinds, "%s\n", thing->kind);
	}
	if (r == CM_OK)
		cm_demo_good(&scene->demo, "both sides of every request show one state and one end");
	for (size_t i = 0; i < scene->node_count; i++)
		cm_demo_node_stop(&scene->demo, &scene->nodes[i].is);
	for (size_t i = 0; r == CM_OK && i < scene->node_count; i++)
		r = cm_scene_expect_register(scene, &scene->nodes[i]);
	if (r == CM_OK)
		r = cm_demo_write(&scene->demo, "kinds", 0644, cm_buf_view(&kinds));
	return r;
}
