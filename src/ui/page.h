// The pages of the desk: which address has which page, what it is filled with, and the forms that are posted. Everything a page
// shows or does is a call of the admin API (node/desk.h). Rows: data/pages.tab. Source: page.c, page_post.c.
#ifndef CM_UI_PAGE_H
#define CM_UI_PAGE_H

#include "format/json_put.h"
#include "node/desk.h"
#include "ui/tab_page.h"

// For main: hands them to the desk's process.
extern const struct cm_desk_pages cm_page_pages;

// A page and the part of its address that names a thing ("{id}"), empty without.
struct cm_page_at {
	enum cm_page page;
	struct cm_view id;
};

// Writes the page of a row; `report` has what stood against a posted form (NULL: nothing), `also` more members for the
// template, as JSON text of an object (empty: none). Sets the visit's answer in any case.
void cm_page_write(struct cm_desk_visit *visit, struct cm_page_at at, const struct cm_report *report, struct cm_view also);

// The page of an address, NONE without.
struct cm_page_at cm_page_of(struct cm_view path);

// The page that only says why something is refused.
void cm_page_refuse(struct cm_desk_visit *visit, unsigned status, const struct cm_report *report);

// A posted form. False: there is no form at this address.
bool cm_page_post(struct cm_desk_visit *visit);

#endif
