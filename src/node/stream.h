// Readers of events as they happen (text/event-stream): each is a suspended request, one thread wakes all of them. What a reader has not
// taken yet stays in the store, so a slow one costs one page of memory. Source: stream.c; WHATWG HTML section 9.2, Server-sent events.
#ifndef CM_NODE_STREAM_H
#define CM_NODE_STREAM_H

#include "node/exchange.h"

struct cm_stream;

CM_CHECKED cm_result cm_stream_start(struct cm_node *node, struct cm_report *report, struct cm_stream **ret_stream);
// Ends all readers and the thread; then frees, once no server holds a reader.
void cm_stream_stop(struct cm_stream *stream);
void cm_stream_free(struct cm_stream *stream);

// Something was committed; from any thread. NULL is fine.
void cm_stream_stir(struct cm_stream *stream);

// Answers the exchange with the events after number `after`, then with those that come. Refused: node_busy.
void cm_stream_open(struct cm_exchange *ex, uint64_t after);

#endif
