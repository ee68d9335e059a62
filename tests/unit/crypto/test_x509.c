#include "unit.h"

#include "pki.h"
#include "vectors.h"

#include "crypto/chain.h"

static cm_result
check_x509(const char *name, struct cm_view bytes, struct cm_report *report)
{
	(void)name;
	struct cm_x509 x;
	return cm_x509_read(bytes, report, &x);
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	assert_true(vector_each("x509", ".der", check_x509) >= 15);
}

static void
what_was_written_is_read_back(void **state)
{
	(void)state;
	struct pki p;
	struct cm_x509 x;
	struct cm_key_public public;
	pki_init(&p);
	assert_int_equal(cm_x509_read(cm_buf_view(&p.root), NULL, &x), CM_OK);
	assert_string_equal(x.subject, "C=XA, O=comity test, CN=Arland root");
	assert_string_equal(x.issuer, x.subject);
	assert_string_equal(x.common_name, "Arland root");
	assert_string_equal(x.country, "XA");
	assert_string_equal(x.node, "");
	assert_true(x.is_ca && x.is_self_issued && x.path_length == 1);
	assert_int_equal(x.not_before.us, pki_time("2027-01-01T00:00:00Z").us);
	assert_int_equal(x.not_after.us, pki_time("2028-01-01T00:00:00Z").us);
	assert_int_equal(x.serial[0], 0x40);
	assert_int_equal(cm_x509_read(cm_buf_view(&p.authority), NULL, &x), CM_OK);
	cm_key_public(p.authority_key, &public);
	assert_true(cm_key_public_equal(&x.key, &public));
	assert_string_equal(x.node, "xa.contact");
	assert_string_equal(x.common_name, "xa.contact");
	assert_true(x.is_ca && x.path_length == 0 && !x.is_self_issued);
	assert_int_equal(x.uses, CM_X509_USE_SIGN | CM_X509_USE_COMMIT | CM_X509_USE_CERTIFY);
	assert_int_equal(cm_x509_read(cm_buf_view(&p.tls), NULL, &x), CM_OK);
	assert_int_equal(x.uses, CM_X509_USE_SIGN | CM_X509_USE_SERVER | CM_X509_USE_CLIENT);
	assert_false(x.is_ca);
	assert_int_equal(cm_x509_read(cm_buf_view(&p.seal), NULL, &x), CM_OK);
	assert_int_equal(x.uses, CM_X509_USE_AGREE);
	assert_int_equal(x.key.kind, CM_KEY_X25519);
	struct cm_hash h = cm_hash_of(cm_buf_view(&p.seal));
	assert_memory_equal(h.b, x.sha256.b, 32);
	pki_fini(&p);
}

static void
what_cannot_be_said_is_refused(void **state)
{
	(void)state;
	struct pki p;
	pki_init(&p);
	struct cm_key_public public, seal;
	cm_key_public(p.authority_key, &public);
	cm_key_public(p.seal_key, &seal);
	struct cm_buf b = cm_buf_of(16384);
	struct cm_view root = cm_buf_view(&p.root), tls = cm_buf_view(&p.tls);
	const struct cm_x509_spec good = {.role = CM_X509_AUTHORITY, .node = "xa.contact", .not_after = {.us = 1}};
	struct cm_x509_spec s = good;
	struct cm_report report = {0};
	s.node = NULL;
	assert_int_equal(cm_x509_write(&s, &public, p.root_key, root, &report, &b), CM_REFUSED);
	s.node = "no node";
	assert_int_equal(cm_x509_write(&s, &public, p.root_key, root, NULL, &b), CM_REFUSED);
	s = good;
	s.country = "XAA";
	assert_int_equal(cm_x509_write(&s, &public, p.root_key, root, NULL, &b), CM_REFUSED);
	s = good;
	s.not_after.us = -1;
	assert_int_equal(cm_x509_write(&s, &public, p.root_key, root, NULL, &b), CM_REFUSED);
	assert_int_equal(cm_x509_write(&good, &seal, p.root_key, root, NULL, &b), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_X509_SPEC));
	// issuers that may not: another key, a TLS certificate, none at all
	cm_report_clear(&report);
	assert_int_equal(cm_x509_write(&good, &public, p.tls_key, root, &report, &b), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_X509_ISSUER));
	assert_int_equal(cm_x509_write(&good, &public, p.tls_key, tls, NULL, &b), CM_REFUSED);
	assert_int_equal(cm_x509_write(&good, &public, p.root_key, cm_view_of(NULL, 0), NULL, &b), CM_REFUSED);
	assert_int_equal(b.n, 0);
	cm_buf_fini(&b);
	pki_fini(&p);
}

static void
a_pem_list_comes_back(void **state)
{
	(void)state;
	struct pki p;
	struct cm_x509_list list;
	struct cm_report report = {0};
	struct cm_buf pem = cm_buf_of(65536);
	pki_init(&p);
	cm_buf_text(&pem, "text before\n");
	assert_int_equal(cm_x509_pem_write(cm_buf_view(&p.root), "CERTIFICATE", &pem), CM_OK);
	cm_buf_text(&pem, "between\r\n");
	assert_int_equal(cm_x509_pem_write(cm_buf_view(&p.tls), "OTHER", &pem), CM_OK);
	assert_int_equal(cm_x509_pem_write(cm_buf_view(&p.authority), "CERTIFICATE", &pem), CM_OK);
	assert_int_equal(cm_x509_pem_read(cm_buf_view(&pem), NULL, &list), CM_OK);
	assert_int_equal(list.count, 2);
	assert_true(cm_view_equal(list.der[0], cm_buf_view(&p.root)));
	assert_true(cm_view_equal(list.der[1], cm_buf_view(&p.authority)));
	cm_x509_list_fini(&list);
	assert_int_equal(cm_x509_pem_read(cm_view_part(cm_buf_view(&pem), 0, pem.n - 5), &report, &list), CM_REFUSED);
	assert_int_equal(cm_x509_pem_read(cm_view_text("nothing"), &report, &list), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_X509_PEM));
	for (int i = 0; i < 16; i++)
		assert_int_equal(cm_x509_pem_write(cm_buf_view(&p.root), "CERTIFICATE", &pem), CM_OK);
	assert_int_equal(cm_x509_pem_read(cm_buf_view(&pem), NULL, &list), CM_REFUSED);
	cm_buf_fini(&pem);
	pki_fini(&p);
}

// One question against our own State.
static cm_result
ask(const struct pki *p, const struct cm_buf *leaf, struct cm_chain_question q, struct cm_report *report)
{
	struct cm_view between[2] = {cm_buf_view(&p->authority), cm_buf_view(&p->root)};
	struct cm_view root = cm_buf_view(&p->root);
	struct cm_chain_answer a;
	cm_report_clear(report);
	q.leaf = cm_buf_view(leaf);
	q.between = between;
	q.between_count = 2;
	if (q.root_count == 0) {
		q.roots = &root;
		q.root_count = 1;
	}
	if (q.at.us == 0)
		q.at = pki_time("2027-06-01T00:00:00Z");
	cm_result r = cm_chain_check(&q, report, &a);
	if (r == CM_OK)
		assert_string_equal(a.leaf.node, "xa.contact");
	return r;
}

static void
a_chain_holds_for_its_purpose_time_and_node(void **state)
{
	(void)state;
	struct pki p, other;
	struct cm_report report = {0};
	pki_init(&p);
	pki_init(&other);
	const struct cm_buf *leaves[3] = {&p.authority, &p.tls, &p.seal};
	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++) {
			struct cm_chain_question q = {.purpose = (enum cm_chain_purpose)k, .node = "xa.contact"};
			assert_int_equal(ask(&p, leaves[i], q, &report), i == k ? CM_OK : CM_REFUSED);
			if (i != k)
				assert_true(cm_report_has(&report, CM_ERROR_CHAIN_USAGE));
		}
	struct cm_chain_question q = {.purpose = CM_CHAIN_TLS};
	assert_int_equal(ask(&p, &p.tls, q, &report), CM_OK); // any node
	q.node = "xa.contac";
	assert_int_equal(ask(&p, &p.tls, q, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CHAIN_NODE));
	q.node = NULL;
	q.at = pki_time("2026-12-31T23:59:59Z");
	assert_int_equal(ask(&p, &p.tls, q, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CHAIN_NOT_YET_VALID));
	q.at = pki_time("2027-01-01T00:00:00Z");
	assert_int_equal(ask(&p, &p.tls, q, &report), CM_OK);
	q.at = pki_time("2028-01-01T00:00:01Z");
	assert_int_equal(ask(&p, &p.tls, q, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CHAIN_EXPIRED));
	// Another State's root of the same name is among the trusted ones, ours is not.
	struct cm_view roots[2] = {cm_buf_view(&other.root), cm_buf_view(&p.root)};
	q = (struct cm_chain_question){.purpose = CM_CHAIN_SIGN, .roots = roots, .root_count = 1};
	assert_int_equal(ask(&p, &p.authority, q, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CHAIN_ROOT_UNKNOWN));
	q.root_count = 2; // both: the right one is found
	assert_int_equal(ask(&p, &p.authority, q, &report), CM_OK);
	struct cm_chain_answer a;
	q.leaf = cm_buf_view(&p.authority);
	q.at = pki_time("2027-06-01T00:00:00Z");
	assert_int_equal(cm_chain_check(&q, NULL, &a), CM_OK);
	assert_int_equal(a.root_index, 1);
	q.root_count = 0;
	cm_report_clear(&report);
	assert_int_equal(cm_chain_check(&q, &report, &a), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CHAIN_NO_ROOTS));
	pki_fini(&p);
	pki_fini(&other);
}

// Every byte of a certificate changed: no chain.
static void
a_changed_certificate_has_no_chain(void **state)
{
	(void)state;
	struct pki p;
	struct cm_report report = {0};
	pki_init(&p);
	for (size_t i = 0; i < p.authority.n; i++)
		for (uint8_t bits = 1; bits != 0; bits = bits == 1 ? 0x80 : 0) {
			p.authority.p[i] ^= bits;
			struct cm_chain_question q = {.purpose = CM_CHAIN_SIGN};
			assert_int_equal(ask(&p, &p.authority, q, &report), CM_REFUSED);
			assert_true(report.count != 0);
			p.authority.p[i] ^= bits;
		}
	pki_fini(&p);
}

// chain-<rule>.….pem, made by others: leaf first; chain-ok-… hold.
static void
chains_of_others_are_judged_by_their_names(void **state)
{
	(void)state;
	struct cm_buf root = vector_file("x509", "root.der");
	char path[512];
	unsigned count = 0;
	snprintf(path, sizeof path, "%s/x509", getenv("VECTORS"));
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (strncmp(e->d_name, "chain-", 6) != 0)
			continue;
		struct cm_buf pem = vector_file("x509", e->d_name);
		struct cm_x509_list list;
		struct cm_report report = {0};
		struct cm_chain_answer a;
		struct cm_view roots = cm_buf_view(&root);
		assert_int_equal(cm_x509_pem_read(cm_buf_view(&pem), NULL, &list), CM_OK);
		struct cm_chain_question q = {.leaf = list.der[0],
		                              .between = list.der + 1,
		                              .between_count = list.count - 1,
		                              .roots = &roots,
		                              .root_count = 1,
		                              .purpose = strstr(e->d_name, "tls") != NULL ||
		                                                         strstr(e->d_name, "deep") != NULL ||
		                                                         strstr(e->d_name, "no-authority") != NULL
		                                                 ? CM_CHAIN_TLS
		                                                 : CM_CHAIN_SIGN,
		                              .at = pki_time("2027-06-01T00:00:00Z"),
		                              .node = "xa.contact"};
		if (strstr(e->d_name, "another-node") != NULL)
			q.node = NULL;
		enum cm_error rule = cm_error_find(e->d_name + 6, strcspn(e->d_name + 6, "."));
		cm_result r = cm_chain_check(&q, &report, &a);
		if (r != (rule == CM_ERROR_NONE ? CM_OK : CM_REFUSED) || (r != CM_OK && !cm_report_has(&report, rule)))
			fail_msg("%s: %s: %s", e->d_name, cm_error_row(report.findings[0].rule)->name,
			         report.findings[0].seen);
		cm_x509_list_fini(&list);
		cm_buf_fini(&pem);
		count++;
	}
	closedir(d);
	cm_buf_fini(&root);
	assert_int_equal(count, 9);
}

UNIT_MAIN(T(files_are_judged_by_their_names), T(what_was_written_is_read_back), T(what_cannot_be_said_is_refused),
          T(a_pem_list_comes_back), T(a_chain_holds_for_its_purpose_time_and_node),
          T(a_changed_certificate_has_no_chain), T(chains_of_others_are_judged_by_their_names))
