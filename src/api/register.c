// Knows: how outsiders ask whether an entry is in a log. Does not know: the proof's rules (domain/receipt.h).
// Serves include/comity/register.h.
#include "comity/register.h"

#include <string.h>

#include "api/report_inside.h"
#include "domain/receipt.h"

enum comity_result
comity_register_verify(const struct comity_register_question *question, struct comity_report *report,
                       struct comity_register_answer *ret_answer)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_note_key key;
	struct cm_receipt_told told;
	cm_result r = cm_note_key_read(cm_view_text(question->vkey), inside, &key);
	struct cm_receipt_question asked = {.proof = comity_inside(question->proof),
	                                    .entry = comity_inside(question->entry),
	                                    .keys = &key,
	                                    .key_count = 1};
	if (r == CM_OK)
		r = cm_receipt_verify(&asked, inside, &told);
	if (r != CM_OK)
		return comity_result_of(r);
	ret_answer->index = told.index;
	ret_answer->size = told.size;
	memcpy(ret_answer->root.b, told.root.b, sizeof ret_answer->root.b);
	return COMITY_OK;
}
