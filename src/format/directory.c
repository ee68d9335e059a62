// Knows: the members of both directory files (doc/spec/directory.md), their one form, and which histories can be. Does not
// know: keys, certificates, signatures, or what an older list said.
#include <stddef.h>
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/json_jws.h"
#include "format/json_shape.h"
#include "format/directory.h"

#define AT(S, field) .at = offsetof(struct S, field)
#define LIST(S, field, counter) .at = offsetof(struct S, field), .many = true, .count_at = offsetof(struct S, counter)
#define NEED .need = CM_SHAPE_ALWAYS
#define SHAPE(title, rows, S, check) {title, rows, sizeof rows / sizeof *rows, sizeof(struct S), check}
#define DER CM_SHAPE_BASE64, .max = CM_LIMIT_CERTIFICATE_BYTES_VALUE
#define SHA CM_SHAPE_HEX, .max = 32
#define HISTORY .most = CM_LIMIT_DIRECTORY_HISTORY_VALUE

#define D cm_directory
#define A cm_directory_authority
#define K cm_directory_key
#define R cm_directory_anchor
#define S cm_directory_state
#define T cm_directory_status

static const char *const cm_directory_kinds[] = {"authority", "organisation", "provider", NULL};
static const char *const cm_directory_roles[] = {
        "contact_point", "central_authority", "competent_authority", "provider", "secretariat", "witness", NULL};
static const char *const cm_directory_state_words[] = {"party", "suspended", "withdrawn", NULL};
static const char *const cm_directory_key_words[] = {"valid", "superseded", "revoked", "frozen", "thawed", NULL};

static void cm_directory_check_state(struct cm_json_shape_reader *reader, const void *record);
static void cm_directory_check_key(struct cm_json_shape_reader *reader, const void *record);
static void cm_directory_check_authority(struct cm_json_shape_reader *reader, const void *record);
static void cm_directory_check_list(struct cm_json_shape_reader *reader, const void *record);

static const struct cm_json_shape_field cm_directory_state_status_fields[] = {
        {"at", CM_SHAPE_TIME, AT(T, at), NEED},
        {"reason", CM_SHAPE_TEXT, AT(T, reason), .form = CM_FORM_LINE},
        {"state", CM_SHAPE_TEXT, AT(T, state), .words = cm_directory_state_words, NEED},
};
static const struct cm_json_shape cm_directory_state_status =
        SHAPE("status", cm_directory_state_status_fields, T, NULL);

static const struct cm_json_shape_field cm_directory_key_status_fields[] = {
        {"at", CM_SHAPE_TIME, AT(T, at), NEED},
        {"reason", CM_SHAPE_TEXT, AT(T, reason), .form = CM_FORM_LINE},
        {"state", CM_SHAPE_TEXT, AT(T, state), .words = cm_directory_key_words, NEED},
};
static const struct cm_json_shape cm_directory_key_status = SHAPE("status", cm_directory_key_status_fields, T, NULL);

static const struct cm_json_shape_field cm_directory_root_fields[] = {
        {"from", CM_SHAPE_TIME, AT(cm_directory_root, from), NEED},
        {"sha256", SHA, AT(cm_directory_root, sha256), NEED},
};
static const struct cm_json_shape cm_directory_root_shape =
        SHAPE("root", cm_directory_root_fields, cm_directory_root, NULL);

static const struct cm_json_shape_field cm_directory_state_fields[] = {
        {"country", CM_SHAPE_TEXT, AT(S, country), .form = CM_FORM_COUNTRY, NEED},
        {"deposit", CM_SHAPE_TEXT, AT(S, deposit), .form = CM_FORM_LINE, NEED},
        {"name", CM_SHAPE_TEXT, AT(S, name), .form = CM_FORM_LINE, NEED},
        {"roots", CM_SHAPE_INLINE, LIST(S, roots, root_count), .sub = &cm_directory_root_shape, HISTORY, NEED},
        {"status", CM_SHAPE_INLINE, LIST(S, status, status_count), .sub = &cm_directory_state_status, HISTORY, NEED},
};
static const struct cm_json_shape cm_directory_state_shape =
        SHAPE("state", cm_directory_state_fields, S, cm_directory_check_state);

static const struct cm_json_shape_field cm_directory_key_fields[] = {
        {"certificate", SHA, AT(K, certificate), NEED},
        {"spki", SHA, AT(K, spki), NEED},
        {"status", CM_SHAPE_INLINE, LIST(K, status, status_count), .sub = &cm_directory_key_status, HISTORY, NEED},
};
static const struct cm_json_shape cm_directory_key_shape =
        SHAPE("key", cm_directory_key_fields, K, cm_directory_check_key);

static const struct cm_json_shape_field cm_directory_next_fields[] = {
        {"from", CM_SHAPE_TIME, AT(A, next_from), NEED},
        {"spki", SHA, AT(A, next_spki), NEED},
};
static const struct cm_json_shape cm_directory_next_shape = SHAPE("next", cm_directory_next_fields, A, NULL);

static const struct cm_json_shape_field cm_directory_authority_fields[] = {
        {"card", SHA, AT(A, card), NEED},
        {"endpoint", CM_SHAPE_TEXT, AT(A, endpoint), .form = CM_FORM_URL, NEED},
        {"hours", CM_SHAPE_TEXT, AT(A, hours), .form = CM_FORM_LINE},
        {"keys", CM_SHAPE_INLINE, LIST(A, keys, key_count), .sub = &cm_directory_key_shape, HISTORY, NEED},
        {"kind", CM_SHAPE_TEXT, AT(A, kind), .words = cm_directory_kinds, NEED},
        {"languages", CM_SHAPE_TEXT, LIST(A, languages, language_count), .form = CM_FORM_LANGUAGE, .most = 16, NEED},
        {"name", CM_SHAPE_TEXT, AT(A, name), .form = CM_FORM_LINE, NEED},
        {"next", CM_SHAPE_INLINE, .sub = &cm_directory_next_shape},
        {"node", CM_SHAPE_TEXT, AT(A, node), .form = CM_FORM_NODE, NEED},
        {"phone", CM_SHAPE_TEXT, AT(A, phone), .form = CM_FORM_PHONE},
        {"roles", CM_SHAPE_TEXT, LIST(A, roles, role_count), .words = cm_directory_roles, .most = 8, NEED},
};
static const struct cm_json_shape cm_directory_authority_shape =
        SHAPE("authority", cm_directory_authority_fields, A, cm_directory_check_authority);

static const struct cm_json_shape_field cm_directory_anchor_signature_fields[] = {
        {"protected", CM_SHAPE_TEXT, AT(R, protected_b64), .form = CM_FORM_BASE64URL, NEED},
        {"signature", CM_SHAPE_TEXT, AT(R, signature_b64), .form = CM_FORM_BASE64URL, NEED},
};
static const struct cm_json_shape cm_directory_anchor_signature =
        SHAPE("by_old", cm_directory_anchor_signature_fields, R, NULL);

static const struct cm_json_shape_field cm_directory_anchor_fields[] = {
        {"by_old", CM_SHAPE_INLINE, .sub = &cm_directory_anchor_signature},
        {"certificate", DER, AT(R, certificate), NEED},
        {"from", CM_SHAPE_TIME, AT(R, from), NEED},
};
static const struct cm_json_shape cm_directory_anchor_shape = SHAPE("root", cm_directory_anchor_fields, R, NULL);

static const struct cm_json_shape_field cm_directory_signature_fields[] = {
        {"protected", CM_SHAPE_TEXT, AT(D, protected_b64), .form = CM_FORM_BASE64URL, NEED},
        {"signature", CM_SHAPE_TEXT, AT(D, signature_b64), .form = CM_FORM_BASE64URL, NEED},
};
static const struct cm_json_shape cm_directory_signature = SHAPE("signature", cm_directory_signature_fields, D, NULL);

static const struct cm_json_shape_field cm_directory_states_fields[] = {
        {"certificate", DER, AT(D, certificate), NEED},
        {"format", CM_SHAPE_FIXED, .fixed = CM_DIRECTORY_STATES_FORMAT, NEED},
        {"issued", CM_SHAPE_TIME, AT(D, issued), NEED},
        {"next_update", CM_SHAPE_TIME, AT(D, next_update), NEED},
        {"signature", CM_SHAPE_INLINE, .sub = &cm_directory_signature},
        {"states", CM_SHAPE_INLINE, LIST(D, states, state_count), .sub = &cm_directory_state_shape,
         .most = CM_LIMIT_DIRECTORY_STATES_VALUE, NEED},
        {"version", CM_SHAPE_NUMBER, AT(D, version), NEED},
};
static const struct cm_json_shape cm_directory_states_shape =
        SHAPE("states", cm_directory_states_fields, D, cm_directory_check_list);

static const struct cm_json_shape_field cm_directory_own_fields[] = {
        {"authorities", CM_SHAPE_INLINE, LIST(D, authorities, authority_count), .sub = &cm_directory_authority_shape,
         .most = CM_LIMIT_DIRECTORY_AUTHORITIES_VALUE, NEED},
        {"country", CM_SHAPE_TEXT, AT(D, country), .form = CM_FORM_COUNTRY, NEED},
        {"format", CM_SHAPE_FIXED, .fixed = CM_DIRECTORY_STATE_FORMAT, NEED},
        {"issued", CM_SHAPE_TIME, AT(D, issued), NEED},
        {"next_update", CM_SHAPE_TIME, AT(D, next_update), NEED},
        {"roots", CM_SHAPE_INLINE, LIST(D, anchors, anchor_count), .sub = &cm_directory_anchor_shape,
         .most = CM_LIMIT_DIRECTORY_ROOTS_VALUE, NEED},
        {"signature", CM_SHAPE_INLINE, .sub = &cm_directory_signature},
        {"version", CM_SHAPE_NUMBER, AT(D, version), NEED},
};
static const struct cm_json_shape cm_directory_own_shape =
        SHAPE("state", cm_directory_own_fields, D, cm_directory_check_list);

static const struct cm_json_shape_field cm_directory_change_fields[] = {
        {"country", CM_SHAPE_TEXT, AT(cm_directory_change, country), .form = CM_FORM_COUNTRY, NEED},
        {"format", CM_SHAPE_FIXED, .fixed = CM_DIRECTORY_ROOT_FORMAT, NEED},
        {"from", CM_SHAPE_TIME, AT(cm_directory_change, from), NEED},
        {"new", SHA, AT(cm_directory_change, new_sha256), NEED},
        {"old", SHA, AT(cm_directory_change, old_sha256), NEED},
};
static const struct cm_json_shape cm_directory_change_shape =
        SHAPE("change", cm_directory_change_fields, cm_directory_change, NULL);

static const struct cm_json_shape_rules cm_directory_rules = {
        .missing = CM_ERROR_DIRECTORY_MEMBER,
        .unknown = CM_ERROR_DIRECTORY_MEMBER,
        .value = CM_ERROR_DIRECTORY_MEMBER,
        .entry = CM_ERROR_DIRECTORY_MEMBER,
        .identifier = CM_ERROR_DIRECTORY_MEMBER,
        .never = CM_ERROR_DIRECTORY_MEMBER,
        .digest = CM_ERROR_DIRECTORY_MEMBER,
        .size = CM_ERROR_DIRECTORY_MEMBER,
};

bool
cm_directory_is_states(const struct cm_directory *directory)
{
	return directory->country.n == 0;
}

static const struct cm_json_shape *
cm_directory_shape(const struct cm_directory *directory)
{
	return cm_directory_is_states(directory) ? &cm_directory_states_shape : &cm_directory_own_shape;
}

// -- what cannot be ------------------------------------------------------------------------------------------------

// Steps go forward in time.
static void
cm_directory_check_times(struct cm_json_shape_reader *reader, const struct cm_directory_status *status, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (status[i].at.us < status[i - 1].at.us)
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "status %zu is earlier than the one before", i);
}

static void
cm_directory_check_state(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_directory_state *state = record;
	cm_directory_check_times(reader, state->status, state->status_count);
	if (!cm_view_is(state->status[0].state, "party"))
		cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "a State begins as a party");
	for (size_t i = 1; i < state->root_count; i++)
		if (state->roots[i].from.us <= state->roots[i - 1].from.us)
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "root %zu is not later than the one before", i);
}

// What may follow what: nothing follows a revocation, only what is frozen thaws, a superseded key does not come back.
static bool
cm_directory_follows(struct cm_view before, struct cm_view after)
{
	if (cm_view_is(after, "revoked"))
		return !cm_view_is(before, "revoked");
	if (cm_view_is(after, "thawed"))
		return cm_view_is(before, "frozen");
	return (cm_view_is(after, "frozen") || cm_view_is(after, "superseded")) &&
	       (cm_view_is(before, "valid") || cm_view_is(before, "thawed"));
}

static void
cm_directory_check_key(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_directory_key *key = record;
	cm_directory_check_times(reader, key->status, key->status_count);
	if (!cm_view_is(key->status[0].state, "valid"))
		cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "a key begins as valid");
	for (size_t i = 1; i < key->status_count; i++)
		if (!cm_directory_follows(key->status[i - 1].state, key->status[i].state))
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "\"%.*s\" after \"%.*s\"",
			                    CM_VIEW_ARG(key->status[i].state), CM_VIEW_ARG(key->status[i - 1].state));
}

static bool
cm_directory_twice(const struct cm_view *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(list[i], list[k]))
				return true;
	return false;
}

static void
cm_directory_check_authority(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_directory_authority *one = record;
	if (cm_directory_twice(one->roles, one->role_count) || cm_directory_twice(one->languages, one->language_count))
		cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_MEMBER, "a role or language stands twice");
	for (size_t i = 0; i < one->key_count; i++)
		for (size_t k = 0; k < i; k++)
			if (cm_view_equal(one->keys[i].spki, one->keys[k].spki))
				cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_MEMBER, "a key stands twice");
}

// Roots in order of time, each but the first with the word of the one before.
static void
cm_directory_check_anchors(struct cm_json_shape_reader *reader, const struct cm_directory *list)
{
	for (size_t i = 0; i < list->anchor_count; i++) {
		if ((list->anchors[i].protected_b64.n != 0) != (i > 0))
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_MEMBER, "root %zu %s", i,
			                    i > 0 ? "has no word of the one before" : "has a word of none before");
		if (i > 0 && list->anchors[i].from.us <= list->anchors[i - 1].from.us)
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "root %zu is not later than the one before", i);
	}
}

static void
cm_directory_check_list(struct cm_json_shape_reader *reader, const void *record)
{
	const struct cm_directory *list = record;
	if (list->next_update.us <= list->issued.us)
		cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "next_update is not after issued");
	if (list->protected_b64.n == 0)
		cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_SIGNATURE_FORM, "no signature");
	for (size_t i = 1; i < list->state_count; i++)
		if (cm_view_order(list->states[i - 1].country, list->states[i].country) >= 0)
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "States are not in order of their codes");
	for (size_t i = 0; i < list->authority_count; i++) {
		const struct cm_view node = list->authorities[i].node;
		if (i > 0 && cm_view_order(list->authorities[i - 1].node, node) >= 0)
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_ORDER, "authorities are not in order of their names");
		if (node.p[0] != (list->country.p[0] | 0x20) || node.p[1] != (list->country.p[1] | 0x20))
			cm_json_shape_fault(reader, CM_ERROR_DIRECTORY_MEMBER, "%.*s is not of %.*s", CM_VIEW_ARG(node),
			                    CM_VIEW_ARG(list->country));
	}
	cm_directory_check_anchors(reader, list);
}

// -- reading -------------------------------------------------------------------------------------------------------

static struct cm_json_jws_alone
cm_directory_jws(struct cm_view protected_b64, struct cm_view signature_b64)
{
	return (struct cm_json_jws_alone){protected_b64, signature_b64, CM_DIRECTORY_JWS_TYPE,
	        CM_ERROR_DIRECTORY_SIGNATURE_FORM, "/signature"};
}

// The certificates that the protected headers name.
static cm_result
cm_directory_read_signers(struct cm_directory *list, struct cm_arena *arena, struct cm_report *report)
{
	struct cm_json_jws_alone jws = cm_directory_jws(list->protected_b64, list->signature_b64);
	cm_result r = cm_json_jws_signer(&jws, arena, report, &list->signer_sha256);
	struct cm_directory_anchor *own = list->anchor_count == 0 ? NULL
	                                                          : cm_arena_new_many(arena, list->anchor_count, sizeof *own);
	if (list->anchor_count > 0 && own == NULL)
		return CM_NOMEM;
	for (size_t i = 0; i < list->anchor_count; i++) {
		own[i] = list->anchors[i];
		jws = cm_directory_jws(own[i].protected_b64, own[i].signature_b64);
		if (r == CM_OK && i > 0)
			r = cm_json_jws_signer(&jws, arena, report, &own[i].signer_sha256);
	}
	list->anchors = own;
	return r;
}

// A list has one spelling: what its parts write again.
static cm_result
cm_directory_read_forms(struct cm_view bytes, struct cm_arena *arena, struct cm_report *report, struct cm_directory *list)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) whole = cm_buf_of(2 * CM_LIMIT_DIRECTORY_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(2 * CM_LIMIT_DIRECTORY_BYTES_VALUE);
	cm_result r = cm_directory_write(list, &whole);
	if (r == CM_OK)
		r = cm_directory_write_unsigned(list, &body);
	if (r != CM_OK)
		return r;
	if (!cm_view_equal(cm_buf_view(&whole), bytes))
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_JSON, "whole", "not the form of RFC 8785 with times in UTC");
	list->canonical = cm_arena_copy(arena, cm_buf_view(&body));
	return CM_OK;
}

cm_result
cm_directory_read(struct cm_view json, struct cm_report *report, struct cm_directory *ret_directory)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	struct cm_arena arena = {NULL, false};
	struct cm_directory list = {.version = 0};
	struct cm_json_shape_reader reader = {.arena = &arena, .rules = &cm_directory_rules};
	cm_result r = cm_json_read(json, CM_LIMIT_DIRECTORY_BYTES_VALUE, report, &document);
	if (r == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_JSON, "whole", "%zu bytes", json.n);
	if (r != CM_OK)
		return r;
	const struct cm_json_value *root = cm_json_root(document);
	struct cm_view format = cm_json_kind(root) == CM_JSON_OBJECT ? cm_json_text(cm_json_member(root, "format"))
	                                                             : cm_view_of(NULL, 0);
	const struct cm_json_shape *shape =
	        cm_view_is(format, CM_DIRECTORY_STATE_FORMAT) ? &cm_directory_own_shape : &cm_directory_states_shape;
	if (!cm_json_shape_read(&reader, shape, root, &list))
		r = CM_REFUSED;
	if (report != NULL)
		cm_report_join(report, &reader.found);
	if (r == CM_OK && !arena.failed)
		r = cm_directory_read_signers(&list, &arena, report);
	if (r == CM_OK && !arena.failed)
		r = cm_directory_read_forms(json, &arena, report, &list);
	if (arena.failed)
		r = CM_NOMEM;
	if (r != CM_OK) {
		cm_arena_fini(&arena);
		return r;
	}
	list.arena = arena;
	*ret_directory = list;
	return CM_OK;
}

void
cm_directory_fini(struct cm_directory *directory)
{
	if (directory == NULL)
		return;
	cm_arena_fini(&directory->arena);
	*directory = (struct cm_directory){.version = 0};
}

// -- writing -------------------------------------------------------------------------------------------------------

cm_result
cm_directory_write(const struct cm_directory *directory, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	return cm_json_shape_write(&put, cm_directory_shape(directory), directory, 0);
}

cm_result
cm_directory_write_unsigned(const struct cm_directory *directory, struct cm_buf *to)
{
	struct cm_directory bare = *directory;
	bare.protected_b64 = bare.signature_b64 = cm_view_of(NULL, 0);
	return cm_directory_write(&bare, to);
}

cm_result
cm_directory_change_write(const struct cm_directory_change *change, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	return cm_json_shape_write(&put, &cm_directory_change_shape, change, 0);
}

void
cm_directory_protected_write(const uint8_t certificate_sha256[32], struct cm_buf *to)
{
	cm_json_jws_alone_write(CM_DIRECTORY_JWS_TYPE, certificate_sha256, to);
}

// -- between our processes -----------------------------------------------------------------------------------------

void
cm_directory_wire_write(const struct cm_directory *directory, struct cm_buf *to)
{
	cm_buf_u8(to, cm_directory_is_states(directory));
	cm_json_shape_wire_write(to, cm_directory_shape(directory), directory);
}

bool
cm_directory_wire_read(struct cm_view bytes, struct cm_directory *ret_directory)
{
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_directory list = {.version = 0};
	struct cm_arena arena = {NULL, false};
	bool states = cm_rd_u8(&rd) == 1;
	const struct cm_json_shape *shape = states ? &cm_directory_states_shape : &cm_directory_own_shape;
	if (!cm_json_shape_wire_read(&rd, &arena, shape, &list) || arena.failed || !cm_rd_done(&rd) ||
	    states != cm_directory_is_states(&list)) {
		cm_arena_fini(&arena);
		return false;
	}
	list.arena = arena;
	*ret_directory = list;
	return true;
}
