// Knows: how to read one variable of the environment. Does not know: which ones exist; callers name them and each is
// documented with its command.
#include "os/env.h"

#include <stdlib.h>

const char *
cm_env_get(const char *name)
{
	const char *value = getenv(name);
	return value == NULL || value[0] == 0 ? NULL : value;
}
