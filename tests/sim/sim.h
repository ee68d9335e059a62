// A deterministic world for three to seven nodes in one process and one thread: one seed decides the network, the clocks, the
// crashes, what officers do, and which of several threads goes on. The nodes are the real ones: messages are taken, applied,
// decided, sent and timed by src/node, kept by src/store in real databases on a disk of memory (disk.c), judged by the message reader and signed
// by the keeper's code. Replaced at link time (meson.build): threads (fiber.c), clock and chance (fiber.c), HTTP (wire.c), and
// the sockets to keeper and reader (member.c). Knows: what the parts share.
#ifndef CM_TESTS_SIM_H
#define CM_TESTS_SIM_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "node/create.h"
#include "node/decide.h"
#include "node/exchange.h"
#include "node/hi1_answer.h"
#include "node/keeper_inside.h"
#include "node/outbox.h"
#include "node/take.h"
#include "node/timer.h"
#include "store/inside.h"

#define SIM_NODES 7
#define SIM_SECOND INT64_C(1000000)
#define SIM_MINUTE (60 * SIM_SECOND)

enum sim_fault {
	SIM_FAULT_NONE,
	SIM_FAULT_DISK,   // a crash takes the newest request from the database
	SIM_FAULT_EXPIRY, // the end of a preservation is noted and not told
};

struct sim_member {
	struct cm_node *node; // NULL: it is down
	char name[CM_X509_NODE], home[256];
	struct cm_keeper *keeper;
	struct cm_buf card;
	unsigned life;        // fibers and calls of an earlier one are dead
	int64_t clock;        // what its clock is wrong by
	uint64_t register_size; // the largest that anybody was shown
};

// One request that the world asked for.
struct sim_request {
	int from, to;
	bool accepted; // somebody was told that the other side has it
	char id[40], task[40], kind[16];
};
#define SIM_REQUESTS 64

struct sim {
	uint64_t seed, random;
	int64_t now;      // since the start; never jumps
	int64_t calendar; // added to every node's UTC
	enum sim_fault fault;
	bool verbose, healed;
	int count;
	struct sim_member members[SIM_NODES];
	struct sim_request requests[SIM_REQUESTS];
	int request_count;
	uint64_t steps, messages, crashes, decided;
	char *wrong; // what the judge found first
};
extern struct sim sim;

uint64_t sim_random(uint64_t below);
bool sim_chance(unsigned percent);
void sim_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Something that must never happen did. The first one counts.
void sim_wrong(const char *format, ...) __attribute__((format(printf, 1, 2)));

// -- fiber.c: threads that take turns. `node` is who they belong to.
void sim_fiber_start(int node, void (*run)(void *arg), void *arg);
void sim_fiber_sleep(int64_t us);
int sim_fiber_node(void); // of the fiber that runs; -1 in the world itself
void sim_fiber_kill(int node);
bool sim_fiber_alive(int node, unsigned life);
// Lets everything happen until `until`, or until something went wrong.
void sim_run(int64_t until);

// -- wire.c: calls from node to node.
struct cm_net_request { // what cm_server_… looks at
	int node;      // who answers
	unsigned life; // of it
	int call;      // -1: an officer's
	uint64_t number;
	int from;
	struct cm_view body;
	unsigned status; // of the answer to an officer
	struct cm_buf answer;
	bool answered;
};
void sim_wire_due(void);         // what is due now
int64_t sim_wire_next(void);     // when something is due next
void sim_wire_split(int a, int b, bool split);
bool sim_wire_quiet(void);

// -- disk.c: the databases, by the paths that they would have. Called before any is opened.
void sim_disk_start(void);
void sim_disk_move(const char *from, const char *to); // all files that begin so get another name, also those that are open
void sim_disk_crash(const char *path); // of all files that begin so: who has them open is dead, and changes nothing any more

// -- member.c
bool sim_member_template(const char *home, int i); // once, before the seeds
void sim_member_boot(int i);
void sim_member_crash(int i);
void sim_member_leave(int i); // the same, of which nobody speaks
void sim_member_fill(int i);
void sim_member_move(int i, const char *to); // up or down, to a folder of its own
void sim_member_remove(const char *home);

// -- acts.c: what officers do.
void sim_acts_load(const char *examples);
void sim_act(void);
void sim_acts_boot_all(void);

// -- judge.c
void sim_judge_running(void); // after each step of the world
void sim_judge_end(void);
void sim_judge_lose(int i); // the planted fault

#endif
