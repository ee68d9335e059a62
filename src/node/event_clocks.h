// What a message says and does about clocks that run (doc/spec/request-document.md, section 3: clocks), between the message reader, the
// node and the store's events: only the reader sees documents, and an event keeps the ends that were found when it was made, so
// that they are the same when the rows are made again. Source: event_clocks.c.
#ifndef CM_NODE_EVENT_CLOCKS_H
#define CM_NODE_EVENT_CLOCKS_H

#include "base/rd.h"
#include "domain/tab_time_limit.h"
#include "format/answer_doc.h"

enum cm_event_says { CM_EVENT_RUNS, CM_EVENT_PAUSED, CM_EVENT_RESUMED, CM_EVENT_EXTENDED };

struct cm_event_clock {
	enum cm_time_limit limit;
	enum cm_event_says says;
	struct cm_instant at;     // when it was paused, resumed or extended
	struct cm_instant end;    // as it is counted here from now on
	struct cm_instant theirs; // as the peer says that it counts; 0: it says nothing
};

struct cm_event_clocks {
	struct cm_event_clock at[CM_DOC_CLOCKS];
	size_t count;
};

// The entry of a limit, or NULL.
const struct cm_event_clock *cm_event_clocks_find(const struct cm_event_clocks *clocks, enum cm_time_limit limit);

// Adds what a peer's document says: its ends are `theirs`. A limit that is not in the table, or is there already, is left out.
void cm_event_clocks_read_document(const struct cm_answer_doc *doc, struct cm_event_clocks *clocks);

// The same as members of a document of ours; `ret_members` has room for all.
void cm_event_clocks_members(const struct cm_event_clocks *clocks, struct cm_doc_clock ret_members[CM_DOC_CLOCKS]);

// By the names of their limits, so that an event is read by a later program; a limit that is no more is left out.
void cm_event_clocks_write(const struct cm_event_clocks *clocks, struct cm_buf *to);
bool cm_event_clocks_read(struct cm_rd *rd, struct cm_event_clocks *ret_clocks);

#endif
