// Threads, locks and a bounded queue: thin names over POSIX threads. Waiting has absolute deadlines of
// cm_clock_mono(). Locking cannot fail in a correct program, so these do not return results.
#ifndef CM_OS_THREAD_H
#define CM_OS_THREAD_H

#include <pthread.h>

#include "base/report.h"

struct cm_thread {
	pthread_t id;
	bool started;
};

// Starts `run(arg)`; `name` (at most 15 bytes) is shown by ps and debuggers.
CM_CHECKED cm_result cm_thread_start(struct cm_thread *thread, const char *name, void (*run)(void *arg), void *arg,
                                     struct cm_report *report);
// Waits for its end; nothing when it was never started.
void cm_thread_join(struct cm_thread *thread);

struct cm_mutex {
	pthread_mutex_t m;
};
void cm_mutex_init(struct cm_mutex *mutex);
void cm_mutex_fini(struct cm_mutex *mutex);
void cm_mutex_lock(struct cm_mutex *mutex);
void cm_mutex_unlock(struct cm_mutex *mutex);
// Unlocks at the end of the scope: CM_MUTEX_HOLD(&it->lock);
#define CM_MUTEX_HOLD(mutex)                                                                                           \
	__attribute__((cleanup(cm_mutex_unlock_at), unused)) struct cm_mutex *cm_mutex_held_ = cm_mutex_held(mutex)
struct cm_mutex *cm_mutex_held(struct cm_mutex *mutex);
void cm_mutex_unlock_at(struct cm_mutex **at);

struct cm_cond {
	pthread_cond_t c;
};
void cm_cond_init(struct cm_cond *cond);
void cm_cond_fini(struct cm_cond *cond);
void cm_cond_wake_one(struct cm_cond *cond);
void cm_cond_wake_all(struct cm_cond *cond);
// Waits for a wake-up; false when the deadline came first. May also return for no reason: test in a loop.
bool cm_cond_wait(struct cm_cond *cond, struct cm_mutex *mutex, int64_t deadline);

// A first-in-first-out queue of pointers with a fixed number of places.
struct cm_queue {
	struct cm_mutex lock;
	struct cm_cond filled, emptied;
	void **places;
	size_t room, first, n;
	bool closed;
};
CM_CHECKED cm_result cm_queue_init(struct cm_queue *queue, size_t room);
// Frees the places, not what they point to; take everything out first.
void cm_queue_fini(struct cm_queue *queue);
// Waits for a place; false when the deadline came or the queue is closed: the item stays the caller's.
bool cm_queue_put(struct cm_queue *queue, void *item, int64_t deadline);
// Waits for an item; NULL when the deadline came, or the queue is closed and empty.
void *cm_queue_take(struct cm_queue *queue, int64_t deadline);
// No more puts; takers get what is left, then NULL.
void cm_queue_close(struct cm_queue *queue);
size_t cm_queue_count(struct cm_queue *queue);

#endif
