// Certificates as the library's objects, shared by the files in ossl/. Source: x509_read.c.
#ifndef CM_CRYPTO_OSSL_X509_H
#define CM_CRYPTO_OSSL_X509_H

#include <openssl/x509.h>

#include "crypto/x509.h"

// One DER certificate, every byte used, of at most CM_LIMIT_CERTIFICATE_BYTES_VALUE; free with X509_free(). Refused:
// x509_form, x509_too_large.
CM_CHECKED cm_result cm_x509_parse(struct cm_view der, struct cm_report *report, X509 **ret_cert);

// Reads what struct cm_x509 has from a parsed certificate whose DER is `der`.
CM_CHECKED cm_result cm_x509_read_parsed(X509 *cert, struct cm_view der, struct cm_report *report,
                                         struct cm_x509 *ret_cert);

#endif
