// Knows: the lists by which an outsider has keys judged, and at which roots they begin. Does not know: what may follow what, or who
// was valid when (domain/trust.h). Serves include/comity/trust.h; doc/spec/directory.md sections 4 to 6.
#include "api/directory_inside.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"

enum comity_result
comity_directory_new(struct comity_directory **ret_directory)
{
	struct comity_directory *directory = cm_mem_new(sizeof *directory);
	if (directory == NULL)
		return COMITY_NOMEM;
	*ret_directory = directory;
	return COMITY_OK;
}

static void
cm_directory_kept_fini(struct cm_directory_kept *kept)
{
	cm_directory_fini(&kept->list);
	cm_buf_fini(&kept->bytes);
}

void
comity_directory_free(struct comity_directory *directory)
{
	if (directory == NULL)
		return;
	for (size_t i = 0; i < directory->count; i++)
		cm_directory_kept_fini(&directory->kept[i]);
	cm_mem_free(directory->kept);
	cm_mem_free(directory);
}

static struct cm_directory_kept *
cm_directory_place(const struct comity_directory *directory, struct cm_view country)
{
	for (size_t i = 0; i < directory->count; i++)
		if (cm_view_equal(directory->kept[i].list.country, country))
			return &directory->kept[i];
	return NULL;
}

const struct cm_directory *
cm_directory_of(const struct comity_directory *directory, const char *country)
{
	const struct cm_directory_kept *kept =
	        cm_directory_place(directory, country == NULL ? cm_view_of(NULL, 0) : cm_view_text(country));
	return kept == NULL ? NULL : &kept->list;
}

// Of the day it was issued: a list of years ago may be the right one for what was signed then, and whether it is too old for
// something is judged with that.
static cm_result
cm_directory_judge(const struct comity_directory *directory, const struct comity_trust *trust,
                   const struct comity_hash *secretariat, struct cm_directory_kept *kept, struct cm_report *report)
{
	CM_AUTO struct cm_hash *anchors = cm_mem_new_many(CM_TRUST_ROOTS + 1, sizeof *anchors);
	const struct cm_directory_kept *old = cm_directory_place(directory, kept->list.country);
	struct cm_trust_question question = {.now = kept->list.issued,
	        .old = old == NULL ? NULL : &old->list,
	        .sha256 = kept->sha256,
	        .anchors = anchors};
	if (anchors == NULL)
		return CM_NOMEM;
	if (old != NULL)
		question.old_sha256 = old->sha256;
	if (cm_directory_is_states(&kept->list)) {
		question.anchor_count = secretariat == NULL ? 0 : 1;
		if (secretariat != NULL)
			memcpy(anchors[0].b, secretariat->b, CM_HASH_SIZE);
	} else
		for (; trust != NULL && question.anchor_count < trust->count; question.anchor_count++)
			anchors[question.anchor_count] = cm_hash_of(trust->roots[question.anchor_count]);
	cm_result r = cm_trust_check_signed(&kept->list, report);
	return r == CM_OK ? cm_trust_check_new(&kept->list, &question, report) : r;
}

static cm_result
cm_directory_keep(struct comity_directory *directory, struct cm_directory_kept *kept)
{
	struct cm_directory_kept *old = cm_directory_place(directory, kept->list.country);
	if (old == NULL) {
		struct cm_directory_kept *all = cm_mem_resize(directory->kept, (directory->count + 1) * sizeof *all);
		if (all == NULL)
			return CM_NOMEM;
		directory->kept = all;
		old = &all[directory->count++];
	} else
		cm_directory_kept_fini(old);
	*old = *kept;
	*kept = (struct cm_directory_kept){.list = {.version = 0}};
	return CM_OK;
}

enum comity_result
comity_directory_add(struct comity_directory *directory, const struct comity_trust *trust, struct comity_view bytes,
                     const struct comity_hash *secretariat, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_directory_kept CM_CLEANUP(cm_directory_kept_fini) kept = {.bytes = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE)};
	if (bytes.n > CM_LIMIT_DIRECTORY_BYTES_VALUE)
		return comity_result_of(cm_report_refuse(inside, CM_ERROR_DIRECTORY_JSON, "directory", "%zu bytes", bytes.n));
	cm_buf_view_add(&kept.bytes, comity_inside(bytes));
	cm_result r = cm_buf_result(&kept.bytes);
	if (r == CM_OK)
		r = cm_directory_read(cm_buf_view(&kept.bytes), inside, &kept.list);
	kept.sha256 = cm_hash_of(cm_buf_view(&kept.bytes));
	if (r == CM_OK)
		r = cm_directory_judge(directory, trust, secretariat, &kept, inside);
	return comity_result_of(r == CM_OK ? cm_directory_keep(directory, &kept) : r);
}
