// The ASiC-E profile of packages and bundles: names, order of entries, media types.
//
// Package:  mimetype, data/…, metadata/case.jsonld, metadata/request/…, META-INF/ASiCManifest001.xml,
//           META-INF/signature001.p7s
// Bundle:   the package's entries unchanged, court/…, META-INF/ASiCManifest002.xml, META-INF/signature002.p7s
// Manifest 001 lists everything before it but `mimetype`; manifest 002 lists everything before it but `mimetype`,
// manifest 001 and signature 001 among them.
// Source: ETSI EN 319 162-1 V1.1.1, sections 4.4 and A.1 to A.4; package profile.
#ifndef CM_FORMAT_ASIC_H
#define CM_FORMAT_ASIC_H

#include "format/asic_manifest.h"
#include "format/zip_read.h"

// Contents and name of the first entry (section A.1).
#define CM_ASIC_MIMETYPE_NAME "mimetype"
#define CM_ASIC_MIMETYPE "application/vnd.etsi.asic-e+zip"

#define CM_ASIC_DATA "data/"
#define CM_ASIC_METADATA "metadata/"
#define CM_ASIC_CASE_NAME "metadata/case.jsonld"
#define CM_ASIC_REQUEST "metadata/request/"
#define CM_ASIC_COURT "court/"
#define CM_ASIC_PACKAGE_MANIFEST "META-INF/ASiCManifest001.xml"
#define CM_ASIC_PACKAGE_SIGNATURE "META-INF/signature001.p7s"
#define CM_ASIC_BUNDLE_MANIFEST "META-INF/ASiCManifest002.xml"
#define CM_ASIC_BUNDLE_SIGNATURE "META-INF/signature002.p7s"

enum cm_asic_kind {
	CM_ASIC_PACKAGE, // one manifest and one signature
	CM_ASIC_BUNDLE,  // two of each
};

// Checks names and order of all entries of a read container and tells what it is. CM_REFUSED:
// asic_mimetype (first entry is not `mimetype` of the right size), asic_layout (an entry outside its place or an
// unknown folder), asic_missing (an entry that must be there is not).
CM_CHECKED cm_result cm_asic_check_layout(const struct cm_zip_read *zip, struct cm_report *report,
                                          enum cm_asic_kind *ret_kind);

// Checks the contents of `mimetype`. CM_REFUSED: asic_mimetype.
CM_CHECKED cm_result cm_asic_check_mimetype(struct cm_view contents, struct cm_report *report);

// Checks that manifest `m`, which stands in the container as `own_name` with the signature `signature_name`,
// lists exactly the entries before it but `mimetype`, each once, and names that signature. Digests are the
// caller's to compare. All disagreements are reported. CM_REFUSED: asic_unlisted (an entry that no manifest
// line covers), asic_listed_missing (a line without entry), asic_signature_reference.
CM_CHECKED cm_result cm_asic_check_cover(const struct cm_zip_read *zip, const struct cm_asic_manifest *m,
                                         const char *own_name, const char *signature_name, struct cm_report *report);

// Media type by the name's last extension (data/media.tab), case-blind; "application/octet-stream" for all
// others. Constant text.
const char *cm_asic_media(struct cm_view name);

#endif
