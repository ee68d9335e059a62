// Knows: the envelope of an HI-1 message: header, namespaces, payload, signature (doc/spec/profile.md sections 1, 5,
// 7; TS 103 120 Core). Does not know: peers, clocks, keys; whether a signature is good is judged by the caller, so a
// message is read as far as possible even when it is refused.
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/hi1_action.h"
#include "format/json_jws.h"
#include "format/hi1_message.h"

#define CM_HI1_JWS_TYPE "comity-hi1+jws"
#define CM_HI1_JWS_SIGNATURE 86 // base64url of 64 bytes

struct cm_hi1_reading {
	struct cm_json_shape_reader shape;
	struct cm_report *report;
	struct cm_hi1_message *message;
	unsigned declared; // namespaces, by their place in the table
};

static void
cm_hi1_message_settle(struct cm_hi1_reading *reading)
{
	cm_hi1_action_settle(&reading->shape, reading->report, &reading->message->fault);
}

static cm_result
cm_hi1_message_header(struct cm_hi1_reading *reading, const struct cm_json_value *root)
{
	struct cm_json_shape_reader *reader = &reading->shape;
	struct cm_hi1_message *m = reading->message;
	struct cm_hi1_header header = {.transaction = {NULL, 0}};
	const struct cm_json_value *value = NULL;
	if (cm_json_kind(root) == CM_JSON_OBJECT)
		value = cm_json_member(root, "Header");
	if (value == NULL)
		return cm_report_refuse(reading->report, CM_ERROR_HI1_NOT_A_MESSAGE, "/", "\"Header\" is missing");
	size_t mark = cm_json_shape_enter(reader, "Header");
	bool good = cm_json_shape_read(reader, &cm_hi1_header_shape, value, &header);
	m->sender = header.sender;
	if (header.receiver.country.n != 0 && header.receiver.id.n != 0)
		m->receiver = header.receiver; // never half of one
	m->transaction = header.transaction;
	m->timestamp = header.timestamp;
	m->workflow = header.workflow;
	if (good && !cm_view_is(header.etsi_version, CM_HI1_ETSI_VERSION))
		cm_json_shape_fault(reader, CM_ERROR_HI1_VERSION, "%.*s", CM_VIEW_ARG(header.etsi_version));
	else if (good && (!cm_view_is(header.profile_owner, CM_HI1_PROFILE_OWNER) ||
	                  !cm_view_is(header.profile_version, CM_HI1_PROFILE_VERSION)))
		cm_json_shape_fault(reader, CM_ERROR_HI1_PROFILE, "%.*s %.*s", CM_VIEW_ARG(header.profile_owner),
		               CM_VIEW_ARG(header.profile_version));
	cm_json_shape_leave(reader, mark);
	cm_hi1_message_settle(reading);
	bool answerable = m->transaction.n != 0 && m->sender.country.n != 0 && m->sender.id.n != 0;
	return answerable ? CM_OK : CM_REFUSED;
}

static bool
cm_hi1_message_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_hi1_reading *reading = context;
	if (cm_view_is(name, "Header") || cm_view_is(name, "Payload") || cm_view_is(name, "Signature"))
		return true;
	for (unsigned i = 0; i < CM_HI1_NAMESPACES; i++)
		if (cm_view_is(name, cm_hi1_namespaces[i].member)) {
			reading->declared |= 1u << i;
			if (!cm_view_is(cm_json_text(value), cm_hi1_namespaces[i].uri))
				cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_NOT_A_MESSAGE, "%s is not %s",
				               cm_hi1_namespaces[i].member, cm_hi1_namespaces[i].uri);
			return true;
		}
	cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_NOT_A_MESSAGE, "unknown member \"%.*s\"",
	               (int)(name.n < 80 ? name.n : 80), (const char *)name.p);
	return true;
}

// Every message declares the core and xsi; a prefix that is used is declared.
static void
cm_hi1_message_namespaces(struct cm_hi1_reading *reading, const struct cm_json_value *root)
{
	unsigned needed = 1u | 1u << (CM_HI1_NAMESPACES - 1) | cm_hi1_prefixes(reading->message->canonical);
	cm_json_members(root, cm_hi1_message_member, reading);
	for (unsigned i = 0; i < CM_HI1_NAMESPACES; i++)
		if (needed & ~reading->declared & 1u << i)
			cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_NOT_A_MESSAGE, "\"%s\" is missing",
			               cm_hi1_namespaces[i].member);
	cm_hi1_message_settle(reading);
}

static cm_result
cm_hi1_message_canonical(struct cm_hi1_reading *reading, const struct cm_json_value *root)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	cm_result r = cm_json_canonical(root, "Signature", &bytes);
	if (r == CM_REFUSED)
		return cm_report_refuse(reading->report, CM_ERROR_HI1_TOO_LARGE, "/", "the RFC 8785 form");
	if (r == CM_OK)
		reading->message->canonical = cm_arena_copy(reading->shape.arena, cm_buf_view(&bytes));
	return r;
}

// A signature that cannot even be read is a signature that is not good.
static cm_result
cm_hi1_message_signature(struct cm_hi1_reading *reading, const struct cm_json_value *root)
{
	struct cm_json_shape_reader *reader = &reading->shape;
	struct cm_hi1_jws *jws = &reading->message->jws;
	const struct cm_json_value *value = cm_json_member(root, "Signature");
	if (value == NULL)
		return CM_OK;
	const struct cm_json_value *header = NULL, *signature = NULL;
	if (cm_json_kind(value) == CM_JSON_OBJECT && cm_json_count(value) == 2) {
		header = cm_json_member(value, "protected");
		signature = cm_json_member(value, "signature");
	}
	struct cm_json_jws parts = {.chain = NULL};
	cm_result r = CM_REFUSED;
	if (header != NULL && signature != NULL && cm_json_text(signature).n == CM_HI1_JWS_SIGNATURE &&
	    cm_b64_is(cm_json_text(signature), CM_B64_URL))
		r = cm_json_jws_read(cm_json_text(header), CM_HI1_JWS_TYPE, CM_ERROR_HI1_SIGNATURE_INVALID,
		                     reader->arena, &reader->found, &parts);
	if (r == CM_REFUSED) {
		size_t mark = cm_json_shape_enter(reader, "Signature");
		cm_json_shape_fault(reader, CM_ERROR_HI1_SIGNATURE_INVALID, "not a detached JWS of the profile");
		cm_json_shape_leave(reader, mark);
		cm_hi1_message_settle(reading);
		return CM_OK;
	}
	if (r != CM_OK)
		return r;
	*jws = (struct cm_hi1_jws){.present = true,
	        .answers = parts.answers,
	        .chain = parts.chain,
	        .chain_count = parts.chain_count,
	        .protected_b64 = cm_arena_copy(reader->arena, cm_json_text(header)),
	        .signature_b64 = cm_arena_copy(reader->arena, cm_json_text(signature))};
	memcpy(jws->certificate_sha256, parts.certificate_sha256, sizeof jws->certificate_sha256);
	memcpy(jws->request_sha256, parts.request_sha256, sizeof jws->request_sha256);
	return CM_OK;
}

// The only member of an object, which must be called `name`; NULL with a finding otherwise.
static const struct cm_json_value *
cm_hi1_message_only(struct cm_hi1_reading *reading, const struct cm_json_value *object, const char *name)
{
	const struct cm_json_value *value = NULL;
	if (cm_json_kind(object) == CM_JSON_OBJECT && cm_json_count(object) == 1)
		value = cm_json_member(object, name);
	if (value == NULL)
		cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_NOT_A_MESSAGE, "not exactly \"%s\"", name);
	else
		cm_json_shape_enter(&reading->shape, name);
	return value;
}

static void
cm_hi1_message_actions(struct cm_hi1_reading *reading, const struct cm_json_value *list)
{
	struct cm_hi1_message *m = reading->message;
	size_t count = cm_json_count(list);
	if (cm_json_kind(list) != CM_JSON_ARRAY || count == 0)
		cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_NOT_A_MESSAGE, "no action");
	else if (count > CM_LIMIT_HI1_ACTIONS_VALUE)
		cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_TOO_MANY_ACTIONS, "%zu", count);
	cm_hi1_message_settle(reading);
	if (cm_json_kind(list) != CM_JSON_ARRAY || count > CM_LIMIT_HI1_ACTIONS_VALUE)
		return;
	m->actions = cm_arena_new_many(reading->shape.arena, count, sizeof *m->actions);
	if (m->actions == NULL)
		return;
	m->action_count = count;
	for (size_t i = 0; i < count; i++)
		cm_hi1_action_read(&reading->shape, cm_json_at(list, i), i, reading->report, m);
}

static void
cm_hi1_message_payload(struct cm_hi1_reading *reading, const struct cm_json_value *payload)
{
	struct cm_json_shape_reader *reader = &reading->shape;
	struct cm_hi1_message *m = reading->message;
	m->response = cm_json_kind(payload) == CM_JSON_OBJECT && cm_json_member(payload, "ResponsePayload") != NULL;
	const struct cm_json_value *value =
	        cm_hi1_message_only(reading, payload, m->response ? "ResponsePayload" : "RequestPayload");
	if (value == NULL)
		return;
	bool error = m->response && cm_json_kind(value) == CM_JSON_OBJECT &&
	             cm_json_member(value, "ErrorInformation") != NULL;
	const char *const names[2] = {"ActionRequests", "ActionResponses"};
	value = cm_hi1_message_only(reading, value, error ? "ErrorInformation" : names[m->response]);
	if (value == NULL)
		return;
	if (error) {
		struct cm_hi1_error_info *info = cm_arena_new(reader->arena, sizeof *info);
		if (info != NULL && cm_json_shape_read(reader, &cm_hi1_error_info_shape, value, info))
			m->error = info;
		return;
	}
	value = cm_hi1_message_only(reading, value, m->response ? "ActionResponse" : "ActionRequest");
	if (value != NULL)
		cm_hi1_message_actions(reading, value);
}

static cm_result
cm_hi1_message_root(struct cm_hi1_reading *reading, const struct cm_json_value *root)
{
	cm_result r = cm_hi1_message_header(reading, root);
	if (r == CM_OK)
		r = cm_hi1_message_canonical(reading, root);
	if (r != CM_OK)
		return r;
	cm_hi1_message_namespaces(reading, root);
	r = cm_hi1_message_signature(reading, root);
	if (r != CM_OK)
		return r;
	const struct cm_json_value *payload = cm_json_member(root, "Payload");
	if (payload == NULL)
		cm_json_shape_fault(&reading->shape, CM_ERROR_HI1_NOT_A_MESSAGE, "\"Payload\" is missing");
	else {
		cm_json_shape_enter(&reading->shape, "Payload");
		cm_hi1_message_payload(reading, payload);
		cm_json_shape_leave(&reading->shape, 0);
	}
	cm_hi1_message_settle(reading);
	return CM_OK;
}

cm_result
cm_hi1_message_read(struct cm_view json, const struct cm_hi1_read_options *options, struct cm_report *report,
                    struct cm_hi1_message *ret_message)
{
	struct cm_json CM_CLEANUP(cm_json_free_at) *document = NULL;
	cm_result r = cm_json_read(json, CM_LIMIT_MESSAGE_BYTES_VALUE, report, &document);
	if (r != CM_OK)
		return r;
	struct cm_hi1_message message = {.actions = NULL};
	struct cm_arena arena = {NULL, false};
	struct cm_hi1_reading reading = {
	        .shape = {.arena = &arena, .rules = &cm_hi1_envelope_rules, .sha256 = options->sha256},
	        .report = report,
	        .message = &message,
	};
	r = cm_hi1_message_root(&reading, cm_json_root(document));
	if (arena.failed)
		r = CM_NOMEM;
	if (r != CM_OK) {
		cm_arena_fini(&arena);
		return r;
	}
	message.arena = arena;
	*ret_message = message;
	return CM_OK;
}

void
cm_hi1_message_fini(struct cm_hi1_message *message)
{
	if (message == NULL)
		return;
	cm_arena_fini(&message->arena);
	*message = (struct cm_hi1_message){.actions = NULL};
}

bool
cm_hi1_message_good(const struct cm_hi1_message *message)
{
	if (message->fault.error != CM_HI1_ERROR_NONE)
		return false;
	for (size_t i = 0; i < message->action_count; i++)
		if (message->actions[i].fault.error != CM_HI1_ERROR_NONE)
			return false;
	return true;
}

struct cm_view
cm_hi1_message_receipt(const struct cm_hi1_message *message)
{
	for (size_t i = 0; i < message->action_count; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		for (size_t k = 0; o != NULL && o->type == CM_HI1_TYPE_DOCUMENT && k < o->document.property_count; k++)
			if (cm_view_is(o->document.properties[k].type.value, "receipt"))
				return o->document.properties[k].value;
	}
	return cm_view_of(NULL, 0);
}
