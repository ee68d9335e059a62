// Knows: the members of a JWS header of this program (RFC 7515; RFC 7518 section 3.4). Does not know: keys, signatures,
// certificates; they are judged in crypto.
#include <stddef.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_shape.h"
#include "format/json_jws.h"

struct cm_json_jws_header {
	struct cm_view type, certificate, request;
	const struct cm_view *chain;
	size_t chain_count;
};

#define H cm_json_jws_header

static const struct cm_json_shape_field cm_json_jws_fields[] = {
        {"alg", CM_SHAPE_FIXED, .need = CM_SHAPE_ALWAYS, .fixed = "ES256"},
        {"req#S256", CM_SHAPE_TEXT, offsetof(struct H, request), .form = CM_FORM_BASE64URL},
        {"typ", CM_SHAPE_TEXT, offsetof(struct H, type), .form = CM_FORM_LINE, .need = CM_SHAPE_ALWAYS},
        {"x5c", CM_SHAPE_BASE64, offsetof(struct H, chain), .many = true, .count_at = offsetof(struct H, chain_count),
         .max = CM_LIMIT_CERTIFICATE_BYTES_VALUE, .most = CM_LIMIT_JWS_CHAIN_VALUE},
        {"x5t#S256", CM_SHAPE_TEXT, offsetof(struct H, certificate), .form = CM_FORM_BASE64URL,
         .need = CM_SHAPE_ALWAYS},
};
static const struct cm_json_shape cm_json_jws_shape = {
        "JWS header", cm_json_jws_fields, sizeof cm_json_jws_fields / sizeof *cm_json_jws_fields, sizeof(struct H),
        NULL};

// The texts of the header as bytes.
static bool
cm_json_jws_take(const struct H *header, const char *type, struct cm_json_jws *jws)
{
	jws->answers = header->request.n != 0;
	jws->chain = header->chain;
	jws->chain_count = header->chain_count;
	return cm_view_is(header->type, type) &&
	       cm_b64_read_exact(header->certificate, CM_B64_URL, jws->certificate_sha256, 32) &&
	       (!jws->answers || cm_b64_read_exact(header->request, CM_B64_URL, jws->request_sha256, 32));
}

cm_result
cm_json_jws_read(struct cm_view protected_b64, const char *type, enum cm_error rule, struct cm_arena *arena,
                 struct cm_report *report, struct cm_json_jws *ret_jws)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_json_shape_rules rules = {rule, rule, rule, rule, rule, rule, rule, rule};
	struct cm_json_shape_reader reader = {.arena = arena, .rules = &rules};
	struct H header = {.chain = NULL};
	struct cm_json_jws jws = {.chain = NULL};
	if (!cm_b64_is(protected_b64, CM_B64_URL))
		return cm_report_refuse(report, rule, "/Signature/protected", "not base64url");
	cm_result r = cm_b64_read(protected_b64, CM_B64_URL, &text) ? CM_OK : cm_buf_result(&text);
	if (r == CM_OK)
		r = cm_json_read(cm_buf_view(&text), CM_LIMIT_MESSAGE_BYTES_VALUE, NULL, &json);
	if (r == CM_NOMEM)
		return r;
	if (r != CM_OK)
		return cm_report_refuse(report, rule, "/Signature/protected", "not JSON");
	cm_json_shape_enter(&reader, "Signature");
	cm_json_shape_enter(&reader, "protected");
	bool good = cm_json_shape_read(&reader, &cm_json_jws_shape, cm_json_root(json), &header);
	if (good && !cm_json_jws_take(&header, type, &jws)) {
		cm_json_shape_fault(&reader, rule, "typ or a digest is not as it must be");
		good = false;
	}
	if (report != NULL)
		cm_report_join(report, &reader.found);
	if (arena->failed)
		return CM_NOMEM;
	if (good)
		*ret_jws = jws;
	return good ? CM_OK : CM_REFUSED;
}

cm_result
cm_json_jws_signer(const struct cm_json_jws_alone *jws, struct cm_arena *arena, struct cm_report *report,
                   struct cm_view *ret_certificate_sha256)
{
	struct cm_json_jws header;
	uint8_t raw[64];
	if (!cm_b64_read_exact(jws->signature_b64, CM_B64_URL, raw, sizeof raw))
		return cm_report_refuse(report, jws->rule, jws->place, "not 64 bytes");
	cm_result r = cm_json_jws_read(jws->protected_b64, jws->type, jws->rule, arena, report, &header);
	if (r != CM_OK)
		return r;
	if (header.answers || header.chain_count != 0)
		return cm_report_refuse(report, jws->rule, jws->place, "req#S256 or x5c");
	*ret_certificate_sha256 = cm_arena_copy(arena, cm_view_of(header.certificate_sha256, 32));
	return CM_OK;
}

void
cm_json_jws_alone_write(const char *type, const uint8_t certificate_sha256[32], struct cm_buf *to)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) header = cm_buf_of(256);
	cm_buf_printf(&header, "{\"alg\":\"ES256\",\"typ\":\"%s\",\"x5t#S256\":\"", type);
	cm_b64_write(&header, cm_view_of(certificate_sha256, 32), CM_B64_URL);
	cm_buf_text(&header, "\"}");
	if (cm_buf_result(&header) != CM_OK)
		to->failed = cm_buf_result(&header);
	cm_b64_write(to, cm_buf_view(&header), CM_B64_URL);
}
