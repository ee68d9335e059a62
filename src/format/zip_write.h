// Writes a container whose every byte follows from its names, sizes and CRCs: entries STORED, sizes and CRC in
// the local header, no data descriptor, no extra field but ZIP64 where a number does not fit, flag bit 11 (UTF-8)
// always. It is a pure producer: it gives the bytes around the contents, the caller puts the contents between.
//
//   cm_zip_write_init(&w, &options);
//   for each entry: cm_zip_write_entry(&w, &item, buf, report);   → local header: send it, then item.size bytes
//   cm_zip_write_end(&w, buf, report);                            → central directory and end records
//   cm_zip_write_fini(&w);
//
// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3, 4.4, 4.5.3; package profile.
#ifndef CM_FORMAT_ZIP_WRITE_H
#define CM_FORMAT_ZIP_WRITE_H

#include "base/instant.h"
#include "format/zip_name.h"

// One file that will stand in the container.
struct cm_zip_item {
	struct cm_view name; // see cm_zip_name_check()
	uint64_t size;       // bytes of the contents
	uint32_t crc;        // cm_zip_crc() of the contents
};

struct cm_zip_write_options {
	struct cm_instant modified; // DOS time of every entry: UTC, two seconds steps, cut to 1980 … 2107
	uint64_t max_entries;       // 0: CM_LIMIT_PACKAGE_ENTRIES_VALUE
	uint64_t max_entry_bytes;   // 0: CM_LIMIT_VOLUME_BYTES_VALUE
	bool zip64_always;          // ZIP64 fields in every header though not needed (tests of other readers)
};

struct cm_zip_written {
	char *name;              // heap
	struct cm_zip_item item; // its name is the copy above
	uint64_t offset;         // of the local header
};

struct cm_zip_write {
	struct cm_zip_write_options options;
	struct cm_zip_written *entries; // heap
	size_t count;
	size_t room;
	struct cm_zip_names names;
	uint64_t length; // of everything announced so far: headers and contents
	bool ended;
};

// Memory of the caller; no failure.
void cm_zip_write_init(struct cm_zip_write *w, const struct cm_zip_write_options *options);
void cm_zip_write_fini(struct cm_zip_write *w);

// Appends the local header of the next entry to `to`; the caller then owes exactly item->size bytes of contents
// with the CRC item->crc. The name is copied. CM_REFUSED: the rules of cm_zip_name_check() and
// cm_zip_name_put(), zip_too_many_entries, zip_entry_too_big. CM_NOMEM. CM_BUG after cm_zip_write_end().
CM_CHECKED cm_result cm_zip_write_entry(struct cm_zip_write *w, const struct cm_zip_item *item, struct cm_buf *to,
                                        struct cm_report *report);

// Appends the central directory and the end records. w->length is then the length of the whole container.
CM_CHECKED cm_result cm_zip_write_end(struct cm_zip_write *w, struct cm_buf *to, struct cm_report *report);

// Bytes that the local header of an entry takes.
uint64_t cm_zip_write_header_length(const struct cm_zip_item *item, const struct cm_zip_write_options *options);

// Length of the whole container of these entries in this order, known before its first byte (CRCs are not looked
// at). CM_REFUSED by the same rules as writing it.
CM_CHECKED cm_result cm_zip_write_length(const struct cm_zip_item *items, size_t count,
                                         const struct cm_zip_write_options *options, struct cm_report *report,
                                         uint64_t *ret_length);

#endif
