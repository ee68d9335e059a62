// The door to the environment: the only place that reads it.
#ifndef CM_OS_ENV_H
#define CM_OS_ENV_H

#include "base/view.h"

// The value, or NULL when it is not set or empty. Valid as long as the process.
const char *cm_env_get(const char *name);

#endif
