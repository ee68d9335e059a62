// Knows: step 7 of the demo: what happened, how long it took, where everything is, what to try next. Does not know: how.
#include "cli/demo_stage.h"

#include "base/instant.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_put.h"
#include "os/clock.h"

static const char *const cm_demo_summary_steps[CM_DEMO_STEPS - 1] = {"prepare", "states", "peers", "preservation",
        "evidence", "fetch", "court"};

static void
cm_demo_summary_sizes(struct cm_demo *demo, struct cm_json_put *put)
{
	cm_json_put_name(put, "sizes");
	cm_json_put_object(put);
	cm_json_put_member_number(put, "bundle", (int64_t)demo->bundle_bytes);
	cm_json_put_member_number(put, "fetched_after_restart", (int64_t)demo->again);
	cm_json_put_member_number(put, "fetched_before_kill", (int64_t)demo->had);
	cm_json_put_member_number(put, "files", (int64_t)demo->found.files);
	cm_json_put_member_number(put, "input", (int64_t)demo->found.bytes);
	cm_json_put_member_number(put, "package", (int64_t)demo->package_bytes);
	cm_json_put_member_number(put, "sealed", (int64_t)demo->sealed);
	cm_json_put_end_object(put);
}

static void
cm_demo_summary_times(struct cm_demo *demo, struct cm_json_put *put)
{
	cm_json_put_name(put, "steps");
	cm_json_put_array(put);
	for (size_t i = 0; i + 1 < CM_DEMO_STEPS; i++) {
		cm_json_put_object(put);
		cm_json_put_member_number(put, "ms", demo->times[i] / 1000);
		cm_json_put_member_cstr(put, "name", cm_demo_summary_steps[i]);
		cm_json_put_member_bool(put, "ok", true);
		cm_json_put_member_number(put, "step", (int64_t)i);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

cm_result
cm_demo_summary_write(struct cm_demo *demo, struct cm_buf *ret_json)
{
	char moment[CM_INSTANT_TEXT];
	struct cm_json_put put = cm_json_put_of(ret_json);
	cm_json_put_object(&put);
	cm_json_put_member_cstr(&put, "evidence", demo->evidence);
	cm_json_put_member_cstr(&put, "finished_at", cm_instant_text(cm_clock_utc(), moment));
	cm_json_put_member_cstr(&put, "folder", demo->folder);
	cm_json_put_member_cstr(&put, "input", demo->input);
	cm_json_put_name(&put, "nodes");
	cm_json_put_array(&put);
	cm_json_put_text(&put, cm_view_text(demo->xa.name));
	cm_json_put_text(&put, cm_view_text(demo->xb.name));
	cm_json_put_end_array(&put);
	cm_json_put_member_bool(&put, "ok", true);
	cm_json_put_member_number(&put, "package_checks", (int64_t)demo->checks);
	cm_json_put_member_cstr(&put, "preservation", demo->preservation);
	cm_json_put_member_cstr(&put, "preserved_until", demo->preserved_until);
	cm_json_put_member_cstr(&put, "request", demo->request);
	cm_demo_summary_sizes(demo, &put);
	cm_demo_summary_times(demo, &put);
	cm_json_put_member_cstr(&put, "version", CM_VERSION);
	cm_json_put_end_object(&put);
	cm_result r = cm_buf_result(ret_json);
	if (r != CM_OK)
		return r;
	struct cm_buf CM_CLEANUP(cm_buf_fini) line = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_buf_printf(&line, "%s\n", cm_buf_cstr(ret_json));
	return cm_demo_write(demo, "summary.json", 0644, cm_buf_view(&line));
}

void
cm_demo_summary(struct cm_demo *demo)
{
	static const char *const words[CM_DEMO_STEPS - 1] = {"evidence made ready", "two nodes made and running",
	        "peers by invitation", "preservation asked, preserved", "data asked, packed, sealed, delivered",
	        "fetched through a kill, opened by two", "court bundle made, judged, forged copy refused"};
	char span[32], program[CM_FILE_PATH] = "comity";
	int64_t all = 0;
	cm_result_ignore(cm_proc_self_path(program, sizeof program, NULL), "then it is the name in the PATH");
	cm_demo_title(demo, CM_DEMO_STEPS - 1, "Every step held", "");
	for (size_t i = 0; i + 1 < CM_DEMO_STEPS; i++) {
		all += demo->times[i];
		fprintf(demo->to, "    %-48s %10s\n", words[i], cm_instant_span_text(demo->times[i], span));
	}
	fprintf(demo->to, "    %-48s %10s\n\n", "together", cm_instant_span_text(all, span));
	fprintf(demo->to, "    %-28s %10.1f MiB in %zu files\n", "evidence", (double)demo->found.bytes / 1048576.0,
	        demo->found.files);
	fprintf(demo->to, "    %-28s %10.1f MiB\n", "package", (double)demo->package_bytes / 1048576.0);
	fprintf(demo->to, "    %-28s %10.1f MiB, of them %.1f after the kill\n", "sealed and fetched",
	        (double)demo->sealed / 1048576.0, (double)demo->again / 1048576.0);
	fprintf(demo->to, "    %-28s %10.1f MiB\n\n", "court bundle", (double)demo->bundle_bytes / 1048576.0);
	fprintf(demo->to,
	        "    Folders, all in %s:\n"
	        "      xa.contact xb.contact        the nodes    state-arland state-borvia    the States' roots\n"
	        "      court                        what a court gets    logs    every command, every node's words\n\n"
	        "    To try next:\n"
	        "      cd %s; alias comity=%s\n"
	        "      comity verify court/bundle.asice --trust court/trust.pem\n"
	        "      comity serve --home xa.contact &     comity request list --home xa.contact\n"
	        "      comity log fsck xa.contact/log --vkey court/register.vkey\n"
	        "      DEMO_INPUT=your/folder make demo     comity catalogue kinds pres\n",
	        demo->folder, demo->folder, program);
}
