// Shapes: tables that say which members a JSON object has and which field of a struct holds each. One table serves five
// directions: strict reading, RFC 8785 writing, the bytes between our processes and back, and walking by path.
// The rows of a table stand in RFC 8785 order of their names, so that writing is one pass; shapes are tested for that.
// Absent in a struct: an empty view, NULL, a count, number, instant or flag of 0, dictionary NONE.
// Source: json_shape.c (presence, checks), json_shape_read.c, json_shape_write.c, json_shape_wire.c, json_shape_walk.c.
#ifndef CM_FORMAT_JSON_SHAPE_H
#define CM_FORMAT_JSON_SHAPE_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/rd.h"
#include "base/report.h"
#include "format/hi1_entry.h"
#include "format/json.h"
#include "format/json_form.h"
#include "format/json_put.h"

enum cm_json_shape_kind {
	CM_SHAPE_TEXT,   // struct cm_view; `form`, or `words` when given
	CM_SHAPE_BASE64, // struct cm_view of the decoded bytes, at most `max`
	CM_SHAPE_HEX,    // struct cm_view of the decoded bytes, exactly `max`
	CM_SHAPE_TIME,   // struct cm_instant, whole seconds
	CM_SHAPE_MICRO,  // struct cm_instant, exactly six fraction digits
	CM_SHAPE_NUMBER, // uint64_t from `min` (default 1; 0 in lists) to `max` (default 2^53 - 1)
	CM_SHAPE_COUNT,  // struct cm_doc_number from 0 to `max`
	CM_SHAPE_FLAG,   // an enum of 0 unset, 1 no, 2 yes
	CM_SHAPE_TRUE,   // the same, only yes
	CM_SHAPE_ENTRY,  // struct cm_hi1_entry of `dictionary` or `dictionary2`
	CM_SHAPE_FIXED,  // the text `fixed`; no field
	CM_SHAPE_INLINE, // an object whose fields stand in this struct at `at`; absent when all of them are
	CM_SHAPE_SINGLE, // an array of exactly one such object
	CM_SHAPE_POINTER, // an object in a struct of its own; the field is a pointer to it
};

// When a member is needed or may not be there.
#define CM_SHAPE_ALWAYS 1u
#define CM_SHAPE_CREATE 2u  // in an object that is created
#define CM_SHAPE_DELIVER 4u // in an object that is delivered

struct cm_json_shape;

struct cm_json_shape_field {
	const char *member;
	enum cm_json_shape_kind kind;
	size_t at; // offset of the field
	bool many; // an array: the field is a pointer to `kind`s, its count a size_t at `count_at`
	size_t count_at;
	unsigned need, never; // CM_SHAPE_… in which contexts
	const struct cm_json_shape *sub;
	enum cm_json_form form;
	const char *const *words; // ends with NULL
	enum cm_dictionary dictionary, dictionary2;
	const char *fixed;
	uint64_t min, max; // by kind; for `many` the elements are counted by `most`
	size_t most;       // elements; 0: CM_LIMIT_HI1_ELEMENTS_VALUE
};

struct cm_json_shape_reader;

struct cm_json_shape {
	const char *name;
	const struct cm_json_shape_field *fields;
	size_t count;
	size_t size; // of the struct
	// What no single member shows; may be NULL. Reports with cm_json_shape_fault().
	void (*check)(struct cm_json_shape_reader *reader, const void *record);
};

// Which rule each sort of fault breaks.
struct cm_json_shape_rules {
	enum cm_error missing, unknown, value, entry, identifier, never, digest, size;
};

struct cm_json_shape_reader {
	struct cm_arena *arena;
	const struct cm_json_shape_rules *rules;
	unsigned context; // CM_SHAPE_CREATE, CM_SHAPE_DELIVER or 0
	void (*sha256)(struct cm_view bytes, uint8_t ret_digest[32]);
	struct cm_report found; // what was found so far
	char place[CM_REPORT_PLACE];
	size_t place_n; // may pass the room of `place`: then it is cut
};

// -- reading

// Reads an object into `record` (zeroed by the caller). False when anything was found; the record is then of no use.
bool cm_json_shape_read(struct cm_json_shape_reader *reader, const struct cm_json_shape *shape,
                        const struct cm_json_value *object, void *record);

// Adds a finding at the present place.
void cm_json_shape_fault(struct cm_json_shape_reader *reader, enum cm_error rule, const char *seen, ...)
        __attribute__((format(printf, 3, 4)));

// Moves the place one step down; gives what cm_json_shape_leave() needs to come back.
size_t cm_json_shape_enter(struct cm_json_shape_reader *reader, const char *member);
size_t cm_json_shape_enter_at(struct cm_json_shape_reader *reader, size_t i);
void cm_json_shape_leave(struct cm_json_shape_reader *reader, size_t mark);

// -- writing

// Writes the object. CM_BUG when a needed member is missing or a value is not of its form.
CM_CHECKED cm_result cm_json_shape_write(struct cm_json_put *put, const struct cm_json_shape *shape, const void *record,
                                    unsigned context);

void cm_json_shape_wire_write(struct cm_buf *to, const struct cm_json_shape *shape, const void *record);
// Views point into the bytes behind `rd`. False when they are not of that form.
bool cm_json_shape_wire_read(struct cm_rd *rd, struct cm_arena *arena, const struct cm_json_shape *shape, void *record);

// -- walking

bool cm_json_shape_has(const struct cm_json_shape *shape, const void *record, const char *path);

typedef void cm_json_shape_each_fn(void *context, struct cm_view path, struct cm_view text);
void cm_json_shape_each(const struct cm_json_shape *shape, const void *record, cm_json_shape_each_fn *each,
                        void *context);

// -- inside the engine and for tests

// Size of one value of this field in memory.
size_t cm_json_shape_size(const struct cm_json_shape_field *field);
// True when the value at `at` (of one element, when the field is a list) is there.
bool cm_json_shape_value_given(const struct cm_json_shape_field *field, const void *at);
// True when the field of this record is there.
bool cm_json_shape_given(const struct cm_json_shape_field *field, const void *record);
// NULL when the single value is of its form; else what it should be.
const char *cm_json_shape_wrong(const struct cm_json_shape_field *field, const void *at);
// The elements of a list and their number.
const void *cm_json_shape_list(const struct cm_json_shape_field *field, const void *record, size_t *ret_count);
size_t cm_json_shape_most(const struct cm_json_shape_field *field);
const void *cm_json_shape_pointer(const void *at);

#endif
