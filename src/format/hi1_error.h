// Error numbers of the profile (section 6): data/hi1_errors.tab has number, word and the rule of data/errors.tab that
// leads to it. The text of an error starts with its word: "code[ article]: text".
// Source: hi1_error.c.
#ifndef CM_FORMAT_HI1_ERROR_H
#define CM_FORMAT_HI1_ERROR_H

#include "base/buf.h"
#include "format/tab_hi1_error.h"

// Appends "word[ article]: text". `article` may be NULL.
void cm_hi1_error_text(struct cm_buf *to, enum cm_hi1_error error, const char *article, const char *text);

// The row with this number; CM_HI1_ERROR_NONE for another one (430nn are grounds of refusal and stand in domain).
enum cm_hi1_error cm_hi1_error_of_number(uint64_t number);

// The row that the rule of a finding leads to; CM_HI1_ERROR_NONE when the rule is no matter of a message.
enum cm_hi1_error cm_hi1_error_of_rule(enum cm_error rule);

// True when the error is about the whole message (41xxx), so that the answer carries no actions.
bool cm_hi1_error_whole(enum cm_hi1_error error);

#endif
