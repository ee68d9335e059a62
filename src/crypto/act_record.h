// What binds an act to its register (doc/spec/register.md, section 2): commitments to fields, the record root over
// sixteen of them, and the log's entry. Writer and verifier use these same functions. What authority-sign signs for a
// batch of records is cm_statement_acts() over the root of the batch's tree. Source: act_record.c.
#ifndef CM_CRYPTO_ACT_RECORD_H
#define CM_CRYPTO_ACT_RECORD_H

#include "crypto/merkle.h"

#define CM_ACT_RECORD_SLOTS 16
#define CM_ACT_RECORD_SALT 32
#define CM_ACT_RECORD_ENTRY 69 // "CMY1" 01 and the record root

// HMAC-SHA-512(salt, "comity-field-v1" 00 || u16 n(name) || name || u32 n(value) || value). CM_NOMEM.
CM_CHECKED cm_result cm_act_record_commit(const uint8_t salt[CM_ACT_RECORD_SALT], struct cm_view name,
                                          struct cm_view value, struct cm_hash512 *ret_commitment);

// SHA-512("comity-record-v1" 00 || u16 16 || C1 … C16).
struct cm_hash512 cm_act_record_root(const struct cm_hash512 commitments[CM_ACT_RECORD_SLOTS]);

void cm_act_record_entry(const struct cm_hash512 *root, uint8_t ret_entry[CM_ACT_RECORD_ENTRY]);

// Leaf of a record in its batch's tree (RFC 9162 leaf over the 64 bytes of the record root).
struct cm_hash cm_act_record_leaf(const struct cm_hash512 *root);

#endif
