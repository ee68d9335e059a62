#include "vector_folder.h"

#include <pthread.h>

#include "vectors.h"

#include "base/hex.h"
#include "crypto/seal.h"

static struct cm_seal_identity identity; // of tests/vectors/seal/identity.txt

static int
read_identity(void **state)
{
	(void)state;
	struct cm_buf b = vector_file("seal", "identity.txt");
	assert_int_equal(cm_seal_identity_read(cm_view_part(cm_buf_view(&b), 0, b.n - 1), NULL, &identity), CM_OK);
	cm_buf_fini(&b);
	return 0;
}

// Opens a whole file in memory; the plaintext goes to `to`.
static cm_result
open_all(struct cm_view bytes, struct cm_report *report, struct cm_buf *to)
{
	struct cm_seal_header h;
	struct cm_seal_file_key key;
	struct cm_seal_stream *s;
	uint64_t plain_n;
	static uint8_t plain[CM_SEAL_CHUNK];
	cm_result r = cm_seal_header_read(bytes, report, &h);
	if (r == CM_OK)
		r = cm_seal_unwrap(&h, &identity, report, &key);
	if (r != CM_OK)
		return r;
	struct cm_view nonce = cm_view_part(bytes, h.n, CM_SEAL_NONCE), rest = cm_view_part(bytes, h.n + 16, bytes.n);
	if (nonce.n != CM_SEAL_NONCE || !cm_seal_plain_of_payload(rest.n, &plain_n))
		return cm_report_refuse(report, CM_ERROR_SEAL_CHUNK, "payload", "length");
	assert_int_equal(cm_seal_stream_new(&key, nonce.p, CM_SEAL_DECRYPT, &s), CM_OK);
	uint64_t chunks = cm_seal_chunks_of_plain(plain_n);
	for (uint64_t i = 0; r == CM_OK && i < chunks; i++) {
		struct cm_view v = cm_view_part(rest, i * CM_SEAL_SEALED_CHUNK, CM_SEAL_SEALED_CHUNK);
		r = cm_seal_chunk_decrypt(s, (struct cm_seal_chunk){i, i == chunks - 1}, v, report, plain);
		if (r == CM_OK)
			cm_buf_add(to, plain, v.n - CM_SEAL_TAG);
	}
	cm_seal_stream_free(s);
	return r;
}

static cm_result
check_seal(const char *name, struct cm_view bytes, struct cm_report *report)
{
	(void)name;
	struct cm_buf plain = cm_buf_of(1 << 24);
	cm_result r = open_all(bytes, report, &plain);
	cm_buf_fini(&plain);
	return r;
}

static void
files_are_judged_by_their_names(void **state)
{
	(void)state;
	assert_true(vector_each("seal", ".age", check_seal) >= 25);
}

static void
random_fill(struct cm_seal_random *r, uint8_t seed)
{
	uint8_t s[1] = {seed};
	cm_hash_hkdf(cm_view_of(s, 1), cm_view_text("test"), cm_view_text(""), r->file_key.b, 16);
	cm_hash_hkdf(cm_view_of(s, 1), cm_view_text("nonce"), cm_view_text(""), r->nonce, 16);
	for (size_t i = 0; i < CM_LIMIT_SEAL_RECIPIENTS_VALUE; i++) {
		s[0] = (uint8_t)(seed + i);
		cm_hash_hkdf(cm_view_of(s, 1), cm_view_text("ephemeral"), cm_view_text(""), r->ephemeral[i], 32);
	}
}

static void
seal_all(size_t recipients, size_t n, struct cm_buf *to)
{
	struct cm_seal_recipient list[CM_LIMIT_SEAL_RECIPIENTS_VALUE];
	struct cm_seal_random random;
	static uint8_t plain[CM_SEAL_CHUNK], sealed[CM_SEAL_SEALED_CHUNK];
	struct cm_seal_stream *s;
	random_fill(&random, 9);
	for (size_t i = 0; i < recipients; i++) { // ours is the last
		struct cm_seal_identity other;
		memset(other.b, (int)(i + 1), 32);
		assert_true(cm_seal_recipient_of(i == recipients - 1 ? &identity : &other, &list[i]));
	}
	*to = cm_buf_of(1 << 24);
	assert_int_equal(cm_seal_header_write(list, recipients, &random, NULL, to), CM_OK);
	assert_int_equal(to->n, cm_seal_header_size(recipients));
	assert_int_equal(cm_seal_header_end(cm_buf_view(to)), to->n - CM_SEAL_NONCE);
	assert_int_equal(cm_seal_stream_new(&random.file_key, random.nonce, CM_SEAL_ENCRYPT, &s), CM_OK);
	uint64_t chunks = cm_seal_chunks_of_plain(n), payload;
	for (uint64_t i = 0; i < chunks; i++) {
		size_t part = i == chunks - 1 ? n - (size_t)i * CM_SEAL_CHUNK : CM_SEAL_CHUNK;
		memset(plain, (int)i + 1, part);
		assert_int_equal(cm_seal_chunk_encrypt(s, (struct cm_seal_chunk){i, i == chunks - 1},
		                                       cm_view_of(plain, part), sealed),
		                 CM_OK);
		cm_buf_add(to, sealed, part + CM_SEAL_TAG);
	}
	assert_true(cm_seal_payload_of_plain(n, &payload));
	assert_int_equal(to->n, cm_seal_header_size(recipients) + payload);
	cm_seal_stream_free(s);
}

static void
what_was_sealed_opens(void **state)
{
	(void)state;
	static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 200000};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t recipients = 1; recipients <= CM_LIMIT_SEAL_RECIPIENTS_VALUE; recipients += 5) {
			struct cm_buf sealed, plain = cm_buf_of(1 << 24);
			seal_all(recipients, sizes[i], &sealed);
			assert_int_equal(open_all(cm_buf_view(&sealed), NULL, &plain), CM_OK);
			assert_int_equal(plain.n, sizes[i]);
			for (size_t at = 0; at < plain.n; at += 997)
				assert_int_equal(plain.p[at], at / CM_SEAL_CHUNK + 1);
			cm_buf_fini(&sealed);
			cm_buf_fini(&plain);
		}
}

// Each byte of header and nonce, each 91st of the payload; cuts at each place of the header; bytes behind.
static void
every_changed_byte_is_refused(void **state)
{
	(void)state;
	struct cm_buf b, plain = cm_buf_of(1 << 24);
	seal_all(2, 70000, &b);
	size_t header = cm_seal_header_size(2);
	for (size_t i = 0; i < b.n; i += i < header ? 1 : 91) {
		struct cm_report report = {0};
		b.p[i] ^= 0x20;
		assert_int_equal(open_all(cm_buf_view(&b), &report, &plain), CM_REFUSED);
		assert_true(report.count != 0);
		b.p[i] ^= 0x20;
		cm_buf_clear(&plain);
	}
	for (size_t n = 0; n < header + 40; n++)
		assert_int_equal(open_all(cm_view_part(cm_buf_view(&b), 0, n), NULL, &plain), CM_REFUSED);
	cm_buf_u8(&b, 0);
	assert_int_equal(open_all(cm_buf_view(&b), NULL, &plain), CM_REFUSED);
	cm_buf_fini(&b);
	cm_buf_fini(&plain);
}

static void
a_header_is_found_however_it_arrives(void **state)
{
	(void)state;
	struct cm_buf b;
	seal_all(3, 10, &b);
	size_t header = cm_seal_header_size(3) - CM_SEAL_NONCE;
	for (size_t n = 0; n < b.n; n++)
		assert_int_equal(cm_seal_header_end(cm_view_part(cm_buf_view(&b), 0, n)), n < header ? 0 : header);
	cm_buf_fini(&b);
}

static void
sizes_go_both_ways(void **state)
{
	(void)state;
	uint64_t payload, plain;
	static const uint64_t sizes[] = {0, 1, 65535, 65536, 65537, 131071, 131072, 131073, UINT64_C(8) << 40};
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		assert_true(cm_seal_payload_of_plain(sizes[i], &payload));
		assert_true(cm_seal_plain_of_payload(payload, &plain));
		assert_int_equal(plain, sizes[i]);
	}
	static const uint64_t none[] = {0, 15, 65552 + 1, 65552 + 15, 65552 + 16, 2 * 65552 + 16};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_false(cm_seal_plain_of_payload(none[i], &plain));
	assert_false(cm_seal_payload_of_plain(UINT64_MAX - 5, &payload));
}

static void
text_forms_have_one_spelling(void **state)
{
	(void)state;
	char text[CM_SEAL_TEXT], changed[CM_SEAL_TEXT];
	struct cm_seal_recipient recipient, back;
	struct cm_seal_identity again;
	assert_true(cm_seal_recipient_of(&identity, &recipient));
	cm_seal_recipient_write(&recipient, text);
	struct cm_buf want = vector_file("seal", "recipient.txt"); // as age-keygen -y says
	assert_int_equal(want.n, strlen(text) + 1);
	assert_memory_equal(want.p, text, strlen(text));
	cm_buf_fini(&want);
	assert_int_equal(cm_seal_recipient_read(cm_view_text(text), NULL, &back), CM_OK);
	assert_memory_equal(back.b, recipient.b, 32);
	for (size_t i = 0; text[i] != 0; i++) {
		struct cm_report report = {0};
		memcpy(changed, text, sizeof text);
		changed[i] = changed[i] == 'q' ? 'p' : 'q';
		assert_int_equal(cm_seal_recipient_read(cm_view_text(changed), &report, &back), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_SEAL_RECIPIENT));
		changed[i] = (char)(text[i] ^ 0x20); // the other case
		assert_int_equal(cm_seal_recipient_read(cm_view_text(changed), NULL, &back), CM_REFUSED);
		assert_int_equal(cm_seal_recipient_read(cm_view_of(text, i), NULL, &back), CM_REFUSED);
	}
	cm_seal_identity_write(&identity, text);
	assert_int_equal(cm_seal_identity_read(cm_view_text(text), NULL, &again), CM_OK);
	assert_memory_equal(again.b, identity.b, 32);
	struct cm_report report = {0};
	for (char *c = text; *c != 0; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	assert_int_equal(cm_seal_identity_read(cm_view_text(text), &report, &again), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_SEAL_IDENTITY));
	assert_null(strstr(report.findings[0].seen, "secret"));
}

static cm_result
judge_recipient(struct cm_view text, struct cm_report *report)
{
	struct cm_seal_recipient got;
	return cm_seal_recipient_read(text, report, &got);
}

static cm_result
judge_identity(struct cm_view text, struct cm_report *report)
{
	struct cm_seal_identity got;
	return cm_seal_identity_read(text, report, &got);
}

static void
texts_are_judged_by_their_names(void **state)
{
	(void)state;
	vector_folder("seal_text", ".recipient", judge_recipient);
	vector_folder("seal_text", ".identity", judge_identity);
}

static void
promises_are_kept(void **state)
{
	(void)state;
	struct cm_seal_file_key key = {{1}};
	uint8_t nonce[CM_SEAL_NONCE] = {0}, out[64];
	struct cm_seal_stream *enc, *dec;
	assert_int_equal(cm_seal_stream_new(&key, nonce, CM_SEAL_ENCRYPT, &enc), CM_OK);
	assert_int_equal(cm_seal_stream_new(&key, nonce, CM_SEAL_DECRYPT, &dec), CM_OK);
	struct cm_view some = cm_view_text("some bytes");
	assert_int_equal(cm_seal_chunk_encrypt(enc, (struct cm_seal_chunk){0, false}, some, out), CM_BUG);
	assert_int_equal(cm_seal_chunk_encrypt(enc, (struct cm_seal_chunk){1, true}, cm_view_text(""), out), CM_BUG);
	assert_int_equal(cm_seal_chunk_encrypt(dec, (struct cm_seal_chunk){0, true}, some, out), CM_BUG);
	assert_int_equal(cm_seal_chunk_encrypt(enc, (struct cm_seal_chunk){0, true}, some, out), CM_OK);
	// in place, and the context stands after a refusal
	assert_int_equal(
		cm_seal_chunk_decrypt(dec, (struct cm_seal_chunk){1, true}, cm_view_of(out, 26), NULL, out + 30),
		CM_REFUSED);
	assert_int_equal(cm_seal_chunk_decrypt(dec, (struct cm_seal_chunk){0, true}, cm_view_of(out, 26), NULL, out),
	                 CM_OK);
	assert_memory_equal(out, "some bytes", 10);
	struct cm_seal_recipient weak = {{0}};
	struct cm_seal_random random;
	struct cm_report report = {0};
	struct cm_buf b = cm_buf_of(4096);
	random_fill(&random, 1);
	assert_int_equal(cm_seal_header_write(&weak, 1, &random, &report, &b), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_SEAL_RECIPIENT));
	assert_int_equal(b.n, 0);
	cm_seal_stream_free(enc);
	cm_seal_stream_free(dec);
}

// Two threads with a context each seal the same file's odd and even chunks; the result is that of one.
static uint8_t shared_plain[8 * CM_SEAL_CHUNK], shared_sealed[8 * CM_SEAL_SEALED_CHUNK];

static void *
seal_half(void *odd)
{
	struct cm_seal_file_key key = {{7}};
	uint8_t nonce[CM_SEAL_NONCE] = {3};
	struct cm_seal_stream *s;
	if (cm_seal_stream_new(&key, nonce, CM_SEAL_ENCRYPT, &s) != CM_OK)
		return NULL;
	for (uint64_t i = *(const uint64_t *)odd; i < 8; i += 2)
		if (cm_seal_chunk_encrypt(s, (struct cm_seal_chunk){i, i == 7},
		                          cm_view_of(shared_plain + i * CM_SEAL_CHUNK, CM_SEAL_CHUNK),
		                          shared_sealed + i * CM_SEAL_SEALED_CHUNK) != CM_OK)
			return NULL;
	cm_seal_stream_free(s);
	return odd;
}

static void
threads_seal_side_by_side(void **state)
{
	(void)state;
	pthread_t t[2];
	uint64_t odd[2] = {0, 1};
	void *done;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, seal_half, &odd[i]), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(t[i], &done), 0);
		assert_ptr_equal(done, &odd[i]);
	}
	struct cm_seal_file_key key = {{7}};
	uint8_t nonce[CM_SEAL_NONCE] = {3};
	struct cm_seal_stream *s;
	static uint8_t out[CM_SEAL_CHUNK];
	assert_int_equal(cm_seal_stream_new(&key, nonce, CM_SEAL_DECRYPT, &s), CM_OK);
	for (uint64_t i = 0; i < 8; i++)
		assert_int_equal(cm_seal_chunk_decrypt(
					 s, (struct cm_seal_chunk){i, i == 7},
					 cm_view_of(shared_sealed + i * CM_SEAL_SEALED_CHUNK, CM_SEAL_SEALED_CHUNK),
					 NULL, out),
		                 CM_OK);
	cm_seal_stream_free(s);
}

static void
a_header_over_the_limits_is_refused(void **state)
{
	(void)state;
	struct cm_buf b = cm_buf_of(1 << 20);
	struct cm_seal_header h;
	for (size_t stanzas = CM_LIMIT_SEAL_STANZAS_VALUE; stanzas <= CM_LIMIT_SEAL_STANZAS_VALUE + 1; stanzas++) {
		struct cm_report report = {0};
		cm_buf_clear(&b);
		cm_buf_text(&b, "age-encryption.org/v1\n");
		for (size_t i = 0; i < stanzas; i++)
			cm_buf_text(&b, "-> grease\n\n");
		cm_buf_text(&b, "--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
		cm_result r = cm_seal_header_read(cm_buf_view(&b), &report, &h);
		assert_int_equal(r, stanzas <= CM_LIMIT_SEAL_STANZAS_VALUE ? CM_OK : CM_REFUSED);
		assert_int_equal(cm_report_has(&report, CM_ERROR_SEAL_TOO_LARGE), r == CM_REFUSED);
	}
	struct cm_report report = {0};
	cm_buf_clear(&b);
	cm_buf_text(&b, "age-encryption.org/v1\n-> x ");
	cm_buf_fill(&b, 'a', CM_LIMIT_SEAL_HEADER_VALUE);
	assert_int_equal(cm_seal_header_read(cm_buf_view(&b), &report, &h), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_SEAL_TOO_LARGE));
	cm_buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(files_are_judged_by_their_names),
	                                   T(what_was_sealed_opens),
	                                   T(every_changed_byte_is_refused),
	                                   T(a_header_is_found_however_it_arrives),
	                                   T(sizes_go_both_ways),
	                                   T(text_forms_have_one_spelling),
	                                   T(texts_are_judged_by_their_names), T(promises_are_kept),
	                                   T(threads_seal_side_by_side),
	                                   T(a_header_over_the_limits_is_refused)};
	return cmocka_run_group_tests(tests, read_identity, NULL);
}
