// Knows: by which list a signature's key is judged, and how that is told. Does not know: who saw the signature when
// (verify_seen.c), or what a history means (domain/trust.c). Serves doc/spec/directory.md section 10.
#include "api/directory_inside.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"

static void
cm_verify_key_country(const char *node, char ret_country[3])
{
	for (size_t i = 0; i < 2; i++)
		ret_country[i] = (char)toupper((unsigned char)node[i]);
	ret_country[2] = 0;
}

static struct cm_trust_signed
cm_verify_key_signed(const struct comity_verify *v, const struct cm_verify_key *key)
{
	struct cm_trust_signed what = {
	        .node = cm_view_text(key->node), .spki = key->spki, .said = key->said, .seen = key->seen};
	if (v->received.us != 0 && (what.seen.us == 0 || v->received.us < what.seen.us))
		what.seen = v->received;
	return what;
}

// The list says what was when it was issued, and a little longer: whoever hides a newer one is found out.
static bool
cm_verify_key_covers(const struct cm_directory *list, const struct cm_trust_signed *what)
{
	return what->said.us - list->issued.us <= CM_LIMIT_DIRECTORY_FRESH_HOURS_VALUE * 3600 * CM_INSTANT_SECOND;
}

// By the list of States, when it is there: the State took part, and its list begins where that one says.
static cm_result
cm_verify_key_state(const struct comity_verify *v, const char *country, const struct cm_directory *own,
                    struct cm_instant said, struct cm_report *report)
{
	const struct cm_directory *states = cm_directory_of(v->directory, NULL);
	const struct cm_directory_state *state = cm_trust_country(states, cm_view_text(country));
	struct cm_hash first;
	if (states == NULL)
		return CM_OK;
	enum cm_trust_party party = cm_trust_party_at(states, cm_view_text(country), said);
	if (state == NULL || party == CM_TRUST_PARTY_SUSPENDED || party == CM_TRUST_PARTY_WITHDRAWN)
		return cm_report_refuse(report, CM_ERROR_STATE_NOT_PARTY, "list of States", "%s: %s", country,
		                        state == NULL ? "not listed" : cm_trust_party_word(party));
	memcpy(first.b, state->roots[0].sha256.p, sizeof first.b);
	return cm_trust_has_root(own, &first) ? CM_OK
	                                      : cm_report_refuse(report, CM_ERROR_DIRECTORY_ROOT, "list of States", "%s", country);
}

bool
cm_verify_key_good(const struct comity_verify *v, const struct cm_verify_key *key)
{
	char country[3];
	struct cm_trust_when when;
	struct cm_trust_signed what = cm_verify_key_signed(v, key);
	cm_verify_key_country(key->node, country);
	const struct cm_directory *list = v->directory == NULL ? NULL : cm_directory_of(v->directory, country);
	return list != NULL && cm_verify_key_covers(list, &what) &&
	       cm_verify_key_state(v, country, list, what.said, NULL) == CM_OK &&
	       cm_trust_check_key(list, &what, NULL, &when) == CM_OK;
}

static void
cm_verify_key_tell(struct comity_report *report, const struct cm_verify_key *key, const struct cm_trust_signed *what,
                   const struct cm_trust_when *when)
{
	char said[CM_INSTANT_TEXT], since[CM_INSTANT_TEXT], seen[CM_INSTANT_TEXT], later[160] = "", by[160] = "";
	cm_instant_text_people(what->said, said);
	if (when->now != CM_TRUST_VALID)
		snprintf(later, sizeof later, "; %s since %s", cm_trust_state_word(when->now),
		         cm_instant_text_people(when->since, since));
	if (what->seen.us != 0)
		snprintf(by, sizeof by, "; %s had it by %s", what->seen.us == key->seen.us ? key->seen_by : "you",
		         cm_instant_text_people(what->seen, seen));
	comity_report_add_check(report, "key", key->about, COMITY_CHECK_OK, "the key of %s %s at %s%s%s", key->node,
	                        when->then == CM_TRUST_VALID ? "was good" : "was not listed yet, its certificate was good", said,
	                        later, by);
}

void
cm_verify_key_check(struct comity_verify *v, const struct cm_verify_key *key, struct comity_report *report)
{
	char country[3], issued[CM_INSTANT_TEXT];
	struct cm_trust_when when;
	struct cm_trust_signed what = cm_verify_key_signed(v, key);
	struct cm_report *inside = comity_report_inside(report);
	size_t before = comity_report_count(report);
	cm_verify_key_country(key->node, country);
	const struct cm_directory *list = v->directory == NULL ? NULL : cm_directory_of(v->directory, country);
	if (v->directory == NULL)
		return;
	if (list == NULL || !cm_verify_key_covers(list, &what)) {
		v->key_open = true;
		comity_report_add_check(report, "key", key->about, COMITY_CHECK_NOT_JUDGED,
		                        list == NULL ? "no list of %s was given" : "the list of %s is of %s, too old for this", country,
		                        list == NULL ? "" : cm_instant_text_people(list->issued, issued));
		return;
	}
	struct cm_report why = {.count = 0};
	cm_result r = cm_verify_key_state(v, country, list, what.said, inside);
	if (r == CM_OK)
		r = cm_trust_check_key(list, &what, &why, &when);
	if (r == CM_REFUSED && key->answer && cm_report_has(&why, CM_ERROR_KEY_TIME_UNPROVEN)) {
		v->key_open = true;
		comity_report_add_check(report, "key", key->about, COMITY_CHECK_NOT_JUDGED,
		                        "the key of %s was lost later, and no register says when this answer came", key->node);
		return;
	}
	if (why.count > 0)
		cm_report_join(inside, &why);
	if (r == CM_OK)
		cm_verify_key_tell(report, key, &what, &when);
	else
		cm_verify_outcome(report, "key", key->about, r, before);
}

void
cm_verify_check_key(struct comity_verify *v, const struct cm_verify_list *list, struct cm_instant seen, const char *seen_by,
                    struct comity_report *report)
{
	struct cm_verify_key key = {.about = list->about,
	        .node = list->signer,
	        .spki = list->spki,
	        .said = list->signed_at,
	        .seen = seen,
	        .seen_by = seen_by};
	if (list->signer[0] != 0)
		cm_verify_key_check(v, &key, report);
}
