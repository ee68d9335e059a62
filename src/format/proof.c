// Knows: the lines of a tlog-proof. Does not know: trees and signatures. Serves C2SP tlog-proof and
// doc/spec/register.md section 6.
#include "base/b64.h"
#include "base/num.h"
#include "base/rd.h"
#include "base/tab_limit.h"
#include "format/proof.h"

#include <inttypes.h>

static const char cm_proof_first[] = "c2sp.org/tlog-proof@v1";

// The optional line: base64 of anything, judged for its form alone.
static cm_result
cm_proof_extra(struct cm_view text, struct cm_report *report)
{
	if (text.n > CM_LIMIT_PROOF_EXTRA_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_PROOF_TOO_LARGE, "extra", "%zu bytes", text.n);
	struct cm_buf bytes = cm_buf_of(CM_LIMIT_PROOF_EXTRA_BYTES_VALUE);
	bool good = text.n != 0 && cm_b64_read(text, CM_B64_STANDARD, &bytes);
	cm_result r = cm_buf_result(&bytes);
	cm_buf_fini(&bytes);
	if (r == CM_NOMEM)
		return CM_NOMEM;
	return good ? CM_OK : cm_report_refuse(report, CM_ERROR_PROOF_FORM, "extra", "%.*s", CM_VIEW_ARG(text));
}

cm_result
cm_proof_read(struct cm_view bytes, struct cm_report *report, struct cm_proof *ret_proof)
{
	if (bytes.n > CM_LIMIT_PROOF_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_PROOF_TOO_LARGE, "file", "%zu bytes", bytes.n);
	struct cm_proof p = {0};
	struct cm_rd rd = cm_rd_of(bytes);
	struct cm_view line = cm_rd_until(&rd, '\n');
	if (!cm_view_is(line, cm_proof_first))
		return cm_report_refuse(report, CM_ERROR_PROOF_FORM, "line 1", "%.*s", CM_VIEW_ARG(line));
	line = cm_rd_until(&rd, '\n');
	if (cm_view_starts(line, "extra ")) {
		p.extra = cm_view_part(line, 6, line.n - 6);
		cm_result r = cm_proof_extra(p.extra, report);
		if (r != CM_OK)
			return r;
		line = cm_rd_until(&rd, '\n');
	}
	if (!cm_view_starts(line, "index ") || !cm_num_u64(cm_view_part(line, 6, line.n - 6), 0, INT64_MAX, &p.index))
		return cm_report_refuse(report, CM_ERROR_PROOF_FORM, "index", "%.*s", CM_VIEW_ARG(line));
	for (;;) {
		line = cm_rd_until(&rd, '\n');
		if (rd.failed)
			return cm_report_refuse(report, CM_ERROR_PROOF_FORM, "end", "no empty line before the head");
		if (line.n == 0)
			break;
		if (p.count == CM_PROOF_HASHES)
			return cm_report_refuse(report, CM_ERROR_PROOF_TOO_LARGE, "hashes", "more than %d", CM_PROOF_HASHES);
		if (!cm_b64_read_exact(line, CM_B64_STANDARD, p.hashes[p.count++], 32))
			return cm_report_refuse(report, CM_ERROR_PROOF_FORM, "hash", "%.*s", CM_VIEW_ARG(line));
	}
	p.note = cm_rd_bytes(&rd, cm_rd_left(&rd));
	if (p.note.n == 0)
		return cm_report_refuse(report, CM_ERROR_PROOF_FORM, "head", "missing");
	*ret_proof = p;
	return CM_OK;
}

void
cm_proof_write(const struct cm_proof *proof, struct cm_buf *to)
{
	cm_buf_text(to, cm_proof_first);
	cm_buf_u8(to, '\n');
	if (proof->extra.n != 0) {
		cm_buf_text(to, "extra ");
		cm_buf_view_add(to, proof->extra);
		cm_buf_u8(to, '\n');
	}
	cm_buf_printf(to, "index %" PRIu64 "\n", proof->index);
	for (size_t i = 0; i < proof->count; i++) {
		cm_b64_write(to, cm_view_of(proof->hashes[i], 32), CM_B64_STANDARD);
		cm_buf_u8(to, '\n');
	}
	cm_buf_u8(to, '\n');
	cm_buf_view_add(to, proof->note);
}
