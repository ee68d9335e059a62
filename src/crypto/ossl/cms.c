// Knows: OpenSSL's reading of a CMS signature as a second opinion, and the order of a carried chain. Does not know: our
// profile; cms_read.c has judged the same bytes before.
#include <openssl/cms.h>
#include <openssl/x509v3.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/cms_parts.h"
#include "crypto/ossl/lib.h"
#include "crypto/ossl/x509.h"

cm_result
cm_cms_second_opinion(struct cm_view cms, struct cm_view signer, struct cm_report *report)
{
	CM_CLEANUP(cm_lib_x509_free_at) X509 *cert = NULL;
	cm_result r = cm_x509_parse(signer, report, &cert);
	if (r != CM_OK)
		return r;
	CMS_ContentInfo *info = CMS_ContentInfo_new_ex(cm_lib_context(), NULL);
	const uint8_t *p = cms.p;
	bool good = info != NULL && d2i_CMS_ContentInfo(&info, &p, (long)cms.n) != NULL && p == cms.p + cms.n &&
	            CMS_is_detached(info) == 1;
	STACK_OF(CMS_SignerInfo) *signers = good ? CMS_get0_SignerInfos(info) : NULL;
	good = signers != NULL && sk_CMS_SignerInfo_num(signers) == 1;
	if (good) {
		CMS_SignerInfo *one = sk_CMS_SignerInfo_value(signers, 0);
		good = CMS_SignerInfo_cert_cmp(one, cert) == 0;
		if (good)
			CMS_SignerInfo_set1_signer_cert(one, cert);
		good = good && CMS_SignerInfo_verify(one) == 1;
	}
	CMS_ContentInfo_free(info);
	return cm_lib_clear(
		good ? CM_OK
		     : cm_report_refuse(report, CM_ERROR_CMS_SIGNATURE, "signature", "a second reader does not agree"));
}

struct cm_cms_cert {
	X509 *cert;
	struct cm_x509 x;
	bool is_used;
};

// Did `issuer` issue `cert`: names, identifiers, usage, signature?
static bool
cm_cms_issued(const struct cm_cms_cert *issuer, const struct cm_cms_cert *cert)
{
	if (X509_check_issued(issuer->cert, cert->cert) != X509_V_OK)
		return false;
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *key = cm_lib_pkey_of_public(&issuer->x.key);
	return key != NULL && X509_verify(cert->cert, key) == 1;
}

// Walks from the signer up; gives the order as indices, and how many certificates were reached whose every byte is
// vouched for: the signer's by the signed attributes, the others by the signature on them. So a chain that carries more
// than the signer ends in a root that signed itself.
static size_t
cm_cms_walk(struct cm_cms_cert *certs, size_t count, size_t signer, size_t *ret_order)
{
	size_t at = signer, n = 0;
	for (;;) {
		certs[at].is_used = true;
		ret_order[n++] = at;
		if (certs[at].x.is_self_issued)
			return cm_cms_issued(&certs[at], &certs[at]) ? n : n - 1;
		size_t next = count;
		for (size_t i = 0; i < count && next == count; i++)
			if (!certs[i].is_used && cm_cms_issued(&certs[i], &certs[at]))
				next = i;
		if (next == count)
			return at == signer ? n : n - 1;
		at = next;
	}
}

cm_result
cm_cms_order(struct cm_view *certs, size_t count, size_t signer, struct cm_report *report)
{
	struct cm_cms_cert read[CM_LIMIT_CERTIFICATES_VALUE] = {{.cert = NULL}};
	struct cm_view ordered[CM_LIMIT_CERTIFICATES_VALUE];
	size_t order[CM_LIMIT_CERTIFICATES_VALUE];
	cm_result r = count <= CM_LIMIT_CERTIFICATES_VALUE && signer < count ? CM_OK : CM_BUG;
	for (size_t i = 0; r == CM_OK && i < count; i++) {
		r = cm_x509_parse(certs[i], report, &read[i].cert);
		if (r == CM_OK)
			r = cm_x509_read_parsed(read[i].cert, certs[i], report, &read[i].x);
	}
	if (r == CM_OK && cm_cms_walk(read, count, signer, order) != count)
		r = cm_report_refuse(report, CM_ERROR_CMS_CERTIFICATE, "signature",
		                     "a certificate is carried that is no part of the signer's chain");
	for (size_t i = 0; i < count; i++)
		X509_free(read[i].cert);
	if (r != CM_OK)
		return cm_lib_clear(r);
	for (size_t i = 0; i < count; i++)
		ordered[i] = certs[order[i]];
	for (size_t i = 0; i < count; i++)
		certs[i] = ordered[i];
	return cm_lib_clear(CM_OK);
}
