// Takes the 44 example messages apart: every member removed, a stranger added to every object, every value of another type.
#include "json_kit.h"

#include <jansson.h>

#include "format/hi1_message.h"

static const struct cm_hi1_read_options options = {.sha256 = kit_sha256};

enum mutation {
	REMOVE,
	ADD,
	RETYPE,
};

struct tried {
	json_t *root;
	const char *name;
	enum mutation mutation;
	unsigned count, taken;
};

// Members that may be missing: what is left is still a message. Everything else is required.
static const char *const optional[] = {"WorkflowIdentifier", "Signature", "ExternalIdentifier", "AssociatedObjects",
        "Generation", "LastChanged", "HI1Object", "CountryCode", "OwnerIdentifier", "ObjectType", "LastChangedTimespan",
        "MaximumObjectCount", "ListResponseRecord", "Dictionaries", "SupportedLPWorkflowEndpoints",
        "SupportedLDWorkflowEndpoints", "TargetFormatTypeDefinitions", "auth:AuthorisationReference",
        "auth:AuthorisationStatus", "auth:AuthorisationTypeOfCase", "auth:AuthorisationTimespan", "auth:StartTime",
        "auth:EndTime", "auth:AuthorisationApprovalDetails", "auth:AuthorisationFlags", "auth:AuthorisationJurisdiction",
        "auth:AuthorisationLegalEntity", "auth:AuthorisationDesiredStatus", "common:ApproverName", "common:ApproverRole",
        "common:ApprovalReference", "config:Guidance", "config:AssociatedLDRequestTypes",
        "config:AssociatedLDRequestSubtypes", "config:AssociatedLPRequestTypes", "config:AssociatedLPRequestSubtypes",
        "delivery:Expiry", "delivery:OriginalFilename", "delivery:CSPDefinedIdentifier", "delivery:AdditionalInformation",
        "delivery:DeliveryStatus", "doc:DocumentReference", "doc:DocumentStatus", "doc:DocumentDesiredStatus",
        "doc:DocumentTimespan", "doc:StartTime", "doc:EndTime", "doc:DocumentProperties", "doc:DocumentInvalidReason",
        "notification:StatusOfAssociatedObjects", "notification:Details", "task:Status", "task:StatusReason",
        "task:DesiredStatus", "task:StartTime", "task:EndTime", "task:ObservedTimes", "task:Subtype",
        "task:DesiredPreservationExpiration", "task:PreservationExpiration", "task:RequestDetails", "task:CSPID",
        "task:Flags", "task:AlternativePreservationReferences", "task:TransmissionTime", "task:Deadlines",
        "task:OtherInformation", NULL};

static bool
may_miss(const char *member)
{
	for (const char *const *at = optional; *at != NULL; at++)
		if (strcmp(*at, member) == 0)
			return true;
	return false;
}

static bool
is_taken(json_t *root)
{
	char *text = json_dumps(root, JSON_COMPACT);
	struct cm_hi1_message m;
	assert_non_null(text);
	cm_result r = cm_hi1_message_read(cm_view_text(text), &options, NULL, &m);
	bool good = r == CM_OK && cm_hi1_message_good(&m);
	if (r == CM_OK) {
		// Whatever was found, it can be told to the node.
		struct cm_buf wire = cm_buf_of(2u << 20);
		struct cm_hi1_message again;
		assert_int_equal(cm_hi1_message_write_wire(&m, &wire), CM_OK);
		assert_int_equal(cm_hi1_message_read_wire(cm_buf_view(&wire), NULL, &again), CM_OK);
		assert_int_equal(cm_hi1_message_good(&again), good);
		cm_hi1_message_fini(&again);
		cm_hi1_message_fini(&m);
		cm_buf_fini(&wire);
	}
	free(text);
	return good;
}

static json_t *
of_another_type(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return json_array();
	case JSON_ARRAY:
		return json_object();
	case JSON_STRING:
		return json_integer(7);
	case JSON_INTEGER:
	case JSON_REAL:
		return json_string("7");
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		break;
	}
	return json_string("true");
}

static void walk(struct tried *t, json_t *value);

static void
try_member(struct tried *t, json_t *object, const char *key)
{
	json_t *value = json_incref(json_object_get(object, key));
	json_t *copy = t->mutation == REMOVE ? json_deep_copy(object) : NULL;
	if (t->mutation == REMOVE)
		json_object_del(object, key);
	else
		json_object_set_new(object, key, of_another_type(value));
	t->count++;
	bool taken = is_taken(t->root);
	t->taken += taken;
	if (taken && !(t->mutation == REMOVE && (may_miss(key) || key[0] == '@')))
		fail_msg("%s: taken %s %s", t->name, t->mutation == REMOVE ? "without" : "with another type of", key);
	if (copy != NULL)
		json_object_update(object, copy);
	else
		json_object_set(object, key, value);
	json_decref(copy);
	walk(t, json_object_get(object, key));
	json_decref(value);
}

static void
walk(struct tried *t, json_t *value)
{
	size_t i;
	json_t *element;
	json_array_foreach(value, i, element)
		walk(t, element);
	if (!json_is_object(value))
		return;
	if (t->mutation == ADD) {
		json_object_set_new(value, "xStranger", json_string("x"));
		t->count++;
		if (is_taken(t->root))
			fail_msg("%s: a stranger was taken", t->name);
		json_object_del(value, "xStranger");
	}
	const char *keys[64];
	size_t count = 0;
	for (void *at = json_object_iter(value); at != NULL && count < 64; at = json_object_iter_next(value, at))
		keys[count++] = strdup(json_object_iter_key(at));
	for (i = 0; i < count; i++) {
		if (t->mutation == ADD)
			walk(t, json_object_get(value, keys[i]));
		else
			try_member(t, value, keys[i]);
		free((void *)(uintptr_t)keys[i]);
	}
}

static enum mutation mutation;
static unsigned count;

static void
mutate(const char *name, struct cm_view bytes)
{
	struct tried t = {.root = json_loadb((const char *)bytes.p, bytes.n, 0, NULL), .name = name, .mutation = mutation};
	assert_non_null(t.root);
	assert_true(is_taken(t.root));
	walk(&t, t.root);
	assert_true(is_taken(t.root)); // put together again
	count += t.count;
	json_decref(t.root);
}

static void
every_required_member_is_required(void **state)
{
	(void)state;
	mutation = REMOVE;
	count = 0;
	kit_each("hi1/accept", 44, mutate);
	print_message("%u members removed\n", count);
}

static void
a_stranger_is_refused_in_every_object(void **state)
{
	(void)state;
	mutation = ADD;
	count = 0;
	kit_each("hi1/accept", 44, mutate);
	print_message("%u strangers added\n", count);
}

static void
a_value_of_another_type_is_refused_everywhere(void **state)
{
	(void)state;
	mutation = RETYPE;
	count = 0;
	kit_each("hi1/accept", 44, mutate);
	print_message("%u values of another type\n", count);
}

UNIT_MAIN(T(every_required_member_is_required), T(a_stranger_is_refused_in_every_object),
          T(a_value_of_another_type_is_refused_everywhere))
