// Knows: how threads take turns in one thread, and what clock and chance are here. A thread goes on until it waits; which of
// those that may go on is next is the seed's choice. Does not know: nodes. The functions named __wrap_… stand for those that
// os/thread.c, os/clock.c and os/rand.c call.
#include <errno.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>

#include "sim.h"

#define FIBERS 1024
#define STACK (1 << 20)
#define NEVER INT64_MAX

struct fiber {
	ucontext_t context;
	void *stack;
	bool used, ready, timed_out;
	int node;
	unsigned life;
	void (*run)(void *arg);
	void *arg;
	const void *waits_for;
	int64_t deadline;
	uint64_t since;
};

static struct fiber fibers[FIBERS], *running;
static size_t fiber_count;
static ucontext_t world;
static uint64_t turn;

uint64_t
sim_random(uint64_t below)
{
	sim.random += UINT64_C(0x9e3779b97f4a7c15); // splitmix64
	uint64_t z = sim.random;
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	z ^= z >> 31;
	return below == 0 ? z : z % below;
}

bool
sim_chance(unsigned percent)
{
	return sim_random(100) < percent;
}

void
sim_trace(const char *format, ...)
{
	if (!sim.verbose)
		return;
	va_list args;
	va_start(args, format);
	printf("%9.3f ", (double)sim.now / 1e6);
	vprintf(format, args);
	putchar('\n');
	va_end(args);
}

void
sim_wrong(const char *format, ...)
{
	va_list args;
	if (sim.wrong != NULL)
		return;
	va_start(args, format);
	if (vasprintf(&sim.wrong, format, args) < 0)
		abort();
	va_end(args);
	sim_trace("WRONG %s", sim.wrong);
}

static void
fiber_main(void)
{
	running->run(running->arg);
	running->used = false;
	swapcontext(&running->context, &world);
}

void
sim_fiber_start(int node, void (*run)(void *arg), void *arg)
{
	struct fiber *f = NULL;
	for (size_t i = 0; f == NULL && i < FIBERS; i++)
		if (!fibers[i].used && &fibers[i] != running) {
			f = &fibers[i];
			fiber_count = i >= fiber_count ? i + 1 : fiber_count;
		}
	if (f == NULL)
		abort();
	void *stack = f->stack;
	if (stack == NULL)
		stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	*f = (struct fiber){.stack = stack, .used = true, .ready = true, .node = node, .run = run, .arg = arg, .deadline = NEVER};
	f->life = node < 0 ? 0 : sim.members[node].life;
	getcontext(&f->context);
	f->context.uc_stack.ss_sp = stack;
	f->context.uc_stack.ss_size = STACK;
	f->context.uc_link = NULL;
	makecontext(&f->context, fiber_main, 0);
}

int
sim_fiber_node(void)
{
	return running == NULL ? -1 : running->node;
}

void
sim_fiber_kill(int node)
{
	for (size_t i = 0; i < fiber_count; i++)
		if (fibers[i].used && fibers[i].node == node)
			fibers[i].used = false;
}

bool
sim_fiber_alive(int node, unsigned life)
{
	return sim.members[node].life == life && sim.members[node].node != NULL;
}

// Until somebody wakes it, or the deadline; true in time.
static bool
fiber_wait(const void *what, int64_t deadline)
{
	if (running == NULL)
		abort(); // the world itself never waits
	struct fiber *f = running;
	f->ready = f->timed_out = false;
	f->waits_for = what;
	f->deadline = deadline;
	f->since = turn++;
	swapcontext(&f->context, &world);
	return !f->timed_out;
}

void
sim_fiber_sleep(int64_t us)
{
	fiber_wait(NULL, sim.now + us);
}

static void
fiber_wake(const void *what, bool all)
{
	struct fiber *first = NULL;
	for (size_t i = 0; i < fiber_count; i++) {
		struct fiber *f = &fibers[i];
		if (!f->used || f->ready || f->waits_for != what)
			continue;
		if (all)
			f->ready = true;
		else if (first == NULL || f->since < first->since)
			first = f;
	}
	if (first != NULL)
		first->ready = true;
}

static bool
fiber_run_one(void)
{
	size_t n = 0, chosen = 0;
	for (size_t i = 0; i < fiber_count; i++)
		n += fibers[i].used && fibers[i].ready;
	if (n == 0)
		return false;
	chosen = sim_random(n);
	for (size_t i = 0; i < fiber_count; i++)
		if (fibers[i].used && fibers[i].ready && chosen-- == 0) {
			running = &fibers[i];
			break;
		}
	sim.steps++;
	swapcontext(&world, &running->context);
	running = NULL;
	return true;
}

void
sim_run(int64_t until)
{
	while (sim.wrong == NULL) {
		if (fiber_run_one())
			continue;
		int64_t next = sim_wire_next();
		for (size_t i = 0; i < fiber_count; i++)
			if (fibers[i].used && !fibers[i].ready && fibers[i].deadline < next)
				next = fibers[i].deadline;
		if (next > until) {
			sim.now = until;
			return;
		}
		sim.now = next > sim.now ? next : sim.now;
		for (size_t i = 0; i < fiber_count; i++)
			if (fibers[i].used && !fibers[i].ready && fibers[i].deadline <= sim.now)
				fibers[i].ready = fibers[i].timed_out = true;
		sim_wire_due();
	}
}

// -- threads -------------------------------------------------------------------------------------------------------

struct thread {
	void *(*run)(void *arg);
	void *arg;
	bool over;
};

static void
thread_main(void *arg)
{
	struct thread *t = arg;
	t->run(t->arg);
	t->over = true;
	fiber_wake(t, true);
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *arg), void *arg);
int __wrap_pthread_join(pthread_t id, void **ret);
int __wrap_pthread_mutex_lock(pthread_mutex_t *m);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *m);
int __wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int __wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int __wrap_pthread_cond_signal(pthread_cond_t *c);
int __wrap_pthread_cond_broadcast(pthread_cond_t *c);
int __wrap_clock_gettime(clockid_t id, struct timespec *ret);
ssize_t __wrap_getrandom(void *to, size_t n, unsigned flags);

int
__wrap_pthread_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *arg), void *arg)
{
	struct thread *t = calloc(1, sizeof *t);
	(void)attributes;
	*t = (struct thread){.run = run, .arg = arg};
	*id = (pthread_t)t;
	sim_fiber_start(sim_fiber_node(), thread_main, t);
	return 0;
}

int
__wrap_pthread_join(pthread_t id, void **ret)
{
	struct thread *t = (struct thread *)id;
	(void)ret;
	while (!t->over)
		fiber_wait(t, NEVER);
	return 0;
}

// The first word of a lock says whether it is held; nobody else looks at it.
int
__wrap_pthread_mutex_lock(pthread_mutex_t *m)
{
	int *held = (int *)(void *)m;
	while (*held != 0)
		fiber_wait(m, NEVER);
	*held = 1;
	return 0;
}

int
__wrap_pthread_mutex_unlock(pthread_mutex_t *m)
{
	*(int *)(void *)m = 0;
	fiber_wake(m, false);
	return 0;
}

static int
cond_wait(pthread_cond_t *c, pthread_mutex_t *m, int64_t deadline)
{
	__wrap_pthread_mutex_unlock(m);
	bool in_time = fiber_wait(c, deadline);
	__wrap_pthread_mutex_lock(m);
	return in_time ? 0 : ETIMEDOUT;
}

int
__wrap_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m)
{
	return cond_wait(c, m, NEVER);
}

int
__wrap_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	return cond_wait(c, m, (int64_t)until->tv_sec * SIM_SECOND + until->tv_nsec / 1000);
}

int
__wrap_pthread_cond_signal(pthread_cond_t *c)
{
	fiber_wake(c, false);
	return 0;
}

int
__wrap_pthread_cond_broadcast(pthread_cond_t *c)
{
	fiber_wake(c, true);
	return 0;
}

// -- clock and chance ----------------------------------------------------------------------------------------------

int
__wrap_clock_gettime(clockid_t id, struct timespec *ret)
{
	int64_t us = sim.now;
	if (id == CLOCK_REALTIME)
		us += sim.calendar + (sim_fiber_node() < 0 ? 0 : sim.members[sim_fiber_node()].clock);
	ret->tv_sec = us / SIM_SECOND;
	ret->tv_nsec = us % SIM_SECOND * 1000;
	return 0;
}

ssize_t
__wrap_getrandom(void *to, size_t n, unsigned flags)
{
	(void)flags;
	for (size_t i = 0; i < n; i++)
		((uint8_t *)to)[i] = (uint8_t)sim_random(256);
	return (ssize_t)n;
}
