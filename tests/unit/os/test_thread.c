#include "unit.h"

#include "os/clock.h"
#include "os/rand.h"
#include "os/thread.h"

#define ITEMS 10000

static struct cm_queue queue;
static int items[ITEMS];

static void
produce(void *arg)
{
	(void)arg;
	for (int i = 0; i < ITEMS; i++)
		if (!cm_queue_put(&queue, &items[i], CM_CLOCK_NEVER))
			return;
	cm_queue_close(&queue);
}

static void
everything_put_comes_out_in_order_through_few_places(void **state)
{
	(void)state;
	struct cm_thread thread = {0};
	assert_int_equal(cm_queue_init(&queue, 3), CM_OK);
	assert_int_equal(cm_thread_start(&thread, "produce", produce, NULL, NULL), CM_OK);
	for (int i = 0; i < ITEMS; i++)
		assert_ptr_equal(cm_queue_take(&queue, CM_CLOCK_NEVER), &items[i]);
	assert_null(cm_queue_take(&queue, CM_CLOCK_NEVER)); // closed and empty
	assert_false(cm_queue_put(&queue, &items[0], CM_CLOCK_NEVER));
	cm_thread_join(&thread);
	cm_queue_fini(&queue);
}

static void
a_full_queue_refuses_at_the_deadline(void **state)
{
	(void)state;
	struct cm_queue small;
	assert_int_equal(cm_queue_init(&small, 1), CM_OK);
	assert_true(cm_queue_put(&small, &items[0], CM_CLOCK_NEVER));
	assert_false(cm_queue_put(&small, &items[1], cm_clock_after(1000)));
	assert_ptr_equal(cm_queue_take(&small, 0), &items[0]);
	assert_null(cm_queue_take(&small, cm_clock_after(1000)));
	cm_queue_fini(&small);
}

static void
random_bytes_differ(void **state)
{
	(void)state;
	uint8_t a[32] = {0}, b[32] = {0};
	assert_int_equal(cm_rand_bytes(a, sizeof a, NULL), CM_OK);
	assert_int_equal(cm_rand_bytes(b, sizeof b, NULL), CM_OK);
	assert_memory_not_equal(a, b, sizeof a);
}

UNIT_MAIN(T(everything_put_comes_out_in_order_through_few_places), T(a_full_queue_refuses_at_the_deadline),
          T(random_bytes_differ))
