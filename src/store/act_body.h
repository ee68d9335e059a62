// An act on its way into the register: salts, commitments, entry, and the bytes that the table `act` keeps to open it
// again. Inside the room only. Source: act_body.c.
#ifndef CM_STORE_ACT_BODY_H
#define CM_STORE_ACT_BODY_H

#include "crypto/act_record.h"
#include "format/act.h"

#define CM_ACT_BODY_RANDOM 64 // random bytes a place: the salt, or the whole commitment of a field that is not there

// Fills the slots of `file` from values and `random` (CM_ACT_SLOTS × CM_ACT_BODY_RANDOM fresh bytes). The values' bytes
// stay the caller's.
CM_CHECKED cm_result cm_act_body_make(const struct cm_act_values *values, const uint8_t *random,
                                      struct cm_act_file *ret_file, struct cm_hash512 *ret_root);

// The slots as bytes, and back (the values point into `body`). False: not such bytes.
void cm_act_body_write(const struct cm_act_file *file, struct cm_buf *to);
bool cm_act_body_read(struct cm_view body, struct cm_act_file *ret_file);

#endif
