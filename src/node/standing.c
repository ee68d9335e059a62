// Knows: how a peer stands by the lists of the directory that are here, and what may be disclosed to it. Does not know: how lists
// are taken (directory.c), or who was valid when (domain/trust.c). Serves doc/spec/directory.md, section 8.
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/directory_inside.h"
#include "node/listed.h"
#include "os/clock.h"

static struct cm_hash
cm_directory_spki(const struct cm_key_public *key)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) der = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	cm_result_ignore(cm_key_spki_write(key, &der), "without memory it is no key of any list");
	return cm_hash_of(cm_buf_view(&der));
}

// By the list of States: "" when there is nothing against it.
static const char *
cm_directory_by_states(const struct cm_directory *states, const struct cm_directory *own, const char *country,
                       const struct cm_peer *peer, struct cm_instant now)
{
	const struct cm_directory_state *state = cm_trust_country(states, cm_view_text(country));
	enum cm_trust_party party = cm_trust_party_at(states, cm_view_text(country), now);
	bool root = false;
	if (state == NULL)
		return "unlisted";
	if (party != CM_TRUST_PARTY)
		return cm_trust_party_word(party);
	for (size_t i = 0; i < state->root_count; i++)
		root = root || cm_view_equal(state->roots[i].sha256, cm_hash_view(&peer->identity.state));
	if (own == NULL && !root)
		return "pin_differs";
	return own == NULL && !cm_trust_fresh(states, now) ? "stale" : "";
}

static const char *
cm_directory_by_state(const struct cm_directory *own, const struct cm_peer *peer, struct cm_instant now)
{
	if (!cm_trust_has_root(own, &peer->identity.state))
		return "pin_differs";
	struct cm_hash spki = cm_directory_spki(&peer->identity.sign);
	enum cm_trust_state state = cm_trust_key_at(own, cm_view_text(peer->identity.node), &spki, now);
	if (state != CM_TRUST_VALID && state != CM_TRUST_UNKNOWN)
		return cm_trust_state_word(state);
	if (cm_trust_authority(own, cm_view_text(peer->identity.node)) == NULL)
		return "unlisted";
	if (state == CM_TRUST_UNKNOWN)
		return "pin_differs";
	return cm_trust_fresh(own, now) ? "" : "stale";
}

void
cm_directory_country(const char *node, char ret_country[3])
{
	for (size_t i = 0; i < 2; i++)
		ret_country[i] = (char)toupper((unsigned char)node[i]);
	ret_country[2] = 0;
}

bool
cm_directory_heard(struct cm_node *node, const char *peer, const struct cm_key_public *key, struct cm_instant at)
{
	char country[3];
	struct cm_hash spki = cm_directory_spki(key);
	cm_directory_country(peer, country);
	CM_MUTEX_HOLD(&node->directory->lock);
	const struct cm_directory_kept *own = cm_directory_find(node->directory, country);
	if (own == NULL)
		return false;
	enum cm_trust_state now = cm_trust_key_at(&own->read.list, cm_view_text(peer), &spki, cm_clock_utc());
	return now == CM_TRUST_VALID || (now == CM_TRUST_SUPERSEDED &&
	                                 cm_trust_key_at(&own->read.list, cm_view_text(peer), &spki, at) == CM_TRUST_VALID);
}

bool
cm_directory_vouches(struct cm_node *node, const struct cm_identity *identity)
{
	char country[3];
	struct cm_hash spki = cm_directory_spki(&identity->sign);
	cm_directory_country(identity->node, country);
	CM_MUTEX_HOLD(&node->directory->lock);
	const struct cm_directory_kept *own = cm_directory_find(node->directory, country);
	return own != NULL && cm_trust_has_root(&own->read.list, &identity->state) &&
	       cm_trust_key_at(&own->read.list, cm_view_text(identity->node), &spki, cm_clock_utc()) == CM_TRUST_VALID;
}

static const char *
cm_directory_why(const struct cm_directory *states, const struct cm_directory *own, const char *country,
                 const struct cm_peer *peer, struct cm_instant now)
{
	struct cm_trust_vouch vouch = {.own = own, .states = states, .node = cm_view_text(peer->identity.node), .now = now};
	const char *why = "";
	if (cm_listed_is(peer))
		return cm_trust_vouch(&vouch, &why) == NULL ? why : CM_LISTED;
	if (own != NULL)
		why = cm_directory_by_state(own, peer, now);
	return states != NULL && *why == 0 ? cm_directory_by_states(states, own, country, peer, now) : why;
}

static enum cm_standing_level
cm_directory_level(const char *why)
{
	if (strcmp(why, "revoked") == 0 || strcmp(why, "frozen") == 0 || strcmp(why, "superseded") == 0)
		return CM_STANDING_REFUSED;
	return *why == 0                     ? CM_STANDING_GOOD
	       : strcmp(why, CM_LISTED) == 0 ? CM_STANDING_LISTED
	                                     : CM_STANDING_HELD;
}

// By one list in place of the one that is here, when it is not NULL.
void
cm_directory_standing_with(struct cm_node *node, const struct cm_directory *instead, const struct cm_peer *peer,
                           struct cm_instant now, struct cm_standing *ret_standing)
{
	char country[3];
	struct cm_standing standing = {.level = CM_STANDING_NONE, .why = ""};
	cm_directory_country(peer->identity.node, country);
	CM_MUTEX_HOLD(&node->directory->lock);
	const struct cm_directory_kept *kept = cm_directory_find(node->directory, CM_DIRECTORY_STATES);
	const struct cm_directory *states = kept == NULL ? NULL : &kept->read.list;
	kept = cm_directory_find(node->directory, country);
	const struct cm_directory *own = kept == NULL ? NULL : &kept->read.list;
	if (instead != NULL && cm_directory_is_states(instead))
		states = instead;
	else if (instead != NULL && cm_view_is(instead->country, country))
		own = instead;
	if (states != NULL || own != NULL) {
		standing.why = cm_directory_why(states, own, country, peer, now);
		standing.level = cm_directory_level(standing.why);
	}
	const struct cm_directory_authority *one = cm_trust_authority(own, cm_view_text(peer->identity.node));
	if (one != NULL)
		snprintf(standing.phone, sizeof standing.phone, "%.*s", CM_VIEW_ARG(one->phone));
	*ret_standing = standing;
}

void
cm_directory_standing(struct cm_node *node, const struct cm_peer *peer, struct cm_instant now,
                      struct cm_standing *ret_standing)
{
	cm_directory_standing_with(node, NULL, peer, now, ret_standing);
}

cm_result
cm_directory_may_disclose(struct cm_node *node, const char *name, struct cm_view anyway, const char *person,
                          struct cm_report *report)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	struct cm_standing standing;
	char text[CM_REPORT_SEEN];
	if (peer == NULL)
		return CM_NOMEM;
	if (!cm_peers_find(&node->peers, name, peer))
		return CM_OK; // whether it is a peer is judged where it is written to
	if (strcmp(peer->state, "ended") == 0)
		return cm_report_refuse(report, CM_ERROR_PEER_UNKNOWN, name, "%s", peer->state);
	if (strcmp(peer->state, "confirmed") != 0)
		return cm_report_refuse(report, CM_ERROR_PEER_LISTED, name, "%s", peer->state);
	cm_directory_standing(node, peer, cm_clock_utc(), &standing);
	if (standing.level == CM_STANDING_NONE || standing.level == CM_STANDING_GOOD)
		return CM_OK;
	if (strcmp(standing.why, "stale") != 0 || anyway.n == 0)
		return cm_report_refuse(report, CM_ERROR_PEER_HELD, name, "%s", standing.why);
	if (person == NULL)
		return CM_OK;
	snprintf(text, sizeof text, "disclosed with lists that are too old, by %s: %.*s", person, CM_VIEW_ARG(anyway));
	return cm_directory_tell(node, name, text, report);
}
