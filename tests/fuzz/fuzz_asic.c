// Any bytes as an ASiCManifest. What is taken must come back the same when our writer writes it.
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "format/asic_manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
check_again(struct cm_asic_manifest *m)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf b = cm_buf_of(4 * CM_LIMIT_ASIC_MANIFEST_BYTES_VALUE);
	CM_AUTO char *signature = cm_mem_text(m->signature.p, m->signature.n);
	must(signature != NULL);
	cm_asic_manifest_begin(&b, signature);
	for (size_t i = 0; i < m->count; i++)
		cm_asic_manifest_line(&b, &m->lines[i]);
	cm_asic_manifest_end(&b);
	must(cm_buf_result(&b) == CM_OK && b.n == cm_asic_manifest_length(signature, m->lines, m->count));
	struct cm_asic_manifest again = {0};
	must(cm_asic_manifest_read(cm_buf_view(&b), NULL, &again) == CM_OK);
	must(again.count == m->count && cm_view_equal(again.signature, m->signature));
	for (size_t i = 0; i < m->count; i++) {
		must(cm_view_equal(again.lines[i].name, m->lines[i].name));
		must(cm_view_equal(again.lines[i].media, m->lines[i].media));
		must(memcmp(again.lines[i].sha256, m->lines[i].sha256, CM_ASIC_DIGEST_BYTES) == 0);
	}
	cm_asic_manifest_fini(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_report report = {0};
	struct cm_asic_manifest m = {0};
	cm_result r = cm_asic_manifest_read(cm_view_of(data, size), &report, &m);
	must(r == CM_OK || (r == CM_REFUSED && report.count > 0));
	if (r == CM_OK)
		check_again(&m);
	cm_asic_manifest_fini(&m);
	return 0;
}
