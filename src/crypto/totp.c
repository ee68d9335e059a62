// Knows: TOTP (RFC 6238) through liboath's HOTP (RFC 4226), and how apps take a secret. Does not know: persons, or
// which step was used last: the caller keeps it.
#include <liboath/oath.h>
#include <pthread.h>
#include <string.h>

#include "crypto/secret.h"
#include "crypto/totp.h"

#define CM_TOTP_DIGITS 6

static pthread_once_t cm_totp_once = PTHREAD_ONCE_INIT;
static bool cm_totp_ready;

static void
cm_totp_start(void)
{
	cm_totp_ready = oath_init() == OATH_OK;
}

static uint64_t
cm_totp_step(struct cm_instant at)
{
	int64_t seconds = cm_instant_seconds(at);
	return seconds < 0 ? 0 : (uint64_t)seconds / CM_TOTP_STEP;
}

static cm_result
cm_totp_code_of(struct cm_view secret, uint64_t step, char ret_code[CM_TOTP_CODE])
{
	pthread_once(&cm_totp_once, cm_totp_start);
	char code[CM_TOTP_CODE];
	if (!cm_totp_ready || oath_hotp_generate((const char *)secret.p, secret.n, step, CM_TOTP_DIGITS, false,
	                                         OATH_HOTP_DYNAMIC_TRUNCATION, code) != OATH_OK)
		return CM_FAILED;
	memcpy(ret_code, code, sizeof code);
	return CM_OK;
}

cm_result
cm_totp_code(struct cm_view secret, struct cm_instant at, char ret_code[CM_TOTP_CODE])
{
	return cm_totp_code_of(secret, cm_totp_step(at), ret_code);
}

cm_result
cm_totp_check(struct cm_view secret, struct cm_view code, struct cm_instant at, uint64_t after,
              struct cm_report *report, uint64_t *ret_step)
{
	uint64_t now = cm_totp_step(at), found = 0;
	bool is_found = false;
	// All three are computed and compared, whichever fits.
	for (uint64_t step = now == 0 ? 0 : now - 1; step <= now + 1; step++) {
		char want[CM_TOTP_CODE];
		cm_result r = cm_totp_code_of(secret, step, want);
		if (r != CM_OK)
			return r;
		if (cm_secret_equal(code, cm_view_of(want, CM_TOTP_DIGITS))) {
			found = step;
			is_found = true;
		}
	}
	if (!is_found)
		return cm_report_refuse(report, CM_ERROR_TOTP_WRONG, "code", "it does not fit the time");
	if (found <= after)
		return cm_report_refuse(report, CM_ERROR_TOTP_REPLAYED, "code", "it was used before");
	*ret_step = found;
	return CM_OK;
}

void
cm_totp_secret_write(struct cm_view secret, struct cm_buf *to)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	for (size_t bit = 0; bit < 8 * secret.n; bit += 5) {
		unsigned x = 0;
		for (size_t i = bit; i < bit + 5; i++)
			x = x << 1 | (i < 8 * secret.n ? (unsigned)secret.p[i / 8] >> (7 - i % 8) & 1 : 0);
		cm_buf_u8(to, (uint8_t)digits[x]);
	}
}

// RFC 3986: all but unreserved characters are escaped.
static void
cm_totp_escape(const char *text, struct cm_buf *to)
{
	for (const char *c = text; *c != 0; c++) {
		bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		                strchr("-._~", *c) != NULL;
		if (is_plain)
			cm_buf_u8(to, (uint8_t)*c);
		else
			cm_buf_printf(to, "%%%02X", (unsigned)(uint8_t)*c);
	}
}

void
cm_totp_uri_write(struct cm_view secret, const char *issuer, const char *account, struct cm_buf *to)
{
	cm_buf_text(to, "otpauth://totp/");
	cm_totp_escape(issuer, to);
	cm_buf_u8(to, ':');
	cm_totp_escape(account, to);
	cm_buf_text(to, "?secret=");
	cm_totp_secret_write(secret, to);
	cm_buf_text(to, "&issuer=");
	cm_totp_escape(issuer, to);
}
