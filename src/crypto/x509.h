// X.509 certificates (RFC 5280) of our kinds: issuing them, and reading what we need from one. Signatures are
// ecdsa-with-SHA256 by P-256 issuers only. Whether a certificate may be believed is chain.h's question.
// Source: ossl/x509_write.c, ossl/x509_read.c, x509_list.c.
#ifndef CM_CRYPTO_X509_H
#define CM_CRYPTO_X509_H

#include "base/instant.h"
#include "crypto/key.h"

#define CM_X509_NAME 128  // bytes with NUL of a name in struct cm_x509
#define CM_X509_NODE 96   // bytes with NUL of a node id, "xa.contact"
#define CM_X509_SERIAL 20 // bytes of a serial number
#define CM_X509_URN "urn:comity:node:"

enum cm_x509_role {
	CM_X509_ROOT,      // a State's root: self-signed, CA, pathlen 1, keyCertSign + cRLSign
	CM_X509_AUTHORITY, // signs for a node and certifies its TLS key: CA, pathlen 0, digitalSignature,
	                   // nonRepudiation, keyCertSign
	CM_X509_TLS,       // a node's TLS key: serverAuth + clientAuth, digitalSignature, not a CA
	CM_X509_SEAL,      // a node's X25519 sealing key: keyAgreement, not a CA
};

// What a certificate is to say. Texts are UTF-8; NULL means absent.
#define CM_X509_EXERCISE "exercise" // organisational unit of a State root that was made for exercises
struct cm_x509_spec {
	enum cm_x509_role role;
	const char *country;            // two letters, or NULL
	const char *organisation;       // or NULL
	bool exercise;                  // the subject says OU=exercise
	const char *name;               // common name; NULL takes the node id
	const char *node;               // node id for the SAN URI; NULL only for a root
	const char *dns;                // TLS only: a DNS name, or NULL
	struct cm_view ip;              // TLS only: 4 or 16 bytes, or empty
	uint8_t serial[CM_X509_SERIAL]; // random; the top bit is cleared and the value made non-zero here
	struct cm_instant not_before;   // whole seconds
	struct cm_instant not_after;
};

// Issues a certificate over `subject` and appends its DER. `issuer_der` is the issuer's certificate, empty for a
// root (then `subject` must be the public half of `issuer_key`). Refused: x509_spec (a field that cannot be in a
// certificate), x509_issuer (issuer_key is not the key of issuer_der, or the issuer is no CA).
CM_CHECKED cm_result cm_x509_write(const struct cm_x509_spec *spec, const struct cm_key_public *subject,
                                   const struct cm_key *issuer_key, struct cm_view issuer_der, struct cm_report *report,
                                   struct cm_buf *to);

// Key usage bits as in RFC 5280 4.2.1.3, plus two of extended key usage.
enum {
	CM_X509_USE_SIGN = 1,    // digitalSignature
	CM_X509_USE_COMMIT = 2,  // nonRepudiation
	CM_X509_USE_AGREE = 4,   // keyAgreement
	CM_X509_USE_CERTIFY = 8, // keyCertSign
	CM_X509_USE_OTHER = 16,  // any other bit
	CM_X509_USE_SERVER = 32, // serverAuth
	CM_X509_USE_CLIENT = 64, // clientAuth
};

// What we read from a certificate. Everything is a copy; nothing to free.
struct cm_x509 {
	struct cm_hash sha256; // of the DER
	struct cm_key_public key;
	struct cm_hash spki;            // SHA-256 of the SubjectPublicKeyInfo
	char subject[CM_X509_NAME];     // "C=XA, O=comity example, CN=…", cut when longer
	char common_name[CM_X509_NAME]; // last CN, or ""
	char issuer[CM_X509_NAME];
	char country[3];                         // C of the subject, or ""
	char node[CM_X509_NODE];                 // of the SAN URI urn:comity:node:…, or "" when there is none
	uint8_t serial[CM_X509_SERIAL];          // big-endian, right-aligned
	struct cm_instant not_before, not_after; // both inclusive
	unsigned uses;                           // CM_X509_USE_…; 0 when the extension is absent
	bool is_ca;
	bool is_self_issued; // subject and issuer names are equal
	bool exercise;       // the subject says OU=exercise: nothing under it is meant in earnest
	int path_length;     // -1: none stated
};

// Reads one DER certificate, all bytes used. Refused: x509_form (not such a certificate, more bytes behind it,
// a critical extension we do not know, several node URIs), x509_algorithm (key or signature of another kind),
// x509_too_large.
CM_CHECKED cm_result cm_x509_read(struct cm_view der, struct cm_report *report, struct cm_x509 *ret_cert);

// Appends one DER as a PEM block of `label`, as "CERTIFICATE".
CM_CHECKED cm_result cm_x509_pem_write(struct cm_view der, const char *label, struct cm_buf *to);

// A list of DER blobs in one block of memory.
struct cm_x509_list {
	size_t count;
	struct cm_view *der; // views into `bytes`
	uint8_t *bytes;
};

// All CERTIFICATE blocks of a PEM text, in order, at most CM_LIMIT_CERTIFICATES_VALUE; text between blocks is skipped.
// Refused: x509_pem (a broken block, or no certificate at all). The blocks are not yet read as certificates.
CM_CHECKED cm_result cm_x509_pem_read(struct cm_view pem, struct cm_report *report, struct cm_x509_list *ret_list);

// A list with copies of `count` views.
CM_CHECKED cm_result cm_x509_list_of(const struct cm_view *der, size_t count, struct cm_x509_list *ret_list);

void cm_x509_list_fini(struct cm_x509_list *list);

#endif
