// Knows: the names of the result classes. Does not know: what any caller does about them.
#include "base/result.h"

const char *
cm_result_name(cm_result r)
{
	switch (r) {
	case CM_OK:
		return "ok";
	case CM_REFUSED:
		return "refused";
	case CM_NOMEM:
		return "no memory";
	case CM_FAILED:
		return "failed";
	case CM_BUG:
		return "bug";
	}
	return "unknown";
}

void
cm_result_ignore(cm_result r, const char *why)
{
	(void)r;
	(void)why;
}
