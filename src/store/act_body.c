// Knows: how values and chance become a record, and its form in the database. Does not know: the register's order.
// Serves doc/spec/register.md section 2.
#include "base/rd.h"
#include "domain/receipt.h"
#include "store/act_body.h"

#include <string.h>

cm_result
cm_act_body_make(const struct cm_act_values *values, const uint8_t *random, struct cm_act_file *ret_file,
                 struct cm_hash512 *ret_root)
{
	for (size_t i = 0; i < CM_ACT_SLOTS; i++, random += CM_ACT_BODY_RANDOM) {
		struct cm_act_slot *slot = &ret_file->slots[i];
		slot->open = values->value[i].n != 0;
		slot->value = values->value[i];
		if (slot->open)
			memcpy(slot->salt, random, sizeof slot->salt);
		else
			memcpy(slot->commitment, random, sizeof slot->commitment);
	}
	return cm_receipt_root(ret_file, ret_root);
}

void
cm_act_body_write(const struct cm_act_file *file, struct cm_buf *to)
{
	for (size_t i = 0; i < CM_ACT_SLOTS; i++) {
		const struct cm_act_slot *slot = &file->slots[i];
		cm_buf_u8(to, slot->open);
		if (slot->open) {
			cm_buf_add(to, slot->salt, sizeof slot->salt);
			cm_buf_field(to, slot->value);
		} else {
			cm_buf_add(to, slot->commitment, sizeof slot->commitment);
		}
	}
}

bool
cm_act_body_read(struct cm_view body, struct cm_act_file *ret_file)
{
	struct cm_rd rd = cm_rd_of(body);
	for (size_t i = 0; i < CM_ACT_SLOTS; i++) {
		struct cm_act_slot *slot = &ret_file->slots[i];
		slot->open = cm_rd_u8(&rd) == 1;
		struct cm_view bytes = cm_rd_bytes(&rd, slot->open ? sizeof slot->salt : sizeof slot->commitment);
		if (rd.failed)
			return false;
		memcpy(slot->open ? slot->salt : slot->commitment, bytes.p, bytes.n);
		slot->value = slot->open ? cm_rd_field(&rd) : cm_view_of(NULL, 0);
	}
	return cm_rd_done(&rd);
}
