// What an operation came to. Five classes are enough: a caller either goes on, tells the person which
// rule the input broke (report.h has the findings), or gives up for a reason outside the input.
#ifndef CM_BASE_RESULT_H
#define CM_BASE_RESULT_H

// A result must be looked at; cm_result_ignore() is the one way not to.
#define CM_CHECKED __attribute__((warn_unused_result))

typedef enum cm_result {
	CM_OK = 0,
	CM_REFUSED, // the input breaks a rule; the report names the rule, the place and the remedy
	CM_NOMEM,   // no memory
	CM_FAILED,  // disk, network or kernel said no; the report carries the reason
	CM_BUG,     // a promise inside this program is broken
} cm_result;

// Fixed English name of the class, for logs and tests. Never NULL.
const char *cm_result_name(cm_result r);

// Ignores a result on purpose. `why` is documentation for the reader; it must not be empty.
void cm_result_ignore(cm_result r, const char *why);

#endif
