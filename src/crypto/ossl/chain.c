// Knows: path validation (RFC 5280 section 6) by OpenSSL, and our profile's rules on top: algorithms of every link,
// what the leaf may be used for, whose it is. Does not know: which roots a person trusts; they are told. Nothing is
// fetched; revocation is the register's business.
#include <openssl/x509_vfy.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/ossl/lib.h"
#include "crypto/ossl/x509.h"
#include "crypto/chain.h"

#define CM_CHAIN_DEPTH 1 // authorities between leaf and root

static void
cm_chain_store_free_at(X509_STORE **s)
{
	X509_STORE_free(*s);
}

static void
cm_chain_ctx_free_at(X509_STORE_CTX **c)
{
	X509_STORE_CTX_free(*c);
}

static void
cm_chain_stack_free_at(STACK_OF(X509) **s)
{
	sk_X509_pop_free(*s, X509_free);
}

// Which of our rules the library's verdict is about.
static enum cm_error
cm_chain_rule(int verdict)
{
	switch (verdict) {
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return CM_ERROR_CHAIN_NOT_YET_VALID;
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return CM_ERROR_CHAIN_EXPIRED;
	case X509_V_ERR_CERT_SIGNATURE_FAILURE:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
	case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
		return CM_ERROR_CHAIN_SIGNATURE;
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_CERT_UNTRUSTED:
		return CM_ERROR_CHAIN_ROOT_UNKNOWN;
	default: // not a CA, path too long, purpose, extensions
		return CM_ERROR_CHAIN_USAGE;
	}
}

// The roots, each read by our own rules first: a root we would not read is no root.
static cm_result
cm_chain_roots(const struct cm_chain_question *q, struct cm_report *report, X509_STORE *store)
{
	for (size_t i = 0; i < q->root_count; i++) {
		CM_CLEANUP(cm_lib_x509_free_at) X509 *root = NULL;
		struct cm_x509 x;
		cm_result r = cm_x509_parse(q->roots[i], report, &root);
		if (r == CM_OK)
			r = cm_x509_read_parsed(root, q->roots[i], report, &x);
		if (r != CM_OK)
			return r;
		if (X509_STORE_add_cert(store, root) != 1)
			return CM_NOMEM;
	}
	return CM_OK;
}

// Certificates that came with the leaf. One that we cannot read is left out: it only fails to help.
static cm_result
cm_chain_between(const struct cm_chain_question *q, STACK_OF(X509) *stack)
{
	for (size_t i = 0; i < q->between_count && i < CM_LIMIT_CERTIFICATES_VALUE; i++) {
		CM_CLEANUP(cm_lib_x509_free_at) X509 *cert = NULL;
		cm_result r = cm_x509_parse(q->between[i], NULL, &cert);
		if (r == CM_NOMEM)
			return r;
		if (r == CM_OK) {
			if (sk_X509_push(stack, cert) <= 0)
				return CM_NOMEM;
			cert = NULL;
		}
	}
	return CM_OK;
}

static cm_result
cm_chain_usage_refuse(struct cm_report *report, const struct cm_x509 *x, const char *what)
{
	return cm_report_refuse(report, CM_ERROR_CHAIN_USAGE, "certificate", "%s: %s", x->subject, what);
}

// What the purpose asks of the leaf. An authority-sign certificate is a CA (it certifies the TLS key) and signs, too.
static cm_result
cm_chain_leaf_check(const struct cm_chain_question *q, const struct cm_x509 *leaf, int links, struct cm_report *report)
{
	switch (q->purpose) {
	case CM_CHAIN_SIGN:
		if (leaf->key.kind != CM_KEY_P256 || (leaf->uses & CM_X509_USE_SIGN) == 0)
			return cm_chain_usage_refuse(report, leaf, "it may not sign");
		if ((leaf->uses & (CM_X509_USE_SERVER | CM_X509_USE_CLIENT)) != 0)
			return cm_chain_usage_refuse(report, leaf, "it is for connections only");
		if (links != 2)
			return cm_chain_usage_refuse(report, leaf, "it is not issued by the root itself");
		break;
	case CM_CHAIN_TLS:
		if (leaf->key.kind != CM_KEY_P256 || leaf->is_ca || (leaf->uses & CM_X509_USE_SIGN) == 0 ||
		    (leaf->uses & CM_X509_USE_SERVER) == 0 || (leaf->uses & CM_X509_USE_CLIENT) == 0)
			return cm_chain_usage_refuse(report, leaf, "it is not for connections");
		break;
	case CM_CHAIN_SEAL:
		if (leaf->key.kind != CM_KEY_X25519 || leaf->is_ca || (leaf->uses & CM_X509_USE_AGREE) == 0 ||
		    links != 2)
			return cm_chain_usage_refuse(report, leaf, "it is not for sealing");
		break;
	}
	if (leaf->node[0] == 0)
		return cm_report_refuse(report, CM_ERROR_CHAIN_NODE, "certificate", "%s names no node", leaf->subject);
	if (q->node != NULL && strcmp(leaf->node, q->node) != 0)
		return cm_report_refuse(report, CM_ERROR_CHAIN_NODE, "certificate", "of %s, expected %s", leaf->node,
		                        q->node);
	return CM_OK;
}

// A State vouches for its own nodes: the two letters before the dot are the country of the root.
static cm_result
cm_chain_country_check(const struct cm_chain_answer *answer, struct cm_report *report)
{
	const char *node = answer->leaf.node, *country = answer->root.country;
	if (strncasecmp(node, country, 2) == 0 && node[2] == '.')
		return CM_OK;
	return cm_report_refuse(report, CM_ERROR_CHAIN_NODE, "certificate", "of %s, by a root of %s", node,
	                        country[0] == 0 ? "no country" : country);
}

// Reads each link by our rules; the node of an authority must be the node of what it issued.
static cm_result
cm_chain_links_check(const struct cm_chain_question *q, STACK_OF(X509) *chain, struct cm_report *report,
                     struct cm_chain_answer *answer)
{
	int links = sk_X509_num(chain);
	for (int i = 0; i < links; i++) {
		uint8_t *der = NULL;
		int n = i2d_X509(sk_X509_value(chain, i), &der);
		if (n <= 0)
			return CM_NOMEM;
		struct cm_x509 x;
		struct cm_view v = cm_view_of(der, (size_t)n);
		cm_result r = cm_x509_read_parsed(sk_X509_value(chain, i), v, report, &x);
		OPENSSL_free(der);
		if (r != CM_OK)
			return r;
		if (i == 0)
			answer->leaf = x;
		else if (!x.is_ca || (x.uses & CM_X509_USE_CERTIFY) == 0)
			return cm_chain_usage_refuse(report, &x, "it may not issue");
		else if (x.node[0] != 0 && strcmp(x.node, answer->leaf.node) != 0)
			return cm_report_refuse(report, CM_ERROR_CHAIN_NODE, "certificate", "of %s, issued by %s",
			                        answer->leaf.node, x.node);
		if (i == links - 1)
			answer->root = x;
	}
	cm_result r = cm_chain_leaf_check(q, &answer->leaf, links, report);
	return r == CM_OK ? cm_chain_country_check(answer, report) : r;
}

static cm_result
cm_chain_judge(const struct cm_chain_question *q, X509_STORE_CTX *ctx, struct cm_report *report,
               struct cm_chain_answer *answer)
{
	X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_time(param, (time_t)cm_instant_seconds(q->at));
	X509_VERIFY_PARAM_set_depth(param, CM_CHAIN_DEPTH);
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CHECK_SS_SIGNATURE | X509_V_FLAG_NO_ALT_CHAINS);
	if (X509_verify_cert(ctx) != 1) {
		int verdict = X509_STORE_CTX_get_error(ctx);
		return cm_report_refuse(report, cm_chain_rule(verdict), "certificate", "%s, link %d",
		                        X509_verify_cert_error_string(verdict), X509_STORE_CTX_get_error_depth(ctx));
	}
	cm_result r = cm_chain_links_check(q, X509_STORE_CTX_get0_chain(ctx), report, answer);
	if (r != CM_OK)
		return r;
	for (size_t i = 0; i < q->root_count; i++) {
		struct cm_hash h = cm_hash_of(q->roots[i]);
		if (cm_hash_equal(&h, &answer->root.sha256)) {
			answer->root_index = i;
			return CM_OK;
		}
	}
	return CM_BUG;
}

cm_result
cm_chain_check(const struct cm_chain_question *question, struct cm_report *report, struct cm_chain_answer *ret_answer)
{
	if (question->root_count == 0)
		return cm_report_refuse(report, CM_ERROR_CHAIN_NO_ROOTS, "certificate", "no roots");
	CM_CLEANUP(cm_lib_x509_free_at) X509 *leaf = NULL;
	CM_CLEANUP(cm_chain_store_free_at) X509_STORE *store = X509_STORE_new();
	CM_CLEANUP(cm_chain_stack_free_at) STACK_OF(X509) *between = sk_X509_new_null();
	CM_CLEANUP(cm_chain_ctx_free_at) X509_STORE_CTX *ctx = X509_STORE_CTX_new_ex(cm_lib_context(), NULL);
	struct cm_chain_answer answer = {.root_index = 0};
	if (store == NULL || between == NULL || ctx == NULL)
		return cm_lib_clear(CM_NOMEM);
	// The leaf is read by our rules first, so that a certificate of another profile is refused as that.
	cm_result r = cm_x509_parse(question->leaf, report, &leaf);
	if (r == CM_OK)
		r = cm_x509_read_parsed(leaf, question->leaf, report, &answer.leaf);
	if (r == CM_OK)
		r = cm_chain_roots(question, report, store);
	if (r == CM_OK)
		r = cm_chain_between(question, between);
	if (r == CM_OK)
		r = X509_STORE_CTX_init(ctx, store, leaf, between) == 1 ? cm_chain_judge(question, ctx, report, &answer)
		                                                        : CM_NOMEM;
	if (r == CM_OK)
		*ret_answer = answer;
	return cm_lib_clear(r);
}
