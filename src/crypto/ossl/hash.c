// Knows: SHA-256 and SHA-512 of OpenSSL, HMAC (RFC 2104) and HKDF (RFC 5869) over them. Does not know: what is hashed.
// The direct functions of OpenSSL are used, not EVP: they cannot fail, allocate nothing, and a Merkle node costs its
// two compressions only; they pick the processor's SHA instructions as EVP does.
#define OPENSSL_SUPPRESS_DEPRECATED 1
#include <openssl/sha.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/hash.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct cm_hash_stream), "the library's state fits into ours");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct cm_hash_stream), "and is aligned there");

void
cm_hash_init(struct cm_hash_stream *s)
{
	SHA256_CTX c;
	SHA256_Init(&c);
	memcpy(s->inner, &c, sizeof c);
}

// The state is copied out and back rather than pointed at: no bytes are cast to a struct.
void
cm_hash_add(struct cm_hash_stream *s, struct cm_view v)
{
	if (v.n == 0)
		return;
	SHA256_CTX c;
	memcpy(&c, s->inner, sizeof c);
	SHA256_Update(&c, v.p, v.n);
	memcpy(s->inner, &c, sizeof c);
}

struct cm_hash
cm_hash_final(struct cm_hash_stream *s)
{
	SHA256_CTX c;
	struct cm_hash h;
	memcpy(&c, s->inner, sizeof c);
	SHA256_Final(h.b, &c);
	return h;
}

void
cm_hash_wipe(struct cm_hash_stream *s)
{
	cm_mem_wipe(s, sizeof *s);
}

struct cm_hash
cm_hash_of(struct cm_view v)
{
	SHA256_CTX c;
	struct cm_hash h;
	SHA256_Init(&c);
	if (v.n != 0)
		SHA256_Update(&c, v.p, v.n);
	SHA256_Final(h.b, &c);
	return h;
}

struct cm_view
cm_hash_view(const struct cm_hash *h)
{
	return cm_view_of(h->b, sizeof h->b);
}

bool
cm_hash_equal(const struct cm_hash *a, const struct cm_hash *b)
{
	return memcmp(a->b, b->b, sizeof a->b) == 0;
}

struct cm_hash512
cm_hash_512_of(struct cm_view v)
{
	SHA512_CTX c;
	struct cm_hash512 h;
	SHA512_Init(&c);
	if (v.n != 0)
		SHA512_Update(&c, v.p, v.n);
	SHA512_Final(h.b, &c);
	return h;
}

// key XOR `byte` over one block, as HMAC wants it for its inner (36) and outer (5c) digest.
static void
cm_hash_pad(const uint8_t *key, size_t block, uint8_t byte, uint8_t *ret_pad)
{
	for (size_t i = 0; i < block; i++)
		ret_pad[i] = (uint8_t)(key[i] ^ byte);
}

struct cm_hash
cm_hash_hmac(struct cm_view key, struct cm_view message)
{
	uint8_t k[SHA256_CBLOCK] = {0}, pad[SHA256_CBLOCK];
	if (key.n > sizeof k) {
		struct cm_hash h = cm_hash_of(key);
		memcpy(k, h.b, sizeof h.b);
	} else if (key.n != 0) {
		memcpy(k, key.p, key.n);
	}
	SHA256_CTX c;
	struct cm_hash h;
	SHA256_Init(&c);
	cm_hash_pad(k, sizeof k, 0x36, pad);
	SHA256_Update(&c, pad, sizeof pad);
	if (message.n != 0)
		SHA256_Update(&c, message.p, message.n);
	SHA256_Final(h.b, &c);
	SHA256_Init(&c);
	cm_hash_pad(k, sizeof k, 0x5c, pad);
	SHA256_Update(&c, pad, sizeof pad);
	SHA256_Update(&c, h.b, sizeof h.b);
	SHA256_Final(h.b, &c);
	cm_mem_wipe(k, sizeof k);
	cm_mem_wipe(pad, sizeof pad);
	cm_mem_wipe(&c, sizeof c);
	return h;
}

struct cm_hash512
cm_hash_hmac512(struct cm_view key, struct cm_view message)
{
	uint8_t k[SHA512_CBLOCK] = {0}, pad[SHA512_CBLOCK];
	if (key.n > sizeof k) {
		struct cm_hash512 h = cm_hash_512_of(key);
		memcpy(k, h.b, sizeof h.b);
	} else if (key.n != 0) {
		memcpy(k, key.p, key.n);
	}
	SHA512_CTX c;
	struct cm_hash512 h;
	SHA512_Init(&c);
	cm_hash_pad(k, sizeof k, 0x36, pad);
	SHA512_Update(&c, pad, sizeof pad);
	if (message.n != 0)
		SHA512_Update(&c, message.p, message.n);
	SHA512_Final(h.b, &c);
	SHA512_Init(&c);
	cm_hash_pad(k, sizeof k, 0x5c, pad);
	SHA512_Update(&c, pad, sizeof pad);
	SHA512_Update(&c, h.b, sizeof h.b);
	SHA512_Final(h.b, &c);
	cm_mem_wipe(k, sizeof k);
	cm_mem_wipe(pad, sizeof pad);
	cm_mem_wipe(&c, sizeof c);
	return h;
}

void
cm_hash_hkdf(struct cm_view input, struct cm_view salt, struct cm_view info, uint8_t *ret_bytes, size_t n)
{
	struct cm_hash prk = cm_hash_hmac(salt, input);
	struct cm_hash t = {0};
	uint8_t block[CM_HASH_SIZE + CM_HASH_INFO_MAX + 1];
	size_t info_n = info.n < CM_HASH_INFO_MAX ? info.n : CM_HASH_INFO_MAX;
	for (size_t done = 0, i = 1; done < n; i++) {
		size_t at = 0;
		if (i > 1) {
			memcpy(block, t.b, sizeof t.b);
			at = sizeof t.b;
		}
		if (info_n != 0)
			memcpy(block + at, info.p, info_n);
		block[at + info_n] = (uint8_t)i;
		t = cm_hash_hmac(cm_hash_view(&prk), cm_view_of(block, at + info_n + 1));
		size_t part = n - done < sizeof t.b ? n - done : sizeof t.b;
		memcpy(ret_bytes + done, t.b, part);
		done += part;
	}
	cm_mem_wipe(&prk, sizeof prk);
	cm_mem_wipe(&t, sizeof t);
	cm_mem_wipe(block, sizeof block);
}
