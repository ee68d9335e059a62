// A dictionary entry of HI-1: {Owner, Name, Value}.
#ifndef CM_FORMAT_HI1_ENTRY_H
#define CM_FORMAT_HI1_ENTRY_H

#include "base/view.h"
#include "format/tab_dictionary.h"

// Owner, name and allowed values stand in data/hi1_dictionaries.tab.
struct cm_hi1_entry {
	enum cm_dictionary dictionary;
	struct cm_view value; // "AwaitingPreservation"
};

#endif
