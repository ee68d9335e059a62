// Knows: the text of an invitation code and the bytes of the handshake messages (doc/spec/peer.md sections 2, 3).
// Does not know: what a good MAC is, how long an invitation lives, who may be invited.
#include "format/invitation.h"

#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"

static const char cm_invitation_prefix[] = "comity1-";

char *
cm_invitation_write(const struct cm_invitation *invitation, char *to)
{
	struct cm_buf bytes = cm_buf_of_secret(CM_INVITATION_TEXT);
	struct cm_buf text = cm_buf_of_secret(CM_INVITATION_TEXT);
	cm_buf_add(&bytes, invitation->card, sizeof invitation->card);
	cm_buf_add(&bytes, invitation->secret, sizeof invitation->secret);
	cm_buf_text(&bytes, invitation->address);
	cm_buf_text(&text, cm_invitation_prefix);
	cm_b64_write(&text, cm_buf_view(&bytes), CM_B64_URL);
	size_t n = text.n < CM_INVITATION_TEXT ? text.n : CM_INVITATION_TEXT - 1;
	memcpy(to, cm_buf_cstr(&text), n);
	to[n] = 0;
	cm_buf_fini(&bytes);
	cm_buf_fini(&text);
	return to;
}

// "host:port" as a client can dial it: printable ASCII without spaces, a colon and digits at the end.
static bool
cm_invitation_address_good(struct cm_view v)
{
	if (v.n < 3 || v.n >= CM_INVITATION_ADDRESS)
		return false;
	size_t colon = v.n;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] <= ' ' || v.p[i] > '~' || v.p[i] == '/' || v.p[i] == '@')
			return false;
		if (v.p[i] == ':')
			colon = i;
	}
	if (colon == 0 || colon + 1 >= v.n || v.n - colon > 6)
		return false;
	for (size_t i = colon + 1; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return true;
}

cm_result
cm_invitation_read(struct cm_view code, struct cm_report *report, struct cm_invitation *ret_invitation)
{
	struct cm_view prefix = cm_view_text(cm_invitation_prefix);
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of_secret(CM_INVITATION_TEXT);
	if (!cm_view_starts(code, cm_invitation_prefix) ||
	    !cm_b64_read(cm_view_part(code, prefix.n, code.n), CM_B64_URL, &bytes))
		return cm_report_refuse(report, CM_ERROR_INVITATION_MALFORMED, "code", "%zu characters", code.n);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&bytes));
	struct cm_view card = cm_rd_bytes(&rd, 32);
	struct cm_view secret = cm_rd_bytes(&rd, CM_INVITATION_SECRET);
	struct cm_view address = cm_rd_bytes(&rd, cm_rd_left(&rd));
	if (!cm_rd_done(&rd) || !cm_invitation_address_good(address))
		return cm_report_refuse(report, CM_ERROR_INVITATION_MALFORMED, "code", "%zu characters", code.n);
	struct cm_invitation invitation = {.address = {0}};
	memcpy(invitation.card, card.p, card.n);
	memcpy(invitation.secret, secret.p, secret.n);
	memcpy(invitation.address, address.p, address.n);
	*ret_invitation = invitation;
	return CM_OK;
}

void
cm_invitation_commit_write(struct cm_buf *to, const struct cm_invitation_commit *message)
{
	cm_buf_add(to, message->id, sizeof message->id);
	cm_buf_add(to, message->commitment, sizeof message->commitment);
	cm_buf_add(to, message->mac, sizeof message->mac);
	cm_buf_field(to, message->card);
	cm_buf_field(to, message->address);
}

cm_result
cm_invitation_commit_read(struct cm_view bytes, struct cm_report *report, struct cm_invitation_commit *ret_message)
{
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_view id = cm_rd_bytes(&rd, 16);
	struct cm_view commitment = cm_rd_bytes(&rd, 32);
	struct cm_view mac = cm_rd_bytes(&rd, 32);
	struct cm_view card = cm_rd_field(&rd), address = cm_rd_field(&rd);
	if (!cm_rd_done(&rd) || card.n == 0 || card.n > CM_LIMIT_CARD_BYTES_VALUE || !cm_invitation_address_good(address))
		return cm_report_refuse(report, CM_ERROR_HANDSHAKE_MALFORMED, "commit", "%zu bytes", bytes.n);
	memcpy(ret_message->id, id.p, id.n);
	memcpy(ret_message->commitment, commitment.p, commitment.n);
	memcpy(ret_message->mac, mac.p, mac.n);
	ret_message->card = card;
	ret_message->address = address;
	return CM_OK;
}

void
cm_invitation_reveal_write(struct cm_buf *to, const struct cm_invitation_reveal *message)
{
	cm_buf_add(to, message->id, sizeof message->id);
	cm_buf_add(to, message->nonce, sizeof message->nonce);
}

cm_result
cm_invitation_reveal_read(struct cm_view bytes, struct cm_report *report, struct cm_invitation_reveal *ret_message)
{
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_view id = cm_rd_bytes(&rd, 16);
	struct cm_view nonce = cm_rd_bytes(&rd, 32);
	if (!cm_rd_done(&rd))
		return cm_report_refuse(report, CM_ERROR_HANDSHAKE_MALFORMED, "reveal", "%zu bytes", bytes.n);
	memcpy(ret_message->id, id.p, id.n);
	memcpy(ret_message->nonce, nonce.p, nonce.n);
	return CM_OK;
}
