// Knows: nothing yet about the node; it raises its walls, says READY and waits for the end, so that parent and keeper can be run and
// tested. Replaced by the node's own main.
#include "node/role.h"

#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/file.h"

cm_result
cm_node_main(struct cm_node_start *start, struct cm_report *report)
{
	struct cm_sandbox_done done;
	struct cm_ipc_frame frame;
	cm_result r = cm_role_node_walls(start->home, report, &done);
	if (r == CM_OK)
		r = cm_role_ready(&start->parent, &done, report);
	while (r == CM_OK && cm_ipc_recv(&start->parent, CM_CLOCK_NEVER, NULL, &frame) == CM_OK) {
		cm_ipc_frame_close(&frame);
		if (frame.type == CM_FRAME_STOP)
			break;
	}
	cm_file_close(&start->keeper_fd);
	cm_file_close(&start->message_fd);
	cm_ipc_fini(&start->parent);
	return r;
}
