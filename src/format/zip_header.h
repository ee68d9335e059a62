// Numbers of ZIP that writer and reader share.
// Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.4, 4.5.3.
#ifndef CM_FORMAT_ZIP_HEADER_H
#define CM_FORMAT_ZIP_HEADER_H

#define CM_ZIP_LOCAL_SIGNATURE 0x04034b50u
#define CM_ZIP_CENTRAL_SIGNATURE 0x02014b50u
#define CM_ZIP_END_SIGNATURE 0x06054b50u
#define CM_ZIP64_END_SIGNATURE 0x06064b50u
#define CM_ZIP64_LOCATOR_SIGNATURE 0x07064b50u

#define CM_ZIP_LOCAL_BYTES 30   // fixed part of a local header
#define CM_ZIP_CENTRAL_BYTES 46 // fixed part of a central header
#define CM_ZIP_END_BYTES 22     // end record without comment
#define CM_ZIP64_END_BYTES 76   // ZIP64 end record (56) and its locator (20)
#define CM_ZIP64_LOCATOR_BYTES 20
#define CM_ZIP64_END_REST 44 // length field of the ZIP64 end record: what stands behind it

#define CM_ZIP_FULL16 0xffffu     // "see ZIP64" in a 16-bit field
#define CM_ZIP_FULL32 0xffffffffu // "see ZIP64" in a 32-bit field

#define CM_ZIP_VERSION 20        // needed for folders in names
#define CM_ZIP64_VERSION 45      // needed for ZIP64
#define CM_ZIP_MADE_BY (3u << 8) // Unix, so that the mode below is understood; with the needed version in the low byte
#define CM_ZIP_MODE (0100644u << 16)

#define CM_ZIP_FLAG_ENCRYPTED 0x0001u
#define CM_ZIP_FLAG_DESCRIPTOR 0x0008u
#define CM_ZIP_FLAG_STRONG 0x0040u
#define CM_ZIP_FLAG_UTF8 0x0800u
#define CM_ZIP_FLAG_MASKED 0x2000u
#define CM_ZIP_METHOD_STORED 0

#define CM_ZIP_EXTRA_ZIP64 0x0001u
#define CM_ZIP_EXTRA_UNICODE_PATH 0x7075u // another name for the same entry: two readers could differ
#define CM_ZIP_EXTRA_LOCAL 20             // ZIP64 field of a local header: id, length, both sizes

#endif
