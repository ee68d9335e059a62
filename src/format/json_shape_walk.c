// Knows: paths into a record, as "data[0].relation", by its shape. Does not know: what is asked of which document.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/num.h"
#include "format/json_shape.h"
#include "format/request_doc_party.h"

#define CM_SHAPE_PATH 256 // bytes of the longest path; ours stay below 80

static const struct cm_json_shape_field *
cm_json_shape_find(const struct cm_json_shape *shape, struct cm_view name)
{
	for (size_t i = 0; i < shape->count; i++)
		if (cm_view_is(name, shape->fields[i].member))
			return &shape->fields[i];
	return NULL;
}

static bool cm_json_shape_has_path(const struct cm_json_shape *shape, const void *record, struct cm_view path);

// `rest` is what follows the value: nothing, or ".member…".
static bool
cm_json_shape_value_has(const struct cm_json_shape_field *field, const void *at, struct cm_view rest)
{
	if (!cm_json_shape_value_given(field, at) && !(field->many && field->kind == CM_SHAPE_NUMBER))
		return false;
	if (rest.n == 0)
		return true;
	if (rest.p[0] != '.' || field->sub == NULL)
		return false;
	return cm_json_shape_has_path(field->sub, field->kind == CM_SHAPE_POINTER ? cm_json_shape_pointer(at) : at,
	                         cm_view_part(rest, 1, rest.n));
}

static bool
cm_json_shape_list_has(const struct cm_json_shape_field *field, const void *record, struct cm_view rest)
{
	size_t count;
	const uint8_t *list = cm_json_shape_list(field, record, &count);
	if (rest.n == 0 || count == 0)
		return count != 0;
	size_t end = cm_view_find(rest, 0, ']');
	if (rest.p[0] != '[' || end == rest.n)
		return false;
	struct cm_view index = cm_view_part(rest, 1, end - 1), after = cm_view_part(rest, end + 1, rest.n);
	uint64_t only;
	if (index.n != 0)
		return cm_num_u64(index, 0, count - 1, &only) &&
		       cm_json_shape_value_has(field, list + only * cm_json_shape_size(field), after);
	for (size_t i = 0; i < count; i++)
		if (!cm_json_shape_value_has(field, list + i * cm_json_shape_size(field), after))
			return false;
	return true;
}

static bool
cm_json_shape_has_path(const struct cm_json_shape *shape, const void *record, struct cm_view path)
{
	size_t dot = cm_view_find(path, 0, '.'), bracket = cm_view_find(path, 0, '[');
	size_t end = dot < bracket ? dot : bracket;
	const struct cm_json_shape_field *field = cm_json_shape_find(shape, cm_view_part(path, 0, end));
	if (field == NULL)
		return false;
	struct cm_view rest = cm_view_part(path, end, path.n);
	if (field->kind == CM_SHAPE_FIXED)
		return rest.n == 0;
	return field->many ? cm_json_shape_list_has(field, record, rest)
	                   : cm_json_shape_value_has(field, (const uint8_t *)record + field->at, rest);
}

bool
cm_json_shape_has(const struct cm_json_shape *shape, const void *record, const char *path)
{
	return cm_json_shape_has_path(shape, record, cm_view_text(path));
}

struct cm_json_shape_walk {
	char path[CM_SHAPE_PATH];
	size_t n;
	cm_json_shape_each_fn *each;
	void *context;
};

static void
cm_json_shape_walk_add(struct cm_json_shape_walk *walk, const char *text)
{
	size_t n = strlen(text), room = sizeof walk->path - walk->n;
	if (n > room)
		n = room;
	memcpy(walk->path + walk->n, text, n);
	walk->n += n;
}

static void
cm_json_shape_walk_tell(struct cm_json_shape_walk *walk, struct cm_view text)
{
	walk->each(walk->context, cm_view_of(walk->path, walk->n), text);
}

static void
cm_json_shape_walk_number(struct cm_json_shape_walk *walk, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRIu64, value);
	cm_json_shape_walk_tell(walk, cm_view_text(text));
}

static void cm_json_shape_walk_record(struct cm_json_shape_walk *walk, const struct cm_json_shape *shape,
                                      const void *record);

static void
cm_json_shape_walk_bytes(struct cm_json_shape_walk *walk, struct cm_view bytes)
{
	struct cm_buf hex = cm_buf_of(2 * bytes.n);
	cm_hex_write(&hex, bytes);
	cm_json_shape_walk_tell(walk, cm_buf_view(&hex));
	cm_buf_fini(&hex);
}

static void
cm_json_shape_walk_value(struct cm_json_shape_walk *walk, const struct cm_json_shape_field *field, const void *at)
{
	char text[CM_INSTANT_TEXT];
	unsigned flag = 0;
	switch (field->kind) {
	case CM_SHAPE_TEXT:
		cm_json_shape_walk_tell(walk, *(const struct cm_view *)at);
		break;
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
		cm_json_shape_walk_bytes(walk, *(const struct cm_view *)at);
		break;
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		cm_json_shape_walk_tell(walk, cm_view_text(cm_instant_text(*(const struct cm_instant *)at, text)));
		break;
	case CM_SHAPE_NUMBER:
		cm_json_shape_walk_number(walk, *(const uint64_t *)at);
		break;
	case CM_SHAPE_COUNT:
		cm_json_shape_walk_number(walk, ((const struct cm_doc_number *)at)->value);
		break;
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		memcpy(&flag, at, sizeof flag);
		cm_json_shape_walk_tell(walk, cm_view_text(flag == CM_DOC_YES ? "true" : "false"));
		break;
	case CM_SHAPE_ENTRY:
		cm_json_shape_walk_tell(walk, ((const struct cm_hi1_entry *)at)->value);
		break;
	case CM_SHAPE_FIXED:
		cm_json_shape_walk_tell(walk, cm_view_text(field->fixed));
		break;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
		cm_json_shape_walk_record(walk, field->sub, at);
		break;
	case CM_SHAPE_POINTER:
		cm_json_shape_walk_record(walk, field->sub, cm_json_shape_pointer(at));
		break;
	}
}

static void
cm_json_shape_walk_record(struct cm_json_shape_walk *walk, const struct cm_json_shape *shape, const void *record)
{
	size_t start = walk->n;
	for (size_t i = 0; i < shape->count; i++) {
		const struct cm_json_shape_field *field = &shape->fields[i];
		if (!cm_json_shape_given(field, record) && field->kind != CM_SHAPE_FIXED)
			continue;
		if (start != 0)
			cm_json_shape_walk_add(walk, ".");
		cm_json_shape_walk_add(walk, field->member);
		size_t count = 1, stem = walk->n;
		const uint8_t *at =
			field->many ? cm_json_shape_list(field, record, &count) : (const uint8_t *)record + field->at;
		for (size_t k = 0; k < count; k++) {
			char index[24];
			snprintf(index, sizeof index, "[%zu]", k);
			if (field->many)
				cm_json_shape_walk_add(walk, index);
			cm_json_shape_walk_value(walk, field, at + k * cm_json_shape_size(field));
			walk->n = stem;
		}
		walk->n = start;
	}
}

void
cm_json_shape_each(const struct cm_json_shape *shape, const void *record, cm_json_shape_each_fn *each, void *context)
{
	struct cm_json_shape_walk walk = {.each = each, .context = context};
	cm_json_shape_walk_record(&walk, shape, record);
}
