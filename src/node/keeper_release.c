// Knows: the package readers that run, and when one of them may have a file key. Does not know: what is in the evidence. The key
// goes over the reader's own socket, never through the node; only for the header that the persons approved, and once.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "node/tab_frame.h"
#include "os/clock.h"
#include "os/file.h"

static struct cm_keeper_reader *
cm_keeper_release_find(struct cm_keeper *keeper, uint32_t job)
{
	for (size_t i = 0; i < CM_LIMIT_READERS_VALUE; i++)
		if (keeper->readers[i].used && keeper->readers[i].job == job)
			return &keeper->readers[i];
	return NULL;
}

cm_result
cm_keeper_release_attach(struct cm_keeper *keeper, uint32_t job, int fd)
{
	size_t i = 0;
	while (i < CM_LIMIT_READERS_VALUE && keeper->readers[i].used)
		i++;
	if (i == CM_LIMIT_READERS_VALUE || cm_keeper_release_find(keeper, job) != NULL) {
		cm_file_close(&fd);
		return CM_REFUSED;
	}
	keeper->readers[i] = (struct cm_keeper_reader){.used = true, .job = job, .ipc = cm_ipc_of(fd)};
	return CM_OK;
}

void
cm_keeper_release_detach(struct cm_keeper *keeper, uint32_t job)
{
	struct cm_keeper_reader *reader = cm_keeper_release_find(keeper, job);
	if (reader == NULL)
		return;
	cm_ipc_fini(&reader->ipc);
	*reader = (struct cm_keeper_reader){0};
}

// The key by the approved header, over the reader's socket.
static cm_result
cm_keeper_release_send(struct cm_keeper *keeper, struct cm_keeper_reader *reader, const struct cm_ipc_release *release,
                       struct cm_report *report)
{
	struct cm_seal_header header;
	struct cm_seal_file_key key;
	cm_result r = cm_seal_header_read(release->header, report, &header);
	if (r == CM_OK && header.n != release->header.n)
		r = cm_report_refuse(report, CM_ERROR_SEAL_HEADER, "release", "bytes behind the header");
	if (r == CM_OK)
		r = cm_seal_unwrap(&header, &keeper->keys.identity, report, &key);
	if (r != CM_OK)
		return r;
	CM_CLEANUP(cm_buf_fini) struct cm_buf payload = cm_buf_of_secret(256);
	cm_buf_u8(&payload, (uint8_t)release->grant);
	cm_buf_field(&payload, release->object);
	cm_buf_add(&payload, key.b, sizeof key.b);
	cm_seal_file_key_fini(&key);
	struct cm_ipc_frame frame = {.type = CM_FRAME_FILE_KEY, .payload = cm_buf_view(&payload)};
	r = cm_buf_result(&payload);
	if (r == CM_OK)
		r = cm_ipc_send(&reader->ipc, &frame, cm_clock_after(CM_INSTANT_SECOND), report);
	return r;
}

cm_result
cm_keeper_release_key(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                      struct cm_buf *answer)
{
	(void)answer;
	struct cm_ipc_release release;
	if (!cm_ipc_keeper_release_read(payload, &release) || release.object.n >= CM_KEEPER_APPROVAL_TEXT ||
	    release.header.n > CM_LIMIT_SEAL_HEADER_VALUE)
		return cm_report_refuse(report, CM_ERROR_KEEPER_FORM, "release", "malformed");
	struct cm_keeper_matter matter = {
	        .act = cm_view_text(release.grant == CM_IPC_GRANT_EXPORT ? "evidence_export" : "evidence_open"),
	        .object = release.object,
	        .digest = cm_hash_of(release.header),
	};
	size_t needed = cm_rights_persons(matter.act);
	size_t have = cm_keeper_approval_count(&keeper->approvals, &matter);
	if (have < needed)
		return cm_report_refuse(report, CM_ERROR_APPROVAL_MISSING, "release", "%zu of %zu persons for %.*s",
		                        have, needed, CM_VIEW_ARG(release.object));
	if (cm_keeper_approval_held(&keeper->approvals, &matter))
		return cm_report_refuse(report, CM_ERROR_APPROVAL_IN_USE, "release", "%.*s", CM_VIEW_ARG(release.object));
	struct cm_keeper_reader *reader = cm_keeper_release_find(keeper, release.job);
	if (reader == NULL)
		return cm_report_refuse(report, CM_ERROR_RELEASE_JOB, "release", "job %u", release.job);
	cm_result r = cm_keeper_release_send(keeper, reader, &release, report);
	if (r == CM_OK)
		cm_keeper_approval_hold(&keeper->approvals, &matter, release.job);
	return r;
}

cm_result
cm_keeper_release_settle(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                         struct cm_buf *answer)
{
	(void)answer;
	struct cm_rd rd = cm_rd_of(payload);
	uint32_t job = cm_rd_u32be(&rd);
	uint8_t spent = cm_rd_u8(&rd);
	if (!cm_rd_done(&rd) || spent > 1)
		return cm_report_refuse(report, CM_ERROR_KEEPER_FORM, "settle", "malformed");
	cm_keeper_approval_settle(&keeper->approvals, job, spent == 1);
	return CM_OK;
}
