// Knows: step 3 and the asking half of step 4: expedited preservation and the request for the data. Does not know: what a
// complete request is (the node says so).
#include "cli/demo_stage.h"

#include <string.h>

#include "base/instant.h"
#include "base/mem.h"

// The findings of the last answer: each says what is missing and by which article.
static size_t
cm_demo_request_missing(struct cm_demo *demo)
{
	const struct cm_json_value *findings = cm_demo_find(demo, "findings");
	size_t n = findings == NULL ? 0 : cm_json_count(findings);
	for (size_t i = 0; i < n; i++) {
		struct cm_view place = cm_json_text(cm_json_member(cm_json_at(findings, i), "place"));
		struct cm_view seen = cm_json_text(cm_json_member(cm_json_at(findings, i), "seen"));
		cm_demo_note(demo, "missing, Art. %.*s: %.*s", CM_VIEW_ARG(place), CM_VIEW_ARG(seen));
	}
	return n;
}

// Sends a draft and shows the receipt of the other node's register.
static cm_result
cm_demo_request_send(struct cm_demo *demo, const char *draft, char request[CM_DEMO_ID])
{
	char origin[CM_DEMO_TEXT], state[CM_DEMO_TEXT], reference[CM_DEMO_TEXT];
	cm_result r = cm_demo_as(demo, &demo->ilse, CM_DEMO_WORDS_OF("request", "send", draft, "--to", "xb.contact"));
	if (r != CM_OK || !cm_demo_id(demo, "request", request))
		return CM_REFUSED;
	cm_demo_text(demo, "receipt/origin", origin);
	cm_demo_text(demo, "state", state);
	cm_demo_text(demo, "reference", reference);
	if (*origin == 0)
		return cm_demo_bad(demo, "No receipt came; the request is %s", state);
	cm_demo_good(demo, "sent as %s and %s; the receipt is entry %llu of the register %s", reference, state,
	             (unsigned long long)cm_demo_number(demo, "receipt/index"), origin);
	return CM_OK;
}

// The newest request of the kind that came in at xb.
static cm_result
cm_demo_request_received(struct cm_demo *demo, const char *kind, char request[CM_DEMO_ID])
{
	cm_result r = cm_demo_at(demo, &demo->xb, CM_DEMO_WORDS_OF("request", "list"));
	const struct cm_json_value *list = cm_demo_find(demo, "requests");
	for (size_t i = 0; r == CM_OK && list != NULL && i < cm_json_count(list); i++) {
		const struct cm_json_value *row = cm_json_at(list, i);
		if (cm_view_is(cm_json_text(cm_json_member(row, "kind")), kind) &&
		    cm_view_is(cm_json_text(cm_json_member(row, "direction")), "received")) {
			snprintf(request, CM_DEMO_ID, "%.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(row, "request"))));
			return CM_OK;
		}
	}
	return r == CM_OK ? cm_demo_bad(demo, "%s shows no request of kind %s", demo->xb.name, kind) : r;
}

// Both nodes' ideas of the end must be one.
static cm_result
cm_demo_request_deadline(struct cm_demo *demo, const char *theirs)
{
	char until[CM_DEMO_TEXT], their_until[CM_DEMO_TEXT], people[CM_INSTANT_TEXT];
	struct cm_instant t;
	cm_result r = cm_demo_at(demo, &demo->xb, CM_DEMO_WORDS_OF("request", "show", theirs));
	cm_demo_text(demo, "preserved_until", their_until);
	if (r == CM_OK)
		r = cm_demo_at(demo, &demo->xa, CM_DEMO_WORDS_OF("request", "show", demo->preservation));
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "preserved_until", until);
	if (strcmp(until, their_until) != 0 || !cm_instant_read(cm_view_text(until), &t))
		return cm_demo_bad(demo, "The nodes do not show the same end: \"%s\" and \"%s\"", until, their_until);
	snprintf(demo->preserved_until, sizeof demo->preserved_until, "%.60s", until);
	char text[CM_DEMO_TEXT];
	cm_demo_text(demo, "their_reference", text);
	snprintf(demo->their_reference, sizeof demo->their_reference, "%.60s", text);
	cm_demo_good(demo, "both nodes show: preserved until %s%s%s", cm_instant_text_people(t, people),
	             *demo->their_reference == 0 ? "" : ", their reference ", demo->their_reference);
	return CM_OK;
}

cm_result
cm_demo_preservation(struct cm_demo *demo)
{
	char theirs[CM_DEMO_ID], at[CM_DEMO_TEXT];
	cm_result r = cm_demo_draft(demo, CM_DEMO_DRAFT_PRES_INCOMPLETE, "drafts/pres-incomplete.json");
	if (r == CM_OK)
		r = cm_demo_refused_at(
		        demo, &demo->xa, CM_DEMO_WORDS_OF("request", "check", "drafts/pres-incomplete.json", "--to", "xb.contact"));
	if (r == CM_OK && cm_demo_request_missing(demo) < 2)
		return cm_demo_bad(demo, "The check did not say what is missing");
	if (r == CM_OK)
		cm_demo_good(demo, "the incomplete draft does not leave; the node names what the Convention asks for");
	if (r == CM_OK)
		r = cm_demo_draft(demo, CM_DEMO_DRAFT_PRES, "drafts/pres.json");
	if (r == CM_OK)
		r = cm_demo_request_send(demo, "drafts/pres.json", demo->preservation);
	if (r != CM_OK)
		return r;
	cm_demo_text(demo, "received_at", at);
	snprintf(demo->preserved_at, sizeof demo->preserved_at, "%.60s", at);
	if (!cm_demo_id(demo, "task", demo->preservation_task))
		return CM_REFUSED;
	r = cm_demo_request_received(demo, "pres", theirs);
	if (r == CM_OK)
		r = cm_demo_as(demo, &demo->tomas,
		               CM_DEMO_WORDS_OF("request", "decide", theirs, "--event", "preserve", "--order",
		                                "Borvia PO-1207", "--text", "Server image and flow records are preserved."));
	return r == CM_OK ? cm_demo_request_deadline(demo, theirs) : r;
}

// The packing half of step 4.
static cm_result
cm_demo_evidence_send(struct cm_demo *demo, const char *theirs)
{
	cm_result r = cm_demo_as(demo, &demo->tomas,
	                         CM_DEMO_WORDS_OF("evidence", "send", demo->input, "--request", theirs, "--title",
	                                          "Server lw-node4: files and disk image", "--keep", "court/package.asice"));
	if (r != CM_OK || !cm_demo_id(demo, "evidence", demo->their_evidence))
		return CM_REFUSED;
	demo->sealed = cm_demo_number(demo, "bytes");
	char package[CM_FILE_PATH];
	struct cm_file_facts facts;
	CM_FILE_AUTO int fd = -1;
	if (cm_demo_path(demo, "court/package.asice", package) != CM_OK ||
	    cm_file_open(package, CM_FILE_READ, 0, NULL, &fd) != CM_OK || cm_file_look(fd, NULL, &facts) != CM_OK)
		return cm_demo_bad(demo, "court/package.asice is not there");
	demo->package_bytes = facts.size;
	cm_demo_good(demo, "%zu files, %.1f MiB: packed with signature and custody graph, sealed to xa.contact, delivered",
	             demo->found.files, (double)demo->found.bytes / 1048576.0);
	return CM_OK;
}

cm_result
cm_demo_evidence(struct cm_demo *demo)
{
	char theirs[CM_DEMO_ID];
	cm_result r = cm_demo_draft(demo, CM_DEMO_DRAFT_STORED, "drafts/stored.json");
	if (r == CM_OK)
		r = cm_demo_request_send(demo, "drafts/stored.json", demo->request);
	if (r == CM_OK)
		r = cm_demo_request_received(demo, "stored", theirs);
	if (r == CM_OK)
		r = cm_demo_as(demo, &demo->tomas, CM_DEMO_WORDS_OF("request", "decide", theirs, "--event", "execute"));
	return r == CM_OK ? cm_demo_evidence_send(demo, theirs) : r;
}
