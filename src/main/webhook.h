// `comity webhook send`. Source: webhook.c.
#ifndef CM_MAIN_WEBHOOK_H
#define CM_MAIN_WEBHOOK_H

#include "cli/command.h"

int cm_webhook_send(const struct cm_command_line *line);

#endif
