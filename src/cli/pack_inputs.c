// Knows: which files a package is made of, and the first pass over them. Does not know: what stands in a package.
// The first pass runs over several files, or several parts of a large one, at once.
#include "cli/pack_job.h"

#include <stdatomic.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/proc.h"
#include "os/thread.h"

#define CM_PACK_PART 67108864 // bytes of a part of the first pass
#define CM_PACK_READ 262144   // bytes of one read: stays in the processor's cache
#define CM_PACK_THREADS 4

// A part of a file with its CRC.
struct cm_pack_part {
	size_t file;
	uint64_t from, n;
	uint32_t crc;
};

struct cm_pack_survey {
	const struct cm_pack_inputs *inputs;
	struct cm_pack_part *parts;
	size_t count;
	_Atomic size_t next;
	_Atomic int result;
	_Atomic uint64_t done;
	struct cm_mutex lock; // of report and progress
	struct comity_report *report;
	struct cm_out_progress progress;
};

static enum comity_result
cm_pack_survey_part(struct cm_pack_survey *s, struct cm_pack_part *part, uint8_t *block, struct cm_report *report)
{
	const struct cm_pack_file *file = &s->inputs->files[part->file];
	CM_FILE_AUTO int fd = -1;
	cm_result r = cm_file_open(file->path, CM_FILE_READ, 0, report, &fd);
	for (uint64_t at = 0; r == CM_OK && at < part->n;) {
		size_t n = part->n - at < CM_PACK_READ ? (size_t)(part->n - at) : CM_PACK_READ, got = 0;
		r = cm_file_pread(fd, part->from + at, block, n, report, &got);
		if (r == CM_OK && got != n)
			r = cm_report_refuse(report, CM_ERROR_PACK_CHANGED, file->name, "it became shorter");
		part->crc = comity_crc(part->crc, (struct comity_view){block, got});
		at += got;
		uint64_t done = atomic_fetch_add(&s->done, got) + got;
		if (s->progress.on) {
			CM_MUTEX_HOLD(&s->lock);
			cm_out_progress_at(&s->progress, done);
		}
	}
	return comity_result_of(r);
}

static void
cm_pack_survey_work(void *arg)
{
	struct cm_pack_survey *s = arg;
	struct comity_report *report = NULL;
	uint8_t *block = cm_file_block_new(CM_PACK_READ);
	enum comity_result r = comity_report_new(&report);
	if (block == NULL)
		r = COMITY_NOMEM;
	while (r == COMITY_OK && atomic_load(&s->result) == COMITY_OK) {
		size_t at = atomic_fetch_add(&s->next, 1);
		if (at >= s->count)
			break;
		r = cm_pack_survey_part(s, &s->parts[at], block, comity_report_inside(report));
	}
	if (r != COMITY_OK) {
		CM_MUTEX_HOLD(&s->lock);
		if (atomic_exchange(&s->result, (int)r) == COMITY_OK && report != NULL)
			cm_report_join(comity_report_inside(s->report), comity_report_inside(report));
	}
	cm_file_block_free(block, CM_PACK_READ);
	comity_report_free(report);
}

static size_t
cm_pack_parts(const struct cm_pack_inputs *inputs, struct cm_pack_part *parts)
{
	size_t n = 0;
	for (size_t i = 0; i < inputs->count; i++)
		for (uint64_t at = 0; at < inputs->files[i].size; at += CM_PACK_PART, n++)
			if (parts != NULL) {
				uint64_t left = inputs->files[i].size - at;
				parts[n] = (struct cm_pack_part){
				        .file = i, .from = at, .n = left < CM_PACK_PART ? left : CM_PACK_PART};
			}
	return n;
}

static enum comity_result
cm_pack_survey(struct cm_pack_inputs *inputs, bool quiet, struct comity_report *report)
{
	struct cm_pack_survey s = {.inputs = inputs, .report = report, .count = cm_pack_parts(inputs, NULL)};
	struct cm_thread threads[CM_PACK_THREADS] = {0};
	unsigned count = cm_proc_cpus();
	s.parts = cm_mem_new_many(s.count, sizeof *s.parts);
	if (s.parts == NULL)
		return COMITY_NOMEM;
	cm_pack_parts(inputs, s.parts);
	cm_mutex_init(&s.lock);
	cm_out_progress_begin(&s.progress, "looking through", inputs->bytes, quiet);
	for (unsigned i = 1; i < count && i < CM_PACK_THREADS && i < s.count; i++)
		if (cm_thread_start(&threads[i], "survey", cm_pack_survey_work, &s, NULL) != CM_OK)
			break; // fewer do as well
	cm_pack_survey_work(&s);
	for (unsigned i = 0; i < CM_PACK_THREADS; i++)
		cm_thread_join(&threads[i]);
	cm_out_progress_end(&s.progress);
	for (size_t i = 0; i < s.count; i++) {
		struct cm_pack_file *file = &inputs->files[s.parts[i].file];
		file->crc = comity_crc_join(file->crc, s.parts[i].crc, s.parts[i].n);
	}
	cm_mutex_fini(&s.lock);
	cm_mem_free(s.parts);
	return (enum comity_result)atomic_load(&s.result);
}

static cm_result
cm_pack_add(struct cm_pack_inputs *inputs, const char *folder, const struct cm_dir_entry *entry,
            struct cm_report *report)
{
	struct cm_pack_file *file = &inputs->files[inputs->count];
	if (entry->kind == CM_DIR_FOLDER)
		return CM_OK;
	if (entry->kind != CM_DIR_FILE)
		return cm_report_refuse(report, CM_ERROR_PACK_KIND, entry->name,
		                        entry->kind == CM_DIR_LINK ? "a symbolic link" : "no regular file");
	cm_result r = cm_file_path(file->path, sizeof file->path, folder, entry->name, report);
	file->name = entry->name;
	file->size = entry->size;
	inputs->bytes += entry->size;
	inputs->count++;
	return r;
}

static cm_result
cm_pack_one(const char *path, const struct cm_file_facts *facts, struct cm_report *report,
            struct cm_pack_inputs *inputs)
{
	const char *slash = strrchr(path, '/');
	inputs->files = cm_mem_new(sizeof *inputs->files);
	if (inputs->files == NULL)
		return CM_NOMEM;
	struct cm_pack_file *file = inputs->files;
	if (strlen(path) >= sizeof file->path)
		return cm_report_refuse(report, CM_ERROR_PATH_TOO_LONG, "input", "%s", path);
	memcpy(file->path, path, strlen(path) + 1);
	file->name = slash == NULL ? file->path : file->path + (slash + 1 - path);
	file->size = inputs->bytes = facts->size;
	inputs->count = 1;
	return CM_OK;
}

enum comity_result
cm_pack_inputs_read(const char *path, bool quiet, struct comity_report *report, struct cm_pack_inputs *ret_inputs)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_pack_inputs inputs = {0};
	struct cm_file_facts facts = {0};
	CM_FILE_AUTO int fd = -1;
	cm_result r = cm_file_open(path, CM_FILE_READ, 0, inside, &fd);
	if (r == CM_OK)
		r = cm_file_look(fd, inside, &facts);
	if (r == CM_OK && facts.regular)
		r = cm_pack_one(path, &facts, inside, &inputs);
	else if (r == CM_OK && facts.folder) {
		r = cm_dir_walk(path, CM_LIMIT_PACK_WALK_VALUE, inside, &inputs.list);
		if (r == CM_OK && (inputs.files = cm_mem_new_many(inputs.list.n + 1, sizeof *inputs.files)) == NULL)
			r = CM_NOMEM;
		for (size_t i = 0; r == CM_OK && i < inputs.list.n; i++)
			r = cm_pack_add(&inputs, path, &inputs.list.entries[i], inside);
	} else if (r == CM_OK)
		r = cm_report_refuse(inside, CM_ERROR_PACK_KIND, path, "neither file nor folder");
	if (r == CM_OK && inputs.count == 0)
		r = cm_report_refuse(inside, CM_ERROR_PACK_EMPTY, path, "no file in it");
	if (r == CM_OK)
		r = (cm_result)cm_pack_survey(&inputs, quiet, report);
	if (r == CM_OK)
		*ret_inputs = inputs;
	else
		cm_pack_inputs_fini(&inputs);
	return comity_result_of(r);
}

void
cm_pack_inputs_fini(struct cm_pack_inputs *inputs)
{
	cm_mem_free(inputs->files);
	inputs->files = NULL;
	cm_dir_list_fini(&inputs->list);
}
