// Knows: the form of HOME/comity.conf and the kinds of values of data/settings.tab. Does not know: what a setting does.
#include "node/settings.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "domain/calendar.h"
#include "os/file.h"

static struct cm_view
cm_settings_trim(struct cm_view v)
{
	while (v.n > 0 && (v.p[0] == ' ' || v.p[0] == '\t'))
		v = cm_view_part(v, 1, v.n);
	while (v.n > 0 && (v.p[v.n - 1] == ' ' || v.p[v.n - 1] == '\t' || v.p[v.n - 1] == '\r'))
		v.n--;
	return v;
}

static bool
cm_settings_value_good(enum cm_setting key, struct cm_view value)
{
	const char *kind = cm_setting_row(key)->kind;
	uint64_t number;
	int32_t offset;
	if (value.n >= CM_SETTINGS_VALUE || !cm_text_showable(value, false))
		return false;
	if (strcmp(kind, "number") == 0)
		return cm_num_u64(value, 0, UINT32_MAX, &number);
	if (strcmp(kind, "offset") == 0)
		return cm_calendar_offset_read(value, &offset);
	if (strcmp(kind, "address") == 0)
		return cm_view_is(value, "-") || cm_view_find(value, 0, ':') < value.n;
	return true;
}

static void
cm_settings_put(struct cm_settings *settings, enum cm_setting key, struct cm_view value)
{
	if (cm_view_is(value, "-"))
		value.n = 0;
	memcpy(settings->value[key], value.p == NULL ? (const uint8_t *)"" : value.p, value.n);
	settings->value[key][value.n] = 0;
}

static cm_result
cm_settings_line(struct cm_settings *settings, struct cm_view line, const char *place, struct cm_report *report)
{
	size_t equals = cm_view_find(line, 0, '=');
	struct cm_view name = cm_settings_trim(cm_view_part(line, 0, equals));
	struct cm_view value = cm_settings_trim(cm_view_part(line, equals + 1, line.n));
	enum cm_setting key = cm_setting_find(name.p, name.n);
	if (equals == line.n || key == CM_SETTING_NONE)
		return cm_report_refuse(report, CM_ERROR_SETTING_UNKNOWN, place, "%.*s", CM_VIEW_ARG(name));
	if (settings->value[key][0] != 0)
		return cm_report_refuse(report, CM_ERROR_SETTING_TWICE, place, "%.*s", CM_VIEW_ARG(name));
	if (!cm_settings_value_good(key, value))
		return cm_report_refuse(report, CM_ERROR_SETTING_VALUE, place, "%.*s = %.*s (%s)", CM_VIEW_ARG(name),
		                        CM_VIEW_ARG(value), cm_setting_row(key)->kind);
	cm_settings_put(settings, key, value);
	return CM_OK;
}

cm_result
cm_settings_read(struct cm_view text, struct cm_report *report, struct cm_settings *ret_settings)
{
	CM_AUTO struct cm_settings *settings = cm_mem_new(sizeof *settings);
	if (settings == NULL)
		return CM_NOMEM;
	size_t number = 1;
	for (size_t at = 0; at < text.n; number++) {
		size_t end = cm_view_find(text, at, '\n');
		struct cm_view line = cm_settings_trim(cm_view_part(text, at, end - at));
		at = end + 1;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		struct cm_buf CM_CLEANUP(cm_buf_fini) place = cm_buf_of(32);
		cm_buf_printf(&place, "line %zu", number);
		cm_result r = cm_settings_line(settings, line, cm_buf_cstr(&place), report);
		if (r != CM_OK)
			return r;
	}
	for (int k = 1; k < CM_SETTING_END; k++)
		if (settings->value[k][0] == 0)
			cm_settings_put(settings, (enum cm_setting)k,
			                cm_view_text(cm_setting_row((enum cm_setting)k)->otherwise));
	*ret_settings = *settings;
	return CM_OK;
}

cm_result
cm_settings_load(const char *home, struct cm_report *report, struct cm_settings *ret_settings)
{
	char path[CM_FILE_PATH];
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_SETTINGS_BYTES_VALUE);
	cm_result r = cm_file_path(path, sizeof path, home, "comity.conf", report);
	if (r == CM_OK)
		r = cm_file_load(path, &text, report);
	return r == CM_OK ? cm_settings_read(cm_buf_view(&text), report, ret_settings) : r;
}

const char *
cm_settings_text(const struct cm_settings *settings, enum cm_setting key)
{
	return settings->value[key];
}

uint64_t
cm_settings_number(const struct cm_settings *settings, enum cm_setting key)
{
	uint64_t number = 0;
	return cm_num_u64(cm_view_text(settings->value[key]), 0, UINT32_MAX, &number) ? number : 0;
}

bool
cm_settings_any_port(const char *address)
{
	size_t n = strlen(address);
	return n > 2 && strcmp(address + n - 2, ":0") == 0;
}
