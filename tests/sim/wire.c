// Knows: how a message travels between nodes: it may be lost, come twice, late, after another one, or to a node that is down; so
// may its answer. The asking node gives up at its deadline, as the real client does. Does not know: what messages say. The
// functions named __wrap_… stand for net/client.h and net/server.h.
#include "sim.h"

#define CALLS 1024
#define EVENTS 4096

struct call {
	bool open;
	int from, to;
	unsigned life;
	struct cm_buf body;
	void *context;
	void (*done)(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report);
};

enum what { ARRIVES, ANSWERS, ENDS };
struct event {
	bool used;
	enum what what;
	int64_t at;
	uint64_t order;
	int call, from, to;
	uint64_t number; // of the call: its place may be another call's by now
	unsigned status;
	uint32_t retry_after;
	struct cm_buf body;
};

static struct call calls[CALLS];
static uint64_t numbers[CALLS];
static struct event events[EVENTS];
static size_t event_count;
static uint64_t order;
static bool apart[SIM_NODES][SIM_NODES];

void
sim_wire_split(int a, int b, bool split)
{
	apart[a][b] = apart[b][a] = split;
}

static struct event *
wire_event(enum what what, int64_t later, int call)
{
	for (size_t i = 0; i < EVENTS; i++)
		if (!events[i].used) {
			events[i] = (struct event){.used = true, .what = what, .at = sim.now + later, .order = order++, .call = call};
			events[i].number = numbers[call];
			events[i].from = calls[call].from;
			events[i].to = calls[call].to;
			event_count = i >= event_count ? i + 1 : event_count;
			return &events[i];
		}
	abort();
}

static int64_t
wire_delay(void)
{
	if (sim.healed)
		return 1000 + (int64_t)sim_random(20000);
	return sim_chance(10) ? (int64_t)sim_random(90 * SIM_SECOND) : 1000 + (int64_t)sim_random(2 * SIM_SECOND);
}

static bool
wire_loses(int a, int b)
{
	return !sim.healed && (apart[a][b] || sim_chance(15));
}

cm_result __wrap_cm_client_start(struct cm_client *client, const struct cm_client_request *request, struct cm_report *report,
                                 struct cm_client_call **ret_call);
cm_result
__wrap_cm_client_start(struct cm_client *client, const struct cm_client_request *request, struct cm_report *report,
                       struct cm_client_call **ret_call)
{
	int c = 0, to = -1;
	(void)client;
	(void)ret_call;
	while (c < CALLS && calls[c].open)
		c++;
	for (int i = 0; i < sim.count; i++)
		if (strstr(request->url, sim.members[i].name) != NULL)
			to = i;
	if (c == CALLS || to < 0)
		return cm_report_failed(report, CM_ERROR_PEER_UNKNOWN, "sim", "%s", request->url);
	numbers[c] = ++order;
	cm_buf_fini(&calls[c].body);
	calls[c] = (struct call){.open = true, .from = sim_fiber_node(), .to = to, .context = request->context, .done = request->done,
	                         .body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE)};
	calls[c].life = sim.members[calls[c].from].life;
	cm_buf_view_add(&calls[c].body, request->body);
	sim.messages++;
	int copies = wire_loses(calls[c].from, to) ? 0 : !sim.healed && sim_chance(15) ? 2 + (int)sim_random(2) : 1;
	sim_trace("%d sends %llu to %d, %d arrive", calls[c].from, (unsigned long long)numbers[c], to, copies);
	for (int i = 0; i < copies; i++) {
		struct event *e = wire_event(ARRIVES, wire_delay(), c);
		e->body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		cm_buf_view_add(&e->body, request->body);
	}
	wire_event(ENDS, request->deadline_us, c);
	return CM_OK;
}

// The client's thread: hands over what came.
struct wire_over {
	struct call call;
	cm_result result;
	unsigned status;
	uint32_t retry_after;
	struct cm_buf body;
};

static void
wire_tell(void *arg)
{
	struct wire_over *over = arg;
	struct cm_report report = {0};
	struct cm_client_answer answer = {.status = over->status, .retry_after = over->retry_after, .body = cm_buf_view(&over->body)};
	over->call.done(over->call.context, over->result, &answer, &report);
	cm_buf_fini(&over->body);
	free(over);
}

static void
wire_close(int c, cm_result result, struct event *e)
{
	struct wire_over *over = calloc(1, sizeof *over);
	calls[c].open = false;
	*over = (struct wire_over){.call = calls[c], .result = result, .status = e->status, .retry_after = e->retry_after, .body = e->body};
	e->body = (struct cm_buf){.p = NULL};
	if (sim_fiber_alive(over->call.from, over->call.life))
		sim_fiber_start(over->call.from, wire_tell, over);
}

static void
wire_arrive(struct event *e)
{
	int to = e->to;
	struct cm_node *node = sim.members[to].node;
	if (node == NULL) {
		cm_buf_fini(&e->body);
		return; // down: nobody answers
	}
	struct cm_exchange *ex = calloc(1, sizeof *ex);
	struct cm_net_request *rq = calloc(1, sizeof *rq);
	size_t n = 0;
	*rq = (struct cm_net_request){.node = to, .life = sim.members[to].life, .call = e->call, .number = e->number, .from = e->from};
	rq->body = cm_view_of(cm_buf_take(&e->body, &n), 0);
	rq->body.n = n;
	*ex = (struct cm_exchange){.node = node, .rq = rq};
	sim_trace("%llu arrives at %d", (unsigned long long)e->number, to);
	sim_fiber_start(to, (void (*)(void *))cm_take_message, ex);
}

int64_t
sim_wire_next(void)
{
	int64_t next = INT64_MAX;
	for (size_t i = 0; i < event_count; i++)
		if (events[i].used && events[i].at < next)
			next = events[i].at;
	return next;
}

bool
sim_wire_quiet(void)
{
	for (int i = 0; i < CALLS; i++)
		if (calls[i].open && sim_fiber_alive(calls[i].from, calls[i].life))
			return false;
	return true;
}

void
sim_wire_due(void)
{
	for (;;) {
		struct event *e = NULL;
		for (size_t i = 0; i < event_count; i++)
			if (events[i].used && events[i].at <= sim.now && (e == NULL || events[i].order < e->order))
				e = &events[i];
		if (e == NULL)
			return;
		e->used = false;
		bool open = calls[e->call].open && numbers[e->call] == e->number;
		if (e->what == ARRIVES)
			wire_arrive(e);
		else if (e->what == ANSWERS && open)
			wire_close(e->call, CM_OK, e);
		else if (e->what == ENDS && open)
			wire_close(e->call, CM_FAILED, e);
		else
			cm_buf_fini(&e->body);
	}
}

void __wrap_cm_server_answer(struct cm_net_request *rq, struct cm_server_answer *answer);
void
__wrap_cm_server_answer(struct cm_net_request *rq, struct cm_server_answer *answer)
{
	rq->status = answer->status;
	rq->answered = true;
	if (rq->call < 0) { // an officer's
		cm_buf_add(&rq->answer, answer->bytes == NULL ? (const void *)"" : answer->bytes, answer->bytes == NULL ? 0 : answer->length);
		cm_mem_free(answer->bytes);
		return;
	}
	const char *refused = answer->bytes == NULL ? NULL : memmem(answer->bytes, answer->length, "ErrorDescription", 16);
	size_t left = refused == NULL ? 0 : (size_t)answer->length - (size_t)(refused - (const char *)answer->bytes);
	sim_trace("%d answers %llu: %u %.*s", rq->node, (unsigned long long)rq->number, answer->status,
	          (int)(left < 160 ? left : 160), refused == NULL ? "" : refused);
	if (!wire_loses(rq->node, rq->from) && numbers[rq->call] == rq->number) {
		struct event *e = wire_event(ANSWERS, wire_delay(), rq->call);
		e->status = answer->status;
		e->body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
		cm_buf_add(&e->body, answer->bytes == NULL ? (const void *)"" : answer->bytes, answer->bytes == NULL ? 0 : answer->length);
	}
	cm_mem_free(answer->bytes);
	free((void *)(uintptr_t)rq->body.p);
	free(rq);
}

struct cm_view __wrap_cm_server_body(const struct cm_net_request *rq);
struct cm_view
__wrap_cm_server_body(const struct cm_net_request *rq)
{
	return rq->body;
}

// The TLS certificate is the sender's name here.
size_t __wrap_cm_server_certificate_count(const struct cm_net_request *rq);
size_t
__wrap_cm_server_certificate_count(const struct cm_net_request *rq)
{
	(void)rq;
	return 1;
}

struct cm_view __wrap_cm_server_certificate(const struct cm_net_request *rq, size_t at);
struct cm_view
__wrap_cm_server_certificate(const struct cm_net_request *rq, size_t at)
{
	(void)at;
	return cm_view_text(sim.members[rq->from].name);
}

cm_result __wrap_cm_peers_by_tls(struct cm_peers *peers, const struct cm_view *der, size_t n, struct cm_instant now,
                                 struct cm_report *report, struct cm_peer *ret_peer);
cm_result
__wrap_cm_peers_by_tls(struct cm_peers *peers, const struct cm_view *der, size_t n, struct cm_instant now,
                       struct cm_report *report, struct cm_peer *ret_peer)
{
	char name[CM_X509_NODE];
	(void)now;
	(void)n;
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(der[0]));
	return cm_peers_confirmed(peers, name, ret_peer) ? CM_OK
	                                                 : cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, "sim", "%s", name);
}

// -- planted faults, so that the judge is judged -----------------------------------------------------------------------

cm_result __real_cm_decide_end_tell(struct cm_node *node, const struct cm_store_deadline *row, enum cm_event event,
                                    struct cm_report *report);
cm_result __wrap_cm_decide_end_tell(struct cm_node *node, const struct cm_store_deadline *row, enum cm_event event,
                                    struct cm_report *report);
cm_result
__wrap_cm_decide_end_tell(struct cm_node *node, const struct cm_store_deadline *row, enum cm_event event,
                          struct cm_report *report)
{
	if (sim.fault == SIM_FAULT_EXPIRY && event == CM_EVENT_LAPSE)
		return CM_OK;
	return __real_cm_decide_end_tell(node, row, event, report);
}
