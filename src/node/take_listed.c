// Knows: what is taken from an authority that nobody compared words with, and for which its State's list alone vouches. Does not
// know: whether it is one (listed.c). Serves doc/spec/directory.md, section 9; Article 41.
#include "node/take.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/kind.h"
#include "node/directory.h"
#include "node/listed.h"

cm_result
cm_take_may_follow(const struct cm_take *take, struct cm_view request, struct cm_report *report, bool *ret_may)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = cm_listed_is(&take->peer) ? cm_store_request(take->node->store, request, report, &page, &row) : CM_OK;
	if (r == CM_OK)
		*ret_may = !cm_listed_is(&take->peer) ||
		           (row != NULL && cm_preservation_is(cm_kind_find(row->kind.p, row->kind.n)));
	return r;
}

// Nothing but questions about what is between us.
static bool
cm_take_listed_asks(const struct cm_hi1_message *m)
{
	for (size_t i = 0; i < m->action_count; i++)
		if (m->actions[i].verb != CM_HI1_VERB_GET && m->actions[i].verb != CM_HI1_VERB_LIST)
			return false;
	return m->action_count > 0;
}

// Is this object one of a preservation that we asked for?
static cm_result
cm_take_listed_ours(const struct cm_take *take, struct cm_view id, struct cm_report *report, bool *ret_ours)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_object *row = NULL;
	cm_result r = cm_store_object(take->node->store, id, report, &page, &row);
	*ret_ours = row != NULL && !row->registrar && cm_view_is(row->peer, take->peer.identity.node);
	return r == CM_OK && *ret_ours ? cm_take_may_follow(take, row->request, report, ret_ours) : r;
}

// The registrar of a preservation that we asked for tells what became of it: changes of its objects, and a document or a notice that
// belongs to them.
static cm_result
cm_take_listed_tells(const struct cm_take *take, struct cm_report *report, bool *ret_tells)
{
	const struct cm_hi1_message *m = &take->read.message;
	cm_result r = CM_OK;
	bool tells = m->action_count > 0;
	for (size_t i = 0; r == CM_OK && tells && i < m->action_count; i++) {
		const struct cm_hi1_object *o = m->actions[i].object;
		enum cm_hi1_verb verb = m->actions[i].verb;
		if (o != NULL && verb == CM_HI1_VERB_UPDATE) {
			r = cm_take_listed_ours(take, o->id, report, &tells);
			continue;
		}
		bool said = o != NULL && verb == CM_HI1_VERB_CREATE &&
		            (o->type == CM_HI1_TYPE_NOTIFICATION ||
		                    (o->type == CM_HI1_TYPE_DOCUMENT && !cm_view_is(o->document.type.value, "Request")));
		tells = said && o->associated_count > 0;
		for (size_t k = 0; r == CM_OK && tells && k < o->associated_count; k++)
			r = cm_take_listed_ours(take, o->associated[k], report, &tells);
	}
	*ret_tells = tells;
	return r;
}

cm_result
cm_take_judge_listed(struct cm_take *take, struct cm_report *report)
{
	static const char *const kinds[] = {"pres", "pres_ext", "pres_end", NULL};
	char seen[CM_REPORT_SEEN];
	const char *full = NULL;
	bool good = cm_take_only_preserves(take, kinds);
	cm_result r = good ? cm_listed_room(take->node, &take->peer, report, &full) : CM_OK;
	if (!good && cm_take_listed_asks(&take->read.message))
		good = true;
	else if (!good)
		r = cm_take_listed_tells(take, report, &good);
	if (r != CM_OK)
		return r;
	take->marked = CM_LISTED;
	if (!good)
		cm_take_fault(&take->whole, CM_HI1_ERROR_UNCONFIRMED, "/ActionRequests",
		              "until words were compared: one request of kind pres, pres_ext or pres_end, GET and LIST of your own; become peers "
		              "for anything else");
	if (full != NULL) {
		snprintf(seen, sizeof seen, "%s is reached", full);
		cm_take_fault(&take->whole, CM_HI1_ERROR_TOO_MANY_LISTED, "/ActionRequests", seen);
	}
	return CM_OK;
}

cm_result
cm_take_listed_news(const struct cm_take *take, struct cm_change *change, struct cm_report *report)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) detail = cm_buf_of(CM_LIMIT_API_ANSWER_BYTES_VALUE);
	struct cm_standing standing;
	char text[CM_REPORT_SEEN];
	if (take->read.judged_count == 0)
		return CM_OK;
	cm_directory_standing(take->node, &take->peer, take->now, &standing);
	snprintf(text, sizeof text, "from %s, which nobody has confirmed; to call back: %s", take->peer.identity.node,
	         *standing.phone == 0 ? "no number in the directory" : standing.phone);
	struct cm_event_texts texts = {
	        .text = {cm_view_text("request"), cm_view_text(take->read.judged[0].document), cm_view_text(text)}, .n = 3};
	cm_event_texts_write(&texts, &detail);
	struct cm_store_event event = {.at = take->now, .cause = cm_view_text(CM_EVENT_NEWS), .detail = cm_buf_view(&detail)};
	return cm_store_apply(take->node->store, &event, change, report);
}
