// Every route of the admin listener has its handler, and a handler stands for no route that the listener does not have.
#include "unit.h"

#include <string.h>

#include "node/exchange.h"

static void
every_admin_route_has_a_handler(void **state)
{
	size_t admin = 0;
	(void)state;
	for (int i = 1; i < CM_ROUTE_END; i++) {
		const struct cm_route_row *row = cm_route_row((enum cm_route)i);
		bool listed = false;
		for (const char *const *l = row->listeners; *l != NULL; l++)
			listed = listed || strcmp(*l, "admin") == 0;
		if (listed != (cm_do_handler_of((enum cm_route)i) != NULL))
			print_message("%s\n", row->name);
		assert_int_equal(listed, cm_do_handler_of((enum cm_route)i) != NULL);
		admin += listed ? 1 : 0;
	}
	assert_true(admin > 40);
	assert_null(cm_do_handler_of(CM_ROUTE_NONE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {T(every_admin_route_has_a_handler)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
