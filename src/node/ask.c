// Knows: which answer belongs to which question, and who reads. Does not know: what is asked (keeper_client.c,
// reader_client.c). Answers may come in any order. The one who reads hands the channel on when its own answers are here.
#include "node/ask.h"

#include "base/tab_limit.h"
#include "os/clock.h"

struct cm_ask_wait {
	struct cm_ask_wait *next;
	uint32_t id;
	struct cm_ask *ask;
	struct cm_cond *wake; // of the asking thread
	size_t *left;         // its questions without an answer
	cm_result *result;
	struct cm_report *report;
};

void
cm_ask_init(struct cm_ask_channel *channel, int fd, int64_t patience_us)
{
	*channel = (struct cm_ask_channel){.ipc = cm_ipc_of(fd), .patience = patience_us, .ready = true};
	channel->end = &channel->first;
	cm_ipc_read_ahead(&channel->ipc);
	cm_mutex_init(&channel->sending);
	cm_mutex_init(&channel->lock);
	cm_cond_init(&channel->idle);
}

void
cm_ask_fini(struct cm_ask_channel *channel)
{
	if (channel == NULL || !channel->ready)
		return;
	cm_ipc_fini(&channel->ipc);
	cm_cond_fini(&channel->idle);
	cm_mutex_fini(&channel->lock);
	cm_mutex_fini(&channel->sending);
	channel->ready = false;
}

// One question less under way.
static void
cm_ask_over(struct cm_ask_channel *channel, struct cm_ask_wait **at, cm_result result)
{
	struct cm_ask_wait *wait = *at;
	*at = wait->next;
	if (channel->end == &wait->next)
		channel->end = at;
	if (*wait->result == CM_OK)
		*wait->result = result;
	if (--*wait->left == 0)
		cm_cond_wake_one(wait->wake);
}

static void
cm_ask_fail_all(struct cm_ask_channel *channel, const struct cm_report *why)
{
	while (channel->first != NULL) {
		if (channel->first->report != NULL && *channel->first->result == CM_OK)
			cm_report_join(channel->first->report, why);
		cm_ask_over(channel, &channel->first, CM_FAILED);
	}
}

// An answer to a question that nobody asked means that the other side is not what it should be.
static cm_result
cm_ask_deliver(struct cm_ask_channel *channel, struct cm_ipc_frame *frame, struct cm_report *report)
{
	struct cm_ask_wait **at = &channel->first;
	cm_ipc_frame_close(frame);
	while (*at != NULL && (*at)->id != frame->id)
		at = &(*at)->next;
	if (*at == NULL) {
		channel->ipc.failed = CM_FAILED;
		return cm_report_failed(report, CM_ERROR_IPC_FRAME, "channel", "answer to another question");
	}
	(*at)->ask->ret_type = frame->type;
	cm_buf_view_add((*at)->ask->to, frame->payload);
	cm_ask_over(channel, at, cm_buf_result((*at)->ask->to));
	return CM_OK;
}

// Reads what there is, at least one answer, for whomever it is. The lock is free while waiting.
static void
cm_ask_read(struct cm_ask_channel *channel)
{
	struct cm_report report; // most of it is never touched
	struct cm_ipc_frame frame;
	cm_report_clear(&report);
	int64_t deadline = channel->heard + channel->patience;
	channel->reading = true;
	cm_mutex_unlock(&channel->lock);
	cm_result r = cm_ipc_recv(&channel->ipc, deadline, &report, &frame);
	cm_mutex_lock(&channel->lock);
	channel->heard = cm_clock_mono();
	if (r == CM_OK)
		r = cm_ask_deliver(channel, &frame, &report);
	while (r == CM_OK && cm_ipc_pending(&channel->ipc)) {
		r = cm_ipc_recv(&channel->ipc, deadline, &report, &frame);
		if (r == CM_OK)
			r = cm_ask_deliver(channel, &frame, &report);
	}
	if (r != CM_OK) {
		channel->broken = true;
		cm_ask_fail_all(channel, &report);
	}
	channel->reading = false;
}

void
cm_ask_renew(struct cm_ask_channel *channel, int fd)
{
	struct cm_report report = {.count = 0};
	CM_MUTEX_HOLD(&channel->sending);
	cm_mutex_lock(&channel->lock);
	while (channel->reading)
		cm_cond_wait(&channel->idle, &channel->lock, CM_CLOCK_NEVER);
	cm_report_add(&report, CM_ERROR_IPC_CLOSED, "channel", "%s", "the process was started again");
	cm_ask_fail_all(channel, &report);
	cm_ipc_fini(&channel->ipc);
	channel->ipc = cm_ipc_of(fd);
	channel->broken = channel->told = false;
	cm_ipc_read_ahead(&channel->ipc);
	cm_mutex_unlock(&channel->lock);
}

// Puts the questions on the list, then sends them.
static cm_result
cm_ask_send(struct cm_ask_channel *channel, struct cm_ask_wait *waits, size_t n, struct cm_report *report)
{
	CM_MUTEX_HOLD(&channel->sending);
	cm_mutex_lock(&channel->lock);
	if (channel->first == NULL)
		channel->heard = cm_clock_mono();
	for (size_t i = 0; i < n; i++) {
		waits[i].id = ++channel->next;
		*channel->end = &waits[i];
		channel->end = &waits[i].next;
	}
	int64_t deadline = channel->heard + channel->patience;
	cm_mutex_unlock(&channel->lock);
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		struct cm_ipc_frame frame = {
		        .type = waits[i].ask->type, .id = waits[i].id, .payload = waits[i].ask->payload};
		r = n == 1 ? cm_ipc_send(&channel->ipc, &frame, deadline, report) : cm_ipc_hold(&channel->ipc, &frame, report);
	}
	if (r != CM_OK)
		cm_ipc_drop(&channel->ipc);
	return r == CM_OK ? cm_ipc_flush(&channel->ipc, deadline, report) : r;
}

// What could not be sent gets no answer.
static void
cm_ask_take_back(struct cm_ask_channel *channel, size_t *left)
{
	struct cm_ask_wait **at = &channel->first;
	while (*at != NULL)
		if ((*at)->left == left)
			cm_ask_over(channel, at, CM_FAILED);
		else
			at = &(*at)->next;
}

cm_result
cm_ask(struct cm_ask_channel *channel, struct cm_ask *asks, size_t n, struct cm_report *report)
{
	struct cm_ask_wait waits[CM_ASK_MANY];
	struct cm_cond wake;
	size_t left = n;
	cm_result result = CM_OK;
	if (n > CM_ASK_MANY)
		return CM_BUG;
	cm_cond_init(&wake);
	for (size_t i = 0; i < n; i++)
		waits[i] = (struct cm_ask_wait){
		        .ask = &asks[i], .wake = &wake, .left = &left, .result = &result, .report = report};
	struct cm_report trouble; // of its own: who reads may be telling the same in `report`
	cm_report_clear(&trouble);
	cm_result sent = cm_ask_send(channel, waits, n, &trouble);
	cm_mutex_lock(&channel->lock);
	if (sent != CM_OK)
		cm_ask_take_back(channel, &left);
	if (sent != CM_OK && report != NULL)
		cm_report_join(report, &trouble);
	while (left != 0)
		if (channel->reading)
			cm_cond_wait(&wake, &channel->lock, CM_CLOCK_NEVER);
		else
			cm_ask_read(channel);
	if (!channel->reading && channel->first != NULL)
		cm_cond_wake_one(channel->first->wake); // the next one reads
	cm_cond_wake_one(&channel->idle);
	channel->broken = channel->broken || sent == CM_FAILED;
	bool lost = channel->broken && !channel->told && !channel->ipc.closed; // one that ended is seen by who started it
	channel->told = channel->told || lost;
	cm_mutex_unlock(&channel->lock);
	cm_cond_fini(&wake);
	if (lost && channel->lost != NULL)
		channel->lost(channel->self);
	return sent != CM_OK ? CM_FAILED : result;
}
