// Knows: RFC 7468 blocks. Does not know: what stands in them.
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "crypto/pem.h"

void
cm_pem_write(struct cm_view der, const char *label, struct cm_buf *to)
{
	cm_buf_printf(to, "-----BEGIN %s-----\n", label);
	for (size_t at = 0; at < der.n; at += 48) { // 48 bytes make a line of 64 characters
		cm_b64_write(to, cm_view_part(der, at, 48), CM_B64_STANDARD);
		cm_buf_u8(to, '\n');
	}
	cm_buf_printf(to, "-----END %s-----\n", label);
}

// The line at `*at` without its end; moves behind it. False at the end of the text.
static bool
cm_pem_line(struct cm_view text, size_t *at, struct cm_view *ret_line)
{
	if (*at >= text.n)
		return false;
	size_t end = cm_view_find(text, *at, '\n');
	struct cm_view line = cm_view_part(text, *at, end - *at);
	*at = end < text.n ? end + 1 : end;
	while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
		line.n--;
	*ret_line = line;
	return true;
}

// "-----WORD label-----" with its label.
static bool
cm_pem_boundary(struct cm_view line, const char *start, struct cm_view *ret_label)
{
	size_t n = strlen(start);
	if (line.n < n + 5 || !cm_view_starts(line, start) || memcmp(line.p + line.n - 5, "-----", 5) != 0)
		return false;
	*ret_label = cm_view_part(line, n, line.n - n - 5);
	return true;
}

enum cm_pem_found
cm_pem_next(struct cm_view text, size_t *at, struct cm_view *ret_label, struct cm_buf *to)
{
	struct cm_view line, label, end;
	do {
		if (!cm_pem_line(text, at, &line))
			return CM_PEM_NONE;
	} while (!cm_pem_boundary(line, "-----BEGIN ", &label));
	CM_CLEANUP(cm_buf_fini) struct cm_buf digits = cm_buf_of_secret(text.n); // the block may be a private key
	for (;;) {
		if (!cm_pem_line(text, at, &line))
			return CM_PEM_BROKEN;
		if (cm_pem_boundary(line, "-----END ", &end))
			break;
		cm_buf_view_add(&digits, line);
	}
	bool is_base64 = cm_b64_read(cm_buf_view(&digits), CM_B64_STANDARD, to);
	if (cm_buf_result(&digits) == CM_NOMEM || cm_buf_result(to) == CM_NOMEM)
		return CM_PEM_NOMEM;
	if (!cm_view_equal(label, end) || digits.n == 0 || cm_buf_result(&digits) != CM_OK || !is_base64)
		return CM_PEM_BROKEN;
	*ret_label = label;
	return CM_PEM_BLOCK;
}
