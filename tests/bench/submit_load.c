// The load of the bench `submit`. Knows HTTP/1.1 as far as our own server speaks it on its unix socket.
#include "submit_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"

#define BENCH_ANSWER 65536

struct bench_client {
	int fd;
	int64_t begun;
	size_t got;
	char answer[BENCH_ANSWER + 1];
};

static void
bench_client_open(struct bench_client *client, const char *home)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	if (snprintf(to.sun_path, sizeof to.sun_path, "%s/run/admin.sock", home) >= (int)sizeof to.sun_path)
		bench_die("the folder's path is too long for a unix socket", NULL);
	client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd, (const struct sockaddr *)&to, sizeof to) != 0)
		bench_die("admin socket", NULL);
}

static void
bench_client_send(struct bench_client *client, const struct bench_load *load, const struct cm_hash *digest)
{
	static char request[1 << 17];
	char fields[3][CM_OFFICER_FIELD];
	struct cm_officer_statement what = {.act = "api_request_create", .object = "", .digest = *digest};
	client->begun = cm_clock_mono();
	client->got = 0;
	if (cm_officer_state(&load->node->session, &what, NULL, fields) != CM_OK)
		bench_die("statement", NULL);
	int n = snprintf(request, sizeof request,
	                 "POST /api/v1/requests HTTP/1.1\r\nHost: node\r\nContent-Type: application/json\r\n"
	                 "Content-Length: %zu\r\n%s\r\n%s\r\n%s\r\n\r\n%s",
	                 strlen(load->body), fields[0], fields[1], fields[2], load->body);
	for (int done = 0; done < n;) {
		ssize_t put = send(client->fd, request + done, (size_t)(n - done), MSG_NOSIGNAL);
		if (put <= 0)
			bench_die("send", NULL);
		done += (int)put;
	}
}

// True when the whole answer is here; it has to be a receipt.
static bool
bench_client_read(struct bench_client *client)
{
	ssize_t got = recv(client->fd, client->answer + client->got, BENCH_ANSWER - client->got, MSG_DONTWAIT);
	if (got < 0 && errno == EAGAIN)
		return false;
	if (got <= 0)
		bench_die("the node closed the connection", NULL);
	client->got += (size_t)got;
	client->answer[client->got] = 0;
	const char *body = strstr(client->answer, "\r\n\r\n"), *length = strcasestr(client->answer, "\r\nContent-Length:");
	if (body == NULL || length == NULL)
		return false;
	if (client->got < (size_t)(body + 4 - client->answer) + strtoul(length + 17, NULL, 10))
		return false;
	if (strncmp(client->answer, "HTTP/1.1 201", 12) != 0 || strstr(body, "\"receipt\":{") == NULL)
		bench_die(client->answer, NULL);
	return true;
}

void
bench_load_run(struct bench_load *load)
{
	struct bench_client *clients = cm_mem_new_many(load->clients, sizeof *clients);
	struct cm_hash digest = cm_hash_of(cm_view_text(load->body));
	struct epoll_event events[64];
	size_t sent = 0, done = 0;
	int poll = epoll_create1(EPOLL_CLOEXEC);
	if (poll < 0 || clients == NULL)
		bench_die("epoll", NULL);
	for (size_t i = 0; i < load->clients; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
		bench_client_open(&clients[i], load->node->home);
		if (epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].fd, &event) != 0)
			bench_die("epoll", NULL);
	}
	int64_t begin = cm_clock_mono();
	for (; sent < load->clients && sent < load->requests; sent++)
		bench_client_send(&clients[sent], load, &digest);
	while (done < load->requests) {
		int n = epoll_wait(poll, events, 64, 60000);
		if (n <= 0 && errno != EINTR)
			bench_die("no answer for a minute", NULL);
		for (int i = 0; i < n; i++) {
			struct bench_client *client = events[i].data.ptr;
			if (!bench_client_read(client))
				continue;
			load->micros[done++] = (uint32_t)(cm_clock_mono() - client->begun);
			if (sent < load->requests) {
				bench_client_send(client, load, &digest);
				sent++;
			}
		}
	}
	load->seconds = (double)(cm_clock_mono() - begin) / 1e6;
	for (size_t i = 0; i < load->clients; i++)
		close(clients[i].fd);
	close(poll);
	cm_mem_free(clients);
}
