/* sr25519.h - schnorrkel signatures over ristretto255 (libsodium), signing context "substrate". */
#ifndef NALAR_SHIM_SR25519_H
#define NALAR_SHIM_SR25519_H

#include "core/platform.h"

/* A secret key: 32 bytes scalar, 32 bytes nonce seed. */
enum { SR25519_SECRET = 64, SR25519_PUBLIC = 32, SR25519_SIGNATURE = 64 };

MUST_USE bool sr25519_verify(const uint8_t signature[static SR25519_SIGNATURE], struct bytes message,
                             const uint8_t public_key[static SR25519_PUBLIC]);
/* The nonce comes from the secret and the message alone, so that equal runs give equal bytes. */
void sr25519_sign(uint8_t signature[static SR25519_SIGNATURE], const uint8_t secret[static SR25519_SECRET],
                  const uint8_t public_key[static SR25519_PUBLIC], struct bytes message);
/* Expands a mini secret in schnorrkel's ed25519 mode. */
void sr25519_expand(uint8_t secret[static SR25519_SECRET], const uint8_t mini[static 32]);
void sr25519_public(uint8_t public_key[static SR25519_PUBLIC], const uint8_t secret[static SR25519_SECRET]);
/* Hard derivation: the mini secret below `secret` for a 32-byte chain code. */
void sr25519_derive_hard(uint8_t mini[static 32], const uint8_t secret[static SR25519_SECRET],
                         const uint8_t chain_code[static 32]);

#endif
