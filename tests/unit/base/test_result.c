#include "unit.h"

#include "base/result.h"

static void
every_class_has_its_own_name(void **state)
{
	(void)state;
	static const cm_result all[] = {CM_OK, CM_REFUSED, CM_NOMEM, CM_FAILED, CM_BUG};
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++)
			assert_int_equal(strcmp(cm_result_name(all[i]), cm_result_name(all[k])) == 0, i == k);
	assert_non_null(cm_result_name((cm_result)99));
	cm_result_ignore(CM_REFUSED, "this test wants to");
}

UNIT_MAIN(T(every_class_has_its_own_name))
