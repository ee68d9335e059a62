// Random bytes of the kernel (getrandom(2)); waits until the kernel's generator is seeded.
#ifndef CM_OS_RAND_H
#define CM_OS_RAND_H

#include "base/report.h"

CM_CHECKED cm_result cm_rand_bytes(void *to, size_t n, struct cm_report *report);

#endif
