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

// Who was valid when: lists of the directory (doc/spec/directory.md), each judged when it is added. With them a verification judges
// every signature by the dates of its key, offline.
struct comity_directory;

COMITY_API COMITY_CHECKED enum comity_result comity_directory_new(struct comity_directory **ret_directory);
COMITY_API void comity_directory_free(struct comity_directory *directory);
// Adds a State's list, which must begin at one of the roots of `trust`, or the list of States, which must be signed by the
// certificate with this SHA-256: of the secretariat, as printed and compared; NULL: only a State's list is taken. The bytes are
// copied. A second list of the same State takes the place of the first when it may follow it. COMITY_REFUSED: directory_json …,
// directory_signature, directory_root, directory_rollback, directory_fork, directory_history.
COMITY_API COMITY_CHECKED enum comity_result comity_directory_add(struct comity_directory *directory,
                                                                  const struct comity_trust *trust,
                                                                  struct comity_view bytes,
                                                                  const struct comity_hash *secretariat,
                                                                  struct comity_report *report);

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
