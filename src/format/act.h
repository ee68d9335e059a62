// Acts, as the register keeps them (doc/spec/register.md, sections 2 to 4): which fields an act has, in which place of
// the record each stands, and the file "comity.act/1" that opens an act, or some of its fields, to somebody.
// What the commitments prove is crypto's business (act_record.h); what an act means is the table's.
// Source: act.c (fields), act_file.c (file).
#ifndef CM_FORMAT_ACT_H
#define CM_FORMAT_ACT_H

#include "base/buf.h"
#include "base/instant.h"
#include "base/report.h"
#include "base/tab_limit.h"
#include "format/tab_act.h"
#include "format/tab_act_field.h"

#define CM_ACT_SLOTS CM_LIMIT_ACT_SLOTS_VALUE
#define CM_ACT_SALT 32
#define CM_ACT_COMMITMENT 64
#define CM_ACT_PATH 63 // hashes of the way from a record to the root of its batch

// Place of a field (0 … 15), and the field of a place.
#define CM_ACT_SLOT(field) ((size_t)(field)-1)
#define CM_ACT_FIELD_OF(slot) ((enum cm_act_field)((slot) + 1))

// The values of one act. An empty view means that the act lacks the field. Index: CM_ACT_SLOT(field).
struct cm_act_values {
	struct cm_view value[CM_ACT_SLOTS];
};

// Sets one field; the bytes stay the caller's. Use: cm_act_set(&v, CM_ACT_FIELD_PEER, cm_view_text("xb.contact")).
void cm_act_set(struct cm_act_values *values, enum cm_act_field field, struct cm_view value);
struct cm_view cm_act_get(const struct cm_act_values *values, enum cm_act_field field);

// Has the act every field of its type and none that its type does not know, each in its form (uuid: lower case;
// time: "2027-03-02T01:22:04.318225Z"; sha256: 64 lower-case digits; number: decimal; node, word: a-z 0-9 . _ -;
// entry: origin, decimal index, 64 digits; text: showable UTF-8)? Refused: act_type, act_field_missing,
// act_field_unknown, act_field_form, act_field_too_long. Place: the field's name.
CM_CHECKED cm_result cm_act_check(const struct cm_act_values *values, struct cm_report *report);

// One field alone: length and form. Refused: act_field_form, act_field_too_long.
CM_CHECKED cm_result cm_act_field_check(enum cm_act_field field, struct cm_view value, struct cm_report *report);

// One place of a record in the file.
struct cm_act_slot {
	bool open;                             // value and salt are told; otherwise the commitment alone
	uint8_t salt[CM_ACT_SALT];             // when open
	struct cm_view value;                  // when open
	uint8_t commitment[CM_ACT_COMMITMENT]; // when not open
};

// The act file: what one act was, and who signed it.
struct cm_act_file {
	struct cm_act_slot slots[CM_ACT_SLOTS];
	// The signature of authority-sign over the batch (cm_act_record_statement()): where the record stands in it,
	// the way to the batch's root, r||s, and SHA-256 of the signer's certificate (DER).
	uint64_t index, count;
	struct cm_instant time;
	size_t path_count;
	uint8_t path[CM_ACT_PATH][32];
	uint8_t signature[64];
	uint8_t certificate[32];
	// The values' memory, when the file was read.
	struct cm_buf memory;
};

// Appends the file: one line, RFC 8785 form, so each act has one text. CM_REFUSED when `to` is full.
CM_CHECKED cm_result cm_act_write(const struct cm_act_file *file, struct cm_buf *to);

// Reads it; strict. Refused: act_form (also for another spelling of the same contents), act_too_large,
// act_field_form, act_field_too_long. Free with cm_act_fini(). Whether the act fits a register: domain/receipt.h.
CM_CHECKED cm_result cm_act_read(struct cm_view bytes, struct cm_report *report, struct cm_act_file *ret_file);
void cm_act_fini(struct cm_act_file *file);

#endif
