// Knows: the three lines of a checkpoint. Does not know: signatures, keys, whether the root is right. Serves C2SP
// tlog-checkpoint v1.0.0 and doc/spec/register.md section 5.
#include "base/b64.h"
#include "base/num.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "format/checkpoint.h"

#include <inttypes.h>
#include <string.h>

static const uint8_t cm_checkpoint_empty[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
        0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78,
        0x52, 0xb8, 0x55};

static bool
cm_checkpoint_origin(struct cm_view origin)
{
	if (origin.n == 0 || origin.n > CM_LIMIT_CHECKPOINT_ORIGIN_VALUE || !cm_text_utf8(origin))
		return false;
	for (size_t i = 0; i < origin.n; i++)
		if (origin.p[i] < 0x20)
			return false;
	return true;
}

cm_result
cm_checkpoint_read(struct cm_view text, struct cm_report *report, struct cm_checkpoint *ret_checkpoint)
{
	struct cm_checkpoint c;
	struct cm_rd rd = cm_rd_of(text);
	c.origin = cm_rd_until(&rd, '\n');
	struct cm_view size = cm_rd_until(&rd, '\n');
	struct cm_view root = cm_rd_until(&rd, '\n');
	if (rd.failed)
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_FORM, "lines", "fewer than three");
	if (cm_rd_left(&rd) != 0)
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_EXTENSION, "line 4", "%.*s",
		                        CM_VIEW_ARG(cm_rd_until(&rd, '\n')));
	if (!cm_checkpoint_origin(c.origin))
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_FORM, "line 1", "%.*s", CM_VIEW_ARG(c.origin));
	if (!cm_num_u64(size, 0, INT64_MAX, &c.size))
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_FORM, "line 2", "%.*s", CM_VIEW_ARG(size));
	if (!cm_b64_read_exact(root, CM_B64_STANDARD, c.root, sizeof c.root))
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_FORM, "line 3", "%.*s", CM_VIEW_ARG(root));
	if (c.size == 0 && memcmp(c.root, cm_checkpoint_empty, sizeof c.root) != 0)
		return cm_report_refuse(report, CM_ERROR_CHECKPOINT_EMPTY_ROOT, "line 3", "%.*s", CM_VIEW_ARG(root));
	*ret_checkpoint = c;
	return CM_OK;
}

void
cm_checkpoint_write(const struct cm_checkpoint *checkpoint, struct cm_buf *to)
{
	cm_buf_view_add(to, checkpoint->origin);
	cm_buf_printf(to, "\n%" PRIu64 "\n", checkpoint->size);
	cm_b64_write(to, cm_view_of(checkpoint->root, sizeof checkpoint->root), CM_B64_STANDARD);
	cm_buf_u8(to, '\n');
}
