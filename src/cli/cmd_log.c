// Knows: where the files of a register come from and how the verdict is shown. Does not know: what they have to hold
// (domain/log_check.h). Serves doc/spec/register.md section 7.
#include "cli/cmd_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/num.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "cli/out.h"
#include "cli/sink.h"
#include "domain/log_check.h"
#include "format/json_put.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/tty.h"

#define CM_CMD_LOG_KEYS 16        // registers that one call accepts
#define CM_CMD_LOG_NAME 1200      // folder or URL and the longest file name

cm_result (*cm_cmd_log_fetch)(const char *url, struct cm_report *report, struct cm_buf *to);

struct cm_cmd_log {
	const char *where;
	int64_t shown; // when progress was last shown, monotonic
	bool progress;
	struct cm_note_key keys[CM_CMD_LOG_KEYS];
	size_t key_count;
};

static bool
cm_cmd_log_is_url(const char *where)
{
	return strncmp(where, "https://", 8) == 0 || strncmp(where, "http://", 7) == 0;
}

static cm_result
cm_cmd_log_file(void *self, const char *name, struct cm_report *report, struct cm_buf *to)
{
	const struct cm_cmd_log *log = self;
	char path[CM_CMD_LOG_NAME];
	size_t n = strlen(log->where);
	bool slash = n != 0 && log->where[n - 1] == '/';
	if (snprintf(path, sizeof path, "%s%s%s", log->where, slash ? "" : "/", name) >= (int)sizeof path)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "register", "%s", log->where);
	if (!cm_cmd_log_is_url(log->where))
		return cm_file_load(path, to, report);
	return cm_cmd_log_fetch == NULL ? CM_FAILED : cm_cmd_log_fetch(path, report, to);
}

static void
cm_cmd_log_progress(void *self, uint64_t done, uint64_t all)
{
	struct cm_cmd_log *log = self;
	int64_t now = cm_clock_mono();
	if (!log->progress || now - log->shown < CM_INSTANT_SECOND / 5)
		return;
	log->shown = now;
	fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " entries (%u %%) ", done, all, (unsigned)(done * 100 / all));
}

static cm_result
cm_cmd_log_key(struct cm_cmd_log *log, struct cm_view vkey, struct cm_report *report)
{
	if (log->key_count == CM_CMD_LOG_KEYS)
		return cm_report_refuse(report, CM_ERROR_USAGE, "--vkey", "more than %d keys", CM_CMD_LOG_KEYS);
	cm_result r = cm_note_key_read(vkey, report, &log->keys[log->key_count]);
	if (r == CM_OK)
		log->key_count++;
	return r;
}

// A key as text, or a file with one key a line.
static cm_result
cm_cmd_log_keys(struct cm_cmd_log *log, const char *text, struct cm_report *report)
{
	if (!cm_file_exists(text))
		return cm_cmd_log_key(log, cm_view_text(text), report);
	struct cm_buf CM_CLEANUP(cm_buf_fini) file = cm_buf_of(CM_LIMIT_NOTE_BYTES_VALUE);
	cm_result r = cm_file_load(text, &file, report);
	for (size_t at = 0; r == CM_OK && at < file.n;) {
		size_t end = cm_view_find(cm_buf_view(&file), at, '\n');
		if (end != at)
			r = cm_cmd_log_key(log, cm_view_part(cm_buf_view(&file), at, end - at), report);
		at = end + 1;
	}
	return r;
}

static int
cm_cmd_log_told(const struct cm_command_line *line, const struct cm_log_check_told *told)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_JSON_OUTPUT_VALUE), root = cm_buf_of(64);
	struct cm_json_put put = cm_json_put_of(&text);
	if (!line->json) {
		printf("%s: %" PRIu64 " entries, %" PRIu64 " files: whole.\n", told->origin, told->size, told->files);
		return CM_CLI_DONE;
	}
	cm_b64_write(&root, cm_hash_view(&told->root), CM_B64_STANDARD);
	cm_json_put_object(&put);
	cm_json_put_member_number(&put, "files", (int64_t)told->files);
	cm_json_put_member_cstr(&put, "origin", told->origin);
	cm_json_put_member_text(&put, "root", cm_buf_view(&root));
	cm_json_put_member_number(&put, "size", (int64_t)told->size);
	cm_json_put_member_bool(&put, "whole", true);
	cm_json_put_end_object(&put);
	return cm_out_json(&text) ? CM_CLI_DONE : CM_CLI_ENVIRONMENT;
}

int
cm_cmd_log_fsck(const struct cm_command_line *line)
{
	CM_AUTO struct cm_cmd_log *log = cm_mem_new(sizeof *log);
	CM_AUTO struct cm_report *report = cm_mem_new(sizeof *report);
	struct cm_log_check_told told = {0};
	const char *vkey;
	if (log == NULL || report == NULL)
		return CM_CLI_ENVIRONMENT;
	log->where = line->arguments[0];
	log->progress = !line->json && cm_tty_is(2);
	log->shown = cm_clock_mono();
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && (vkey = cm_command_value_at(line, CM_OPTION_LOG_FSCK_VKEY, i)) != NULL; i++)
		r = cm_cmd_log_keys(log, vkey, report);
	struct cm_log_check check = {.fetch = cm_cmd_log_file,
	                             .progress = cm_cmd_log_progress,
	                             .self = log,
	                             .keys = log->keys,
	                             .key_count = log->key_count};
	if (r == CM_OK && log->key_count == 0)
		r = cm_report_refuse(report, CM_ERROR_USAGE, "--vkey", "no key");
	if (r == CM_OK)
		r = cm_log_check_run(&check, report, &told);
	if (log->progress)
		fputs("\r\033[K", stderr);
	return r == CM_OK ? cm_cmd_log_told(line, &told) : cm_fail(line, r, report);
}

int
cm_cmd_log_prove(const struct cm_command_line *line)
{
	CM_AUTO struct cm_cmd_log *log = cm_mem_new(sizeof *log);
	CM_AUTO struct cm_report *report = cm_mem_new(sizeof *report);
	struct cm_buf CM_CLEANUP(cm_buf_fini) proof = cm_buf_of(CM_LIMIT_PROOF_BYTES_VALUE);
	struct cm_sink CM_CLEANUP(cm_sink_fini) sink = {.fd = -1};
	const char *out = cm_command_value(line, CM_OPTION_LOG_PROVE_OUT);
	bool force = cm_command_value(line, CM_OPTION_LOG_PROVE_FORCE) != NULL;
	const char *number = cm_command_value(line, CM_OPTION_LOG_PROVE_INDEX);
	uint64_t index;
	if (log == NULL || report == NULL)
		return CM_CLI_ENVIRONMENT;
	log->where = line->arguments[0];
	struct cm_log_check check = {.fetch = cm_cmd_log_file, .self = log};
	cm_result r = cm_num_u64(cm_view_text(number), 0, INT64_MAX, &index) ? CM_OK : CM_BUG; // the parser has read it
	if (r == CM_OK)
		r = cm_sink_open(out == NULL ? "-" : out, force, report, &sink);
	if (r == CM_OK)
		r = cm_log_check_prove(&check, index, report, &proof);
	if (r == CM_OK)
		r = cm_sink_write(&sink, cm_buf_view(&proof), report);
	if (r == CM_OK)
		r = cm_sink_commit(&sink, report);
	return r == CM_OK ? CM_CLI_DONE : cm_fail(line, r, report);
}
