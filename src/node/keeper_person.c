// Knows: who may use this node, and both factors of each. Does not know: sessions and approvals. The file is written and
// synced before anything that depends on it is answered, so a TOTP code is used once even across a power cut. Serves "Persons".
#include "node/keeper_inside.h"

#include <string.h>

#include "base/mem.h"
#include "base/rd.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/rand.h"

static bool
cm_keeper_person_text(struct cm_rd *rd, char *to, size_t room)
{
	struct cm_view v = cm_rd_field(rd);
	if (rd->failed || v.n >= room)
		return false;
	if (v.n != 0)
		memcpy(to, v.p, v.n);
	to[v.n] = 0;
	return true;
}

static bool
cm_keeper_person_read(struct cm_rd *rd, struct cm_keeper_person *p)
{
	if (!cm_keeper_person_text(rd, p->public.id, sizeof p->public.id) ||
	    !cm_keeper_person_text(rd, p->public.name, sizeof p->public.name) ||
	    !cm_keeper_person_text(rd, p->public.functions, sizeof p->public.functions) ||
	    !cm_keeper_person_text(rd, p->verifier, sizeof p->verifier))
		return false;
	struct cm_view salt = cm_rd_bytes(rd, sizeof p->salt);
	struct cm_view totp = cm_rd_bytes(rd, sizeof p->totp);
	p->last_step = cm_rd_u64be(rd);
	p->public.factors = cm_rd_u32be(rd);
	p->public.disabled = cm_rd_u8(rd) != 0;
	if (rd->failed)
		return false;
	memcpy(p->salt, salt.p, salt.n);
	memcpy(p->totp, totp.p, totp.n);
	return true;
}

// The roles stand behind all persons, by name: a file from before there were roles ends there, and its persons have all of them.
static bool
cm_keeper_person_read_roles(struct cm_rd *rd, struct cm_keeper_person *list, size_t n)
{
	bool before = cm_rd_done(rd);
	for (size_t i = 0; i < n; i++) {
		list[i].public.roles = cm_rights_all();
		if (!before && cm_rights_read(cm_rd_field(rd), NULL, &list[i].public.roles) != CM_OK)
			return false;
	}
	return true;
}

cm_result
cm_keeper_person_open(const char *path, struct cm_report *report, struct cm_keeper_persons *persons)
{
	struct cm_buf contents = cm_buf_of_secret(CM_LIMIT_SLOT_BYTES_VALUE);
	*persons = (struct cm_keeper_persons){.file = {.fd = -1}};
	cm_result r = cm_slotfile_open(path, report, &persons->file, &contents);
	struct cm_rd rd = cm_rd_of(cm_buf_view(&contents));
	size_t n = r == CM_OK && contents.n > 0 ? cm_rd_u32be(&rd) : 0;
	bool good = n <= CM_LIMIT_PERSONS_VALUE;
	for (size_t i = 0; i < n && good; i++)
		good = cm_keeper_person_read(&rd, &persons->list[i]);
	good = good && cm_keeper_person_read_roles(&rd, persons->list, n);
	if (r == CM_OK && (!good || !cm_rd_done(&rd)))
		r = cm_report_refuse(report, CM_ERROR_SLOT_DAMAGED, path, "contents");
	persons->n = n;
	cm_buf_fini(&contents);
	if (r != CM_OK)
		cm_slotfile_fini(&persons->file);
	return r;
}

static cm_result
cm_keeper_person_keep(struct cm_keeper_persons *persons, struct cm_report *report)
{
	if (persons->broken)
		return cm_report_failed(report, CM_ERROR_IO_WRITE, "persons", "a write failed before");
	struct cm_buf contents = cm_buf_of_secret(CM_LIMIT_SLOT_BYTES_VALUE);
	cm_buf_u32be(&contents, (uint32_t)persons->n);
	for (size_t i = 0; i < persons->n; i++) {
		const struct cm_keeper_person *p = &persons->list[i];
		cm_buf_field(&contents, cm_view_text(p->public.id));
		cm_buf_field(&contents, cm_view_text(p->public.name));
		cm_buf_field(&contents, cm_view_text(p->public.functions));
		cm_buf_field(&contents, cm_view_text(p->verifier));
		cm_buf_add(&contents, p->salt, sizeof p->salt);
		cm_buf_add(&contents, p->totp, sizeof p->totp);
		cm_buf_u64be(&contents, p->last_step);
		cm_buf_u32be(&contents, p->public.factors);
		cm_buf_u8(&contents, p->public.disabled ? 1 : 0);
	}
	for (size_t i = 0; i < persons->n; i++) {
		struct cm_buf CM_CLEANUP(cm_buf_fini) roles = cm_buf_of(CM_LIMIT_PERSON_FUNCTIONS_VALUE);
		cm_rights_write(persons->list[i].public.roles, &roles);
		cm_buf_field(&contents, cm_buf_view(&roles));
	}
	cm_result r = cm_buf_result(&contents);
	if (r == CM_OK)
		r = cm_slotfile_write(&persons->file, cm_buf_view(&contents), report);
	cm_buf_fini(&contents);
	if (r != CM_OK)
		persons->broken = true;
	return r;
}

struct cm_keeper_person *
cm_keeper_person_find(struct cm_keeper_persons *persons, struct cm_view id)
{
	for (size_t i = 0; i < persons->n; i++)
		if (cm_view_is(id, persons->list[i].public.id))
			return &persons->list[i];
	return NULL;
}

// The TOTP secret covered by a stream that only the sealing key gives; covering twice uncovers.
static void
cm_keeper_person_mask(const struct cm_seal_identity *identity, const uint8_t salt[16], const uint8_t *from,
                      uint8_t *to)
{
	uint8_t mask[CM_TOTP_SECRET];
	cm_hash_hkdf(cm_view_of(identity->b, sizeof identity->b), cm_view_of(salt, 16),
	             cm_view_text("comity-totp-mask-v1"), mask, sizeof mask);
	for (size_t i = 0; i < sizeof mask; i++)
		to[i] = from[i] ^ mask[i];
	cm_mem_wipe(mask, sizeof mask);
}

// New factors into `p`.
static cm_result
cm_keeper_person_factors(struct cm_keeper_person *p, const struct cm_seal_identity *identity,
                         const struct cm_keeper_enrolment *e, struct cm_report *report)
{
	uint8_t salt[CM_PASSWORD_SALT];
	cm_result r = cm_rand_bytes(salt, sizeof salt, report);
	if (r == CM_OK)
		r = cm_rand_bytes(p->salt, sizeof p->salt, report);
	if (r == CM_OK)
		r = cm_password_hash(e->password, salt, report, p->verifier);
	if (r == CM_OK)
		cm_keeper_person_mask(identity, p->salt, e->totp, p->totp);
	p->last_step = 0;
	p->public.factors++;
	return r;
}

static bool
cm_keeper_person_id_may(struct cm_view id)
{
	for (size_t i = 0; i < id.n; i++) {
		uint8_t c = id.p[i];
		bool letter = c >= 'a' && c <= 'z';
		if (!letter && (i == 0 || ((c < '0' || c > '9') && c != '.' && c != '-')))
			return false;
	}
	return id.n > 0 && id.n < CM_IPC_PERSON_ID;
}

static cm_result
cm_keeper_person_form(const struct cm_keeper_enrolment *e, struct cm_report *report)
{
	if (!cm_keeper_person_id_may(e->person))
		return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "id", "%.*s", CM_VIEW_ARG(e->person));
	if (e->name.n == 0 || e->name.n >= CM_IPC_PERSON_NAME || !cm_text_showable(e->name, false))
		return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "name", "%zu bytes", e->name.n);
	if (e->functions.n >= CM_IPC_PERSON_FUNCTIONS || !cm_text_showable(e->functions, false))
		return cm_report_refuse(report, CM_ERROR_PERSON_FORM, "functions", "%zu bytes", e->functions.n);
	return CM_OK;
}

// The roles that an enrolment names; none named: as they are.
static cm_result
cm_keeper_person_roles(struct cm_keeper_person *p, const struct cm_keeper_enrolment *e, struct cm_report *report)
{
	return e->roles.n == 0 ? CM_OK : cm_rights_read(e->roles, report, &p->public.roles);
}

static void
cm_keeper_person_copy(char *to, struct cm_view v)
{
	if (v.n != 0)
		memcpy(to, v.p, v.n);
	to[v.n] = 0;
}

cm_result
cm_keeper_person_add(struct cm_keeper_persons *persons, const struct cm_seal_identity *identity,
                     const struct cm_keeper_enrolment *e, struct cm_report *report)
{
	cm_result r = cm_keeper_person_form(e, report);
	if (r != CM_OK)
		return r;
	if (cm_keeper_person_find(persons, e->person) != NULL)
		return cm_report_refuse(report, CM_ERROR_PERSON_EXISTS, "id", "%.*s", CM_VIEW_ARG(e->person));
	if (persons->n == CM_LIMIT_PERSONS_VALUE)
		return cm_report_refuse(report, CM_ERROR_PERSON_TOO_MANY, "persons", "%zu", persons->n);
	struct cm_keeper_person p = {.public = {.roles = cm_rights_all()}};
	cm_keeper_person_copy(p.public.id, e->person);
	cm_keeper_person_copy(p.public.name, e->name);
	cm_keeper_person_copy(p.public.functions, e->functions);
	r = cm_keeper_person_roles(&p, e, report);
	if (r == CM_OK)
		r = cm_keeper_person_factors(&p, identity, e, report);
	if (r != CM_OK)
		return r;
	persons->list[persons->n++] = p;
	r = cm_keeper_person_keep(persons, report);
	if (r != CM_OK)
		persons->n--;
	return r;
}

cm_result
cm_keeper_person_enrol(struct cm_keeper_persons *persons, const struct cm_seal_identity *identity,
                       const struct cm_keeper_enrolment *e, struct cm_report *report)
{
	struct cm_keeper_person *p = cm_keeper_person_find(persons, e->person);
	if (p == NULL)
		return cm_report_refuse(report, CM_ERROR_PERSON_UNKNOWN, "id", "%.*s", CM_VIEW_ARG(e->person));
	struct cm_keeper_person fresh = *p;
	cm_result r = cm_keeper_person_roles(&fresh, e, report);
	if (r == CM_OK)
		r = cm_keeper_person_factors(&fresh, identity, e, report);
	if (r != CM_OK)
		return r;
	fresh.tries = 0;
	fresh.wait_until = 0;
	fresh.public.disabled = false;
	*p = fresh;
	return cm_keeper_person_keep(persons, report);
}

cm_result
cm_keeper_person_disable(struct cm_keeper_persons *persons, struct cm_view id, struct cm_report *report)
{
	struct cm_keeper_person *p = cm_keeper_person_find(persons, id);
	if (p == NULL)
		return cm_report_refuse(report, CM_ERROR_PERSON_UNKNOWN, "id", "%.*s", CM_VIEW_ARG(id));
	p->public.disabled = true;
	return cm_keeper_person_keep(persons, report);
}

// Password first, then the code; nobody learns which one was wrong.
static bool
cm_keeper_person_fits(const struct cm_keeper_person *p, const struct cm_seal_identity *identity,
                      const struct cm_keeper_login *login, uint64_t *ret_step)
{
	uint8_t secret[CM_TOTP_SECRET];
	if (cm_password_verify(login->password, p->verifier, NULL) != CM_OK)
		return false;
	cm_keeper_person_mask(identity, p->salt, p->totp, secret);
	cm_result r = cm_totp_check(cm_view_of(secret, sizeof secret), login->code, cm_clock_utc(), p->last_step, NULL,
	                            ret_step);
	cm_mem_wipe(secret, sizeof secret);
	return r == CM_OK && !p->public.disabled;
}

cm_result
cm_keeper_person_login(struct cm_keeper_persons *persons, const struct cm_seal_identity *identity,
                       const struct cm_keeper_login *login, struct cm_report *report,
                       struct cm_keeper_person **ret_person)
{
	struct cm_keeper_person *p = cm_keeper_person_find(persons, login->person);
	if (p == NULL) {
		// As much work as for a known person, so that the time does not tell who exists.
		char text[CM_PASSWORD_TEXT];
		static const uint8_t salt[CM_PASSWORD_SALT];
		cm_result_ignore(cm_password_hash(login->password, salt, NULL, text), "only its time matters");
		return cm_report_refuse(report, CM_ERROR_LOGIN_WRONG, "login", "refused");
	}
	if (cm_clock_mono() < p->wait_until)
		return cm_report_refuse(report, CM_ERROR_LOGIN_WAIT, "login", "%u tries", p->tries);
	uint64_t step = 0;
	if (!cm_keeper_person_fits(p, identity, login, &step)) {
		if (++p->tries >= CM_LIMIT_LOGIN_TRIES_VALUE)
			p->wait_until = cm_clock_after(CM_LIMIT_LOGIN_PAUSE_S_VALUE * CM_INSTANT_SECOND);
		return cm_report_refuse(report, CM_ERROR_LOGIN_WRONG, "login", "refused");
	}
	p->last_step = step;
	p->tries = 0;
	cm_result r = cm_keeper_person_keep(persons, report);
	if (r == CM_OK)
		*ret_person = p;
	return r;
}
