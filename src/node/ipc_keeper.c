// Knows: the payloads between node and keeper, byte by byte. Does not know: whether the keeper agrees (keeper_*.c).
// Readers are strict: every byte eaten, every text inside its size, nothing unknown. Serves data/ipc.tab.
#include "node/ipc_keeper.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/text.h"

static bool
cm_ipc_hash(struct cm_rd *rd, struct cm_hash *ret_hash)
{
	struct cm_view v = cm_rd_bytes(rd, CM_HASH_SIZE);
	if (v.n != CM_HASH_SIZE)
		return false;
	memcpy(ret_hash->b, v.p, CM_HASH_SIZE);
	return true;
}

static bool
cm_ipc_bytes(struct cm_rd *rd, uint8_t *ret_bytes, size_t n)
{
	struct cm_view v = cm_rd_bytes(rd, n);
	if (v.n != n)
		return false;
	memcpy(ret_bytes, v.p, n);
	return true;
}

// A text field into a NUL-terminated array: showable UTF-8 that fits.
static bool
cm_ipc_text(struct cm_rd *rd, char *to, size_t room)
{
	struct cm_view v = cm_rd_field(rd);
	if (rd->failed || v.n >= room || !cm_text_showable(v, false))
		return false;
	if (v.n != 0)
		memcpy(to, v.p, v.n);
	to[v.n] = 0;
	return true;
}

static struct cm_instant
cm_ipc_instant(struct cm_rd *rd)
{
	uint64_t us = cm_rd_u64be(rd);
	if (us > INT64_MAX)
		rd->failed = true;
	return (struct cm_instant){.us = us > INT64_MAX ? 0 : (int64_t)us};
}

void
cm_ipc_keeper_cades_write(const struct cm_ipc_cades *cades, struct cm_buf *to)
{
	cm_buf_view_add(to, cm_hash_view(&cades->manifest));
	cm_buf_u64be(to, (uint64_t)cades->time.us);
}

bool
cm_ipc_keeper_cades_read(struct cm_view v, struct cm_ipc_cades *ret_cades)
{
	struct cm_rd rd = cm_rd_of(v);
	if (!cm_ipc_hash(&rd, &ret_cades->manifest))
		return false;
	ret_cades->time = cm_ipc_instant(&rd);
	return cm_rd_done(&rd);
}

void
cm_ipc_keeper_hi1_write(const struct cm_ipc_hi1 *hi1, struct cm_buf *to)
{
	cm_buf_field(to, hi1->protected_b64);
	cm_buf_field(to, hi1->payload);
}

bool
cm_ipc_keeper_hi1_read(struct cm_view v, struct cm_ipc_hi1 *ret_hi1)
{
	struct cm_rd rd = cm_rd_of(v);
	ret_hi1->protected_b64 = cm_rd_field(&rd);
	ret_hi1->payload = cm_rd_field(&rd);
	return cm_rd_done(&rd);
}

void
cm_ipc_keeper_acts_write(const struct cm_ipc_acts *acts, struct cm_buf *to)
{
	cm_buf_view_add(to, cm_hash_view(&acts->root));
	cm_buf_u64be(to, acts->count);
	cm_buf_u64be(to, (uint64_t)acts->time.us);
}

static bool
cm_ipc_acts(struct cm_rd *rd, struct cm_ipc_acts *ret_acts)
{
	if (!cm_ipc_hash(rd, &ret_acts->root))
		return false;
	ret_acts->count = cm_rd_u64be(rd);
	ret_acts->time = cm_ipc_instant(rd);
	return !rd->failed;
}

bool
cm_ipc_keeper_acts_read(struct cm_view v, struct cm_ipc_acts *ret_acts)
{
	struct cm_rd rd = cm_rd_of(v);
	return cm_ipc_acts(&rd, ret_acts) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_head_write(const struct cm_ipc_head *head, struct cm_buf *to)
{
	cm_buf_field(to, head->origin);
	cm_buf_u64be(to, head->head.size);
	cm_buf_view_add(to, cm_hash_view(&head->head.root));
	cm_buf_u32be(to, (uint32_t)head->proof.count);
	for (size_t i = 0; i < head->proof.count; i++)
		cm_buf_view_add(to, cm_hash_view(&head->proof.hashes[i]));
}

static bool
cm_ipc_head(struct cm_rd *rd, struct cm_ipc_head *ret_head)
{
	ret_head->origin = cm_rd_field(rd);
	ret_head->head.size = cm_rd_u64be(rd);
	if (!cm_ipc_hash(rd, &ret_head->head.root))
		return false;
	ret_head->proof.count = cm_rd_u32be(rd);
	if (rd->failed || ret_head->proof.count > CM_MERKLE_PROOF_MAX)
		return false;
	for (size_t i = 0; i < ret_head->proof.count; i++)
		if (!cm_ipc_hash(rd, &ret_head->proof.hashes[i]))
			return false;
	return true;
}

bool
cm_ipc_keeper_head_read(struct cm_view v, struct cm_ipc_head *ret_head)
{
	struct cm_rd rd = cm_rd_of(v);
	return cm_ipc_head(&rd, ret_head) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_cycle_write(const struct cm_ipc_cycle *cycle, struct cm_buf *to)
{
	cm_ipc_keeper_acts_write(&cycle->acts, to);
	cm_ipc_keeper_head_write(&cycle->head, to);
}

bool
cm_ipc_keeper_cycle_read(struct cm_view v, struct cm_ipc_cycle *ret_cycle)
{
	struct cm_rd rd = cm_rd_of(v);
	return cm_ipc_acts(&rd, &ret_cycle->acts) && cm_ipc_head(&rd, &ret_cycle->head) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_tls_write(const struct cm_ipc_tls *tls, struct cm_buf *to)
{
	cm_buf_field(to, tls->spki);
	cm_buf_field(to, tls->dns);
	cm_buf_field(to, tls->ip);
	cm_buf_u64be(to, (uint64_t)tls->not_before.us);
	cm_buf_u64be(to, (uint64_t)tls->not_after.us);
}

bool
cm_ipc_keeper_tls_read(struct cm_view v, struct cm_ipc_tls *ret_tls)
{
	struct cm_rd rd = cm_rd_of(v);
	ret_tls->spki = cm_rd_field(&rd);
	ret_tls->dns = cm_rd_field(&rd);
	ret_tls->ip = cm_rd_field(&rd);
	ret_tls->not_before = cm_ipc_instant(&rd);
	ret_tls->not_after = cm_ipc_instant(&rd);
	return cm_rd_done(&rd);
}

void
cm_ipc_keeper_keys_write(const struct cm_ipc_keys *keys, struct cm_buf *to)
{
	cm_buf_field(to, cm_view_text(keys->node));
	cm_buf_u8(to, (uint8_t)keys->chain_count);
	for (size_t i = 0; i < keys->chain_count; i++)
		cm_buf_field(to, keys->chain[i]);
	cm_buf_field(to, keys->seal_certificate);
	cm_buf_add(to, keys->recipient.b, sizeof keys->recipient.b);
	cm_buf_add(to, keys->log, sizeof keys->log);
	cm_buf_add(to, keys->witness, sizeof keys->witness);
}

bool
cm_ipc_keeper_keys_read(struct cm_view v, struct cm_ipc_keys *ret_keys)
{
	struct cm_rd rd = cm_rd_of(v);
	if (!cm_ipc_text(&rd, ret_keys->node, sizeof ret_keys->node))
		return false;
	ret_keys->chain_count = cm_rd_u8(&rd);
	if (ret_keys->chain_count > CM_IPC_CHAIN)
		return false;
	for (size_t i = 0; i < ret_keys->chain_count; i++)
		ret_keys->chain[i] = cm_rd_field(&rd);
	ret_keys->seal_certificate = cm_rd_field(&rd);
	return cm_ipc_bytes(&rd, ret_keys->recipient.b, sizeof ret_keys->recipient.b) &&
	       cm_ipc_bytes(&rd, ret_keys->log, sizeof ret_keys->log) &&
	       cm_ipc_bytes(&rd, ret_keys->witness, sizeof ret_keys->witness) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_person_write(const struct cm_ipc_person *person, struct cm_buf *to)
{
	cm_buf_field(to, cm_view_text(person->id));
	cm_buf_field(to, cm_view_text(person->name));
	cm_buf_field(to, cm_view_text(person->functions));
	cm_buf_u32be(to, person->roles);
	cm_buf_u32be(to, person->factors);
	cm_buf_u8(to, person->disabled ? 1 : 0);
}

static bool
cm_ipc_person(struct cm_rd *rd, struct cm_ipc_person *ret_person)
{
	if (!cm_ipc_text(rd, ret_person->id, sizeof ret_person->id) ||
	    !cm_ipc_text(rd, ret_person->name, sizeof ret_person->name) ||
	    !cm_ipc_text(rd, ret_person->functions, sizeof ret_person->functions))
		return false;
	ret_person->roles = cm_rd_u32be(rd);
	ret_person->factors = cm_rd_u32be(rd);
	uint8_t disabled = cm_rd_u8(rd);
	ret_person->disabled = disabled == 1;
	return !rd->failed && disabled <= 1;
}

bool
cm_ipc_keeper_person_read(struct cm_view v, struct cm_ipc_person *ret_person)
{
	struct cm_rd rd = cm_rd_of(v);
	return cm_ipc_person(&rd, ret_person) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_persons_write(const struct cm_ipc_persons *persons, struct cm_buf *to)
{
	cm_buf_u32be(to, (uint32_t)persons->n);
	for (size_t i = 0; i < persons->n; i++)
		cm_ipc_keeper_person_write(&persons->persons[i], to);
}

bool
cm_ipc_keeper_persons_read(struct cm_view v, struct cm_ipc_persons *ret_persons)
{
	struct cm_rd rd = cm_rd_of(v);
	ret_persons->n = cm_rd_u32be(&rd);
	if (rd.failed || ret_persons->n > CM_LIMIT_PERSONS_VALUE)
		return false;
	for (size_t i = 0; i < ret_persons->n; i++)
		if (!cm_ipc_person(&rd, &ret_persons->persons[i]))
			return false;
	return cm_rd_done(&rd);
}

void
cm_ipc_keeper_session_write(const struct cm_ipc_session *session, struct cm_buf *to)
{
	cm_buf_add(to, session->id, sizeof session->id);
	cm_buf_u64be(to, (uint64_t)session->until.us);
	cm_buf_field(to, cm_view_text(session->person));
	cm_buf_view_add(to, cm_hash_view(&session->proof));
}

bool
cm_ipc_keeper_session_read(struct cm_view v, struct cm_ipc_session *ret_session)
{
	struct cm_rd rd = cm_rd_of(v);
	if (!cm_ipc_bytes(&rd, ret_session->id, sizeof ret_session->id))
		return false;
	ret_session->until = cm_ipc_instant(&rd);
	return cm_ipc_text(&rd, ret_session->person, sizeof ret_session->person) &&
	       cm_ipc_hash(&rd, &ret_session->proof) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_statement_write(const struct cm_ipc_statement *statement, struct cm_buf *to)
{
	cm_buf_add(to, statement->session, sizeof statement->session);
	cm_buf_field(to, statement->text);
	cm_buf_view_add(to, cm_hash_view(&statement->mac));
}

bool
cm_ipc_keeper_statement_read(struct cm_view v, struct cm_ipc_statement *ret_statement)
{
	struct cm_rd rd = cm_rd_of(v);
	if (!cm_ipc_bytes(&rd, ret_statement->session, sizeof ret_statement->session))
		return false;
	ret_statement->text = cm_rd_field(&rd);
	return cm_ipc_hash(&rd, &ret_statement->mac) && cm_rd_done(&rd);
}

void
cm_ipc_keeper_approval_write(const struct cm_ipc_approval *approval, struct cm_buf *to)
{
	cm_buf_field(to, cm_view_text(approval->person));
	cm_buf_u32be(to, approval->have);
	cm_buf_u32be(to, approval->needed);
	cm_buf_u8(to, approval->again ? 1 : 0);
}

bool
cm_ipc_keeper_approval_read(struct cm_view v, struct cm_ipc_approval *ret_approval)
{
	struct cm_rd rd = cm_rd_of(v);
	if (!cm_ipc_text(&rd, ret_approval->person, sizeof ret_approval->person))
		return false;
	ret_approval->have = cm_rd_u32be(&rd);
	ret_approval->needed = cm_rd_u32be(&rd);
	ret_approval->again = cm_rd_u8(&rd) == 1;
	return cm_rd_done(&rd);
}

void
cm_ipc_keeper_release_write(const struct cm_ipc_release *release, struct cm_buf *to)
{
	cm_buf_u32be(to, release->job);
	cm_buf_u8(to, (uint8_t)release->grant);
	cm_buf_field(to, release->object);
	cm_buf_field(to, release->header);
}

bool
cm_ipc_keeper_release_read(struct cm_view v, struct cm_ipc_release *ret_release)
{
	struct cm_rd rd = cm_rd_of(v);
	ret_release->job = cm_rd_u32be(&rd);
	uint8_t grant = cm_rd_u8(&rd);
	ret_release->grant = grant == CM_IPC_GRANT_OPEN     ? CM_IPC_GRANT_OPEN
	                     : grant == CM_IPC_GRANT_EXPORT ? CM_IPC_GRANT_EXPORT
	                                                    : CM_IPC_GRANT_NONE;
	ret_release->object = cm_rd_field(&rd);
	ret_release->header = cm_rd_field(&rd);
	return cm_rd_done(&rd) && ret_release->grant != CM_IPC_GRANT_NONE;
}
