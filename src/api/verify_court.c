// Knows: what the court's files of a bundle prove: cards chain to trusted roots, messages are signed by the keys of
// those cards, each act is signed by its node and stands in that node's register. Does not know: the law.
// Serves doc/spec/package.md section 6 (names under court/) and section 8.
#include "api/directory_inside.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/hex.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "domain/identity.h"
#include "domain/receipt.h"
#include "format/card.h"
#include "format/hi1_message.h"

#define CM_COURT_CARD CM_ASIC_COURT "cards/"
#define CM_COURT_MESSAGE CM_ASIC_COURT "messages/"
#define CM_COURT_ACT CM_ASIC_COURT "acts/"
#define CM_COURT_PROOF CM_ASIC_COURT "proofs/"

struct cm_court_holder {
	struct cm_identity identity;
	bool unproven; // good in itself, but its State root is none of those that were given
	bool former;   // its node has a newer one: it speaks for its own time alone
	struct cm_instant from, until;
};

struct cm_court {
	struct comity_verify *v;
	struct comity_report *report;
	struct cm_court_holder cards[CM_LIMIT_COURT_CARDS_VALUE];
	size_t card_count;
	size_t acts, messages;
	struct cm_verify_seen *seen; // when who had what, by the acts that are good
	const char *exporter;        // whose good key signed the bundle: it stands for its own register; "" without one
};

// "court/cards/NODE.json", or "court/cards/NODE.NUMBER.json" for one that the node had before.
static bool
cm_court_card_name(const char *name, const char *node, bool *ret_former)
{
	size_t stem = strlen(CM_COURT_CARD), n = strlen(node);
	if (strncmp(name + stem, node, n) != 0)
		return false;
	const char *rest = name + stem + n;
	size_t digits = *rest == '.' ? strspn(rest + 1, "0123456789") : 0;
	*ret_former = digits > 0;
	return strcmp(digits > 0 ? rest + 1 + digits : rest, ".json") == 0;
}

static cm_result
cm_court_card_judge(const struct cm_court *c, const struct cm_card *card, const struct cm_identity_question *question,
                    const char *name, struct cm_report *report, struct cm_court_holder *ret_holder)
{
	struct cm_court_holder holder = {.from = card->valid_from, .until = card->valid_until};
	struct cm_identity_question at = *question;
	char node[CM_X509_NODE];
	snprintf(node, sizeof node, "%.*s", CM_VIEW_ARG(card->node));
	if (!cm_court_card_name(name, node, &holder.former) || c->card_count == CM_LIMIT_COURT_CARDS_VALUE)
		return cm_report_refuse(report, CM_ERROR_COURT_NAME, name, "the card of %s", node);
	if (holder.former)
		at.at = card->valid_from;
	cm_result r = cm_identity_check(card, &at, report, &holder.identity);
	if (r == CM_OK)
		*ret_holder = holder;
	return r;
}

// A card whose State root was not given is refused here, once. It is kept, so that what it signed is known for its own.
static cm_result
cm_court_card(struct cm_court *c, const struct cm_verify_file *file)
{
	struct cm_report *inside = comity_report_inside(c->report);
	const struct cm_verify_list *bundle = &c->v->lists[1];
	struct cm_card CM_CLEANUP(cm_card_fini) card = {0};
	struct cm_court_holder holder;
	struct cm_identity_question question = {.at = bundle->signed_at}, by_itself = question;
	char name[CM_REPORT_PLACE];
	size_t before = comity_report_count(c->report);
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(file->entry->name));
	if (c->v->trust != NULL) {
		question.roots = c->v->trust->roots;
		question.root_count = c->v->trust->count;
	}
	cm_result r = cm_card_read(cm_buf_view(&file->bytes), inside, &card), alone = r;
	if (r == CM_OK) {
		r = cm_court_card_judge(c, &card, &question, name, inside, &holder);
		alone = r == CM_REFUSED ? cm_court_card_judge(c, &card, &by_itself, name, NULL, &holder) : r;
	}
	if (alone == CM_OK) {
		holder.unproven = r != CM_OK;
		c->cards[c->card_count++] = holder;
	}
	if (r == CM_NOMEM || alone == CM_NOMEM)
		return CM_NOMEM;
	if (alone == CM_OK && card.exercise != 0) {
		c->v->exercise = true;
		comity_report_add_check(c->report, "exercise", name, COMITY_CHECK_NOT_JUDGED,
		                        "%s is a node of an exercise: its times and facts are played", holder.identity.node);
	}
	if (r == CM_OK && question.root_count == 0)
		comity_report_add_check(c->report, "card", name, COMITY_CHECK_NOT_JUDGED,
		                        "no trusted root was given; signed by its own State root");
	else
		cm_verify_outcome(c->report, "card", name, r, before);
	return CM_OK;
}

// What a card signed proves no more than the card: with no root for it, there is nothing to judge by.
static bool
cm_court_unproven(struct cm_court *c, const char *check, const char *about, const struct cm_court_holder *holder)
{
	if (holder->unproven)
		comity_report_add_check(c->report, check, about, COMITY_CHECK_NOT_JUDGED,
		                        "the card of %s is not trusted: its State root was not given", holder->identity.node);
	return holder->unproven;
}

// Whose signature: of a present card, the one that holds the certificate it names or else the one whose key made it (a node that
// was renewed has a new certificate over the same key); or of an earlier card, whose key made it in that card's time.
struct cm_court_signed {
	const uint8_t *certificate; // SHA-256, 32 bytes
	struct cm_instant at;
	const struct cm_act_file *act; // NULL: a JWS
	const struct cm_hash *digest;  // of a JWS
	const struct cm_key_signature *sig;
};

static bool
cm_court_signed_by(const struct cm_court_signed *s, const struct cm_key_public *key)
{
	return (s->act != NULL ? cm_receipt_act_signed(s->act, key, NULL) : cm_jws_verify(s->digest, s->sig, key, NULL)) == CM_OK;
}

static const struct cm_court_holder *
cm_court_signer(const struct cm_court *c, const struct cm_court_signed *s)
{
	const struct cm_court_holder *named = NULL;
	for (size_t i = 0; i < c->card_count; i++) {
		const struct cm_court_holder *h = &c->cards[i];
		if (!h->former && memcmp(h->identity.sign_certificate.b, s->certificate, 32) == 0)
			named = h;
	}
	for (size_t former = 0; named == NULL && former < 2; former++)
		for (size_t i = 0; named == NULL && i < c->card_count; i++) {
			const struct cm_court_holder *h = &c->cards[i];
			bool then = !h->former || (h->from.us <= s->at.us && s->at.us <= h->until.us);
			if (h->former == (former == 1) && then && cm_court_signed_by(s, &h->identity.sign))
				named = h;
		}
	return named;
}

// The signature's key by the dates of the directory. What the exporting node signed itself it stands for with the bundle.
static struct cm_verify_key
cm_court_key(const struct cm_court *c, const char *about, const struct cm_court_holder *holder, struct cm_instant said,
             struct cm_verify_seen_by by)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) spki = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result_ignore(cm_key_spki_write(&holder->identity.sign, &spki), "without memory it is no key of any list");
	bool own = strcmp(holder->identity.node, c->exporter) == 0;
	return (struct cm_verify_key){.about = about,
	        .node = holder->identity.node,
	        .spki = cm_hash_of(cm_buf_view(&spki)),
	        .said = said,
	        .seen = own ? said : by.at,
	        .seen_by = own ? c->exporter : by.node};
}

static void
cm_court_sha256(struct cm_view bytes, uint8_t ret_digest[32])
{
	struct cm_hash h = cm_hash_of(bytes);
	memcpy(ret_digest, h.b, sizeof h.b);
}

// Does the message name the node as its sender? "xa.contact" is XA and contact there.
static bool
cm_court_names(const struct cm_hi1_endpoint *sender, const char *node)
{
	size_t n = sender->country.n;
	for (size_t i = 0; i < n; i++)
		if (node[i] == 0 || node[i] != (sender->country.p[i] | 0x20))
			return false;
	return node[n] == '.' && cm_view_is(sender->id, node + n + 1);
}

// Signed by the node that it names as its sender: else one party could put words into the other's mouth.
static cm_result
cm_court_message_signed(struct cm_court *c, const struct cm_hi1_message *m, const char *place,
                        const struct cm_court_holder **ret_holder)
{
	struct cm_report *inside = comity_report_inside(c->report);
	struct cm_key_signature sig;
	if (!m->jws.present)
		return cm_report_refuse(inside, CM_ERROR_COURT_UNSIGNED, place, "no Signature");
	cm_result r = cm_jws_signature_read(m->jws.signature_b64, inside, &sig);
	if (r != CM_OK)
		return r;
	struct cm_hash digest = cm_jws_digest(m->jws.protected_b64, m->canonical);
	struct cm_court_signed signature = {
	        .certificate = m->jws.certificate_sha256, .at = m->timestamp, .digest = &digest, .sig = &sig};
	const struct cm_court_holder *holder = cm_court_signer(c, &signature);
	if (holder == NULL)
		return cm_report_refuse(inside, CM_ERROR_COURT_CARD, place, "signed by the key of no card");
	if (!cm_court_names(&m->sender, holder->identity.node))
		return cm_report_refuse(inside, CM_ERROR_COURT_SENDER, place, "signed by %s, sender %.*s %.*s", holder->identity.node,
		                        CM_VIEW_ARG(m->sender.country), CM_VIEW_ARG(m->sender.id));
	*ret_holder = holder;
	return cm_jws_verify(&digest, &sig, &holder->identity.sign, inside);
}

static cm_result
cm_court_message(struct cm_court *c, const struct cm_verify_file *file)
{
	struct cm_report *inside = comity_report_inside(c->report);
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) m = {.action_count = 0};
	const struct cm_court_holder *holder = NULL;
	char name[CM_REPORT_PLACE];
	size_t before = comity_report_count(c->report);
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(file->entry->name));
	cm_result r = cm_hi1_message_read(cm_buf_view(&file->bytes),
	                                  &(struct cm_hi1_read_options){.sha256 = cm_court_sha256}, inside, &m);
	if (r == CM_OK && !cm_hi1_message_good(&m))
		r = CM_REFUSED; // what is wrong with it was told while reading
	if (r == CM_OK)
		r = cm_court_message_signed(c, &m, name, &holder);
	if (r == CM_NOMEM)
		return r;
	c->messages++;
	if (r == CM_OK && cm_court_unproven(c, "message", name, holder))
		return CM_OK;
	if (r == CM_OK)
		comity_report_add_check(c->report, "message", name, COMITY_CHECK_OK, "%s of %s to %.*s %.*s",
		                        m.response ? "answer" : "message", holder->identity.node, CM_VIEW_ARG(m.receiver.country),
		                        CM_VIEW_ARG(m.receiver.id));
	else
		cm_verify_outcome(c->report, "message", name, r, before);
	if (r == CM_OK) {
		struct cm_verify_key key = cm_court_key(c, name, holder, m.timestamp,
		                                        cm_verify_seen_message(c->seen, holder->identity.node, &file->sha256));
		key.answer = m.response;
		cm_verify_key_check(c->v, &key, c->report);
	}
	return CM_OK;
}

// The act's own words agree with its file's name ("<act>.<node>.json") and with the package it lies in.
static cm_result
cm_court_act_fits(const struct cm_court *c, const struct cm_act_file *act, const char *name,
                  const struct cm_identity *identity, struct cm_report *inside)
{
	const struct cm_act_slot *id = &act->slots[CM_ACT_SLOT(CM_ACT_FIELD_ACT)];
	const struct cm_act_slot *node = &act->slots[CM_ACT_SLOT(CM_ACT_FIELD_NODE)];
	const struct cm_act_slot *package = &act->slots[CM_ACT_SLOT(CM_ACT_FIELD_PACKAGE)];
	char expected[CM_REPORT_PLACE], hex[2 * CM_HASH_SIZE + 1];
	if (!id->open || !node->open || !cm_view_is(node->value, identity->node))
		return cm_report_refuse(inside, CM_ERROR_COURT_NAME, name, "not an act of %s", identity->node);
	snprintf(expected, sizeof expected, CM_COURT_ACT "%.*s.%s.json", CM_VIEW_ARG(id->value), identity->node);
	if (strcmp(expected, name) != 0)
		return cm_report_refuse(inside, CM_ERROR_COURT_NAME, name, "it holds %s", expected + strlen(CM_COURT_ACT));
	cm_hex_text(cm_hash_view(&c->v->lists[0].sha256), hex);
	if (package->open && package->value.n != 0 && !cm_view_is(package->value, hex))
		return cm_report_refuse(inside, CM_ERROR_COURT_PACKAGE, name, "%.*s", CM_VIEW_ARG(package->value));
	return CM_OK;
}

static const struct cm_verify_file *
cm_court_proof_of(const struct cm_court *c, const char *act_name, char proof_name[2 * CM_REPORT_PLACE])
{
	size_t n = strlen(act_name) - strlen(CM_COURT_ACT) - strlen(".json");
	snprintf(proof_name, 2 * CM_REPORT_PLACE, CM_COURT_PROOF "%.*s.tlog-proof", (int)n, act_name + strlen(CM_COURT_ACT));
	return cm_verify_find(c->v, proof_name);
}

static cm_result
cm_court_receipt(struct cm_court *c, const struct cm_act_file *act, const char *name,
                 const struct cm_court_holder *holder)
{
	struct cm_report *inside = comity_report_inside(c->report);
	size_t before = comity_report_count(c->report);
	char proof_name[2 * CM_REPORT_PLACE];
	struct cm_receipt_told told;
	const struct cm_verify_file *proof = cm_court_proof_of(c, name, proof_name);
	cm_result r = CM_OK;
	if (proof == NULL)
		r = cm_report_refuse(inside, CM_ERROR_COURT_PROOF, name, "there is no %s", proof_name);
	else {
		struct cm_receipt_question question = {
		        .proof = cm_buf_view(&proof->bytes), .keys = &holder->identity.log, .key_count = 1};
		r = cm_receipt_act_verify(act, &question, inside, &told);
	}
	if (r == CM_OK && cm_court_unproven(c, "receipt", proof_name, holder))
		return CM_OK;
	if (r == CM_OK)
		comity_report_add_check(c->report, "receipt", proof_name, COMITY_CHECK_OK,
		                        "entry %llu of %llu in %s", (unsigned long long)told.index,
		                        (unsigned long long)told.size, told.origin);
	else
		cm_verify_outcome(c->report, "receipt", proof_name, r, before);
	return r == CM_NOMEM ? r : CM_OK;
}

// A receipt is as old as the message that brought it, in the register of the node that got it.
static void
cm_court_act_key(struct cm_court *c, const struct cm_act_file *act, const char *name, const struct cm_court_holder *holder)
{
	char proof_name[2 * CM_REPORT_PLACE];
	struct cm_verify_seen_by by = {.node = ""};
	const struct cm_verify_file *proof = cm_court_proof_of(c, name, proof_name);
	if (proof != NULL)
		by = cm_verify_seen_proof(c->seen, holder->identity.node, cm_buf_view(&proof->bytes));
	struct cm_verify_key key = cm_court_key(c, name, holder, act->time, by);
	cm_verify_key_check(c->v, &key, c->report);
}

static cm_result
cm_court_act(struct cm_court *c, const struct cm_verify_file *file)
{
	struct cm_report *inside = comity_report_inside(c->report);
	struct cm_act_file CM_CLEANUP(cm_act_fini) act = {0};
	const struct cm_court_holder *holder = NULL;
	char name[CM_REPORT_PLACE];
	size_t before = comity_report_count(c->report);
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(file->entry->name));
	c->acts++;
	cm_result r = cm_act_read(cm_buf_view(&file->bytes), inside, &act);
	if (r == CM_OK && (holder = cm_court_signer(c, &(struct cm_court_signed){
	                           .certificate = act.certificate, .at = act.time, .act = &act})) == NULL)
		r = cm_report_refuse(inside, CM_ERROR_COURT_CARD, name, "signed by the key of no card");
	if (r == CM_OK)
		r = cm_court_act_fits(c, &act, name, &holder->identity, inside);
	if (r == CM_OK)
		r = cm_receipt_act_signed(&act, &holder->identity.sign, inside);
	if (r == CM_OK && cm_court_unproven(c, "act", name, holder))
		return cm_court_receipt(c, &act, name, holder);
	if (r == CM_OK) {
		const struct cm_act_slot *type = &act.slots[CM_ACT_SLOT(CM_ACT_FIELD_TYPE)];
		const struct cm_act_slot *at = &act.slots[CM_ACT_SLOT(CM_ACT_FIELD_AT)];
		comity_report_add_check(c->report, "act", name, COMITY_CHECK_OK, "%.*s: %.*s at %.*s",
		                        (int)strlen(holder->identity.node), holder->identity.node,
		                        CM_VIEW_ARG(type->open ? type->value : cm_view_text("hidden")),
		                        CM_VIEW_ARG(at->open ? at->value : cm_view_text("a hidden time")));
		cm_court_act_key(c, &act, name, holder);
		return cm_court_receipt(c, &act, name, holder);
	}
	if (r == CM_NOMEM)
		return r;
	cm_verify_outcome(c->report, "act", name, r, before);
	return CM_OK;
}

// A proof without its act proves nothing here.
static void
cm_court_proof(struct cm_court *c, const struct cm_verify_file *file)
{
	char name[CM_REPORT_PLACE], act[2 * CM_REPORT_PLACE];
	size_t before = comity_report_count(c->report), n;
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(file->entry->name));
	n = strlen(name);
	if (n > strlen(CM_COURT_PROOF ".tlog-proof") && strcmp(name + n - strlen(".tlog-proof"), ".tlog-proof") == 0) {
		snprintf(act, sizeof act, CM_COURT_ACT "%.*s.json",
		         (int)(n - strlen(CM_COURT_PROOF) - strlen(".tlog-proof")), name + strlen(CM_COURT_PROOF));
		if (cm_verify_find(c->v, act) != NULL)
			return;
	}
	cm_verify_outcome(c->report, "receipt", name,
	                  cm_report_refuse(comity_report_inside(c->report), CM_ERROR_COURT_PROOF, name,
	                                   "its act is not in the bundle"),
	                  before);
}

// An act that is good in every way says when its node had what it names.
static void
cm_court_witness(struct cm_court *c, const struct cm_verify_file *file)
{
	struct cm_act_file CM_CLEANUP(cm_act_fini) act = {0};
	char name[CM_REPORT_PLACE], proof_name[2 * CM_REPORT_PLACE];
	struct cm_receipt_told told;
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(file->entry->name));
	if (cm_act_read(cm_buf_view(&file->bytes), NULL, &act) != CM_OK)
		return;
	struct cm_court_signed by = {.certificate = act.certificate, .at = act.time, .act = &act};
	const struct cm_court_holder *holder = cm_court_signer(c, &by);
	if (holder == NULL || holder->unproven || !cm_court_signed_by(&by, &holder->identity.sign) ||
	    cm_court_act_fits(c, &act, name, &holder->identity, NULL) != CM_OK)
		return;
	const struct cm_verify_file *proof = cm_court_proof_of(c, name, proof_name);
	struct cm_verify_key key = cm_court_key(c, name, holder, act.time, (struct cm_verify_seen_by){.node = ""});
	struct cm_receipt_question question = {.keys = &holder->identity.log, .key_count = 1};
	if (proof != NULL)
		question.proof = cm_buf_view(&proof->bytes);
	if (proof != NULL && cm_receipt_act_verify(&act, &question, NULL, &told) == CM_OK && cm_verify_key_good(c->v, &key))
		cm_verify_seen_act(c->seen, holder->identity.node, &act);
}

static void
cm_court_brought(struct cm_court *c, const struct cm_verify_file *file)
{
	struct cm_hi1_message CM_CLEANUP(cm_hi1_message_fini) m = {.action_count = 0};
	if (cm_hi1_message_read(cm_buf_view(&file->bytes), &(struct cm_hi1_read_options){.sha256 = cm_court_sha256}, NULL, &m) !=
	    CM_OK)
		return;
	struct cm_view receipt = cm_hi1_message_receipt(&m);
	if (m.response && receipt.n > 0)
		cm_verify_seen_receipt(c->seen, receipt, &file->sha256);
}

// Both lists' signers by the directory, and before the package what the acts say of it: since when other nodes have what.
static void
cm_court_keys(struct cm_court *c)
{
	struct comity_verify *v = c->v;
	const struct cm_verify_list *package = &v->lists[0], *bundle = &v->lists[1];
	struct cm_verify_key key = {.about = bundle->about, .node = bundle->signer, .spki = bundle->spki, .said = bundle->signed_at};
	if (v->directory == NULL)
		return;
	cm_verify_check_key(v, bundle, (struct cm_instant){.us = 0}, NULL, c->report);
	if (bundle->signer[0] != 0 && cm_verify_key_good(v, &key))
		c->exporter = bundle->signer;
	for (size_t i = 0; i < v->count; i++)
		if (cm_view_starts(v->files[i].entry->name, CM_COURT_ACT))
			cm_court_witness(c, &v->files[i]);
		else if (cm_view_starts(v->files[i].entry->name, CM_COURT_MESSAGE))
			cm_court_brought(c, &v->files[i]);
	struct cm_verify_seen_by by = cm_verify_seen_package(c->seen, package->signer, &package->sha256);
	cm_verify_check_key(v, package, by.at, by.node, c->report);
}

cm_result
cm_verify_check_court(struct comity_verify *v, struct comity_report *report)
{
	CM_AUTO struct cm_court *c = cm_mem_new(sizeof *c);
	CM_CLEANUP(cm_verify_seen_free_at) struct cm_verify_seen *seen = NULL;
	cm_result r = c == NULL ? CM_NOMEM : cm_verify_seen_new(&seen);
	if (r != CM_OK)
		return r;
	c->v = v;
	c->report = report;
	c->seen = seen;
	c->exporter = "";
	for (size_t i = 0; r == CM_OK && i < v->count; i++) // cards first: they carry the keys of all the rest
		if (cm_view_starts(v->files[i].entry->name, CM_COURT_CARD))
			r = cm_court_card(c, &v->files[i]);
	if (r == CM_OK)
		cm_court_keys(c);
	for (size_t i = 0; r == CM_OK && i < v->count; i++) {
		struct cm_view name = v->files[i].entry->name;
		if (cm_view_starts(name, CM_COURT_MESSAGE))
			r = cm_court_message(c, &v->files[i]);
		else if (cm_view_starts(name, CM_COURT_ACT))
			r = cm_court_act(c, &v->files[i]);
		else if (cm_view_starts(name, CM_COURT_PROOF))
			cm_court_proof(c, &v->files[i]);
	}
	comity_report_add_fact(report, "court.cards", "%zu", c->card_count);
	comity_report_add_fact(report, "court.messages", "%zu", c->messages);
	comity_report_add_fact(report, "court.acts", "%zu", c->acts);
	return r;
}
