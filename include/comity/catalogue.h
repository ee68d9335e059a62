// What the program knows about the law, as tables. The rows come from data/*.tab; each names its source.
#ifndef COMITY_CATALOGUE_H
#define COMITY_CATALOGUE_H

#include "comity/comity.h"

#ifdef __cplusplus
extern "C" {
#endif

// A row as people read it. All texts are constant and never NULL.
struct comity_catalogue_row {
	const char *id;
	const char *title;
	const char *source; // text, page, memory, practice, policy …
};

enum comity_catalogue {
	COMITY_CATALOGUE_KINDS,    // of requests
	COMITY_CATALOGUE_ARTICLES, // of the Convention
	COMITY_CATALOGUE_OFFENCES,
};

// Number of rows; 0 for a table that this build does not carry.
COMITY_API size_t comity_catalogue_count(enum comity_catalogue catalogue);
// False outside.
COMITY_API bool comity_catalogue_row(enum comity_catalogue catalogue, size_t at, struct comity_catalogue_row *ret_row);

#ifdef __cplusplus
}
#endif

#endif
