// The protected header of a detached JWS as we take it: ES256 and the members we know, nothing critical, nothing else
// (RFC 7515 section 4; doc/spec/profile.md section 5, card.md section 3). Shape only.
// Source: json_jws.c.
#ifndef CM_FORMAT_JSON_JWS_H
#define CM_FORMAT_JSON_JWS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/report.h"

struct cm_json_jws {
	uint8_t certificate_sha256[32]; // x5t#S256
	bool answers;                   // req#S256 is there
	uint8_t request_sha256[32];
	const struct cm_view *chain; // x5c: DER, the signer's first
	size_t chain_count;
};

// Reads the base64url text. `type` is what "typ" must be. Every fault breaks `rule`. What is read stays in `arena`.
CM_CHECKED cm_result cm_json_jws_read(struct cm_view protected_b64, const char *type, enum cm_error rule,
                                      struct cm_arena *arena, struct cm_report *report, struct cm_json_jws *ret_jws);

// The signature of a record that stands alone, a card or a list of the directory: ES256, its type, the signer's certificate by its
// SHA-256, and nothing else (card.md section 3, directory.md section 3).
struct cm_json_jws_alone {
	struct cm_view protected_b64, signature_b64;
	const char *type;   // what "typ" must be
	enum cm_error rule; // that every fault breaks
	const char *place;  // of the signature, for findings
};
// `ret_certificate_sha256` (32 bytes) stays in `arena`.
CM_CHECKED cm_result cm_json_jws_signer(const struct cm_json_jws_alone *jws, struct cm_arena *arena,
                                        struct cm_report *report, struct cm_view *ret_certificate_sha256);
// Appends the protected header of such a signature, base64url.
void cm_json_jws_alone_write(const char *type, const uint8_t certificate_sha256[32], struct cm_buf *to);

#endif
