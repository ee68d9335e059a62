// Knows: how a struct becomes JSON in RFC 8785 form by its shape. Does not know: any document. Refuses to write what
// the reader would refuse, since that is a fault of this program.
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "format/json_shape.h"
#include "format/request_doc_party.h"

static void
cm_json_shape_write_encoded(struct cm_json_put *put, const struct cm_json_shape_field *field, struct cm_view bytes)
{
	struct cm_buf text = cm_buf_of(2 * bytes.n + 4);
	if (field->kind == CM_SHAPE_HEX)
		cm_hex_write(&text, bytes);
	else
		cm_b64_write(&text, bytes, CM_B64_STANDARD);
	if (cm_buf_result(&text) != CM_OK)
		put->to->failed = cm_buf_result(&text);
	cm_json_put_text(put, cm_buf_view(&text));
	cm_buf_fini(&text);
}

static void
cm_json_shape_write_time(struct cm_json_put *put, const struct cm_json_shape_field *field, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	if (field->kind == CM_SHAPE_MICRO)
		cm_instant_text_micro(t, text);
	else
		cm_instant_text(t, text);
	cm_json_put_text(put, cm_view_text(text));
}

static void
cm_json_shape_write_entry(struct cm_json_put *put, const struct cm_hi1_entry *entry)
{
	const struct cm_dictionary_row *row = cm_dictionary_row(entry->dictionary);
	cm_json_put_object(put);
	cm_json_put_member_cstr(put, "common:Name", row->name);
	cm_json_put_member_cstr(put, "common:Owner", row->owner);
	cm_json_put_member_text(put, "common:Value", entry->value);
	cm_json_put_end_object(put);
}

static cm_result
cm_json_shape_write_scalar(struct cm_json_put *put, const struct cm_json_shape_field *field, const void *at)
{
	unsigned flag = 0;
	if (cm_json_shape_wrong(field, at) != NULL)
		return CM_BUG;
	switch (field->kind) {
	case CM_SHAPE_TEXT:
		cm_json_put_text(put, *(const struct cm_view *)at);
		break;
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
		cm_json_shape_write_encoded(put, field, *(const struct cm_view *)at);
		break;
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		cm_json_shape_write_time(put, field, *(const struct cm_instant *)at);
		break;
	case CM_SHAPE_NUMBER:
		cm_json_put_number(put, (int64_t)*(const uint64_t *)at);
		break;
	case CM_SHAPE_COUNT:
		cm_json_put_number(put, (int64_t)((const struct cm_doc_number *)at)->value);
		break;
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		memcpy(&flag, at, sizeof flag);
		cm_json_put_bool(put, flag == CM_DOC_YES);
		break;
	case CM_SHAPE_ENTRY:
		cm_json_shape_write_entry(put, at);
		break;
	case CM_SHAPE_FIXED:
		cm_json_put_text(put, cm_view_text(field->fixed));
		break;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
	case CM_SHAPE_POINTER:
		return CM_BUG;
	}
	return cm_buf_result(put->to);
}

static cm_result
cm_json_shape_write_value(struct cm_json_put *put, const struct cm_json_shape_field *field, const void *at,
                          unsigned context)
{
	if (field->kind == CM_SHAPE_INLINE)
		return cm_json_shape_write(put, field->sub, at, context);
	if (field->kind == CM_SHAPE_POINTER)
		return cm_json_shape_write(put, field->sub, cm_json_shape_pointer(at), context);
	if (field->kind != CM_SHAPE_SINGLE)
		return cm_json_shape_write_scalar(put, field, at);
	cm_json_put_array(put);
	cm_result r = cm_json_shape_write(put, field->sub, at, context);
	cm_json_put_end_array(put);
	return r;
}

static cm_result
cm_json_shape_write_list(struct cm_json_put *put, const struct cm_json_shape_field *field, const void *record,
                         unsigned context)
{
	size_t count;
	const uint8_t *list = cm_json_shape_list(field, record, &count);
	if (list == NULL || count > cm_json_shape_most(field))
		return CM_BUG;
	cm_json_put_array(put);
	for (size_t i = 0; i < count; i++) {
		cm_result r = cm_json_shape_write_value(put, field, list + i * cm_json_shape_size(field), context);
		if (r != CM_OK)
			return r;
	}
	cm_json_put_end_array(put);
	return CM_OK;
}

cm_result
cm_json_shape_write(struct cm_json_put *put, const struct cm_json_shape *shape, const void *record, unsigned context)
{
	cm_json_put_object(put);
	for (size_t i = 0; i < shape->count; i++) {
		const struct cm_json_shape_field *field = &shape->fields[i];
		bool given = cm_json_shape_given(field, record);
		if (given && (field->never & context))
			return CM_BUG;
		if (!given && field->kind != CM_SHAPE_FIXED) {
			if (field->need & (CM_SHAPE_ALWAYS | context))
				return CM_BUG;
			continue;
		}
		cm_json_put_name(put, field->member);
		cm_result r = field->many ? cm_json_shape_write_list(put, field, record, context)
		                          : cm_json_shape_write_value(put, field, (const uint8_t *)record + field->at,
		                                                      context);
		if (r != CM_OK)
			return r;
	}
	cm_json_put_end_object(put);
	return cm_buf_result(put->to);
}
