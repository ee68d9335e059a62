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

#endif
