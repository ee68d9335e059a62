// The tables of HI-1 objects and of the other parts of a message, for the reader, the writer and the wire. Inside the
// room. Source: hi1_object.c (objects), hi1_part.c (header, LIST, GETCSPCONFIG, errors).
#ifndef CM_FORMAT_HI1_SHAPE_H
#define CM_FORMAT_HI1_SHAPE_H

#include "format/hi1_message.h"
#include "format/json_shape.h"

#define CM_HI1_AT(S, field) .at = offsetof(struct S, field)
#define CM_HI1_LIST(S, field, counter)                                                                                 \
	.at = offsetof(struct S, field), .many = true, .count_at = offsetof(struct S, counter)
#define CM_HI1_SHAPE(title, rows, S)                                                                                   \
	{                                                                                                              \
		title, rows, sizeof rows / sizeof *rows, sizeof(struct S), NULL                                        \
	}

// The shape of an object of this type; NULL for NONE.
const struct cm_json_shape *cm_hi1_object_shape(enum cm_hi1_type type);
// The type that "@xsi:type" names; NONE for another one.
enum cm_hi1_type cm_hi1_object_type(struct cm_view xsi_type);

struct cm_hi1_header {
	struct cm_hi1_endpoint sender, receiver;
	struct cm_view transaction;
	struct cm_instant timestamp;
	struct cm_view workflow;
	struct cm_view etsi_version, profile_owner, profile_version;
};
struct cm_hi1_listing {
	const struct cm_hi1_listed *listed;
	size_t listed_count;
};
struct cm_hi1_named {
	struct cm_view id;
};

extern const struct cm_json_shape cm_hi1_endpoint_shape, cm_hi1_error_info_shape, cm_hi1_header_shape,
	cm_hi1_list_shape, cm_hi1_listing_shape, cm_hi1_config_shape, cm_hi1_named_shape;
extern const struct cm_json_shape_rules cm_hi1_envelope_rules, cm_hi1_action_rules;

// Namespaces: the members "@xmlns…" of a message.
struct cm_hi1_namespace {
	const char *member; // "@xmlns:auth"
	const char *prefix; // "auth:"; "" for those that every message has
	const char *uri;
};
#define CM_HI1_NAMESPACES 11
extern const struct cm_hi1_namespace cm_hi1_namespaces[CM_HI1_NAMESPACES]; // in RFC 8785 order

// Bit i is set when a member name of the canonical bytes has prefix i.
unsigned cm_hi1_prefixes(struct cm_view canonical);

#endif
