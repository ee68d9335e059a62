// Knows: how a detached CAdES-B-B signature is encoded (RFC 5652, RFC 5035, ETSI EN 319 122-1), byte by byte in DER.
// Does not know: private keys; the signature over the attributes comes from elsewhere.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/cms_parts.h"
#include "crypto/cms.h"

struct cm_view
cm_cms_oid(enum cm_cms_oid which)
{
	static const struct {
		uint8_t n, b[13];
	} oids[CM_CMS_OID_END] = {
		[CM_CMS_OID_SIGNED_DATA] = {11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2}},
		[CM_CMS_OID_DATA] = {11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1}},
		[CM_CMS_OID_CONTENT_TYPE] = {11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3}},
		[CM_CMS_OID_MESSAGE_DIGEST] = {11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4}},
		[CM_CMS_OID_SIGNING_TIME] = {11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5}},
		[CM_CMS_OID_SIGNING_CERTIFICATE] = {13, {6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47}},
		[CM_CMS_OID_SHA256] = {11, {6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}},
		[CM_CMS_OID_ECDSA_SHA256] = {10, {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}},
	};
	return cm_view_of(oids[which].b, oids[which].n);
}

bool
cm_cms_issuer_and_serial(struct cm_view der, struct cm_view *ret_issuer, struct cm_view *ret_serial)
{
	struct cm_rd rd = cm_rd_of(der);
	struct cm_view cert, tbs, skipped, serial, issuer;
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &cert, NULL) || !cm_rd_done(&rd))
		return false;
	rd = cm_rd_of(cert);
	if (!cm_der_take(&rd, CM_DER_SEQUENCE, &tbs, NULL))
		return false;
	rd = cm_rd_of(tbs); // version [0], serial, algorithm, issuer …
	if (!cm_der_take(&rd, CM_DER_CONTEXT_0, &skipped, NULL) ||
	    !cm_der_take(&rd, CM_DER_INTEGER, &skipped, &serial) ||
	    !cm_der_take(&rd, CM_DER_SEQUENCE, &skipped, NULL) || !cm_der_take(&rd, CM_DER_SEQUENCE, &skipped, &issuer))
		return false;
	*ret_issuer = issuer;
	*ret_serial = serial;
	return true;
}

// Wraps what `inside` holds into one element of `to` and empties it.
static void
cm_cms_wrap(struct cm_buf *to, uint8_t tag, struct cm_buf *inside)
{
	if (cm_buf_result(inside) != CM_OK)
		to->failed = cm_buf_result(inside);
	cm_der_put(to, tag, cm_buf_view(inside));
	cm_buf_clear(inside);
}

// Attribute ::= SEQUENCE { type, SET { value } }; `value` is a whole element.
static void
cm_cms_put_attribute(struct cm_buf *to, enum cm_cms_oid type, struct cm_view value)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf inside = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	cm_buf_view_add(&inside, cm_cms_oid(type));
	cm_der_put(&inside, CM_DER_SET, value);
	cm_cms_wrap(to, CM_DER_SEQUENCE, &inside);
}

// UTCTime to 2049, GeneralizedTime from 2050 (RFC 5652 section 11.3).
static void
cm_cms_put_time(struct cm_buf *to, struct cm_instant t)
{
	struct cm_civil c = cm_instant_civil(t);
	char text[40];
	struct cm_buf b = cm_buf_of(sizeof text);
	if (c.year < 2050)
		cm_buf_printf(&b, "%02d", c.year % 100);
	else
		cm_buf_printf(&b, "%04d", c.year);
	cm_buf_printf(&b, "%02d%02d%02d%02d%02dZ", c.month, c.day, c.hour, c.minute, c.second);
	cm_cms_wrap(to, c.year < 2050 ? CM_DER_UTC_TIME : CM_DER_TIME, &b);
	cm_buf_fini(&b);
}

// SigningCertificateV2 of one certificate: { { { hash, { { [4] issuer }, serial } } } }; SHA-256 is the default and
// left out.
static void
cm_cms_put_signing_certificate(struct cm_buf *to, struct cm_view signer, struct cm_view issuer, struct cm_view serial)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf a = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	struct cm_hash h = cm_hash_of(signer);
	cm_der_put(&a, CM_DER_CONTEXT_4, issuer);
	cm_cms_wrap(&b, CM_DER_SEQUENCE, &a); // GeneralNames
	cm_buf_view_add(&b, serial);
	cm_der_put(&a, CM_DER_OCTETS, cm_hash_view(&h));
	cm_cms_wrap(&a, CM_DER_SEQUENCE, &b); // IssuerSerial
	cm_cms_wrap(&b, CM_DER_SEQUENCE, &a); // ESSCertIDv2
	cm_cms_wrap(&a, CM_DER_SEQUENCE, &b); // certs
	cm_cms_wrap(to, CM_DER_SEQUENCE, &a);
}

// SET OF in DER: elements in the order of their bytes (X.690 section 11.6).
static void
cm_cms_sort(struct cm_view *elements, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && cm_view_order(elements[k - 1], elements[k]) > 0; k--) {
			struct cm_view v = elements[k];
			elements[k] = elements[k - 1];
			elements[k - 1] = v;
		}
}

cm_result
cm_cms_attributes(const struct cm_hash *content, struct cm_instant signing_time, struct cm_view signer,
                  struct cm_buf *to)
{
	struct cm_view issuer, serial;
	if (!cm_cms_issuer_and_serial(signer, &issuer, &serial) || signing_time.us < 0)
		return CM_BUG;
	CM_CLEANUP(cm_buf_fini) struct cm_buf value = cm_buf_of(CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf all = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf sorted = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	size_t end[4];
	cm_cms_put_attribute(&all, CM_CMS_OID_CONTENT_TYPE, cm_cms_oid(CM_CMS_OID_DATA));
	end[0] = all.n;
	cm_cms_put_time(&value, signing_time);
	cm_cms_put_attribute(&all, CM_CMS_OID_SIGNING_TIME, cm_buf_view(&value));
	cm_buf_clear(&value);
	end[1] = all.n;
	cm_der_put(&value, CM_DER_OCTETS, cm_hash_view(content));
	cm_cms_put_attribute(&all, CM_CMS_OID_MESSAGE_DIGEST, cm_buf_view(&value));
	cm_buf_clear(&value);
	end[2] = all.n;
	cm_cms_put_signing_certificate(&value, signer, issuer, serial);
	cm_cms_put_attribute(&all, CM_CMS_OID_SIGNING_CERTIFICATE, cm_buf_view(&value));
	end[3] = all.n;
	if (cm_buf_result(&value) != CM_OK || cm_buf_result(&all) != CM_OK)
		return cm_buf_result(&all) != CM_OK ? cm_buf_result(&all) : cm_buf_result(&value);
	struct cm_view each[4];
	for (size_t i = 0, start = 0; i < 4; start = end[i++])
		each[i] = cm_view_part(cm_buf_view(&all), start, end[i] - start);
	cm_cms_sort(each, 4);
	for (size_t i = 0; i < 4; i++)
		cm_buf_view_add(&sorted, each[i]);
	cm_cms_wrap(to, CM_DER_SET, &sorted);
	return cm_buf_result(to);
}

// AlgorithmIdentifier without parameters (RFC 5754 section 2, RFC 5758 section 3.2).
static void
cm_cms_put_algorithm(struct cm_buf *to, enum cm_cms_oid which)
{
	cm_der_put(to, CM_DER_SEQUENCE, cm_cms_oid(which));
}

static void
cm_cms_put_signer(struct cm_buf *to, const struct cm_cms_parts *parts, const struct cm_key_der *signature)
{
	static const uint8_t version[3] = {CM_DER_INTEGER, 1, 1};
	struct cm_view issuer, serial, attributes;
	struct cm_rd rd = cm_rd_of(parts->attributes);
	if (!cm_cms_issuer_and_serial(parts->chain[0], &issuer, &serial) ||
	    !cm_der_take(&rd, CM_DER_SET, &attributes, NULL)) {
		to->failed = CM_BUG; // both were checked before
		return;
	}
	CM_CLEANUP(cm_buf_fini) struct cm_buf a = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	cm_buf_add(&a, version, sizeof version);
	cm_buf_view_add(&b, issuer);
	cm_buf_view_add(&b, serial);
	cm_cms_wrap(&a, CM_DER_SEQUENCE, &b);
	cm_cms_put_algorithm(&a, CM_CMS_OID_SHA256);
	cm_der_put(&a, CM_DER_CONTEXT_0, attributes); // IMPLICIT: the SET's own tag is replaced
	cm_cms_put_algorithm(&a, CM_CMS_OID_ECDSA_SHA256);
	cm_der_put(&a, CM_DER_OCTETS, cm_view_of(signature->b, signature->n));
	cm_cms_wrap(to, CM_DER_SEQUENCE, &a);
}

cm_result
cm_cms_write(const struct cm_cms_parts *parts, struct cm_report *report, struct cm_buf *to)
{
	static const uint8_t version[3] = {CM_DER_INTEGER, 1, 1};
	struct cm_view certs[CM_LIMIT_CERTIFICATES_VALUE], issuer, serial, attributes;
	struct cm_rd rd = cm_rd_of(parts->attributes);
	struct cm_key_der signature;
	if (parts->chain_count == 0 || parts->chain_count > CM_LIMIT_CERTIFICATES_VALUE ||
	    !cm_der_take(&rd, CM_DER_SET, &attributes, NULL) || !cm_rd_done(&rd))
		return CM_BUG;
	if (!cm_cms_issuer_and_serial(parts->chain[0], &issuer, &serial))
		return cm_report_refuse(report, CM_ERROR_X509_FORM, "certificate", "of the signer");
	if (!cm_key_der_write(&parts->signature, &signature))
		return CM_NOMEM;
	CM_CLEANUP(cm_buf_fini) struct cm_buf a = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(CM_LIMIT_CMS_BYTES_VALUE);
	cm_buf_add(&a, version, sizeof version);
	cm_cms_put_algorithm(&b, CM_CMS_OID_SHA256);
	cm_cms_wrap(&a, CM_DER_SET, &b);                              // digestAlgorithms
	cm_der_put(&a, CM_DER_SEQUENCE, cm_cms_oid(CM_CMS_OID_DATA)); // encapContentInfo, detached
	memcpy(certs, parts->chain, parts->chain_count * sizeof *certs);
	cm_cms_sort(certs, parts->chain_count);
	for (size_t i = 0; i < parts->chain_count; i++)
		cm_buf_view_add(&b, certs[i]);
	cm_cms_wrap(&a, CM_DER_CONTEXT_0, &b);
	cm_cms_put_signer(&b, parts, &signature);
	cm_cms_wrap(&a, CM_DER_SET, &b); // signerInfos
	cm_cms_wrap(&b, CM_DER_SEQUENCE, &a);
	cm_cms_wrap(&a, CM_DER_CONTEXT_0, &b);
	cm_buf_view_add(&b, cm_cms_oid(CM_CMS_OID_SIGNED_DATA));
	cm_buf_view_add(&b, cm_buf_view(&a));
	if (cm_buf_result(&a) != CM_OK)
		return cm_buf_result(&a);
	cm_cms_wrap(to, CM_DER_SEQUENCE, &b);
	return cm_buf_result(to);
}
