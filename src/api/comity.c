// Knows: the small public jobs, version, set-up, CRC, digest. Does not know: any format.
// Serves include/comity/comity.h.
#include "api/report_inside.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/setup.h"
#include "format/zip_crc.h"

_Static_assert(sizeof(struct comity_digest) == sizeof(struct cm_hash_stream), "the public digest is the inner one");
_Static_assert(sizeof(struct comity_hash) == sizeof(struct cm_hash), "the public hash is the inner one");

const char *
comity_version(void)
{
	return CM_VERSION;
}

enum comity_result
comity_init(void)
{
	return comity_result_of(cm_setup_init());
}

uint32_t
comity_crc(uint32_t so_far, struct comity_view more)
{
	return cm_zip_crc(so_far, comity_inside(more));
}

uint32_t
comity_crc_join(uint32_t first, uint32_t second, uint64_t second_bytes)
{
	return cm_zip_crc_join(first, second, second_bytes);
}

void
comity_digest_init(struct comity_digest *digest)
{
	struct cm_hash_stream s;
	cm_hash_init(&s);
	memcpy(digest, &s, sizeof s);
}

void
comity_digest_add(struct comity_digest *digest, struct comity_view more)
{
	struct cm_hash_stream s;
	memcpy(&s, digest, sizeof s);
	cm_hash_add(&s, comity_inside(more));
	memcpy(digest, &s, sizeof s);
}

struct comity_hash
comity_digest_final(struct comity_digest *digest)
{
	struct cm_hash_stream s;
	struct comity_hash out;
	memcpy(&s, digest, sizeof s);
	struct cm_hash hash = cm_hash_final(&s);
	memcpy(digest, &s, sizeof s);
	memcpy(&out, &hash, sizeof out);
	return out;
}
