// Knows: the keeper's life: read everything, raise the walls, answer frames one after the other. Does not know: any statement
// (keeper_sign.c, keeper_desk.c, keeper_release.c). A frame that is not in the table below is refused, whatever it carries.
#include "node/keeper.h"

#include "base/mem.h"
#include "base/rd.h"
#include "crypto/setup.h"
#include "node/ipc_findings.h"
#include "node/keeper_inside.h"
#include "node/role.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/file.h"

#define CM_KEEPER_HOLD 16 // answers held back at most

static const struct {
	enum cm_frame frame;
	cm_keeper_handler *handle;
} cm_keeper_table[] = {
        {CM_FRAME_KEYS, cm_keeper_sign_keys},
        {CM_FRAME_SIGN_CADES, cm_keeper_sign_cades},
        {CM_FRAME_SIGN_HI1, cm_keeper_sign_hi1},
        {CM_FRAME_SIGN_CARD, cm_keeper_sign_card},
        {CM_FRAME_SIGN_ACTS, cm_keeper_sign_acts},
        {CM_FRAME_SIGN_HEAD, cm_keeper_sign_head},
        {CM_FRAME_SIGN_CYCLE, cm_keeper_sign_cycle},
        {CM_FRAME_HEAD, cm_keeper_sign_known_head},
        {CM_FRAME_SIGN_TLS, cm_keeper_sign_tls},
        {CM_FRAME_PERSON_ADD, cm_keeper_desk_add},
        {CM_FRAME_PERSON_ENROL, cm_keeper_desk_enrol},
        {CM_FRAME_PERSON_DISABLE, cm_keeper_desk_disable},
        {CM_FRAME_PERSON_LIST, cm_keeper_desk_list},
        {CM_FRAME_LOGIN, cm_keeper_desk_login},
        {CM_FRAME_LOGOUT, cm_keeper_desk_logout},
        {CM_FRAME_ACT_CHECK, cm_keeper_desk_check},
        {CM_FRAME_APPROVE, cm_keeper_desk_approve},
        {CM_FRAME_RELEASE, cm_keeper_release_key},
        {CM_FRAME_SETTLE, cm_keeper_release_settle},
};

static cm_result
cm_keeper_handle(struct cm_keeper *keeper, const struct cm_ipc_frame *frame, struct cm_report *report,
                 struct cm_buf *answer)
{
	for (size_t i = 0; i < sizeof cm_keeper_table / sizeof *cm_keeper_table; i++) {
		if ((unsigned)cm_keeper_table[i].frame != frame->type)
			continue;
		if (frame->payload.n > cm_frame_row(cm_keeper_table[i].frame)->bytes)
			return cm_report_refuse(report, CM_ERROR_KEEPER_FORM,
			                        cm_frame_row(cm_keeper_table[i].frame)->name, "too long");
		return cm_keeper_table[i].handle(keeper, frame->payload, report, answer);
	}
	return cm_report_refuse(report, CM_ERROR_KEEPER_PURPOSE, "frame", "type %u", frame->type);
}

// One word of the parent: readers come and go.
static cm_result
cm_keeper_obey(struct cm_keeper *keeper)
{
	struct cm_ipc_frame frame;
	cm_result r = cm_ipc_recv(&keeper->parent, CM_CLOCK_NEVER, NULL, &frame);
	if (r != CM_OK)
		return r;
	struct cm_rd rd = cm_rd_of(frame.payload);
	uint32_t job = cm_rd_u32be(&rd);
	if (cm_rd_done(&rd) && frame.type == CM_FRAME_READER_DETACH)
		cm_keeper_release_detach(keeper, job);
	if (cm_rd_done(&rd) && frame.type == CM_FRAME_READER_ATTACH && frame.fd_count == 1) {
		cm_result_ignore(cm_keeper_release_attach(keeper, job, frame.fds[0]),
		                 "a reader without a place gets no key, and says so");
		frame.fd_count = 0;
	}
	cm_ipc_frame_close(&frame);
	return CM_OK;
}

// What the parent said so far.
static void
cm_keeper_obey_all(struct cm_keeper *keeper)
{
	for (int ready = 0; ready == 0;)
		if (cm_ipc_wait(&keeper->parent.fd, 1, 0, 0, &ready) != CM_OK || (ready == 0 && cm_keeper_obey(keeper) != CM_OK))
			return; // the loop of all notices
}

// One question of the node. An error here means that the channel is gone.
static cm_result
cm_keeper_answer(struct cm_keeper *keeper)
{
	struct cm_ipc_frame frame;
	struct cm_report report = {0};
	cm_result r = cm_ipc_recv(&keeper->node, cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND),
	                          NULL, &frame);
	if (r != CM_OK)
		return r;
	// It may have been read ahead of words that the parent said before it.
	if (frame.type == CM_FRAME_RELEASE)
		cm_keeper_obey_all(keeper);
	CM_CLEANUP(cm_buf_fini) struct cm_buf answer = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	r = cm_keeper_handle(keeper, &frame, &report, &answer);
	if (r == CM_OK)
		r = cm_buf_result(&answer);
	struct cm_ipc_frame reply = {.type = CM_FRAME_DONE, .id = frame.id};
	if (r != CM_OK) {
		cm_buf_clear(&answer); // nothing half made leaves
		cm_ipc_findings_write(r, &report, &answer);
		reply.type = CM_FRAME_REFUSED;
	}
	reply.payload = cm_buf_view(&answer);
	return cm_ipc_hold(&keeper->node, &reply, NULL);
}

// Questions that came together: their answers leave together.
static void
cm_keeper_answer_some(struct cm_keeper *keeper)
{
	cm_result r = cm_keeper_answer(keeper);
	for (size_t i = 1; r == CM_OK && i < CM_KEEPER_HOLD && cm_ipc_pending(&keeper->node); i++)
		r = cm_keeper_answer(keeper);
	if (r == CM_OK)
		r = cm_ipc_flush(&keeper->node, cm_clock_after(CM_LIMIT_PROCESS_STOP_S_VALUE * CM_INSTANT_SECOND), NULL);
	cm_result_ignore(r, "the channel keeps its failure");
}

// Until the parent's channel ends. A node that is gone leaves nothing to answer, but the parent decides. The parent's words
// go first, and its channel is looked at last: it attaches a reader before the node can ask for that reader's key.
static cm_result
cm_keeper_serve(struct cm_keeper *keeper)
{
	for (;;) {
		int fds[2] = {keeper->node.failed == CM_OK ? keeper->node.fd : -1, keeper->parent.fd};
		int ready;
		bool more = keeper->node.failed == CM_OK && cm_ipc_pending(&keeper->node);
		cm_result r = cm_ipc_wait(fds, 2, 0, more ? 0 : CM_CLOCK_NEVER, &ready);
		if (r != CM_OK)
			return r;
		if (ready == 1 && cm_keeper_obey(keeper) != CM_OK)
			return CM_OK;
		if (ready == 0 || (ready < 0 && more))
			cm_keeper_answer_some(keeper);
	}
}

static cm_result
cm_keeper_open(struct cm_keeper *keeper, const struct cm_keeper_main_options *options, struct cm_report *report)
{
	char path[CM_FILE_PATH];
	CM_CLEANUP(cm_buf_fini) struct cm_buf pass = cm_buf_of_secret(CM_LIMIT_SECRET_LINE_VALUE);
	int pass_fd = options->has_pass ? CM_ROLE_FD_KEEPER_PASS : -1;
	cm_result r = cm_setup_init();
	if (r == CM_OK)
		r = cm_keeper_keys_pass(options->home, pass_fd, report, &pass);
	cm_file_close(&pass_fd);
	if (r == CM_OK)
		r = cm_keeper_keys_open(options->home, cm_buf_view(&pass), report, &keeper->keys);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, options->home, "keeper/guard", report);
	if (r == CM_OK)
		r = cm_keeper_guard_open(path, report, &keeper->guard);
	if (r == CM_OK)
		r = cm_file_path(path, sizeof path, options->home, "keeper/persons", report);
	if (r == CM_OK)
		r = cm_keeper_person_open(path, report, &keeper->persons);
	return r;
}

static void
cm_keeper_fini(struct cm_keeper *keeper)
{
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		if (keeper->readers[i].used)
			cm_ipc_fini(&keeper->readers[i].ipc);
	cm_keeper_keys_fini(&keeper->keys);
	cm_slotfile_fini(&keeper->guard.file);
	cm_slotfile_fini(&keeper->persons.file);
	cm_ipc_fini(&keeper->node);
	cm_ipc_fini(&keeper->parent);
	cm_mem_wipe(&keeper->sessions, sizeof keeper->sessions);
	cm_mem_free(keeper);
}

cm_result
cm_keeper_main(const struct cm_keeper_main_options *options, struct cm_report *report)
{
	struct cm_sandbox walls = {
	        .profile = CM_SANDBOX_STRICT,
	        .memory_bytes = CM_LIMIT_KEEPER_MEMORY_VALUE,
	        .open_files = CM_LIMIT_KEEPER_FILES_VALUE,
	};
	struct cm_sandbox_done done;
	struct cm_keeper *keeper = cm_mem_new(sizeof *keeper);
	if (keeper == NULL)
		return CM_NOMEM;
	keeper->offline = options->offline;
	keeper->guard.file.fd = keeper->persons.file.fd = -1;
	keeper->parent = cm_ipc_of(CM_ROLE_FD_PARENT);
	keeper->node = cm_ipc_of(CM_ROLE_FD_KEEPER_NODE);
	cm_ipc_read_ahead(&keeper->node); // no question carries descriptors
	cm_result r = cm_keeper_open(keeper, options, report);
	if (r == CM_OK)
		r = cm_sandbox_enter(&walls, report, &done);
	if (r == CM_OK)
		r = cm_role_ready(&keeper->parent, &done, report);
	else
		cm_role_failed(&keeper->parent, r, report);
	if (r == CM_OK)
		r = cm_keeper_serve(keeper);
	cm_keeper_fini(keeper);
	return r;
}
