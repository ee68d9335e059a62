// What the message reader is asked and answers: jobs and results as bytes, writers and readers side by side. The reader
// parses what strangers (and officers) wrote; the node gets typed records and never runs a JSON parser on such bytes.
// Source: reader_message.c (the reader's side), reader_client.c (the node's side).
#ifndef CM_NODE_READER_MESSAGE_H
#define CM_NODE_READER_MESSAGE_H

#include "domain/authority.h"
#include "domain/facts.h"
#include "domain/identity.h"
#include "format/directory.h"
#include "format/draft.h"
#include "format/hi1_message.h"
#include "node/ask.h"
#include "node/event_ends.h"
#include "proto/shape.h"

enum cm_reader_job {
	CM_READER_JOB_HI1 = 1, // one HI-1 message
	CM_READER_JOB_DRAFT,   // a draft, to be checked and made a message
	CM_READER_JOB_CARD,    // a stranger's identity card
	CM_READER_JOB_DIRECTORY, // a list of the directory
	CM_READER_JOB_FACTS,   // any small JSON object, as paths and texts
	CM_READER_JOB_WORDS,   // an answer document from what an officer says
};

// -- the node's side
struct cm_reader_client {
	struct cm_ask_channel channel;
};
void cm_reader_client_init(struct cm_reader_client *client, int fd);
void cm_reader_client_fini(struct cm_reader_client *client);
// A new channel, when the reader was started again.
void cm_reader_client_renew(struct cm_reader_client *client, int fd);

// Judgement about one request document of a message.
struct cm_reader_judged {
	char document[40]; // ObjectIdentifier
	char title[200];   // for lists: what is asked, from the document
	char parent[40];   // id of the preservation task that it follows or changes, or ""
	char relates[40];  // id of the first request that the document relates to, or ""
	char undertaking[40], part[16]; // the joint undertaking that it belongs to, and how; or ""
	bool good;         // nothing is missing
	bool only_gaps;    // only listed contents are missing (a pres is then asked back, not refused)
	struct cm_view findings; // see cm_reader_judged_report()
};
#define CM_READER_JUDGED 4

struct cm_reader_read {
	struct cm_hi1_message message; // points into `bytes`; cm_hi1_message_fini() first
	struct cm_view wire;           // the record as bytes, for the store's event
	struct cm_reader_judged judged[CM_READER_JUDGED];
	size_t judged_count;
	// Of the receipt in an answer, as its text says, not verified: the entry of its act, and the SHA-256 (hex) of the message that
	// the act says was taken. Empty without.
	struct cm_view receipt_entry, receipt_artifact;
	struct cm_view roll; // the parties that it tells, see domain/joint.h; or empty
	struct cm_event_ends ends; // what the documents name
	struct cm_event_clocks clocks; // what they say of clocks that run
	struct cm_buf bytes;
};
void cm_reader_read_fini(struct cm_reader_read *read);
// The findings about a document, added to the report.
void cm_reader_judged_report(const struct cm_reader_judged *judged, struct cm_report *report);

struct cm_reader_told {
	struct cm_instant now;
	cm_authority_roles sender, receiver;
	struct {                           // of a draft: the request that it continues, or empty
		struct cm_view request;    // its id
		struct cm_view reference;  // of the other side
		struct cm_view message;    // of ours, signed, as it left
		bool there;                // it goes to the same node
	} chain;
};

// CM_REFUSED: there is no message to answer to (HTTP 400). CM_FAILED: the reader died; try again later.
CM_CHECKED cm_result cm_reader_client_hi1(struct cm_reader_client *client, struct cm_view json,
                                          const struct cm_reader_told *told, struct cm_report *report,
                                          struct cm_reader_read *ret_read);

// What a good draft became.
struct cm_reader_draft {
	struct cm_hi1_message message; // as above
	struct cm_view canonical, wire;
	struct cm_view to, case_id; // members of the call beside the draft
	char title[200];
	char parent[40], relates[40], undertaking[40], part[16]; // as above
	struct cm_report advice; // what could be added
	struct cm_event_ends ends;
	struct cm_facts facts;   // what the law is asked about
	struct cm_buf bytes;
};
void cm_reader_draft_fini(struct cm_reader_draft *draft);

// CM_REFUSED: `report` says everything that is missing or wrong.
CM_CHECKED cm_result cm_reader_client_draft(struct cm_reader_client *client, struct cm_view json,
                                            const struct cm_draft_told *draft_told, const struct cm_reader_told *told,
                                            struct cm_report *report, struct cm_reader_draft *ret_draft);

// A card that is what it claims (its own State root taken as it is).
struct cm_reader_card {
	struct cm_identity identity;
	char title[200], endpoint[256];
	struct cm_view sign_certificate, state_certificate, seal_certificate; // DER, in `bytes`
	struct cm_buf bytes;
};
void cm_reader_card_fini(struct cm_reader_card *card);
CM_CHECKED cm_result cm_reader_client_card(struct cm_reader_client *client, struct cm_view json, struct cm_instant now,
                                           struct cm_report *report, struct cm_reader_card *ret_card);

// An answer document: the members that a body (JSON of an officer's program) says with an event, put beside those of `base` (an
// answer document of ours without them). CM_REFUSED: `report` says which member is missing or not of its form.
struct cm_reader_words {
	struct cm_view base, body;
	uint32_t event, word; // enum cm_event, enum cm_answer_word
};
CM_CHECKED cm_result cm_reader_client_words(struct cm_reader_client *client, const struct cm_reader_words *words,
                                            struct cm_report *report, struct cm_buf *ret_document);

// A list of the directory whose signatures are good by the keys that it names itself.
struct cm_reader_directory {
	struct cm_directory list; // points into `bytes`; cm_directory_fini() first
	struct cm_buf bytes;
};
void cm_reader_directory_fini(struct cm_reader_directory *directory);
CM_CHECKED cm_result cm_reader_client_directory(struct cm_reader_client *client, struct cm_view json,
                                                struct cm_report *report, struct cm_reader_directory *ret_directory);

// Any JSON as paths and texts; of a shape that is not NONE, or refused. Of a member "draft" there is the SHA-256 of its RFC 8785 form alone.
CM_CHECKED cm_result cm_reader_client_facts(struct cm_reader_client *client, enum cm_api_shape shape, struct cm_view json,
                                            struct cm_report *report, struct cm_facts *ret_facts);

#endif
