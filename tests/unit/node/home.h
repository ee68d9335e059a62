// A node's folder with keys under a State root of its own, persons and logins, for the tests of keeper and parent.
#ifndef CM_TESTS_NODE_HOME_H
#define CM_TESTS_NODE_HOME_H

#include "unit.h"

#include <stdio.h>

#include "base/mem.h"
#include "crypto/secret.h"
#include "node/keeper.h"
#include "node/keeper_login.h"
#include "node/keeper_statement.h"
#include "node/role.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/rand.h"

#define HOME_NODE "xa.contact"
#define HOME_ORIGIN "xa.contact/log/2027"

struct home {
	char top[200], home[240], state[240];
};

struct home_person {
	const char *id;
	const char *password;
	const char *roles; // NULL: all
	uint8_t totp[CM_TOTP_SECRET];
	uint8_t key[32]; // of the session
	struct cm_ipc_session session;
};

// Shows what was found when a call did not do what the test expects.
static inline void
home_show(const struct cm_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		print_message("%s: %s: %s\n", cm_error_row(report->findings[i].rule)->name, report->findings[i].place,
		              report->findings[i].seen);
}

#define assert_good(r, report)                                                                                         \
	do {                                                                                                           \
		cm_result home_r_ = (r);                                                                               \
		if (home_r_ != CM_OK)                                                                                  \
			home_show(report);                                                                             \
		assert_int_equal(home_r_, CM_OK);                                                                      \
	} while (0)

// The call is refused, and for this reason.
#define assert_refused(call, rule)                                                                                     \
	do {                                                                                                           \
		struct cm_report refused = {0};                                                                        \
		struct cm_report *report = &refused;                                                                   \
		assert_int_equal((call), CM_REFUSED);                                                                  \
		if (!cm_report_has(report, rule))                                                                      \
			home_show(report);                                                                             \
		assert_true(cm_report_has(report, rule));                                                              \
	} while (0)

static inline void
home_make(struct home *h)
{
	struct cm_report report = {0};
	struct cm_state_root root;
	assert_good(cm_dir_temp(h->top, sizeof h->top, &report), &report);
	snprintf(h->home, sizeof h->home, "%s/xa", h->top);
	snprintf(h->state, sizeof h->state, "%s/state", h->top);
	struct cm_state_root_spec state = {.folder = h->state, .country = "XA", .organisation = "Arland"};
	struct cm_keeper_spec keeper = {.home = h->home, .node = HOME_NODE, .organisation = "Contact point"};
	assert_good(cm_state_root_create(&state, &report), &report);
	assert_good(cm_state_root_open(h->state, cm_view_of(NULL, 0), &report, &root), &report);
	assert_good(cm_dir_make(h->home, 0700, &report), &report);
	assert_good(cm_keeper_create(&keeper, &root, &report), &report);
	cm_state_root_fini(&root);
}

static inline void
home_remove(struct home *h)
{
	assert_int_equal(cm_dir_remove_all(h->top, NULL), CM_OK);
}

static inline void
home_random(struct cm_seal_random *random)
{
	assert_int_equal(cm_rand_bytes(random, sizeof *random, NULL), CM_OK);
}

static inline struct cm_seal_recipient
home_recipient(struct cm_keeper_client *client)
{
	struct cm_report report = {0};
	struct cm_keeper_public public;
	assert_good(cm_keeper_client_keys(client, &report, &public), &report);
	struct cm_seal_recipient recipient = public.keys.recipient;
	cm_keeper_public_fini(&public);
	return recipient;
}

// The sealed enrolment of a person, as the officer's program makes it.
static inline void
home_enrolment(struct cm_keeper_client *client, struct home_person *p, struct cm_buf *to)
{
	struct cm_seal_random random;
	struct cm_seal_recipient recipient = home_recipient(client);
	home_random(&random);
	assert_int_equal(cm_rand_bytes(p->totp, sizeof p->totp, NULL), CM_OK);
	struct cm_keeper_enrolment e = {
	        .person = cm_view_text(p->id),
	        .name = cm_view_text("Ana Ilić"),
	        .functions = cm_view_text("officer"),
	        .roles = cm_view_text(p->roles == NULL ? "" : p->roles),
	        .password = cm_view_text(p->password),
	};
	memcpy(e.totp, p->totp, sizeof e.totp);
	assert_int_equal(cm_keeper_enrolment_seal(&e, &recipient, &random, NULL, to), CM_OK);
}

static inline void
home_add(struct cm_keeper_client *client, struct home_person *p)
{
	char id[CM_IPC_PERSON_ID];
	struct cm_report report = {0};
	struct cm_buf sealed = cm_buf_of(CM_LIMIT_SEALED_LOGIN_VALUE);
	home_enrolment(client, p, &sealed);
	assert_good(cm_keeper_client_person_add(client, cm_buf_view(&sealed), &report, id), &report);
	assert_string_equal(id, p->id);
	cm_buf_fini(&sealed);
}

// A sealed login with the code of the TOTP step `ahead` steps from now (one step ahead is still taken).
static inline void
home_login_make(struct cm_keeper_client *client, struct home_person *p, int ahead, struct cm_buf *to)
{
	char code[CM_TOTP_CODE];
	struct cm_seal_random random;
	struct cm_seal_recipient recipient = home_recipient(client);
	struct cm_instant at = cm_clock_utc();
	at.us += ahead * CM_TOTP_STEP * CM_INSTANT_SECOND;
	home_random(&random);
	assert_int_equal(cm_rand_bytes(p->key, sizeof p->key, NULL), CM_OK);
	assert_int_equal(cm_totp_code(cm_view_of(p->totp, sizeof p->totp), at, code), CM_OK);
	struct cm_keeper_login login = {
	        .person = cm_view_text(p->id),
	        .password = cm_view_text(p->password),
	        .code = cm_view_text(code),
	};
	memcpy(login.session_key, p->key, sizeof login.session_key);
	assert_int_equal(cm_keeper_login_seal(&login, &recipient, &random, NULL, to), CM_OK);
}

static inline cm_result
home_login(struct cm_keeper_client *client, struct home_person *p, int ahead, struct cm_report *report)
{
	struct cm_buf sealed = cm_buf_of(CM_LIMIT_SEALED_LOGIN_VALUE);
	home_login_make(client, p, ahead, &sealed);
	cm_result r = cm_keeper_client_login(client, cm_buf_view(&sealed), report, &p->session);
	cm_buf_fini(&sealed);
	return r;
}

// A statement of a person with its MAC; `text` keeps the bytes.
static inline struct cm_ipc_statement
home_state(const struct home_person *p, const char *act, const char *object, const struct cm_hash *digest,
           struct cm_buf *text)
{
	struct cm_keeper_statement s = {
	        .time = cm_clock_utc(),
	        .act = cm_view_text(act),
	        .object = cm_view_text(object),
	        .digest = *digest,
	};
	cm_buf_clear(text);
	cm_keeper_statement_write(&s, text);
	struct cm_ipc_statement statement = {.text = cm_buf_view(text)};
	memcpy(statement.session, p->session.id, sizeof statement.session);
	statement.mac = cm_keeper_statement_mac(p->key, p->session.id, statement.text);
	return statement;
}

#endif
