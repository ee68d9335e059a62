// One request between two nodes, as data/request_moves.tab lets it move: the registrar (the requested node) and the node
// that asks, over a network that loses, doubles and reorders, with the same bytes again until an answer comes
// (doc/spec/profile.md, sections 1 and 5). The rows come as C arrays (rows.h), written by `machine rows`. spin walks through
// every family: no dead end, what was taken up is never unknown again, the registrar's word is always followed, both sides end
// alike, and nobody moves it who may not.
c_decl {
\#include "rows.h"
}
#include "states.h"

// Within c_expr the rows are read as arrays: spin takes no calls there.
#define MAY(from, to) MAY[now.family][now.from][to]
#define LEADS(from, to) LEADS[now.family][now.from][to]
#define FOLLOWS(from, to) FOLLOWS[now.family][now.from][to]
#define RANK(state) RANK[now.family][state]
#define CAN(from, to, by) \
	c_expr { (MAY(from, to) & by) && (!now.home || (RANK(to) < RANK(now.from) && RANK(to) > 0)) }
#define UNSENT(side) (side == DRAFT || side == CHECKED || side == SIGNED)
#define ENDED(side) (side == CLOSED || side == RETENTION_END)
#define IS(table, state) c_expr { table[state] }

#define ANSWER_NONE 0
#define ANSWER_YES 1
#define ANSWER_NO 2
#define WORDS 2

byte family;
byte registrar;      // state at the requested node; 0: it has nothing
byte asking = DRAFT; // what the node that asks shows
bool taken_up;       // it has the answer that the request was taken
bool home;           // from now on the network heals and everybody only goes on towards the end

// The network: the same bytes are sent until their answer comes, so a message comes never, once or often, at any time between
// its sending and its answer, and the others before or after it; what comes again is answered from memory and changes nothing.
// So a message needs no copies here: it is there, was taken or not, and its answer comes some time after that.

// The request: is it without an answer, and what is the answer.
bool request_open;
byte request_answer;

// The registrar's words without an answer, oldest first. late: its generation is old when it comes now.
// before: it was said before the registrar took the own move that is under way.
typedef word_t {
	byte state;
	bool taken, late, before;
};
word_t words[WORDS];
byte word_count;

// The own move of the side that asked; at most one without an answer.
byte move_to, move_answer;

// -- the registrar moves it, and says so --------------------------------------------------------------------------

#define REGISTRAR_GOES(s) \
	:: registrar != 0 && word_count < WORDS && CAN(registrar, s, BY_REGISTRAR) -> \
		if \
		:: IS(TOLD, s) -> words[word_count].state = s; word_count++ \
		:: else \
		fi; \
		if \
		:: IS(PASSING, s) \
		:: else -> registrar = s \
		fi

inline word_clear(i) {
	words[i].state = 0;
	words[i].taken = false;
	words[i].late = false;
	words[i].before = false
}

inline word_answered(i) {
	if
	:: i == 0 ->
		words[0].state = words[1].state;
		words[0].taken = words[1].taken;
		words[0].late = words[1].late;
		words[0].before = words[1].before
	:: else
	fi;
	word_clear(1);
	word_count--
}

// A word that is new comes: apply_message.c. A passing state is said and leaves everything where it was, generations too. Only an
// own move that has no answer yet may stand against the word.
#define HEAR(i) \
	words[i].taken = true; \
	if \
	:: i == 1 && !words[0].taken && !IS(PASSING, now.words[1].state) -> words[0].late = true \
	:: else \
	fi; \
	if \
	:: IS(PASSING, now.words[i].state) \
	:: c_expr { !PASSING[now.words[i].state] && FOLLOWS(asking, now.words[i].state) } -> asking = words[i].state \
	:: else -> assert(move_to != 0) \
	fi

#define WORD_STEPS(i) \
	:: words[i].state != 0 && !words[i].taken && words[i].late -> words[i].taken = true \
	:: words[i].state != 0 && !words[i].taken && !words[i].late -> HEAR(i) \
	:: words[i].taken -> word_answered(i)

// -- the side that asks --------------------------------------------------------------------------------------------

// What has not left is its own alone. What was sent is moved by a message, and shows when the registrar has taken that.
#define ASKING_GOES(s) \
	:: CAN(asking, s, BY_ASKING) && UNSENT(asking) -> \
		asking = s; \
		request_open = (s == SENT) \
	:: CAN(asking, s, BY_ASKING) && !UNSENT(asking) && move_to == 0 && (taken_up || request_open) && !IS(PASSING, s) -> \
		move_to = s \
	:: !home && taken_up && move_to == 0 && CAN(asking, s, BY_EITHER) && !IS(PASSING, s) -> \
		asking = s

// Messages about one request go one after another: an own move waits for the answer to the request.
#define MOVE_STEPS \
	:: move_to != 0 && taken_up && move_answer == ANSWER_NONE -> \
		if \
		:: c_expr { LEADS(registrar, now.move_to) } -> \
			assert(c_expr { MAY(registrar, now.move_to) & (BY_ASKING | BY_EITHER) }); \
			move_answer = ANSWER_YES; \
			registrar = move_to; \
			words[0].before = word_count > 0; \
			words[1].before = word_count > 1 \
		:: else -> move_answer = ANSWER_NO \
		fi \
	:: move_answer != ANSWER_NONE -> move_answered()

inline move_answered() {
	if // a word of the registrar that came first, and was said later, stays
	:: move_answer == ANSWER_YES && c_expr { LEADS(asking, now.move_to) } -> asking = move_to
	:: else
	fi;
	if
	:: move_answer == ANSWER_YES ->
		words[0].late = words[0].late || words[0].before && !words[0].taken;
		words[1].late = words[1].late || words[1].before && !words[1].taken
	:: else
	fi;
	words[0].before = false;
	words[1].before = false;
	move_to = 0;
	move_answer = ANSWER_NONE
}

#define REQUEST_STEPS \
	:: request_open && request_answer == ANSWER_NONE && !home -> request_answer = ANSWER_NO \
	:: request_open && request_answer == ANSWER_NONE -> request_answer = ANSWER_YES; registrar = ACKNOWLEDGED \
	:: request_open && request_answer != ANSWER_NONE -> request_answered()

// Sent back as a whole: corrected and sent anew, as another message.
inline request_answered() {
	request_open = false;
	if
	:: request_answer == ANSWER_YES ->
		taken_up = true;
		if
		:: asking == SENT -> asking = ACKNOWLEDGED
		:: else
		fi
	:: request_answer == ANSWER_NO ->
		asking = DRAFT;
		move_to = 0;
		request_answer = ANSWER_NONE
	fi
}

#define QUIET (word_count == 0 && move_to == 0 && !request_open)

active proctype world() {
	select(family : 1 .. FAMILIES);
	do
	:: atomic {
		if
		:: !home -> home = true
		EACH_STATE(REGISTRAR_GOES)
		EACH_STATE(ASKING_GOES)
		WORD_STEPS(0)
		WORD_STEPS(1)
		MOVE_STEPS
		REQUEST_STEPS
		:: home && QUIET && (registrar == 0 && ENDED(asking) || ENDED(registrar)) -> break
		fi
	}
	od;
	assert(ENDED(asking)) // both sides end alike
}

// What the other side said it took is never lost again.
active proctype watch() {
end:
	atomic {
		taken_up && (registrar == 0 || asking == 0 || UNSENT(asking)) -> assert(false)
	}
}
