// Knows: the act file "comity.act/1", byte for byte: RFC 8785 form with members in a fixed order, so an act has exactly
// one text and the reader needs no JSON parser: it expects each literal in turn. Texts hold no control characters, so
// \" and \\ are the only escapes. Does not know: what the commitments prove. Serves doc/spec/register.md section 4.
#include "base/b64.h"
#include "base/hex.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/text.h"
#include "format/act.h"

#include <inttypes.h>
#include <string.h>

#define CM_ACT_NUMBER_MAX ((INT64_C(1) << 53) - 1) // what every JSON reader takes exactly

static void
cm_act_put_text(struct cm_buf *to, struct cm_view text)
{
	cm_buf_u8(to, '"');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '"' || text.p[i] == '\\')
			cm_buf_u8(to, '\\');
		cm_buf_u8(to, text.p[i]);
	}
	cm_buf_u8(to, '"');
}

static void
cm_act_put_b64(struct cm_buf *to, const void *bytes, size_t n)
{
	cm_buf_u8(to, '"');
	cm_b64_write(to, cm_view_of(bytes, n), CM_B64_STANDARD);
	cm_buf_u8(to, '"');
}

cm_result
cm_act_write(const struct cm_act_file *file, struct cm_buf *to)
{
	char time[CM_INSTANT_TEXT];
	cm_buf_text(to, "{\"batch\":{\"certificate\":\"");
	cm_hex_write(to, cm_view_of(file->certificate, sizeof file->certificate));
	cm_buf_printf(to, "\",\"count\":%" PRIu64 ",\"index\":%" PRIu64 ",\"path\":[", file->count, file->index);
	for (size_t i = 0; i < file->path_count; i++) {
		if (i != 0)
			cm_buf_u8(to, ',');
		cm_act_put_b64(to, file->path[i], sizeof file->path[i]);
	}
	cm_buf_text(to, "],\"signature\":");
	cm_act_put_b64(to, file->signature, sizeof file->signature);
	cm_buf_printf(to, ",\"time\":\"%s\"},\"fields\":[", cm_instant_text_micro(file->time, time));
	for (size_t i = 0; i < CM_ACT_SLOTS; i++) {
		const struct cm_act_slot *slot = &file->slots[i];
		cm_buf_text(to, i == 0 ? "{" : ",{");
		if (slot->open) {
			cm_buf_printf(to, "\"name\":\"%s\",\"salt\":", cm_act_field_row(CM_ACT_FIELD_OF(i))->name);
			cm_act_put_b64(to, slot->salt, sizeof slot->salt);
			cm_buf_text(to, ",\"value\":");
			cm_act_put_text(to, slot->value);
		} else {
			cm_buf_text(to, "\"commitment\":");
			cm_act_put_b64(to, slot->commitment, sizeof slot->commitment);
		}
		cm_buf_u8(to, '}');
	}
	cm_buf_text(to, "],\"format\":\"comity.act/1\"}");
	return cm_buf_result(to);
}

// The reader's place; `bad` is sticky.
struct cm_act_reader {
	struct cm_view v;
	size_t at;
	bool bad;
	struct cm_buf *values; // where unescaped values go
};

// Eats the literal when it stands here.
static bool
cm_act_is(struct cm_act_reader *rd, const char *literal)
{
	size_t n = strlen(literal);
	if (rd->bad || !cm_view_is(cm_view_part(rd->v, rd->at, n), literal))
		return false;
	rd->at += n;
	return true;
}

static void
cm_act_expect(struct cm_act_reader *rd, const char *literal)
{
	if (!cm_act_is(rd, literal))
		rd->bad = true;
}

// Bytes up to the next quotation mark, which is eaten.
static struct cm_view
cm_act_quoted(struct cm_act_reader *rd)
{
	size_t end = cm_view_find(rd->v, rd->at, '"');
	if (end >= rd->v.n)
		rd->bad = true;
	struct cm_view part = rd->bad ? cm_view_of(NULL, 0) : cm_view_part(rd->v, rd->at, end - rd->at);
	if (!rd->bad)
		rd->at = end + 1;
	return part;
}

static void
cm_act_b64(struct cm_act_reader *rd, uint8_t *to, size_t n)
{
	cm_act_expect(rd, "\"");
	if (!rd->bad && !cm_b64_read_exact(cm_act_quoted(rd), CM_B64_STANDARD, to, n))
		rd->bad = true;
}

static uint64_t
cm_act_number(struct cm_act_reader *rd)
{
	size_t end = rd->at;
	while (end < rd->v.n && rd->v.p[end] >= '0' && rd->v.p[end] <= '9')
		end++;
	uint64_t value = 0;
	if (!cm_num_u64(cm_view_part(rd->v, rd->at, end - rd->at), 0, CM_ACT_NUMBER_MAX, &value))
		rd->bad = true;
	rd->at = end;
	return value;
}

// Unescapes a value behind what is there already. `values` never grows: it has room for the whole file.
static struct cm_view
cm_act_value(struct cm_act_reader *rd)
{
	size_t begin = rd->values->n;
	cm_act_expect(rd, "\"");
	while (!rd->bad && !cm_act_is(rd, "\"")) {
		bool escaped = cm_act_is(rd, "\\");
		uint8_t c = rd->at < rd->v.n ? rd->v.p[rd->at++] : 0;
		if (c == 0 || (escaped && c != '"' && c != '\\'))
			rd->bad = true;
		cm_buf_u8(rd->values, c);
	}
	return rd->bad ? cm_view_of(NULL, 0) : cm_view_part(cm_buf_view(rd->values), begin, rd->values->n - begin);
}

static void
cm_act_read_batch(struct cm_act_reader *rd, struct cm_act_file *f)
{
	cm_act_expect(rd, "{\"batch\":{\"certificate\":\"");
	if (!cm_hex_read(cm_act_quoted(rd), f->certificate, sizeof f->certificate))
		rd->bad = true;
	cm_act_expect(rd, ",\"count\":");
	f->count = cm_act_number(rd);
	cm_act_expect(rd, ",\"index\":");
	f->index = cm_act_number(rd);
	cm_act_expect(rd, ",\"path\":[");
	while (!rd->bad && !cm_act_is(rd, "]")) {
		if (f->path_count == CM_ACT_PATH)
			rd->bad = true;
		if (f->path_count != 0)
			cm_act_expect(rd, ",");
		if (!rd->bad)
			cm_act_b64(rd, f->path[f->path_count++], sizeof f->path[0]);
	}
	cm_act_expect(rd, ",\"signature\":");
	cm_act_b64(rd, f->signature, sizeof f->signature);
	cm_act_expect(rd, ",\"time\":\"");
	struct cm_view time = cm_act_quoted(rd);
	char text[CM_INSTANT_TEXT];
	if (!cm_instant_read(time, &f->time) || !cm_view_is(time, cm_instant_text_micro(f->time, text)))
		rd->bad = true;
	cm_act_expect(rd, "},\"fields\":[");
	if (f->index >= f->count)
		rd->bad = true;
}

static cm_result
cm_act_read_slot(struct cm_act_reader *rd, size_t i, struct cm_act_slot *slot, struct cm_report *report)
{
	const char *name = cm_act_field_row(CM_ACT_FIELD_OF(i))->name;
	cm_act_expect(rd, i == 0 ? "{" : ",{");
	slot->open = !cm_act_is(rd, "\"commitment\":");
	if (slot->open) {
		cm_act_expect(rd, "\"name\":\"");
		cm_act_expect(rd, name);
		cm_act_expect(rd, "\",\"salt\":");
		cm_act_b64(rd, slot->salt, sizeof slot->salt);
		cm_act_expect(rd, ",\"value\":");
		slot->value = cm_act_value(rd);
	} else {
		cm_act_b64(rd, slot->commitment, sizeof slot->commitment);
	}
	cm_act_expect(rd, "}");
	if (rd->bad)
		return cm_report_refuse(report, CM_ERROR_ACT_FORM, name, "byte %zu", rd->at);
	return slot->open ? cm_act_field_check(CM_ACT_FIELD_OF(i), slot->value, report) : CM_OK;
}

cm_result
cm_act_read(struct cm_view bytes, struct cm_report *report, struct cm_act_file *ret_file)
{
	if (bytes.n > CM_LIMIT_ACT_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_ACT_TOO_LARGE, "file", "%zu bytes", bytes.n);
	CM_CLEANUP(cm_act_fini) struct cm_act_file f = {.memory = cm_buf_of(bytes.n + 1)};
	// All the room at once: views into it must stay where they are.
	cm_buf_fill(&f.memory, 0, bytes.n + 1);
	cm_result r = cm_buf_result(&f.memory);
	if (r != CM_OK)
		return r;
	cm_buf_clear(&f.memory);
	struct cm_act_reader rd = {.v = bytes, .values = &f.memory};
	cm_act_read_batch(&rd, &f);
	if (rd.bad)
		return cm_report_refuse(report, CM_ERROR_ACT_FORM, "batch", "byte %zu", rd.at);
	for (size_t i = 0; i < CM_ACT_SLOTS; i++) {
		r = cm_act_read_slot(&rd, i, &f.slots[i], report);
		if (r != CM_OK)
			return r;
	}
	cm_act_expect(&rd, "],\"format\":\"comity.act/1\"}");
	if (rd.bad || rd.at != bytes.n)
		return cm_report_refuse(report, CM_ERROR_ACT_FORM, "end", "byte %zu", rd.at);
	*ret_file = f;
	f.memory = cm_buf_of(0);
	return CM_OK;
}

void
cm_act_fini(struct cm_act_file *file)
{
	if (file != NULL)
		cm_buf_fini(&file->memory);
}
