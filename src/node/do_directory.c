// Knows: the admin API's part about the directory: taking a list, showing lists. Does not know: what may be taken (directory.c).
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/directory_inside.h"
#include "node/do_json.h"
#include "node/exchange.h"
#include "os/clock.h"

static void
cm_do_directory_hash(struct cm_json_put *put, const char *name, struct cm_view sha256)
{
	char hex[2 * CM_HASH_SIZE + 1] = "";
	if (sha256.n == CM_HASH_SIZE)
		cm_hex_text(sha256, hex);
	cm_json_put_member_cstr(put, name, hex);
}

static void
cm_do_directory_words(struct cm_json_put *put, const char *name, const struct cm_view *words, size_t n)
{
	cm_json_put_name(put, name);
	cm_json_put_array(put);
	for (size_t i = 0; i < n; i++)
		cm_json_put_text(put, words[i]);
	cm_json_put_end_array(put);
}

static void
cm_do_directory_status(struct cm_json_put *put, const struct cm_directory_status *status, size_t n)
{
	cm_json_put_name(put, "history");
	cm_json_put_array(put);
	for (size_t i = 0; i < n; i++) {
		cm_json_put_object(put);
		cm_do_json_time(put, "at", status[i].at);
		cm_json_put_member_text(put, "reason", status[i].reason);
		cm_json_put_member_text(put, "state", status[i].state);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

static void
cm_do_directory_authority(struct cm_json_put *put, const struct cm_directory *list, const struct cm_directory_authority *one)
{
	cm_json_put_object(put);
	cm_do_directory_hash(put, "card", one->card);
	cm_json_put_member_text(put, "endpoint", one->endpoint);
	cm_json_put_member_text(put, "hours", one->hours);
	cm_json_put_name(put, "keys");
	cm_json_put_array(put);
	for (size_t i = 0; i < one->key_count; i++) {
		struct cm_hash spki;
		memcpy(spki.b, one->keys[i].spki.p, sizeof spki.b);
		cm_json_put_object(put);
		cm_do_directory_status(put, one->keys[i].status, one->keys[i].status_count);
		cm_do_directory_hash(put, "spki", one->keys[i].spki);
		cm_json_put_member_cstr(put, "state",
		                        cm_trust_state_word(cm_trust_key_at(list, one->node, &spki, cm_clock_utc())));
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	cm_do_directory_words(put, "languages", one->languages, one->language_count);
	cm_json_put_member_text(put, "name", one->name);
	cm_do_json_time(put, "next_from", one->next_from);
	cm_do_directory_hash(put, "next_spki", one->next_spki);
	cm_json_put_member_text(put, "node", one->node);
	cm_json_put_member_text(put, "phone", one->phone);
	cm_do_directory_words(put, "roles", one->roles, one->role_count);
	cm_json_put_end_object(put);
}

static void
cm_do_directory_state(struct cm_json_put *put, const struct cm_directory *states, const struct cm_directory_state *state)
{
	cm_json_put_object(put);
	cm_json_put_member_text(put, "country", state->country);
	cm_json_put_member_text(put, "deposit", state->deposit);
	cm_do_directory_status(put, state->status, state->status_count);
	cm_json_put_member_text(put, "name", state->name);
	cm_do_directory_hash(put, "root", state->roots[0].sha256);
	cm_json_put_member_cstr(put, "state",
	                        cm_trust_party_word(cm_trust_party_at(states, state->country, cm_clock_utc())));
	cm_json_put_end_object(put);
}

// The members that lists and shows have; the object stays open.
static void
cm_do_directory_members(struct cm_json_put *put, const struct cm_directory_kept *kept)
{
	const struct cm_directory *list = &kept->read.list;
	struct cm_hash signer = cm_trust_signer(list);
	cm_json_put_object(put);
	cm_json_put_member_bool(put, "fresh", cm_trust_fresh(list, cm_clock_utc()));
	cm_do_json_time(put, "issued_at", list->issued);
	cm_json_put_member_cstr(put, "name", kept->name);
	cm_do_json_time(put, "next_update", list->next_update);
	cm_do_json_hash(put, "sha256", &kept->sha256);
	cm_do_json_hash(put, "signed_by", &signer);
	cm_json_put_member_number(put, "version", (int64_t)list->version);
}

cm_result
cm_directory_show(struct cm_node *node, const char *name, struct cm_report *report, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	CM_MUTEX_HOLD(&node->directory->lock);
	const struct cm_directory_kept *kept = cm_directory_find(node->directory, name);
	if (kept == NULL)
		return cm_report_refuse(report, CM_ERROR_DIRECTORY_NONE, "directory", "%s", name);
	const struct cm_directory *list = &kept->read.list;
	cm_do_directory_members(&put, kept);
	cm_json_put_name(&put, cm_directory_is_states(list) ? "states" : "authorities");
	cm_json_put_array(&put);
	for (size_t i = 0; i < list->state_count; i++)
		cm_do_directory_state(&put, list, &list->states[i]);
	for (size_t i = 0; i < list->authority_count; i++)
		cm_do_directory_authority(&put, list, &list->authorities[i]);
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return cm_buf_result(to);
}

cm_result
cm_directory_list(struct cm_node *node, struct cm_report *report, struct cm_buf *to)
{
	struct cm_json_put put = cm_json_put_of(to);
	(void)report;
	CM_MUTEX_HOLD(&node->directory->lock);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "lists");
	cm_json_put_array(&put);
	for (size_t i = 0; i < node->directory->n; i++) {
		cm_do_directory_members(&put, &node->directory->list[i]);
		cm_json_put_end_object(&put);
	}
	cm_json_put_end_array(&put);
	cm_json_put_end_object(&put);
	return cm_buf_result(to);
}

static cm_result
cm_do_directory_import(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body)
{
	struct cm_json_put put = cm_json_put_of(body);
	struct cm_ipc_person person = {.id = ""};
	struct cm_directory_taken taken = {.version = 0};
	cm_result r = cm_exchange_person(ex, &(struct cm_exchange_who){.act = NULL}, report, &person);
	struct cm_directory_file file = {
	        .bytes = cm_server_body(ex->rq), .fingerprint = ex->match.part[0], .person = person.id};
	if (r == CM_OK)
		r = cm_directory_import(ex->node, &file, report, &taken);
	if (r != CM_OK)
		return r;
	cm_json_put_object(&put);
	cm_json_put_member_bool(&put, "known", taken.known);
	cm_json_put_member_cstr(&put, "name", taken.name);
	cm_json_put_member_number(&put, "version", (int64_t)taken.version);
	cm_json_put_end_object(&put);
	return CM_OK;
}

void
cm_do_directory(struct cm_exchange *ex)
{
	struct cm_report report = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	enum cm_route route = ex->match.route;
	cm_result r = route == CM_ROUTE_API_DIRECTORY_IMPORT ? cm_do_directory_import(ex, &report, &body)
	              : route == CM_ROUTE_API_DIRECTORY_SHOW
	                      ? cm_directory_show(ex->node, ex->match.part[0], &report, &body)
	                      : cm_directory_list(ex->node, &report, &body);
	if (r != CM_OK)
		cm_exchange_problem(ex, r, &report);
	else
		cm_do_json(ex, (unsigned)cm_route_row(route)->status, &body);
}
