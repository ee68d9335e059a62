// One listener: fills in the options, starts libmicrohttpd with a few epoll threads on a socket of our own, starts the
// thread of deadlines, and ends all that in order. Knows neither routes nor what an answer means. Serves the listeners of
// data/settings.tab.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "net/inside.h"

#define CM_SERVER_LAST INT64_C(2000000) // us that refusals have to leave when the server stops

static void
cm_server_default_us(int64_t *us, uint64_t ms)
{
	if (*us == 0)
		*us = (int64_t)ms * 1000;
}

static struct cm_server_options
cm_server_fill(const struct cm_server_options *options)
{
	struct cm_server_options o = *options;
	o.threads = o.threads == 0 ? 2 : o.threads;
	o.connections = o.connections == 0 ? CM_LIMIT_NET_CONNECTIONS_VALUE : o.connections;
	o.connections_address = o.connections_address == 0 ? CM_LIMIT_NET_CONNECTIONS_ADDRESS_VALUE : o.connections_address;
	o.header_bytes = o.header_bytes == 0 ? CM_LIMIT_NET_HEADER_BYTES_VALUE : o.header_bytes;
	cm_server_default_us(&o.handshake_us, CM_LIMIT_NET_HANDSHAKE_MS_VALUE);
	cm_server_default_us(&o.idle_us, CM_LIMIT_NET_IDLE_MS_VALUE);
	cm_server_default_us(&o.header_us, CM_LIMIT_NET_HEADER_MS_VALUE);
	cm_server_default_us(&o.request_us, CM_LIMIT_NET_REQUEST_MS_VALUE);
	cm_server_default_us(&o.send_us, CM_LIMIT_NET_SEND_MS_VALUE);
	cm_server_default_us(&o.stop_us, CM_LIMIT_NET_STOP_MS_VALUE);
	o.key_pem = o.chain_pem = (struct cm_view){.p = NULL, .n = 0};
	o.address = NULL;
	return o;
}

// The path of a request is compared as it was sent; the library must not decode it.
static size_t
cm_server_unescape(void *cls, struct MHD_Connection *mhd, char *s)
{
	(void)cls;
	(void)mhd;
	return strlen(s);
}

static void __attribute__((format(printf, 2, 0)))
cm_server_quiet(void *cls, const char *format, va_list args)
{
	(void)cls;
	(void)format;
	(void)args;
}

static cm_result
cm_server_daemon(struct cm_server *server, int fd, const char *key, const char *chain, struct cm_report *report)
{
	struct MHD_OptionItem items[20];
	size_t n = 0;
	const struct cm_server_options *o = &server->options;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
	if (server->keys != NULL) {
		flags |= MHD_USE_TLS;
		items[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)(uintptr_t)key};
		items[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)(uintptr_t)chain};
		items[n++] = (struct MHD_OptionItem){MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)CM_TLS_PRIORITY};
	}
	if (!server->local)
		items[n++] = (struct MHD_OptionItem){MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)o->connections_address, NULL};
	if (o->threads > 1)
		items[n++] = (struct MHD_OptionItem){MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)o->threads, NULL};
	items[n++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_LIMIT, (intptr_t)o->connections, NULL};
	items[n++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_MEMORY_LIMIT, CM_LIMIT_NET_POOL_BYTES_VALUE, NULL};
	items[n++] = (struct MHD_OptionItem){MHD_OPTION_CONNECTION_TIMEOUT, 0, NULL};
	items[n++] = (struct MHD_OptionItem){MHD_OPTION_LISTEN_SOCKET, fd, NULL};
	items[n++] = (struct MHD_OptionItem){MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL};
	items[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, cm_request_access, server, MHD_OPTION_EXTERNAL_LOGGER,
	                                  cm_server_quiet, server, MHD_OPTION_ARRAY, items, MHD_OPTION_NOTIFY_CONNECTION,
	                                  cm_connection_notify, server, MHD_OPTION_URI_LOG_CALLBACK,
	                                  cm_request_first_line, server, MHD_OPTION_NOTIFY_COMPLETED, cm_request_completed,
	                                  server, MHD_OPTION_UNESCAPE_CALLBACK, cm_server_unescape, server, MHD_OPTION_END);
	if (server->daemon == NULL)
		return cm_report_failed(report, CM_ERROR_NET_SERVER_START, o->name, "libmicrohttpd %s", MHD_get_version());
	return CM_OK;
}

// A heap text that is wiped before it is freed: `at` is the address of a pointer.
static void
cm_server_secret_free(char **at)
{
	if (*at != NULL)
		cm_mem_wipe(*at, strlen(*at));
	cm_mem_free(*at);
}

static cm_result
cm_server_start(struct cm_server *server, const struct cm_server_options *options, struct cm_report *report)
{
	CM_CLEANUP(cm_server_secret_free) char *key = cm_mem_text(options->key_pem.p, options->key_pem.n);
	CM_CLEANUP(cm_server_secret_free) char *chain = cm_mem_text(options->chain_pem.p, options->chain_pem.n);
	int fd = -1;
	if (key == NULL || chain == NULL)
		return CM_NOMEM;
	bool plain = options->key_pem.n == 0;
	if (plain && strncmp(options->address, "unix:", 5) != 0)
		return cm_report_refuse(report, CM_ERROR_NET_TLS_KEY, options->name, "no key for a network address");
	cm_result r = plain ? CM_OK : cm_tls_keys_new(options->key_pem, options->chain_pem, report, &server->keys);
	if (r == CM_OK)
		r = cm_listen_open(options->address, report, &fd, &server->local, server->address);
	if (r != CM_OK)
		return r;
	r = cm_server_daemon(server, fd, key, chain, report);
	if (r != CM_OK)
		close(fd);
	return r;
}

cm_result
cm_server_new(const struct cm_server_options *options, const struct cm_server_service *service, struct cm_report *report,
              struct cm_server **ret_server)
{
	struct cm_server *server = cm_mem_new(sizeof *server);
	char name[16];
	if (server == NULL)
		return CM_NOMEM;
	server->options = cm_server_fill(options);
	server->service = service;
	cm_mutex_init(&server->lock);
	cm_cond_init(&server->timer_wake);
	cm_cond_init(&server->idle_wake);
	atomic_init(&server->wake, CM_CLOCK_NEVER);
	snprintf(name, sizeof name, "%.12s-t", options->name);
	cm_result r = cm_thread_start(&server->timer, name, cm_connection_timer, server, report);
	if (r == CM_OK)
		r = cm_server_start(server, options, report);
	if (r != CM_OK)
		cm_server_free(server);
	else
		*ret_server = server;
	return r;
}

cm_result
cm_server_choose(const char *address, struct cm_report *report, char ret_address[CM_LIMIT_NET_ADDRESS_TEXT_VALUE])
{
	int fd = -1;
	bool local;
	cm_result r = cm_listen_open(address, report, &fd, &local, ret_address);
	if (r == CM_OK)
		close(fd);
	return r;
}

const char *
cm_server_address(const struct cm_server *server)
{
	return server->address;
}

cm_result
cm_server_renew(struct cm_server *server, struct cm_view key_pem, struct cm_view chain_pem, struct cm_report *report)
{
	if (server->keys == NULL)
		return cm_report_refuse(report, CM_ERROR_NET_TLS_KEY, server->address, "this listener has no TLS");
	return cm_tls_keys_renew(server->keys, key_pem, chain_pem, report);
}

struct cm_server_counts
cm_server_counts(struct cm_server *server)
{
	CM_MUTEX_HOLD(&server->lock);
	struct cm_server_counts counts = server->counts;
	counts.requests_running = server->running;
	return counts;
}

static void
cm_server_wait_idle(struct cm_server *server, int64_t us)
{
	int64_t deadline = cm_clock_after(us);
	CM_MUTEX_HOLD(&server->lock);
	while (server->running != 0 && cm_cond_wait(&server->idle_wake, &server->lock, deadline))
		;
}

static void
cm_server_stop_daemon(struct cm_server *server)
{
	MHD_socket fd = MHD_quiesce_daemon(server->daemon);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	if (server->local)
		unlink(server->address + strlen("unix:"));
	cm_connection_cut_all(server, true);
	cm_server_wait_idle(server, server->options.stop_us);
	// From here nobody suspends any more: what still waits is refused, then the lines are cut.
	atomic_store(&server->cutting, true);
	cm_connection_wake_all(server);
	cm_server_wait_idle(server, CM_SERVER_LAST);
	cm_connection_cut_all(server, false);
	MHD_stop_daemon(server->daemon);
}

void
cm_server_stop(struct cm_server *server)
{
	if (server->stopped)
		return;
	server->stopped = true;
	atomic_store(&server->stopping, true);
	if (server->daemon != NULL)
		cm_server_stop_daemon(server);
	cm_mutex_lock(&server->lock);
	server->ending = true;
	cm_cond_wake_all(&server->timer_wake);
	cm_mutex_unlock(&server->lock);
	cm_thread_join(&server->timer);
}

void
cm_server_free(struct cm_server *server)
{
	if (server == NULL)
		return;
	cm_server_stop(server);
	cm_tls_keys_free(server->keys);
	cm_cond_fini(&server->idle_wake);
	cm_cond_fini(&server->timer_wake);
	cm_mutex_fini(&server->lock);
	cm_mem_free(server);
}
