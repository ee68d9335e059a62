// The node's own identity card: signed by the keeper and by the State's root, then HOME/card.json. Source: own_card.c;
// doc/spec/card.md, section 4.
#ifndef CM_NODE_OWN_CARD_H
#define CM_NODE_OWN_CARD_H

#include "format/card.h"
#include "node/keeper_client.h"
#include "node/state_root.h"

// Signs the card by both keys, checks it like a stranger's, and writes HOME/card.json. Its signatures are set here.
CM_CHECKED cm_result cm_own_card_write(const char *home, struct cm_card *card, const struct cm_state_root *root,
                                       struct cm_keeper_client *keeper, struct cm_report *report);

#endif
