// Knows: unix(7) stream sockets with a name. Does not know: what is said over them.
#include "os/local.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"

static cm_result
cm_local_name(const char *path, struct cm_report *report, struct sockaddr_un *ret_name)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof name.sun_path)
		return cm_report_refuse(report, CM_ERROR_SOCKET_PATH, path, "%zu bytes, at most %zu", strlen(path),
		                        sizeof name.sun_path - 1);
	memcpy(name.sun_path, path, strlen(path));
	*ret_name = name;
	return CM_OK;
}

static int
cm_local_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

cm_result
cm_local_listen(const char *path, struct cm_report *report, int *ret_fd)
{
	struct sockaddr_un name;
	cm_result r = cm_local_name(path, report, &name);
	if (r != CM_OK)
		return r;
	CM_FILE_AUTO int fd = cm_local_socket();
	unlink(path);
	mode_t mask = umask(0177);
	int bound = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&name, sizeof name);
	umask(mask);
	if (bound != 0 || listen(fd, 16) != 0)
		return cm_report_failed(report, CM_ERROR_IO_OPEN, path, "%s", strerror(errno));
	*ret_fd = fd;
	fd = -1;
	return CM_OK;
}

cm_result
cm_local_accept(int listening, int64_t deadline, struct cm_report *report, int *ret_fd)
{
	for (;;) {
		struct pollfd p = {.fd = listening, .events = POLLIN};
		int n = poll(&p, 1, cm_clock_poll_ms(deadline));
		if (n == 0)
			return cm_report_failed(report, CM_ERROR_IPC_DEADLINE, "socket", "%s", "");
		int fd = n < 0 ? -1 : accept4(listening, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0) {
			*ret_fd = fd;
			return CM_OK;
		}
		if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN)
			return cm_report_failed(report, CM_ERROR_IO_OPEN, "socket", "%s", strerror(errno));
	}
}

cm_result
cm_local_connect(const char *path, struct cm_report *report, int *ret_fd)
{
	struct sockaddr_un name;
	cm_result r = cm_local_name(path, report, &name);
	if (r != CM_OK)
		return r;
	CM_FILE_AUTO int fd = cm_local_socket();
	if (fd < 0 || connect(fd, (const struct sockaddr *)&name, sizeof name) != 0)
		return cm_report_failed(report, CM_ERROR_NODE_NOT_RUNNING, path, "%s", strerror(errno));
	*ret_fd = fd;
	fd = -1;
	return CM_OK;
}
