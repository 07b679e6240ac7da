/* ints.h - checked, saturating and wide arithmetic on balances, weights and lengths.
 * Plain + - * on such values is a review error; these functions are named after the Rust ones they must equal. */
#ifndef NALAR_CORE_INTS_H
#define NALAR_CORE_INTS_H

#include "core/platform.h"

#define U128_MAX (~(u128)0)

/* checked_<op>: true and the result in *out, or false (overflow, underflow) and *out unspecified. */
#define INTS_CHECKED(type, name)                                                                                       \
    static inline MUST_USE bool checked_add_##name(type *out, type a, type b) {                                        \
        return !__builtin_add_overflow(a, b, out);                                                                     \
    }                                                                                                                  \
    static inline MUST_USE bool checked_sub_##name(type *out, type a, type b) {                                        \
        return !__builtin_sub_overflow(a, b, out);                                                                     \
    }                                                                                                                  \
    static inline type saturating_add_##name(type a, type b) {                                                         \
        type sum;                                                                                                      \
        return __builtin_add_overflow(a, b, &sum) ? (type) ~(type)0 : sum;                                             \
    }                                                                                                                  \
    static inline type saturating_sub_##name(type a, type b) { return a > b ? (type)(a - b) : (type)0; }
INTS_CHECKED(uint32_t, u32)
INTS_CHECKED(uint64_t, u64)
INTS_CHECKED(u128, u128)
#undef INTS_CHECKED

static inline u128 min_u128(u128 a, u128 b) { return a < b ? a : b; }
static inline u128 max_u128(u128 a, u128 b) { return a > b ? a : b; }

static inline MUST_USE bool checked_mul_u64(uint64_t *out, uint64_t a, uint64_t b) {
    u128 product = (u128)a * b;
    *out = (uint64_t)product;
    return product >> 64 == 0;
}
static inline uint64_t saturating_mul_u64(uint64_t a, uint64_t b) {
    uint64_t product;
    return checked_mul_u64(&product, a, b) ? product : UINT64_MAX;
}
/* Product of two u128: false when it needs more than 128 bits. */
MUST_USE bool checked_mul_u128(u128 *out, u128 a, u128 b);
u128 saturating_mul_u128(u128 a, u128 b);

/* floor(a * b / c) and ceil(a * b / c) through a 256-bit product. False when c = 0 or the result needs more than
 * 128 bits; *out is then unspecified. */
MUST_USE bool mul_div_floor(u128 *out, u128 a, u128 b, u128 c);
MUST_USE bool mul_div_ceil(u128 *out, u128 a, u128 b, u128 c);

/* floor(a / b) and a mod b without compiler-rt's bit-serial division. b must not be 0. */
u128 div_u128(u128 a, u128 b, u128 *remainder);

/* floor(sqrt(x)), exact. */
u128 isqrt_u128(u128 x);

#endif
