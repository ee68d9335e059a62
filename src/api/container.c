// Knows: how items become the stream of a container, with their digests catching up on another thread. Does not know:
// which items a package or bundle has. Serves doc/spec/package.md sections 2 and 3.
// Two threads may be inside at once: one steps, one digests. They share `digested` (atomic); items are added only
// when all digests are in.
#include "api/container.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/cms.h"
#include "format/zip_crc.h"

void
cm_container_init(struct cm_container *c, const struct cm_container_options *options)
{
	struct cm_zip_write_options zip = {.modified = options->modified, .max_entries = options->max_entries};
	memset(c, 0, sizeof *c);
	cm_zip_write_init(&c->zip, &zip);
	c->changed = options->changed;
	c->out = cm_buf_of(CM_LIMIT_CONTAINER_PART_VALUE);
	cm_hash_init(&c->digest);
}

void
cm_container_fini(struct cm_container *c)
{
	for (size_t i = 0; i < c->count; i++) {
		cm_mem_free(c->items[i].name);
		cm_buf_fini(&c->items[i].bytes);
	}
	cm_mem_free(c->items);
	cm_buf_fini(&c->out);
	cm_zip_write_fini(&c->zip);
}

static cm_result
cm_container_new(struct cm_container *c, struct cm_view name, struct cm_container_item **ret_item)
{
	if (c->count == c->room) {
		size_t room = c->room == 0 ? 16 : 2 * c->room;
		struct cm_container_item *items = cm_mem_resize(c->items, room * sizeof *items);
		if (items == NULL)
			return CM_NOMEM;
		c->items = items;
		c->room = room;
	}
	struct cm_container_item *item = &c->items[c->count];
	memset(item, 0, sizeof *item);
	item->name = cm_mem_text(name.p, name.n);
	if (item->name == NULL)
		return CM_NOMEM;
	c->count++;
	*ret_item = item;
	return CM_OK;
}

cm_result
cm_container_add_bytes(struct cm_container *c, struct cm_view name, struct cm_buf *take, struct cm_report *report)
{
	struct cm_container_item *item;
	cm_result r = cm_buf_result(take);
	if (r == CM_OK)
		r = cm_zip_name_check(name, "package", report);
	if (r == CM_OK)
		r = cm_container_new(c, name, &item);
	if (r != CM_OK)
		return r;
	item->bytes = *take;
	*take = cm_buf_of(take->max);
	item->size = item->bytes.n;
	item->crc = cm_zip_crc(0, cm_buf_view(&item->bytes));
	item->sha256 = cm_hash_of(cm_buf_view(&item->bytes));
	return CM_OK;
}

cm_result
cm_container_add_copy(struct cm_container *c, const struct cm_container_copy *copy, struct cm_report *report)
{
	struct cm_container_item *item;
	if (copy->size == 0) {
		struct cm_buf empty = cm_buf_of(0);
		if (copy->crc != 0)
			return cm_report_refuse(report, c->changed, "empty file", "CRC %08x", copy->crc);
		return cm_container_add_bytes(c, copy->name, &empty, report);
	}
	cm_result r = cm_zip_name_check(copy->name, "package", report);
	if (r == CM_OK)
		r = cm_container_new(c, copy->name, &item);
	if (r != CM_OK)
		return r;
	item->copied = true;
	item->size = copy->size;
	item->crc = copy->crc;
	item->input = copy->input;
	item->offset = copy->offset;
	return CM_OK;
}

cm_result
cm_container_step(struct cm_container *c, struct cm_report *report, struct comity_step *ret_step)
{
	struct comity_step step = {.kind = COMITY_STEP_DONE};
	if (c->at == c->count) {
		*ret_step = step;
		return CM_OK;
	}
	struct cm_container_item *item = &c->items[c->at];
	if (c->header_out) { // the header went before: now its contents
		step = (struct comity_step){.kind = COMITY_STEP_COPY,
		                            .input = item->input,
		                            .offset = item->offset,
		                            .length = item->size};
		c->announced += item->size;
		c->header_out = false;
		c->at++;
		*ret_step = step;
		return CM_OK;
	}
	cm_buf_clear(&c->out);
	struct cm_zip_item zip = {.name = cm_view_text(item->name), .size = item->size, .crc = item->crc};
	cm_result r = cm_zip_write_entry(&c->zip, &zip, &c->out, report);
	if (r != CM_OK)
		return r;
	if (item->copied)
		c->header_out = true;
	else {
		cm_buf_view_add(&c->out, cm_buf_view(&item->bytes));
		c->at++;
	}
	r = cm_buf_result(&c->out);
	if (r != CM_OK)
		return r;
	step.kind = COMITY_STEP_HAVE;
	step.bytes = comity_outside(cm_buf_view(&c->out));
	step.length = step.bytes.n;
	*ret_step = step;
	return CM_OK;
}

cm_result
cm_container_digest(struct cm_container *c, struct cm_view bytes, struct cm_report *report)
{
	uint64_t eaten = bytes.n;
	while (bytes.n != 0) {
		while (c->digest_at < c->count && !c->items[c->digest_at].copied)
			c->digest_at++;
		if (c->digest_at == c->count)
			return CM_BUG;
		struct cm_container_item *item = &c->items[c->digest_at];
		uint64_t left = item->size - c->digest_done;
		struct cm_view part = cm_view_part(bytes, 0, left < bytes.n ? (size_t)left : bytes.n);
		c->digest_crc = cm_zip_crc(c->digest_crc, part);
		cm_hash_add(&c->digest, part);
		c->digest_done += part.n;
		bytes = cm_view_part(bytes, part.n, bytes.n);
		if (c->digest_done != item->size)
			continue;
		item->sha256 = cm_hash_final(&c->digest);
		cm_hash_init(&c->digest);
		if (c->digest_crc != item->crc)
			return cm_report_refuse(report, c->changed, item->name, "CRC %08x, was %08x", c->digest_crc,
			                        item->crc);
		c->digest_crc = 0;
		c->digest_done = 0;
		c->digest_at++;
	}
	atomic_fetch_add(&c->digested, eaten);
	return CM_OK;
}

bool
cm_container_caught_up(const struct cm_container *c)
{
	return atomic_load(&c->digested) == c->announced;
}

cm_result
cm_container_manifest(struct cm_container *c, const char *name, const char *signature_name, struct cm_report *report,
                      struct cm_hash *ret_sha256)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) xml = cm_buf_of(CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE);
	cm_asic_manifest_begin(&xml, signature_name);
	for (size_t i = 0; i < c->count; i++) {
		const struct cm_container_item *item = &c->items[i];
		struct cm_view item_name = cm_view_text(item->name);
		if (cm_view_is(item_name, CM_ASIC_MIMETYPE_NAME))
			continue;
		struct cm_asic_line line = {.name = item_name, .media = cm_view_text(cm_asic_media(item_name))};
		memcpy(line.sha256, item->sha256.b, sizeof line.sha256);
		cm_asic_manifest_line(&xml, &line);
	}
	cm_asic_manifest_end(&xml);
	cm_result r = cm_buf_result(&xml);
	if (r != CM_OK)
		return r == CM_REFUSED ? cm_report_refuse(report, CM_ERROR_ASIC_MANIFEST_SIZE, name, "more than %d bytes",
		                                          CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE)
		                       : r;
	*ret_sha256 = cm_hash_of(cm_buf_view(&xml));
	return cm_container_add_bytes(c, cm_view_text(name), &xml, report);
}

cm_result
cm_container_signature(struct cm_container *c, const char *name, const struct cm_hash *manifest,
                       const struct comity_signature *signature, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) attributes = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) cms = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	struct cm_cms CM_CLEANUP(cm_cms_fini) told = {0};
	struct cm_view chain[COMITY_SIGNATURE_CERTIFICATES];
	struct cm_cms_parts parts = {.chain = chain, .chain_count = signature->count};
	if (signature->count == 0 || signature->count > COMITY_SIGNATURE_CERTIFICATES)
		return CM_BUG;
	for (size_t i = 0; i < signature->count; i++)
		chain[i] = comity_inside(signature->certificates[i]);
	struct cm_instant time = {signature->time.us};
	cm_result r = cm_cms_attributes(manifest, time, chain[0], &attributes);
	if (r != CM_OK)
		return r;
	parts.attributes = cm_buf_view(&attributes);
	memcpy(parts.signature.b, signature->value, sizeof parts.signature.b);
	r = cm_cms_write(&parts, report, &cms);
	if (r == CM_OK) // what leaves was checked as a receiver checks it
		r = cm_cms_verify(cm_buf_view(&cms), manifest, report, &told);
	return r == CM_OK ? cm_container_add_bytes(c, cm_view_text(name), &cms, report) : r;
}

cm_result
cm_container_end(struct cm_container *c, struct cm_report *report, struct comity_step *ret_step)
{
	cm_buf_clear(&c->out);
	cm_result r = cm_zip_write_end(&c->zip, &c->out, report);
	if (r == CM_OK)
		r = cm_buf_result(&c->out);
	if (r != CM_OK)
		return r;
	c->ended = true;
	*ret_step = (struct comity_step){.kind = COMITY_STEP_HAVE,
	                                 .bytes = comity_outside(cm_buf_view(&c->out)),
	                                 .length = c->out.n};
	return CM_OK;
}
