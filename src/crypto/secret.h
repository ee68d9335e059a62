// Secrets in memory: an owner that wipes, and a comparison whose time tells nothing.
// Source: secret.c.
#ifndef CM_CRYPTO_SECRET_H
#define CM_CRYPTO_SECRET_H

#include "base/result.h"
#include "base/view.h"

// Owns `n` secret bytes on the heap. Zero-initialise it, or cm_secret_init().
struct cm_secret {
	uint8_t *p;
	size_t n;
};

// A copy of `v` with one NUL behind it (not counted). The source stays the caller's to wipe. CM_NOMEM.
CM_CHECKED cm_result cm_secret_init(struct cm_view v, struct cm_secret *ret_secret);

// Wipes, then frees. Fits CM_CLEANUP(cm_secret_fini).
void cm_secret_fini(struct cm_secret *s);

struct cm_view cm_secret_view(const struct cm_secret *s);

// Same length and same bytes, in time that depends on the lengths alone.
bool cm_secret_equal(struct cm_view a, struct cm_view b);

#endif
