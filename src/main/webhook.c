// `comity webhook send`: tells one receiver that something happened, by signed calls. Knows: whom, in which order, what was told already.
// Does not know: requests or persons; a notice has topic, name, number and time, and the receiver asks the API for the rest. It runs beside
// the node (doc/why/webhooks.md): the node makes no calls to addresses that a person types, and the secret is no business of the node.
// Serves Standard Webhooks 1.0.0.
#include "main/webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/tab_limit.h"
#include "crypto/hash.h"
#include "format/json.h"
#include "format/json_put.h"
#include "net/client.h"
#include "os/clock.h"
#include "os/file.h"
#include "os/rand.h"
#include "cli/cli.h"
#include "cli/fail.h"
#include "main/follow.h"
#include "node/admin_client.h"

#define CM_WEBHOOK_PREFIX "whsec_"
#define CM_WEBHOOK_SECRET 32   // bytes of a fresh secret
#define CM_WEBHOOK_SECRET_MAX 64
#define CM_WEBHOOK_WAIT_MAX 300 // seconds between two tries
#define CM_WEBHOOK_FIELD 192
#define CM_WEBHOOK_SIGN 48 // base64 of 32 bytes with NUL

struct cm_webhook {
	const struct cm_command_line *line;
	const char *url, *anchor, *after_file;
	char node[128];
	uint8_t secret[CM_WEBHOOK_SECRET_MAX];
	size_t secret_n;
	struct cm_client *client;
	struct cm_report *report;
	cm_result result;
	bool away; // the receiver did not take the last try, and that was said
};

// The secret file; made when it is not there.
static cm_result
cm_webhook_secret(struct cm_webhook *hook, const char *path)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of_secret(256);
	struct cm_buf CM_CLEANUP(cm_buf_fini) bytes = cm_buf_of_secret(CM_WEBHOOK_SECRET_MAX);
	cm_result r = CM_OK;
	if (!cm_file_exists(path)) {
		hook->secret_n = CM_WEBHOOK_SECRET;
		r = cm_rand_bytes(hook->secret, hook->secret_n, hook->report);
		cm_buf_text(&text, CM_WEBHOOK_PREFIX);
		cm_b64_write(&text, cm_view_of(hook->secret, hook->secret_n), CM_B64_STANDARD);
		cm_buf_u8(&text, '\n');
		return r == CM_OK ? cm_file_replace(path, 0600, cm_buf_view(&text), hook->report) : r;
	}
	r = cm_file_load(path, &text, hook->report);
	if (r != CM_OK)
		return r;
	struct cm_view all = cm_view_part(cm_buf_view(&text), 0, cm_view_find(cm_buf_view(&text), 0, '\n'));
	size_t n = strlen(CM_WEBHOOK_PREFIX);
	if (all.n <= n || memcmp(all.p, CM_WEBHOOK_PREFIX, n) != 0 ||
	    !cm_b64_read(cm_view_part(all, n, all.n), CM_B64_STANDARD, &bytes) || bytes.n < 24)
		return cm_report_refuse(hook->report, CM_ERROR_WEBHOOK_SECRET, path, "%s", "");
	memcpy(hook->secret, bytes.p, bytes.n);
	hook->secret_n = bytes.n;
	return CM_OK;
}

// Which node this is: two nodes may tell one receiver, and each notice has its own id.
static cm_result
cm_webhook_node(struct cm_webhook *hook)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json CM_CLEANUP(cm_json_free_at) *json = NULL;
	struct cm_admin_call call = {.home = hook->line->home, .method = "GET", .path = "/api/v1/node", .body_fd = -1};
	unsigned status = 0;
	cm_result r = cm_admin_client_call(&call, hook->report, &body, &status);
	if (r == CM_OK)
		r = cm_json_read(cm_buf_view(&body), CM_LIMIT_MESSAGE_BYTES_VALUE, hook->report, &json);
	if (r == CM_OK)
		snprintf(hook->node, sizeof hook->node, "%.*s", CM_VIEW_ARG(cm_json_text(cm_json_member(cm_json_root(json), "node"))));
	return r;
}

static bool
cm_webhook_wants(const struct cm_webhook *hook, struct cm_view topic)
{
	const char *want = cm_command_value_at(hook->line, CM_OPTION_WEBHOOK_SEND_TOPIC, 0);
	for (size_t i = 0; want != NULL; want = cm_command_value_at(hook->line, CM_OPTION_WEBHOOK_SEND_TOPIC, ++i))
		if (cm_view_is(topic, want))
			return true;
	return cm_command_value_at(hook->line, CM_OPTION_WEBHOOK_SEND_TOPIC, 0) == NULL;
}

// To whom, and how the receiver proves who it is.
static struct cm_client_request
cm_webhook_request(const struct cm_webhook *hook)
{
	return (struct cm_client_request){.method = "POST",
	        .url = hook->url,
	        .anchor_file = hook->anchor,
	        .loopback = hook->anchor == NULL,
	        .host_name = hook->anchor != NULL};
}

// An address that no call can go to is a fault of the command line.
static cm_result
cm_webhook_address(const struct cm_webhook *hook)
{
	struct cm_client_request request = cm_webhook_request(hook);
	if (cm_client_address_check(&request, NULL) == CM_OK)
		return CM_OK;
	return cm_report_refuse(hook->report, CM_ERROR_USAGE, "URL", "%s: %s", hook->url,
	                        hook->anchor != NULL ? "with --anchor it is https://HOST/path"
	                                             : "plain http goes to http://127.0.0.1 or http://[::1] alone; elsewhere it is "
	                                               "https, with --anchor FILE");
}

static void
cm_webhook_tell_away(const struct cm_webhook *hook, uint64_t id, unsigned status, const struct cm_report *why)
{
	fprintf(stderr, "event %" PRIu64 " was not taken by %s (", id, hook->url);
	if (status != 0)
		fprintf(stderr, "it answered HTTP %u", status);
	else
		fprintf(stderr, "%s", why->count > 0 ? why->findings[0].seen : "no answer");
	fprintf(stderr, "); it is told again until it is\n");
}

// One try. CM_OK: the receiver took it.
static cm_result
cm_webhook_try(struct cm_webhook *hook, uint64_t id, struct cm_view body)
{
	struct cm_report why = {0};
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_buf CM_CLEANUP(cm_buf_fini) answer = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	char fields[3][CM_WEBHOOK_FIELD], sign[CM_WEBHOOK_SIGN];
	int64_t now = cm_instant_seconds(cm_clock_utc());
	unsigned status = 0;
	cm_buf_printf(&text, "%s.%" PRIu64 ".%" PRId64 ".", hook->node, id, now);
	cm_buf_view_add(&text, body);
	struct cm_hash mac = cm_hash_hmac(cm_view_of(hook->secret, hook->secret_n), cm_buf_view(&text));
	sign[cm_b64_text(cm_hash_view(&mac), CM_B64_STANDARD, sign)] = 0;
	snprintf(fields[0], CM_WEBHOOK_FIELD, "webhook-id: %s.%" PRIu64, hook->node, id);
	snprintf(fields[1], CM_WEBHOOK_FIELD, "webhook-timestamp: %" PRId64, now);
	snprintf(fields[2], CM_WEBHOOK_FIELD, "webhook-signature: v1,%s", sign);
	struct cm_client_request request = cm_webhook_request(hook);
	request.content_type = "application/json";
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		request.fields[i] = fields[i];
	request.body = body;
	cm_result r = cm_client_wait(hook->client, &request, &why, &answer, &status);
	if (r == CM_OK && status >= 200 && status < 300) {
		hook->away = false;
		return CM_OK;
	}
	if (r == CM_REFUSED && status == 0)
		cm_report_join(hook->report, &why); // the address itself, or who answers there
	else if (!hook->away)
		cm_webhook_tell_away(hook, id, status, &why);
	hook->away = true;
	return r == CM_REFUSED && status == 0 ? CM_REFUSED : CM_FAILED;
}

static cm_result
cm_webhook_after_save(const struct cm_webhook *hook, uint64_t id)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRIu64 "\n", id);
	return cm_file_replace(hook->after_file, 0600, cm_view_text(text), hook->report);
}

// Tells one event until the receiver took it, then notes that it is told: at least once, with the same id.
static bool
cm_webhook_event(void *context, uint64_t id, struct cm_view topic, struct cm_view json)
{
	struct cm_webhook *hook = context;
	struct cm_json CM_CLEANUP(cm_json_free_at) *event = NULL;
	struct cm_buf CM_CLEANUP(cm_buf_fini) body = cm_buf_of(CM_LIMIT_MESSAGE_BYTES_VALUE);
	struct cm_json_put put = cm_json_put_of(&body);
	hook->result = cm_json_read(json, CM_LIMIT_MESSAGE_BYTES_VALUE, hook->report, &event);
	if (hook->result != CM_OK)
		return false;
	const struct cm_json_value *root = cm_json_root(event);
	cm_json_put_object(&put);
	cm_json_put_name(&put, "data");
	cm_json_put_object(&put);
	cm_json_put_member_number(&put, "event", (int64_t)id);
	cm_json_put_member_cstr(&put, "node", hook->node);
	cm_json_put_member_text(&put, "ref", cm_json_text(cm_json_member(root, "ref")));
	cm_json_put_end_object(&put);
	cm_json_put_member_text(&put, "timestamp", cm_json_text(cm_json_member(root, "at")));
	cm_json_put_member_text(&put, "type", topic);
	cm_json_put_end_object(&put);
	unsigned wait = 1;
	while (cm_webhook_wants(hook, topic) && (hook->result = cm_webhook_try(hook, id, cm_buf_view(&body))) != CM_OK) {
		if (hook->result == CM_REFUSED)
			return false;
		cm_follow_wait(wait);
		wait = wait < CM_WEBHOOK_WAIT_MAX / 2 ? 2 * wait : CM_WEBHOOK_WAIT_MAX;
	}
	hook->result = cm_webhook_after_save(hook, id);
	return hook->result == CM_OK;
}

static cm_result
cm_webhook_after(struct cm_webhook *hook, uint64_t *ret_after)
{
	struct cm_buf CM_CLEANUP(cm_buf_fini) text = cm_buf_of(64);
	if (!cm_file_exists(hook->after_file))
		return CM_OK;
	cm_result r = cm_file_load(hook->after_file, &text, hook->report);
	struct cm_view all = cm_buf_view(&text);
	if (r == CM_OK && !cm_num_u64(cm_view_part(all, 0, cm_view_find(all, 0, '\n')), 0, INT64_MAX, ret_after))
		r = cm_report_refuse(hook->report, CM_ERROR_CALL_ARGUMENT, hook->after_file, "%s", "no number");
	return r;
}

int
cm_webhook_send(const struct cm_command_line *line)
{
	struct cm_report report = {0};
	struct cm_webhook hook = {.line = line,
	        .url = line->arguments[0],
	        .anchor = cm_command_value(line, CM_OPTION_WEBHOOK_SEND_ANCHOR),
	        .after_file = cm_command_value(line, CM_OPTION_WEBHOOK_SEND_AFTER_FILE),
	        .report = &report};
	const struct cm_call_follow each = {.event = cm_webhook_event, .context = &hook};
	uint64_t after = 0;
	cm_result r = cm_webhook_address(&hook);
	if (r == CM_OK)
		r = cm_webhook_secret(&hook, cm_command_value(line, CM_OPTION_WEBHOOK_SEND_SECRET_FILE));
	if (r == CM_OK)
		r = cm_webhook_after(&hook, &after);
	if (r == CM_OK)
		r = cm_webhook_node(&hook);
	if (r == CM_OK)
		r = cm_client_new(&(struct cm_client_options){.connections = 1}, &report, &hook.client);
	if (r == CM_OK)
		r = cm_follow_run(line->home, after, &each, &report);
	if (r == CM_OK)
		r = hook.result;
	cm_client_free(hook.client);
	cm_mem_wipe(hook.secret, sizeof hook.secret);
	return r == CM_OK ? CM_CLI_DONE : cm_fail(line, r, &report);
}
