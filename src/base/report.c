// Knows: how findings are kept. Does not know: how they are shown (cli, ui) or what follows from them.
#include "base/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

// Copies text that may quote a stranger's bytes: escaped, and cut to the room there is.
static void
cm_report_keep(char *to, size_t room, const char *text)
{
	struct cm_buf b = cm_buf_of(8 * room);
	cm_text_quote(&b, cm_view_text(text), room);
	const char *quoted = cm_buf_cstr(&b);
	size_t n = strlen(quoted);
	if (n >= room) {
		n = room - 1;
		while (n > 0 && ((uint8_t)quoted[n] & 0xc0) == 0x80)
			n--; // never cut inside a character
	}
	memcpy(to, quoted, n);
	to[n] = 0;
	cm_buf_fini(&b);
}

static void
cm_report_add_args(struct cm_report *report, enum cm_error rule, const char *place, const char *seen, va_list args)
{
	if (report == NULL)
		return;
	if (report->count == CM_REPORT_MAX) {
		report->dropped++;
		return;
	}
	char text[2 * CM_REPORT_SEEN];
	vsnprintf(text, sizeof text, seen, args);
	struct cm_finding *f = &report->findings[report->count++];
	f->rule = rule;
	cm_report_keep(f->place, sizeof f->place, place);
	cm_report_keep(f->seen, sizeof f->seen, text);
}

cm_result
cm_report_refuse(struct cm_report *report, enum cm_error rule, const char *place, const char *seen, ...)
{
	va_list args;
	va_start(args, seen);
	cm_report_add_args(report, rule, place, seen, args);
	va_end(args);
	return CM_REFUSED;
}

cm_result
cm_report_failed(struct cm_report *report, enum cm_error rule, const char *place, const char *seen, ...)
{
	va_list args;
	va_start(args, seen);
	cm_report_add_args(report, rule, place, seen, args);
	va_end(args);
	return CM_FAILED;
}

void
cm_report_add(struct cm_report *report, enum cm_error rule, const char *place, const char *seen, ...)
{
	va_list args;
	va_start(args, seen);
	cm_report_add_args(report, rule, place, seen, args);
	va_end(args);
}

bool
cm_report_has(const struct cm_report *report, enum cm_error rule)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->findings[i].rule == rule)
			return true;
	return false;
}

void
cm_report_clear(struct cm_report *report)
{
	report->count = 0;
	report->dropped = 0;
}

void
cm_report_join(struct cm_report *to, const struct cm_report *from)
{
	for (size_t i = 0; i < from->count; i++) {
		if (to->count < CM_REPORT_MAX)
			to->findings[to->count++] = from->findings[i];
		else
			to->dropped++;
	}
	to->dropped += from->dropped;
}
