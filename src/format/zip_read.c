// The order in which a container is read: end, directory, then every local header, which must follow one another
// without gap. Knows where records lie; what stands in them is zip_parse.c's. Contents are never looked at here.
// Serves doc/spec/package.md, container; issue "bad input", ZIP.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/zip_header.h"
#include "format/zip_parse.h"
#include "format/zip_read.h"

// Room enough for an end record with the longest comment, to name what is wrong there.
#define TAIL_BYTES (CM_ZIP_END_BYTES + CM_ZIP64_END_BYTES)
#define WIDE_TAIL_BYTES (CM_ZIP_END_BYTES + 65536)

enum state {
	BEGIN,
	TAIL,      // waits for the last bytes
	WIDE_TAIL, // waits for more of them
	DIRECTORY, // waits for the central directory
	LOCAL,     // waits for the local header of entry `at`
	DONE,
	BROKEN, // refused before
};

struct cm_zip_read {
	struct cm_zip_read_options options;
	uint64_t length;
	enum state state;
	struct cm_zip_need need; // what was asked for last
	struct cm_zip_parse_end end;
	uint8_t *directory; // heap; names point into it
	struct cm_zip_parse_header *headers;
	struct cm_zip_entry *entries;
	struct cm_zip_names names;
	size_t count;  // of entries, once DONE
	size_t at;     // entry whose local header is next
	uint64_t next; // where that header must begin
};

cm_result
cm_zip_read_new(const struct cm_zip_read_options *options, uint64_t length, struct cm_zip_read **ret_r)
{
	struct cm_zip_read *r = cm_mem_new(sizeof *r);
	if (r == NULL)
		return CM_NOMEM;
	r->options = *options;
	if (r->options.max_entries == 0)
		r->options.max_entries = CM_LIMIT_BUNDLE_ENTRIES_VALUE;
	if (r->options.max_entry_bytes == 0)
		r->options.max_entry_bytes = CM_LIMIT_VOLUME_BYTES_VALUE;
	r->length = length;
	*ret_r = r;
	return CM_OK;
}

void
cm_zip_read_free(struct cm_zip_read *r)
{
	if (r == NULL)
		return;
	cm_mem_free(r->directory);
	cm_mem_free(r->headers);
	cm_mem_free(r->entries);
	cm_zip_name_fini(&r->names);
	cm_mem_free(r);
}

static struct cm_zip_parse
parse_at(const struct cm_zip_read *r, const char *place, struct cm_report *report)
{
	return (struct cm_zip_parse){.foreign = r->options.foreign, .place = place, .report = report};
}

static void
ask(struct cm_zip_read *r, enum state state, uint64_t offset, uint64_t length)
{
	r->state = state;
	r->need = (struct cm_zip_need){.offset = offset, .length = (size_t)length};
}

static void
ask_tail(struct cm_zip_read *r, enum state state, uint64_t length)
{
	uint64_t n = length < r->length ? length : r->length;
	ask(r, state, r->length - n, n);
}

// Asks for the local header of the next entry; with the length that our own headers have, which is enough for
// most others too.
static void
ask_local(struct cm_zip_read *r, size_t least)
{
	if (r->at == r->end.count) {
		r->count = r->at;
		ask(r, DONE, 0, 0);
		return;
	}
	size_t usual = CM_ZIP_LOCAL_BYTES + r->headers[r->at].name.n + CM_ZIP_EXTRA_LOCAL;
	uint64_t n = usual > least ? usual : least, room = r->end.offset - r->next;
	ask(r, LOCAL, r->next, n < room ? n : room);
}

static cm_result
take_end(struct cm_zip_read *r, struct cm_view given, struct cm_report *report)
{
	struct cm_zip_parse p = parse_at(r, "end record", report);
	cm_result result = cm_zip_parse_end(&p, given, r->length, &r->end);
	if (result != CM_OK)
		return result;
	if (r->end.count > r->options.max_entries)
		return cm_report_refuse(report, CM_ERROR_ZIP_TOO_MANY_ENTRIES, p.place, "%" PRIu64 ", at most %" PRIu64,
		                        r->end.count, r->options.max_entries);
	if (r->end.size > CM_LIMIT_ZIP_DIRECTORY_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_ZIP_DIRECTORY_SIZE, p.place, "%" PRIu64 " bytes", r->end.size);
	if (r->end.size / CM_ZIP_CENTRAL_BYTES < r->end.count)
		return cm_report_refuse(report, CM_ERROR_ZIP_BAD_HEADER, p.place,
		                        "%" PRIu64 " entries in a directory of %" PRIu64 " bytes", r->end.count,
		                        r->end.size);
	if (r->end.count == 0 && r->end.size != 0)
		return cm_report_refuse(report, CM_ERROR_ZIP_BAD_HEADER, p.place, "a directory without entries");
	if (r->end.count == 0 && r->end.offset != 0)
		return cm_report_refuse(report, CM_ERROR_ZIP_GAP, p.place, "%" PRIu64 " bytes without entry",
		                        r->end.offset);
	ask(r, r->end.count == 0 ? DONE : DIRECTORY, r->end.offset, r->end.size);
	return CM_OK;
}

static cm_result
take_tail(struct cm_zip_read *r, struct cm_view given, struct cm_report *report)
{
	if (cm_zip_parse_has_end(given))
		return take_end(r, given, report);
	if (r->state == TAIL && given.n < r->length) {
		ask_tail(r, WIDE_TAIL, WIDE_TAIL_BYTES);
		return CM_OK;
	}
	struct cm_zip_parse p = parse_at(r, "end record", report);
	return cm_zip_parse_no_end(&p, given);
}

// What the directory alone shows of an entry.
static cm_result
check_entry(struct cm_zip_read *r, const struct cm_zip_parse_header *h, const char *place, struct cm_report *report)
{
	cm_result result = cm_zip_name_put(&r->names, h->name, place, report);
	if (result != CM_OK)
		return result;
	uint64_t header = CM_ZIP_LOCAL_BYTES + h->name.n;
	if (h->offset > r->end.offset || r->end.offset - h->offset < header)
		return cm_report_refuse(report, CM_ERROR_ZIP_OVERLAP, place,
		                        "begins at byte %" PRIu64 ", the directory at byte %" PRIu64, h->offset,
		                        r->end.offset);
	if (h->size > r->end.offset - h->offset - header)
		return cm_report_refuse(report, CM_ERROR_ZIP_LYING_SIZE, place, "%" PRIu64 " bytes", h->size);
	if (h->size > r->options.max_entry_bytes)
		return cm_report_refuse(report, CM_ERROR_ZIP_ENTRY_TOO_BIG, place,
		                        "%" PRIu64 " bytes, at most %" PRIu64, h->size, r->options.max_entry_bytes);
	return CM_OK;
}

// Entry `i` must begin where the one before ended.
static cm_result
check_place(const struct cm_zip_read *r, const char *place, struct cm_report *report)
{
	uint64_t offset = r->at < r->end.count ? r->headers[r->at].offset : r->end.offset;
	if (offset < r->next)
		return cm_report_refuse(report, CM_ERROR_ZIP_OVERLAP, place,
		                        "begins at byte %" PRIu64 ", what is before it ends at byte %" PRIu64, offset,
		                        r->next);
	if (offset > r->next)
		return cm_report_refuse(report, CM_ERROR_ZIP_GAP, place,
		                        "%" PRIu64 " bytes before it belong to nothing", offset - r->next);
	return CM_OK;
}

static cm_result
take_directory(struct cm_zip_read *r, struct cm_view given, struct cm_report *report)
{
	size_t count = (size_t)r->end.count; // bounded by the directory's length
	r->directory = cm_mem_new(given.n);
	r->headers = cm_mem_new_many(count, sizeof *r->headers);
	r->entries = cm_mem_new_many(count, sizeof *r->entries);
	if (r->directory == NULL || r->headers == NULL || r->entries == NULL)
		return CM_NOMEM;
	memcpy(r->directory, given.p, given.n);
	struct cm_rd rd = cm_rd_of(cm_view_of(r->directory, given.n));
	char place[32];
	for (size_t i = 0; i < count; i++) {
		snprintf(place, sizeof place, "entry %zu", i + 1);
		struct cm_zip_parse p = parse_at(r, place, report);
		cm_result result = cm_zip_parse_central(&p, &rd, &r->headers[i]);
		if (result == CM_OK)
			result = check_entry(r, &r->headers[i], place, report);
		if (result != CM_OK)
			return result;
	}
	if (!cm_rd_done(&rd))
		return cm_report_refuse(report, CM_ERROR_ZIP_BAD_HEADER, "directory", "%zu bytes behind its last entry",
		                        cm_rd_left(&rd));
	cm_result result = check_place(r, "entry 1", report);
	if (result == CM_OK)
		ask_local(r, 0);
	return result;
}

static cm_result
take_local(struct cm_zip_read *r, struct cm_view given, struct cm_report *report)
{
	char place[48];
	const struct cm_zip_parse_header *h = &r->headers[r->at];
	snprintf(place, sizeof place, "local header of entry %zu", r->at + 1);
	struct cm_zip_parse p = parse_at(r, place, report);
	size_t length;
	cm_result result = cm_zip_parse_local(&p, given, h, &length);
	if (result != CM_OK)
		return result;
	uint64_t room = r->end.offset - r->next;
	if (length > room || h->size > room - length)
		return cm_report_refuse(report, CM_ERROR_ZIP_LYING_SIZE, place, "%" PRIu64 " bytes", h->size);
	if (length > given.n) {
		ask_local(r, length);
		return CM_OK;
	}
	r->entries[r->at] = (struct cm_zip_entry){
		.name = h->name, .size = h->size, .offset = r->next + length, .header = r->next, .crc = h->crc};
	r->next += length + h->size;
	r->at++;
	if (r->at < r->end.count)
		snprintf(place, sizeof place, "entry %zu", r->at + 1);
	result = check_place(r, r->at < r->end.count ? place : "directory", report);
	if (result == CM_OK)
		ask_local(r, 0);
	return result;
}

cm_result
cm_zip_read_step(struct cm_zip_read *r, struct cm_view given, struct cm_report *report, struct cm_zip_need *ret_need)
{
	cm_result result = CM_BUG;
	if (given.n != r->need.length)
		return CM_BUG;
	switch (r->state) {
	case BEGIN:
		ask_tail(r, TAIL, TAIL_BYTES);
		result = r->need.length == 0
		                 ? cm_report_refuse(report, CM_ERROR_ZIP_NO_END, "end record", "an empty file")
		                 : CM_OK;
		break;
	case TAIL:
	case WIDE_TAIL:
		result = take_tail(r, given, report);
		break;
	case DIRECTORY:
		result = take_directory(r, given, report);
		break;
	case LOCAL:
		result = take_local(r, given, report);
		break;
	case DONE:
	case BROKEN:
		break;
	}
	if (result == CM_OK)
		*ret_need = r->need;
	else
		r->state = BROKEN;
	return result;
}

size_t
cm_zip_read_count(const struct cm_zip_read *r)
{
	return r->count;
}

const struct cm_zip_entry *
cm_zip_read_entry(const struct cm_zip_read *r, size_t at)
{
	return at < r->count ? &r->entries[at] : NULL;
}

const struct cm_zip_entry *
cm_zip_read_find(const struct cm_zip_read *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (cm_view_is(r->entries[i].name, name))
			return &r->entries[i];
	return NULL;
}

cm_result
cm_zip_read_check_crc(const struct cm_zip_entry *entry, uint32_t crc, struct cm_report *report)
{
	if (crc == entry->crc)
		return CM_OK;
	char place[CM_REPORT_PLACE];
	snprintf(place, sizeof place, "%.*s", CM_VIEW_ARG(entry->name));
	return cm_report_refuse(report, CM_ERROR_ZIP_BAD_CRC, place, "%08" PRIx32 " instead of %08" PRIx32, crc,
	                        entry->crc);
}
