/* sr25519.c - see sr25519.h. Transcript labels: schnorrkel 0.11 src/{context,sign,derive}.rs. */
#include "sr25519.h"
#include "merlin.h"
#include <sodium.h>

static void signing_transcript(struct transcript *t, struct bytes message, const uint8_t public_key[static 32]) {
    static const uint8_t context[] = {'s', 'u', 'b', 's', 't', 'r', 'a', 't', 'e'};
    static const uint8_t protocol[] = {'S', 'c', 'h', 'n', 'o', 'r', 'r', '-', 's', 'i', 'g'};
    transcript_init(t, "SigningContext");
    transcript_append(t, "", (struct bytes){context, sizeof context});
    transcript_append(t, "sign-bytes", message);
    transcript_append(t, "proto-name", (struct bytes){protocol, sizeof protocol});
    transcript_append(t, "sign:pk", (struct bytes){public_key, 32});
}

static void challenge(uint8_t k[static 32], struct transcript *t, const uint8_t r[static 32]) {
    uint8_t wide[64];
    transcript_append(t, "sign:R", (struct bytes){r, 32});
    transcript_challenge(t, "sign:c", wide, sizeof wide);
    crypto_core_ristretto255_scalar_reduce(k, wide);
}

/* Whether s is below the group order: reducing it then changes nothing. */
static bool canonical_scalar(const uint8_t s[static 32]) {
    uint8_t wide[64] = {0}, reduced[32];
    memcpy(wide, s, 32);
    crypto_core_ristretto255_scalar_reduce(reduced, wide);
    return memcmp(reduced, s, 32) == 0;
}

/* libsodium refuses products that are the identity; here it is a point like any other (32 zero bytes). */
static void multiply(uint8_t out[static 32], const uint8_t scalar[static 32], const uint8_t point[static 32]) {
    if (crypto_scalarmult_ristretto255(out, scalar, point) != 0)
        memset(out, 0, 32);
}
static void multiply_base(uint8_t out[static 32], const uint8_t scalar[static 32]) {
    if (crypto_scalarmult_ristretto255_base(out, scalar) != 0)
        memset(out, 0, 32);
}

bool sr25519_verify(const uint8_t signature[static SR25519_SIGNATURE], struct bytes message,
                    const uint8_t public_key[static SR25519_PUBLIC]) {
    uint8_t s[32], k[32], left[32], right[32], r[32];
    memcpy(s, signature + 32, 32);
    if ((s[31] & 0x80) == 0) /* the mark that tells schnorrkel's signatures from ed25519's */
        return false;
    s[31] &= 0x7f;
    if (!canonical_scalar(s) || crypto_core_ristretto255_is_valid_point(public_key) != 1)
        return false;
    struct transcript t;
    signing_transcript(&t, message, public_key);
    challenge(k, &t, signature);
    multiply_base(left, s);
    multiply(right, k, public_key);
    if (crypto_core_ristretto255_sub(r, left, right) != 0)
        return false;
    return memcmp(r, signature, 32) == 0;
}

void sr25519_sign(uint8_t signature[static SR25519_SIGNATURE], const uint8_t secret[static SR25519_SECRET],
                  const uint8_t public_key[static SR25519_PUBLIC], struct bytes message) {
    struct transcript t, witness;
    uint8_t wide[64], r[32], k[32], s[32];
    signing_transcript(&t, message, public_key);
    witness = t;
    transcript_append(&witness, "signing", (struct bytes){secret + 32, 32});
    transcript_challenge(&witness, "nonce", wide, sizeof wide);
    crypto_core_ristretto255_scalar_reduce(r, wide);
    multiply_base(signature, r);
    challenge(k, &t, signature);
    crypto_core_ristretto255_scalar_mul(s, k, secret);
    crypto_core_ristretto255_scalar_add(signature + 32, s, r);
    signature[63] |= 0x80;
}

void sr25519_expand(uint8_t secret[static SR25519_SECRET], const uint8_t mini[static 32]) {
    crypto_hash_sha512(secret, mini, 32);
    secret[0] &= 248;
    secret[31] = (uint8_t)((secret[31] & 63) | 64);
    /* Divided by the cofactor 8. */
    for (int i = 0; i < 32; i++)
        secret[i] = (uint8_t)(secret[i] >> 3 | (i < 31 ? secret[i + 1] << 5 : 0));
}

void sr25519_public(uint8_t public_key[static SR25519_PUBLIC], const uint8_t secret[static SR25519_SECRET]) {
    multiply_base(public_key, secret);
}

void sr25519_derive_hard(uint8_t mini[static 32], const uint8_t secret[static SR25519_SECRET],
                         const uint8_t chain_code[static 32]) {
    struct transcript t;
    transcript_init(&t, "SchnorrRistrettoHDKD");
    transcript_append(&t, "sign-bytes", (struct bytes){NULL, 0});
    transcript_append(&t, "chain-code", (struct bytes){chain_code, 32});
    transcript_append(&t, "secret-key", (struct bytes){secret, 32});
    transcript_challenge(&t, "HDKD-hard", mini, 32);
}
