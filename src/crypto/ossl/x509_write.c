// Knows: the certificates of our profile (doc/spec/keys.md, RFC 5280): what each role says about itself. Does not know:
// when they are issued or by whose decision; serial numbers and times are told.
#include <openssl/x509v3.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "crypto/ossl/lib.h"
#include "crypto/ossl/x509.h"
#include "crypto/x509.h"

// What a role says: one row each.
static const struct cm_x509_profile {
	bool is_ca;
	int path_length; // -1: none
	unsigned usage;  // bits of RFC 5280 4.2.1.3 from bit 0 (digitalSignature)
	bool is_tls;
	enum cm_key_kind kind;
} cm_x509_profiles[] = {
	[CM_X509_ROOT] = {.is_ca = true, .path_length = 1, .usage = 1u << 5 | 1u << 6, .kind = CM_KEY_P256},
	[CM_X509_AUTHORITY] = {.is_ca = true,
                               .path_length = 0,
                               .usage = 1u << 0 | 1u << 1 | 1u << 5,
                               .kind = CM_KEY_P256},
	[CM_X509_TLS] = {.path_length = -1, .usage = 1u << 0, .is_tls = true, .kind = CM_KEY_P256},
	[CM_X509_SEAL] = {.path_length = -1, .usage = 1u << 4, .kind = CM_KEY_X25519},
};

static bool
cm_x509_put_name(X509_NAME *name, const char *what, const char *text)
{
	if (text == NULL)
		return true;
	struct cm_view v = cm_view_text(text);
	return cm_text_showable(v, false) && v.n != 0 && v.n <= 64 &&
	       X509_NAME_add_entry_by_txt(name, what, MBSTRING_UTF8, v.p, (int)v.n, -1, 0) == 1;
}

static bool
cm_x509_put_constraints(X509 *cert, const struct cm_x509_profile *profile)
{
	BASIC_CONSTRAINTS *basic = BASIC_CONSTRAINTS_new();
	ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
	bool good = basic != NULL && usage != NULL;
	if (good) {
		basic->ca = profile->is_ca ? 0xff : 0;
		if (profile->is_ca && profile->path_length >= 0)
			good = (basic->pathlen = ASN1_INTEGER_new()) != NULL &&
			       ASN1_INTEGER_set(basic->pathlen, profile->path_length) == 1;
	}
	for (int bit = 0; good && bit < 9; bit++)
		if ((profile->usage >> bit & 1) != 0)
			good = ASN1_BIT_STRING_set_bit(usage, bit, 1) == 1;
	good = good && X509_add1_ext_i2d(cert, NID_basic_constraints, basic, 1, X509V3_ADD_DEFAULT) == 1 &&
	       X509_add1_ext_i2d(cert, NID_key_usage, usage, 1, X509V3_ADD_DEFAULT) == 1;
	BASIC_CONSTRAINTS_free(basic);
	ASN1_BIT_STRING_free(usage);
	return good;
}

static bool
cm_x509_put_tls(X509 *cert)
{
	EXTENDED_KEY_USAGE *use = EXTENDED_KEY_USAGE_new();
	bool good = use != NULL && sk_ASN1_OBJECT_push(use, OBJ_nid2obj(NID_server_auth)) > 0 &&
	            sk_ASN1_OBJECT_push(use, OBJ_nid2obj(NID_client_auth)) > 0 &&
	            X509_add1_ext_i2d(cert, NID_ext_key_usage, use, 0, X509V3_ADD_DEFAULT) == 1;
	EXTENDED_KEY_USAGE_free(use);
	return good;
}

// Adds one general name; the value becomes the list's.
static bool
cm_x509_put_general_name(GENERAL_NAMES *names, int type, struct cm_view value)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_STRING *s = ASN1_STRING_type_new(type == GEN_IPADD ? V_ASN1_OCTET_STRING : V_ASN1_IA5STRING);
	if (name == NULL || s == NULL || ASN1_STRING_set(s, value.p, (int)value.n) != 1) {
		GENERAL_NAME_free(name);
		ASN1_STRING_free(s);
		return false;
	}
	GENERAL_NAME_set0_value(name, type, s);
	if (sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

static bool
cm_x509_put_alternatives(X509 *cert, const struct cm_x509_spec *spec)
{
	if (spec->node == NULL)
		return true;
	char uri[sizeof CM_X509_URN + CM_X509_NODE] = CM_X509_URN;
	memcpy(uri + sizeof CM_X509_URN - 1, spec->node, strnlen(spec->node, CM_X509_NODE - 1)); // the rest is zeros
	GENERAL_NAMES *names = GENERAL_NAMES_new();
	bool good = names != NULL && cm_x509_put_general_name(names, GEN_URI, cm_view_text(uri)) &&
	            (spec->dns == NULL || cm_x509_put_general_name(names, GEN_DNS, cm_view_text(spec->dns))) &&
	            (spec->ip.n == 0 || cm_x509_put_general_name(names, GEN_IPADD, spec->ip)) &&
	            X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(names);
	return good;
}

// Subject key identifier (RFC 7093 method 1: SHA-256 of the key's bits, cut to 160), authority key identifier.
static bool
cm_x509_put_identifiers(X509 *cert, const struct cm_key_public *subject, const X509 *issuer)
{
	struct cm_hash h = cm_hash_of(cm_view_of(subject->b, subject->n));
	ASN1_OCTET_STRING *own = ASN1_OCTET_STRING_new();
	bool good = own != NULL && ASN1_OCTET_STRING_set(own, h.b, 20) == 1 &&
	            X509_add1_ext_i2d(cert, NID_subject_key_identifier, own, 0, X509V3_ADD_DEFAULT) == 1;
	ASN1_OCTET_STRING_free(own);
	ASN1_OCTET_STRING *theirs =
		issuer == NULL ? NULL : X509_get_ext_d2i(issuer, NID_subject_key_identifier, NULL, NULL);
	if (!good || theirs == NULL) {
		ASN1_OCTET_STRING_free(theirs);
		return good;
	}
	AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
	if (authority == NULL) {
		ASN1_OCTET_STRING_free(theirs);
		return false;
	}
	authority->keyid = theirs;
	good = X509_add1_ext_i2d(cert, NID_authority_key_identifier, authority, 0, X509V3_ADD_DEFAULT) == 1;
	AUTHORITY_KEYID_free(authority);
	return good;
}

static bool
cm_x509_put_times(X509 *cert, const struct cm_x509_spec *spec)
{
	uint8_t serial[CM_X509_SERIAL];
	memcpy(serial, spec->serial, sizeof serial);
	serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); // positive, and of one length always
	CM_CLEANUP(cm_lib_bignum_free_at) BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
	return number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(cert)) != NULL &&
	       ASN1_TIME_set(X509_getm_notBefore(cert), (time_t)cm_instant_seconds(spec->not_before)) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(cert), (time_t)cm_instant_seconds(spec->not_after)) != NULL;
}

static cm_result
cm_x509_spec_refuse(struct cm_report *report, const char *field, const char *value)
{
	return cm_lib_clear(cm_report_refuse(report, CM_ERROR_X509_SPEC, field, "\"%s\"", value == NULL ? "" : value));
}

static cm_result
cm_x509_spec_check(const struct cm_x509_spec *spec, const struct cm_key_public *subject, struct cm_report *report)
{
	bool is_root = spec->role == CM_X509_ROOT;
	size_t node_n = spec->node == NULL ? 0 : strnlen(spec->node, CM_X509_NODE);
	if (node_n >= CM_X509_NODE || (node_n == 0 && !is_root))
		return cm_x509_spec_refuse(report, "node", spec->node);
	if (spec->name == NULL && spec->node == NULL)
		return cm_x509_spec_refuse(report, "name", NULL);
	if (subject->kind != cm_x509_profiles[spec->role].kind)
		return cm_x509_spec_refuse(report, "key", "of another kind");
	if (spec->not_before.us < 0 || spec->not_after.us < spec->not_before.us)
		return cm_x509_spec_refuse(report, "not_after", "before not_before");
	if (spec->ip.n != 0 && spec->ip.n != 4 && spec->ip.n != 16)
		return cm_x509_spec_refuse(report, "ip", "not 4 or 16 bytes");
	for (const char *c = spec->dns == NULL ? "" : spec->dns; *c != 0; c++)
		if (*c <= 0x20 || *c >= 0x7f)
			return cm_x509_spec_refuse(report, "dns", spec->dns);
	return CM_OK;
}

// The issuer may issue, and its key is the one that signs.
static cm_result
cm_x509_issuer_check(X509 *issuer, struct cm_view der, const struct cm_key_public *key, struct cm_report *report)
{
	struct cm_x509 x;
	cm_result r = cm_x509_read_parsed(issuer, der, report, &x);
	if (r != CM_OK)
		return r;
	if (!x.is_ca || (x.uses & CM_X509_USE_CERTIFY) == 0)
		return cm_report_refuse(report, CM_ERROR_X509_ISSUER, "issuer", "%s may not issue", x.subject);
	if (!cm_key_public_equal(&x.key, key))
		return cm_report_refuse(report, CM_ERROR_X509_ISSUER, "issuer", "the key is not that of %s", x.subject);
	return CM_OK;
}

// Fills, signs, appends. `issuer` is NULL for a root.
static cm_result
cm_x509_build(const struct cm_x509_spec *spec, const struct cm_key_public *subject, const struct cm_key *issuer_key,
              X509 *issuer, struct cm_report *report, struct cm_buf *to)
{
	const struct cm_x509_profile *profile = &cm_x509_profiles[spec->role];
	CM_CLEANUP(cm_lib_pkey_free_at) EVP_PKEY *pkey = cm_lib_pkey_of_public(subject);
	CM_CLEANUP(cm_lib_x509_free_at) X509 *cert = X509_new_ex(cm_lib_context(), NULL);
	if (cert == NULL || pkey == NULL)
		return cm_lib_clear(CM_NOMEM);
	X509_NAME *name = X509_get_subject_name(cert);
	if (!cm_x509_put_name(name, "C", spec->country))
		return cm_x509_spec_refuse(report, "country", spec->country);
	if (!cm_x509_put_name(name, "O", spec->organisation))
		return cm_x509_spec_refuse(report, "organisation", spec->organisation);
	if (!cm_x509_put_name(name, "OU", spec->exercise ? CM_X509_EXERCISE : NULL))
		return cm_lib_clear(CM_NOMEM);
	if (!cm_x509_put_name(name, "CN", spec->name == NULL ? spec->node : spec->name))
		return cm_x509_spec_refuse(report, "name", spec->name == NULL ? spec->node : spec->name);
	if (X509_set_version(cert, X509_VERSION_3) != 1 || !cm_x509_put_times(cert, spec) ||
	    X509_set_issuer_name(cert, issuer == NULL ? name : X509_get_subject_name(issuer)) != 1 ||
	    X509_set_pubkey(cert, pkey) != 1 || !cm_x509_put_constraints(cert, profile) ||
	    (profile->is_tls && !cm_x509_put_tls(cert)) || !cm_x509_put_alternatives(cert, spec) ||
	    !cm_x509_put_identifiers(cert, subject, issuer) ||
	    X509_sign(cert, cm_lib_pkey(issuer_key), cm_lib_sha256()) <= 0)
		return cm_lib_clear(CM_NOMEM);
	uint8_t *der = NULL;
	int n = i2d_X509(cert, &der);
	if (n <= 0)
		return cm_lib_clear(CM_NOMEM);
	struct cm_view v = cm_view_of(der, (size_t)n);
	struct cm_x509 check; // what we would not read, we do not issue
	cm_result r = cm_x509_read(v, report, &check);
	if (r == CM_OK) {
		cm_buf_view_add(to, v);
		r = cm_buf_result(to);
	}
	OPENSSL_free(der);
	return cm_lib_clear(r);
}

cm_result
cm_x509_write(const struct cm_x509_spec *spec, const struct cm_key_public *subject, const struct cm_key *issuer_key,
              struct cm_view issuer_der, struct cm_report *report, struct cm_buf *to)
{
	struct cm_key_public issuer_public;
	cm_key_public(issuer_key, &issuer_public);
	cm_result r = cm_x509_spec_check(spec, subject, report);
	if (r != CM_OK)
		return r;
	if (issuer_public.kind != CM_KEY_P256 || (spec->role == CM_X509_ROOT) != (issuer_der.n == 0) ||
	    (issuer_der.n == 0 && !cm_key_public_equal(subject, &issuer_public)))
		return cm_report_refuse(report, CM_ERROR_X509_ISSUER, "issuer", "not the key that signs here");
	CM_CLEANUP(cm_lib_x509_free_at) X509 *issuer = NULL;
	if (issuer_der.n != 0) {
		r = cm_x509_parse(issuer_der, report, &issuer);
		if (r == CM_OK)
			r = cm_x509_issuer_check(issuer, issuer_der, &issuer_public, report);
		if (r != CM_OK)
			return r;
	}
	return cm_x509_build(spec, subject, issuer_key, issuer, report, to);
}
