// Knows: how a result reaches its file whole or not at all. Does not know: what it is.
#include "cli/sink.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "os/dir.h"
#include "os/rand.h"

// A failure of the descriptor or of the temporary name, told with the name that was typed.
static cm_result
cm_sink_told(const struct cm_sink *sink, cm_result result, const struct cm_report *inside, struct cm_report *report)
{
	for (size_t i = 0; result != CM_OK && i < inside->count; i++)
		cm_report_add(report, inside->findings[i].rule, sink->path, "%s", inside->findings[i].seen);
	return result;
}

static bool
cm_sink_is_folder(const char *path)
{
	char inside[CM_FILE_PATH]; // not opened: that would wait for the other end of a pipe
	return cm_file_path(inside, sizeof inside, path, ".", NULL) == CM_OK && cm_file_exists(inside);
}

cm_result
cm_sink_open(const char *path, bool force, struct cm_report *report, struct cm_sink *ret_sink)
{
	struct cm_sink sink = {.fd = -1, .force = force};
	struct cm_report inside = {.count = 0};
	uint8_t chance[8];
	char hex[2 * sizeof chance + 1];
	if (strcmp(path, "-") == 0) {
		sink.stream = true;
		sink.fd = 1;
		*ret_sink = sink;
		return CM_OK;
	}
	if (cm_sink_is_folder(path))
		return cm_report_refuse(report, CM_ERROR_OUT_EXISTS, path, "it is a folder; name a file");
	if (!force && cm_file_exists(path))
		return cm_report_refuse(report, CM_ERROR_OUT_EXISTS, path, "it is left as it is");
	cm_result r = cm_rand_bytes(chance, sizeof chance, report);
	if (r != CM_OK)
		return r;
	cm_hex_text(cm_view_of(chance, sizeof chance), hex);
	if (snprintf(sink.path, sizeof sink.path, "%s", path) >= (int)sizeof sink.path ||
	    snprintf(sink.temp, sizeof sink.temp, "%s.%s.part", path, hex) >= (int)sizeof sink.temp)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "output", "%s", path);
	sink.block = cm_file_block_new(CM_SINK_BLOCK);
	if (sink.block == NULL)
		return CM_NOMEM;
	r = cm_file_open_unnamed(path, 0600, &sink.fd);
	if (r != CM_OK) {
		r = cm_file_open(sink.temp, CM_FILE_OUTPUT, 0600, &inside, &sink.fd);
		sink.named = r == CM_OK;
	}
	if (r != CM_OK) {
		cm_file_block_free(sink.block, CM_SINK_BLOCK);
		return cm_sink_told(&sink, r, &inside, report);
	}
	sink.direct = cm_file_direct(sink.fd, true);
	*ret_sink = sink;
	return CM_OK;
}

// Writes the block. A file system that took the flag and then refuses the write gets it without.
static cm_result
cm_sink_flush(struct cm_sink *sink, struct cm_report *report)
{
	struct cm_report inside = {.count = 0};
	struct cm_view block = cm_view_of(sink->block, sink->used);
	if (sink->direct && sink->used % CM_FILE_BLOCK != 0)
		sink->direct = !cm_file_direct(sink->fd, false);
	cm_result r = cm_file_pwrite_all(sink->fd, sink->offset, block, sink->direct ? NULL : &inside);
	if (r == CM_FAILED && sink->direct && cm_file_direct(sink->fd, false)) {
		sink->direct = false;
		r = cm_file_pwrite_all(sink->fd, sink->offset, block, &inside);
	}
	sink->offset += sink->used;
	sink->used = 0;
	return cm_sink_told(sink, r, &inside, report);
}

cm_result
cm_sink_write(struct cm_sink *sink, struct cm_view bytes, struct cm_report *report)
{
	sink->written += bytes.n;
	if (sink->stream)
		return cm_file_write_all(sink->fd, bytes, report);
	while (bytes.n != 0) {
		size_t room = CM_SINK_BLOCK - sink->used, n = bytes.n < room ? bytes.n : room;
		memcpy(sink->block + sink->used, bytes.p, n);
		sink->used += n;
		bytes = cm_view_part(bytes, n, bytes.n);
		cm_result r = sink->used == CM_SINK_BLOCK ? cm_sink_flush(sink, report) : CM_OK;
		if (r != CM_OK)
			return r;
	}
	return CM_OK;
}

int
cm_sink_hand(struct cm_sink *sink)
{
	if (sink->direct)
		sink->direct = !cm_file_direct(sink->fd, false);
	return sink->fd;
}

cm_result
cm_sink_commit(struct cm_sink *sink, struct cm_report *report)
{
	if (sink->stream) {
		sink->done = true;
		return CM_OK;
	}
	cm_result r = sink->used == 0 ? CM_OK : cm_sink_flush(sink, report);
	if (r == CM_OK)
		r = cm_file_sync(sink->fd, report);
	if (r == CM_OK && !sink->force && cm_file_exists(sink->path))
		r = cm_report_refuse(report, CM_ERROR_OUT_EXISTS, sink->path, "it came while we worked");
	if (r == CM_OK && !sink->named) {
		r = cm_file_name(sink->fd, sink->temp, report);
		sink->named = r == CM_OK;
	}
	if (r == CM_OK)
		r = cm_file_rename(sink->temp, sink->path, report);
	sink->done = r == CM_OK;
	return r;
}

void
cm_sink_fini(struct cm_sink *sink)
{
	if (sink->stream || sink->block == NULL)
		return;
	cm_file_close(&sink->fd);
	cm_file_block_free(sink->block, CM_SINK_BLOCK);
	sink->block = NULL;
	if (sink->named && !sink->done)
		cm_result_ignore(cm_file_remove(sink->temp, NULL), "the failure before it is what is told");
}
