// A draft: what an officer's program hands to its own node to have a request sent (doc/spec/request-document.md, section
// "Drafts"). It holds the request document without what the node fills in, and the facts that sit in HI-1 fields:
//   {"format":"comity.draft/1","request":{…},"task":{…},"authorisation":{…},"preservation":{…}}
// Source: draft.c (reading), draft_message.c (the message made of it).
#ifndef CM_FORMAT_DRAFT_H
#define CM_FORMAT_DRAFT_H

#include "format/hi1_message.h"
#include "format/request_doc.h"

struct cm_draft {
	struct cm_request_doc doc;
	struct cm_hi1_details details;      // of the task
	struct cm_instant wanted_end;       // preservation: DesiredPreservationExpiration
	struct cm_hi1_deadline deadline;    // disclosure: us 0 means none
	struct cm_hi1_authorisation authorisation;
	struct cm_hi1_approval approval;    // second person; name empty: none
	struct cm_hi1_entry authorisation_flag, task_flag; // of an emergency
	struct cm_hi1_alternative preservations[2]; // the preservation that this follows
	size_t preservation_count;
	struct cm_view to, case_id, undertaking; // the call's members beside the draft, when they are texts
	bool founds;
	struct cm_arena arena;
};

// What the node fills in.
struct cm_draft_told {
	struct cm_hi1_endpoint sender, receiver;
	struct cm_instant now;
	struct cm_view transaction;                            // UUID
	struct cm_view document, authorisation, task, encryption; // ObjectIdentifiers (UUIDs)
	struct cm_view reference;        // our matter reference, ExternalIdentifier
	struct cm_view disclosure_reference; // LDID
	struct cm_view seal_certificate; // DER of our sealing certificate, for kinds that deliver data
	struct cm_view node;             // "xa.contact"
	void (*sha256)(struct cm_view bytes, uint8_t ret_digest[32]); // crypto stands beside this room
};

// Reads the member "draft" of a call's body. `document` becomes the id of the request document. Every fault is a finding: draft_form, and those of
// the request document and of HI-1 values. Free with cm_draft_fini().
CM_CHECKED cm_result cm_draft_read(struct cm_view json, const struct cm_draft_told *told, struct cm_report *report,
                                   struct cm_draft *ret_draft);
void cm_draft_fini(struct cm_draft *draft);

// Which objects a message for a kind of this family has beside the Document Request.
enum cm_draft_task {
	CM_DRAFT_ALONE,
	CM_DRAFT_AUTHORISED,   // Authorisation
	CM_DRAFT_PRESERVATION, // Authorisation, LPTask
	CM_DRAFT_DISCLOSURE,   // Authorisation, Encryption, LDTask
	CM_DRAFT_EMERGENCY,    // the same, and both say that it is an emergency
	CM_DRAFT_EXTENSION,    // UPDATE of the LPTask with the new wanted end
	CM_DRAFT_ENDING,       // UPDATE of the LPTask, desired Cancelled
};

// The message of a draft: CREATE, and the UPDATE of the task that it names. The record points into `draft`, `told` and the draft's arena.
CM_CHECKED cm_result cm_draft_message(struct cm_draft *draft, const struct cm_draft_told *told, enum cm_draft_task task,
                                      struct cm_report *report, struct cm_hi1_message *ret_message);

#endif
