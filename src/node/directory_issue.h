// Making the lists of the directory, offline: beside a State's root, or the secretariat's (comity directory issue, directory
// states). Source: directory_issue.c; doc/spec/directory.md.
#ifndef CM_NODE_DIRECTORY_ISSUE_H
#define CM_NODE_DIRECTORY_ISSUE_H

#include "base/instant.h"
#include "base/report.h"

#define CM_DIRECTORY_ISSUE_WORDS 16

// What the next version of a State's list says beside what the last one said.
struct cm_directory_issue {
	const char *file;         // the list: read when it is there, written anew
	const char *state_folder; // of the root that signs it
	const char *new_root;     // folder of the root that follows it from now on, or NULL
	const char *cards[CM_DIRECTORY_ISSUE_WORDS]; // files of identity cards; ends with NULL
	const char *revoke, *freeze, *thaw, *supersede; // "NODE", "NODE:SPKI" for one of its keys, or NULL
	const char *reason;                             // or NULL
	const char *announce;                           // "NODE:SPKI", SPKI in hexadecimal, or NULL
	struct cm_instant from;                         // of the key that is announced
	int days;                                       // to the next update
};
CM_CHECKED cm_result cm_directory_issue_state(const struct cm_directory_issue *issue, struct cm_report *report,
                                              uint64_t *ret_version);

// What the next version of the list of States says beside.
struct cm_directory_issue_states {
	const char *file, *folder; // of the secretariat's key; made when it is not there
	const char *country, *status, *reason; // status: "party", "suspended", "withdrawn"
	const char *name, *deposit, *root; // of a State that is new: root is the file of its certificate (PEM)
	int days;
};
CM_CHECKED cm_result cm_directory_issue_states(const struct cm_directory_issue_states *issue, struct cm_report *report,
                                               uint64_t *ret_version, char ret_fingerprint[65]);

#endif
