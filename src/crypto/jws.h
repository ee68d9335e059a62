// Detached ES256 signatures of HI-1 messages (RFC 7515, RFC 7518 3.4; profile section "Transport"). The payload is the
// RFC 8785 form of the message without its "Signature". Header JSON of strangers is parsed in format; here are the
// header we write, the digest to sign, and the check.
// Source: jws.c.
#ifndef CM_CRYPTO_JWS_H
#define CM_CRYPTO_JWS_H

#include "crypto/key.h"

#define CM_JWS_TYPE "comity-hi1+jws"

struct cm_jws_spec {
	struct cm_hash certificate;    // SHA-256 of the signer's certificate: x5t#S256
	const struct cm_view *chain;   // DER for x5c, the signer's first
	size_t chain_count;            // 0: no x5c
	const struct cm_hash *request; // req#S256 of an answer; NULL in a request
};

// Appends the member "protected": base64url of the header
// {"alg":"ES256","req#S256":…,"typ":"comity-hi1+jws","x5c":[…],"x5t#S256":…} (RFC 8785 order, absent ones left out).
CM_CHECKED cm_result cm_jws_protected_write(const struct cm_jws_spec *spec, struct cm_buf *to);

// SHA-256 of the signing input: protected || "." || base64url(payload). This is what the hi1 statement signs.
struct cm_hash cm_jws_digest(struct cm_view protected_b64, struct cm_view payload);

// req#S256 of an answer to this payload: SHA-256 of the payload itself.
struct cm_hash cm_jws_request(struct cm_view payload);

// Appends base64url of r||s: the member "signature".
void cm_jws_signature_write(const struct cm_key_signature *sig, struct cm_buf *to);
// Exactly 86 characters, canonical. Refused: jws_signature_form.
CM_CHECKED cm_result cm_jws_signature_read(struct cm_view text, struct cm_report *report,
                                           struct cm_key_signature *ret_sig);

// Verifies with the signer's key. Refused: jws_key (not P-256), jws_signature.
CM_CHECKED cm_result cm_jws_verify(const struct cm_hash *digest, const struct cm_key_signature *sig,
                                   const struct cm_key_public *key, struct cm_report *report);

#endif
