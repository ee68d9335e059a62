// Connections and their absolute deadlines. The library's own timeout counts from the last byte, so that a client which
// drips bytes never meets it; here a thread cuts what is not done in time, whatever it sends. Knows no HTTP message.
// Serves RFC 9112 section 9.5 and limits net_handshake_ms, net_idle_ms.
#include <stdio.h>
#include <sys/socket.h>

#include "net/inside.h"

// Deadlines mostly move away; looking a little late costs less than waking for each.
#define CM_CONNECTION_GRAIN INT64_C(20000) // us

struct cm_connection *
cm_connection_of(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info == NULL ? NULL : info->socket_context;
}

void
cm_connection_release(struct cm_connection *connection)
{
	if (atomic_fetch_sub(&connection->holders, 1) != 1)
		return;
	cm_tls_peer_fini(&connection->peer);
	cm_mem_free(connection);
}

void
cm_connection_due(struct cm_connection *connection, int64_t us)
{
	struct cm_server *server = connection->server;
	int64_t deadline = us == CM_CLOCK_NEVER ? CM_CLOCK_NEVER : cm_clock_after(us);
	atomic_store(&connection->deadline, deadline);
	if (deadline >= atomic_load(&server->wake))
		return;
	CM_MUTEX_HOLD(&server->lock);
	if (deadline < atomic_load(&server->wake)) {
		atomic_store(&server->wake, deadline);
		cm_cond_wake_all(&server->timer_wake);
	}
}

static void
cm_connection_handshake_done(void *context)
{
	struct cm_connection *connection = context;
	cm_connection_due(connection, connection->server->options.idle_us);
}

static void
cm_connection_cut(struct cm_connection *connection)
{
	if (!connection->late) {
		connection->late = true;
		// The library sees the end of the line and closes; the descriptor stays its own until then.
		shutdown(connection->fd, SHUT_RDWR);
	}
}

static bool
cm_connection_begin(struct cm_connection *connection, struct cm_server *server)
{
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	if (fd == NULL)
		return false;
	connection->fd = fd->connect_fd;
	cm_listen_remote(connection->fd, connection->remote, sizeof connection->remote);
	if (server->keys == NULL)
		return true;
	const union MHD_ConnectionInfo *tls = MHD_get_connection_info(connection->mhd, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	connection->begin = (struct cm_tls_begin){.ask = server->options.ask_certificate,
	        .done = cm_connection_handshake_done,
	        .context = connection};
	return tls != NULL && tls->tls_session != NULL &&
	       cm_tls_begin(server->keys, tls->tls_session, &connection->begin);
}

static void
cm_connection_started(struct cm_server *server, struct MHD_Connection *mhd, void **context)
{
	struct cm_connection *connection = cm_mem_new(sizeof *connection);
	if (connection == NULL)
		return; // requests of a connection without context are refused
	connection->server = server;
	connection->mhd = mhd;
	atomic_init(&connection->holders, 1);
	atomic_init(&connection->deadline, CM_CLOCK_NEVER);
	if (!cm_connection_begin(connection, server)) {
		cm_connection_release(connection);
		return;
	}
	*context = connection;
	cm_mutex_lock(&server->lock);
	connection->next = server->connections;
	if (connection->next != NULL)
		connection->next->before = connection;
	server->connections = connection;
	server->counts.connections_open++;
	server->counts.connections_total++;
	cm_mutex_unlock(&server->lock);
	cm_connection_due(connection, server->keys == NULL ? server->options.idle_us : server->options.handshake_us);
}

static void
cm_connection_closed(struct cm_server *server, struct cm_connection *connection)
{
	cm_mutex_lock(&server->lock);
	if (connection->next != NULL)
		connection->next->before = connection->before;
	if (connection->before != NULL)
		connection->before->next = connection->next;
	else
		server->connections = connection->next;
	server->counts.connections_open--;
	connection->fd = -1;
	cm_cond_wake_all(&server->idle_wake);
	cm_mutex_unlock(&server->lock);
	cm_connection_release(connection);
}

void
cm_connection_notify(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		cm_connection_started(cls, mhd, context);
	else if (*context != NULL)
		cm_connection_closed(cls, *context);
}

void
cm_connection_timer(void *context)
{
	struct cm_server *server = context;
	CM_MUTEX_HOLD(&server->lock);
	while (!server->ending) {
		// While the list is walked every new deadline is nearer than `wake`, so that cm_connection_due() waits for
		// the lock and is judged against the result of this walk: none falls between.
		atomic_store(&server->wake, CM_CLOCK_NEVER);
		int64_t now = cm_clock_mono(), next = CM_CLOCK_NEVER;
		for (struct cm_connection *c = server->connections; c != NULL; c = c->next) {
			int64_t deadline = atomic_load(&c->deadline);
			if (deadline <= now && !c->late) {
				server->counts.late_total++;
				cm_connection_cut(c);
			} else if (!c->late && deadline < next)
				next = deadline;
		}
		if (next < now + CM_CONNECTION_GRAIN)
			next = now + CM_CONNECTION_GRAIN;
		atomic_store(&server->wake, next);
		cm_cond_wait(&server->timer_wake, &server->lock, next);
	}
}

void
cm_connection_wake_all(struct cm_server *server)
{
	CM_MUTEX_HOLD(&server->lock);
	for (struct cm_connection *c = server->connections; c != NULL; c = c->next)
		if (c->rq != NULL)
			cm_request_cut(c->rq);
}

void
cm_connection_cut_all(struct cm_server *server, bool only_idle)
{
	CM_MUTEX_HOLD(&server->lock);
	for (struct cm_connection *c = server->connections; c != NULL; c = c->next)
		if (c->rq == NULL || !only_idle)
			cm_connection_cut(c);
}
