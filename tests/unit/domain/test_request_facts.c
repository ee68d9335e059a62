#include "unit.h"

#include "domain/request.h"
#include "domain/request_facts.h"

static const char document[] =
        "{\"article\":\"42\",\"custodian_unknown\":true,\"data\":[{\"category\":\"traffic\",\"description\":\"Flow records\","
        "\"item\":1,\"relation\":\"They show who controlled the server.\",\"request_values\":[0]}],"
        "\"facts\":\"A server was encrypted.\",\"format\":\"comity.request/1\",\"id\":\"f0ba8e34-0854-4f6a-ad46-fdacbe0a008e\","
        "\"kind\":\"pres\",\"language\":\"en\",\"legal_basis\":[{\"article\":\"42\",\"instrument\":\"HC\"}],"
        "\"mla_follow_up\":{\"measure\":[\"search\"],\"will_follow\":true},\"necessity\":\"It is overwritten in a week.\","
        "\"offences\":[{\"article\":\"7\",\"code\":\"illegal_access\",\"max_penalty_years\":5}],"
        "\"requesting\":{\"country\":\"XA\",\"name\":\"Arland 24/7 Contact Point\",\"phone\":\"+99915550124\","
        "\"role\":\"contact_point\"},\"secrecy\":{\"do_not_notify_user\":true,\"keep_secret\":true,"
        "\"until\":\"2027-09-01T00:00:00Z\"}}";

static struct cm_instant
at(const char *text)
{
	struct cm_instant t;
	assert_true(cm_instant_read(cm_view_text(text), &t));
	return t;
}

static struct cm_hi1_request_value value = {.format_owner = {(const uint8_t *)"comity", 6},
        .format_name = {(const uint8_t *)"account", 7},
        .value = {(const uint8_t *)"service=nordbox.example;id=C-1;seen=2027-03-01T22:40:17Z", 56}};

static void
a_document_and_its_task_are_judged_as_one(void **state)
{
	(void)state;
	struct cm_report report = {0};
	struct cm_request_doc doc = {0};
	struct cm_facts facts;
	assert_int_equal(cm_request_doc_read(cm_view_text(document), &report, &doc), CM_OK);
	struct cm_hi1_details details = {.start = at("2027-02-20T00:00:00Z"), .end = at("2027-03-02T01:22:00Z"),
	        .values = &value, .value_count = 1};
	struct cm_hi1_preservation task = {.details = &details, .desired_expiration = at("2027-05-31T00:00:00Z")};
	struct cm_request_told told = {.kind = CM_KIND_PRES, .now = at("2027-03-02T01:22:00Z")};
	cm_facts_init(&facts);
	cm_request_facts_document(&doc, &facts);
	assert_int_equal(cm_request_check(&facts, &told, &report), CM_REFUSED);
	assert_true(cm_request_only_gaps(&report));
	cm_report_clear(&report);
	cm_request_facts_preservation(&task, &facts);
	assert_int_equal(cm_facts_result(&facts), CM_OK);
	if (cm_request_check(&facts, &told, &report) != CM_OK)
		fail_msg("%s: %s", report.findings[0].place, report.findings[0].seen);
	cm_facts_fini(&facts);
	cm_request_doc_fini(&doc);
}

static void
each_field_of_a_disclosure_task_has_its_path(void **state)
{
	(void)state;
	struct cm_facts facts;
	struct cm_view text;
	struct cm_hi1_request_value foreign = value;
	foreign.format_owner = cm_view_text("ETSI");
	struct cm_hi1_details details = {.values = &foreign, .value_count = 1, .end = at("2027-03-02T01:22:00Z")};
	struct cm_hi1_destination to = {.encryption = cm_view_text("key")};
	struct cm_hi1_alternative before = {.value = cm_view_text("1bc5d8d0")};
	struct cm_hi1_deadline deadline = {.at = at("2027-04-26T00:00:00Z")};
	struct cm_hi1_disclosure task = {.details = &details, .destinations = &to, .destination_count = 1,
	        .preservations = &before, .preservation_count = 1, .deadlines = &deadline, .deadline_count = 1};
	cm_facts_init(&facts);
	cm_request_facts_disclosure(&task, &facts);
	assert_true(cm_facts_find(&facts, "task.end", &text));
	assert_view_is(text, "2027-03-02T01:22:00Z");
	assert_false(cm_facts_has(&facts, "task.start"));
	assert_true(cm_facts_find(&facts, "task.values[0].format", &text));
	assert_view_is(text, "ETSI:account");
	assert_true(cm_facts_find(&facts, "task.delivery_key", &text));
	assert_view_is(text, "key");
	assert_true(cm_facts_find(&facts, "task.preservation", &text));
	assert_view_is(text, "1bc5d8d0");
	assert_true(cm_facts_find(&facts, "task.deadline", &text));
	assert_view_is(text, "2027-04-26T00:00:00Z");
	cm_facts_fini(&facts);
}

static void
a_particular_is_found_by_its_word(void **state)
{
	(void)state;
	static const struct cm_doc_particular said[] = {{{(const uint8_t *)"risk", 4}, {(const uint8_t *)"high", 4}},
	        {{(const uint8_t *)"questions", 9}, {(const uint8_t *)"Who?\nWhen?", 10}}};
	struct cm_request_doc doc = {.particulars = said, .particular_count = 2};
	struct cm_facts facts;
	struct cm_view text;
	cm_facts_init(&facts);
	cm_request_facts_document(&doc, &facts);
	assert_int_equal(cm_facts_result(&facts), CM_OK);
	assert_true(cm_facts_find(&facts, "particulars.questions", &text));
	assert_view_is(text, "Who?\nWhen?");
	assert_true(cm_facts_has(&facts, "particulars.risk"));
	assert_false(cm_facts_has(&facts, "particulars[0]"));
	cm_facts_fini(&facts);
}

UNIT_MAIN(T(a_particular_is_found_by_its_word), T(a_document_and_its_task_are_judged_as_one), T(each_field_of_a_disclosure_task_has_its_path))
