// Knows: Argon2id (RFC 9106) through libargon2, at our costs. Does not know: whose password it is, or how often it was
// tried. One lane: the library would start a thread for each lane, which a sandboxed process must not.
#include <argon2.h>
#include <stdio.h>
#include <string.h>

#include "base/tab_limit.h"
#include "crypto/password.h"

#define CM_PASSWORD_HASH 32

// What every text of ours begins with; only salt and hash follow.
static const char *
cm_password_head(char to[64])
{
	snprintf(to, 64, "$argon2id$v=19$m=%d,t=%d,p=1$", CM_LIMIT_PASSWORD_MEMORY_VALUE,
	         CM_LIMIT_PASSWORD_PASSES_VALUE);
	return to;
}

cm_result
cm_password_hash(struct cm_view password, const uint8_t salt[CM_PASSWORD_SALT], struct cm_report *report,
                 char ret_text[CM_PASSWORD_TEXT])
{
	if (password.n < CM_LIMIT_PASSWORD_BYTES_MIN_VALUE || password.n > CM_LIMIT_PASSWORD_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_PASSWORD_LENGTH, "password", "%zu bytes", password.n);
	char text[CM_PASSWORD_TEXT];
	int code = argon2id_hash_encoded(CM_LIMIT_PASSWORD_PASSES_VALUE, CM_LIMIT_PASSWORD_MEMORY_VALUE, 1, password.p,
	                                 password.n, salt, CM_PASSWORD_SALT, CM_PASSWORD_HASH, text, sizeof text);
	if (code == ARGON2_MEMORY_ALLOCATION_ERROR)
		return CM_NOMEM;
	if (code != ARGON2_OK)
		return CM_BUG;
	memcpy(ret_text, text, sizeof text);
	return CM_OK;
}

cm_result
cm_password_verify(struct cm_view password, const char *text, struct cm_report *report)
{
	char head[64];
	// Costs are compared as text: a planted verifier with other costs is refused before a byte is allocated.
	if (strnlen(text, CM_PASSWORD_TEXT) == CM_PASSWORD_TEXT ||
	    !cm_view_starts(cm_view_text(text), cm_password_head(head)))
		return cm_report_refuse(report, CM_ERROR_PASSWORD_FORM, "password", "not Argon2id at our costs");
	if (password.n > CM_LIMIT_PASSWORD_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_PASSWORD_WRONG, "password", "too long");
	int code = argon2id_verify(text, password.p, password.n);
	if (code == ARGON2_MEMORY_ALLOCATION_ERROR)
		return CM_NOMEM;
	if (code == ARGON2_VERIFY_MISMATCH)
		return cm_report_refuse(report, CM_ERROR_PASSWORD_WRONG, "password", "it does not fit");
	if (code != ARGON2_OK)
		return cm_report_refuse(report, CM_ERROR_PASSWORD_FORM, "password", "%s", argon2_error_message(code));
	return CM_OK;
}
