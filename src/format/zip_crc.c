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
