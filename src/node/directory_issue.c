// Knows: how the next list grows out of the last one, and that it is judged like a stranger's before it is written. Does not
// know: who takes it (directory.c). The root is opened only while a list is signed.
#include "node/directory_issue.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "domain/identity.h"
#include "domain/trust.h"
#include "node/state_root.h"
#include "os/clock.h"
#include "os/file.h"

// The list that is made: the last one, with room to grow.
struct cm_directory_made {
	struct cm_directory list, old; // old.version 0: none
	struct cm_buf old_bytes;
	struct cm_arena arena;
	struct cm_instant now;
};

static void
cm_directory_made_fini(struct cm_directory_made *made)
{
	cm_directory_fini(&made->old);
	cm_buf_fini(&made->old_bytes);
	cm_arena_fini(&made->arena);
}

static cm_result
cm_directory_made_begin(const char *file, struct cm_report *report, struct cm_directory_made *made)
{
	*made = (struct cm_directory_made){.old_bytes = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE),
	        .now = cm_instant_of_seconds(cm_instant_seconds(cm_clock_utc()))};
	if (!cm_file_exists(file))
		return CM_OK;
	cm_result r = cm_file_load(file, &made->old_bytes, report);
	if (r == CM_OK)
		r = cm_directory_read(cm_buf_view(&made->old_bytes), report, &made->old);
	if (r == CM_OK)
		r = cm_trust_check_signed(&made->old, report);
	if (r == CM_OK)
		made->list = made->old;
	made->list.arena = (struct cm_arena){NULL, false};
	return r;
}

// A copy of a list of things with one place more; the count stays.
static void *
cm_directory_made_grow(struct cm_directory_made *made, const void *list, size_t count, size_t size)
{
	uint8_t *copy = cm_arena_new_many(&made->arena, count + 1, size);
	if (copy != NULL && count > 0)
		memcpy(copy, list, count * size);
	return copy;
}

static struct cm_view
cm_directory_made_keep(struct cm_directory_made *made, struct cm_view v)
{
	return cm_arena_copy(&made->arena, v);
}

static struct cm_view
cm_directory_made_text(struct cm_directory_made *made, const char *text)
{
	return text == NULL ? cm_view_of(NULL, 0) : cm_directory_made_keep(made, cm_view_text(text));
}

// -- signing -------------------------------------------------------------------------------------------------------

static cm_result
cm_directory_made_jws(struct cm_directory_made *made, const struct cm_state_root *root, struct cm_view payload,
                      struct cm_view *ret_protected, struct cm_view *ret_signature)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) header = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_hash certificate = cm_hash_of(cm_buf_view(&root->der));
	struct cm_key_signature sig;
	cm_directory_protected_write(certificate.b, &header);
	struct cm_hash digest = cm_jws_digest(cm_buf_view(&header), payload);
	cm_result r = cm_key_sign_digest(root->key, &digest, &sig);
	if (r != CM_OK)
		return r;
	cm_jws_signature_write(&sig, &text);
	*ret_protected = cm_directory_made_keep(made, cm_buf_view(&header));
	*ret_signature = cm_directory_made_keep(made, cm_buf_view(&text));
	return made->arena.failed ? CM_NOMEM : CM_OK;
}

// Signs, judges like a stranger would after the last list, and writes.
static cm_result
cm_directory_made_write(struct cm_directory_made *made, const struct cm_state_root *root, const char *file, int days,
                        struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) plain = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) whole = cm_buf_of(CM_LIMIT_DIRECTORY_BYTES_VALUE);
	struct cm_directory CM_CLEANUP(cm_directory_fini) back = {.version = 0};
	made->list.version = made->old.version + 1;
	made->list.issued = made->now;
	made->list.next_update.us = made->now.us + days * CM_INSTANT_DAY;
	cm_result r = made->arena.failed ? CM_NOMEM : cm_directory_write_unsigned(&made->list, &plain);
	if (r == CM_BUG)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_MEMBER, file, "the list would not be complete");
	if (r == CM_OK)
		r = cm_directory_made_jws(made, root, cm_buf_view(&plain), &made->list.protected_b64, &made->list.signature_b64);
	if (r == CM_OK)
		r = cm_directory_write(&made->list, &whole);
	if (r == CM_OK)
		r = cm_directory_read(cm_buf_view(&whole), report, &back);
	if (r == CM_OK)
		r = cm_trust_check_signed(&back, report);
	struct cm_hash anchor = cm_hash_of(cm_buf_view(&root->der));
	struct cm_trust_question question = {.now = made->now,
	        .old = made->old.version == 0 ? NULL : &made->old,
	        .old_sha256 = cm_hash_of(cm_buf_view(&made->old_bytes)),
	        .sha256 = cm_hash_of(cm_buf_view(&whole)),
	        .anchors = &anchor,
	        .anchor_count = 1};
	if (r == CM_OK)
		r = cm_trust_check_new(&back, &question, report);
	return r == CM_OK ? cm_file_replace(file, 0644, cm_buf_view(&whole), report) : r;
}

// -- a State's list ------------------------------------------------------------------------------------------------

static void
cm_directory_made_status(struct cm_directory_made *made, struct cm_directory_key *key, struct cm_instant at,
                         const char *state, const char *reason)
{
	struct cm_directory_status *status =
	        cm_directory_made_grow(made, key->status, key->status_count, sizeof *status);
	if (status == NULL)
		return;
	status[key->status_count++] = (struct cm_directory_status){
	        cm_view_text(state), at, cm_directory_made_text(made, reason)};
	key->status = status;
}

// The keys of "NODE", or the one of "NODE:SPKI", that may take the step get it: all that can be revoked, frozen or thawed;
// superseded: all but the newest.
static cm_result
cm_directory_made_step(struct cm_directory_made *made, const char *whose, const char *state, const char *reason,
                       struct cm_report *report)
{
	uint8_t spki[CM_HASH_SIZE];
	struct cm_view text = whose == NULL ? cm_view_of(NULL, 0) : cm_view_text(whose);
	size_t colon = cm_view_find(text, 0, ':');
	struct cm_view node = cm_view_part(text, 0, colon);
	bool one = colon < text.n;
	if (one && !cm_hex_read(cm_view_part(text, colon + 1, text.n), spki, sizeof spki))
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_MEMBER, "SPKI", "%s", whose);
	struct cm_directory_authority *all =
	        cm_directory_made_grow(made, made->list.authorities, made->list.authority_count, sizeof *all);
	size_t steps = 0;
	for (size_t i = 0; all != NULL && whose != NULL && i < made->list.authority_count; i++) {
		struct cm_directory_key *keys = cm_directory_made_grow(made, all[i].keys, all[i].key_count, sizeof *keys);
		if (keys == NULL || !cm_view_equal(all[i].node, node))
			continue;
		for (size_t k = 0; k < all[i].key_count; k++) {
			struct cm_view last = keys[k].status[keys[k].status_count - 1].state;
			bool valid = cm_view_is(last, "valid") || cm_view_is(last, "thawed");
			bool may = strcmp(state, "revoked") == 0      ? !cm_view_is(last, "revoked")
			           : strcmp(state, "thawed") == 0     ? cm_view_is(last, "frozen")
			           : strcmp(state, "superseded") == 0 ? valid && k + 1 < all[i].key_count
			                                              : valid;
			may = may && (!one || cm_view_equal(keys[k].spki, cm_view_of(spki, sizeof spki)));
			if (may)
				cm_directory_made_status(made, &keys[k], made->now, state, reason);
			steps += may ? 1 : 0;
		}
		all[i].keys = keys;
	}
	made->list.authorities = all;
	if (whose != NULL && steps == 0 && !made->arena.failed)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_ORDER, whose, "no key of it can be %s", state);
	return made->arena.failed ? CM_NOMEM : CM_OK;
}

// The place of a node in the order of names, made when it is not there.
static struct cm_directory_authority *
cm_directory_made_place(struct cm_directory_made *made, struct cm_view node)
{
	size_t at = 0, count = made->list.authority_count;
	struct cm_directory_authority *all = cm_directory_made_grow(made, made->list.authorities, count, sizeof *all);
	if (all == NULL)
		return NULL;
	while (at < count && cm_view_order(all[at].node, node) < 0)
		at++;
	made->list.authorities = all;
	if (at < count && cm_view_equal(all[at].node, node))
		return &all[at];
	memmove(&all[at + 1], &all[at], (count - at) * sizeof *all);
	all[at] = (struct cm_directory_authority){.node = cm_directory_made_keep(made, node)};
	made->list.authority_count++;
	return &all[at];
}

static const struct cm_view *
cm_directory_made_words(struct cm_directory_made *made, const struct cm_view *words, size_t n)
{
	struct cm_view *copy = cm_arena_new_many(&made->arena, n, sizeof *copy);
	for (size_t i = 0; copy != NULL && i < n; i++)
		copy[i] = cm_directory_made_keep(made, words[i]);
	return copy;
}

// From when a new key is good: from the day that was announced, else since its certificate.
static struct cm_instant
cm_directory_made_since(const struct cm_directory_made *made, const struct cm_directory_authority *one,
                        const struct cm_x509 *sign)
{
	bool announced = cm_view_equal(one->next_spki, cm_hash_view(&sign->spki));
	struct cm_instant since = announced ? one->next_from : sign->not_before;
	return since.us < made->now.us ? since : made->now;
}

static void
cm_directory_made_key(struct cm_directory_made *made, struct cm_directory_authority *one, const struct cm_x509 *sign)
{
	struct cm_directory_key *keys = cm_directory_made_grow(made, one->keys, one->key_count, sizeof *keys);
	size_t k = 0;
	if (keys == NULL)
		return;
	while (k < one->key_count && !cm_view_equal(keys[k].spki, cm_hash_view(&sign->spki)))
		k++;
	if (k == one->key_count) {
		keys[k] = (struct cm_directory_key){.spki = cm_directory_made_keep(made, cm_hash_view(&sign->spki))};
		cm_directory_made_status(made, &keys[k], cm_directory_made_since(made, one, sign), "valid", NULL);
		one->key_count++;
	}
	keys[k].certificate = cm_directory_made_keep(made, cm_hash_view(&sign->sha256));
	one->keys = keys;
	if (cm_view_equal(one->next_spki, keys[k].spki)) {
		one->next_spki = cm_view_of(NULL, 0);
		one->next_from = (struct cm_instant){.us = 0};
	}
}

// What the card says, under a root of the list.
static cm_result
cm_directory_made_card(struct cm_directory_made *made, const char *file, const struct cm_state_root *root,
                       struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	struct cm_card CM_CLEANUP(cm_card_fini) card = {.serial = 0};
	struct cm_identity identity;
	struct cm_x509 sign;
	struct cm_view der = cm_buf_view(&root->der);
	cm_result r = cm_file_load(file, &bytes, report);
	if (r == CM_OK)
		r = cm_card_read(cm_buf_view(&bytes), report, &card);
	if (r == CM_OK)
		r = cm_identity_check(&card, &(struct cm_identity_question){made->now, &der, 1}, report, &identity);
	if (r == CM_OK && cm_view_is(cm_view_part(card.endpoint, card.endpoint.n - 2, card.endpoint.n), ":0"))
		r = cm_report_refuse(report, CM_ERROR_DIRECTORY_ENDPOINT, file, "%.*s", CM_VIEW_ARG(card.endpoint));
	if (r == CM_OK)
		r = cm_x509_read(card.sign_certificate, report, &sign);
	if (r != CM_OK)
		return r;
	struct cm_directory_authority *one = cm_directory_made_place(made, card.node);
	struct cm_hash sha256 = cm_hash_of(cm_buf_view(&bytes));
	if (one == NULL)
		return CM_NOMEM;
	one->kind = cm_directory_made_keep(made, card.kind);
	one->name = cm_directory_made_keep(made, card.names[0].name);
	one->hours = cm_directory_made_keep(made, card.hours);
	one->phone = cm_directory_made_keep(made, card.phone);
	one->endpoint = cm_directory_made_keep(made, card.endpoint);
	one->card = cm_directory_made_keep(made, cm_hash_view(&sha256));
	one->roles = cm_directory_made_words(made, card.roles, card.role_count);
	one->role_count = card.role_count;
	one->languages = cm_directory_made_words(made, card.languages, card.language_count);
	one->language_count = card.language_count;
	cm_directory_made_key(made, one, &sign);
	return made->arena.failed ? CM_NOMEM : CM_OK;
}

static cm_result
cm_directory_made_announce(struct cm_directory_made *made, const struct cm_directory_issue *issue, struct cm_report *report)
{
	uint8_t spki[CM_HASH_SIZE];
	struct cm_view text = cm_view_text(issue->announce);
	size_t colon = cm_view_find(text, 0, ':');
	struct cm_view node = cm_view_part(text, 0, colon);
	if (colon == text.n || !cm_hex_read(cm_view_part(text, colon + 1, text.n), spki, sizeof spki) ||
	    cm_trust_authority(&made->list, node) == NULL)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_MEMBER, "--announce", "%s", issue->announce);
	struct cm_directory_authority *one = cm_directory_made_place(made, node);
	if (one == NULL)
		return CM_NOMEM;
	one->next_spki = cm_directory_made_keep(made, cm_view_of(spki, sizeof spki));
	one->next_from = issue->from.us == 0 ? made->now : issue->from;
	return made->arena.failed ? CM_NOMEM : CM_OK;
}

// Adds a root; every one but the first with the word of the one before.
static cm_result
cm_directory_made_root(struct cm_directory_made *made, const struct cm_state_root *root, const struct cm_state_root *old)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	struct cm_directory_anchor *anchors =
	        cm_directory_made_grow(made, made->list.anchors, made->list.anchor_count, sizeof *anchors);
	if (anchors == NULL)
		return CM_NOMEM;
	struct cm_directory_anchor *one = &anchors[made->list.anchor_count];
	*one = (struct cm_directory_anchor){
	        .certificate = cm_directory_made_keep(made, cm_buf_view(&root->der)), .from = made->now};
	cm_result r = CM_OK;
	if (old != NULL) {
		struct cm_hash new_sha256 = cm_hash_of(cm_buf_view(&root->der)), old_sha256 = cm_hash_of(cm_buf_view(&old->der));
		struct cm_directory_change change = {.country = made->list.country,
		        .from = made->now,
		        .new_sha256 = cm_hash_view(&new_sha256),
		        .old_sha256 = cm_hash_view(&old_sha256)};
		r = cm_directory_change_write(&change, &text);
		if (r == CM_OK)
			r = cm_directory_made_jws(made, old, cm_buf_view(&text), &one->protected_b64, &one->signature_b64);
	}
	made->list.anchors = anchors;
	made->list.anchor_count++;
	return r;
}

cm_result
cm_directory_issue_state(const struct cm_directory_issue *issue, struct cm_report *report, uint64_t *ret_version)
{
	struct cm_state_root CM_CLEANUP(cm_state_root_fini) root = {.key = NULL};
	struct cm_state_root CM_CLEANUP(cm_state_root_fini) next = {.key = NULL};
	struct cm_directory_made CM_CLEANUP(cm_directory_made_fini) made;
	cm_result r = cm_directory_made_begin(issue->file, report, &made);
	if (r == CM_OK)
		r = cm_state_root_open(issue->state_folder, cm_view_of(NULL, 0), report, &root);
	if (r == CM_OK && made.list.anchor_count == 0) {
		made.list.country = cm_directory_made_text(&made, root.country);
		r = cm_directory_made_root(&made, &root, NULL);
	}
	for (size_t i = 0; r == CM_OK && issue->cards[i] != NULL; i++)
		r = cm_directory_made_card(&made, issue->cards[i], &root, report);
	if (r == CM_OK)
		r = cm_directory_made_step(&made, issue->supersede, "superseded", issue->reason, report);
	if (r == CM_OK)
		r = cm_directory_made_step(&made, issue->thaw, "thawed", issue->reason, report);
	if (r == CM_OK)
		r = cm_directory_made_step(&made, issue->freeze, "frozen", issue->reason, report);
	if (r == CM_OK)
		r = cm_directory_made_step(&made, issue->revoke, "revoked", issue->reason, report);
	if (r == CM_OK && issue->announce != NULL)
		r = cm_directory_made_announce(&made, issue, report);
	if (r == CM_OK && issue->new_root != NULL)
		r = cm_state_root_open(issue->new_root, cm_view_of(NULL, 0), report, &next);
	if (r == CM_OK && issue->new_root != NULL)
		r = cm_directory_made_root(&made, &next, &root);
	if (r == CM_OK)
		r = cm_directory_made_write(&made, issue->new_root != NULL ? &next : &root, issue->file, issue->days, report);
	if (r == CM_OK)
		*ret_version = made.list.version;
	return r;
}

// -- the list of States --------------------------------------------------------------------------------------------

static cm_result
cm_directory_made_first_root(struct cm_directory_made *made, const char *file, struct cm_report *report,
                             struct cm_directory_state *state)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) pem = cm_buf_of(CM_LIMIT_CARD_BYTES_VALUE);
	CM_CLEANUP(cm_x509_list_fini) struct cm_x509_list list = {0};
	struct cm_directory_root *root = cm_arena_new(&made->arena, sizeof *root);
	cm_result r = root == NULL ? CM_NOMEM : cm_file_load(file, &pem, report);
	if (r == CM_OK)
		r = cm_x509_pem_read(cm_buf_view(&pem), report, &list);
	if (r != CM_OK)
		return r;
	struct cm_hash sha256 = cm_hash_of(list.der[0]);
	*root = (struct cm_directory_root){made->now, cm_directory_made_keep(made, cm_hash_view(&sha256))};
	state->roots = root;
	state->root_count = 1;
	return CM_OK;
}

static cm_result
cm_directory_made_member(struct cm_directory_made *made, const struct cm_directory_issue_states *issue,
                         struct cm_report *report)
{
	size_t at = 0, count = made->list.state_count;
	struct cm_view country = cm_view_text(issue->country);
	struct cm_directory_state *all = cm_directory_made_grow(made, made->list.states, count, sizeof *all);
	if (all == NULL)
		return CM_NOMEM;
	while (at < count && cm_view_order(all[at].country, country) < 0)
		at++;
	made->list.states = all;
	cm_result r = CM_OK;
	if (at == count || !cm_view_equal(all[at].country, country)) {
		if (issue->root == NULL || issue->name == NULL || issue->deposit == NULL)
			return cm_report_refuse(report, CM_ERROR_USAGE, issue->country, "a new State needs --name, --deposit and --root");
		memmove(&all[at + 1], &all[at], (count - at) * sizeof *all);
		all[at] = (struct cm_directory_state){.country = cm_directory_made_keep(made, country),
		        .name = cm_directory_made_text(made, issue->name),
		        .deposit = cm_directory_made_text(made, issue->deposit)};
		made->list.state_count++;
		r = cm_directory_made_first_root(made, issue->root, report, &all[at]);
	}
	struct cm_directory_status *status =
	        cm_directory_made_grow(made, all[at].status, all[at].status_count, sizeof *status);
	if (r != CM_OK || status == NULL)
		return r == CM_OK ? CM_NOMEM : r;
	status[all[at].status_count++] = (struct cm_directory_status){cm_directory_made_text(made, issue->status), made->now,
	        cm_directory_made_text(made, issue->reason)};
	all[at].status = status;
	return CM_OK;
}

cm_result
cm_directory_issue_states(const struct cm_directory_issue_states *issue, struct cm_report *report, uint64_t *ret_version,
                          char ret_fingerprint[65])
{
	struct cm_state_root CM_CLEANUP(cm_state_root_fini) root = {.key = NULL};
	struct cm_directory_made CM_CLEANUP(cm_directory_made_fini) made;
	struct cm_state_root_spec spec = {.folder = issue->folder, .organisation = "Secretariat"};
	char key[CM_FILE_PATH];
	cm_result r = cm_directory_made_begin(issue->file, report, &made);
	if (r == CM_OK)
		r = cm_file_path(key, sizeof key, issue->folder, "root.p8", report);
	if (r == CM_OK && !cm_file_exists(key))
		r = cm_state_root_create(&spec, report);
	if (r == CM_OK)
		r = cm_state_root_open(issue->folder, cm_view_of(NULL, 0), report, &root);
	if (r != CM_OK)
		return r;
	made.list.certificate = cm_directory_made_keep(&made, cm_buf_view(&root.der));
	r = cm_directory_made_member(&made, issue, report);
	if (r == CM_OK)
		r = cm_directory_made_write(&made, &root, issue->file, issue->days, report);
	if (r != CM_OK)
		return r;
	struct cm_hash fingerprint = cm_hash_of(cm_buf_view(&root.der));
	cm_hex_text(cm_hash_view(&fingerprint), ret_fingerprint);
	*ret_version = made.list.version;
	return CM_OK;
}
