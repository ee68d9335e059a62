// Reads the directory of a container of our profile and refuses everything that two readers could understand
// differently: entries must tile the file from byte 0 to the central directory without gap or overlap, local and
// central headers must say the same, nothing may follow the end record. It does no I/O: it asks for bytes.
//
//   cm_zip_read_new(&options, length, &r);
//   struct cm_zip_need need = {0};
//   struct cm_view given = {0};
//   do {
//           result = cm_zip_read_step(r, given, report, &need);   // CM_REFUSED: the container breaks a rule
//           given = the need.length bytes at need.offset;
//   } while (result == CM_OK && need.length != 0);
//   for each entry i of cm_zip_read_count(r): read entry->size bytes at entry->offset, feed cm_zip_crc() and the
//   hash, then cm_zip_read_check_crc(entry, crc, report).
//
// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 to 4.5; package profile. Every refusal is a row zip_* of
// data/errors.tab.
#ifndef CM_FORMAT_ZIP_READ_H
#define CM_FORMAT_ZIP_READ_H

#include "format/zip_name.h"

struct cm_zip_read; // opaque; heap

struct cm_zip_read_options {
	uint64_t max_entries;     // 0: CM_LIMIT_BUNDLE_ENTRIES_VALUE
	uint64_t max_entry_bytes; // 0: CM_LIMIT_VOLUME_BYTES_VALUE
	bool foreign; // take fields that carry no meaning for the contents (versions, attributes, times that
	              // differ, further extra fields) as other programs write them; all else stays refused
};

// Bytes that the machine wants next. length 0: it is done. Never past the end of the container, never more than
// CM_LIMIT_ZIP_DIRECTORY_BYTES_VALUE bytes.
struct cm_zip_need {
	uint64_t offset;
	size_t length;
};

struct cm_zip_entry {
	struct cm_view name; // owned by the reader; a checked name
	uint64_t size;       // bytes of the contents
	uint64_t offset;     // of the first byte of the contents
	uint64_t header;     // offset of the local header
	uint32_t crc;        // that the contents must have
};

// A reader for a container of `length` bytes. CM_NOMEM.
CM_CHECKED cm_result cm_zip_read_new(const struct cm_zip_read_options *options, uint64_t length,
                                     struct cm_zip_read **ret_r);
void cm_zip_read_free(struct cm_zip_read *r);

// Takes the bytes that the last step asked for (empty the first time; CM_BUG for any other length) and asks for
// the next ones. After CM_OK with need.length 0 the entries stand; after any other result only free it.
CM_CHECKED cm_result cm_zip_read_step(struct cm_zip_read *r, struct cm_view given, struct cm_report *report,
                                      struct cm_zip_need *ret_need);

// Entries in file order, after the last step. Zero before it.
size_t cm_zip_read_count(const struct cm_zip_read *r);

// Entry `at` (below the count); NULL outside. Valid as long as the reader.
const struct cm_zip_entry *cm_zip_read_entry(const struct cm_zip_read *r, size_t at);

// The entry named so, or NULL.
const struct cm_zip_entry *cm_zip_read_find(const struct cm_zip_read *r, const char *name);

// CM_REFUSED (zip_bad_crc) when the contents of the entry had another CRC than announced.
CM_CHECKED cm_result cm_zip_read_check_crc(const struct cm_zip_entry *entry, uint32_t crc, struct cm_report *report);

#endif
