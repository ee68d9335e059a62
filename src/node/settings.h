// HOME/comity.conf: "key = value" lines by data/settings.tab. '#' starts a comment line. An unknown or repeated key, and a
// value of the wrong kind, is refused with its line.
#ifndef CM_NODE_SETTINGS_H
#define CM_NODE_SETTINGS_H

#include "base/report.h"
#include "node/tab_setting.h"

#define CM_SETTINGS_VALUE 512 // bytes of one value with NUL

struct cm_settings {
	char value[CM_SETTING_END][CM_SETTINGS_VALUE]; // "" when neither the file nor the table gives one
};

// Reads the text of the file; every key of the table has its value or its default afterwards.
CM_CHECKED cm_result cm_settings_read(struct cm_view text, struct cm_report *report, struct cm_settings *ret_settings);

// Reads HOME/comity.conf.
CM_CHECKED cm_result cm_settings_load(const char *home, struct cm_report *report, struct cm_settings *ret_settings);

const char *cm_settings_text(const struct cm_settings *settings, enum cm_setting key);
uint64_t cm_settings_number(const struct cm_settings *settings, enum cm_setting key);

// True when the system chooses the port of this address ("127.0.0.1:0"). The file in the node's folder with the address that it
// chose, at init or at the last start: it is tried first, so that peers and the directory find the node again.
bool cm_settings_any_port(const char *address);
#define CM_SETTINGS_LAST_ADDRESS "run/peer_address"

#endif
