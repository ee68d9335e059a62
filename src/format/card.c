// Knows: the members of an identity card (doc/spec/card.md) and its one form. Does not know: keys, certificates,
// signatures; what the card says is judged by others.
#include <stddef.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_jws.h"
#include "format/json_shape.h"
#include "format/card.h"

#define C cm_card
#define AT(field) .at = offsetof(struct C, field)
#define LIST(field, counter) .at = offsetof(struct C, field), .many = true, .count_at = offsetof(struct C, counter)
#define NEED .need = CM_SHAPE_ALWAYS
#define SHAPE(title, rows, S) {title, rows, sizeof rows / sizeof *rows, sizeof(struct S), NULL}
#define DER CM_SHAPE_BASE64, .max = CM_LIMIT_CERTIFICATE_BYTES_VALUE

static const char *const cm_card_kinds[] = {"authority", "organisation", "provider", NULL};
static const char *const cm_card_roles[] = {
        "contact_point", "central_authority", "competent_authority", "provider", "secretariat", "witness", NULL};
static const char *const cm_card_signers[] = {"authority", "state", NULL};

static const struct cm_json_shape_field cm_card_name_fields[] = {
        {"language", CM_SHAPE_TEXT, offsetof(struct cm_card_name, language), .form = CM_FORM_LANGUAGE, NEED},
        {"name", CM_SHAPE_TEXT, offsetof(struct cm_card_name, name), .form = CM_FORM_LINE, NEED},
};
static const struct cm_json_shape cm_card_name_shape = SHAPE("name", cm_card_name_fields, cm_card_name);

static const struct cm_json_shape_field cm_card_log_fields[] = {
        {"origin", CM_SHAPE_TEXT, AT(log_origin), .form = CM_FORM_LINE, NEED},
        {"vkey", CM_SHAPE_TEXT, AT(log_vkey), .form = CM_FORM_LINE, NEED},
};
static const struct cm_json_shape cm_card_log_shape = SHAPE("log", cm_card_log_fields, C);

static const struct cm_json_shape_field cm_card_seal_fields[] = {
        {"certificate", DER, AT(seal_certificate), NEED},
        {"recipient", CM_SHAPE_TEXT, AT(seal_recipient), .form = CM_FORM_AGE, NEED},
};
static const struct cm_json_shape cm_card_seal_shape = SHAPE("seal", cm_card_seal_fields, C);

static const struct cm_json_shape_field cm_card_sign_fields[] = {
        {"certificate", DER, AT(sign_certificate), NEED},
};
static const struct cm_json_shape cm_card_sign_shape = SHAPE("sign", cm_card_sign_fields, C);

static const struct cm_json_shape_field cm_card_state_fields[] = {
        {"certificate", DER, AT(state_certificate), NEED},
        {"sha256", CM_SHAPE_HEX, AT(state_sha256), .max = 32, NEED},
};
static const struct cm_json_shape cm_card_state_shape = SHAPE("state", cm_card_state_fields, C);

static const struct cm_json_shape_field cm_card_witness_fields[] = {
        {"vkey", CM_SHAPE_TEXT, AT(witness_vkey), .form = CM_FORM_LINE, NEED},
};
static const struct cm_json_shape cm_card_witness_shape = SHAPE("witness", cm_card_witness_fields, C);

static const struct cm_json_shape_field cm_card_key_fields[] = {
        {"log", CM_SHAPE_INLINE, .sub = &cm_card_log_shape, NEED},
        {"seal", CM_SHAPE_INLINE, .sub = &cm_card_seal_shape, NEED},
        {"sign", CM_SHAPE_INLINE, .sub = &cm_card_sign_shape, NEED},
        {"state", CM_SHAPE_INLINE, .sub = &cm_card_state_shape, NEED},
        {"witness", CM_SHAPE_INLINE, .sub = &cm_card_witness_shape},
};
static const struct cm_json_shape cm_card_key_shape = SHAPE("keys", cm_card_key_fields, C);

static const struct cm_json_shape_field cm_card_valid_fields[] = {
        {"from", CM_SHAPE_TIME, AT(valid_from), NEED},
        {"until", CM_SHAPE_TIME, AT(valid_until), NEED},
};
static const struct cm_json_shape cm_card_valid_shape = SHAPE("valid", cm_card_valid_fields, C);

static const struct cm_json_shape_field cm_card_signature_fields[] = {
        {"by", CM_SHAPE_TEXT, offsetof(struct cm_card_signature, by), .words = cm_card_signers, NEED},
        {"protected", CM_SHAPE_TEXT, offsetof(struct cm_card_signature, protected_b64), .form = CM_FORM_BASE64URL,
         NEED},
        {"signature", CM_SHAPE_TEXT, offsetof(struct cm_card_signature, signature_b64), .form = CM_FORM_BASE64URL,
         NEED},
};
static const struct cm_json_shape cm_card_signature_shape =
        SHAPE("signature", cm_card_signature_fields, cm_card_signature);

static void cm_card_check(struct cm_json_shape_reader *reader, const void *record);

static const struct cm_json_shape_field cm_card_fields[] = {
        {"country", CM_SHAPE_TEXT, AT(country), .form = CM_FORM_COUNTRY, NEED},
        {"email", CM_SHAPE_TEXT, AT(email), .form = CM_FORM_LINE},
        {"endpoint", CM_SHAPE_TEXT, AT(endpoint), .form = CM_FORM_URL, NEED},
        {"exercise", CM_SHAPE_TRUE, AT(exercise)},
        {"format", CM_SHAPE_FIXED, .fixed = CM_CARD_FORMAT, NEED},
        {"hours", CM_SHAPE_TEXT, AT(hours), .form = CM_FORM_LINE},
        {"keys", CM_SHAPE_INLINE, .sub = &cm_card_key_shape, NEED},
        {"kind", CM_SHAPE_TEXT, AT(kind), .words = cm_card_kinds, NEED},
        {"languages", CM_SHAPE_TEXT, LIST(languages, language_count), .form = CM_FORM_LANGUAGE, .most = 16, NEED},
        {"names", CM_SHAPE_INLINE, LIST(names, name_count), .sub = &cm_card_name_shape, .most = 32, NEED},
        {"node", CM_SHAPE_TEXT, AT(node), .form = CM_FORM_NODE, NEED},
        {"phone", CM_SHAPE_TEXT, AT(phone), .form = CM_FORM_PHONE},
        {"roles", CM_SHAPE_TEXT, LIST(roles, role_count), .words = cm_card_roles, .most = 8, NEED},
        {"serial", CM_SHAPE_NUMBER, AT(serial), NEED},
        {"signatures", CM_SHAPE_INLINE, LIST(signatures, signature_count), .sub = &cm_card_signature_shape, .most = 2},
        {"time_zone", CM_SHAPE_TEXT, AT(time_zone), .form = CM_FORM_ZONE},
        {"valid", CM_SHAPE_INLINE, .sub = &cm_card_valid_shape, NEED},
};
static const struct cm_json_shape cm_card_shape = {
        "card", cm_card_fields, sizeof cm_card_fields / sizeof *cm_card_fields, sizeof(struct C), cm_card_check};

static const struct cm_json_shape_rules cm_card_rules = {
        .missing = CM_ERROR_CARD_MEMBER,
        .unknown = CM_ERROR_CARD_MEMBER,
        .value = CM_ERROR_CARD_MEMBER,
        .entry = CM_ERROR_CARD_MEMBER,
        .identifier = CM_ERROR_CARD_MEMBER,
        .never = CM_ERROR_CARD_MEMBER,
        .digest = CM_ERROR_CARD_MEMBER,
        .size = CM_ERROR_CARD_MEMBER,
};

// No text twice in a list of texts.
static bool
cm_card_twice(const struct cm_view *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(list[i], list[k]))
				return true;
	return false;
}

static void
cm_card_check(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_card *card = record;
	const uint8_t small[2] = {(uint8_t)(card->country.p[0] | 0x20), (uint8_t)(card->country.p[1] | 0x20)};
	if (!cm_view_equal(cm_view_part(card->node, 0, 2), cm_view_of(small, 2)))
		cm_json_shape_fault(reader, CM_ERROR_CARD_MEMBER, "the node is not of the country");
	if (card->valid_from.us >= card->valid_until.us)
		cm_json_shape_fault(reader, CM_ERROR_CARD_MEMBER, "valid.until is not after valid.from");
	if (cm_view_find(card->endpoint, sizeof "https://" - 1, '/') != card->endpoint.n)
		cm_json_shape_fault(reader, CM_ERROR_CARD_MEMBER, "the endpoint has a path");
	if (cm_card_twice(card->roles, card->role_count) || cm_card_twice(card->languages, card->language_count))
		cm_json_shape_fault(reader, CM_ERROR_CARD_MEMBER, "a role or language stands twice");
	for (size_t i = 0; i < card->name_count; i++)
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(card->names[i].language, card->names[k].language))
				cm_json_shape_fault(reader, CM_ERROR_CARD_MEMBER, "two names in one language");
	if (card->signature_count != 2 || !cm_view_is(card->signatures[0].by, "authority") ||
	    !cm_view_is(card->signatures[1].by, "state"))
		cm_json_shape_fault(reader, CM_ERROR_CARD_SIGNATURE_FORM, "not the signatures of authority and State");
}

// The certificates that the protected headers name.
static cm_result
cm_card_read_signatures(struct cm_card *card, struct cm_arena *arena, struct cm_report *report)
{
	struct cm_card_signature *own = cm_arena_new_many(arena, card->signature_count, sizeof *own);
	if (own == NULL)
		return CM_NOMEM;
	for (size_t i = 0; i < card->signature_count; i++) {
		own[i] = card->signatures[i];
		struct cm_json_jws_alone jws = {own[i].protected_b64, own[i].signature_b64, CM_CARD_JWS_TYPE,
		        CM_ERROR_CARD_SIGNATURE_FORM, "/signatures"};
		cm_result r = cm_json_jws_signer(&jws, arena, report, &own[i].certificate_sha256);
		if (r != CM_OK)
			return r;
	}
	card->signatures = own;
	return CM_OK;
}

static cm_result
cm_card_read_forms(struct cm_view bytes, const struct cm_json_value *root, struct cm_arena *arena,
                   struct cm_report *report, struct cm_card *card)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) whole = cm_buf_of(2 * CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(2 * CM_LIMIT_CARD_BYTES_VALUE);
	cm_result r = cm_json_canonical(root, NULL, &whole);
	if (r == CM_OK)
		r = cm_json_canonical(root, "signatures", &body);
	if (r != CM_OK)
		return r;
	if (!cm_view_equal(cm_buf_view(&whole), bytes))
		return cm_report_refuse(report, CM_ERROR_CARD_JSON, "whole", "not the form of RFC 8785");
	card->canonical = cm_arena_copy(arena, cm_buf_view(&body));
	return CM_OK;
}

cm_result
cm_card_read(struct cm_view json, struct cm_report *report, struct cm_card *ret_card)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	struct cm_arena arena = {NULL, false};
	struct cm_card card = {.names = NULL};
	struct cm_json_shape_reader reader = {.arena = &arena, .rules = &cm_card_rules};
	cm_result r = cm_json_read(json, CM_LIMIT_CARD_BYTES_VALUE, report, &document);
	if (r == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_CARD_JSON, "whole", "%zu bytes", json.n);
	if (r != CM_OK)
		return r;
	if (!cm_json_shape_read(&reader, &cm_card_shape, cm_json_root(document), &card))
		r = CM_REFUSED;
	if (report != NULL)
		cm_report_join(report, &reader.found);
	if (r == CM_OK && !arena.failed)
		r = cm_card_read_forms(json, cm_json_root(document), &arena, report, &card);
	if (r == CM_OK && !arena.failed)
		r = cm_card_read_signatures(&card, &arena, report);
	if (arena.failed)
		r = CM_NOMEM;
	if (r != CM_OK) {
		cm_arena_fini(&arena);
		return r;
	}
	card.arena = arena;
	*ret_card = card;
	return CM_OK;
}

void
cm_card_fini(struct cm_card *card)
{
	if (card == NULL)
		return;
	cm_arena_fini(&card->arena);
	*card = (struct cm_card){.names = NULL};
}

cm_result
cm_card_write(const struct cm_card *card, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	return cm_json_shape_write(&put, &cm_card_shape, card, 0);
}

cm_result
cm_card_write_unsigned(const struct cm_card *card, struct cm_buf *to)
{
	struct cm_card bare = *card;
	bare.signatures = NULL;
	bare.signature_count = 0;
	return cm_card_write(&bare, to);
}

void
cm_card_protected_write(const uint8_t certificate_sha256[32], struct cm_buf *to)
{
	cm_json_jws_alone_write(CM_CARD_JWS_TYPE, certificate_sha256, to);
}
