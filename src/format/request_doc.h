// The request document: body of a DocumentObject with content type application/vnd.comity.request+json, what the
// Convention asks for and HI-1 has no field for (doc/spec/request-document.md). Shape only: which members a kind
// needs is in data/request_contents.tab and judged in domain. Absent is: an empty view, NULL or count 0, an instant
// of 0, a number of 0, CM_DOC_UNSET. Instants are UTC; a time with another offset is read and would be written with
// "Z". Source: request_doc.c, request_doc_party.c; the engine is json_shape.h.
#ifndef CM_FORMAT_REQUEST_DOC_H
#define CM_FORMAT_REQUEST_DOC_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/report.h"
#include "format/request_doc_party.h"

struct cm_doc_offence {
	struct cm_view code, article, domestic_law;
	struct cm_doc_number max_penalty_years;
};

struct cm_doc_identifier {
	struct cm_view format, value;
};

struct cm_doc_period {
	struct cm_instant from, to;
};

struct cm_doc_data {
	uint64_t item; // from 1
	struct cm_view category, description, relation;
	const uint64_t *request_values; // positions in RequestValues of the task
	size_t request_value_count;
	const struct cm_doc_identifier *identifiers;
	size_t identifier_count;
	const struct cm_doc_period *period;
};

struct cm_doc_property {
	uint64_t item;
	struct cm_view description, location, holder, third_parties;
	const struct cm_doc_identifier *identifiers;
	size_t identifier_count;
	struct cm_view amount, unit; // amount: whole number of the smallest unit, as text
};

struct cm_doc_relation {
	struct cm_view id, how, reference;
};

struct cm_doc_basis {
	struct cm_view instrument, article, title;
};

struct cm_doc_person {
	struct cm_view name, role, nationality, location, note;
};

// What the Convention asks for and no other member holds: a word of data/particulars.tab and what is said about it.
struct cm_doc_particular {
	struct cm_view name, text;
};

struct cm_doc_thing {
	struct cm_view description, origin, location;
};

struct cm_request_doc {
	struct cm_view id, kind, article, language;
	const struct cm_doc_relation *relates_to;
	size_t relates_to_count;
	struct {
		struct cm_view original;
		enum cm_doc_flag by_machine;
	} translation;
	struct {
		struct cm_view level, reason;
	} urgency;
	struct {
		struct cm_instant at;
		struct cm_view spoken_to;
	} confirms_oral;
	const struct cm_doc_basis *legal_basis;
	size_t legal_basis_count;
	const struct cm_doc_party *requesting, *confirm_with, *conducting;
	struct {
		struct cm_view subject, nature, reference;
	} proceeding;
	const struct cm_doc_offence *offences;
	size_t offence_count;
	struct cm_view facts;
	const struct cm_doc_data *data;
	size_t data_count;
	struct {
		struct cm_view name, country, location, note;
	} custodian;
	enum cm_doc_flag custodian_unknown; // only YES or absent
	struct cm_view necessity;
	struct {
		enum cm_doc_flag will_follow; // only YES or absent
		const struct cm_view *measures;
		size_t measure_count;
		struct cm_view expected_by; // date
	} mla_follow_up;
	struct {
		struct cm_view state, expected_by, why_not_yet;
	} mla_state;
	struct {
		enum cm_doc_flag keep_secret, do_not_notify_user;
		struct cm_instant until;
		struct cm_view reason;
	} secrecy;
	struct {
		struct cm_view wanted, procedure, certification;
	} assistance;
	const struct cm_doc_person *persons;
	size_t person_count;
	const struct cm_doc_thing *things;
	size_t thing_count;
	const struct cm_doc_period *period;
	struct cm_view purpose;
	struct {
		struct cm_view only_for;
		const struct cm_view *conditions;
		size_t condition_count;
		struct cm_instant until;
	} use;
	struct cm_view information;
	struct {
		struct cm_view at_risk, risk, imminent_because, no_other_way, call_back, sworn_by;
	} emergency;
	const struct cm_doc_property *property;
	size_t property_count;
	const struct cm_view *actions;
	size_t action_count;
	struct {
		struct cm_view document, promised_by, court, date, extent, notice_to_third_parties;
		enum cm_doc_flag final;
	} order;
	const struct cm_doc_particular *particulars;
	size_t particular_count;
	struct {
		struct cm_instant at;
		struct cm_view reason;
	} deadline;
	const struct cm_doc_attachment *attachments;
	size_t attachment_count;
	struct {
		struct cm_view by, functions;
		struct cm_instant at;
	} sworn;
	struct cm_arena arena; // reading only
};

// Reads at most CM_LIMIT_DOCUMENT_BYTES_VALUE. Every fault is a finding (place: JSON pointer): document_json,
// document_member_missing, document_member_unknown, document_value, particular_unknown.
CM_CHECKED cm_result cm_request_doc_read(struct cm_view json, struct cm_report *report, struct cm_request_doc *ret_doc);
void cm_request_doc_fini(struct cm_request_doc *doc);

// Appends the RFC 8785 form. CM_BUG when a member that every request document has is missing.
CM_CHECKED cm_result cm_request_doc_write(const struct cm_request_doc *doc, struct cm_buf *to);

// True when the member is there: "facts", "mla_follow_up.will_follow", "offences[0].code". "data[].relation" means in
// every element of a list that has at least one.
bool cm_request_doc_has(const struct cm_request_doc *doc, const char *path);

// Calls `each` for every leaf with its path and its text (booleans "true" and "false", numbers decimal, instants RFC
// 3339), in the order of the members. This is how the document becomes facts for the law's tables.
void cm_request_doc_each(const struct cm_request_doc *doc,
                         void (*each)(void *context, struct cm_view path, struct cm_view text), void *context);

// Between our own processes; checked again like a stranger's (wire_malformed).
CM_CHECKED cm_result cm_request_doc_write_wire(const struct cm_request_doc *doc, struct cm_buf *to);
CM_CHECKED cm_result cm_request_doc_read_wire(struct cm_view bytes, struct cm_report *report,
                                              struct cm_request_doc *ret_doc);

#endif
