// Knows: how secret bytes are kept, wiped and compared. Does not know: what they open.
#include <string.h>

#include "base/mem.h"
#include "crypto/secret.h"

cm_result
cm_secret_init(struct cm_view v, struct cm_secret *ret_secret)
{
	if (v.n == SIZE_MAX)
		return CM_NOMEM;
	uint8_t *p = cm_mem_new(v.n + 1);
	if (p == NULL)
		return CM_NOMEM;
	if (v.n != 0)
		memcpy(p, v.p, v.n);
	ret_secret->p = p;
	ret_secret->n = v.n;
	return CM_OK;
}

void
cm_secret_fini(struct cm_secret *s)
{
	if (s == NULL || s->p == NULL)
		return;
	cm_mem_wipe(s->p, s->n);
	cm_mem_free(s->p);
	s->p = NULL;
	s->n = 0;
}

struct cm_view
cm_secret_view(const struct cm_secret *s)
{
	return cm_view_of(s->p, s->n);
}

bool
cm_secret_equal(struct cm_view a, struct cm_view b)
{
	if (a.n != b.n)
		return false;
	volatile uint8_t difference = 0; // volatile: the compiler must not leave the loop early
	for (size_t i = 0; i < a.n; i++)
		difference = (uint8_t)(difference | (a.p[i] ^ b.p[i]));
	return difference == 0;
}
