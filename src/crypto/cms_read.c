// Knows: the one form of detached SignedData that we take (RFC 5652 section 5, RFC 5035, ETSI EN 319 122-1 baseline B)
// and checks every byte of it: nothing may stand there that is not judged. Does not know: whether the signer is to be
// believed (chain.h). OpenSSL reads the same bytes as a second judge.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/cms_parts.h"
#include "crypto/cms.h"

// The parts of a SignedData, as views.
struct cm_cms_reading {
	struct cm_view certs[CM_LIMIT_CERTIFICATES_VALUE];
	size_t cert_count;
	size_t signer;                 // in certs
	struct cm_view issuer, serial; // that name the signer
	struct cm_view attributes;     // contents of the set
	struct cm_view signature;
	struct cm_hash content;     // messageDigest
	struct cm_hash certificate; // of signingCertificateV2
	struct cm_instant signing_time;
};

static cm_result
cm_cms_refuse(struct cm_report *report, enum cm_error rule, const char *what)
{
	return cm_report_refuse(report, rule, "signature", "%s", what);
}

// AlgorithmIdentifier of `which`, with no parameters or NULL.
static bool
cm_cms_take_algorithm(struct cm_rd *rd, enum cm_cms_oid which)
{
	static const uint8_t null[2] = {CM_DER_NULL, 0};
	struct cm_view v, oid = cm_cms_oid(which);
	if (!cm_der_take(rd, CM_DER_SEQUENCE, &v, NULL) || !cm_view_equal(cm_view_part(v, 0, oid.n), oid))
		return false;
	struct cm_view rest = cm_view_part(v, oid.n, v.n);
	return rest.n == 0 || cm_view_equal(rest, cm_view_of(null, sizeof null));
}

static bool
cm_cms_take_version(struct cm_rd *rd)
{
	struct cm_view v;
	return cm_der_take(rd, CM_DER_INTEGER, &v, NULL) && v.n == 1 && v.p[0] == 1;
}

static cm_result
cm_cms_take_certificates(struct cm_rd *rd, struct cm_report *report, struct cm_cms_reading *r)
{
	struct cm_view set, skipped;
	if (!cm_der_take(rd, CM_DER_CONTEXT_0, &set, NULL))
		return cm_cms_refuse(report, CM_ERROR_CMS_CERTIFICATE, "it carries no certificate");
	for (struct cm_rd in = cm_rd_of(set); cm_rd_left(&in) != 0; r->cert_count++) {
		if (r->cert_count == CM_LIMIT_CERTIFICATES_VALUE)
			return cm_cms_refuse(report, CM_ERROR_CMS_TOO_LARGE, "too many certificates");
		if (!cm_der_take(&in, CM_DER_SEQUENCE, &skipped, &r->certs[r->cert_count]))
			return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "a certificate of another form");
	}
	return CM_OK;
}

// ContentInfo and SignedData down to the one SignerInfo's contents.
static cm_result
cm_cms_read_outer(struct cm_view cms, struct cm_report *report, struct cm_cms_reading *r, struct cm_view *ret_signer)
{
	struct cm_rd rd = cm_rd_of(cms);
	struct cm_view v, set;
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL) || !cm_rd_done(&rd))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "not one ContentInfo");
	rd = cm_rd_of(v);
	struct cm_view type = cm_rd_bytes(&rd, cm_cms_oid(CM_CMS_OID_SIGNED_DATA).n);
	if (!cm_view_equal(type, cm_cms_oid(CM_CMS_OID_SIGNED_DATA)) || !cm_der_take(&rd, CM_DER_CONTEXT_0, &v, NULL) ||
	    !cm_rd_done(&rd))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "not SignedData");
	rd = cm_rd_of(v);
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL) || !cm_rd_done(&rd))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "not SignedData");
	rd = cm_rd_of(v);
	if (!cm_cms_take_version(&rd) || !cm_der_take(&rd, CM_DER_SET, &set, NULL))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "not SignedData of version 1");
	struct cm_rd algorithms = cm_rd_of(set);
	if (!cm_cms_take_algorithm(&algorithms, CM_CMS_OID_SHA256) || !cm_rd_done(&algorithms))
		return cm_cms_refuse(report, CM_ERROR_CMS_ALGORITHM, "digests other than SHA-256");
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL) || !cm_view_equal(v, cm_cms_oid(CM_CMS_OID_DATA)))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "not detached");
	cm_result result = cm_cms_take_certificates(&rd, report, r);
	if (result != CM_OK)
		return result;
	if (!cm_der_take(&rd, CM_DER_SET, &set, NULL) || !cm_rd_done(&rd))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "revocation lists or other parts");
	struct cm_rd signers = cm_rd_of(set);
	if (!cm_der_take(&signers, CM_DER_SEQUENCE, ret_signer, NULL))
		return cm_cms_refuse(report, CM_ERROR_CMS_SIGNERS, "no signer");
	return cm_rd_left(&signers) == 0 ? CM_OK : cm_cms_refuse(report, CM_ERROR_CMS_SIGNERS, "several signers");
}

static cm_result
cm_cms_read_signer(struct cm_view signer, struct cm_report *report, struct cm_cms_reading *r)
{
	struct cm_rd rd = cm_rd_of(signer);
	struct cm_view v, skipped;
	if (!cm_cms_take_version(&rd) || !cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "the signer is not named by issuer and serial number");
	struct cm_rd name = cm_rd_of(v);
	if (!cm_der_take(&name, CM_DER_SEQUENCE, &skipped, &r->issuer) ||
	    !cm_der_take(&name, CM_DER_INTEGER, &skipped, &r->serial) || !cm_rd_done(&name))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "the name of the signer");
	if (!cm_cms_take_algorithm(&rd, CM_CMS_OID_SHA256))
		return cm_cms_refuse(report, CM_ERROR_CMS_ALGORITHM, "the digest is not SHA-256");
	if (!cm_der_take(&rd, CM_DER_CONTEXT_0, &r->attributes, NULL))
		return cm_cms_refuse(report, CM_ERROR_CMS_ATTRIBUTE, "no signed attributes");
	if (!cm_cms_take_algorithm(&rd, CM_CMS_OID_ECDSA_SHA256))
		return cm_cms_refuse(report, CM_ERROR_CMS_ALGORITHM, "the signature is not ECDSA with SHA-256");
	if (!cm_der_take(&rd, CM_DER_OCTETS, &r->signature, NULL))
		return cm_cms_refuse(report, CM_ERROR_CMS_FORM, "no signature value");
	if (cm_der_is_next(&rd, CM_DER_CONTEXT_1))
		return cm_cms_refuse(report, CM_ERROR_CMS_ATTRIBUTE, "unsigned attributes, which nobody vouches for");
	return cm_rd_done(&rd) ? CM_OK : cm_cms_refuse(report, CM_ERROR_CMS_FORM, "bytes behind the signer");
}

// Two digits at `at`, or -1.
static int
cm_cms_two(struct cm_view v, size_t at)
{
	if (at + 2 > v.n || v.p[at] < '0' || v.p[at] > '9' || v.p[at + 1] < '0' || v.p[at + 1] > '9')
		return -1;
	return (v.p[at] - '0') * 10 + v.p[at + 1] - '0';
}

// UTCTime YYMMDDHHMMSSZ (1950 to 2049) or GeneralizedTime YYYYMMDDHHMMSSZ from 2050; one value, nothing behind it.
static bool
cm_cms_read_time(struct cm_view value, struct cm_instant *ret_t)
{
	struct cm_rd rd = cm_rd_of(value);
	struct cm_view v;
	bool is_utc = cm_der_is_next(&rd, CM_DER_UTC_TIME);
	if (!cm_der_take(&rd, is_utc ? CM_DER_UTC_TIME : CM_DER_TIME, &v, NULL) || !cm_rd_done(&rd) ||
	    v.n != (is_utc ? 13u : 15u) || v.p[v.n - 1] != 'Z')
		return false;
	int field[7];
	size_t count = is_utc ? 6 : 7;
	for (size_t i = 0; i < count; i++)
		if ((field[i] = cm_cms_two(v, 2 * i)) < 0)
			return false;
	const int *f = field + (count - 6);
	int year = is_utc ? f[0] + (f[0] >= 50 ? 1900 : 2000) : field[0] * 100 + field[1];
	if (!is_utc && year < 2050)
		return false;
	return cm_instant_of_civil(
		(struct cm_civil){
			.year = year, .month = f[1], .day = f[2], .hour = f[3], .minute = f[4], .second = f[5]},
		ret_t);
}

// SigningCertificateV2: the first ESSCertIDv2 is the signer's; its hash is SHA-256.
static bool
cm_cms_read_signing_certificate(struct cm_view value, struct cm_hash *ret_hash)
{
	struct cm_rd rd = cm_rd_of(value);
	struct cm_view v, hash;
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL) || !cm_rd_done(&rd))
		return false;
	rd = cm_rd_of(v);
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL)) // certs; policies may follow
		return false;
	rd = cm_rd_of(v);
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &v, NULL))
		return false;
	rd = cm_rd_of(v);
	if (cm_der_is_next(&rd, CM_DER_SEQUENCE) && !cm_cms_take_algorithm(&rd, CM_CMS_OID_SHA256))
		return false;
	if (!cm_der_take(&rd, CM_DER_OCTETS, &hash, NULL) || hash.n != CM_HASH_SIZE)
		return false;
	memcpy(ret_hash->b, hash.p, CM_HASH_SIZE);
	return true;
}

// One attribute's value into the reading; false when it is malformed.
static bool
cm_cms_read_value(enum cm_cms_oid type, struct cm_view value, struct cm_cms_reading *r)
{
	struct cm_rd rd = cm_rd_of(value);
	struct cm_view v;
	switch ((int)type) {
	case CM_CMS_OID_CONTENT_TYPE:
		return cm_view_equal(value, cm_cms_oid(CM_CMS_OID_DATA));
	case CM_CMS_OID_MESSAGE_DIGEST:
		if (!cm_der_take(&rd, CM_DER_OCTETS, &v, NULL) || !cm_rd_done(&rd) || v.n != CM_HASH_SIZE)
			return false;
		memcpy(r->content.b, v.p, CM_HASH_SIZE);
		return true;
	case CM_CMS_OID_SIGNING_TIME:
		return cm_cms_read_time(value, &r->signing_time);
	default:
		return cm_cms_read_signing_certificate(value, &r->certificate);
	}
}

// All attributes: in the order of DER (so none stands twice with the same value), each type once, one value each, the
// four required ones there. Others are signed too and do no harm (OpenSSL adds its capabilities).
static cm_result
cm_cms_read_attributes(struct cm_report *report, struct cm_cms_reading *r)
{
	static const enum cm_cms_oid required[] = {CM_CMS_OID_CONTENT_TYPE, CM_CMS_OID_SIGNING_TIME,
	                                           CM_CMS_OID_MESSAGE_DIGEST, CM_CMS_OID_SIGNING_CERTIFICATE};
	struct cm_view seen[CM_LIMIT_CERTIFICATES_VALUE], before = {0}, v, whole;
	size_t count = 0;
	bool has[4] = {false};
	for (struct cm_rd rd = cm_rd_of(r->attributes); cm_rd_left(&rd) != 0; count++) {
		if (count == sizeof seen / sizeof *seen || !cm_der_take(&rd, CM_DER_SEQUENCE, &v, &whole) ||
		    (before.n != 0 && cm_view_order(before, whole) >= 0))
			return cm_cms_refuse(report, CM_ERROR_CMS_ATTRIBUTE,
			                     "the set of signed attributes is malformed");
		before = whole;
		struct cm_rd in = cm_rd_of(v);
		struct cm_view oid, values, skipped;
		if (!cm_der_take(&in, CM_DER_OID, &skipped, &oid) || !cm_der_take(&in, CM_DER_SET, &values, NULL) ||
		    !cm_rd_done(&in))
			return cm_cms_refuse(report, CM_ERROR_CMS_ATTRIBUTE, "a signed attribute is malformed");
		for (size_t i = 0; i < count; i++)
			if (cm_view_equal(seen[i], oid))
				return cm_cms_refuse(report, CM_ERROR_CMS_ATTRIBUTE, "an attribute stands twice");
		seen[count] = oid;
		for (size_t i = 0; i < 4; i++) {
			if (!cm_view_equal(oid, cm_cms_oid(required[i])))
				continue;
			if (!cm_cms_read_value(required[i], values, r))
				return cm_cms_refuse(report,
				                     required[i] == CM_CMS_OID_SIGNING_CERTIFICATE
				                             ? CM_ERROR_CMS_SIGNING_CERTIFICATE
				                             : CM_ERROR_CMS_ATTRIBUTE,
				                     "a required attribute is malformed");
			has[i] = true;
		}
	}
	if (!has[0] || !has[1] || !has[2])
		return cm_cms_refuse(report, CM_ERROR_CMS_ATTRIBUTE, "content type, time or digest is missing");
	return has[3] ? CM_OK : cm_cms_refuse(report, CM_ERROR_CMS_SIGNING_CERTIFICATE, "the attribute is missing");
}

// The carried certificate that the signer is named by, and that signingCertificateV2 means.
static cm_result
cm_cms_find_signer(struct cm_report *report, struct cm_cms_reading *r)
{
	bool is_named = false;
	for (size_t i = 0; i < r->cert_count; i++) {
		struct cm_view issuer, serial;
		if (!cm_cms_issuer_and_serial(r->certs[i], &issuer, &serial) || !cm_view_equal(issuer, r->issuer) ||
		    !cm_view_equal(serial, r->serial))
			continue;
		is_named = true;
		struct cm_hash h = cm_hash_of(r->certs[i]);
		if (cm_hash_equal(&h, &r->certificate)) {
			r->signer = i;
			return CM_OK;
		}
	}
	if (is_named)
		return cm_cms_refuse(report, CM_ERROR_CMS_SIGNING_CERTIFICATE, "it names another certificate");
	return cm_cms_refuse(report, CM_ERROR_CMS_CERTIFICATE, "the signer's is not among those carried");
}

// The signature over the attributes, under the tag of a SET (RFC 5652 section 5.4).
static cm_result
cm_cms_check_signature(struct cm_report *report, const struct cm_cms_reading *r)
{
	struct cm_x509 cert;
	struct cm_key_signature sig;
	cm_result result = cm_x509_read(r->certs[r->signer], report, &cert);
	if (result != CM_OK)
		return result;
	if (cert.key.kind != CM_KEY_P256)
		return cm_cms_refuse(report, CM_ERROR_CMS_ALGORITHM, "the signer's key is not P-256");
	if (!cm_key_der_read(r->signature, &sig))
		return cm_cms_refuse(report, CM_ERROR_CMS_SIGNATURE, "no ECDSA signature");
	CM_CLEANUP(cm_buf_fini) struct cm_buf set = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	cm_der_put(&set, CM_DER_SET, r->attributes);
	if (cm_buf_result(&set) != CM_OK)
		return cm_buf_result(&set);
	result = cm_key_verify(&cert.key, cm_buf_view(&set), &sig, NULL);
	return result == CM_REFUSED ? cm_cms_refuse(report, CM_ERROR_CMS_SIGNATURE, "it does not fit the attributes")
	                            : result;
}

cm_result
cm_cms_verify(struct cm_view cms, const struct cm_hash *content, struct cm_report *report, struct cm_cms *ret_cms)
{
	struct cm_cms_reading r = {.cert_count = 0};
	struct cm_view signer;
	if (cms.n > CM_LIMIT_CMS_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_CMS_TOO_LARGE, "signature", "%zu bytes", cms.n);
	cm_result result = cm_cms_read_outer(cms, report, &r, &signer);
	if (result == CM_OK)
		result = cm_cms_read_signer(signer, report, &r);
	if (result == CM_OK)
		result = cm_cms_read_attributes(report, &r);
	if (result == CM_OK)
		result = cm_cms_find_signer(report, &r);
	if (result == CM_OK)
		result = cm_cms_check_signature(report, &r);
	if (result == CM_OK && !cm_hash_equal(&r.content, content))
		result = cm_cms_refuse(report, CM_ERROR_CMS_CONTENT, "the digest of the content is another");
	if (result == CM_OK)
		result = cm_cms_second_opinion(cms, r.certs[r.signer], report);
	if (result == CM_OK)
		result = cm_cms_order(r.certs, r.cert_count, r.signer, report);
	struct cm_x509_list chain;
	if (result == CM_OK)
		result = cm_x509_list_of(r.certs, r.cert_count, &chain);
	if (result == CM_OK)
		*ret_cms = (struct cm_cms){.chain = chain, .signing_time = r.signing_time};
	return result;
}

void
cm_cms_fini(struct cm_cms *cms)
{
	if (cms != NULL)
		cm_x509_list_fini(&cms->chain);
}
