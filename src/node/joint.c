// Knows: how the roll of a joint undertaking is made, whom it is told to, and who may ask within it. Does not know: what a member
// is (domain/joint.c), or how a message leaves (decide.c, send.c). Serves doc/spec/request-document.md, section 5.
#include "node/joint.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/seal.h"
#include "domain/move.h"
#include "node/decide.h"
#include "node/do_json.h"

void
cm_joint_fini(struct cm_joint *joint)
{
	if (joint != NULL)
		cm_arena_fini(&joint->arena);
}

// -- the roll ------------------------------------------------------------------------------------------------------

static struct cm_view
cm_joint_recipient(struct cm_joint *joint, const struct cm_identity *identity)
{
	char text[CM_SEAL_TEXT];
	cm_seal_recipient_write(&identity->recipient, text);
	return cm_arena_copy(&joint->arena, cm_view_text(text));
}

static struct cm_instant
cm_joint_second(struct cm_instant at)
{
	return cm_instant_of_seconds(cm_instant_seconds(at));
}

// Since when the request is in its state: what was only said on it in between does not count.
static cm_result
cm_joint_since(struct cm_node *node, const struct cm_store_request *row, struct cm_report *report, struct cm_instant *ret_at)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_step *steps = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = row->id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = cm_store_steps(node->store, &ask, report, &page, &steps, &n);
	*ret_at = row->created;
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (!cm_view_equal(steps[i].from_state, steps[i].to_state))
			*ret_at = steps[i].at;
	return r;
}

// A party that we asked, by the state of our request to it. One that is no peer any more is out.
static cm_result
cm_joint_party(struct cm_node *node, struct cm_joint *joint, const struct cm_store_request *row, struct cm_report *report)
{
	CM_AUTO struct cm_peer *peer = cm_mem_new(sizeof *peer);
	struct cm_doc_member *m = &joint->roll.parties[joint->roll.count];
	struct cm_instant at;
	char name[CM_X509_NODE];
	if (peer == NULL)
		return CM_NOMEM;
	cm_result r = cm_joint_since(node, row, report, &at);
	if (r != CM_OK)
		return r;
	snprintf(name, sizeof name, "%.*s", CM_VIEW_ARG(row->peer));
	bool there = cm_peers_confirmed(&node->peers, name, peer);
	*m = (struct cm_doc_member){
	        .node = cm_arena_copy(&joint->arena, row->peer),
	        .state = cm_view_text(there ? cm_joint_standing(cm_state_find(row->state.p, row->state.n)) : "left"),
	        .recipient = there ? cm_joint_recipient(joint, &peer->identity) : cm_view_text("none"),
	        .at = cm_joint_second(at),
	        .founds = cm_joint_part_find(row->part) == CM_JOINT_FOUNDS ? CM_DOC_YES : CM_DOC_NO,
	};
	joint->roll.count++;
	return joint->arena.failed ? CM_NOMEM : CM_OK;
}

static bool
cm_joint_asks_party(const struct cm_store_request *row)
{
	enum cm_joint_part part = cm_joint_part_find(row->part);
	return part == CM_JOINT_FOUNDS || part == CM_JOINT_JOINS;
}

// We lead: each of our requests is a party.
static cm_result
cm_joint_lead(struct cm_node *node, struct cm_joint *joint, const struct cm_store_request *row, struct cm_report *report)
{
	if (!joint->leads) {
		joint->known = joint->leads = true;
		snprintf(joint->lead, sizeof joint->lead, "%s", node->name.whole);
		joint->roll.parties[joint->roll.count++] = (struct cm_doc_member){
		        .node = cm_view_text(node->name.whole),
		        .state = cm_view_text("leads"),
		        .recipient = cm_joint_recipient(joint, &node->self.identity),
		        .at = cm_joint_second(row->created),
		        .founds = CM_DOC_YES,
		};
	}
	return joint->roll.count == CM_LIMIT_JOINT_PARTIES_VALUE ? CM_OK : cm_joint_party(node, joint, row, report);
}

// We were asked: what the leading node told last. Before it told anything nobody is a member.
static cm_result
cm_joint_told(struct cm_joint *joint, const struct cm_store_request *row)
{
	joint->known = true;
	joint->own = cm_joint_standing(cm_state_find(row->state.p, row->state.n));
	snprintf(joint->lead, sizeof joint->lead, "%.*s", CM_VIEW_ARG(row->peer));
	return cm_joint_roll_read(cm_arena_copy(&joint->arena, row->roll), &joint->roll);
}

cm_result
cm_joint_read(struct cm_node *node, struct cm_view number, struct cm_report *report, struct cm_joint *ret_joint)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = number, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	*ret_joint = (struct cm_joint){.known = false};
	if (number.n == 0)
		return CM_OK;
	cm_result r = cm_store_undertaken(node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++)
		if (cm_joint_asks_party(&rows[i]))
			r = rows[i].ours ? cm_joint_lead(node, ret_joint, &rows[i], report) : cm_joint_told(ret_joint, &rows[i]);
	return r;
}

// -- who may ----------------------------------------------------------------------------------------------------------

static cm_result
cm_joint_may_of(const struct cm_joint *joint, struct cm_view number, struct cm_view peer, struct cm_report *report)
{
	if (!joint->known)
		return cm_report_refuse(report, CM_ERROR_UNDERTAKING_UNKNOWN, "undertaking", "%.*s", CM_VIEW_ARG(number));
	if (!cm_joint_member(&joint->roll, peer))
		return cm_report_refuse(report, CM_ERROR_UNDERTAKING_MEMBER, "undertaking", "%.*s", CM_VIEW_ARG(peer));
	if (!cm_joint_in_force(&joint->roll))
		return cm_report_refuse(report, CM_ERROR_UNDERTAKING_FORCE, "undertaking", "%.*s", CM_VIEW_ARG(number));
	return CM_OK;
}

// Both of us, the peer and this node.
static cm_result
cm_joint_may(struct cm_node *node, struct cm_view number, struct cm_view peer, struct cm_report *report)
{
	struct cm_joint CM_CLEANUP(cm_joint_fini) joint = {.known = false};
	cm_result r = cm_joint_read(node, number, report, &joint);
	if (r == CM_OK)
		r = cm_joint_may_of(&joint, number, cm_view_text(node->name.whole), report);
	return r == CM_OK ? cm_joint_may_of(&joint, number, peer, report) : r;
}

cm_result
cm_joint_may_give(struct cm_node *node, const struct cm_store_request *row, struct cm_report *report)
{
	bool within = cm_joint_part_find(row->part) == CM_JOINT_WITHIN;
	return within ? cm_joint_may(node, row->undertaking, row->peer, report) : CM_OK;
}

cm_result
cm_joint_may_send(struct cm_node *node, const struct cm_reader_draft *draft, struct cm_view own, struct cm_view to,
                  struct cm_report *report)
{
	struct cm_view number = cm_view_text(draft->undertaking);
	enum cm_joint_part part = cm_joint_part_find(cm_view_text(draft->part));
	struct cm_joint CM_CLEANUP(cm_joint_fini) joint = {.known = false};
	if (part == CM_JOINT_NO_PART || (part == CM_JOINT_FOUNDS && cm_view_equal(number, own)))
		return CM_OK;
	if (part == CM_JOINT_WITHIN)
		return cm_joint_may(node, number, to, report);
	cm_result r = cm_joint_read(node, number, report, &joint);
	if (r == CM_OK && !joint.leads)
		r = cm_report_refuse(report, CM_ERROR_UNDERTAKING_UNKNOWN, "undertaking", "%.*s: not led from here", CM_VIEW_ARG(number));
	if (r == CM_OK && joint.roll.count == CM_LIMIT_JOINT_PARTIES_VALUE)
		r = cm_report_refuse(report, CM_ERROR_UNDERTAKING_KIND, "undertaking", "%d parties", CM_LIMIT_JOINT_PARTIES_VALUE);
	for (size_t i = 0; r == CM_OK && i < joint.roll.count; i++)
		if (cm_view_equal(joint.roll.parties[i].node, to) && !cm_view_is(joint.roll.parties[i].state, "left") &&
		    !cm_view_is(joint.roll.parties[i].state, "refused"))
			r = cm_report_refuse(report, CM_ERROR_UNDERTAKING_KIND, "to", "%.*s is asked already", CM_VIEW_ARG(to));
	return r;
}

cm_result
cm_joint_take(struct cm_node *node, struct cm_view peer, const struct cm_reader_judged *judged, struct cm_report *report,
              const char **ret_why)
{
	struct cm_view number = cm_view_text(judged->undertaking), self = cm_view_text(node->name.whole);
	enum cm_joint_part part = cm_joint_part_find(cm_view_text(judged->part));
	struct cm_joint CM_CLEANUP(cm_joint_fini) joint = {.known = false};
	cm_result r = part == CM_JOINT_NO_PART ? CM_OK : cm_joint_read(node, number, report, &joint);
	if (r != CM_OK || part == CM_JOINT_NO_PART)
		return r;
	if (part != CM_JOINT_WITHIN && joint.known && (joint.leads || !cm_view_is(peer, joint.lead)))
		*ret_why = "another State leads the undertaking of this number";
	if (part == CM_JOINT_WITHIN && !(joint.known && cm_joint_member(&joint.roll, peer) && cm_joint_member(&joint.roll, self)))
		*ret_why = "the two are no members of this undertaking";
	else if (part == CM_JOINT_WITHIN && !cm_joint_in_force(&joint.roll))
		*ret_why = "the undertaking is not in force";
	return CM_OK;
}

// -- telling it ------------------------------------------------------------------------------------------------------

// The roll goes to those who were asked and have not said no; nobody is told twice the same.
static cm_result
cm_joint_tell(struct cm_node *node, const struct cm_store_request *row, struct cm_report *report)
{
	struct cm_joint CM_CLEANUP(cm_joint_fini) joint = {.known = false};
	struct cm_buf CM_CLEANUP(cm_buf_fini) roll = cm_buf_of(CM_LIMIT_FRAME_BYTES_VALUE);
	enum cm_kind kind = cm_kind_find(row->kind.p, row->kind.n);
	enum cm_state state = cm_state_find(row->state.p, row->state.n);
	if (!row->ours || !cm_joint_asks_party(row) || cm_move_at(kind, state, CM_EVENT_TELL_PARTIES) == CM_MOVE_NONE)
		return CM_OK;
	cm_result r = cm_joint_read(node, row->undertaking, report, &joint);
	if (r == CM_OK)
		cm_joint_roll_write(joint.roll.parties, joint.roll.count, &roll);
	if (r == CM_OK)
		r = cm_buf_result(&roll);
	if (r != CM_OK || cm_view_equal(cm_buf_view(&roll), row->roll))
		return r;
	return cm_decide_parties(node, row->id, &joint.roll, report);
}

static cm_result
cm_joint_tell_all(struct cm_node *node, struct cm_view number, struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *rows = NULL;
	size_t n = 0;
	struct cm_store_ask ask = {.request = number, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result worst = CM_OK, r = cm_store_undertaken(node->store, &ask, report, &page, &rows, &n);
	for (size_t i = 0; r == CM_OK && i < n; i++) {
		cm_result one = cm_joint_tell(node, &rows[i], report);
		worst = one == CM_OK ? worst : one; // a party that cannot be told does not keep it from the others
	}
	return r == CM_OK ? worst : r;
}

cm_result
cm_joint_look(struct cm_node *node, struct cm_instant from, struct cm_report *report)
{
	char number[40] = "", id[40] = "";
	cm_result worst = CM_OK;
	for (size_t n = CM_LIMIT_STORE_PAGE_VALUE; n == CM_LIMIT_STORE_PAGE_VALUE;) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_request *rows = NULL;
		struct cm_store_ask ask = {.from = from, .state = cm_view_text(number), .after = cm_view_text(id),
		        .limit = CM_LIMIT_STORE_PAGE_VALUE};
		cm_result r = cm_store_undertaken(node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			bool again = cm_view_is(rows[i].undertaking, number);
			snprintf(number, sizeof number, "%.*s", CM_VIEW_ARG(rows[i].undertaking));
			snprintf(id, sizeof id, "%.*s", CM_VIEW_ARG(rows[i].id));
			r = again ? CM_OK : cm_joint_tell_all(node, rows[i].undertaking, report);
			worst = r == CM_OK ? worst : r;
		}
	}
	return worst;
}

// -- shown -----------------------------------------------------------------------------------------------------------

cm_result
cm_joint_show(struct cm_node *node, const struct cm_store_request *row, struct cm_json_put *put, struct cm_report *report)
{
	struct cm_joint CM_CLEANUP(cm_joint_fini) joint = {.known = false};
	cm_result r = cm_joint_read(node, row->undertaking, report, &joint);
	cm_json_put_name(put, "undertaking");
	if (r != CM_OK || !joint.known) {
		cm_json_put_null(put);
		return r;
	}
	cm_json_put_object(put);
	cm_json_put_member_bool(put, "in_force", cm_joint_in_force(&joint.roll));
	cm_json_put_member_cstr(put, "lead", joint.lead);
	cm_json_put_name(put, "parties");
	cm_json_put_array(put);
	for (size_t i = 0; i < joint.roll.count; i++) {
		const struct cm_doc_member *m = &joint.roll.parties[i];
		cm_json_put_object(put);
		cm_json_put_member_bool(put, "founds", m->founds == CM_DOC_YES);
		cm_json_put_member_text(put, "node", m->node);
		cm_do_json_time(put, "since", m->at);
		bool own = joint.own != NULL && cm_view_is(m->node, node->name.whole);
		cm_json_put_member_text(put, "state", own ? cm_view_text(joint.own) : m->state);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	cm_json_put_member_text(put, "part", row->part);
	cm_json_put_member_text(put, "undertaking", row->undertaking);
	cm_json_put_end_object(put);
	return CM_OK;
}

cm_result
cm_joint_recipients(struct cm_node *node, const struct cm_store_request *row, struct cm_json_put *put, struct cm_report *report)
{
	struct cm_joint CM_CLEANUP(cm_joint_fini) joint = {.known = false};
	cm_result r = cm_joint_part_find(row->part) != CM_JOINT_WITHIN ? CM_OK : cm_joint_read(node, row->undertaking, report, &joint);
	if (r != CM_OK || cm_joint_part_find(row->part) != CM_JOINT_WITHIN)
		return r;
	for (size_t i = 0; i < joint.roll.count; i++) {
		const struct cm_doc_member *m = &joint.roll.parties[i];
		if (cm_joint_member(&joint.roll, m->node) && !cm_view_equal(m->node, row->peer) && !cm_view_is(m->node, node->name.whole))
			cm_json_put_text(put, m->recipient);
	}
	return CM_OK;
}
