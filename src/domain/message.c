// Knows: how the values of a notification are put into its sentence. Does not know: when one is sent (node) or how it
// travels (format). Serves section 4 of the profile.
#include "domain/message.h"

#include <string.h>

#include "domain/tab_message.h"

static void
cm_message_value(struct cm_view name, const struct cm_message_values *values, struct cm_buf *to)
{
	char text[CM_INSTANT_TEXT];
	if (cm_view_is(name, "ground"))
		cm_buf_text(to, values->ground == CM_REFUSAL_NONE ? "…" : cm_refusal_row(values->ground)->code);
	else
		cm_buf_text(to, values->until.us == 0 ? "…" : cm_instant_text_people(values->until, text));
}

void
cm_message_write(enum cm_state state, const struct cm_message_values *values, struct cm_buf *to)
{
	const char *name = cm_state_row(state)->name;
	struct cm_view text = cm_view_text(cm_message_row(cm_message_find(name, strlen(name)))->text);
	for (size_t at = 0; at < text.n;) {
		size_t open = cm_view_find(text, at, '{'), close = cm_view_find(text, open, '}');
		cm_buf_view_add(to, cm_view_part(text, at, open - at));
		if (close < text.n)
			cm_message_value(cm_view_part(text, open + 1, close - open - 1), values, to);
		at = close + 1;
	}
}
