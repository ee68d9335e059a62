// Knows: the course of one seed: some minutes of asking and deciding while the network loses, clocks go wrong and nodes crash;
// then everything heals, months pass, and the judge looks. Each seed is a process of its own, a copy of one in which the nodes run.
//   sim HOMES EXAMPLES --seeds FROM COUNT [--jobs N] [--fault disk|expiry]     prints seeds per second
//   sim HOMES EXAMPLES --seed SEED [--fault NAME]                                    one seed with its trace
// HOMES holds the folders of seven nodes as `comity init` makes them (sim.sh).
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crypto/setup.h"
#include "sim.h"

struct sim sim;
static char root[256];

static void
world_folder(const char *name)
{
	char to[256];
	for (int i = 0; i < sim.count; i++) {
		snprintf(to, sizeof to, "%.150s/%.80s-%c", root, name, 'a' + i);
		sim_member_move(i, to);
	}
}

static void
world_begin(uint64_t seed, int64_t calendar)
{
	sim.seed = sim.random = seed;
	sim.calendar = calendar;
	int many = SIM_NODES - 2; // few more often than many: two and a third meet each other more
	sim.count = seed == 0 ? SIM_NODES : 3 + (int)sim_random(1 + sim_random((uint64_t)many));
}

// One thing that happens to the world.
static void
world_trouble(void)
{
	int a = (int)sim_random((uint64_t)sim.count), b = (int)sim_random((uint64_t)sim.count);
	switch (sim_random(5)) {
	case 0:
	case 1:
		if (sim.members[a].node != NULL)
			sim_member_crash(a);
		break;
	case 2:
		sim_wire_split(a, b, a != b);
		sim_trace("no way between %d and %d", a, b);
		break;
	case 3:
		sim_wire_split(a, b, false);
		break;
	default:
		sim.members[a].clock = (int64_t)sim_random(200 * SIM_SECOND) - 100 * SIM_SECOND;
		sim_trace("the clock of %d is wrong by %.1f s", a, (double)sim.members[a].clock / 1e6);
	}
	for (int i = 0; i < sim.count; i++) // whoever is down comes up some time
		if (sim.members[i].node == NULL && sim_chance(40)) {
			sim_member_boot(i);
			sim_run(sim.now + 2 * SIM_SECOND);
		}
}

static void
world_course(void)
{
	for (int i = 0; i < sim.count; i++)
		if (sim_chance(20)) {
			sim_member_leave(i);
			sim_member_boot(i);
		}
	sim_run(sim.now + 5 * SIM_SECOND);
	int acts = 8 + (int)sim_random(16);
	for (int i = 0; i < acts && sim.wrong == NULL; i++) {
		sim_act();
		if (sim_chance(50)) // in the middle of what the act began
			sim_run(sim.now + (int64_t)sim_random(sim_chance(50) ? SIM_SECOND / 10 : 3 * SIM_SECOND));
		if (sim_chance(35))
			world_trouble();
		sim_run(sim.now + (int64_t)sim_random(25 * SIM_SECOND));
		sim_judge_running();
	}
	sim_trace("everything heals");
	sim.healed = true;
	sim_run(sim.now + SIM_MINUTE / 2);
	sim.calendar += 3600 * CM_INSTANT_SECOND; // who is down was down for longer than a moment
	for (int a = 0; a < sim.count; a++) {
		sim.members[a].clock = 0;
		for (int b = 0; b < sim.count; b++)
			sim_wire_split(a, b, false);
		if (sim.members[a].node == NULL)
			sim_member_boot(a);
	}
	sim_run(sim.now + 3 * SIM_MINUTE);
	sim_judge_running();
	for (int i = 0; i < 4 && sim.wrong == NULL; i++) {
		sim.calendar += 60 * CM_INSTANT_DAY;
		sim_trace("sixty days pass");
		sim_run(sim.now + 2 * SIM_MINUTE);
	}
	sim_judge_running();
	if (sim.wrong == NULL)
		sim_judge_end();
}

// The process of one seed. Its exit code: 0 well, 1 wrong.
static int
world_seed(uint64_t seed, int64_t calendar)
{
	char name[40];
	snprintf(name, sizeof name, "%llu", (unsigned long long)seed);
	world_begin(seed, calendar);
	for (int i = sim.count; i < SIM_NODES; i++)
		sim_member_leave(i);
	world_folder(name);
	world_course();
	if (sim.verbose)
		printf("%d nodes, %llu messages, %llu decisions, %llu crashes, %llu steps\n", sim.count, (unsigned long long)sim.messages,
		       (unsigned long long)sim.decided, (unsigned long long)sim.crashes, (unsigned long long)sim.steps);
	if (sim.wrong != NULL)
		printf("seed %llu: %s\n  the same with its trace: sim.sh … --seed %llu\n", (unsigned long long)seed, sim.wrong,
		       (unsigned long long)seed);
	fflush(stdout);
	for (int i = 0; i < sim.count; i++)
		sim_member_remove(sim.members[i].home);
	return sim.wrong != NULL;
}

static int64_t
world_clock(clockid_t id)
{
	struct timespec now;
	timespec_get(&now, TIME_UTC);
	(void)id;
	return (int64_t)now.tv_sec * SIM_SECOND + now.tv_nsec / 1000;
}

// One line for each thousand, with what a reader wants to know: is it going on, how long will it take, was there anything.
static void
world_progress(uint64_t done, uint64_t count, uint64_t wrong, int64_t start)
{
	double seconds = (double)(world_clock(CLOCK_REALTIME) - start) / 1e6;
	if (done == 0 || done % 1000 != 0 || done == count)
		return;
	printf("%llu of %llu seeds, %llu wrong, %.0f s, %.0f s to go\n", (unsigned long long)done, (unsigned long long)count,
	       (unsigned long long)wrong, seconds, seconds / (double)done * (double)(count - done));
	fflush(stdout);
}

static bool
world_end_one(uint64_t *wrong)
{
	int status = 0;
	if (wait(&status) < 0)
		return false;
	if (WIFSIGNALED(status))
		printf("a seed died by signal %d; each alone, --seed N, says which\n", WTERMSIG(status));
	*wrong += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
	return true;
}

// What all seeds begin with: seven nodes that know each other and run. Each seed goes on from a copy of this process.
static bool
world_start(void)
{
	bool verbose = sim.verbose;
	sim.verbose = false;
	for (int i = 0; i < SIM_NODES; i++)
		sim_member_fill(i);
	sim_run(sim.now + SIM_MINUTE);
	for (int i = 0; i < SIM_NODES && sim.wrong == NULL; i++)
		sim_member_boot(i);
	sim_run(sim.now + 5 * SIM_SECOND);
	if (sim.wrong != NULL)
		puts(sim.wrong);
	sim.verbose = verbose;
	sim.steps = 0;
	return sim.wrong == NULL;
}

int
main(int argc, char **argv)
{
	uint64_t from = 1, count = 1, wrong = 0;
	int jobs = 1, running = 0;
	if (argc < 5 || cm_setup_init() != CM_OK)
		return 2;
	for (int i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--seeds") == 0 && i + 2 < argc) {
			from = strtoull(argv[i + 1], NULL, 10);
			count = strtoull(argv[i + 2], NULL, 10);
		} else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
			from = strtoull(argv[i + 1], NULL, 10);
			sim.verbose = true;
		} else if (strcmp(argv[i], "--jobs") == 0 && i + 1 < argc)
			jobs = (int)strtol(argv[i + 1], NULL, 10);
		else if (strcmp(argv[i], "--fault") == 0 && i + 1 < argc)
			sim.fault = strcmp(argv[i + 1], "disk") == 0 ? SIM_FAULT_DISK : SIM_FAULT_EXPIRY;
	}
	// A trace must be the same on every day: time starts when the nodes were made.
	struct stat made;
	if (stat(argv[1], &made) != 0)
		return 2;
	int64_t calendar = ((int64_t)made.st_mtim.tv_sec / 86400 + 1) * 86400 * SIM_SECOND;
	snprintf(root, sizeof root, "/dev/shm/comity-sim-XXXXXX");
	if (mkdtemp(root) == NULL) {
		snprintf(root, sizeof root, "/tmp/comity-sim-XXXXXX");
		if (mkdtemp(root) == NULL)
			return 2;
	}
	sim.calendar = calendar;
	sim_disk_start();
	for (int i = 0; i < SIM_NODES; i++)
		if (!sim_member_template(argv[1], i))
			return 2;
	sim_acts_load(argv[2]);
	world_begin(0, calendar);
	world_folder("template");
	fflush(stdout);
	if (!world_start())
		return 2;
	int64_t start = world_clock(CLOCK_REALTIME);
	for (uint64_t seed = from; seed < from + count; seed++) {
		world_progress(seed - from, count, wrong, start);
		if (running == jobs)
			running -= world_end_one(&wrong);
		if (fork() == 0)
			_exit(world_seed(seed, calendar));
		running++;
	}
	while (world_end_one(&wrong))
		;
	double seconds = (double)(world_clock(CLOCK_REALTIME) - start) / 1e6;
	char remove[512];
	snprintf(remove, sizeof remove, "rm -rf %s", root);
	if (system(remove) != 0)
		return 2;
	printf("%llu seeds, %llu wrong, %.1f seeds/s\n", (unsigned long long)count, (unsigned long long)wrong, (double)count / seconds);
	return wrong != 0;
}
