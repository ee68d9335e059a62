// Knows: nothing yet about packages; it waits for the file key and answers with its SHA-256 and what it was released for, so that the
// way of the key can be tested. Replaced by the package reader.
#include "node/reader.h"

#include "base/mem.h"
#include "crypto/hash.h"
#include "os/clock.h"

cm_result
cm_reader_package_run(struct cm_reader_package *package, struct cm_report *report, struct cm_buf *answer)
{
	uint8_t key[16];
	char object[CM_READER_OBJECT];
	unsigned grant;
	cm_result r = cm_reader_package_key(package, CM_CLOCK_NEVER, report, key, object, &grant);
	if (r != CM_OK)
		return r;
	struct cm_hash hash = cm_hash_of(cm_view_of(key, sizeof key));
	cm_mem_wipe(key, sizeof key);
	cm_buf_view_add(answer, cm_hash_view(&hash));
	cm_buf_u8(answer, (uint8_t)grant);
	cm_buf_text(answer, object);
	return CM_OK;
}
