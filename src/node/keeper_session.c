// Knows: sessions, their keys, and which statements were seen. Does not know: passwords (keeper_person.c) or what an act
// leads to. A statement counts once: the last ones are remembered, everything older is refused by its time.
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/rand.h"

static void
cm_keeper_session_wipe(struct cm_keeper_session *s)
{
	cm_mem_wipe(s, sizeof *s);
}

// A free place; when there is none, the one that ends first.
static struct cm_keeper_session *
cm_keeper_session_place(struct cm_keeper_sessions *sessions)
{
	struct cm_keeper_session *best = &sessions->list[0];
	for (size_t i = 0; i < CM_LIMIT_SESSIONS_VALUE; i++) {
		struct cm_keeper_session *s = &sessions->list[i];
		if (!s->used)
			return s;
		if (s->until.us < best->until.us)
			best = s;
	}
	return best;
}

cm_result
cm_keeper_session_start(struct cm_keeper_sessions *sessions, const char *person, const uint8_t key[32],
                        struct cm_report *report, struct cm_ipc_session *ret_session)
{
	struct cm_keeper_session *s = cm_keeper_session_place(sessions);
	struct cm_instant now = cm_clock_utc();
	cm_keeper_session_wipe(s);
	cm_result r = cm_rand_bytes(s->id, sizeof s->id, report);
	if (r != CM_OK)
		return r;
	s->used = true;
	memcpy(s->key, key, sizeof s->key);
	memcpy(s->person, person, strlen(person) + 1);
	s->until.us = now.us + CM_LIMIT_SESSION_HOURS_VALUE * 3600 * CM_INSTANT_SECOND;
	struct cm_ipc_session session = {.until = s->until, .proof = cm_keeper_login_proof(s->key, s->id)};
	memcpy(session.id, s->id, sizeof session.id);
	memcpy(session.person, person, strlen(person) + 1);
	*ret_session = session;
	return CM_OK;
}

static struct cm_keeper_session *
cm_keeper_session_find(struct cm_keeper_sessions *sessions, const uint8_t id[CM_IPC_SESSION_ID])
{
	struct cm_instant now = cm_clock_utc();
	for (size_t i = 0; i < CM_LIMIT_SESSIONS_VALUE; i++) {
		struct cm_keeper_session *s = &sessions->list[i];
		if (s->used && s->until.us <= now.us)
			cm_keeper_session_wipe(s);
		if (s->used &&
		    cm_secret_equal(cm_view_of(s->id, sizeof s->id), cm_view_of(id, CM_IPC_SESSION_ID)))
			return s;
	}
	return NULL;
}

cm_result
cm_keeper_session_end(struct cm_keeper_sessions *sessions, const uint8_t id[CM_IPC_SESSION_ID],
                      struct cm_report *report)
{
	struct cm_keeper_session *s = cm_keeper_session_find(sessions, id);
	if (s == NULL)
		return cm_report_refuse(report, CM_ERROR_SESSION_UNKNOWN, "session", "unknown");
	cm_keeper_session_wipe(s);
	return CM_OK;
}

void
cm_keeper_session_end_person(struct cm_keeper_sessions *sessions, const char *person)
{
	for (size_t i = 0; i < CM_LIMIT_SESSIONS_VALUE; i++)
		if (sessions->list[i].used && strcmp(sessions->list[i].person, person) == 0)
			cm_keeper_session_wipe(&sessions->list[i]);
}

// Was it seen, or is it so old that we would not know? Else it is remembered.
static bool
cm_keeper_session_first(struct cm_keeper_session *s, struct cm_instant time, const struct cm_hash *mac)
{
	if (time.us <= s->floor.us)
		return false;
	for (size_t i = 0; i < CM_LIMIT_SESSION_REPLAYS_VALUE; i++)
		if (cm_secret_equal(cm_hash_view(&s->seen[i].mac), cm_hash_view(mac)))
			return false;
	if (s->seen[s->next].time.us > s->floor.us)
		s->floor = s->seen[s->next].time;
	s->seen[s->next].time = time;
	s->seen[s->next].mac = *mac;
	s->next = (s->next + 1) % CM_LIMIT_SESSION_REPLAYS_VALUE;
	return true;
}

cm_result
cm_keeper_session_statement(struct cm_keeper_sessions *sessions, const struct cm_ipc_statement *statement,
                            struct cm_report *report, struct cm_keeper_statement *ret_statement,
                            const char **ret_person)
{
	struct cm_keeper_statement text;
	struct cm_keeper_session *s = cm_keeper_session_find(sessions, statement->session);
	if (s == NULL)
		return cm_report_refuse(report, CM_ERROR_SESSION_UNKNOWN, "session", "unknown");
	struct cm_hash mac = cm_keeper_statement_mac(s->key, s->id, statement->text);
	if (!cm_secret_equal(cm_hash_view(&mac), cm_hash_view(&statement->mac)))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_MAC, "statement", "%zu bytes", statement->text.n);
	cm_result r = cm_keeper_statement_read(statement->text, report, &text);
	if (r != CM_OK)
		return r;
	int64_t skew = cm_clock_utc().us - text.time.us;
	if (skew > CM_LIMIT_STATEMENT_SKEW_S_VALUE * CM_INSTANT_SECOND ||
	    skew < -CM_LIMIT_STATEMENT_SKEW_S_VALUE * CM_INSTANT_SECOND)
		return cm_report_refuse(report, CM_ERROR_KEEPER_TIME, "statement", "%lld s apart",
		                        (long long)(skew / CM_INSTANT_SECOND));
	if (!cm_keeper_session_first(s, text.time, &mac))
		return cm_report_refuse(report, CM_ERROR_STATEMENT_REPLAYED, "statement", "%.*s",
		                        CM_VIEW_ARG(text.act));
	*ret_statement = text;
	*ret_person = s->person;
	return CM_OK;
}
