// Knows: when the text of an identifier is well formed, and what must travel with it (data/identifiers.tab).
// Does not know: whom it names, or whether it exists. Serves section 7 of the profile and convention.md 4:
// an IPv4 address without port, time and zone finds nobody behind a carrier's address translation.
#include "domain/identifier.h"

#include <string.h>

#include "base/instant.h"
#include "base/num.h"
#include "base/text.h"

bool
cm_identifier_field(struct cm_view value, const char *key, struct cm_view *ret_field)
{
	for (size_t at = 0; at < value.n;) {
		size_t end = cm_view_find(value, at, ';');
		struct cm_view pair = cm_view_part(value, at, end - at);
		size_t sign = cm_view_find(pair, 0, '=');
		if (sign < pair.n && cm_view_is(cm_view_part(pair, 0, sign), key)) {
			*ret_field = cm_view_part(pair, sign + 1, pair.n - sign - 1);
			return true;
		}
		at = end + 1;
	}
	return false;
}

// Only characters of `set`, between `least` and `most` of them.
static bool
cm_identifier_chars(struct cm_view v, const char *set, size_t least, size_t most)
{
	if (v.n < least || v.n > most)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == 0 || strchr(set, v.p[i]) == NULL)
			return false;
	return true;
}

#define DIGITS "0123456789"
#define LOWER_HEX DIGITS "abcdef"
#define HEX LOWER_HEX "ABCDEF"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// ISO/IEC 7812-1, annex B.
static bool
cm_identifier_luhn(struct cm_view digits)
{
	unsigned sum = 0;
	for (size_t i = 0; i < digits.n; i++) {
		unsigned d = (unsigned)(digits.p[digits.n - 1 - i] - '0');
		d = i % 2 == 1 ? 2 * d : d;
		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

static bool
cm_identifier_ipv4(struct cm_view v)
{
	size_t parts = 0;
	for (size_t at = 0; at <= v.n; parts++) {
		size_t end = cm_view_find(v, at, '.');
		uint64_t octet;
		if (!cm_num_u64(cm_view_part(v, at, end - at), 0, 255, &octet))
			return false;
		at = end + 1;
	}
	return parts == 4;
}

// RFC 4291 2.2: groups of hexadecimal digits, "::" once at most, an optional prefix length. The canonical form
// (RFC 5952) is not demanded: what was seen in a log is written as it was seen.
static bool
cm_identifier_ipv6(struct cm_view v)
{
	size_t slash = cm_view_find(v, 0, '/'), groups = 0;
	uint64_t bits;
	bool gap = false;
	if (slash < v.n && !cm_num_u64(cm_view_part(v, slash + 1, v.n - slash - 1), 0, 128, &bits))
		return false;
	v = cm_view_part(v, 0, slash);
	if (v.n < 2 || (v.p[0] == ':' && v.p[1] != ':') || (v.p[v.n - 1] == ':' && v.p[v.n - 2] != ':'))
		return false;
	for (size_t at = 0; at < v.n;) {
		if (v.p[at] == ':') { // "::": the first colon, or the one behind a group's own
			if (gap || (at == 0 && v.p[1] != ':'))
				return false;
			gap = true;
			at += at == 0 ? 2 : 1;
			continue;
		}
		size_t end = cm_view_find(v, at, ':');
		if (!cm_identifier_chars(cm_view_part(v, at, end - at), HEX, 1, 4))
			return false;
		groups++;
		at = end + 1;
	}
	return gap ? groups < 8 : groups == 8;
}

// RFC 1035 2.3.1 in its usual reading; a U-label is UTF-8 and showable.
static bool
cm_identifier_domain(struct cm_view v)
{
	size_t labels = 0;
	if (v.n == 0 || v.n > 253 || !cm_text_showable(v, false))
		return false;
	for (size_t at = 0; at <= v.n; labels++) {
		size_t end = cm_view_find(v, at, '.');
		struct cm_view label = cm_view_part(v, at, end - at);
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (label.p[i] < 0x80 && strchr(LETTERS DIGITS "-", label.p[i]) == NULL)
				return false;
		at = end + 1;
	}
	return labels >= 2;
}

static bool
cm_identifier_email(struct cm_view v)
{
	size_t at = cm_view_find(v, 0, '@');
	if (at == 0 || at > 64 || at >= v.n || cm_view_find(v, at + 1, '@') < v.n)
		return false;
	struct cm_view local = cm_view_part(v, 0, at);
	for (size_t i = 0; i < local.n; i++)
		if (local.p[i] <= ' ' || local.p[i] == 0x7f || strchr("()<>,;:\\[]\"", local.p[i]) != NULL)
			return false;
	return cm_text_showable(v, false) && cm_identifier_domain(cm_view_part(v, at + 1, v.n - at - 1));
}

// RFC 3986: a scheme, a colon and something showable without spaces.
static bool
cm_identifier_url(struct cm_view v)
{
	size_t colon = cm_view_find(v, 0, ':');
	if (colon == 0 || colon + 1 >= v.n || !cm_text_showable(v, false) || cm_view_find(v, 0, ' ') < v.n)
		return false;
	return strchr(LETTERS, v.p[0]) != NULL &&
	       cm_identifier_chars(cm_view_part(v, 0, colon), LETTERS DIGITS "+-.", 1, 32);
}

static bool
cm_identifier_e164(struct cm_view v)
{
	return v.n >= 3 && v.p[0] == '+' && v.p[1] != '0' &&
	       cm_identifier_chars(cm_view_part(v, 1, v.n - 1), DIGITS, 2, 15);
}

static bool
cm_identifier_mac(struct cm_view v)
{
	if (v.n != 17 && v.n != 23)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		if (i % 3 == 2 ? v.p[i] != ':' && v.p[i] != '-' : v.p[i] == 0 || strchr(HEX, v.p[i]) == NULL)
			return false;
	}
	return true;
}

// ISO 13616: the first four characters behind the rest, letters as 10 to 35, remainder 1 by 97.
static bool
cm_identifier_iban(struct cm_view v)
{
	unsigned rest = 0;
	if (!cm_identifier_chars(v, DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 15, 34))
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = v.p[(i + 4) % v.n];
		if (c >= 'A')
			rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
		else
			rest = (rest * 10 + (unsigned)(c - '0')) % 97;
	}
	return rest == 1;
}

static bool
cm_identifier_hash(struct cm_view value)
{
	static const struct {
		const char *alg;
		size_t digits;
	} known[] = {{"sha256", 64}, {"sha512", 128}, {"sha1", 40}, {"md5", 32}};
	struct cm_view alg, hash;
	if (!cm_identifier_field(value, "alg", &alg) || !cm_identifier_field(value, "hash", &hash))
		return false;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (cm_view_is(alg, known[i].alg))
			return cm_identifier_chars(hash, HEX, known[i].digits, known[i].digits);
	return false;
}

static bool
cm_identifier_txid(struct cm_view hash)
{
	if (cm_view_starts(hash, "0x"))
		hash = cm_view_part(hash, 2, hash.n - 2);
	return cm_identifier_chars(hash, HEX, 64, 64);
}

// MCC-MNC-LAC or TAC-CI: 3-2..3-1..5-1..9 digits.
static bool
cm_identifier_cell(struct cm_view v)
{
	static const struct {
		size_t least, most;
	} part[] = {{3, 3}, {2, 3}, {1, 5}, {1, 10}};
	size_t n = 0;
	for (size_t at = 0; at <= v.n; n++) {
		size_t end = cm_view_find(v, at, '-');
		if (n == 4 || !cm_identifier_chars(cm_view_part(v, at, end - at), DIGITS, part[n].least, part[n].most))
			return false;
		at = end + 1;
	}
	return n == 4;
}

// A decimal number of degrees within ± `most`.
static bool
cm_identifier_degrees(struct cm_view v, uint64_t most)
{
	if (v.n > 0 && v.p[0] == '-')
		v = cm_view_part(v, 1, v.n - 1);
	size_t dot = cm_view_find(v, 0, '.');
	uint64_t whole;
	if (!cm_num_u64(cm_view_part(v, 0, dot), 0, most, &whole))
		return false;
	struct cm_view fraction = cm_view_part(v, dot + 1, v.n);
	if (dot == v.n)
		return true;
	if (!cm_identifier_chars(fraction, DIGITS, 1, 9))
		return false;
	return whole < most || cm_identifier_chars(fraction, "0", 1, 9);
}

static bool
cm_identifier_geo(struct cm_view value)
{
	struct cm_view lat, lon;
	return cm_identifier_field(value, "lat", &lat) && cm_identifier_field(value, "lon", &lon) &&
	       cm_identifier_degrees(lat, 90) && cm_identifier_degrees(lon, 180);
}

// First six or eight and last four digits; nothing that could be a whole card number.
static bool
cm_identifier_pan(struct cm_view value)
{
	struct cm_view first, last;
	return cm_identifier_field(value, "first", &first) && cm_identifier_field(value, "last", &last) &&
	       (first.n == 6 || first.n == 8) && cm_identifier_chars(first, DIGITS, 6, 8) &&
	       cm_identifier_chars(last, DIGITS, 4, 4);
}

static bool
cm_identifier_luhn_digits(struct cm_view v, size_t least, size_t most)
{
	return cm_identifier_chars(v, DIGITS, least, most) && cm_identifier_luhn(v);
}

static bool
cm_identifier_imei(struct cm_view v)
{
	return cm_identifier_luhn_digits(v, 15, 15);
}

static bool
cm_identifier_iccid(struct cm_view v)
{
	return cm_identifier_luhn_digits(v, 19, 20);
}

static bool
cm_identifier_imsi(struct cm_view v)
{
	return cm_identifier_chars(v, DIGITS, 6, 15);
}

// Chain and address in the alphabet of its kind; checksums of single chains are not computed.
static bool
cm_identifier_wallet(struct cm_view v)
{
	return cm_identifier_chars(v, LETTERS DIGITS, 20, 128);
}

// The rules that data/identifiers.tab names: on the value of one field, or on the whole text.
static const struct {
	const char *rule, *field;
	bool (*check)(struct cm_view);
} cm_identifier_rules[] = {
        {"email", NULL, cm_identifier_email}, {"e164", "number", cm_identifier_e164},
        {"ipv4", "addr", cm_identifier_ipv4}, {"ipv6", "addr", cm_identifier_ipv6},
        {"url", "url", cm_identifier_url},    {"domain", "name", cm_identifier_domain},
        {"imei", "imei", cm_identifier_imei}, {"imsi", "imsi", cm_identifier_imsi},
        {"iccid", "iccid", cm_identifier_iccid}, {"mac", "mac", cm_identifier_mac},
        {"wallet", "addr", cm_identifier_wallet}, {"txid", "hash", cm_identifier_txid},
        {"iban", "iban", cm_identifier_iban}, {"pan", NULL, cm_identifier_pan},
        {"hash", NULL, cm_identifier_hash},   {"cell", "cell", cm_identifier_cell},
        {"geo", NULL, cm_identifier_geo},     {"text", NULL, NULL},
};

// Fields that mean the same in every format.
static bool
cm_identifier_common(const char *key, struct cm_view field)
{
	struct cm_instant t;
	uint64_t port;
	if (strcmp(key, "at") == 0 || strcmp(key, "seen") == 0)
		return cm_instant_read(field, &t);
	if (strcmp(key, "port") == 0)
		return cm_num_u64(field, 1, 65535, &port);
	return field.n > 0;
}

static cm_result
cm_identifier_fields(const struct cm_identifier_row *row, struct cm_view value, const char *place,
                     struct cm_report *report)
{
	cm_result r = CM_OK;
	struct cm_view field;
	for (const char *const *key = row->fields; *key != NULL; key++)
		if (!cm_identifier_field(value, *key, &field))
			r = cm_report_refuse(report, CM_ERROR_IDENTIFIER_INVALID, place, "%s lacks \"%s=\" (%s)", row->code,
			                     *key, row->form);
		else if (!cm_identifier_common(*key, field))
			r = cm_report_refuse(report, CM_ERROR_IDENTIFIER_INVALID, place, "%s has %s=\"%.*s\" (%s)",
			                     row->code, *key, CM_VIEW_ARG(field), row->form);
	return r;
}

cm_result
cm_identifier_check(struct cm_view format, struct cm_view value, const char *place, struct cm_report *report)
{
	const struct cm_identifier_row *row = cm_identifier_row(cm_identifier_find(format.p, format.n));
	if (row->code[0] == 0)
		return cm_report_refuse(report, CM_ERROR_IDENTIFIER_UNKNOWN, place, "\"%.*s\"", CM_VIEW_ARG(format));
	if (value.n == 0 || !cm_text_showable(value, false))
		return cm_report_refuse(report, CM_ERROR_IDENTIFIER_INVALID, place, "%s is empty or not plain text",
		                        row->code);
	cm_result r = cm_identifier_fields(row, value, place, report);
	for (size_t i = 0; i < sizeof cm_identifier_rules / sizeof *cm_identifier_rules && r == CM_OK; i++) {
		struct cm_view field = value;
		if (strcmp(cm_identifier_rules[i].rule, row->rule) != 0 || cm_identifier_rules[i].check == NULL)
			continue;
		if (cm_identifier_rules[i].field != NULL &&
		    !cm_identifier_field(value, cm_identifier_rules[i].field, &field))
			field = (struct cm_view){0};
		if (!cm_identifier_rules[i].check(field))
			r = cm_report_refuse(report, CM_ERROR_IDENTIFIER_INVALID, place, "%s \"%.*s\" (%s)", row->code,
			                     CM_VIEW_ARG(field), row->form);
	}
	return r;
}
