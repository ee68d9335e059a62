#include "format/asic_xml.h"
#include "unit.h"

#include <stdio.h>

// Reads to the end; gives the number of events.
static cm_result
read_all(const char *xml, unsigned *ret_events)
{
	struct cm_asic_xml x;
	enum cm_asic_xml_event event = CM_ASIC_XML_OPEN;
	cm_result r = CM_OK;
	cm_asic_xml_init(&x, cm_view_text(xml), NULL);
	for (*ret_events = 0; r == CM_OK && event != CM_ASIC_XML_END; ++*ret_events)
		r = cm_asic_xml_next(&x, &event);
	cm_asic_xml_fini(&x);
	return r;
}

static void
events_come_in_order_with_namespaces_and_decoded_text(void **state)
{
	(void)state;
	struct cm_asic_xml x;
	enum cm_asic_xml_event event;
	cm_asic_xml_init(
		&x,
		cm_view_text("<a xmlns='u:1' xmlns:p='u:2' b='1&amp;2' p:b=\"&#xfc;\">t&lt;<p:c xmlns:p='u:3'/></a>"),
		NULL);
	assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
	assert_int_equal(event, CM_ASIC_XML_OPEN);
	assert_view_is(x.space, "u:1");
	assert_view_is(x.name, "a");
	assert_int_equal(x.attribute_count, 2);
	assert_view_is(x.attributes[0].space, "");
	assert_view_is(cm_asic_xml_value(&x, 0), "1&2");
	assert_view_is(x.attributes[1].space, "u:2");
	assert_view_is(cm_asic_xml_value(&x, 1), "ü");
	assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
	assert_int_equal(event, CM_ASIC_XML_TEXT);
	assert_view_is(cm_buf_view(&x.text), "t<");
	assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
	assert_int_equal(event, CM_ASIC_XML_OPEN);
	assert_view_is(x.space, "u:3");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
		assert_int_equal(event, CM_ASIC_XML_CLOSE);
	}
	assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
	assert_int_equal(event, CM_ASIC_XML_END);
	cm_asic_xml_fini(&x);
	cm_asic_xml_fini(NULL);
}

static void
every_width_of_character_comes_back(void **state)
{
	(void)state;
	static const struct {
		const char *reference, *text;
	} cases[] = {{"<a>&#x41;</a>", "A"},
	             {"<a>&#252;</a>", "ü"},
	             {"<a>&#x20ac;</a>", "€"},
	             {"<a>&#x1F600;</a>", "😀"},
	             {"<a>&apos;&quot;&gt;</a>", "'\">"}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cm_asic_xml x;
		enum cm_asic_xml_event event;
		cm_asic_xml_init(&x, cm_view_text(cases[i].reference), NULL);
		assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
		assert_int_equal(cm_asic_xml_next(&x, &event), CM_OK);
		assert_view_is(cm_buf_view(&x.text), cases[i].text);
		cm_asic_xml_fini(&x);
	}
	unsigned events;
	static const char *const bad[] = {"<a>&#xd800;</a>",
	                                  "<a>&#x110000;</a>",
	                                  "<a>&#0;</a>",
	                                  "<a>&#;</a>",
	                                  "<a>&#x;</a>",
	                                  "<a>&#x41</a>",
	                                  "<a>]]></a>",
	                                  "<a>\xed\xa0\x80</a>",
	                                  "<a>\xef\xbf\xbf</a>",
	                                  "<1/>",
	                                  "<a:/>",
	                                  "<:a/>",
	                                  "<a xml:b='c'/",
	                                  "<a xmlns:p=''/>",
	                                  "<a xmlns:xml='u:1'/>",
	                                  "<a p:b='c'/>",
	                                  "</a>",
	                                  "<a></b>",
	                                  "<a",
	                                  "<a/",
	                                  "<",
	                                  "<a xmlns:p='u' xmlns:q='u' p:b='' q:b=''/>",
	                                  "<?xml version='1.0'><a/>",
	                                  "<?xml?><a/>",
	                                  "<?xml encoding='UTF-8'?><a/>"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (read_all(bad[i], &events) != CM_REFUSED)
			fail_msg("%s", bad[i]);
	assert_int_equal(read_all("<a xml:lang='en'/>", &events), CM_OK);
	assert_int_equal(events, 3);
}

static void
depth_and_names_hold_at_their_limit_and_one_past_it(void **state)
{
	(void)state;
	unsigned events;
	for (unsigned more = 0; more < 2; more++) {
		char xml[2048] = "";
		size_t n = 0;
		for (unsigned i = 0; i < CM_LIMIT_ASIC_XML_DEPTH_VALUE + more; i++)
			n += (size_t)snprintf(xml + n, sizeof xml - n, "<a>");
		for (unsigned i = 0; i < CM_LIMIT_ASIC_XML_DEPTH_VALUE + more; i++)
			n += (size_t)snprintf(xml + n, sizeof xml - n, "</a>");
		assert_int_equal(read_all(xml, &events), more == 0 ? CM_OK : CM_REFUSED);
		static const char *const forms[] = {" a%u='u:1'", " xmlns:a%u='u:1'"};
		for (size_t f = 0; f < 2; f++) {
			n = (size_t)snprintf(xml, sizeof xml, "<a");
			for (unsigned i = 0; i < CM_LIMIT_ASIC_XML_NAMES_VALUE + more; i++)
				n += (size_t)snprintf(xml + n, sizeof xml - n, forms[f], i);
			snprintf(xml + n, sizeof xml - n, "/>");
			assert_int_equal(read_all(xml, &events), more == 0 ? CM_OK : CM_REFUSED);
		}
	}
}

UNIT_MAIN(T(events_come_in_order_with_namespaces_and_decoded_text), T(every_width_of_character_comes_back),
          T(depth_and_names_hold_at_their_limit_and_one_past_it))
