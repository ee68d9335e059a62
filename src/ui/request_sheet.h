// What a request or an answer says, as a page shows it: the document's paths and texts, each top member under the name that the
// Convention's contents give it (data/request_contents.tab).
#ifndef CM_UI_REQUEST_SHEET_H
#define CM_UI_REQUEST_SHEET_H

#include "format/json.h"
#include "format/json_put.h"

// Puts "groups": [{"label":…,"rows":[{"path":…,"text":…}]}] of a document ("paths and texts" of the API).
void cm_request_sheet_put(struct cm_json_put *put, const struct cm_json_value *document);

#endif
