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

// -- the next signing key (keeper_next.c)
// The key that will sign after the present one: HOME/keeper/next.p8, made when there is none. The node may run, and no root is
// needed. Refused: keeper_unlock, keeper_keys.
struct cm_keeper_next {
	char node[CM_X509_NODE];
	struct cm_hash spki; // SHA-256 of its SubjectPublicKeyInfo, which the State announces
};
CM_CHECKED cm_result cm_keeper_next_ready(const char *home, struct cm_report *report, struct cm_keeper_next *ret_next);

// Puts the next key into the place of the present one, whose private half is gone then, with a certificate by the root that
// certified that one. For the stopped node: the folder's lock is taken. What was interrupted is finished by doing it again.
// `keys` is not looked at. Refused: key_next_none, state_other, lock_held, keeper_unlock.
CM_CHECKED cm_result cm_keeper_next_take(const struct cm_keeper_recertify *spec, const char *node,
                                         const struct cm_state_root *root, struct cm_report *report);

// -- a keeper for a command without a running node
struct cm_keeper_process {
	int lock_fd;          // HOME/run/lock, held
	struct cm_proc proc;
	struct cm_ipc parent; // for cm_role_reader_start() and the stop
	struct cm_keeper_client client;
};

// The lock of the folder, as long as the descriptor is open. CM_REFUSED: lock_held.
CM_CHECKED cm_result cm_keeper_lock(const char *home, struct cm_report *report, int *ret_fd);

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
