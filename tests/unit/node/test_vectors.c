// The files of tests/vectors that this room reads: settings, statements, session files, state files of two halves, and
// the frames between our own processes.
#include "vector_folder.h"

#include "node/ipc_keeper.h"
#include "node/keeper_statement.h"
#include "node/officer.h"
#include "node/reader_package.h"
#include "node/settings.h"
#include "node/slotfile.h"
#include "os/dir.h"
#include "os/file.h"

static char folder[200], path[256];

static cm_result
judge_settings(struct cm_view bytes, struct cm_report *report)
{
	static struct cm_settings settings;
	return cm_settings_read(bytes, report, &settings);
}

static cm_result
judge_statement(struct cm_view bytes, struct cm_report *report)
{
	struct cm_keeper_statement statement;
	return cm_keeper_statement_read(bytes, report, &statement);
}

static void
keep(struct cm_view bytes)
{
	assert_int_equal(cm_file_replace(path, 0600, bytes, NULL), CM_OK);
}

static cm_result
judge_session(struct cm_view bytes, struct cm_report *report)
{
	struct cm_officer_session session;
	keep(bytes);
	cm_result r = cm_officer_session_load(path, report, &session);
	if (r == CM_OK)
		cm_officer_session_fini(&session);
	return r;
}

static cm_result
judge_slots(struct cm_view bytes, struct cm_report *report)
{
	struct cm_slotfile file;
	struct cm_buf contents = cm_buf_of(CM_LIMIT_SLOT_BYTES_VALUE);
	keep(bytes);
	cm_result r = cm_slotfile_open(path, report, &file, &contents);
	if (r == CM_OK)
		cm_slotfile_fini(&file);
	cm_buf_fini(&contents);
	return r;
}

static void
settings_statements_sessions_and_slots_are_judged_by_their_names(void **state)
{
	(void)state;
	assert_int_equal(cm_dir_temp(folder, sizeof folder, NULL), CM_OK);
	snprintf(path, sizeof path, "%s/file", folder);
	vector_folder("settings", ".conf", judge_settings);
	vector_folder("statement", ".statement", judge_statement);
	vector_folder("session", ".session", judge_session);
	vector_folder("slots", ".slots", judge_slots);
	assert_int_equal(cm_dir_remove_all(folder, NULL), CM_OK);
}

// A frame that cannot be read is answered with ipc_frame and closes the channel.
#define FRAME(name, read, type)                                                                                        \
	static cm_result judge_##name(struct cm_view bytes, struct cm_report *report)                                  \
	{                                                                                                              \
		static type got;                                                                                       \
		return read(bytes, &got) ? CM_OK : cm_report_refuse(report, CM_ERROR_IPC_FRAME, #name, "%zu", bytes.n); \
	}
FRAME(cades, cm_ipc_keeper_cades_read, struct cm_ipc_cades)
FRAME(hi1, cm_ipc_keeper_hi1_read, struct cm_ipc_hi1)
FRAME(cycle, cm_ipc_keeper_cycle_read, struct cm_ipc_cycle)
FRAME(head, cm_ipc_keeper_head_read, struct cm_ipc_head)
FRAME(tls, cm_ipc_keeper_tls_read, struct cm_ipc_tls)
FRAME(keys, cm_ipc_keeper_keys_read, struct cm_ipc_keys)
FRAME(persons, cm_ipc_keeper_persons_read, struct cm_ipc_persons)
FRAME(session_frame, cm_ipc_keeper_session_read, struct cm_ipc_session)
FRAME(statement_frame, cm_ipc_keeper_statement_read, struct cm_ipc_statement)
FRAME(approval, cm_ipc_keeper_approval_read, struct cm_ipc_approval)
FRAME(release, cm_ipc_keeper_release_read, struct cm_ipc_release)
FRAME(job, cm_reader_package_job_read, struct cm_reader_package_job)
FRAME(told, cm_reader_package_told_read, struct cm_reader_package_told)

static void
frames_are_judged_by_their_names(void **state)
{
	(void)state;
	static const struct {
		const char *ending;
		vector_folder_judge judge;
	} frames[] = {{".cades", judge_cades}, {".hi1", judge_hi1}, {".cycle", judge_cycle}, {".head", judge_head}, {".tls", judge_tls},
	        {".keys", judge_keys}, {".persons", judge_persons}, {".session", judge_session_frame},
	        {".statement", judge_statement_frame}, {".approval", judge_approval}, {".release", judge_release},
	        {".job", judge_job}, {".told", judge_told}};
	for (size_t i = 0; i < sizeof frames / sizeof *frames; i++)
		vector_folder("ipc", frames[i].ending, frames[i].judge);
}

UNIT_MAIN(T(settings_statements_sessions_and_slots_are_judged_by_their_names), T(frames_are_judged_by_their_names))
