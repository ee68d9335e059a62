// Which language a page is written in: asked for in the address, chosen before, or wanted by the browser, in this order; else
// English. Source: RFC 9110 section 12.5.4 (Accept-Language), BCP 47 (ranges are compared by their first subtag).
#ifndef CM_UI_LANGUAGE_H
#define CM_UI_LANGUAGE_H

#include "base/view.h"
#include "ui/tab_language.h"

// The language of that id; NONE when we do not have it.
enum cm_language cm_language_of(struct cm_view id);

// The first of the browser's list that we have, by weight; English when there is none.
enum cm_language cm_language_accepted(struct cm_view list);

#endif
