// Knows: which acts of a bundle say since when a node has had a message, a package or a receipt. Does not know: whether an act is good
// (verify_court.c judges it before), or what follows (verify_key.c).
#include "api/verify_seen.h"

#include <string.h>

#include "base/hex.h"
#include "base/mem.h"
#include "base/tab_limit.h"

struct cm_verify_seen_witness {
	char node[CM_X509_NODE];
	struct cm_instant at;
	struct cm_hash artifact, package, blob; // all zero: the act names none
};

struct cm_verify_seen {
	struct cm_verify_seen_witness acts[2 * CM_LIMIT_COURT_ACTS_VALUE];
	size_t act_count;
	struct {
		struct cm_hash receipt, message;
	} receipts[CM_LIMIT_COURT_MESSAGES_VALUE];
	size_t receipt_count;
};

static const struct cm_hash cm_verify_seen_none;

cm_result
cm_verify_seen_new(struct cm_verify_seen **ret_seen)
{
	struct cm_verify_seen *seen = cm_mem_new(sizeof *seen);
	if (seen == NULL)
		return CM_NOMEM;
	*ret_seen = seen;
	return CM_OK;
}

void
cm_verify_seen_free(struct cm_verify_seen *seen)
{
	cm_mem_free(seen);
}

static struct cm_hash
cm_verify_seen_digest(const struct cm_act_file *act, enum cm_act_field field)
{
	const struct cm_act_slot *slot = &act->slots[CM_ACT_SLOT(field)];
	struct cm_hash h;
	return slot->open && cm_hex_read(slot->value, h.b, sizeof h.b) ? h : cm_verify_seen_none;
}

void
cm_verify_seen_act(struct cm_verify_seen *seen, const char *node, const struct cm_act_file *act)
{
	if (seen->act_count == sizeof seen->acts / sizeof *seen->acts)
		return;
	struct cm_verify_seen_witness *w = &seen->acts[seen->act_count++];
	*w = (struct cm_verify_seen_witness){.at = act->time,
	        .artifact = cm_verify_seen_digest(act, CM_ACT_FIELD_ARTIFACT),
	        .package = cm_verify_seen_digest(act, CM_ACT_FIELD_PACKAGE),
	        .blob = cm_verify_seen_digest(act, CM_ACT_FIELD_BLOB)};
	memcpy(w->node, node, strlen(node) + 1);
}

void
cm_verify_seen_receipt(struct cm_verify_seen *seen, struct cm_view receipt, const struct cm_hash *message)
{
	if (seen->receipt_count == sizeof seen->receipts / sizeof *seen->receipts)
		return;
	seen->receipts[seen->receipt_count].receipt = cm_hash_of(receipt);
	seen->receipts[seen->receipt_count++].message = *message;
}

static void
cm_verify_seen_earlier(struct cm_verify_seen_by *by, const struct cm_verify_seen_witness *w)
{
	if (by->at.us == 0 || w->at.us < by->at.us)
		*by = (struct cm_verify_seen_by){w->at, w->node};
}

struct cm_verify_seen_by
cm_verify_seen_message(const struct cm_verify_seen *seen, const char *signer, const struct cm_hash *message)
{
	struct cm_verify_seen_by by = {.node = ""};
	for (size_t i = 0; i < seen->act_count; i++)
		if (strcmp(seen->acts[i].node, signer) != 0 && cm_hash_equal(&seen->acts[i].artifact, message))
			cm_verify_seen_earlier(&by, &seen->acts[i]);
	return by;
}

struct cm_verify_seen_by
cm_verify_seen_package(const struct cm_verify_seen *seen, const char *signer, const struct cm_hash *manifest)
{
	struct cm_verify_seen_by by = {.node = ""};
	for (size_t i = 0; i < seen->act_count; i++) {
		const struct cm_verify_seen_witness *opened = &seen->acts[i];
		if (strcmp(opened->node, signer) == 0 || !cm_hash_equal(&opened->package, manifest))
			continue;
		cm_verify_seen_earlier(&by, opened);
		for (size_t k = 0; k < seen->act_count; k++)
			if (strcmp(seen->acts[k].node, opened->node) == 0 && !cm_hash_equal(&opened->blob, &cm_verify_seen_none) &&
			    cm_hash_equal(&seen->acts[k].blob, &opened->blob))
				cm_verify_seen_earlier(&by, &seen->acts[k]);
	}
	return by;
}

struct cm_verify_seen_by
cm_verify_seen_proof(const struct cm_verify_seen *seen, const char *signer, struct cm_view proof)
{
	struct cm_verify_seen_by by = {.node = ""};
	struct cm_hash h = cm_hash_of(proof);
	for (size_t i = 0; i < seen->receipt_count; i++)
		if (cm_hash_equal(&seen->receipts[i].receipt, &h)) {
			struct cm_verify_seen_by one = cm_verify_seen_message(seen, signer, &seen->receipts[i].message);
			if (one.at.us != 0 && (by.at.us == 0 || one.at.us < by.at.us))
				by = one;
		}
	return by;
}
