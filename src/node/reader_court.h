// The court's files on the package reader's side: what the node collected goes into the bundle, and a receipt of another node
// becomes an act with its proof when it holds. Source: reader_court.c.
#ifndef CM_NODE_READER_COURT_H
#define CM_NODE_READER_COURT_H

#include "base/instant.h"
#include "base/view.h"
#include "comity/package.h"

struct cm_reader_court {
	struct comity_bundle *bundle;     // before its first step
	const struct comity_trust *trust; // State roots for the cards
	struct cm_instant now;
	struct cm_view records; // field name without "court/", field bytes, …: court.h; the cards first
};

// COMITY_REFUSED: what comity_bundle_add() refuses.
COMITY_CHECKED enum comity_result cm_reader_court_add(const struct cm_reader_court *court, struct comity_report *report);

#endif
