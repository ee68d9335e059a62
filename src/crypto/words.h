// Comparison words: what two people read to each other. Six words of 11 bits each, from the first 66 bits of a SHA-256,
// spelled by rule (no word list): consonant, vowel, consonant, vowel, as "tamo nuza".
// Source: words.c.
#ifndef CM_CRYPTO_WORDS_H
#define CM_CRYPTO_WORDS_H

#include "crypto/hash.h"

#define CM_WORDS_COUNT 6
#define CM_WORDS_TEXT 30 // six words of four letters, five spaces, NUL

// "tamo nuza biko fara lodo gipa"; returns `to`.
char *cm_words_write(const struct cm_hash *transcript, char to[CM_WORDS_TEXT]);

#endif
