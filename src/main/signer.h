// Who signs a package that a command makes with a node's keys: the keeper, asked through the running node by a person with
// a session, or started for the command when no node runs. Source: signer.c.
#ifndef CM_MAIN_SIGNER_H
#define CM_MAIN_SIGNER_H

#include "cli/pack_job.h"

// The session file that the command line named, or NULL. Before any command runs.
void cm_signer_session(const char *file);

// Fits cm_cli_signer_open.
enum comity_result cm_signer_open(const char *home, struct comity_report *report, struct cm_cli_signer *ret_signer);

#endif
