// The shape of packages and bundles: which entries stand where, and that the signed list and the container name
// the same files. Knows names only; digests and signatures are judged above, with crypto.
// Serves doc/spec/package.md, layout; ETSI EN 319 162-1 V1.1.1 sections 4.4, A.1 to A.4.
#include <stdio.h>

#include "format/tab_media.h"
#include "format/zip_header.h"
#include "format/asic.h"

// Places in a container, in their order.
enum place {
	MIMETYPE,
	DATA,
	CASE,
	REQUEST,
	PACKAGE_MANIFEST,
	PACKAGE_SIGNATURE,
	COURT,
	BUNDLE_MANIFEST,
	BUNDLE_SIGNATURE,
	PLACES,
};

static const struct {
	const char *name; // of the entry, or of the folder when it ends in '/'
	bool folder;
} places[PLACES] = {
	[MIMETYPE] = {CM_ASIC_MIMETYPE_NAME, false},
	[DATA] = {CM_ASIC_DATA, true},
	[CASE] = {CM_ASIC_CASE_NAME, false},
	[REQUEST] = {CM_ASIC_REQUEST, true},
	[PACKAGE_MANIFEST] = {CM_ASIC_PACKAGE_MANIFEST, false},
	[PACKAGE_SIGNATURE] = {CM_ASIC_PACKAGE_SIGNATURE, false},
	[COURT] = {CM_ASIC_COURT, true},
	[BUNDLE_MANIFEST] = {CM_ASIC_BUNDLE_MANIFEST, false},
	[BUNDLE_SIGNATURE] = {CM_ASIC_BUNDLE_SIGNATURE, false},
};

// The place of a name, or PLACES.
static int
place_of(struct cm_view name)
{
	int at = MIMETYPE;
	while (at < PLACES &&
	       !(places[at].folder ? cm_view_starts(name, places[at].name) : cm_view_is(name, places[at].name)))
		at++;
	return at;
}

static void
entry_place(char *to, size_t room, const struct cm_zip_entry *e)
{
	snprintf(to, room, "%.*s", CM_VIEW_ARG(e->name));
}

static cm_result
check_missing(const bool *there, struct cm_report *report, enum cm_asic_kind *ret_kind)
{
	bool bundle = there[COURT] || there[BUNDLE_MANIFEST] || there[BUNDLE_SIGNATURE];
	for (int i = 0; i < PLACES; i++) {
		bool needed = i != REQUEST && (i < COURT || bundle);
		if (needed && !there[i])
			return cm_report_refuse(report, CM_ERROR_ASIC_MISSING, places[i].name, "not in the container");
	}
	*ret_kind = bundle ? CM_ASIC_BUNDLE : CM_ASIC_PACKAGE;
	return CM_OK;
}

cm_result
cm_asic_check_layout(const struct cm_zip_read *zip, struct cm_report *report, enum cm_asic_kind *ret_kind)
{
	bool there[PLACES] = {false};
	char place[CM_REPORT_PLACE];
	const struct cm_zip_entry *first = cm_zip_read_entry(zip, 0);
	size_t header = CM_ZIP_LOCAL_BYTES + sizeof CM_ASIC_MIMETYPE_NAME - 1;
	if (first == NULL || !cm_view_is(first->name, CM_ASIC_MIMETYPE_NAME) || first->offset != header ||
	    first->size != sizeof CM_ASIC_MIMETYPE - 1)
		return cm_report_refuse(report, CM_ERROR_ASIC_MIMETYPE, "entry 1", "%.*s",
		                        CM_VIEW_ARG(first == NULL ? (struct cm_view){0} : first->name));
	int last = MIMETYPE;
	for (size_t i = 0; i < cm_zip_read_count(zip); i++) {
		const struct cm_zip_entry *e = cm_zip_read_entry(zip, i);
		int at = place_of(e->name);
		entry_place(place, sizeof place, e);
		if (at == PLACES)
			return cm_report_refuse(report, CM_ERROR_ASIC_LAYOUT, place, "no place for this name");
		if (at < last)
			return cm_report_refuse(report, CM_ERROR_ASIC_LAYOUT, place, "stands behind %s",
			                        places[last].name);
		last = at;
		there[at] = true;
	}
	return check_missing(there, report, ret_kind);
}

cm_result
cm_asic_check_mimetype(struct cm_view contents, struct cm_report *report)
{
	if (cm_view_is(contents, CM_ASIC_MIMETYPE))
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_ASIC_MIMETYPE, CM_ASIC_MIMETYPE_NAME, "%.*s", CM_VIEW_ARG(contents));
}

// Position of the entry named so, or the count.
static size_t
position_of(const struct cm_zip_read *zip, struct cm_view name)
{
	size_t at = 0;
	while (at < cm_zip_read_count(zip) && !cm_view_equal(cm_zip_read_entry(zip, at)->name, name))
		at++;
	return at;
}

cm_result
cm_asic_check_cover(const struct cm_zip_read *zip, const struct cm_asic_manifest *m, const char *own_name,
                    const char *signature_name, struct cm_report *report)
{
	cm_result r = CM_OK;
	char place[CM_REPORT_PLACE];
	size_t own = position_of(zip, cm_view_text(own_name));
	if (!cm_view_is(m->signature, signature_name))
		r = cm_report_refuse(report, CM_ERROR_ASIC_SIGNATURE_REFERENCE, own_name, "%.*s",
		                     CM_VIEW_ARG(m->signature));
	for (size_t i = 0; i < own && i < cm_zip_read_count(zip); i++) {
		const struct cm_zip_entry *e = cm_zip_read_entry(zip, i);
		if (cm_view_is(e->name, CM_ASIC_MIMETYPE_NAME) || cm_asic_manifest_find(m, e->name) != NULL)
			continue;
		entry_place(place, sizeof place, e);
		r = cm_report_refuse(report, CM_ERROR_ASIC_UNLISTED, place, "not in %s", own_name);
	}
	for (size_t i = 0; i < m->count; i++) {
		size_t at = position_of(zip, m->lines[i].name);
		if (at < own && at != 0)
			continue;
		snprintf(place, sizeof place, "%.*s", CM_VIEW_ARG(m->lines[i].name));
		r = cm_report_refuse(report, CM_ERROR_ASIC_LISTED_MISSING, place,
		                     at < cm_zip_read_count(zip) ? "no entry that may be listed"
		                                                 : "not in the container");
	}
	return r;
}

const char *
cm_asic_media(struct cm_view name)
{
	size_t dot = name.n;
	for (size_t i = name.n; i > 0 && name.p[i - 1] != '/'; i--)
		if (name.p[i - 1] == '.') {
			dot = i;
			break;
		}
	char lower[16];
	struct cm_view extension = cm_view_part(name, dot, name.n - dot);
	enum cm_media at = CM_MEDIA_NONE;
	if (extension.n > 0 && extension.n <= sizeof lower) {
		for (size_t i = 0; i < extension.n; i++) {
			uint8_t c = extension.p[i];
			lower[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
		}
		at = cm_media_find(lower, extension.n);
	}
	return at == CM_MEDIA_NONE ? "application/octet-stream" : cm_media_row(at)->type;
}
