// Who is believed, and who signs. The trust list holds the X.509 roots of States; nothing else makes an origin valid.
// A signer is a private key with its certificates in memory: for laboratories and tests. A node's key stays in its
// keeper, which answers COMITY_STEP_SIGN itself.
#ifndef COMITY_TRUST_H
#define COMITY_TRUST_H

#include "comity/report.h"

#ifdef __cplusplus
extern "C" {
#endif

struct comity_trust;

COMITY_API COMITY_CHECKED enum comity_result comity_trust_new(struct comity_trust **ret_trust);
COMITY_API void comity_trust_free(struct comity_trust *trust);
// Adds every certificate of a PEM text. COMITY_REFUSED: x509_pem, x509_form …; a certificate that is no root (not
// self-issued or no CA) is trust_not_root.
COMITY_API COMITY_CHECKED enum comity_result comity_trust_add(struct comity_trust *trust, struct comity_view pem,
                                                              struct comity_report *report);
COMITY_API size_t comity_trust_count(const struct comity_trust *trust);

struct comity_signer;

// From a PKCS#8 PEM key (pass phrase may be empty) and a PEM chain whose first certificate is the key's own.
// COMITY_REFUSED: key_pem, key_pass, x509_pem, signer_certificate (the certificate belongs to another key).
COMITY_API COMITY_CHECKED enum comity_result comity_signer_new(struct comity_view key_pem, struct comity_view pass,
                                                               struct comity_view chain_pem,
                                                               struct comity_report *report,
                                                               struct comity_signer **ret_signer);
COMITY_API void comity_signer_free(struct comity_signer *signer);
// Signs a statement; the certificates in the answer are the signer's and live as long as it.
COMITY_API COMITY_CHECKED enum comity_result comity_signer_sign(const struct comity_signer *signer,
                                                                const struct comity_statement *statement,
                                                                struct comity_instant time,
                                                                struct comity_report *report,
                                                                struct comity_signature *ret_signature);

#ifdef __cplusplus
}
#endif

#endif
