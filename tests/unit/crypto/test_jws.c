#include "unit.h"

#include "vectors.h"

#include "base/b64.h"
#include "crypto/jws.h"
#include "crypto/x509.h"

struct message {
	struct cm_buf payload, protected, signature;
	struct cm_x509_list cert;
	struct cm_x509 x;
};

static struct message
load(const char *name, const char *certificate)
{
	char file[64];
	struct message m;
	snprintf(file, sizeof file, "%s.payload", name);
	m.payload = vector_file("jws", file);
	snprintf(file, sizeof file, "%s.protected", name);
	m.protected = vector_file("jws", file);
	snprintf(file, sizeof file, "%s.signature", name);
	m.signature = vector_file("jws", file);
	struct cm_buf pem = vector_file("x509", certificate);
	assert_int_equal(cm_x509_pem_read(cm_buf_view(&pem), NULL, &m.cert), CM_OK);
	assert_int_equal(cm_x509_read(m.cert.der[0], NULL, &m.x), CM_OK);
	cm_buf_fini(&pem);
	return m;
}

static void
unload(struct message *m)
{
	cm_buf_fini(&m->payload);
	cm_buf_fini(&m->protected);
	cm_buf_fini(&m->signature);
	cm_x509_list_fini(&m->cert);
}

// The signed example messages of the profile, made by others.
static void
signed_examples_verify(void **state)
{
	(void)state;
	struct message ask = load("request", "10-xa.contact.pem"), answer = load("response", "10-xb.contact.pem");
	struct message *both[2] = {&ask, &answer};
	for (size_t i = 0; i < 2; i++) {
		struct message *m = both[i];
		struct cm_key_signature sig;
		struct cm_hash d = cm_jws_digest(cm_buf_view(&m->protected), cm_buf_view(&m->payload));
		assert_int_equal(cm_jws_signature_read(cm_buf_view(&m->signature), NULL, &sig), CM_OK);
		assert_int_equal(cm_jws_verify(&d, &sig, &m->x.key, NULL), CM_OK);
		assert_int_equal(cm_jws_verify(&d, &sig, &both[1 - i]->x.key, NULL), CM_REFUSED);
		struct cm_buf again = cm_buf_of(128);
		cm_jws_signature_write(&sig, &again);
		assert_true(cm_view_equal(cm_buf_view(&again), cm_buf_view(&m->signature)));
		cm_buf_fini(&again);
		m->payload.p[m->payload.n / 2] ^= 1;
		struct cm_report report = {0};
		d = cm_jws_digest(cm_buf_view(&m->protected), cm_buf_view(&m->payload));
		assert_int_equal(cm_jws_verify(&d, &sig, &m->x.key, &report), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_JWS_SIGNATURE));
		m->payload.p[m->payload.n / 2] ^= 1;
	}
	// the answer names the request
	struct cm_buf header = cm_buf_of(8192), want = cm_buf_of(100);
	struct cm_hash request = cm_jws_request(cm_buf_view(&ask.payload));
	assert_true(cm_b64_read(cm_buf_view(&answer.protected), CM_B64_URL, &header));
	cm_buf_text(&want, "\"req#S256\":\"");
	cm_b64_write(&want, cm_hash_view(&request), CM_B64_URL);
	assert_non_null(strstr(cm_buf_cstr(&header), cm_buf_cstr(&want)));
	cm_buf_fini(&header);
	cm_buf_fini(&want);
	unload(&ask);
	unload(&answer);
}

static void
a_header_says_what_it_should_in_order(void **state)
{
	(void)state;
	struct cm_hash a = cm_hash_of(cm_view_text("certificate")), b = cm_hash_of(cm_view_text("request"));
	struct cm_view chain[2] = {cm_view_text("one"), cm_view_text("second")};
	struct cm_jws_spec spec = {.certificate = a, .chain = chain, .chain_count = 2, .request = &b};
	struct cm_buf p = cm_buf_of(4096), h = cm_buf_of(4096);
	assert_int_equal(cm_jws_protected_write(&spec, &p), CM_OK);
	assert_true(cm_b64_read(cm_buf_view(&p), CM_B64_URL, &h));
	assert_string_equal(cm_buf_cstr(&h),
	                    "{\"alg\":\"ES256\",\"req#S256\":\"H1i5FFsk0QjXrDiIcziz6jIpgzucHkGCUDQ_kHv9EEc\",\"typ\":"
	                    "\"comity-hi1+jws\",\"x5c\":[\"b25l\",\"c2Vjb25k\"],\"x5t#S256\":"
	                    "\"A9Zt0Ig1wco_EozOrNHzGslBYwlrIPRFroQoW8CDLXI\"}");
	cm_buf_clear(&p);
	cm_buf_clear(&h);
	spec.chain_count = 0;
	spec.request = NULL;
	assert_int_equal(cm_jws_protected_write(&spec, &p), CM_OK);
	assert_true(cm_b64_read(cm_buf_view(&p), CM_B64_URL, &h));
	assert_string_equal(cm_buf_cstr(&h), "{\"alg\":\"ES256\",\"typ\":\"comity-hi1+jws\",\"x5t#S256\":"
	                                     "\"A9Zt0Ig1wco_EozOrNHzGslBYwlrIPRFroQoW8CDLXI\"}");
	cm_buf_fini(&p);
	cm_buf_fini(&h);
}

// The digest over a payload of each length is that over the whole encoded text.
static void
the_digest_is_that_of_the_signing_input(void **state)
{
	(void)state;
	struct cm_buf payload = cm_buf_of(2000), text = cm_buf_of(4000);
	for (size_t n = 0; n < 1600; n += n < 10 ? 1 : 37) {
		cm_buf_clear(&payload);
		cm_buf_clear(&text);
		for (size_t i = 0; i < n; i++)
			cm_buf_u8(&payload, (uint8_t)(i * 13));
		cm_buf_text(&text, "abc.");
		cm_b64_write(&text, cm_buf_view(&payload), CM_B64_URL);
		struct cm_hash a = cm_jws_digest(cm_view_text("abc"), cm_buf_view(&payload)),
			       b = cm_hash_of(cm_buf_view(&text));
		assert_memory_equal(a.b, b.b, 32);
	}
	cm_buf_fini(&payload);
	cm_buf_fini(&text);
}

static void
a_signature_has_one_spelling(void **state)
{
	(void)state;
	char text[89];
	struct cm_key_signature sig;
	memset(text, 'A', sizeof text);
	assert_int_equal(cm_jws_signature_read(cm_view_of(text, 86), NULL, &sig), CM_OK);
	for (size_t n = 84; n <= 88; n++)
		if (n != 86)
			assert_int_equal(cm_jws_signature_read(cm_view_of(text, n), NULL, &sig), CM_REFUSED);
	struct cm_report report = {0};
	text[85] = 'B'; // bits behind the last byte
	assert_int_equal(cm_jws_signature_read(cm_view_of(text, 86), &report, &sig), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_JWS_SIGNATURE_FORM));
	text[85] = 'A';
	text[3] = '+'; // the other alphabet
	assert_int_equal(cm_jws_signature_read(cm_view_of(text, 86), NULL, &sig), CM_REFUSED);
	struct cm_hash d = {{0}};
	struct cm_key_public ed = {.kind = CM_KEY_ED25519, .n = 32};
	assert_int_equal(cm_jws_verify(&d, &sig, &ed, &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_JWS_KEY));
}

UNIT_MAIN(T(signed_examples_verify), T(a_header_says_what_it_should_in_order),
          T(the_digest_is_that_of_the_signing_input), T(a_signature_has_one_spelling))
