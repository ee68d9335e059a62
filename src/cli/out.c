// Knows: how results look to a person and to a script. Does not know: what was done.
#include "cli/out.h"

#include <string.h>

#include "base/instant.h"
#include "api/report_inside.h"
#include "base/text.h"
#include "cli/fail.h"
#include "os/clock.h"
#include "os/tty.h"

#define CM_OUT_PROGRESS_AFTER CM_INSTANT_SECOND
#define CM_OUT_PROGRESS_EVERY (CM_INSTANT_SECOND / 5)

static const char *
cm_out_mark(enum comity_check_state state)
{
	switch (state) {
	case COMITY_CHECK_OK:
		return "ok        ";
	case COMITY_CHECK_FAILED:
		return "FAILED    ";
	case COMITY_CHECK_NOT_JUDGED:
		break;
	}
	return "not judged";
}

void
cm_out_checks(FILE *to, const struct comity_report *report, bool all)
{
	struct comity_check c;
	size_t files = 0;
	for (size_t i = 0; comity_report_check(report, i, &c); i++) {
		bool good_file = c.state == COMITY_CHECK_OK && strcmp(c.name, "file") == 0;
		files += good_file ? 1 : 0;
		if (!good_file || all)
			fprintf(to, "%s  %s%s%s%s%s\n", cm_out_mark(c.state), c.name, *c.about == 0 ? "" : " ", c.about,
			        *c.detail == 0 ? "" : ": ", c.detail);
	}
	if (files != 0 && !all)
		fprintf(to, "%s  file: %zu files are the ones that were signed\n", cm_out_mark(COMITY_CHECK_OK), files);
	fprintf(to, "verdict: %s\n", comity_report_verdict_text(comity_report_verdict(report)));
}

static void
cm_out_json_checks(struct cm_json_put *put, const struct comity_report *report)
{
	static const char *const states[] = {"ok", "failed", "not judged"};
	struct comity_check c;
	cm_json_put_name(put, "checks");
	cm_json_put_array(put);
	for (size_t i = 0; comity_report_check(report, i, &c); i++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "about", c.about);
		cm_json_put_member_cstr(put, "detail", c.detail);
		cm_json_put_member_cstr(put, "name", c.name);
		cm_json_put_member_cstr(put, "state", states[c.state]);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

void
cm_out_json_report(struct cm_json_put *put, struct comity_report *report)
{
	struct comity_fact fact;
	cm_out_json_checks(put, report);
	cm_json_put_name(put, "facts");
	cm_json_put_object(put);
	for (size_t i = 0; comity_report_fact(report, i, &fact); i++)
		cm_json_put_member_cstr(put, fact.name, fact.value);
	cm_json_put_end_object(put);
	cm_fail_json(put, CM_COMMAND_VERIFY, comity_report_inside(report));
	cm_json_put_member_cstr(put, "verdict", comity_report_verdict_text(comity_report_verdict(report)));
}

bool
cm_out_json(struct cm_buf *json)
{
	if (cm_buf_result(json) != CM_OK)
		return false;
	printf("%s\n", cm_buf_cstr(json));
	return fflush(stdout) == 0;
}

char *
cm_out_bytes(uint64_t bytes, char *to)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = (double)bytes;
	size_t unit = 0;
	for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
		value /= 1024;
	snprintf(to, 32, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
	return to;
}

void
cm_out_progress_begin(struct cm_out_progress *p, const char *what, uint64_t all, bool quiet)
{
	*p = (struct cm_out_progress){.what = what, .all = all, .begun = cm_clock_mono()};
	p->told = p->begun;
	p->on = !quiet && cm_tty_is(2);
}

void
cm_out_progress_at(struct cm_out_progress *p, uint64_t done)
{
	char bytes[32], all[32], speed[32], left[32];
	int64_t now = p->on ? cm_clock_mono() : 0;
	if (!p->on || now - p->begun < CM_OUT_PROGRESS_AFTER || now - p->told < CM_OUT_PROGRESS_EVERY)
		return;
	double each = (double)done / (double)(now - p->begun); // bytes a microsecond
	p->told = now;
	p->shown = true;
	fprintf(stderr, "\r%s %s", p->what, cm_out_bytes(done, bytes));
	if (p->all != 0)
		fprintf(stderr, " of %s (%u %%)", cm_out_bytes(p->all, all),
		        done >= p->all ? 100u : (unsigned)(done * 100 / p->all));
	fprintf(stderr, ", %s/s", cm_out_bytes((uint64_t)(each * 1e6), speed));
	if (p->all > done && each > 0)
		fprintf(stderr, ", %s left", cm_instant_span_text((int64_t)((double)(p->all - done) / each), left));
	fputs("\033[K", stderr);
	fflush(stderr);
}

void
cm_out_progress_end(struct cm_out_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
