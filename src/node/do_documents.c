// Knows: where the documents about a request stand (in the signed messages that brought them), and how they are shown: what is
// asked, and what was answered in an officer's own words. Does not know: what they mean, nor how JSON is read; a message reader
// does that and gives paths and texts. Serves doc/spec/request-document.md, for people.
#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "domain/request_facts.h"
#include "node/do_json.h"

#define CM_DO_DOCUMENT_ESCAPE 6 // a byte of a text as JSON needs at most six: a control character
#define CM_DO_DOCUMENT_SIGNS 6  // quotes, colon and comma around a member

// Members of our documents have no other letters. Whatever else a peer wrote is there byte by byte: "message show".
static bool
cm_do_document_path(struct cm_view path)
{
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == 0 || strchr("abcdefghijklmnopqrstuvwxyz0123456789_.[]", path.p[i]) == NULL)
			return false;
	return path.n > 0;
}

// What a particular says is shown at its word, as the law's tables name it: "particulars[0].text" at "particulars.questions".
static bool
cm_do_document_particular(const struct cm_facts *facts, struct cm_buf *path)
{
	static const char end[] = "].text";
	struct cm_view word = cm_buf_view(path);
	if (!cm_view_starts(word, "particulars[") || word.n < strlen(end))
		return true;
	if (!cm_view_is(cm_view_part(word, word.n - strlen(end), strlen(end)), end))
		return false;
	path->n -= strlen("text");
	cm_buf_text(path, "name");
	if (!cm_facts_find(facts, cm_buf_cstr(path), &word))
		return false;
	cm_buf_clear(path);
	cm_buf_text(path, "particulars.");
	cm_buf_view_add(path, word);
	return cm_do_document_path(cm_buf_view(path));
}

// Each path once, the first counts: a peer's member "a.b" must not spoil our answer beside b in a.
static void
cm_do_document_members(struct cm_json_put *put, const struct cm_facts *facts)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) name = cm_buf_of(CM_LIMIT_FACTS_BYTES_VALUE);
	for (size_t i = 0; i < facts->count; i++) {
		struct cm_facts_member member = cm_facts_member(facts, i);
		struct cm_view first = member.text;
		if (!cm_do_document_path(member.path))
			continue;
		cm_buf_clear(&name);
		cm_buf_view_add(&name, member.path);
		if (cm_facts_find(facts, cm_buf_cstr(&name), &first) && first.p == member.text.p &&
		    cm_do_document_particular(facts, &name))
			cm_json_put_member_text(put, cm_buf_cstr(&name), member.text);
	}
}

// The member `document`: an object of paths and texts, null when it could not be read or has no room in an answer.
static void
cm_do_document_put(struct cm_json_put *put, const struct cm_facts *facts, bool read)
{
	size_t most = CM_DO_DOCUMENT_ESCAPE * facts->bytes.n + CM_DO_DOCUMENT_SIGNS * facts->count;
	cm_json_put_name(put, "document");
	if (!read || put->to->n + most > CM_LIMIT_API_ANSWER_BYTES_VALUE / 2) {
		cm_json_put_null(put);
		return;
	}
	cm_json_put_object(put);
	cm_do_document_members(put, facts);
	cm_json_put_end_object(put);
}

// What a reader says of a message that was taken long ago. One that it refuses today is not shown, and not told either.
static cm_result
cm_do_document_message(struct cm_node *node, const struct cm_store_artifact *row, struct cm_reader_read *ret_read)
{
	struct cm_report report = {0};
	struct cm_reader_told told = {{.us = 0}, 0, 0};
	cm_result r = cm_reader_client_hi1(&node->reader, row->bytes, &told, &report, ret_read);
	return r == CM_REFUSED ? CM_OK : r;
}

static cm_result
cm_do_document_body(struct cm_node *node, const struct cm_hi1_object *o, struct cm_facts *facts, bool *ret_read)
{
	struct cm_report report = {0};
	cm_result r = cm_reader_client_facts(&node->reader, CM_API_SHAPE_NONE, o->document.body->contents, &report, facts);
	*ret_read = r == CM_OK;
	return r == CM_REFUSED ? CM_OK : r;
}

static bool
cm_do_document_is(const struct cm_hi1_object *o)
{
	return o != NULL && o->type == CM_HI1_TYPE_DOCUMENT && o->document.body != NULL;
}

// -- what is asked -------------------------------------------------------------------------------------------------

// The request document, and what stands in fields of HI-1 beside it: the period, the identifiers, the wanted end.
static cm_result
cm_do_document_asked(struct cm_node *node, const struct cm_hi1_message *message, struct cm_view id, struct cm_facts *facts,
                     bool *ret_read)
{
	cm_result r = CM_OK;
	for (size_t i = 0; r == CM_OK && i < message->action_count; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		if (cm_do_document_is(o) && cm_view_equal(o->id, id))
			r = cm_do_document_body(node, o, facts, ret_read);
	}
	for (size_t i = 0; r == CM_OK && *ret_read && i < message->action_count; i++) {
		const struct cm_hi1_object *o = message->actions[i].object;
		if (o != NULL && o->type == CM_HI1_TYPE_PRESERVATION)
			cm_request_facts_preservation(&o->preservation, facts);
		else if (o != NULL && o->type == CM_HI1_TYPE_DISCLOSURE)
			cm_request_facts_disclosure(&o->disclosure, facts);
	}
	*ret_read = *ret_read && cm_facts_result(facts) == CM_OK;
	return r;
}

cm_result
cm_do_request_facts(struct cm_node *node, const struct cm_store_request *request, struct cm_report *report,
                    struct cm_facts *facts, bool *ret_good)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	const struct cm_store_artifact *row = NULL;
	cm_result r = cm_store_artifact(node->store, request->message, report, &page, &row);
	*ret_good = false;
	if (r == CM_OK && row != NULL)
		r = cm_do_document_message(node, row, &read);
	return r == CM_OK ? cm_do_document_asked(node, &read.message, request->id, facts, ret_good) : r;
}

cm_result
cm_do_request_document(struct cm_node *node, const struct cm_store_request *request, struct cm_json_put *put,
                       struct cm_report *report)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	bool good = false;
	cm_facts_init(&facts);
	cm_result r = cm_do_request_facts(node, request, report, &facts, &good);
	if (r == CM_OK)
		cm_do_document_put(put, &facts, good);
	return r;
}

// -- what was answered ---------------------------------------------------------------------------------------------

static cm_result
cm_do_document_answer(struct cm_node *node, const struct cm_store_artifact *row, const struct cm_hi1_object *o,
                      struct cm_view id, struct cm_json_put *put)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_view answers = cm_view_of(NULL, 0);
	bool read = false;
	cm_facts_init(&facts);
	cm_result r = cm_do_document_body(node, o, &facts, &read);
	if (r != CM_OK || !cm_facts_find(&facts, "answers", &answers) || !cm_view_equal(answers, id))
		return r;
	cm_json_put_object(put);
	cm_do_json_time(put, "at", row->at);
	cm_do_document_put(put, &facts, read);
	cm_json_put_member_text(put, "from", row->direction == CM_STORE_IN ? row->peer : cm_view_text(node->name.whole));
	cm_json_put_member_number(put, "message", (int64_t)row->id);
	cm_json_put_end_object(put);
	return CM_OK;
}

// What the message that an act names says; nothing when it names none, or no message of HI-1.
static cm_result
cm_do_document_act(struct cm_node *node, uint64_t index, struct cm_report *report, struct cm_reader_read *ret_read,
                   struct cm_store_page **ret_page, const struct cm_store_artifact **ret_row)
{
	struct cm_store_receipt_page CM_CLEANUP(cm_store_receipt_page_free_at) *page = NULL;
	const struct cm_store_act *act = NULL;
	struct cm_hash sha256;
	cm_result r = cm_store_act_row(node->store, index, report, &page, &act);
	if (r != CM_OK || act == NULL ||
	    !cm_hex_read(act->file.slots[CM_ACT_SLOT(CM_ACT_FIELD_ARTIFACT)].value, sha256.b, sizeof sha256.b))
		return r;
	r = cm_store_artifact_of_act(node->store, index, &sha256, report, ret_page, ret_row);
	if (r == CM_OK && *ret_row != NULL && cm_view_is((*ret_row)->media, "hi1"))
		r = cm_do_document_message(node, *ret_row, ret_read);
	return r;
}

static bool
cm_do_document_is_answer(const struct cm_hi1_object *o)
{
	return cm_do_document_is(o) && cm_view_is(o->document.body->content_type, CM_HI1_CONTENT_TYPE_ANSWER);
}

// The answers in that message.
static cm_result
cm_do_document_act_answers(struct cm_node *node, uint64_t index, struct cm_view id, struct cm_json_put *put,
                           struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	const struct cm_store_artifact *row = NULL;
	cm_result r = cm_do_document_act(node, index, report, &read, &page, &row);
	for (size_t i = 0; r == CM_OK && i < read.message.action_count; i++)
		if (cm_do_document_is_answer(read.message.actions[i].object))
			r = cm_do_document_answer(node, row, read.message.actions[i].object, id, put);
	return r;
}

// Is it an answer document about this request, in this state?
static cm_result
cm_do_document_said(struct cm_node *node, const struct cm_hi1_object *o, struct cm_view id, enum cm_state state,
                    struct cm_facts *facts, bool *ret_found)
{
	struct cm_view answers = cm_view_of(NULL, 0), said = answers;
	bool read = false;
	cm_facts_fini(facts);
	cm_facts_init(facts);
	cm_result r = cm_do_document_body(node, o, facts, &read);
	*ret_found = read && cm_facts_find(facts, "answers", &answers) && cm_view_equal(answers, id) &&
	             cm_facts_find(facts, "state", &said) && cm_view_is(said, cm_state_row(state)->name);
	return r;
}

cm_result
cm_do_request_said(struct cm_node *node, const struct cm_store_request *request, enum cm_state state,
                   struct cm_report *report, struct cm_facts *facts, bool *ret_found)
{
	CM_AUTO uint64_t *indexes = cm_mem_new_many(CM_LIMIT_STORE_PAGE_VALUE, sizeof *indexes);
	size_t n = 0;
	struct cm_store_ask ask = {.request = request->id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = indexes == NULL ? CM_NOMEM : cm_store_act_indexes(node->store, &ask, report, indexes, &n);
	*ret_found = false;
	for (size_t i = n; r == CM_OK && !*ret_found && i-- > 0;) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
		const struct cm_store_artifact *row = NULL;
		r = cm_do_document_act(node, indexes[i], report, &read, &page, &row);
		for (size_t k = 0; r == CM_OK && !*ret_found && k < read.message.action_count; k++)
			if (cm_do_document_is_answer(read.message.actions[k].object))
				r = cm_do_document_said(node, read.message.actions[k].object, request->id, state, facts, ret_found);
	}
	return r;
}

// The answer documents of one act about this request.
static cm_result
cm_do_document_each(struct cm_node *node, uint64_t index, struct cm_view id, cm_do_answer_each *each, void *context,
                    struct cm_report *report)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	struct cm_reader_read CM_CLEANUP(cm_reader_read_fini) read = {.judged_count = 0};
	const struct cm_store_artifact *row = NULL;
	cm_result r = cm_do_document_act(node, index, report, &read, &page, &row);
	for (size_t i = 0; r == CM_OK && i < read.message.action_count; i++) {
		struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
		struct cm_view answers = cm_view_of(NULL, 0);
		bool good = false;
		cm_facts_init(&facts);
		if (cm_do_document_is_answer(read.message.actions[i].object))
			r = cm_do_document_body(node, read.message.actions[i].object, &facts, &good);
		if (r == CM_OK && good && cm_facts_find(&facts, "answers", &answers) && cm_view_equal(answers, id))
			r = each(context, &facts);
	}
	return r;
}

cm_result
cm_do_request_each_answer(struct cm_node *node, const struct cm_store_request *request, cm_do_answer_each *each, void *context,
                          struct cm_report *report)
{
	CM_AUTO uint64_t *indexes = cm_mem_new_many(CM_LIMIT_STORE_PAGE_VALUE, sizeof *indexes);
	struct cm_store_ask ask = {.request = request->id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	size_t n = CM_LIMIT_STORE_PAGE_VALUE;
	cm_result r = indexes == NULL ? CM_NOMEM : CM_OK;
	while (r == CM_OK && n == CM_LIMIT_STORE_PAGE_VALUE) {
		r = cm_store_act_indexes(node->store, &ask, report, indexes, &n);
		for (size_t i = 0; r == CM_OK && i < n; i++)
			r = cm_do_document_each(node, indexes[i], request->id, each, context, report);
		ask.after_id = n > 0 ? indexes[n - 1] + 1 : 0;
	}
	return r;
}

cm_result
cm_do_request_answers(struct cm_node *node, const struct cm_store_request *request, struct cm_json_put *put,
                      struct cm_report *report)
{
	CM_AUTO uint64_t *indexes = cm_mem_new_many(CM_LIMIT_STORE_PAGE_VALUE, sizeof *indexes);
	size_t n = 0;
	struct cm_store_ask ask = {.request = request->id, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	cm_result r = indexes == NULL ? CM_NOMEM : cm_store_act_indexes(node->store, &ask, report, indexes, &n);
	cm_json_put_name(put, "answers");
	cm_json_put_array(put);
	for (size_t i = n > CM_LIMIT_SHOWN_MESSAGES_VALUE ? n - CM_LIMIT_SHOWN_MESSAGES_VALUE : 0; r == CM_OK && i < n; i++)
		r = cm_do_document_act_answers(node, indexes[i], request->id, put, report);
	cm_json_put_end_array(put);
	return r;
}
