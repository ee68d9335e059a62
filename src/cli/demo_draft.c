// Knows: the drafts of doc/examples and how their dates become those of today. Does not know: what the law asks of them.
#include "cli/demo_stage.h"

#include <string.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "cli/demo_text_pres.h"
#include "cli/demo_text_pres_incomplete.h"
#include "cli/demo_text_stored.h"
#include "os/clock.h"

#define CM_DEMO_DRAFT_DAY INT64_C(20781) // 2026-11-24, the day of the examples, in days since 1970-01-01

static bool
cm_demo_draft_digits(const char *at, const char *form)
{
	for (; *form != 0; form++, at++)
		if (*form == '0' ? *at < '0' || *at > '9' : *at != *form)
			return false;
	return true;
}

// "2026-11-22" so many days later. The text behind may be a time of day; it stays.
static void
cm_demo_draft_date(const char *at, int64_t days, struct cm_buf *to)
{
	char text[CM_INSTANT_TEXT], moment[CM_INSTANT_TEXT];
	struct cm_instant t;
	snprintf(text, sizeof text, "%.10sT00:00:00Z", at);
	if (!cm_instant_read(cm_view_text(text), &t)) {
		cm_buf_add(to, at, 10);
		return;
	}
	t.us += days * CM_INSTANT_DAY;
	cm_buf_add(to, cm_instant_text(t, moment), 10);
}

void
cm_demo_draft_move(const char *from, struct cm_buf *to)
{
	int64_t days = cm_clock_utc().us / CM_INSTANT_DAY - CM_DEMO_DRAFT_DAY;
	while (*from != 0) {
		if (cm_demo_draft_digits(from, "0000-00-00")) {
			cm_demo_draft_date(from, days, to);
			from += 10;
		} else
			cm_buf_u8(to, (uint8_t)*from++);
	}
}

// `word` of the example becomes what the demo has.
static void
cm_demo_draft_put(struct cm_buf *text, const char *word, const char *instead)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) old = *text;
	const char *from = cm_buf_cstr(&old), *found;
	*text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	for (; (found = strstr(from, word)) != NULL; from = found + strlen(word)) {
		cm_buf_add(text, from, (size_t)(found - from));
		cm_buf_text(text, instead);
	}
	cm_buf_text(text, from);
}

cm_result
cm_demo_draft(struct cm_demo *demo, enum cm_demo_draft which, const char *name)
{
	static const char *const texts[] = {[CM_DEMO_DRAFT_PRES] = cm_demo_text_pres,
	        [CM_DEMO_DRAFT_PRES_INCOMPLETE] = cm_demo_text_pres_incomplete,
	        [CM_DEMO_DRAFT_STORED] = cm_demo_text_stored};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (which == CM_DEMO_DRAFT_STORED) {
		cm_buf_text(&text, texts[which]);
		cm_demo_draft_put(&text, "2026-11-24T09:22:04Z", "{at}");
		struct cm_buf CM_CLEANUP(cm_buf_fini) moved = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		cm_demo_draft_move(cm_buf_cstr(&text), &moved);
		cm_buf_clear(&text);
		cm_buf_view_add(&text, cm_buf_view(&moved));
		cm_demo_draft_put(&text, "{at}", demo->preserved_at);
		cm_demo_draft_put(&text, "1bc5d8d0-5bfc-47d7-a174-31dff2677b34", demo->preservation_task);
		cm_demo_draft_put(&text, "XB-2026-00007", demo->their_reference);
	} else
		cm_demo_draft_move(texts[which], &text);
	cm_result r = cm_buf_result(&text);
	return r == CM_OK ? cm_demo_write(demo, name, 0644, cm_buf_view(&text)) : r;
}
