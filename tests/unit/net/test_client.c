// Client and server of this room against each other, over real TLS on a port of the kernel's choice.
#include "unit.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "station.h"

struct visit {
	struct station *s;
	struct cm_client *client;
	char url[256], anchor[128];
	struct cm_report report;
	struct cm_buf body;
	unsigned status;
	unsigned peers; // certificates seen
	uint64_t bytes, stop_after;
	struct cm_client_call *call;
};

static struct station station;

static int
setup(void **state)
{
	station_open(&station);
	station_start(&station);
	*state = &station;
	return 0;
}

static int
teardown(void **state)
{
	station_close(*state);
	return 0;
}

static void
visit_begin(struct visit *v, struct station *s, const char *who, const char *anchor)
{
	static char key[128], chain[128];
	memset(v, 0, sizeof *v);
	v->s = s;
	v->body = cm_buf_of(1 << 20);
	struct cm_client_options options = {.key_file = NULL};
	if (who != NULL) {
		snprintf(key, sizeof key, "%s/%s.key", s->dir, who);
		snprintf(chain, sizeof chain, "%s/%s.pem", s->dir, who);
		options.key_file = key;
		options.chain_file = chain;
	}
	station_path(s, anchor, v->anchor);
	assert_int_equal(cm_client_new(&options, &v->report, &v->client), CM_OK);
}

static cm_result
visit_peer(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	struct visit *v = context;
	v->peers = (unsigned)n;
	if (v->stop_after == 1)
		return cm_report_refuse(report, CM_ERROR_NET_PEER_UNPROVEN, "peer", "not today");
	return n != 0 && der[0].n > 100 && der[0].p[0] == 0x30 ? CM_OK : CM_REFUSED;
}

static cm_result
visit_go(struct visit *v, const char *path, struct cm_client_request *request)
{
	station_url(v->s, path, v->url);
	request->url = v->url;
	request->anchor_file = v->anchor;
	request->context = v;
	if (request->peer == NULL)
		request->peer = visit_peer;
	cm_report_clear(&v->report);
	cm_buf_clear(&v->body);
	return cm_client_wait(v->client, request, &v->report, &v->body, &v->status);
}

static cm_result
visit_get(struct visit *v, const char *path)
{
	struct cm_client_request request = {.method = "GET"};
	return visit_go(v, path, &request);
}

static void
visit_end(struct visit *v)
{
	cm_client_free(v->client);
	cm_buf_fini(&v->body);
}

static void
both_sides_see_certificates(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	assert_int_equal(visit_get(&v, "/whoami"), CM_OK);
	assert_int_equal(v.status, 200);
	assert_view_is(cm_buf_view(&v.body), "2 1 127.0.0.1");
	assert_int_equal(v.peers, 2);
	visit_end(&v);
}

static void
a_client_without_certificate_is_served_and_known_as_such(void **state)
{
	struct visit v;
	visit_begin(&v, *state, NULL, "ca.pem");
	assert_int_equal(visit_get(&v, "/whoami"), CM_OK);
	assert_view_is(cm_buf_view(&v.body), "0 0 127.0.0.1");
	visit_end(&v);
}

static void
another_anchor_refuses_the_server(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "other.pem");
	struct cm_server_counts before = cm_server_counts(station.server);
	assert_int_equal(visit_get(&v, "/hello"), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_PEER_UNPROVEN));
	assert_int_equal(cm_server_counts(station.server).requests_total, before.requests_total);
	visit_end(&v);
}

static void
a_refused_peer_gets_no_byte_of_the_request(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	struct cm_server_counts before = cm_server_counts(station.server);
	v.stop_after = 1;
	struct cm_client_request request = {.body = cm_view_text("secret")};
	assert_int_equal(visit_go(&v, "/echo", &request), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_PEER_UNPROVEN));
	// A connection that is already trusted is judged again.
	v.stop_after = 0;
	assert_int_equal(visit_go(&v, "/echo", &request), CM_OK);
	assert_view_is(cm_buf_view(&v.body), "secret");
	v.stop_after = 1;
	assert_int_equal(visit_go(&v, "/echo", &request), CM_REFUSED);
	assert_int_equal(cm_server_counts(station.server).requests_total, before.requests_total + 1);
	visit_end(&v);
}

static void
answers_may_come_later_from_another_thread(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	for (int i = 0; i < 200; i++) {
		assert_int_equal(visit_get(&v, "/later"), CM_OK);
		assert_view_is(cm_buf_view(&v.body), "later\n");
	}
	visit_end(&v);
}

static void
a_body_above_the_limit_is_413_on_either_side(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	uint8_t *large = cm_mem_new((1 << 20) + 1);
	struct cm_client_request request = {.body = cm_view_of(large, (1 << 20) + 1)};
	assert_int_equal(visit_go(&v, "/echo", &request), CM_OK);
	assert_int_equal(v.status, 413);
	request.body.n = 1 << 20;
	assert_int_equal(visit_go(&v, "/echo", &request), CM_OK);
	assert_int_equal(v.status, 200);
	assert_int_equal(v.body.n, 1 << 20);
	struct cm_buf whole = v.body;
	v.body = cm_buf_of(1000);
	assert_int_equal(visit_go(&v, "/echo", &request), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_ANSWER_SIZE));
	cm_buf_fini(&whole);
	cm_mem_free(large);
	visit_end(&v);
}

static int64_t
visit_read(void *context, uint8_t *to, size_t n)
{
	struct visit *v = context;
	memset(to, 7, n);
	v->bytes += n;
	return (int64_t)n;
}

static bool
visit_bytes(void *context, struct cm_view part)
{
	struct visit *v = context;
	v->bytes += part.n;
	return true;
}

static void
bulk_moves_in_flat_memory(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	assert_int_equal(visit_get(&v, "/hello"), CM_OK);
	station_peak_reset();
	unsigned long before = station_peak_kib();
	int64_t t0 = cm_clock_mono();
	struct cm_client_request up = {.method = "PUT", .body_read = visit_read, .body_length = STATION_BIG};
	assert_int_equal(visit_go(&v, "/sink", &up), CM_OK);
	assert_view_is(cm_buf_view(&v.body), "209715200");
	int64_t t1 = cm_clock_mono();
	v.bytes = 0;
	struct cm_client_request down = {.bytes = visit_bytes};
	assert_int_equal(visit_go(&v, "/big", &down), CM_OK);
	assert_int_equal(v.bytes, STATION_BIG);
	int64_t t2 = cm_clock_mono();
	v.bytes = 0;
	assert_int_equal(visit_go(&v, "/made", &down), CM_OK);
	assert_int_equal(v.bytes, STATION_BIG);
	unsigned long grown = station_peak_kib() - before;
	print_message("200 MiB up %lld ms, file down %lld ms, source down %lld ms; memory grew by %lu KiB\n",
	              (long long)(t1 - t0) / 1000, (long long)(t2 - t1) / 1000, (long long)(cm_clock_mono() - t2) / 1000, grown);
#ifndef CM_SANITIZED
	assert_true(grown < 8192);
#endif
	visit_end(&v);
}

static void
a_full_disk_is_told_in_the_middle(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	struct cm_client_request up = {.method = "PUT", .body_read = visit_read, .body_length = 600000};
	assert_int_equal(visit_go(&v, "/full", &up), CM_OK);
	assert_int_equal(v.status, 507);
	up.body_length = STATION_BIG; // too much to read it all: the line is cut
	assert_int_equal(visit_go(&v, "/full", &up), CM_FAILED);
	visit_end(&v);
}

static void
ranges_are_judged_before_the_first_byte(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	struct cm_client_request part = {.bytes = visit_bytes, .range_from = STATION_BIG - 1000, .etag = "\"big\""};
	assert_int_equal(visit_go(&v, "/big", &part), CM_OK);
	assert_int_equal(v.bytes, 1000);
	assert_int_equal(v.status, 206);
	part.etag = "\"other\"";
	assert_int_equal(visit_go(&v, "/big", &part), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_CHANGED));
	part.etag = NULL;
	assert_int_equal(visit_go(&v, "/hello", &part), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_RANGE_IGNORED));
	assert_int_equal(v.bytes, 1000);
	visit_end(&v);
}

static void
a_range_that_nobody_asked_for_is_refused(void **state)
{
	struct visit v;
	visit_begin(&v, *state, "client", "ca.pem");
	assert_int_equal(visit_get(&v, "/wrong"), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_RANGE_WRONG));
	struct cm_client_request part = {.bytes = visit_bytes, .range_from = 2};
	assert_int_equal(visit_go(&v, "/wrong", &part), CM_REFUSED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_RANGE_WRONG));
	part.range_from = 3;
	cm_report_clear(&v.report);
	assert_int_equal(visit_go(&v, "/wrong", &part), CM_REFUSED); // three bytes named, none announced
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_RANGE_WRONG));
	visit_end(&v);
}

struct babbler {
	int listener;
	const char *says;
};

// Takes one connection, says its text whatever is asked, hangs up.
static void
babble(void *context)
{
	struct babbler *b = context;
	char skip[4096];
	int fd = accept(b->listener, NULL, NULL);
	if (fd < 0)
		return;
	if (read(fd, skip, sizeof skip) > 0 && write(fd, b->says, strlen(b->says)) < 0)
		print_message("the client left\n");
	close(fd);
}

static cm_result
visit_babbler(struct visit *v, int family, const char *says)
{
	struct sockaddr_storage at = {.ss_family = (sa_family_t)family};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un local = {.sun_family = AF_UNIX};
	socklen_t n = family == AF_UNIX ? sizeof local : sizeof four;
	snprintf(local.sun_path, sizeof local.sun_path, "%s/babbler", v->s->dir);
	unlink(local.sun_path);
	memcpy(&at, family == AF_UNIX ? (const void *)&local : (const void *)&four, n);
	struct babbler b = {.listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), .says = says};
	assert_int_equal(bind(b.listener, (const struct sockaddr *)&at, n) | listen(b.listener, 1), 0);
	assert_int_equal(getsockname(b.listener, (struct sockaddr *)&at, &n), 0);
	memcpy(&four, &at, sizeof four);
	struct cm_thread thread;
	assert_int_equal(cm_thread_start(&thread, "babbler", babble, &b, NULL), CM_OK);
	struct cm_client_request request = {.url = v->url, .anchor_file = v->anchor};
	if (family == AF_UNIX) {
		request.unix_path = local.sun_path;
		snprintf(v->url, sizeof v->url, "http://node/hello");
	} else
		snprintf(v->url, sizeof v->url, "https://127.0.0.1:%u/hello", (unsigned)ntohs(four.sin_port));
	cm_report_clear(&v->report);
	cm_buf_clear(&v->body);
	cm_result r = cm_client_wait(v->client, &request, &v->report, &v->body, &v->status);
	cm_thread_join(&thread);
	close(b.listener);
	return r;
}

static void
servers_that_speak_otherwise_are_refused(void **state)
{
	struct visit v;
	visit_begin(&v, *state, NULL, "ca.pem");
	assert_int_equal(visit_babbler(&v, AF_UNIX, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), CM_OK);
	assert_view_is(cm_buf_view(&v.body), "hi");
	static const char *const bad[] = {"hello\r\n", "HTTP/9.9 200 OK\r\n\r\n",
	        "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		cm_result r = visit_babbler(&v, AF_UNIX, bad[i]);
		assert_int_equal(r, CM_REFUSED);
		assert_true(cm_report_has(&v.report, CM_ERROR_NET_ANSWER_MALFORMED));
	}
	assert_int_equal(visit_babbler(&v, AF_UNIX, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi"), CM_FAILED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_BROKEN));
	// A redirect is an answer, not a way.
	assert_int_equal(visit_babbler(&v, AF_UNIX, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"),
	                 CM_OK);
	assert_int_equal(v.status, 302);
	assert_int_equal(visit_babbler(&v, AF_INET, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), CM_FAILED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_TLS));
	visit_end(&v);
}

static void
urls_of_other_kinds_are_refused(void **state)
{
	struct visit v;
	visit_begin(&v, *state, NULL, "ca.pem");
	static const char *const bad[] = {"http://127.0.0.1/", "file:///etc/passwd", "ftp://a/", "https://a b/", "https://u@h/", ""};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_client_request request = {.url = bad[i], .anchor_file = v.anchor};
		cm_report_clear(&v.report);
		assert_int_equal(cm_client_wait(v.client, &request, &v.report, &v.body, &v.status), CM_REFUSED);
		assert_true(cm_report_has(&v.report, CM_ERROR_NET_URL));
	}
	struct cm_client_request no_anchor = {.url = "https://127.0.0.1:1/"};
	assert_int_equal(cm_client_wait(v.client, &no_anchor, &v.report, &v.body, &v.status), CM_REFUSED);
	struct cm_client_request dead = {.url = "https://127.0.0.1:1/", .anchor_file = v.anchor};
	assert_int_equal(cm_client_wait(v.client, &dead, &v.report, &v.body, &v.status), CM_FAILED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_CONNECT));
	// Longer than a label may be: refused by the resolver itself, nobody is asked.
	struct cm_client_request nobody = {.anchor_file = v.anchor,
	        .url = "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid/"};
	assert_int_equal(cm_client_wait(v.client, &nobody, &v.report, &v.body, &v.status), CM_FAILED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_RESOLVE));
	visit_end(&v);
}

static void
deadlines_are_absolute(void **state)
{
	struct visit v;
	visit_begin(&v, *state, NULL, "ca.pem");
	struct cm_client_request request = {.deadline_us = 300000};
	int64_t t0 = cm_clock_mono();
	assert_int_equal(visit_go(&v, "/never", &request), CM_FAILED);
	assert_true(cm_report_has(&v.report, CM_ERROR_NET_DEADLINE));
	assert_in_range(cm_clock_mono() - t0, 298000, 2000000); // the library under it counts whole milliseconds
	visit_end(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(both_sides_see_certificates),
	        T(a_client_without_certificate_is_served_and_known_as_such),
	        T(another_anchor_refuses_the_server),
	        T(a_refused_peer_gets_no_byte_of_the_request),
	        T(answers_may_come_later_from_another_thread),
	        T(a_body_above_the_limit_is_413_on_either_side),
	        T(bulk_moves_in_flat_memory),
	        T(a_full_disk_is_told_in_the_middle),
	        T(ranges_are_judged_before_the_first_byte),
	        T(a_range_that_nobody_asked_for_is_refused),
	        T(servers_that_speak_otherwise_are_refused),
	        T(urls_of_other_kinds_are_refused),
	        T(deadlines_are_absolute),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
