// Filters of templates: what turns a value into the text that a person reads. They make text, never HTML; the template's
// place escapes it. Names, for {{path|name}}, stand in filter.c.
#ifndef CM_UI_FILTER_H
#define CM_UI_FILTER_H

#include "ui/tmpl.h"

// Appends what is to be read. Nothing is appended for a value of another kind than the filter takes.
typedef void (*cm_filter)(const struct cm_tmpl_data *data, const struct cm_json_value *value, struct cm_buf *to);

// The filter of that name, NULL when there is none.
cm_filter cm_filter_of(struct cm_view name);

#endif
