// Listening sockets: TCP on a numeric address, or a unix socket that only our own user may reach. Knows no TLS and no
// HTTP. Serves the listeners of data/settings.tab; unix(7), ip(7), ipv6(7).
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"

#include "net/inside.h"

#define CM_LISTEN_BACKLOG 1024 // waiting connections; the kernel cuts it to net.core.somaxconn

static cm_result
cm_listen_failed(const char *address, struct cm_report *report, int fd)
{
	cm_result r = cm_report_failed(report, CM_ERROR_NET_LISTEN, address, "%s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

// "1.2.3.4:80" or "[::1]:80".
static bool
cm_listen_parse(const char *address, struct sockaddr_storage *ret_at, socklen_t *ret_n)
{
	char host[64];
	uint64_t port;
	const char *colon = strrchr(address, ':');
	if (colon == NULL || (size_t)(colon - address) >= sizeof host ||
	    !cm_num_u64(cm_view_text(colon + 1), 0, UINT16_MAX, &port))
		return false;
	size_t n = (size_t)(colon - address);
	memset(ret_at, 0, sizeof *ret_at);
	if (n > 2 && address[0] == '[' && address[n - 1] == ']') {
		struct sockaddr_in6 at = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
		memcpy(host, address + 1, n - 2);
		host[n - 2] = 0;
		*ret_n = sizeof at;
		bool good = inet_pton(AF_INET6, host, &at.sin6_addr) == 1;
		memcpy(ret_at, &at, sizeof at);
		return good;
	}
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	memcpy(host, address, n);
	host[n] = 0;
	*ret_n = sizeof at;
	bool good = inet_pton(AF_INET, host, &at.sin_addr) == 1;
	memcpy(ret_at, &at, sizeof at);
	return good;
}

// Host (and port, unless `bare`) of a socket address as text.
static void
cm_listen_text(const struct sockaddr_storage *at, bool bare, char *to, size_t room)
{
	char host[INET6_ADDRSTRLEN] = "";
	if (at->ss_family == AF_INET6) {
		struct sockaddr_in6 six;
		memcpy(&six, at, sizeof six);
		inet_ntop(AF_INET6, &six.sin6_addr, host, sizeof host);
		snprintf(to, room, bare ? "%s" : "[%s]:%u", host, (unsigned)ntohs(six.sin6_port));
	} else {
		struct sockaddr_in four;
		memcpy(&four, at, sizeof four);
		inet_ntop(AF_INET, &four.sin_addr, host, sizeof host);
		snprintf(to, room, bare ? "%s" : "%s:%u", host, (unsigned)ntohs(four.sin_port));
	}
}

static cm_result
cm_listen_local(const char *address, struct cm_report *report, int *ret_fd)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const char *path = address + strlen("unix:");
	if (strlen(path) == 0 || strlen(path) >= sizeof at.sun_path)
		return cm_report_refuse(report, CM_ERROR_NET_ADDRESS, address, "a unix socket path has 1 to %zu bytes",
		                        sizeof at.sun_path - 1);
	memcpy(at.sun_path, path, strlen(path));
	struct stat facts;
	// A socket of an earlier run: the lock of the node's folder says that nobody uses it any more.
	if (lstat(path, &facts) == 0 && S_ISSOCK(facts.st_mode))
		unlink(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	// Nobody can connect before listen(), so the mode is narrow before it matters.
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) != 0 || chmod(path, 0600) != 0 ||
	    listen(fd, CM_LISTEN_BACKLOG) != 0)
		return cm_listen_failed(address, report, fd);
	*ret_fd = fd;
	return CM_OK;
}

cm_result
cm_listen_open(const char *address, struct cm_report *report, int *ret_fd, bool *ret_local,
               char ret_text[CM_LIMIT_NET_ADDRESS_TEXT_VALUE])
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	*ret_local = strncmp(address, "unix:", 5) == 0;
	if (*ret_local) {
		snprintf(ret_text, CM_LIMIT_NET_ADDRESS_TEXT_VALUE, "%s", address);
		return cm_listen_local(address, report, ret_fd);
	}
	if (!cm_listen_parse(address, &at, &n))
		return cm_report_refuse(report, CM_ERROR_NET_ADDRESS, "address", "%s", address);
	int on = 1, fd = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    (at.ss_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
	    bind(fd, (const struct sockaddr *)&at, n) != 0 || listen(fd, CM_LISTEN_BACKLOG) != 0)
		return cm_listen_failed(address, report, fd);
	n = sizeof at;
	if (getsockname(fd, (struct sockaddr *)&at, &n) != 0)
		return cm_listen_failed(address, report, fd);
	cm_listen_text(&at, false, ret_text, CM_LIMIT_NET_ADDRESS_TEXT_VALUE);
	*ret_fd = fd;
	return CM_OK;
}

void
cm_listen_remote(int fd, char *to, size_t room)
{
	struct sockaddr_storage at;
	socklen_t n = sizeof at;
	struct ucred who;
	socklen_t who_n = sizeof who;
	snprintf(to, room, "unknown");
	if (getpeername(fd, (struct sockaddr *)&at, &n) != 0)
		return;
	if (at.ss_family != AF_UNIX)
		cm_listen_text(&at, true, to, room);
	else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &who_n) == 0)
		snprintf(to, room, "uid %u", (unsigned)who.uid);
}
