// Knows: how the members of a document are named and grouped. Does not know: what they must say (domain).
#include "ui/request_sheet.h"

#include <string.h>

#include "domain/tab_content.h"

// The first name of a path: "data" of "data[0].relation".
static struct cm_view
cm_request_sheet_top(struct cm_view path)
{
	size_t end = cm_view_find(path, 0, '.'), bracket = cm_view_find(path, 0, '[');
	return cm_view_part(path, 0, end < bracket ? end : bracket);
}

// Machinery of the format, not of the matter.
static bool
cm_request_sheet_hidden(struct cm_view top)
{
	static const char *const hidden[] = {"format", "id", "answers", "language", "kind", "article", "state"};
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
		if (cm_view_is(top, hidden[i]))
			return true;
	return false;
}

static const char *
cm_request_sheet_label(struct cm_view top)
{
	for (size_t i = CM_CONTENT_NONE + 1; i < CM_CONTENT_END; i++)
		for (const char *const *path = cm_content_row((enum cm_content)i)->paths; *path != NULL; path++)
			if (cm_view_equal(cm_request_sheet_top(cm_view_text(*path)), top))
				return cm_content_row((enum cm_content)i)->name;
	return "";
}

struct cm_request_sheet {
	struct cm_json_put *put;
	struct cm_view top; // of the open group; empty: none is open
};

static void
cm_request_sheet_close(struct cm_request_sheet *sheet)
{
	if (sheet->top.n == 0)
		return;
	cm_json_put_end_array(sheet->put);
	cm_json_put_end_object(sheet->put);
	sheet->top.n = 0;
}

static bool
cm_request_sheet_member(void *context, struct cm_view path, const struct cm_json_value *value)
{
	struct cm_request_sheet *sheet = context;
	struct cm_view top = cm_request_sheet_top(path);
	if (cm_request_sheet_hidden(top))
		return true;
	if (!cm_view_equal(top, sheet->top)) {
		cm_request_sheet_close(sheet);
		const char *label = cm_request_sheet_label(top);
		sheet->top = top;
		cm_json_put_object(sheet->put);
		cm_json_put_member_text(sheet->put, "label", *label == '\0' ? top : cm_view_text(label));
		cm_json_put_name(sheet->put, "rows");
		cm_json_put_array(sheet->put);
	}
	cm_json_put_object(sheet->put);
	cm_json_put_member_text(sheet->put, "path", cm_view_part(path, top.n, path.n));
	cm_json_put_member_text(sheet->put, "text", cm_json_text(value));
	cm_json_put_end_object(sheet->put);
	return true;
}

void
cm_request_sheet_put(struct cm_json_put *put, const struct cm_json_value *document)
{
	struct cm_request_sheet sheet = {.put = put};
	cm_json_put_name(put, "groups");
	cm_json_put_array(put);
	if (document != NULL)
		cm_json_members(document, cm_request_sheet_member, &sheet);
	cm_request_sheet_close(&sheet);
	cm_json_put_end_array(put);
}
