// Any bytes as a container. What the profile takes must lie without gap, be taken as foreign too, and have exactly the
// length that our writer would give it.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "format/zip_crc.h"
#include "format/zip_read.h"
#include "format/zip_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static cm_result
read_all(struct cm_view zip, const struct cm_zip_read_options *options, struct cm_zip_read **ret_r)
{
	struct cm_report report = {0};
	struct cm_zip_need need = {0};
	cm_result r = cm_zip_read_new(options, zip.n, ret_r);
	must(r == CM_OK);
	do {
		must(need.offset <= zip.n && need.length <= zip.n - need.offset);
		r = cm_zip_read_step(*ret_r, cm_view_part(zip, (size_t)need.offset, need.length), &report, &need);
	} while (r == CM_OK && need.length != 0);
	must(r == CM_OK || (r == CM_REFUSED && report.count > 0));
	return r;
}

static void
check_length(const struct cm_zip_read *r, size_t size)
{
	size_t count = cm_zip_read_count(r);
	struct cm_zip_item *items = cm_mem_new_many(count + 1, sizeof *items);
	must(items != NULL);
	for (size_t i = 0; i < count; i++) {
		const struct cm_zip_entry *e = cm_zip_read_entry(r, i);
		uint64_t before = i == 0 ? 0 : cm_zip_read_entry(r, i - 1)->offset + cm_zip_read_entry(r, i - 1)->size;
		must(e->header == before && e->offset + e->size <= size);
		items[i] = (struct cm_zip_item){.name = e->name, .size = e->size};
	}
	uint64_t length = 0;
	must(cm_zip_write_length(items, count, &(struct cm_zip_write_options){.max_entries = UINT64_MAX}, NULL,
	                         &length) == CM_OK);
	must(length == size);
	cm_mem_free(items);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_view zip = cm_view_of(data, size);
	struct cm_zip_read *ours = NULL, *theirs = NULL;
	cm_result strict = read_all(zip, &(struct cm_zip_read_options){0}, &ours);
	cm_result loose = read_all(zip, &(struct cm_zip_read_options){.foreign = true}, &theirs);
	must(strict != CM_OK || loose == CM_OK);
	if (strict == CM_OK)
		check_length(ours, size);
	cm_zip_read_free(ours);
	cm_zip_read_free(theirs);
	return 0;
}
