// A small real service for the tests of this room: certificates from the openssl tool, a server with a few paths, a
// thread that answers later.
#ifndef CM_TESTS_NET_STATION_H
#define CM_TESTS_NET_STATION_H

#include "net/client.h"
#include "net/server.h"
#include "os/thread.h"

struct station {
	char dir[64]; // temporary, with ca.pem, other.pem, server.{key,pem}, client.{key,pem}, big (200 MB file, sparse)
	char key[4096], chain[8192];
	struct cm_server_options options; // change before station_start()
	struct cm_server_service service;
	struct cm_server *server;
	struct cm_thread worker;
	struct cm_mutex lock;
	struct cm_cond some;
	struct cm_net_request *held[64]; // wait for the worker's answer
	size_t held_n;
	struct cm_net_request *forever; // GET /never
	bool ending;
	_Atomic(unsigned) gone;
};

// Paths: GET /hello · GET /whoami (count of certificates) · GET /later (another thread answers) · GET /never (no answer
// until the end) · GET /waiting (200 when somebody waits there, else 404) · GET /big (200 MB from a file, "Range: bytes=N-", ETag "big") · GET /made (200 MB from a source that
// pauses) · GET /wrong (206 for another range than
// any asks for) · POST /echo (collected, 1 MiB) · PUT /sink (streamed with pauses; answers how many bytes) · PUT /full (answers
// 507 at the first byte)
#define STATION_BIG UINT64_C(209715200)

void station_open(struct station *s);  // certificates, defaults: 127.0.0.1:0, two threads, certificate asked
void station_start(struct station *s); // server and worker
void station_url(const struct station *s, const char *path, char to[256]);
void station_path(const struct station *s, const char *name, char to[128]); // of a file in dir
void station_stop(struct station *s);
void station_close(struct station *s);

// Peak resident memory of this process in KiB, and a way to begin anew.
unsigned long station_peak_kib(void);
void station_peak_reset(void);

#endif
