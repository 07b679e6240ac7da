/* signature.c - see signature.h. */
#include "pallet/signature.h"

#include "host/host.h"

static bool verify_ecdsa(const uint8_t *signature, struct bytes message, const account_id *who) {
    uint8_t hash[32], key[33], account[32];
    host_blake2_256(hash, message);
    if (!host_ecdsa_recover_compressed(key, signature, hash))
        return false;
    host_blake2_256(account, (struct bytes){key, sizeof key});
    return memcmp(account, who->at, 32) == 0;
}

/* An Ethereum key's account: the last 20 bytes of the key's hash, padded with 0xEE. */
static bool verify_eth(const uint8_t *signature, struct bytes message, const account_id *who) {
    uint8_t hash[32], key[64], account[32];
    host_keccak_256(hash, message);
    if (!host_ecdsa_recover(key, signature, hash))
        return false;
    host_keccak_256(hash, (struct bytes){key, sizeof key});
    memcpy(account, hash + 12, 20);
    memset(account + 20, 0xEE, 12);
    return memcmp(account, who->at, 32) == 0;
}

bool signature_verify(uint8_t kind, const uint8_t *signature, struct bytes message, const account_id *who) {
    switch (kind) {
    case multi_signature_Ed25519:
        return host_ed25519_verify(signature, message, who->at);
    case multi_signature_Sr25519:
        return host_sr25519_verify(signature, message, who->at);
    case multi_signature_Ecdsa:
        return verify_ecdsa(signature, message, who);
    default:
        return verify_eth(signature, message, who);
    }
}
