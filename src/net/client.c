// The client's thread: takes calls from any thread, drives all of them with one curl multi handle, tells each its end.
// Knows nothing of what is asked or answered. Serves the node's one outgoing thread (architecture, processes).
#include <string.h>

#include "base/instant.h"
#include "os/clock.h"
#include "net/client_inside.h"

static pthread_once_t cm_client_once = PTHREAD_ONCE_INIT;
static CURLcode cm_client_global;

static void
cm_client_init_global(void)
{
	cm_client_global = curl_global_init(CURL_GLOBAL_DEFAULT);
}

// Takes the call out of the list, tells its end, frees it.
static void
cm_client_finish(struct cm_client *client, struct cm_client_call *call, CURLcode code)
{
	cm_mutex_lock(&client->lock);
	for (struct cm_client_call **at = &client->calls; *at != NULL; at = &(*at)->next)
		if (*at == call) {
			*at = call->next;
			break;
		}
	call->want_cancel = call->want_cancel || client->ending;
	cm_mutex_unlock(&client->lock);
	if (call->running)
		curl_multi_remove_handle(client->multi, call->easy);
	cm_client_call_done(call, code);
	cm_client_call_free(call);
}

static void
cm_client_begin(struct cm_client *client, struct cm_client_call *call)
{
	cm_result r = cm_client_call_prepare(call);
	if (r == CM_OK && curl_multi_add_handle(client->multi, call->easy) == CURLM_OK) {
		call->running = true;
		return;
	}
	call->result = r == CM_OK ? CM_NOMEM : r;
	cm_client_finish(client, call, CURLE_FAILED_INIT);
}

// Does one thing that another thread wants; false: nothing more is wanted.
static bool
cm_client_obey(struct cm_client *client)
{
	struct cm_client_call *call;
	bool start = false, cancel = false;
	cm_mutex_lock(&client->lock);
	for (call = client->calls; call != NULL; call = call->next)
		if (call->want_start || call->want_continue || call->want_cancel || client->ending)
			break;
	if (call != NULL) {
		cancel = call->want_cancel || client->ending;
		start = call->want_start;
		call->want_start = call->want_continue = false;
	}
	cm_mutex_unlock(&client->lock);
	if (call == NULL)
		return false;
	if (cancel)
		cm_client_finish(client, call, CURLE_ABORTED_BY_CALLBACK);
	else if (start)
		cm_client_begin(client, call);
	else
		curl_easy_pause(call->easy, CURLPAUSE_CONT);
	return true;
}

static void
cm_client_run(void *context)
{
	struct cm_client *client = context;
	for (bool ending = false; !ending;) {
		int running, left;
		while (cm_client_obey(client))
			;
		curl_multi_perform(client->multi, &running);
		for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
			struct cm_client_call *call = NULL;
			CURLcode code = message->data.result;
			curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
			cm_client_finish(client, call, code);
		}
		curl_multi_poll(client->multi, NULL, 0, 60000, NULL); // curl's own timers and cm_client_* wake it earlier
		cm_mutex_lock(&client->lock);
		ending = client->ending && client->calls == NULL;
		cm_mutex_unlock(&client->lock);
	}
}

static bool
cm_client_texts(struct cm_client *client, const struct cm_client_options *options)
{
	if (options->key_file == NULL)
		return true;
	client->key_file = cm_mem_text(options->key_file, strlen(options->key_file));
	client->chain_file = cm_mem_text(options->chain_file, strlen(options->chain_file));
	return client->key_file != NULL && client->chain_file != NULL;
}

cm_result
cm_client_new(const struct cm_client_options *options, struct cm_report *report, struct cm_client **ret_client)
{
	pthread_once(&cm_client_once, cm_client_init_global);
	if (cm_client_global != CURLE_OK)
		return cm_report_failed(report, CM_ERROR_NET_START, "client", "%s", curl_easy_strerror(cm_client_global));
	struct cm_client *client = cm_mem_new(sizeof *client);
	if (client == NULL)
		return CM_NOMEM;
	cm_mutex_init(&client->lock);
	client->multi = curl_multi_init();
	cm_result r = client->multi != NULL && cm_client_texts(client, options) ? CM_OK : CM_NOMEM;
	if (r == CM_OK) {
		unsigned kept = options->connections == 0 ? CM_LIMIT_NET_CLIENT_CONNECTIONS_VALUE : options->connections;
		curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)kept);
		r = cm_thread_start(&client->thread, "client", cm_client_run, client, report);
	}
	if (r != CM_OK)
		cm_client_free(client);
	else
		*ret_client = client;
	return r;
}

void
cm_client_stop(struct cm_client *client)
{
	if (client == NULL)
		return;
	cm_mutex_lock(&client->lock);
	client->ending = true;
	cm_mutex_unlock(&client->lock);
	if (client->multi != NULL)
		curl_multi_wakeup(client->multi);
	cm_thread_join(&client->thread);
}

void
cm_client_free(struct cm_client *client)
{
	if (client == NULL)
		return;
	cm_client_stop(client);
	if (client->multi != NULL)
		curl_multi_cleanup(client->multi);
	cm_mutex_fini(&client->lock);
	cm_mem_free(client->key_file);
	cm_mem_free(client->chain_file);
	cm_mem_free(client);
}

cm_result
cm_client_start(struct cm_client *client, const struct cm_client_request *request, struct cm_report *report,
                struct cm_client_call **ret_call)
{
	struct cm_client_call *call = NULL;
	cm_result r = cm_client_call_new(client, request, report, &call);
	if (r != CM_OK)
		return r;
	cm_mutex_lock(&client->lock);
	bool ending = client->ending;
	if (!ending) {
		call->want_start = true;
		call->next = client->calls;
		client->calls = call;
		if (ret_call != NULL)
			*ret_call = call;
	}
	cm_mutex_unlock(&client->lock);
	if (ending) {
		cm_client_call_free(call);
		return cm_report_failed(report, CM_ERROR_NET_CANCELLED, "client", "ending");
	}
	curl_multi_wakeup(client->multi);
	return CM_OK;
}

void
cm_client_continue(struct cm_client *client, struct cm_client_call *call)
{
	cm_mutex_lock(&client->lock);
	call->want_continue = true;
	cm_mutex_unlock(&client->lock);
	curl_multi_wakeup(client->multi);
}

void
cm_client_cancel(struct cm_client *client, struct cm_client_call *call)
{
	cm_mutex_lock(&client->lock);
	call->want_cancel = true;
	cm_mutex_unlock(&client->lock);
	curl_multi_wakeup(client->multi);
}

struct cm_client_waiter {
	struct cm_mutex lock;
	struct cm_cond ended;
	bool end;
	cm_result result;
	unsigned status;
	struct cm_buf *body;
	struct cm_report *report;
	const struct cm_client_request *request; // the caller's, for its callbacks
};

static bool
cm_client_wait_bytes(void *context, struct cm_view part)
{
	struct cm_client_waiter *w = context;
	return w->request->bytes(w->request->context, part);
}

static int64_t
cm_client_wait_read(void *context, uint8_t *to, size_t n)
{
	struct cm_client_waiter *w = context;
	return w->request->body_read(w->request->context, to, n);
}

static cm_result
cm_client_wait_peer(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	struct cm_client_waiter *w = context;
	return w->request->peer(w->request->context, der, n, report);
}

static void
cm_client_wait_done(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	struct cm_client_waiter *w = context;
	CM_MUTEX_HOLD(&w->lock);
	cm_buf_view_add(w->body, answer->body);
	w->result = result == CM_OK ? cm_buf_result(w->body) : result;
	w->status = answer->status;
	if (w->report != NULL)
		cm_report_join(w->report, report);
	w->end = true;
	cm_cond_wake_all(&w->ended);
}

cm_result
cm_client_wait(struct cm_client *client, const struct cm_client_request *request, struct cm_report *report,
               struct cm_buf *ret_body, unsigned *ret_status)
{
	int64_t begun = cm_clock_mono();
	struct cm_client_waiter w = {.body = ret_body, .report = report, .request = request};
	struct cm_client_request mine = *request;
	mine.context = &w;
	mine.done = cm_client_wait_done;
	mine.bytes = request->bytes == NULL ? NULL : cm_client_wait_bytes;
	mine.body_read = request->body_read == NULL ? NULL : cm_client_wait_read;
	mine.peer = request->peer == NULL ? NULL : cm_client_wait_peer;
	if (request->bytes == NULL)
		mine.answer_max = ret_body->max;
	cm_mutex_init(&w.lock);
	cm_cond_init(&w.ended);
	cm_result r = cm_client_start(client, &mine, report, NULL);
	if (r == CM_OK) {
		cm_mutex_lock(&w.lock);
		while (!w.end) { // the call has its own deadline
			int64_t next = request->waiting == NULL ? CM_CLOCK_NEVER : cm_clock_after(CM_INSTANT_SECOND);
			if (cm_cond_wait(&w.ended, &w.lock, next) || w.end || request->waiting == NULL)
				continue;
			cm_mutex_unlock(&w.lock);
			request->waiting(request->context, cm_clock_mono() - begun);
			cm_mutex_lock(&w.lock);
		}
		r = w.result;
		cm_mutex_unlock(&w.lock);
		*ret_status = w.status;
	}
	cm_cond_fini(&w.ended);
	cm_mutex_fini(&w.lock);
	return r;
}
