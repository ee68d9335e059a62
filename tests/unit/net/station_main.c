// The test service as a program of its own, for tests that attack or kill it. Prints its address and folder, ends when its
// standard input does. Arguments "name=number" change options, "address=TEXT" and "dir=PATH" too.
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/clock.h"
#include "station.h"

static void
option(struct station *s, char *text)
{
	struct cm_server_options *o = &s->options;
	char *value = strchr(text, '=');
	if (value == NULL)
		return;
	*value++ = 0;
	long long n = strtoll(value, NULL, 10);
	struct {
		const char *name;
		int64_t *us;
	} times[] = {{"handshake_ms", &o->handshake_us}, {"idle_ms", &o->idle_us}, {"header_ms", &o->header_us},
	        {"request_ms", &o->request_us}, {"send_ms", &o->send_us}, {"stop_ms", &o->stop_us}};
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (strcmp(text, times[i].name) == 0)
			*times[i].us = n * 1000;
	if (strcmp(text, "connections") == 0)
		o->connections = (unsigned)n;
	else if (strcmp(text, "connections_address") == 0)
		o->connections_address = (unsigned)n;
	else if (strcmp(text, "address") == 0) {
		o->address = value;
		if (strncmp(value, "unix:", 5) == 0)
			o->key_pem.n = o->chain_pem.n = 0;
	}
}

int
main(int argc, char **argv)
{
	static struct station s;
	char byte;
	station_open(&s);
	for (int i = 1; i < argc; i++)
		option(&s, argv[i]);
	station_start(&s);
	printf("%s %s %d\n", cm_server_address(s.server), s.dir, (int)getpid());
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	struct cm_server_counts c = cm_server_counts(s.server);
	int64_t t0 = cm_clock_mono();
	station_stop(&s);
	printf("stopped in %lld ms; open %llu requests %llu refused %llu late %llu gone %u peak %lu KiB\n",
	       (long long)(cm_clock_mono() - t0) / 1000, (unsigned long long)c.connections_open,
	       (unsigned long long)c.requests_total, (unsigned long long)c.refused_total, (unsigned long long)c.late_total,
	       s.gone, station_peak_kib());
	station_close(&s);
	return 0;
}
