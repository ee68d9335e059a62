// Knows: how a scenario's lines are cut into words and fields, and how a draft of doc/examples becomes the one that a scenario
// wants. Does not know: what statements do, or what the law asks of a draft.
#include "cli/scene.h"

#include <string.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "cli/scene_drafts.h"

#define CM_SCENE_FIELDS 48

// -- lines ---------------------------------------------------------------------------------------------------------

// The next line into `to`; false at the end or when it is too long.
static bool
cm_scene_text_line(struct cm_scene *scene, char to[CM_SCENE_LINE])
{
	size_t n = strcspn(scene->rest, "\n");
	if (*scene->rest == 0 || n >= CM_SCENE_LINE)
		return false;
	memcpy(to, scene->rest, n);
	to[n] = 0;
	scene->rest += n + (scene->rest[n] == '\n');
	scene->line++;
	return true;
}

// Words stand between spaces; "…" is one word. A comma or colon at a word's end is for the eye.
static size_t
cm_scene_text_cut(char *at, const char *words[CM_SCENE_WORDS + 1])
{
	size_t n = 0;
	while (*at != 0 && n < CM_SCENE_WORDS) {
		at += strspn(at, " ");
		if (*at == 0 || *at == '#')
			break;
		bool quoted = *at == '"';
		at += quoted;
		words[n++] = at;
		at += strcspn(at, quoted ? "\"" : " ");
		char *end = at;
		at += *at != 0;
		if (!quoted && end > words[n - 1] && strchr(",:", end[-1]) != NULL)
			end--;
		*end = 0;
		if (quoted && (*at == ',' || *at == ':'))
			at++;
	}
	words[n] = NULL;
	return n;
}

bool
cm_scene_text_next(struct cm_scene *scene)
{
	while (cm_scene_text_line(scene, scene->text)) {
		scene->n = cm_scene_text_cut(scene->text, scene->words);
		if (scene->n > 0)
			return true;
	}
	return false;
}

bool
cm_scene_text_field(struct cm_scene *scene, char path[CM_SCENE_LINE], char value[CM_SCENE_LINE])
{
	static const char without[] = "without ";
	if (strncmp(scene->rest, "  ", 2) != 0 || !cm_scene_text_line(scene, value))
		return false;
	const char *at = value + strspn(value, " ");
	bool absent = strncmp(at, without, sizeof without - 1) == 0;
	at += absent ? sizeof without - 1 : 0;
	size_t n = strcspn(at, absent ? " " : ":");
	memmove(path, at, n);
	path[n] = 0;
	if (absent)
		*value = 0;
	else {
		at += n + (at[n] == ':');
		at += strspn(at, " ");
		memmove(value, at, strlen(at) + 1);
	}
	return true;
}

size_t
cm_scene_text_moment(const struct cm_scene *scene, size_t i, struct cm_instant *ret_at)
{
	char text[CM_INSTANT_TEXT];
	if (i >= scene->n || strlen(scene->words[i]) != 10)
		return 0;
	const char *clock = i + 1 < scene->n ? scene->words[i + 1] : "";
	bool has = strlen(clock) >= 5 && strlen(clock) <= 8 && clock[2] == ':';
	snprintf(text, sizeof text, "%sT%s%sZ", scene->words[i], has ? clock : "00:00", !has || strlen(clock) == 5 ? ":00" : "");
	return !cm_instant_read(cm_view_text(text), ret_at) ? 0 : has ? 2 : 1;
}

const char *
cm_scene_text_after(const struct cm_scene *scene, const char *word)
{
	for (size_t i = 0; i + 1 < scene->n; i++)
		if (strcmp(scene->words[i], word) == 0)
			return scene->words[i + 1];
	return NULL;
}

// -- drafts --------------------------------------------------------------------------------------------------------

struct cm_scene_field {
	const char *path;
	struct cm_buf value; // JSON; empty: the member is left out
	bool only_there;     // not added where the example has no such member
	bool used;
};

struct cm_scene_draft {
	struct cm_scene_field fields[CM_SCENE_FIELDS];
	size_t n;
	struct cm_json_put put;
	char path[CM_SCENE_LINE];
};

static void
cm_scene_draft_set(struct cm_scene_draft *draft, const char *path, const char *text, bool only_there)
{
	bool json = strchr("[{\"", *text) != NULL || strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
	            (strspn(text, "0123456789") == strlen(text));
	if (draft->n == CM_SCENE_FIELDS)
		return;
	struct cm_scene_field *f = &draft->fields[draft->n++];
	*f = (struct cm_scene_field){
	        .path = path, .value = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE), .only_there = only_there};
	struct cm_json_put put = cm_json_put_of(&f->value);
	if (*text != 0 && json)
		cm_json_put_raw(&put, cm_view_text(text));
	else if (*text != 0)
		cm_json_put_text(&put, cm_view_text(text));
}

static void
cm_scene_draft_fini(struct cm_scene_draft *draft)
{
	for (size_t i = 0; i < draft->n; i++)
		cm_buf_fini(&draft->fields[i].value);
}

// The last field of a path counts: the scenario's own come after those that the cast gives.
static struct cm_scene_field *
cm_scene_draft_find(struct cm_scene_draft *draft, const char *path)
{
	for (size_t i = draft->n; i-- > 0;)
		if (strcmp(draft->fields[i].path, path) == 0)
			return &draft->fields[i];
	return NULL;
}

static void cm_scene_draft_copy(struct cm_scene_draft *draft, const struct cm_json_value *value);

// One member or element under draft->path, which ends with its own name here.
static void
cm_scene_draft_child(struct cm_scene_draft *draft, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_scene_field *f = cm_scene_draft_find(draft, draft->path);
	char text[CM_SCENE_NAME];
	snprintf(text, sizeof text, "%.*s", CM_VIEW_ARG(name));
	for (size_t i = 0; f != NULL && i < draft->n; i++)
		draft->fields[i].used |= strcmp(draft->fields[i].path, draft->path) == 0;
	if (f != NULL && f->value.n == 0)
		return;
	if (name.n != 0)
		cm_json_put_name(&draft->put, text);
	if (f != NULL)
		cm_json_put_raw(&draft->put, cm_buf_view(&f->value));
	else
		cm_scene_draft_copy(draft, value);
}

static bool
cm_scene_draft_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_scene_draft *draft = context;
	size_t n = strlen(draft->path);
	snprintf(draft->path + n, sizeof draft->path - n, "%s%.*s", n == 0 ? "" : ".", CM_VIEW_ARG(name));
	cm_scene_draft_child(draft, name, value);
	draft->path[n] = 0;
	return true;
}

// Fields of this object (or the next element of this array) that the example has not.
static void
cm_scene_draft_more(struct cm_scene_draft *draft, bool array)
{
	size_t n = strlen(draft->path);
	for (size_t i = 0; i < draft->n; i++) {
		struct cm_scene_field *f = &draft->fields[i];
		const char *last = strrchr(f->path, '.') == NULL ? f->path : strrchr(f->path, '.') + 1;
		size_t parent = last == f->path ? 0 : (size_t)(last - f->path - 1);
		if (f->used || f->only_there || parent != n || strncmp(f->path, draft->path, n) != 0)
			continue;
		f->used = true;
		if (f->value.n == 0 || cm_scene_draft_find(draft, f->path) != f)
			continue;
		if (!array)
			cm_json_put_name(&draft->put, last);
		cm_json_put_raw(&draft->put, cm_buf_view(&f->value));
	}
}

static void
cm_scene_draft_copy(struct cm_scene_draft *draft, const struct cm_json_value *value)
{
	enum cm_json_kind kind = cm_json_kind(value);
	size_t n = strlen(draft->path);
	if (kind == CM_JSON_OBJECT) {
		cm_json_put_object(&draft->put);
		cm_json_members(value, cm_scene_draft_member, draft);
		cm_scene_draft_more(draft, false);
		cm_json_put_end_object(&draft->put);
	} else if (kind == CM_JSON_ARRAY) {
		cm_json_put_array(&draft->put);
		for (size_t i = 0; i < cm_json_count(value); i++) {
			snprintf(draft->path + n, sizeof draft->path - n, ".%zu", i);
			cm_scene_draft_child(draft, cm_view_of(NULL, 0), cm_json_at(value, i));
			draft->path[n] = 0;
		}
		cm_scene_draft_more(draft, true);
		cm_json_put_end_array(&draft->put);
	} else {
		struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		cm_result_ignore(cm_json_canonical(value, NULL, &text), "an empty text is refused by whoever reads it");
		cm_json_put_raw(&draft->put, cm_buf_view(&text));
	}
}

// What the people and nodes of the scenario give by themselves, where the example has such a member.
static void
cm_scene_draft_cast(struct cm_scene_draft *draft, const struct cm_scene_thing *thing, const struct cm_scene_person *person,
                    const struct cm_scene_thing *about)
{
	cm_scene_draft_set(draft, "request.requesting.node", thing->from->name, true);
	cm_scene_draft_set(draft, "request.requesting.country", thing->from->country, true);
	cm_scene_draft_set(draft, "request.requesting.name", thing->from->title, true);
	cm_scene_draft_set(draft, "request.requesting.person", person->name, true);
	cm_scene_draft_set(draft, "request.conducting.country", thing->from->country, true);
	cm_scene_draft_set(draft, "request.confirm_with.country", thing->from->country, true);
	cm_scene_draft_set(draft, "request.custodian.country", thing->to->country, true);
	if (about == NULL)
		return;
	cm_scene_draft_set(draft, "preservation.task", about->task, true);
	cm_scene_draft_set(draft, "preservation.reference", about->reference, true);
	cm_scene_draft_set(draft, "request.relates_to.0.id", about->id, true);
	cm_scene_draft_set(draft, "request.relates_to.0.reference", about->reference, true);
	cm_scene_draft_set(draft, "request.relates_to.0.at", about->received_at, true);
}

cm_result
cm_scene_text_draft(struct cm_scene *scene, const struct cm_scene_thing *thing, const struct cm_scene_person *person,
                    const struct cm_scene_thing *about, const char *file)
{
	CM_AUTO struct cm_scene_draft *draft = cm_mem_new(sizeof *draft);
	CM_AUTO char *kept = cm_mem_new(CM_SCENE_FIELDS * (size_t)CM_SCENE_NAME * 2);
	CM_AUTO char *path = cm_mem_new(CM_SCENE_LINE), *value = cm_mem_new(CM_SCENE_LINE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) moved = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (draft == NULL || kept == NULL || path == NULL || value == NULL)
		return CM_NOMEM;
	for (size_t i = 0; i < sizeof cm_scene_drafts / sizeof *cm_scene_drafts; i++)
		if (strcmp(cm_scene_drafts[i].name, thing->kind) == 0)
			cm_demo_draft_move(cm_scene_drafts[i].text, &moved);
	if (cm_json_read(cm_buf_view(&moved), CM_LIMIT_MESSAGE_BYTES_VALUE, NULL, &json) != CM_OK)
		return cm_scene_bad(scene, "no example draft of this kind", thing->kind);
	cm_scene_draft_cast(draft, thing, person, about);
	for (char *at = kept; cm_scene_text_field(scene, path, value) && draft->n < CM_SCENE_FIELDS; at += CM_SCENE_NAME * 2) {
		snprintf(at, CM_SCENE_NAME * 2, "%.127s", path);
		cm_scene_draft_set(draft, at, value, false);
	}
	draft->put = cm_json_put_of(&text);
	cm_scene_draft_copy(draft, cm_json_root(json));
	const char *unused = NULL;
	for (size_t i = 0; i < draft->n; i++)
		unused = draft->fields[i].used || draft->fields[i].only_there ? unused : draft->fields[i].path;
	cm_result r = unused == NULL ? cm_buf_result(&text) : cm_scene_bad(scene, "the draft has no place for the field", unused);
	if (r == CM_OK)
		r = cm_demo_write(&scene->demo, file, 0644, cm_buf_view(&text));
	cm_scene_draft_fini(draft);
	return r;
}
