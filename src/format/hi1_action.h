// Actions of a message: JSON to record. Inside the room. Source: hi1_action.c.
#ifndef CM_FORMAT_HI1_ACTION_H
#define CM_FORMAT_HI1_ACTION_H

#include "format/hi1_shape.h"

// The name of the verb's member in a request or an answer: "CREATE", "CREATEResponse".
const char *cm_hi1_action_member(enum cm_hi1_verb verb, bool response);

// Reads action number `i`. What is wrong around the verb goes to the message's fault, what is wrong inside to the
// action's; `reader` holds no findings before and after; they are joined into `report`.
void cm_hi1_action_read(struct cm_json_shape_reader *reader, const struct cm_json_value *value, size_t i,
                        struct cm_report *report, struct cm_hi1_message *message);

// Moves the findings of the reader into `report` and, when there are any and `fault` has none yet, the first into
// `fault`.
void cm_hi1_action_settle(struct cm_json_shape_reader *reader, struct cm_report *report, struct cm_hi1_fault *fault);

#endif
