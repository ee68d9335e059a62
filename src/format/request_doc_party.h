// What request and answer documents share: the parties, attachments, flags.
// Source: request_doc_party.c.
#ifndef CM_FORMAT_REQUEST_DOC_PARTY_H
#define CM_FORMAT_REQUEST_DOC_PARTY_H

#include "base/view.h"

enum cm_doc_flag {
	CM_DOC_UNSET = 0,
	CM_DOC_NO,
	CM_DOC_YES,
};

// A number that may be 0 and may be absent.
struct cm_doc_number {
	bool given;
	uint64_t value;
};

// An authority, provider or secretariat.
struct cm_doc_party {
	struct cm_view name, country, node, role, person, functions, phone, email, hours, time_zone;
	const struct cm_view *languages;
	size_t language_count;
};

struct cm_doc_attachment {
	struct cm_view document; // ObjectIdentifier of the DocumentObject
	struct cm_view name;
	struct cm_view sha256; // 32 bytes
};

#endif
