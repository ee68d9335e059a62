// One container of our profile as a stream, whatever stands in it: the common half of comity_pack and comity_bundle.
// Items are added, stepped out, digested; then the manifest over all of them, its signature, and the end.
// Source: container.c.
#ifndef CM_API_CONTAINER_H
#define CM_API_CONTAINER_H

#include <stdatomic.h>

#include "api/report_inside.h"
#include "base/buf.h"
#include "comity/package.h"
#include "crypto/hash.h"
#include "format/asic.h"
#include "format/zip_write.h"

struct cm_container_item {
	char *name; // heap
	uint64_t size;
	uint32_t crc;
	struct cm_hash sha256; // of items with bytes at once, of others when their last byte was digested
	size_t input;
	uint64_t offset; // of the contents in their input
	struct cm_buf bytes;
	bool copied; // contents come by COPY; otherwise from `bytes`
};

struct cm_container {
	struct cm_zip_write zip;
	struct cm_container_item *items; // heap
	size_t count, room;
	size_t at;                // item that is stepped out next
	bool header_out;          // its header is out already, its contents are due
	struct cm_buf out;        // bytes of the last HAVE
	uint64_t announced;       // bytes of COPY steps so far
	_Atomic uint64_t digested; // bytes digested so far
	enum cm_error changed;    // rule that other contents than announced break
	size_t digest_at;         // item that is digested
	uint64_t digest_done;     // bytes of it
	uint32_t digest_crc;
	struct cm_hash_stream digest;
	bool ended;
};

struct cm_container_options {
	struct cm_instant modified;
	uint64_t max_entries;
	enum cm_error changed;
};

void cm_container_init(struct cm_container *c, const struct cm_container_options *options);
void cm_container_fini(struct cm_container *c);

// An item whose contents come by COPY. One of size 0 has its contents at once.
struct cm_container_copy {
	struct cm_view name;
	uint64_t size;
	uint32_t crc;
	size_t input;
	uint64_t offset;
};
CM_CHECKED cm_result cm_container_add_copy(struct cm_container *c, const struct cm_container_copy *copy,
                                           struct cm_report *report);
// An item with its contents; takes the buffer over.
CM_CHECKED cm_result cm_container_add_bytes(struct cm_container *c, struct cm_view name, struct cm_buf *take,
                                            struct cm_report *report);

// The next step for the items added so far: HAVE or COPY; DONE when all are out.
CM_CHECKED cm_result cm_container_step(struct cm_container *c, struct cm_report *report, struct comity_step *ret_step);
CM_CHECKED cm_result cm_container_digest(struct cm_container *c, struct cm_view bytes, struct cm_report *report);
// Every announced byte was digested.
bool cm_container_caught_up(const struct cm_container *c);

// Adds the manifest `name` over all items so far but mimetype, for the signature `signature_name`; its SHA-256 is what
// is signed.
CM_CHECKED cm_result cm_container_manifest(struct cm_container *c, const char *name, const char *signature_name,
                                           struct cm_report *report, struct cm_hash *ret_sha256);
// Adds the signature `name`, after checking that it is one over the manifest.
CM_CHECKED cm_result cm_container_signature(struct cm_container *c, const char *name, const struct cm_hash *manifest,
                                            const struct comity_signature *signature, struct cm_report *report);
// One HAVE with the central directory; the container is complete then.
CM_CHECKED cm_result cm_container_end(struct cm_container *c, struct cm_report *report, struct comity_step *ret_step);

#endif
