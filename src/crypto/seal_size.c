// Knows: how long a payload is for a plaintext, both ways (C2SP age, payload). Does not know: keys.
#include "base/num.h"
#include "crypto/seal.h"

uint64_t
cm_seal_chunks_of_plain(uint64_t plain)
{
	return plain == 0 ? 1 : (plain - 1) / CM_SEAL_CHUNK + 1;
}

bool
cm_seal_payload_of_plain(uint64_t plain, uint64_t *ret_payload)
{
	return cm_num_add(plain, cm_seal_chunks_of_plain(plain) * CM_SEAL_TAG, ret_payload);
}

bool
cm_seal_plain_of_payload(uint64_t payload, uint64_t *ret_plain)
{
	if (payload < CM_SEAL_TAG)
		return false;
	uint64_t chunks = (payload - 1) / CM_SEAL_SEALED_CHUNK + 1;
	uint64_t last = payload - (chunks - 1) * CM_SEAL_SEALED_CHUNK;
	if (last < CM_SEAL_TAG || (last == CM_SEAL_TAG && chunks > 1))
		return false;
	*ret_plain = payload - chunks * CM_SEAL_TAG;
	return true;
}
