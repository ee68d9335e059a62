// Any bytes as the parts of a JWS (signature, protected, payload; a line each), as a DER signature, public key and
// private key.
#include <stdlib.h>

#include "base/mem.h"
#include "base/rd.h"
#include "crypto/jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
keys(struct cm_view v)
{
	struct cm_key_signature sig;
	struct cm_key_public public;
	struct cm_key *key = NULL;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(65536);
	if (cm_key_der_read(v, &sig)) {
		struct cm_key_der der;
		must(cm_key_der_write(&sig, &der) && cm_view_equal(cm_view_of(der.b, der.n), v));
	}
	if (cm_key_spki_read(v, NULL, &public) == CM_OK)
		must(cm_key_spki_write(&public, &b) == CM_OK && cm_view_equal(cm_buf_view(&b), v));
	if (cm_key_pem_read(v, cm_view_of(NULL, 0), NULL, &key) == CM_OK) {
		must(cm_key_kind(key) != CM_KEY_NONE);
		cm_key_free(key);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_view v = cm_view_of(data, size);
	struct cm_rd rd = cm_rd_of(v);
	keys(v);
	struct cm_view text = cm_rd_until(&rd, '\n'), header = cm_rd_until(&rd, '\n');
	struct cm_key_signature sig;
	if (rd.failed || cm_jws_signature_read(text, NULL, &sig) != CM_OK)
		return 0;
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(128);
	cm_jws_signature_write(&sig, &b);
	must(cm_view_equal(cm_buf_view(&b), text));
	// P-256 base point: somebody's public key
	static const uint8_t spki[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
	                               0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
	                               0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5,
	                               0x63, 0xa4, 0x40, 0xf2, 0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4,
	                               0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f, 0xe3, 0x42, 0xe2, 0xfe, 0x1a,
	                               0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce, 0x33,
	                               0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5};
	struct cm_key_public key;
	must(cm_key_spki_read(cm_view_of(spki, sizeof spki), NULL, &key) == CM_OK);
	struct cm_hash digest = cm_jws_digest(header, cm_rd_bytes(&rd, cm_rd_left(&rd)));
	cm_result r = cm_jws_verify(&digest, &sig, &key, NULL);
	must(r == CM_OK || r == CM_REFUSED);
	return 0;
}
