// What both halves of note.h share. Source: note_key.c.
#ifndef CM_CRYPTO_NOTE_NAME_H
#define CM_CRYPTO_NOTE_NAME_H

#include "base/view.h"

// UTF-8, not empty, shorter than CM_NOTE_NAME, no Unicode space, no control character, no "+".
bool cm_note_name_good(struct cm_view name);

#endif
