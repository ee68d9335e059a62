// The parts that our program file plays. `comity --role=NAME` is started by the parent (or, for a keeper, by a command
// that finds no running node), never by people. Each role gets its channels at fixed descriptors and goes the same
// way: open what is needed, raise the walls, say READY, work. Source: role.c; frames in data/ipc.tab.
#ifndef CM_NODE_ROLE_H
#define CM_NODE_ROLE_H

#include "base/report.h"
#include "node/desk.h"
#include "os/ipc.h"
#include "os/proc.h"
#include "os/sandbox.h"

// What a node of an exercise says of itself, at its start and in node show.
#define CM_EXERCISE_WORDS "EXERCISE: the time of this node is moved by hand; nothing here is in earnest"

// Descriptors of the roles.
enum {
	CM_ROLE_FD_PARENT = 3,         // keeper, node, message reader: the channel to the parent
	CM_ROLE_FD_KEEPER_NODE = 4,    // keeper: the channel to the node (or the command)
	CM_ROLE_FD_KEEPER_PASS = 5,    // keeper, when told: one line with the pass phrase
	CM_ROLE_FD_NODE_KEEPER = 4,    // node: the channel to the keeper
	CM_ROLE_FD_NODE_MESSAGE = 5,   // node: the channel to the message reader
	CM_ROLE_FD_READER_NODE = 4,    // message reader: the channel to the node
	CM_ROLE_FD_PACKAGE_NODE = 3,   // package reader: the channel to the node (or the command)
	CM_ROLE_FD_PACKAGE_KEEPER = 4, // package reader: the channel that brings the file key
};

// When argv asks for a role, plays it and sets *ret_exit to the process's exit code: true. False: an ordinary call.
// The first thing in main(). `pages` are the desk's.
bool cm_role_main(int argc, char **argv, const struct cm_desk_pages *pages, int *ret_exit);

// -- what the node's own process is given and must do
struct cm_node_start {
	const char *home;     // the node's folder, absolute
	struct cm_ipc parent; // READER_START … out, READER_STARTED, READER_ENDED, MESSAGE_READER, STOP in
	int keeper_fd;        // for cm_keeper_client_init()
	int message_fd;       // channel to the message reader
};

// The node (hook; written with the node). Opens what it needs, calls cm_role_node_walls(), starts threads, sends READY on
// `start->parent` (cm_role_ready()), works until STOP or until the parent's channel ends. Owns all of `start`. Returns
// CM_OK after an orderly end.
CM_CHECKED cm_result cm_node_main(struct cm_node_start *start, struct cm_report *report);

// Raises the walls of a process that speaks to the network: below HOME only `own`, and what name look-up and TLS read under
// /etc and /usr; no exec, no attach. Threads started before stay outside: call it first.
struct cm_role_path {
	const char *name; // below HOME; one that is not there is left out
	bool writable;
};
CM_CHECKED cm_result cm_role_walls(const char *home, const struct cm_role_path *own, size_t own_n, struct cm_report *report,
                                   struct cm_sandbox_done *ret_done);
// The node's: files below HOME without keeper/ (db, blobs, log, run, spool, tls, peers writable; the settings and the card
// readable).
CM_CHECKED cm_result cm_role_node_walls(const char *home, struct cm_report *report, struct cm_sandbox_done *ret_done);

// Says READY to the parent, with what could not be protected.
CM_CHECKED cm_result cm_role_ready(struct cm_ipc *parent, const struct cm_sandbox_done *done,
                                   struct cm_report *report);
// Says FAILED with the findings.
void cm_role_failed(struct cm_ipc *parent, cm_result result, const struct cm_report *why);

// -- starting them (parent, and commands without a running node)
// Waits for READY of a child that was just started; `ret_missing` gets what could not be protected (may be NULL).
CM_CHECKED cm_result cm_role_await(struct cm_ipc *channel, struct cm_report *report, struct cm_buf *ret_missing);

struct cm_role_start {
	const char *role;
	const char *home;             // or NULL
	const struct cm_proc_fd *fds; // what it gets
	size_t fd_count;
	const char *option[2];        // more arguments, or NULL
};
CM_CHECKED cm_result cm_role_start(const struct cm_role_start *start, struct cm_report *report,
                                   struct cm_proc *ret_proc);

// Starts a package reader for `job`, gives the keeper its end through `keeper` (a parent's or command's channel), and
// the other end to *ret_node_fd.
CM_CHECKED cm_result cm_role_reader_start(struct cm_ipc *keeper, uint32_t job, struct cm_report *report,
                                          struct cm_proc *ret_proc, int *ret_node_fd);

#endif
