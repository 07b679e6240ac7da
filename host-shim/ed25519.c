/* ed25519.c - see ed25519.h. Everything is multiplied by 8 first: the results lie in the prime-order subgroup in
 * canonical form, which is what libsodium's scalar multiplication insists on. */
#include "ed25519.h"
#include <sodium.h>

static const uint8_t identity[32] = {1};

/* out = 8 * point. False when the bytes are no point: libsodium's addition decodes leniently (any y mod p, any sign
 * of x = 0), exactly ZIP-215's decoding, and encodes canonically. */
static bool times_eight(uint8_t out[static 32], const uint8_t point[static 32]) {
    uint8_t twice[32], four[32];
    return crypto_core_ed25519_add(twice, point, point) == 0 && crypto_core_ed25519_add(four, twice, twice) == 0 &&
           crypto_core_ed25519_add(out, four, four) == 0;
}

/* out = scalar * point for a point of the prime-order subgroup or the identity, which libsodium refuses. */
static bool multiply(uint8_t out[static 32], const uint8_t scalar[static 32], const uint8_t point[static 32]) {
    if (sodium_is_zero(scalar, 32) || memcmp(point, identity, 32) == 0) {
        memcpy(out, identity, 32);
        return true;
    }
    return crypto_scalarmult_ed25519_noclamp(out, scalar, point) == 0;
}

bool ed25519_verify(const uint8_t signature[static 64], struct bytes message, const uint8_t public_key[static 32]) {
    const uint8_t *s = signature + 32;
    /* s is canonical exactly when reducing it changes nothing. */
    uint8_t wide[64] = {0}, reduced[32];
    memcpy(wide, s, 32);
    crypto_core_ed25519_scalar_reduce(reduced, wide);
    if (memcmp(reduced, s, 32) != 0)
        return false;

    crypto_hash_sha512_state hash;
    crypto_hash_sha512_init(&hash);
    crypto_hash_sha512_update(&hash, signature, 32);
    crypto_hash_sha512_update(&hash, public_key, 32);
    crypto_hash_sha512_update(&hash, message.at, message.len);
    crypto_hash_sha512_final(&hash, wide);
    uint8_t k[32], a[32], r[32], base[32], left[32], right[32];
    crypto_core_ed25519_scalar_reduce(k, wide);

    if (!times_eight(a, public_key) || !times_eight(r, signature))
        return false;
    if (sodium_is_zero(s, 32))
        memcpy(base, identity, 32);
    else if (crypto_scalarmult_ed25519_base_noclamp(base, s) != 0)
        return false;
    uint8_t product[32];
    if (!times_eight(left, base) || !multiply(product, k, a) || crypto_core_ed25519_add(right, r, product) != 0)
        return false;
    return memcmp(left, right, 32) == 0;
}
