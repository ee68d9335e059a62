// ASiCManifest: the list of files with their SHA-256 that the CAdES signature is over.
// Written in one fixed layout; read as any conforming writer may write it (prefixes, attribute order, white space).
// Source: ETSI EN 319 162-1 V1.1.1, section A.4 and its schema; namespace http://uri.etsi.org/02918/v1.2.1#.
#ifndef CM_FORMAT_ASIC_MANIFEST_H
#define CM_FORMAT_ASIC_MANIFEST_H

#include "base/buf.h"
#include "base/report.h"

#define CM_ASIC_DIGEST_BYTES 32 // SHA-256
// Media type of a detached CAdES signature, for SigReference.
#define CM_ASIC_SIGNATURE_MEDIA "application/pkcs7-signature"

// One line of a manifest.
struct cm_asic_line {
	struct cm_view name;  // plain name of the entry, not the URI
	struct cm_view media; // media type; empty when the manifest gives none
	uint8_t sha256[CM_ASIC_DIGEST_BYTES];
};

// Begins a manifest that is signed by the entry `signature_name`.
void cm_asic_manifest_begin(struct cm_buf *to, const char *signature_name);
// One DataObjectReference, in the order of the container.
void cm_asic_manifest_line(struct cm_buf *to, const struct cm_asic_line *line);
void cm_asic_manifest_end(struct cm_buf *to);

// Length of the finished manifest; it does not depend on the digests, so it is known before the files are read.
uint64_t cm_asic_manifest_length(const char *signature_name, const struct cm_asic_line *lines, size_t count);

// A read manifest. Views point into `names`.
struct cm_asic_manifest {
	struct cm_view signature;   // plain name of the signature's entry
	struct cm_asic_line *lines; // heap, in the manifest's order
	size_t count;
	struct cm_buf names;
};

// Reads a manifest. CM_REFUSED: asic_xml (not the XML we read: no DTD, no processing instruction, no comment, no
// CDATA, well-formed UTF-8), asic_manifest (an element or attribute that does not belong there, or one missing),
// asic_digest_method (not SHA-256), asic_digest_value, asic_uri and the name rules, asic_duplicate_line,
// asic_manifest_size. CM_NOMEM. Free with cm_asic_manifest_fini().
CM_CHECKED cm_result cm_asic_manifest_read(struct cm_view xml, struct cm_report *report,
                                           struct cm_asic_manifest *ret_m);
void cm_asic_manifest_fini(struct cm_asic_manifest *m);

// The line of an entry, or NULL.
const struct cm_asic_line *cm_asic_manifest_find(const struct cm_asic_manifest *m, struct cm_view name);

#endif
