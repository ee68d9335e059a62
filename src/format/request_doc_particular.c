// Knows: the member "particulars" of the request document: words of data/particulars.tab, and the form of what is said about
// each (doc/spec/request-document.md, section 2). Does not know: which kind needs which word (data/request_contents.tab).
#include <stddef.h>
#include <string.h>

#include "format/request_doc.h"
#include "format/request_doc_shape.h"
#include "format/tab_particular.h"

// Up to the first byte `end`, which is passed over; what is left stays in `rest`.
static struct cm_view
cm_request_doc_cut(struct cm_view *rest, uint8_t end)
{
	size_t n = cm_view_find(*rest, 0, end);
	struct cm_view part = cm_view_part(*rest, 0, n);
	*rest = n < rest->n ? cm_view_part(*rest, n + 1, rest->n - n - 1) : cm_view_of(NULL, 0);
	return part;
}

static bool
cm_request_doc_list_good(struct cm_view text)
{
	bool good = text.p[text.n - 1] != '\n';
	while (good && text.n > 0)
		good = cm_request_doc_cut(&text, '\n').n > 0;
	return good;
}

// Exact and without a sign, so that nobody rounds: "612400 EUR-cent".
static bool
cm_request_doc_amount_good(struct cm_view text)
{
	struct cm_view amount = cm_request_doc_cut(&text, ' ');
	return cm_json_form_good(CM_FORM_AMOUNT, amount) && cm_json_form_good(CM_FORM_UNIT, text);
}

// NULL when the text is of the form; else what it should be.
static const char *
cm_request_doc_particular_wrong(const char *form, struct cm_view text)
{
	struct cm_instant at;
	if (strcmp(form, "list") == 0)
		return cm_request_doc_list_good(text) ? NULL : "one item in each line, none of them empty";
	if (strcmp(form, "date") == 0)
		return cm_json_form_good(CM_FORM_DATE, text) ? NULL : cm_json_form_say(CM_FORM_DATE);
	if (strcmp(form, "time") == 0)
		return cm_instant_read(text, &at) ? NULL : "a moment with its offset";
	if (strcmp(form, "amount") == 0)
		return cm_request_doc_amount_good(text) ? NULL : "a whole number of the smallest unit, a blank, the unit";
	return NULL;
}

static void
cm_request_doc_particular_check(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_doc_particular *it = record;
	const struct cm_particular_row *row = cm_particular_row(cm_particular_find(it->name.p, it->name.n));
	if (row->id[0] == 0) {
		cm_json_shape_fault(reader, CM_ERROR_PARTICULAR_UNKNOWN, "\"%.*s\"", CM_VIEW_ARG(it->name));
		return;
	}
	const char *wrong = cm_request_doc_particular_wrong(row->form, it->text);
	if (wrong != NULL)
		cm_json_shape_fault(reader, CM_ERROR_DOCUMENT_VALUE, "%s is \"%.*s\" instead of %s", row->id,
		                    CM_VIEW_ARG(it->text), wrong);
}

void
cm_request_doc_particulars_check(struct cm_json_shape_reader *reader, const struct cm_request_doc *doc)
{
	for (size_t i = 0; i < doc->particular_count; i++)
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(doc->particulars[i].name, doc->particulars[k].name))
				cm_json_shape_fault(reader, CM_ERROR_DOCUMENT_VALUE, "the particular \"%.*s\" stands there twice",
				                    CM_VIEW_ARG(doc->particulars[i].name));
}

static const struct cm_json_shape_field cm_request_doc_particular_fields[] = {
        {"name", CM_SHAPE_TEXT, .form = CM_FORM_WORD, CM_DOC_NEED, CM_DOC_AT(cm_doc_particular, name)},
        {"text", CM_SHAPE_TEXT, .form = CM_FORM_TEXT, CM_DOC_NEED, CM_DOC_AT(cm_doc_particular, text)},
};
const struct cm_json_shape cm_request_doc_particular_shape = {"particular", cm_request_doc_particular_fields,
        sizeof cm_request_doc_particular_fields / sizeof *cm_request_doc_particular_fields,
        sizeof(struct cm_doc_particular), cm_request_doc_particular_check};
