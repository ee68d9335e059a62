// The facts of one request, flat: each is a path and a text. It is what the law's tables are checked against,
// whatever the request came from: a request document, the fields of HI-1 objects, a form, the command line.
//   members of the request document    "facts", "offences[0].code", "data[1].relation", "secrecy.until"
//   its particulars by their words    "particulars.questions"
//   facts that sit in HI-1 fields      "task.start" "task.end" (RFC 3339), "task.values[0].format" and ".value",
//                                      "task.wanted_end", "task.delivery_key", "task.preservation", "task.deadline"
// Booleans are "true" and "false", numbers decimal. Positions count from 0 without holes. (Profile, section 3.)
#ifndef CM_DOMAIN_FACTS_H
#define CM_DOMAIN_FACTS_H

#include "base/buf.h"
#include "base/rd.h"

// Zero-initialise, or cm_facts_init(). Owns a copy of all paths and texts.
struct cm_facts {
	struct cm_buf bytes;       // all paths and texts, one after the other
	struct cm_facts_entry *at; // `count` entries in the order they were put
	size_t count, room;
	cm_result failed; // sticky: CM_REFUSED when a maximum was passed, CM_NOMEM
};

struct cm_facts_entry {
	size_t path, path_n, text, text_n; // offsets and lengths in `bytes`
};

struct cm_facts_member {
	struct cm_view path, text; // valid until the next cm_facts_put()
};

void cm_facts_init(struct cm_facts *facts);
void cm_facts_fini(struct cm_facts *facts);

// Puts one fact; failure is sticky, ask cm_facts_result() once. Limits: facts, facts_bytes.
void cm_facts_put(struct cm_facts *facts, struct cm_view path, struct cm_view text);
void cm_facts_put_text(struct cm_facts *facts, const char *path, const char *text);
CM_CHECKED cm_result cm_facts_result(const struct cm_facts *facts);

struct cm_facts_member cm_facts_member(const struct cm_facts *facts, size_t i);

// The text at exactly `path`; false when there is none.
bool cm_facts_find(const struct cm_facts *facts, const char *path, struct cm_view *ret_text);

// The same for "`list`[`i`].`member`", the usual case.
bool cm_facts_find_in(const struct cm_facts *facts, const char *list, size_t i, const char *member,
                      struct cm_view *ret_text);

// True when `path` itself or anything under it ("path.x", "path[0]") was put and is not a placeholder
// (blank, "-", "n/a", "tbd", "xxx", "?").
bool cm_facts_has(const struct cm_facts *facts, const char *path);

// How many elements "path[0]", "path[1]" … there are.
size_t cm_facts_count(const struct cm_facts *facts, const char *path);

// As bytes between our own processes: u32be count, then path and text of each as cm_buf_field().
void cm_facts_write(const struct cm_facts *facts, struct cm_buf *to);
// Into facts that were initialised and are empty. CM_REFUSED when the bytes are not of that form.
CM_CHECKED cm_result cm_facts_read(struct cm_rd *rd, struct cm_facts *facts);

#endif
