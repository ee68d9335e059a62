// Tables that the two document formats share, and the rules their faults break. Inside the room.
// Source: request_doc_party.c.
#ifndef CM_FORMAT_REQUEST_DOC_SHAPE_H
#define CM_FORMAT_REQUEST_DOC_SHAPE_H

#include "format/json_shape.h"

extern const struct cm_json_shape cm_request_doc_party_shape;
extern const struct cm_json_shape cm_request_doc_attachment_shape;
extern const struct cm_json_shape cm_request_doc_particular_shape; // request_doc_particular.c
extern const struct cm_json_shape_rules cm_request_doc_rules;

// No word of the particulars stands there twice.
struct cm_request_doc;
void cm_request_doc_particulars_check(struct cm_json_shape_reader *reader, const struct cm_request_doc *doc);

// Rows of a table: the member, then where its value stands in `struct S`.
#define CM_DOC_AT(S, field) .at = offsetof(struct S, field)
#define CM_DOC_LIST(S, field, counter)                                                                                 \
	.at = offsetof(struct S, field), .many = true, .count_at = offsetof(struct S, counter)
#define CM_DOC_NEED .need = CM_SHAPE_ALWAYS
#define CM_DOC_SHAPE(title, rows, S)                                                                                   \
	{                                                                                                              \
		title, rows, sizeof rows / sizeof *rows, sizeof(struct S), NULL                                        \
	}

// Reads `json` by `shape` into `record`, whose arena is `arena`; document_… rules.
CM_CHECKED cm_result cm_request_doc_read_shape(struct cm_view json, const struct cm_json_shape *shape,
                                               struct cm_report *report, struct cm_arena *arena, void *record);
// The same from the bytes between our processes; the bytes are copied into the arena first.
CM_CHECKED cm_result cm_request_doc_read_shape_wire(struct cm_view bytes, const struct cm_json_shape *shape,
                                                    struct cm_report *report, struct cm_arena *arena, void *record);

#endif
