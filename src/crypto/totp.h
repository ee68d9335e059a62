// One-time codes of persons: TOTP (RFC 6238) with HMAC-SHA-1, 6 digits, 30 seconds, as authenticator apps know it.
// Source: totp.c.
#ifndef CM_CRYPTO_TOTP_H
#define CM_CRYPTO_TOTP_H

#include "base/instant.h"
#include "base/report.h"

#define CM_TOTP_SECRET 20 // bytes of a secret we make
#define CM_TOTP_STEP 30   // seconds
#define CM_TOTP_CODE 7    // bytes of a code with its NUL

// The code of a moment. CM_FAILED when the library says no.
CM_CHECKED cm_result cm_totp_code(struct cm_view secret, struct cm_instant at, char ret_code[CM_TOTP_CODE]);

// Is `code` that of the moment's step or of one step before or after? `ret_step` is the step that fitted: the caller
// keeps the last one of each person and passes it as `after`; a code of step ≤ after is refused (0: none yet).
// Refused: totp_wrong, totp_replayed.
CM_CHECKED cm_result cm_totp_check(struct cm_view secret, struct cm_view code, struct cm_instant at, uint64_t after,
                                   struct cm_report *report, uint64_t *ret_step);

// The secret as base32 (RFC 4648, upper case, no padding), as apps want it typed in.
void cm_totp_secret_write(struct cm_view secret, struct cm_buf *to);

// otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER, both names percent-encoded.
void cm_totp_uri_write(struct cm_view secret, const char *issuer, const char *account, struct cm_buf *to);

#endif
