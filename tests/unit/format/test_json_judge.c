// Our reader and another library's (jansson) judge the same hundred thousands of damaged texts: they have to take the same
// ones and to see the same in them. What the scan refuses is ours alone.
#include "unit.h"

#include <jansson.h>
#include <stdio.h>

#include "format/json.h"
#include "format/json_scan.h"

#define ROUNDS 300000
#define MOST 512

static const char *const seeds[] = {
        "{\"a\":1,\"b\":[true,false,null,\"x\\u00e9\\n\",-5,{\"c\":{}}],\"\":\"\"}",
        "[\"\\ud83d\\ude00\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"\\u0041\\uFFFF\",0,-1,9007199254740991]",
        " { \"Header\" : {\"a\":\"b\"} ,\r\n\t\"Payload\":[ [ [ ] ] , { } ] } ",
        "{\"k1\":1,\"k2\":2,\"k3\":3,\"k4\":4,\"k5\":5,\"k6\":6,\"k7\":7,\"k8\":8,\"k9\":9,\"ka\":1,\"kb\":2,\"kc\":3,"
        "\"kd\":4,\"ke\":5,\"kf\":6,\"kg\":7,\"kh\":8,\"ki\":9}",
        "[\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"]",
};

static uint64_t state_of_chance = 88172645463325252u;

static uint32_t
chance(uint32_t below)
{
	state_of_chance ^= state_of_chance << 13;
	state_of_chance ^= state_of_chance >> 7;
	state_of_chance ^= state_of_chance << 17;
	return (uint32_t)(state_of_chance >> 33) % below;
}

static size_t
mutate(char *text, size_t n)
{
	static const char bytes[] = "{}[]\":,\\u0dD8ec19 truefalsn-+.eE/bfr\n\t\x01\x7f\xc3\xa9\xed\xa0\x80";
	for (uint32_t times = 1 + chance(4); times > 0 && n > 0; times--) {
		size_t at = chance((uint32_t)n);
		uint32_t way = chance(3);
		if (way == 0)
			text[at] = bytes[chance(sizeof bytes - 1)];
		else if (way == 1) {
			memmove(text + at, text + at + 1, n - at - 1);
			n--;
		} else if (n < MOST) {
			memmove(text + at + 1, text + at, n - at);
			text[at] = bytes[chance(sizeof bytes - 1)];
			n++;
		}
	}
	return n;
}

static void same(const struct cm_json_value *ours, json_t *theirs);

static bool
same_member(void *context, struct cm_view name, const struct cm_json_value *value)
{
	json_t *theirs = json_object_getn(context, (const char *)name.p, name.n);
	assert_non_null(theirs);
	same(value, theirs);
	return true;
}

static void
same(const struct cm_json_value *ours, json_t *theirs)
{
	switch (cm_json_kind(ours)) {
	case CM_JSON_OBJECT:
		assert_true(json_is_object(theirs));
		assert_int_equal(cm_json_count(ours), json_object_size(theirs));
		cm_json_members(ours, same_member, theirs);
		break;
	case CM_JSON_ARRAY:
		assert_true(json_is_array(theirs));
		assert_int_equal(cm_json_count(ours), json_array_size(theirs));
		for (size_t i = 0; i < cm_json_count(ours); i++)
			same(cm_json_at(ours, i), json_array_get(theirs, i));
		assert_null(cm_json_at(ours, cm_json_count(ours)));
		break;
	case CM_JSON_TEXT:
		assert_true(json_is_string(theirs));
		assert_int_equal(cm_json_text(ours).n, json_string_length(theirs));
		assert_memory_equal(cm_json_text(ours).p, json_string_value(theirs), json_string_length(theirs) + 1);
		break;
	case CM_JSON_NUMBER:
		assert_true(json_is_integer(theirs));
		assert_true(cm_json_number(ours) == json_integer_value(theirs));
		break;
	case CM_JSON_TRUE:
		assert_true(json_is_true(theirs));
		break;
	case CM_JSON_FALSE:
		assert_true(json_is_false(theirs));
		break;
	case CM_JSON_NULL:
		assert_true(json_is_null(theirs));
		break;
	}
}

static void
damaged_texts_are_judged_as_another_library_does(void **state)
{
	(void)state;
	char text[MOST + 1];
	size_t taken = 0;
	for (size_t round = 0; round < ROUNDS; round++) {
		const char *seed = seeds[round % (sizeof seeds / sizeof *seeds)];
		size_t n = strlen(seed);
		memcpy(text, seed, n);
		n = round < sizeof seeds / sizeof *seeds ? n : mutate(text, n);
		struct cm_view bytes = cm_view_of(text, n);
		struct cm_json *ours = NULL;
		if (cm_json_scan(bytes, NULL) != CM_OK)
			continue;
		json_error_t error;
		json_t *theirs = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
		cm_result r = cm_json_read(bytes, MOST, NULL, &ours);
		if ((r == CM_OK) != (theirs != NULL))
			printf("%s, the other: %s: %.*s\n", r == CM_OK ? "taken" : "refused", theirs != NULL ? "taken" : error.text,
			       (int)n, text);
		assert_int_equal(r == CM_OK, theirs != NULL);
		if (theirs != NULL)
			same(cm_json_root(ours), theirs);
		taken += theirs != NULL;
		cm_json_free(ours);
		json_decref(theirs);
	}
	assert_true(taken > ROUNDS / 100);
}

UNIT_MAIN(T(damaged_texts_are_judged_as_another_library_does))
