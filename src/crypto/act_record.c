// Knows: the labels and lengths that bind fields to a record and a record to an entry. Does not know: which fields an
// act has (format/act.h), or who signs. Serves doc/spec/register.md section 2.
#include "base/buf.h"
#include "base/tab_limit.h"
#include "crypto/act_record.h"

#include <string.h>

static const char cm_act_record_field_label[] = "comity-field-v1";   // hashed with its NUL
static const char cm_act_record_record_label[] = "comity-record-v1"; // hashed with its NUL

cm_result
cm_act_record_commit(const uint8_t salt[CM_ACT_RECORD_SALT], struct cm_view name, struct cm_view value,
                     struct cm_hash512 *ret_commitment)
{
	if (name.n > UINT16_MAX || value.n > CM_LIMIT_ACT_VALUE_BYTES_VALUE)
		return CM_BUG;
	struct cm_buf message = cm_buf_of(sizeof cm_act_record_field_label + 2 + name.n + 4 + value.n);
	cm_buf_add(&message, cm_act_record_field_label, sizeof cm_act_record_field_label);
	cm_buf_u16be(&message, (uint16_t)name.n);
	cm_buf_view_add(&message, name);
	cm_buf_u32be(&message, (uint32_t)value.n);
	cm_buf_view_add(&message, value);
	cm_result r = cm_buf_result(&message);
	if (r == CM_OK)
		*ret_commitment = cm_hash_hmac512(cm_view_of(salt, CM_ACT_RECORD_SALT), cm_buf_view(&message));
	cm_buf_fini(&message);
	return r;
}

struct cm_hash512
cm_act_record_root(const struct cm_hash512 commitments[CM_ACT_RECORD_SLOTS])
{
	uint8_t message[sizeof cm_act_record_record_label + 2 + CM_ACT_RECORD_SLOTS * CM_HASH_512_SIZE];
	uint8_t *at = message;
	memcpy(at, cm_act_record_record_label, sizeof cm_act_record_record_label);
	at += sizeof cm_act_record_record_label;
	*at++ = 0;
	*at++ = CM_ACT_RECORD_SLOTS;
	for (size_t i = 0; i < CM_ACT_RECORD_SLOTS; i++, at += CM_HASH_512_SIZE)
		memcpy(at, commitments[i].b, CM_HASH_512_SIZE);
	return cm_hash_512_of(cm_view_of(message, sizeof message));
}

void
cm_act_record_entry(const struct cm_hash512 *root, uint8_t ret_entry[CM_ACT_RECORD_ENTRY])
{
	static const uint8_t head[5] = {'C', 'M', 'Y', '1', 1};
	memcpy(ret_entry, head, sizeof head);
	memcpy(ret_entry + sizeof head, root->b, CM_HASH_512_SIZE);
}

struct cm_hash
cm_act_record_leaf(const struct cm_hash512 *root)
{
	return cm_merkle_leaf(cm_view_of(root->b, CM_HASH_512_SIZE));
}
