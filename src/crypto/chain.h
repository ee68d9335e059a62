// The decision about a certificate: does it chain to one of the given roots, for this purpose, at this moment, for
// this node? RFC 5280 section 6 with our profile on top (algorithms, usages, at most one authority between).
// Source: ossl/chain.c.
#ifndef CM_CRYPTO_CHAIN_H
#define CM_CRYPTO_CHAIN_H

#include "crypto/x509.h"

enum cm_chain_purpose {
	CM_CHAIN_SIGN, // CAdES, JWS, card, acts: P-256 with digitalSignature, issued by a root
	CM_CHAIN_TLS,  // P-256 with digitalSignature and serverAuth + clientAuth, not a CA
	CM_CHAIN_SEAL, // X25519 with keyAgreement, issued by a root
};

struct cm_chain_question {
	struct cm_view leaf; // DER
	const struct cm_view
		*between; // DER of certificates that came with it, in any order; may contain the leaf or a root
	size_t between_count;
	const struct cm_view *roots; // DER of the trusted roots
	size_t root_count;
	enum cm_chain_purpose purpose;
	struct cm_instant at;
	const char *node; // the node id that must stand in the leaf; NULL: any, but one must stand there
};

struct cm_chain_answer {
	struct cm_x509 leaf;
	struct cm_x509 root;
	size_t root_index; // in question.roots
};

// CM_OK, or refused by name: chain_root_unknown (ends at no given root), chain_signature (a signature in it is
// wrong), chain_not_yet_valid, chain_expired (at question.at, any link), chain_usage (wrong key, usage, not a CA,
// path too long), chain_node (another node, none, or one of another country than the root), and what cm_x509_read() refuses. With no roots at all the
// refusal is chain_no_roots.
CM_CHECKED cm_result cm_chain_check(const struct cm_chain_question *question, struct cm_report *report,
                                    struct cm_chain_answer *ret_answer);

#endif
