// Sealing: age v1 (C2SP age.md) with X25519 recipients. Pure functions over bytes: the caller reads, writes, counts
// chunks and runs threads. A sealed file is
//   header (text, ends with the MAC line) || 16-byte nonce || chunks of 65,536 + 16 bytes
// where the last chunk is shorter or full, never empty (but an empty plaintext is one chunk of 16 bytes).
// Source: seal_text.c (Bech32), seal_header.c (header), ossl/seal.c (chunks), seal_size.c (sizes).
#ifndef CM_CRYPTO_SEAL_H
#define CM_CRYPTO_SEAL_H

#include "base/tab_limit.h"
#include "crypto/key.h"

#define CM_SEAL_CHUNK 65536 // bytes of plaintext in a full chunk
#define CM_SEAL_TAG 16
#define CM_SEAL_SEALED_CHUNK (CM_SEAL_CHUNK + CM_SEAL_TAG)
#define CM_SEAL_NONCE 16
#define CM_SEAL_TEXT 80 // longest text of a recipient or identity with its NUL

struct cm_seal_recipient {
	uint8_t b[32]; // X25519 public key
};
struct cm_seal_identity {
	uint8_t b[32]; // X25519 secret; wipe with cm_seal_identity_fini()
};
struct cm_seal_file_key {
	uint8_t b[16]; // wipe with cm_seal_file_key_fini()
};
void cm_seal_identity_fini(struct cm_seal_identity *identity);
void cm_seal_file_key_fini(struct cm_seal_file_key *key);

// -- text forms: "age1…" and "AGE-SECRET-KEY-1…", Bech32 (BIP 173), strict: one case, right checksum, zero padding.
// Refused: seal_recipient, seal_identity. Reading takes exactly the text: no white space, no comment.
CM_CHECKED cm_result cm_seal_recipient_read(struct cm_view text, struct cm_report *report,
                                            struct cm_seal_recipient *ret_recipient);
void cm_seal_recipient_write(const struct cm_seal_recipient *recipient, char to[CM_SEAL_TEXT]);
CM_CHECKED cm_result cm_seal_identity_read(struct cm_view text, struct cm_report *report,
                                           struct cm_seal_identity *ret_identity);
void cm_seal_identity_write(const struct cm_seal_identity *identity, char to[CM_SEAL_TEXT]);
CM_CHECKED bool cm_seal_recipient_of(const struct cm_seal_identity *identity, struct cm_seal_recipient *ret_recipient);

// -- header
// All chance a sealing needs, told by the caller; never use the same one twice. Wipe it afterwards.
struct cm_seal_random {
	struct cm_seal_file_key file_key;
	uint8_t nonce[CM_SEAL_NONCE];
	uint8_t ephemeral[CM_LIMIT_SEAL_RECIPIENTS_VALUE][32]; // one for each recipient
};

// Appends header and payload nonce. 1 … CM_LIMIT_SEAL_RECIPIENTS_VALUE recipients (else CM_BUG). Refused:
// seal_recipient (a small-order point).
CM_CHECKED cm_result cm_seal_header_write(const struct cm_seal_recipient *recipients, size_t count,
                                          const struct cm_seal_random *random, struct cm_report *report,
                                          struct cm_buf *to);

// The length of that header with its nonce, known before it is written.
size_t cm_seal_header_size(size_t recipients);

struct cm_seal_stanza {
	struct cm_view line; // "type arg arg …" without "-> "
	struct cm_view type;
	bool is_x25519; // then the two fields below are set
	uint8_t share[32];
	uint8_t body[32];
};

// A parsed header, as views into the bytes it was read from.
struct cm_seal_header {
	size_t n;               // bytes of the header, its last LF included; the nonce follows
	struct cm_view covered; // what the MAC covers: up to and including "---"
	uint8_t mac[32];
	size_t count;
	struct cm_seal_stanza stanzas[CM_LIMIT_SEAL_STANZAS_VALUE];
};

// Parses the header at the start of `bytes` (more may follow). When `bytes` may be only a beginning, ask
// cm_seal_header_end() first. Stanzas of other types are kept but not judged, as the specification says. Refused:
// seal_header, seal_too_large.
CM_CHECKED cm_result cm_seal_header_read(struct cm_view bytes, struct cm_report *report,
                                         struct cm_seal_header *ret_header);

// Length of the header when `bytes` holds all of it; 0 when more bytes are needed. At CM_LIMIT_SEAL_HEADER_VALUE bytes
// without an end, stop reading and let cm_seal_header_read() refuse it.
size_t cm_seal_header_end(struct cm_view bytes);

// Unwraps the file key with the first stanza that opens, and checks the MAC. Refused: seal_no_match (sealed to others),
// seal_mac (header changed), seal_header (a stanza for us that breaks the rules).
CM_CHECKED cm_result cm_seal_unwrap(const struct cm_seal_header *header, const struct cm_seal_identity *identity,
                                    struct cm_report *report, struct cm_seal_file_key *ret_key);

// The MAC alone, for who was given the file key. Refused: seal_mac.
CM_CHECKED cm_result cm_seal_mac_check(const struct cm_seal_header *header, const struct cm_seal_file_key *key,
                                       struct cm_report *report);

// -- payload
// A keyed context for chunks of one file. One for each thread; none allocates after its making.
struct cm_seal_stream;
enum cm_seal_direction { CM_SEAL_ENCRYPT, CM_SEAL_DECRYPT };

CM_CHECKED cm_result cm_seal_stream_new(const struct cm_seal_file_key *key, const uint8_t nonce[CM_SEAL_NONCE],
                                        enum cm_seal_direction direction, struct cm_seal_stream **ret_stream);
void cm_seal_stream_free(struct cm_seal_stream *stream);
void cm_seal_stream_free_at(struct cm_seal_stream **stream);

// Which chunk: number from 0, and whether it is the last of the file.
struct cm_seal_chunk {
	uint64_t number;
	bool last;
};

// plain.n ≤ CM_SEAL_CHUNK, exactly that unless last (else CM_BUG). Writes plain.n + CM_SEAL_TAG bytes to `ret_sealed`,
// which may be plain.p itself.
CM_CHECKED cm_result cm_seal_chunk_encrypt(struct cm_seal_stream *stream, struct cm_seal_chunk chunk,
                                           struct cm_view plain, uint8_t *ret_sealed);
// Writes sealed.n − CM_SEAL_TAG bytes to `ret_plain` (may be sealed.p itself; its contents are void after a refusal).
// Refused: seal_chunk (changed, cut, reordered, other key; an empty last chunk that is not the first; a length that no
// chunk has).
CM_CHECKED cm_result cm_seal_chunk_decrypt(struct cm_seal_stream *stream, struct cm_seal_chunk chunk,
                                           struct cm_view sealed, struct cm_report *report, uint8_t *ret_plain);

// -- sizes; "payload" is all chunks, without header and nonce
uint64_t cm_seal_chunks_of_plain(uint64_t plain);
// False on overflow.
CM_CHECKED bool cm_seal_payload_of_plain(uint64_t plain, uint64_t *ret_payload);
// False for a length that no payload has.
CM_CHECKED bool cm_seal_plain_of_payload(uint64_t payload, uint64_t *ret_plain);

#endif
