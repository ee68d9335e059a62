#include "unit.h"

#include <stdlib.h>

#include "format/json_form.h"

#define UUID "f357d00a-90d3-43c2-ab55-070a3863644a"

// For each form: what is taken, and its nearest neighbours that are not.
static const struct {
	enum cm_json_form form;
	const char *good[4], *bad[8];
} forms[] = {
        {CM_FORM_LINE, {"a", "Jos\xc3\xa9 Abel"}, {"", "a\nb", "a\x7f", "a\xe2\x80\xae" "b"}},
        {CM_FORM_TEXT, {"a\nb", "a"}, {"", "a\x01", "a\xe2\x80\xae" "b"}},
        {CM_FORM_UUID, {UUID}, {"", "F357D00A-90D3-43C2-AB55-070A3863644A", "f357d00a90d343c2ab55070a3863644a", UUID "0"}},
        {CM_FORM_COUNTRY, {"XA"}, {"", "X", "xa", "XAA", "X1"}},
        {CM_FORM_NODE, {"xa.contact", "xb.c-3"}, {"", "xa", "xa.", "XA.contact", ".contact", "xa.con tact"}},
        {CM_FORM_ARTICLE, {"42", "42(3)(b)"}, {"", "42(", "42(3", "a", "42 (3)", "42(3)(b))"}},
        {CM_FORM_GROUND, {"national", "40(21)(a)"}, {"", "International", "40("}},
        {CM_FORM_PHONE, {"+9991550177"}, {"", "9991550177", "+", "+99a", "+999 1550177"}},
        {CM_FORM_DATE, {"2027-03-02", "2028-02-29"}, {"", "2027-02-29", "2027-3-2", "2027-13-01", "2027-03-02T00:00:00Z"}},
        {CM_FORM_ZONE, {"UTC+02:00", "UTC-11:00", "UTC+14:00", "UTC-05:59"},
         {"UTC", "utc+02:00", "UTC+2:00:", "UTC+25:00", "UTC+14:01", "UTC-15:00", "UTC+05:60", "UTC+0a:00"}},
        {CM_FORM_AMOUNT, {"0", "1000"}, {"", "-1", "1.5", "11111111111111111111111111111111111111111"}},
        {CM_FORM_LDID, {"XA-contact-2027.0450"}, {"", "XA", "xa-contact-1", "XA-contact", "XA-contact- 1"}},
        {CM_FORM_URL, {"https://h.example/a"}, {"", "https://", "http://h.example/", "https://h.example/a b"}},
        {CM_FORM_BASE64URL, {"Zg", "Zm9v"}, {"", "Zg==", "Zh", "Zm9+", "Z"}},
};

static void
each_form_takes_its_own_and_refuses_the_neighbours(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		for (size_t k = 0; k < 4 && forms[i].good[k] != NULL; k++)
			if (!cm_json_form_good(forms[i].form, cm_view_text(forms[i].good[k])))
				fail_msg("\"%s\" is %s", forms[i].good[k], cm_json_form_say(forms[i].form));
		for (size_t k = 0; k < 8 && forms[i].bad[k] != NULL; k++)
			if (cm_json_form_good(forms[i].form, cm_view_text(forms[i].bad[k])))
				fail_msg("\"%s\" is no %s", forms[i].bad[k], cm_json_form_say(forms[i].form));
	}
}

static void
nothing_is_of_no_form_and_every_form_has_words(void **state)
{
	(void)state;
	for (int form = 0; form < CM_FORM_COUNT; form++) {
		assert_false(cm_json_form_good((enum cm_json_form)form, cm_view_of(NULL, 0)));
		assert_true(strlen(cm_json_form_say((enum cm_json_form)form)) > 3);
	}
	assert_true(cm_json_form_names(CM_FORM_UUID));
	assert_false(cm_json_form_names(CM_FORM_TEXT));
}

// Lengths at their greatest value and one past it.
static void
lengths_end_where_they_say(void **state)
{
	(void)state;
	static const struct {
		enum cm_json_form form;
		size_t most;
	} row[] = {{CM_FORM_LINE, 255}, {CM_FORM_LONG, 65535}, {CM_FORM_TEXT, 16000}, {CM_FORM_VALUE, 2000}, {CM_FORM_WORD, 64}};
	char *text = malloc(65536);
	assert_non_null(text);
	memset(text, 'a', 65536);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		assert_true(cm_json_form_good(row[i].form, cm_view_of(text, row[i].most)));
		assert_false(cm_json_form_good(row[i].form, cm_view_of(text, row[i].most + 1)));
	}
	free(text);
}

UNIT_MAIN(T(each_form_takes_its_own_and_refuses_the_neighbours), T(nothing_is_of_no_form_and_every_form_has_words),
          T(lengths_end_where_they_say))
