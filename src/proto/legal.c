// Knows: how findings of the law and grounds of refusal are written as JSON. Does not know: the law (domain/law.h), or who asks.
// Serves doc/guide/law.md, section "The answer".
#include "proto/legal.h"

static void
cm_legal_finding_put(struct cm_json_put *put, const struct cm_law_finding *finding)
{
	const struct cm_safeguard_row *row = cm_safeguard_row(finding->rule);
	cm_json_put_object(put);
	cm_json_put_member_number(put, "against", (int64_t)finding->against);
	cm_json_put_member_bool(put, "answered", finding->answered);
	cm_json_put_member_cstr(put, "article", row->article);
	cm_json_put_member_number(put, "clear", (int64_t)finding->clear);
	cm_json_put_member_cstr(put, "decides", row->decides);
	cm_json_put_member_bool(put, "holds", finding->holds);
	cm_json_put_member_cstr(put, "reason", row->reason);
	cm_json_put_member_cstr(put, "refusal", row->refusal);
	cm_json_put_member_cstr(put, "remedy", row->remedy);
	cm_json_put_member_cstr(put, "rule", row->id);
	cm_json_put_member_cstr(put, "said", finding->said);
	cm_json_put_member_cstr(put, "seen", finding->seen);
	cm_json_put_member_cstr(put, "severity", row->severity);
	cm_json_put_end_object(put);
}

void
cm_legal_findings_put(struct cm_json_put *put, const struct cm_law *law)
{
	cm_json_put_name(put, "findings");
	cm_json_put_array(put);
	for (size_t i = 0; i < law->count; i++)
		cm_legal_finding_put(put, &law->findings[i]);
	cm_json_put_end_array(put);
}

static void
cm_legal_grounds_put(struct cm_json_put *put, const struct cm_facts *facts, const struct cm_law_told *told)
{
	static const char *const uses[] = {[CM_LAW_GROUND_OPEN] = "open", [CM_LAW_GROUND_WITH_BASIS] = "with_basis",
	        [CM_LAW_GROUND_CLOSED] = "closed", [CM_LAW_GROUND_FORBIDDEN] = "forbidden"};
	cm_json_put_name(put, "grounds");
	cm_json_put_array(put);
	for (enum cm_refusal g = CM_REFUSAL_NONE + 1; g < CM_REFUSAL_END; g++) {
		cm_json_put_object(put);
		cm_json_put_member_cstr(put, "article", cm_refusal_row(g)->article);
		cm_json_put_member_cstr(put, "code", cm_refusal_row(g)->code);
		cm_json_put_member_cstr(put, "meaning", cm_refusal_row(g)->meaning);
		cm_json_put_member_cstr(put, "use", uses[cm_law_ground(facts, told, g)]);
		cm_json_put_end_object(put);
	}
	cm_json_put_end_array(put);
}

void
cm_legal_put(struct cm_json_put *put, const struct cm_facts *facts, const struct cm_law_told *told, const struct cm_law *law)
{
	cm_legal_findings_put(put, law);
	if (told->stage == CM_LAW_BEFORE_ANSWER)
		cm_legal_grounds_put(put, facts, told);
	cm_json_put_member_bool(put, "may_go_on", cm_law_judge(law, NULL) == CM_OK);
	cm_json_put_member_cstr(put, "stage", cm_law_stage_name(told->stage));
}
