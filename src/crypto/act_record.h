// What binds an act to its register (doc/spec/register.md, section 2): commitments to fields, the record root over
// sixteen of them, the log's entry, and the statement that authority-sign signs for a batch of records. Writer and
// verifier use these same functions. Source: act_record.c.
#ifndef CM_CRYPTO_ACT_RECORD_H
#define CM_CRYPTO_ACT_RECORD_H

#include "crypto/merkle.h"

#define CM_ACT_RECORD_SLOTS 16
#define CM_ACT_RECORD_SALT 32
#define CM_ACT_RECORD_ENTRY 69      // "CMY1" 01 and the record root
#define CM_ACT_RECORD_STATEMENT 68 // "comity-act-batch-v1" 00, u64 count, 32 bytes root, u64 microseconds

// HMAC-SHA-512(salt, "comity-field-v1" 00 || u16 n(name) || name || u32 n(value) || value). CM_NOMEM.
CM_CHECKED cm_result cm_act_record_commit(const uint8_t salt[CM_ACT_RECORD_SALT], struct cm_view name,
                                          struct cm_view value, struct cm_hash512 *ret_commitment);

// SHA-512("comity-record-v1" 00 || u16 16 || C1 … C16).
struct cm_hash512 cm_act_record_root(const struct cm_hash512 commitments[CM_ACT_RECORD_SLOTS]);

void cm_act_record_entry(const struct cm_hash512 *root, uint8_t ret_entry[CM_ACT_RECORD_ENTRY]);

// Leaf of a record in its batch's tree (RFC 9162 leaf over the 64 bytes of the record root).
struct cm_hash cm_act_record_leaf(const struct cm_hash512 *root);

// What authority-sign signs (ECDSA P-256 over the SHA-256 of these bytes) for `count` records under `root` at `time_us`
// (microseconds since the epoch).
void cm_act_record_statement(const struct cm_hash *root, uint64_t count, uint64_t time_us,
                             uint8_t ret_statement[CM_ACT_RECORD_STATEMENT]);

#endif
