// Knows: the list of trusted roots and the key of a laboratory's signer, as outsiders hold them. Does not know: what a
// chain has to prove (crypto/chain.h). Serves include/comity/trust.h.
#include "api/trust_inside.h"

#include <string.h>

#include "api/report_inside.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/cms.h"
#include "crypto/key.h"

enum comity_result
comity_trust_new(struct comity_trust **ret_trust)
{
	struct comity_trust *trust = cm_mem_new(sizeof *trust);
	if (trust == NULL)
		return COMITY_NOMEM;
	*ret_trust = trust;
	return COMITY_OK;
}

void
comity_trust_free(struct comity_trust *trust)
{
	if (trust == NULL)
		return;
	cm_arena_fini(&trust->arena);
	cm_mem_free(trust);
}

size_t
comity_trust_count(const struct comity_trust *trust)
{
	return trust->count;
}

static cm_result
cm_trust_put(struct comity_trust *trust, struct cm_view der, struct cm_report *report)
{
	struct cm_x509 cert;
	cm_result r = cm_x509_read(der, report, &cert);
	if (r != CM_OK)
		return r;
	if (!cert.is_ca || !cert.is_self_issued)
		return cm_report_refuse(report, CM_ERROR_TRUST_NOT_ROOT, "trust", "%s", cert.subject);
	for (size_t i = 0; i < trust->count; i++)
		if (cm_view_equal(trust->roots[i], der))
			return CM_OK;
	if (trust->count == CM_TRUST_ROOTS)
		return cm_report_refuse(report, CM_ERROR_FILE_TOO_LARGE, "trust", "more than %d roots", CM_TRUST_ROOTS);
	struct cm_view copy = cm_arena_copy(&trust->arena, der);
	if (copy.p == NULL)
		return CM_NOMEM;
	trust->roots[trust->count++] = copy;
	return CM_OK;
}

// One certificate block at a time: a list of all States is longer than a chain may be.
enum comity_result
comity_trust_add(struct comity_trust *trust, struct comity_view pem, struct comity_report *report)
{
	static const char end[] = "-----END CERTIFICATE-----";
	struct cm_view text = comity_inside(pem);
	size_t from = 0, before = trust->count;
	while (from < text.n) {
		const uint8_t *stop = memmem(text.p + from, text.n - from, end, sizeof end - 1);
		if (stop == NULL && from != 0)
			break;
		size_t n = stop == NULL ? text.n - from : (size_t)(stop - (text.p + from)) + sizeof end - 1;
		struct cm_x509_list CM_CLEANUP(cm_x509_list_fini) list = {0};
		cm_result r = cm_x509_pem_read(cm_view_part(text, from, n), comity_report_inside(report), &list);
		for (size_t i = 0; r == CM_OK && i < list.count; i++)
			r = cm_trust_put(trust, list.der[i], comity_report_inside(report));
		if (r != CM_OK)
			return comity_result_of(r);
		from += n;
	}
	if (trust->count == before && text.n == 0)
		return comity_result_of(cm_report_refuse(comity_report_inside(report), CM_ERROR_X509_PEM, "trust", "empty"));
	return COMITY_OK;
}

struct comity_signer {
	struct cm_key *key;
	struct cm_x509_list chain;
};

enum comity_result
comity_signer_new(struct comity_view key_pem, struct comity_view pass, struct comity_view chain_pem,
                  struct comity_report *report, struct comity_signer **ret_signer)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_x509 cert;
	struct cm_key_public public;
	struct comity_signer *signer = cm_mem_new(sizeof *signer);
	if (signer == NULL)
		return COMITY_NOMEM;
	cm_result r = cm_key_pem_read(comity_inside(key_pem), comity_inside(pass), inside, &signer->key);
	if (r == CM_OK)
		r = cm_x509_pem_read(comity_inside(chain_pem), inside, &signer->chain);
	if (r == CM_OK && signer->chain.count > COMITY_SIGNATURE_CERTIFICATES)
		r = cm_report_refuse(inside, CM_ERROR_SIGNER_CERTIFICATE, "certificates", "%zu of them",
		                     signer->chain.count);
	if (r == CM_OK)
		r = cm_x509_read(signer->chain.der[0], inside, &cert);
	if (r == CM_OK) {
		cm_key_public(signer->key, &public);
		if (public.kind != CM_KEY_P256 || !cm_key_public_equal(&public, &cert.key))
			r = cm_report_refuse(inside, CM_ERROR_SIGNER_CERTIFICATE, "certificate", "%s", cert.subject);
	}
	if (r == CM_OK)
		*ret_signer = cm_take(&signer);
	comity_signer_free(signer);
	return comity_result_of(r);
}

void
comity_signer_free(struct comity_signer *signer)
{
	if (signer == NULL)
		return;
	cm_key_free(signer->key);
	cm_x509_list_fini(&signer->chain);
	cm_mem_free(signer);
}

enum comity_result
comity_signer_sign(const struct comity_signer *signer, const struct comity_statement *statement,
                   struct comity_instant time, struct comity_report *report, struct comity_signature *ret_signature)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) attributes = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	struct cm_hash content;
	struct cm_key_signature sig;
	(void)report;
	if (statement->purpose != COMITY_PURPOSE_CADES)
		return COMITY_BUG;
	memcpy(content.b, statement->digest.b, sizeof content.b);
	struct comity_signature answer = {.time = time, .count = signer->chain.count};
	cm_result r = cm_cms_attributes(&content, (struct cm_instant){time.us}, signer->chain.der[0], &attributes);
	if (r == CM_OK)
		r = cm_key_sign(signer->key, cm_buf_view(&attributes), &sig);
	if (r != CM_OK)
		return comity_result_of(r);
	memcpy(answer.value, sig.b, sizeof answer.value);
	for (size_t i = 0; i < signer->chain.count; i++)
		answer.certificates[i] = comity_outside(signer->chain.der[i]);
	*ret_signature = answer;
	return COMITY_OK;
}
