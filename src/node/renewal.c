// Knows: when the node's TLS certificate is old, and that the listener has to take the new one. Does not know: how it is made
// (tls_key.c). Waiting uses the monotonic clock and looks at UTC again now and then, so that a clock that was set, or a machine
// that slept, does not matter.
#include "node/renewal.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/tls_key.h"
#include "os/clock.h"

struct cm_renewal {
	struct cm_node *node;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_cond change;
	bool stopping;
};

// Renews when it is time. Connections that stand keep their key; the client reads the file again for each new one.
static cm_result
cm_renewal_look(struct cm_node *node, struct cm_report *report, struct cm_instant *ret_due)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of_secret(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_instant now = cm_clock_utc();
	if (now.us >= ret_due->us) {
		cm_result r = cm_tls_key_ready(node->home, &node->keeper, &node->keys.keys, report, &pem);
		if (r == CM_OK)
			r = cm_server_renew(node->peer_server, cm_buf_view(&pem), cm_buf_view(&pem), report);
		if (r != CM_OK)
			return r;
		*ret_due = cm_tls_key_due(cm_buf_view(&pem), &node->keys.keys);
		cm_node_log("the TLS certificate was renewed", NULL);
	}
	return CM_OK;
}

static void
cm_renewal_run(void *arg)
{
	struct cm_renewal *renewal = arg;
	struct cm_node *node = renewal->node;
	struct cm_instant due = node->tls_due;
	cm_mutex_lock(&renewal->lock);
	while (!renewal->stopping) {
		cm_mutex_unlock(&renewal->lock);
		struct cm_report report = {0};
		int64_t most = CM_LIMIT_RENEWAL_LOOK_S_VALUE * CM_INSTANT_SECOND;
		if (cm_renewal_look(node, &report, &due) != CM_OK)
			cm_node_log("the TLS certificate could not be renewed; it is tried again", &report);
		int64_t wait = due.us - cm_clock_utc().us;
		wait = wait > 0 && wait < most ? wait : most;
		int64_t deadline = cm_clock_after(wait);
		cm_mutex_lock(&renewal->lock);
		while (!renewal->stopping && cm_cond_wait(&renewal->change, &renewal->lock, deadline))
			;
	}
	cm_mutex_unlock(&renewal->lock);
}

cm_result
cm_renewal_start(struct cm_node *node, struct cm_report *report, struct cm_renewal **ret_renewal)
{
	struct cm_renewal *renewal = cm_mem_new(sizeof *renewal);
	if (renewal == NULL)
		return CM_NOMEM;
	renewal->node = node;
	cm_mutex_init(&renewal->lock);
	cm_cond_init(&renewal->change);
	*ret_renewal = renewal;
	return cm_thread_start(&renewal->thread, "renewal", cm_renewal_run, renewal, report);
}

void
cm_renewal_stop(struct cm_renewal *renewal)
{
	if (renewal == NULL)
		return;
	cm_mutex_lock(&renewal->lock);
	renewal->stopping = true;
	cm_cond_wake_all(&renewal->change);
	cm_mutex_unlock(&renewal->lock);
	cm_thread_join(&renewal->thread);
	cm_cond_fini(&renewal->change);
	cm_mutex_fini(&renewal->lock);
	cm_mem_free(renewal);
}
