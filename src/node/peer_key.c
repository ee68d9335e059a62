// Knows: which keys of a peer may have signed a message that comes now, while it changes its key. Does not know: how a card is
// judged (peering_renew.c), or what the lists say (directory.c).
#include "node/peer_key.h"

#include "base/mem.h"
#include "crypto/jws.h"
#include "node/directory.h"
#include "node/peering.h"

// What was under way when the key changed.
static bool
cm_peer_key_former(struct cm_node *node, const struct cm_hi1_message *m, const struct cm_peer *peer,
                   const struct cm_hash *digest, const struct cm_key_signature *sig)
{
	for (size_t i = 0; i < peer->former_n; i++)
		if (cm_jws_verify(digest, sig, &peer->former[i], NULL) == CM_OK)
			return cm_directory_heard(node, peer->identity.node, &peer->former[i], m->timestamp);
	return false;
}

// Another certificate than the pinned one: perhaps the key that was announced. A name alone costs no more than one question.
static bool
cm_peer_key_newer(struct cm_node *node, const struct cm_hi1_message *m, struct cm_peer *peer, const struct cm_hash *digest,
                  const struct cm_key_signature *sig)
{
	CM_AUTO struct cm_peer *fresh = cm_mem_new(sizeof *fresh);
	if (fresh == NULL || cm_view_equal(cm_view_of(m->jws.certificate_sha256, 32), cm_hash_view(&peer->identity.sign_certificate)) ||
	    !cm_peers_may_ask(&node->peers, peer->identity.node))
		return false;
	cm_result_ignore(cm_peering_renew(node, peer->identity.node, NULL), "the old card counts until a better one is here");
	if (!cm_peers_confirmed(&node->peers, peer->identity.node, fresh) ||
	    cm_jws_verify(digest, sig, &fresh->identity.sign, NULL) != CM_OK)
		return false;
	*peer = *fresh;
	return true;
}

cm_result
cm_peer_key_verify(struct cm_node *node, const struct cm_hi1_message *m, struct cm_peer *peer, struct cm_report *report)
{
	struct cm_key_signature sig;
	struct cm_hash digest = cm_jws_digest(m->jws.protected_b64, m->canonical);
	cm_result r = cm_jws_signature_read(m->jws.signature_b64, report, &sig);
	if (r != CM_OK)
		return r;
	if (cm_jws_verify(&digest, &sig, &peer->identity.sign, NULL) == CM_OK ||
	    cm_peer_key_former(node, m, peer, &digest, &sig) || cm_peer_key_newer(node, m, peer, &digest, &sig))
		return CM_OK;
	return cm_jws_verify(&digest, &sig, &peer->identity.sign, report);
}
