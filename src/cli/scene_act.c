// Knows: what people of a scenario do: send, check, decide, deliver, open, export, or any other command on a request. Does not
// know: what must come of it (scene_expect.c).
#include "cli/scene.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "comity/report.h"
#include "domain/tab_event.h"
#include "format/json_put.h"

struct cm_scene_thing *
cm_scene_act_find(struct cm_scene *scene, const char *name)
{
	for (size_t i = 0; i < scene->thing_count; i++)
		if (name != NULL && strcmp(scene->things[i].name, name) == 0)
			return &scene->things[i];
	return NULL;
}

static struct cm_scene_thing *
cm_scene_act_thing(struct cm_scene *scene, const char *name, const char *kind)
{
	if (scene->thing_count == CM_SCENE_THINGS)
		return NULL;
	struct cm_scene_thing *thing = &scene->things[scene->thing_count];
	*thing = (struct cm_scene_thing){.evidence = false};
	snprintf(thing->name, sizeof thing->name, "%.60s", name);
	snprintf(thing->kind, sizeof thing->kind, "%.60s", kind);
	return thing;
}

// What two persons decide before it leaves: the second one says it in the own session, about this draft.
static cm_result
cm_scene_act_second(struct cm_scene *scene, const char *file, const struct cm_scene_node *to)
{
	const char *name = cm_scene_text_after(scene, "second"), *answer = cm_scene_text_after(scene, "answer");
	struct cm_scene_person *second = name == NULL ? NULL : cm_scene_cast_find_person(scene, name);
	const char *words[] = {"draft", "answer", file, "--to", to->name, "--says", "clear", "--answer", answer, NULL};
	if (name == NULL)
		return CM_OK;
	if (second == NULL || answer == NULL)
		return cm_scene_bad(scene, "two who look at a draft are: second PERSON answer RULE=TEXT", name);
	return cm_scene_cast_as(scene, second, words);
}

// What follows a word, up to the next word of the statement itself: names of things or nodes.
static size_t
cm_scene_act_list(const struct cm_scene *scene, const char *word, const char **ret_names, size_t max)
{
	static const char *const ends[] = {"about", "within", "case", "as", "second", "answer"};
	size_t n = 0;
	for (size_t i = 0; i < scene->n; i++) {
		bool over = false;
		if (n == 0 && (i == 0 || strcmp(scene->words[i - 1], word) != 0))
			continue;
		for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
			over = over || strcmp(scene->words[i], ends[k]) == 0;
		if (over || n == max)
			break;
		ret_names[n++] = scene->words[i];
	}
	return n;
}

// The things that one statement made: NAME, or of several NAME.XB for the node or party it went to.
static cm_result
cm_scene_act_sent(struct cm_scene *scene, const struct cm_scene_thing *one, size_t at, size_t of, const char *name)
{
	char path[64], text[CM_DEMO_TEXT];
	static const char *const members[] = {"task", "received_at", "receipt/origin"};
	struct cm_scene_thing *thing = cm_scene_act_thing(scene, name == NULL ? "" : name, one->kind);
	if (thing == NULL)
		return cm_scene_bad(scene, "too many requests", "");
	thing->from = one->from;
	thing->to = one->to;
	if (of > 1)
		snprintf(thing->name, sizeof thing->name, "%.40s.%.7s", name, one->to->id);
	char from[40] = "";
	if (of > 1)
		snprintf(from, sizeof from, "requests/%zu/", at);
	snprintf(path, sizeof path, "%srequest", from);
	if (!cm_demo_id(&scene->demo, path, thing->id))
		return CM_REFUSED;
	cm_demo_text(&scene->demo, "undertaking", text);
	snprintf(thing->undertaking, sizeof thing->undertaking, "%.60s", *text == 0 ? one->undertaking : text);
	char *to[] = {thing->task, thing->received_at};
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s%s", from, members[i]);
		cm_demo_text(&scene->demo, path, text);
		if (i < 2)
			snprintf(to[i], CM_DEMO_ID, "%.60s", text);
	}
	scene->thing_count += name != NULL;
	if (*text != 0)
		cm_demo_good(&scene->demo, "%s: receipt of the register %s", thing->kind, text);
	else
		cm_demo_note(&scene->demo, "%s waits in the outbox", thing->kind);
	return CM_OK;
}

// ilse sends pres as P to XB [about Q] [within J] [case C] [[second NAME] answer RULE=TEXT]; the fields follow on indented lines. To several nodes: of a joint
// investigation. "checks" sends nothing.
static cm_result
cm_scene_act_send(struct cm_scene *scene, struct cm_scene_person *person)
{
	bool checks = strcmp(scene->words[1], "checks") == 0;
	const char *name = cm_scene_text_after(scene, "as"), *case_id = cm_scene_text_after(scene, "case");
	const char *about_name = cm_scene_text_after(scene, "about");
	const char *answer = cm_scene_text_after(scene, "answer"), *within_name = cm_scene_text_after(scene, "within"), *nodes[CM_SCENE_NODES];
	size_t count = cm_scene_act_list(scene, "to", nodes, CM_SCENE_NODES), n = 0;
	const struct cm_scene_thing *about = cm_scene_act_find(scene, about_name), *within = cm_scene_act_find(scene, within_name);
	struct cm_scene_thing one = {.from = person->node};
	char file[CM_DEMO_TEXT];
	const char *words[CM_DEMO_WORDS] = {"request", checks ? "check" : "send", file};
	bool known = count > 0 && (about_name == NULL || about != NULL) && (within_name == NULL || within != NULL);
	for (n = 3; known && n < 3 + 2 * count; n += 2) {
		one.to = cm_scene_cast_find(scene, nodes[(n - 3) / 2]);
		known = one.to != NULL;
		words[n] = "--to";
		words[n + 1] = known ? one.to->name : NULL;
	}
	if (!known || scene->n < 5 || cm_scene_act_find(scene, name) != NULL || (count > 1 && name == NULL && !checks))
		return cm_scene_bad(scene, "a request is: PERSON sends KIND as NAME to NODE [about NAME] [within NAME]", "");
	for (int i = 0; i < 3; i++) {
		const char *const options[][2] = {{"--case", case_id}, {"--answer", answer},
		        {"--undertaking", within == NULL ? NULL : within->undertaking}};
		words[n] = options[i][1] == NULL ? NULL : options[i][0];
		words[n + 1] = options[i][1];
		n += words[n] == NULL ? 0 : 2;
	}
	words[n] = NULL;
	snprintf(one.undertaking, sizeof one.undertaking, "%s", within == NULL ? "" : within->undertaking);
	snprintf(one.kind, sizeof one.kind, "%.60s", scene->words[2]);
	snprintf(file, sizeof file, "drafts/line-%u.json", scene->line);
	cm_result r = cm_scene_text_draft(scene, &one, person, about, file);
	if (r == CM_OK)
		r = cm_scene_act_second(scene, file, one.to);
	if (r == CM_OK)
		r = cm_scene_cast_as(scene, person, words);
	for (size_t i = 0; r == CM_OK && scene->refused == NULL && !checks && i < count; i++) {
		one.to = cm_scene_cast_find(scene, nodes[i]);
		r = cm_scene_act_sent(scene, &one, i, count, name);
	}
	return r;
}

// "NordBox XB; Nimbus XC": the way of the data, from provider to provider, as the members of an answer.
static cm_result
cm_scene_act_path(struct cm_scene *scene, const char *way, const char *file)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "path");
	cm_json_put_array(&put);
	for (int64_t hop = 1; *way != 0; hop++) {
		size_t n = strcspn(way, ";"), name = n;
		while (name > 0 && way[name - 1] != ' ')
			name--;
		if (name < 2)
			return cm_scene_bad(scene, "a path is: PROVIDER STATE; PROVIDER STATE …", way);
		cm_json_put_object(&put);
		cm_json_put_member_number(&put, "hop", hop);
		cm_json_put_member_text(&put, "provider", cm_view_of(way, name - 1));
		cm_json_put_member_text(&put, "country", cm_view_of(way + name, n - name));
		cm_json_put_end_object(&put);
		way += n + strspn(way + n, "; ");
	}
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	cm_result r = cm_buf_result(&text);
	return r == CM_OK ? cm_demo_write(&scene->demo, file, 0644, cm_buf_view(&text)) : r;
}

// A word of an option with the same name: takes it and what follows. 0: it is none.
static size_t
cm_scene_act_option(const struct cm_scene *scene, size_t i, const char **words, size_t *n)
{
	static const char *const options[] = {"--order", "--text", "--ground", "--article", "--answer", "--question", "--condition",
	        "--item", "--silence", "--word", "--amount", "--unit", "--justification", "--reply", "--purpose", "--expected-by"};
	for (size_t k = 0; k < sizeof options / sizeof *options; k++)
		if (strcmp(scene->words[i], options[k] + 2) == 0) {
			words[(*n)++] = options[k];
			words[(*n)++] = scene->words[i + 1];
			return 1;
		}
	return 0;
}

// tomas decides preserve on P, until DATE [TIME], text "…": every option of the command by its name; and what the asking side says:
// ilse says withdraw on P
static cm_result
cm_scene_act_decide(struct cm_scene *scene, struct cm_scene_person *person)
{
	static const char *const moments[] = {"--until", "--order-until", "--answer-by"};
	struct cm_scene_thing *thing = cm_scene_act_find(scene, cm_scene_text_after(scene, "on"));
	char at_text[3][CM_INSTANT_TEXT], file[CM_DEMO_TEXT];
	const char *words[CM_DEMO_WORDS] = {"request", strcmp(scene->words[1], "says") == 0 ? "say" : "decide",
	        thing == NULL ? NULL : thing->id, "--event", scene->words[2]};
	size_t n = 5;
	if (thing == NULL || scene->n < 5)
		return cm_scene_bad(scene, "a decision is: PERSON decides EVENT on NAME", "");
	if (cm_event_find(scene->words[2], strlen(scene->words[2])) == CM_EVENT_NONE)
		return cm_scene_bad(scene, "there is no such event", scene->words[2]);
	for (size_t i = 5; i + 1 < scene->n && n + 3 < CM_DEMO_WORDS; i++) {
		struct cm_instant at;
		size_t took = cm_scene_act_option(scene, i, words, &n);
		for (size_t k = 0; k < 3 && took == 0; k++)
			if (strcmp(scene->words[i], moments[k] + 2) == 0 && (took = cm_scene_text_moment(scene, i + 1, &at)) > 0) {
				words[n++] = moments[k];
				words[n++] = cm_instant_text(at, at_text[k]);
			}
		if (took == 0 && strcmp(scene->words[i], "path") == 0) {
			snprintf(file, sizeof file, "drafts/said-%u.json", scene->line);
			words[n++] = "--file";
			words[n++] = file;
			took = cm_scene_act_path(scene, scene->words[i + 1], file) == CM_OK;
		}
		if (took == 0)
			return cm_scene_bad(scene, "not known in a decision", scene->words[i]);
		i += took;
	}
	return cm_scene_cast_as(scene, person, words);
}

// tomas runs request ask P --text "…": any command; names of requests and evidence stand for their numbers.
static cm_result
cm_scene_act_run(struct cm_scene *scene, struct cm_scene_person *person)
{
	const char *words[CM_SCENE_WORDS + 1] = {NULL};
	for (size_t i = 2; i < scene->n; i++) {
		const struct cm_scene_thing *thing = cm_scene_act_find(scene, scene->words[i]);
		words[i - 2] = thing == NULL ? scene->words[i] : thing->evidence && person->node != thing->to ? thing->theirs : thing->id;
	}
	return cm_scene_cast_as(scene, person, words);
}

struct cm_scene_part {
	const char *name;
	size_t at, of;
};

static cm_result
cm_scene_act_delivered(struct cm_scene *scene, const struct cm_scene_person *person, const struct cm_scene_thing *request,
                       const struct cm_scene_part *part)
{
	struct cm_scene_thing *thing = cm_scene_act_thing(scene, part->name, request->kind);
	char path[64] = "evidence";
	if (thing == NULL)
		return cm_scene_bad(scene, "too much evidence", "");
	thing->evidence = true;
	thing->from = person->node;
	thing->to = request->from;
	if (part->of > 1) {
		snprintf(thing->name, sizeof thing->name, "%.40s.%.7s", part->name, thing->to->id);
		snprintf(path, sizeof path, "delivered/%zu/evidence", part->at);
	}
	snprintf(thing->task, sizeof thing->task, "%s", request->id);
	if (!cm_demo_id(&scene->demo, path, thing->theirs))
		return CM_REFUSED;
	scene->thing_count++;
	cm_demo_good(&scene->demo, "%s: packed, signed, sealed, announced", thing->name);
	return CM_OK;
}

// tomas delivers 300 KiB for P [Q …] as E "title" [answer RULE=TEXT]: bytes that no compression makes smaller are not needed; what counts is the way.
static cm_result
cm_scene_act_deliver(struct cm_scene *scene, struct cm_scene_person *person)
{
	const char *name = cm_scene_text_after(scene, "as"), *names[CM_SCENE_NODES];
	size_t count = cm_scene_act_list(scene, "for", names, CM_SCENE_NODES);
	struct cm_scene_thing *request = cm_scene_act_find(scene, count == 0 ? NULL : names[0]);
	uint64_t kib = 0;
	char file[CM_DEMO_TEXT];
	if (request == NULL || name == NULL || scene->n < 8 || !cm_num_u64(cm_view_text(scene->words[2]), 1, 65536, &kib))
		return cm_scene_bad(scene, "evidence is: PERSON delivers 300 KiB for NAME as NAME \"title\"", "");
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of((size_t)kib * 1024);
	for (uint64_t i = 0; i < kib * 128; i++)
		cm_buf_u64be(&bytes, i * UINT64_C(0x9e3779b97f4a7c15));
	snprintf(file, sizeof file, "input/%.60s.img", name);
	cm_result r = cm_buf_result(&bytes);
	if (r == CM_OK)
		r = cm_demo_write(&scene->demo, file, 0644, cm_buf_view(&bytes));
	const char *answer = cm_scene_text_after(scene, "answer");
	const char *words[CM_DEMO_WORDS] = {"evidence", "send", file, "--title", scene->words[7 + count]};
	size_t n = 5;
	for (size_t i = 0; r == CM_OK && i < count; i++) {
		const struct cm_scene_thing *asked = cm_scene_act_find(scene, names[i]);
		if (asked == NULL)
			return cm_scene_bad(scene, "no request of this name", names[i]);
		words[n++] = "--request";
		words[n++] = asked->id;
	}
	words[n] = answer == NULL ? NULL : "--answer";
	words[n + 1] = answer;
	words[n + 2] = NULL;
	if (r == CM_OK)
		r = cm_scene_cast_as(scene, person, words);
	for (size_t i = 0; r == CM_OK && scene->refused == NULL && i < count; i++)
		r = cm_scene_act_delivered(scene, person, cm_scene_act_find(scene, names[i]), &(struct cm_scene_part){name, i, count});
	return r;
}

// ilse opens E: an approval; that of a second person opens it. ilse exports E: the court's bundle, judged offline at once.
static cm_result
cm_scene_act_open(struct cm_scene *scene, struct cm_scene_person *person)
{
	struct cm_scene_thing *thing = cm_scene_act_find(scene, scene->n >= 3 ? scene->words[2] : NULL);
	const char *for_what = cm_scene_text_after(scene, "for");
	if (thing == NULL || !thing->evidence || *thing->id == 0)
		return cm_scene_bad(scene, "no evidence of this name has arrived", scene->n >= 3 ? scene->words[2] : "");
	const char *words[] = {"evidence", "open", thing->id, "--for", for_what == NULL ? "open" : for_what, NULL};
	return cm_scene_cast_as(scene, person, words);
}

static cm_result
cm_scene_act_export(struct cm_scene *scene, struct cm_scene_person *person)
{
	struct cm_scene_thing *thing = cm_scene_act_find(scene, scene->n >= 3 ? scene->words[2] : NULL);
	char file[CM_DEMO_TEXT], root[2][CM_DEMO_TEXT], verdict[CM_DEMO_TEXT];
	if (thing == NULL || !thing->evidence || *thing->id == 0)
		return cm_scene_bad(scene, "no evidence of this name has arrived", scene->n >= 3 ? scene->words[2] : "");
	snprintf(file, sizeof file, "court/%s.asice", thing->name);
	const char *words[] = {"bundle", "export", thing->id, "--out", file, NULL};
	cm_result r = cm_scene_cast_as(scene, person, words);
	if (r != CM_OK || scene->refused != NULL || scene->demo.rehearsal)
		return r;
	snprintf(root[0], sizeof root[0], "%s/root.pem", thing->from->folder);
	snprintf(root[1], sizeof root[1], "%s/root.pem", thing->to->folder);
	// The best that evidence of an exercise can come to.
	r = cm_demo_do(&scene->demo, &(struct cm_demo_command){.own = true, .prompt = "court", .expect = 1,
	                                     .words = CM_DEMO_WORDS_OF("comity", "verify", file, "--trust", root[0], "--trust",
	                                                               root[1], "--json")});
	if (r == CM_OK)
		cm_demo_text(&scene->demo, "verdict", verdict);
	if (r != CM_OK || strcmp(verdict, comity_report_verdict_text(COMITY_VERDICT_EXERCISE)) != 0)
		return cm_scene_bad(scene, "the court's check, offline, does not take it for what it is", file);
	scene->held++;
	cm_demo_good(&scene->demo, "the court finds %s whole, and an exercise", file);
	return CM_OK;
}

cm_result
cm_scene_act(struct cm_scene *scene)
{
	static const struct {
		const char *verb;
		cm_result (*act)(struct cm_scene *scene, struct cm_scene_person *person);
	} verbs[] = {{"sends", cm_scene_act_send}, {"checks", cm_scene_act_send}, {"decides", cm_scene_act_decide},
	        {"says", cm_scene_act_decide},	        {"runs", cm_scene_act_run}, {"delivers", cm_scene_act_deliver}, {"opens", cm_scene_act_open},
	        {"approves", cm_scene_act_open}, {"exports", cm_scene_act_export}};
	struct cm_scene_person *person = cm_scene_cast_find_person(scene, scene->words[0]);
	for (size_t i = 0; person != NULL && scene->n > 1 && i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].verb, scene->words[1]) == 0)
			return verbs[i].act(scene, person);
	return cm_scene_bad(scene, person == NULL ? "not a statement, and nobody of this name" : "nobody does this",
	                    person == NULL ? scene->words[0] : scene->n > 1 ? scene->words[1] : "");
}
