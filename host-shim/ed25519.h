/* ed25519.h - ed25519 verification by the rules of ZIP-215, as the node's ed25519-zebra has them: non-canonical and
 * small-order points are accepted, s must be canonical, the equation is taken times the cofactor. libsodium's own
 * verification is stricter and would differ from the node on such signatures. */
#ifndef NALAR_SHIM_ED25519_H
#define NALAR_SHIM_ED25519_H

#include "core/platform.h"

MUST_USE bool ed25519_verify(const uint8_t signature[static 64], struct bytes message,
                             const uint8_t public_key[static 32]);

#endif
