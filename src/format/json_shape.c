// Knows: what is there and what a single value must look like, by the tables of json_shape.h. Does not know: JSON
// text or any document.
#include <string.h>

#include "base/tab_limit.h"
#include "format/request_doc_party.h"
#include "format/json_shape.h"

#define CM_SHAPE_INTEGER UINT64_C(9007199254740991) // 2^53 - 1

const void *
cm_json_shape_pointer(const void *at)
{
	const void *p;
	memcpy(&p, at, sizeof p); // every object pointer has the same form in memory
	return p;
}

size_t
cm_json_shape_most(const struct cm_json_shape_field *field)
{
	return field->most != 0 ? field->most : CM_LIMIT_HI1_ELEMENTS_VALUE;
}

size_t
cm_json_shape_size(const struct cm_json_shape_field *field)
{
	switch (field->kind) {
	case CM_SHAPE_TEXT:
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
		return sizeof(struct cm_view);
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		return sizeof(struct cm_instant);
	case CM_SHAPE_NUMBER:
		return sizeof(uint64_t);
	case CM_SHAPE_COUNT:
		return sizeof(struct cm_doc_number);
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		return sizeof(enum cm_doc_flag);
	case CM_SHAPE_ENTRY:
		return sizeof(struct cm_hi1_entry);
	case CM_SHAPE_FIXED:
		return 0;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
		return field->sub->size;
	case CM_SHAPE_POINTER:
		return sizeof(void *);
	}
	return 0;
}

const void *
cm_json_shape_list(const struct cm_json_shape_field *field, const void *record, size_t *ret_count)
{
	const uint8_t *base = record;
	memcpy(ret_count, base + field->count_at, sizeof *ret_count);
	return cm_json_shape_pointer(base + field->at);
}

static bool
cm_json_shape_any(const struct cm_json_shape *shape, const void *record)
{
	for (size_t i = 0; i < shape->count; i++)
		if (cm_json_shape_given(&shape->fields[i], record))
			return true;
	return false;
}

bool
cm_json_shape_value_given(const struct cm_json_shape_field *field, const void *at)
{
	unsigned flag = 0;
	switch (field->kind) {
	case CM_SHAPE_TEXT:
	case CM_SHAPE_BASE64:
	case CM_SHAPE_HEX:
		return ((const struct cm_view *)at)->n != 0;
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		return ((const struct cm_instant *)at)->us != 0;
	case CM_SHAPE_NUMBER:
		return *(const uint64_t *)at != 0;
	case CM_SHAPE_COUNT:
		return ((const struct cm_doc_number *)at)->given;
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		memcpy(&flag, at, sizeof flag);
		return flag != 0;
	case CM_SHAPE_ENTRY:
		return ((const struct cm_hi1_entry *)at)->dictionary != CM_DICTIONARY_NONE;
	case CM_SHAPE_FIXED:
		return false;
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
		return cm_json_shape_any(field->sub, at);
	case CM_SHAPE_POINTER:
		return cm_json_shape_pointer(at) != NULL;
	}
	return false;
}

bool
cm_json_shape_given(const struct cm_json_shape_field *field, const void *record)
{
	size_t count;
	if (!field->many)
		return cm_json_shape_value_given(field, (const uint8_t *)record + field->at);
	cm_json_shape_list(field, record, &count);
	return count != 0;
}

static const char *
cm_json_shape_wrong_text(const struct cm_json_shape_field *field, struct cm_view text)
{
	if (field->words == NULL)
		return cm_json_form_good(field->form, text) ? NULL : cm_json_form_say(field->form);
	for (const char *const *word = field->words; *word != NULL; word++)
		if (cm_view_is(text, *word))
			return NULL;
	return "one of the words of the specification";
}

// A dictionary whose values another table has takes any word.
static const char *
cm_json_shape_wrong_entry(const struct cm_json_shape_field *field, const struct cm_hi1_entry *entry)
{
	static const char say[] = "a value of this dictionary";
	if (entry->dictionary == CM_DICTIONARY_NONE ||
	    (entry->dictionary != field->dictionary && entry->dictionary != field->dictionary2))
		return "an entry of the dictionary of this member";
	const char *const *value = cm_dictionary_row(entry->dictionary)->values;
	if (*value == NULL)
		return cm_json_form_good(CM_FORM_WORD, entry->value) ? NULL : say;
	for (; *value != NULL; value++)
		if (cm_view_is(entry->value, *value))
			return NULL;
	return say;
}

static const char *
cm_json_shape_wrong_number(const struct cm_json_shape_field *field, uint64_t value)
{
	uint64_t max = field->max != 0 ? field->max : CM_SHAPE_INTEGER;
	uint64_t min = field->min != 0 || field->many || field->kind == CM_SHAPE_COUNT ? field->min : 1;
	return value >= min && value <= max ? NULL : "a whole number of the range of the specification";
}

static const char *
cm_json_shape_wrong_time(const struct cm_json_shape_field *field, struct cm_instant t)
{
	static const int64_t end = INT64_C(253402300800) * CM_INSTANT_SECOND; // the year 10000
	bool fraction = t.us % CM_INSTANT_SECOND != 0;
	bool good = t.us > 0 && t.us < end && (field->kind == CM_SHAPE_MICRO || !fraction);
	return good ? NULL : "a moment between 1970 and 9999";
}

const char *
cm_json_shape_wrong(const struct cm_json_shape_field *field, const void *at)
{
	unsigned flag = 0;
	switch (field->kind) {
	case CM_SHAPE_TEXT:
		return cm_json_shape_wrong_text(field, *(const struct cm_view *)at);
	case CM_SHAPE_BASE64:
		return ((const struct cm_view *)at)->n <= field->max ? NULL : "fewer bytes";
	case CM_SHAPE_HEX:
		return ((const struct cm_view *)at)->n == field->max ? NULL : "a digest of the right length";
	case CM_SHAPE_TIME:
	case CM_SHAPE_MICRO:
		return cm_json_shape_wrong_time(field, *(const struct cm_instant *)at);
	case CM_SHAPE_NUMBER:
		return cm_json_shape_wrong_number(field, *(const uint64_t *)at);
	case CM_SHAPE_COUNT:
		return cm_json_shape_wrong_number(field, ((const struct cm_doc_number *)at)->value);
	case CM_SHAPE_FLAG:
	case CM_SHAPE_TRUE:
		memcpy(&flag, at, sizeof flag);
		return flag == 2 || (flag == 1 && field->kind == CM_SHAPE_FLAG) ? NULL : "true";
	case CM_SHAPE_ENTRY:
		return cm_json_shape_wrong_entry(field, at);
	case CM_SHAPE_FIXED:
	case CM_SHAPE_INLINE:
	case CM_SHAPE_SINGLE:
	case CM_SHAPE_POINTER:
		break;
	}
	return NULL;
}
