// Knows: how the facts of one request are kept and found. Does not know: what they mean (request.h) or where they
// came from. Serves section 3 of the profile, "from the Convention's contents to the field".
#include "domain/facts.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"

void
cm_facts_init(struct cm_facts *facts)
{
	*facts = (struct cm_facts){.bytes = cm_buf_of(CM_LIMIT_FACTS_BYTES_VALUE)};
}

void
cm_facts_fini(struct cm_facts *facts)
{
	if (facts == NULL)
		return;
	cm_buf_fini(&facts->bytes);
	cm_mem_free(facts->at);
	cm_facts_init(facts);
}

static bool
cm_facts_grow(struct cm_facts *facts)
{
	if (facts->count < facts->room)
		return true;
	if (facts->count >= CM_LIMIT_FACTS_VALUE) {
		facts->failed = CM_REFUSED;
		return false;
	}
	size_t room = facts->room == 0 ? 64 : 2 * facts->room;
	struct cm_facts_entry *at = cm_mem_resize(facts->at, room * sizeof *at);
	if (at == NULL) {
		facts->failed = CM_NOMEM;
		return false;
	}
	facts->at = at;
	facts->room = room;
	return true;
}

void
cm_facts_put(struct cm_facts *facts, struct cm_view path, struct cm_view text)
{
	if (facts->failed != CM_OK || !cm_facts_grow(facts))
		return;
	if (facts->bytes.max == 0)
		facts->bytes = cm_buf_of(CM_LIMIT_FACTS_BYTES_VALUE);
	struct cm_facts_entry entry = {.path = facts->bytes.n, .path_n = path.n, .text_n = text.n};
	cm_buf_view_add(&facts->bytes, path);
	entry.text = facts->bytes.n;
	cm_buf_view_add(&facts->bytes, text);
	facts->failed = cm_buf_result(&facts->bytes);
	if (facts->failed == CM_OK)
		facts->at[facts->count++] = entry;
}

void
cm_facts_put_text(struct cm_facts *facts, const char *path, const char *text)
{
	cm_facts_put(facts, cm_view_text(path), cm_view_text(text));
}

cm_result
cm_facts_result(const struct cm_facts *facts)
{
	return facts->failed;
}

struct cm_facts_member
cm_facts_member(const struct cm_facts *facts, size_t i)
{
	struct cm_facts_member member = {0};
	if (i < facts->count) {
		struct cm_view all = cm_buf_view(&facts->bytes);
		member.path = cm_view_part(all, facts->at[i].path, facts->at[i].path_n);
		member.text = cm_view_part(all, facts->at[i].text, facts->at[i].text_n);
	}
	return member;
}

// Does path `i` start with these `n` bytes, and is that an end of it or of one of its parts?
static bool
cm_facts_at(const struct cm_facts *facts, size_t i, const char *path, size_t n)
{
	const struct cm_facts_entry *entry = &facts->at[i];
	const uint8_t *p = facts->bytes.p + entry->path;
	return entry->path_n >= n && (n == 0 || memcmp(p, path, n) == 0) &&
	       (entry->path_n == n || p[n] == '.' || p[n] == '[');
}

bool
cm_facts_find(const struct cm_facts *facts, const char *path, struct cm_view *ret_text)
{
	size_t n = strlen(path);
	for (size_t i = 0; i < facts->count; i++)
		if (facts->at[i].path_n == n && cm_facts_at(facts, i, path, n)) {
			*ret_text = cm_facts_member(facts, i).text;
			return true;
		}
	return false;
}

bool
cm_facts_find_in(const struct cm_facts *facts, const char *list, size_t i, const char *member,
                 struct cm_view *ret_text)
{
	char path[128];
	int n = snprintf(path, sizeof path, "%s[%zu].%s", list, i, member);
	return n > 0 && (size_t)n < sizeof path && cm_facts_find(facts, path, ret_text);
}

// What people write to get past a form.
static bool
cm_facts_placeholder(struct cm_view text)
{
	static const char *const words[] = {"", "-", "--", ".", "...", "?", "n/a", "na", "N/A", "tbd", "TBD", "todo", "TODO",
	        "xxx", "XXX", "none", "test"};
	while (text.n > 0 && (text.p[0] == ' ' || text.p[0] == '\n' || text.p[0] == '\t'))
		text = cm_view_part(text, 1, text.n - 1);
	while (text.n > 0 && (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\t'))
		text.n--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (cm_view_is(text, words[i]))
			return true;
	return false;
}

bool
cm_facts_has(const struct cm_facts *facts, const char *path)
{
	size_t n = strlen(path);
	for (size_t i = 0; i < facts->count; i++)
		if (cm_facts_at(facts, i, path, n) && !cm_facts_placeholder(cm_facts_member(facts, i).text))
			return true;
	return false;
}

size_t
cm_facts_count(const struct cm_facts *facts, const char *path)
{
	for (size_t count = 0;; count++) {
		char element[128];
		int n = snprintf(element, sizeof element, "%s[%zu]", path, count);
		bool there = false;
		for (size_t i = 0; i < facts->count && !there; i++)
			there = cm_facts_at(facts, i, element, (size_t)n);
		if (!there)
			return count;
	}
}

void
cm_facts_write(const struct cm_facts *facts, struct cm_buf *to)
{
	cm_buf_u32be(to, (uint32_t)facts->count);
	for (size_t i = 0; i < facts->count; i++) {
		struct cm_facts_member member = cm_facts_member(facts, i);
		cm_buf_field(to, member.path);
		cm_buf_field(to, member.text);
	}
}

cm_result
cm_facts_read(struct cm_rd *rd, struct cm_facts *facts)
{
	uint32_t count = cm_rd_u32be(rd);
	for (uint32_t i = 0; i < count && !rd->failed; i++) {
		struct cm_view path = cm_rd_field(rd);
		struct cm_view text = cm_rd_field(rd);
		if (rd->failed)
			break;
		cm_facts_put(facts, path, text);
		if (facts->failed != CM_OK)
			return facts->failed;
	}
	return rd->failed ? CM_REFUSED : cm_facts_result(facts);
}
