// Any bytes as a detached signature, as a certificate and as a PEM list. Whoever is taken is taken with the content of
// the corpus.
#include <stdlib.h>

#include "base/mem.h"
#include "crypto/chain.h"
#include "crypto/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static void
certificate(struct cm_view v)
{
	struct cm_x509 x;
	struct cm_report report = {0};
	cm_result r = cm_x509_read(v, &report, &x);
	must(r == CM_OK || (r == CM_REFUSED && report.count != 0));
	if (r != CM_OK)
		return;
	struct cm_chain_answer a;
	struct cm_chain_question q = {.leaf = v, .between = &v, .between_count = 1, .roots = &v, .root_count = 1};
	r = cm_chain_check(&q, &report, &a);
	must(r == CM_OK || r == CM_REFUSED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_view v = cm_view_of(data, size);
	struct cm_hash content = cm_hash_of(cm_view_text("the manifest of a package\n"));
	struct cm_report report = {0};
	struct cm_cms cms;
	struct cm_x509_list list;
	cm_result r = cm_cms_verify(v, &content, &report, &cms);
	must(r == CM_OK || (r == CM_REFUSED && report.count != 0));
	if (r == CM_OK) {
		must(cms.chain.count != 0);
		cm_cms_fini(&cms);
	}
	certificate(v);
	if (cm_x509_pem_read(v, NULL, &list) == CM_OK) {
		for (size_t i = 0; i < list.count; i++)
			certificate(list.der[i]);
		cm_x509_list_fini(&list);
	}
	return 0;
}
