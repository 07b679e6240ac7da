/* fixed.c - see fixed.h. */
#include "core/fixed.h"

/* x / 5^9 digit by digit: the divisor has 21 bits, so 64-bit division does. */
static u128 div_5_pow_9(u128 x) {
    uint64_t rest = 0;
    uint32_t digit[4];
    for (int i = 4; i-- > 0;) {
        uint64_t t = rest << 32 | (uint32_t)(x >> (32 * i));
        digit[i] = (uint32_t)(t / 1953125u);
        rest = t % 1953125u;
    }
    return ((u128)digit[3] << 32 | digit[2]) << 64 | ((u128)digit[1] << 32 | digit[0]);
}

/* Both below 2^61, as nearly always: halves in base 10^9, whose products stay below 2^64. With a = x * 10^9 + y and
 * b = z * 10^9 + w the quotient is x * z + floor((x * w + y * z + floor(y * w / 10^9)) / 10^9). */
static inline uint64_t fixed_mul_narrow(uint64_t a, uint64_t b) {
    const uint64_t billion = 1000000000;
    uint64_t x = a / billion, y = a % billion, z = b / billion, w = b % billion;
    return x * z + (x * w + y * z + y * w / billion) / billion;
}

u128 fixed_mul(u128 a, u128 b) {
    u128 product, result;
    if (LIKELY((a | b) >> 61 == 0))
        return fixed_mul_narrow((uint64_t)a, (uint64_t)b);
    /* 10^18 = 2^18 * 5^9 * 5^9, and floors of quotients nest. */
    if (checked_mul_u128(&product, a, b))
        return div_5_pow_9(div_5_pow_9(product >> 18));
    return mul_div_floor(&result, a, b, FIXED_ONE) ? result : U128_MAX;
}
