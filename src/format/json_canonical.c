// Knows: the one form of RFC 8785 (JCS): members by UTF-16 code units, shortest escapes, no white space. Does not know:
// numbers with fractions; json_scan.c lets none through.
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "format/json.h"
#include "format/json_canonical.h"

struct cm_json_entry {
	struct cm_view name;
	const struct cm_json_value *value;
};

struct cm_json_entries {
	struct cm_json_entry *at;
	size_t count;
	const char *without;
};

static bool
cm_json_canonical_collect(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_json_entries *entries = context;
	if (entries->without == NULL || !cm_view_is(name, entries->without))
		entries->at[entries->count++] = (struct cm_json_entry){name, value};
	return true;
}

// The first UTF-16 code unit of a character, and its second one or 0.
static uint32_t
cm_json_canonical_units(uint32_t code)
{
	if (code < 0x10000)
		return code << 16;
	code -= 0x10000;
	return (0xd800 + (code >> 10)) << 16 | (0xdc00 + (code & 0x3ff));
}

int
cm_json_canonical_order(struct cm_view a, struct cm_view b)
{
	size_t i = 0, k = 0;
	uint32_t x, y;
	for (;;) {
		bool more_a = cm_text_next(a, &i, &x), more_b = cm_text_next(b, &k, &y);
		if (!more_a || !more_b)
			return more_a - more_b;
		if (x != y)
			return cm_json_canonical_units(x) < cm_json_canonical_units(y) ? -1 : 1;
	}
}

static int
cm_json_canonical_compare(const void *a, const void *b)
{
	const struct cm_json_entry *x = a, *y = b;
	return cm_json_canonical_order(x->name, y->name);
}

void
cm_json_canonical_text(struct cm_view text, struct cm_buf *to)
{
	static const char shorts[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
	cm_buf_u8(to, '"');
	for (size_t i = 0, run; i < text.n; i++) {
		for (run = i; run < text.n && text.p[run] >= 0x20 && text.p[run] != '"' && text.p[run] != '\\';)
			run++;
		cm_buf_view_add(to, cm_view_part(text, i, run - i));
		i = run;
		if (i == text.n)
			break;
		uint8_t c = text.p[i];
		if (c == '"' || c == '\\') {
			cm_buf_u8(to, '\\');
			cm_buf_u8(to, c);
		} else if (shorts[c] != 0)
			cm_buf_printf(to, "\\%c", shorts[c]);
		else
			cm_buf_printf(to, "\\u%04x", c);
	}
	cm_buf_u8(to, '"');
}

static void cm_json_canonical_value(const struct cm_json_value *value, const char *without, struct cm_buf *to);

static void
cm_json_canonical_object(const struct cm_json_value *object, const char *without, struct cm_buf *to)
{
	struct cm_json_entries entries = {.without = without};
	entries.at = cm_mem_new_many(cm_json_count(object) + 1, sizeof *entries.at);
	if (entries.at == NULL) {
		to->failed = CM_NOMEM;
		return;
	}
	cm_json_members(object, cm_json_canonical_collect, &entries);
	qsort(entries.at, entries.count, sizeof *entries.at, cm_json_canonical_compare);
	cm_buf_u8(to, '{');
	for (size_t i = 0; i < entries.count; i++) {
		if (i != 0)
			cm_buf_u8(to, ',');
		cm_json_canonical_text(entries.at[i].name, to);
		cm_buf_u8(to, ':');
		cm_json_canonical_value(entries.at[i].value, NULL, to);
	}
	cm_buf_u8(to, '}');
	cm_mem_free(entries.at);
}

// Recursion is bounded by json_depth.
static void
cm_json_canonical_value(const struct cm_json_value *value, const char *without, struct cm_buf *to)
{
	switch (cm_json_kind(value)) {
	case CM_JSON_NULL:
		cm_buf_text(to, "null");
		break;
	case CM_JSON_FALSE:
		cm_buf_text(to, "false");
		break;
	case CM_JSON_TRUE:
		cm_buf_text(to, "true");
		break;
	case CM_JSON_NUMBER:
		cm_buf_printf(to, "%" PRId64, cm_json_number(value));
		break;
	case CM_JSON_TEXT:
		cm_json_canonical_text(cm_json_text(value), to);
		break;
	case CM_JSON_ARRAY:
		cm_buf_u8(to, '[');
		for (size_t i = 0; i < cm_json_count(value); i++) {
			if (i != 0)
				cm_buf_u8(to, ',');
			cm_json_canonical_value(cm_json_at(value, i), NULL, to);
		}
		cm_buf_u8(to, ']');
		break;
	case CM_JSON_OBJECT:
		cm_json_canonical_object(value, without, to);
		break;
	}
}

cm_result
cm_json_canonical(const struct cm_json_value *value, const char *without, struct cm_buf *to)
{
	cm_json_canonical_value(value, without, to);
	return cm_buf_result(to);
}

cm_result
cm_json_canonicalise(struct cm_view bytes, size_t max, struct cm_report *report, struct cm_buf *to)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	cm_result r = cm_json_read(bytes, max, report, &json);
	return r == CM_OK ? cm_json_canonical(cm_json_root(json), NULL, to) : r;
}
