// The report of a call: checks in the order in which they were made, findings that name the broken rules, and one
// verdict. The caller makes it and passes it in; every call adds. Texts are UTF-8 and safe to show: what a stranger
// wrote is escaped and cut. They are valid as long as the report is not changed.
#ifndef COMITY_REPORT_H
#define COMITY_REPORT_H

#include "comity/error.h"

#ifdef __cplusplus
extern "C" {
#endif

struct comity_report;

COMITY_API COMITY_CHECKED enum comity_result comity_report_new(struct comity_report **ret_report);
COMITY_API void comity_report_free(struct comity_report *report);
COMITY_API void comity_report_clear(struct comity_report *report);

// -- findings
struct comity_finding {
	struct comity_rule rule;
	const char *place; // where in the input: "entry 3", "data/disk.img", "byte 1042"
	const char *seen;  // what was there
};
COMITY_API size_t comity_report_count(const struct comity_report *report);
// False outside.
COMITY_API bool comity_report_finding(const struct comity_report *report, size_t at, struct comity_finding *ret_finding);

// -- checks
enum comity_check_state {
	COMITY_CHECK_OK,
	COMITY_CHECK_FAILED,
	COMITY_CHECK_NOT_JUDGED, // needs something that was not given (trusted roots, for instance)
};
struct comity_check {
	const char *name;   // stable word: "container", "file", "signature", "origin" …; doc/spec/package.md lists them
	const char *about;  // what was checked: a file's name, "package", "bundle" …; may be ""
	enum comity_check_state state;
	const char *detail; // what was found, for people: "signed by xb.contact at …"; may be ""
};
COMITY_API size_t comity_report_checks(const struct comity_report *report);
COMITY_API bool comity_report_check(const struct comity_report *report, size_t at, struct comity_check *ret_check);

// -- verdict
enum comity_verdict {
	COMITY_VERDICT_NONE = 0, // nothing was verified yet
	COMITY_VERDICT_VALID,
	COMITY_VERDICT_INTACT, // nothing was changed; who made it was not judged
	COMITY_VERDICT_REFUSED,
	COMITY_VERDICT_EXERCISE, // intact, but made in an exercise: its times and its facts are played
};
COMITY_API enum comity_verdict comity_report_verdict(const struct comity_report *report);
// "valid", "intact, origin not judged", "an exercise, no evidence", "refused", "none".
COMITY_API const char *comity_report_verdict_text(enum comity_verdict verdict);

// -- facts: what was read from signed parts, "package.manifest_sha256", "package.signer", "package.signed_at" …
struct comity_fact {
	const char *name;
	const char *value;
};
COMITY_API size_t comity_report_facts(const struct comity_report *report);
COMITY_API bool comity_report_fact(const struct comity_report *report, size_t at, struct comity_fact *ret_fact);

#ifdef __cplusplus
}
#endif

#endif
