// Knows: the order of the checks of a package or bundle, and which bytes each needs. Does not know: what a check says
// (verify_checks.c, verify_court.c), where the bytes are. Serves doc/spec/package.md section 8.
#include "api/verify_inside.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/zip_crc.h"

enum comity_result
comity_verify_new(const struct comity_verify_options *options, uint64_t length, struct comity_verify **ret_verify)
{
	struct comity_verify *v = cm_mem_new(sizeof *v);
	if (v == NULL)
		return COMITY_NOMEM;
	v->trust = options->trust;
	v->directory = options->directory;
	v->received.us = options->received.us;
	v->given = cm_buf_of(CM_LIMIT_ZIP_DIRECTORY_BYTES_VALUE);
	cm_result r = cm_zip_read_new(&(struct cm_zip_read_options){0}, length, &v->zip);
	if (r == CM_OK)
		*ret_verify = cm_take(&v);
	comity_verify_free(v);
	return comity_result_of(r);
}

void
comity_verify_free(struct comity_verify *v)
{
	if (v == NULL)
		return;
	for (size_t i = 0; i < v->count; i++) {
		cm_mem_free(v->files[i].name);
		cm_buf_fini(&v->files[i].bytes);
	}
	cm_mem_free(v->files);
	for (size_t i = 0; i < v->list_count; i++)
		cm_asic_manifest_fini(&v->lists[i].manifest);
	cm_buf_fini(&v->given);
	cm_zip_read_free(v->zip);
	cm_mem_free(v);
}

void
cm_verify_outcome(struct comity_report *report, const char *name, const char *about, cm_result result, size_t before)
{
	struct comity_finding finding;
	if (result == CM_OK)
		comity_report_add_check(report, name, about, COMITY_CHECK_OK, "%s", "");
	else if (report != NULL && comity_report_finding(report, before, &finding))
		comity_report_add_check(report, name, about, COMITY_CHECK_FAILED, "%s (%s)", finding.rule.text,
		                        finding.rule.code);
	else
		comity_report_add_check(report, name, about, COMITY_CHECK_FAILED, "%s", cm_result_name(result));
}

struct cm_verify_file *
cm_verify_find(struct comity_verify *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->files[i].part && cm_view_is(v->files[i].entry->name, name))
			return &v->files[i];
	return NULL;
}

// The most bytes that an entry which is read whole may have; 0 for entries that are only digested.
static uint64_t
cm_verify_part_limit(struct cm_view name)
{
	if (cm_view_is(name, CM_ASIC_MIMETYPE_NAME))
		return sizeof CM_ASIC_MIMETYPE;
	if (cm_view_is(name, CM_ASIC_PACKAGE_MANIFEST) || cm_view_is(name, CM_ASIC_BUNDLE_MANIFEST))
		return CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE;
	if (cm_view_is(name, CM_ASIC_PACKAGE_SIGNATURE) || cm_view_is(name, CM_ASIC_BUNDLE_SIGNATURE))
		return CM_LIMIT_CMS_BYTES_VALUE;
	return cm_view_starts(name, CM_ASIC_COURT) ? CM_LIMIT_MESSAGE_BYTES_VALUE : 0;
}

static cm_result
cm_verify_files(struct comity_verify *v, struct cm_report *report)
{
	uint64_t court = 0;
	size_t count = cm_zip_read_count(v->zip);
	v->files = cm_mem_new_many(count, sizeof *v->files);
	if (v->files == NULL)
		return CM_NOMEM;
	v->count = count;
	for (size_t i = 0; i < count; i++) {
		struct cm_verify_file *file = &v->files[i];
		file->entry = cm_zip_read_entry(v->zip, i);
		uint64_t limit = cm_verify_part_limit(file->entry->name);
		file->part = limit != 0;
		file->bytes = cm_buf_of((size_t)limit);
		file->name = cm_mem_text(file->entry->name.p, file->entry->name.n);
		if (file->name == NULL)
			return CM_NOMEM;
		court += cm_view_starts(file->entry->name, CM_ASIC_COURT) ? file->entry->size : 0;
		if ((file->part && file->entry->size > limit) || court > CM_LIMIT_COURT_BYTES_VALUE)
			return cm_report_refuse(report, CM_ERROR_FILE_TOO_LARGE, "container", "%.*s: %llu bytes",
			                        CM_VIEW_ARG(file->entry->name),
			                        (unsigned long long)file->entry->size);
	}
	return CM_OK;
}

static void
cm_verify_lists(struct comity_verify *v)
{
	static const struct cm_verify_list lists[2] = {
	        {.about = "package",
	         .manifest_name = CM_ASIC_PACKAGE_MANIFEST,
	         .signature_name = CM_ASIC_PACKAGE_SIGNATURE},
	        {.about = "bundle",
	         .manifest_name = CM_ASIC_BUNDLE_MANIFEST,
	         .signature_name = CM_ASIC_BUNDLE_SIGNATURE},
	};
	memcpy(v->lists, lists, sizeof lists);
	v->list_count = v->kind == CM_ASIC_BUNDLE ? 2 : 1;
}

// Reads the directory; true while more bytes of it are needed.
static cm_result
cm_verify_directory(struct comity_verify *v, struct comity_report *report, struct comity_step *step)
{
	struct cm_report *inside = comity_report_inside(report);
	size_t before = comity_report_count(report);
	cm_result r = cm_zip_read_step(v->zip, cm_buf_view(&v->given), inside, &v->need);
	if (r == CM_OK && v->need.length != 0) {
		*step = (struct comity_step){
		        .kind = COMITY_STEP_NEED, .offset = v->need.offset, .length = v->need.length};
		return CM_OK;
	}
	if (r == CM_OK)
		r = cm_verify_files(v, inside);
	cm_verify_outcome(report, "container", "", r, before);
	if (r != CM_OK)
		return r;
	before = comity_report_count(report);
	r = cm_asic_check_layout(v->zip, inside, &v->kind);
	cm_verify_outcome(report, "layout", "", r, before);
	if (r != CM_OK)
		return r;
	comity_report_add_fact(report, "kind", "%s", v->kind == CM_ASIC_BUNDLE ? "bundle" : "package");
	cm_verify_lists(v);
	v->at = CM_VERIFY_PARTS;
	return CM_OK;
}

// The next part that is not empty; all parts read: lists and signatures are judged.
static void
cm_verify_parts(struct comity_verify *v, struct comity_report *report, struct comity_step *step)
{
	while (v->next < v->count && (!v->files[v->next].part || v->files[v->next].hashed))
		v->next++;
	if (v->next < v->count && v->files[v->next].entry->size != 0) {
		const struct cm_zip_entry *entry = v->files[v->next].entry;
		v->need = (struct cm_zip_need){.offset = entry->offset, .length = (size_t)entry->size};
		*step = (struct comity_step){
		        .kind = COMITY_STEP_NEED, .offset = entry->offset, .length = entry->size};
		return;
	}
	if (v->next < v->count) {
		v->files[v->next].sha256 = cm_hash_of(cm_view_of(NULL, 0));
		v->files[v->next].hashed = true;
		return;
	}
	cm_verify_check_lists(v, report);
	v->next = 0;
	v->at = CM_VERIFY_FILES;
}

static void
cm_verify_jobs(struct comity_verify *v, struct comity_step *step)
{
	for (; v->next < v->count; v->next++) {
		struct cm_verify_file *file = &v->files[v->next];
		if (file->part)
			continue;
		if (file->entry->size == 0) {
			file->sha256 = cm_hash_of(cm_view_of(NULL, 0));
			file->hashed = true;
			continue;
		}
		*step = (struct comity_step){.kind = COMITY_STEP_HASH,
		                             .input = v->next,
		                             .offset = file->entry->offset,
		                             .length = file->entry->size};
		v->outstanding++;
		v->next++;
		return;
	}
	v->at = CM_VERIFY_WAIT;
}

static cm_result
cm_verify_end(struct comity_verify *v, struct comity_report *report)
{
	cm_result r = CM_OK;
	cm_verify_check_files(v, report);
	if (v->kind == CM_ASIC_BUNDLE)
		r = cm_verify_check_court(v, report);
	else
		cm_verify_check_key(v, &v->lists[0], (struct cm_instant){.us = 0}, NULL, report);
	if (r == CM_OK)
		comity_report_set_verdict(report, v->exercise        ? COMITY_VERDICT_EXERCISE
		                                  : v->origin_judged && !v->key_open ? COMITY_VERDICT_VALID
		                                                     : COMITY_VERDICT_INTACT);
	else
		comity_report_set_verdict(report, COMITY_VERDICT_REFUSED);
	v->at = CM_VERIFY_DONE;
	return r;
}

enum comity_result
comity_verify_step(struct comity_verify *v, struct comity_report *report, struct comity_step *ret_step)
{
	struct comity_step step = {.kind = COMITY_STEP_DONE};
	cm_result r = CM_OK;
	if (v->outstanding == SIZE_MAX)
		return COMITY_BUG; // refused before
	while (r == CM_OK && step.kind == COMITY_STEP_DONE && v->at != CM_VERIFY_DONE)
		switch (v->at) {
		case CM_VERIFY_DIRECTORY:
			r = cm_verify_directory(v, report, &step);
			break;
		case CM_VERIFY_PARTS:
			cm_verify_parts(v, report, &step);
			break;
		case CM_VERIFY_FILES:
			cm_verify_jobs(v, &step);
			break;
		case CM_VERIFY_WAIT:
			if (v->outstanding != 0)
				step.kind = COMITY_STEP_WAIT;
			else
				r = cm_verify_end(v, report);
			break;
		case CM_VERIFY_DONE:
			break;
		}
	if (r != CM_OK) {
		comity_report_set_verdict(report, COMITY_VERDICT_REFUSED);
		v->outstanding = SIZE_MAX;
		return comity_result_of(r);
	}
	*ret_step = step;
	return COMITY_OK;
}

enum comity_result
comity_verify_give(struct comity_verify *v, struct comity_view bytes, struct comity_report *report)
{
	struct cm_view given = comity_inside(bytes);
	(void)report;
	if (given.n != v->need.length)
		return COMITY_BUG;
	if (v->at == CM_VERIFY_DIRECTORY) {
		cm_buf_clear(&v->given);
		cm_buf_view_add(&v->given, given);
		return comity_result_of(cm_buf_result(&v->given));
	}
	if (v->at != CM_VERIFY_PARTS || v->next >= v->count)
		return COMITY_BUG;
	struct cm_verify_file *file = &v->files[v->next];
	cm_buf_view_add(&file->bytes, given);
	file->sha256 = cm_hash_of(given);
	file->crc = cm_zip_crc(0, given);
	file->hashed = true;
	return comity_result_of(cm_buf_result(&file->bytes));
}

enum comity_result
comity_verify_hashed(struct comity_verify *v, size_t job, const struct comity_hash *sha256, uint32_t crc)
{
	if (job >= v->count || v->files[job].part || v->files[job].hashed || v->outstanding == 0)
		return COMITY_BUG;
	memcpy(v->files[job].sha256.b, sha256->b, CM_HASH_SIZE);
	v->files[job].crc = crc;
	v->files[job].hashed = true;
	v->outstanding--;
	return COMITY_OK;
}

size_t
comity_verify_entries(const struct comity_verify *v)
{
	return v->count;
}

bool
comity_verify_entry(const struct comity_verify *v, size_t at, struct comity_entry *ret_entry)
{
	if (at >= v->count)
		return false;
	const struct cm_zip_entry *entry = v->files[at].entry;
	const struct cm_asic_line *line = NULL;
	for (size_t i = 0; i < v->list_count && line == NULL; i++)
		if (v->lists[i].read)
			line = cm_asic_manifest_find(&v->lists[i].manifest, entry->name);
	*ret_entry = (struct comity_entry){.name = v->files[at].name,
	                                   .size = entry->size,
	                                   .offset = entry->offset,
	                                   .crc = entry->crc,
	                                   .has_sha256 = line != NULL};
	if (line != NULL)
		memcpy(ret_entry->sha256.b, line->sha256, CM_HASH_SIZE);
	return true;
}
