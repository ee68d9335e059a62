// What a person states: purpose, time, act, object, words. The officer's program makes the text and its MAC under the
// session key; the keeper checks both. Between them the text travels unchanged; the node can neither make nor alter one.
// Source: keeper_statement.c.
#ifndef CM_NODE_KEEPER_STATEMENT_H
#define CM_NODE_KEEPER_STATEMENT_H

#include "base/instant.h"
#include "node/ipc_keeper.h"

struct cm_keeper_statement {
	struct cm_instant time; // of the officer's machine
	struct cm_view act;     // "evidence_open", "evidence_export", "person_add", a name of data/routes.tab …: a-z 0-9 _
	struct cm_view object;  // id of what it is about, at most 127 bytes
	struct cm_hash digest;  // of what exactly it is about (sealed header, body of a request); zeros when nothing
	struct cm_view words;   // the person's reason, may be empty
};

// "comity-statement-v1\n", u64 microseconds, field act, field object, 32 bytes digest, field words; at most
// CM_LIMIT_STATEMENT_BYTES_VALUE.
void cm_keeper_statement_write(const struct cm_keeper_statement *statement, struct cm_buf *to);
// Refused: statement_form.
CM_CHECKED cm_result cm_keeper_statement_read(struct cm_view text, struct cm_report *report,
                                              struct cm_keeper_statement *ret_statement);

// HMAC-SHA-256(session key, session id || text).
struct cm_hash cm_keeper_statement_mac(const uint8_t session_key[32], const uint8_t session[CM_IPC_SESSION_ID],
                                       struct cm_view text);

#endif
