// JSON that is taken has one RFC 8785 form, which is taken again and is its own form. The same bytes are read as a JWS
// header, too.
#include <stdlib.h>

#include "format/json.h"
#include "format/json_jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
one_form(struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_buf once = cm_buf_of(1 << 20), twice = cm_buf_of(1 << 20);
	cm_result r = cm_json_canonicalise(bytes, 1 << 18, &report, &once);
	if (r == CM_REFUSED && report.count == 0)
		abort();
	if (r == CM_OK &&
	    (cm_json_canonicalise(cm_buf_view(&once), 1 << 20, NULL, &twice) != CM_OK ||
	     !cm_view_equal(cm_buf_view(&once), cm_buf_view(&twice))))
		abort();
	cm_buf_fini(&once);
	cm_buf_fini(&twice);
}

static void
header(struct cm_view bytes)
{
	struct cm_report report = {0};
	struct cm_arena arena = {NULL, false};
	struct cm_json_jws jws;
	cm_result r = cm_json_jws_read(bytes, "comity-hi1+jws", CM_ERROR_HI1_SIGNATURE_INVALID, &arena, &report, &jws);
	if (r == CM_REFUSED && !cm_report_has(&report, CM_ERROR_HI1_SIGNATURE_INVALID))
		abort();
	cm_arena_fini(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	one_form(cm_view_of(data, size));
	header(cm_view_of(data, size));
	return 0;
}
