// Knows: the loops of the two readers: walls first, then strangers' bytes. Does not know: any format (the hooks). A reader that is
// taken over by what it reads can only send a wrong answer for that same input: it has no files, no network, no keys.
#include "node/reader.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "crypto/setup.h"
#include "node/ipc_findings.h"
#include "node/role.h"
#include "node/tab_frame.h"
#include "os/clock.h"

// Sends DONE with the answer, or REFUSED with the findings.
static cm_result
cm_reader_reply(struct cm_ipc *node, uint32_t id, cm_result result, const struct cm_report *report,
                struct cm_buf *answer)
{
	struct cm_ipc_frame reply = {.type = CM_FRAME_DONE, .id = id};
	if (result == CM_OK)
		result = cm_buf_result(answer);
	if (result != CM_OK) {
		cm_buf_clear(answer);
		cm_ipc_findings_write(result, report, answer);
		reply.type = CM_FRAME_REFUSED;
	}
	reply.payload = cm_buf_view(answer);
	return cm_ipc_send(node, &reply, CM_CLOCK_NEVER, NULL);
}

// Until the node's channel ends.
static void
cm_reader_message_serve(struct cm_ipc *node)
{
	struct cm_ipc_frame frame;
	while (cm_ipc_recv(node, CM_CLOCK_NEVER, NULL, &frame) == CM_OK) {
		struct cm_report report = {0};
		struct cm_buf answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
		cm_result r;
		if (frame.type == CM_FRAME_MESSAGE)
			r = cm_reader_message_handle(frame.payload, &report, &answer);
		else
			r = cm_report_refuse(&report, CM_ERROR_IPC_FRAME, "frame", "type %u", frame.type);
		r = cm_reader_reply(node, frame.id, r, &report, &answer);
		cm_buf_fini(&answer);
		if (r != CM_OK)
			return;
	}
}

cm_result
cm_reader_message_main(struct cm_report *report)
{
	struct cm_ipc parent = cm_ipc_of(CM_ROLE_FD_PARENT);
	struct cm_ipc node = cm_ipc_of(CM_ROLE_FD_READER_NODE);
	cm_ipc_read_ahead(&node); // no message carries descriptors
	struct cm_sandbox walls = {.profile = CM_SANDBOX_STRICT, .memory_bytes = CM_LIMIT_MESSAGE_MEMORY_VALUE};
	struct cm_sandbox_done done;
	cm_result r = cm_setup_init();
	if (r == CM_OK)
		r = cm_sandbox_enter(&walls, report, &done);
	if (r == CM_OK)
		r = cm_role_ready(&parent, &done, report);
	else
		cm_role_failed(&parent, r, report);
	if (r == CM_OK)
		cm_reader_message_serve(&node);
	cm_ipc_fini(&node);
	cm_ipc_fini(&parent);
	return r;
}

cm_result
cm_reader_package_key(struct cm_reader_package *package, int64_t deadline, struct cm_report *report,
                      uint8_t ret_key[16], char ret_object[CM_READER_OBJECT], unsigned *ret_grant)
{
	struct cm_ipc_frame frame;
	cm_result r = cm_ipc_recv(package->keeper, deadline, report, &frame);
	if (r != CM_OK && package->keeper->closed)
		return cm_report_refuse(report, CM_ERROR_APPROVAL_MISSING, "file key", "none came");
	if (r != CM_OK)
		return r;
	cm_ipc_frame_close(&frame);
	struct cm_rd rd = cm_rd_of(frame.payload);
	unsigned grant = cm_rd_u8(&rd);
	struct cm_view object = cm_rd_field(&rd);
	struct cm_view key = cm_rd_bytes(&rd, 16);
	if (frame.type != CM_FRAME_FILE_KEY || !cm_rd_done(&rd) || object.n >= CM_READER_OBJECT)
		return cm_report_failed(report, CM_ERROR_IPC_FRAME, "file key", "malformed");
	memcpy(ret_key, key.p, key.n);
	if (object.n != 0)
		memcpy(ret_object, object.p, object.n);
	ret_object[object.n] = 0;
	*ret_grant = grant;
	cm_buf_clear(&package->keeper->in); // wipes the frame's copy of the key
	return CM_OK;
}

void
cm_reader_package_progress(struct cm_reader_package *package, uint64_t done, uint64_t all)
{
	struct cm_buf payload = cm_buf_of(16);
	cm_buf_u64be(&payload, done);
	cm_buf_u64be(&payload, all);
	struct cm_ipc_frame frame = {
	        .type = CM_FRAME_PACKAGE_PROGRESS,
	        .id = package->job->id,
	        .payload = cm_buf_view(&payload),
	};
	cm_result_ignore(cm_ipc_send(package->node, &frame, CM_CLOCK_NEVER, NULL), "the channel keeps its failure");
	cm_buf_fini(&payload);
}

cm_result
cm_reader_package_main(struct cm_report *report)
{
	struct cm_ipc node = cm_ipc_of(CM_ROLE_FD_PACKAGE_NODE);
	struct cm_ipc keeper = cm_ipc_of(CM_ROLE_FD_PACKAGE_KEEPER);
	struct cm_sandbox walls = {.profile = CM_SANDBOX_STRICT_THREADS, .memory_bytes = CM_LIMIT_PACKAGE_MEMORY_VALUE};
	struct cm_sandbox_done done;
	struct cm_ipc_frame job;
	struct cm_buf answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	cm_result r = cm_setup_init();
	if (r == CM_OK)
		r = cm_sandbox_enter(&walls, report, &done);
	if (r == CM_OK)
		r = cm_ipc_recv(&node, CM_CLOCK_NEVER, report, &job);
	if (r == CM_OK) {
		struct cm_reader_package package = {.node = &node, .keeper = &keeper, .job = &job};
		if (job.type == CM_FRAME_PACKAGE_JOB)
			r = cm_reader_package_run(&package, report, &answer);
		else
			r = cm_report_refuse(report, CM_ERROR_IPC_FRAME, "frame", "type %u", job.type);
		r = cm_reader_reply(&node, job.id, r, report, &answer);
		cm_ipc_frame_close(&job);
	}
	cm_buf_fini(&answer);
	cm_ipc_fini(&keeper);
	cm_ipc_fini(&node);
	return r;
}
