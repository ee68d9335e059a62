// Knows: the order of fields between node and message reader. Does not know: what they mean.
#include "node/reader_message_ipc.h"

#include <string.h>

void
cm_reader_told_write(const struct cm_reader_told *told, struct cm_buf *to)
{
	cm_buf_u64be(to, (uint64_t)told->now.us);
	cm_buf_u32be(to, told->sender);
	cm_buf_u32be(to, told->receiver);
	cm_buf_field(to, told->chain.request);
	cm_buf_field(to, told->chain.reference);
	cm_buf_field(to, told->chain.message);
	cm_buf_u8(to, told->chain.there);
}

void
cm_reader_told_read(struct cm_rd *rd, struct cm_reader_told *ret_told)
{
	ret_told->now.us = (int64_t)cm_rd_u64be(rd);
	ret_told->sender = cm_rd_u32be(rd);
	ret_told->receiver = cm_rd_u32be(rd);
	ret_told->chain.request = cm_rd_field(rd);
	ret_told->chain.reference = cm_rd_field(rd);
	ret_told->chain.message = cm_rd_field(rd);
	ret_told->chain.there = cm_rd_u8(rd) == 1;
}

void
cm_reader_draft_told_write(const struct cm_draft_told *told, struct cm_buf *to)
{
	const struct cm_view fields[] = {told->sender.country, told->sender.id, told->receiver.country, told->receiver.id,
	        told->transaction, told->document, told->authorisation, told->task, told->encryption, told->reference,
	        told->disclosure_reference, told->seal_certificate, told->node};
	cm_buf_u64be(to, (uint64_t)told->now.us);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		cm_buf_field(to, fields[i]);
}

void
cm_reader_draft_told_read(struct cm_rd *rd, struct cm_draft_told *ret_told)
{
	struct cm_view *const fields[] = {&ret_told->sender.country, &ret_told->sender.id, &ret_told->receiver.country,
	        &ret_told->receiver.id, &ret_told->transaction, &ret_told->document, &ret_told->authorisation,
	        &ret_told->task, &ret_told->encryption, &ret_told->reference, &ret_told->disclosure_reference,
	        &ret_told->seal_certificate, &ret_told->node};
	ret_told->now.us = (int64_t)cm_rd_u64be(rd);
	ret_told->sha256 = NULL;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		*fields[i] = cm_rd_field(rd);
}

static void
cm_reader_key_write(const struct cm_key_public *key, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)key->kind);
	cm_buf_field(to, cm_view_of(key->b, key->n));
}

static bool
cm_reader_key_read(struct cm_rd *rd, struct cm_key_public *ret_key)
{
	uint8_t kind = cm_rd_u8(rd);
	struct cm_view b = cm_rd_field(rd);
	return kind == CM_KEY_P256 && cm_key_public_of_raw(CM_KEY_P256, b, NULL, ret_key) == CM_OK;
}

void
cm_reader_card_write(const struct cm_card *card, const struct cm_identity *identity, struct cm_buf *to)
{
	cm_buf_field(to, cm_view_text(identity->node));
	cm_reader_key_write(&identity->sign, to);
	cm_buf_add(to, identity->sign_certificate.b, 32);
	cm_buf_add(to, identity->state.b, 32);
	cm_buf_add(to, identity->recipient.b, 32);
	cm_buf_field(to, card->log_vkey);
	cm_buf_u32be(to, identity->roles);
	cm_buf_u64be(to, identity->serial);
	cm_buf_u64be(to, (uint64_t)identity->until.us);
	cm_buf_field(to, card->name_count > 0 ? card->names[0].name : card->node);
	cm_buf_field(to, card->endpoint);
	cm_buf_field(to, card->sign_certificate);
	cm_buf_field(to, card->state_certificate);
	cm_buf_field(to, card->seal_certificate);
}

static bool
cm_reader_copy(struct cm_view v, char *to, size_t room)
{
	if (v.n >= room)
		return false;
	if (v.n > 0)
		memcpy(to, v.p, v.n);
	to[v.n] = 0;
	return true;
}

static bool
cm_reader_hash_read(struct cm_rd *rd, uint8_t to[32])
{
	struct cm_view v = cm_rd_bytes(rd, 32);
	if (v.n == 32)
		memcpy(to, v.p, 32);
	return v.n == 32;
}

bool
cm_reader_card_read(struct cm_view bytes, struct cm_reader_card *ret_card)
{
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_identity *identity = &ret_card->identity;
	bool good = cm_reader_copy(cm_rd_field(&rd), identity->node, sizeof identity->node);
	good = good && cm_reader_key_read(&rd, &identity->sign);
	good = good && cm_reader_hash_read(&rd, identity->sign_certificate.b) &&
	       cm_reader_hash_read(&rd, identity->state.b) && cm_reader_hash_read(&rd, identity->recipient.b);
	good = good && cm_note_key_read(cm_rd_field(&rd), NULL, &identity->log) == CM_OK;
	identity->roles = cm_rd_u32be(&rd);
	identity->serial = cm_rd_u64be(&rd);
	identity->until.us = (int64_t)cm_rd_u64be(&rd);
	good = good && cm_reader_copy(cm_rd_field(&rd), ret_card->title, sizeof ret_card->title);
	good = good && cm_reader_copy(cm_rd_field(&rd), ret_card->endpoint, sizeof ret_card->endpoint);
	ret_card->sign_certificate = cm_rd_field(&rd);
	ret_card->state_certificate = cm_rd_field(&rd);
	ret_card->seal_certificate = cm_rd_field(&rd);
	return good && cm_rd_done(&rd);
}
