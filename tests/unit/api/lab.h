// A laboratory for tests of packages: a State root, an authority, packages and bundles in memory, and verification of
// bytes. Everything real; only chance and time are fixed where they can be.
#ifndef CM_TESTS_API_LAB_H
#define CM_TESTS_API_LAB_H

#include "unit.h"

#include "api/report_inside.h"
#include "base/buf.h"
#include "base/mem.h"
#include "comity/package.h"
#include "crypto/cms.h"
#include "crypto/key.h"
#include "crypto/x509.h"
#include "format/zip_crc.h"

#define LAB_NOW INT64_C(1803345724000000) // 2027-02-22
#define LAB_BYTES 4194304

struct lab {
	struct cm_key *root_key, *key;
	struct cm_buf root, leaf; // DER
	struct comity_signer *signer;
	struct comity_trust *trust;
	struct comity_report *report;
	const char *node; // whom the certificate names; NULL: xb.contact
};

struct lab_file {
	const char *name, *text;
};

static inline void
lab_certificate(struct lab *lab, enum cm_x509_role role, struct cm_key *key, struct cm_buf *to)
{
	struct cm_x509_spec spec = {.role = role,
	                            .country = "XB",
	                            .name = role == CM_X509_ROOT ? "Borvia root" : NULL,
	                            .node = role == CM_X509_ROOT ? NULL : lab->node != NULL ? lab->node : "xb.contact",
	                            .serial = {1, 2, 3, (uint8_t)role},
	                            .not_before = {LAB_NOW - CM_INSTANT_DAY},
	                            .not_after = {LAB_NOW + 300 * CM_INSTANT_DAY}};
	struct cm_key_public public;
	cm_key_public(key, &public);
	*to = cm_buf_of(LAB_BYTES);
	assert_int_equal(cm_x509_write(&spec, &public, lab->root_key,
	                               role == CM_X509_ROOT ? cm_view_of(NULL, 0) : cm_buf_view(&lab->root),
	                               comity_report_inside(lab->report), to),
	                 CM_OK);
}

static inline void
lab_init_node(struct lab *lab, const char *node)
{
	struct cm_buf pem = cm_buf_of(LAB_BYTES), key = cm_buf_of(LAB_BYTES), root = cm_buf_of(LAB_BYTES);
	memset(lab, 0, sizeof *lab);
	lab->node = node;
	assert_int_equal(comity_report_new(&lab->report), COMITY_OK);
	assert_int_equal(cm_key_generate(CM_KEY_P256, &lab->root_key), CM_OK);
	assert_int_equal(cm_key_generate(CM_KEY_P256, &lab->key), CM_OK);
	lab_certificate(lab, CM_X509_ROOT, lab->root_key, &lab->root);
	lab_certificate(lab, CM_X509_AUTHORITY, lab->key, &lab->leaf);
	assert_int_equal(cm_x509_pem_write(cm_buf_view(&lab->leaf), "CERTIFICATE", &pem), CM_OK);
	assert_int_equal(cm_x509_pem_write(cm_buf_view(&lab->root), "CERTIFICATE", &root), CM_OK);
	assert_int_equal(cm_key_pem_write(lab->key, cm_view_of(NULL, 0), &key), CM_OK);
	assert_int_equal(comity_signer_new(comity_outside(cm_buf_view(&key)), (struct comity_view){NULL, 0},
	                                   comity_outside(cm_buf_view(&pem)), lab->report, &lab->signer),
	                 COMITY_OK);
	assert_int_equal(comity_trust_new(&lab->trust), COMITY_OK);
	assert_int_equal(comity_trust_add(lab->trust, comity_outside(cm_buf_view(&root)), lab->report), COMITY_OK);
	cm_buf_fini(&pem);
	cm_buf_fini(&key);
	cm_buf_fini(&root);
}

static inline void
lab_init(struct lab *lab)
{
	lab_init_node(lab, NULL);
}

static inline void
lab_fini(struct lab *lab)
{
	comity_signer_free(lab->signer);
	comity_trust_free(lab->trust);
	comity_report_free(lab->report);
	cm_key_free(lab->root_key);
	cm_key_free(lab->key);
	cm_buf_fini(&lab->root);
	cm_buf_fini(&lab->leaf);
}

static inline void
lab_sign(struct lab *lab, const struct comity_step *step, struct comity_signature *ret)
{
	assert_int_equal(comity_signer_sign(lab->signer, &step->statement, (struct comity_instant){LAB_NOW}, lab->report,
	                                    ret),
	                 COMITY_OK);
}

// A package of these files, in memory.
static inline enum comity_result
lab_pack(struct lab *lab, const struct lab_file *files, size_t count, struct cm_buf *to)
{
	struct comity_pack_options options = {.now = {LAB_NOW}};
	struct comity_pack *pack;
	struct comity_step step;
	struct comity_signature signature;
	uint8_t chance[65536];
	for (size_t i = 0; i < sizeof chance; i++)
		chance[i] = (uint8_t)(i * 7 + i / 256);
	assert_int_equal(comity_pack_new(&options, lab->report, &pack), COMITY_OK);
	for (size_t i = 0; i < count; i++) {
		struct cm_view text = cm_view_text(files[i].text);
		struct comity_pack_input input = {files[i].name, text.n, cm_zip_crc(0, text)};
		assert_int_equal(comity_pack_add(pack, &input, lab->report), COMITY_OK);
	}
	enum comity_result r;
	while ((r = comity_pack_step(pack, lab->report, &step)) == COMITY_OK && step.kind != COMITY_STEP_DONE) {
		if (step.kind == COMITY_STEP_RANDOM)
			r = comity_pack_give(pack, (struct comity_view){chance, (size_t)step.length}, lab->report);
		else if (step.kind == COMITY_STEP_HAVE)
			cm_buf_view_add(to, comity_inside(step.bytes));
		else if (step.kind == COMITY_STEP_COPY) {
			struct cm_view text = cm_view_text(files[step.input].text);
			cm_buf_view_add(to, text);
			r = comity_pack_digest(pack, comity_outside(text), lab->report);
		} else if (step.kind == COMITY_STEP_SIGN) {
			lab_sign(lab, &step, &signature);
			r = comity_pack_signed(pack, &signature, lab->report);
		}
		if (r != COMITY_OK)
			break;
	}
	comity_pack_free(pack);
	return r;
}

// A bundle of a package and these files under court/.
static inline enum comity_result
lab_bundle(struct lab *lab, struct cm_view package, const struct lab_file *files, size_t count, struct cm_buf *to)
{
	struct comity_bundle_options options = {.now = {LAB_NOW}, .package_length = package.n};
	struct comity_bundle *bundle;
	struct comity_step step;
	struct comity_signature signature;
	assert_int_equal(comity_bundle_new(&options, lab->report, &bundle), COMITY_OK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(comity_bundle_add(bundle, files[i].name,
		                                   comity_outside(cm_view_text(files[i].text)), lab->report),
		                 COMITY_OK);
	enum comity_result r;
	while ((r = comity_bundle_step(bundle, lab->report, &step)) == COMITY_OK && step.kind != COMITY_STEP_DONE) {
		struct cm_view part = cm_view_part(package, (size_t)step.offset, (size_t)step.length);
		if (step.kind == COMITY_STEP_NEED)
			r = comity_bundle_give(bundle, comity_outside(part), lab->report);
		else if (step.kind == COMITY_STEP_HAVE)
			cm_buf_view_add(to, comity_inside(step.bytes));
		else if (step.kind == COMITY_STEP_COPY) {
			cm_buf_view_add(to, part);
			r = comity_bundle_digest(bundle, comity_outside(part), lab->report);
		} else if (step.kind == COMITY_STEP_SIGN) {
			lab_sign(lab, &step, &signature);
			r = comity_bundle_signed(bundle, &signature, lab->report);
		}
		if (r != COMITY_OK)
			break;
	}
	comity_bundle_free(bundle);
	return r;
}

// Verifies bytes; the report is made anew.
static inline enum comity_verdict
lab_verify(struct lab *lab, struct cm_view bytes, const struct comity_trust *trust)
{
	struct comity_verify_options options = {.trust = trust};
	struct comity_verify *verify;
	struct comity_step step;
	comity_report_clear(lab->report);
	assert_int_equal(comity_verify_new(&options, bytes.n, &verify), COMITY_OK);
	while (comity_verify_step(verify, lab->report, &step) == COMITY_OK && step.kind != COMITY_STEP_DONE) {
		struct cm_view part = cm_view_part(bytes, (size_t)step.offset, (size_t)step.length);
		assert_int_equal(part.n, step.length);
		if (step.kind == COMITY_STEP_NEED)
			assert_int_equal(comity_verify_give(verify, comity_outside(part), lab->report), COMITY_OK);
		if (step.kind == COMITY_STEP_HASH) {
			struct comity_digest digest;
			comity_digest_init(&digest);
			comity_digest_add(&digest, comity_outside(part));
			struct comity_hash hash = comity_digest_final(&digest);
			assert_int_equal(comity_verify_hashed(verify, step.input, &hash, cm_zip_crc(0, part)),
			                 COMITY_OK);
		}
	}
	comity_verify_free(verify);
	return comity_report_verdict(lab->report);
}

static inline bool
lab_has(const struct lab *lab, const char *code)
{
	struct comity_finding f;
	for (size_t i = 0; comity_report_finding(lab->report, i, &f); i++)
		if (strcmp(f.rule.code, code) == 0)
			return true;
	return false;
}

#endif
