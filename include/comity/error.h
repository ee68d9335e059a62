// The rules: every refusal names one. Codes are stable, for machines; text and remedy are for people.
#ifndef COMITY_ERROR_H
#define COMITY_ERROR_H

#include "comity/comity.h"

#ifdef __cplusplus
extern "C" {
#endif

// A row of the table of rules. All texts are constant and never NULL.
struct comity_rule {
	const char *code;   // "zip_bad_crc"
	const char *text;   // what is wrong, one sentence
	const char *remedy; // what to do
	const char *source; // standard and section that the rule comes from, or "-"
};

// Number of rules; at < comity_error_count().
COMITY_API size_t comity_error_count(void);
// False outside the table.
COMITY_API bool comity_error_rule(size_t at, struct comity_rule *ret_rule);
// The rule with this code; false when there is none.
COMITY_API bool comity_error_find(const char *code, struct comity_rule *ret_rule);

#ifdef __cplusplus
}
#endif

#endif
