// libcomity: reads, makes and checks packages, bundles and requests of mutual legal assistance. The library does no
// I/O: no file, network, clock, environment. What it needs it asks for step by step (see "steps" below), so the
// caller decides about files, threads and keys. The one exception: keys and ECDSA nonces of comity_signer come from
// the crypto library's generator.
// Names: comity_ for everything; opaque types are made by …_new and freed by …_free, which take NULL.
#ifndef COMITY_COMITY_H
#define COMITY_COMITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define COMITY_API __attribute__((visibility("default")))
#define COMITY_CHECKED __attribute__((warn_unused_result))
#else
#define COMITY_API
#define COMITY_CHECKED
#endif

// Bytes that somebody else owns. p may be NULL only when n is 0.
struct comity_view {
	const uint8_t *p;
	size_t n;
};

// What a call came to. The report passed to the call tells which rule and where.
enum comity_result {
	COMITY_OK = 0,
	COMITY_REFUSED = 1, // the input breaks a rule
	COMITY_NOMEM = 2,   // no memory
	COMITY_FAILED = 3,  // the machine under the library said no
	COMITY_BUG = 4,     // the call was wrong, or the library is
};

// A moment: microseconds since 1970-01-01T00:00:00Z.
struct comity_instant {
	int64_t us;
};

#define COMITY_HASH_SIZE 32
// A SHA-256 value.
struct comity_hash {
	uint8_t b[COMITY_HASH_SIZE];
};

// "0.1.0". Constant text.
COMITY_API const char *comity_version(void);

// Loads and seeds the crypto library. Call it once in every process before a sandbox closes and before threads
// start. Calling it again costs nothing.
COMITY_API COMITY_CHECKED enum comity_result comity_init(void);

// -- the two small jobs that every caller of the machines needs
// CRC-32 of ZIP over the bytes so far and more behind them. Start with 0.
COMITY_API uint32_t comity_crc(uint32_t so_far, struct comity_view more);

// CRC of two pieces one behind the other, each begun with 0, and the length of the second.
COMITY_API uint32_t comity_crc_join(uint32_t first, uint32_t second, uint64_t second_bytes);

// A running SHA-256: 128 bytes, copyable, needs no end.
struct comity_digest {
	uint64_t inner[16];
};
COMITY_API void comity_digest_init(struct comity_digest *digest);
COMITY_API void comity_digest_add(struct comity_digest *digest, struct comity_view more);
COMITY_API struct comity_hash comity_digest_final(struct comity_digest *digest);

// -- steps
// A machine (package, bundle, seal, open, verify) is driven like this:
//   while ((result = comity_X_step(machine, report, &step)) == COMITY_OK && step.kind != COMITY_STEP_DONE)
//           do what step.kind asks;
// A result other than COMITY_OK is the end; the machine may then only be freed.
enum comity_step_kind {
	COMITY_STEP_DONE = 0, // finished
	COMITY_STEP_NEED,     // read `length` bytes at `offset` and give them to comity_X_give()
	COMITY_STEP_HAVE,     // `bytes` come next in the output; valid until the next step
	COMITY_STEP_COPY,     // next in the output come `length` bytes of input `input` from `offset`, unchanged; hand the
	                      // same bytes in the same order to comity_X_digest(), at once or later, on any one thread
	COMITY_STEP_HASH,     // job `input`: digest `length` bytes at `offset`, answer with comity_X_hashed(); jobs are
	                      // independent: any number may run at once
	COMITY_STEP_WAIT,     // nothing more before the digests handed out so far are in
	COMITY_STEP_SIGN,     // have `statement` signed, answer with comity_X_signed()
	COMITY_STEP_RANDOM,   // give `length` fresh random bytes to comity_X_give()
};

// What is to be signed. Whoever holds the key builds the signed bytes itself from this and the time.
enum comity_purpose {
	COMITY_PURPOSE_NONE = 0,
	COMITY_PURPOSE_CADES, // CAdES-B-B signature over a manifest with this SHA-256
};
struct comity_statement {
	enum comity_purpose purpose;
	struct comity_hash digest;
};

struct comity_step {
	enum comity_step_kind kind;
	size_t input;
	uint64_t offset;
	uint64_t length;
	struct comity_view bytes;
	struct comity_statement statement;
};

// The answer to COMITY_STEP_SIGN: an ECDSA P-256 signature r||s (64 bytes) over the SHA-256 of the DER signed
// attributes, the signing time that stands in them, and the signer's certificates (DER, the signer's own first).
#define COMITY_SIGNATURE_CERTIFICATES 4
struct comity_signature {
	struct comity_instant time;
	uint8_t value[64];
	size_t count;
	struct comity_view certificates[COMITY_SIGNATURE_CERTIFICATES];
};

#ifdef __cplusplus
}
#endif

#endif
