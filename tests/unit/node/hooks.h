// The readers' work, as the tests of the processes want it: it shows that the bytes and the key arrived.
#ifndef CM_TESTS_NODE_HOOKS_H
#define CM_TESTS_NODE_HOOKS_H

#include "base/mem.h"
#include "crypto/hash.h"
#include "node/reader.h"
#include "os/clock.h"

// Answers with the SHA-256 of the message; "die" makes the reader do what is forbidden.
cm_result
cm_reader_message_handle(struct cm_view message, struct cm_report *report, struct cm_buf *answer)
{
	if (cm_view_is(message, "die") && access("/", F_OK) == 0)
		return cm_report_refuse(report, CM_ERROR_INTERNAL, "message", "not behind walls");
	struct cm_hash hash = cm_hash_of(message);
	cm_buf_view_add(answer, cm_hash_view(&hash));
	return CM_OK;
}

// Waits for the file key and answers with its SHA-256, the grant and the object.
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
	cm_buf_view_add(answer, cm_hash_view(&hash));
	cm_buf_u8(answer, (uint8_t)grant);
	cm_buf_text(answer, object);
	return CM_OK;
}

#endif
