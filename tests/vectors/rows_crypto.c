/* rows_crypto.c - hashes.tsv, sr25519.tsv, ed25519.tsv, ecdsa_recover.tsv through the native host functions. */
#include "shim.h"
#include "vectors.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* algo, input, digest. Digests that the runtime does not import are computed as the shim computes its own. */
void row_hashes(struct tally *t, char *line) {
    char *c[3];
    struct bytes in;
    uint8_t expect[64], got[64];
    if (split_tabs(line, c, 3) != 3 || !hex_bytes(&in, c[1])) {
        tally_row(t, false, "not algo, hex, hex");
        return;
    }
    uint32_t len = hex_decode(expect, sizeof expect, c[2]), made = 0;
    if (strcmp(c[0], "blake2b_128") == 0)
        host_blake2_128(got, in), made = 16;
    else if (strcmp(c[0], "blake2b_256") == 0)
        host_blake2_256(got, in), made = 32;
    else if (strcmp(c[0], "blake2b_64") == 0)
        shim_blake2(got, 8, in), made = 8;
    else if (strcmp(c[0], "blake2b_512") == 0)
        shim_blake2(got, 64, in), made = 64;
    else if (strcmp(c[0], "keccak_256") == 0)
        host_keccak_256(got, in), made = 32;
    else if (strcmp(c[0], "twox_128") == 0)
        host_twox_128(got, in), made = 16;
    else if (strcmp(c[0], "twox_64") == 0)
        shim_twox(got, 1, in), made = 8;
    else if (strcmp(c[0], "twox_256") == 0)
        shim_twox(got, 4, in), made = 32;
    else if (strcmp(c[0], "sha2_256") == 0)
        crypto_hash_sha256(got, in.at, in.len), made = 32;
    tally_row(t, made != 0 && made == len && memcmp(got, expect, made) == 0, c[0]);
    free_bytes(in);
}

typedef bool verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]);

/* key, message, signature, 1 or 0, note. */
static void row_signature(struct tally *t, char *line, verify *check) {
    char *c[5];
    struct bytes message;
    uint8_t key[32], signature[64];
    if (split_tabs(line, c, 5) != 5 || !hex_bytes(&message, c[1])) {
        tally_row(t, false, "not key, message, signature, ok, note");
        return;
    }
    bool readable = hex_decode(key, 32, c[0]) == 32 && hex_decode(signature, 64, c[2]) == 64;
    tally_row(t, readable && check(signature, message, key) == (c[3][0] == '1'), c[4]);
    free_bytes(message);
}
void row_sr25519(struct tally *t, char *line) { row_signature(t, line, host_sr25519_verify); }
void row_ed25519(struct tally *t, char *line) { row_signature(t, line, host_ed25519_verify); }

/* Replaces s by the group order minus s. */
static void negate_s(uint8_t signature[static 65]) {
    static const uint8_t order[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xff, 0xff, 0xff, 0xff, 0xfe, 0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48,
                                      0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41};
    int borrow = 0;
    for (int i = 31; i >= 0; i--) {
        int digit = order[i] - signature[32 + i] - borrow;
        borrow = digit < 0;
        signature[32 + i] = (uint8_t)(digit + 256 * borrow);
    }
}

/* hash, signature with raw recovery id, compressed key or ERR, note. Two notes mark rows where the node's function is
 * known to answer otherwise than the library that made the row (sp-io secp256k1_ecdsa_recover, version 2):
 * v = 27 counts from 27, so the answer is that of v = 0; high s is accepted and equals the low-s form of the other v.
 */
void row_ecdsa_recover(struct tally *t, char *line) {
    char *c[4];
    uint8_t hash[32], signature[65], expect[33], key[33], twin[33], whole[64];
    if (split_tabs(line, c, 4) != 4 || hex_decode(hash, 32, c[0]) != 32 || hex_decode(signature, 65, c[1]) != 65) {
        tally_row(t, false, "not hash, signature, key, note");
        return;
    }
    bool found = host_ecdsa_recover_compressed(key, signature, hash), good;
    if (strncmp(c[3], "v=27", 4) == 0 || strncmp(c[3], "high-s", 6) == 0) {
        if (c[3][0] == 'v') {
            signature[64] = 0;
        } else {
            negate_s(signature);
            signature[64] ^= 1;
        }
        good = found && host_ecdsa_recover_compressed(twin, signature, hash) && memcmp(key, twin, 33) == 0;
        if (good && strcmp(c[2], "ERR") != 0)
            good = hex_decode(expect, 33, c[2]) == 33 && memcmp(key, expect, 33) == 0;
    } else if (strcmp(c[2], "ERR") == 0) {
        good = !found && !host_ecdsa_recover(whole, signature, hash);
    } else {
        /* The uncompressed form must be the same point: same x, and y's parity in the compressed prefix. */
        good = found && hex_decode(expect, 33, c[2]) == 33 && memcmp(key, expect, 33) == 0 &&
               host_ecdsa_recover(whole, signature, hash) && memcmp(whole, key + 1, 32) == 0 &&
               (whole[63] & 1) == (key[0] & 1);
    }
    tally_row(t, good, c[3]);
}
