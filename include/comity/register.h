// Proofs of the register: is this act in that log? doc/spec/register.md is the format.
#ifndef COMITY_REGISTER_H
#define COMITY_REGISTER_H

#include "comity/report.h"

#ifdef __cplusplus
extern "C" {
#endif

struct comity_register_question {
	struct comity_view proof; // a tlog-proof (C2SP)
	struct comity_view entry; // the 69 bytes of the register's entry
	const char *vkey;         // of the log, "name+id+key"
};
struct comity_register_answer {
	uint64_t index;
	uint64_t size;
	struct comity_hash root;
};
// COMITY_REFUSED by name: proof_form, note_…, checkpoint_…, merkle_inclusion.
COMITY_API COMITY_CHECKED enum comity_result comity_register_verify(const struct comity_register_question *question,
                                                                    struct comity_report *report,
                                                                    struct comity_register_answer *ret_answer);

#ifdef __cplusplus
}
#endif

#endif
