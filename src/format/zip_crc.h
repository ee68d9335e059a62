// The CRC-32 of ZIP (ISO 3309, polynomial 0xEDB88320), in pieces.
#ifndef CM_FORMAT_ZIP_CRC_H
#define CM_FORMAT_ZIP_CRC_H

#include "base/view.h"

// CRC of the bytes so far and `more` behind them. Start with 0; the result needs no last step.
uint32_t cm_zip_crc(uint32_t so_far, struct cm_view more);

// CRC of two pieces one behind the other, from the CRC of each (both begun with 0) and the length of the second: so
// that pieces can be read at the same time.
uint32_t cm_zip_crc_join(uint32_t first, uint32_t second, uint64_t second_bytes);

#endif
