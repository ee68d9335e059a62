// Knows: sealing and opening as outsiders do it: header first, then chunks by any number of workers. Does not know:
// age's bytes (crypto/seal.h), files, threads. Serves doc/spec/package.md section 7.
#include "comity/package.h"

#include <stdio.h>
#include <string.h>

#include "api/report_inside.h"
#include "base/mem.h"
#include "base/tab_limit.h"
#include "crypto/seal.h"

#define CM_SEAL_FIRST_READ 4096 // bytes asked for at first: a header of 16 recipients is below 2 KiB

struct comity_seal {
	struct cm_seal_recipient recipients[CM_LIMIT_SEAL_RECIPIENTS_VALUE];
	size_t count;
	struct cm_buf header;
	struct cm_seal_file_key key;
	uint8_t nonce[CM_SEAL_NONCE];
	bool keyed, header_out;
};

struct comity_open {
	struct cm_seal_identity identities[CM_LIMIT_SEAL_IDENTITIES_VALUE];
	size_t count;
	struct cm_seal_file_key key;
	bool keyed, ready, asked, ended;
	uint8_t nonce[CM_SEAL_NONCE];
	uint64_t payload;
	size_t wanted;
	struct cm_buf start;
};

struct comity_seal_worker {
	struct cm_seal_stream *stream;
};

enum comity_result
comity_seal_new(struct comity_seal **ret_seal)
{
	struct comity_seal *seal = cm_mem_new(sizeof *seal);
	if (seal == NULL)
		return COMITY_NOMEM;
	seal->header = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE);
	*ret_seal = seal;
	return COMITY_OK;
}

void
comity_seal_free(struct comity_seal *seal)
{
	if (seal == NULL)
		return;
	cm_seal_file_key_fini(&seal->key);
	cm_buf_fini(&seal->header);
	cm_mem_free(seal);
}

enum comity_result
comity_seal_to(struct comity_seal *seal, const char *recipient, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_seal_recipient read;
	cm_result r = cm_seal_recipient_read(cm_view_text(recipient), inside, &read);
	if (r != CM_OK)
		return comity_result_of(r);
	if (seal->count == CM_LIMIT_SEAL_RECIPIENTS_VALUE)
		return comity_result_of(cm_report_refuse(inside, CM_ERROR_SEAL_RECIPIENTS, "recipients", "more than %d",
		                                         CM_LIMIT_SEAL_RECIPIENTS_VALUE));
	for (size_t i = 0; i < seal->count; i++)
		if (memcmp(seal->recipients[i].b, read.b, sizeof read.b) == 0)
			return comity_result_of(cm_report_refuse(inside, CM_ERROR_SEAL_RECIPIENTS, "recipients",
			                                         "%s stands there twice", recipient));
	seal->recipients[seal->count++] = read;
	return COMITY_OK;
}

enum comity_result
comity_seal_step(struct comity_seal *seal, struct comity_report *report, struct comity_step *ret_step)
{
	struct comity_step step = {.kind = COMITY_STEP_DONE};
	if (seal->count == 0)
		return comity_result_of(cm_report_refuse(comity_report_inside(report), CM_ERROR_SEAL_RECIPIENTS,
		                                         "recipients", "none"));
	if (!seal->keyed) {
		step.kind = COMITY_STEP_RANDOM;
		step.length = sizeof(struct cm_seal_file_key) + CM_SEAL_NONCE + 32 * seal->count;
	} else if (!seal->header_out) {
		step.kind = COMITY_STEP_HAVE;
		step.bytes = comity_outside(cm_buf_view(&seal->header));
		step.length = step.bytes.n;
		seal->header_out = true;
	}
	*ret_step = step;
	return COMITY_OK;
}

enum comity_result
comity_seal_give(struct comity_seal *seal, struct comity_view bytes, struct comity_report *report)
{
	struct cm_seal_random random = {0};
	size_t at = sizeof random.file_key.b + sizeof random.nonce;
	if (seal->keyed || bytes.n != at + 32 * seal->count)
		return COMITY_BUG;
	memcpy(random.file_key.b, bytes.p, sizeof random.file_key.b);
	memcpy(random.nonce, bytes.p + sizeof random.file_key.b, sizeof random.nonce);
	for (size_t i = 0; i < seal->count; i++)
		memcpy(random.ephemeral[i], bytes.p + at + 32 * i, 32);
	cm_result r = cm_seal_header_write(seal->recipients, seal->count, &random, comity_report_inside(report),
	                                   &seal->header);
	if (r == CM_OK) {
		seal->key = random.file_key;
		memcpy(seal->nonce, random.nonce, sizeof seal->nonce);
		seal->keyed = true;
	}
	cm_mem_wipe(&random, sizeof random);
	return comity_result_of(r);
}

static enum comity_result
cm_seal_worker_make(const struct cm_seal_file_key *key, const uint8_t nonce[CM_SEAL_NONCE],
                    enum cm_seal_direction direction, struct comity_seal_worker **ret_worker)
{
	struct comity_seal_worker *worker = cm_mem_new(sizeof *worker);
	if (worker == NULL)
		return COMITY_NOMEM;
	cm_result r = cm_seal_stream_new(key, nonce, direction, &worker->stream);
	if (r != CM_OK) {
		cm_mem_free(worker);
		return comity_result_of(r);
	}
	*ret_worker = worker;
	return COMITY_OK;
}

enum comity_result
comity_seal_worker_new(const struct comity_seal *seal, struct comity_seal_worker **ret_worker)
{
	return seal->keyed ? cm_seal_worker_make(&seal->key, seal->nonce, CM_SEAL_ENCRYPT, ret_worker) : COMITY_BUG;
}

void
comity_seal_worker_free(struct comity_seal_worker *worker)
{
	if (worker == NULL)
		return;
	cm_seal_stream_free(worker->stream);
	cm_mem_free(worker);
}

enum comity_result
comity_seal_chunk(struct comity_seal_worker *worker, struct comity_chunk chunk, struct comity_view plain,
                  uint8_t *ret_sealed)
{
	struct cm_seal_chunk at = {.number = chunk.number, .last = chunk.last};
	return comity_result_of(cm_seal_chunk_encrypt(worker->stream, at, comity_inside(plain), ret_sealed));
}

bool
comity_seal_length(size_t recipients, uint64_t plain, uint64_t *ret_sealed)
{
	uint64_t payload;
	if (!cm_seal_payload_of_plain(plain, &payload) || payload > UINT64_MAX - CM_LIMIT_SEAL_HEADER_VALUE)
		return false;
	*ret_sealed = payload + cm_seal_header_size(recipients);
	return true;
}

enum comity_result
comity_open_new(struct comity_open **ret_open)
{
	struct comity_open *open = cm_mem_new(sizeof *open);
	if (open == NULL)
		return COMITY_NOMEM;
	open->start = cm_buf_of(CM_LIMIT_SEAL_HEADER_VALUE + CM_SEAL_NONCE);
	open->wanted = CM_SEAL_FIRST_READ;
	*ret_open = open;
	return COMITY_OK;
}

void
comity_open_free(struct comity_open *open)
{
	if (open == NULL)
		return;
	for (size_t i = 0; i < open->count; i++)
		cm_seal_identity_fini(&open->identities[i]);
	cm_seal_file_key_fini(&open->key);
	cm_buf_fini(&open->start);
	cm_mem_free(open);
}

static struct cm_view
cm_open_trim(struct cm_view line)
{
	while (line.n != 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
		line.n--;
	return line;
}

enum comity_result
comity_open_identities(struct comity_open *open, struct comity_view text, struct comity_report *report)
{
	struct cm_report *inside = comity_report_inside(report);
	struct cm_view all = comity_inside(text);
	size_t number = 0, before = open->count;
	for (size_t at = 0; at < all.n;) {
		size_t end = cm_view_find(all, at, '\n');
		struct cm_view line = cm_open_trim(cm_view_part(all, at, end - at));
		char place[32];
		at = end + 1;
		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		snprintf(place, sizeof place, "line %zu", number);
		if (open->count == CM_LIMIT_SEAL_IDENTITIES_VALUE)
			return comity_result_of(cm_report_refuse(inside, CM_ERROR_SEAL_IDENTITY, place,
			                                         "more than %d identities",
			                                         CM_LIMIT_SEAL_IDENTITIES_VALUE));
		cm_result r = cm_seal_identity_read(line, NULL, &open->identities[open->count]);
		if (r == CM_REFUSED)
			r = cm_report_refuse(inside, CM_ERROR_SEAL_IDENTITY, place, "no identity");
		if (r != CM_OK)
			return comity_result_of(r);
		open->count++;
	}
	if (open->count == before)
		return comity_result_of(cm_report_refuse(inside, CM_ERROR_SEAL_IDENTITY, "identities", "none"));
	return COMITY_OK;
}

enum comity_result
comity_open_file_key(struct comity_open *open, const uint8_t key[16])
{
	memcpy(open->key.b, key, sizeof open->key.b);
	open->keyed = true;
	return COMITY_OK;
}

// Tries the identities one after the other; only "sealed to others" leads to the next.
static cm_result
cm_open_unwrap(struct comity_open *open, const struct cm_seal_header *header, struct cm_report *report)
{
	if (open->keyed)
		return cm_seal_mac_check(header, &open->key, report);
	for (size_t i = 0; i < open->count; i++) {
		struct cm_report tried = {0};
		cm_result r = cm_seal_unwrap(header, &open->identities[i], &tried, &open->key);
		open->keyed = r == CM_OK;
		if (r == CM_REFUSED && cm_report_has(&tried, CM_ERROR_SEAL_NO_MATCH))
			continue;
		if (report != NULL)
			cm_report_join(report, &tried);
		return r;
	}
	return cm_report_refuse(report, CM_ERROR_SEAL_NO_MATCH, "header", "%zu recipients, %zu identities",
	                        header->count, open->count);
}

static cm_result
cm_open_start(struct comity_open *open, struct cm_report *report)
{
	struct cm_view start = cm_buf_view(&open->start);
	struct cm_seal_header header;
	size_t end = cm_seal_header_end(start);
	if (cm_view_starts(start, "-----BEGIN AGE ENCRYPTED FILE-----"))
		return cm_report_refuse(report, CM_ERROR_SEAL_ARMORED, "header", "%s", "-----BEGIN AGE ENCRYPTED FILE-----");
	bool whole = end != 0 && start.n >= end + CM_SEAL_NONCE;
	if (!whole && !open->ended && open->wanted < CM_LIMIT_SEAL_HEADER_VALUE + CM_SEAL_NONCE) {
		open->wanted = open->wanted * 4 > CM_LIMIT_SEAL_HEADER_VALUE ? CM_LIMIT_SEAL_HEADER_VALUE + CM_SEAL_NONCE
		                                                             : open->wanted * 4;
		return CM_OK;
	}
	cm_result r = cm_seal_header_read(start, report, &header);
	if (r == CM_OK && start.n < header.n + CM_SEAL_NONCE)
		r = cm_report_refuse(report, CM_ERROR_SEAL_HEADER, "header", "the file ends inside it");
	if (r == CM_OK)
		r = cm_open_unwrap(open, &header, report);
	if (r != CM_OK)
		return r;
	memcpy(open->nonce, start.p + header.n, CM_SEAL_NONCE);
	open->payload = header.n + CM_SEAL_NONCE;
	open->ready = true;
	return CM_OK;
}

enum comity_result
comity_open_step(struct comity_open *open, struct comity_report *report, struct comity_step *ret_step)
{
	struct comity_step step = {.kind = COMITY_STEP_DONE};
	if (!open->ready && open->asked) {
		cm_result r = cm_open_start(open, comity_report_inside(report));
		if (r != CM_OK)
			return comity_result_of(r);
	}
	if (!open->ready) {
		step = (struct comity_step){.kind = COMITY_STEP_NEED, .length = open->wanted};
		open->asked = true;
	}
	*ret_step = step;
	return COMITY_OK;
}

enum comity_result
comity_open_give(struct comity_open *open, struct comity_view bytes, struct comity_report *report)
{
	(void)report;
	if (!open->asked || open->ready || bytes.n > open->wanted)
		return COMITY_BUG;
	open->ended = bytes.n < open->wanted;
	cm_buf_clear(&open->start);
	cm_buf_view_add(&open->start, comity_inside(bytes));
	return comity_result_of(cm_buf_result(&open->start));
}

uint64_t
comity_open_payload(const struct comity_open *open)
{
	return open->payload;
}

bool
comity_open_plain_length(const struct comity_open *open, uint64_t length, uint64_t *ret_plain)
{
	return length >= open->payload && cm_seal_plain_of_payload(length - open->payload, ret_plain);
}

enum comity_result
comity_open_worker_new(const struct comity_open *open, struct comity_seal_worker **ret_worker)
{
	return open->ready ? cm_seal_worker_make(&open->key, open->nonce, CM_SEAL_DECRYPT, ret_worker) : COMITY_BUG;
}

enum comity_result
comity_open_chunk(struct comity_seal_worker *worker, struct comity_chunk chunk, struct comity_view sealed,
                  struct comity_report *report, uint8_t *ret_plain)
{
	struct cm_seal_chunk at = {.number = chunk.number, .last = chunk.last};
	return comity_result_of(cm_seal_chunk_decrypt(worker->stream, at, comity_inside(sealed),
	                                              comity_report_inside(report), ret_plain));
}
