// Knows: the encoding of what messages say about clocks. Does not know: which word counts (clocks.c), or what follows (apply_clock.c).
#include "node/event_clocks.h"

#include <string.h>

static const char *const cm_event_says_words[] = {
        [CM_EVENT_RUNS] = "runs", [CM_EVENT_PAUSED] = "paused", [CM_EVENT_RESUMED] = "resumed", [CM_EVENT_EXTENDED] = "extended"};

const struct cm_event_clock *
cm_event_clocks_find(const struct cm_event_clocks *clocks, enum cm_time_limit limit)
{
	for (size_t i = 0; i < clocks->count; i++)
		if (clocks->at[i].limit == limit)
			return &clocks->at[i];
	return NULL;
}

void
cm_event_clocks_read_document(const struct cm_answer_doc *doc, struct cm_event_clocks *clocks)
{
	for (size_t i = 0; i < doc->clock_count && clocks->count < CM_DOC_CLOCKS; i++) {
		const struct cm_doc_clock *said = &doc->clocks[i];
		struct cm_event_clock clock = {.limit = cm_time_limit_find(said->limit.p, said->limit.n), .at = said->at, .theirs = said->end};
		for (size_t k = 0; k < sizeof cm_event_says_words / sizeof *cm_event_says_words; k++)
			if (cm_view_is(said->says, cm_event_says_words[k]))
				clock.says = (enum cm_event_says)k;
		if (clock.limit != CM_TIME_LIMIT_NONE && cm_event_clocks_find(clocks, clock.limit) == NULL)
			clocks->at[clocks->count++] = clock;
	}
}

void
cm_event_clocks_members(const struct cm_event_clocks *clocks, struct cm_doc_clock ret_members[CM_DOC_CLOCKS])
{
	for (size_t i = 0; i < clocks->count; i++) {
		const struct cm_event_clock *clock = &clocks->at[i];
		ret_members[i] = (struct cm_doc_clock){.limit = cm_view_text(cm_time_limit_row(clock->limit)->id),
		        .says = cm_view_text(cm_event_says_words[clock->says]),
		        .end = cm_instant_of_seconds(cm_instant_seconds(clock->end))};
		if (clock->says != CM_EVENT_RUNS)
			ret_members[i].at = clock->at;
	}
}

void
cm_event_clocks_write(const struct cm_event_clocks *clocks, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)clocks->count);
	for (size_t i = 0; i < clocks->count; i++) {
		cm_buf_field(to, cm_view_text(cm_time_limit_row(clocks->at[i].limit)->id));
		cm_buf_u8(to, (uint8_t)clocks->at[i].says);
		cm_buf_u64be(to, (uint64_t)clocks->at[i].at.us);
		cm_buf_u64be(to, (uint64_t)clocks->at[i].end.us);
		cm_buf_u64be(to, (uint64_t)clocks->at[i].theirs.us);
	}
}

bool
cm_event_clocks_read(struct cm_rd *rd, struct cm_event_clocks *ret_clocks)
{
	size_t n = cm_rd_u8(rd);
	bool good = n <= CM_DOC_CLOCKS;
	ret_clocks->count = 0;
	for (size_t i = 0; good && i < n; i++) {
		struct cm_view id = cm_rd_field(rd);
		struct cm_event_clock clock = {.limit = cm_time_limit_find(id.p, id.n)};
		uint8_t says = cm_rd_u8(rd);
		clock.at.us = (int64_t)cm_rd_u64be(rd);
		clock.end.us = (int64_t)cm_rd_u64be(rd);
		clock.theirs.us = (int64_t)cm_rd_u64be(rd);
		good = says <= CM_EVENT_EXTENDED;
		clock.says = good ? (enum cm_event_says)says : CM_EVENT_RUNS;
		if (clock.limit != CM_TIME_LIMIT_NONE)
			ret_clocks->at[ret_clocks->count++] = clock;
	}
	return good;
}
