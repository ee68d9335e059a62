#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/num.h"
#include "os/clock.h"
#include "station.h"

static void
station_sh(const char *command)
{
	assert_int_equal(system(command), 0);
}

static void
station_load(const struct station *s, const char *name, char *to, size_t room)
{
	char path[128];
	station_path(s, name, path);
	FILE *f = fopen(path, "r");
	assert_non_null(f);
	size_t n = fread(to, 1, room - 1, f);
	to[n] = 0;
	fclose(f);
}

void
station_path(const struct station *s, const char *name, char to[128])
{
	snprintf(to, 128, "%s/%s", s->dir, name);
}

void
station_url(const struct station *s, const char *path, char to[256])
{
	snprintf(to, 256, "https://%s%s", cm_server_address(s->server), path);
}

// ---- the service

static void
station_text(struct cm_net_request *rq, unsigned status, const char *text)
{
	struct cm_server_answer answer = {.status = status, .content_type = "application/json"};
	answer.length = strlen(text);
	answer.bytes = (uint8_t *)cm_mem_text(text, strlen(text));
	cm_server_answer(rq, &answer);
}

static void
station_head(void *context, struct cm_net_request *rq, struct cm_server_plan *plan)
{
	(void)context;
	struct cm_view path = cm_server_path(rq);
	if (cm_view_is(path, "/echo")) {
		plan->body = CM_SERVER_BODY_COLLECT;
		plan->body_max = 1 << 20;
	} else if (cm_view_is(path, "/sink") || cm_view_is(path, "/full")) {
		plan->body = CM_SERVER_BODY_STREAM;
		plan->body_max = UINT64_C(1) << 40;
		plan->rate_min = 65536;
	} else if (cm_view_is(path, "/none"))
		station_text(rq, 404, "none\n");
}

static void
station_hold(struct station *s, struct cm_net_request *rq)
{
	CM_MUTEX_HOLD(&s->lock);
	assert_true(s->held_n < 64);
	s->held[s->held_n++] = rq;
	cm_cond_wake_all(&s->some);
}

static size_t
station_piece(void *context, struct cm_net_request *rq, struct cm_view piece)
{
	if (cm_view_is(cm_server_path(rq), "/full")) {
		station_text(rq, 507, "full\n");
		return piece.n;
	}
	// Every 4 MiB the client is held back until the worker says so; the count lives in the user pointer.
	uintptr_t count = (uintptr_t)cm_server_user(rq);
	size_t n = piece.n;
	if ((count & 0x3fffff) + n > 0x400000)
		n = 0x400000 - (count & 0x3fffff);
	cm_server_set_user(rq, (void *)(count + n));
	if (n < piece.n)
		station_hold(context, rq);
	return n;
}

struct station_made {
	struct station *s;
	struct cm_net_request *rq;
	unsigned pauses;
};

static int64_t
station_made_read(void *context, uint64_t at, uint8_t *to, size_t n)
{
	struct station_made *m = context;
	if (at >= STATION_BIG)
		return CM_SERVER_SOURCE_END;
	if (at / (STATION_BIG / 50) > m->pauses) {
		m->pauses++;
		station_hold(m->s, m->rq);
		return CM_SERVER_SOURCE_LATER;
	}
	n = n > STATION_BIG - at ? (size_t)(STATION_BIG - at) : n;
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)((at + i) * 7);
	return (int64_t)n;
}

static void
station_made(struct station *s, struct cm_net_request *rq)
{
	struct station_made *m = cm_mem_new(sizeof *m);
	*m = (struct station_made){.s = s, .rq = rq};
	struct cm_server_answer answer = {.status = 200,
	        .from = CM_SERVER_FROM_SOURCE,
	        .length = CM_SERVER_LENGTH_UNKNOWN,
	        .source = {.context = m, .read = station_made_read, .free = cm_mem_free}};
	cm_server_answer(rq, &answer);
}

static void
station_big(struct station *s, struct cm_net_request *rq)
{
	struct cm_view range = cm_server_header(rq, "Range"), if_range = cm_server_header(rq, "If-Range");
	uint64_t from = 0;
	char path[128], content[96];
	if (range.n > 7 && (if_range.n == 0 || cm_view_is(if_range, "\"big\"")))
		assert_true(cm_num_u64(cm_view_part(range, 6, range.n - 7), 0, STATION_BIG - 1, &from));
	station_path(s, "big", path);
	struct cm_server_answer answer = {.status = from == 0 ? 200 : 206, .from = CM_SERVER_FROM_FILE, .offset = from};
	answer.fd = open(path, O_RDONLY | O_CLOEXEC);
	answer.length = STATION_BIG - from;
	snprintf(content, sizeof content, "bytes %llu-%llu/%llu", (unsigned long long)from,
	         (unsigned long long)STATION_BIG - 1, (unsigned long long)STATION_BIG);
	assert_true(cm_server_answer_field(&answer, "ETag", "\"big\""));
	if (from != 0)
		assert_true(cm_server_answer_field(&answer, "Content-Range", content));
	cm_server_answer(rq, &answer);
}

static void
station_request(void *context, struct cm_net_request *rq)
{
	struct station *s = context;
	struct cm_view path = cm_server_path(rq);
	char text[64];
	if (cm_view_is(path, "/hello"))
		station_text(rq, 200, "{\"ok\":true}\n");
	else if (cm_view_is(path, "/whoami")) {
		snprintf(text, sizeof text, "%zu %d %s", cm_server_certificate_count(rq),
		         cm_server_certificate_count(rq) != 0 && cm_server_certificate(rq, 0).n > 100, cm_server_remote(rq));
		station_text(rq, 200, text);
	} else if (cm_view_is(path, "/later"))
		station_hold(s, rq);
	else if (cm_view_is(path, "/never")) {
		CM_MUTEX_HOLD(&s->lock);
		assert_null(s->forever);
		s->forever = rq;
		cm_cond_wake_all(&s->some);
	} else if (cm_view_is(path, "/waiting")) {
		cm_mutex_lock(&s->lock);
		bool waiting = s->forever != NULL;
		cm_mutex_unlock(&s->lock);
		station_text(rq, waiting ? 200 : 404, "\n");
	} else if (cm_view_is(path, "/wrong")) {
		struct cm_server_answer answer = {.status = 206};
		assert_true(cm_server_answer_field(&answer, "Content-Range", "bytes 3-5/6"));
		cm_server_answer(rq, &answer);
	} else if (cm_view_is(path, "/big"))
		station_big(s, rq);
	else if (cm_view_is(path, "/made"))
		station_made(s, rq);
	else if (cm_view_is(path, "/echo")) {
		struct cm_view body = cm_server_body(rq);
		struct cm_server_answer answer = {.status = 200, .length = body.n};
		answer.bytes = (uint8_t *)cm_mem_text(body.p, body.n);
		cm_server_answer(rq, &answer);
	} else {
		snprintf(text, sizeof text, "%zu", (size_t)(uintptr_t)cm_server_user(rq));
		station_text(rq, 200, text);
	}
}

static void
station_gone(void *context, struct cm_net_request *rq)
{
	(void)rq;
	struct station *s = context;
	s->gone++;
}

// Refusals say their rule, so that a test sees the reason and not only a number.
static const char *
station_refusal(void *context, unsigned status, const struct cm_report *why, struct cm_buf *body)
{
	(void)context;
	(void)status;
	cm_buf_printf(body, "%s\n", why->count == 0 ? "" : cm_error_row(why->findings[0].rule)->name);
	return "text/plain";
}

// The other thread: answers what is held, or lets it go on.
static void
station_work(void *context)
{
	struct station *s = context;
	cm_mutex_lock(&s->lock);
	while (!s->ending) {
		if (s->held_n == 0) {
			cm_cond_wait(&s->some, &s->lock, CM_CLOCK_NEVER);
			continue;
		}
		struct cm_net_request *rq = s->held[--s->held_n];
		cm_mutex_unlock(&s->lock);
		if (cm_view_is(cm_server_path(rq), "/later"))
			station_text(rq, 200, "later\n");
		else
			cm_server_continue(rq);
		cm_mutex_lock(&s->lock);
	}
	cm_mutex_unlock(&s->lock);
}

// ---- opening and closing

void
station_open(struct station *s)
{
	char command[4096], path[128];
	*s = (struct station){.dir = "/tmp/comity-net-XXXXXX"};
	assert_non_null(mkdtemp(s->dir));
	snprintf(command, sizeof command,
	         "cd %s && exec 2>openssl.log && "
	         "p256='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes' && "
	         "for ca in ca other; do openssl req -x509 $p256 -keyout $ca.key -out $ca.pem -subj /CN=$ca -days 2 "
	         "-addext keyUsage=critical,keyCertSign; done && "
	         "for who in server client; do openssl req $p256 -keyout $who.key -out $who.csr -subj /CN=$who && "
	         "printf 'subjectAltName=URI:urn:comity:node:xa.%%s\nextendedKeyUsage=serverAuth,clientAuth\n' $who >$who.ext && "
	         "openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -days 2 -extfile $who.ext -out $who.leaf && "
	         "cat $who.leaf ca.pem >$who.pem; done && truncate -s %llu big",
	         s->dir, (unsigned long long)STATION_BIG);
	station_sh(command);
	station_load(s, "server.key", s->key, sizeof s->key);
	station_load(s, "server.pem", s->chain, sizeof s->chain);
	station_path(s, "big", path);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	for (off_t at = 0; at < (off_t)STATION_BIG; at += 4096)
		assert_int_equal(pwrite(fd, &at, sizeof at, at), sizeof at);
	close(fd);
	s->options = (struct cm_server_options){.name = "test",
	        .address = "127.0.0.1:0",
	        .key_pem = cm_view_text(s->key),
	        .chain_pem = cm_view_text(s->chain),
	        .ask_certificate = true};
	s->service = (struct cm_server_service){.context = s,
	        .head = station_head,
	        .request = station_request,
	        .piece = station_piece,
	        .gone = station_gone,
	        .refusal = station_refusal};
	cm_mutex_init(&s->lock);
	cm_cond_init(&s->some);
}

void
station_start(struct station *s)
{
	struct cm_report report = {.count = 0};
	s->ending = false;
	assert_int_equal(cm_server_new(&s->options, &s->service, &report, &s->server), CM_OK);
	assert_int_equal(cm_thread_start(&s->worker, "worker", station_work, s, &report), CM_OK);
}

void
station_stop(struct station *s)
{
	if (s->server == NULL)
		return;
	cm_server_stop(s->server);
	cm_mutex_lock(&s->lock);
	s->ending = true;
	cm_cond_wake_all(&s->some);
	struct cm_net_request *forever = s->forever;
	s->forever = NULL;
	cm_mutex_unlock(&s->lock);
	cm_thread_join(&s->worker);
	if (forever != NULL)
		station_text(forever, 200, "at last\n");
	cm_server_free(s->server);
	s->server = NULL;
}

void
station_close(struct station *s)
{
	char command[128];
	station_stop(s);
	snprintf(command, sizeof command, "rm -rf %s", s->dir);
	station_sh(command);
	cm_cond_fini(&s->some);
	cm_mutex_fini(&s->lock);
}

unsigned long
station_peak_kib(void)
{
	char line[256];
	unsigned long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "VmHWM: %lu", &kib) == 1)
			break;
	fclose(f);
	return kib;
}

void
station_peak_reset(void)
{
	FILE *f = fopen("/proc/self/clear_refs", "w");
	if (f == NULL)
		return;
	fputs("5", f);
	fclose(f);
}
