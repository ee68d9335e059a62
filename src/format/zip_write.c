// Writes the headers of a container. Knows the fields and their canonical values; does not know contents, which
// pass by between two headers, nor what the entries mean.
// Serves doc/spec/package.md, container; APPNOTE.TXT 6.3.10 sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "format/zip_header.h"
#include "format/zip_write.h"

// DOS date and time.
struct stamp {
	uint16_t time, date;
};

static struct stamp
stamp_of(struct cm_instant t)
{
	struct cm_civil c = cm_instant_civil(t);
	if (c.year < 1980)
		return (struct stamp){.time = 0, .date = (1 << 5) | 1};
	if (c.year > 2107)
		return (struct stamp){.time = (23 << 11) | (59 << 5) | 29, .date = (127 << 9) | (12 << 5) | 31};
	return (struct stamp){
		.time = (uint16_t)((c.hour << 11) | (c.minute << 5) | (c.second / 2)),
		.date = (uint16_t)(((c.year - 1980) << 9) | (c.month << 5) | c.day),
	};
}

void
cm_zip_write_init(struct cm_zip_write *w, const struct cm_zip_write_options *options)
{
	*w = (struct cm_zip_write){.options = *options};
	if (w->options.max_entries == 0)
		w->options.max_entries = CM_LIMIT_PACKAGE_ENTRIES_VALUE;
	if (w->options.max_entry_bytes == 0)
		w->options.max_entry_bytes = CM_LIMIT_VOLUME_BYTES_VALUE;
}

void
cm_zip_write_fini(struct cm_zip_write *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		cm_mem_free(w->entries[i].name);
	cm_mem_free(w->entries);
	cm_zip_name_fini(&w->names);
	*w = (struct cm_zip_write){0};
}

static bool
size_is_64(uint64_t size, const struct cm_zip_write_options *options)
{
	return options->zip64_always || size >= CM_ZIP_FULL32;
}

static bool
offset_is_64(uint64_t offset, const struct cm_zip_write_options *options)
{
	return options->zip64_always || offset >= CM_ZIP_FULL32;
}

uint64_t
cm_zip_write_header_length(const struct cm_zip_item *item, const struct cm_zip_write_options *options)
{
	return CM_ZIP_LOCAL_BYTES + item->name.n + (size_is_64(item->size, options) ? CM_ZIP_EXTRA_LOCAL : 0);
}

// Bytes of numbers in the ZIP64 field of a central header; 0: no field.
static uint16_t
central_zip64_length(const struct cm_zip_written *e, const struct cm_zip_write_options *options)
{
	return (uint16_t)((size_is_64(e->item.size, options) ? 16 : 0) + (offset_is_64(e->offset, options) ? 8 : 0));
}

// The fields that local and central header share, from "version needed" to the name's length.
static void
put_common(struct cm_buf *to, const struct cm_zip_item *item, const struct cm_zip_write_options *options,
           uint16_t version)
{
	struct stamp stamp = stamp_of(options->modified);
	uint32_t size = size_is_64(item->size, options) ? CM_ZIP_FULL32 : (uint32_t)item->size;
	cm_buf_u16le(to, version);
	cm_buf_u16le(to, CM_ZIP_FLAG_UTF8);
	cm_buf_u16le(to, CM_ZIP_METHOD_STORED);
	cm_buf_u16le(to, stamp.time);
	cm_buf_u16le(to, stamp.date);
	cm_buf_u32le(to, item->crc);
	cm_buf_u32le(to, size);
	cm_buf_u32le(to, size);
	cm_buf_u16le(to, (uint16_t)item->name.n);
}

static void
put_local(struct cm_buf *to, const struct cm_zip_item *item, const struct cm_zip_write_options *options)
{
	bool wide = size_is_64(item->size, options);
	cm_buf_u32le(to, CM_ZIP_LOCAL_SIGNATURE);
	put_common(to, item, options, wide ? CM_ZIP64_VERSION : CM_ZIP_VERSION);
	cm_buf_u16le(to, wide ? CM_ZIP_EXTRA_LOCAL : 0);
	cm_buf_view_add(to, item->name);
	if (!wide)
		return;
	cm_buf_u16le(to, CM_ZIP_EXTRA_ZIP64);
	cm_buf_u16le(to, CM_ZIP_EXTRA_LOCAL - 4);
	cm_buf_u64le(to, item->size);
	cm_buf_u64le(to, item->size);
}

static void
put_central(struct cm_buf *to, const struct cm_zip_written *e, const struct cm_zip_write_options *options)
{
	uint16_t numbers = central_zip64_length(e, options);
	uint16_t version = numbers != 0 ? CM_ZIP64_VERSION : CM_ZIP_VERSION;
	cm_buf_u32le(to, CM_ZIP_CENTRAL_SIGNATURE);
	cm_buf_u16le(to, (uint16_t)(CM_ZIP_MADE_BY | version));
	put_common(to, &e->item, options, version);
	cm_buf_u16le(to, numbers == 0 ? 0 : (uint16_t)(4 + numbers));
	cm_buf_u16le(to, 0); // comment
	cm_buf_u16le(to, 0); // disk
	cm_buf_u16le(to, 0); // internal attributes
	cm_buf_u32le(to, CM_ZIP_MODE);
	cm_buf_u32le(to, offset_is_64(e->offset, options) ? CM_ZIP_FULL32 : (uint32_t)e->offset);
	cm_buf_view_add(to, e->item.name);
	if (numbers == 0)
		return;
	cm_buf_u16le(to, CM_ZIP_EXTRA_ZIP64);
	cm_buf_u16le(to, numbers);
	if (size_is_64(e->item.size, options)) {
		cm_buf_u64le(to, e->item.size);
		cm_buf_u64le(to, e->item.size);
	}
	if (offset_is_64(e->offset, options))
		cm_buf_u64le(to, e->offset);
}

static cm_result
check_item(const struct cm_zip_write *w, const struct cm_zip_item *item, const char *place, struct cm_report *report)
{
	const struct cm_zip_write_options *o = &w->options;
	if (w->count >= o->max_entries)
		return cm_report_refuse(report, CM_ERROR_ZIP_TOO_MANY_ENTRIES, place, "at most %" PRIu64,
		                        o->max_entries);
	if (item->size > o->max_entry_bytes)
		return cm_report_refuse(report, CM_ERROR_ZIP_ENTRY_TOO_BIG, place,
		                        "%" PRIu64 " bytes, at most %" PRIu64, item->size, o->max_entry_bytes);
	return cm_zip_name_check(item->name, place, report);
}

// Keeps a checked entry with its own copy of the name.
static cm_result
keep_item(struct cm_zip_write *w, const struct cm_zip_item *item, const char *place, struct cm_report *report)
{
	if (w->count == w->room) {
		size_t room = w->room == 0 ? 64 : w->room * 2;
		struct cm_zip_written *more = cm_mem_resize(w->entries, room * sizeof *more);
		if (more == NULL)
			return CM_NOMEM;
		w->entries = more;
		w->room = room;
	}
	CM_AUTO char *name = cm_mem_text(item->name.p, item->name.n);
	if (name == NULL)
		return CM_NOMEM;
	cm_result r = cm_zip_name_put(&w->names, cm_view_of(name, item->name.n), place, report);
	if (r != CM_OK)
		return r;
	struct cm_zip_written *e = &w->entries[w->count++];
	*e = (struct cm_zip_written){.item = *item, .offset = w->length};
	e->item.name.p = (const uint8_t *)name;
	e->name = cm_take(&name);
	return CM_OK;
}

// Sums of lengths cannot pass 2^64 with the limits of the options, but the options are the caller's.
static cm_result
grow(uint64_t *length, uint64_t header, uint64_t size, struct cm_report *report)
{
	uint64_t sum = *length;
	if (!cm_num_add(sum, header, &sum) || !cm_num_add(sum, size, &sum) || sum > INT64_MAX)
		return cm_report_refuse(report, CM_ERROR_ZIP_ENTRY_TOO_BIG, "container", "more than 2^63 bytes");
	*length = sum;
	return CM_OK;
}

cm_result
cm_zip_write_entry(struct cm_zip_write *w, const struct cm_zip_item *item, struct cm_buf *to, struct cm_report *report)
{
	if (w->ended)
		return CM_BUG;
	char place[32];
	snprintf(place, sizeof place, "entry %zu", w->count + 1);
	uint64_t length = w->length;
	cm_result r = check_item(w, item, place, report);
	if (r == CM_OK)
		r = grow(&length, cm_zip_write_header_length(item, &w->options), item->size, report);
	if (r == CM_OK)
		r = keep_item(w, item, place, report);
	if (r != CM_OK)
		return r;
	w->length = length;
	put_local(to, item, &w->options);
	return cm_buf_result(to);
}

// The end needs ZIP64 when a number does not fit, or its "see ZIP64" value would stand in an old field.
static bool
end_is_64(uint64_t count, uint64_t size, uint64_t offset, const struct cm_zip_write_options *options)
{
	return options->zip64_always || count >= CM_ZIP_FULL16 || size >= CM_ZIP_FULL32 || offset >= CM_ZIP_FULL32;
}

static void
put_end(struct cm_buf *to, const struct cm_zip_write *w, uint64_t size)
{
	uint64_t count = w->count, offset = w->length;
	bool wide = end_is_64(count, size, offset, &w->options), always = w->options.zip64_always;
	if (wide) {
		cm_buf_u32le(to, CM_ZIP64_END_SIGNATURE);
		cm_buf_u64le(to, CM_ZIP64_END_REST);
		cm_buf_u16le(to, CM_ZIP_MADE_BY | CM_ZIP64_VERSION);
		cm_buf_u16le(to, CM_ZIP64_VERSION);
		cm_buf_u32le(to, 0); // this disk
		cm_buf_u32le(to, 0); // disk of the directory
		cm_buf_u64le(to, count);
		cm_buf_u64le(to, count);
		cm_buf_u64le(to, size);
		cm_buf_u64le(to, offset);
		cm_buf_u32le(to, CM_ZIP64_LOCATOR_SIGNATURE);
		cm_buf_u32le(to, 0);
		cm_buf_u64le(to, offset + size);
		cm_buf_u32le(to, 1); // disks
	}
	uint16_t count16 = (uint16_t)(always || count >= CM_ZIP_FULL16 ? CM_ZIP_FULL16 : count);
	cm_buf_u32le(to, CM_ZIP_END_SIGNATURE);
	cm_buf_u16le(to, 0);
	cm_buf_u16le(to, 0);
	cm_buf_u16le(to, count16);
	cm_buf_u16le(to, count16);
	cm_buf_u32le(to, always || size >= CM_ZIP_FULL32 ? CM_ZIP_FULL32 : (uint32_t)size);
	cm_buf_u32le(to, always || offset >= CM_ZIP_FULL32 ? CM_ZIP_FULL32 : (uint32_t)offset);
	cm_buf_u16le(to, 0); // comment
}

// Bytes of the central header of an entry.
static uint64_t
central_length(const struct cm_zip_written *e, const struct cm_zip_write_options *options)
{
	uint16_t numbers = central_zip64_length(e, options);
	return CM_ZIP_CENTRAL_BYTES + e->item.name.n + (numbers == 0 ? 0u : 4u + numbers);
}

cm_result
cm_zip_write_end(struct cm_zip_write *w, struct cm_buf *to, struct cm_report *report)
{
	if (w->ended)
		return CM_BUG;
	uint64_t size = 0;
	for (size_t i = 0; i < w->count; i++)
		size += central_length(&w->entries[i], &w->options);
	if (size > CM_LIMIT_ZIP_DIRECTORY_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_ZIP_DIRECTORY_SIZE, "container", "%" PRIu64 " bytes", size);
	for (size_t i = 0; i < w->count; i++)
		put_central(to, &w->entries[i], &w->options);
	put_end(to, w, size);
	bool wide = end_is_64(w->count, size, w->length, &w->options);
	w->length += size + (wide ? CM_ZIP64_END_BYTES : 0) + CM_ZIP_END_BYTES;
	w->ended = true;
	return cm_buf_result(to);
}

cm_result
cm_zip_write_length(const struct cm_zip_item *items, size_t count, const struct cm_zip_write_options *options,
                    struct cm_report *report, uint64_t *ret_length)
{
	CM_CLEANUP(cm_zip_write_fini) struct cm_zip_write w;
	cm_zip_write_init(&w, options);
	CM_CLEANUP(cm_buf_fini) struct cm_buf sink = cm_buf_of(2 * CM_LIMIT_ZIP_DIRECTORY_BYTES_VALUE);
	for (size_t i = 0; i < count; i++) {
		cm_buf_clear(&sink);
		cm_result r = cm_zip_write_entry(&w, &items[i], &sink, report);
		if (r != CM_OK)
			return r;
	}
	cm_buf_clear(&sink);
	cm_result r = cm_zip_write_end(&w, &sink, report);
	if (r == CM_OK)
		*ret_length = w.length;
	return r;
}
