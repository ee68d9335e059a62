// Knows: how a JSON value becomes a field, and every way in which it may not fit. Does not know: any document; the
// rules that a fault breaks come from the caller. Goes on after a fault, so that one reading finds them all.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/tab_limit.h"
#include "format/json_shape.h"
#include "format/request_doc_party.h"

#define CM_SHAPE_DIGEST 64 // bytes of the longest hexadecimal member

void
cm_json_shape_fault(struct cm_json_shape_reader *reader, enum cm_error rule, const char *seen, ...)
{
	char text[2 * CM_REPORT_SEEN];
	va_list args;
	va_start(args, seen);
	vsnprintf(text, sizeof text, seen, args);
	va_end(args);
	cm_report_add(&reader->found, rule, reader->place_n == 0 ? "/" : reader->place, "%s", text);
}

static void
cm_json_shape_place(struct cm_json_shape_reader *reader, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++, reader->place_n++)
		if (reader->place_n + 1 < sizeof reader->place)
			reader->place[reader->place_n] = text[i];
}

void
cm_json_shape_leave(struct cm_json_shape_reader *reader, size_t mark)
{
	reader->place_n = mark;
	reader->place[mark < sizeof reader->place ? mark : sizeof reader->place - 1] = 0;
}

// JSON pointer (RFC 6901): "~" and "/" inside a name are written "~0" and "~1".
size_t
cm_json_shape_enter(struct cm_json_shape_reader *reader, const char *member)
{
	size_t mark = reader->place_n;
	cm_json_shape_place(reader, "/", 1);
	for (; *member != 0; member++) {
		if (*member == '~')
			cm_json_shape_place(reader, "~0", 2);
		else if (*member == '/')
			cm_json_shape_place(reader, "~1", 2);
		else
			cm_json_shape_place(reader, member, 1);
	}
	size_t end = reader->place_n < sizeof reader->place ? reader->place_n : sizeof reader->place - 1;
	reader->place[end] = 0;
	return mark;
}

size_t
cm_json_shape_enter_at(struct cm_json_shape_reader *reader, size_t i)
{
	char text[24];
	snprintf(text, sizeof text, "%zu", i);
	return cm_json_shape_enter(reader, text);
}

static bool
cm_json_shape_is(struct cm_json_shape_reader *reader, const struct cm_json_value *value, enum cm_json_kind kind)
{
	enum cm_json_kind seen = cm_json_kind(value);
	if (seen == kind)
		return true;
	cm_json_shape_fault(reader, reader->rules->value, "%s, not %s", cm_json_kind_name(seen),
	                    cm_json_kind_name(kind));
	return false;
}

// A value that does not have its form: quoted, with what it should be.
static void
cm_json_shape_misformed(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                        struct cm_view seen, const char *should)
{
	enum cm_error rule = reader->rules->value;
	if (field->kind == CM_SHAPE_TEXT && field->words == NULL && cm_json_form_names(field->form))
		rule = reader->rules->identifier;
	if (field->kind == CM_SHAPE_ENTRY)
		rule = reader->rules->entry;
	cm_json_shape_fault(reader, rule, "\"%.*s\" is not %s", (int)(seen.n < 80 ? seen.n : 80),
	               seen.n == 0 ? "" : (const char *)seen.p, should);
}

static void
cm_json_shape_read_text(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                        struct cm_view text, void *at)
{
	const char *should = cm_json_shape_wrong(field, &text);
	if (should != NULL)
		cm_json_shape_misformed(reader, field, text, should);
	else
		*(struct cm_view *)at = cm_arena_copy(reader->arena, text);
}

static void
cm_json_shape_read_base64(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                          struct cm_view text, void *at)
{
	if (text.n / 4 > field->max / 3 + 1) {
		cm_json_shape_fault(reader, reader->rules->size, "%zu characters", text.n);
		return;
	}
	struct cm_buf bytes = cm_buf_of(text.n);
	bool good = cm_b64_read(text, CM_B64_STANDARD, &bytes);
	if (cm_buf_result(&bytes) == CM_NOMEM)
		reader->arena->failed = true;
	else if (!good || bytes.n == 0)
		cm_json_shape_fault(reader, reader->rules->digest, "not base64 of RFC 4648 section 4");
	else if (bytes.n > field->max)
		cm_json_shape_fault(reader, reader->rules->size, "%zu bytes", bytes.n);
	else
		*(struct cm_view *)at = cm_arena_copy(reader->arena, cm_buf_view(&bytes));
	cm_buf_fini(&bytes);
}

static void
cm_json_shape_read_hex(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                       struct cm_view text, void *at)
{
	uint8_t bytes[CM_SHAPE_DIGEST];
	if (field->max > sizeof bytes || !cm_hex_read(text, bytes, field->max))
		cm_json_shape_misformed(reader, field, text, "a digest in lower-case hexadecimal digits");
	else
		*(struct cm_view *)at = cm_arena_copy(reader->arena, cm_view_of(bytes, field->max));
}

// QualifiedDateTime has no fraction, QualifiedMicrosecondDateTime exactly six digits (TS 103 280).
static void
cm_json_shape_read_time(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                        struct cm_view text, void *at)
{
	struct cm_instant t;
	bool micro = field->kind == CM_SHAPE_MICRO;
	bool dot = text.n > 19 && text.p[19] == '.';
	bool six = dot && text.n > 26 && (text.p[26] == 'Z' || text.p[26] == '+' || text.p[26] == '-');
	if (dot != micro || (micro && !six) || !cm_instant_read(text, &t) || cm_json_shape_wrong(field, &t) != NULL)
		cm_json_shape_misformed(reader, field, text,
		                   micro ? "a time with offset and six fraction digits"
		                         : "a time with offset in whole seconds");
	else
		*(struct cm_instant *)at = t;
}

static void
cm_json_shape_read_number(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                     const struct cm_json_value *value, void *at)
{
	if (!cm_json_shape_is(reader, value, CM_JSON_NUMBER))
		return;
	int64_t seen = cm_json_number(value);
	struct cm_doc_number number = {.given = true, .value = (uint64_t)seen};
	const void *checked = field->kind == CM_SHAPE_COUNT ? (const void *)&number : (const void *)&number.value;
	if (seen < 0 || cm_json_shape_wrong(field, checked) != NULL)
		cm_json_shape_fault(reader, reader->rules->value, "%lld is out of range", (long long)seen);
	else if (field->kind == CM_SHAPE_COUNT)
		*(struct cm_doc_number *)at = number;
	else
		*(uint64_t *)at = number.value;
}

static void
cm_json_shape_read_flag(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                   const struct cm_json_value *value, void *at)
{
	enum cm_json_kind kind = cm_json_kind(value);
	if (kind != CM_JSON_TRUE && (kind != CM_JSON_FALSE || field->kind == CM_SHAPE_TRUE)) {
		cm_json_shape_fault(reader, reader->rules->value, "%s is not %s", cm_json_kind_name(kind),
		               field->kind == CM_SHAPE_TRUE ? "true" : "true or false");
		return;
	}
	unsigned flag = kind == CM_JSON_TRUE ? CM_DOC_YES : CM_DOC_NO;
	memcpy(at, &flag, sizeof flag);
}

struct cm_json_shape_triple {
	struct cm_view owner, name, value;
};

static const struct cm_json_shape_field cm_json_shape_triple_fields[] = {
        {"common:Name", CM_SHAPE_TEXT, offsetof(struct cm_json_shape_triple, name), .need = CM_SHAPE_ALWAYS},
        {"common:Owner", CM_SHAPE_TEXT, offsetof(struct cm_json_shape_triple, owner), .need = CM_SHAPE_ALWAYS},
        {"common:Value", CM_SHAPE_TEXT, offsetof(struct cm_json_shape_triple, value), .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_json_shape_triple = {
        "DictionaryEntry", cm_json_shape_triple_fields, 3, sizeof(struct cm_json_shape_triple), NULL};

static bool
cm_json_shape_dictionary_is(enum cm_dictionary dictionary, const struct cm_json_shape_triple *triple)
{
	const struct cm_dictionary_row *row = cm_dictionary_row(dictionary);
	return dictionary != CM_DICTIONARY_NONE && cm_view_is(triple->owner, row->owner) &&
	       cm_view_is(triple->name, row->name);
}

static void
cm_json_shape_read_entry(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                    const struct cm_json_value *value, void *at)
{
	struct cm_json_shape_triple triple = {.owner = {NULL, 0}};
	if (!cm_json_shape_read(reader, &cm_json_shape_triple, value, &triple))
		return;
	struct cm_hi1_entry entry = {.value = triple.value};
	if (cm_json_shape_dictionary_is(field->dictionary, &triple))
		entry.dictionary = field->dictionary;
	else if (cm_json_shape_dictionary_is(field->dictionary2, &triple))
		entry.dictionary = field->dictionary2;
	const char *should = cm_json_shape_wrong(field, &entry);
	if (should != NULL)
		cm_json_shape_fault(reader, reader->rules->entry, "%.*s, %.*s, %.*s is not %s",
		                    CM_VIEW_ARG(triple.owner), CM_VIEW_ARG(triple.name), CM_VIEW_ARG(triple.value),
		                    should);
	else
		*(struct cm_hi1_entry *)at = entry;
}

static void
cm_json_shape_read_object(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                     const struct cm_json_value *value, void *at)
{
	if (field->kind == CM_SHAPE_POINTER) {
		void *record = cm_arena_new(reader->arena, field->sub->size);
		if (record == NULL)
			return;
		cm_json_shape_read(reader, field->sub, value, record);
		memcpy(at, &record, sizeof record);
		return;
	}
	if (field->kind == CM_SHAPE_SINGLE) {
		if (!cm_json_shape_is(reader, value, CM_JSON_ARRAY))
			return;
		if (cm_json_count(value) != 1) {
			cm_json_shape_fault(reader, reader->rules->value, "%zu elements, not one",
			                    cm_json_count(value));
			return;
		}
		value = cm_json_at(value, 0);
	}
	if (cm_json_kind(value) == CM_JSON_OBJECT && cm_json_count(value) == 0)
		cm_json_shape_fault(reader, reader->rules->value, "an empty object");
	else
		cm_json_shape_read(reader, field->sub, value, at);
}

static void
cm_json_shape_read_value(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                    const struct cm_json_value *value, void *at)
{
	switch (field->kind) {
	case CM_SHAPE_NUMBER:
	case CM_SHAPE_COUNT:
		cm_json_shape_read_number(reader, field, value, at);
		return;
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		cm_json_shape_read_flag(reader, field, value, at);
		return;
	case CM_SHAPE_ENTRY:
		cm_json_shape_read_entry(reader, field, value, at);
		return;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
	case CM_SHAPE_POINTER:
		cm_json_shape_read_object(reader, field, value, at);
		return;
	case CM_SHAPE_TEXT:
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
	case CM_SHAPE_FIXED:
		break;
	}
	if (!cm_json_shape_is(reader, value, CM_JSON_TEXT))
		return;
	struct cm_view text = cm_json_text(value);
	if (field->kind == CM_SHAPE_TEXT)
		cm_json_shape_read_text(reader, field, text, at);
	else if (field->kind == CM_SHAPE_BASE64)
		cm_json_shape_read_base64(reader, field, text, at);
	else if (field->kind == CM_SHAPE_HEX)
		cm_json_shape_read_hex(reader, field, text, at);
	else if (field->kind != CM_SHAPE_FIXED)
		cm_json_shape_read_time(reader, field, text, at);
	else if (!cm_view_is(text, field->fixed))
		cm_json_shape_misformed(reader, field, text, field->fixed);
}

static void
cm_json_shape_read_list(struct cm_json_shape_reader *reader, const struct cm_json_shape_field *field,
                   const struct cm_json_value *value, void *record)
{
	if (!cm_json_shape_is(reader, value, CM_JSON_ARRAY))
		return;
	size_t count = cm_json_count(value), size = cm_json_shape_size(field);
	if (count == 0 || count > cm_json_shape_most(field)) {
		cm_json_shape_fault(reader, count == 0 ? reader->rules->value : reader->rules->size, "%zu elements",
		                    count);
		return;
	}
	uint8_t *list = cm_arena_new_many(reader->arena, count, size);
	if (list == NULL)
		return;
	for (size_t i = 0; i < count; i++) {
		size_t mark = cm_json_shape_enter_at(reader, i);
		cm_json_shape_read_value(reader, field, cm_json_at(value, i), list + i * size);
		cm_json_shape_leave(reader, mark);
	}
	memcpy((uint8_t *)record + field->at, &list, sizeof list);
	memcpy((uint8_t *)record + field->count_at, &count, sizeof count);
}

struct cm_json_shape_strangers {
	struct cm_json_shape_reader *reader;
	const struct cm_json_shape *shape;
};

static bool
cm_json_shape_stranger(void *context, struct cm_view name, const struct cm_json_value *value)
{
	(void)value;
	struct cm_json_shape_strangers *s = context;
	for (size_t i = 0; i < s->shape->count; i++)
		if (cm_view_is(name, s->shape->fields[i].member))
			return true;
	cm_json_shape_fault(s->reader, s->reader->rules->unknown, "unknown member \"%.*s\"",
	                    (int)(name.n < 80 ? name.n : 80), (const char *)name.p);
	return true;
}

bool
cm_json_shape_read(struct cm_json_shape_reader *reader, const struct cm_json_shape *shape,
                   const struct cm_json_value *object, void *record)
{
	size_t before = reader->found.count + reader->found.dropped;
	if (!cm_json_shape_is(reader, object, CM_JSON_OBJECT))
		return false;
	cm_json_members(object, cm_json_shape_stranger, &(struct cm_json_shape_strangers){reader, shape});
	for (size_t i = 0; i < shape->count; i++) {
		const struct cm_json_shape_field *field = &shape->fields[i];
		const struct cm_json_value *value = cm_json_member(object, field->member);
		if (value == NULL) {
			if (field->need & (CM_SHAPE_ALWAYS | reader->context))
				cm_json_shape_fault(reader, reader->rules->missing, "\"%s\" is missing", field->member);
			continue;
		}
		size_t mark = cm_json_shape_enter(reader, field->member);
		if (field->never & reader->context)
			cm_json_shape_fault(reader, reader->rules->never, "the other side sets this member");
		if (field->many)
			cm_json_shape_read_list(reader, field, value, record);
		else
			cm_json_shape_read_value(reader, field, value, (uint8_t *)record + field->at);
		cm_json_shape_leave(reader, mark);
	}
	bool good = reader->found.count + reader->found.dropped == before;
	if (good && shape->check != NULL && !reader->arena->failed)
		shape->check(reader, record);
	return reader->found.count + reader->found.dropped == before;
}
