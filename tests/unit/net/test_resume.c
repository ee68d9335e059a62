// A server that is killed while it sends, and a client that fetches only what is missing from its successor. Also: new keys
// while serving, and the order of ending.
#include "unit.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "station.h"

struct other {
	pid_t pid;
	int in; // closing it ends the station
	char address[128], dir[128];
};

static void
other_start(struct other *o)
{
	int in[2], out[2];
	char line[400] = "";
	assert_int_equal(pipe(in) | pipe(out), 0);
	o->pid = fork();
	if (o->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		close(in[1]);
		close(out[0]);
		execl(getenv("STATION"), "net_station", (char *)NULL);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	o->in = in[1];
	FILE *f = fdopen(out[0], "r");
	assert_non_null(fgets(line, sizeof line, f));
	assert_int_equal(sscanf(line, "%127s %127s", o->address, o->dir), 2);
	fclose(f);
}

static void
other_end(struct other *o)
{
	char command[256];
	int status;
	close(o->in);
	waitpid(o->pid, &status, 0);
	snprintf(command, sizeof command, "rm -rf %s", o->dir);
	assert_int_equal(system(command), 0);
}

struct fetch {
	uint64_t at, kill_at, bytes;
	struct other *from;
	bool wrong;
};

// Byte k of the big file: the number k itself at every 4096th place, eight bytes long, zero elsewhere.
static uint64_t
fetch_byte(uint64_t at)
{
	uint64_t block = at / 4096 * 4096;
	return at - block >= 8 ? 0 : (block >> (8 * (at - block))) & 0xff;
}

static bool
fetch_bytes(void *context, struct cm_view part)
{
	struct fetch *f = context;
	for (size_t i = 0; i < part.n; i++)
		f->wrong = f->wrong || part.p[i] != fetch_byte(f->at + i);
	f->at += part.n;
	f->bytes += part.n;
	if (f->kill_at != 0 && f->at >= f->kill_at) {
		kill(f->from->pid, SIGKILL);
		f->kill_at = 0;
	}
	return true;
}

static cm_result
fetch_go(struct cm_client *client, struct other *o, struct fetch *f, struct cm_report *report)
{
	char url[256], anchor[256];
	unsigned status = 0;
	CM_CLEANUP(cm_buf_fini) struct cm_buf body = cm_buf_of(4096);
	snprintf(url, sizeof url, "https://%s/big", o->address);
	snprintf(anchor, sizeof anchor, "%s/ca.pem", o->dir);
	f->from = o;
	f->bytes = 0;
	struct cm_client_request request = {
	        .url = url, .anchor_file = anchor, .range_from = f->at, .etag = "\"big\"", .bytes = fetch_bytes, .context = f};
	return cm_client_wait(client, &request, report, &body, &status);
}

static void
a_killed_download_goes_on_with_the_missing_part(void **state)
{
	(void)state;
	struct other o;
	struct fetch f = {.kill_at = STATION_BIG / 3};
	struct cm_report report = {.count = 0};
	struct cm_client *client;
	assert_int_equal(cm_client_new(&(struct cm_client_options){.key_file = NULL}, &report, &client), CM_OK);
	uint64_t all = 0;
	for (int kills = 0; kills < 3; kills++) {
		other_start(&o);
		f.kill_at = STATION_BIG / 4 * (uint64_t)(kills + 1);
		cm_report_clear(&report);
		assert_int_equal(fetch_go(client, &o, &f, &report), CM_FAILED);
		assert_true(cm_report_has(&report, CM_ERROR_NET_BROKEN));
		assert_true(f.at < STATION_BIG);
		all += f.bytes;
		other_end(&o);
	}
	other_start(&o);
	cm_report_clear(&report);
	assert_int_equal(fetch_go(client, &o, &f, &report), CM_OK);
	all += f.bytes;
	other_end(&o);
	assert_int_equal(f.at, STATION_BIG);
	assert_int_equal(all, STATION_BIG);
	assert_false(f.wrong);
	cm_client_free(client);
}

static cm_result
leaf_seen(void *context, const struct cm_view *der, size_t n, struct cm_report *report)
{
	(void)report;
	uint64_t *sum = context;
	*sum = 0;
	for (size_t i = 0; i < (n == 0 ? 0 : der[0].n); i++)
		*sum = *sum * 31 + der[0].p[i];
	return CM_OK;
}

static cm_result
hello(struct station *s, uint64_t *leaf)
{
	char url[256], anchor[128];
	unsigned status = 0;
	struct cm_client *client;
	struct cm_report report = {.count = 0};
	CM_CLEANUP(cm_buf_fini) struct cm_buf body = cm_buf_of(4096);
	station_url(s, "/hello", url);
	station_path(s, "ca.pem", anchor);
	assert_int_equal(cm_client_new(&(struct cm_client_options){.key_file = NULL}, &report, &client), CM_OK);
	struct cm_client_request request = {.url = url, .anchor_file = anchor, .peer = leaf_seen, .context = leaf};
	cm_result r = cm_client_wait(client, &request, &report, &body, &status);
	cm_client_free(client);
	return r;
}

static void
a_new_certificate_serves_at_once(void **state)
{
	(void)state;
	static struct station s;
	char path[128], key[4096] = "", chain[8192] = "";
	uint64_t before, after;
	station_open(&s);
	station_start(&s);
	assert_int_equal(hello(&s, &before), CM_OK);
	station_path(&s, "client.key", path);
	FILE *f = fopen(path, "r");
	assert_true(fread(key, 1, sizeof key - 1, f) > 0);
	fclose(f);
	struct cm_report report = {.count = 0};
	assert_int_equal(cm_server_renew(s.server, cm_view_text(key), cm_view_text(s.chain), &report), CM_REFUSED);
	assert_true(cm_report_has(&report, CM_ERROR_NET_TLS_KEY));
	assert_int_equal(hello(&s, &after), CM_OK);
	assert_true(before == after);
	station_path(&s, "client.pem", path);
	f = fopen(path, "r");
	assert_true(fread(chain, 1, sizeof chain - 1, f) > 0);
	fclose(f);
	assert_int_equal(cm_server_renew(s.server, cm_view_text(key), cm_view_text(chain), &report), CM_OK);
	assert_int_equal(hello(&s, &after), CM_OK);
	assert_true(before != after);
	station_close(&s);
}

static void
ends_counted(void *context, cm_result result, const struct cm_client_answer *answer, const struct cm_report *report)
{
	(void)answer;
	_Atomic(unsigned) *ends = context;
	if (result == CM_FAILED && cm_report_has(report, CM_ERROR_NET_CANCELLED))
		ends[0]++;
}

static void
a_client_that_ends_tells_every_call(void **state)
{
	(void)state;
	static struct station s;
	static _Atomic(unsigned) ends;
	char url[256], anchor[128];
	struct cm_client *client;
	struct cm_report report = {.count = 0};
	station_open(&s);
	s.options.stop_us = 100000;
	station_start(&s);
	station_url(&s, "/never", url);
	station_path(&s, "ca.pem", anchor);
	assert_int_equal(cm_client_new(&(struct cm_client_options){.key_file = NULL}, &report, &client), CM_OK);
	struct cm_client_request request = {.url = url, .anchor_file = anchor, .done = ends_counted, .context = &ends};
	struct cm_client_call *call = NULL;
	assert_int_equal(cm_client_start(client, &request, &report, &call), CM_OK);
	cm_client_cancel(client, call);
	cm_client_free(client);
	assert_int_equal(ends, 1);
	station_close(&s);
}

static void
addresses_that_cannot_be_listened_on(void **state)
{
	(void)state;
	static struct station s;
	static const char *const bad[] = {"127.0.0.1", "localhost:0", "127.0.0.1:65536", "[::1:0", "::1:0", "127.0.0.1:-1", "unix:"};
	station_open(&s);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct cm_report report = {.count = 0};
		s.options.address = bad[i];
		assert_int_equal(cm_server_new(&s.options, &s.service, &report, &s.server), CM_REFUSED);
		assert_true(cm_report_has(&report, CM_ERROR_NET_ADDRESS));
	}
	struct cm_report report = {.count = 0};
	s.options.address = "203.0.113.9:1";
	assert_int_equal(cm_server_new(&s.options, &s.service, &report, &s.server), CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_NET_LISTEN));
	s.options.address = "127.0.0.1:0";
	s.options.key_pem.n = 0;
	assert_int_equal(cm_server_new(&s.options, &s.service, &report, &s.server), CM_REFUSED);
	s.options.key_pem = cm_view_text("no key");
	assert_int_equal(cm_server_new(&s.options, &s.service, &report, &s.server), CM_REFUSED);
	station_close(&s);
}

// As many descriptors as the listening socket needs, and none for the library's own.
static void
a_server_without_descriptors_does_not_start(void **state)
{
	(void)state;
	static struct station s;
	struct rlimit old, few;
	struct cm_report report = {.count = 0};
	station_open(&s);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
	few.rlim_cur = (rlim_t)next + 1;
	close(next);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	cm_result r = cm_server_new(&s.options, &s.service, &report, &s.server);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(r, CM_FAILED);
	assert_true(cm_report_has(&report, CM_ERROR_NET_SERVER_START));
	station_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(a_killed_download_goes_on_with_the_missing_part),
	        T(a_new_certificate_serves_at_once),
	        T(a_client_that_ends_tells_every_call),
	        T(addresses_that_cannot_be_listened_on),
	        T(a_server_without_descriptors_does_not_start),
	};
	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
