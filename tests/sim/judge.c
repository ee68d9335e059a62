// Knows: what must hold whatever the network, the clocks and the crashes did; reads the databases by itself, with SQL of its own.
// Does not know: the table of moves, or how nodes come to their states.
#include <sqlite3.h>

#include "sim.h"

static sqlite3 *open_of(int i)
{
	char path[512];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/db/comity.db", sim.members[i].home);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		sim_wrong("the database of %d: %s", i, sqlite3_errmsg(db));
	return db;
}

static int64_t
number(sqlite3 *db, const char *sql, const char *id)
{
	sqlite3_stmt *s = NULL;
	int64_t n = -1;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		sim_wrong("%s: %s", sql, sqlite3_errmsg(db));
	if (id != NULL)
		sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static void
text(sqlite3 *db, const char *sql, const char *id, char *to, size_t room)
{
	sqlite3_stmt *s = NULL;
	to[0] = 0;
	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		sim_wrong("%s: %s", sql, sqlite3_errmsg(db));
	sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
	if (sqlite3_step(s) == SQLITE_ROW)
		snprintf(to, room, "%s", (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
}

void
sim_judge_lose(int i)
{
	sqlite3 *db = open_of(i);
	sqlite3_exec(db, "DELETE FROM request WHERE id = (SELECT max(id) FROM request)", NULL, NULL, NULL);
	sqlite3_close(db);
}

// Registers only grow.
void
sim_judge_running(void)
{
	for (int i = 0; i < sim.count; i++) {
		struct cm_store_figures figures;
		if (sim.members[i].node == NULL || sim.members[i].node->store == NULL)
			continue;
		cm_store_figures(sim.members[i].node->store, &figures);
		if (figures.size < sim.members[i].register_size)
			sim_wrong("the register of %d had %llu entries and has %llu", i, (unsigned long long)sim.members[i].register_size,
			          (unsigned long long)figures.size);
		sim.members[i].register_size = figures.size;
	}
}

static void
judge_request(sqlite3 *asking, sqlite3 *asked, const char *id, int from, int to)
{
	char mine[32], theirs[32], kind[16];
	text(asking, "SELECT state FROM request WHERE id = ? AND ours = 1", id, mine, sizeof mine);
	text(asked, "SELECT state FROM request WHERE id = ? AND ours = 0", id, theirs, sizeof theirs);
	text(asking, "SELECT kind FROM request WHERE id = ?", id, kind, sizeof kind);
	if (strcmp(mine, "draft") == 0) { // refused as a whole: then the other side has nothing of it
		if (*theirs != 0)
			sim_wrong("%s: %d took it (%s), %d thinks it was refused", id, to, theirs, from);
		return;
	}
	if (*theirs == 0)
		sim_wrong("%s: %d asked (%s), %d knows nothing of it", id, from, mine, to);
	if (*mine == 0)
		sim_wrong("%s: %d has it (%s), %d knows nothing of it", id, to, theirs, from);
	if (*mine != 0 && *theirs != 0 && strcmp(mine, theirs) != 0)
		sim_wrong("%s (%s): %s at %d that asked, %s at %d", id, kind, mine, from, theirs, to);
	int64_t a = number(asking, "SELECT until FROM request WHERE id = ?", id), b = number(asked, "SELECT until FROM request WHERE id = ?", id);
	if (a != b)
		sim_wrong("%s (%s, %s): it ends at %lld at %d that asked, at %lld at %d", id, kind, mine, (long long)a, from, (long long)b, to);
	if (number(asked, "SELECT count(*) FROM step WHERE request = ? AND event = 'acknowledge'", id) != 1)
		sim_wrong("%s was taken more than once by %d", id, to);
	if (number(asking, "SELECT count(*) FROM step WHERE request = ? AND event = 'deliver'", id) > 1)
		sim_wrong("%s was delivered more than once for %d", id, from);
	if (number(asking, "SELECT count(*) FROM step WHERE request = ? AND event = 'told'", id) >
	    number(asked, "SELECT count(*) FROM step WHERE request = ? AND event = 'decided'", id))
		sim_wrong("%s: %d was told more than %d said", id, from, to);
}

// Each end of a preservation comes once, not before its time, and the other side hears of it once.
static void
judge_end(sqlite3 *asking, sqlite3 *asked, const char *id, int64_t now)
{
	static const char lapses[] = "SELECT count(*) FROM step WHERE request = ? AND to_state = 'lapsed' AND from_state <> 'lapsed'";
	char state[32], row[32];
	text(asked, "SELECT state FROM request WHERE id = ?", id, state, sizeof state);
	text(asked, "SELECT state FROM deadline WHERE request = ?", id, row, sizeof row);
	int64_t until = number(asked, "SELECT until FROM request WHERE id = ?", id);
	int64_t lapsed = number(asked, lapses, id), heard = number(asking, lapses, id);
	bool runs = strcmp(state, "preserved") == 0 || strcmp(state, "preserved_in_part") == 0 || strcmp(state, "extended") == 0;
	if (lapsed > 1 || heard > 1)
		sim_wrong("%s ended %lld times, and was told so %lld times", id, (long long)lapsed, (long long)heard);
	if (runs && until > 0 && until < now)
		sim_wrong("%s is \"%s\" and its end is over (deadline %s)", id, state, row);
	if (strcmp(state, "lapsed") == 0 && (lapsed != 1 || heard != 1))
		sim_wrong("%s is over, by %lld ends, told %lld times", id, (long long)lapsed, (long long)heard);
	if (lapsed > 0 && number(asked, "SELECT min(at) FROM step WHERE request = ? AND to_state = 'lapsed'", id) < until)
		sim_wrong("%s ended before its time", id);
}

void
sim_judge_end(void)
{
	sqlite3 *dbs[SIM_NODES];
	for (int i = 0; i < sim.count; i++)
		dbs[i] = open_of(i);
	for (int i = 0; i < sim.count && sim.wrong == NULL; i++) {
		sqlite3_stmt *s = NULL;
		if (number(dbs[i], "SELECT count(*) FROM outbox WHERE state = 1", NULL) != 0)
			sim_wrong("%d still has messages without an answer", i);
		if (sqlite3_prepare_v2(dbs[i], "SELECT id, peer, ours, kind FROM request", -1, &s, NULL) != SQLITE_OK)
			sim_wrong("requests of %d", i);
		while (sim.wrong == NULL && sqlite3_step(s) == SQLITE_ROW) {
			const char *id = (const char *)sqlite3_column_text(s, 0), *peer = (const char *)sqlite3_column_text(s, 1);
			bool ours = sqlite3_column_int(s, 2) == 1;
			int other = peer[1] - 'a';
			judge_request(dbs[ours ? i : other], dbs[ours ? other : i], id, ours ? i : other, ours ? other : i);
			if (sim.wrong == NULL && ours && strcmp((const char *)sqlite3_column_text(s, 3), "pres") == 0)
				judge_end(dbs[i], dbs[other], id, sim.calendar + sim.now);
		}
		sqlite3_finalize(s);
	}
	for (int i = 0; i < sim.request_count && sim.wrong == NULL; i++) {
		const struct sim_request *r = &sim.requests[i];
		static const char has[] = "SELECT count(*) FROM request WHERE id = ? AND state NOT IN ('draft', 'checked', 'signed')";
		static const char is[] = "SELECT count(*) FROM request WHERE id = ?"; // refused as a whole, it is a draft again
		const char *asking = r->accepted ? has : is;
		if (number(dbs[r->from], asking, r->id) != 1 || (r->accepted && number(dbs[r->to], has, r->id) != 1))
			sim_wrong("%s (%s) of %d was accepted by %d and is not known any more", r->id, r->kind, r->from, r->to);
	}
	for (int i = 0; i < sim.count; i++)
		sqlite3_close(dbs[i]);
}
