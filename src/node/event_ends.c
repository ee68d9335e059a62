// Knows: the encoding of moments that documents name. Does not know: which clocks they start (domain), or when.
#include "node/event_ends.h"

#include "base/mem.h"
#include "domain/national_calendar.h"

void
cm_event_ends_find(const struct cm_facts *facts, enum cm_deadline_document document, enum cm_kind kind,
                   struct cm_event_ends *ends)
{
	struct cm_deadline_named_end found[CM_DEADLINE_STARTS];
	size_t n = cm_deadline_start_named(facts, document, kind, found);
	for (size_t i = 0; i < n && ends->count < CM_DEADLINE_STARTS; i++)
		ends->at[ends->count++] = found[i];
}

static void
cm_event_ends_leaf(void *context, struct cm_view path, struct cm_view text)
{
	cm_facts_put(context, path, text);
}

cm_result
cm_event_ends_answer(const struct cm_answer_doc *doc, enum cm_kind kind, struct cm_event_ends *ends)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	cm_facts_init(&facts);
	cm_answer_doc_each(doc, cm_event_ends_leaf, &facts);
	cm_result r = cm_facts_result(&facts);
	if (r == CM_OK)
		cm_event_ends_find(&facts, CM_DEADLINE_OF_ANSWER, kind, ends);
	return r;
}

void
cm_event_ends_national(const struct cm_national *asked, enum cm_kind kind, struct cm_instant received, struct cm_event_ends *ends)
{
	if (kind == CM_KIND_NONE || ends->count >= CM_DEADLINE_STARTS)
		return;
	struct cm_instant end = cm_national_answer_end(asked, kind, received);
	if (end.us != 0)
		ends->at[ends->count++] = (struct cm_deadline_named_end){.start = CM_DEADLINE_START_NATIONAL, .at = end};
}

void
cm_event_ends_write(const struct cm_event_ends *ends, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)ends->count);
	for (size_t i = 0; i < ends->count; i++) {
		cm_buf_field(to, cm_view_text(cm_deadline_start_row(ends->at[i].start)->name));
		cm_buf_u64be(to, (uint64_t)ends->at[i].at.us);
		cm_buf_u8(to, ends->at[i].quiet);
	}
}

bool
cm_event_ends_read(struct cm_rd *rd, struct cm_event_ends *ret_ends)
{
	size_t n = cm_rd_u8(rd);
	*ret_ends = (struct cm_event_ends){.count = 0};
	for (size_t i = 0; i < n && n <= CM_DEADLINE_STARTS; i++) {
		struct cm_view name = cm_rd_field(rd);
		struct cm_deadline_named_end end = {.start = cm_deadline_start_find(name.p, name.n)};
		end.at.us = (int64_t)cm_rd_u64be(rd);
		end.quiet = cm_rd_u8(rd) == 1;
		if (end.start != CM_DEADLINE_START_NONE)
			ret_ends->at[ret_ends->count++] = end;
	}
	return n <= CM_DEADLINE_STARTS;
}
