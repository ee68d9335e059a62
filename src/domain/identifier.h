// Identifiers of persons, lines, accounts and objects (data/identifiers.tab): a format and one text. The text is
// "key=value;key=value" with the keys that the format demands, so that no request travels with an IP address
// without port, time and zone.
#ifndef CM_DOMAIN_IDENTIFIER_H
#define CM_DOMAIN_IDENTIFIER_H

#include "base/report.h"
#include "domain/tab_identifier.h"

// The value of `key` in a "key=value;…" text; false when it has no such key.
bool cm_identifier_field(struct cm_view value, const char *key, struct cm_view *ret_field);

// Checks format and value; each fault is a finding identifier_unknown or identifier_invalid at `place`.
CM_CHECKED cm_result cm_identifier_check(struct cm_view format, struct cm_view value, const char *place,
                                         struct cm_report *report);

#endif
