/* consent.h - signatures by which an operator agrees to work for an owner, and calls signed by keys that are no numbers. */
#ifndef NALAR_TESTS_CONSENT_H
#define NALAR_TESTS_CONSENT_H

#include "compute/serve_fixture.h"

#include <secp256k1_recovery.h>
#include <sodium.h>

#include "keccak.h"

/* --- consent: H(tag, genesis hash, owner), put together by hand --- */

UNUSED static h256 genesis_hash(void) {
    h256 hash = hash_of(77);
    uint32_t zero = 0;
    system_BlockHash_put(&zero, &hash);
    return hash;
}

UNUSED static h256 message_of(int owner) {
    uint8_t buffer[18 + 64];
    h256 hash, genesis = genesis_hash();
    account_id who = account(owner);
    buffer[0] = 17;
    memcpy(buffer + 1, "deai/compute/op/1", 17);
    memcpy(buffer + 18, &genesis, 32);
    memcpy(buffer + 50, &who, 32);
    shim_blake2(hash.at, 32, (struct bytes){buffer, sizeof buffer});
    return hash;
}

enum { ED25519, SR25519, ECDSA, ETH };

UNUSED static void sign_recoverable(uint8_t out[static 65], const uint8_t hash[static 32], const uint8_t seed[static 32],
                             uint8_t compressed[static 33], uint8_t whole[static 65]) {
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
    secp256k1_ecdsa_recoverable_signature signature;
    secp256k1_pubkey key;
    size_t len = 33, all = 65;
    int v;
    assert_int_equal(secp256k1_ecdsa_sign_recoverable(context, &signature, hash, seed, NULL, NULL), 1);
    secp256k1_ecdsa_recoverable_signature_serialize_compact(context, out, &v, &signature);
    out[64] = (uint8_t)v;
    assert_int_equal(secp256k1_ec_pubkey_create(context, &key, seed), 1);
    secp256k1_ec_pubkey_serialize(context, compressed, &len, &key, SECP256K1_EC_COMPRESSED);
    secp256k1_ec_pubkey_serialize(context, whole, &all, &key, SECP256K1_EC_UNCOMPRESSED);
    secp256k1_context_destroy(context);
}

/* A signature of that kind by a key that `seed` makes, over the message for `owner`; *who becomes the key's account. */
UNUSED static option_multi_signature signed_consent(uint8_t kind, uint8_t seed, int owner, account_id *who) {
    option_multi_signature out = {.some = true, .value.tag = kind};
    uint8_t secret[64], seeds[32], hash[32], compressed[33], whole[65];
    h256 message = message_of(owner);
    struct bytes bytes = {message.at, 32};
    memset(seeds, seed, sizeof seeds);
    switch (kind) {
    case ED25519:
        assert_int_equal(crypto_sign_seed_keypair(who->at, secret, seeds), 0);
        assert_int_equal(crypto_sign_detached(out.value.as.Ed25519.ed25519.at, NULL, message.at, 32, secret), 0);
        break;
    case SR25519: {
        char suri[16];
        int len = snprintf(suri, sizeof suri, "//Op%d", seed);
        assert_true(shim_sr25519_pair(secret, who->at, (struct bytes){(const uint8_t *)suri, (uint32_t)len}));
        shim_sr25519_sign(out.value.as.Sr25519.sr25519.at, secret, who->at, bytes);
        break;
    }
    case ECDSA:
        shim_blake2(hash, 32, bytes);
        sign_recoverable(out.value.as.Ecdsa.ecdsa.at, hash, seeds, compressed, whole);
        shim_blake2(who->at, 32, (struct bytes){compressed, 33});
        break;
    default:
        keccak_256(hash, bytes);
        sign_recoverable(out.value.as.Eth.eth.at, hash, seeds, compressed, whole);
        keccak_256(hash, (struct bytes){whole + 1, 64});
        memcpy(who->at, hash + 12, 20);
        memset(who->at + 20, 0xee, 12);
    }
    return out;
}

/* A call of an account that is no number. */
UNUSED static dispatch_result run_as(const account_id *who, uint8_t index, const void *args) {
    uint8_t bytes[1024] = {pallet_index_compute, index};
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    if (args)
        scale_encode(compute_call_args(index), args, &out);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    last = (struct dispatch){.origin = {.kind = ORIGIN_SIGNED, .who = *who}};
    dispatch_result result = call_dispatch(&call, &last);
    check_all();
    return result;
}
#define AS(who, name, ...) run_as(who, compute_call_index_##name, &(const compute_call_##name){__VA_ARGS__})
#define AS0(who, name) run_as(who, compute_call_index_##name, NULL)

/* Registers `owner` with an operator key of its own. */
UNUSED static account_id with_operator(int owner, uint8_t seed) {
    account_id key;
    option_multi_signature consent = signed_consent(SR25519, seed, owner, &key);
    DO(owner, register_provider, .operator = key, .consent = consent, .payout = account(owner), .slots = 2,
       .bond = BOND);
    return key;
}

#endif
