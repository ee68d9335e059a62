// Knows: where a node's admin socket is and how one call goes over it. Does not know: what the call is about.
#include "node/admin_client.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "base/tab_limit.h"
#include "net/client.h"
#include "os/file.h"

struct cm_admin_upload {
	const struct cm_admin_call *call;
	uint64_t done;
};

static int64_t
cm_admin_client_read(void *context, uint8_t *to, size_t n)
{
	struct cm_admin_upload *upload = context;
	const struct cm_admin_call *call = upload->call;
	uint64_t left = call->body_length - upload->done;
	size_t got = 0;
	if (cm_file_pread(call->body_fd, upload->done, to, n < left ? n : (size_t)left, NULL, &got) != CM_OK)
		return -1;
	upload->done += got;
	if (call->progress != NULL)
		call->progress(call->context, upload->done, call->body_length);
	return (int64_t)got;
}

static void
cm_admin_client_waiting(void *context, int64_t us)
{
	const struct cm_admin_upload *upload = context;
	upload->call->waiting(upload->call->context, us);
}

cm_result
cm_admin_client_call(const struct cm_admin_call *call, struct cm_report *report, struct cm_buf *ret_body,
                     unsigned *ret_status)
{
	char socket[CM_FILE_PATH], url[2048];
	cm_result r = cm_file_path(socket, sizeof socket, call->home, "run/admin.sock", report);
	if (r != CM_OK)
		return r;
	if (!cm_file_exists(socket))
		return cm_report_failed(report, CM_ERROR_NODE_NOT_RUNNING, call->home, "%s", "");
	snprintf(url, sizeof url, "http://node%s", call->path);
	struct cm_admin_upload upload = {.call = call};
	int64_t patience = call->opens ? CM_LIMIT_OPENING_WAIT_S_VALUE * CM_INSTANT_SECOND
	                               : CM_LIMIT_ADMIN_CALL_MS_VALUE * INT64_C(1000);
	struct cm_client_request request = {
	        .waiting = call->waiting == NULL ? NULL : cm_admin_client_waiting,
	        .method = call->method,
	        .url = url,
	        .unix_path = socket,
	        .content_type = call->content_type,
	        .body = call->body,
	        .deadline_us = call->body_fd >= 0 ? 0 : patience,
	        .stall_us = patience,
	        .context = &upload,
	};
	memcpy(request.fields, call->fields, sizeof request.fields);
	if (call->body_fd >= 0) {
		request.body_read = cm_admin_client_read;
		request.body_length = call->body_length;
	}
	struct cm_client *client = NULL;
	r = cm_client_new(&(struct cm_client_options){.connections = 1}, report, &client);
	if (r == CM_OK)
		r = cm_client_wait(client, &request, report, ret_body, ret_status);
	cm_client_free(client);
	return r;
}
