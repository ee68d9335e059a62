// Knows: the header of an age v1 file: its grammar, X25519 stanzas, its MAC (C2SP age.md, "Format", "The X25519
// recipient type"). Does not know: the payload, other recipient types. Parsing is strict: one spelling for each header.
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/rd.h"
#include "crypto/seal_aead.h"
#include "crypto/seal.h"

static const char cm_seal_version[] = "age-encryption.org/v1\n";
static const char cm_seal_label[] = "age-encryption.org/v1/X25519";
#define CM_SEAL_LINE 64        // characters of a full body line
#define CM_SEAL_X25519_LINE 43 // characters of 32 bytes

// The key that wraps the file key: HKDF(shared, salt = share || recipient).
static void
cm_seal_wrap_key(const uint8_t shared[32], const uint8_t share[32], const uint8_t recipient[32], uint8_t ret_key[32])
{
	uint8_t salt[64];
	memcpy(salt, share, 32);
	memcpy(salt + 32, recipient, 32);
	cm_hash_hkdf(cm_view_of(shared, 32), cm_view_of(salt, sizeof salt), cm_view_text(cm_seal_label), ret_key, 32);
}

static void
cm_seal_mac(const struct cm_seal_file_key *key, struct cm_view covered, struct cm_hash *ret_mac)
{
	uint8_t mac_key[32];
	cm_hash_hkdf(cm_view_of(key->b, sizeof key->b), cm_view_of(NULL, 0), cm_view_text("header"), mac_key,
	             sizeof mac_key);
	*ret_mac = cm_hash_hmac(cm_view_of(mac_key, sizeof mac_key), covered);
	cm_mem_wipe(mac_key, sizeof mac_key);
}

static cm_result
cm_seal_stanza_write(const struct cm_seal_recipient *recipient, const uint8_t ephemeral[32],
                     const struct cm_seal_file_key *file_key, struct cm_report *report, struct cm_buf *to)
{
	uint8_t share[32], shared[32], key[32], body[32];
	if (!cm_key_x25519_public(ephemeral, share))
		return CM_BUG;
	if (!cm_key_x25519(ephemeral, recipient->b, shared))
		return cm_report_refuse(report, CM_ERROR_SEAL_RECIPIENT, "recipient", "a point of small order");
	cm_seal_wrap_key(shared, share, recipient->b, key);
	bool good = cm_seal_aead_wrap(key, file_key, body);
	cm_mem_wipe(shared, sizeof shared);
	cm_mem_wipe(key, sizeof key);
	if (!good)
		return CM_BUG;
	cm_buf_text(to, "-> X25519 ");
	cm_b64_write(to, cm_view_of(share, sizeof share), CM_B64_RAW);
	cm_buf_u8(to, '\n');
	cm_b64_write(to, cm_view_of(body, sizeof body), CM_B64_RAW);
	cm_buf_u8(to, '\n');
	return cm_buf_result(to);
}

cm_result
cm_seal_header_write(const struct cm_seal_recipient *recipients, size_t count, const struct cm_seal_random *random,
                     struct cm_report *report, struct cm_buf *to)
{
	if (count == 0 || count > CM_LIMIT_SEAL_RECIPIENTS_VALUE)
		return CM_BUG;
	CM_CLEANUP(cm_buf_fini) struct cm_buf header = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	cm_buf_text(&header, cm_seal_version);
	for (size_t i = 0; i < count; i++) {
		cm_result r =
			cm_seal_stanza_write(&recipients[i], random->ephemeral[i], &random->file_key, report, &header);
		if (r != CM_OK)
			return r;
	}
	cm_buf_text(&header, "---");
	struct cm_hash mac;
	cm_seal_mac(&random->file_key, cm_buf_view(&header), &mac);
	cm_buf_u8(&header, ' ');
	cm_b64_write(&header, cm_hash_view(&mac), CM_B64_RAW);
	cm_buf_u8(&header, '\n');
	cm_buf_add(&header, random->nonce, CM_SEAL_NONCE);
	if (cm_buf_result(&header) != CM_OK)
		return cm_buf_result(&header);
	cm_buf_view_add(to, cm_buf_view(&header));
	return cm_buf_result(to);
}

size_t
cm_seal_header_size(size_t recipients)
{
	size_t stanza = sizeof "-> X25519 " - 1 + CM_SEAL_X25519_LINE + 1 + CM_SEAL_X25519_LINE + 1;
	return sizeof cm_seal_version - 1 + recipients * stanza + 4 + CM_SEAL_X25519_LINE + 1 + CM_SEAL_NONCE;
}

// One line without its LF; false at the end of the bytes.
static bool
cm_seal_line(struct cm_rd *rd, struct cm_view *ret_line)
{
	struct cm_view line = cm_rd_until(rd, '\n');
	if (rd->failed)
		return false;
	*ret_line = line;
	return true;
}

// "type arg arg …": one space between, visible ASCII only.
static bool
cm_seal_arguments_good(struct cm_view line)
{
	uint8_t before = ' ';
	for (size_t i = 0; i < line.n; before = line.p[i++])
		if (line.p[i] == ' ' ? before == ' ' : line.p[i] < 0x21 || line.p[i] > 0x7e)
			return false;
	return line.n != 0 && before != ' ';
}

// Is this canonical unpadded base64 of at most one line?
static bool
cm_seal_base64_good(struct cm_view line)
{
	uint8_t bytes[CM_SEAL_LINE * 3 / 4];
	return line.n <= CM_SEAL_LINE && cm_b64_read_exact(line, CM_B64_RAW, bytes, line.n * 3 / 4);
}

// A stanza behind its "-> ": argument line, full lines, a last line shorter than 64 characters.
static bool
cm_seal_stanza_read(struct cm_rd *rd, struct cm_view line, struct cm_seal_stanza *ret_stanza)
{
	struct cm_seal_stanza s = {.line = line};
	if (!cm_seal_arguments_good(line))
		return false;
	s.type = cm_view_part(line, 0, cm_view_find(line, 0, ' '));
	size_t full = 0;
	struct cm_view body;
	for (;; full++) {
		if (!cm_seal_line(rd, &body) || !cm_seal_base64_good(body))
			return false;
		if (body.n < CM_SEAL_LINE)
			break;
	}
	s.is_x25519 = cm_view_is(s.type, "X25519");
	if (s.is_x25519) {
		struct cm_view share = cm_view_part(line, s.type.n + 1, line.n);
		if (full != 0 || !cm_b64_read_exact(share, CM_B64_RAW, s.share, sizeof s.share) ||
		    !cm_b64_read_exact(body, CM_B64_RAW, s.body, sizeof s.body))
			return false;
	}
	*ret_stanza = s;
	return true;
}

static cm_result
cm_seal_header_refuse(struct cm_report *report, const struct cm_rd *rd, const char *what)
{
	return cm_report_refuse(report, CM_ERROR_SEAL_HEADER, "header", "%s, before byte %zu", what, rd->at);
}

cm_result
cm_seal_header_read(struct cm_view bytes, struct cm_report *report, struct cm_seal_header *ret_header)
{
	struct cm_view head = cm_view_part(bytes, 0, CM_LIMIT_SEAL_HEADER_VALUE);
	struct cm_rd rd = cm_rd_of(head);
	struct cm_seal_header h = {.count = 0};
	struct cm_view line;
	if (!cm_view_starts(head, cm_seal_version))
		return cm_seal_header_refuse(report, &rd, "another version, or no sealed file");
	cm_rd_bytes(&rd, sizeof cm_seal_version - 1);
	for (;;) {
		size_t start = rd.at;
		if (!cm_seal_line(&rd, &line))
			return bytes.n > head.n ? cm_report_refuse(report, CM_ERROR_SEAL_TOO_LARGE, "header",
			                                           "%zu bytes", head.n)
			                        : cm_seal_header_refuse(report, &rd, "no end");
		if (cm_view_starts(line, "--- ")) {
			h.covered = cm_view_part(bytes, 0, start + 3);
			break;
		}
		if (!cm_view_starts(line, "-> "))
			return cm_seal_header_refuse(report, &rd, "neither a stanza nor the end");
		if (h.count == CM_LIMIT_SEAL_STANZAS_VALUE)
			return cm_report_refuse(report, CM_ERROR_SEAL_TOO_LARGE, "header", "more than %d stanzas",
			                        CM_LIMIT_SEAL_STANZAS_VALUE);
		if (!cm_seal_stanza_read(&rd, cm_view_part(line, 3, line.n), &h.stanzas[h.count]))
			return cm_seal_header_refuse(report, &rd, "a malformed stanza");
		h.count++;
	}
	if (h.count == 0)
		return cm_seal_header_refuse(report, &rd, "no stanza");
	if (!cm_b64_read_exact(cm_view_part(line, 4, line.n), CM_B64_RAW, h.mac, sizeof h.mac))
		return cm_seal_header_refuse(report, &rd, "a malformed MAC");
	h.n = rd.at;
	*ret_header = h;
	return CM_OK;
}

size_t
cm_seal_header_end(struct cm_view bytes)
{
	for (size_t at = cm_view_find(bytes, 0, '\n'); at < bytes.n; at = cm_view_find(bytes, at + 1, '\n')) {
		if (!cm_view_starts(cm_view_part(bytes, at + 1, 4), "--- "))
			continue;
		size_t end = cm_view_find(bytes, at + 1, '\n');
		return end < bytes.n ? end + 1 : 0;
	}
	return 0;
}

cm_result
cm_seal_mac_check(const struct cm_seal_header *header, const struct cm_seal_file_key *key, struct cm_report *report)
{
	struct cm_hash mac;
	cm_seal_mac(key, header->covered, &mac);
	if (!cm_secret_equal(cm_hash_view(&mac), cm_view_of(header->mac, sizeof header->mac)))
		return cm_report_refuse(report, CM_ERROR_SEAL_MAC, "header", "the MAC does not fit");
	return CM_OK;
}

cm_result
cm_seal_unwrap(const struct cm_seal_header *header, const struct cm_seal_identity *identity, struct cm_report *report,
               struct cm_seal_file_key *ret_key)
{
	struct cm_seal_recipient own;
	if (!cm_seal_recipient_of(identity, &own))
		return CM_BUG;
	for (size_t i = 0; i < header->count; i++) {
		const struct cm_seal_stanza *s = &header->stanzas[i];
		uint8_t shared[32], key[32];
		struct cm_seal_file_key file_key;
		if (!s->is_x25519)
			continue;
		if (!cm_key_x25519(identity->b, s->share, shared))
			return cm_report_refuse(report, CM_ERROR_SEAL_HEADER, "header",
			                        "stanza %zu: a point of small order", i + 1);
		cm_seal_wrap_key(shared, s->share, own.b, key);
		bool good = cm_seal_aead_unwrap(key, s->body, &file_key);
		cm_mem_wipe(shared, sizeof shared);
		cm_mem_wipe(key, sizeof key);
		if (!good)
			continue;
		cm_result r = cm_seal_mac_check(header, &file_key, report);
		if (r == CM_OK)
			*ret_key = file_key;
		cm_seal_file_key_fini(&file_key);
		return r;
	}
	return cm_report_refuse(report, CM_ERROR_SEAL_NO_MATCH, "header", "%zu stanzas, none for this identity",
	                        header->count);
}
