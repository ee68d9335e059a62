// Knows: the protected header we write and the ES256 signature over a detached payload (RFC 7515, RFC 7797's idea
// without its header: the payload is encoded as usual, only not carried). Does not know: JSON of strangers.
#include "base/b64.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"

static void
cm_jws_hash_write(struct cm_buf *to, const struct cm_hash *h)
{
	cm_buf_u8(to, '"');
	cm_b64_write(to, cm_hash_view(h), CM_B64_URL);
	cm_buf_u8(to, '"');
}

cm_result
cm_jws_protected_write(const struct cm_jws_spec *spec, struct cm_buf *to)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf h = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	if (spec->chain_count > CM_LIMIT_CERTIFICATES_VALUE)
		return CM_BUG;
	cm_buf_text(&h, "{\"alg\":\"ES256\"");
	if (spec->request != NULL) {
		cm_buf_text(&h, ",\"req#S256\":");
		cm_jws_hash_write(&h, spec->request);
	}
	cm_buf_text(&h, ",\"typ\":\"" CM_JWS_TYPE "\"");
	for (size_t i = 0; i < spec->chain_count; i++) {
		cm_buf_text(&h, i == 0 ? ",\"x5c\":[\"" : ",\"");
		cm_b64_write(&h, spec->chain[i], CM_B64_STANDARD);
		cm_buf_u8(&h, '"');
	}
	cm_buf_text(&h, spec->chain_count != 0 ? "],\"x5t#S256\":" : ",\"x5t#S256\":");
	cm_jws_hash_write(&h, &spec->certificate);
	cm_buf_u8(&h, '}');
	if (cm_buf_result(&h) != CM_OK)
		return cm_buf_result(&h);
	cm_b64_write(to, cm_buf_view(&h), CM_B64_URL);
	return cm_buf_result(to);
}

// The payload goes through base64url in pieces: no copy of the whole is made.
struct cm_hash
cm_jws_digest(struct cm_view protected_b64, struct cm_view payload)
{
	struct cm_hash_stream s;
	cm_hash_init(&s);
	cm_hash_add(&s, protected_b64);
	cm_hash_add(&s, cm_view_text("."));
	for (size_t at = 0; at < payload.n; at += 768) { // a multiple of 3
		char text[1024];
		size_t n = cm_b64_text(cm_view_part(payload, at, 768), CM_B64_URL, text);
		cm_hash_add(&s, cm_view_of(text, n));
	}
	return cm_hash_final(&s);
}

struct cm_hash
cm_jws_request(struct cm_view payload)
{
	return cm_hash_of(payload);
}

void
cm_jws_signature_write(const struct cm_key_signature *sig, struct cm_buf *to)
{
	cm_b64_write(to, cm_view_of(sig->b, sizeof sig->b), CM_B64_URL);
}

cm_result
cm_jws_signature_read(struct cm_view text, struct cm_report *report, struct cm_key_signature *ret_sig)
{
	struct cm_key_signature sig;
	if (!cm_b64_read_exact(text, CM_B64_URL, sig.b, sizeof sig.b))
		return cm_report_refuse(report, CM_ERROR_JWS_SIGNATURE_FORM, "/Signature/signature", "%zu characters",
		                        text.n);
	*ret_sig = sig;
	return CM_OK;
}

cm_result
cm_jws_verify(const struct cm_hash *digest, const struct cm_key_signature *sig, const struct cm_key_public *key,
              struct cm_report *report)
{
	if (key->kind != CM_KEY_P256)
		return cm_report_refuse(report, CM_ERROR_JWS_KEY, "/Signature", "the key is not P-256");
	cm_result r = cm_key_verify_digest(key, digest, sig, NULL);
	if (r == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_JWS_SIGNATURE, "/Signature", "it does not fit the message");
	return r;
}
