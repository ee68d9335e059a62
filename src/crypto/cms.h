// Detached CAdES-B-B signatures: CMS SignedData (RFC 5652) with signing-certificate-v2 (RFC 5035), ETSI EN 319 122-1.
// One signer, SHA-256, ECDSA P-256, signed attributes exactly contentType, signingTime, messageDigest,
// signingCertificateV2. Making one is split, because the private key is elsewhere:
//   cm_cms_attributes() -> SHA-256 of its DER is signed by ECDSA (elsewhere) -> cm_cms_write().
// Whether the signer's certificate may be believed is chain.h's question.
// Every byte of the file is judged: it must be DER, what is not expected is refused (unsigned attributes, revocation
// lists, certificates that are no part of the chain). Other signed attributes are taken. Source: cms_write.c,
// cms_read.c, and ossl/cms.c (OpenSSL as second judge).
#ifndef CM_CRYPTO_CMS_H
#define CM_CRYPTO_CMS_H

#include "crypto/x509.h"

// Appends the DER "SET OF Attribute" (tag 31) over which the signature is made. `signer` is the DER of the
// signer's certificate; the time is cut to whole seconds.
CM_CHECKED cm_result cm_cms_attributes(const struct cm_hash *content, struct cm_instant signing_time,
                                       struct cm_view signer, struct cm_buf *to);

struct cm_cms_parts {
	struct cm_view attributes;         // from cm_cms_attributes()
	struct cm_key_signature signature; // ECDSA over the SHA-256 of `attributes`
	const struct cm_view *chain;       // DER certificates to carry; chain[0] is the signer's
	size_t chain_count;                // 1 … CM_LIMIT_CERTIFICATES_VALUE
};

// Appends the DER ContentInfo. Refused: x509_form when chain[0] is no certificate.
CM_CHECKED cm_result cm_cms_write(const struct cm_cms_parts *parts, struct cm_report *report, struct cm_buf *to);

// What a good signature says. fini frees the copies.
struct cm_cms {
	struct cm_x509_list chain; // all certificates carried; chain.der[0] is the signer's, the others in their order
	struct cm_instant signing_time; // as claimed by the signer
};

// Verifies a detached signature over content with the digest `content`: form, one signer, algorithms, attributes, the
// signature itself with the certificate it carries. Refused by name: cms_form (no SignedData, trailing bytes, content
// inside), cms_signers (none or several), cms_algorithm (another digest or signature algorithm), cms_attribute (a
// required attribute is missing, doubled or malformed), cms_signing_certificate (signingCertificateV2 names another
// certificate or is missing), cms_certificate (the signer's certificate is not carried), cms_content (the content
// was changed), cms_signature (the signature is wrong), cms_too_large.
CM_CHECKED cm_result cm_cms_verify(struct cm_view cms, const struct cm_hash *content, struct cm_report *report,
                                   struct cm_cms *ret_cms);

void cm_cms_fini(struct cm_cms *cms);

#endif
