#include "unit.h"

#include "pki.h"
#include "vectors.h"

#include "base/tab_limit.h"
#include "crypto/chain.h"
#include "crypto/cms.h"

static struct cm_hash content;

static cm_result
check_cms(const char *name, struct cm_view bytes, struct cm_report *report)
{
	(void)name;
	struct cm_cms cms;
	cm_result r = cm_cms_verify(bytes, &content, report, &cms);
	if (r == CM_OK)
		cm_cms_fini(&cms);
	return r;
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("cms", "content.txt");
	content = cm_hash_of(cm_buf_view(&b));
	cm_buf_fini(&b);
	assert_true(vector_each("cms", ".p7s", check_cms) >= 15);
}

// Attributes, signature, file: as keeper and package writer do it.
static void
make(const struct pki *p, const struct cm_hash *digest, const struct cm_view *chain, size_t count, struct cm_buf *to)
{
	struct cm_buf attributes = cm_buf_of(4096);
	struct cm_cms_parts parts = {.chain = chain, .chain_count = count};
	assert_int_equal(cm_cms_attributes(digest, pki_time("2027-03-02T01:22:04.9Z"), chain[0], &attributes), CM_OK);
	assert_int_equal(cm_key_sign(p->authority_key, cm_buf_view(&attributes), &parts.signature), CM_OK);
	parts.attributes = cm_buf_view(&attributes);
	*to = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	assert_int_equal(cm_cms_write(&parts, NULL, to), CM_OK);
	cm_buf_fini(&attributes);
}

static void
what_was_signed_verifies_with_its_chain(void **state)
{
	(void)state;
	struct pki p;
	struct cm_buf b;
	struct cm_cms cms;
	struct cm_hash digest = cm_hash_of(cm_view_text("manifest"));
	pki_init(&p);
	struct cm_view chain[2] = {cm_buf_view(&p.authority), cm_buf_view(&p.root)};
	for (size_t n = 1; n <= 2; n++) {
		make(&p, &digest, chain, n, &b);
		assert_int_equal(cm_cms_verify(cm_buf_view(&b), &digest, NULL, &cms), CM_OK);
		assert_int_equal(cms.signing_time.us, pki_time("2027-03-02T01:22:04Z").us);
		assert_int_equal(cms.chain.count, n);
		assert_true(cm_view_equal(cms.chain.der[0], chain[0]));
		struct cm_chain_answer a;
		struct cm_chain_question q = {.leaf = cms.chain.der[0],
		                              .roots = &chain[1],
		                              .root_count = 1,
		                              .at = cms.signing_time,
		                              .node = "xa.contact"};
		assert_int_equal(cm_chain_check(&q, NULL, &a), CM_OK);
		cm_cms_fini(&cms);
		cm_buf_fini(&b);
	}
	// A signer of another certificate, an authority that did not sign, a certificate that does not belong there.
	struct cm_report report = {0};
	struct pki other;
	pki_init(&other);
	struct cm_view wrong[2] = {cm_buf_view(&other.authority), cm_buf_view(&p.root)};
	make(&p, &digest, wrong, 1, &b);
	assert_int_equal(cm_cms_verify(cm_buf_view(&b), &digest, &report, &cms), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CMS_SIGNATURE));
	cm_buf_fini(&b);
	wrong[0] = chain[0];
	wrong[1] = cm_buf_view(&p.tls);
	make(&p, &digest, wrong, 2, &b);
	assert_int_equal(cm_cms_verify(cm_buf_view(&b), &digest, &report, &cms), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_CMS_CERTIFICATE));
	cm_buf_fini(&b);
	pki_fini(&p);
	pki_fini(&other);
}

static void
every_changed_byte_is_refused(void **state)
{
	(void)state;
	struct pki p;
	struct cm_buf b;
	struct cm_hash digest = cm_hash_of(cm_view_text("manifest"));
	pki_init(&p);
	struct cm_view chain[2] = {cm_buf_view(&p.authority), cm_buf_view(&p.root)};
	make(&p, &digest, chain, 2, &b);
	for (size_t i = 0; i < b.n; i++)
		for (unsigned k = 0; k < 2; k++) {
			uint8_t bits = k == 0 ? 0x01 : 0xff;
			struct cm_report report = {0};
			struct cm_cms cms;
			b.p[i] ^= bits;
			if (cm_cms_verify(cm_buf_view(&b), &digest, &report, &cms) != CM_REFUSED)
				fail_msg("byte %zu ^ %02x", i, bits);
			assert_true(report.count != 0);
			b.p[i] ^= bits;
		}
	for (size_t n = 0; n < b.n; n++) {
		struct cm_cms cms;
		assert_int_equal(cm_cms_verify(cm_view_part(cm_buf_view(&b), 0, n), &digest, NULL, &cms), CM_REFUSED);
	}
	cm_buf_fini(&b);
	pki_fini(&p);
}

static void
a_signature_over_the_limit_is_refused(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE + 1);
	for (size_t more = 0; more < 2; more++) {
		struct cm_report report = {0};
		struct cm_cms cms;
		cm_buf_fill(&b, 0x30, more == 0 ? CM_LIMIT_CMS_BYTES_VALUE : 1);
		assert_int_equal(cm_cms_verify(cm_buf_view(&b), &content, &report, &cms), CM_REFUSED);
		assert_true(cm_report_has(&report, more == 0 ? CM_ERROR_CMS_FORM : CM_ERROR_CMS_TOO_LARGE));
	}
	cm_buf_fini(&b);
}

static void
times_past_2049_are_generalized(void **state)
{
	(void)state;
	struct pki p;
	pki_init(&p);
	struct cm_buf b = cm_buf_of(4096);
	struct cm_hash digest = {{0}};
	assert_int_equal(cm_cms_attributes(&digest, pki_time("2050-01-01T00:00:00Z"), cm_buf_view(&p.authority), &b),
	                 CM_OK);
	assert_non_null(memmem(b.p, b.n,
	                       "\x18\x0f"
	                       "20500101000000Z",
	                       17));
	cm_buf_clear(&b);
	assert_int_equal(cm_cms_attributes(&digest, pki_time("2049-12-31T23:59:59Z"), cm_buf_view(&p.authority), &b),
	                 CM_OK);
	assert_non_null(memmem(b.p, b.n,
	                       "\x17\x0d"
	                       "491231235959Z",
	                       15));
	cm_buf_fini(&b);
	pki_fini(&p);
}

UNIT_MAIN(T(files_are_judged_by_their_names), T(what_was_signed_verifies_with_its_chain),
          T(every_changed_byte_is_refused), T(a_signature_over_the_limit_is_refused),
          T(times_past_2049_are_generalized))
