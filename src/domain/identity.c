// Knows: what has to hold between the parts of an identity card. Does not know: where the card came from, or whether its
// State is believed beyond the roots that are told.
#include "domain/identity.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/jws.h"

static cm_result
cm_identity_copy(struct cm_view text, const char *what, char *to, size_t room, struct cm_report *report)
{
	if (text.n >= room)
		return cm_report_refuse(report, CM_ERROR_IDENTITY_KEYS, what, "%zu bytes", text.n);
	memcpy(to, text.n == 0 ? (const uint8_t *)"" : text.p, text.n);
	to[text.n] = 0;
	return CM_OK;
}

// One of the two signatures: by the certificate with the digest that it names.
static cm_result
cm_identity_signature(const struct cm_card *card, const char *by, const struct cm_x509 *signer, struct cm_report *report)
{
	for (size_t i = 0; i < card->signature_count; i++) {
		const struct cm_card_signature *s = &card->signatures[i];
		if (!cm_view_is(s->by, by))
			continue;
		struct cm_key_signature sig;
		struct cm_hash digest = cm_jws_digest(s->protected_b64, card->canonical);
		if (cm_view_equal(s->certificate_sha256, cm_hash_view(&signer->sha256)) &&
		    cm_jws_signature_read(s->signature_b64, report, &sig) == CM_OK &&
		    cm_jws_verify(&digest, &sig, &signer->key, report) == CM_OK)
			return CM_OK;
		return cm_report_refuse(report, CM_ERROR_IDENTITY_SIGNATURE, by, "%.*s", CM_VIEW_ARG(card->node));
	}
	return cm_report_refuse(report, CM_ERROR_IDENTITY_SIGNATURE, by, "none");
}

static cm_result
cm_identity_root(const struct cm_card *card, const struct cm_identity_question *question, struct cm_report *report)
{
	for (size_t i = 0; i < question->root_count; i++)
		if (cm_view_equal(question->roots[i], card->state_certificate))
			return CM_OK;
	if (question->root_count == 0)
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_IDENTITY_ROOT, "state_certificate", "%.*s", CM_VIEW_ARG(card->node));
}

// The sealing certificate holds the recipient's key; the register's key has the log's origin as its name.
static cm_result
cm_identity_keys(const struct cm_card *card, const struct cm_chain_question *chain, struct cm_report *report,
                 struct cm_identity *identity)
{
	struct cm_chain_answer seal;
	struct cm_chain_question question = *chain;
	question.leaf = card->seal_certificate;
	question.purpose = CM_CHAIN_SEAL;
	cm_result r = cm_chain_check(&question, report, &seal);
	if (r == CM_OK)
		r = cm_seal_recipient_read(card->seal_recipient, report, &identity->recipient);
	if (r == CM_OK)
		r = cm_note_key_read(card->log_vkey, report, &identity->log);
	if (r != CM_OK)
		return r;
	if (!cm_view_equal(cm_view_of(seal.leaf.key.b, seal.leaf.key.n), cm_view_of(identity->recipient.b, 32)))
		return cm_report_refuse(report, CM_ERROR_IDENTITY_KEYS, "seal_recipient", "another key than seal_certificate");
	identity->until = seal.leaf.not_after;
	if (!cm_view_is(card->log_origin, identity->log.name))
		return cm_report_refuse(report, CM_ERROR_IDENTITY_KEYS, "log_vkey", "%.*s", CM_VIEW_ARG(card->log_origin));
	// Nobody's acts stand in the register of another.
	size_t n = strlen(identity->node);
	if (!cm_view_starts(card->log_origin, identity->node) ||
	    !cm_view_starts(cm_view_part(card->log_origin, n, card->log_origin.n), "/log/"))
		return cm_report_refuse(report, CM_ERROR_IDENTITY_KEYS, "log_origin", "%.*s", CM_VIEW_ARG(card->log_origin));
	return CM_OK;
}

static cm_result
cm_identity_role_set(const struct cm_card *card, struct cm_report *report, cm_authority_roles *ret_roles)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) names = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	for (size_t i = 0; i < card->role_count; i++) {
		cm_buf_view_add(&names, card->roles[i]);
		cm_buf_text(&names, i + 1 < card->role_count ? " " : "");
	}
	cm_result r = cm_buf_result(&names);
	return r == CM_OK ? cm_authority_read(cm_buf_view(&names), report, ret_roles) : r;
}

cm_result
cm_identity_check(const struct cm_card *card, const struct cm_identity_question *question, struct cm_report *report,
                  struct cm_identity *ret_identity)
{
	struct cm_identity identity = {.roles = 0};
	struct cm_x509 root;
	struct cm_chain_answer sign;
	cm_result r = cm_identity_copy(card->node, "node", identity.node, sizeof identity.node, report);
	if (r == CM_OK)
		r = cm_identity_root(card, question, report);
	if (r == CM_OK && (question->at.us < card->valid_from.us || question->at.us > card->valid_until.us))
		r = cm_report_refuse(report, CM_ERROR_IDENTITY_VALIDITY, "valid_until", "%s", identity.node);
	if (r == CM_OK)
		r = cm_x509_read(card->state_certificate, report, &root);
	struct cm_chain_question chain = {
	        .leaf = card->sign_certificate,
	        .roots = &card->state_certificate,
	        .root_count = 1,
	        .purpose = CM_CHAIN_SIGN,
	        .at = question->at,
	        .node = identity.node,
	};
	if (r == CM_OK)
		r = cm_chain_check(&chain, report, &sign);
	if (r == CM_OK && !cm_view_is(card->country, root.country))
		r = cm_report_refuse(report, CM_ERROR_IDENTITY_KEYS, "country", "%.*s", CM_VIEW_ARG(card->country));
	if (r == CM_OK)
		r = cm_identity_signature(card, "authority", &sign.leaf, report);
	if (r == CM_OK)
		r = cm_identity_signature(card, "state", &root, report);
	if (r == CM_OK)
		r = cm_identity_keys(card, &chain, report, &identity);
	if (r == CM_OK)
		r = cm_identity_role_set(card, report, &identity.roles);
	if (r != CM_OK)
		return r;
	identity.serial = card->serial;
	if (sign.leaf.not_after.us < identity.until.us)
		identity.until = sign.leaf.not_after;
	if (card->valid_until.us < identity.until.us)
		identity.until = card->valid_until;
	identity.sign = sign.leaf.key;
	identity.sign_certificate = sign.leaf.sha256;
	identity.state = root.sha256;
	*ret_identity = identity;
	return CM_OK;
}
