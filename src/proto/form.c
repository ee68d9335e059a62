// Knows: how a browser writes the fields of a form. Does not know: which forms there are.
#include "proto/form.h"

#include "base/text.h"

static int
cm_form_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// "+" is a space, "%0D%0A" one line end. False: a "%" without its two digits.
static bool
cm_form_decode(struct cm_view value, struct cm_buf *to)
{
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i] == '+' ? ' ' : value.p[i];
		if (c == '%') {
			int high = value.n - i > 2 ? cm_form_digit(value.p[i + 1]) : -1;
			int low = value.n - i > 2 ? cm_form_digit(value.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (uint8_t)(high << 4 | low);
			i += 2;
		}
		if (c != '\r')
			cm_buf_u8(to, c);
	}
	return true;
}

cm_result
cm_form_field(struct cm_view form, const char *name, struct cm_report *report, struct cm_buf *to)
{
	bool found = false;
	size_t before = to->n;
	for (size_t at = 0; at < form.n;) {
		size_t end = cm_view_find(form, at, '&');
		struct cm_view part = cm_view_part(form, at, end - at);
		size_t equals = cm_view_find(part, 0, '=');
		at = end + 1;
		if (equals == 0 || equals == part.n)
			return cm_report_refuse(report, CM_ERROR_FORM_FIELD, name, "%s", "malformed");
		if (!cm_view_is(cm_view_part(part, 0, equals), name))
			continue;
		if (found || !cm_form_decode(cm_view_part(part, equals + 1, part.n), to))
			return cm_report_refuse(report, CM_ERROR_FORM_FIELD, name, "%s", found ? "twice" : "malformed");
		found = true;
	}
	if (cm_buf_result(to) == CM_REFUSED)
		return cm_report_refuse(report, CM_ERROR_FORM_FIELD, name, "longer than %zu bytes", to->max);
	if (cm_buf_result(to) == CM_OK && !cm_text_showable(cm_view_part(cm_buf_view(to), before, to->n), true))
		return cm_report_refuse(report, CM_ERROR_FORM_FIELD, name, "%s", "no showable text");
	return cm_buf_result(to);
}
