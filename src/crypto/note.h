// Signed notes (C2SP signed-note v1.0.0), verifier keys, and Ed25519 cosignatures (tlog-cosignature v1). The text's
// own meaning (a checkpoint) is format's business. Signing is split, because the key is elsewhere:
//   cm_note_message() -> Ed25519 signature (elsewhere) -> cm_note_line_write().
// Source: note.c (reading, verifying), note_key.c (keys, writing).
#ifndef CM_CRYPTO_NOTE_H
#define CM_CRYPTO_NOTE_H

#include "base/tab_limit.h"
#include "crypto/key.h"

#define CM_NOTE_NAME 160 // bytes with NUL of a key name
#define CM_NOTE_ID 4

enum cm_note_type {
	CM_NOTE_ED25519 = 1,     // over the text
	CM_NOTE_COSIGNATURE = 4, // over "cosignature/v1\ntime …\n" and the text
};

// A verifier key: name, type, Ed25519 public key; `id` is derived from them.
struct cm_note_key {
	char name[CM_NOTE_NAME];
	uint8_t id[CM_NOTE_ID];
	enum cm_note_type type;
	uint8_t public[32];
};

// A name is UTF-8, non-empty, without Unicode space and "+". Refused: note_vkey.
CM_CHECKED cm_result cm_note_key_make(struct cm_view name, enum cm_note_type type, const uint8_t public[32],
                                      struct cm_report *report, struct cm_note_key *ret_key);

// "name+hex8(id)+base64(type||key)", without line end. Reading recomputes the id. Refused: note_vkey (form, unknown
// type, id that does not belong to the key).
CM_CHECKED cm_result cm_note_key_read(struct cm_view vkey, struct cm_report *report, struct cm_note_key *ret_key);
void cm_note_key_write(const struct cm_note_key *key, struct cm_buf *to);

// One signature line as it stands.
struct cm_note_line {
	struct cm_view name;
	uint8_t id[CM_NOTE_ID];
	struct cm_view base64; // of id||signature
	struct cm_view line;   // the whole line with its LF
};

// A note, as views into the bytes it was read from.
struct cm_note {
	struct cm_view text; // with its last LF
	size_t count;
	struct cm_note_line lines[CM_LIMIT_NOTE_LINES_VALUE];
};

// The form alone: UTF-8, no control characters but LF, the last empty line splits, at least one signature line.
// Refused: note_form, note_too_large (256 KiB, 64 lines).
CM_CHECKED cm_result cm_note_read(struct cm_view bytes, struct cm_report *report, struct cm_note *ret_note);

// Who of `keys` signed. Index i belongs to keys[i].
struct cm_note_signers {
	size_t count; // how many of the keys signed
	bool signed_by[CM_LIMIT_NOTE_LINES_VALUE];
	uint64_t time[CM_LIMIT_NOTE_LINES_VALUE]; // POSIX seconds, of cosignatures; else 0
};

// Verifies every line whose (name, id) is one of at most CM_LIMIT_NOTE_LINES_VALUE keys; lines of unknown keys are
// ignored. Refused: note_signature (a line of a known key does not verify), note_unsigned (no line of a known key),
// note_form (a known key has two lines).
CM_CHECKED cm_result cm_note_verify(const struct cm_note *note, const struct cm_note_key *keys, size_t key_count,
                                    struct cm_report *report, struct cm_note_signers *ret_signers);

// Appends the bytes that a key of `type` signs for `text` (which ends in LF). `time` is for cosignatures, else 0.
void cm_note_message(enum cm_note_type type, uint64_t time, struct cm_view text, struct cm_buf *to);

// Appends the signature line "— name base64\n".
void cm_note_line_write(const struct cm_note_key *key, uint64_t time, const struct cm_key_signature *sig,
                        struct cm_buf *to);

#endif
