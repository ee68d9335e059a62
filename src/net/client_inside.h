// What the files of the HTTP client share. Nobody outside src/net/ includes it.
#ifndef CM_NET_CLIENT_INSIDE_H
#define CM_NET_CLIENT_INSIDE_H

#include <curl/curl.h>

#include "base/mem.h"
#include "base/tab_limit.h"
#include "net/client.h"
#include "os/thread.h"

struct cm_client_call {
	struct cm_client *client;
	struct cm_client_call *next;                          // client.lock
	bool want_start, want_continue, want_cancel, running; // client.lock

	struct cm_client_request request; // its texts point into what follows
	char *texts[12];
	size_t text_count;
	uint8_t *body;

	CURL *easy;
	struct curl_slist *fields;
	char error[CURL_ERROR_SIZE];
	struct cm_report report;
	cm_result result; // CM_OK until something of ours refused
	bool judged;      // the header of the answer was

	struct cm_buf collected;
	uint64_t taken, total;
	uint32_t retry_after;
	char etag[CM_LIMIT_NET_ETAG_BYTES_VALUE];
	char content_type[128];
	char range[128];
};

struct cm_client {
	char *key_file, *chain_file;
	CURLM *multi;
	struct cm_thread thread;
	struct cm_mutex lock;
	struct cm_client_call *calls;
	bool ending;
};

// client_call.c
CM_CHECKED cm_result cm_client_call_new(struct cm_client *client, const struct cm_client_request *request,
                                        struct cm_report *report, struct cm_client_call **ret_call);
void cm_client_call_free(struct cm_client_call *call);
// Makes the curl handle. In the client's thread.
CM_CHECKED cm_result cm_client_call_prepare(struct cm_client_call *call);
// Tells `done` what the call came to.
void cm_client_call_done(struct cm_client_call *call, CURLcode code);

// client_answer.c: what comes back
size_t cm_client_answer_field(char *line, size_t size, size_t n, void *context);
size_t cm_client_answer_bytes(char *bytes, size_t size, size_t n, void *context);
unsigned cm_client_answer_status(struct cm_client_call *call);
// At the end: was all of the announced object there?
CM_CHECKED cm_result cm_client_answer_whole(struct cm_client_call *call);

#endif
