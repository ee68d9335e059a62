// CRC-32 as ZIP wants it. Knows nothing of entries; the one file that sees libdeflate.
// Serves doc/spec/package.md, contents of entries; APPNOTE.TXT 6.3.10 section 4.4.7.
#include <libdeflate.h>

#include "format/zip_crc.h"

uint32_t
cm_zip_crc(uint32_t so_far, struct cm_view more)
{
	// Given NULL the library would begin anew.
	return more.n == 0 ? so_far : libdeflate_crc32(so_far, more.p, more.n);
}

// Product of two polynomials modulo that of the CRC, bits reflected: the highest bit is x^0.
static uint32_t
cm_zip_crc_product(uint32_t a, uint32_t b)
{
	uint32_t product = 0;
	for (uint32_t bit = UINT32_C(1) << 31; bit != 0; bit >>= 1) {
		product ^= (a & bit) != 0 ? b : 0;
		b = (b >> 1) ^ ((b & 1) != 0 ? UINT32_C(0xEDB88320) : 0);
	}
	return product;
}

uint32_t
cm_zip_crc_join(uint32_t first, uint32_t second, uint64_t second_bytes)
{
	uint32_t shift = UINT32_C(1) << 31, power = UINT32_C(1) << 23; // x^0, x^8
	for (uint64_t n = second_bytes; n != 0; n >>= 1) {
		if ((n & 1) != 0)
			shift = cm_zip_crc_product(shift, power);
		power = cm_zip_crc_product(power, power);
	}
	return cm_zip_crc_product(first, shift) ^ second;
}
