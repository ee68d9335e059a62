// What the parts of the desk (desk.c, desk_call.c) share.
#ifndef CM_NODE_DESK_INSIDE_H
#define CM_NODE_DESK_INSIDE_H

#include "net/client.h"
#include "net/server.h"
#include "node/desk.h"
#include "node/desk_session.h"
#include "node/settings.h"
#include "os/file.h"

struct cm_desk {
	char home[CM_FILE_PATH], socket[CM_FILE_PATH];
	struct cm_settings settings;
	const struct cm_desk_pages *pages;
	struct cm_desk_sessions sessions;
	struct cm_client *client;
	struct cm_server *server;
	struct cm_server_service service;
	struct cm_queue visits; // struct cm_net_request *
	struct cm_thread workers[CM_LIMIT_DESK_WORKERS_VALUE];
};

#endif
