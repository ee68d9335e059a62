// HOME/tls/node.pem: the node's own TLS key, and behind it the chain that the keeper certified for it, in one file, so that
// the two are exchanged in one step and a crash leaves either the old pair or the new one. Source: tls_key.c;
// doc/spec/keys.md, section 2.
#ifndef CM_NODE_TLS_KEY_H
#define CM_NODE_TLS_KEY_H

#include "node/keeper_client.h"
#include "os/file.h"

#define CM_TLS_KEY_FILE "tls/node.pem"

// When a pair (key first, then its chain) has to be renewed: when a third of its life is left. The past (0) when it cannot be
// used at all: not a pair, not of this authority's present certificate, or not readable.
struct cm_instant cm_tls_key_due(struct cm_view pem, const struct cm_ipc_keys *keys);

// A fresh key, certified by the keeper for as long as the table allows and its own certificate lasts, in place of the old one.
CM_CHECKED cm_result cm_tls_key_make(const char *home, struct cm_keeper_client *keeper, const struct cm_ipc_keys *keys,
                                     struct cm_report *report);

// The pair in the folder, appended to `ret_pem`; made first when there is none or the one there is due.
CM_CHECKED cm_result cm_tls_key_ready(const char *home, struct cm_keeper_client *keeper, const struct cm_ipc_keys *keys,
                                      struct cm_report *report, struct cm_buf *ret_pem);

#endif
