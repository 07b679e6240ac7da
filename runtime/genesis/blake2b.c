/* blake2b.c - see blake2b.h. RFC 7693 section 3. */
#include "genesis/blake2b.h"

enum { BLOCK = 128, ROUNDS = 12 };

static const uint64_t iv[8] = {0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
                               0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179};
/* Word schedule; rounds 10 and 11 repeat 0 and 1. */
static const uint8_t sigma[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0}};

static uint64_t rotate_right(uint64_t x, int bits) { return x >> bits | x << (64 - bits); }

static void mix(uint64_t *v, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint64_t x, uint64_t y) {
    v[a] += v[b] + x;
    v[d] = rotate_right(v[d] ^ v[a], 32);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 24);
    v[a] += v[b] + y;
    v[d] = rotate_right(v[d] ^ v[a], 16);
    v[c] += v[d];
    v[b] = rotate_right(v[b] ^ v[c], 63);
}

/* `total`: bytes hashed so far, this block's included. */
static void compress(uint64_t *h, const uint8_t *block, uint64_t total, bool last) {
    uint64_t v[16], m[16];
    for (uint32_t i = 0; i < 8; i++) {
        v[i] = h[i];
        v[i + 8] = iv[i];
    }
    for (uint32_t i = 0; i < 16; i++)
        m[i] = load_u64(block + 8 * i);
    v[12] ^= total;
    if (last)
        v[14] = ~v[14];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint8_t *s = sigma[round % 10];
        for (uint32_t i = 0; i < 4; i++)
            mix(v, i, i + 4, i + 8, i + 12, m[s[2 * i]], m[s[2 * i + 1]]);
        for (uint32_t i = 0; i < 4; i++)
            mix(v, i, (i + 1) % 4 + 4, (i + 2) % 4 + 8, (i + 3) % 4 + 12, m[s[2 * i + 8]], m[s[2 * i + 9]]);
    }
    for (uint32_t i = 0; i < 8; i++)
        h[i] ^= v[i] ^ v[i + 8];
}

void blake2b_512(uint8_t out[static 64], struct bytes in) {
    uint64_t h[8], total = 0;
    memcpy(h, iv, sizeof h);
    h[0] ^= 0x01010040; /* no key, 64-byte digest, no tree */
    while (in.len > BLOCK) {
        total += BLOCK;
        compress(h, in.at, total, false);
        in.at += BLOCK;
        in.len -= BLOCK;
    }
    uint8_t block[BLOCK] = {0};
    if (in.len)
        memcpy(block, in.at, in.len);
    compress(h, block, total + in.len, true);
    for (uint32_t i = 0; i < 8; i++)
        store_u64(out + 8 * i, h[i]);
}
