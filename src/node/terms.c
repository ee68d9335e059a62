// Knows: where limits of use, conditions and consents stand in the documents of a request. Does not know: the law of them
// (domain/law.h), or how documents are found and read (do_documents.c).
#include "node/terms.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "node/do_json.h"

// -- read ----------------------------------------------------------------------------------------------------------------

struct cm_terms_reader {
	struct cm_terms *terms;
	struct cm_arena *arena;
	struct cm_view proposed[CM_LIMIT_TERMS_CONDITIONS_VALUE]; // in a consultation: they bind once they are accepted
	size_t proposed_count;
};

static struct cm_view
cm_terms_fact(struct cm_arena *arena, const struct cm_facts *facts, const char *path)
{
	struct cm_view text = cm_view_of(NULL, 0);
	return cm_facts_find(facts, path, &text) ? cm_arena_copy(arena, text) : text;
}

static void
cm_terms_condition(struct cm_terms *terms, struct cm_view text)
{
	for (size_t i = 0; i < terms->condition_count; i++)
		if (cm_view_equal(terms->conditions[i], text))
			return;
	if (text.n > 0 && terms->condition_count < CM_LIMIT_TERMS_CONDITIONS_VALUE)
		terms->conditions[terms->condition_count++] = text;
}

static void
cm_terms_conditions(struct cm_terms_reader *reader, const struct cm_facts *facts, enum cm_state state)
{
	size_t count = cm_facts_count(facts, "conditions");
	reader->proposed_count = state == CM_STATE_CONSULTATION ? 0 : reader->proposed_count;
	for (size_t i = 0; i < count; i++) {
		struct cm_view text = cm_view_of(NULL, 0);
		if (cm_facts_find_in(facts, "conditions", i, "condition", &text))
			text = cm_arena_copy(reader->arena, text);
		if (state != CM_STATE_CONSULTATION)
			cm_terms_condition(reader->terms, text);
		else if (reader->proposed_count < CM_LIMIT_TERMS_CONDITIONS_VALUE)
			reader->proposed[reader->proposed_count++] = text;
	}
}

// One answer document. Conditions that the asking side would rather have, or cannot keep, bind nobody.
static cm_result
cm_terms_answer(void *context, const struct cm_facts *facts)
{
	struct cm_terms_reader *reader = context;
	struct cm_terms *terms = reader->terms;
	struct cm_view word = cm_view_of(NULL, 0), answer = word;
	(void)cm_facts_find(facts, "state", &word);
	(void)cm_facts_find(facts, "answer", &answer);
	enum cm_state state = cm_state_find(word.p, word.n);
	if (state == CM_STATE_USE_ASKED && terms->consent_count < CM_LIMIT_TERMS_CONSENTS_VALUE)
		terms->consents[terms->consent_count++] = (struct cm_terms_consent){
		        .purpose = cm_terms_fact(reader->arena, facts, "purpose"),
		        .country = cm_terms_fact(reader->arena, facts, "transmitted_to.country"),
		        .state = CM_STATE_USE_ASKED};
	if (state == CM_STATE_ANSWERED_INFO && cm_view_is(answer, "accept_conditions"))
		for (size_t i = 0; i < reader->proposed_count; i++)
			cm_terms_condition(terms, reader->proposed[i]);
	else if (state != CM_STATE_ANSWERED_INFO && state != CM_STATE_CONDITIONS_REFUSED)
		cm_terms_conditions(reader, facts, state);
	return CM_OK;
}

// What became of each question for consent: the history has it, also where nothing was said beside the word.
static cm_result
cm_terms_history(struct cm_node *node, struct cm_view request, struct cm_report *report, struct cm_terms *terms)
{
	struct cm_store_ask ask = {.request = request, .limit = CM_LIMIT_STORE_PAGE_VALUE};
	size_t n = ask.limit, asked = 0;
	while (n == ask.limit) {
		struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
		const struct cm_store_step *rows = NULL;
		cm_result r = cm_store_steps(node->store, &ask, report, &page, &rows, &n);
		if (r != CM_OK)
			return r;
		for (size_t i = 0; i < n; i++) {
			enum cm_state to = cm_state_find(rows[i].to_state.p, rows[i].to_state.n);
			bool word = to == CM_STATE_USE_ALLOWED || to == CM_STATE_USE_ALLOWED_WITH_CONDITIONS || to == CM_STATE_USE_REFUSED;
			asked += to == CM_STATE_USE_ASKED;
			if ((word || to == CM_STATE_USE_ASKED) && asked > 0 && asked <= terms->consent_count) {
				terms->consents[asked - 1].state = to;
				terms->consents[asked - 1].at = rows[i].at;
			}
		}
		if (n > 0)
			ask.after_id = rows[n - 1].id;
	}
	return CM_OK;
}

cm_result
cm_terms_read(struct cm_node *node, const struct cm_store_request *request, struct cm_arena *arena, struct cm_report *report,
              struct cm_terms *ret_terms)
{
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_terms_reader reader = {.terms = ret_terms, .arena = arena};
	struct cm_view secret = cm_view_of(NULL, 0);
	bool good = false;
	memset(ret_terms, 0, sizeof *ret_terms);
	cm_facts_init(&facts);
	cm_result r = cm_do_request_facts(node, request, report, &facts, &good);
	if (r != CM_OK || !good)
		return r;
	ret_terms->purpose = cm_terms_fact(arena, &facts, "purpose");
	ret_terms->only_for = cm_terms_fact(arena, &facts, "use.only_for");
	ret_terms->use_until = cm_terms_fact(arena, &facts, "use.until");
	ret_terms->secret_until = cm_terms_fact(arena, &facts, "secrecy.until");
	ret_terms->secret = cm_facts_find(&facts, "secrecy.keep_secret", &secret) && cm_view_is(secret, "true");
	for (size_t i = 0; i < cm_facts_count(&facts, "use.conditions"); i++) {
		char path[48];
		snprintf(path, sizeof path, "use.conditions[%zu]", i);
		cm_terms_condition(ret_terms, cm_terms_fact(arena, &facts, path));
	}
	r = cm_do_request_each_answer(node, request, cm_terms_answer, &reader, report);
	if (r == CM_OK)
		r = cm_terms_history(node, request->id, report, ret_terms);
	return r == CM_OK && arena->failed ? CM_NOMEM : r;
}

// -- shown ---------------------------------------------------------------------------------------------------------------

static void
cm_terms_put_text(struct cm_json_put *put, const char *name, struct cm_view text)
{
	if (text.n > 0)
		cm_json_put_member_text(put, name, text);
}

void
cm_terms_put(struct cm_json_put *put, const struct cm_terms *terms)
{
	cm_json_put_object(put);
	cm_json_put_name(put, "conditions");
	cm_json_put_array(put);
	for (size_t i = 0; i < terms->condition_count; i++)
		cm_json_put_text(put, terms->conditions[i]);
	cm_json_put_end_array(put);
	cm_json_put_name(put, "consents");
	cm_json_put_array(put);
	for (size_t i = 0; i < terms->consent_count; i++) {
		cm_json_put_object(put);
		cm_do_json_time(put, "at", terms->consents[i].at);
		cm_terms_put_text(put, "country", terms->consents[i].country);
		cm_json_put_member_text(put, "purpose", terms->consents[i].purpose);
		cm_json_put_member_cstr(put, "state", cm_state_row(terms->consents[i].state)->name);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
	cm_terms_put_text(put, "only_for", terms->only_for);
	cm_terms_put_text(put, "purpose", terms->purpose);
	cm_json_put_member_bool(put, "secret", terms->secret);
	cm_terms_put_text(put, "secret_until", terms->secret_until);
	cm_terms_put_text(put, "use_until", terms->use_until);
	cm_json_put_end_object(put);
}

// The request's terms into a new arena; `ret_found` is false when there is no such request.
static cm_result
cm_terms_find(struct cm_node *node, struct cm_view request, struct cm_arena *arena, struct cm_report *report,
              struct cm_terms *ret_terms, bool *ret_found)
{
	struct cm_store_page CM_CLEANUP(cm_store_page_free_at) *page = NULL;
	const struct cm_store_request *row = NULL;
	cm_result r = cm_store_request(node->store, request, report, &page, &row);
	*ret_found = row != NULL;
	return r == CM_OK && row != NULL ? cm_terms_read(node, row, arena, report, ret_terms) : r;
}

cm_result
cm_terms_put_of(struct cm_node *node, struct cm_view request, struct cm_json_put *put, struct cm_report *report)
{
	CM_AUTO struct cm_terms *terms = cm_mem_new(sizeof *terms);
	struct cm_arena CM_CLEANUP(cm_arena_fini) arena = {.failed = false};
	bool found = false;
	cm_result r = terms == NULL ? CM_NOMEM : cm_terms_find(node, request, &arena, report, terms, &found);
	cm_json_put_name(put, "terms");
	if (r == CM_OK && found)
		cm_terms_put(put, terms);
	else
		cm_json_put_null(put);
	return r;
}

static void
cm_terms_say_line(struct cm_buf *to, const char *name, struct cm_view text)
{
	if (text.n == 0)
		return;
	cm_buf_printf(to, "  %-12s ", name);
	cm_text_quote(to, text, CM_LIMIT_ACT_VALUE_BYTES_VALUE);
	cm_buf_u8(to, '\n');
}

void
cm_terms_say(const struct cm_terms *terms, struct cm_buf *to)
{
	cm_terms_say_line(to, "only for", terms->only_for.n > 0 ? terms->only_for : terms->purpose);
	for (size_t i = 0; i < terms->condition_count; i++)
		cm_terms_say_line(to, "condition", terms->conditions[i]);
	cm_terms_say_line(to, "use ends", terms->use_until);
	cm_terms_say_line(to, terms->secret ? "secret until" : "not secret", terms->secret_until);
	for (size_t i = 0; i < terms->consent_count; i++) {
		const struct cm_terms_consent *c = &terms->consents[i];
		cm_terms_say_line(to, "other use", c->purpose);
		cm_terms_say_line(to, "  passed to", c->country);
		cm_terms_say_line(to, "  consent", cm_view_text(cm_state_row(c->state)->title));
	}
}
