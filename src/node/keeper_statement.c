// Knows: the text of a person's statement and its MAC. Does not know: sessions or clocks (keeper_session.c). Writer and
// reader stand side by side, so the officer's program and the keeper cannot drift apart. Serves "Persons".
#include "node/keeper_statement.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/text.h"

#define CM_KEEPER_STATEMENT_TAG "comity-statement-v1\n"
#define CM_KEEPER_STATEMENT_PART 128 // bytes with NUL of act and object

void
cm_keeper_statement_write(const struct cm_keeper_statement *s, struct cm_buf *to)
{
	cm_buf_text(to, CM_KEEPER_STATEMENT_TAG);
	cm_buf_u64be(to, (uint64_t)s->time.us);
	cm_buf_field(to, s->act);
	cm_buf_field(to, s->object);
	cm_buf_view_add(to, cm_hash_view(&s->digest));
	cm_buf_field(to, s->words);
}

static bool
cm_keeper_statement_act_may(struct cm_view act)
{
	for (size_t i = 0; i < act.n; i++)
		if (!(act.p[i] >= 'a' && act.p[i] <= 'z') && !(act.p[i] >= '0' && act.p[i] <= '9') && act.p[i] != '_')
			return false;
	return act.n > 0 && act.n < CM_KEEPER_STATEMENT_PART;
}

cm_result
cm_keeper_statement_read(struct cm_view text, struct cm_report *report, struct cm_keeper_statement *ret_statement)
{
	struct cm_keeper_statement s = {0};
	struct cm_rd rd = cm_rd_of(text);
	bool tag = cm_view_is(cm_rd_bytes(&rd, strlen(CM_KEEPER_STATEMENT_TAG)), CM_KEEPER_STATEMENT_TAG);
	uint64_t us = cm_rd_u64be(&rd);
	s.act = cm_rd_field(&rd);
	s.object = cm_rd_field(&rd);
	struct cm_view digest = cm_rd_bytes(&rd, CM_HASH_SIZE);
	s.words = cm_rd_field(&rd);
	if (!tag || !cm_rd_done(&rd) || text.n > CM_LIMIT_STATEMENT_BYTES_VALUE || us > INT64_MAX)
		return cm_report_refuse(report, CM_ERROR_STATEMENT_FORM, "statement", "%zu bytes", text.n);
	if (!cm_keeper_statement_act_may(s.act) || s.object.n >= CM_KEEPER_STATEMENT_PART ||
	    !cm_text_showable(s.object, false) || !cm_text_showable(s.words, true))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_FORM, "statement", "act or object");
	s.time.us = (int64_t)us;
	memcpy(s.digest.b, digest.p, CM_HASH_SIZE);
	*ret_statement = s;
	return CM_OK;
}

struct cm_hash
cm_keeper_statement_mac(const uint8_t session_key[32], const uint8_t session[CM_IPC_SESSION_ID], struct cm_view text)
{
	// A statement is at most 1 KiB (its reader refuses more), so one block on the stack holds both parts.
	uint8_t bytes[CM_IPC_SESSION_ID + CM_LIMIT_STATEMENT_BYTES_VALUE];
	size_t n = text.n < CM_LIMIT_STATEMENT_BYTES_VALUE ? text.n : CM_LIMIT_STATEMENT_BYTES_VALUE;
	memcpy(bytes, session, CM_IPC_SESSION_ID);
	if (n != 0)
		memcpy(bytes + CM_IPC_SESSION_ID, text.p, n);
	return cm_hash_hmac(cm_view_of(session_key, 32), cm_view_of(bytes, CM_IPC_SESSION_ID + n));
}
