// What the handlers of the admin API share: JSON answers. Source: do_admin.c, do_records.c, do_documents.c, do_deadlines.c.
#ifndef CM_NODE_DO_JSON_H
#define CM_NODE_DO_JSON_H

#include "format/json_put.h"
#include "node/exchange.h"

// Ends the exchange with a JSON body.
void cm_do_json(struct cm_exchange *ex, unsigned status, struct cm_buf *body);

// A moment in RFC 3339, null for us 0; a digest in hexadecimal.
void cm_do_json_time(struct cm_json_put *put, const char *name, struct cm_instant t);
void cm_do_json_hash(struct cm_json_put *put, const char *name, const struct cm_hash *h);

// The place in a list of requests where the page before ended, from "after" of the query, whose text `after` holds from then on:
// microseconds, a point, the request. A place, not a row: a request that changes meanwhile moves none of the others.
CM_CHECKED cm_result cm_do_place(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *after,
                                 struct cm_store_ask *ask);
// The member `next` of that list.
void cm_do_put_next(struct cm_json_put *put, const struct cm_store_request_list *list);

// How many rows a page has: "limit" of the query, 1 to store_page.
CM_CHECKED cm_result cm_do_page(struct cm_exchange *ex, uint64_t otherwise, struct cm_report *report, size_t *ret_limit);

// One act as {"at","index","request","type"}.
CM_CHECKED cm_result cm_do_act_row(struct cm_node *node, uint64_t index, struct cm_json_put *put,
                                   struct cm_report *report);

// One clock, for lists and for its request: shape deadline_row.
CM_CHECKED cm_result cm_do_deadline_row(const struct cm_node *node, struct cm_json_put *put, const struct cm_store_deadline *row);

// One event as {"at","event","ref","text","topic"}.
void cm_do_event_row(struct cm_json_put *put, const struct cm_store_news *row);

// GET /api/v1/requests/ID/messages.
CM_CHECKED cm_result cm_do_request_messages(struct cm_exchange *ex, struct cm_report *report, struct cm_buf *body);

// The facts of a request as its signed message says them; `ret_good` is false when it cannot be read any more.
CM_CHECKED cm_result cm_do_request_facts(struct cm_node *node, const struct cm_store_request *request, struct cm_report *report,
                                         struct cm_facts *facts, bool *ret_good);

// The last answer document about a request that says this state, as facts; `ret_found` is false when there is none.
CM_CHECKED cm_result cm_do_request_said(struct cm_node *node, const struct cm_store_request *request, enum cm_state state,
                                        struct cm_report *report, struct cm_facts *facts, bool *ret_found);

// Each answer document about a request, the oldest first.
typedef cm_result cm_do_answer_each(void *context, const struct cm_facts *facts);
CM_CHECKED cm_result cm_do_request_each_answer(struct cm_node *node, const struct cm_store_request *request,
                                               cm_do_answer_each *each, void *context, struct cm_report *report);

// The members `document` and `answers` of a request: what its signed messages say, as paths and texts.
CM_CHECKED cm_result cm_do_request_document(struct cm_node *node, const struct cm_store_request *request,
                                            struct cm_json_put *put, struct cm_report *report);
CM_CHECKED cm_result cm_do_request_answers(struct cm_node *node, const struct cm_store_request *request,
                                           struct cm_json_put *put, struct cm_report *report);

#endif
