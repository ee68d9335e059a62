// Knows: the bytes behind the signatures of acts, cards and heads. Does not know: keys, or who asks. Serves
// data/purposes.tab: the purpose stands in front, so the signed strings of two purposes never meet.
#include "crypto/statement.h"

#include "base/b64.h"

void
cm_statement_acts(const struct cm_hash *root, uint64_t count, struct cm_instant time, struct cm_buf *to)
{
	cm_buf_text(to, "comity-acts-v1\n");
	cm_buf_u64be(to, count);
	cm_buf_u64be(to, (uint64_t)time.us);
	cm_buf_view_add(to, cm_hash_view(root));
}

void
cm_statement_head(struct cm_view origin, uint64_t size, const struct cm_hash *root, struct cm_buf *to)
{
	cm_buf_view_add(to, origin);
	cm_buf_printf(to, "\n%llu\n", (unsigned long long)size);
	cm_b64_write(to, cm_hash_view(root), CM_B64_STANDARD);
	cm_buf_text(to, "\n");
}
