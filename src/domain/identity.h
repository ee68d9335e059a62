// Is an identity card what it claims: signed by the node's authority key and by its State's root, with keys that belong
// together (doc/spec/card.md, section 4; doc/spec/keys.md)? Pure: moment and roots are told.
#ifndef CM_DOMAIN_IDENTITY_H
#define CM_DOMAIN_IDENTITY_H

#include "crypto/chain.h"
#include "crypto/note.h"
#include "crypto/seal.h"
#include "domain/authority.h"
#include "format/card.h"

// What a good card binds to a node. Copies; nothing to free.
struct cm_identity {
	char node[CM_X509_NODE];
	struct cm_key_public sign;            // P-256, of authority-sign
	struct cm_hash sign_certificate;      // SHA-256 of its DER
	struct cm_hash state;                 // SHA-256 of the State root's certificate
	struct cm_seal_recipient recipient;   // to which evidence is sealed
	struct cm_note_key log;               // of the register
	cm_authority_roles roles;
	uint64_t serial;                      // grows with each card of the node
	struct cm_instant until;              // the first end among the card and its certificates
};

struct cm_identity_question {
	struct cm_instant at;
	const struct cm_view *roots; // DER of the trusted State roots
	size_t root_count;           // 0: the card's own State root is taken as it is (first contact; words are compared)
};

// Refused: identity_signature (one is missing, made by another key, or wrong), identity_root (not one of the roots),
// identity_validity (not at this moment), identity_keys (a key, certificate or name in it does not fit the others), and what
// cm_chain_check() refuses.
CM_CHECKED cm_result cm_identity_check(const struct cm_card *card, const struct cm_identity_question *question,
                                       struct cm_report *report, struct cm_identity *ret_identity);

#endif
