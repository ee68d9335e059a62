// Object identifiers and small parts that the writer and the reader of CMS share. Sources: cms_write.c, ossl/cms.c.
#ifndef CM_CRYPTO_CMS_PARTS_H
#define CM_CRYPTO_CMS_PARTS_H

#include "crypto/cms.h"
#include "crypto/der.h"

// Whole elements, tag and length included: they are compared and copied as they stand.
enum cm_cms_oid {
	CM_CMS_OID_SIGNED_DATA,         // RFC 5652 section 5.1
	CM_CMS_OID_DATA,                // section 4
	CM_CMS_OID_CONTENT_TYPE,        // section 11.1
	CM_CMS_OID_MESSAGE_DIGEST,      // section 11.2
	CM_CMS_OID_SIGNING_TIME,        // section 11.3
	CM_CMS_OID_SIGNING_CERTIFICATE, // RFC 5035: signing-certificate-v2
	CM_CMS_OID_SHA256,              // RFC 5754
	CM_CMS_OID_ECDSA_SHA256,        // RFC 5758
	CM_CMS_OID_END,
};
struct cm_view cm_cms_oid(enum cm_cms_oid which);

// Issuer name and serial number of a certificate as whole DER elements. False when `der` is no certificate.
bool cm_cms_issuer_and_serial(struct cm_view der, struct cm_view *ret_issuer, struct cm_view *ret_serial);

// The library's own reading of the same bytes: does `signer` (DER) verify the one signer's attributes? A second judge;
// both must agree.
CM_CHECKED cm_result cm_cms_second_opinion(struct cm_view cms, struct cm_view signer, struct cm_report *report);

// Puts `certs` in the order of the chain that begins with certs[signer]. Every certificate must be the issuer of the
// one before it, with a good signature, up to a self-signed root (or there is the signer's alone); else refused:
// cms_certificate.
CM_CHECKED cm_result cm_cms_order(struct cm_view *certs, size_t count, size_t signer, struct cm_report *report);

#endif
