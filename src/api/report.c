// Knows: how checks, findings, facts and verdict of one call are kept for outsiders. Does not know: any rule; those
// are rows of data/errors.tab. Serves include/comity/report.h and error.h.
#include "api/report_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"

#define CM_REPORT_TEXT 320 // bytes with NUL of one kept text

struct cm_report_check {
	const char *name;
	enum comity_check_state state;
	char about[CM_REPORT_TEXT];
	char detail[CM_REPORT_TEXT];
};

struct cm_report_fact {
	const char *name;
	char value[CM_REPORT_TEXT];
};

struct comity_report {
	struct cm_report inside;
	struct cm_report_check *checks;
	size_t check_count, check_room;
	struct cm_report_fact *facts;
	size_t fact_count, fact_room;
	enum comity_verdict verdict;
};

enum comity_result
comity_report_new(struct comity_report **ret_report)
{
	struct comity_report *report = cm_mem_new(sizeof *report);
	if (report == NULL)
		return COMITY_NOMEM;
	*ret_report = report;
	return COMITY_OK;
}

void
comity_report_free(struct comity_report *report)
{
	if (report == NULL)
		return;
	cm_mem_free(report->checks);
	cm_mem_free(report->facts);
	cm_mem_free(report);
}

void
comity_report_clear(struct comity_report *report)
{
	cm_report_clear(&report->inside);
	report->check_count = report->fact_count = 0;
	report->verdict = COMITY_VERDICT_NONE;
}

struct cm_report *
comity_report_inside(struct comity_report *report)
{
	return report == NULL ? NULL : &report->inside;
}

static void
cm_report_rule(enum cm_error error, struct comity_rule *ret_rule)
{
	const struct cm_error_row *row = cm_error_row(error);
	*ret_rule = (struct comity_rule){row->name, row->text, row->remedy, row->source};
}

size_t
comity_error_count(void)
{
	return CM_ERROR_END - 1;
}

bool
comity_error_rule(size_t at, struct comity_rule *ret_rule)
{
	if (at >= comity_error_count())
		return false;
	cm_report_rule((enum cm_error)(at + 1), ret_rule);
	return true;
}

bool
comity_error_find(const char *code, struct comity_rule *ret_rule)
{
	enum cm_error error = cm_error_find(code, strlen(code));
	if (error == CM_ERROR_NONE)
		return false;
	cm_report_rule(error, ret_rule);
	return true;
}

size_t
comity_report_count(const struct comity_report *report)
{
	return report->inside.count;
}

bool
comity_report_finding(const struct comity_report *report, size_t at, struct comity_finding *ret_finding)
{
	if (at >= report->inside.count)
		return false;
	const struct cm_finding *f = &report->inside.findings[at];
	cm_report_rule(f->rule, &ret_finding->rule);
	ret_finding->place = f->place;
	ret_finding->seen = f->seen;
	return true;
}

// Copies text that may quote a stranger: escaped, cut between characters.
static void
cm_report_text(char to[CM_REPORT_TEXT], const char *text)
{
	struct cm_buf b = cm_buf_of(8 * CM_REPORT_TEXT);
	cm_text_quote(&b, cm_view_text(text), CM_REPORT_TEXT);
	const char *quoted = cm_buf_cstr(&b);
	size_t n = strlen(quoted);
	if (n >= CM_REPORT_TEXT)
		for (n = CM_REPORT_TEXT - 1; n > 0 && ((uint8_t)quoted[n] & 0xc0) == 0x80;)
			n--;
	memcpy(to, quoted, n);
	to[n] = 0;
	cm_buf_fini(&b);
}

// Room for one more element; false when there is none.
static bool
cm_report_grow(void *at, size_t size, size_t count, size_t *room)
{
	void *old, *grown;
	if (count < *room)
		return true;
	if (count >= CM_LIMIT_REPORT_CHECKS_VALUE)
		return false;
	memcpy(&old, at, sizeof old);
	size_t more = *room == 0 ? 32 : *room * 2;
	grown = cm_mem_resize(old, more * size);
	if (grown == NULL)
		return false;
	memcpy(at, &grown, sizeof grown);
	*room = more;
	return true;
}

void
comity_report_add_check(struct comity_report *report, const char *name, const char *about,
                        enum comity_check_state state, const char *detail, ...)
{
	char text[2 * CM_REPORT_TEXT];
	va_list args;
	if (report == NULL)
		return;
	if (state == COMITY_CHECK_FAILED)
		report->verdict = COMITY_VERDICT_REFUSED;
	if (!cm_report_grow(&report->checks, sizeof *report->checks, report->check_count, &report->check_room)) {
		report->verdict = COMITY_VERDICT_REFUSED;
		return;
	}
	va_start(args, detail);
	vsnprintf(text, sizeof text, detail, args);
	va_end(args);
	struct cm_report_check *check = &report->checks[report->check_count++];
	check->name = name;
	check->state = state;
	cm_report_text(check->about, about);
	cm_report_text(check->detail, text);
}

void
comity_report_add_fact(struct comity_report *report, const char *name, const char *value, ...)
{
	char text[2 * CM_REPORT_TEXT];
	va_list args;
	if (report == NULL ||
	    !cm_report_grow(&report->facts, sizeof *report->facts, report->fact_count, &report->fact_room))
		return;
	va_start(args, value);
	vsnprintf(text, sizeof text, value, args);
	va_end(args);
	struct cm_report_fact *fact = &report->facts[report->fact_count++];
	fact->name = name;
	cm_report_text(fact->value, text);
}

size_t
comity_report_checks(const struct comity_report *report)
{
	return report->check_count;
}

bool
comity_report_check(const struct comity_report *report, size_t at, struct comity_check *ret_check)
{
	if (at >= report->check_count)
		return false;
	const struct cm_report_check *c = &report->checks[at];
	*ret_check = (struct comity_check){c->name, c->about, c->state, c->detail};
	return true;
}

size_t
comity_report_facts(const struct comity_report *report)
{
	return report->fact_count;
}

bool
comity_report_fact(const struct comity_report *report, size_t at, struct comity_fact *ret_fact)
{
	if (at >= report->fact_count)
		return false;
	*ret_fact = (struct comity_fact){report->facts[at].name, report->facts[at].value};
	return true;
}

enum comity_verdict
comity_report_verdict(const struct comity_report *report)
{
	return report->verdict;
}

void
comity_report_set_verdict(struct comity_report *report, enum comity_verdict verdict)
{
	if (report != NULL && report->verdict != COMITY_VERDICT_REFUSED)
		report->verdict = verdict;
}

const char *
comity_report_verdict_text(enum comity_verdict verdict)
{
	switch (verdict) {
	case COMITY_VERDICT_VALID:
		return "valid";
	case COMITY_VERDICT_INTACT:
		return "intact, origin not judged";
	case COMITY_VERDICT_REFUSED:
		return "refused";
	case COMITY_VERDICT_EXERCISE:
		return "an exercise, no evidence";
	case COMITY_VERDICT_NONE:
		break;
	}
	return "none";
}
