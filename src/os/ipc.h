// Framed messages between our own processes over a stream socket pair, with descriptors beside them. A frame is
// u32be length of the payload, u16be type, u32be id, payload; what the payload means stands in data/ipc.tab.
// Calls block until an absolute deadline of cm_clock_mono(). Failures stick: after the first one the channel is
// dead, because a half frame cannot be repaired. One thread sends and one receives at a time.
#ifndef CM_OS_IPC_H
#define CM_OS_IPC_H

#include <stdatomic.h>

#include "base/buf.h"
#include "base/report.h"
#include "base/tab_limit.h"

#define CM_IPC_FDS 4 // descriptors beside one frame

struct cm_ipc {
	int fd;
	atomic_bool closed;        // the other side is gone; as `failed`, set by whoever of the two threads sees it first
	_Atomic(cm_result) failed; // sticky
	struct cm_buf in;          // payload of the last received frame; wiped, since it may hold secrets
	// Reading ahead (cm_ipc_read_ahead()): bytes that came and were not taken yet, [at, n) of room. Wiped as well.
	bool ahead;
	uint8_t *ahead_p;
	size_t ahead_at, ahead_n, ahead_room;
	struct cm_buf out; // frames of cm_ipc_hold()
};

struct cm_ipc_frame {
	uint16_t type;
	uint32_t id;
	struct cm_view payload; // received: valid until the next receive
	int fds[CM_IPC_FDS];    // received: belong to the caller, who closes them
	size_t fd_count;
};

// Two connected sockets.
CM_CHECKED cm_result cm_ipc_pair(struct cm_report *report, int ret_fds[2]);

// Takes over `fd`, which is closed by cm_ipc_fini().
struct cm_ipc cm_ipc_of(int fd);
void cm_ipc_fini(struct cm_ipc *ipc);

// Sends one frame whole. The descriptors stay open here. Payload at most CM_LIMIT_FRAME_BYTES_VALUE.
CM_CHECKED cm_result cm_ipc_send(struct cm_ipc *ipc, const struct cm_ipc_frame *frame, int64_t deadline,
                                 struct cm_report *report);

// Receives one frame whole. CM_FAILED with ipc_closed when the other side is gone, ipc_deadline when time is up;
// CM_REFUSED with ipc_frame when the length is above the limit.
CM_CHECKED cm_result cm_ipc_recv(struct cm_ipc *ipc, int64_t deadline, struct cm_report *report,
                                 struct cm_ipc_frame *ret_frame);

// Ends receiving: a thread that waits in cm_ipc_recv() comes back with ipc_closed.
void cm_ipc_deafen(struct cm_ipc *ipc);

// From now on receiving takes what there is, several frames with one call of the kernel. Only for channels on which no
// descriptors come: they would be dropped. Waiting for such a channel with cm_ipc_wait() is right only when
// cm_ipc_pending() is false.
void cm_ipc_read_ahead(struct cm_ipc *ipc);
// Is a whole frame here already?
bool cm_ipc_pending(const struct cm_ipc *ipc);

// Keeps a frame without descriptors back, to be sent together with others by cm_ipc_flush(). CM_REFUSED as for sending.
CM_CHECKED cm_result cm_ipc_hold(struct cm_ipc *ipc, const struct cm_ipc_frame *frame, struct cm_report *report);
// Forgets what was held back.
void cm_ipc_drop(struct cm_ipc *ipc);
// Sends what was held back; nothing when there is nothing.
CM_CHECKED cm_result cm_ipc_flush(struct cm_ipc *ipc, int64_t deadline, struct cm_report *report);

// Closes the descriptors of a frame that nobody took.
void cm_ipc_frame_close(struct cm_ipc_frame *frame);

// Waits until one of `n` descriptors can be read or has ended; negative entries are skipped. Gives its index, or
// -1 at the deadline. Starts looking behind `after`, so that a busy one does not starve the others.
CM_CHECKED cm_result cm_ipc_wait(const int *fds, size_t n, size_t after, int64_t deadline, int *ret_index);

#endif
