// Knows: the bytes of a shape between our own processes: the fields in the order of the table, texts with their length,
// lists with their count. Does not know: which document it is. The reader trusts no count, no form and no value,
// since a process that parsed strangers' bytes may be theirs by now.
#include <string.h>

#include "base/tab_limit.h"
#include "format/json_shape.h"
#include "format/request_doc_party.h"

static void
cm_json_shape_wire_write_value(struct cm_buf *to, const struct cm_json_shape_field *field, const void *at)
{
	unsigned flag = 0;
	switch (field->kind) {
	case CM_SHAPE_TEXT:
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
		cm_buf_field(to, *(const struct cm_view *)at);
		break;
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		cm_buf_u64be(to, (uint64_t)((const struct cm_instant *)at)->us);
		break;
	case CM_SHAPE_NUMBER:
		cm_buf_u64be(to, *(const uint64_t *)at);
		break;
	case CM_SHAPE_COUNT:
		cm_buf_u8(to, ((const struct cm_doc_number *)at)->given);
		cm_buf_u64be(to, ((const struct cm_doc_number *)at)->value);
		break;
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		memcpy(&flag, at, sizeof flag);
		cm_buf_u8(to, (uint8_t)flag);
		break;
	case CM_SHAPE_ENTRY:
		cm_buf_u16be(to, (uint16_t)((const struct cm_hi1_entry *)at)->dictionary);
		cm_buf_field(to, ((const struct cm_hi1_entry *)at)->value);
		break;
	case CM_SHAPE_FIXED:
		break;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
		cm_json_shape_wire_write(to, field->sub, at);
		break;
	case CM_SHAPE_POINTER:
		cm_buf_u8(to, cm_json_shape_pointer(at) != NULL);
		if (cm_json_shape_pointer(at) != NULL)
			cm_json_shape_wire_write(to, field->sub, cm_json_shape_pointer(at));
		break;
	}
}

void
cm_json_shape_wire_write(struct cm_buf *to, const struct cm_json_shape *shape, const void *record)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct cm_json_shape_field *field = &shape->fields[i];
		if (!field->many) {
			cm_json_shape_wire_write_value(to, field, (const uint8_t *)record + field->at);
			continue;
		}
		size_t count;
		const uint8_t *list = cm_json_shape_list(field, record, &count);
		cm_buf_u32be(to, (uint32_t)count);
		for (size_t k = 0; k < count; k++)
			cm_json_shape_wire_write_value(to, field, list + k * cm_json_shape_size(field));
	}
}

static void
cm_json_shape_wire_read_flag(struct cm_rd *rd, void *at)
{
	unsigned flag = cm_rd_u8(rd);
	memcpy(at, &flag, sizeof flag);
}

static bool
cm_json_shape_wire_read_pointer(struct cm_rd *rd, struct cm_arena *arena, const struct cm_json_shape *shape, void *at)
{
	uint8_t given = cm_rd_u8(rd);
	if (given == 0)
		return true;
	void *record = given == 1 ? cm_arena_new(arena, shape->size) : NULL;
	if (record == NULL || !cm_json_shape_wire_read(rd, arena, shape, record))
		return false;
	memcpy(at, &record, sizeof record);
	return true;
}

static bool
cm_json_shape_wire_read_value(struct cm_rd *rd, struct cm_arena *arena, const struct cm_json_shape_field *field,
                              void *at)
{
	switch (field->kind) {
	case CM_SHAPE_TEXT:
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
		*(struct cm_view *)at = cm_rd_field(rd);
		break;
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		((struct cm_instant *)at)->us = (int64_t)cm_rd_u64be(rd);
		break;
	case CM_SHAPE_NUMBER:
		*(uint64_t *)at = cm_rd_u64be(rd);
		break;
	case CM_SHAPE_COUNT:
		((struct cm_doc_number *)at)->given = cm_rd_u8(rd) != 0;
		((struct cm_doc_number *)at)->value = cm_rd_u64be(rd);
		break;
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		cm_json_shape_wire_read_flag(rd, at);
		break;
	case CM_SHAPE_ENTRY:
		((struct cm_hi1_entry *)at)->dictionary = (enum cm_dictionary)cm_rd_u16be(rd);
		((struct cm_hi1_entry *)at)->value = cm_rd_field(rd);
		break;
	case CM_SHAPE_FIXED:
		return true;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE: {
		// An absent object has none of its fields; a present one all that it needs.
		bool good = cm_json_shape_wire_read(rd, arena, field->sub, at);
		return good || (!rd->failed && !cm_json_shape_value_given(field, at));
	}
	case CM_SHAPE_POINTER:
		return cm_json_shape_wire_read_pointer(rd, arena, field->sub, at);
	}
	bool given = cm_json_shape_value_given(field, at);
	return !rd->failed && (!given || cm_json_shape_wrong(field, at) == NULL);
}

static bool
cm_json_shape_wire_read_list(struct cm_rd *rd, struct cm_arena *arena, const struct cm_json_shape_field *field,
                             void *record)
{
	size_t count = cm_rd_u32be(rd), size = cm_json_shape_size(field);
	if (count > cm_json_shape_most(field) || count > cm_rd_left(rd))
		return false;
	uint8_t *list = cm_arena_new_many(arena, count, size);
	if (list == NULL && count != 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		void *at = list + i * size;
		// A list of positions may hold 0, which elsewhere is "absent".
		bool zero = field->kind == CM_SHAPE_NUMBER;
		if (!cm_json_shape_wire_read_value(rd, arena, field, at) ||
		    !(zero || cm_json_shape_value_given(field, at)))
			return false;
	}
	memcpy((uint8_t *)record + field->at, &list, sizeof list);
	memcpy((uint8_t *)record + field->count_at, &count, sizeof count);
	return true;
}

bool
cm_json_shape_wire_read(struct cm_rd *rd, struct cm_arena *arena, const struct cm_json_shape *shape, void *record)
{
	bool complete = true;
	for (size_t i = 0; i < shape->count; i++) {
		const struct cm_json_shape_field *field = &shape->fields[i];
		bool good = field->many
		                    ? cm_json_shape_wire_read_list(rd, arena, field, record)
		                    : cm_json_shape_wire_read_value(rd, arena, field, (uint8_t *)record + field->at);
		if (!good) {
			rd->failed = true;
			return false;
		}
		if ((field->need & CM_SHAPE_ALWAYS) && field->kind != CM_SHAPE_FIXED &&
		    !cm_json_shape_given(field, record))
			complete = false;
	}
	return complete;
}
