/* draw.h - weighted sampling without replacement: every candidate gets a key of its own from the seed, the lowest keys
 * win. A key depends on nobody else, so adding, removing or reordering candidates changes no other's key. */
#ifndef NALAR_MARKET_DRAW_H
#define NALAR_MARKET_DRAW_H

#include "core/ints.h"

/* log2(x) in units of 2^-24, floor, for x >= 1: the exponent, then 24 bits by repeated squaring of a Q63 mantissa.
 * log2q(3) = 26,591,258; log2q(2^64 - 1) = 1,073,741,823. */
uint32_t log2q(uint64_t x);

/* ((2^30 - log2q(u)) << 64) / weight, u = the first 8 bytes, little endian, of H("deai/draw/1", seed, candidate), 0 as 1.
 * weight > 0. One host call. */
u128 draw_key(const uint8_t seed[static 32], const uint8_t candidate[static 32], uint64_t weight);

#endif
