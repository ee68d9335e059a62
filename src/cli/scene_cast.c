// Knows: the cast of a scenario: nodes with their States, people with two factors, who are peers; and its time. Does not know:
// what is asked or answered.
#include "cli/scene.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_error.h"
#include "base/tab_limit.h"
#include "os/clock.h"

#define CM_SCENE_SESSION_US (INT64_C(11) * 3600 * CM_INSTANT_SECOND) // an hour less than a session lasts
#define CM_SCENE_CODE_US (INT64_C(30) * CM_INSTANT_SECOND)           // RFC 6238: one code

struct cm_scene_node *
cm_scene_cast_find(struct cm_scene *scene, const char *id)
{
	for (size_t i = 0; i < scene->node_count; i++)
		if (id != NULL && strcmp(scene->nodes[i].id, id) == 0)
			return &scene->nodes[i];
	return NULL;
}

struct cm_scene_person *
cm_scene_cast_find_person(struct cm_scene *scene, const char *id)
{
	for (size_t i = 0; i < scene->person_count; i++)
		if (id != NULL && strcmp(scene->people[i].id, id) == 0)
			return &scene->people[i];
	return NULL;
}

// -- time ----------------------------------------------------------------------------------------------------------

static cm_result
cm_scene_cast_move(struct cm_scene *scene, int64_t us)
{
	if (us < 0 && scene->node_count > 0) // a scenario may begin in the past
		return cm_scene_bad(scene, "time goes forward only", scene->words[1]);
	scene->moved += us;
	if (scene->demo.rehearsal)
		return CM_OK;
	uint8_t bytes[sizeof scene->moved];
	memcpy(bytes, &scene->moved, sizeof bytes);
	return cm_file_pwrite_all(scene->clock, 0, cm_view_of(bytes, sizeof bytes), NULL);
}

cm_result
cm_scene_cast_at(struct cm_scene *scene)
{
	struct cm_instant at;
	char text[CM_INSTANT_TEXT];
	if (cm_scene_text_moment(scene, 1, &at) == 0)
		return cm_scene_bad(scene, "no date", scene->n > 1 ? scene->words[1] : "");
	int64_t now = cm_clock_utc().us + (scene->demo.rehearsal ? scene->moved : 0); // its clock is not moved
	cm_result r = cm_scene_cast_move(scene, at.us - now);
	if (r == CM_OK)
		cm_demo_note(&scene->demo, "it is %s", cm_instant_text_people(at, text));
	return r;
}

// advance 2 days | hours | minutes | seconds
cm_result
cm_scene_cast_advance(struct cm_scene *scene)
{
	static const struct {
		const char *word;
		int64_t us;
	} units[] = {{"day", CM_INSTANT_DAY}, {"hour", CM_INSTANT_DAY / 24}, {"minute", 60 * CM_INSTANT_SECOND},
	        {"second", CM_INSTANT_SECOND}};
	uint64_t n;
	char text[CM_INSTANT_TEXT];
	for (size_t i = 0; scene->n == 3 && i < sizeof units / sizeof *units; i++)
		if (strncmp(scene->words[2], units[i].word, strlen(units[i].word)) == 0 &&
		    cm_num_u64(cm_view_text(scene->words[1]), 1, 10000, &n)) {
			cm_result r = cm_scene_cast_move(scene, (int64_t)n * units[i].us);
			cm_demo_note(&scene->demo, "it is %s", cm_instant_text_people(cm_clock_utc(), text));
			return r;
		}
	return cm_scene_bad(scene, "no span of time", "advance");
}

// -- nodes ---------------------------------------------------------------------------------------------------------

// Words of "roles a b languages c d" as options.
static size_t
cm_scene_cast_lists(const struct cm_scene *scene, const char **words, size_t n, size_t room)
{
	const char *option = NULL;
	for (size_t i = 4; i < scene->n && n + 2 < room; i++) {
		if (strcmp(scene->words[i], "roles") == 0)
			option = "--role";
		else if (strcmp(scene->words[i], "languages") == 0)
			option = "--language";
		else if (strcmp(scene->words[i], "named") == 0)
			option = NULL;
		else if (option != NULL) {
			words[n++] = option;
			words[n++] = scene->words[i];
		}
	}
	words[n] = NULL;
	return n;
}

// node XA is "Arland 24/7 Contact Point", roles contact_point central_authority, languages en fr [named NAME]
cm_result
cm_scene_cast_node(struct cm_scene *scene)
{
	if (scene->node_count == CM_SCENE_NODES || scene->n < 6 || strlen(scene->words[1]) < 2 ||
	    strlen(scene->words[1]) > 7 || strcmp(scene->words[2], "is") != 0)
		return cm_scene_bad(scene, "a node is: node XA is \"Name\", roles …, languages …", "");
	struct cm_scene_node *node = &scene->nodes[scene->node_count++];
	const char *id = scene->words[1];
	const char *named = cm_scene_text_after(scene, "named");
	snprintf(node->id, sizeof node->id, "%.7s", id);
	snprintf(node->country, sizeof node->country, "%.2s", id);
	snprintf(node->name, sizeof node->name, "%c%c.%.40s", id[0] | 0x20, id[1] | 0x20, named == NULL ? "contact" : named);
	snprintf(node->folder, sizeof node->folder, "state-%c%c", id[0] | 0x20, id[1] | 0x20);
	snprintf(node->title, sizeof node->title, "%.127s", scene->words[3]);
	node->is = (struct cm_demo_node){.name = node->name, .state = node->folder, .out = -1, .clock = "clock"};
	const char *words[CM_DEMO_WORDS] = {"init", "--node", node->name, "--state", node->folder, "--name", node->title, "--phone",
	        "+99915550124", "--exercise-clock", "clock"};
	cm_scene_cast_lists(scene, words, 11, CM_DEMO_WORDS - 4);
	cm_result r = cm_demo_at(&scene->demo, &node->is, words);
	if (r == CM_OK)
		cm_demo_good(&scene->demo, "%s: %s", node->name, node->title);
	return r;
}

// person ilse of XA is "Ilse Maren", "duty officer"
cm_result
cm_scene_cast_person(struct cm_scene *scene)
{
	struct cm_scene_node *node = cm_scene_cast_find(scene, cm_scene_text_after(scene, "of"));
	if (scene->person_count == CM_SCENE_PEOPLE || scene->n != 7 || node == NULL || node->starts > 0)
		return cm_scene_bad(scene, "a person is: person ID of NODE is \"Name\", \"functions\"; before the node starts", "");
	struct cm_scene_person *p = &scene->people[scene->person_count++];
	snprintf(p->id, sizeof p->id, "%.60s", scene->words[1]);
	snprintf(p->name, sizeof p->name, "%.127s", scene->words[5]);
	snprintf(p->functions, sizeof p->functions, "%.127s", scene->words[6]);
	p->node = node;
	p->is = (struct cm_demo_person){p->id, p->name, p->functions, &node->is};
	return cm_demo_states_person(&scene->demo, &p->is);
}

cm_result
cm_scene_cast_start(struct cm_scene *scene)
{
	for (size_t i = 1; i < scene->n; i++) {
		struct cm_scene_node *node = cm_scene_cast_find(scene, scene->words[i]);
		if (node == NULL)
			return cm_scene_bad(scene, "no such node", scene->words[i]);
		cm_result r = cm_demo_node_start(&scene->demo, &node->is);
		if (r != CM_OK)
			return r;
		node->starts++;
		cm_demo_good(&scene->demo, "%s runs", node->name);
	}
	return CM_OK;
}

cm_result
cm_scene_cast_stop(struct cm_scene *scene)
{
	for (size_t i = 1; i < scene->n; i++) {
		struct cm_scene_node *node = cm_scene_cast_find(scene, scene->words[i]);
		if (node == NULL)
			return cm_scene_bad(scene, "no such node", scene->words[i]);
		cm_demo_node_stop(&scene->demo, &node->is);
		cm_demo_note(&scene->demo, "%s is stopped: no power, or no line", node->name);
	}
	return CM_OK;
}

cm_result
cm_scene_cast_kill(struct cm_scene *scene)
{
	struct cm_scene_node *node = cm_scene_cast_find(scene, scene->n == 2 ? scene->words[1] : NULL);
	size_t n = 0;
	if (node == NULL)
		return cm_scene_bad(scene, "no such node", "kill");
	cm_result r = cm_demo_node_kill(&scene->demo, &node->is, &n);
	if (r == CM_OK)
		cm_demo_note(&scene->demo, "%s is killed, %zu processes", node->name, n);
	return r;
}

// line XD 8 KiB: the node fetches evidence no faster than so many KiB in a second; before it starts.
cm_result
cm_scene_cast_line(struct cm_scene *scene)
{
	struct cm_scene_node *node = cm_scene_cast_find(scene, scene->n == 4 ? scene->words[1] : NULL);
	struct cm_buf CM_CLEANUP(cm_buf_fini) conf = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	char name[CM_FILE_PATH], path[CM_FILE_PATH];
	if (node == NULL || strcmp(scene->words[3], "KiB") != 0)
		return cm_scene_bad(scene, "a line is: line NODE 8 KiB", "");
	if (scene->demo.rehearsal)
		return CM_OK;
	snprintf(name, sizeof name, "%s/comity.conf", node->name);
	if (cm_demo_path(&scene->demo, name, path) != CM_OK || cm_file_load(path, &conf, NULL) != CM_OK)
		return cm_scene_bad(scene, "its settings cannot be read", node->name);
	cm_buf_printf(&conf, "pull_rate_kib = %s\n", scene->words[2]);
	return cm_demo_write(&scene->demo, name, 0600, cm_buf_view(&conf));
}

// -- people at work ------------------------------------------------------------------------------------------------

// A session ends by the clock and with the keeper; a code is good once, so a second login in its time takes the next one.
static cm_result
cm_scene_cast_login(struct cm_scene *scene, struct cm_scene_person *p)
{
	struct cm_instant now = cm_clock_utc();
	int64_t step = now.us / CM_SCENE_CODE_US, last = p->code.us / CM_SCENE_CODE_US;
	if (p->until.us > now.us && p->start == p->node->starts)
		return CM_OK;
	bool next = p->code.us != 0 && step <= last;
	cm_result r = cm_demo_login(&scene->demo, &p->is, next ? (int)(CM_SCENE_CODE_US / CM_INSTANT_SECOND) : 0);
	p->until.us = now.us + CM_SCENE_SESSION_US;
	p->code.us = now.us + (next ? CM_SCENE_CODE_US : 0);
	p->start = p->node->starts;
	return r;
}

cm_result
cm_scene_cast_as(struct cm_scene *scene, struct cm_scene_person *person, const char *const *words)
{
	char wanted[CM_DEMO_TEXT];
	bool known = scene->refused == NULL || cm_error_find(scene->refused, strlen(scene->refused)) != CM_ERROR_NONE;
	if (!known)
		return cm_scene_bad(scene, "there is no rule of this name", scene->refused);
	if (scene->demo.rehearsal)
		return cm_demo_as(&scene->demo, &person->is, words) == CM_OK ? CM_OK : cm_scene_bad(scene, "no such command", words[0]);
	cm_result r = cm_scene_cast_login(scene, person);
	if (r != CM_OK || scene->refused == NULL)
		return r == CM_OK ? cm_demo_as(&scene->demo, &person->is, words) : r;
	r = cm_demo_refused_as(&scene->demo, &person->is, words);
	if (r != CM_OK)
		return cm_scene_bad(scene, "it was not refused; expected", scene->refused);
	snprintf(wanted, sizeof wanted, "\"rule\":\"%s\"", scene->refused);
	if (strstr(cm_buf_cstr(&scene->demo.out), wanted) == NULL && strstr(cm_buf_cstr(&scene->demo.err), wanted) == NULL) {
		cm_demo_quote(&scene->demo, cm_buf_view(&scene->demo.out), 20);
		cm_demo_quote(&scene->demo, cm_buf_view(&scene->demo.err), 20);
		return cm_scene_bad(scene, "it was refused, but not by", scene->refused);
	}
	scene->held++;
	cm_demo_good(&scene->demo, "refused: %s", scene->refused);
	return CM_OK;
}

// peers ilse tomas: the first invites, the second accepts, both compare the words and confirm.
cm_result
cm_scene_cast_peers(struct cm_scene *scene)
{
	struct cm_scene_person *a = scene->n == 3 ? cm_scene_cast_find_person(scene, scene->words[1]) : NULL;
	struct cm_scene_person *b = scene->n == 3 ? cm_scene_cast_find_person(scene, scene->words[2]) : NULL;
	if (a == NULL || b == NULL)
		return cm_scene_bad(scene, "peers need a person of each node", "");
	if (scene->demo.rehearsal)
		return CM_OK;
	cm_result r = cm_scene_cast_login(scene, a);
	if (r == CM_OK)
		r = cm_scene_cast_login(scene, b);
	return r == CM_OK ? cm_demo_peers_of(&scene->demo, &a->is, &b->is) : r;
}
