// The CRC-32 of ZIP (ISO 3309, polynomial 0xEDB88320), in pieces.
#ifndef CM_FORMAT_ZIP_CRC_H
#define CM_FORMAT_ZIP_CRC_H

#include "base/view.h"

// CRC of the bytes so far and `more` behind them. Start with 0; the result needs no last step.
uint32_t cm_zip_crc(uint32_t so_far, struct cm_view more);

#endif
