// Which names may stand in a container, and which are taken. Knows nothing of headers: writer and reader ask here,
// so that what one writes the other takes.
// Serves doc/spec/package.md, names; APPNOTE.TXT 6.3.10 section 4.4.17.
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "base/text.h"
#include "format/zip_name.h"

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// One part between slashes.
static bool
part_escapes(struct cm_view part)
{
	return part.n == 0 || cm_view_is(part, ".") || cm_view_is(part, "..");
}

cm_result
cm_zip_name_check(struct cm_view name, const char *place, struct cm_report *report)
{
	if (name.n == 0)
		return cm_report_refuse(report, CM_ERROR_ZIP_NAME_LENGTH, place, "empty name");
	if (name.n > CM_LIMIT_ZIP_NAME_BYTES_VALUE)
		return cm_report_refuse(report, CM_ERROR_ZIP_NAME_LENGTH, place, "%zu bytes, at most %u", name.n,
		                        (unsigned)CM_LIMIT_ZIP_NAME_BYTES_VALUE);
	if (!cm_text_showable(name, false))
		return cm_report_refuse(report, CM_ERROR_ZIP_NAME_TEXT, place, "%.*s", CM_VIEW_ARG(name));
	bool drive = name.n >= 2 && is_letter(name.p[0]) && name.p[1] == ':';
	if (drive || cm_view_find(name, 0, '\\') != name.n)
		return cm_report_refuse(report, CM_ERROR_ZIP_PATH_ESCAPE, place, "%.*s", CM_VIEW_ARG(name));
	if (name.n > 1 && name.p[name.n - 1] == '/' && name.p[0] != '/')
		return cm_report_refuse(report, CM_ERROR_ZIP_FOLDER_ENTRY, place, "%.*s", CM_VIEW_ARG(name));
	for (size_t from = 0; from <= name.n;) {
		size_t end = cm_view_find(name, from, '/');
		if (part_escapes(cm_view_part(name, from, end - from)))
			return cm_report_refuse(report, CM_ERROR_ZIP_PATH_ESCAPE, place, "%.*s", CM_VIEW_ARG(name));
		from = end + 1;
	}
	return CM_OK;
}

// Position of the first name that is not before `key`.
static size_t
lower_bound(const struct cm_zip_names *names, struct cm_view key)
{
	size_t low = 0, high = names->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (cm_view_order(names->sorted[mid], key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
is_taken(const struct cm_zip_names *names, struct cm_view key)
{
	size_t at = lower_bound(names, key);
	return at < names->count && cm_view_equal(names->sorted[at], key);
}

// A folder of `name` is a file already, or `name` is a folder of a file already.
static bool
conflicts(const struct cm_zip_names *names, struct cm_view name)
{
	for (size_t end = cm_view_find(name, 0, '/'); end != name.n; end = cm_view_find(name, end + 1, '/'))
		if (is_taken(names, cm_view_part(name, 0, end)))
			return true;
	uint8_t key[CM_LIMIT_ZIP_NAME_BYTES_VALUE + 1];
	memcpy(key, name.p, name.n);
	key[name.n] = '/';
	size_t at = lower_bound(names, cm_view_of(key, name.n + 1));
	return at < names->count && names->sorted[at].n > name.n && memcmp(names->sorted[at].p, key, name.n + 1) == 0;
}

cm_result
cm_zip_name_put(struct cm_zip_names *names, struct cm_view name, const char *place, struct cm_report *report)
{
	if (name.n == 0 || name.n > CM_LIMIT_ZIP_NAME_BYTES_VALUE)
		return CM_BUG;
	size_t at = lower_bound(names, name);
	if (at < names->count && cm_view_equal(names->sorted[at], name))
		return cm_report_refuse(report, CM_ERROR_ZIP_DUPLICATE_NAME, place, "%.*s", CM_VIEW_ARG(name));
	if (conflicts(names, name))
		return cm_report_refuse(report, CM_ERROR_ZIP_NAME_CONFLICT, place, "%.*s", CM_VIEW_ARG(name));
	if (names->count == names->room) {
		size_t room = names->room == 0 ? 64 : names->room * 2;
		struct cm_view *more = cm_mem_resize(names->sorted, room * sizeof *more);
		if (more == NULL)
			return CM_NOMEM;
		names->sorted = more;
		names->room = room;
	}
	memmove(names->sorted + at + 1, names->sorted + at, (names->count - at) * sizeof *names->sorted);
	names->sorted[at] = name;
	names->count++;
	return CM_OK;
}

void
cm_zip_name_fini(struct cm_zip_names *names)
{
	if (names == NULL)
		return;
	cm_mem_free(names->sorted);
	*names = (struct cm_zip_names){0};
}
