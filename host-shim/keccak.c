/* keccak.c - see keccak.h. After the Keccak reference (keccak.team), rounds in place. */
#include "keccak.h"

static uint64_t rotate(uint64_t x, unsigned n) { return n == 0 ? x : x << n | x >> (64 - n); }

void keccak_f1600(uint64_t a[static 25]) {
    static const uint64_t round_constants[24] = {
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
        0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
        0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
        0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
    /* The lane cycle of rho and pi: position visited and rotation, step by step. */
    static const uint8_t lane[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                     15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
    static const uint8_t turn[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                     27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
    for (int round = 0; round < 24; round++) {
        uint64_t c[5];
        for (int x = 0; x < 5; x++)
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (int x = 0; x < 5; x++) {
            uint64_t d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1);
            for (int y = 0; y < 25; y += 5)
                a[x + y] ^= d;
        }
        uint64_t carried = a[1];
        for (int i = 0; i < 24; i++) {
            uint64_t next = a[lane[i]];
            a[lane[i]] = rotate(carried, turn[i]);
            carried = next;
        }
        for (int y = 0; y < 25; y += 5) {
            for (int x = 0; x < 5; x++)
                c[x] = a[y + x];
            for (int x = 0; x < 5; x++)
                a[y + x] = c[x] ^ (~c[(x + 1) % 5] & c[(x + 2) % 5]);
        }
        a[0] ^= round_constants[round];
    }
}

void keccak_256(uint8_t out[static 32], struct bytes in) {
    enum { RATE = 136 };
    uint64_t state[25] = {0};
    uint8_t *bytes = (uint8_t *)state;
    uint32_t at = 0;
    for (uint32_t i = 0; i < in.len; i++) {
        bytes[at++] ^= in.at[i];
        if (at == RATE) {
            keccak_f1600(state);
            at = 0;
        }
    }
    bytes[at] ^= 0x01;
    bytes[RATE - 1] ^= 0x80;
    keccak_f1600(state);
    memcpy(out, state, 32);
}
