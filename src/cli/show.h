// Shows a JSON answer to a person: names and values in columns, lists as tables, moments in UTC with their distance.
#ifndef CM_CLI_SHOW_H
#define CM_CLI_SHOW_H

#include <stdio.h>

#include "base/instant.h"
#include "format/json.h"

// Writes the value with its members, one a line. `now` gives the distance of moments. A member "pem" is for programs and
// is left out.
void cm_show_value(FILE *to, const struct cm_json_value *value, struct cm_instant now);

#endif
