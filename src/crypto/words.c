// Knows: how 11 bits are spelled so that two people can say them: consonant (4 bits), vowel (2), consonant (4), vowel
// (1). Does not know: what is compared.
#include "crypto/words.h"

char *
cm_words_write(const struct cm_hash *transcript, char to[CM_WORDS_TEXT])
{
	static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou", ends[] = "ao";
	size_t n = 0;
	for (size_t word = 0; word < CM_WORDS_COUNT; word++) {
		unsigned x = 0;
		for (size_t bit = 11 * word; bit < 11 * word + 11; bit++)
			x = x << 1 | ((unsigned)transcript->b[bit / 8] >> (7 - bit % 8) & 1);
		if (word != 0)
			to[n++] = ' ';
		to[n++] = consonants[x >> 7];
		to[n++] = vowels[x >> 5 & 3];
		to[n++] = consonants[x >> 1 & 15];
		to[n++] = ends[x & 1];
	}
	to[n] = 0;
	return to;
}
