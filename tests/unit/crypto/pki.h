// A small State for tests: root, authority, TLS and sealing certificates of "xa.contact", valid through 2027.
#ifndef CM_TESTS_UNIT_CRYPTO_PKI_H
#define CM_TESTS_UNIT_CRYPTO_PKI_H

#include "crypto/x509.h"

struct pki {
	struct cm_key *root_key, *authority_key, *tls_key, *seal_key;
	struct cm_buf root, authority, tls, seal;
};

static inline struct cm_instant
pki_time(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static inline void
pki_issue(const struct cm_x509_spec *spec, const struct cm_key *subject, const struct cm_key *issuer,
          const struct cm_buf *issuer_der, struct cm_buf *to)
{
	struct cm_key_public public;
	cm_key_public(subject, &public);
	struct cm_view v = issuer_der == NULL ? cm_view_of(NULL, 0) : cm_buf_view(issuer_der);
	*to = cm_buf_of(16384);
	assert_int_equal(cm_x509_write(spec, &public, issuer, v, NULL, to), CM_OK);
}

static inline void
pki_init(struct pki *p)
{
	struct cm_x509_spec spec = {.role = CM_X509_ROOT,
	                            .country = "XA",
	                            .organisation = "comity test",
	                            .name = "Arland root",
	                            .not_before = pki_time("2027-01-01T00:00:00Z"),
	                            .not_after = pki_time("2028-01-01T00:00:00Z")};
	assert_int_equal(cm_key_generate(CM_KEY_P256, &p->root_key), CM_OK);
	assert_int_equal(cm_key_generate(CM_KEY_P256, &p->authority_key), CM_OK);
	assert_int_equal(cm_key_generate(CM_KEY_P256, &p->tls_key), CM_OK);
	assert_int_equal(cm_key_generate(CM_KEY_X25519, &p->seal_key), CM_OK);
	pki_issue(&spec, p->root_key, p->root_key, NULL, &p->root);
	spec.node = "xa.contact";
	spec.name = NULL;
	spec.serial[19] = 1;
	spec.role = CM_X509_AUTHORITY;
	pki_issue(&spec, p->authority_key, p->root_key, &p->root, &p->authority);
	spec.role = CM_X509_SEAL;
	pki_issue(&spec, p->seal_key, p->root_key, &p->root, &p->seal);
	spec.role = CM_X509_TLS;
	spec.dns = "xa.example";
	spec.ip = cm_view_of("\x7f\0\0\1", 4);
	pki_issue(&spec, p->tls_key, p->authority_key, &p->authority, &p->tls);
}

static inline void
pki_fini(struct pki *p)
{
	cm_key_free(p->root_key);
	cm_key_free(p->authority_key);
	cm_key_free(p->tls_key);
	cm_key_free(p->seal_key);
	cm_buf_fini(&p->root);
	cm_buf_fini(&p->authority);
	cm_buf_fini(&p->tls);
	cm_buf_fini(&p->seal);
}

#endif
