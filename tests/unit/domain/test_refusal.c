#include "unit.h"

#include "domain/kind.h"
#include "domain/refusal.h"

static enum cm_error
said(enum cm_kind kind, const char *code, const char *article, const char *reasons, const char *basis)
{
	struct cm_report report = {0};
	struct cm_refusal_said s = {.code = cm_view_text(code), .article = cm_view_text(article),
	        .reasons = cm_view_text(reasons), .basis = cm_view_text(basis)};
	enum cm_refusal ground = CM_REFUSAL_NONE;
	if (cm_refusal_check(kind, &s, &report, &ground) == CM_OK) {
		assert_string_equal(cm_refusal_row(ground)->code, code);
		return CM_ERROR_NONE;
	}
	assert_int_equal(report.count, 1);
	assert_int_equal(ground, CM_REFUSAL_NONE);
	return report.findings[0].rule;
}

static void
grounds_that_may_be_used_are_taken(void **state)
{
	(void)state;
	assert_int_equal(said(CM_KIND_PRES, "essential_interests", "40(21)(b)", "why", ""), CM_ERROR_NONE);
	assert_int_equal(said(CM_KIND_STORED, "dual_criminality", "40(8)", "why", ""), CM_ERROR_NONE);
	assert_int_equal(said(CM_KIND_PRES, "dual_criminality", "42(5)", "why", "Reservation of 2 May 2026"), CM_ERROR_NONE);
	assert_int_equal(said(CM_KIND_STORED, "time_barred", "national", "why", "Code, s. 12"), CM_ERROR_NONE);
	assert_int_equal(said(CM_KIND_SPONT, "other_provision", "40(8)", "why", ""), CM_ERROR_NONE);
}

static void
grounds_that_may_not_be_used_are_refused(void **state)
{
	(void)state;
	assert_int_equal(said(CM_KIND_PRES, "because", "40(21)(b)", "why", ""), CM_ERROR_REFUSAL_UNKNOWN);
	assert_int_equal(said(CM_KIND_STORED, "bank_secrecy", "40(24)", "why", "law"), CM_ERROR_REFUSAL_FORBIDDEN);
	assert_int_equal(said(CM_KIND_SPONT, "fiscal", "40(23)", "why", ""), CM_ERROR_REFUSAL_FORBIDDEN);
	assert_int_equal(said(CM_KIND_PRES, "not_in_conformity", "40(21)(a)", "why", ""), CM_ERROR_REFUSAL_NOT_ALLOWED);
	assert_int_equal(said(CM_KIND_PRES, "dual_criminality", "42(5)", "why", ""), CM_ERROR_REFUSAL_NEEDS_BASIS);
	assert_int_equal(said(CM_KIND_STORED, "persecution", "40(22)", "", ""), CM_ERROR_REFUSAL_WITHOUT_REASONS);
	assert_int_equal(said(CM_KIND_STORED, "persecution", "", "why", ""), CM_ERROR_REFUSAL_WITHOUT_REASONS);
	assert_int_equal(said(CM_KIND_STORED, "persecution", "99", "why", ""), CM_ERROR_REFUSAL_WITHOUT_REASONS);
}

static void
numbers_are_the_rows_of_the_table(void **state)
{
	(void)state;
	for (enum cm_refusal g = CM_REFUSAL_NONE + 1; g < CM_REFUSAL_END; g++)
		assert_int_equal(cm_refusal_row(g)->number, 43000 + g);
}

// Each regime that a kind names is known to some ground, or is "open".
static void
regimes_are_known(void **state)
{
	(void)state;
	for (enum cm_kind kind = CM_KIND_NONE + 1; kind < CM_KIND_END; kind++) {
		const char *regime = cm_kind_row(kind)->regime;
		bool known = strcmp(regime, "open") == 0;
		for (enum cm_refusal g = CM_REFUSAL_NONE + 1; g < CM_REFUSAL_END; g++)
			known = known || cm_kind_listed(cm_refusal_row(g)->may, regime);
		assert_true(known);
	}
}

// What the table opens for a preservation is what the words of the kind name, article by article.
static void
words_of_a_kind_name_its_grounds(void **state)
{
	(void)state;
	static const enum cm_kind kinds[] = {CM_KIND_PRES, CM_KIND_TRAFFIC_PARTIAL};
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		const struct cm_kind_row *kind = cm_kind_row(kinds[k]);
		for (enum cm_refusal g = CM_REFUSAL_NONE + 1; g < CM_REFUSAL_END; g++)
			if (cm_kind_listed(cm_refusal_row(g)->may, kind->regime) && strstr(kind->refusals, cm_refusal_row(g)->article) == NULL)
				fail_msg("%s: %s", kind->code, cm_refusal_row(g)->code);
	}
}

UNIT_MAIN(T(words_of_a_kind_name_its_grounds), T(grounds_that_may_be_used_are_taken), T(grounds_that_may_not_be_used_are_refused),
          T(numbers_are_the_rows_of_the_table), T(regimes_are_known))
