// Knows: how signals become readable. Does not know: what a signal should do. Nothing runs in a handler, so there is
// nothing that a handler could break.
#include "os/signal.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

void
cm_signal_quiet(void)
{
	signal(SIGPIPE, SIG_IGN);
}

cm_result
cm_signal_open(const int *signals, struct cm_report *report, int *ret_fd)
{
	sigset_t set;
	sigemptyset(&set);
	for (; *signals != 0; signals++)
		sigaddset(&set, *signals);
	cm_signal_quiet();
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return cm_report_failed(report, CM_ERROR_INTERNAL, "pthread_sigmask", "%s", strerror(errno));
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return cm_report_failed(report, CM_ERROR_INTERNAL, "signalfd", "%s", strerror(errno));
	*ret_fd = fd;
	return CM_OK;
}

int
cm_signal_read(int fd)
{
	struct signalfd_siginfo info;
	ssize_t n;
	do
		n = read(fd, &info, sizeof info);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}
