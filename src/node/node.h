// The running node's own process, seen from inside: what its parts share. Only files of the node's process include this.
// Threads: HTTP threads (net) never wait; they put exchanges on one of two queues. Peer workers answer messages of other
// nodes, call workers answer commands; the store's writer makes replies; one thread sends the outbox, one fetches
// evidence, one waits for descriptors, one renews the TLS certificate, one listens to the parent.
#ifndef CM_NODE_NODE_H
#define CM_NODE_NODE_H

#include "domain/nationals.h"
#include "net/client.h"
#include "net/server.h"
#include "node/keeper_client.h"
#include "node/node_name.h"
#include "node/peers.h"
#include "node/reader_message.h"
#include "node/role.h"
#include "node/settings.h"
#include "os/file.h"
#include "store/read.h"
#include "store/store.h"

struct cm_jobs;   // jobs.h
struct cm_outbox; // outbox.h
struct cm_pull;   // pull.h
struct cm_timer;  // timer.h
struct cm_output; // output.h
struct cm_renewal; // renewal.h
struct cm_persons; // persons.h
struct cm_stream;  // stream.h
struct cm_directory_shelf; // directory.h

struct cm_node {
	char home[CM_FILE_PATH];
	struct cm_settings settings;
	struct cm_node_name name;
	struct cm_keeper_client keeper;
	struct cm_keeper_public keys;
	struct cm_reader_client reader;
	struct cm_buf card;              // HOME/card.json
	struct cm_hash card_sha256;
	struct cm_reader_card self;      // our own card, read
	struct cm_instant started;       // of this process
	struct cm_instant tls_due;       // when the TLS certificate is renewed, as of the start
	struct cm_nationals nationals;   // law of States, by which requests are checked
	char endpoint[CM_FILE_PATH];     // "https://127.0.0.1:40123": where peers reach us
	struct cm_store *store;
	struct cm_peers peers;
	struct cm_server *peer_server, *admin_server;
	struct cm_server_service peer_service, admin_service;
	struct cm_client *client;
	struct cm_queue messages, calls; // of struct cm_exchange *
	struct cm_outbox *outbox;
	struct cm_pull *pull;
	struct cm_timer *timer;
	struct cm_jobs *jobs;
	struct cm_output *output;
	struct cm_renewal *renewal;
	struct cm_mutex peering_lock;    // who looks whether a peer's row may change holds it until it has changed
	struct cm_node_numbers {
		struct cm_mutex lock;
		int year; // 0: not looked yet
		uint64_t next;
	} numbers;                       // of our requests (create.c)
	struct cm_persons *persons;
	struct cm_stream *stream;        // before the store, which stirs it
	struct cm_directory_shelf *directory;
	struct cm_mutex own_acts_lock;   // own_acts.h: one comparison at a time
	struct cm_mutex parent_lock;     // one frame to the parent at a time
	struct cm_ipc *parent;
	struct cm_mutex end_lock;
	struct cm_cond end;              // woken when the node has to end
	bool ending;
	cm_result ended_by;              // CM_OK: told to
};

// Looks at once whether there is something to send or fetch; from any thread.
void cm_node_stir(struct cm_node *node);

// Asks the node to end; from any thread.
void cm_node_end(struct cm_node *node, cm_result why);

// The store's hook (store.h): has the keeper sign a batch of acts and the register's new head, or the head alone. `self` is the node.
CM_CHECKED cm_result cm_node_sign(void *self, const struct cm_store_sign *job, struct cm_report *report,
                                  struct cm_store_signed *ret_signed);

// One line on standard error: time, level, what. For operators; never contents of requests.
void cm_node_log(const char *what, const struct cm_report *report);

// A fresh UUID (37 bytes with NUL), or `n` of them, at most CM_NODE_UUIDS.
#define CM_NODE_UUIDS 8
CM_CHECKED cm_result cm_node_uuid(char to[37], struct cm_report *report);
CM_CHECKED cm_result cm_node_uuids(char to[][37], size_t n, struct cm_report *report);

#endif
