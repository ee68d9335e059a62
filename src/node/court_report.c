// Knows: how a reader without any program of ours is told what stands in the bundle: who asked whom for what, what happened
// in which order, how each word of it is checked. Does not know: the contents of the evidence. The report proves nothing;
// everything it says stands in signed files beside it.
#include "node/court.h"

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "domain/tab_kind.h"
#include "domain/tab_state.h"
#include "node/terms.h"

static void
cm_court_say(struct cm_buf *to, const char *name, struct cm_view value)
{
	if (value.n == 0)
		return;
	cm_buf_printf(to, "  %-12s ", name);
	cm_text_quote(to, value, CM_REPORT_SEEN);
	cm_buf_u8(to, '\n');
}

static void
cm_court_say_time(struct cm_buf *to, const char *name, struct cm_instant t)
{
	char text[CM_INSTANT_TEXT];
	if (t.us != 0)
		cm_court_say(to, name, cm_view_text(cm_instant_text_people(t, text)));
}

static void
cm_court_say_evidence(struct cm_court *court, struct cm_buf *to)
{
	const struct cm_store_delivery *e = court->evidence;
	char hex[65], text[CM_INSTANT_TEXT];
	cm_buf_printf(to,
	              "Report of %s on a piece of evidence, %s\n\n"
	              "This text is for reading. It proves nothing by itself: every word of it stands in a signed file of this\n"
	              "bundle, and part 4 says how to check them without us.\n\n1. The evidence\n\n",
	              court->node->name.whole, cm_instant_text_people(court->now, text));
	cm_court_say(to, "title", e->title);
	cm_court_say(to, "number", e->id);
	cm_court_say(to, e->ours ? "delivered to" : "delivered by", e->peer);
	cm_court_say_time(to, "announced", e->created);
	cm_hex_text(cm_hash_view(&e->blob), hex);
	cm_buf_printf(to, "  %-12s %llu bytes, SHA-256 %s\n", "as sealed", (unsigned long long)e->length, hex);
	cm_hex_text(cm_hash_view(&e->package), hex);
	cm_buf_printf(to, "  %-12s SHA-256 of META-INF/ASiCManifest001.xml: %s\n", "package", hex);
}

static void
cm_court_say_requests(struct cm_court *court, struct cm_buf *to)
{
	cm_buf_text(to, "\n2. Who asked whom for what\n");
	for (size_t i = 0; i < court->request_count; i++) {
		const struct cm_court_request *q = &court->requests[i];
		struct cm_view us = cm_view_text(court->node->name.whole);
		enum cm_kind kind = cm_kind_find(q->kind.p, q->kind.n);
		enum cm_state state = cm_state_find(q->state.p, q->state.n);
		cm_buf_printf(to, "\n  %zu. %s (Art. %s of the Convention)\n", i + 1,
		              kind == CM_KIND_NONE ? "Request" : cm_kind_row(kind)->name,
		              kind == CM_KIND_NONE ? "?" : cm_kind_row(kind)->article);
		cm_court_say(to, "title", q->title);
		cm_court_say(to, "asked by", q->ours ? us : q->peer);
		cm_court_say(to, "asked of", q->ours ? q->peer : us);
		cm_court_say(to, "reference", q->ours ? q->reference : q->their_reference);
		cm_court_say(to, "number", q->id);
		cm_court_say_time(to, q->ours ? "sent" : "came", q->created);
		cm_court_say_time(to, "kept until", q->until);
		cm_court_say(to, "state now",
		               state == CM_STATE_NONE ? q->state : cm_view_text(cm_state_row(state)->title));
	}
}

// What binds whoever has the bundle: as words in the report, and as court/terms.json for programs.
static cm_result
cm_court_say_terms(struct cm_court *court, struct cm_report *report, struct cm_buf *to)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_COURT_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&text);
	CM_AUTO struct cm_terms *terms = cm_mem_new(sizeof *terms);
	cm_result r = terms == NULL ? CM_NOMEM : cm_store_request(court->node->store, court->evidence->request, report, &page, &row);
	if (r != CM_OK || row == NULL)
		return r;
	r = cm_terms_read(court->node, row, &court->arena, report, terms);
	if (r != CM_OK)
		return r;
	cm_buf_text(to, "\n  Limits of use, as the request and its answers say them (court/terms.json)\n\n");
	cm_terms_say(terms, to);
	cm_terms_put(&put, terms);
	r = cm_buf_result(&text);
	if (r == CM_OK)
		cm_court_put(court, "terms.json", cm_buf_view(&text));
	return r;
}

static void
cm_court_say_acts(struct cm_court *court, struct cm_buf *to)
{
	cm_buf_printf(to,
	              "\n3. What happened, as the register of %s holds it\n\n"
	              "  Each line is a file court/acts/ACT.%s.json; court/proofs/ has the proof that the entry stands in the\n"
	              "  register, whose head is signed by the key on the card in court/cards/.\n\n"
	              "   entry  when (UTC)                   request  what\n",
	              court->node->name.whole, court->node->name.whole);
	for (size_t i = 0; i < court->act_count; i++) {
		const struct cm_court_act *a = &court->acts[i];
		struct cm_view type = cm_court_value(a, CM_ACT_FIELD_TYPE), person = cm_court_value(a, CM_ACT_FIELD_PERSON);
		struct cm_view note = cm_court_value(a, CM_ACT_FIELD_NOTE);
		enum cm_act kind = cm_act_find(type.p, type.n);
		cm_buf_printf(to, "  %6llu  %.*s  %7zu  ", (unsigned long long)a->index,
		              CM_VIEW_ARG(cm_court_value(a, CM_ACT_FIELD_AT)), a->request + 1);
		cm_buf_text(to, kind == CM_ACT_NONE ? "?" : cm_act_row(kind)->title);
		if (person.n > 0) {
			cm_buf_text(to, ", by ");
			cm_text_quote(to, person, CM_REPORT_PLACE);
		}
		if (note.n > 0) {
			cm_buf_text(to, " (");
			cm_text_quote(to, note, CM_REPORT_PLACE);
			cm_buf_text(to, ")");
		}
		cm_buf_printf(to, "\n%44s act %.*s\n", "", CM_VIEW_ARG(cm_court_value(a, CM_ACT_FIELD_ACT)));
	}
	if (court->receipts > 0)
		cm_buf_printf(to,
		              "\n  %.*s gave %zu receipts for what was asked; they stand beside ours as acts and proofs of that node.\n",
		              CM_VIEW_ARG(court->evidence->peer), court->receipts);
}

static void
cm_court_say_checking(struct cm_buf *to)
{
	cm_buf_text(to,
	            "\n4. How to check all this, offline\n\n"
	            "  You need the root certificates of the States, from the States themselves, in one file trust.pem.\n\n"
	            "  With the program:\n\n"
	            "    comity verify bundle.asice --trust trust.pem\n\n"
	            "  Without it, with programs of others (the package first, then all of the bundle):\n\n"
	            "    unzip -d x bundle.asice && cd x\n"
	            "    openssl cms -verify -cades -binary -inform DER -in META-INF/signature001.p7s \\\n"
	            "        -content META-INF/ASiCManifest001.xml -CAfile ../trust.pem -purpose any -out /dev/null\n"
	            "    openssl cms -verify -cades -binary -inform DER -in META-INF/signature002.p7s \\\n"
	            "        -content META-INF/ASiCManifest002.xml -CAfile ../trust.pem -purpose any -out /dev/null\n"
	            "    sha256sum data/* metadata/* court/*/*    # each as the manifests list it, there in base64\n\n"
	            "  court/messages/ has the signed messages of both nodes in their order, byte for byte.\n"
	            "  court/custody.jsonld is the chain of custody as a CASE graph, made from the acts above.\n");
}

cm_result
cm_court_report(struct cm_court *court, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_COURT_BYTES_VALUE);
	cm_court_say_evidence(court, &text);
	cm_court_say_requests(court, &text);
	cm_result r = cm_court_say_terms(court, report, &text);
	cm_court_say_acts(court, &text);
	cm_court_say_checking(&text);
	if (r == CM_OK)
		r = cm_buf_result(&text);
	if (r == CM_OK)
		cm_court_put(court, "report.txt", cm_buf_view(&text));
	return r;
}
