// The trust list from inside. Source: trust.c.
#ifndef CM_API_TRUST_INSIDE_H
#define CM_API_TRUST_INSIDE_H

#include "base/arena.h"
#include "comity/trust.h"
#include "crypto/x509.h"

#define CM_TRUST_ROOTS 512 // all States twice over, for roots that follow one another

struct comity_trust {
	struct cm_arena arena;
	struct cm_view roots[CM_TRUST_ROOTS]; // DER
	size_t count;
};

#endif
