// Knows: which lists and look-ups exist, in which order and with which keys. Does not know: how rows are kept. Serves
// read.h; DESIGN.md section 5 rule 3 (lists are keyset-paged).
#include "base/mem.h"
#include "base/num.h"
#include "store/inside.h"
#include "store/read.h"
#include "store/sqlite/select.h"

struct cm_store_page {
	struct cm_arena arena;
};

void
cm_store_page_free(struct cm_store_page *page)
{
	if (page == NULL)
		return;
	cm_arena_fini(&page->arena);
	cm_mem_free(page);
}

void
cm_store_page_free_at(struct cm_store_page **at)
{
	cm_store_page_free(*at);
}

static cm_result
cm_store_select(struct cm_store *store, const struct cm_select *ask, struct cm_report *report,
                struct cm_store_page **ret_page, const void **ret_rows, size_t *ret_count)
{
	CM_CLEANUP(cm_store_page_free_at) struct cm_store_page *page = cm_mem_new(sizeof *page);
	if (page == NULL)
		return CM_NOMEM;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_select_rows(db, ask, &page->arena, report, ret_rows, ret_count);
	cm_readers_give(store, db);
	if (r == CM_OK)
		*ret_page = cm_take(&page);
	return r;
}

// One row or none.
static cm_result
cm_store_one(struct cm_store *store, const struct cm_select *ask, struct cm_report *report,
             struct cm_store_page **ret_page, const void **ret_row)
{
	size_t n;
	const void *rows;
	struct cm_store_page *page;
	cm_result r = cm_store_select(store, ask, report, &page, &rows, &n);
	if (r != CM_OK)
		return r;
	if (n == 0) {
		cm_store_page_free(page);
		page = NULL;
		rows = NULL;
	}
	*ret_page = page;
	*ret_row = rows;
	return CM_OK;
}

// One row of a table whose rows may be at hand.
static cm_result
cm_store_recent(struct cm_store *store, enum cm_table_name table, struct cm_view key, struct cm_store_page **ret_page,
                const void **ret_row)
{
	CM_CLEANUP(cm_store_page_free_at) struct cm_store_page *page = cm_mem_new(sizeof *page);
	if (page == NULL)
		return CM_NOMEM;
	// While the derived tables are made again, rows at hand are those from before.
	const void *row = cm_readers_rebuilding(store) ? NULL : cm_recent_find(&store->recent, table, key, &page->arena);
	if (page->arena.failed)
		return CM_NOMEM;
	*ret_row = row;
	*ret_page = row == NULL ? NULL : cm_take(&page);
	return CM_OK;
}

#define GET(noun, NOUN, key_column)                                                                                    \
	cm_result cm_store_##noun(struct cm_store *store, struct cm_view key, struct cm_report *report,                \
	                          struct cm_store_page **ret_page, const struct cm_store_##noun **ret_row)             \
	{                                                                                                              \
		struct cm_select ask = {.table = cm_table_of(CM_TABLE_##NOUN),                                         \
		                        .tail = "WHERE " key_column " = ?6",                                           \
		                        .texts = {key},                                                                \
		                        .limit = 1};                                                                   \
		const void *row = NULL;                                                                                \
		cm_result r = CM_OK;                                                                                   \
		if (CM_TABLE_##NOUN == CM_TABLE_REQUEST || CM_TABLE_##NOUN == CM_TABLE_OBJECT)                         \
			r = cm_store_recent(store, CM_TABLE_##NOUN, key, ret_page, &row);                              \
		if (r == CM_OK && row == NULL)                                                                         \
			r = cm_store_one(store, &ask, report, ret_page, &row);                                         \
		if (r == CM_OK)                                                                                        \
			*ret_row = row;                                                                                \
		return r;                                                                                              \
	}
GET(request, REQUEST, "id")
GET(object, OBJECT, "id")
GET(delivery, DELIVERY, "id")
GET(peer, PEER, "node")
GET(person, PERSON, "id")
GET(folder, FOLDER, "id")

cm_result
cm_store_artifact(struct cm_store *store, uint64_t id, struct cm_report *report, struct cm_store_page **ret_page,
                  const struct cm_store_artifact **ret_row)
{
	struct cm_select ask = {.table = cm_table_of(CM_TABLE_ARTIFACT),
	                        .tail = "WHERE id = ?1",
	                        .numbers = {(int64_t)id},
	                        .limit = 1};
	const void *row;
	cm_result r = cm_store_one(store, &ask, report, ret_page, &row);
	if (r == CM_OK)
		*ret_row = row;
	return r;
}

cm_result
cm_store_artifact_of_act(struct cm_store *store, uint64_t index, const struct cm_hash *sha256, struct cm_report *report,
                         struct cm_store_page **ret_page, const struct cm_store_artifact **ret_row)
{
	struct cm_select ask = {.table = cm_table_of(CM_TABLE_ARTIFACT),
	                        .tail = "WHERE seq = (SELECT seq FROM act WHERE idx = ?1) AND sha256 = ?11 ORDER BY id DESC",
	                        .numbers = {(int64_t)index},
	                        .hash = sha256,
	                        .limit = 1};
	const void *row;
	cm_result r = cm_store_one(store, &ask, report, ret_page, &row);
	if (r == CM_OK)
		*ret_row = row;
	return r;
}

cm_result
cm_store_outbox(struct cm_store *store, uint64_t id, struct cm_report *report, struct cm_store_page **ret_page,
                const struct cm_store_outbox **ret_row)
{
	struct cm_select ask = {.table = cm_table_of(CM_TABLE_OUTBOX),
	                        .tail = "WHERE id = ?1",
	                        .numbers = {(int64_t)id},
	                        .limit = 1};
	const void *row;
	cm_result r = cm_store_one(store, &ask, report, ret_page, &row);
	if (r == CM_OK)
		*ret_row = row;
	return r;
}

cm_result
cm_store_outbox_event(struct cm_store *store, uint64_t id, struct cm_report *report, struct cm_store_page **ret_page,
                      struct cm_store_event *ret_event)
{
	CM_CLEANUP(cm_store_page_free_at) struct cm_store_page *page = cm_mem_new(sizeof *page);
	struct cm_db_stmt *stmt;
	bool found = false;
	if (page == NULL)
		return CM_NOMEM;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_db_stmt(db,
	                         "SELECT cause, detail FROM event WHERE seq = (SELECT seq FROM artifact WHERE id ="
	                         " (SELECT artifact FROM outbox WHERE id = ?1))",
	                         report, &stmt);
	if (r == CM_OK) {
		cm_db_bind_number(stmt, 1, (int64_t)id);
		r = cm_db_step(stmt, report, &found);
	}
	struct cm_store_event event = {.seq = 0};
	if (found) {
		event.cause = cm_arena_copy(&page->arena, cm_db_bytes(stmt, 0));
		event.detail = cm_arena_copy(&page->arena, cm_db_bytes(stmt, 1));
		cm_db_reset(stmt);
	}
	cm_readers_give(store, db);
	if (r != CM_OK || page->arena.failed)
		return r != CM_OK ? r : CM_NOMEM;
	*ret_event = event;
	*ret_page = cm_take(&page);
	return CM_OK;
}

cm_result
cm_store_last_number(struct cm_store *store, struct cm_view prefix, struct cm_report *report, uint64_t *ret_number)
{
	struct cm_db_stmt *stmt;
	bool found = false;
	uint64_t number = 0;
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_db_stmt(db,
	                         "SELECT substr(reference, length(?1) + 1) FROM request WHERE reference <> '' AND reference >= ?1 AND"
	                         " reference < ?1 || '~' AND ours = 1 ORDER BY length(reference) DESC, reference DESC LIMIT 1",
	                         report, &stmt);
	if (r == CM_OK) {
		cm_db_bind_text(stmt, 1, prefix);
		r = cm_db_step(stmt, report, &found);
	}
	if (found) {
		struct cm_view text = cm_db_bytes(stmt, 0);
		while (text.n > 1 && *text.p == '0')
			text = cm_view_part(text, 1, text.n - 1);
		if (!cm_num_u64(text, 0, UINT64_MAX - 1, &number))
			number = 0; // not one of ours
		cm_db_reset(stmt);
	}
	cm_readers_give(store, db);
	if (r == CM_OK)
		*ret_number = number;
	return r;
}

cm_result
cm_store_reply(struct cm_store *store, struct cm_view sender, struct cm_view transaction, struct cm_report *report,
               struct cm_store_page **ret_page, const struct cm_store_reply **ret_row)
{
	struct cm_select ask = {.table = cm_table_of(CM_TABLE_REPLY),
	                        .tail = "WHERE sender = ?6 AND \"transaction\" = ?7",
	                        .texts = {sender, transaction},
	                        .limit = 1};
	const void *row;
	cm_result r = cm_store_one(store, &ask, report, ret_page, &row);
	if (r == CM_OK)
		*ret_row = row;
	return r;
}

cm_result
cm_store_blob_row(struct cm_store *store, const struct cm_hash *sha256, struct cm_report *report,
                  struct cm_store_page **ret_page, const struct cm_store_blob **ret_row)
{
	struct cm_select ask = {.table = cm_table_of(CM_TABLE_BLOB),
	                        .tail = "WHERE sha256 = ?11",
	                        .hash = sha256,
	                        .limit = 1};
	const void *row;
	cm_result r = cm_store_one(store, &ask, report, ret_page, &row);
	if (r == CM_OK)
		*ret_row = row;
	return r;
}

// The places of every list: ?1 after_time ?2 after_id ?3 from ?4 until; ?6 request ?7 peer ?8 state ?9 after ?10 kind.
static struct cm_select
cm_store_asked(enum cm_table_name table, const char *tail, const struct cm_store_ask *ask)
{
	int64_t until = ask->until.us == 0 ? INT64_MAX : ask->until.us;
	return (struct cm_select){
	        .table = cm_table_of(table),
	        .tail = tail,
	        .numbers = {ask->after_time.us, (int64_t)ask->after_id, ask->from.us, until},
	        .texts = {ask->request, ask->peer, ask->state, ask->after, ask->kind},
	        .limit = ask->limit == 0 || ask->limit > CM_LIMIT_STORE_PAGE_VALUE ? CM_LIMIT_STORE_PAGE_VALUE
	                                                                           : ask->limit,
	};
}

// A list whose text depends on what is asked for.
#define LIST_LED(noun, plural, NOUN, sql)                                                                                  \
	cm_result cm_store_##plural(struct cm_store *store, const struct cm_store_ask *ask, struct cm_report *report,  \
	                            struct cm_store_page **ret_page, const struct cm_store_##noun **ret_rows,          \
	                            size_t *ret_count)                                                                 \
	{                                                                                                              \
		struct cm_select select = cm_store_asked(CM_TABLE_##NOUN, sql, ask);                                   \
		const void *rows;                                                                                      \
		cm_result r = cm_store_select(store, &select, report, ret_page, &rows, ret_count);                     \
		if (r == CM_OK)                                                                                        \
			*ret_rows = rows;                                                                              \
		return r;                                                                                              \
	}

#define LIST(noun, plural, NOUN, sql) LIST_LED(noun, plural, NOUN, sql)
#define OR_ANY(column, place) "(" place " = '' OR " column " = " place ")"

// One text for each index of the table: the first of these that is asked for leads, so a page is a walk along that index from
// where the page before ended. What else is asked for stands in the index too, and is looked at there; rows of the table are
// read only for the page. A walk that finds few ends after CM_LIMIT_STORE_WALK_VALUE rows.
#define REQUESTS_WALK(columns, leader)                                                                                 \
	"SELECT " columns " FROM request WHERE " leader "(changed, id) < (?1, ?9) ORDER BY changed DESC, id DESC LIMIT "
#define REQUESTS_LAST(leader) "WHERE id = (" REQUESTS_WALK("id", leader) "1 OFFSET ?3 - 1)"
#define REQUESTS_PAGE(columns, leader, rest)                                                                           \
	"WHERE id IN (SELECT id FROM (" REQUESTS_WALK(columns, leader) "?3) WHERE " rest                               \
	" LIMIT ?12) ORDER BY +changed DESC, +id DESC"
#define REQUESTS(columns, leader, rest) {REQUESTS_PAGE("id" columns, leader, rest), REQUESTS_LAST(leader)}

struct cm_store_requests_text {
	const char *page, *last; // last: the row where the walk ended, if there are so many
};

static const struct cm_store_requests_text *
cm_store_requests_text(const struct cm_store_ask *ask)
{
	static const struct cm_store_requests_text by_case = REQUESTS(
	        ", peer, state, ours", "case_id = ?6 AND case_id <> '' AND ",
	        OR_ANY("peer", "?7") " AND " OR_ANY("state", "?8") " AND (?5 = 0 OR ours = ?5 - 1)");
	static const struct cm_store_requests_text by_peer =
	        REQUESTS(", state, ours", "peer = ?7 AND ", OR_ANY("state", "?8") " AND (?5 = 0 OR ours = ?5 - 1)");
	static const struct cm_store_requests_text by_state =
	        REQUESTS(", ours", "state = ?8 AND ", "(?5 = 0 OR ours = ?5 - 1)");
	static const struct cm_store_requests_text by_direction = REQUESTS("", "ours = ?5 - 1 AND ", "true");
	static const struct cm_store_requests_text all = REQUESTS("", "", "true");
	return ask->case_id.n > 0                   ? &by_case
	       : ask->peer.n > 0                    ? &by_peer
	       : ask->state.n > 0                   ? &by_state
	       : ask->direction != CM_STORE_BOTH ? &by_direction
	                                            : &all;
}

// Both questions are asked of one moment: a row that comes between them would move the end of the walk.
static cm_result
cm_store_requests_walk(struct cm_db *db, const struct cm_store_requests_text *text, struct cm_select *select,
                       struct cm_arena *arena, struct cm_report *report, struct cm_store_request_list *ret_list)
{
	const void *rows, *last = NULL;
	size_t n, end = 0;
	cm_result r = cm_select_rows(db, select, arena, report, &rows, &n);
	if (r != CM_OK)
		return r;
	*ret_list = (struct cm_store_request_list){.rows = rows, .count = n};
	if (n == select->limit) {
		last = &ret_list->rows[n - 1];
	} else {
		select->tail = text->last;
		r = cm_select_rows(db, select, arena, report, &rows, &end);
		last = end == 0 ? NULL : rows;
	}
	if (r == CM_OK && last != NULL) {
		const struct cm_store_request *row = last;
		ret_list->next_time = row->changed;
		ret_list->next = row->id;
	}
	return r;
}

cm_result
cm_store_requests(struct cm_store *store, const struct cm_store_ask *ask, struct cm_report *report,
                  struct cm_store_page **ret_page, struct cm_store_request_list *ret_list)
{
	const struct cm_store_requests_text *text = cm_store_requests_text(ask);
	CM_CLEANUP(cm_store_page_free_at) struct cm_store_page *page = cm_mem_new(sizeof *page);
	struct cm_select select = cm_store_asked(CM_TABLE_REQUEST, text->page, ask);
	struct cm_store_request_list list = {.count = 0};
	if (page == NULL)
		return CM_NOMEM;
	select.texts[0] = ask->case_id;
	select.numbers[0] = ask->after_time.us == 0 ? INT64_MAX : ask->after_time.us;
	select.numbers[2] = CM_LIMIT_STORE_WALK_VALUE;
	select.numbers[4] = ask->direction;
	struct cm_db *db = cm_readers_take(store);
	bool own = db != store->db; // the writer's, while derived tables are made again, is in a transaction already
	cm_result r = own ? cm_db_do(db, "BEGIN", report) : CM_OK;
	if (r == CM_OK) {
		r = cm_store_requests_walk(db, text, &select, &page->arena, report, &list);
		if (own)
			cm_result_ignore(cm_db_do(db, "COMMIT", NULL), "nothing was written");
	}
	cm_readers_give(store, db);
	if (r != CM_OK)
		return r;
	*ret_page = cm_take(&page);
	*ret_list = list;
	return CM_OK;
}

// Ids are lower hexadecimal digits and dashes, so everything that begins like one is before its "g".
#define BEGINS "(length(?6) >= ?1 AND id > ?6 AND id < ?6 || 'g')"

static struct cm_select
cm_store_named(enum cm_table_name table, const char *tail, const struct cm_store_ask *ask)
{
	struct cm_select select = cm_store_asked(table, tail, ask);
	select.texts[0] = ask->named;
	select.numbers[0] = CM_STORE_NAMED;
	return select;
}

#define NAMED(noun, plural, NOUN, sql)                                                                                 \
	cm_result cm_store_named_##plural(struct cm_store *store, const struct cm_store_ask *ask,                      \
	                                  struct cm_report *report, struct cm_store_page **ret_page,                   \
	                                  const struct cm_store_##noun **ret_rows, size_t *ret_count)                  \
	{                                                                                                              \
		struct cm_select select = cm_store_named(CM_TABLE_##NOUN, sql, ask);                                   \
		const void *rows;                                                                                      \
		cm_result r = cm_store_select(store, &select, report, ret_page, &rows, ret_count);                     \
		if (r == CM_OK)                                                                                        \
			*ret_rows = rows;                                                                              \
		return r;                                                                                              \
	}
NAMED(request, requests, REQUEST,
      "WHERE id = ?6 OR " BEGINS " OR (reference = ?6 AND reference <> '') OR"
      " (their_reference = ?6 AND their_reference <> '') ORDER BY id")
NAMED(delivery, deliveries, DELIVERY, "WHERE id = ?6 OR " BEGINS " ORDER BY id")

LIST(request, cases, REQUEST, "WHERE case_id > ?9 AND case_id <> '' ORDER BY case_id, changed, id")
LIST(request, followers, REQUEST, "WHERE parent = ?6 AND parent <> '' AND id > ?9 ORDER BY id")
LIST(request, undertaken, REQUEST,
     "WHERE undertaking <> '' AND " OR_ANY("undertaking", "?6") " AND changed >= ?3 AND (undertaking, id) > (?8, ?9) ORDER BY undertaking, id")
LIST(request, linked, REQUEST, "WHERE relates = ?6 AND relates <> '' AND id > ?9 ORDER BY id")
LIST(step, steps, STEP, "WHERE request = ?6 AND id > ?2 ORDER BY id")

// By the index of what is asked for.
#define OBJECTS(leader)                                                                                                \
	"WHERE " leader "(changed, id) > (?1, ?9) AND changed >= ?3 AND changed <= ?4 AND " OR_ANY("type", "?10")      \
	" ORDER BY changed, id"
LIST_LED(object, objects, OBJECT,
         ask->request.n > 0 ? OBJECTS("request = ?6 AND (?7 = '' OR peer = ?7) AND ") : OBJECTS("peer = ?7 AND "))
LIST(deadline, deadlines, DEADLINE, "WHERE request = ?6 ORDER BY \"limit\"")
// The words are those of the index deadline_open (table.c).
LIST(deadline, ends, DEADLINE,
     "WHERE state IN ('running', 'held') AND at >= ?1 AND (at, request, \"limit\") > (?1, ?9, ?10) AND "
     OR_ANY("peer", "?7") " AND " OR_ANY("state", "?8") " ORDER BY at, request, \"limit\"")
LIST(deadline, wakes, DEADLINE, "WHERE wake > 0 AND wake <= ?4 ORDER BY wake")

#define DELIVERIES(leader) "WHERE " leader "(created, id) > (?1, ?9) ORDER BY created, id"
LIST_LED(delivery, deliveries, DELIVERY, ask->request.n > 0 ? DELIVERIES("request = ?6 AND ") : DELIVERIES(""))

// Of each peer the one that is fetched first.
LIST(delivery, fetches, DELIVERY,
     "WHERE state = 'available' AND ours = 0 AND due <= ?4 AND NOT EXISTS (SELECT 1 FROM delivery AS d WHERE"
     " d.state = 'available' AND d.ours = 0 AND d.peer = delivery.peer AND (d.due, d.id) < (delivery.due, delivery.id))"
     " ORDER BY peer")
LIST(peer, peers, PEER, "WHERE node > ?9 AND " OR_ANY("state", "?8") " ORDER BY node")
LIST(person, persons, PERSON, "WHERE id > ?9 ORDER BY id")
LIST(directory, directories, DIRECTORY, "WHERE name > ?9 ORDER BY name")
LIST(folder, folders, FOLDER, "WHERE id > ?9 ORDER BY id")
LIST(news, news, NEWS, "WHERE id > ?2 ORDER BY id")
LIST(artifact, artifacts, ARTIFACT,
     "WHERE name = ?6 AND id > ?2 AND " OR_ANY("peer", "?7") " AND " OR_ANY("media", "?10") " ORDER BY id")

cm_result
cm_store_approvals(struct cm_store *store, const struct cm_store_ask *ask, struct cm_report *report,
                   struct cm_store_page **ret_page, const struct cm_store_approval **ret_rows, size_t *ret_count)
{
	struct cm_select select = cm_store_asked(
	        CM_TABLE_APPROVAL, "WHERE delivery = ?6 AND (?10 = '' OR purpose = ?10) ORDER BY at, person", ask);
	const void *rows;
	select.texts[0] = ask->delivery;
	select.texts[4] = ask->purpose;
	cm_result r = cm_store_select(store, &select, report, ret_page, &rows, ret_count);
	if (r == CM_OK)
		*ret_rows = rows;
	return r;
}

cm_result
cm_store_outboxes(struct cm_store *store, const struct cm_store_ask *ask, struct cm_report *report,
                  struct cm_store_page **ret_page, const struct cm_store_outbox **ret_rows, size_t *ret_count)
{
	// Two questions: what waits, is due and may go, or everything of one request. A message that says how something stands goes after
	// the older ones about it: those of its request, of the preservation that this is about, and of all others about that.
	static const char due[] =
	        "WHERE state = 1 AND due <= ?4 AND (?7 = '' OR peer = ?7) AND (topic = 'request' OR NOT EXISTS (WITH"
	        " about(task) AS (SELECT coalesce(nullif(r.parent, ''), CAST(r.objects AS TEXT), '') FROM request r"
	        " WHERE r.id = outbox.request) SELECT 1 FROM outbox e WHERE e.state = 1 AND e.id < outbox.id AND e.request IN"
	        " (SELECT outbox.request UNION SELECT o.request FROM about a JOIN object o ON o.id = a.task"
	        " UNION SELECT f.id FROM about a JOIN request f ON f.parent = a.task AND f.parent <> '')))"
	        " ORDER BY due, id";
	const char *tail = ask->request.n == 0 ? due : "WHERE request = ?6 AND id > ?2 ORDER BY id";
	struct cm_select select = cm_store_asked(CM_TABLE_OUTBOX, tail, ask);
	const void *rows;
	cm_result r = cm_store_select(store, &select, report, ret_page, &rows, ret_count);
	if (r == CM_OK)
		*ret_rows = rows;
	return r;
}

static cm_result
cm_store_moment(struct cm_store *store, const char *sql, struct cm_report *report, struct cm_instant *ret_at)
{
	struct cm_db *db = cm_readers_take(store);
	cm_result r = cm_db_ask(db, sql, report, &ret_at->us);
	cm_readers_give(store, db);
	return r;
}

cm_result
cm_store_next_due(struct cm_store *store, struct cm_instant now, struct cm_report *report, struct cm_store_due *ret_due)
{
	static const char sql[] = "SELECT (SELECT count(*) FROM outbox WHERE state = 1 AND due <= ?1),"
	                          " (SELECT coalesce(min(due), 9223372036854775807) FROM outbox WHERE state = 1 AND due > ?1)";
	struct cm_db *db = cm_readers_take(store);
	struct cm_db_stmt *stmt;
	bool row = false;
	cm_result r = cm_db_stmt(db, sql, report, &stmt);
	if (r == CM_OK) {
		cm_db_bind_number(stmt, 1, now.us);
		r = cm_db_step(stmt, report, &row);
	}
	if (r == CM_OK && row)
		*ret_due = (struct cm_store_due){.count = (uint64_t)cm_db_number(stmt, 0), .next.us = cm_db_number(stmt, 1)};
	if (r == CM_OK)
		cm_db_reset(stmt);
	cm_readers_give(store, db);
	return r;
}

cm_result
cm_store_next_wake(struct cm_store *store, struct cm_report *report, struct cm_instant *ret_at)
{
	return cm_store_moment(store, "SELECT coalesce(min(wake), 9223372036854775807) FROM deadline WHERE wake > 0",
	                       report, ret_at);
}
