#include "json_kit.h"

#include "format/card.h"

#define MAX (1u << 18)

static void
comes_back(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_card card;
	struct cm_buf out = cm_buf_of(MAX), bare = cm_buf_of(MAX), header = cm_buf_of(MAX);
	cm_result r = cm_card_read(bytes, &report, &card);
	kit_say(name, &report);
	assert_int_equal(r, CM_OK);
	assert_int_equal(cm_card_write(&card, &out), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&out), bytes));
	assert_int_equal(cm_card_write_unsigned(&card, &bare), CM_OK);
	assert_true(cm_view_equal(cm_buf_view(&bare), card.canonical));
	// The signatures name the certificates of the card, with the header that we would write.
	const struct cm_view certificates[2] = {card.sign_certificate, card.state_certificate};
	for (size_t i = 0; i < 2; i++) {
		uint8_t digest[32];
		kit_sha256(certificates[i], digest);
		assert_true(cm_view_equal(card.signatures[i].certificate_sha256, cm_view_of(digest, 32)));
		cm_buf_clear(&header);
		cm_card_protected_write(digest, &header);
		assert_true(cm_view_equal(cm_buf_view(&header), card.signatures[i].protected_b64));
	}
	assert_view_is(card.node, "xa.contact");
	cm_card_fini(&card);
	cm_buf_fini(&out);
	cm_buf_fini(&bare);
	cm_buf_fini(&header);
}

static void
a_card_comes_back_byte_for_byte(void **state)
{
	(void)state;
	kit_each("card/accept", 2, comes_back);
}

static void
is_refused(const char *name, struct cm_view bytes)
{
	struct cm_report report = {.count = 0};
	struct cm_card card;
	enum cm_error rule = kit_rule(name);
	cm_result r = cm_card_read(bytes, &report, &card);
	if (r != CM_REFUSED || !cm_report_has(&report, rule)) {
		kit_say(name, &report);
		fail_msg("%s: %s", name, cm_result_name(r));
	}
}

static void
every_refuse_vector_is_refused_by_its_rule(void **state)
{
	(void)state;
	kit_each("card/refuse", 45, is_refused);
}

UNIT_MAIN(T(a_card_comes_back_byte_for_byte), T(every_refuse_vector_is_refused_by_its_rule))
