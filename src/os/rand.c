// Knows: getrandom(2). Does not know: what the bytes become. There is no second source: without the kernel's
// generator nothing here may go on.
#include "os/rand.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

cm_result
cm_rand_bytes(void *to, size_t n, struct cm_report *report)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = getrandom((uint8_t *)to + done, n - done, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return cm_report_failed(report, CM_ERROR_RANDOM, "getrandom", "%s", strerror(errno));
		done += (size_t)got;
	}
	return CM_OK;
}
