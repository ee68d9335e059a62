// Knows: frames, descriptors beside them, deadlines. Does not know: what a frame means (data/ipc.tab, node/ipc_*).
// The header is read alone and never beyond, so descriptors always arrive with the frame they belong to.
#include "os/ipc.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "os/clock.h"
#include "os/file.h"

#define CM_IPC_HEADER 10       // u32 length, u16 type, u32 id
#define CM_IPC_AHEAD 65536     // bytes read ahead; a longer frame gets its own room for as long as it is here
#define CM_IPC_HOLD_MAX (4 * CM_LIMIT_FRAME_BYTES_VALUE)

// Room for the descriptors of one frame, aligned as the kernel wants it.
union cm_ipc_control {
	struct cmsghdr align;
	uint8_t bytes[CMSG_SPACE(CM_IPC_FDS * sizeof(int))];
};

cm_result
cm_ipc_pair(struct cm_report *report, int ret_fds[2])
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) != 0)
		return cm_report_failed(report, CM_ERROR_INTERNAL, "socketpair", "%s", strerror(errno));
	return CM_OK;
}

struct cm_ipc
cm_ipc_of(int fd)
{
	return (struct cm_ipc){.fd = fd,
	        .failed = CM_OK,
	        .in = cm_buf_of_secret(CM_LIMIT_FRAME_BYTES_VALUE),
	        .out = cm_buf_of_secret(CM_IPC_HOLD_MAX)};
}

static void
cm_ipc_ahead_free(struct cm_ipc *ipc)
{
	if (ipc->ahead_p != NULL)
		cm_mem_wipe(ipc->ahead_p, ipc->ahead_room);
	cm_mem_free(ipc->ahead_p);
	ipc->ahead_p = NULL;
	ipc->ahead_at = ipc->ahead_n = ipc->ahead_room = 0;
}

void
cm_ipc_fini(struct cm_ipc *ipc)
{
	if (ipc == NULL)
		return;
	cm_file_close(&ipc->fd);
	cm_buf_fini(&ipc->in);
	cm_buf_fini(&ipc->out);
	cm_ipc_ahead_free(ipc);
	ipc->failed = CM_FAILED;
}

void
cm_ipc_deafen(struct cm_ipc *ipc)
{
	shutdown(ipc->fd, SHUT_RD);
}

// The first failure of a channel; all later calls repeat its class.
static cm_result
cm_ipc_fail(struct cm_ipc *ipc, cm_result class, enum cm_error rule, struct cm_report *report, const char *why)
{
	if (rule == CM_ERROR_IPC_CLOSED)
		ipc->closed = true;
	ipc->failed = class;
	cm_report_add(report, rule, "channel", "%s", why);
	return class;
}

static cm_result
cm_ipc_dead(const struct cm_ipc *ipc, struct cm_report *report)
{
	cm_report_add(report, ipc->closed ? CM_ERROR_IPC_CLOSED : CM_ERROR_IPC_FRAME, "channel", "failed before");
	return ipc->failed;
}

// Waits for readiness; the caller then transfers without blocking.
static cm_result
cm_ipc_ready(struct cm_ipc *ipc, short events, int64_t deadline, struct cm_report *report)
{
	for (;;) {
		struct pollfd p = {.fd = ipc->fd, .events = events};
		int n = poll(&p, 1, cm_clock_poll_ms(deadline));
		if (n > 0)
			return CM_OK;
		if (n < 0 && errno != EINTR)
			return cm_ipc_fail(ipc, CM_FAILED, CM_ERROR_IPC_CLOSED, report, strerror(errno));
		if (n == 0 && deadline != CM_CLOCK_NEVER && cm_clock_mono() >= deadline)
			return cm_ipc_fail(ipc, CM_FAILED, CM_ERROR_IPC_DEADLINE, report, "no answer");
	}
}

static void
cm_ipc_attach(struct msghdr *m, union cm_ipc_control *control, const struct cm_ipc_frame *frame)
{
	memset(control, 0, sizeof *control);
	m->msg_control = control->bytes;
	m->msg_controllen = CMSG_SPACE(frame->fd_count * sizeof(int));
	control->align = (struct cmsghdr){
	        .cmsg_level = SOL_SOCKET,
	        .cmsg_type = SCM_RIGHTS,
	        .cmsg_len = CMSG_LEN(frame->fd_count * sizeof(int)),
	};
	memcpy(CMSG_DATA(&control->align), frame->fds, frame->fd_count * sizeof(int));
}

static void
cm_ipc_header(const struct cm_ipc_frame *frame, uint8_t ret_header[CM_IPC_HEADER])
{
	uint32_t n = (uint32_t)frame->payload.n;
	for (unsigned i = 0; i < 4; i++) {
		ret_header[i] = (uint8_t)(n >> 8 * (3 - i));
		ret_header[6 + i] = (uint8_t)(frame->id >> 8 * (3 - i));
	}
	ret_header[4] = (uint8_t)(frame->type >> 8);
	ret_header[5] = (uint8_t)frame->type;
}

// `first`, then the payload of `frame`; its descriptors go with the first byte.
static cm_result
cm_ipc_put(struct cm_ipc *ipc, struct cm_view first, const struct cm_ipc_frame *frame, int64_t deadline,
           struct cm_report *report)
{
	union cm_ipc_control control;
	for (size_t done = 0, all = first.n + frame->payload.n; done < all;) {
		size_t skip = done < first.n ? done : first.n;
		size_t past = done - skip;
		// The kernel takes non-const memory in struct iovec but does not write to it when sending.
		struct iovec parts[2] = {
		        {.iov_base = (void *)((uintptr_t)first.p + skip), .iov_len = first.n - skip},
		        {.iov_base = (void *)((uintptr_t)frame->payload.p + past), .iov_len = frame->payload.n - past},
		};
		struct msghdr m = {.msg_iov = parts, .msg_iovlen = 2};
		if (done == 0 && frame->fd_count > 0)
			cm_ipc_attach(&m, &control, frame);
		ssize_t put = sendmsg(ipc->fd, &m, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (put < 0 && (errno == EINTR || errno == EAGAIN)) {
			cm_result r = cm_ipc_ready(ipc, POLLOUT, deadline, report);
			if (r != CM_OK)
				return r;
			continue;
		}
		if (put < 0)
			return cm_ipc_fail(ipc, CM_FAILED, CM_ERROR_IPC_CLOSED, report, strerror(errno));
		done += (size_t)put;
	}
	return CM_OK;
}

cm_result
cm_ipc_send(struct cm_ipc *ipc, const struct cm_ipc_frame *frame, int64_t deadline, struct cm_report *report)
{
	if (ipc->failed != CM_OK)
		return cm_ipc_dead(ipc, report);
	if (frame->payload.n > CM_LIMIT_FRAME_BYTES_VALUE || frame->fd_count > CM_IPC_FDS)
		return cm_report_refuse(report, CM_ERROR_IPC_FRAME, "channel", "%zu bytes to send", frame->payload.n);
	uint8_t header[CM_IPC_HEADER];
	cm_ipc_header(frame, header);
	return cm_ipc_put(ipc, cm_view_of(header, sizeof header), frame, deadline, report);
}

cm_result
cm_ipc_hold(struct cm_ipc *ipc, const struct cm_ipc_frame *frame, struct cm_report *report)
{
	uint8_t header[CM_IPC_HEADER];
	if (frame->payload.n > CM_LIMIT_FRAME_BYTES_VALUE || frame->fd_count > 0)
		return cm_report_refuse(report, CM_ERROR_IPC_FRAME, "channel", "%zu bytes to send", frame->payload.n);
	cm_ipc_header(frame, header);
	cm_buf_add(&ipc->out, header, sizeof header);
	cm_buf_view_add(&ipc->out, frame->payload);
	return cm_buf_result(&ipc->out);
}

void
cm_ipc_drop(struct cm_ipc *ipc)
{
	cm_buf_clear(&ipc->out);
}

cm_result
cm_ipc_flush(struct cm_ipc *ipc, int64_t deadline, struct cm_report *report)
{
	static const struct cm_ipc_frame nothing = {.fd_count = 0};
	if (ipc->out.n == 0)
		return CM_OK;
	cm_result r = cm_buf_result(&ipc->out);
	if (r == CM_OK)
		r = ipc->failed != CM_OK ? cm_ipc_dead(ipc, report)
		                         : cm_ipc_put(ipc, cm_buf_view(&ipc->out), &nothing, deadline, report);
	cm_buf_clear(&ipc->out);
	return r;
}

void
cm_ipc_frame_close(struct cm_ipc_frame *frame)
{
	for (size_t i = 0; i < frame->fd_count; i++)
		cm_file_close(&frame->fds[i]);
	frame->fd_count = 0;
}

static void
cm_ipc_detach(struct msghdr *m, struct cm_ipc_frame *frame)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < count; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
			if (frame->fd_count < CM_IPC_FDS)
				frame->fds[frame->fd_count++] = fd;
			else
				cm_file_close(&fd);
		}
	}
}

// Exactly `n` bytes; descriptors go to `frame`, or are dropped by the kernel when it is NULL.
static cm_result
cm_ipc_take(struct cm_ipc *ipc, uint8_t *to, size_t n, int64_t deadline, struct cm_report *report,
            struct cm_ipc_frame *frame)
{
	union cm_ipc_control control;
	// The kernel is asked for bytes first and waited for only when there are none: half the calls of a frame.
	for (size_t done = 0; done < n;) {
		struct iovec part = {.iov_base = to + done, .iov_len = n - done};
		struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
		if (frame != NULL) {
			m.msg_control = control.bytes;
			m.msg_controllen = sizeof control.bytes;
		}
		ssize_t got = recvmsg(ipc->fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
		if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
			cm_result r = cm_ipc_ready(ipc, POLLIN, deadline, report);
			if (r != CM_OK)
				return r;
			continue;
		}
		if (got <= 0)
			return cm_ipc_fail(ipc, CM_FAILED, CM_ERROR_IPC_CLOSED, report,
			                   got == 0 ? "ended" : strerror(errno));
		if (frame != NULL)
			cm_ipc_detach(&m, frame);
		done += (size_t)got;
	}
	return CM_OK;
}

// The payload straight into the channel's buffer.
static cm_result
cm_ipc_take_payload(struct cm_ipc *ipc, size_t n, int64_t deadline, struct cm_report *report)
{
	cm_buf_clear(&ipc->in);
	cm_buf_fill(&ipc->in, 0, n);
	if (cm_buf_result(&ipc->in) != CM_OK)
		return cm_ipc_fail(ipc, cm_buf_result(&ipc->in), CM_ERROR_OUT_OF_MEMORY, report, "payload");
	return cm_ipc_take(ipc, ipc->in.p, n, deadline, report, NULL);
}

void
cm_ipc_read_ahead(struct cm_ipc *ipc)
{
	ipc->ahead = true;
}

// Length of the frame that begins the bytes read ahead, header and all; 0 while that is not known.
static size_t
cm_ipc_ahead_frame(const struct cm_ipc *ipc)
{
	struct cm_rd rd = cm_rd_of(cm_view_of(ipc->ahead_p + ipc->ahead_at, ipc->ahead_n - ipc->ahead_at));
	uint32_t n = cm_rd_u32be(&rd);
	return rd.failed ? 0 : CM_IPC_HEADER + (size_t)n;
}

bool
cm_ipc_pending(const struct cm_ipc *ipc)
{
	size_t n = ipc->ahead_n == ipc->ahead_at ? 0 : cm_ipc_ahead_frame(ipc);
	return n != 0 && n <= ipc->ahead_n - ipc->ahead_at;
}

// Room for a frame of `n` bytes, what is here moved to its front. What was taken is wiped by what moves over it, or here.
static cm_result
cm_ipc_ahead_room(struct cm_ipc *ipc, size_t n, struct cm_report *report)
{
	size_t left = ipc->ahead_n - ipc->ahead_at, room = n > CM_IPC_AHEAD ? n : CM_IPC_AHEAD;
	if (ipc->ahead_p != NULL && room <= ipc->ahead_room && (ipc->ahead_room == CM_IPC_AHEAD || left != 0)) {
		if (left != 0 && ipc->ahead_at != 0)
			memmove(ipc->ahead_p, ipc->ahead_p + ipc->ahead_at, left);
		cm_mem_wipe(ipc->ahead_p + left, ipc->ahead_n - left);
	} else {
		uint8_t *p = cm_mem_new(room);
		if (p == NULL)
			return cm_ipc_fail(ipc, CM_NOMEM, CM_ERROR_OUT_OF_MEMORY, report, "payload");
		if (left != 0)
			memcpy(p, ipc->ahead_p + ipc->ahead_at, left);
		cm_ipc_ahead_free(ipc);
		ipc->ahead_p = p;
		ipc->ahead_room = room;
	}
	ipc->ahead_at = 0;
	ipc->ahead_n = left;
	return CM_OK;
}

// What there is, at least one byte.
static cm_result
cm_ipc_ahead_fill(struct cm_ipc *ipc, int64_t deadline, struct cm_report *report)
{
	for (;;) {
		ssize_t got = recv(ipc->fd, ipc->ahead_p + ipc->ahead_n, ipc->ahead_room - ipc->ahead_n, MSG_DONTWAIT);
		if (got > 0) {
			ipc->ahead_n += (size_t)got;
			return CM_OK;
		}
		if (got == 0 || (errno != EINTR && errno != EAGAIN))
			return cm_ipc_fail(ipc, CM_FAILED, CM_ERROR_IPC_CLOSED, report, got == 0 ? "ended" : strerror(errno));
		cm_result r = cm_ipc_ready(ipc, POLLIN, deadline, report);
		if (r != CM_OK)
			return r;
	}
}

static cm_result
cm_ipc_recv_ahead(struct cm_ipc *ipc, int64_t deadline, struct cm_report *report, struct cm_ipc_frame *ret_frame)
{
	while (!cm_ipc_pending(ipc)) {
		size_t n = ipc->ahead_n == ipc->ahead_at ? 0 : cm_ipc_ahead_frame(ipc);
		if (n > CM_IPC_HEADER + CM_LIMIT_FRAME_BYTES_VALUE)
			return cm_ipc_fail(ipc, CM_REFUSED, CM_ERROR_IPC_FRAME, report, "too long");
		cm_result r = cm_ipc_ahead_room(ipc, n, report);
		if (r == CM_OK)
			r = cm_ipc_ahead_fill(ipc, deadline, report);
		if (r != CM_OK)
			return r;
	}
	struct cm_rd rd = cm_rd_of(cm_view_of(ipc->ahead_p + ipc->ahead_at, ipc->ahead_n - ipc->ahead_at));
	uint32_t n = cm_rd_u32be(&rd);
	struct cm_ipc_frame frame = {.payload = cm_view_of(ipc->ahead_p + ipc->ahead_at + CM_IPC_HEADER, n)};
	frame.type = cm_rd_u16be(&rd);
	frame.id = cm_rd_u32be(&rd);
	*ret_frame = frame;
	ipc->ahead_at += CM_IPC_HEADER + (size_t)n;
	return CM_OK;
}

cm_result
cm_ipc_recv(struct cm_ipc *ipc, int64_t deadline, struct cm_report *report, struct cm_ipc_frame *ret_frame)
{
	if (ipc->failed != CM_OK)
		return cm_ipc_dead(ipc, report);
	if (ipc->ahead)
		return cm_ipc_recv_ahead(ipc, deadline, report, ret_frame);
	uint8_t header[CM_IPC_HEADER];
	struct cm_ipc_frame frame = {0};
	cm_result r = cm_ipc_take(ipc, header, sizeof header, deadline, report, &frame);
	struct cm_rd rd = cm_rd_of(cm_view_of(header, sizeof header));
	uint32_t n = r == CM_OK ? cm_rd_u32be(&rd) : 0;
	if (r == CM_OK && n > CM_LIMIT_FRAME_BYTES_VALUE)
		r = cm_ipc_fail(ipc, CM_REFUSED, CM_ERROR_IPC_FRAME, report, "too long");
	if (r == CM_OK)
		r = cm_ipc_take_payload(ipc, n, deadline, report);
	if (r != CM_OK) {
		cm_ipc_frame_close(&frame);
		return r;
	}
	frame.type = cm_rd_u16be(&rd);
	frame.id = cm_rd_u32be(&rd);
	frame.payload = cm_buf_view(&ipc->in);
	*ret_frame = frame;
	return CM_OK;
}

cm_result
cm_ipc_wait(const int *fds, size_t n, size_t after, int64_t deadline, int *ret_index)
{
	struct pollfd polled[CM_LIMIT_IPC_WAIT_VALUE];
	if (n > CM_LIMIT_IPC_WAIT_VALUE)
		return CM_BUG;
	for (size_t i = 0; i < n; i++)
		polled[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	for (;;) {
		int ready = poll(polled, (nfds_t)n, cm_clock_poll_ms(deadline));
		if (ready < 0 && errno != EINTR)
			return CM_FAILED;
		for (size_t i = 1; ready > 0 && i <= n; i++) {
			size_t at = (after + i) % n;
			if (polled[at].revents != 0) {
				*ret_index = (int)at;
				return CM_OK;
			}
		}
		if (deadline != CM_CLOCK_NEVER && cm_clock_mono() >= deadline) {
			*ret_index = -1;
			return CM_OK;
		}
	}
}
