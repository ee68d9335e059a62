// Knows: what a login and an enrolment carry, and how they are sealed and opened. Does not know: whether the factors are
// right (keeper_session.c), or how the officer's program asks for them. One age chunk is enough for either.
#include "node/keeper_login.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"

#define CM_KEEPER_LOGIN_TAG "comity-login-v1\n"
#define CM_KEEPER_LOGIN_ENROL_TAG "comity-enrol-v2\n"
#define CM_KEEPER_LOGIN_PLAIN 4096 // password of 1024 bytes and the names, with room

static cm_result
cm_keeper_login_close(const struct cm_buf *plain, const struct cm_seal_recipient *recipient,
                      const struct cm_seal_random *random, struct cm_report *report, struct cm_buf *to)
{
	CM_CLEANUP(cm_seal_stream_free_at) struct cm_seal_stream *stream = NULL;
	cm_result r = cm_buf_result(plain);
	if (r == CM_OK)
		r = cm_seal_header_write(recipient, 1, random, report, to);
	if (r == CM_OK)
		r = cm_seal_stream_new(&random->file_key, random->nonce, CM_SEAL_ENCRYPT, &stream);
	uint8_t sealed[CM_KEEPER_LOGIN_PLAIN + CM_SEAL_TAG];
	if (r == CM_OK)
		r = cm_seal_chunk_encrypt(stream, (struct cm_seal_chunk){.number = 0, .last = true}, cm_buf_view(plain),
		                          sealed);
	if (r == CM_OK)
		cm_buf_add(to, sealed, plain->n + CM_SEAL_TAG);
	return r == CM_OK ? cm_buf_result(to) : r;
}

cm_result
cm_keeper_login_seal(const struct cm_keeper_login *login, const struct cm_seal_recipient *recipient,
                     const struct cm_seal_random *random, struct cm_report *report, struct cm_buf *to)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf plain = cm_buf_of_secret(CM_KEEPER_LOGIN_PLAIN);
	cm_buf_text(&plain, CM_KEEPER_LOGIN_TAG);
	cm_buf_field(&plain, login->person);
	cm_buf_field(&plain, login->password);
	cm_buf_field(&plain, login->code);
	cm_buf_add(&plain, login->session_key, sizeof login->session_key);
	return cm_keeper_login_close(&plain, recipient, random, report, to);
}

cm_result
cm_keeper_enrolment_seal(const struct cm_keeper_enrolment *e, const struct cm_seal_recipient *recipient,
                         const struct cm_seal_random *random, struct cm_report *report, struct cm_buf *to)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf plain = cm_buf_of_secret(CM_KEEPER_LOGIN_PLAIN);
	cm_buf_text(&plain, CM_KEEPER_LOGIN_ENROL_TAG);
	cm_buf_field(&plain, e->person);
	cm_buf_field(&plain, e->name);
	cm_buf_field(&plain, e->functions);
	cm_buf_field(&plain, e->roles);
	cm_buf_field(&plain, e->password);
	cm_buf_add(&plain, e->totp, sizeof e->totp);
	return cm_keeper_login_close(&plain, recipient, random, report, to);
}

static cm_result
cm_keeper_login_refuse(struct cm_report *report, const char *why)
{
	return cm_report_refuse(report, CM_ERROR_LOGIN_SEALED, "sealed login", "%s", why);
}

static cm_result
cm_keeper_login_unseal(struct cm_view sealed, const struct cm_seal_identity *identity, struct cm_buf *plain,
                       struct cm_report *report)
{
	struct cm_seal_header header;
	struct cm_seal_file_key key;
	if (sealed.n > CM_LIMIT_SEALED_LOGIN_VALUE)
		return cm_keeper_login_refuse(report, "too long");
	if (cm_seal_header_read(sealed, NULL, &header) != CM_OK || sealed.n < header.n + CM_SEAL_NONCE + CM_SEAL_TAG)
		return cm_keeper_login_refuse(report, "no sealed bytes");
	if (cm_seal_unwrap(&header, identity, NULL, &key) != CM_OK)
		return cm_keeper_login_refuse(report, "for another key");
	CM_CLEANUP(cm_seal_stream_free_at) struct cm_seal_stream *stream = NULL;
	struct cm_view chunk = cm_view_part(sealed, header.n + CM_SEAL_NONCE, sealed.n);
	cm_result r = cm_seal_stream_new(&key, sealed.p + header.n, CM_SEAL_DECRYPT, &stream);
	cm_seal_file_key_fini(&key);
	if (r != CM_OK)
		return r;
	uint8_t opened[CM_LIMIT_SEALED_LOGIN_VALUE];
	r = cm_seal_chunk_decrypt(stream, (struct cm_seal_chunk){.number = 0, .last = true}, chunk, NULL, opened);
	if (r == CM_OK)
		cm_buf_add(plain, opened, chunk.n - CM_SEAL_TAG);
	cm_mem_wipe(opened, sizeof opened);
	if (r != CM_OK)
		return cm_keeper_login_refuse(report, "changed");
	return cm_buf_result(plain);
}

cm_result
cm_keeper_login_open(struct cm_view sealed, const struct cm_seal_identity *identity, struct cm_buf *plain,
                     struct cm_report *report, struct cm_keeper_login *ret_login)
{
	cm_result r = cm_keeper_login_unseal(sealed, identity, plain, report);
	if (r != CM_OK)
		return r;
	struct cm_keeper_login login = {0};
	struct cm_rd rd = cm_rd_of(cm_buf_view(plain));
	bool tag = cm_view_is(cm_rd_bytes(&rd, strlen(CM_KEEPER_LOGIN_TAG)), CM_KEEPER_LOGIN_TAG);
	login.person = cm_rd_field(&rd);
	login.password = cm_rd_field(&rd);
	login.code = cm_rd_field(&rd);
	struct cm_view key = cm_rd_bytes(&rd, sizeof login.session_key);
	if (!tag || !cm_rd_done(&rd))
		return cm_keeper_login_refuse(report, "malformed");
	memcpy(login.session_key, key.p, sizeof login.session_key);
	*ret_login = login;
	cm_mem_wipe(&login, sizeof login);
	return CM_OK;
}

cm_result
cm_keeper_enrolment_open(struct cm_view sealed, const struct cm_seal_identity *identity, struct cm_buf *plain,
                         struct cm_report *report, struct cm_keeper_enrolment *ret_enrolment)
{
	cm_result r = cm_keeper_login_unseal(sealed, identity, plain, report);
	if (r != CM_OK)
		return r;
	struct cm_keeper_enrolment e = {0};
	struct cm_rd rd = cm_rd_of(cm_buf_view(plain));
	bool tag = cm_view_is(cm_rd_bytes(&rd, strlen(CM_KEEPER_LOGIN_ENROL_TAG)), CM_KEEPER_LOGIN_ENROL_TAG);
	e.person = cm_rd_field(&rd);
	e.name = cm_rd_field(&rd);
	e.functions = cm_rd_field(&rd);
	e.roles = cm_rd_field(&rd);
	e.password = cm_rd_field(&rd);
	struct cm_view totp = cm_rd_bytes(&rd, sizeof e.totp);
	if (!tag || !cm_rd_done(&rd))
		return cm_keeper_login_refuse(report, "malformed");
	memcpy(e.totp, totp.p, sizeof e.totp);
	*ret_enrolment = e;
	cm_mem_wipe(&e, sizeof e);
	return CM_OK;
}

struct cm_hash
cm_keeper_login_proof(const uint8_t session_key[32], const uint8_t session[CM_IPC_SESSION_ID])
{
	static const char tag[] = "comity-session-v1\n";
	uint8_t bytes[sizeof tag - 1 + CM_IPC_SESSION_ID];
	memcpy(bytes, tag, sizeof tag - 1);
	memcpy(bytes + sizeof tag - 1, session, CM_IPC_SESSION_ID);
	return cm_hash_hmac(cm_view_of(session_key, 32), cm_view_of(bytes, sizeof bytes));
}
