// A pipeline over blocks of 1 MiB with every processor at work: fill → before → work → after → drain. fill, before,
// after and drain see the blocks in order, one at a time each; work runs on any number of blocks at once. A few
// blocks are used again and again, so memory does not depend on the size of the data.
//   seal: fill = read, before = digest of the plaintext, work = encrypt, after = digest of the ciphertext, drain = write
// Source: pump.c.
#ifndef CM_CLI_PUMP_H
#define CM_CLI_PUMP_H

#include "base/result.h"
#include "base/view.h"
#include "comity/package.h"

#define CM_PUMP_CHUNKS 16                                     // chunks of a block
#define CM_PUMP_PLAIN (CM_PUMP_CHUNKS * COMITY_SEAL_CHUNK)    // plain bytes of a block
#define CM_PUMP_SEALED (CM_PUMP_CHUNKS * COMITY_SEAL_SEALED)  // sealed bytes of a block
#define CM_PUMP_SPANS 2048                                    // spans of one block; an entry has one and 76 bytes more
#define CM_PUMP_WORKERS 8

struct cm_pump;

// Plain bytes of a block that belong to a digest.
struct cm_pump_span {
	size_t from, n;
};

// Plain bytes lie in chunks: chunk i begins at p + i × stride. With stride COMITY_SEAL_SEALED each chunk can be
// sealed in its place, and the sealed block is one piece.
struct cm_pump_block {
	struct cm_pump *pump;
	uint8_t *p; // CM_PUMP_SEALED bytes
	size_t stride;
	size_t plain;  // bytes, filled in by fill (or by work, when it opens)
	size_t sealed; // bytes, filled in by work (or by fill, when it opens)
	uint64_t number;
	bool last; // set by fill
	size_t span_count, span_done;
	struct cm_pump_span spans[CM_PUMP_SPANS];
};

// NULL stages are left out; fill and drain must be there.
struct cm_pump_stages {
	void *self;
	size_t stride;
	enum comity_result (*fill)(void *self, struct cm_pump_block *block, struct comity_report *report);
	enum comity_result (*before)(void *self, struct cm_pump_block *block, struct comity_report *report);
	enum comity_result (*work)(void *self, unsigned worker, struct cm_pump_block *block, struct comity_report *report);
	enum comity_result (*after)(void *self, struct cm_pump_block *block, struct comity_report *report);
	enum comity_result (*drain)(void *self, struct cm_pump_block *block, struct comity_report *report);
};

// How many workers cm_pump_run() will use: `work` sees numbers below it.
unsigned cm_pump_workers(void);

// Runs until the last block is drained or a stage fails; then `report` has what that stage found.
enum comity_result cm_pump_run(const struct cm_pump_stages *stages, struct comity_report *report);

// Inside fill: waits until every earlier block has gone through `before`. False when the pipeline failed meanwhile.
bool cm_pump_settle(struct cm_pump_block *block);

// The plain bytes of a block from `at` on that lie in one piece: where, and how many (to the end of their chunk).
uint8_t *cm_pump_piece(const struct cm_pump_block *block, size_t at, size_t *ret_n);

#endif
