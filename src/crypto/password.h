// Passwords of persons: Argon2id (RFC 9106) in its text form "$argon2id$v=19$m=…,t=…,p=…$salt$hash".
// Source: password.c.
#ifndef CM_CRYPTO_PASSWORD_H
#define CM_CRYPTO_PASSWORD_H

#include "base/report.h"

#define CM_PASSWORD_SALT 16
#define CM_PASSWORD_TEXT 128 // longest text with its NUL

// Costs come from data/limits.tab (password_memory in KiB, password_passes). `salt` is random, told by the caller.
// Refused: password_length (fewer than 8 or more than 1024 bytes). CM_NOMEM.
CM_CHECKED cm_result cm_password_hash(struct cm_view password, const uint8_t salt[CM_PASSWORD_SALT],
                                      struct cm_report *report, char ret_text[CM_PASSWORD_TEXT]);

// Refused: password_wrong; password_form when `text` is not such a text or asks for more than our own costs (so a
// planted text cannot exhaust the machine). `text` is NUL-terminated.
CM_CHECKED cm_result cm_password_verify(struct cm_view password, const char *text, struct cm_report *report);

#endif
