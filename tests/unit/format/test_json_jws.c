#include "unit.h"

#include "base/b64.h"
#include "format/json_jws.h"

#define TYPE "comity-test+jws"
#define DIGEST "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static cm_result
read_header(const char *json, struct cm_arena *arena, struct cm_json_jws *ret_jws)
{
	struct cm_report report = {.count = 0};
	struct cm_buf text = cm_buf_of(4096);
	cm_b64_write(&text, cm_view_text(json), CM_B64_URL);
	cm_result r = cm_json_jws_read(cm_buf_view(&text), TYPE, CM_ERROR_CARD_SIGNATURE_FORM, arena, &report, ret_jws);
	assert_true((r == CM_OK) != cm_report_has(&report, CM_ERROR_CARD_SIGNATURE_FORM));
	cm_buf_fini(&text);
	return r;
}

static void
a_header_is_read(void **state)
{
	(void)state;
	struct cm_arena arena = {NULL, false};
	struct cm_json_jws jws;
	assert_int_equal(read_header("{\"alg\":\"ES256\",\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}", &arena, &jws), CM_OK);
	assert_false(jws.answers);
	assert_int_equal(jws.chain_count, 0);
	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(jws.certificate_sha256[i], i);
	assert_int_equal(read_header("{\"alg\":\"ES256\",\"req#S256\":\"" DIGEST "\",\"typ\":\"" TYPE
	                             "\",\"x5c\":[\"Zm9v\",\"YmFy\"],\"x5t#S256\":\"" DIGEST "\"}", &arena, &jws), CM_OK);
	assert_true(jws.answers);
	assert_memory_equal(jws.request_sha256, jws.certificate_sha256, 32);
	assert_int_equal(jws.chain_count, 2);
	assert_view_is(jws.chain[1], "bar");
	cm_arena_fini(&arena);
}

static void
every_other_header_is_refused(void **state)
{
	(void)state;
	static const char *const bad[] = {
	        "", "{}", "[]", "{\"alg\":\"ES256\"",
	        "{\"alg\":\"none\",\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"alg\":\"ES384\",\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"alg\":\"ES256\",\"typ\":\"jose\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"alg\":\"ES256\",\"typ\":\"" TYPE "\"}",
	        "{\"alg\":\"ES256\",\"typ\":\"" TYPE "\",\"x5t#S256\":\"AAEC\"}",
	        "{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"alg\":\"ES256\",\"jwk\":{},\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"alg\":\"ES256\",\"alg\":\"none\",\"typ\":\"" TYPE "\",\"x5t#S256\":\"" DIGEST "\"}",
	        "{\"alg\":\"ES256\",\"typ\":\"" TYPE "\",\"x5c\":[],\"x5t#S256\":\"" DIGEST "\"}",
	};
	struct cm_json_jws jws;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_arena arena = {NULL, false};
		if (read_header(bad[i], &arena, &jws) != CM_REFUSED)
			fail_msg("%s", bad[i]);
		cm_arena_fini(&arena);
	}
}

UNIT_MAIN(T(a_header_is_read), T(every_other_header_is_refused))
