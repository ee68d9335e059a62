// Knows: how a court bundle is made of a package and the court's files: the package's entries unchanged, court/…, a
// manifest over everything, its signature. Does not know: whether the package is to be believed (verify.c).
// Serves doc/spec/package.md section 6.
#include "api/container.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/zip_read.h"

enum cm_bundle_at {
	CM_BUNDLE_ADDING,
	CM_BUNDLE_DIRECTORY, // of the package is read
	CM_BUNDLE_MANIFEST,  // manifest 001 of the package is read
	CM_BUNDLE_PACKAGE,   // its entries go out
	CM_BUNDLE_COURT,     // the court's files and manifest 002 go out
	CM_BUNDLE_SIGN,
	CM_BUNDLE_SIGNED,
	CM_BUNDLE_DONE,
};

struct cm_bundle_file {
	char *name;
	struct cm_buf bytes;
};

struct comity_bundle {
	enum cm_bundle_at at;
	struct cm_container container;
	struct cm_zip_read *zip;
	struct cm_view given; // for the reader's next step
	struct cm_buf memory; // of `given`
	struct cm_zip_need need;
	struct cm_asic_manifest manifest;
	struct cm_bundle_file *files;
	size_t file_count;
	uint64_t file_bytes;
	struct cm_hash identity;
};

enum comity_result
comity_bundle_new(const struct comity_bundle_options *options, struct comity_report *report,
                  struct comity_bundle **ret_bundle)
{
	struct cm_container_options container = {.modified = {options->now.us},
	                                         .max_entries = CM_LIMIT_BUNDLE_ENTRIES_VALUE,
	                                         .changed = CM_ERROR_BUNDLE_PACKAGE};
	struct cm_zip_read_options zip = {.max_entries = CM_LIMIT_PACKAGE_ENTRIES_VALUE};
	(void)report;
	struct comity_bundle *bundle = cm_mem_new(sizeof *bundle);
	if (bundle == NULL)
		return COMITY_NOMEM;
	cm_container_init(&bundle->container, &container);
	bundle->memory = cm_buf_of(CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE);
	cm_result r = cm_zip_read_new(&zip, options->package_length, &bundle->zip);
	if (r == CM_OK)
		*ret_bundle = cm_take(&bundle);
	comity_bundle_free(bundle);
	return comity_result_of(r);
}

void
comity_bundle_free(struct comity_bundle *bundle)
{
	if (bundle == NULL)
		return;
	cm_container_fini(&bundle->container);
	cm_zip_read_free(bundle->zip);
	cm_buf_fini(&bundle->memory);
	cm_asic_manifest_fini(&bundle->manifest);
	for (size_t i = 0; i < bundle->file_count; i++) {
		cm_mem_free(bundle->files[i].name);
		cm_buf_fini(&bundle->files[i].bytes);
	}
	cm_mem_free(bundle->files);
	cm_mem_free(bundle);
}

enum comity_result
comity_bundle_add(struct comity_bundle *bundle, const char *name, struct comity_view bytes,
                  struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_buf CM_CLEANUP(cm_buf_fini) full = cm_buf_of(CM_LIMIT_ZIP_NAME_BYTES_VALUE);
	if (bundle->at != CM_BUNDLE_ADDING)
		return COMITY_BUG;
	bundle->file_bytes += bytes.n;
	if (bundle->file_bytes > CM_LIMIT_COURT_BYTES_VALUE)
		return comity_result_of(cm_report_refuse(inside, CM_ERROR_FILE_TOO_LARGE, name, "%zu bytes", bytes.n));
	cm_buf_text(&full, CM_ASIC_COURT);
	cm_buf_text(&full, name);
	cm_result r = cm_zip_name_check(cm_buf_view(&full), name, inside);
	if (r != CM_OK)
		return comity_result_of(r);
	struct cm_bundle_file *files = cm_mem_resize(bundle->files, (bundle->file_count + 1) * sizeof *files);
	if (files == NULL)
		return COMITY_NOMEM;
	bundle->files = files;
	struct cm_bundle_file *file = &files[bundle->file_count];
	file->bytes = cm_buf_of(bytes.n);
	cm_buf_view_add(&file->bytes, comity_inside(bytes));
	file->name = cm_mem_text(full.p, full.n);
	bundle->file_count++;
	return file->name == NULL ? COMITY_NOMEM : comity_result_of(cm_buf_result(&file->bytes));
}

// The directory is read: every entry of the package becomes an item.
static cm_result
cm_bundle_items(struct comity_bundle *bundle, struct cm_report *report)
{
	enum cm_asic_kind kind;
	cm_result r = cm_asic_check_layout(bundle->zip, report, &kind);
	if (r == CM_OK && kind != CM_ASIC_PACKAGE)
		r = cm_report_refuse(report, CM_ERROR_BUNDLE_PACKAGE, "package", "it is a bundle already");
	for (size_t i = 0; r == CM_OK && i < cm_zip_read_count(bundle->zip); i++) {
		const struct cm_zip_entry *entry = cm_zip_read_entry(bundle->zip, i);
		struct cm_container_copy copy = {
		        .name = entry->name, .size = entry->size, .crc = entry->crc, .offset = entry->offset};
		r = cm_container_add_copy(&bundle->container, &copy, report);
	}
	return r;
}

// Every entry of the package has the digest that its manifest tells.
static cm_result
cm_bundle_agrees(const struct comity_bundle *bundle, struct cm_report *report)
{
	for (size_t i = 0; i < bundle->container.count; i++) {
		const struct cm_container_item *item = &bundle->container.items[i];
		const struct cm_asic_line *line = cm_asic_manifest_find(&bundle->manifest, cm_view_text(item->name));
		if (line != NULL && memcmp(line->sha256, item->sha256.b, CM_HASH_SIZE) != 0)
			return cm_report_refuse(report, CM_ERROR_BUNDLE_PACKAGE, item->name,
			                        "another SHA-256 than the manifest tells");
	}
	return CM_OK;
}

static cm_result
cm_bundle_court(struct comity_bundle *bundle, struct cm_report *report)
{
	cm_result r = cm_bundle_agrees(bundle, report);
	for (size_t i = 0; r == CM_OK && i < bundle->file_count; i++)
		r = cm_container_add_bytes(&bundle->container, cm_view_text(bundle->files[i].name),
		                           &bundle->files[i].bytes, report);
	if (r == CM_OK)
		r = cm_container_manifest(&bundle->container, CM_ASIC_BUNDLE_MANIFEST, CM_ASIC_BUNDLE_SIGNATURE, report,
		                          &bundle->identity);
	return r;
}

// Directory and manifest of the package. Tells the next need, or moves on to the entries.
static cm_result
cm_bundle_read(struct comity_bundle *bundle, struct cm_report *report, struct comity_step *step)
{
	cm_result r = CM_OK;
	if (bundle->at == CM_BUNDLE_ADDING || bundle->at == CM_BUNDLE_DIRECTORY) {
		bundle->at = CM_BUNDLE_DIRECTORY;
		r = cm_zip_read_step(bundle->zip, bundle->given, report, &bundle->need);
		if (r == CM_OK && bundle->need.length == 0) {
			r = cm_bundle_items(bundle, report);
			const struct cm_zip_entry *entry = cm_zip_read_find(bundle->zip, CM_ASIC_PACKAGE_MANIFEST);
			if (r == CM_OK && entry->size > CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)
				r = cm_report_refuse(report, CM_ERROR_ASIC_MANIFEST_SIZE, CM_ASIC_PACKAGE_MANIFEST,
				                     "%llu bytes", (unsigned long long)entry->size);
			if (r == CM_OK)
				bundle->need = (struct cm_zip_need){.offset = entry->offset,
				                                    .length = (size_t)entry->size};
			bundle->at = CM_BUNDLE_MANIFEST;
		}
		*step = (struct comity_step){
		        .kind = COMITY_STEP_NEED, .offset = bundle->need.offset, .length = bundle->need.length};
		return r;
	}
	r = cm_asic_manifest_read(bundle->given, report, &bundle->manifest);
	bundle->at = CM_BUNDLE_PACKAGE;
	return r == CM_OK ? cm_container_step(&bundle->container, report, step) : r;
}

enum comity_result
comity_bundle_step(struct comity_bundle *bundle, struct comity_report *report, struct comity_step *ret_step)
{
	struct cm_report *inside = comity_report_inside(report);
	struct comity_step step = {.kind = COMITY_STEP_DONE};
	cm_result r = CM_OK;
	if (bundle->at <= CM_BUNDLE_MANIFEST)
		r = cm_bundle_read(bundle, inside, &step);
	else if (bundle->at != CM_BUNDLE_DONE)
		r = cm_container_step(&bundle->container, inside, &step);
	if (r == CM_OK && step.kind == COMITY_STEP_DONE && bundle->at == CM_BUNDLE_PACKAGE) {
		if (!cm_container_caught_up(&bundle->container))
			step.kind = COMITY_STEP_WAIT;
		else {
			r = cm_bundle_court(bundle, inside);
			bundle->at = CM_BUNDLE_COURT;
			if (r == CM_OK)
				r = cm_container_step(&bundle->container, inside, &step);
		}
	} else if (r == CM_OK && step.kind == COMITY_STEP_DONE && bundle->at == CM_BUNDLE_COURT) {
		step.kind = COMITY_STEP_SIGN;
		step.statement.purpose = COMITY_PURPOSE_CADES;
		memcpy(step.statement.digest.b, bundle->identity.b, CM_HASH_SIZE);
		bundle->at = CM_BUNDLE_SIGN;
	} else if (r == CM_OK && step.kind == COMITY_STEP_DONE && bundle->at == CM_BUNDLE_SIGNED) {
		r = cm_container_end(&bundle->container, inside, &step);
		bundle->at = CM_BUNDLE_DONE;
	} else if (r == CM_OK && bundle->at == CM_BUNDLE_SIGN)
		r = CM_BUG;
	if (r == CM_OK)
		*ret_step = step;
	return comity_result_of(r);
}

enum comity_result
comity_bundle_give(struct comity_bundle *bundle, struct comity_view bytes, struct comity_report *report)
{
	(void)report;
	if (bytes.n != bundle->need.length || bundle->at > CM_BUNDLE_MANIFEST)
		return COMITY_BUG;
	cm_buf_clear(&bundle->memory);
	cm_buf_view_add(&bundle->memory, comity_inside(bytes));
	bundle->given = cm_buf_view(&bundle->memory);
	return comity_result_of(cm_buf_result(&bundle->memory));
}

enum comity_result
comity_bundle_digest(struct comity_bundle *bundle, struct comity_view bytes, struct comity_report *report)
{
	return comity_result_of(
	        cm_container_digest(&bundle->container, comity_inside(bytes), comity_report_inside(report)));
}

enum comity_result
comity_bundle_signed(struct comity_bundle *bundle, const struct comity_signature *signature,
                     struct comity_report *report)
{
	if (bundle->at != CM_BUNDLE_SIGN)
		return COMITY_BUG;
	cm_result r = cm_container_signature(&bundle->container, CM_ASIC_BUNDLE_SIGNATURE, &bundle->identity, signature,
	                                     comity_report_inside(report));
	bundle->at = CM_BUNDLE_SIGNED;
	return comity_result_of(r);
}
