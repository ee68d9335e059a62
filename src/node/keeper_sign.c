// Knows: the typed statements that are signed (data/purposes.tab) and how each one's bytes are made. Does not know: who asks or
// why. Nothing is signed as it came: the keeper builds or checks the signed bytes itself, so no purpose can be lent to another.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/rd.h"
#include "crypto/cms.h"
#include "crypto/jws.h"
#include "crypto/note.h"
#include "crypto/statement.h"
#include "format/card.h"
#include "os/clock.h"
#include "os/rand.h"

static cm_result
cm_keeper_sign_malformed(struct cm_report *report, enum cm_purpose purpose)
{
	return cm_report_refuse(report, CM_ERROR_KEEPER_FORM, cm_purpose_row(purpose)->name, "malformed");
}

// A time in a statement must be ours, more or less: a signature is never dated back.
static cm_result
cm_keeper_sign_time(struct cm_instant time, enum cm_purpose purpose, struct cm_report *report)
{
	int64_t skew = cm_clock_utc().us - time.us;
	if (skew > CM_LIMIT_SIGN_SKEW_S_VALUE * CM_INSTANT_SECOND ||
	    skew < -CM_LIMIT_SIGN_SKEW_S_VALUE * CM_INSTANT_SECOND)
		return cm_report_refuse(report, CM_ERROR_KEEPER_TIME, cm_purpose_row(purpose)->name, "%lld s apart",
		                        (long long)(skew / CM_INSTANT_SECOND));
	return CM_OK;
}

// ECDSA by authority-sign over SHA-256 of `message`, as 64 bytes.
static cm_result
cm_keeper_sign_message(struct cm_keeper *keeper, const struct cm_buf *message, struct cm_buf *answer)
{
	struct cm_key_signature sig;
	cm_result r = cm_buf_result(message);
	if (r == CM_OK)
		r = cm_key_sign(keeper->keys.sign, cm_buf_view(message), &sig);
	if (r == CM_OK)
		cm_buf_add(answer, sig.b, sizeof sig.b);
	return r;
}

cm_result
cm_keeper_sign_keys(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	if (payload.n != 0)
		return cm_report_refuse(report, CM_ERROR_KEEPER_FORM, "keys", "malformed");
	cm_ipc_keeper_keys_write(&keeper->keys.public, answer);
	return CM_OK;
}

cm_result
cm_keeper_sign_cades(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc_cades cades;
	if (!cm_ipc_keeper_cades_read(payload, &cades) || cades.time.us % CM_INSTANT_SECOND != 0)
		return cm_keeper_sign_malformed(report, CM_PURPOSE_CADES);
	cm_result r = cm_keeper_sign_time(cades.time, CM_PURPOSE_CADES, report);
	CM_CLEANUP(cm_buf_fini) struct cm_buf attributes = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	if (r == CM_OK)
		r = cm_cms_attributes(&cades.manifest, cades.time, keeper->keys.chain.der[0], &attributes);
	return r == CM_OK ? cm_keeper_sign_message(keeper, &attributes, answer) : r;
}

// Is it the header of one of our messages, byte for byte as it is made here? Then it is a header of nothing else, whoever reads
// it. All that a message may bring is the digest of the request that it answers.
static bool
cm_keeper_sign_header_may(const struct cm_keeper *keeper, struct cm_view protected_b64)
{
	static const char front[] = "{\"alg\":\"ES256\",\"req#S256\":\"";
	CM_CLEANUP(cm_buf_fini) struct cm_buf header = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf ours = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_jws_spec spec = {.certificate = cm_hash_of(keeper->keys.chain.der[0])};
	struct cm_hash request;
	if (!cm_b64_read(protected_b64, CM_B64_URL, &header))
		return false;
	if (cm_view_starts(cm_buf_view(&header), front)) {
		struct cm_view text = cm_view_part(cm_buf_view(&header), sizeof front - 1, 43);
		if (!cm_b64_read_exact(text, CM_B64_URL, request.b, sizeof request.b))
			return false;
		spec.request = &request;
	}
	return cm_jws_protected_write(&spec, &ours) == CM_OK && cm_view_equal(cm_buf_view(&ours), protected_b64);
}

cm_result
cm_keeper_sign_hi1(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc_hi1 hi1;
	if (!cm_ipc_keeper_hi1_read(payload, &hi1) || hi1.payload.n > CM_LIMIT_MESSAGE_BYTES_VALUE ||
	    !cm_view_starts(hi1.payload, "{") || !cm_keeper_sign_header_may(keeper, hi1.protected_b64))
		return cm_keeper_sign_malformed(report, CM_PURPOSE_HI1);
	struct cm_hash digest = cm_jws_digest(hi1.protected_b64, hi1.payload);
	struct cm_key_signature sig;
	cm_result r = cm_key_sign_digest(keeper->keys.sign, &digest, &sig);
	if (r == CM_OK)
		cm_buf_add(answer, sig.b, sizeof sig.b);
	return r;
}

cm_result
cm_keeper_sign_card(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	if (payload.n == 0 || payload.n > CM_LIMIT_CARD_BYTES_VALUE || !cm_view_starts(payload, "{"))
		return cm_keeper_sign_malformed(report, CM_PURPOSE_CARD);
	// The header is written here, so that its type says "card" whatever the node wants.
	CM_CLEANUP(cm_buf_fini) struct cm_buf protected = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_hash certificate = cm_hash_of(keeper->keys.chain.der[0]);
	cm_card_protected_write(certificate.b, &protected);
	struct cm_hash digest = cm_jws_digest(cm_buf_view(&protected), payload);
	struct cm_key_signature sig;
	cm_result r = cm_buf_result(&protected);
	if (r == CM_OK)
		r = cm_key_sign_digest(keeper->keys.sign, &digest, &sig);
	if (r == CM_OK)
		cm_buf_add(answer, sig.b, sizeof sig.b);
	return r;
}

static cm_result
cm_keeper_sign_acts_now(struct cm_keeper *keeper, const struct cm_ipc_acts *acts, struct cm_buf *answer)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf message = cm_buf_of(CM_STATEMENT_ACTS);
	cm_statement_acts(&acts->root, acts->count, acts->time, &message);
	return cm_keeper_sign_message(keeper, &message, answer);
}

cm_result
cm_keeper_sign_acts(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc_acts acts;
	if (!cm_ipc_keeper_acts_read(payload, &acts) || acts.count == 0)
		return cm_keeper_sign_malformed(report, CM_PURPOSE_ACT_BATCH);
	cm_result r = cm_keeper_sign_time(acts.time, CM_PURPOSE_ACT_BATCH, report);
	return r == CM_OK ? cm_keeper_sign_acts_now(keeper, &acts, answer) : r;
}

// The guard first, durably; then the note. Ed25519 gives the same bytes each time, so a crash between is healed by asking again.
static cm_result
cm_keeper_sign_head_now(struct cm_keeper *keeper, const struct cm_ipc_head *head, struct cm_report *report,
                        struct cm_buf *answer)
{
	struct cm_note_key name;
	struct cm_key_signature sig;
	CM_CLEANUP(cm_buf_fini) struct cm_buf text = cm_buf_of(2 * CM_LIMIT_LOG_ORIGIN_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf message = cm_buf_of(2 * CM_LIMIT_LOG_ORIGIN_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf note = cm_buf_of(6 * CM_LIMIT_LOG_ORIGIN_VALUE);
	cm_result r = cm_note_key_make(head->origin, CM_NOTE_ED25519, keeper->keys.public.log, report, &name);
	if (r == CM_OK)
		r = cm_keeper_guard_take(&keeper->guard, keeper->keys.public.node, head, report);
	if (r != CM_OK)
		return r;
	cm_statement_head(head->origin, head->head.size, &head->head.root, &text);
	cm_note_message(CM_NOTE_ED25519, 0, cm_buf_view(&text), &message);
	r = cm_buf_result(&message);
	if (r == CM_OK)
		r = cm_key_sign(keeper->keys.log, cm_buf_view(&message), &sig);
	if (r != CM_OK)
		return r;
	cm_buf_view_add(&note, cm_buf_view(&text));
	cm_buf_text(&note, "\n");
	cm_note_line_write(&name, 0, &sig, &note);
	cm_buf_field(answer, cm_buf_view(&note));
	return cm_buf_result(&note);
}

cm_result
cm_keeper_sign_head(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc_head head;
	if (!cm_ipc_keeper_head_read(payload, &head))
		return cm_keeper_sign_malformed(report, CM_PURPOSE_CHECKPOINT);
	return cm_keeper_sign_head_now(keeper, &head, report, answer);
}

cm_result
cm_keeper_sign_cycle(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc_cycle cycle;
	if (!cm_ipc_keeper_cycle_read(payload, &cycle) || cycle.acts.count == 0)
		return cm_keeper_sign_malformed(report, CM_PURPOSE_ACT_BATCH);
	CM_CLEANUP(cm_buf_fini) struct cm_buf acts = cm_buf_of(CM_KEY_SIGNATURE_SIZE);
	cm_result r = cm_keeper_sign_time(cycle.acts.time, CM_PURPOSE_ACT_BATCH, report);
	if (r == CM_OK)
		r = cm_keeper_sign_acts_now(keeper, &cycle.acts, &acts);
	if (r != CM_OK)
		return r;
	cm_buf_view_add(answer, cm_buf_view(&acts));
	return cm_keeper_sign_head_now(keeper, &cycle.head, report, answer);
}

cm_result
cm_keeper_sign_known_head(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report,
                          struct cm_buf *answer)
{
	struct cm_rd rd = cm_rd_of(payload);
	struct cm_view origin = cm_rd_field(&rd);
	if (!cm_rd_done(&rd))
		return cm_keeper_sign_malformed(report, CM_PURPOSE_CHECKPOINT);
	struct cm_merkle_head head = cm_keeper_guard_head(&keeper->guard, origin);
	cm_buf_u64be(answer, head.size);
	cm_buf_view_add(answer, cm_hash_view(&head.root));
	return CM_OK;
}

static cm_result
cm_keeper_sign_tls_span(const struct cm_ipc_tls *tls, struct cm_report *report)
{
	int64_t now = cm_clock_utc().us;
	int64_t span = tls->not_after.us - tls->not_before.us;
	if (span <= 0 || span > CM_LIMIT_TLS_DAYS_VALUE * CM_INSTANT_DAY)
		return cm_keeper_sign_malformed(report, CM_PURPOSE_TLS_CERT);
	if (tls->not_before.us > now + CM_LIMIT_SIGN_SKEW_S_VALUE * CM_INSTANT_SECOND ||
	    tls->not_before.us < now - CM_INSTANT_DAY)
		return cm_report_refuse(report, CM_ERROR_KEEPER_TIME, "tls_cert", "not before");
	return CM_OK;
}

cm_result
cm_keeper_sign_tls(struct cm_keeper *keeper, struct cm_view payload, struct cm_report *report, struct cm_buf *answer)
{
	struct cm_ipc_tls tls;
	struct cm_key_public subject;
	char dns[256] = "";
	if (!cm_ipc_keeper_tls_read(payload, &tls) || tls.dns.n >= sizeof dns)
		return cm_keeper_sign_malformed(report, CM_PURPOSE_TLS_CERT);
	cm_result r = cm_keeper_sign_tls_span(&tls, report);
	if (r == CM_OK)
		r = cm_key_spki_read(tls.spki, report, &subject);
	if (r != CM_OK)
		return r;
	if (subject.kind != CM_KEY_P256)
		return cm_keeper_sign_malformed(report, CM_PURPOSE_TLS_CERT);
	if (tls.dns.n != 0)
		memcpy(dns, tls.dns.p, tls.dns.n);
	struct cm_x509_spec spec = {
	        .role = CM_X509_TLS,
	        .node = keeper->keys.public.node,
	        .dns = dns[0] == 0 ? NULL : dns,
	        .ip = tls.ip,
	        .not_before = tls.not_before,
	        .not_after = tls.not_after,
	};
	CM_CLEANUP(cm_buf_fini) struct cm_buf der = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	r = cm_rand_bytes(spec.serial, sizeof spec.serial, report);
	if (r == CM_OK)
		r = cm_x509_write(&spec, &subject, keeper->keys.sign, keeper->keys.chain.der[0], report, &der);
	if (r == CM_OK)
		cm_buf_field(answer, cm_buf_view(&der));
	return r;
}
