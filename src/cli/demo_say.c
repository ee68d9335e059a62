// Knows: how the demo speaks to people: titles, what held, what did not. Does not know: what the steps do.
#include "cli/demo_stage.h"

#include <stdarg.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"

#define CM_DEMO_GREEN "\033[32m"
#define CM_DEMO_RED "\033[1;31m"
#define CM_DEMO_BOLD "\033[1m"
#define CM_DEMO_PLAIN "\033[0m"

static void
cm_demo_log(struct cm_demo *demo, const char *text)
{
	if (demo->log >= 0)
		cm_result_ignore(cm_file_write_all(demo->log, cm_view_text(text), NULL), "the log is a help, not a proof");
}

static void
cm_demo_line(struct cm_demo *demo, const char *colour, const char *mark, const char *format, va_list list)
{
	char text[2048];
	vsnprintf(text, sizeof text, format, list);
	fprintf(demo->to, "  %s%s%s %s\n", demo->colours ? colour : "", mark, demo->colours ? CM_DEMO_PLAIN : "", text);
	fflush(demo->to);
	cm_demo_log(demo, mark);
	cm_demo_log(demo, " ");
	cm_demo_log(demo, text);
	cm_demo_log(demo, "\n");
}

void
cm_demo_title(struct cm_demo *demo, unsigned step, const char *title, const char *what)
{
	size_t column = 80; // so that the first word begins a line
	if (demo->rehearsal)
		return;
	fprintf(demo->to, "\n%s%u  %s%s", demo->colours ? CM_DEMO_BOLD : "", step, title,
	        demo->colours ? CM_DEMO_PLAIN : "");
	for (const char *at = what; *at != 0;) {
		size_t n = strcspn(at, " ");
		if (column + 1 + n > 76) {
			fputs("\n   ", demo->to);
			column = 0;
		} else
			column += (size_t)fprintf(demo->to, " ");
		column += (size_t)fprintf(demo->to, "%.*s", (int)n, at);
		at += n;
		at += *at == ' ';
	}
	fputc('\n', demo->to);
	fflush(demo->to);
	cm_demo_log(demo, "\n== ");
	cm_demo_log(demo, title);
	cm_demo_log(demo, "\n");
}

void
cm_demo_good(struct cm_demo *demo, const char *format, ...)
{
	va_list list;
	if (demo->rehearsal)
		return;
	va_start(list, format);
	cm_demo_line(demo, CM_DEMO_GREEN, "✓", format, list);
	va_end(list);
}

void
cm_demo_note(struct cm_demo *demo, const char *format, ...)
{
	va_list list;
	if (demo->rehearsal)
		return;
	va_start(list, format);
	cm_demo_line(demo, "", "·", format, list);
	va_end(list);
}

cm_result
cm_demo_bad(struct cm_demo *demo, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	cm_demo_line(demo, CM_DEMO_RED, "✗", format, list);
	va_end(list);
	return CM_REFUSED;
}

void
cm_demo_quote(struct cm_demo *demo, struct cm_view text, size_t lines)
{
	for (size_t at = 0; at < text.n && lines > 0; lines--) {
		size_t end = cm_view_find(text, at, '\n');
		struct cm_buf CM_CLEANUP(cm_buf_fini) shown = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		cm_text_quote(&shown, cm_view_part(text, at, end - at), 300);
		fprintf(demo->to, "      %s\n", cm_buf_cstr(&shown));
		at = end + 1;
	}
	fflush(demo->to);
}
