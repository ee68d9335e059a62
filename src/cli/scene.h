// The player of scenarios (tests/e2e/scn/*.scn, doc/guide/exercise.md section 2): what its parts share. A scenario is made of
// statements, one a line; everything is done by running this program as its people would, on nodes of an exercise whose clock
// the player moves. Source: scene.c and scene_*.c.
#ifndef CM_CLI_SCENE_H
#define CM_CLI_SCENE_H

#include "base/instant.h"
#include "cli/command.h"
#include "cli/demo_stage.h"

#define CM_SCENE_WORDS 48   // words of one statement
#define CM_SCENE_LINE 4096  // bytes of one line
#define CM_SCENE_NODES 6
#define CM_SCENE_PEOPLE 16
#define CM_SCENE_THINGS 64  // requests and pieces of evidence with a name
#define CM_SCENE_NAME 64

struct cm_scene_node {
	char id[8], country[3];                                         // "XA"; a second node of it has a longer id, "XAP"
	char name[CM_SCENE_NAME], folder[CM_SCENE_NAME], title[128]; // "xa.contact", "state-xa"
	struct cm_demo_node is;
	unsigned starts; // how often it was started; a session ends with the keeper
};

struct cm_scene_person {
	char id[CM_SCENE_NAME], name[128], functions[128];
	struct cm_demo_person is;
	struct cm_scene_node *node;
	struct cm_instant until, code; // end of the session; moment of the last code, which is good once
	unsigned start;                // of the node, when the session was opened
};

struct cm_scene_thing {
	char name[CM_SCENE_NAME], kind[CM_SCENE_NAME];
	char id[CM_DEMO_ID], task[CM_DEMO_ID], reference[CM_DEMO_ID], theirs[CM_DEMO_ID]; // theirs: evidence at the sender's node
	char received_at[CM_DEMO_ID], undertaking[CM_DEMO_ID];
	struct cm_scene_node *from, *to;
	bool evidence;
	bool answered; // a state that the other side gave it was seen
};

struct cm_scene {
	struct cm_demo demo; // folder, output, log, the last answer
	const char *name, *rest; // of the scenario; what was not read yet
	char own[CM_SCENE_NAME]; // name of a file of the user's own
	unsigned line;
	char text[CM_SCENE_LINE];
	const char *words[CM_SCENE_WORDS + 1];
	size_t n;
	const char *refused; // the rule that the statement has to be refused by, or NULL
	int64_t moved;       // microseconds added to the clock
	int clock;
	unsigned held; // expectations that held
	struct cm_scene_node nodes[CM_SCENE_NODES];
	struct cm_scene_person people[CM_SCENE_PEOPLE];
	struct cm_scene_thing things[CM_SCENE_THINGS];
	size_t node_count, person_count, thing_count;
};

// Plays one scenario, or lists them. Exit code as in cli/cli.h; done only if every statement held.
int cm_scene_run(const struct cm_command_line *line, const char *name);

// -- scene_text.c: lines and drafts
// The next statement into scene->words; false at the end.
bool cm_scene_text_next(struct cm_scene *scene);
// The next line when it is indented ("  path: value", "  without path"): its path and value. False: it is a statement.
bool cm_scene_text_field(struct cm_scene *scene, char path[CM_SCENE_LINE], char value[CM_SCENE_LINE]);
// "2027-03-02 01:22", "2027-03-02 01:22:30" or "2027-03-02" from word `i` on; the number of words it took, 0 when it is none.
size_t cm_scene_text_moment(const struct cm_scene *scene, size_t i, struct cm_instant *ret_at);
// What follows the word, or NULL.
const char *cm_scene_text_after(const struct cm_scene *scene, const char *word);
// The draft of a kind, with the fields of the lines that follow, written to `file`. `about` may be NULL.
cm_result cm_scene_text_draft(struct cm_scene *scene, const struct cm_scene_thing *thing,
                              const struct cm_scene_person *person, const struct cm_scene_thing *about, const char *file);

// -- scene_cast.c: nodes, people, time
cm_result cm_scene_cast_node(struct cm_scene *scene);
cm_result cm_scene_cast_person(struct cm_scene *scene);
cm_result cm_scene_cast_peers(struct cm_scene *scene);
cm_result cm_scene_cast_at(struct cm_scene *scene);
cm_result cm_scene_cast_advance(struct cm_scene *scene);
cm_result cm_scene_cast_start(struct cm_scene *scene);
cm_result cm_scene_cast_stop(struct cm_scene *scene);
cm_result cm_scene_cast_kill(struct cm_scene *scene);
cm_result cm_scene_cast_line(struct cm_scene *scene);
struct cm_scene_node *cm_scene_cast_find(struct cm_scene *scene, const char *id);          // or NULL
struct cm_scene_person *cm_scene_cast_find_person(struct cm_scene *scene, const char *id); // or NULL
// Runs a command as a person, who is logged in when needed. With scene->refused it has to be refused by that rule.
cm_result cm_scene_cast_as(struct cm_scene *scene, struct cm_scene_person *person, const char *const *words);

// -- scene_act.c: what people do
cm_result cm_scene_act(struct cm_scene *scene);
struct cm_scene_thing *cm_scene_act_find(struct cm_scene *scene, const char *name); // or NULL

// -- scene_expect.c: what must be seen
cm_result cm_scene_expect(struct cm_scene *scene);
// At the end: both sides of every request say the same, every register is whole. Writes the kinds that were answered.
cm_result cm_scene_expect_end(struct cm_scene *scene);

// Says that the statement did not hold; gives CM_REFUSED.
cm_result cm_scene_bad(struct cm_scene *scene, const char *what, const char *seen);

#endif
