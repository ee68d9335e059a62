// Knows: names, ids and text of verifier keys, what a key signs, and the signature line (C2SP signed-note,
// tlog-cosignature). Does not know: private keys. note.c is the reading side.
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "base/rd.h"
#include "base/text.h"
#include "crypto/note_name.h"
#include "crypto/note.h"

// Characters with the White_Space property (Unicode 15).
static bool
cm_note_is_space(uint32_t c)
{
	return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

bool
cm_note_name_good(struct cm_view name)
{
	uint32_t code;
	for (size_t at = 0; at < name.n;)
		if (!cm_text_next(name, &at, &code) || code < 0x20 || code == '+' || cm_note_is_space(code))
			return false;
	return name.n != 0 && name.n < CM_NOTE_NAME;
}

cm_result
cm_note_key_make(struct cm_view name, enum cm_note_type type, const uint8_t public[32], struct cm_report *report,
                 struct cm_note_key *ret_key)
{
	if (!cm_note_name_good(name))
		return cm_report_refuse(report, CM_ERROR_NOTE_VKEY, "name", "\"%.*s\"", CM_VIEW_ARG(name));
	struct cm_note_key k = {.type = type};
	memcpy(k.name, name.p, name.n);
	memcpy(k.public, public, sizeof k.public);
	// id = SHA-256(name || LF || type || key), first four bytes
	const uint8_t between[2] = {'\n', (uint8_t)type};
	struct cm_hash_stream s;
	cm_hash_init(&s);
	cm_hash_add(&s, name);
	cm_hash_add(&s, cm_view_of(between, sizeof between));
	cm_hash_add(&s, cm_view_of(public, 32));
	struct cm_hash h = cm_hash_final(&s);
	memcpy(k.id, h.b, sizeof k.id);
	*ret_key = k;
	return CM_OK;
}

cm_result
cm_note_key_read(struct cm_view vkey, struct cm_report *report, struct cm_note_key *ret_key)
{
	struct cm_rd rd = cm_rd_of(vkey);
	struct cm_view name = cm_rd_until(&rd, '+');
	struct cm_view id_text = cm_rd_until(&rd, '+');
	struct cm_view key_text = cm_rd_bytes(&rd, cm_rd_left(&rd));
	uint8_t id[CM_NOTE_ID], key[33];
	if (rd.failed || !cm_hex_read(id_text, id, sizeof id) ||
	    !cm_b64_read_exact(key_text, CM_B64_STANDARD, key, sizeof key))
		return cm_report_refuse(report, CM_ERROR_NOTE_VKEY, "vkey", "\"%.*s\"", CM_VIEW_ARG(vkey));
	if (key[0] != CM_NOTE_ED25519 && key[0] != CM_NOTE_COSIGNATURE)
		return cm_report_refuse(report, CM_ERROR_NOTE_VKEY, "type", "0x%02x", key[0]);
	struct cm_note_key k;
	cm_result r = cm_note_key_make(name, key[0] == CM_NOTE_ED25519 ? CM_NOTE_ED25519 : CM_NOTE_COSIGNATURE, key + 1,
	                               report, &k);
	if (r != CM_OK)
		return r;
	if (memcmp(k.id, id, sizeof id) != 0)
		return cm_report_refuse(report, CM_ERROR_NOTE_VKEY, "id", "%.*s is not the id of this key",
		                        CM_VIEW_ARG(id_text));
	*ret_key = k;
	return CM_OK;
}

void
cm_note_key_write(const struct cm_note_key *key, struct cm_buf *to)
{
	uint8_t bytes[33] = {(uint8_t)key->type};
	memcpy(bytes + 1, key->public, 32);
	cm_buf_text(to, key->name);
	cm_buf_u8(to, '+');
	cm_hex_write(to, cm_view_of(key->id, sizeof key->id));
	cm_buf_u8(to, '+');
	cm_b64_write(to, cm_view_of(bytes, sizeof bytes), CM_B64_STANDARD);
}

void
cm_note_message(enum cm_note_type type, uint64_t time, struct cm_view text, struct cm_buf *to)
{
	if (type == CM_NOTE_COSIGNATURE)
		cm_buf_printf(to, "cosignature/v1\ntime %llu\n", (unsigned long long)time);
	cm_buf_view_add(to, text);
}

void
cm_note_line_write(const struct cm_note_key *key, uint64_t time, const struct cm_key_signature *sig, struct cm_buf *to)
{
	struct cm_buf bytes = cm_buf_of(CM_NOTE_ID + 8 + sizeof sig->b);
	cm_buf_add(&bytes, key->id, sizeof key->id);
	if (key->type == CM_NOTE_COSIGNATURE)
		cm_buf_u64be(&bytes, time);
	cm_buf_add(&bytes, sig->b, sizeof sig->b);
	if (cm_buf_result(&bytes) != CM_OK) {
		to->failed = cm_buf_result(&bytes);
	} else {
		cm_buf_printf(to, "\xe2\x80\x94 %s ", key->name);
		cm_b64_write(to, cm_buf_view(&bytes), CM_B64_STANDARD);
		cm_buf_u8(to, '\n');
	}
	cm_buf_fini(&bytes);
}
