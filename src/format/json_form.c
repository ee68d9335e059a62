// Knows: how single texts of our documents look (doc/spec/profile.md, request-document.md, card.md). Does not know:
// which member has which form, or whether what is named exists.
#include <stdio.h>

#include "base/b64.h"
#include "base/instant.h"
#include "base/text.h"
#include "format/json_form.h"

static bool
cm_json_form_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool
cm_json_form_lower(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

static bool
cm_json_form_upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

// Only bytes that `good` takes, and `min` to `max` of them.
static bool
cm_json_form_all(struct cm_view v, size_t min, size_t max, bool (*good)(uint8_t))
{
	if (v.n < min || v.n > max)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!good(v.p[i]))
			return false;
	return true;
}

static bool
cm_json_form_showable(struct cm_view v, size_t max, bool many_lines)
{
	size_t characters = cm_text_plain(v, 0), plain;
	uint32_t code;
	for (size_t at = characters; at < v.n; at = plain) {
		if (!cm_text_next(v, &at, &code))
			return false;
		plain = cm_text_plain(v, at);
		characters += 1 + plain - at;
	}
	return characters >= 1 && characters <= max && cm_text_showable(v, many_lines);
}

static bool
cm_json_form_line(struct cm_view v)
{
	return cm_json_form_showable(v, 255, false);
}

static bool
cm_json_form_long(struct cm_view v)
{
	return cm_json_form_showable(v, 65535, false);
}

static bool
cm_json_form_text(struct cm_view v)
{
	return cm_json_form_showable(v, 16000, true);
}

static bool
cm_json_form_value(struct cm_view v)
{
	return cm_json_form_showable(v, 2000, false);
}

static bool
cm_json_form_country(struct cm_view v)
{
	return cm_json_form_all(v, 2, 2, cm_json_form_upper);
}

static bool
cm_json_form_language(struct cm_view v)
{
	return cm_json_form_all(v, 2, 2, cm_json_form_lower);
}

static bool
cm_json_form_name_byte(uint8_t c)
{
	return cm_json_form_lower(c) || cm_json_form_digit(c) || c == '-';
}

static bool
cm_json_form_name(struct cm_view v)
{
	return cm_json_form_all(v, 1, 60, cm_json_form_name_byte);
}

static bool
cm_json_form_node(struct cm_view v)
{
	return v.n > 3 && v.p[2] == '.' && cm_json_form_language(cm_view_part(v, 0, 2)) &&
	       cm_json_form_name(cm_view_part(v, 3, v.n));
}

// Past "(…)" with `min` to `max` bytes that `good` takes; stays where it is when there is none.
static size_t
cm_json_form_bracket(struct cm_view v, size_t at, size_t max, bool (*good)(uint8_t))
{
	size_t end = at < v.n && v.p[at] == '(' ? cm_view_find(v, at, ')') : v.n;
	if (end < v.n && cm_json_form_all(cm_view_part(v, at + 1, end - at - 1), 1, max, good))
		return end + 1;
	return at;
}

static bool
cm_json_form_article(struct cm_view v)
{
	size_t at = 0;
	while (at < v.n && cm_json_form_digit(v.p[at]))
		at++;
	if (at < 1 || at > 3)
		return false;
	at = cm_json_form_bracket(v, at, 2, cm_json_form_digit);
	return cm_json_form_bracket(v, at, 1, cm_json_form_lower) == v.n;
}

static bool
cm_json_form_ground(struct cm_view v)
{
	return cm_view_is(v, "national") || cm_json_form_article(v);
}

static bool
cm_json_form_phone(struct cm_view v)
{
	return v.n >= 3 && v.p[0] == '+' && v.p[1] != '0' &&
	       cm_json_form_all(cm_view_part(v, 1, v.n), 2, 15, cm_json_form_digit);
}

static bool
cm_json_form_date(struct cm_view v)
{
	char text[CM_INSTANT_TEXT];
	struct cm_instant t;
	if (v.n != 10)
		return false;
	int n = snprintf(text, sizeof text, "%.10sT00:00:00Z", (const char *)v.p);
	return n == 20 && cm_instant_read(cm_view_of(text, 20), &t);
}

// From -14:00 to +14:00, which holds every zone on Earth.
static bool
cm_json_form_zone(struct cm_view v)
{
	if (v.n != 9 || !cm_view_starts(v, "UTC") || (v.p[3] != '+' && v.p[3] != '-') || v.p[6] != ':' ||
	    !cm_json_form_all(cm_view_part(v, 4, 2), 2, 2, cm_json_form_digit) ||
	    !cm_json_form_all(cm_view_part(v, 7, 2), 2, 2, cm_json_form_digit))
		return false;
	int hours = (v.p[4] - '0') * 10 + v.p[5] - '0', minutes = (v.p[7] - '0') * 10 + v.p[8] - '0';
	return minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

static bool
cm_json_form_amount(struct cm_view v)
{
	return cm_json_form_all(v, 1, 40, cm_json_form_digit);
}

static bool
cm_json_form_unit_byte(uint8_t c)
{
	return cm_json_form_lower(c) || cm_json_form_upper(c) || cm_json_form_digit(c) || c == '-';
}

static bool
cm_json_form_unit(struct cm_view v)
{
	return cm_json_form_all(v, 1, 16, cm_json_form_unit_byte);
}

static bool
cm_json_form_word_byte(uint8_t c)
{
	return cm_json_form_unit_byte(c) || c == '_' || c == '.';
}

static bool
cm_json_form_word(struct cm_view v)
{
	return cm_json_form_all(v, 1, 64, cm_json_form_word_byte);
}

static bool
cm_json_form_printable(uint8_t c)
{
	return c > ' ' && c <= '~';
}

static bool
cm_json_form_ldid(struct cm_view v)
{
	size_t dash = v.n > 4 && v.p[2] == '-' ? cm_view_find(v, 4, '-') : v.n;
	return v.n <= 255 && cm_json_form_country(cm_view_part(v, 0, 2)) && dash + 1 < v.n &&
	       cm_json_form_all(v, 1, 255, cm_json_form_printable);
}

static bool
cm_json_form_url(struct cm_view v)
{
	return cm_view_starts(v, "https://") && cm_json_form_all(v, 9, 2000, cm_json_form_printable);
}

static bool
cm_json_form_base64url(struct cm_view v)
{
	return v.n > 0 && cm_b64_is(v, CM_B64_URL);
}

static bool
cm_json_form_age_byte(uint8_t c)
{
	return cm_json_form_lower(c) || cm_json_form_digit(c);
}

static bool
cm_json_form_age(struct cm_view v)
{
	return cm_view_starts(v, "age1") && cm_json_form_all(v, 10, 4096, cm_json_form_age_byte);
}

static const struct {
	bool (*good)(struct cm_view);
	const char *say;
	bool names;
} cm_json_forms[CM_FORM_COUNT] = {
        [CM_FORM_LINE] = {cm_json_form_line, "one line of at most 255 characters", false},
        [CM_FORM_LONG] = {cm_json_form_long, "one line of at most 65535 characters", false},
        [CM_FORM_TEXT] = {cm_json_form_text, "a text of at most 16000 characters", false},
        [CM_FORM_UUID] = {cm_text_uuid, "a UUID in lower case", true},
        [CM_FORM_COUNTRY] = {cm_json_form_country, "a country code of two capital letters", true},
        [CM_FORM_LANGUAGE] = {cm_json_form_language, "a language code of two small letters", false},
        [CM_FORM_NODE] = {cm_json_form_node, "the name of a node, as xa.contact", true},
        [CM_FORM_NAME] = {cm_json_form_name, "the name of a node within its country", true},
        [CM_FORM_ARTICLE] = {cm_json_form_article, "an article, as 42(3)(b)", false},
        [CM_FORM_GROUND] = {cm_json_form_ground, "an article, as 40(21)(b), or national", false},
        [CM_FORM_PHONE] = {cm_json_form_phone, "a telephone number with + and country code", false},
        [CM_FORM_DATE] = {cm_json_form_date, "a date, as 2027-03-02", false},
        [CM_FORM_ZONE] = {cm_json_form_zone, "a time zone, as UTC+02:00, at most 14 hours off", false},
        [CM_FORM_AMOUNT] = {cm_json_form_amount, "a whole number of the smallest unit", false},
        [CM_FORM_UNIT] = {cm_json_form_unit, "a unit of at most 16 letters and digits", false},
        [CM_FORM_VALUE] = {cm_json_form_value, "one line of at most 2000 characters", true},
        [CM_FORM_LDID] = {cm_json_form_ldid, "an LDID, as XA-contact-2027.0450", true},
        [CM_FORM_WORD] = {cm_json_form_word, "a word of letters, digits, _ - .", false},
        [CM_FORM_URL] = {cm_json_form_url, "an https address", false},
        [CM_FORM_BASE64URL] = {cm_json_form_base64url, "base64url without padding", false},
        [CM_FORM_AGE] = {cm_json_form_age, "an age recipient, age1…", false},
};

bool
cm_json_form_good(enum cm_json_form form, struct cm_view text)
{
	return form < CM_FORM_COUNT && cm_json_forms[form].good(text);
}

const char *
cm_json_form_say(enum cm_json_form form)
{
	return form < CM_FORM_COUNT ? cm_json_forms[form].say : "";
}

bool
cm_json_form_names(enum cm_json_form form)
{
	return form < CM_FORM_COUNT && cm_json_forms[form].names;
}
