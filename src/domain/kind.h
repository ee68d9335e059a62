// Kinds of requests: every act one authority may ask of another (data/request_kinds.tab, Convention chapter V).
#ifndef CM_DOMAIN_KIND_H
#define CM_DOMAIN_KIND_H

#include "base/report.h"
#include "domain/tab_kind.h"
#include "format/draft.h"

// The kind named `code`. Refused with kind_unknown, or with kind_unsupported for one that is in the table but does
// not work as a request; `ret_kind` is set in the second case too.
CM_CHECKED cm_result cm_kind_check(struct cm_view code, struct cm_report *report, enum cm_kind *ret_kind);

// True for kinds whose request travels with a task object of that name ("LPTask", "LDTask") in its CREATE.
bool cm_kind_has_task(enum cm_kind kind, const char *task);

// Which objects a request of this kind travels in.
enum cm_draft_task cm_kind_draft(enum cm_kind kind);

// True when `word` stands in a list column of a table.
bool cm_kind_listed(const char *const *list, const char *word);

#endif
