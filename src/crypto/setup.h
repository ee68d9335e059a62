// Start-up of the crypto library. OpenSSL runs in a context of its own: no configuration file, no environment, the
// default provider only; nothing here touches OpenSSL's global default context.
// Source: ossl/lib.c.
#ifndef CM_CRYPTO_SETUP_H
#define CM_CRYPTO_SETUP_H

#include "base/result.h"

// Makes the context, loads what is used later and seeds the generator. Call it in every process before the sandbox
// closes and before threads start. Everything else in this room calls it by itself when it was not called; calling
// it again costs nothing. CM_FAILED when the library cannot be used.
CM_CHECKED cm_result cm_setup_init(void);

#endif
