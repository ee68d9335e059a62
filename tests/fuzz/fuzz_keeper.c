// What a taken node can send to the keeper, and a taken keeper to the node: the first byte chooses the reader, the rest is its payload.
#include <stdlib.h>

#include "node/ipc_findings.h"
#include "node/ipc_keeper.h"
#include "node/keeper_statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static union {
	struct cm_ipc_cades cades;
	struct cm_ipc_hi1 hi1;
	struct cm_ipc_cycle cycle;
	struct cm_ipc_head head;
	struct cm_ipc_tls tls;
	struct cm_ipc_keys keys;
	struct cm_ipc_persons persons;
	struct cm_ipc_session session;
	struct cm_ipc_statement statement;
	struct cm_ipc_approval approval;
	struct cm_ipc_release release;
	struct cm_keeper_statement text;
} got;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	struct cm_view v = cm_view_of(data + 1, n - 1);
	switch (data[0] % 13) {
	case 0:
		return cm_ipc_keeper_cades_read(v, &got.cades) ? 0 : 0;
	case 1:
		return cm_ipc_keeper_hi1_read(v, &got.hi1) ? 0 : 0;
	case 2:
		return cm_ipc_keeper_cycle_read(v, &got.cycle) ? 0 : 0;
	case 3:
		// A count that the reader let pass must fit its array.
		if (cm_ipc_keeper_head_read(v, &got.head) && got.head.proof.count > CM_MERKLE_PROOF_MAX)
			abort();
		return 0;
	case 4:
		return cm_ipc_keeper_tls_read(v, &got.tls) ? 0 : 0;
	case 5:
		if (cm_ipc_keeper_keys_read(v, &got.keys) && got.keys.chain_count > CM_IPC_CHAIN)
			abort();
		return 0;
	case 6:
		if (cm_ipc_keeper_persons_read(v, &got.persons) && got.persons.n > CM_LIMIT_PERSONS_VALUE)
			abort();
		return 0;
	case 7:
		return cm_ipc_keeper_session_read(v, &got.session) ? 0 : 0;
	case 8:
		return cm_ipc_keeper_statement_read(v, &got.statement) ? 0 : 0;
	case 9:
		return cm_ipc_keeper_approval_read(v, &got.approval) ? 0 : 0;
	case 10:
		return cm_ipc_keeper_release_read(v, &got.release) ? 0 : 0;
	case 11:
		if (cm_keeper_statement_read(v, NULL, &got.text) == CM_OK && got.text.object.n >= 128)
			abort();
		return 0;
	default:
		if (cm_ipc_findings_read(v, NULL) == CM_OK)
			abort();
		return 0;
	}
}
