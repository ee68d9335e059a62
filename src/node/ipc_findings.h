// Reports between processes: the payload of FAILED and REFUSED. Source: ipc_findings.c.
#ifndef CM_NODE_IPC_FINDINGS_H
#define CM_NODE_IPC_FINDINGS_H

#include "base/buf.h"
#include "base/report.h"

// u8 result class, u16 count, then u16 rule, field place, field seen of each finding.
void cm_ipc_findings_write(cm_result result, const struct cm_report *report, struct cm_buf *to);

// Adds the findings to `report` (may be NULL) and returns the class they came with; CM_FAILED with ipc_frame for anything
// malformed. Never CM_OK.
CM_CHECKED cm_result cm_ipc_findings_read(struct cm_view v, struct cm_report *report);

#endif
