#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/tab_limit.h"
#include "cli/show.h"

static char *shown;

static const char *
show(const char *text)
{
	struct cm_json *json = NULL;
	struct cm_instant now;
	size_t n;
	free(shown);
	assert_true(cm_instant_read(cm_view_text("2027-03-02T01:00:00Z"), &now));
	assert_int_equal(cm_json_read(cm_view_text(text), CM_LIMIT_MESSAGE_BYTES_VALUE, NULL, &json), CM_OK);
	FILE *to = open_memstream(&shown, &n);
	cm_show_value(to, cm_json_root(json), now);
	fclose(to);
	cm_json_free(json);
	return shown;
}

static void
moments_come_with_their_distance(void **state)
{
	(void)state;
	const char *text = show("{\"preserved_until\":\"2027-03-04T05:00:00Z\"}");
	assert_non_null(strstr(text, "preserved until:"));
	assert_non_null(strstr(text, "2027-03-04 05:00:00 UTC (in 2 d 4 h)"));
	assert_non_null(strstr(show("{\"at\":\"2027-03-02T00:59:19Z\"}"), "(41 s ago)"));
}

static void
equal_rows_become_a_table(void **state)
{
	(void)state;
	const char *text = show("{\"list\":[{\"a\":1,\"name\":\"x\"},{\"a\":22,\"name\":\"yy\"}]}");
	assert_non_null(strstr(text, "list:\n  a   name  \n  1   x     \n  22  yy    \n"));
	assert_non_null(strstr(show("{\"list\":[]}"), "list: none"));
	assert_non_null(strstr(show("{\"ok\":true,\"no\":null}"), "yes"));
}

static void
sizes_have_units(void **state)
{
	(void)state;
	assert_non_null(strstr(show("{\"bytes\":222690550,\"index\":21}"), "bytes: 212.4 MiB\nindex: 21\n"));
	assert_non_null(strstr(show("{\"list\":[{\"fetched\":1536}]}"), "1.5 KiB"));
}

static void
certificates_are_for_programs(void **state)
{
	(void)state;
	const char *text = show("{\"certificate\":{\"pem\":\"-----BEGIN\",\"subject\":\"C=XA\"}}");
	assert_non_null(strstr(text, "subject: C=XA"));
	assert_null(strstr(text, "BEGIN"));
}

static void
what_strangers_wrote_is_made_harmless(void **state)
{
	(void)state;
	const char *text = show("{\"title\":\"a\\u001b[31mred\"}");
	assert_null(strchr(text, 0x1b));
	assert_non_null(strstr(text, "\\x1b"));
	free(shown);
	shown = NULL;
}

UNIT_MAIN(T(moments_come_with_their_distance), T(equal_rows_become_a_table), T(sizes_have_units), T(certificates_are_for_programs), T(what_strangers_wrote_is_made_harmless))
