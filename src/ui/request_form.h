// The forms of a request's page: which events are open to us in its state, which fields each has, and the body of the call that a
// posted one becomes. All from the tables: data/request_moves.tab, event_fields.tab, refusal_grounds.tab.
#ifndef CM_UI_REQUEST_FORM_H
#define CM_UI_REQUEST_FORM_H

#include "format/json.h"
#include "format/json_put.h"
#include "node/desk.h"

// Puts "events": each open event with its title, meaning and fields, filled with what was typed into a form that was refused; and
// "grounds" that may be used. `request` is the API's answer about it.
void cm_request_form_put(struct cm_json_put *put, const struct cm_desk_visit *visit, const struct cm_json_value *request);

// The body of a decision from the posted form. Refused: form_field.
CM_CHECKED cm_result cm_request_form_read(const struct cm_desk_visit *visit, struct cm_report *report, struct cm_buf *ret_body);

#endif
