/* host_crypto.c - hashing, signatures, keystore and blob versions of host.h over Debian's libraries. */
#include "blob_version.h"
#include "ed25519.h"
#include "guard.h"
#include "keccak.h"
#include "sr25519.h"
#include "state.h"
#include <blake2.h>
#include <secp256k1_recovery.h>
#include <stdlib.h>
#include <xxhash.h>

void shim_blake2(uint8_t *out, uint32_t out_len, struct bytes in) {
    if (blake2b(out, in.at, NULL, out_len, in.len, 0) != 0)
        shim_abort("blake2b refused its arguments");
}

void shim_twox(uint8_t *out, uint32_t count, struct bytes in) {
    for (uint32_t seed = 0; seed < count; seed++)
        store_u64(out + 8 * (size_t)seed, XXH64(in.at, in.len, seed));
}

void host_blake2_128(uint8_t out[static 16], struct bytes in) {
    guard_enter_sure(SHIM_BLAKE2_128);
    shim_blake2(out, 16, in);
    guard_leave();
}
void host_blake2_256(uint8_t out[static 32], struct bytes in) {
    guard_enter_sure(SHIM_BLAKE2_256);
    shim_blake2(out, 32, in);
    guard_leave();
}
void host_keccak_256(uint8_t out[static 32], struct bytes in) {
    guard_enter_sure(SHIM_KECCAK_256);
    keccak_256(out, in);
    guard_leave();
}
void host_twox_128(uint8_t out[static 16], struct bytes in) {
    guard_enter_sure(SHIM_TWOX_128);
    shim_twox(out, 2, in);
    guard_leave();
}

bool host_ed25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]) {
    bool good = guard_enter(SHIM_ED25519_VERIFY) && ed25519_verify(sig, message, key);
    guard_leave();
    return good;
}
bool host_sr25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]) {
    bool good = guard_enter(SHIM_SR25519_VERIFY) && sr25519_verify(sig, message, key);
    guard_leave();
    return good;
}

/* Rules of the node's version 2 function: v over 26 counts from 27, r and s below the group order, high s allowed. */
static bool recover(uint8_t *out, size_t len, unsigned flags, const uint8_t sig[static 65],
                    const uint8_t hash[static 32]) {
    static secp256k1_context *context;
    if (!context)
        context = secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
    int id = sig[64] > 26 ? sig[64] - 27 : sig[64];
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    return id <= 3 && secp256k1_ecdsa_recoverable_signature_parse_compact(context, &parsed, sig, id) == 1 &&
           secp256k1_ecdsa_recover(context, &key, &parsed, hash) == 1 &&
           secp256k1_ec_pubkey_serialize(context, out, &len, &key, flags) == 1;
}

bool host_ecdsa_recover_compressed(uint8_t key[static 33], const uint8_t sig[static 65],
                                   const uint8_t hash[static 32]) {
    bool good = guard_enter(SHIM_ECDSA_RECOVER_COMPRESSED) && recover(key, 33, SECP256K1_EC_COMPRESSED, sig, hash);
    guard_leave();
    return good;
}
bool host_ecdsa_recover(uint8_t key[static 64], const uint8_t sig[static 65], const uint8_t hash[static 32]) {
    uint8_t whole[65];
    bool good = guard_enter(SHIM_ECDSA_RECOVER) && recover(whole, 65, SECP256K1_EC_UNCOMPRESSED, sig, hash);
    if (good)
        memcpy(key, whole + 1, 64);
    guard_leave();
    return good;
}

/* --- keystore: the few keys that session-key functions make. --- */

struct stored_key {
    uint8_t type[4], secret[64], public_key[32];
};
static struct {
    struct stored_key *keys;
    uint32_t count, random;
} keystore;

void keystore_reset(void) {
    free(keystore.keys);
    memset(&keystore, 0, sizeof keystore);
}

void host_sr25519_generate(uint8_t key[static 32], const uint8_t key_type[static 4], bool has_seed, struct bytes seed) {
    guard_enter_sure(SHIM_SR25519_GENERATE);
    struct stored_key fresh;
    memcpy(fresh.type, key_type, 4);
    if (has_seed) {
        if (!shim_sr25519_pair(fresh.secret, fresh.public_key, seed))
            shim_abort("sr25519_generate: the seed is not supported by the native keystore");
    } else { /* "random" keys repeat from run to run, which tests want */
        static const char label[] = "native keystore";
        uint8_t text[sizeof label + 4], mini[32];
        memcpy(text, label, sizeof label);
        store_u32(text + sizeof label, keystore.random++);
        shim_blake2(mini, 32, (struct bytes){text, sizeof text});
        sr25519_expand(fresh.secret, mini);
        sr25519_public(fresh.public_key, fresh.secret);
    }
    memcpy(key, fresh.public_key, 32);
    keystore.keys = state_memory(keystore.keys, (keystore.count + 1) * sizeof fresh);
    keystore.keys[keystore.count++] = fresh;
    guard_leave();
}

bool host_sr25519_sign(uint8_t sig[static 64], const uint8_t key_type[static 4], const uint8_t key[static 32],
                       struct bytes message) {
    bool found = false;
    if (guard_enter(SHIM_SR25519_SIGN))
        for (uint32_t i = 0; i < keystore.count && !found; i++) {
            const struct stored_key *k = keystore.keys + i;
            found = memcmp(k->type, key_type, 4) == 0 && memcmp(k->public_key, key, 32) == 0;
            if (found)
                sr25519_sign(sig, k->secret, k->public_key, message);
        }
    guard_leave();
    return found;
}

uint32_t host_runtime_version(struct bytes blob, uint8_t *out, uint32_t capacity) {
    uint8_t *version = NULL;
    uint32_t len = HOST_ABSENT;
    if (guard_enter(SHIM_RUNTIME_VERSION) && blob_version(&version, &len, blob)) {
        if (min_u32(len, capacity))
            memcpy(out, version, min_u32(len, capacity));
        free(version);
    } else {
        len = HOST_ABSENT;
    }
    guard_leave();
    return len;
}
