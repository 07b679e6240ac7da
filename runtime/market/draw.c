/* draw.c - see draw.h. One assignment computes a key for each of up to 64 candidates: nothing here divides or
 * multiplies 128-bit numbers on the usual path. */
#include "market/draw.h"

#include "host/host.h"

/* What defines the value: 24 times m = m * m >> 63, each of which shows one bit (m >= 2^64, then halved). */
static RARE uint32_t by_squaring(uint32_t result, uint64_t m) {
    for (int i = 0; i < 24; i++) {
        uint64_t high = m >> 32, low = (uint32_t)m, cross = high * low + (low * low >> 33); /* in units of 2^33 */
        uint64_t half = high * high + (cross >> 31);                                         /* m * m >> 64 */
        result = result << 1 | (uint32_t)(half >> 63);
        m = half >> 63 ? half : half << 1 | (cross >> 30 & 1);
    }
    return result;
}

/* Estimates first: with z = (m - c) / (m + c), c the power of two nearest to m, |z| <= 0.1716,
 *   log2(m / c) = 2 / ln 2 * (z + z^3 / 3 + z^5 / 5 + ...)
 * to six terms and in units of 2^-40. Off by at most: the tail 27, z cut to 2^-34 190, its divisor cut to 32 bits 261,
 * z^2, the sums and constants cut to 2^-32 120; squaring itself is off by less than one. So a value further than SLACK
 * from a multiple of 2^-24 is decided; one in 32 is not and is squared out. */
enum { SLACK = 1024 };
uint32_t log2q(uint64_t x) {
    /* 2 / ln 2 / (2 n + 1) in units of 2^-32; the first without its whole part, 2. */
    static const uint32_t odd[] = {3802721445, 4130885346, 2478531207, 1770379434, 1376961782, 1126605094};
    uint32_t exponent = 63 - (uint32_t)__builtin_clzll(x);
    uint64_t m = x << (63 - exponent), one = 1ull << 63, power = exponent;
    bool above = m >> 32 > 0xB504F333; /* the square root of two: c is the power of two above */
    uint64_t z = ((above ? 0 - m : m - one) << 1) / (((m >> 1) + (above ? one : one >> 1)) >> 32);
    uint64_t square = z * z >> 36, sum = 0;
    for (int i = COUNT_OF(odd); i-- > 0;)
        sum = (sum * square >> 32) + odd[i];
    uint64_t log = (sum * z >> 26) + (z << 7);
    uint64_t at = above ? ((power + 1) << 40) - log : (power << 40) + log;
    uint64_t low = (at - SLACK) >> 16;
    return low == (at + SLACK) >> 16 ? (uint32_t)low : by_squaring(exponent, m);
}

u128 draw_key(const uint8_t seed[static 32], const uint8_t candidate[static 32], uint64_t weight) {
    uint8_t preimage[12 + 64], hash[32];
    memcpy(preimage, "\13deai/draw/1", 12); /* as commit/tagged.h makes it, without its checks */
    memcpy(preimage + 12, seed, 32);
    memcpy(preimage + 44, candidate, 32);
    host_blake2_256(hash, (struct bytes){preimage, sizeof preimage});
    uint64_t u = load_u64(hash), top = (1u << 30) - log2q(u ? u : 1);
    u128 rest;
    if (weight >> 32)
        return div_u128((u128)top << 64, weight, &rest);
    /* Long division by one digit, of the digits top, 0, 0. */
    uint64_t middle = top % weight << 32, low = middle % weight << 32;
    return (u128)(top / weight) << 64 | ((middle / weight << 32) + low / weight);
}
