// The fields of a container's headers, read one record at a time. Used by zip_read.c alone.
// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.4, 4.5.3.
#ifndef CM_FORMAT_ZIP_PARSE_H
#define CM_FORMAT_ZIP_PARSE_H

#include "base/rd.h"
#include "base/report.h"

// What every reading function is told.
struct cm_zip_parse {
	bool foreign;      // see cm_zip_read_options
	const char *place; // for findings
	struct cm_report *report;
};

// What the end records say.
struct cm_zip_parse_end {
	uint64_t count;  // entries
	uint64_t offset; // of the central directory
	uint64_t size;   // of the central directory; the end records follow it at once
};

// What a central header says, with ZIP64 numbers put in place.
struct cm_zip_parse_header {
	struct cm_view name;
	uint16_t flags;
	uint16_t time;
	uint16_t date;
	uint32_t crc;
	uint64_t size; // of the contents, which are stored
	uint64_t offset;
};

// True when an end record without comment stands at the end of `tail`, the last bytes of the container.
bool cm_zip_parse_has_end(struct cm_view tail);

// Reads the end records from the last bytes (all, or CM_ZIP_END_BYTES + CM_ZIP64_END_BYTES) of a container of
// `length` bytes whose end record is there. The directory then ends where the end records begin.
CM_CHECKED cm_result cm_zip_parse_end(const struct cm_zip_parse *p, struct cm_view tail, uint64_t length,
                                      struct cm_zip_parse_end *ret_end);

// Names the fault of a container without end record at its end, from its last 64 KiB. Always CM_REFUSED.
CM_CHECKED cm_result cm_zip_parse_no_end(const struct cm_zip_parse *p, struct cm_view tail);

// Reads the next central header. The name points into the cursor's bytes and is checked.
CM_CHECKED cm_result cm_zip_parse_central(const struct cm_zip_parse *p, struct cm_rd *rd,
                                          struct cm_zip_parse_header *ret_header);

// Compares the local header that begins `bytes` with the central one. `bytes` may be too short: then *ret_length is
// larger than bytes.n and nothing is judged yet. Otherwise *ret_length is the length of the local header.
CM_CHECKED cm_result cm_zip_parse_local(const struct cm_zip_parse *p, struct cm_view bytes,
                                        const struct cm_zip_parse_header *central, size_t *ret_length);

#endif
