// Is a request complete and allowed by the law's tables? Run before it leaves and again when one arrives.
// Serves Arts 35, 40(15), 41(3), 42(3), 45(3), 50(3) and the "before_send" rows of data/safeguards.tab.
#ifndef CM_DOMAIN_REQUEST_H
#define CM_DOMAIN_REQUEST_H

#include "base/instant.h"
#include "domain/authority.h"
#include "domain/facts.h"
#include "domain/tab_content.h"

struct cm_request_told {
	enum cm_kind kind;
	struct cm_instant now; // when it is checked
	// Roles on the cards of the two nodes; 0 leaves the roles unjudged (a draft without a receiver yet).
	cm_authority_roles sender, receiver;
	struct cm_view node; // that sends it, "xa.contact"; empty leaves it unjudged whose request it says it is
	struct cm_view to;   // node that receives it, or its State ("XB"); empty leaves it unjudged of which State that is
	struct cm_view from; // State that sends it, where the node is not told; empty leaves that unjudged
};

// Every fault is one finding: for listed contents rule contents_missing, place "42(3)(e)", and in `seen` what is
// missing and what to do; then legal_basis_missing, offence_unknown, offence_out_of_scope, period_invalid,
// identifier_…, secrecy_endless, wanted_end_…, article_unknown, role_not_allowed, kind_unsupported, requesting_other,
// order_abroad, order_too_long.
// A received `pres` or `pres_ext` that only has contents_missing is taken and asked back, never refused
// (42(6) knows no refusal for form): cm_request_only_gaps() tells.
CM_CHECKED cm_result cm_request_check(const struct cm_facts *facts, const struct cm_request_told *told,
                                      struct cm_report *report);

// True when every finding is contents_missing (and there is at least one).
bool cm_request_only_gaps(const struct cm_report *report);

// What could be added: findings contents_possible for the items that are asked for only "where possible" or
// "where appropriate" and are not there. No refusal.
void cm_request_advise(const struct cm_facts *facts, enum cm_kind kind, struct cm_report *report);

// True when the item `content` belongs to requests of this kind.
bool cm_request_wants(enum cm_kind kind, enum cm_content content);

#endif
