// What a template is once it is read: a row of steps. For tmpl.c (reader) and tmpl_write.c (writer) alone.
#ifndef CM_UI_TMPL_INSIDE_H
#define CM_UI_TMPL_INSIDE_H

#include "base/arena.h"
#include "ui/filter.h"
#include "ui/html.h"
#include "ui/tmpl.h"

// A value that is named: a path, and the filter it goes through.
struct cm_tmpl_name {
	struct cm_view path;
	cm_filter filter; // NULL: none
};

// What is put into words.
struct cm_tmpl_arg {
	struct cm_view name;
	struct cm_tmpl_name value;
};

enum cm_tmpl_kind {
	CM_TMPL_TEXT,    // `text`
	CM_TMPL_HOLE,    // `value`
	CM_TMPL_SECTION, // `value`, `text` (the word, or empty); to `end`
	CM_TMPL_INVERTED,
	CM_TMPL_PART,  // `text` is its name; `value`, when its path is not empty
	CM_TMPL_WORDS, // `text`, `many`, args
};

struct cm_tmpl_step {
	enum cm_tmpl_kind kind;
	enum cm_html_place place;
	unsigned line;
	uint32_t end;  // of a section: the first step behind it
	struct cm_view text, many;
	struct cm_tmpl_name value;
	const struct cm_tmpl_arg *args;
	size_t arg_count;
};

struct cm_tmpl {
	const char *name;
	struct cm_tmpl_step *steps;
	size_t count, room;
	struct cm_tmpl *next;
};

struct cm_tmpl_set {
	struct cm_arena arena; // args
	struct cm_tmpl *first, *last;
};

const struct cm_tmpl *cm_tmpl_find(const struct cm_tmpl_set *set, struct cm_view name);

#endif
