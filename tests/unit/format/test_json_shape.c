#include "json_kit.h"

#include "base/mem.h"
#include "format/hi1_shape.h"
#include "format/json_canonical.h"
#include "format/request_doc_shape.h"

// Writing is one pass only because of this.
static void
is_in_order(const struct cm_json_shape *shape)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct cm_json_shape_field *field = &shape->fields[i];
		if (i != 0 && cm_json_canonical_order(cm_view_text(shape->fields[i - 1].member),
		                                      cm_view_text(field->member)) >= 0)
			fail_msg("%s: %s", shape->name, field->member);
		if (field->sub != NULL) {
			assert_true(field->kind == CM_SHAPE_POINTER || field->many ||
			            field->at + field->sub->size <= shape->size);
			is_in_order(field->sub);
		}
	}
}

static void
every_table_is_in_the_order_of_rfc8785(void **state)
{
	(void)state;
	for (int type = 1; type < CM_HI1_TYPE_COUNT; type++)
		is_in_order(cm_hi1_object_shape((enum cm_hi1_type)type));
	is_in_order(&cm_hi1_header_shape);
	is_in_order(&cm_hi1_list_shape);
	is_in_order(&cm_hi1_listing_shape);
	is_in_order(&cm_hi1_config_shape);
	is_in_order(&cm_request_doc_party_shape);
	for (size_t i = 1; i < CM_HI1_NAMESPACES; i++)
		assert_true(cm_json_canonical_order(cm_view_text(cm_hi1_namespaces[i - 1].member),
		                                    cm_view_text(cm_hi1_namespaces[i].member)) < 0);
}

static void
wire_that_is_cut_or_changed_never_harms(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("hi1/accept", "04-stored-request.json"), wire = cm_buf_of(1u << 21);
	struct cm_hi1_message m, other;
	const struct cm_hi1_read_options options = {.sha256 = kit_sha256};
	assert_int_equal(cm_hi1_message_read(cm_buf_view(&b), &options, NULL, &m), CM_OK);
	assert_int_equal(cm_hi1_message_write_wire(&m, &wire), CM_OK);
	for (size_t n = 0; n < wire.n; n += 7) {
		struct cm_report report = {.count = 0};
		assert_int_equal(cm_hi1_message_read_wire(cm_view_part(cm_buf_view(&wire), 0, n), &report, &other), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_WIRE_MALFORMED));
	}
	for (size_t i = 0; i < wire.n; i++) {
		wire.p[i] ^= 0x81;
		if (cm_hi1_message_read_wire(cm_buf_view(&wire), NULL, &other) == CM_OK)
			cm_hi1_message_fini(&other);
		wire.p[i] ^= 0x81;
	}
	cm_hi1_message_fini(&m);
	cm_buf_fini(&b);
	cm_buf_fini(&wire);
}

static void
no_memory_is_told_wherever_it_ends(void **state)
{
	(void)state;
	struct cm_buf b = kit_file("hi1/accept", "10-signed-pres-request.json");
	const struct cm_hi1_read_options options = {.sha256 = kit_sha256};
	cm_result r = CM_NOMEM;
	unsigned long n = 1;
	for (; r != CM_OK; n++) {
		struct cm_hi1_message m;
		cm_mem_fail_from(n);
		r = cm_hi1_message_read(cm_buf_view(&b), &options, NULL, &m);
		cm_mem_fail_from(0);
		if (r == CM_OK) {
			assert_true(cm_hi1_message_good(&m));
			cm_hi1_message_fini(&m);
		} else
			assert_int_equal(r, CM_NOMEM);
	}
	assert_true(n > 20);
	cm_buf_fini(&b);
}

UNIT_MAIN(T(every_table_is_in_the_order_of_rfc8785), T(wire_that_is_cut_or_changed_never_harms),
          T(no_memory_is_told_wherever_it_ends))
