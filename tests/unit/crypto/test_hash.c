#include "unit.h"

#include "base/hex.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

static void
assert_bytes(const uint8_t *p, size_t n, const char *hex)
{
	char text[513];
	cm_hex_text(cm_view_of(p, n), text);
	assert_string_equal(text, hex);
}

// FIPS 180-4 examples.
static void
digests_are_those_of_the_standard(void **state)
{
	(void)state;
	assert_bytes(cm_hash_of(cm_view_text("abc")).b, 32,
	             "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_bytes(cm_hash_of(cm_view_of(NULL, 0)).b, 32,
	             "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_bytes(cm_hash_512_of(cm_view_text("abc")).b, 64,
	             "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	             "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void
a_stream_gives_what_one_call_gives(void **state)
{
	(void)state;
	uint8_t data[1000];
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i * 7);
	struct cm_hash whole = cm_hash_of(cm_view_of(data, sizeof data));
	for (size_t step = 1; step < 200; step += 13) {
		struct cm_hash_stream s, fork;
		cm_hash_init(&s);
		for (size_t at = 0; at < sizeof data; at += step)
			cm_hash_add(&s, cm_view_part(cm_view_of(data, sizeof data), at, step));
		fork = s;
		struct cm_hash a = cm_hash_final(&s), b = cm_hash_final(&fork);
		assert_true(cm_hash_equal(&a, &whole));
		assert_true(cm_hash_equal(&b, &whole));
	}
}

// RFC 4231, cases 1, 2 and 6 (key longer than a block).
static void
hmac_is_that_of_rfc_4231(void **state)
{
	(void)state;
	uint8_t key[131];
	memset(key, 0x0b, 20);
	assert_bytes(cm_hash_hmac(cm_view_of(key, 20), cm_view_text("Hi There")).b, 32,
	             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	assert_bytes(cm_hash_hmac512(cm_view_text("Jefe"), cm_view_text("what do ya want for nothing?")).b, 64,
	             "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
	             "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	memset(key, 0xaa, sizeof key);
	struct cm_view m = cm_view_text("Test Using Larger Than Block-Size Key - Hash Key First");
	assert_bytes(cm_hash_hmac(cm_view_of(key, sizeof key), m).b, 32,
	             "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	assert_bytes(cm_hash_hmac512(cm_view_of(key, sizeof key), m).b, 64,
	             "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
	             "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

// RFC 5869, cases 1 and 3.
static void
hkdf_is_that_of_rfc_5869(void **state)
{
	(void)state;
	uint8_t input[22], salt[13], info[10], out[42];
	memset(input, 0x0b, sizeof input);
	for (size_t i = 0; i < sizeof salt; i++)
		salt[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof info; i++)
		info[i] = (uint8_t)(0xf0 + i);
	cm_hash_hkdf(cm_view_of(input, 22), cm_view_of(salt, 13), cm_view_of(info, 10), out, sizeof out);
	assert_bytes(out, 42, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
	cm_hash_hkdf(cm_view_of(input, 22), cm_view_of(NULL, 0), cm_view_of(NULL, 0), out, sizeof out);
	assert_bytes(out, 42, "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

static void
secrets_are_compared_and_wiped(void **state)
{
	(void)state;
	assert_true(cm_secret_equal(cm_view_text("same"), cm_view_text("same")));
	assert_true(cm_secret_equal(cm_view_of(NULL, 0), cm_view_of(NULL, 0)));
	assert_false(cm_secret_equal(cm_view_text("same"), cm_view_text("samf")));
	assert_false(cm_secret_equal(cm_view_text("same"), cm_view_text("sam")));
	struct cm_secret s;
	assert_int_equal(cm_secret_init(cm_view_text("word"), &s), CM_OK);
	assert_view_is(cm_secret_view(&s), "word");
	cm_secret_fini(&s);
	cm_secret_fini(&s);
	assert_int_equal(s.n, 0);
}

UNIT_MAIN(T(digests_are_those_of_the_standard), T(a_stream_gives_what_one_call_gives), T(hmac_is_that_of_rfc_4231),
          T(hkdf_is_that_of_rfc_5869), T(secrets_are_compared_and_wiped))
