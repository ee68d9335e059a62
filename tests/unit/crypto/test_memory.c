// Torture: each operation again with the n-th allocation of ours and all after it failing. It says "no memory", never
// that the input is wrong or right, and leaks nothing (the address sanitizer looks).
#include "unit.h"

#include "pki.h"
#include "vectors.h"

#include "base/mem.h"
#include "crypto/chain.h"
#include "crypto/cms.h"
#include "crypto/jws.h"
#include "crypto/note.h"
#include "crypto/seal.h"

static struct cm_buf p7s, note_bytes, key_pem;
static struct cm_hash content;

static cm_result
verify_cms(void)
{
	struct cm_cms cms;
	cm_result r = cm_cms_verify(cm_buf_view(&p7s), &content, NULL, &cms);
	if (r == CM_OK)
		cm_cms_fini(&cms);
	return r;
}

static cm_result
read_note(void)
{
	struct cm_note note;
	return cm_note_read(cm_buf_view(&note_bytes), NULL, &note);
}

static cm_result
write_header(void)
{
	static const struct cm_seal_random random = {.ephemeral = {{1}, {2}}};
	struct cm_seal_recipient to[2] = {{{9}}, {{9}}};
	struct cm_buf b = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	cm_result r = cm_seal_header_write(to, 2, &random, NULL, &b);
	cm_buf_fini(&b);
	return r;
}

static cm_result
make_stream(void)
{
	struct cm_seal_file_key key = {{0}};
	uint8_t nonce[CM_SEAL_NONCE] = {0};
	struct cm_seal_stream *s;
	cm_result r = cm_seal_stream_new(&key, nonce, CM_SEAL_ENCRYPT, &s);
	if (r == CM_OK)
		cm_seal_stream_free(s);
	return r;
}

static cm_result
read_key(void)
{
	struct cm_key *key;
	struct cm_secret raw;
	cm_result r = cm_key_pem_read(cm_buf_view(&key_pem), cm_view_text(""), NULL, &key);
	if (r != CM_OK)
		return r;
	r = cm_key_raw(key, &raw);
	if (r == CM_OK)
		cm_secret_fini(&raw);
	cm_key_free(key);
	return r;
}

static cm_result
write_protected(void)
{
	struct cm_jws_spec spec = {.chain_count = 0};
	struct cm_buf b = cm_buf_of(4096);
	cm_result r = cm_jws_protected_write(&spec, &b);
	cm_buf_fini(&b);
	return r;
}

static void
without_memory_it_says_so(void **state)
{
	(void)state;
	static cm_result (*const operations[])(void) = {verify_cms,  read_note, write_header,
	                                                make_stream, read_key,  write_protected};
	struct cm_key *key;
	p7s = vector_file("cms", "accept-openssl-with-root.p7s");
	note_bytes = vector_file("note", "accept-64-lines.note");
	struct cm_buf b = vector_file("cms", "content.txt");
	content = cm_hash_of(cm_buf_view(&b));
	cm_buf_fini(&b);
	key_pem = cm_buf_of(4096);
	assert_int_equal(cm_key_generate(CM_KEY_P256, &key), CM_OK);
	assert_int_equal(cm_key_pem_write(key, cm_view_of(NULL, 0), &key_pem), CM_OK);
	cm_key_free(key);
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
		assert_int_equal(operations[i](), CM_OK);
		for (unsigned long n = 1;; n++) {
			cm_mem_fail_from(n);
			cm_result r = operations[i]();
			cm_mem_fail_from(0);
			if (r == CM_OK) // it takes fewer than n allocations
				break;
			if (r != CM_NOMEM)
				fail_msg("operation %zu, allocation %lu: %s", i, n, cm_result_name(r));
			assert_true(n < 1000);
		}
	}
	cm_buf_fini(&p7s);
	cm_buf_fini(&note_bytes);
	cm_buf_fini(&key_pem);
}

UNIT_MAIN(T(without_memory_it_says_so))
