// Knows: what people are told while they wait, and where the node says how far a reader is. Does not know: who waits, or for
// what result. A node that does not answer just now is no fault of the waiting: then nothing is shown.
#include "cli/wait.h"

#include <stdio.h>

#include "base/instant.h"
#include "base/mem.h"
#include "base/tab_limit.h"

void
cm_wait_answer(void *context, int64_t us)
{
	struct cm_wait *wait = context;
	if (wait->told || wait->line->json || us < CM_INSTANT_SECOND)
		return;
	wait->told = true;
	fprintf(stderr, "Waiting for the other node's answer, at most %d seconds. It is kept and sent in any case: Ctrl-C ends the waiting alone.\n",
	        CM_LIMIT_HI1_ANSWER_MS_VALUE / 1000);
}

static uint64_t
cm_wait_number(const struct cm_json *json, const char *name)
{
	int64_t n = cm_json_number(cm_json_member(cm_json_root(json), name));
	return n > 0 ? (uint64_t)n : 0;
}

void
cm_wait_reader(void *context, int64_t us)
{
	struct cm_wait *wait = context;
	struct cm_report none = {0};
	struct cm_call call;
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	bool job = wait->job != NULL;
	if (!wait->told)
		cm_out_progress_begin(&wait->progress, job ? "writing" : "checking", 0, wait->line->json);
	wait->told = true;
	if (!wait->progress.on || us < CM_INSTANT_SECOND ||
	    cm_call_begin(wait->line, job ? CM_ROUTE_API_JOB : CM_ROUTE_API_EVIDENCE_SHOW, job ? wait->job : wait->evidence, &none,
	                  &call) != CM_OK ||
	    cm_call_send(&call, &none, &json) != CM_OK || json == NULL)
		return;
	wait->progress.all = cm_wait_number(json, job ? "of" : "read_of");
	if (wait->progress.all > 0)
		cm_out_progress_at(&wait->progress, cm_wait_number(json, job ? "done" : "read"));
}

void
cm_wait_end(struct cm_wait *wait)
{
	cm_out_progress_end(&wait->progress);
}
