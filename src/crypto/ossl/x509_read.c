// Knows: which parts of an X.509 certificate (RFC 5280) we look at and which certificates we do not take at all:
// unknown critical extensions, repeated extensions, other algorithms. Does not know: whether to believe one
// (ossl/chain.c).
#include <openssl/x509v3.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/ossl/lib.h"
#include "crypto/ossl/x509.h"
#include "crypto/x509.h"

static cm_result
cm_x509_malformed(struct cm_report *report, const char *what)
{
	return cm_lib_clear(cm_report_refuse(report, CM_ERROR_X509_FORM, "certificate", "%s", what));
}

cm_result
cm_x509_parse(struct cm_view der, struct cm_report *report, X509 **ret_cert)
{
	if (der.n > CM_LIMIT_CERTIFICATE_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_X509_TOO_LARGE, "certificate", "%zu bytes", der.n);
	CM_CLEANUP(cm_lib_x509_free_at) X509 *cert = X509_new_ex(cm_lib_context(), NULL);
	if (cert == NULL)
		return cm_lib_clear(CM_NOMEM);
	const uint8_t *p = der.p;
	// On failure d2i frees the object and sets the pointer to NULL.
	if (der.n == 0 || d2i_X509(&cert, &p, (long)der.n) == NULL)
		return cm_x509_malformed(report, "no certificate");
	if (p != der.p + der.n)
		return cm_x509_malformed(report, "bytes behind the certificate");
	// The library takes some encodings that are not distinguished; a certificate has one spelling.
	uint8_t *again = NULL;
	int n = i2d_X509(cert, &again);
	bool same = n > 0 && cm_view_equal(cm_view_of(again, (size_t)n), der);
	OPENSSL_free(again);
	if (!same)
		return cm_x509_malformed(report, "not distinguished encoding");
	*ret_cert = cm_take(&cert);
	return CM_OK;
}

// "C=XA, O=…, CN=…" cut to the room there is.
static void
cm_x509_name_text(const X509_NAME *name, char to[CM_X509_NAME])
{
	BIO *out = BIO_new(BIO_s_mem());
	char *text = NULL;
	to[0] = 0;
	if (out == NULL)
		return;
	unsigned long flags = XN_FLAG_SEP_CPLUS_SPC | XN_FLAG_FN_SN | (ASN1_STRFLGS_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	if (X509_NAME_print_ex(out, name, 0, flags) >= 0) {
		long n = BIO_get_mem_data(out, &text);
		size_t part = n < 0 ? 0 : (size_t)n < CM_X509_NAME - 1 ? (size_t)n : CM_X509_NAME - 1;
		if (part != 0)
			memcpy(to, text, part);
		while (part > 0 && part == CM_X509_NAME - 1 && ((uint8_t)to[part - 1] & 0xc0) == 0x80)
			part--; // never end inside a character
		to[part] = 0;
	}
	BIO_free(out);
}

// The last value of an attribute of a name, "" when absent or longer than `room`.
static void
cm_x509_name_part(const X509_NAME *name, int nid, char *to, size_t room)
{
	int last = -1;
	to[0] = 0;
	for (int i = -1; (i = X509_NAME_get_index_by_NID(name, nid, i)) >= 0;)
		last = i;
	if (last < 0)
		return;
	uint8_t *text = NULL;
	int n = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, last)));
	if (n > 0 && (size_t)n < room && memchr(text, 0, (size_t)n) == NULL) {
		memcpy(to, text, (size_t)n);
		to[n] = 0;
	}
	OPENSSL_free(text);
}

static bool
cm_x509_time(const ASN1_TIME *t, struct cm_instant *ret_t)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	return cm_instant_of_civil((struct cm_civil){.year = tm.tm_year + 1900,
	                                             .month = tm.tm_mon + 1,
	                                             .day = tm.tm_mday,
	                                             .hour = tm.tm_hour,
	                                             .minute = tm.tm_min,
	                                             .second = tm.tm_sec},
	                           ret_t);
}

// "urn:comity:node:xa.contact" → "xa.contact". False when the URI is ours and malformed.
static bool
cm_x509_node(struct cm_view uri, char to[CM_X509_NODE])
{
	struct cm_view node = cm_view_part(uri, sizeof CM_X509_URN - 1, uri.n);
	if (node.n < 4 || node.n >= CM_X509_NODE || node.p[2] != '.' || to[0] != 0)
		return false;
	for (size_t i = 0; i < node.n; i++) {
		uint8_t c = node.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.')
			return false;
	}
	memcpy(to, node.p, node.n);
	to[node.n] = 0;
	return true;
}

static bool
cm_x509_read_names(const X509 *cert, struct cm_x509 *x)
{
	bool good = true;
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		if (name->type != GEN_URI)
			continue;
		const ASN1_STRING *s = name->d.uniformResourceIdentifier;
		struct cm_view uri = cm_view_of(ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s));
		if (cm_view_starts(uri, CM_X509_URN))
			good = good && cm_x509_node(uri, x->node);
	}
	GENERAL_NAMES_free(names);
	return good;
}

static unsigned
cm_x509_read_uses(const X509 *cert)
{
	static const unsigned bits[9] = {CM_X509_USE_SIGN,  CM_X509_USE_COMMIT, CM_X509_USE_OTHER,
	                                 CM_X509_USE_OTHER, CM_X509_USE_AGREE,  CM_X509_USE_CERTIFY,
	                                 CM_X509_USE_OTHER, CM_X509_USE_OTHER,  CM_X509_USE_OTHER};
	unsigned uses = 0;
	ASN1_BIT_STRING *usage = X509_get_ext_d2i(cert, NID_key_usage, NULL, NULL);
	for (int i = 0; usage != NULL && i < 9; i++)
		if (ASN1_BIT_STRING_get_bit(usage, i))
			uses |= bits[i];
	ASN1_BIT_STRING_free(usage);
	EXTENDED_KEY_USAGE *extended = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
	for (int i = 0; extended != NULL && i < sk_ASN1_OBJECT_num(extended); i++) {
		int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(extended, i));
		uses |= nid == NID_server_auth ? CM_X509_USE_SERVER : nid == NID_client_auth ? CM_X509_USE_CLIENT : 0;
	}
	EXTENDED_KEY_USAGE_free(extended);
	return uses;
}

// No extension twice, each readable, none critical that we do not know.
static const char *
cm_x509_extensions_fault(const X509 *cert)
{
	static const int known[] = {NID_basic_constraints, NID_key_usage, NID_ext_key_usage, NID_subject_alt_name};
	for (int i = 0; i < X509_get_ext_count(cert); i++) {
		X509_EXTENSION *e = X509_get_ext(cert, i);
		ASN1_OBJECT *what = X509_EXTENSION_get_object(e);
		if (X509_get_ext_by_OBJ(cert, what, i) >= 0)
			return "an extension stands twice";
		int nid = OBJ_obj2nid(what);
		bool is_known = false;
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			is_known = is_known || nid == known[k];
		if (!is_known && X509_EXTENSION_get_critical(e))
			return "a critical extension that is not known here";
		void *value = is_known ? X509V3_EXT_d2i(e) : NULL;
		if (is_known && value == NULL)
			return "a malformed extension";
		if (is_known)
			ASN1_item_free(value, ASN1_ITEM_ptr(X509V3_EXT_get_nid(nid)->it));
	}
	return NULL;
}

static cm_result
cm_x509_read_key(X509 *cert, struct cm_report *report, struct cm_x509 *x)
{
	uint8_t *spki = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &spki);
	if (n <= 0)
		return cm_lib_clear(CM_NOMEM);
	struct cm_view v = cm_view_of(spki, (size_t)n);
	cm_result r = cm_key_spki_read(v, NULL, &x->key);
	x->spki = cm_hash_of(v);
	OPENSSL_free(spki);
	if (r == CM_REFUSED)
		return cm_lib_clear(cm_report_refuse(report, CM_ERROR_X509_ALGORITHM, "certificate",
		                                     "key is not P-256, Ed25519 or X25519"));
	if (X509_get_signature_nid(cert) != NID_ecdsa_with_SHA256)
		return cm_report_refuse(report, CM_ERROR_X509_ALGORITHM, "certificate", "signed with %s",
		                        OBJ_nid2ln(X509_get_signature_nid(cert)));
	return r;
}

cm_result
cm_x509_read_parsed(X509 *cert, struct cm_view der, struct cm_report *report, struct cm_x509 *ret_cert)
{
	struct cm_x509 x = {.sha256 = cm_hash_of(der), .path_length = -1};
	if (X509_get_version(cert) != X509_VERSION_3)
		return cm_x509_malformed(report, "not version 3");
	const char *fault = cm_x509_extensions_fault(cert);
	if (fault != NULL)
		return cm_x509_malformed(report, fault);
	cm_result r = cm_x509_read_key(cert, report, &x);
	if (r != CM_OK)
		return r;
	const ASN1_INTEGER *serial = X509_get0_serialNumber(cert);
	if (serial->type != V_ASN1_INTEGER || serial->length < 1 || serial->length > CM_X509_SERIAL)
		return cm_x509_malformed(report, "serial number");
	memcpy(x.serial + CM_X509_SERIAL - serial->length, serial->data, (size_t)serial->length);
	if (!cm_x509_time(X509_get0_notBefore(cert), &x.not_before) ||
	    !cm_x509_time(X509_get0_notAfter(cert), &x.not_after))
		return cm_x509_malformed(report, "validity");
	if (!cm_x509_read_names(cert, &x))
		return cm_x509_malformed(report, "name of the node");
	x.uses = cm_x509_read_uses(cert);
	BASIC_CONSTRAINTS *basic = X509_get_ext_d2i(cert, NID_basic_constraints, NULL, NULL);
	if (basic != NULL) {
		x.is_ca = basic->ca != 0;
		if (basic->pathlen != NULL)
			x.path_length = (int)ASN1_INTEGER_get(basic->pathlen);
	}
	BASIC_CONSTRAINTS_free(basic);
	char unit[sizeof CM_X509_EXERCISE + 1];
	const X509_NAME *subject = X509_get_subject_name(cert), *issuer = X509_get_issuer_name(cert);
	cm_x509_name_text(subject, x.subject);
	cm_x509_name_text(issuer, x.issuer);
	cm_x509_name_part(subject, NID_commonName, x.common_name, sizeof x.common_name);
	cm_x509_name_part(subject, NID_countryName, x.country, sizeof x.country);
	cm_x509_name_part(subject, NID_organizationalUnitName, unit, sizeof unit);
	x.exercise = strcmp(unit, CM_X509_EXERCISE) == 0;
	x.is_self_issued = X509_NAME_cmp(subject, issuer) == 0;
	*ret_cert = x;
	return cm_lib_clear(CM_OK);
}

cm_result
cm_x509_read(struct cm_view der, struct cm_report *report, struct cm_x509 *ret_cert)
{
	CM_CLEANUP(cm_lib_x509_free_at) X509 *cert = NULL;
	cm_result r = cm_x509_parse(der, report, &cert);
	return r == CM_OK ? cm_x509_read_parsed(cert, der, report, ret_cert) : r;
}
