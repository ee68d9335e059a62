// Knows: the verbs of a message and what each carries (doc/spec/profile.md sections 2, 5; TS 103 120 Core). Does not
// know: whether the sender may do it.
#include <string.h>

#include "base/text.h"
#include "format/hi1_action.h"

static const char *const cm_hi1_action_verbs[][2] = {
        [CM_HI1_VERB_NONE] = {"", "ErrorInformation"},
        [CM_HI1_VERB_CREATE] = {"CREATE", "CREATEResponse"},
        [CM_HI1_VERB_UPDATE] = {"UPDATE", "UPDATEResponse"},
        [CM_HI1_VERB_DELIVER] = {"DELIVER", "DELIVERResponse"},
        [CM_HI1_VERB_GET] = {"GET", "GETResponse"},
        [CM_HI1_VERB_LIST] = {"LIST", "LISTResponse"},
        [CM_HI1_VERB_GETCSPCONFIG] = {"GETCSPCONFIG", "GETCSPCONFIGResponse"},
};
#define CM_HI1_ACTION_VERBS (sizeof cm_hi1_action_verbs / sizeof *cm_hi1_action_verbs)

const char *
cm_hi1_action_member(enum cm_hi1_verb verb, bool response)
{
	return (unsigned)verb < CM_HI1_ACTION_VERBS ? cm_hi1_action_verbs[verb][response] : "";
}

const char *
cm_hi1_verb_name(enum cm_hi1_verb verb)
{
	return cm_hi1_action_member(verb, false);
}

void
cm_hi1_action_settle(struct cm_json_shape_reader *reader, struct cm_report *report, struct cm_hi1_fault *fault)
{
	if (reader->found.count == 0)
		return;
	const struct cm_finding *first = &reader->found.findings[0];
	if (fault->error == CM_HI1_ERROR_NONE) {
		fault->error = cm_hi1_error_of_rule(first->rule);
		if (fault->error == CM_HI1_ERROR_NONE)
			fault->error = CM_HI1_ERROR_NOT_A_MESSAGE; // a rule of another format never makes it good
		memcpy(fault->place, first->place, sizeof fault->place);
		memcpy(fault->seen, first->seen, sizeof fault->seen);
	}
	if (report != NULL)
		cm_report_join(report, &reader->found);
	cm_report_clear(&reader->found);
}

// Members of a verb: an identifier, an object, or both.
struct cm_hi1_operand {
	bool id_needed, id_allowed, object_needed, object_allowed;
	unsigned context;
};

static struct cm_hi1_operand
cm_hi1_action_operand(enum cm_hi1_verb verb, bool response)
{
	struct cm_hi1_operand o = {.id_needed = true, .id_allowed = true};
	if (!response && (verb == CM_HI1_VERB_CREATE || verb == CM_HI1_VERB_UPDATE))
		o = (struct cm_hi1_operand){.object_needed = true, .object_allowed = true};
	else if (!response && verb == CM_HI1_VERB_DELIVER)
		o.object_needed = o.object_allowed = true;
	else if (response && verb == CM_HI1_VERB_GET)
		o = (struct cm_hi1_operand){.object_needed = true, .object_allowed = true};
	else if (response && (verb == CM_HI1_VERB_CREATE || verb == CM_HI1_VERB_UPDATE))
		o.object_allowed = true;
	if (!response && verb == CM_HI1_VERB_CREATE)
		o.context = CM_SHAPE_CREATE;
	if (!response && verb == CM_HI1_VERB_DELIVER)
		o.context = CM_SHAPE_DELIVER;
	return o;
}

static void
cm_hi1_action_object(struct cm_json_shape_reader *reader, const struct cm_json_value *value,
                     struct cm_hi1_action *action)
{
	const struct cm_json_value *xsi =
	        cm_json_kind(value) == CM_JSON_OBJECT ? cm_json_member(value, "@xsi:type") : NULL;
	if (xsi == NULL) {
		cm_json_shape_fault(reader, reader->rules->missing, "\"@xsi:type\" is missing");
		return;
	}
	enum cm_hi1_type type = cm_hi1_object_type(cm_json_text(xsi));
	bool wrong = (reader->context == CM_SHAPE_DELIVER) != (type == CM_HI1_TYPE_DELIVERY) && reader->context != 0;
	if (type == CM_HI1_TYPE_NONE || wrong) {
		cm_json_shape_fault(reader, CM_ERROR_HI1_UNSUPPORTED, "%s of %.*s is not part of the profile",
		               cm_hi1_verb_name(action->verb), CM_VIEW_ARG(cm_json_text(xsi)));
		return;
	}
	struct cm_hi1_object *object = cm_arena_new(reader->arena, sizeof *object);
	if (object == NULL)
		return;
	object->type = type;
	if (cm_json_shape_read(reader, cm_hi1_object_shape(type), value, object))
		action->object = object;
}

static bool
cm_hi1_action_stranger(void *context, struct cm_view name, const struct cm_json_value *value)
{
	(void)value;
	struct cm_json_shape_reader *reader = context;
	if (!cm_view_is(name, "Identifier") && !cm_view_is(name, "HI1Object"))
		cm_json_shape_fault(reader, reader->rules->unknown, "unknown member \"%.*s\"",
		               (int)(name.n < 80 ? name.n : 80), (const char *)name.p);
	return true;
}

static void
cm_hi1_action_identifier(struct cm_json_shape_reader *reader, const struct cm_json_value *id, bool needed,
                         struct cm_hi1_action *action)
{
	if (id == NULL) {
		if (needed)
			cm_json_shape_fault(reader, reader->rules->missing, "\"Identifier\" is missing");
		return;
	}
	if (cm_text_uuid(cm_json_text(id)))
		action->id = cm_arena_copy(reader->arena, cm_json_text(id));
	else
		cm_json_shape_fault(reader, reader->rules->identifier, "Identifier is not a UUID in lower case");
}

static void
cm_hi1_action_operands(struct cm_json_shape_reader *reader, const struct cm_json_value *value, bool response,
                       struct cm_hi1_action *action)
{
	struct cm_hi1_operand o = cm_hi1_action_operand(action->verb, response);
	cm_json_members(value, cm_hi1_action_stranger, reader);
	const struct cm_json_value *id = cm_json_member(value, "Identifier");
	const struct cm_json_value *object = cm_json_member(value, "HI1Object");
	cm_hi1_action_identifier(reader, id, o.id_needed, action);
	if ((id != NULL && !o.id_allowed) || (object != NULL && !o.object_allowed))
		cm_json_shape_fault(reader, reader->rules->unknown, "a member that this verb does not have");
	if (object == NULL && o.object_needed)
		cm_json_shape_fault(reader, reader->rules->missing, "\"HI1Object\" is missing");
	if (object == NULL || !o.object_allowed)
		return;
	size_t mark = cm_json_shape_enter(reader, "HI1Object");
	reader->context = o.context;
	cm_hi1_action_object(reader, object, action);
	reader->context = 0;
	cm_json_shape_leave(reader, mark);
	if (o.id_needed && action->object != NULL && !cm_view_equal(action->object->id, action->id))
		cm_json_shape_fault(reader, reader->rules->identifier, "Identifier is not the ObjectIdentifier");
}

// Reads into a new record of the arena; NULL when anything was found.
static void *
cm_hi1_action_part(struct cm_json_shape_reader *reader, const struct cm_json_shape *shape,
                   const struct cm_json_value *value)
{
	void *record = cm_arena_new(reader->arena, shape->size);
	return record != NULL && cm_json_shape_read(reader, shape, value, record) ? record : NULL;
}

static void
cm_hi1_action_verb(struct cm_json_shape_reader *reader, const struct cm_json_value *value, bool response,
                   struct cm_hi1_action *action)
{
	if (cm_json_kind(value) != CM_JSON_OBJECT)
		cm_json_shape_fault(reader, reader->rules->value, "%s, not an object",
		                    cm_json_kind_name(cm_json_kind(value)));
	else if (action->verb == CM_HI1_VERB_NONE)
		action->error = cm_hi1_action_part(reader, &cm_hi1_error_info_shape, value);
	else if (action->verb == CM_HI1_VERB_LIST && !response)
		action->list = cm_hi1_action_part(reader, &cm_hi1_list_shape, value);
	else if (action->verb == CM_HI1_VERB_LIST) {
		const struct cm_hi1_listing *listing = cm_hi1_action_part(reader, &cm_hi1_listing_shape, value);
		if (listing != NULL) {
			action->listed = listing->listed;
			action->listed_count = listing->listed_count;
		}
	} else if (action->verb == CM_HI1_VERB_GETCSPCONFIG && response)
		action->config = cm_hi1_action_part(reader, &cm_hi1_config_shape, value);
	else if (action->verb != CM_HI1_VERB_GETCSPCONFIG)
		cm_hi1_action_operands(reader, value, response, action);
	else if (cm_json_count(value) != 0)
		cm_json_shape_fault(reader, reader->rules->unknown, "a member that this verb does not have");
}

struct cm_hi1_action_found {
	bool response;
	unsigned verbs, others;
	enum cm_hi1_verb verb;
	const struct cm_json_value *value;
};

static bool
cm_hi1_action_find(void *context, struct cm_view name, const struct cm_json_value *value)
{
	struct cm_hi1_action_found *found = context;
	if (cm_view_is(name, "ActionIdentifier"))
		return true;
	for (unsigned i = 0; i < CM_HI1_ACTION_VERBS; i++)
		if (cm_view_is(name, cm_hi1_action_verbs[i][found->response]) && name.n != 0) {
			found->verb = (enum cm_hi1_verb)i;
			found->value = value;
			found->verbs++;
			return true;
		}
	found->others++;
	return true;
}

void
cm_hi1_action_read(struct cm_json_shape_reader *reader, const struct cm_json_value *value, size_t i,
                   struct cm_report *report, struct cm_hi1_message *message)
{
	struct cm_hi1_action *action = &message->actions[i];
	struct cm_hi1_action_found found = {.response = message->response};
	size_t mark = cm_json_shape_enter_at(reader, i);
	reader->rules = &cm_hi1_envelope_rules;
	const struct cm_json_value *number = NULL;
	if (cm_json_kind(value) == CM_JSON_OBJECT) {
		cm_json_members(value, cm_hi1_action_find, &found);
		number = cm_json_member(value, "ActionIdentifier");
	}
	if (found.verbs != 1 || found.others != 0)
		cm_json_shape_fault(reader, CM_ERROR_HI1_NOT_A_MESSAGE, "not exactly one verb of the profile");
	else if (number == NULL || cm_json_kind(number) != CM_JSON_NUMBER || cm_json_number(number) != (int64_t)i)
		cm_json_shape_fault(reader, CM_ERROR_HI1_ACTION_NUMBERING, "ActionIdentifier is not %zu", i);
	cm_hi1_action_settle(reader, report, &message->fault);
	if (found.value != NULL) {
		action->verb = found.verb;
		size_t verb = cm_json_shape_enter(reader, cm_hi1_action_member(found.verb, found.response));
		reader->rules = &cm_hi1_action_rules;
		cm_hi1_action_verb(reader, found.value, message->response, action);
		cm_json_shape_leave(reader, verb);
		cm_hi1_action_settle(reader, report, &action->fault);
	}
	if (action->fault.error != CM_HI1_ERROR_NONE)
		action->object = NULL; // nobody works with half of one
	cm_json_shape_leave(reader, mark);
}
