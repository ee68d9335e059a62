// Knows: which lists of the directory are here, and how one is taken. Does not know: how a peer stands by them (standing.c), what
// may follow what (domain/trust.c); it never reads a list's JSON (message reader). Serves doc/spec/directory.md, sections 5 to 8.
#include "node/directory.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/jws.h"
#include "node/directory_inside.h"
#include "node/event.h"
#include "node/peering.h"
#include "os/clock.h"

cm_result
cm_directory_shelf_new(struct cm_directory_shelf **ret_shelf)
{
	struct cm_directory_shelf *shelf = cm_mem_new(sizeof *shelf);
	if (shelf == NULL)
		return CM_NOMEM;
	cm_mutex_init(&shelf->lock);
	cm_mutex_init(&shelf->import_lock);
	*ret_shelf = shelf;
	return CM_OK;
}

void
cm_directory_shelf_free(struct cm_directory_shelf *shelf)
{
	if (shelf == NULL)
		return;
	for (size_t i = 0; i < shelf->n; i++)
		cm_reader_directory_fini(&shelf->list[i].read);
	cm_mem_free(shelf->list);
	cm_mutex_fini(&shelf->lock);
	cm_mutex_fini(&shelf->import_lock);
	cm_mem_free(shelf);
}

struct cm_directory_kept *
cm_directory_find(struct cm_directory_shelf *shelf, const char *name)
{
	for (size_t i = 0; i < shelf->n; i++)
		if (strcmp(shelf->list[i].name, name) == 0)
			return &shelf->list[i];
	return NULL;
}

static void
cm_directory_name(const struct cm_directory *list, char ret_name[CM_DIRECTORY_NAME])
{
	snprintf(ret_name, CM_DIRECTORY_NAME, "%.*s", CM_VIEW_ARG(list->country));
	if (cm_directory_is_states(list))
		snprintf(ret_name, CM_DIRECTORY_NAME, "%s", CM_DIRECTORY_STATES);
}

// Puts it on the shelf, in place of an older one. What `read` holds belongs to the shelf on success.
static cm_result
cm_directory_put(struct cm_directory_shelf *shelf, struct cm_view bytes, struct cm_reader_directory *read)
{
	char name[CM_DIRECTORY_NAME];
	cm_directory_name(&read->list, name);
	CM_MUTEX_HOLD(&shelf->lock);
	struct cm_directory_kept *kept = cm_directory_find(shelf, name);
	if (kept == NULL) {
		struct cm_directory_kept *list = cm_mem_resize(shelf->list, (shelf->n + 1) * sizeof *list);
		if (list == NULL)
			return CM_NOMEM;
		shelf->list = list;
		kept = &list[shelf->n++];
		memset(kept, 0, sizeof *kept);
		memcpy(kept->name, name, sizeof name);
	}
	cm_reader_directory_fini(&kept->read);
	kept->sha256 = cm_hash_of(bytes);
	kept->read = *read;
	memset(read, 0, sizeof *read);
	return CM_OK;
}

cm_result
cm_directory_load(struct cm_node *node, struct cm_report *report)
{
	char after[CM_DIRECTORY_NAME] = "";
	for (size_t n = 1; n > 0;) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_directory *rows;
		struct cm_store_ask ask = {.after = cm_view_text(after), .limit = CM_LIMIT_STORE_PAGE_VALUE};
		cm_result r = cm_store_directories(node->store, &ask, report, &page, &rows, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++) {
			struct cm_reader_directory CM_CLEANUP(cm_reader_directory_fini) read = {.bytes = {0}};
			snprintf(after, sizeof after, "%.*s", CM_VIEW_ARG(rows[i].name));
			r = cm_reader_client_directory(&node->reader, rows[i].bytes, report, &read);
			if (r == CM_OK)
				r = cm_directory_put(node->directory, rows[i].bytes, &read);
		}
		if (r != CM_OK)
			return r;
		n = n == CM_LIMIT_STORE_PAGE_VALUE ? n : 0;
	}
	return CM_OK;
}

// -- taking a list -------------------------------------------------------------------------------------------------

// What the list may begin at: what a person compared, and for a State our own root, those of its peers, and its first
// root on the list of States.
#define CM_DIRECTORY_ANCHORS 64
struct cm_directory_anchors {
	struct cm_hash hash[CM_DIRECTORY_ANCHORS];
	size_t n;
};

static void
cm_directory_anchor(struct cm_directory_anchors *anchors, struct cm_view sha256)
{
	if (anchors->n < CM_DIRECTORY_ANCHORS && sha256.n == CM_HASH_SIZE)
		memcpy(anchors->hash[anchors->n++].b, sha256.p, CM_HASH_SIZE);
}

static cm_result
cm_directory_anchors_of(struct cm_node *node, const struct cm_directory *list, const char *fingerprint,
                        struct cm_directory_anchors *anchors)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	struct cm_hash hash;
	char after[CM_X509_NODE] = "", country[3];
	if (peer == NULL)
		return CM_NOMEM;
	if (cm_hex_read(cm_view_text(fingerprint), hash.b, sizeof hash.b))
		cm_directory_anchor(anchors, cm_hash_view(&hash));
	if (cm_directory_is_states(list))
		return CM_OK;
	if (cm_view_is(list->country, node->name.country_upper))
		cm_directory_anchor(anchors, cm_hash_view(&node->self.identity.state));
	while (cm_peers_ending(&node->peers, after, (struct cm_instant){.us = INT64_MAX}, after))
		if (cm_peers_confirmed(&node->peers, after, peer)) {
			cm_directory_country(after, country);
			if (cm_view_is(list->country, country))
				cm_directory_anchor(anchors, cm_hash_view(&peer->identity.state));
		}
	const struct cm_directory_kept *states = cm_directory_find(node->directory, CM_DIRECTORY_STATES);
	const struct cm_directory_state *state =
	        states == NULL ? NULL : cm_trust_country(&states->read.list, list->country);
	if (state != NULL)
		cm_directory_anchor(anchors, state->roots[0].sha256);
	return CM_OK;
}

// One line of the feed, with the change.
static cm_result
cm_directory_tell_with(struct cm_node *node, const char *peer, const char *text, struct cm_change *change,
                       struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_event_texts texts = {.text = {cm_view_text("peer"), cm_view_text(peer), cm_view_text(text)}, .n = 3};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = now, .cause = cm_view_text(CM_EVENT_NEWS), .detail = cm_buf_view(&detail)};
	return cm_store_apply(node->store, &event, change, report);
}

cm_result
cm_directory_tell(struct cm_node *node, const char *peer, const char *text, struct cm_report *report)
{
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(cm_clock_utc());
	cm_result r = change == NULL ? CM_NOMEM : cm_directory_tell_with(node, peer, text, change, report);
	return r == CM_OK ? cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL) : r;
}

// What the list changes for peers is told with it: an alarm where it disagrees from now on, and the end of one.
static cm_result
cm_directory_alarm(struct cm_node *node, const struct cm_directory *list, struct cm_change *change,
                   struct cm_report *report)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	char after[CM_X509_NODE] = "", text[CM_REPORT_SEEN];
	struct cm_standing was, is;
	struct cm_instant now = cm_clock_utc();
	cm_result r = peer == NULL ? CM_NOMEM : CM_OK;
	while (r == CM_OK && cm_peers_ending(&node->peers, after, (struct cm_instant){.us = INT64_MAX}, after)) {
		if (!cm_peers_confirmed(&node->peers, after, peer))
			continue;
		cm_directory_standing(node, peer, now, &was);
		cm_directory_standing_with(node, list, peer, now, &is);
		bool aged = *is.why == 0 && strcmp(was.why, "stale") == 0; // no list said anything against it
		if (strcmp(was.why, is.why) == 0 || aged)
			continue;
		snprintf(text, sizeof text, "%s%s", *is.why == 0 ? CM_DIRECTORY_AGREES : "the directory disagrees: ", is.why);
		r = cm_directory_tell_with(node, after, text, change, report);
	}
	return r;
}

static cm_result
cm_directory_keep(struct cm_node *node, const struct cm_directory_file *file, const struct cm_directory *list,
                  const struct cm_directory_taken *taken, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_act_values act;
	char note[64];
	struct cm_view name = cm_view_text(taken->name);
	if (change == NULL)
		return CM_NOMEM;
	snprintf(note, sizeof note, "%s, version %llu", taken->name, (unsigned long long)taken->version);
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("directory_taken"));
	cm_act_set(&act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(file->person));
	cm_act_set(&act, CM_ACT_FIELD_NOTE, cm_view_text(note));
	cm_change_artifact(change, &(struct cm_store_artifact){.direction = CM_STORE_IN,
	                                   .media = cm_view_text("directory"),
	                                   .name = name,
	                                   .at = now,
	                                   .bytes = file->bytes});
	cm_change_directory(change, &(struct cm_store_directory){name, taken->version, now, file->bytes});
	cm_change_act(change, &act);
	cm_result r = cm_directory_alarm(node, list, change, report);
	return r == CM_OK ? cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL) : r;
}

// A peer whose key the list does not like has the announced one by now, perhaps: it is asked for its card.
static cm_result
cm_directory_meets_peers(struct cm_node *node, struct cm_report *report)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	char after[CM_X509_NODE] = "";
	struct cm_standing standing;
	cm_result r = peer == NULL ? CM_NOMEM : CM_OK;
	while (r == CM_OK && cm_peers_ending(&node->peers, after, (struct cm_instant){.us = INT64_MAX}, after)) {
		if (!cm_peers_confirmed(&node->peers, after, peer))
			continue;
		cm_directory_standing(node, peer, cm_clock_utc(), &standing);
		if (standing.level != CM_STANDING_REFUSED && strcmp(standing.why, "pin_differs") != 0)
			continue;
		cm_result_ignore(cm_peering_renew(node, after, NULL), "the old card counts until a better one is here");
		if (!cm_peers_confirmed(&node->peers, after, peer))
			continue;
		cm_directory_standing(node, peer, cm_clock_utc(), &standing);
		if (*standing.why == 0)
			r = cm_directory_tell(node, after, CM_DIRECTORY_AGREES, report);
	}
	return r;
}

static cm_result
cm_directory_take(struct cm_node *node, const struct cm_directory_file *file, struct cm_report *report,
                  struct cm_directory_taken *ret_taken)
{
	struct cm_reader_directory CM_CLEANUP(cm_reader_directory_fini) read = {.bytes = {0}};
	struct cm_directory_anchors anchors = {.n = 0};
	struct cm_directory_taken taken = {.version = 0};
	CM_MUTEX_HOLD(&node->directory->import_lock); // nobody else changes the shelf: what is found on it stays
	cm_result r = cm_reader_client_directory(&node->reader, file->bytes, report, &read);
	if (r == CM_OK)
		r = cm_directory_anchors_of(node, &read.list, file->fingerprint, &anchors);
	if (r != CM_OK)
		return r;
	cm_directory_name(&read.list, taken.name);
	const struct cm_directory_kept *old = cm_directory_find(node->directory, taken.name);
	struct cm_trust_question question = {.now = cm_clock_utc(),
	        .old = old == NULL ? NULL : &old->read.list,
	        .sha256 = cm_hash_of(file->bytes),
	        .anchors = anchors.hash,
	        .anchor_count = anchors.n};
	if (old != NULL)
		question.old_sha256 = old->sha256;
	taken.version = read.list.version;
	taken.known = old != NULL && cm_hash_equal(&old->sha256, &question.sha256);
	r = cm_trust_check_new(&read.list, &question, report);
	if (r == CM_OK && !taken.known)
		r = cm_directory_keep(node, file, &read.list, &taken, report);
	if (r == CM_OK && !taken.known)
		r = cm_directory_put(node->directory, file->bytes, &read);
	if (r == CM_OK)
		*ret_taken = taken;
	return r;
}

// Peers are asked for their cards when the list stands and the next one may come: one that hangs holds up nobody else.
cm_result
cm_directory_import(struct cm_node *node, const struct cm_directory_file *file, struct cm_report *report,
                    struct cm_directory_taken *ret_taken)
{
	struct cm_directory_taken taken;
	cm_result r = cm_directory_take(node, file, report, &taken);
	if (r == CM_OK)
		r = cm_directory_meets_peers(node, report);
	if (r == CM_OK)
		*ret_taken = taken;
	return r;
}
