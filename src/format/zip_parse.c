// Reads single records of a container and refuses what the profile does not know. Knows one record at a time;
// how records lie in the file is zip_read.c's.
// Serves doc/spec/package.md, container; APPNOTE.TXT 6.3.10 sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
#include <inttypes.h>

#include "base/tab_limit.h"
#include "format/zip_header.h"
#include "format/zip_name.h"
#include "format/zip_parse.h"

// Shortens the many refusals below: the place stands in `p`.
#define REFUSE(p, rule, ...) cm_report_refuse((p)->report, rule, (p)->place, __VA_ARGS__)

bool
cm_zip_parse_has_end(struct cm_view tail)
{
	if (tail.n < CM_ZIP_END_BYTES)
		return false;
	struct cm_rd rd = cm_rd_of(cm_view_part(tail, tail.n - CM_ZIP_END_BYTES, CM_ZIP_END_BYTES));
	return cm_rd_u32le(&rd) == CM_ZIP_END_SIGNATURE;
}

cm_result
cm_zip_parse_no_end(const struct cm_zip_parse *p, struct cm_view tail)
{
	for (size_t at = tail.n < CM_ZIP_END_BYTES ? 0 : tail.n - CM_ZIP_END_BYTES; at > 0; at--) {
		struct cm_rd rd = cm_rd_of(cm_view_part(tail, at - 1, 4));
		if (cm_rd_u32le(&rd) == CM_ZIP_END_SIGNATURE)
			return REFUSE(p, CM_ERROR_ZIP_TRAILING_BYTES, "%zu bytes behind the end record",
			              tail.n - (at - 1) - CM_ZIP_END_BYTES);
	}
	return REFUSE(p, CM_ERROR_ZIP_NO_END, "no end record");
}

// The old end record, before ZIP64 numbers are put in place.
struct old_end {
	uint16_t disk, directory_disk, count_here, count, comment;
	uint32_t size, offset;
};

// The ZIP64 end record and its locator, `bytes`, stand at `at` in the file.
static cm_result
read_end_64(const struct cm_zip_parse *p, struct cm_view bytes, uint64_t at, struct cm_zip_parse_end *end)
{
	struct cm_rd rd = cm_rd_of(bytes);
	uint32_t signature = cm_rd_u32le(&rd);
	uint64_t rest = cm_rd_u64le(&rd);
	uint16_t made_by = cm_rd_u16le(&rd), version = cm_rd_u16le(&rd);
	uint32_t disk = cm_rd_u32le(&rd), directory_disk = cm_rd_u32le(&rd);
	uint64_t count_here = cm_rd_u64le(&rd);
	*end = (struct cm_zip_parse_end){.count = cm_rd_u64le(&rd)};
	end->size = cm_rd_u64le(&rd);
	end->offset = cm_rd_u64le(&rd);
	uint32_t locator = cm_rd_u32le(&rd), end_disk = cm_rd_u32le(&rd);
	uint64_t end_offset = cm_rd_u64le(&rd);
	uint32_t disks = cm_rd_u32le(&rd);
	if (!cm_rd_done(&rd) || signature != CM_ZIP64_END_SIGNATURE || locator != CM_ZIP64_LOCATOR_SIGNATURE)
		return REFUSE(p, CM_ERROR_ZIP_END_MISMATCH, "no ZIP64 end record where it must be");
	if (rest != CM_ZIP64_END_REST || end_offset != at)
		return REFUSE(p, CM_ERROR_ZIP_END_MISMATCH, "the ZIP64 end record is not where its locator says");
	if (disk != 0 || directory_disk != 0 || end_disk != 0 || disks != 1 || count_here != end->count)
		return REFUSE(p, CM_ERROR_ZIP_MULTI_DISK, "%" PRIu32 " disks", disks);
	if (!p->foreign && (made_by != (CM_ZIP_MADE_BY | CM_ZIP64_VERSION) || version != CM_ZIP64_VERSION))
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "version %u in the ZIP64 end record", version);
	return CM_OK;
}

// An old field holds the value itself, or "see ZIP64"; canonical is "see ZIP64" only for what does not fit.
static cm_result
check_old_field(const struct cm_zip_parse *p, uint64_t old, uint64_t full, uint64_t value)
{
	if (old != full && old != value)
		return REFUSE(p, CM_ERROR_ZIP_END_MISMATCH, "%" PRIu64 " in one end record, %" PRIu64 " in the other",
		              old, value);
	if (!p->foreign && old == full && value < full)
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "ZIP64 for the number %" PRIu64, value);
	return CM_OK;
}

static cm_result
check_old_end(const struct cm_zip_parse *p, const struct old_end *old, const struct cm_zip_parse_end *end)
{
	cm_result r = check_old_field(p, old->count, CM_ZIP_FULL16, end->count);
	if (r == CM_OK)
		r = check_old_field(p, old->size, CM_ZIP_FULL32, end->size);
	if (r == CM_OK)
		r = check_old_field(p, old->offset, CM_ZIP_FULL32, end->offset);
	return r;
}

// Looks for the locator, which stands in front of the old end record.
static bool
has_locator(struct cm_view tail)
{
	if (tail.n < CM_ZIP_END_BYTES + CM_ZIP64_END_BYTES)
		return false;
	size_t at = tail.n - CM_ZIP_END_BYTES - CM_ZIP64_LOCATOR_BYTES;
	struct cm_rd rd = cm_rd_of(cm_view_part(tail, at, 4));
	return cm_rd_u32le(&rd) == CM_ZIP64_LOCATOR_SIGNATURE;
}

cm_result
cm_zip_parse_end(const struct cm_zip_parse *p, struct cm_view tail, uint64_t length, struct cm_zip_parse_end *ret_end)
{
	struct cm_rd rd = cm_rd_of(cm_view_part(tail, tail.n - CM_ZIP_END_BYTES, CM_ZIP_END_BYTES));
	cm_rd_u32le(&rd);
	struct old_end old = {.disk = cm_rd_u16le(&rd)};
	old.directory_disk = cm_rd_u16le(&rd);
	old.count_here = cm_rd_u16le(&rd);
	old.count = cm_rd_u16le(&rd);
	old.size = cm_rd_u32le(&rd);
	old.offset = cm_rd_u32le(&rd);
	old.comment = cm_rd_u16le(&rd);
	if (old.comment != 0)
		return REFUSE(p, CM_ERROR_ZIP_TRAILING_BYTES, "comment of %u bytes", old.comment);
	if (old.disk != 0 || old.directory_disk != 0 || old.count_here != old.count)
		return REFUSE(p, CM_ERROR_ZIP_MULTI_DISK, "disk %u", old.disk);
	bool full = old.count == CM_ZIP_FULL16 || old.size == CM_ZIP_FULL32 || old.offset == CM_ZIP_FULL32;
	struct cm_zip_parse_end end = {.count = old.count, .size = old.size, .offset = old.offset};
	uint64_t limit = length - CM_ZIP_END_BYTES;
	if (full || (p->foreign && has_locator(tail))) {
		if (!has_locator(tail))
			return REFUSE(p, CM_ERROR_ZIP_END_MISMATCH, "no ZIP64 end record where it must be");
		limit -= CM_ZIP64_END_BYTES;
		size_t at = tail.n - CM_ZIP_END_BYTES - CM_ZIP64_END_BYTES;
		cm_result r = read_end_64(p, cm_view_part(tail, at, CM_ZIP64_END_BYTES), limit, &end);
		if (r == CM_OK)
			r = check_old_end(p, &old, &end);
		if (r != CM_OK)
			return r;
	}
	if (end.offset > limit || end.size > limit - end.offset)
		return REFUSE(p, CM_ERROR_ZIP_END_MISMATCH, "a directory of %" PRIu64 " bytes at byte %" PRIu64,
		              end.size, end.offset);
	if (end.size != limit - end.offset)
		return REFUSE(p, CM_ERROR_ZIP_GAP, "%" PRIu64 " bytes behind the directory",
		              limit - end.offset - end.size);
	*ret_end = end;
	return CM_OK;
}

// The numbers of a header that ZIP64 may widen.
struct numbers {
	uint64_t size, packed, offset;
	bool has_offset; // a central header
};

static bool
is_full(uint64_t x)
{
	return x == CM_ZIP_FULL32;
}

// Fills the full numbers from the ZIP64 field, in the order of section 4.5.3.
static cm_result
read_zip64(const struct cm_zip_parse *p, struct cm_view field, struct numbers *n)
{
	struct cm_rd rd = cm_rd_of(field);
	bool offset = n->has_offset && is_full(n->offset), size = is_full(n->size), packed = is_full(n->packed);
	if (!size && !packed && !offset)
		return REFUSE(p, CM_ERROR_ZIP_EXTRA_FIELD, "a ZIP64 field without need");
	if (size)
		n->size = cm_rd_u64le(&rd);
	if (packed)
		n->packed = cm_rd_u64le(&rd);
	if (offset)
		n->offset = cm_rd_u64le(&rd);
	if (!cm_rd_done(&rd))
		return REFUSE(p, CM_ERROR_ZIP_EXTRA_FIELD, "a ZIP64 field of %zu bytes", field.n);
	bool small = (size && n->size < CM_ZIP_FULL32) || (packed && n->packed < CM_ZIP_FULL32) ||
	             (offset && n->offset < CM_ZIP_FULL32);
	if (small && !p->foreign)
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "ZIP64 for a number that fits");
	return CM_OK;
}

static cm_result
read_extra(const struct cm_zip_parse *p, struct cm_view extra, struct numbers *n)
{
	if (extra.n > CM_LIMIT_ZIP_EXTRA_BYTES_VALUE)
		return REFUSE(p, CM_ERROR_ZIP_EXTRA_FIELD, "%zu bytes", extra.n);
	bool full = is_full(n->size) || is_full(n->packed) || (n->has_offset && is_full(n->offset)), seen = false;
	struct cm_rd rd = cm_rd_of(extra);
	while (cm_rd_left(&rd) != 0) {
		uint16_t id = cm_rd_u16le(&rd);
		uint16_t length = cm_rd_u16le(&rd);
		struct cm_view field = cm_rd_bytes(&rd, length);
		if (rd.failed)
			return REFUSE(p, CM_ERROR_ZIP_EXTRA_FIELD, "cut short");
		bool known = id == CM_ZIP_EXTRA_ZIP64 && !seen;
		if (!known && (!p->foreign || id == CM_ZIP_EXTRA_ZIP64 || id == CM_ZIP_EXTRA_UNICODE_PATH))
			return REFUSE(p, CM_ERROR_ZIP_EXTRA_FIELD, "field 0x%04x", id);
		if (!known)
			continue;
		seen = true;
		cm_result r = read_zip64(p, field, n);
		if (r != CM_OK)
			return r;
	}
	if (full && !seen)
		return REFUSE(p, CM_ERROR_ZIP_BAD_HEADER, "a number stands in a ZIP64 field that is missing");
	if (n->size != n->packed)
		return REFUSE(p, CM_ERROR_ZIP_LYING_SIZE, "%" PRIu64 " bytes stored in %" PRIu64, n->size, n->packed);
	return CM_OK;
}

// The same checks for both kinds of header; order: what would mislead a reader most stands first.
static cm_result
check_flags(const struct cm_zip_parse *p, uint16_t flags, uint16_t method)
{
	if ((flags & (CM_ZIP_FLAG_ENCRYPTED | CM_ZIP_FLAG_STRONG | CM_ZIP_FLAG_MASKED)) != 0)
		return REFUSE(p, CM_ERROR_ZIP_ENCRYPTED, "flags 0x%04x", flags);
	if ((flags & CM_ZIP_FLAG_DESCRIPTOR) != 0)
		return REFUSE(p, CM_ERROR_ZIP_DATA_DESCRIPTOR, "flags 0x%04x", flags);
	if (method != CM_ZIP_METHOD_STORED)
		return REFUSE(p, CM_ERROR_ZIP_NOT_STORED, "method %u", method);
	if (!p->foreign && flags != CM_ZIP_FLAG_UTF8)
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "flags 0x%04x", flags);
	return CM_OK;
}

// Without the UTF-8 flag a name is in an unknown code page, so it must be ASCII.
static cm_result
check_name(const struct cm_zip_parse *p, struct cm_view name, uint16_t flags)
{
	for (size_t i = 0; i < name.n && (flags & CM_ZIP_FLAG_UTF8) == 0; i++)
		if (name.p[i] >= 0x80)
			return REFUSE(p, CM_ERROR_ZIP_NAME_TEXT, "%.*s", CM_VIEW_ARG(name));
	return cm_zip_name_check(name, p->place, p->report);
}

// The fields of a central header that carry no meaning for us, all but the extra field and the name.
struct trimmings {
	uint16_t made_by, version, comment, disk, internal;
	uint32_t external;
	bool wide; // a ZIP64 field is there
};

static cm_result
check_trimmings(const struct cm_zip_parse *p, const struct trimmings *t)
{
	if (t->disk != 0)
		return REFUSE(p, CM_ERROR_ZIP_MULTI_DISK, "disk %u", t->disk);
	uint16_t version = t->wide ? CM_ZIP64_VERSION : CM_ZIP_VERSION;
	if (!p->foreign && (t->version != version || t->made_by != (CM_ZIP_MADE_BY | version)))
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "version %u made by 0x%04x", t->version, t->made_by);
	if (!p->foreign && (t->internal != 0 || t->external != CM_ZIP_MODE))
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "attributes 0x%08" PRIx32, t->external);
	if (!p->foreign && t->comment != 0)
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "comment of %u bytes", t->comment);
	return CM_OK;
}

cm_result
cm_zip_parse_central(const struct cm_zip_parse *p, struct cm_rd *rd, struct cm_zip_parse_header *ret_header)
{
	uint32_t signature = cm_rd_u32le(rd);
	struct trimmings t = {.made_by = cm_rd_u16le(rd)};
	t.version = cm_rd_u16le(rd);
	struct cm_zip_parse_header h = {.flags = cm_rd_u16le(rd)};
	uint16_t method = cm_rd_u16le(rd);
	h.time = cm_rd_u16le(rd);
	h.date = cm_rd_u16le(rd);
	h.crc = cm_rd_u32le(rd);
	struct numbers n = {.packed = cm_rd_u32le(rd), .has_offset = true};
	n.size = cm_rd_u32le(rd);
	uint16_t name = cm_rd_u16le(rd), extra = cm_rd_u16le(rd);
	t.comment = cm_rd_u16le(rd);
	t.disk = cm_rd_u16le(rd);
	t.internal = cm_rd_u16le(rd);
	t.external = cm_rd_u32le(rd);
	n.offset = cm_rd_u32le(rd);
	h.name = cm_rd_bytes(rd, name);
	struct cm_view fields = cm_rd_bytes(rd, extra);
	cm_rd_bytes(rd, t.comment);
	t.wide = extra != 0;
	if (rd->failed || signature != CM_ZIP_CENTRAL_SIGNATURE)
		return REFUSE(p, CM_ERROR_ZIP_BAD_HEADER, "no central header where one must be");
	cm_result r = check_flags(p, h.flags, method);
	if (r == CM_OK)
		r = check_name(p, h.name, h.flags);
	if (r == CM_OK)
		r = read_extra(p, fields, &n);
	if (r == CM_OK)
		r = check_trimmings(p, &t);
	if (r != CM_OK)
		return r;
	h.size = n.size;
	h.offset = n.offset;
	*ret_header = h;
	return CM_OK;
}

// The fixed part of a local header.
struct local {
	uint32_t signature;
	uint16_t version, flags, method, time, date;
	uint32_t crc;
	struct numbers n;
	uint16_t name, extra;
};

static struct local
read_local(struct cm_rd *rd)
{
	struct local l = {.signature = cm_rd_u32le(rd)};
	l.version = cm_rd_u16le(rd);
	l.flags = cm_rd_u16le(rd);
	l.method = cm_rd_u16le(rd);
	l.time = cm_rd_u16le(rd);
	l.date = cm_rd_u16le(rd);
	l.crc = cm_rd_u32le(rd);
	l.n.packed = cm_rd_u32le(rd);
	l.n.size = cm_rd_u32le(rd);
	l.name = cm_rd_u16le(rd);
	l.extra = cm_rd_u16le(rd);
	return l;
}

static cm_result
check_local(const struct cm_zip_parse *p, const struct local *l, const struct cm_zip_parse_header *central)
{
	const char *field = l->flags != central->flags                                              ? "flags"
	                    : l->crc != central->crc                                                ? "CRC"
	                    : l->n.size != central->size                                            ? "size"
	                    : !p->foreign && (l->time != central->time || l->date != central->date) ? "time"
	                                                                                            : NULL;
	if (field != NULL)
		return REFUSE(p, CM_ERROR_ZIP_HEADER_MISMATCH, "%s", field);
	if (!p->foreign && l->version != (l->extra != 0 ? CM_ZIP64_VERSION : CM_ZIP_VERSION))
		return REFUSE(p, CM_ERROR_ZIP_NOT_CANONICAL, "version %u", l->version);
	return CM_OK;
}

cm_result
cm_zip_parse_local(const struct cm_zip_parse *p, struct cm_view bytes, const struct cm_zip_parse_header *central,
                   size_t *ret_length)
{
	struct cm_rd rd = cm_rd_of(bytes);
	struct local l = read_local(&rd);
	if (rd.failed) {
		*ret_length = CM_ZIP_LOCAL_BYTES;
		return CM_OK;
	}
	if (l.signature != CM_ZIP_LOCAL_SIGNATURE)
		return REFUSE(p, CM_ERROR_ZIP_BAD_HEADER, "no local header where one must be");
	if (l.extra > CM_LIMIT_ZIP_EXTRA_BYTES_VALUE)
		return REFUSE(p, CM_ERROR_ZIP_EXTRA_FIELD, "%u bytes", l.extra);
	if (l.name != central->name.n)
		return REFUSE(p, CM_ERROR_ZIP_HEADER_MISMATCH, "name");
	size_t length = (size_t)CM_ZIP_LOCAL_BYTES + l.name + l.extra;
	if (length > bytes.n) {
		*ret_length = length;
		return CM_OK;
	}
	if (!cm_view_equal(cm_rd_bytes(&rd, l.name), central->name))
		return REFUSE(p, CM_ERROR_ZIP_HEADER_MISMATCH, "name");
	cm_result r = check_flags(p, l.flags, l.method);
	if (r == CM_OK)
		r = read_extra(p, cm_rd_bytes(&rd, l.extra), &l.n);
	if (r == CM_OK)
		r = check_local(p, &l, central);
	if (r == CM_OK)
		*ret_length = length;
	return r;
}
