// Knows: where a Linux machine has real files of some size, and mke2fs. Does not know: what becomes of them.
#include "cli/demo_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/tab_limit.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/proc.h"

#define CM_DEMO_INPUT_FILES (UINT64_C(140) << 20) // bytes of copied files; the image adds 72 MiB
#define CM_DEMO_INPUT_IMAGE "72M"
#define CM_DEMO_INPUT_IN_IMAGE (UINT64_C(40) << 20)

// Folders whose files are there on every distribution we build on.
static const char *const cm_demo_input_places[] = {"/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
        "/usr/lib/gcc", "/usr/share/perl", "/usr/lib/python3", "/var/log", NULL};

static int
cm_demo_input_larger(const void *a, const void *b)
{
	const struct cm_dir_entry *x = a, *y = b;
	return x->size < y->size ? 1 : x->size > y->size ? -1 : strcmp(x->name, y->name);
}

// Copies one file in blocks; what cannot be read is left out (copied 0).
static cm_result
cm_demo_input_copy(const char *from, const char *to, struct cm_report *report, uint64_t *ret_copied)
{
	CM_FILE_AUTO int in = -1;
	CM_FILE_AUTO int out = -1;
	*ret_copied = 0;
	if (cm_file_open(from, CM_FILE_READ, 0, NULL, &in) != CM_OK)
		return CM_OK;
	cm_result r = cm_file_open(to, CM_FILE_EMPTY, 0600, report, &out);
	CM_AUTO uint8_t *block = cm_mem_new(1 << 20);
	if (r == CM_OK && block == NULL)
		r = CM_NOMEM;
	for (size_t n = 1; r == CM_OK && n > 0;) {
		r = cm_file_read(in, block, 1 << 20, report, &n);
		if (r == CM_OK)
			r = cm_file_write_all(out, cm_view_of(block, n), report);
		*ret_copied += n;
	}
	return r;
}

// The largest files of one place into `folder`, until `wanted` bytes are there. Large first, so that the number of
// entries stays small.
static cm_result
cm_demo_input_gather(const char *place, const char *folder, uint64_t wanted, struct cm_report *report, uint64_t *bytes)
{
	struct cm_dir_list list = {0};
	if (!cm_file_exists(place) || cm_dir_walk(place, CM_LIMIT_DIR_ENTRIES_VALUE, NULL, &list) != CM_OK)
		return CM_OK;
	qsort(list.entries, list.n, sizeof *list.entries, cm_demo_input_larger);
	cm_result r = CM_OK;
	for (size_t i = 0, taken = 0; r == CM_OK && i < list.n && taken < 40 && *bytes < wanted; i++) {
		char from[CM_FILE_PATH], to[CM_FILE_PATH], name[CM_FILE_PATH];
		if (list.entries[i].kind != CM_DIR_FILE || list.entries[i].size == 0 ||
		    list.entries[i].size > (UINT64_C(48) << 20))
			continue;
		snprintf(name, sizeof name, "%s", list.entries[i].name);
		for (char *c = name; *c != 0; c++)
			*c = *c == '/' ? '_' : *c;
		r = cm_file_path(from, sizeof from, place, list.entries[i].name, report);
		if (r == CM_OK)
			r = cm_file_path(to, sizeof to, folder, name, report);
		uint64_t copied = 0;
		if (r == CM_OK)
			r = cm_demo_input_copy(from, to, report, &copied);
		*bytes += copied;
		taken += copied > 0;
	}
	cm_dir_list_fini(&list);
	return r;
}

static cm_result
cm_demo_input_fill(const char *folder, uint64_t wanted, struct cm_report *report)
{
	uint64_t bytes = 0;
	cm_result r = cm_dir_make_all(folder, 0700, report);
	for (size_t i = 0; r == CM_OK && cm_demo_input_places[i] != NULL && bytes < wanted; i++)
		r = cm_demo_input_gather(cm_demo_input_places[i], folder, wanted, report, &bytes);
	return r;
}

// An ext4 image that holds the files of `from`: what a seized disk looks like.
static cm_result
cm_demo_input_image(const char *from, const char *image, struct cm_report *report)
{
	static const char place[] = "/usr/sbin/mke2fs"; // where people who are not root do not look
	const char *const argv[] = {cm_file_exists(place) ? place : "mke2fs", "-q", "-t", "ext4", "-d", from, image, CM_DEMO_INPUT_IMAGE, NULL};
	struct cm_proc_command command = {.argv = argv};
	struct cm_buf CM_CLEANUP(cm_buf_fini) out = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_proc_streams streams = {.out = &out, .err = &out};
	struct cm_proc_end end;
	cm_result r = cm_proc_run(&command, &streams, cm_clock_after(60 * CM_INSTANT_SECOND), report, &end);
	if (r == CM_OK && (end.code != 0 || end.signal != 0))
		return cm_report_failed(report, CM_ERROR_IO_WRITE, image, "mke2fs: %.200s", cm_buf_cstr(&out));
	return r;
}

cm_result
cm_demo_input_make(const char *folder, struct cm_report *report, struct cm_demo_input *ret_input)
{
	char files[CM_FILE_PATH], image[CM_FILE_PATH], inside[CM_FILE_PATH];
	cm_result r = cm_file_path(files, sizeof files, folder, "files", report);
	if (r == CM_OK)
		r = cm_file_path(image, sizeof image, folder, "disk.img", report);
	if (r == CM_OK)
		r = cm_file_path(inside, sizeof inside, folder, ".inside", report);
	if (r == CM_OK)
		r = cm_demo_input_fill(files, CM_DEMO_INPUT_FILES, report);
	if (r == CM_OK)
		r = cm_demo_input_fill(inside, CM_DEMO_INPUT_IN_IMAGE, report);
	if (r == CM_OK)
		r = cm_demo_input_image(inside, image, report);
	if (r == CM_OK)
		r = cm_dir_remove_all(inside, report);
	return r == CM_OK ? cm_demo_input_count(folder, report, ret_input) : r;
}

cm_result
cm_demo_input_count(const char *folder, struct cm_report *report, struct cm_demo_input *ret_input)
{
	struct cm_dir_list list = {0};
	cm_result r = cm_dir_walk(folder, CM_LIMIT_DIR_ENTRIES_VALUE, report, &list);
	if (r != CM_OK)
		return r;
	struct cm_demo_input input = {0};
	for (size_t i = 0; i < list.n; i++)
		if (list.entries[i].kind == CM_DIR_FILE) {
			input.files++;
			input.bytes += list.entries[i].size;
		}
	cm_dir_list_fini(&list);
	*ret_input = input;
	return CM_OK;
}
