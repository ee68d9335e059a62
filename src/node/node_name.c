// Knows: how nodes are called here and in HI-1. Does not know: which nodes there are.
#include "node/node_name.h"

#include <string.h>

static bool
cm_node_name_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

cm_result
cm_node_name_read(struct cm_view text, struct cm_report *report, struct cm_node_name *ret_name)
{
	bool good = text.n >= 4 && text.n < CM_NODE_NAME && cm_node_name_letter(text.p[0]) &&
	            cm_node_name_letter(text.p[1]) && text.p[2] == '.' && cm_node_name_letter(text.p[3]);
	for (size_t i = 3; good && i < text.n; i++)
		good = cm_node_name_letter(text.p[i]) || (text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == '-';
	if (!good)
		return cm_report_refuse(report, CM_ERROR_NODE_NAME, "node", "%.*s", CM_VIEW_ARG(text));
	memset(ret_name, 0, sizeof *ret_name);
	memcpy(ret_name->whole, text.p, text.n);
	for (int i = 0; i < 2; i++) {
		ret_name->country[i] = ret_name->whole[i];
		ret_name->country_upper[i] = (char)(ret_name->whole[i] - 'a' + 'A');
	}
	return CM_OK;
}

const char *
cm_node_name_id(const struct cm_node_name *name)
{
	return name->whole + 3;
}

cm_result
cm_node_name_join(struct cm_view country, struct cm_view id, struct cm_report *report, struct cm_node_name *ret_name)
{
	char whole[CM_NODE_NAME] = "";
	if (country.n != 2 || id.n + 4 > sizeof whole)
		return cm_report_refuse(report, CM_ERROR_NODE_NAME, "endpoint", "%.*s", CM_VIEW_ARG(id));
	for (size_t i = 0; i < 2; i++)
		whole[i] = (char)(country.p[i] >= 'A' && country.p[i] <= 'Z' ? country.p[i] - 'A' + 'a' : '?');
	whole[2] = '.';
	memcpy(whole + 3, id.p == NULL ? (const uint8_t *)"" : id.p, id.n);
	return cm_node_name_read(cm_view_text(whole), report, ret_name);
}
