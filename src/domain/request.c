// Knows: what the Convention wants a request of each kind to hold, and which of its limits a machine can judge.
// Does not know: HI-1, JSON, where the facts came from; and never decides necessity, essential interests or
// persecution. Serves Arts 35, 40(15), 42(3), 45(3), 50(3) and the "before_send" rows of data/safeguards.tab.
#include "domain/request.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "domain/article.h"
#include "domain/deadline.h"
#include "domain/identifier.h"
#include "domain/kind.h"
#include "domain/tab_offence.h"
#include "domain/tab_time_limit.h"

struct cm_request_run {
	const struct cm_facts *facts;
	const struct cm_request_told *told;
	struct cm_report *report;
	cm_result r;
};

bool
cm_request_wants(enum cm_kind kind, enum cm_content content)
{
	const char *list = cm_content_row(content)->list;
	return kind != CM_KIND_NONE && (strcmp(list, "all") == 0 || cm_kind_listed(cm_kind_row(kind)->lists, list));
}

// One path of a content; "data[].relation" asks every element of "data".
static bool
cm_request_path(const struct cm_facts *facts, const char *path)
{
	const char *every = strstr(path, "[].");
	char list[64];
	if (every == NULL)
		return cm_facts_has(facts, path);
	if ((size_t)(every - path) >= sizeof list)
		return false;
	memcpy(list, path, (size_t)(every - path));
	list[every - path] = 0;
	size_t count = cm_facts_count(facts, list);
	for (size_t i = 0; i < count; i++) {
		char element[128];
		snprintf(element, sizeof element, "%s[%zu].%s", list, i, every + 3);
		if (!cm_facts_has(facts, element))
			return false;
	}
	return count > 0;
}

static bool
cm_request_holds(const struct cm_facts *facts, const struct cm_content_row *row)
{
	for (const char *const *path = row->paths; *path != NULL; path++)
		if (cm_request_path(facts, *path))
			return true;
	return false;
}

static void
cm_request_contents(struct cm_request_run *run)
{
	for (enum cm_content c = CM_CONTENT_NONE + 1; c < CM_CONTENT_END; c++) {
		const struct cm_content_row *row = cm_content_row(c);
		if (!cm_request_wants(run->told->kind, c) || strcmp(row->need, "always") != 0 ||
		    cm_request_holds(run->facts, row))
			continue;
		run->r = cm_report_refuse(run->report, CM_ERROR_CONTENTS_MISSING, row->article, "It does not say %s. %s",
		                          row->name, row->remedy);
	}
}

void
cm_request_advise(const struct cm_facts *facts, enum cm_kind kind, struct cm_report *report)
{
	for (enum cm_content c = CM_CONTENT_NONE + 1; c < CM_CONTENT_END; c++) {
		const struct cm_content_row *row = cm_content_row(c);
		if (cm_request_wants(kind, c) && strcmp(row->need, "always") != 0 && !cm_request_holds(facts, row))
			cm_report_add(report, CM_ERROR_CONTENTS_POSSIBLE, row->article, "It does not say %s. %s", row->name,
			              row->remedy);
	}
}

bool
cm_request_only_gaps(const struct cm_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (report->findings[i].rule != CM_ERROR_CONTENTS_MISSING)
			return false;
	return report->count > 0 && report->dropped == 0;
}

static void
cm_request_basis(struct cm_request_run *run)
{
	size_t count = cm_facts_count(run->facts, "legal_basis");
	for (size_t i = 0; i < count; i++) {
		struct cm_view instrument, article;
		struct cm_article_cited cited;
		char place[48];
		snprintf(place, sizeof place, "legal_basis[%zu]", i);
		if (!cm_facts_find_in(run->facts, "legal_basis", i, "instrument", &instrument) || instrument.n == 0) {
			run->r = cm_report_refuse(run->report, CM_ERROR_LEGAL_BASIS_MISSING, place, "no instrument");
			continue;
		}
		if (cm_view_is(instrument, "HC") &&
		    cm_facts_find_in(run->facts, "legal_basis", i, "article", &article) &&
		    !cm_article_read(article, &cited))
			run->r = cm_report_refuse(run->report, CM_ERROR_ARTICLE_UNKNOWN, place, "\"%.*s\"",
			                          CM_VIEW_ARG(article));
	}
}

// True when the offence at `i` is in scope: one of the Convention's own, or punishable by enough years.
static bool
cm_request_offence(struct cm_request_run *run, size_t i)
{
	struct cm_view code = {0}, article, years;
	struct cm_article_cited cited;
	uint64_t n = 0;
	char place[48];
	snprintf(place, sizeof place, "offences[%zu]", i);
	bool has_code = cm_facts_find_in(run->facts, "offences", i, "code", &code);
	const struct cm_offence_row *row = cm_offence_row(cm_offence_find(code.p, code.n));
	if (!has_code || row->code[0] == 0) {
		run->r = cm_report_refuse(run->report, CM_ERROR_OFFENCE_UNKNOWN, place, "\"%.*s\"", CM_VIEW_ARG(code));
		return true; // said already
	}
	if (!cm_facts_find_in(run->facts, "offences", i, "article", &article) || !cm_article_read(article, &cited))
		run->r = cm_report_refuse(run->report, CM_ERROR_ARTICLE_UNKNOWN, place, "%s", row->code);
	else if (row->convention && strcmp(cm_article_row(cited.article)->number, row->article) != 0)
		run->r = cm_report_refuse(run->report, CM_ERROR_OFFENCE_ARTICLE, place, "%s is Art. %s", row->code,
		                          row->article);
	if (row->convention)
		return true;
	return cm_facts_find_in(run->facts, "offences", i, "max_penalty_years", &years) &&
	       cm_num_u64(years, 0, UINT64_MAX, &n) && n >= cm_time_limit_row(CM_TIME_LIMIT_HC_SERIOUS)->number;
}

static void
cm_request_offences(struct cm_request_run *run)
{
	size_t count = cm_facts_count(run->facts, "offences"), in_scope = 0;
	for (size_t i = 0; i < count; i++)
		in_scope += cm_request_offence(run, i) ? 1 : 0;
	if (count > 0 && in_scope == 0)
		run->r = cm_report_refuse(run->report, CM_ERROR_OFFENCE_OUT_OF_SCOPE, "offences",
		                          "no offence of Arts 7-19, and none punishable by %llu years or more",
		                          (unsigned long long)cm_time_limit_row(CM_TIME_LIMIT_HC_SERIOUS)->number);
}

// The two ends of one period, when either is there. Absent ones are the matter of the list of contents.
static void
cm_request_period(struct cm_request_run *run, const char *place, const char *from_path, const char *to_path)
{
	struct cm_view from, to;
	struct cm_instant start, end;
	bool has_from = cm_facts_find(run->facts, from_path, &from), has_to = cm_facts_find(run->facts, to_path, &to);
	if (!has_from || !has_to)
		return;
	if (!cm_instant_read(from, &start) || !cm_instant_read(to, &end))
		run->r = cm_report_refuse(run->report, CM_ERROR_PERIOD_INVALID, place, "\"%.*s\" to \"%.*s\"",
		                          CM_VIEW_ARG(from), CM_VIEW_ARG(to));
	else if (start.us >= end.us)
		run->r = cm_report_refuse(run->report, CM_ERROR_PERIOD_INVALID, place,
		                          "it ends before it begins: \"%.*s\" to \"%.*s\"", CM_VIEW_ARG(from),
		                          CM_VIEW_ARG(to));
}

static void
cm_request_periods(struct cm_request_run *run)
{
	cm_request_period(run, "period of the data", "task.start", "task.end");
	cm_request_period(run, "period", "period.from", "period.to");
	size_t count = cm_facts_count(run->facts, "data");
	for (size_t i = 0; i < count; i++) {
		char place[48], from[64], to[64];
		snprintf(place, sizeof place, "data[%zu].period", i);
		snprintf(from, sizeof from, "data[%zu].period.from", i);
		snprintf(to, sizeof to, "data[%zu].period.to", i);
		cm_request_period(run, place, from, to);
	}
}

static void
cm_request_identifiers_of(struct cm_request_run *run, const char *list)
{
	size_t count = cm_facts_count(run->facts, list);
	for (size_t i = 0; i < count; i++) {
		struct cm_view format = {0}, value = {0};
		char place[96];
		snprintf(place, sizeof place, "%s[%zu]", list, i);
		// Where one is missing, the empty view is refused by the check itself.
		(void)cm_facts_find_in(run->facts, list, i, "format", &format);
		(void)cm_facts_find_in(run->facts, list, i, "value", &value);
		if (cm_identifier_check(format, value, place, run->report) != CM_OK)
			run->r = CM_REFUSED;
	}
}

static void
cm_request_identifiers(struct cm_request_run *run)
{
	static const char *const holders[] = {"data", "property"};
	cm_request_identifiers_of(run, "task.values");
	for (size_t h = 0; h < sizeof holders / sizeof *holders; h++) {
		size_t count = cm_facts_count(run->facts, holders[h]);
		for (size_t i = 0; i < count; i++) {
			char list[64];
			snprintf(list, sizeof list, "%s[%zu].identifiers", holders[h], i);
			cm_request_identifiers_of(run, list);
		}
	}
}

static void
cm_request_secrecy(struct cm_request_run *run)
{
	struct cm_view keep = {0}, quiet = {0}, until;
	struct cm_instant end;
	(void)cm_facts_find(run->facts, "secrecy.keep_secret", &keep);
	(void)cm_facts_find(run->facts, "secrecy.do_not_notify_user", &quiet);
	bool wanted = cm_view_is(keep, "true") || cm_view_is(quiet, "true");
	bool has_end = cm_facts_find(run->facts, "secrecy.until", &until);
	if (!has_end) {
		if (wanted)
			run->r = cm_report_refuse(run->report, CM_ERROR_SECRECY_ENDLESS, "secrecy.until", "no end");
		return;
	}
	if (!cm_instant_read(until, &end))
		run->r = cm_report_refuse(run->report, CM_ERROR_SECRECY_ENDLESS, "secrecy.until", "\"%.*s\"",
		                          CM_VIEW_ARG(until));
	else if (wanted && end.us <= run->told->now.us)
		run->r = cm_report_refuse(run->report, CM_ERROR_SECRECY_OVER, "secrecy.until", "\"%.*s\"",
		                          CM_VIEW_ARG(until));
}

static void
cm_request_wanted_end(struct cm_request_run *run)
{
	struct cm_view wanted;
	struct cm_instant end;
	if (!cm_facts_find(run->facts, "task.wanted_end", &wanted))
		return;
	if (!cm_instant_read(wanted, &end) || end.us <= run->told->now.us)
		run->r = cm_report_refuse(run->report, CM_ERROR_WANTED_END_INVALID, "wanted end", "\"%.*s\"",
		                          CM_VIEW_ARG(wanted));
	else if (cm_kind_row(run->told->kind)->home &&
	         cm_deadline_order_check(run->told->now, end, run->report) != CM_OK)
		run->r = CM_REFUSED;
}

// Whose request it says it is: the node's that sends and signs it, and of its State. A party without a node is named by country.
static void
cm_request_sender(struct cm_request_run *run)
{
	struct cm_view sender = run->told->node, node = sender, country = {0};
	if (sender.n < 2)
		return;
	const uint8_t own[2] = {sender.p[0] & 0xdf, sender.p[1] & 0xdf}; // a node is named "xa.…", its country XA
	(void)cm_facts_find(run->facts, "requesting.node", &node);
	if (!cm_view_equal(node, sender))
		run->r = cm_report_refuse(run->report, CM_ERROR_REQUESTING_OTHER, "requesting.node", "\"%.*s\", sent by %.*s",
		                          CM_VIEW_ARG(node), CM_VIEW_ARG(sender));
	if (cm_facts_find(run->facts, "requesting.country", &country) && !cm_view_equal(country, cm_view_of(own, 2)))
		run->r = cm_report_refuse(run->report, CM_ERROR_REQUESTING_OTHER, "requesting.country", "\"%.*s\", sent by %.*s",
		                          CM_VIEW_ARG(country), CM_VIEW_ARG(sender));
}

// An order binds in its own State only (Art. 5); a node is named by its State first, "xa.…".
static void
cm_request_home(struct cm_request_run *run)
{
	struct cm_view from = run->told->node.n > 0 ? run->told->node : run->told->from, to = run->told->to;
	if (!cm_kind_row(run->told->kind)->home || from.n < 2 || to.n < 2)
		return;
	if ((from.p[0] | 0x20) != (to.p[0] | 0x20) || (from.p[1] | 0x20) != (to.p[1] | 0x20))
		run->r = cm_report_refuse(run->report, CM_ERROR_ORDER_ABROAD, "requested authority", "%.*s to %.*s",
		                          CM_VIEW_ARG(from), CM_VIEW_ARG(to));
}

cm_result
cm_request_check(const struct cm_facts *facts, const struct cm_request_told *told, struct cm_report *report)
{
	const char *code = cm_kind_row(told->kind)->code;
	enum cm_kind kind;
	cm_result r = cm_kind_check(cm_view_text(code), report, &kind);
	if (r != CM_OK)
		return r;
	struct cm_request_run run = {.facts = facts, .told = told, .report = report, .r = CM_OK};
	if (cm_authority_check(kind, told->sender, told->receiver, report) != CM_OK)
		run.r = CM_REFUSED;
	cm_request_sender(&run);
	cm_request_home(&run);
	cm_request_contents(&run);
	cm_request_basis(&run);
	cm_request_offences(&run);
	cm_request_periods(&run);
	cm_request_identifiers(&run);
	cm_request_secrecy(&run);
	cm_request_wanted_end(&run);
	return run.r;
}
