#include "unit.h"

#include "base/mem.h"
#include "domain/nationals.h"
#include "proto/legal.h"

static void
a_finding_says_everything_that_a_person_needs(void **state)
{
	(void)state;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(65536);
	struct cm_json_put put = cm_json_put_of(&text);
	struct cm_nationals CM_CLEANUP(cm_nationals_fini) nationals = {.count = 0};
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_law law;
	struct cm_law_told told = {.kind = CM_KIND_PRES, .stage = CM_LAW_BEFORE_SEND, .now = {.us = INT64_C(1804000000000000)}};
	cm_facts_init(&facts);
	cm_facts_put_text(&facts, "legal_basis[0].instrument", "HC");
	cm_facts_put_text(&facts, "data[0].description", "the logs");
	cm_facts_put_text(&facts, "necessity", "Without it the flow records are overwritten after seven days.");
	cm_law_check(&facts, &told, &law);
	cm_json_put_object(&put);
	cm_legal_put(&put, &facts, &told, &law);
	cm_json_put_end_object(&put);
	assert_int_equal(cm_buf_result(&text), CM_OK);
	assert_string_equal(cm_buf_cstr(&text),
	                    "{\"findings\":[{\"against\":0,\"answered\":false,\"article\":\"24(1)-(2)\",\"clear\":0,\"decides\":\"machine\",\"holds\":true,\"reason\":\"What it asks "
	                    "for has no bounds.\",\"refusal\":\"human_rights\",\"remedy\":\"Name the account, person or thing that each item "
	                    "of data belongs to.\",\"rule\":\"proportionality\",\"said\":\"\",\"seen\":\"data[0] names no account, person or thing.\",\"severity\":"
	                    "\"block\"}],\"may_go_on\":false,\"stage\":\"before_send\"}");
}

static void
before_answering_each_ground_is_named_once(void **state)
{
	(void)state;
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(65536);
	struct cm_json_put put = cm_json_put_of(&text);
	struct cm_facts CM_CLEANUP(cm_facts_fini) facts;
	struct cm_law law;
	struct cm_law_told told = {.kind = CM_KIND_PRES, .stage = CM_LAW_BEFORE_ANSWER, .now = {.us = INT64_C(1804000000000000)}};
	cm_facts_init(&facts);
	cm_law_check(&facts, &told, &law);
	cm_json_put_object(&put);
	cm_legal_put(&put, &facts, &told, &law);
	cm_json_put_end_object(&put);
	assert_int_equal(cm_buf_result(&text), CM_OK);
	assert_non_null(strstr(cm_buf_cstr(&text), "\"code\":\"persecution\",\"meaning\":\"Persecution or prejudice on listed "
	                                           "grounds\",\"use\":\"open\"}"));
	assert_non_null(strstr(cm_buf_cstr(&text), "\"code\":\"not_in_conformity\",\"meaning\":\"Request does not follow Art "
	                                           "40\",\"use\":\"closed\"}"));
	assert_non_null(strstr(cm_buf_cstr(&text), "\"use\":\"forbidden\"}"));
}

UNIT_MAIN(T(a_finding_says_everything_that_a_person_needs), T(before_answering_each_ground_is_named_once))
