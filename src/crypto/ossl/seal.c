// Knows: ChaCha20-Poly1305 with OpenSSL: the wrapped file key, and chunks of the payload (C2SP age, payload) with one
// keyed context for many chunks. Does not know: headers, files, threads.
#include <string.h>

#include "base/mem.h"
#include "crypto/ossl/lib.h"
#include "crypto/seal_aead.h"
#include "crypto/seal.h"

#define CM_SEAL_IV 12

struct cm_seal_stream {
	EVP_CIPHER_CTX *ctx;
	enum cm_seal_direction direction;
};

// One message: `n` bytes from `in` to `out`, then the tag. The context is keyed.
static bool
cm_seal_encrypt(EVP_CIPHER_CTX *ctx, const uint8_t iv[CM_SEAL_IV], struct cm_view in, uint8_t *out)
{
	int n = 0, m = 0;
	return EVP_EncryptInit_ex2(ctx, NULL, NULL, iv, NULL) == 1 &&
	       (in.n == 0 || EVP_EncryptUpdate(ctx, out, &n, in.p, (int)in.n) == 1) &&
	       EVP_EncryptFinal_ex(ctx, out + n, &m) == 1 &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CM_SEAL_TAG, out + in.n) == 1;
}

static bool
cm_seal_decrypt(EVP_CIPHER_CTX *ctx, const uint8_t iv[CM_SEAL_IV], struct cm_view in, uint8_t *out)
{
	int n = 0, m = 0;
	size_t body = in.n - CM_SEAL_TAG;
	uint8_t tag[CM_SEAL_TAG];
	memcpy(tag, in.p + body, sizeof tag);
	return EVP_DecryptInit_ex2(ctx, NULL, NULL, iv, NULL) == 1 &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
	       (body == 0 || EVP_DecryptUpdate(ctx, out, &n, in.p, (int)body) == 1) &&
	       EVP_DecryptFinal_ex(ctx, out + n, &m) == 1;
}

static EVP_CIPHER_CTX *
cm_seal_keyed(const uint8_t key[32], enum cm_seal_direction direction)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	if (ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, cm_lib_chacha20_poly1305(), key, NULL, direction == CM_SEAL_ENCRYPT, NULL) != 1) {
		EVP_CIPHER_CTX_free(ctx);
		ctx = NULL;
	}
	return ctx;
}

bool
cm_seal_aead_wrap(const uint8_t key[32], const struct cm_seal_file_key *file_key, uint8_t ret_body[32])
{
	static const uint8_t iv[CM_SEAL_IV] = {0};
	EVP_CIPHER_CTX *ctx = cm_seal_keyed(key, CM_SEAL_ENCRYPT);
	bool good = ctx != NULL && cm_seal_encrypt(ctx, iv, cm_view_of(file_key->b, sizeof file_key->b), ret_body);
	EVP_CIPHER_CTX_free(ctx);
	return good;
}

bool
cm_seal_aead_unwrap(const uint8_t key[32], const uint8_t body[32], struct cm_seal_file_key *ret_file_key)
{
	static const uint8_t iv[CM_SEAL_IV] = {0};
	struct cm_seal_file_key file_key;
	EVP_CIPHER_CTX *ctx = cm_seal_keyed(key, CM_SEAL_DECRYPT);
	bool good = ctx != NULL && cm_seal_decrypt(ctx, iv, cm_view_of(body, 32), file_key.b);
	EVP_CIPHER_CTX_free(ctx);
	if (good)
		*ret_file_key = file_key;
	cm_seal_file_key_fini(&file_key);
	cm_result_ignore(cm_lib_clear(CM_OK), "only the queue is cleared");
	return good;
}

cm_result
cm_seal_stream_new(const struct cm_seal_file_key *key, const uint8_t nonce[CM_SEAL_NONCE],
                   enum cm_seal_direction direction, struct cm_seal_stream **ret_stream)
{
	uint8_t payload_key[32];
	struct cm_seal_stream *s = cm_mem_new(sizeof *s);
	if (s == NULL)
		return CM_NOMEM;
	cm_hash_hkdf(cm_view_of(key->b, sizeof key->b), cm_view_of(nonce, CM_SEAL_NONCE), cm_view_text("payload"),
	             payload_key, sizeof payload_key);
	s->ctx = cm_seal_keyed(payload_key, direction);
	s->direction = direction;
	cm_mem_wipe(payload_key, sizeof payload_key);
	if (s->ctx == NULL) {
		cm_mem_free(s);
		return cm_lib_clear(CM_NOMEM);
	}
	*ret_stream = s;
	return CM_OK;
}

void
cm_seal_stream_free(struct cm_seal_stream *stream)
{
	if (stream == NULL)
		return;
	EVP_CIPHER_CTX_free(stream->ctx); // wipes the key
	cm_mem_free(stream);
}

void
cm_seal_stream_free_at(struct cm_seal_stream **stream)
{
	cm_seal_stream_free(*stream);
}

// 88-bit big-endian number, then 1 for the last chunk.
static void
cm_seal_chunk_iv(struct cm_seal_chunk chunk, uint8_t ret_iv[CM_SEAL_IV])
{
	memset(ret_iv, 0, CM_SEAL_IV);
	for (size_t i = 0; i < 8; i++)
		ret_iv[3 + i] = (uint8_t)(chunk.number >> (56 - 8 * i));
	ret_iv[11] = chunk.last ? 1 : 0;
}

cm_result
cm_seal_chunk_encrypt(struct cm_seal_stream *stream, struct cm_seal_chunk chunk, struct cm_view plain,
                      uint8_t *ret_sealed)
{
	bool is_length_good =
		chunk.last ? plain.n <= CM_SEAL_CHUNK && (plain.n != 0 || chunk.number == 0) : plain.n == CM_SEAL_CHUNK;
	if (stream->direction != CM_SEAL_ENCRYPT || !is_length_good)
		return CM_BUG;
	uint8_t iv[CM_SEAL_IV];
	cm_seal_chunk_iv(chunk, iv);
	return cm_seal_encrypt(stream->ctx, iv, plain, ret_sealed) ? CM_OK : cm_lib_clear(CM_BUG);
}

cm_result
cm_seal_chunk_decrypt(struct cm_seal_stream *stream, struct cm_seal_chunk chunk, struct cm_view sealed,
                      struct cm_report *report, uint8_t *ret_plain)
{
	if (stream->direction != CM_SEAL_DECRYPT)
		return CM_BUG;
	size_t least = chunk.last && chunk.number == 0 ? CM_SEAL_TAG : CM_SEAL_TAG + 1;
	if (sealed.n < least || sealed.n > CM_SEAL_SEALED_CHUNK || (!chunk.last && sealed.n != CM_SEAL_SEALED_CHUNK))
		return cm_report_refuse(report, CM_ERROR_SEAL_CHUNK, "payload", "chunk %llu has %zu bytes",
		                        (unsigned long long)chunk.number, sealed.n);
	uint8_t iv[CM_SEAL_IV];
	cm_seal_chunk_iv(chunk, iv);
	if (!cm_seal_decrypt(stream->ctx, iv, sealed, ret_plain))
		return cm_lib_clear(cm_report_refuse(report, CM_ERROR_SEAL_CHUNK, "payload", "chunk %llu",
		                                     (unsigned long long)chunk.number));
	return CM_OK;
}
