// Names of entries inside a container: what a name may be, and a set that knows which names are taken.
// Source: APPNOTE.TXT 6.3.10 section 4.4.17 (relative, forward slashes, no drive letter); package profile.
#ifndef CM_FORMAT_ZIP_NAME_H
#define CM_FORMAT_ZIP_NAME_H

#include "base/report.h"

// CM_OK when `name` may name a file in a container: 1 to CM_LIMIT_ZIP_NAME_BYTES_VALUE bytes of showable UTF-8
// on one line; parts divided by '/', none of them empty, "." or ".."; no '/' in front or at the end (so no
// folder entries), no '\', no drive letter ("C:…"). Otherwise CM_REFUSED by zip_name_text, zip_name_length,
// zip_path_escape or zip_folder_entry. `place` is the caller's text for the finding.
CM_CHECKED cm_result cm_zip_name_check(struct cm_view name, const char *place, struct cm_report *report);

// The names seen so far, sorted. Zero-initialise; the views must stay valid as long as the set.
struct cm_zip_names {
	struct cm_view *sorted; // heap
	size_t count;
	size_t room;
};

// Puts a checked name into the set. CM_REFUSED: zip_duplicate_name (same bytes), zip_name_conflict (one name is
// a file and also a folder of another name). CM_NOMEM.
CM_CHECKED cm_result cm_zip_name_put(struct cm_zip_names *names, struct cm_view name, const char *place,
                                     struct cm_report *report);

// Frees the set, not the names.
void cm_zip_name_fini(struct cm_zip_names *names);

#endif
