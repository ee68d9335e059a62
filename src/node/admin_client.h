// Calls of the admin API of the node that runs in a folder, over its unix socket. For commands; it starts a client for
// the one call and ends it again.
#ifndef CM_NODE_ADMIN_CLIENT_H
#define CM_NODE_ADMIN_CLIENT_H

#include "base/buf.h"
#include "base/report.h"

struct cm_admin_call {
	const char *home;
	const char *method;
	const char *path; // with query
	const char *content_type;
	struct cm_view body;
	int body_fd;          // ≥ 0: `body_length` bytes of this file instead of `body`
	uint64_t body_length;
	const char *fields[4]; // more header fields, "Name: value"
	bool opens;            // the answer comes when evidence was opened, however large it is
	void (*progress)(void *context, uint64_t done, uint64_t all); // may be NULL
	void (*waiting)(void *context, int64_t us); // each second until the answer comes; may be NULL
	void *context;
};

// Collects the answer. CM_FAILED with node_not_running when nobody listens there.
CM_CHECKED cm_result cm_admin_client_call(const struct cm_admin_call *call, struct cm_report *report,
                                          struct cm_buf *ret_body, unsigned *ret_status);

#endif
