// Knows: who is signed in at the desk, until when, and which word their forms carry. Does not know: HTTP, pages, how a person
// proves who it is (officer.c, the keeper). Source: doc/spec/desk.md section 2.
#include "node/desk_session.h"

#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "crypto/secret.h"
#include "os/clock.h"
#include "os/rand.h"

void
cm_desk_session_fini(struct cm_desk_session *session)
{
	cm_mem_wipe(session, sizeof *session);
}

// Takes row `i` out; the last one comes into its place.
static void
cm_desk_session_drop(struct cm_desk_sessions *sessions, size_t i)
{
	sessions->rows[i] = sessions->rows[--sessions->n];
	cm_desk_session_fini(&sessions->rows[sessions->n]);
}

static bool
cm_desk_session_over(const struct cm_desk_session *session)
{
	return session->officer.until.us <= cm_clock_utc().us ||
	       cm_clock_mono() - session->used > CM_LIMIT_DESK_IDLE_S_VALUE * CM_INSTANT_SECOND;
}

bool
cm_desk_session_find(struct cm_desk_sessions *sessions, struct cm_view token, struct cm_desk_session *ret_session)
{
	struct cm_hash hash = cm_hash_of(token);
	CM_MUTEX_HOLD(&sessions->lock);
	for (size_t i = 0; i < sessions->n; i++) {
		if (!cm_secret_equal(cm_hash_view(&sessions->rows[i].token), cm_hash_view(&hash)))
			continue;
		if (cm_desk_session_over(&sessions->rows[i])) {
			cm_desk_session_drop(sessions, i);
			return false;
		}
		sessions->rows[i].used = cm_clock_mono();
		*ret_session = sessions->rows[i];
		return true;
	}
	return false;
}

cm_result
cm_desk_session_open(struct cm_desk_sessions *sessions, const struct cm_officer_session *officer, struct cm_report *report,
                     char ret_token[CM_DESK_TOKEN])
{
	uint8_t random[32];
	char token[CM_DESK_TOKEN];
	cm_result r = cm_rand_bytes(random, sizeof random, report);
	if (r != CM_OK)
		return r;
	token[cm_b64_text(cm_view_of(random, sizeof random), CM_B64_URL, token)] = '\0';
	CM_MUTEX_HOLD(&sessions->lock);
	for (size_t i = sessions->n; i > 0; i--)
		if (cm_desk_session_over(&sessions->rows[i - 1]))
			cm_desk_session_drop(sessions, i - 1);
	if (sessions->n == CM_LIMIT_DESK_SESSIONS_VALUE)
		return cm_report_refuse(report, CM_ERROR_DESK_SESSIONS, "sessions", "%zu", sessions->n);
	sessions->rows[sessions->n++] = (struct cm_desk_session){
	        .token = cm_hash_of(cm_view_text(token)), .officer = *officer, .used = cm_clock_mono()};
	memcpy(ret_token, token, sizeof token);
	return CM_OK;
}

void
cm_desk_session_end(struct cm_desk_sessions *sessions, const struct cm_desk_session *session)
{
	CM_MUTEX_HOLD(&sessions->lock);
	for (size_t i = 0; i < sessions->n; i++) {
		if (cm_secret_equal(cm_hash_view(&sessions->rows[i].token), cm_hash_view(&session->token))) {
			cm_desk_session_drop(sessions, i);
			return;
		}
	}
}

void
cm_desk_form_word(struct cm_view token, char ret_word[CM_DESK_TOKEN])
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of_secret(128);
	cm_buf_text(&text, "comity-desk-form-v1 ");
	cm_buf_view_add(&text, token);
	struct cm_hash hash = cm_hash_of(cm_buf_view(&text));
	ret_word[cm_b64_text(cm_hash_view(&hash), CM_B64_URL, ret_word)] = '\0';
}
