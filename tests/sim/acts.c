// Knows: what officers do in a seed: they ask, about old preservations too, and decide what came. Does not know: whether that is
// allowed; the node says so.
#include "domain/kind.h"
#include "domain/move.h"
#include "os/file.h"
#include "sim.h"

enum { DRAFT_PRES, DRAFT_EXT, DRAFT_END, DRAFT_STORED, DRAFTS };
static const char *const draft_files[DRAFTS] = {"pres", "pres_ext", "pres_end", "stored"};
static struct cm_buf drafts[DRAFTS];

void
sim_acts_load(const char *examples)
{
	for (size_t i = 0; i < DRAFTS; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s.json", examples, draft_files[i]);
		drafts[i] = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		if (cm_file_load(path, &drafts[i], NULL) != CM_OK)
			abort();
		cm_buf_u8(&drafts[i], 0);
	}
}

static void
replace(char **text, const char *old, const char *now)
{
	char *at = strstr(*text, old), *made;
	while (at != NULL) {
		*at = 0;
		size_t before = strlen(*text) + strlen(now);
		if (asprintf(&made, "%s%s%s", *text, now, at + strlen(old)) < 0)
			abort();
		free(*text);
		*text = made;
		at = strstr(made + before, old);
	}
}

// The value of a member of the answer; "" without.
static void
member_of(const struct cm_buf *json, const char *name, char *to, size_t room)
{
	char mark[64];
	snprintf(mark, sizeof mark, "\"%s\":\"", name);
	const char *at = json->n == 0 ? NULL : memmem(json->p, json->n, mark, strlen(mark));
	to[0] = 0;
	if (at == NULL)
		return;
	at += strlen(mark);
	size_t n = strcspn(at, "\"");
	snprintf(to, room, "%.*s", (int)n, at);
}

struct act {
	int node, to, draft;
	const struct sim_request *about; // or NULL
	struct cm_net_request rq;
	struct cm_exchange *ex;
	char *body;
};

// The officer of every node, who may do everything.
static const struct cm_ipc_person act_person = {
        .id = "0123456789abcdef", .name = "Vera Lindqvist", .functions = "duty officer", .roles = UINT32_MAX};

static void
act_ask(void *arg)
{
	struct act *a = arg;
	struct cm_node *node = sim.members[a->node].node;
	a->ex = calloc(1, sizeof *a->ex);
	*a->ex = (struct cm_exchange){.node = node, .rq = &a->rq, .match = {.route = CM_ROUTE_API_REQUEST_CREATE}};
	a->rq = (struct cm_net_request){.node = a->node, .call = -1, .body = cm_view_text(a->body), .answer = cm_buf_of(1 << 20)};
	cm_create_request(a->ex, &act_person);
	while (!a->rq.answered)
		sim_fiber_sleep(SIM_SECOND / 10);
	struct sim_request r = {.from = a->node, .to = a->to};
	char state[32];
	snprintf(r.kind, sizeof r.kind, "%s", draft_files[a->draft]);
	member_of(&a->rq.answer, "request", r.id, sizeof r.id);
	member_of(&a->rq.answer, "task", r.task, sizeof r.task);
	member_of(&a->rq.answer, "state", state, sizeof state);
	r.accepted = a->rq.status == 201 && strcmp(state, "sent") != 0;
	sim_trace("%d asked %d for %s: %u %s %s %.*s", a->node, a->to, r.kind, a->rq.status, r.id, state,
	          a->rq.status == 201 ? 0 : (int)a->rq.answer.n, (const char *)a->rq.answer.p);
	if (a->rq.status == 201 && sim.request_count < SIM_REQUESTS)
		sim.requests[sim.request_count++] = r;
}

static void
act_ask_start(int node, int to, int draft, const struct sim_request *about)
{
	struct act *a = calloc(1, sizeof *a);
	char *text = strdup((const char *)drafts[draft].p), country[8], until[CM_INSTANT_TEXT], *body;
	int64_t days = 61 + (int64_t)sim_random(120);
	struct cm_instant wanted = {.us = sim.calendar + sim.now + days * CM_INSTANT_DAY};
	wanted = cm_instant_of_seconds(cm_instant_seconds(wanted));
	snprintf(country, sizeof country, "\"X%c\"", 'A' + node);
	replace(&text, "\"XB\"", "\"X?\"");
	replace(&text, "\"XA\"", country);
	snprintf(country, sizeof country, "\"X%c\"", 'A' + to);
	replace(&text, "\"X?\"", country);
	replace(&text, "xa.contact", sim.members[node].name);
	cm_instant_text(wanted, until);
	replace(&text, draft == DRAFT_EXT ? "2027-05-24T00:00:00Z" : "2027-02-22T00:00:00Z", until);
	if (about != NULL) {
		replace(&text, "f0ba8e34-0854-4f6a-ad46-fdacbe0a008e", about->id);
		replace(&text, "1bc5d8d0-5bfc-47d7-a174-31dff2677b34", about->task);
	}
	if (asprintf(&body, "{\"to\":\"%s\",\"draft\":%s}", sim.members[to].name, text) < 0)
		abort();
	free(text);
	*a = (struct act){.node = node, .to = to, .draft = draft, .body = body};
	sim_fiber_start(node, act_ask, a);
}

static void
act_decide(void *arg)
{
	struct act *a = arg;
	struct cm_node *node = sim.members[a->node].node;
	struct cm_report report = {0};
	struct cm_store_page *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_buf body = cm_buf_of(1 << 20);
	enum cm_move moves[64];
	struct cm_exchange ex = {.node = node, .rq = &a->rq, .match = {.count = 1}};
	char state[32], *text;
	if (cm_store_request(node->store, cm_view_text(a->about->id), NULL, &page, &row) != CM_OK || row == NULL)
		return;
	enum cm_kind kind = cm_kind_find(row->kind.p, row->kind.n);
	snprintf(state, sizeof state, "%.*s", CM_VIEW_ARG(row->state));
	size_t n = cm_move_list(kind, cm_state_find(row->state.p, row->state.n), CM_ACTOR_REQUESTED, moves, 64);
	cm_store_page_free(page);
	if (n == 0)
		return;
	const char *event = cm_event_row(cm_move_row(moves[sim_random(n)])->event)->name;
	bool refuses = strcmp(event, "refuse") == 0, keeps = strcmp(event, "keep_end") == 0;
	if (asprintf(&text, "{\"event\":\"%s\",\"text\":\"In words.\"%s%s}", event,
	             refuses || keeps ? ",\"ground\":\"domestic_prohibition\",\"ground_article\":\"40(21)(c)\"" : "",
	             refuses ? ",\"justification\":\"There is nobody to consult.\"" : "") < 0)
		abort();
	snprintf(ex.match.part[0], sizeof ex.match.part[0], "%s", a->about->id);
	a->rq = (struct cm_net_request){.node = a->node, .call = -1, .body = cm_view_text(text), .answer = cm_buf_of(1 << 20)};
	cm_result r = cm_decide_request(&ex, &act_person, &report, &body);
	sim.decided += r == CM_OK;
	sim_trace("%d decides %s (%s): %s, %s %s", a->node, a->about->id, state, event,
	          r == CM_OK ? "done" : report.count == 0 ? "failed" : cm_error_row(report.findings[0].rule)->name,
	          report.count == 0 ? "" : report.findings[0].seen);
	if (r == CM_BUG)
		sim_wrong("a decision ended in a bug: %s of %s", event, state);
}

void
sim_act(void)
{
	int node = (int)sim_random((uint64_t)sim.count), to = (int)sim_random((uint64_t)sim.count);
	const struct sim_request *about = sim.request_count == 0 ? NULL : &sim.requests[sim_random((uint64_t)sim.request_count)];
	if (about != NULL && sim_chance(60)) {
		if (sim.members[about->to].node == NULL)
			return;
		struct act *a = calloc(1, sizeof *a);
		*a = (struct act){.node = about->to, .about = about};
		sim_fiber_start(about->to, act_decide, a);
		return;
	}
	if (about != NULL && strcmp(about->kind, "pres") == 0 && sim_chance(60)) {
		if (sim.members[about->from].node != NULL)
			act_ask_start(about->from, about->to, DRAFT_EXT + (int)sim_random(3), about);
		return;
	}
	if (node != to && sim.members[node].node != NULL)
		act_ask_start(node, to, DRAFT_PRES, NULL);
}
