// Knows: how a report crosses from one process to another. Does not know: what it says. Rules travel as numbers, since both
// sides are the same program file.
#include "node/ipc_findings.h"

#include "base/rd.h"

void
cm_ipc_findings_write(cm_result result, const struct cm_report *report, struct cm_buf *to)
{
	cm_buf_u8(to, (uint8_t)result);
	cm_buf_u16be(to, (uint16_t)report->count);
	for (size_t i = 0; i < report->count; i++) {
		cm_buf_u16be(to, (uint16_t)report->findings[i].rule);
		cm_buf_field(to, cm_view_text(report->findings[i].place));
		cm_buf_field(to, cm_view_text(report->findings[i].seen));
	}
}

static cm_result
cm_ipc_findings_class(uint8_t class)
{
	switch (class) {
	case CM_REFUSED:
		return CM_REFUSED;
	case CM_NOMEM:
		return CM_NOMEM;
	case CM_BUG:
		return CM_BUG;
	default:
		return CM_FAILED;
	}
}

cm_result
cm_ipc_findings_read(struct cm_view v, struct cm_report *report)
{
	struct cm_rd rd = cm_rd_of(v);
	cm_result class = cm_ipc_findings_class(cm_rd_u8(&rd));
	uint16_t count = cm_rd_u16be(&rd);
	for (uint16_t i = 0; i < count && !rd.failed; i++) {
		enum cm_error rule = (enum cm_error)cm_rd_u16be(&rd);
		struct cm_view place = cm_rd_field(&rd);
		struct cm_view seen = cm_rd_field(&rd);
		char text[CM_REPORT_PLACE];
		if (rd.failed || rule >= CM_ERROR_END || place.n >= sizeof text)
			return cm_report_failed(report, CM_ERROR_IPC_FRAME, "findings", "malformed");
		for (size_t c = 0; c < place.n; c++)
			text[c] = (char)place.p[c];
		text[place.n] = 0;
		cm_report_add(report, rule, text, "%.*s", CM_VIEW_ARG(seen));
	}
	if (!cm_rd_done(&rd))
		return cm_report_failed(report, CM_ERROR_IPC_FRAME, "findings", "malformed");
	return class;
}
