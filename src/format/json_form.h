// Forms of texts that several documents use; each is one function over the bytes.
// Source: json_form.c.
#ifndef CM_FORMAT_JSON_FORM_H
#define CM_FORMAT_JSON_FORM_H

#include "base/view.h"

enum cm_json_form {
	CM_FORM_LINE,     // one showable line, 1 to 255 characters
	CM_FORM_LONG,     // one showable line, 1 to 65,535 characters (LongString of ETSI)
	CM_FORM_TEXT,     // showable lines, 1 to 16,000 characters
	CM_FORM_UUID,     // lower case
	CM_FORM_COUNTRY,  // "XA"
	CM_FORM_LANGUAGE, // "en"
	CM_FORM_NODE,     // "xa.contact"
	CM_FORM_NAME,     // UniqueIdentifier of a node: "contact"
	CM_FORM_ARTICLE,  // "42(3)(b)"
	CM_FORM_GROUND,   // the same, or "national"
	CM_FORM_PHONE,    // "+9991550177"
	CM_FORM_DATE,     // a real date "2027-03-02"
	CM_FORM_ZONE,     // "UTC+02:00"
	CM_FORM_AMOUNT,   // 1 to 40 digits
	CM_FORM_UNIT,     // "EUR", "BTC-sat"
	CM_FORM_VALUE,    // identifier value: one showable line, 1 to 2,000 characters
	CM_FORM_LDID,     // "XA-contact-2027.0450"
	CM_FORM_WORD,     // letters, digits, "_", "-", ".", 1 to 64
	CM_FORM_URL,      // "https://…", printable ASCII without blanks, up to 2,000
	CM_FORM_BASE64URL, // not padded, canonical
	CM_FORM_AGE,      // age recipient: "age1" and lower-case letters and digits
	CM_FORM_COUNT,
};

// Nothing is of no form: an empty text is always refused.
bool cm_json_form_good(enum cm_json_form form, struct cm_view text);

// What a good text looks like, for people: "a UUID in lower case".
const char *cm_json_form_say(enum cm_json_form form);

// True for the forms that name something (their fault is an identifier's fault).
bool cm_json_form_names(enum cm_json_form form);

#endif
