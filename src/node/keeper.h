// The keeper: the process that holds the private keys, the verifiers of persons, their sessions and approvals, and the
// guard of the register. It signs typed statements only (data/purposes.tab), and releases a file key only to a package
// reader and only when enough different persons approved. Source: keeper.c and keeper_*.c; frames in data/ipc.tab.
#ifndef CM_NODE_KEEPER_H
#define CM_NODE_KEEPER_H

#include "base/report.h"
#include "node/keeper_client.h"
#include "node/state_root.h"
#include "os/proc.h"

// -- making the keys of a node (comity init)
struct cm_keeper_spec {
	const char *home;         // exists; HOME/keeper is made
	const char *node;         // "xa.contact"
	const char *organisation; // or NULL
	struct cm_view pass;      // empty: a random pass phrase is made and written to keeper/credential (0400)
};

// Makes HOME/keeper with all keys, their certificates issued by the State's root, an empty guard and no persons.
// CM_REFUSED with file_exists when there is one already.
CM_CHECKED cm_result cm_keeper_create(const struct cm_keeper_spec *spec, const struct cm_state_root *root,
                                      struct cm_report *report);

// New certificates over the same two keys, by the same root; `keys` are the keeper's present ones. For the stopped node. `days`
// as in state_root.h. Each file is replaced as a whole, and each certificate is good by itself, so that this can be repeated.
struct cm_keeper_recertify {
	const char *home, *organisation;
	const struct cm_ipc_keys *keys;
	int days;
};
CM_CHECKED cm_result cm_keeper_recertify(const struct cm_keeper_recertify *spec, const struct cm_state_root *root,
                                         struct cm_report *report);

// -- a keeper for a command without a running node
struct cm_keeper_process {
	int lock_fd;          // HOME/run/lock, held
	struct cm_proc proc;
	struct cm_ipc parent; // for cm_role_reader_start() and the stop
	struct cm_keeper_client client;
};

// Takes the folder's lock, starts a keeper, waits until it is ready. In this mode persons are changed without approvals:
// who may start it holds the credential anyway. `pass_fd` as in parent.h. CM_REFUSED: lock_held, keeper_unlock.
CM_CHECKED cm_result cm_keeper_start(const char *home, int pass_fd, struct cm_report *report,
                                     struct cm_keeper_process *ret_keeper);
// Ends it; nothing for one that was never started (all zero with lock_fd 0 counts as never started).
void cm_keeper_stop(struct cm_keeper_process *keeper);

// The process itself, called by role.c. `offline` as above; `has_pass`: read CM_ROLE_FD_KEEPER_PASS.
struct cm_keeper_main_options {
	const char *home;
	unsigned offline : 1;
	unsigned has_pass : 1;
};
CM_CHECKED cm_result cm_keeper_main(const struct cm_keeper_main_options *options, struct cm_report *report);

#endif
