// Reading the store: typed pages, in key order, from any thread. A page owns the memory its rows point to; free it with
// cm_store_page_free(). Lists are keyset-paged: give the last row's key as `after` to go on. `limit` is at most
// CM_LIMIT_STORE_PAGE_VALUE. Source: read.c, sqlite/select.c.
#ifndef CM_STORE_READ_H
#define CM_STORE_READ_H

#include "store/store.h"

struct cm_store_page; // memory of a page

void cm_store_page_free(struct cm_store_page *page);
void cm_store_page_free_at(struct cm_store_page **at); // for CM_CLEANUP

// One row by its key: false in *ret_found when there is none. `*ret_row` points into `*ret_page` (NULL when not found).
#define CM_STORE_GET(noun)                                                                                             \
	CM_CHECKED cm_result cm_store_##noun(struct cm_store *store, struct cm_view key, struct cm_report *report,     \
	                                     struct cm_store_page **ret_page, const struct cm_store_##noun **ret_row)
CM_STORE_GET(request);
CM_STORE_GET(object);
CM_STORE_GET(delivery);
CM_STORE_GET(peer);
CM_STORE_GET(person);
CM_STORE_GET(folder);
#undef CM_STORE_GET

CM_CHECKED cm_result cm_store_artifact(struct cm_store *store, uint64_t id, struct cm_report *report,
                                       struct cm_store_page **ret_page, const struct cm_store_artifact **ret_row);
// The artifact with this digest that was stored in the same change as the act at `index`.
CM_CHECKED cm_result cm_store_artifact_of_act(struct cm_store *store, uint64_t index, const struct cm_hash *sha256,
                                              struct cm_report *report, struct cm_store_page **ret_page,
                                              const struct cm_store_artifact **ret_row);
CM_CHECKED cm_result cm_store_outbox(struct cm_store *store, uint64_t id, struct cm_report *report,
                                     struct cm_store_page **ret_page, const struct cm_store_outbox **ret_row);
// Cause and detail of the event that the message of an outbox row came with; both empty when there is no such row.
CM_CHECKED cm_result cm_store_outbox_event(struct cm_store *store, uint64_t id, struct cm_report *report,
                                           struct cm_store_page **ret_page, struct cm_store_event *ret_event);
// Do we have an answer for this transaction already? The row's `answer` is empty while it is being made.
CM_CHECKED cm_result cm_store_reply(struct cm_store *store, struct cm_view sender, struct cm_view transaction,
                                    struct cm_report *report, struct cm_store_page **ret_page,
                                    const struct cm_store_reply **ret_row);
CM_CHECKED cm_result cm_store_blob_row(struct cm_store *store, const struct cm_hash *sha256, struct cm_report *report,
                                       struct cm_store_page **ret_page, const struct cm_store_blob **ret_row);

#define CM_STORE_NAMED 4

// What a list is asked for. Empty views and zeros do not restrict. Each list says which fields it heeds.
struct cm_store_ask {
	struct cm_view request, peer, state, delivery, purpose, kind;
	struct cm_instant from, until; // [from, until]
	struct cm_view after;          // last key of the page before
	struct cm_instant after_time;  // and its time, for lists in order of time
	uint64_t after_id;             // and its number, for lists in order of numbers
	struct cm_view case_id;
	struct cm_view named;          // what a person calls it; a beginning has at least CM_STORE_NAMED characters
	enum { CM_STORE_BOTH, CM_STORE_THEIRS, CM_STORE_OURS } direction; // of requests
	size_t limit;
};

// Requests, newest change first (changed, id); case_id, peer, state, direction; after_time + after. One of these leads along an
// index; where others fit few rows, a page may hold less than `limit`, or none, and more may follow all the same.
struct cm_store_request_list {
	const struct cm_store_request *rows;
	size_t count;
	struct cm_instant next_time; // where the page that follows begins: its after_time and after; us 0: this was the last
	struct cm_view next;
};
CM_CHECKED cm_result cm_store_requests(struct cm_store *store, const struct cm_store_ask *ask, struct cm_report *report,
                                       struct cm_store_page **ret_page, struct cm_store_request_list *ret_list);

#define CM_STORE_LIST(noun, plural)                                                                                    \
	CM_CHECKED cm_result cm_store_##plural(struct cm_store *store, const struct cm_store_ask *ask,                 \
	                                       struct cm_report *report, struct cm_store_page **ret_page,              \
	                                       const struct cm_store_##noun **ret_rows, size_t *ret_count)
CM_STORE_LIST(request, named_requests); // that `named` means: the id, the beginning of one, or a reference of either side; by id
CM_STORE_LIST(request, cases);        // by case_id, oldest change first; after = the last case
CM_STORE_LIST(request, followers);    // those that name `request` as parent, by id; after
CM_STORE_LIST(request, undertaken);   // of joint undertakings (`request`: of this one), changed `from` then, by (undertaking, id); state (= undertaking) + after
CM_STORE_LIST(request, linked);       // those whose document names `request` as the first it relates to, by id; after
CM_STORE_LIST(step, steps);           // by id; request; after_id
CM_STORE_LIST(object, objects);       // HI-1 LIST: by (changed, id); peer or request, kind (= type), from, until; after_time + after
CM_STORE_LIST(deadline, deadlines);   // of `request`, by limit
CM_STORE_LIST(deadline, ends);        // running and held, by (at, request, limit); peer, state; after_time + after + kind (= limit)
CM_STORE_LIST(deadline, wakes);       // wake <= until, soonest first
CM_STORE_LIST(delivery, deliveries);  // by (created, id); request; after_time + after
CM_STORE_LIST(delivery, named_deliveries); // that `named` means: the id, or the beginning of one; by id
CM_STORE_LIST(delivery, fetches);     // to be fetched by `until`, of each peer the first, by peer
CM_STORE_LIST(approval, approvals);   // delivery, purpose
CM_STORE_LIST(peer, peers);           // by node; state; after
CM_STORE_LIST(person, persons);       // by id; after
CM_STORE_LIST(directory, directories); // by name; after
CM_STORE_LIST(folder, folders);       // by id; after
CM_STORE_LIST(outbox, outboxes);      // waiting and due <= until, by (due, id); peer, request (then any state, by id; after_id)
CM_STORE_LIST(news, news);            // by id; after_id
CM_STORE_LIST(artifact, artifacts);   // of one thread: request = name, peer, kind (= media); by id; after_id
#undef CM_STORE_LIST

// The greatest number behind `prefix` in the references of our own requests; 0 without.
CM_CHECKED cm_result cm_store_last_number(struct cm_store *store, struct cm_view prefix, struct cm_report *report,
                                          uint64_t *ret_number);

// How many outbox rows are due at `now`, those that follow others too, and when the next becomes due; us INT64_MAX: none.
struct cm_store_due {
	uint64_t count;
	struct cm_instant next;
};
CM_CHECKED cm_result cm_store_next_due(struct cm_store *store, struct cm_instant now, struct cm_report *report,
                                       struct cm_store_due *ret_due);
// When the next deadline wakes; us INT64_MAX: never.
CM_CHECKED cm_result cm_store_next_wake(struct cm_store *store, struct cm_report *report, struct cm_instant *ret_at);

// An act by its index or by its id (UUID), with all fields, its batch signature, and its receipt to the newest head: a
// tlog-proof. CM_OK with *ret_act NULL when there is none or it is not signed yet.
struct cm_store_receipt_page;
CM_CHECKED cm_result cm_store_act_by_index(struct cm_store *store, uint64_t index, struct cm_report *report,
                                           struct cm_store_receipt_page **ret_page,
                                           const struct cm_store_receipt **ret_receipt);
CM_CHECKED cm_result cm_store_act_by_id(struct cm_store *store, struct cm_view id, struct cm_report *report,
                                        struct cm_store_receipt_page **ret_page,
                                        const struct cm_store_receipt **ret_receipt);
// The act as a list shows it: all fields open, without signature, path and proof, which cost a hundred times as much.
CM_CHECKED cm_result cm_store_act_row(struct cm_store *store, uint64_t index, struct cm_report *report,
                                      struct cm_store_receipt_page **ret_page, const struct cm_store_act **ret_act);
void cm_store_receipt_page_free(struct cm_store_receipt_page *page);
void cm_store_receipt_page_free_at(struct cm_store_receipt_page **at);

// Acts of one request (all when `request` is empty) in order of the register: their indexes, from `after_id` on.
CM_CHECKED cm_result cm_store_act_indexes(struct cm_store *store, const struct cm_store_ask *ask,
                                          struct cm_report *report, uint64_t *ret_indexes, size_t *ret_count);

// The newest signed head: the note's text into `to`.
CM_CHECKED cm_result cm_store_head(struct cm_store *store, struct cm_report *report, struct cm_buf *to);

#endif
