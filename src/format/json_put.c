// Knows: commas and quotes. Does not know: which members there are and in which order.
#include <inttypes.h>

#include "base/text.h"
#include "format/json_canonical.h"
#include "format/json_put.h"

#define CM_JSON_PUT_INTEGER INT64_C(9007199254740991) // 2^53 - 1

struct cm_json_put
cm_json_put_of(struct cm_buf *to)
{
	return (struct cm_json_put){.to = to};
}

// A comma when something stands before on this level.
static void
cm_json_put_next(struct cm_json_put *put)
{
	uint64_t bit = UINT64_C(1) << put->depth;
	if (put->begun & bit)
		cm_buf_u8(put->to, ',');
	put->begun |= bit;
}

// After a name, the value follows without a comma: the name has cleared the bit of a level of its own.
void
cm_json_put_name(struct cm_json_put *put, const char *name)
{
	cm_json_put_next(put);
	cm_json_canonical_text(cm_view_text(name), put->to);
	cm_buf_u8(put->to, ':');
	put->begun &= ~(UINT64_C(1) << put->depth);
}

static void
cm_json_put_open(struct cm_json_put *put, uint8_t c)
{
	cm_json_put_next(put);
	cm_buf_u8(put->to, c);
	if (put->depth == 63)
		put->to->failed = CM_BUG;
	else
		put->depth++;
	put->begun &= ~(UINT64_C(1) << put->depth);
}

static void
cm_json_put_close(struct cm_json_put *put, uint8_t c)
{
	cm_buf_u8(put->to, c);
	if (put->depth == 0)
		put->to->failed = CM_BUG;
	else
		put->depth--;
}

void
cm_json_put_object(struct cm_json_put *put)
{
	cm_json_put_open(put, '{');
}

void
cm_json_put_array(struct cm_json_put *put)
{
	cm_json_put_open(put, '[');
}

void
cm_json_put_end_object(struct cm_json_put *put)
{
	cm_json_put_close(put, '}');
}

void
cm_json_put_end_array(struct cm_json_put *put)
{
	cm_json_put_close(put, ']');
}

void
cm_json_put_text(struct cm_json_put *put, struct cm_view text)
{
	cm_json_put_next(put);
	if (!cm_text_utf8(text))
		put->to->failed = CM_BUG;
	cm_json_canonical_text(text, put->to);
}

void
cm_json_put_number(struct cm_json_put *put, int64_t number)
{
	cm_json_put_next(put);
	if (number > CM_JSON_PUT_INTEGER || number < -CM_JSON_PUT_INTEGER)
		put->to->failed = CM_BUG;
	cm_buf_printf(put->to, "%" PRId64, number);
}

void
cm_json_put_bool(struct cm_json_put *put, bool yes)
{
	cm_json_put_next(put);
	cm_buf_text(put->to, yes ? "true" : "false");
}

void
cm_json_put_null(struct cm_json_put *put)
{
	cm_json_put_next(put);
	cm_buf_text(put->to, "null");
}

void
cm_json_put_raw(struct cm_json_put *put, struct cm_view json)
{
	cm_json_put_next(put);
	cm_buf_view_add(put->to, json);
}

void
cm_json_put_member_text(struct cm_json_put *put, const char *name, struct cm_view text)
{
	cm_json_put_name(put, name);
	cm_json_put_text(put, text);
}

void
cm_json_put_member_cstr(struct cm_json_put *put, const char *name, const char *text)
{
	cm_json_put_member_text(put, name, cm_view_text(text));
}

void
cm_json_put_member_number(struct cm_json_put *put, const char *name, int64_t number)
{
	cm_json_put_name(put, name);
	cm_json_put_number(put, number);
}

void
cm_json_put_member_bool(struct cm_json_put *put, const char *name, bool yes)
{
	cm_json_put_name(put, name);
	cm_json_put_bool(put, yes);
}
