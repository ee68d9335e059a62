// Taking a peer's HI-1 message: the named steps from bytes to a durable, signed answer. Source: take.c (steps),
// take_check.c (may each action be done?), take_links.c (do they hang together?), take_said.c (is it to be said now?),
// take_read.c (GET, LIST, GETCSPCONFIG), take_act.c (what the register says of it), take_listed.c (senders that nobody confirmed).
#ifndef CM_NODE_TAKE_H
#define CM_NODE_TAKE_H

#include "domain/preservation.h"
#include "node/event.h"
#include "node/exchange.h"

// Answers the exchange POST /hi1/v1, now or when the store's completion comes.
void cm_take_message(struct cm_exchange *ex);

// What is known of one message while it is judged.
struct cm_take {
	struct cm_node *node;
	struct cm_peer peer;
	struct cm_instant now;
	struct cm_reader_read read;
	struct cm_hash digest; // of the signed bytes
	struct cm_hi1_fault whole;
	struct cm_hi1_fault faults[CM_LIMIT_HI1_ACTIONS_VALUE];
	bool unseen; // taken to be new, without a look into the store
	bool known[CM_LIMIT_HI1_ACTIONS_VALUE]; // the action creates what is here already with the same contents
	bool any_fault;
	const char *marked; // what the directory says of the sender's key, of a preservation that is taken all the same; or NULL
};

// With a key that is not good any more, by the directory, a sender gets nothing but a preservation, or a longer one, which is
// marked: holding data harms nobody. What is not such a request by its actions is refused, whatever its header calls it.
CM_CHECKED cm_result cm_take_judge_standing(struct cm_take *take, struct cm_report *report);

// The same for a sender that nobody confirmed (listed.h): it brings a preservation, a longer one or its end, asks for what became
// of its own, or tells what it decided on a preservation of ours. Anything else is a fault of the whole message.
CM_CHECKED cm_result cm_take_judge_listed(struct cm_take *take, struct cm_report *report);

// May a sender that nobody confirmed follow this request? Its own preservations; any other sender follows all that is between us.
CM_CHECKED cm_result cm_take_may_follow(const struct cm_take *take, struct cm_view request, struct cm_report *report,
                                        bool *ret_may);

// Tells the feed, with the change, that a request came from somebody whom nobody confirmed, and the number to call.
CM_CHECKED cm_result cm_take_listed_news(const struct cm_take *take, struct cm_change *change, struct cm_report *report);

// One request about a preservation, of one of these kinds ("pres pres_ext"), and nothing beside it, by what is done.
bool cm_take_only_preserves(const struct cm_take *take, const char *const *kinds);

// Judges every action; faults go to take->faults.
CM_CHECKED cm_result cm_take_check(struct cm_take *take, struct cm_report *report);

// Does it tell a silence that our own clock does not see yet? A peer's clock may be ahead, and a day that was set is ours to its end.
CM_CHECKED cm_result cm_take_early(const struct cm_take *take, struct cm_report *report, bool *ret_early);

// What has to hold between the actions of one message: no object twice; one request at most, and its task, of the kind that the
// header says. Faults go to the actions, or to the whole message.
void cm_take_check_together(struct cm_take *take);
// The preservation that the request of this message changes: the action that updates its task, and the one that creates the
// request. False for messages that change none.
struct cm_take_later {
	size_t task, request;
	enum cm_event event; // what is asked: EXTEND, RELEASE
};
bool cm_take_later(const struct cm_take *take, struct cm_take_later *ret_later);

// What action `at` refers to is between us and this peer, and the states it tells are the sender's to tell.
CM_CHECKED cm_result cm_take_check_links(struct cm_take *take, size_t at, struct cm_report *report);

// What action `at` says of a request fits that request, as it is known here: its kind and state, what was said and asked before.
CM_CHECKED cm_result cm_take_check_said(struct cm_take *take, size_t at, struct cm_report *report);
// A delivery for the request comes when data may come, and in its place of the series.
CM_CHECKED cm_result cm_take_check_delivery(struct cm_take *take, const struct cm_hi1_delivery *d, struct cm_view request,
                                            struct cm_hi1_fault *fault, struct cm_report *report);
// What kind of act taking this message is, and what it is about: the request it is told of, and the blob that a DELIVER announces,
// whose texts live in `blob`.
struct cm_take_blob {
	char sha256[65], length[24];
};
void cm_take_act(const struct cm_take *take, const char *request, struct cm_act_values *values);
void cm_take_act_blob(const struct cm_take *take, struct cm_take_blob *blob, struct cm_act_values *values);

// Sets the fault of one place.
void cm_take_fault(struct cm_hi1_fault *fault, enum cm_hi1_error error, const char *place, const char *seen);

// Fills the answer to one GET, LIST or GETCSPCONFIG.
CM_CHECKED cm_result cm_take_read(struct cm_take *take, size_t action, struct cm_arena *arena, struct cm_hi1_action *to,
                                  struct cm_report *report);

#endif
