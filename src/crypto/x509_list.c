// Knows: lists of certificates as PEM text (RFC 7468). Does not know: what a certificate says.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/pem.h"
#include "crypto/x509.h"

cm_result
cm_x509_pem_write(struct cm_view der, const char *label, struct cm_buf *to)
{
	cm_pem_write(der, label, to);
	return cm_buf_result(to);
}

cm_result
cm_x509_list_of(const struct cm_view *der, size_t count, struct cm_x509_list *ret_list)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		n += der[i].n;
	struct cm_x509_list list = {
		.count = count, .der = cm_mem_new_many(count, sizeof *list.der), .bytes = cm_mem_new(n)};
	if (list.der == NULL || list.bytes == NULL) {
		cm_x509_list_fini(&list);
		return CM_NOMEM;
	}
	for (size_t i = 0, at = 0; i < count; at += der[i++].n) {
		if (der[i].n != 0)
			memcpy(list.bytes + at, der[i].p, der[i].n);
		list.der[i] = cm_view_of(list.bytes + at, der[i].n);
	}
	*ret_list = list;
	return CM_OK;
}

cm_result
cm_x509_pem_read(struct cm_view pem, struct cm_report *report, struct cm_x509_list *ret_list)
{
	struct cm_view der[CM_LIMIT_CERTIFICATES_VALUE], label;
	size_t end[CM_LIMIT_CERTIFICATES_VALUE], count = 0, at = 0;
	CM_CLEANUP(cm_buf_fini)
	struct cm_buf bytes = cm_buf_of((size_t)CM_LIMIT_CERTIFICATES_VALUE * CM_LIMIT_CERTIFICATE_BYTES_VALUE);
	for (;;) {
		size_t start = bytes.n;
		enum cm_pem_found found = cm_pem_next(pem, &at, &label, &bytes);
		if (found == CM_PEM_NONE)
			break;
		if (found == CM_PEM_NOMEM)
			return CM_NOMEM;
		if (found == CM_PEM_BROKEN)
			return cm_report_refuse(report, CM_ERROR_X509_PEM, "PEM", "block %zu is broken", count + 1);
		if (!cm_view_is(label, "CERTIFICATE")) { // a key in the same file, say
			bytes.n = start;
			continue;
		}
		if (count == CM_LIMIT_CERTIFICATES_VALUE)
			return cm_report_refuse(report, CM_ERROR_X509_PEM, "PEM", "more than %d certificates",
			                        CM_LIMIT_CERTIFICATES_VALUE);
		end[count++] = bytes.n;
	}
	if (count == 0)
		return cm_report_refuse(report, CM_ERROR_X509_PEM, "PEM", "no certificate");
	for (size_t i = 0, start = 0; i < count; start = end[i++])
		der[i] = cm_view_of(bytes.p + start, end[i] - start);
	return cm_x509_list_of(der, count, ret_list);
}

void
cm_x509_list_fini(struct cm_x509_list *list)
{
	if (list == NULL)
		return;
	cm_mem_free(list->der);
	cm_mem_free(list->bytes);
	*list = (struct cm_x509_list){.count = 0};
}
