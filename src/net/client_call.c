// One call: a copy of what was asked, a curl handle with every convenience of curl switched off, the check of the other
// side's certificate before the first byte leaves, and the translation of curl's result into ours.
// How the certificate is seen early (libcurl 7.88.1 with GnuTLS, measured): CURLOPT_PREREQFUNCTION runs after the TLS
// handshake and before the request, for new and reused connections alike, and CURLINFO_TLS_SSL_PTR gives the session there.
// CURLOPT_CERTINFO would come too late. Serves RFC 9110 section 9; the profile, transport.
#include <limits.h>
#include <string.h>

#include "os/clock.h"
#include "net/client_inside.h"
#include "net/tls.h"

static bool
cm_client_call_text(struct cm_client_call *call, const char **at)
{
	if (*at == NULL)
		return true;
	char *copy = cm_mem_text(*at, strlen(*at));
	*at = copy;
	if (copy != NULL)
		call->texts[call->text_count++] = copy;
	return copy != NULL;
}

static bool
cm_client_call_copy(struct cm_client_call *call)
{
	struct cm_client_request *r = &call->request;
	bool good = cm_client_call_text(call, &r->method) && cm_client_call_text(call, &r->url) &&
	            cm_client_call_text(call, &r->unix_path) && cm_client_call_text(call, &r->anchor_file) &&
	            cm_client_call_text(call, &r->content_type) && cm_client_call_text(call, &r->accept) &&
	            cm_client_call_text(call, &r->etag);
	for (size_t i = 0; i < sizeof r->fields / sizeof *r->fields; i++)
		good = good && cm_client_call_text(call, &r->fields[i]);
	call->body = good ? cm_mem_new(r->body.n) : NULL;
	if (call->body == NULL)
		return false;
	if (r->body.n != 0)
		memcpy(call->body, r->body.p, r->body.n);
	r->body.p = call->body;
	return true;
}

// Without TLS: our own sockets, and loopback addresses as numbers, which no name server can send elsewhere.
static bool
cm_client_call_plain(const struct cm_client_request *request)
{
	static const char *const here[] = {"http://127.0.0.1:", "http://127.0.0.1/", "http://[::1]:", "http://[::1]/"};
	if (request->unix_path != NULL)
		return true;
	for (size_t i = 0; request->loopback && i < sizeof here / sizeof *here; i++)
		if (request->url != NULL && strncmp(request->url, here[i], strlen(here[i])) == 0)
			return true;
	return false;
}

cm_result
cm_client_address_check(const struct cm_client_request *request, struct cm_report *report)
{
	bool plain = cm_client_call_plain(request);
	const char *scheme = plain ? "http://" : "https://";
	if (request->url == NULL || strncmp(request->url, scheme, strlen(scheme)) != 0 ||
	    strlen(request->url) > CM_LIMIT_NET_URL_BYTES_VALUE || strpbrk(request->url, " \t\r\n@#") != NULL)
		return cm_report_refuse(report, CM_ERROR_NET_URL, "address", "%s", request->url == NULL ? "" : request->url);
	if (!plain && request->anchor_file == NULL && !request->unproven)
		return cm_report_refuse(report, CM_ERROR_NET_PEER_UNPROVEN, "address", "%s without an anchor", request->url);
	return CM_OK;
}

cm_result
cm_client_call_new(struct cm_client *client, const struct cm_client_request *request, struct cm_report *report,
                   struct cm_client_call **ret_call)
{
	cm_result r = cm_client_address_check(request, report);
	if (r == CM_OK && request->done == NULL)
		r = CM_BUG;
	if (r != CM_OK)
		return r;
	struct cm_client_call *call = cm_mem_new(sizeof *call);
	if (call == NULL)
		return CM_NOMEM;
	call->client = client;
	call->request = *request;
	if (!cm_client_call_copy(call)) {
		cm_client_call_free(call);
		return CM_NOMEM;
	}
	uint64_t max = request->answer_max == 0 ? CM_LIMIT_MESSAGE_BYTES_VALUE : request->answer_max;
	if (request->bytes != NULL)
		call->request.answer_max = request->answer_max == 0 ? UINT64_MAX : request->answer_max;
	// What is no success is collected in any case, but a page of words is enough.
	if (request->bytes != NULL || max > SIZE_MAX)
		max = CM_LIMIT_MESSAGE_BYTES_VALUE;
	call->collected = cm_buf_of((size_t)max);
	*ret_call = call;
	return CM_OK;
}

void
cm_client_call_free(struct cm_client_call *call)
{
	if (call->easy != NULL)
		curl_easy_cleanup(call->easy);
	curl_slist_free_all(call->fields);
	for (size_t i = 0; i < call->text_count; i++)
		cm_mem_free(call->texts[i]);
	cm_mem_free(call->body);
	cm_buf_fini(&call->collected);
	cm_mem_free(call);
}

// Before the first byte of the request leaves.
static int
cm_client_call_peer(void *context, char *there, char *here, int there_port, int here_port)
{
	(void)there;
	(void)here;
	(void)there_port;
	(void)here_port;
	struct cm_client_call *call = context;
	struct curl_tlssessioninfo *tls = NULL;
	struct cm_tls_peer peer = {.bytes = NULL};
	if (call->request.peer == NULL)
		return CURL_PREREQFUNC_OK;
	if (curl_easy_getinfo(call->easy, CURLINFO_TLS_SSL_PTR, &tls) != CURLE_OK || tls == NULL ||
	    tls->backend != CURLSSLBACKEND_GNUTLS || tls->internals == NULL || !cm_tls_peer_read(tls->internals, &peer) ||
	    peer.count == 0)
		call->result = cm_report_refuse(&call->report, CM_ERROR_NET_PEER_UNPROVEN, call->request.url, "no certificate seen");
	else
		call->result = call->request.peer(call->request.context, peer.der, peer.count, &call->report);
	cm_tls_peer_fini(&peer);
	return call->result == CM_OK ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static size_t
cm_client_call_upload(char *to, size_t size, size_t n, void *context)
{
	struct cm_client_call *call = context;
	int64_t got = call->request.body_read(call->request.context, (uint8_t *)to, size * n);
	return got < 0 || (uint64_t)got > size * n ? CURL_READFUNC_ABORT : (size_t)got;
}

static bool
cm_client_call_add(struct cm_client_call *call, const char *name, const char *value)
{
	CM_CLEANUP(cm_buf_fini) struct cm_buf line = cm_buf_of(CM_LIMIT_NET_URL_BYTES_VALUE);
	if (value == NULL)
		return true;
	cm_buf_printf(&line, "%s%s%s", name, name[0] == 0 ? "" : ": ", value);
	struct curl_slist *longer = curl_slist_append(call->fields, cm_buf_cstr(&line));
	if (longer == NULL || cm_buf_result(&line) != CM_OK)
		return false;
	call->fields = longer;
	return true;
}

static bool
cm_client_call_fields(struct cm_client_call *call)
{
	const struct cm_client_request *r = &call->request;
	char range[48] = "";
	CM_CLEANUP(cm_buf_fini) struct cm_buf text = cm_buf_of(sizeof range);
	if (r->range_from != 0)
		cm_buf_printf(&text, "bytes=%llu-", (unsigned long long)r->range_from);
	bool good = cm_client_call_add(call, "Content-Type", r->content_type) &&
	            cm_client_call_add(call, "Range", r->range_from == 0 ? NULL : cm_buf_cstr(&text)) &&
	            cm_client_call_add(call, "If-Range", r->range_from == 0 ? NULL : r->etag) &&
	            // curl would send "Accept: */*" by itself
	            (r->accept == NULL ? cm_client_call_add(call, "", "Accept:") : cm_client_call_add(call, "Accept", r->accept));
	for (size_t i = 0; i < sizeof r->fields / sizeof *r->fields; i++)
		good = good && cm_client_call_add(call, "", r->fields[i]);
	return good;
}

// Milliseconds (or seconds with `unit` 1,000,000) for curl, where 0 means none.
static long
cm_client_call_time(int64_t us, int64_t unit)
{
	if (us == CM_CLIENT_NEVER)
		return 0;
	int64_t n = us / unit + (us % unit != 0);
	return n < 1 ? 1 : n > LONG_MAX / 2 ? 0 : (long)n;
}

static void
cm_client_call_times(struct cm_client_call *call)
{
	const struct cm_client_request *r = &call->request;
	bool bulk = r->bytes != NULL || r->body_read != NULL;
	int64_t deadline = r->deadline_us != 0 ? r->deadline_us
	                   : bulk              ? CM_CLIENT_NEVER
	                                       : (int64_t)CM_LIMIT_NET_CLIENT_MS_VALUE * 1000;
	int64_t stall = r->stall_us != 0 ? r->stall_us : (int64_t)CM_LIMIT_NET_CLIENT_STALL_MS_VALUE * 1000;
	curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, cm_client_call_time(deadline, 1000));
	curl_easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CM_LIMIT_NET_CLIENT_CONNECT_MS_VALUE);
	curl_easy_setopt(call->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(call->easy, CURLOPT_LOW_SPEED_TIME, cm_client_call_time(stall, 1000000));
}

static void
cm_client_call_body(struct cm_client_call *call)
{
	const struct cm_client_request *r = &call->request;
	const char *method = r->method != NULL ? r->method : r->body.n != 0 || r->body_read != NULL ? "POST" : "GET";
	if (strcmp(method, "GET") == 0)
		return;
	if (r->body_read != NULL) {
		curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_length);
		curl_easy_setopt(call->easy, CURLOPT_READFUNCTION, cm_client_call_upload);
		curl_easy_setopt(call->easy, CURLOPT_READDATA, call);
	} else if (r->body.n != 0 || strcmp(method, "POST") == 0) {
		curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body);
	}
	curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, method);
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(call->easy, CURLOPT_NOBODY, 1L);
}

// libcurl compares the server's dates with the machine's own clock. In an exercise, whose clock is another one, the chain is
// judged with the answer alone, by crypto/chain as always.
static void
cm_client_call_security(struct cm_client_call *call)
{
	const struct cm_client *client = call->client;
	bool outside = call->request.host_name;
	bool judged = outside || (!call->request.unproven && cm_clock_exercise_file() == NULL);
	curl_easy_setopt(call->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	curl_easy_setopt(call->easy, CURLOPT_SSL_VERIFYPEER, judged ? 1L : 0L);
	curl_easy_setopt(call->easy, CURLOPT_SSL_VERIFYHOST, outside ? 2L : 0L);
	curl_easy_setopt(call->easy, CURLOPT_SSL_SESSIONID_CACHE, 0L); // each session shows its certificates
	curl_easy_setopt(call->easy, CURLOPT_CAPATH, NULL);            // not the system's authorities
	curl_easy_setopt(call->easy, CURLOPT_CAINFO, call->request.anchor_file);
	if (client->key_file == NULL || call->request.unproven)
		return;
	curl_easy_setopt(call->easy, CURLOPT_SSLCERT, client->chain_file);
	curl_easy_setopt(call->easy, CURLOPT_SSLKEY, client->key_file);
}

cm_result
cm_client_call_prepare(struct cm_client_call *call)
{
	CURL *easy = call->easy = curl_easy_init();
	if (easy == NULL || !cm_client_call_fields(call))
		return CM_NOMEM;
	bool local = cm_client_call_plain(&call->request);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, local ? "http" : "https");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); // whatever the environment says
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 60L); // below limit net_idle_ms of the other side
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 65536L);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 65536L);
	curl_easy_setopt(easy, CURLOPT_URL, call->request.url);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->fields);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, cm_client_answer_field);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, cm_client_answer_bytes);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	if (call->request.unix_path != NULL)
		curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, call->request.unix_path);
	if (!local) {
		curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, cm_client_call_peer);
		curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
		cm_client_call_security(call);
	}
	cm_client_call_times(call);
	cm_client_call_body(call);
	return CM_OK;
}

static const struct cm_client_call_code {
	CURLcode code;
	enum cm_error rule;
	bool refused; // else CM_FAILED: trying again makes sense
} cm_client_call_codes[] = {
        {CURLE_COULDNT_RESOLVE_HOST, CM_ERROR_NET_RESOLVE, false},
        {CURLE_COULDNT_CONNECT, CM_ERROR_NET_CONNECT, false},
        {CURLE_OPERATION_TIMEDOUT, CM_ERROR_NET_DEADLINE, false},
        {CURLE_PEER_FAILED_VERIFICATION, CM_ERROR_NET_PEER_UNPROVEN, true},
        {CURLE_SSL_CONNECT_ERROR, CM_ERROR_NET_TLS, false},
        {CURLE_SSL_CERTPROBLEM, CM_ERROR_NET_TLS, false},
        {CURLE_SSL_CACERT_BADFILE, CM_ERROR_NET_TLS, false},
        {CURLE_SSL_CIPHER, CM_ERROR_NET_TLS, false},
        {CURLE_URL_MALFORMAT, CM_ERROR_NET_URL, true},
        {CURLE_UNSUPPORTED_PROTOCOL, CM_ERROR_NET_ANSWER_MALFORMED, true}, // HTTP/0.9; schemes were checked before
        {CURLE_WEIRD_SERVER_REPLY, CM_ERROR_NET_ANSWER_MALFORMED, true},
        {CURLE_BAD_CONTENT_ENCODING, CM_ERROR_NET_ANSWER_MALFORMED, true},
        {CURLE_OUT_OF_MEMORY, CM_ERROR_OUT_OF_MEMORY, false},
};

static cm_result
cm_client_call_result(struct cm_client_call *call, CURLcode code)
{
	enum cm_error rule = CM_ERROR_NET_BROKEN;
	bool refused = false;
	const char *seen = call->error[0] != 0 ? call->error : curl_easy_strerror(code);
	if (call->want_cancel)
		return cm_report_failed(&call->report, CM_ERROR_NET_CANCELLED, call->request.url, "cancelled");
	if (call->result != CM_OK)
		return call->result;
	if (code == CURLE_OK)
		return cm_client_answer_whole(call);
	for (size_t i = 0; i < sizeof cm_client_call_codes / sizeof *cm_client_call_codes; i++)
		if (cm_client_call_codes[i].code == code) {
			rule = cm_client_call_codes[i].rule;
			refused = cm_client_call_codes[i].refused;
		}
	if (refused)
		return cm_report_refuse(&call->report, rule, call->request.url, "%s", seen);
	return cm_report_failed(&call->report, rule, call->request.url, "%s", seen);
}

void
cm_client_call_done(struct cm_client_call *call, CURLcode code)
{
	struct cm_client_answer answer = {
	        .status = cm_client_answer_status(call),
	        .body = cm_buf_view(&call->collected),
	        .content_type = cm_view_text(call->content_type),
	        .etag = cm_view_text(call->etag),
	        .retry_after = call->retry_after,
	        .taken = call->taken,
	        .total = call->total,
	};
	cm_result r = cm_client_call_result(call, code);
	call->request.done(call->request.context, r, &answer, &call->report);
}
