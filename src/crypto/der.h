// Distinguished encoding (ITU-T X.690): one element at a time, strict, low tag numbers only. For the few structures
// that we read or write byte by byte ourselves. Source: der.c.
#ifndef CM_CRYPTO_DER_H
#define CM_CRYPTO_DER_H

#include "base/buf.h"
#include "base/rd.h"

enum {
	CM_DER_INTEGER = 0x02,
	CM_DER_BITS = 0x03,
	CM_DER_OCTETS = 0x04,
	CM_DER_NULL = 0x05,
	CM_DER_OID = 0x06,
	CM_DER_UTC_TIME = 0x17,
	CM_DER_TIME = 0x18,
	CM_DER_SEQUENCE = 0x30,
	CM_DER_SET = 0x31,
	CM_DER_CONTEXT_0 = 0xa0, // constructed [0]
	CM_DER_CONTEXT_1 = 0xa1,
	CM_DER_CONTEXT_4 = 0xa4,
};

// The next element: its contents to `ret_value`, and to `ret_whole` (may be NULL) the element with tag and length.
// False (and the cursor marked failed) when the next element has another tag, an indefinite or not minimal length, or
// does not fit.
bool cm_der_take(struct cm_rd *rd, uint8_t tag, struct cm_view *ret_value, struct cm_view *ret_whole);

// Does an element with this tag come next?
bool cm_der_is_next(const struct cm_rd *rd, uint8_t tag);

// Appends one element.
void cm_der_put(struct cm_buf *to, uint8_t tag, struct cm_view value);

#endif
