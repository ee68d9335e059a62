// A read JSON document as a tree in one piece of memory. Only for json.c (access) and json_parse.c (building).
#ifndef CM_FORMAT_JSON_TREE_H
#define CM_FORMAT_JSON_TREE_H

#include "base/arena.h"
#include "format/json.h"

struct cm_json_value {
	struct cm_view name; // as a member
	enum cm_json_kind kind;
	uint32_t count; // of children
	union {
		struct cm_view text;
		int64_t number;
		struct cm_json_value *children; // elements, or members in the order of the text
	};
};

struct cm_json {
	struct cm_arena arena;
	struct cm_json_value root;
};

// Builds the tree of bytes that passed cm_json_scan(). Refused: json_syntax.
CM_CHECKED cm_result cm_json_parse(struct cm_view bytes, struct cm_report *report, struct cm_json *json);

#endif
