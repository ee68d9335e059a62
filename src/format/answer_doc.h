// The answer document: body of a DocumentObject with content type application/vnd.comity.answer+json, what either
// side says about a request and HI-1 has no field for (doc/spec/request-document.md, section 3). Absent values as in
// request_doc.h. Source: answer_doc.c.
#ifndef CM_FORMAT_ANSWER_DOC_H
#define CM_FORMAT_ANSWER_DOC_H

#include "base/arena.h"
#include "base/instant.h"
#include "base/report.h"
#include "format/request_doc_party.h"

struct cm_doc_item_result {
	uint64_t item; // of the request document's data
	struct cm_view result;
	struct cm_instant until;
	struct cm_view note;
};

struct cm_doc_question {
	uint64_t n;
	struct cm_view question, needed_for;
};

struct cm_doc_reply {
	uint64_t n;
	struct cm_view reply;
};

struct cm_doc_ground {
	struct cm_view code, article, reasons;
};

struct cm_doc_condition {
	uint64_t n;
	struct cm_view condition;
};

// A clock that both sides have, as the speaker counts it.
struct cm_doc_clock {
	struct cm_view limit; // row of data/time_limits.tab
	struct cm_view says;  // runs; paused, resumed, extended: by this message
	struct cm_instant at; // when it was paused, resumed or extended
	struct cm_instant end;
};
#define CM_DOC_CLOCKS 16

struct cm_doc_hop {
	uint64_t hop;
	struct cm_view provider, country, address;
	struct cm_instant from, to;
};

// A party to a joint investigation as the leading State tells it. recipient: age key of its sealing key; founds: it was asked at the
// beginning, and nothing is in force without it.
struct cm_doc_member {
	struct cm_view node, state, recipient;
	struct cm_instant at; // since when it is so
	enum cm_doc_flag founds;
};

struct cm_answer_doc {
	struct cm_view id, answers, state, language;
	const struct cm_doc_party *answering;
	struct cm_view text;
	struct cm_view answer;        // the word of data/request_answers.tab
	struct cm_view amount, unit;  // what the answer is about, in the smallest unit
	struct cm_view purpose;       // the other use that is asked for
	struct cm_view justification; // why nobody was consulted before a refusal
	struct cm_instant until; // promise to the asking State
	struct {
		struct cm_view reference;
		struct cm_instant from, until;
	} national_order;
	const struct cm_doc_item_result *items;
	size_t item_count;
	const struct cm_doc_question *questions;
	size_t question_count;
	const struct cm_doc_reply *replies;
	size_t reply_count;
	struct cm_instant answer_by;
	struct cm_view effect_of_silence;
	const struct cm_doc_ground *grounds;
	size_t ground_count;
	struct cm_view remedy;
	const struct cm_doc_clock *clocks;
	size_t clock_count;
	const struct cm_doc_condition *conditions;
	size_t condition_count;
	const struct cm_doc_member *parties;
	size_t party_count;
	const struct cm_doc_hop *path;
	size_t path_count;
	const struct cm_doc_party *transmitted_to;
	struct cm_view expected_by; // date
	const struct cm_doc_attachment *attachments;
	size_t attachment_count;
	struct cm_arena arena; // reading only
};

// As for the request document. Members that a state needs (until for "preserved", grounds for "refused" …) are required
// here as in the schema: document_member_missing.
CM_CHECKED cm_result cm_answer_doc_read(struct cm_view json, struct cm_report *report, struct cm_answer_doc *ret_doc);
void cm_answer_doc_fini(struct cm_answer_doc *doc);
CM_CHECKED cm_result cm_answer_doc_write(const struct cm_answer_doc *doc, struct cm_buf *to);
bool cm_answer_doc_has(const struct cm_answer_doc *doc, const char *path);
void cm_answer_doc_each(const struct cm_answer_doc *doc,
                        void (*each)(void *context, struct cm_view path, struct cm_view text), void *context);
CM_CHECKED cm_result cm_answer_doc_write_wire(const struct cm_answer_doc *doc, struct cm_buf *to);
CM_CHECKED cm_result cm_answer_doc_read_wire(struct cm_view bytes, struct cm_report *report,
                                             struct cm_answer_doc *ret_doc);

#endif
