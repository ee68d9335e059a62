// Templates: HTML with holes, filled from a JSON document and from words in the reader's language. Each hole is escaped for
// the place where it stands (html.h), which is found once, when the template is read; a template that could let a value
// become anything but a value is refused then. Grammar, normative for web/*.html:
//
//   {{path}}                      a text or number; path: "name", "name.other", "." for what the section stands on
//   {{path|filter}}               the same through a filter of filter.h
//   {{#path}} … {{/path}}         once for each element of a list; once for an object, text, number or true; else not
//   {{#path=word}} … {{/path}}    once when the text is that word
//   {{^path}} … {{/path}}         once when the one above would not be written; also with =word
//   {{>part}}  {{>part path}}     another template, between tags only; with a path: as if in {{#path}} of it
//   {{"Text" name=path …}}        words: the text is looked up; %{name} in it is replaced by the value of path (also |filter)
//   {{"One"|"Many" n=path …}}     the same by number; n decides
//   {{! remark }}
//
// Names are looked for from the innermost section outwards. Between tags, what is put into words stands in <bdi>.
// Not for strangers' templates: they are part of the program.
#ifndef CM_UI_TMPL_H
#define CM_UI_TMPL_H

#include "base/buf.h"
#include "base/instant.h"
#include "base/report.h"
#include "format/json.h"

struct cm_words;
struct cm_tmpl_set;

// What a page is filled with.
struct cm_tmpl_data {
	const struct cm_json_value *root; // an object
	const struct cm_words *words;     // NULL: as the templates say it
	struct cm_instant now;
	int32_t zone_min; // minutes east of UTC of the reader's clock
};

// NULL when there is no memory.
struct cm_tmpl_set *cm_tmpl_set_new(void);
void cm_tmpl_set_free(struct cm_tmpl_set *set);

// Reads a template; `name` and `text` must outlive the set. Refused: page_template, with name and line.
CM_CHECKED cm_result cm_tmpl_set_put(struct cm_tmpl_set *set, const char *name, struct cm_view text,
                                     struct cm_report *report);

// Every part that is named is there, and none holds itself. Refused: page_template.
CM_CHECKED cm_result cm_tmpl_set_check(const struct cm_tmpl_set *set, struct cm_report *report);

// Calls `each` for every text that is looked up, in order; `many` is empty when there is one form only.
struct cm_tmpl_message {
	const char *name; // of the template
	unsigned line;
	struct cm_view one, many;
};
void cm_tmpl_set_messages(const struct cm_tmpl_set *set, void (*each)(void *context, const struct cm_tmpl_message *),
                          void *context);

// Appends the page. CM_BUG: no such template. CM_REFUSED: `to` is full.
CM_CHECKED cm_result cm_tmpl_set_write(const struct cm_tmpl_set *set, const char *name, const struct cm_tmpl_data *data,
                                       struct cm_buf *to);

#endif
