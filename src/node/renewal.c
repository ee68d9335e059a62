// Knows: when the node's TLS certificate is old and that the listener has to take the new one; when a peer's card nears its end;
// when people have to be warned. Does not know: how a pair is made (tls_key.c) or a card is judged (peering_renew.c). Waiting uses the monotonic clock and looks at UTC again now and then, so that a clock that was set, or a machine
// that slept, does not matter.
#include "node/renewal.h"

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/peering.h"
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

bool
cm_renewal_near(const struct cm_identity *identity)
{
	return identity->until.us - cm_clock_utc().us < CM_LIMIT_RENEWAL_WARN_DAYS_VALUE * CM_INSTANT_DAY;
}

static void
cm_renewal_tls(struct cm_node *node, struct cm_instant *due)
{
	struct cm_report report = {0};
	if (cm_renewal_look(node, &report, due) != CM_OK)
		cm_node_log("the TLS certificate could not be renewed; it is tried again", &report);
}

// Our own end is told, the others' newer cards are fetched.
static void
cm_renewal_cards(struct cm_node *node)
{
	char name[CM_X509_NODE] = "";
	struct cm_instant before = {.us = cm_clock_utc().us + CM_LIMIT_RENEWAL_WARN_DAYS_VALUE * CM_INSTANT_DAY};
	if (cm_renewal_near(&node->self.identity))
		cm_node_log(CM_RENEWAL_WARNING, NULL);
	while (cm_peers_ending(&node->peers, name, before, name)) {
		struct cm_report report = {0};
		if (cm_peering_renew(node, name, &report) != CM_OK)
			cm_node_log("the card of a peer ends soon, and no newer one could be had", &report);
	}
}

static void
cm_renewal_run(void *arg)
{
	struct cm_renewal *renewal = arg;
	struct cm_instant due = renewal->node->tls_due;
	int64_t cards = cm_clock_mono();
	cm_mutex_lock(&renewal->lock);
	while (!renewal->stopping) {
		cm_mutex_unlock(&renewal->lock);
		cm_renewal_tls(renewal->node, &due);
		if (cm_clock_mono() >= cards) {
			cm_renewal_cards(renewal->node);
			cards = cm_clock_after(CM_LIMIT_RENEWAL_CARD_S_VALUE * CM_INSTANT_SECOND);
		}
		int64_t wait = due.us - cm_clock_utc().us, most = CM_LIMIT_RENEWAL_LOOK_S_VALUE * CM_INSTANT_SECOND;
		int64_t deadline = cm_clock_look(cm_clock_after(wait > 0 && wait < most ? wait : most));
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
