// Evidence packages (ASiC-E with CAdES), court bundles, and sealing (age v1). doc/spec/package.md is the format.
//
// Five machines. Their steps are described in comity.h.
//   comity_pack     inputs → a container, as one stream
//   comity_bundle   a package and the court's files → one flat container, as one stream
//   comity_seal     plaintext chunks → sealed chunks, any number at once
//   comity_open     sealed chunks → plaintext chunks, any number at once, from a stream or at random
//   comity_verify   a container at random access → a report
#ifndef COMITY_PACKAGE_H
#define COMITY_PACKAGE_H

#include "comity/trust.h"

#ifdef __cplusplus
extern "C" {
#endif

// ---- pack: COPY, HAVE, WAIT, SIGN, RANDOM, DONE
struct comity_pack;

// Who packs, for the chain of custody. Texts are UTF-8; NULL means not said.
enum comity_custody_kind {
	COMITY_CUSTODY_RECEIVED,
	COMITY_CUSTODY_PRESERVED,
	COMITY_CUSTODY_COLLECTED,
	COMITY_CUSTODY_PACKED,
};
struct comity_custody_step {
	enum comity_custody_kind kind;
	struct comity_instant start, end;
	const char *description;
};
struct comity_custody {
	const char *investigation;  // reference of the case; NULL: "not stated"
	const char *authority;      // who acts; NULL: "not stated"
	const char *person;         // the person who acts
	const char *authorization;  // identifier of the authorisation
	const char *authorization_type;
	const char *exhibit;        // number of the exhibit; NULL: "1"
	const char *exhibit_description;
	const struct comity_custody_step *steps; // in the order in which they happened; none: one step "packed" at
	size_t step_count;                       // options.now
};

struct comity_pack_options {
	struct comity_instant now;             // stands in the headers
	const struct comity_custody *custody;  // NULL: nothing is said
};

// An input as the first pass over it found it. A second pass that finds other bytes is refused: pack_changed.
struct comity_pack_input {
	const char *name; // in the container below data/: "disk.img", "mail/1.eml"
	uint64_t size;
	uint32_t crc;
};

COMITY_API COMITY_CHECKED enum comity_result comity_pack_new(const struct comity_pack_options *options,
                                                             struct comity_report *report,
                                                             struct comity_pack **ret_pack);
COMITY_API void comity_pack_free(struct comity_pack *pack);
// Input number 0, 1, … in the order of the calls. Everything is copied. COMITY_REFUSED: the rules for names,
// zip_entry_too_big, zip_too_many_entries. Only before the first step.
COMITY_API COMITY_CHECKED enum comity_result comity_pack_add(struct comity_pack *pack,
                                                             const struct comity_pack_input *input,
                                                             struct comity_report *report);
// A small document under metadata/request/ (name without folder); the bytes are copied. It is no input.
COMITY_API COMITY_CHECKED enum comity_result comity_pack_add_request(struct comity_pack *pack, const char *name,
                                                                     struct comity_view bytes,
                                                                     struct comity_report *report);
COMITY_API COMITY_CHECKED enum comity_result comity_pack_step(struct comity_pack *pack, struct comity_report *report,
                                                              struct comity_step *ret_step);
// Answers RANDOM.
COMITY_API COMITY_CHECKED enum comity_result comity_pack_give(struct comity_pack *pack, struct comity_view bytes,
                                                              struct comity_report *report);
// The bytes of COPY steps, in order, in pieces of any size. May run on another thread than step(); whoever runs both
// calls step() after WAIT only when all digests are in. COMITY_REFUSED: pack_changed.
COMITY_API COMITY_CHECKED enum comity_result comity_pack_digest(struct comity_pack *pack, struct comity_view bytes,
                                                                struct comity_report *report);
// Answers SIGN.
COMITY_API COMITY_CHECKED enum comity_result comity_pack_signed(struct comity_pack *pack,
                                                                const struct comity_signature *signature,
                                                                struct comity_report *report);
// The package's identity: SHA-256 of its manifest. False before SIGN was asked.
COMITY_API bool comity_pack_identity(const struct comity_pack *pack, struct comity_hash *ret_identity);

// ---- bundle: NEED, COPY, HAVE, WAIT, SIGN, DONE. Input 0 is the package, `package_length` bytes at random access;
// NEED and COPY name their input.
struct comity_bundle;
struct comity_bundle_options {
	struct comity_instant now;
	uint64_t package_length;
};
COMITY_API COMITY_CHECKED enum comity_result comity_bundle_new(const struct comity_bundle_options *options,
                                                               struct comity_report *report,
                                                               struct comity_bundle **ret_bundle);
COMITY_API void comity_bundle_free(struct comity_bundle *bundle);
// A small document under court/ ("request.json", "proofs/1.xa.contact.tlog-proof"); the bytes are copied. Only
// before the first step.
COMITY_API COMITY_CHECKED enum comity_result comity_bundle_add(struct comity_bundle *bundle, const char *name,
                                                               struct comity_view bytes,
                                                               struct comity_report *report);
// COMITY_REFUSED: the rules of the container, and bundle_package (the bytes copied from the package are not the ones
// its manifest lists).
COMITY_API COMITY_CHECKED enum comity_result comity_bundle_step(struct comity_bundle *bundle,
                                                                struct comity_report *report,
                                                                struct comity_step *ret_step);
COMITY_API COMITY_CHECKED enum comity_result comity_bundle_give(struct comity_bundle *bundle, struct comity_view bytes,
                                                                struct comity_report *report);
COMITY_API COMITY_CHECKED enum comity_result comity_bundle_digest(struct comity_bundle *bundle,
                                                                  struct comity_view bytes,
                                                                  struct comity_report *report);
COMITY_API COMITY_CHECKED enum comity_result comity_bundle_signed(struct comity_bundle *bundle,
                                                                  const struct comity_signature *signature,
                                                                  struct comity_report *report);

// ---- seal and open: chunks of COMITY_SEAL_CHUNK plain bytes become COMITY_SEAL_SEALED bytes; the last chunk of a file
// may be shorter, and is empty only when the whole file is.
#define COMITY_SEAL_CHUNK 65536
#define COMITY_SEAL_SEALED 65552

struct comity_chunk {
	uint64_t number; // from 0
	bool last;       // of the file
};

struct comity_seal;
struct comity_seal_worker; // encrypts or decrypts chunks; one for each thread

COMITY_API COMITY_CHECKED enum comity_result comity_seal_new(struct comity_seal **ret_seal);
COMITY_API void comity_seal_free(struct comity_seal *seal);
// A recipient in age's text form, "age1…". COMITY_REFUSED: seal_recipient, seal_recipients (too many, or twice the
// same).
COMITY_API COMITY_CHECKED enum comity_result comity_seal_to(struct comity_seal *seal, const char *recipient,
                                                            struct comity_report *report);
// RANDOM once, HAVE the header, then DONE: from here on workers can be made.
COMITY_API COMITY_CHECKED enum comity_result comity_seal_step(struct comity_seal *seal, struct comity_report *report,
                                                              struct comity_step *ret_step);
COMITY_API COMITY_CHECKED enum comity_result comity_seal_give(struct comity_seal *seal, struct comity_view bytes,
                                                              struct comity_report *report);
COMITY_API COMITY_CHECKED enum comity_result comity_seal_worker_new(const struct comity_seal *seal,
                                                                    struct comity_seal_worker **ret_worker);
COMITY_API void comity_seal_worker_free(struct comity_seal_worker *worker);
// Encrypts one chunk: plain.n + 16 bytes to `ret_sealed`, which may be plain.p.
COMITY_API COMITY_CHECKED enum comity_result comity_seal_chunk(struct comity_seal_worker *worker,
                                                               struct comity_chunk chunk, struct comity_view plain,
                                                               uint8_t *ret_sealed);

struct comity_open;
// With identities of people ("AGE-SECRET-KEY-1…"), or with the 16-byte file key that a keeper unwrapped.
COMITY_API COMITY_CHECKED enum comity_result comity_open_new(struct comity_open **ret_open);
COMITY_API void comity_open_free(struct comity_open *open);
// The text of an identity file: one identity a line, empty lines and lines from '#' are skipped. COMITY_REFUSED:
// seal_identity (names the line, never its text).
COMITY_API COMITY_CHECKED enum comity_result comity_open_identities(struct comity_open *open, struct comity_view text,
                                                                    struct comity_report *report);
COMITY_API COMITY_CHECKED enum comity_result comity_open_file_key(struct comity_open *open, const uint8_t key[16]);
// NEED bytes of the start of the file (each time from offset 0 on, more than before; give fewer when the file ends),
// then DONE. COMITY_REFUSED: seal_header, seal_no_match, seal_mac …
COMITY_API COMITY_CHECKED enum comity_result comity_open_step(struct comity_open *open, struct comity_report *report,
                                                              struct comity_step *ret_step);
COMITY_API COMITY_CHECKED enum comity_result comity_open_give(struct comity_open *open, struct comity_view bytes,
                                                              struct comity_report *report);
// Offset of the first chunk. After DONE.
COMITY_API uint64_t comity_open_payload(const struct comity_open *open);
// Plain length of a sealed file of `length` bytes; false for a length that no sealed file has.
COMITY_API COMITY_CHECKED bool comity_open_plain_length(const struct comity_open *open, uint64_t length,
                                                        uint64_t *ret_plain);
// Length of a file sealed to so many recipients; false on overflow.
COMITY_API COMITY_CHECKED bool comity_seal_length(size_t recipients, uint64_t plain, uint64_t *ret_sealed);
COMITY_API COMITY_CHECKED enum comity_result comity_open_worker_new(const struct comity_open *open,
                                                                    struct comity_seal_worker **ret_worker);
// Decrypts one chunk: sealed.n - 16 bytes to `ret_plain`, which may be sealed.p. COMITY_REFUSED: seal_chunk.
COMITY_API COMITY_CHECKED enum comity_result comity_open_chunk(struct comity_seal_worker *worker,
                                                               struct comity_chunk chunk, struct comity_view sealed,
                                                               struct comity_report *report, uint8_t *ret_plain);

// ---- verify: NEED, HASH, WAIT, DONE
struct comity_verify;
struct comity_verify_options {
	const struct comity_trust *trust; // NULL: origin is not judged
	// NULL: whether keys were good at their time is not judged. Else each signature gets a check "key"; without the list of its
	// State, or by one that is too old for it, it is not judged, and the verdict is at best "intact".
	const struct comity_directory *directory;
	// Since when the caller has the file, by its own knowledge: what is in it was signed before. us 0: unknown. For a key that was
	// revoked later this, or another node's register in the bundle, has to say so: its own signature may be dated back.
	struct comity_instant received;
};
// `trust` and `directory` have to live as long as the verification. A package or bundle of `length` bytes at random access.
COMITY_API COMITY_CHECKED enum comity_result comity_verify_new(const struct comity_verify_options *options,
                                                               uint64_t length, struct comity_verify **ret_verify);
COMITY_API void comity_verify_free(struct comity_verify *verify);
// Runs all checks. What the container breaks is a failed check and a finding in the report; the result stays
// COMITY_OK until DONE, unless the container cannot be read any further (COMITY_REFUSED; the report has its verdict
// then too). Ask comity_report_verdict() at the end, whichever way it came.
COMITY_API COMITY_CHECKED enum comity_result comity_verify_step(struct comity_verify *verify,
                                                                struct comity_report *report,
                                                                struct comity_step *ret_step);
COMITY_API COMITY_CHECKED enum comity_result comity_verify_give(struct comity_verify *verify, struct comity_view bytes,
                                                                struct comity_report *report);
// Answers a HASH job: SHA-256 and CRC of its bytes. Must not run at the same time as step().
COMITY_API COMITY_CHECKED enum comity_result comity_verify_hashed(struct comity_verify *verify, size_t job,
                                                                  const struct comity_hash *sha256, uint32_t crc);

// -- what stands in the container, after DONE or a refusal that came later than the directory
struct comity_entry {
	const char *name; // checked: relative, showable
	uint64_t size;
	uint64_t offset; // of the contents in the container
	uint32_t crc;
	bool has_sha256; // from the manifest
	struct comity_hash sha256;
};
COMITY_API size_t comity_verify_entries(const struct comity_verify *verify);
COMITY_API bool comity_verify_entry(const struct comity_verify *verify, size_t at, struct comity_entry *ret_entry);

#ifdef __cplusplus
}
#endif

#endif
