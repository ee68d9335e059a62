// Knows: how a receipt is taken apart into the act and the proof that a bundle holds (doc/spec/register.md, section 6). Does
// not know: which files belong to the matter (court_files.c). Runs where strangers' bytes are parsed.
#include "node/reader_court.h"

#include <stdio.h>
#include <string.h>

#include "api/report_inside.h"
#include "api/trust_inside.h"
#include "base/b64.h"
#include "base/mem.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "domain/identity.h"
#include "domain/receipt.h"
#include "format/proof.h"

struct cm_court_reading {
	const struct cm_reader_court *court;
	struct comity_report *report;
	struct cm_identity cards[CM_LIMIT_COURT_CARDS_VALUE]; // ours and the peer's, present and earlier ones
	size_t card_count;
	char acts[CM_LIMIT_COURT_REQUESTS_VALUE][37]; // of receipts that are in
	size_t act_count;
};

static enum comity_result
cm_reader_court_put(struct cm_court_reading *c, const char *name, struct cm_view bytes)
{
	return comity_bundle_add(c->court->bundle, name, comity_outside(bytes), c->report);
}

// A card that does not hold gives no key; the bundle's own verification will name it. An earlier card held when it was made.
static void
cm_reader_court_card(struct cm_court_reading *c, struct cm_view bytes)
{
	struct cm_card CM_CLEANUP(cm_card_fini) card = {0};
	struct cm_identity_question question = {.roots = c->court->trust->roots, .root_count = c->court->trust->count};
	if (c->card_count == CM_LIMIT_COURT_CARDS_VALUE || cm_card_read(bytes, NULL, &card) != CM_OK)
		return;
	question.at = card.valid_from;
	if (cm_identity_check(&card, &question, NULL, &c->cards[c->card_count]) == CM_OK)
		c->card_count++;
}

// Is the receipt said to be of this node: "receipts/NNN.NODE.tlog-proof"?
static bool
cm_reader_court_gives(const char *name, const struct cm_identity *giver)
{
	char expected[CM_X509_NODE + 32];
	const char *from = strchr(name, '.');
	snprintf(expected, sizeof expected, ".%s.tlog-proof", giver->node);
	return from != NULL && strcmp(from, expected) == 0;
}

// Signed by the giver, in the giver's register, and not here already?
static bool
cm_reader_court_holds(const struct cm_court_reading *c, const struct cm_act_file *act, struct cm_view proof,
                      const struct cm_identity *giver)
{
	const struct cm_act_slot *id = &act->slots[CM_ACT_SLOT(CM_ACT_FIELD_ACT)];
	const struct cm_act_slot *node = &act->slots[CM_ACT_SLOT(CM_ACT_FIELD_NODE)];
	struct cm_receipt_question question = {.proof = proof, .keys = &giver->log, .key_count = 1};
	struct cm_receipt_told told;
	if (!id->open || id->value.n != 36 || !node->open || !cm_view_is(node->value, giver->node))
		return false;
	for (size_t i = 0; i < c->act_count; i++)
		if (cm_view_is(id->value, c->acts[i]))
			return false;
	return cm_receipt_act_signed(act, &giver->sign, NULL) == CM_OK &&
	       cm_receipt_act_verify(act, &question, NULL, &told) == CM_OK;
}

// One that does not hold goes in as it is: what a node answered is part of the matter, whatever it is worth.
static enum comity_result
cm_reader_court_receipt(struct cm_court_reading *c, const char *name, struct cm_view bytes)
{
	const struct cm_identity *giver = NULL;
	struct cm_act_file CM_CLEANUP(cm_act_fini) act = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) file = cm_buf_of(CM_LIMIT_ACT_BYTES_VALUE);
	struct cm_proof proof;
	char put[CM_X509_NODE + 96];
	bool read = c->act_count < CM_LIMIT_COURT_REQUESTS_VALUE &&
	            cm_proof_read(bytes, NULL, &proof) == CM_OK &&
	            cm_b64_read(proof.extra, CM_B64_STANDARD, &file) &&
	            cm_act_read(cm_buf_view(&file), NULL, &act) == CM_OK;
	for (size_t i = 0; read && giver == NULL && i < c->card_count; i++)
		if (cm_reader_court_gives(name, &c->cards[i]) && cm_reader_court_holds(c, &act, bytes, &c->cards[i]))
			giver = &c->cards[i];
	if (giver == NULL)
		return cm_reader_court_put(c, name, bytes);
	struct cm_view id = act.slots[CM_ACT_SLOT(CM_ACT_FIELD_ACT)].value;
	memcpy(c->acts[c->act_count++], id.p, 36);
	snprintf(put, sizeof put, "acts/%.*s.%s.json", CM_VIEW_ARG(id), giver->node);
	enum comity_result r = cm_reader_court_put(c, put, cm_buf_view(&file));
	snprintf(put, sizeof put, "proofs/%.*s.%s.tlog-proof", CM_VIEW_ARG(id), giver->node);
	return r == COMITY_OK ? cm_reader_court_put(c, put, bytes) : r;
}

enum comity_result
cm_reader_court_add(const struct cm_reader_court *court, struct comity_report *report)
{
	CM_AUTO struct cm_court_reading *c = cm_mem_new(sizeof *c);
	struct cm_buf CM_CLEANUP(cm_buf_fini) name = cm_buf_of(CM_LIMIT_ZIP_NAME_BYTES_VALUE);
	struct cm_rd rd = cm_rd_of(court->records);
	enum comity_result r = c == NULL ? COMITY_NOMEM : COMITY_OK;
	if (c != NULL)
		*c = (struct cm_court_reading){.court = court, .report = report};
	while (r == COMITY_OK && rd.at < rd.all.n) {
		struct cm_view file = cm_rd_field(&rd), bytes = cm_rd_field(&rd);
		cm_buf_clear(&name);
		cm_buf_view_add(&name, file);
		if (rd.failed || cm_buf_result(&name) != CM_OK)
			return COMITY_BUG;
		if (cm_view_starts(file, "cards/"))
			cm_reader_court_card(c, bytes);
		r = cm_view_starts(file, "receipts/") ? cm_reader_court_receipt(c, cm_buf_cstr(&name), bytes)
		                                      : cm_reader_court_put(c, cm_buf_cstr(&name), bytes);
	}
	return r;
}
