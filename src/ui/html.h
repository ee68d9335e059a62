// Where in an HTML page a byte stands, and how a value is written there so that it stays a value. The walker reads the
// literal text of a template byte by byte; at a hole it says which kind of place that is, and what may not stand in a
// template at all (script and style in the page, event attributes, values without double quotes, frames), because our
// pages are served under a Content-Security-Policy that refuses them too. It is no reader of strangers' HTML.
// Source: WHATWG HTML sections 13.1.2 (elements, attributes), 13.2.5 (tokens); RFC 3986 section 2.3 (unreserved); CSP level 3.
#ifndef CM_UI_HTML_H
#define CM_UI_HTML_H

#include "base/buf.h"

enum cm_html_place {
	CM_HTML_NOWHERE,   // no value may stand here
	CM_HTML_TEXT,      // between tags
	CM_HTML_ATTRIBUTE, // inside a value in double quotes
	CM_HTML_ADDRESS,   // at the start of a value that is an address
	CM_HTML_COMPONENT, // inside such a value: a part of a path or of a query
};

#define CM_HTML_NAME 24 // bytes of an element's or attribute's name, with NUL; longer ones are refused

struct cm_html {
	enum {
		CM_HTML_IN_TEXT,
		CM_HTML_IN_OPEN,   // after "<"
		CM_HTML_IN_SCRIPT, // after "<" of a script's end
		CM_HTML_IN_NAME, // of an element
		CM_HTML_IN_TAG,  // between attributes
		CM_HTML_IN_ATTRIBUTE,
		CM_HTML_IN_EQUALS, // after "="
		CM_HTML_IN_VALUE,
		CM_HTML_IN_DECLARATION, // <!doctype …>
	} at;
	char element[CM_HTML_NAME];
	char attribute[CM_HTML_NAME];
	bool ends;    // "</"
	bool address; // the attribute's value is an address
	bool begun;   // the address has its first byte
};

// The next byte of the literal text. NULL, or what is wrong with it, as text for a developer.
const char *cm_html_step(struct cm_html *html, uint8_t byte);

// What may be written at this place; a value that was written there counts as its first byte.
enum cm_html_place cm_html_hole(struct cm_html *html);

// The same place, so that what follows can be written after either.
bool cm_html_same(const struct cm_html *a, const struct cm_html *b);

// Appends `text` as a value of that place. Control characters and those that turn the direction of what follows become
// U+FFFD; an address that is none of ours ("/…", "#…", "?…", "https://…") becomes "#".
void cm_html_write(enum cm_html_place place, struct cm_view text, struct cm_buf *to);

#endif
