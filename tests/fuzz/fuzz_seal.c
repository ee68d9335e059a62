// Any bytes as a sealed file, as a recipient and as an identity. A header that is taken has one spelling and ends where
// the search says.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
texts(struct cm_view v)
{
	struct cm_seal_recipient recipient;
	struct cm_seal_identity identity;
	char text[CM_SEAL_TEXT];
	if (cm_seal_recipient_read(v, NULL, &recipient) == CM_OK) {
		cm_seal_recipient_write(&recipient, text);
		must(cm_view_is(v, text));
	}
	if (cm_seal_identity_read(v, NULL, &identity) == CM_OK) {
		cm_seal_identity_write(&identity, text);
		must(cm_view_is(v, text));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	// the identity of tests/vectors/seal and the corpus
	static const char own[] = "AGE-SECRET-KEY-1KT9FNM29JUKXYUZ4AWQUGNHRQENX4ALKTL66ZVSXUF8TCFDYG4PSWWWY3L";
	static uint8_t plain[CM_SEAL_CHUNK];
	struct cm_view v = cm_view_of(data, size);
	struct cm_report report = {0};
	struct cm_seal_identity identity;
	struct cm_seal_header h;
	struct cm_seal_file_key key = {{0}};
	texts(v);
	must(cm_seal_identity_read(cm_view_text(own), NULL, &identity) == CM_OK);
	if (cm_seal_header_read(v, &report, &h) != CM_OK) {
		must(report.count != 0);
		return 0;
	}
	must(cm_seal_header_end(v) == h.n && h.count != 0);
	cm_result r = cm_seal_unwrap(&h, &identity, &report, &key);
	must(r == CM_OK || r == CM_REFUSED);
	if (size - h.n < CM_SEAL_NONCE)
		return 0;
	struct cm_seal_stream *s;
	must(cm_seal_stream_new(&key, data + h.n, CM_SEAL_DECRYPT, &s) == CM_OK);
	struct cm_view rest = cm_view_part(v, h.n + CM_SEAL_NONCE, size);
	uint64_t n;
	if (cm_seal_plain_of_payload(rest.n, &n)) {
		uint64_t again;
		must(cm_seal_payload_of_plain(n, &again) && again == rest.n);
	}
	r = cm_seal_chunk_decrypt(s, (struct cm_seal_chunk){0, rest.n <= CM_SEAL_SEALED_CHUNK},
	                          cm_view_part(rest, 0, CM_SEAL_SEALED_CHUNK), &report, plain);
	must(r == CM_OK || r == CM_REFUSED);
	cm_seal_stream_free(s);
	return 0;
}
