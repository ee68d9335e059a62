// Knows: Bech32 (BIP 173) as age spells recipients and identities with it. Does not know: what the keys do.
#include <string.h>

#include "base/mem.h"
#include "crypto/seal.h"

static const char cm_seal_digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
#define CM_SEAL_GROUPS 52 // 32 bytes in groups of five bits
#define CM_SEAL_SUM 6

// One step of the checksum's polynomial.
static uint32_t
cm_seal_sum_step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
	uint32_t top = sum >> 25;
	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (size_t i = 0; i < 5; i++)
		if ((top >> i & 1) != 0)
			sum ^= generator[i];
	return sum;
}

// Checksum over prefix (in lower case) and groups.
static uint32_t
cm_seal_sum(const char *prefix, const uint8_t *groups, size_t n)
{
	uint32_t sum = 1;
	for (const char *c = prefix; *c != 0; c++)
		sum = cm_seal_sum_step(sum, (uint8_t)((uint8_t)*c >> 5));
	sum = cm_seal_sum_step(sum, 0);
	for (const char *c = prefix; *c != 0; c++)
		sum = cm_seal_sum_step(sum, (uint8_t)*c & 31);
	for (size_t i = 0; i < n; i++)
		sum = cm_seal_sum_step(sum, groups[i]);
	return sum;
}

// Writes prefix, "1", digits and checksum to `to` (CM_SEAL_TEXT bytes), in lower case.
static void
cm_seal_text_write(const char *prefix, const uint8_t bytes[32], char *to)
{
	uint8_t groups[CM_SEAL_GROUPS + CM_SEAL_SUM] = {0};
	for (size_t bit = 0; bit < 256; bit++)
		groups[bit / 5] |= (uint8_t)((bytes[bit / 8] >> (7 - bit % 8) & 1) << (4 - bit % 5));
	uint32_t sum = cm_seal_sum(prefix, groups, sizeof groups) ^ 1;
	for (size_t i = 0; i < CM_SEAL_SUM; i++)
		groups[CM_SEAL_GROUPS + i] = sum >> (5 * (5 - i)) & 31;
	size_t n = strlen(prefix);
	memcpy(to, prefix, n);
	to[n++] = '1';
	for (size_t i = 0; i < sizeof groups; i++)
		to[n++] = cm_seal_digits[groups[i]];
	to[n] = 0;
	cm_mem_wipe(groups, sizeof groups);
}

// The reverse, of text in lower case.
static bool
cm_seal_text_read(const char *prefix, const char *text, size_t text_n, uint8_t ret_bytes[32])
{
	uint8_t groups[CM_SEAL_GROUPS + CM_SEAL_SUM];
	size_t n = strlen(prefix);
	if (text_n != n + 1 + sizeof groups || memcmp(text, prefix, n) != 0 || text[n] != '1')
		return false;
	for (size_t i = 0; i < sizeof groups; i++) {
		const char *digit = memchr(cm_seal_digits, text[n + 1 + i], 32);
		if (digit == NULL)
			return false;
		groups[i] = (uint8_t)(digit - cm_seal_digits);
	}
	bool good = cm_seal_sum(prefix, groups, sizeof groups) == 1 && (groups[CM_SEAL_GROUPS - 1] & 15) == 0;
	if (good) {
		memset(ret_bytes, 0, 32);
		for (size_t bit = 0; bit < 256; bit++)
			ret_bytes[bit / 8] |= (uint8_t)((groups[bit / 5] >> (4 - bit % 5) & 1) << (7 - bit % 8));
	}
	cm_mem_wipe(groups, sizeof groups);
	return good;
}

void
cm_seal_identity_fini(struct cm_seal_identity *identity)
{
	if (identity != NULL)
		cm_mem_wipe(identity, sizeof *identity);
}

void
cm_seal_file_key_fini(struct cm_seal_file_key *key)
{
	if (key != NULL)
		cm_mem_wipe(key, sizeof *key);
}

cm_result
cm_seal_recipient_read(struct cm_view text, struct cm_report *report, struct cm_seal_recipient *ret_recipient)
{
	if (text.n >= CM_SEAL_TEXT || !cm_seal_text_read("age", (const char *)text.p, text.n, ret_recipient->b))
		return cm_report_refuse(report, CM_ERROR_SEAL_RECIPIENT, "recipient", "\"%.*s\"", CM_VIEW_ARG(text));
	return CM_OK;
}

void
cm_seal_recipient_write(const struct cm_seal_recipient *recipient, char to[CM_SEAL_TEXT])
{
	cm_seal_text_write("age", recipient->b, to);
}

// Identities are written in upper case; their checksum is that of the lower-case spelling. The text itself is never
// quoted in a report.
cm_result
cm_seal_identity_read(struct cm_view text, struct cm_report *report, struct cm_seal_identity *ret_identity)
{
	char lower[CM_SEAL_TEXT];
	bool good = text.n < sizeof lower;
	for (size_t i = 0; good && i < text.n; i++) {
		uint8_t c = text.p[i];
		if (c >= 'a' && c <= 'z')
			good = false;
		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : (char)c;
	}
	good = good && cm_seal_text_read("age-secret-key-", lower, text.n, ret_identity->b);
	cm_mem_wipe(lower, sizeof lower);
	return good ? CM_OK : cm_report_refuse(report, CM_ERROR_SEAL_IDENTITY, "identity", "%zu characters", text.n);
}

void
cm_seal_identity_write(const struct cm_seal_identity *identity, char to[CM_SEAL_TEXT])
{
	cm_seal_text_write("age-secret-key-", identity->b, to);
	for (char *c = to; *c != 0; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 32);
}

bool
cm_seal_recipient_of(const struct cm_seal_identity *identity, struct cm_seal_recipient *ret_recipient)
{
	return cm_key_x25519_public(identity->b, ret_recipient->b);
}
