// Names of entries as relative URIs, for manifests.
// Source: RFC 3986 sections 2.1, 2.3, 4.2; ETSI EN 319 162-1 A.4.
#ifndef CM_FORMAT_ASIC_URI_H
#define CM_FORMAT_ASIC_URI_H

#include "base/buf.h"
#include "base/report.h"

// Appends the name as a relative URI: unreserved characters and '/' as they are, all else as %XX (RFC 3986).
void cm_asic_uri_write(struct cm_view name, struct cm_buf *to);

// The inverse, for what others may write too: %XX in either case, other bytes as they are. CM_REFUSED (asic_uri):
// a bad escape, a scheme, query or fragment; and the rules of cm_zip_name_check().
CM_CHECKED cm_result cm_asic_uri_read(struct cm_view uri, const char *place, struct cm_report *report,
                                      struct cm_buf *to);

// Length of what cm_asic_uri_write() appends.
uint64_t cm_asic_uri_length(struct cm_view name);

#endif
