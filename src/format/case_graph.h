// The chain of custody as a CASE 1.4.0 / UCO 1.4.0 graph in JSON-LD: who did what to the evidence, when, with
// which tool, under which authorisation, and which files came of it.
// Everything comes from the caller, the ids too, so that the same facts give the same bytes.
// Source: caseontology.org 1.4.0, unifiedcyberontology.org 1.4.0 (classes and properties named in case_graph.c).
#ifndef CM_FORMAT_CASE_GRAPH_H
#define CM_FORMAT_CASE_GRAPH_H

#include "base/instant.h"
#include "base/report.h"

// Identity of a node of the graph: a lower-case UUID (cm_text_uuid_write()). Every id in one graph is different.
// What belongs to a file (facets, hash) carries the file's UUID under a prefix of its own.
struct cm_case_id {
	char text[37];
};

enum cm_case_step_kind {
	CM_CASE_RECEIVED,  // the request came in
	CM_CASE_PRESERVED, // the data were kept from change
	CM_CASE_COLLECTED, // the data were taken
	CM_CASE_PACKED,
	CM_CASE_SEALED,
	CM_CASE_SENT,
	CM_CASE_OPENED,
	CM_CASE_VERIFIED,
};

// Fixed English word of a step: "received", …
const char *cm_case_step_name(enum cm_case_step_kind kind);

// A person or authority that acts.
struct cm_case_party {
	struct cm_case_id id;
	struct cm_view name;
	bool person; // a natural person; otherwise an organisation
};

// The HI-1 authorisation that everything rests on.
struct cm_case_authorization {
	struct cm_case_id id;
	struct cm_view identifier; // its HI-1 ObjectIdentifier
	struct cm_view type;       // words: "Convention, Art. 44"; may be empty
	struct cm_instant start;   // us 0: not said
	struct cm_instant end;     // us 0: not said
};

struct cm_case_file {
	struct cm_case_id id;
	struct cm_view name;  // entry name in the container
	struct cm_view media; // media type; may be empty
	uint64_t size;        // bytes
	uint8_t sha256[32];
};

// An exhibit: files that one step brought forth.
struct cm_case_exhibit {
	struct cm_case_id id;
	struct cm_view number;      // exhibitNumber
	struct cm_view description; // may be empty
	size_t first_file;          // files [first_file, first_file + file_count) of the graph
	size_t file_count;
};

#define CM_CASE_NONE SIZE_MAX // no index

// One step of custody. Steps stand in the order in which they happened; each was informed by the one before.
struct cm_case_step {
	struct cm_case_id id;
	enum cm_case_step_kind kind;
	struct cm_instant start;
	struct cm_instant end;
	size_t performer;           // index of a party
	size_t result;              // index of an exhibit that came of it, or CM_CASE_NONE
	size_t object;              // index of an exhibit that it worked on, or CM_CASE_NONE
	struct cm_view description; // may be empty
};

struct cm_case_graph {
	struct cm_case_id investigation;
	struct cm_view investigation_name; // the case's reference
	struct cm_case_id tool;
	struct cm_view tool_name; // "comity"
	struct cm_view tool_version;
	const struct cm_case_authorization *authorization; // NULL: none
	const struct cm_case_party *parties;
	size_t party_count;
	const struct cm_case_step *steps;
	size_t step_count;
	const struct cm_case_exhibit *exhibits;
	size_t exhibit_count;
	const struct cm_case_file *files;
	size_t file_count;
};

// Appends the graph as one line of JSON with a line end behind it. Texts must be UTF-8 (CM_REFUSED: case_text); an
// index out of range or an id that is no UUID is CM_BUG. The result of `to` decides too (maximum, memory).
CM_CHECKED cm_result cm_case_graph_write(const struct cm_case_graph *g, struct cm_buf *to, struct cm_report *report);

#endif
