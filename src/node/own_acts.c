// Knows: how the register catches up with the keeper's persons and with the node's card. Does not know: who may change persons
// (keeper_desk.c) or how a card is made (own_card.c).
#include "node/own_acts.h"

#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "os/clock.h"

#define CM_OWN_ACTS_OFFLINE "while the node did not run"

static void
cm_own_acts_add(struct cm_change *change, const char *type, const char *person, const char *note)
{
	struct cm_act_values act;
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text(type));
	cm_act_set(&act, CM_ACT_FIELD_PERSON, cm_view_text(person));
	cm_act_set(&act, CM_ACT_FIELD_NOTE, cm_view_text(note));
	cm_change_act(change, &act);
}

static cm_result
cm_own_acts_person(struct cm_node *node, const struct cm_ipc_person *p, const char *note, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_person *row = NULL;
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	cm_result r = change == NULL ? CM_NOMEM : cm_store_person(node->store, cm_view_text(p->id), report, &page, &row);
	if (r != CM_OK)
		return r;
	bool was_disabled = row != NULL && cm_view_is(row->state, "disabled");
	bool enrolled = row != NULL && row->factors != p->factors;
	if (row != NULL && !enrolled && was_disabled == p->disabled)
		return CM_OK;
	if (row == NULL || enrolled)
		cm_own_acts_add(change, row == NULL ? "person_added" : "person_enrolled", p->id, note);
	if (p->disabled)
		cm_own_acts_add(change, "person_disabled", p->id, note);
	cm_change_person(change, &(struct cm_store_person){.id = cm_view_text(p->id),
	                                 .name = cm_view_text(p->name),
	                                 .state = cm_view_text(p->disabled ? "disabled" : "active"),
	                                 .factors = p->factors,
	                                 .at = now});
	return cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
}

cm_result
cm_own_acts_persons(struct cm_node *node, const char *id, const char *note, struct cm_report *report)
{
	CM_AUTO struct cm_ipc_persons *persons = cm_mem_new(sizeof *persons);
	CM_MUTEX_HOLD(&node->own_acts_lock); // two at a time would find the same difference
	cm_result r = persons == NULL ? CM_NOMEM : cm_keeper_client_person_list(&node->keeper, report, persons);
	for (size_t i = 0; r == CM_OK && i < persons->n; i++) {
		const struct cm_ipc_person *p = &persons->persons[i];
		bool told = id != NULL && strcmp(p->id, id) == 0;
		r = cm_own_acts_person(node, p, told ? note : CM_OWN_ACTS_OFFLINE, report);
	}
	return r;
}

// Is the present card among those that came into force?
static cm_result
cm_own_acts_card_known(struct cm_node *node, struct cm_report *report, bool *ret_known)
{
	struct cm_store_ask ask = {.request = cm_view_text(node->name.whole),
	        .kind = cm_view_text("card"),
	        .limit = CM_LIMIT_STORE_PAGE_VALUE};
	size_t n = CM_LIMIT_STORE_PAGE_VALUE;
	bool known = false;
	while (!known && n == CM_LIMIT_STORE_PAGE_VALUE) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_artifact *rows = NULL;
		cm_result r = cm_store_artifacts(node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			known = known || cm_hash_equal(&rows[i].sha256, &node->card_sha256);
			ask.after_id = rows[i].id;
		}
	}
	*ret_known = known;
	return CM_OK;
}

cm_result
cm_own_acts_card(struct cm_node *node, struct cm_report *report)
{
	struct cm_instant now = cm_clock_utc();
	struct cm_change CM_CLEANUP(cm_change_free_at) *change = cm_change_new(now);
	struct cm_act_values act;
	bool known = false;
	cm_result r = change == NULL ? CM_NOMEM : cm_own_acts_card_known(node, report, &known);
	if (r != CM_OK || known)
		return r;
	struct cm_view name = cm_view_text(node->name.whole);
	cm_change_artifact(change, &(struct cm_store_artifact){.direction = CM_STORE_LOCAL,
	                                   .peer = name,
	                                   .media = cm_view_text("card"),
	                                   .name = name,
	                                   .at = now,
	                                   .bytes = cm_buf_view(&node->card)});
	memset(&act, 0, sizeof act);
	cm_act_set(&act, CM_ACT_FIELD_TYPE, cm_view_text("card_published"));
	cm_act_set(&act, CM_ACT_FIELD_ARTIFACT, cm_view_text("$artifact"));
	cm_change_act(change, &act);
	return cm_store_submit_wait(node->store, cm_take(&change), report, NULL, NULL);
}
