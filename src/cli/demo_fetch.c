// Knows: step 5 of the demo: the receiver is killed while it fetches, goes on where it stopped, and two persons open what
// came. Does not know: ranges, blobs, keys.
#include "cli/demo_stage.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"

#define CM_DEMO_FETCH_US (INT64_C(600) * CM_INSTANT_SECOND)
#define CM_DEMO_FETCH_PERCENT 30 // fetched when the receiver is killed

static double
cm_demo_fetch_mib(uint64_t bytes)
{
	return (double)bytes / 1048576.0;
}

// One look without a line for people: a process run each time.
static cm_result
cm_demo_fetch_look(struct cm_demo *demo)
{
	return cm_demo_do(demo, &(struct cm_demo_command){
	                                .words = CM_DEMO_WORDS_OF("comity", "evidence", "show", demo->evidence, "--home",
	                                                          demo->xa.name, "--json"),
	                                .prompt = demo->xa.name, .own = true, .quiet = true});
}

// The evidence that was announced to xa.
static cm_result
cm_demo_fetch_find(struct cm_demo *demo)
{
	int64_t deadline = cm_clock_after(60 * CM_INSTANT_SECOND);
	while (cm_clock_mono() < deadline) {
		cm_result r = cm_demo_do(demo, &(struct cm_demo_command){
		                                       .words = CM_DEMO_WORDS_OF("comity", "evidence", "list", "--home",
		                                                                 demo->xa.name, "--json"),
		                                       .prompt = demo->xa.name, .own = true, .quiet = true});
		if (r != CM_OK)
			return r;
		const struct cm_json_value *list = cm_demo_find(demo, "evidence");
		if (list != NULL && cm_json_count(list) > 0)
			return cm_demo_id(demo, "evidence/0/evidence", demo->evidence) ? CM_OK : CM_REFUSED;
		if (!cm_demo_pause(demo, CM_INSTANT_SECOND / 20))
			return cm_demo_bad(demo, "Stopped.");
	}
	return cm_demo_bad(demo, "xa.contact never heard of the evidence");
}

static cm_result
cm_demo_fetch_until(struct cm_demo *demo, uint64_t wanted, uint64_t *ret_fetched)
{
	int64_t deadline = cm_clock_after(CM_DEMO_FETCH_US);
	while (cm_clock_mono() < deadline) {
		cm_result r = cm_demo_fetch_look(demo);
		if (r != CM_OK)
			return r;
		*ret_fetched = cm_demo_number(demo, "fetched");
		if (*ret_fetched >= wanted)
			return CM_OK;
		if (!cm_demo_pause(demo, CM_INSTANT_SECOND / 50))
			return cm_demo_bad(demo, "Stopped.");
	}
	return cm_demo_bad(demo, "Only %.1f MiB were fetched in time", cm_demo_fetch_mib(*ret_fetched));
}

// Whole and unchanged: the digest was compared and the blob is in its place.
static cm_result
cm_demo_fetch_here(struct cm_demo *demo)
{
	int64_t deadline = cm_clock_after(60 * CM_INSTANT_SECOND);
	while (cm_clock_mono() < deadline) {
		char state[CM_DEMO_TEXT];
		cm_result r = cm_demo_fetch_look(demo);
		if (r != CM_OK)
			return r;
		cm_demo_text(demo, "state", state);
		if (strcmp(state, "available") != 0)
			return CM_OK;
		if (!cm_demo_pause(demo, CM_INSTANT_SECOND / 50))
			return cm_demo_bad(demo, "Stopped.");
	}
	return cm_demo_bad(demo, "All bytes are here, but the evidence is not whole");
}

// The line is made fast again before the restart.
static cm_result
cm_demo_fetch_fast(struct cm_demo *demo)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) conf = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) kept = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = cm_demo_path(demo, "xa.contact/comity.conf", path);
	if (r == CM_OK)
		r = cm_file_load(path, &conf, NULL);
	struct cm_view all = cm_buf_view(&conf);
	for (size_t at = 0; at < all.n;) {
		size_t end = cm_view_find(all, at, '\n');
		struct cm_view line = cm_view_part(all, at, end + 1 - at);
		if (!cm_view_starts(line, "pull_rate_kib"))
			cm_buf_view_add(&kept, line);
		at = end + 1;
	}
	return r == CM_OK ? cm_demo_write(demo, "xa.contact/comity.conf", 0600, cm_buf_view(&kept)) : r;
}

static cm_result
cm_demo_fetch_interrupted(struct cm_demo *demo)
{
	size_t processes = 0;
	uint64_t fetched = 0;
	cm_result r = cm_demo_fetch_find(demo);
	if (r == CM_OK)
		r = cm_demo_fetch_until(demo, demo->sealed * CM_DEMO_FETCH_PERCENT / 100, &fetched);
	if (r == CM_OK && fetched >= demo->sealed && demo->sealed > 2 * CM_LIMIT_PULL_DURABLE_VALUE)
		return cm_demo_bad(demo, "Everything was fetched before the receiver could be killed");
	if (r == CM_OK && fetched >= demo->sealed)
		cm_demo_note(demo, "so little came in one piece; the receiver is killed all the same");
	if (r == CM_OK)
		r = cm_demo_node_kill(demo, &demo->xa, &processes);
	if (r != CM_OK)
		return r;
	demo->had = fetched;
	cm_demo_good(demo, "killed all %zu processes of xa.contact (SIGKILL) after %.1f of %.1f MiB", processes,
	             cm_demo_fetch_mib(fetched), cm_demo_fetch_mib(demo->sealed));
	r = cm_demo_fetch_fast(demo);
	if (r == CM_OK)
		r = cm_demo_node_start(demo, &demo->xa);
	if (r == CM_OK)
		r = cm_demo_fetch_until(demo, demo->sealed, &fetched);
	return r == CM_OK ? cm_demo_fetch_here(demo) : r;
}

// The sender's own account: what it was asked for, in its log.
static cm_result
cm_demo_fetch_asked(struct cm_demo *demo)
{
	char path[CM_FILE_PATH], again[64];
	struct cm_buf CM_CLEANUP(cm_buf_fini) log = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	cm_result r = cm_demo_path(demo, "logs/xb.contact.log", path);
	if (r != CM_OK || cm_file_load(path, &log, NULL) != CM_OK)
		return cm_demo_bad(demo, "logs/xb.contact.log cannot be read");
	const char *at = cm_buf_cstr(&log), *last = NULL;
	for (; (at = strstr(at, "asked for: ")) != NULL; last = at) {
		at += strlen("asked for: ");
		cm_demo_note(demo, "xb.contact was asked for %.*s", (int)strcspn(at, "\n"), at);
	}
	snprintf(again, sizeof again, "%llu bytes from ", (unsigned long long)demo->again);
	if (last == NULL || strncmp(last, again, strlen(again)) != 0)
		return cm_demo_bad(demo, "The sender's account is another one than the receiver's");
	return CM_OK;
}

// What the receiver says about its fetch since the restart, and what the sender was asked for.
static cm_result
cm_demo_fetch_account(struct cm_demo *demo)
{
	const struct cm_json_value *from = cm_demo_find(demo, "fetched_from");
	size_t n = from == NULL ? 0 : cm_json_count(from);
	if (n == 0 && demo->had >= demo->sealed) {
		cm_demo_good(demo, "restarted; everything is still here, nothing was fetched again");
		return CM_OK;
	}
	if (n == 0)
		return cm_demo_bad(demo, "xa.contact does not say from where it went on");
	uint64_t begun = (uint64_t)cm_json_number(cm_json_at(from, 0));
	char state[CM_DEMO_TEXT];
	cm_demo_text(demo, "state", state);
	demo->again = demo->sealed - begun;
	if (begun > demo->sealed || (begun == 0 && demo->had > 2 * CM_LIMIT_PULL_DURABLE_VALUE))
		return cm_demo_bad(demo, "It began again at byte %llu", (unsigned long long)begun);
	cm_demo_good(demo, "restarted; it went on at byte %llu and fetched the missing %.1f MiB only; now %s",
	             (unsigned long long)begun, cm_demo_fetch_mib(demo->again), state);
	return cm_demo_fetch_asked(demo);
}

// After the kill the sessions are gone: both persons show both factors again. A code is good once, so the telephones are
// half a minute ahead, which is allowed.
static cm_result
cm_demo_fetch_open(struct cm_demo *demo)
{
	char verdict[CM_DEMO_TEXT];
	cm_result r = cm_demo_login(demo, &demo->ilse, 30);
	if (r == CM_OK)
		r = cm_demo_login(demo, &demo->per, 0);
	if (r == CM_OK)
		r = cm_demo_as(demo, &demo->ilse, CM_DEMO_WORDS_OF("evidence", "open", demo->evidence));
	if (r == CM_OK)
		r = cm_demo_refused_as(demo, &demo->ilse, CM_DEMO_WORDS_OF("evidence", "approve", demo->evidence));
	if (r == CM_OK)
		cm_demo_good(demo, "one person alone cannot open it, not even by asking twice");
	if (r == CM_OK)
		r = cm_demo_as(demo, &demo->per, CM_DEMO_WORDS_OF("evidence", "approve", demo->evidence));
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "verdict", verdict);
	const struct cm_json_value *checks = cm_demo_find(demo, "report/checks");
	demo->checks = checks == NULL ? 0 : cm_json_count(checks);
	if (strcmp(verdict, "valid") != 0)
		return cm_demo_bad(demo, "The package reader's verdict is \"%s\"", verdict);
	cm_demo_good(demo, "opened by %s and %s; the package reader made %zu checks: %s", demo->ilse.name, demo->per.name,
	             demo->checks, verdict);
	return CM_OK;
}

cm_result
cm_demo_fetch(struct cm_demo *demo)
{
	cm_result r = cm_demo_fetch_interrupted(demo);
	if (r == CM_OK)
		r = cm_demo_fetch_account(demo);
	return r == CM_OK ? cm_demo_fetch_open(demo) : r;
}
