// JSON as we take it: one strict reader, the RFC 8785 form, and nothing of the JSON library to be seen outside.
// Taken: UTF-8 without byte order mark, an object or array at the top, no member twice, whole numbers within
// ±(2^53 − 1) written without fraction, exponent or "-0", no NUL in texts, no lone surrogates, nothing behind the end.
// Limits: json_depth, json_members (of one object) and the caller's size. Rules: json_… of data/errors.tab.
// Source: json.c (reader, access), json_canonical.c.
#ifndef CM_FORMAT_JSON_H
#define CM_FORMAT_JSON_H

#include "base/buf.h"
#include "base/report.h"

struct cm_json; // a read document; owns all its values

struct cm_json_value; // one value of it, valid as long as the document is

enum cm_json_kind {
	CM_JSON_NULL,
	CM_JSON_FALSE,
	CM_JSON_TRUE,
	CM_JSON_NUMBER,
	CM_JSON_TEXT,
	CM_JSON_ARRAY,
	CM_JSON_OBJECT,
};

// Tells the JSON library a random number, once and before the first document is read; a process that reads strangers'
// JSON calls it before its sandbox closes. Without it a fixed number is used; json_members bounds what that could cost.
void cm_json_seed(uint64_t random);

// Reads `bytes` (at most `max`). Refused: json_too_large, json_utf8, json_depth, json_members, json_number,
// json_syntax. Places are "byte N". The document is the caller's: cm_json_free().
CM_CHECKED cm_result cm_json_read(struct cm_view bytes, size_t max, struct cm_report *report,
                                  struct cm_json **ret_json);
void cm_json_free(struct cm_json *json);
void cm_json_free_at(struct cm_json **at); // for CM_CLEANUP

const struct cm_json_value *cm_json_root(const struct cm_json *json);

enum cm_json_kind cm_json_kind(const struct cm_json_value *value);
const char *cm_json_kind_name(enum cm_json_kind kind); // "a text", "a whole number", …

// The text of a CM_JSON_TEXT; the empty view for any other kind.
struct cm_view cm_json_text(const struct cm_json_value *value);
// The number of a CM_JSON_NUMBER; 0 for any other kind.
int64_t cm_json_number(const struct cm_json_value *value);

// Elements of an array or members of an object; 0 for any other kind.
size_t cm_json_count(const struct cm_json_value *value);
// Element `i` of an array, NULL when there is none.
const struct cm_json_value *cm_json_at(const struct cm_json_value *array, size_t i);
// The member called `name`, NULL when there is none.
const struct cm_json_value *cm_json_member(const struct cm_json_value *object, const char *name);

// Calls `each` for every member in the order of the text; stops when it gives false.
void cm_json_members(const struct cm_json_value *object,
                     bool (*each)(void *context, struct cm_view name, const struct cm_json_value *value),
                     void *context);

// Appends the RFC 8785 form. `without` names a member of the top object that is left out ("Signature"), or is NULL.
// CM_REFUSED when `to` is full, CM_NOMEM.
CM_CHECKED cm_result cm_json_canonical(const struct cm_json_value *value, const char *without, struct cm_buf *to);

// Reads and appends the RFC 8785 form in one step.
CM_CHECKED cm_result cm_json_canonicalise(struct cm_view bytes, size_t max, struct cm_report *report,
                                          struct cm_buf *to);

#endif
