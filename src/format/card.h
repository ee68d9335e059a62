// The identity card comity.card/1: who a node is, how it is reached, its public keys with their dates, signed by the
// node's authority key and by its State's root (doc/spec/card.md). Shape only; keys and signatures are judged by
// others. Absent values as in request_doc.h. Source: card.c.
#ifndef CM_FORMAT_CARD_H
#define CM_FORMAT_CARD_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/report.h"

#define CM_CARD_FORMAT "comity.card/1"
#define CM_CARD_JWS_TYPE "comity-card+jws"

struct cm_card_name {
	struct cm_view language; // "en"
	struct cm_view name;
};

// One detached JWS over the RFC 8785 bytes of the card without "signatures". Its protected header is
// {"alg":"ES256","typ":"comity-card+jws","x5t#S256":…}: SHA-256 of the certificate whose key signed.
struct cm_card_signature {
	struct cm_view by;            // "authority" or "state"
	struct cm_view protected_b64; // base64url
	struct cm_view signature_b64; // base64url of r||s, 86 characters
	struct cm_view certificate_sha256; // 32 bytes, from the protected header; not written
};

struct cm_card {
	uint64_t serial;       // grows with each new card of the node, from 1
	struct cm_view node;   // "xa.contact"
	struct cm_view country; // "XA"
	const struct cm_card_name *names;
	size_t name_count;
	struct cm_view kind; // "authority", "organisation", "provider"
	// "contact_point", "central_authority", "competent_authority", "provider", "secretariat", "witness"
	const struct cm_view *roles;
	size_t role_count;
	const struct cm_view *languages; // in which requests are taken
	size_t language_count;
	struct cm_view hours;     // "24/7" or a text
	struct cm_view time_zone; // "UTC+02:00"
	struct cm_view phone;     // E.164 with "+"
	struct cm_view email;
	unsigned exercise;        // 2: the node of an exercise, whose clock is moved; 0: a real one
	struct cm_view endpoint;  // "https://host:port"; "/hi1/v1", "/log/", "/card" stand under it
	struct cm_instant valid_from, valid_until;
	struct cm_view sign_certificate;      // DER, authority-sign, issued by the State root
	struct cm_view state_certificate;     // DER, the State root
	struct cm_view state_sha256;          // 32 bytes, SHA-256 of state_certificate
	struct cm_view seal_recipient;        // "age1…"
	struct cm_view seal_certificate;      // DER, X25519, issued by the State root
	struct cm_view log_origin, log_vkey;  // C2SP verifier key text
	struct cm_view witness_vkey;
	const struct cm_card_signature *signatures; // authority first, then state
	size_t signature_count;
	struct cm_view canonical; // reading only: the bytes that are signed
	struct cm_arena arena;    // reading only
};

// Reads at most CM_LIMIT_CARD_BYTES_VALUE; the bytes must be the RFC 8785 form, so that a card has one digest.
// Refused: card_json, card_member, card_signature_form.
CM_CHECKED cm_result cm_card_read(struct cm_view json, struct cm_report *report, struct cm_card *ret_card);
void cm_card_fini(struct cm_card *card);

// Appends the bytes to be signed: the card without "signatures". CM_BUG when a required member is missing.
CM_CHECKED cm_result cm_card_write_unsigned(const struct cm_card *card, struct cm_buf *to);
// Appends the whole card with its signatures.
CM_CHECKED cm_result cm_card_write(const struct cm_card *card, struct cm_buf *to);

// Appends the protected header for a signature by the key of the certificate with this digest, base64url.
void cm_card_protected_write(const uint8_t certificate_sha256[32], struct cm_buf *to);

#endif
