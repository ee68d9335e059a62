// Knows: POSIX threads and their monotonic deadlines. Does not know: what the threads do. A lock that fails is a broken
// promise of this program, so it stops at once instead of going on without the lock.
#include "os/thread.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/instant.h"
#include "base/mem.h"
#include "os/clock.h"

struct cm_thread_job {
	void (*run)(void *arg);
	void *arg;
	char name[16]; // the kernel's limit, with NUL
};

static void *
cm_thread_main(void *arg)
{
	struct cm_thread_job job = *(struct cm_thread_job *)arg;
	cm_mem_free(arg);
	prctl(PR_SET_NAME, job.name); // by the thread itself: from outside it would open a file in /proc
	job.run(job.arg);
	return NULL;
}

cm_result
cm_thread_start(struct cm_thread *thread, const char *name, void (*run)(void *arg), void *arg,
                struct cm_report *report)
{
	CM_AUTO struct cm_thread_job *job = cm_mem_new(sizeof *job);
	if (job == NULL)
		return CM_NOMEM;
	*job = (struct cm_thread_job){.run = run, .arg = arg};
	snprintf(job->name, sizeof job->name, "%s", name);
	int why = pthread_create(&thread->id, NULL, cm_thread_main, job);
	if (why != 0)
		return cm_report_failed(report, CM_ERROR_THREAD, name, "%s", strerror(why));
	cm_take(&job);
	thread->started = true;
	return CM_OK;
}

void
cm_thread_join(struct cm_thread *thread)
{
	if (thread == NULL || !thread->started)
		return;
	pthread_join(thread->id, NULL);
	thread->started = false;
}

// Stops the program when a call on a lock fails: only our own bug can be the cause.
static void
cm_thread_must(int why)
{
	if (why != 0)
		__builtin_trap();
}

void
cm_mutex_init(struct cm_mutex *mutex)
{
	cm_thread_must(pthread_mutex_init(&mutex->m, NULL));
}

void
cm_mutex_fini(struct cm_mutex *mutex)
{
	if (mutex != NULL)
		pthread_mutex_destroy(&mutex->m);
}

void
cm_mutex_lock(struct cm_mutex *mutex)
{
	cm_thread_must(pthread_mutex_lock(&mutex->m));
}

void
cm_mutex_unlock(struct cm_mutex *mutex)
{
	cm_thread_must(pthread_mutex_unlock(&mutex->m));
}

struct cm_mutex *
cm_mutex_held(struct cm_mutex *mutex)
{
	cm_mutex_lock(mutex);
	return mutex;
}

void
cm_mutex_unlock_at(struct cm_mutex **at)
{
	cm_mutex_unlock(*at);
}

void
cm_cond_init(struct cm_cond *cond)
{
	pthread_condattr_t attr;
	cm_thread_must(pthread_condattr_init(&attr));
	cm_thread_must(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC));
	cm_thread_must(pthread_cond_init(&cond->c, &attr));
	pthread_condattr_destroy(&attr);
}

void
cm_cond_fini(struct cm_cond *cond)
{
	if (cond != NULL)
		pthread_cond_destroy(&cond->c);
}

void
cm_cond_wake_one(struct cm_cond *cond)
{
	cm_thread_must(pthread_cond_signal(&cond->c));
}

void
cm_cond_wake_all(struct cm_cond *cond)
{
	cm_thread_must(pthread_cond_broadcast(&cond->c));
}

bool
cm_cond_wait(struct cm_cond *cond, struct cm_mutex *mutex, int64_t deadline)
{
	if (deadline == CM_CLOCK_NEVER) {
		cm_thread_must(pthread_cond_wait(&cond->c, &mutex->m));
		return true;
	}
	struct timespec until = {
	        .tv_sec = (time_t)(deadline / CM_INSTANT_SECOND),
	        .tv_nsec = (long)(deadline % CM_INSTANT_SECOND) * 1000,
	};
	int why = pthread_cond_timedwait(&cond->c, &mutex->m, &until);
	if (why == ETIMEDOUT)
		return false;
	cm_thread_must(why);
	return true;
}

cm_result
cm_queue_init(struct cm_queue *queue, size_t room)
{
	*queue = (struct cm_queue){.room = room};
	cm_mutex_init(&queue->lock);
	cm_cond_init(&queue->filled);
	cm_cond_init(&queue->emptied);
	queue->places = cm_mem_new_many(room, sizeof *queue->places);
	return queue->places == NULL ? CM_NOMEM : CM_OK;
}

void
cm_queue_fini(struct cm_queue *queue)
{
	if (queue == NULL || queue->room == 0)
		return;
	cm_mem_free(queue->places);
	cm_cond_fini(&queue->filled);
	cm_cond_fini(&queue->emptied);
	cm_mutex_fini(&queue->lock);
	queue->places = NULL;
	queue->room = 0;
}

bool
cm_queue_put(struct cm_queue *queue, void *item, int64_t deadline)
{
	CM_MUTEX_HOLD(&queue->lock);
	while (queue->n == queue->room && !queue->closed)
		if (!cm_cond_wait(&queue->emptied, &queue->lock, deadline) && queue->n == queue->room)
			return false;
	if (queue->closed)
		return false;
	queue->places[(queue->first + queue->n++) % queue->room] = item;
	cm_cond_wake_one(&queue->filled);
	return true;
}

void *
cm_queue_take(struct cm_queue *queue, int64_t deadline)
{
	CM_MUTEX_HOLD(&queue->lock);
	while (queue->n == 0) {
		if (queue->closed)
			return NULL;
		if (!cm_cond_wait(&queue->filled, &queue->lock, deadline) && queue->n == 0)
			return NULL;
	}
	void *item = queue->places[queue->first];
	queue->first = (queue->first + 1) % queue->room;
	queue->n--;
	cm_cond_wake_one(&queue->emptied);
	return item;
}

void
cm_queue_close(struct cm_queue *queue)
{
	CM_MUTEX_HOLD(&queue->lock);
	queue->closed = true;
	cm_cond_wake_all(&queue->filled);
	cm_cond_wake_all(&queue->emptied);
}

size_t
cm_queue_count(struct cm_queue *queue)
{
	CM_MUTEX_HOLD(&queue->lock);
	return queue->n;
}
