// Knows: what lists of States and of authorities may say after one another, and what they say of a key at a moment. Does not
// know: where lists come from, or which cards and pins they are compared with (node/directory.c, api/verify_court.c).
#include "domain/trust.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "crypto/x509.h"

// -- signatures ----------------------------------------------------------------------------------------------------

// One detached JWS over `payload` by the key of the certificate.
static cm_result
cm_trust_signature(const struct cm_x509 *signer, struct cm_view named, struct cm_view protected_b64,
                   struct cm_view signature_b64, struct cm_view payload, struct cm_report *report)
{
	struct cm_key_signature sig;
	struct cm_hash digest = cm_jws_digest(protected_b64, payload);
	if (!cm_view_equal(named, cm_hash_view(&signer->sha256)))
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_SIGNATURE, "/signature", "made by another key");
	cm_result r = cm_jws_signature_read(signature_b64, report, &sig);
	if (r == CM_OK)
		r = cm_jws_verify(&digest, &sig, &signer->key, report);
	if (r == CM_REFUSED)
		r = cm_report_refuse(report, CM_ERROR_DIRECTORY_SIGNATURE, "/signature", "%s", signer->subject);
	return r;
}

// The root behind `at` by the word of the one at `at`.
static cm_result
cm_trust_change(const struct cm_directory *list, size_t at, const struct cm_x509 *old, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	const struct cm_directory_anchor *next = &list->anchors[at + 1];
	struct cm_hash sha256 = cm_hash_of(next->certificate);
	struct cm_directory_change change = {.country = list->country,
	        .from = next->from,
	        .new_sha256 = cm_hash_view(&sha256),
	        .old_sha256 = cm_hash_view(&old->sha256)};
	cm_result r = cm_directory_change_write(&change, &text);
	return r == CM_OK ? cm_trust_signature(old, next->signer_sha256, next->protected_b64, next->signature_b64,
	                                       cm_buf_view(&text), report)
	                  : r;
}

cm_result
cm_trust_check_signed(const struct cm_directory *list, struct cm_report *report)
{
	struct cm_x509 signer;
	cm_result r = CM_OK;
	if (cm_directory_is_states(list))
		r = cm_x509_read(list->certificate, report, &signer);
	for (size_t i = 0; r == CM_OK && i < list->anchor_count; i++) {
		r = cm_x509_read(list->anchors[i].certificate, report, &signer);
		if (r == CM_OK && !cm_view_is(list->country, signer.country))
			r = cm_report_refuse(report, CM_ERROR_DIRECTORY_MEMBER, "/roots", "a root of %s", signer.country);
		if (r == CM_OK && i + 1 < list->anchor_count)
			r = cm_trust_change(list, i, &signer, report);
	}
	if (r != CM_OK)
		return r;
	if (!signer.is_ca || !signer.is_self_issued)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_SIGNATURE, "/signature", "%s is no root", signer.subject);
	return cm_trust_signature(&signer, list->signer_sha256, list->protected_b64, list->signature_b64, list->canonical,
	                          report);
}

struct cm_hash
cm_trust_signer(const struct cm_directory *list)
{
	return cm_hash_of(cm_directory_is_states(list) ? list->certificate
	                                               : list->anchors[list->anchor_count - 1].certificate);
}

// -- a list after a list -------------------------------------------------------------------------------------------

static bool
cm_trust_status_grows(const struct cm_directory_status *old, size_t old_count, const struct cm_directory_status *now,
                      size_t count)
{
	if (count < old_count)
		return false;
	for (size_t i = 0; i < old_count; i++)
		if (old[i].at.us != now[i].at.us || !cm_view_equal(old[i].state, now[i].state) ||
		    !cm_view_equal(old[i].reason, now[i].reason))
			return false;
	return true;
}

static const struct cm_directory_key *
cm_trust_key(const struct cm_directory_authority *one, struct cm_view spki)
{
	for (size_t i = 0; one != NULL && i < one->key_count; i++)
		if (cm_view_equal(one->keys[i].spki, spki))
			return &one->keys[i];
	return NULL;
}

static cm_result
cm_trust_grows_authorities(const struct cm_directory *list, const struct cm_directory *old, struct cm_report *report)
{
	for (size_t i = 0; i < old->authority_count; i++) {
		const struct cm_directory_authority *before = &old->authorities[i];
		const struct cm_directory_authority *now = cm_trust_authority(list, before->node);
		for (size_t k = 0; k < before->key_count; k++) {
			const struct cm_directory_key *was = &before->keys[k], *is = cm_trust_key(now, was->spki);
			if (is == NULL || !cm_trust_status_grows(was->status, was->status_count, is->status, is->status_count))
				return cm_report_refuse(report, CM_ERROR_DIRECTORY_HISTORY, "/authorities", "key %zu of %.*s", k,
				                        CM_VIEW_ARG(before->node));
		}
	}
	return CM_OK;
}

// What the secretariat said of a State stands; its first root above all.
static cm_result
cm_trust_grows_states(const struct cm_directory *list, const struct cm_directory *old, struct cm_report *report)
{
	for (size_t i = 0; i < old->state_count; i++) {
		const struct cm_directory_state *before = &old->states[i];
		const struct cm_directory_state *now = cm_trust_country(list, before->country);
		if (now == NULL || !cm_trust_status_grows(before->status, before->status_count, now->status, now->status_count))
			return cm_report_refuse(report, CM_ERROR_DIRECTORY_HISTORY, "/states", "%.*s", CM_VIEW_ARG(before->country));
		for (size_t k = 0; k < before->root_count; k++)
			if (k >= now->root_count || !cm_view_equal(before->roots[k].sha256, now->roots[k].sha256))
				return cm_report_refuse(report, CM_ERROR_DIRECTORY_ROOT_REPLACED, "/states", "root %zu of %.*s", k,
				                        CM_VIEW_ARG(before->country));
	}
	return CM_OK;
}

static cm_result
cm_trust_grows_anchors(const struct cm_directory *list, const struct cm_directory *old, struct cm_report *report)
{
	for (size_t i = 0; i < old->anchor_count; i++)
		if (i >= list->anchor_count || !cm_view_equal(old->anchors[i].certificate, list->anchors[i].certificate))
			return cm_report_refuse(report, CM_ERROR_DIRECTORY_ROOT_REPLACED, "/roots", "root %zu of %.*s", i,
			                        CM_VIEW_ARG(old->country));
	return CM_OK;
}

static cm_result
cm_trust_grows(const struct cm_directory *list, const struct cm_trust_question *question, struct cm_report *report)
{
	const struct cm_directory *old = question->old;
	if (list->version < old->version)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_ROLLBACK, "/version", "%llu after %llu",
		                        (unsigned long long)list->version, (unsigned long long)old->version);
	if (list->version == old->version && !cm_hash_equal(&question->sha256, &question->old_sha256))
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_FORK, "/version", "%llu", (unsigned long long)list->version);
	if (list->issued.us < old->issued.us)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_HISTORY, "/issued", "before the list of version %llu",
		                        (unsigned long long)old->version);
	if (!cm_view_equal(old->certificate, list->certificate))
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_ROOT_REPLACED, "/certificate", "another secretariat");
	cm_result r = cm_trust_grows_anchors(list, old, report);
	if (r == CM_OK)
		r = cm_trust_grows_states(list, old, report);
	return r == CM_OK ? cm_trust_grows_authorities(list, old, report) : r;
}

static bool
cm_trust_anchored(const struct cm_directory *list, const struct cm_trust_question *question)
{
	struct cm_hash secretariat = cm_hash_of(list->certificate);
	for (size_t i = 0; i < question->anchor_count; i++)
		if (cm_directory_is_states(list) ? cm_hash_equal(&question->anchors[i], &secretariat)
		                                 : cm_trust_has_root(list, &question->anchors[i]))
			return true;
	return false;
}

cm_result
cm_trust_check_new(const struct cm_directory *list, const struct cm_trust_question *question, struct cm_report *report)
{
	if (list->next_update.us <= question->now.us)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_STALE, "/next_update", "it is over");
	if (list->issued.us > question->now.us + CM_LIMIT_CLOCK_AHEAD_S_VALUE * CM_INSTANT_SECOND)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_STALE, "/issued", "it is to come");
	if (question->old != NULL)
		return cm_trust_grows(list, question, report);
	return cm_trust_anchored(list, question)
	               ? CM_OK
	               : cm_report_refuse(report, CM_ERROR_DIRECTORY_ROOT, cm_directory_is_states(list) ? "/certificate" : "/roots",
	                                  "%zu are known", question->anchor_count);
}

// -- who was valid when --------------------------------------------------------------------------------------------

const struct cm_directory_authority *
cm_trust_authority(const struct cm_directory *list, struct cm_view node)
{
	for (size_t i = 0; list != NULL && i < list->authority_count; i++)
		if (cm_view_equal(list->authorities[i].node, node))
			return &list->authorities[i];
	return NULL;
}

const struct cm_directory_state *
cm_trust_country(const struct cm_directory *states, struct cm_view country)
{
	for (size_t i = 0; states != NULL && i < states->state_count; i++)
		if (cm_view_equal(states->states[i].country, country))
			return &states->states[i];
	return NULL;
}

// The word that held at a moment, empty before the first.
static struct cm_view
cm_trust_word_at(const struct cm_directory_status *status, size_t count, struct cm_instant at)
{
	struct cm_view word = cm_view_of(NULL, 0);
	for (size_t i = 0; i < count && status[i].at.us <= at.us; i++)
		word = status[i].state;
	return word;
}

static enum cm_trust_state
cm_trust_state_of(struct cm_view word)
{
	if (cm_view_is(word, "valid") || cm_view_is(word, "thawed"))
		return CM_TRUST_VALID;
	return cm_view_is(word, "superseded") ? CM_TRUST_SUPERSEDED
	       : cm_view_is(word, "revoked")  ? CM_TRUST_REVOKED
	       : cm_view_is(word, "frozen")   ? CM_TRUST_FROZEN
	                                      : CM_TRUST_UNKNOWN;
}

enum cm_trust_state
cm_trust_key_at(const struct cm_directory *list, struct cm_view node, const struct cm_hash *spki, struct cm_instant at)
{
	const struct cm_directory_authority *one = cm_trust_authority(list, node);
	const struct cm_directory_key *key = cm_trust_key(one, cm_hash_view(spki));
	if (one != NULL && key == NULL && cm_view_equal(one->next_spki, cm_hash_view(spki)))
		return one->next_from.us <= at.us ? CM_TRUST_VALID : CM_TRUST_UNKNOWN;
	return cm_trust_state_of(key == NULL ? cm_view_of(NULL, 0) : cm_trust_word_at(key->status, key->status_count, at));
}

// Does a step of the history stand against the signature? A frost that was thawed concerns what says that it was signed in it; one
// that was not, and a revocation, all that nobody else had before.
static enum cm_error
cm_trust_step_against(const struct cm_directory_key *key, size_t at, const struct cm_trust_signed *what)
{
	const struct cm_directory_status *step = &key->status[at], *next = at + 1 < key->status_count ? step + 1 : NULL;
	struct cm_instant latest = what->seen.us > what->said.us ? what->seen : what->said;
	bool thawed = next != NULL && cm_view_is(next->state, "thawed");
	switch (cm_trust_state_of(step->state)) {
	case CM_TRUST_REVOKED: return latest.us >= step->at.us ? CM_ERROR_KEY_REVOKED : CM_ERROR_NONE;
	case CM_TRUST_SUPERSEDED: return what->said.us >= step->at.us ? CM_ERROR_KEY_SUPERSEDED : CM_ERROR_NONE;
	case CM_TRUST_FROZEN:
		if (thawed)
			return what->said.us >= step->at.us && what->said.us < next->at.us ? CM_ERROR_KEY_FROZEN : CM_ERROR_NONE;
		return latest.us >= step->at.us ? CM_ERROR_KEY_FROZEN : CM_ERROR_NONE;
	case CM_TRUST_VALID:
	case CM_TRUST_UNKNOWN: break;
	}
	return CM_ERROR_NONE;
}

cm_result
cm_trust_check_key(const struct cm_directory *list, const struct cm_trust_signed *what, struct cm_report *report,
                   struct cm_trust_when *ret_when)
{
	const struct cm_directory_authority *one = cm_trust_authority(list, what->node);
	const struct cm_directory_key *key = cm_trust_key(one, cm_hash_view(&what->spki));
	struct cm_trust_when when = {.then = cm_trust_key_at(list, what->node, &what->spki, what->said), .now = CM_TRUST_VALID};
	char moment[CM_INSTANT_TEXT];
	if (key == NULL && when.then != CM_TRUST_VALID)
		return cm_report_refuse(report, CM_ERROR_KEY_UNLISTED, "list", "%.*s", CM_VIEW_ARG(what->node));
	for (size_t i = key == NULL ? 0 : key->status_count; i > 0; i--) { // the last step against it names it
		enum cm_error rule = cm_trust_step_against(key, i - 1, what);
		if (rule != CM_ERROR_NONE)
			return cm_report_refuse(report, rule, "list", "%.*s %.*s at %s", CM_VIEW_ARG(what->node),
			                        CM_VIEW_ARG(key->status[i - 1].state), cm_instant_text(key->status[i - 1].at, moment));
	}
	if (key != NULL) {
		const struct cm_directory_status *last = &key->status[key->status_count - 1];
		when.now = cm_trust_state_of(last->state);
		when.since = last->at;
	}
	if ((when.now == CM_TRUST_REVOKED || when.now == CM_TRUST_FROZEN) && what->seen.us == 0)
		return cm_report_refuse(report, CM_ERROR_KEY_TIME_UNPROVEN, "list", "%.*s %s at %s", CM_VIEW_ARG(what->node),
		                        cm_trust_state_word(when.now), cm_instant_text(when.since, moment));
	*ret_when = when;
	return CM_OK;
}

enum cm_trust_party
cm_trust_party_at(const struct cm_directory *states, struct cm_view country, struct cm_instant at)
{
	const struct cm_directory_state *state = cm_trust_country(states, country);
	struct cm_view word = state == NULL ? cm_view_of(NULL, 0) : cm_trust_word_at(state->status, state->status_count, at);
	return cm_view_is(word, "party")       ? CM_TRUST_PARTY
	       : cm_view_is(word, "suspended") ? CM_TRUST_PARTY_SUSPENDED
	       : cm_view_is(word, "withdrawn") ? CM_TRUST_PARTY_WITHDRAWN
	                                       : CM_TRUST_PARTY_UNKNOWN;
}

const char *
cm_trust_state_word(enum cm_trust_state state)
{
	switch (state) {
	case CM_TRUST_VALID: return "valid";
	case CM_TRUST_SUPERSEDED: return "superseded";
	case CM_TRUST_REVOKED: return "revoked";
	case CM_TRUST_FROZEN: return "frozen";
	case CM_TRUST_UNKNOWN: break;
	}
	return "unknown";
}

const char *
cm_trust_party_word(enum cm_trust_party party)
{
	switch (party) {
	case CM_TRUST_PARTY: return "party";
	case CM_TRUST_PARTY_SUSPENDED: return "suspended";
	case CM_TRUST_PARTY_WITHDRAWN: return "withdrawn";
	case CM_TRUST_PARTY_UNKNOWN: break;
	}
	return "unknown";
}

bool
cm_trust_has_root(const struct cm_directory *list, const struct cm_hash *root)
{
	for (size_t i = 0; i < list->anchor_count; i++) {
		struct cm_hash one = cm_hash_of(list->anchors[i].certificate);
		if (cm_hash_equal(&one, root))
			return true;
	}
	return false;
}

bool
cm_trust_fresh(const struct cm_directory *list, struct cm_instant now)
{
	return now.us - list->issued.us <= CM_LIMIT_DIRECTORY_FRESH_HOURS_VALUE * 3600 * CM_INSTANT_SECOND;
}

// Of the key that is shown, or the best of all keys of the row.
static enum cm_trust_state
cm_trust_vouch_key(const struct cm_trust_vouch *vouch, const struct cm_directory_authority *one)
{
	enum cm_trust_state best = CM_TRUST_UNKNOWN;
	struct cm_hash spki;
	if (vouch->spki != NULL)
		return cm_trust_key_at(vouch->own, vouch->node, vouch->spki, vouch->now);
	for (size_t i = 0; i <= one->key_count && best != CM_TRUST_VALID; i++) {
		struct cm_view v = i < one->key_count ? one->keys[i].spki : one->next_spki;
		if (v.n != sizeof spki.b)
			continue; // none is announced
		memcpy(spki.b, v.p, sizeof spki.b);
		best = cm_trust_key_at(vouch->own, vouch->node, &spki, vouch->now);
	}
	return best;
}

const struct cm_directory_authority *
cm_trust_vouch(const struct cm_trust_vouch *vouch, const char **ret_why)
{
	const struct cm_directory_authority *one = cm_trust_authority(vouch->own, vouch->node);
	*ret_why = "unlisted";
	if (one == NULL)
		return NULL;
	enum cm_trust_state key = cm_trust_vouch_key(vouch, one);
	enum cm_trust_party party = cm_trust_party_at(vouch->states, vouch->own->country, vouch->now);
	bool fresh = cm_trust_fresh(vouch->own, vouch->now);
	if (key != CM_TRUST_VALID)
		*ret_why = cm_trust_state_word(key);
	else if (vouch->states != NULL && party != CM_TRUST_PARTY)
		*ret_why = party == CM_TRUST_PARTY_UNKNOWN ? "unlisted" : cm_trust_party_word(party);
	else if (!fresh)
		*ret_why = "stale";
	else
		*ret_why = "";
	return **ret_why == 0 ? one : NULL;
}
