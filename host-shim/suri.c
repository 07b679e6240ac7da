/* suri.c - secret URIs as `subkey` writes them: [0x<64 hex> | development phrase | nothing]//hard//junctions.
 * Mirrors polkadot-sdk stable2609 substrate/primitives/core/src/crypto.rs (DeriveJunction, from_string_with_seed). */
#include "shim.h"
#include "sr25519.h"
#include <string.h>

/* The mini secret of the phrase "bottom drive obey lake curtain smoke basket hold race lonely fit walk", which the node
 * takes when a SURI begins with its path. */
static const uint8_t development_seed[32] = {0xfa, 0xc7, 0x95, 0x9d, 0xbf, 0xe7, 0x2f, 0x05, 0x2e, 0x5a, 0x0c,
                                             0x3c, 0x8d, 0x65, 0x30, 0xf2, 0x02, 0xb0, 0x2f, 0xd8, 0xf9, 0xf5,
                                             0xca, 0x35, 0x80, 0xec, 0x8d, 0xeb, 0x77, 0x97, 0x47, 0x9e};
static const char development_phrase[] = "bottom drive obey lake curtain smoke basket hold race lonely fit walk";

static int hex_digit(uint8_t c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool root_seed(uint8_t seed[static 32], struct bytes text) {
    if (text.len == 0 ||
        (text.len == sizeof development_phrase - 1 && memcmp(text.at, development_phrase, text.len) == 0)) {
        memcpy(seed, development_seed, 32);
        return true;
    }
    if (text.len != 66 || text.at[0] != '0' || text.at[1] != 'x')
        return false;
    for (int i = 0; i < 32; i++) {
        int high = hex_digit(text.at[2 + 2 * i]), low = hex_digit(text.at[3 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        seed[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* Text that parses as u64, with Rust's optional plus sign. */
static bool parse_number(uint64_t *number, struct bytes text) {
    uint32_t i = text.len > 1 && text.at[0] == '+';
    if (text.len == 0)
        return false;
    for (*number = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9' || __builtin_mul_overflow(*number, (uint64_t)10, number) ||
            __builtin_add_overflow(*number, (uint64_t)(text.at[i] - '0'), number))
            return false;
    return true;
}

/* The chain code of a junction: a number as u64, other text as SCALE string, hashed when over 32 bytes. */
static bool chain_code(uint8_t code[static 32], struct bytes text) {
    uint64_t number;
    memset(code, 0, 32);
    if (parse_number(&number, text)) {
        store_u64(code, number);
        return true;
    }
    uint8_t encoded[2 + 256];
    if (text.len > 256)
        return false;
    uint32_t head = text.len < 64 ? 1 : 2;
    if (head == 1)
        encoded[0] = (uint8_t)(text.len << 2);
    else
        store_u16(encoded, (uint16_t)(text.len << 2 | 1));
    memcpy(encoded + head, text.at, text.len);
    if (head + text.len > 32)
        shim_blake2(code, 32, (struct bytes){encoded, head + text.len});
    else
        memcpy(code, encoded, head + text.len);
    return true;
}

bool shim_sr25519_pair(uint8_t secret[static 64], uint8_t public_key[static 32], struct bytes suri) {
    uint32_t at = 0;
    while (at < suri.len && suri.at[at] != '/')
        at++;
    uint8_t mini[32];
    if (!root_seed(mini, (struct bytes){suri.at, at}))
        return false;
    sr25519_expand(secret, mini);
    while (at < suri.len) {
        /* Each part: two slashes, then at least one other character. Soft junctions and passwords are not supported. */
        if (suri.len - at < 3 || suri.at[at + 1] != '/' || suri.at[at + 2] == '/')
            return false;
        at += 2;
        uint32_t start = at;
        while (at < suri.len && suri.at[at] != '/')
            at++;
        uint8_t code[32];
        if (!chain_code(code, (struct bytes){suri.at + start, at - start}))
            return false;
        sr25519_derive_hard(mini, secret, code);
        sr25519_expand(secret, mini);
    }
    sr25519_public(public_key, secret);
    return true;
}

void shim_sr25519_sign(uint8_t signature[static 64], const uint8_t secret[static 64],
                       const uint8_t public_key[static 32], struct bytes message) {
    sr25519_sign(signature, secret, public_key, message);
}
