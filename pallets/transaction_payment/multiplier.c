/* multiplier.c - the fee multiplier's arithmetic and its update after each block. Mirrors polkadot-sdk stable2609
 * pallet-transaction-payment src/lib.rs#TargetedFeeAdjustment with polkadot-runtime-common
 * src/lib.rs#SlowAdjustingFeeUpdate: target 25 %, variability 75 / 1 000 000, minimum 1/10, maximum 2^128 - 1. */
#include "system/system_constants.h"
#include "transaction_payment/fixed.h"
#include "transaction_payment/transaction_payment.h"

#define TARGET_PERCENT 25
#define VARIABILITY (FIXED_ONE * 75 / 1000000)
#define VARIABILITY_SQUARED_HALF (VARIABILITY * VARIABILITY / FIXED_ONE / 2)
#define MINIMUM_MULTIPLIER (FIXED_ONE / 10)

_Static_assert(NORMAL_MAX_REF_TIME * TARGET_PERCENT % 100 == 0 && NORMAL_MAX_PROOF * TARGET_PERCENT % 100 == 0,
               "the target is a whole number, so FRAME's rounding of Perquintill times weight has no say");

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

/* One dimension of a block's normal weight, with 10^18 / most as a fraction in lowest terms so that 64 bits do. */
struct dimension {
    uint64_t most, scale, by;
};
static const struct dimension time_dimension = {NORMAL_MAX_REF_TIME, 2000000, 3};
static const struct dimension proof_dimension = {NORMAL_MAX_PROOF, 762939453125, 6};
_Static_assert(NORMAL_MAX_REF_TIME * (u128)2000000 == FIXED_ONE * 3 &&
                   NORMAL_MAX_PROOF * (u128)762939453125 == FIXED_ONE * 6,
               "the fractions belong to the block's limits");

/* part / most as a fixed number, rounded down; part <= most. */
static uint64_t share(uint64_t part, const struct dimension *d) { return part * d->scale / d->by; }

balance transaction_payment_next_multiplier(balance previous, weight normal) {
    uint64_t time = min_u64(normal.ref_time, NORMAL_MAX_REF_TIME), proof = min_u64(normal.proof_size, NORMAL_MAX_PROOF);
    /* FRAME compares the dimensions in billionths (Perbill), rounded down. */
    bool by_proof = share(time, &time_dimension) / 1000000000 < share(proof, &proof_dimension) / 1000000000;
    const struct dimension *d = by_proof ? &proof_dimension : &time_dimension;
    uint64_t used = by_proof ? proof : time, target = d->most / 100 * TARGET_PERCENT + d->most % 100 * TARGET_PERCENT / 100;
    bool above = used >= target;

    uint64_t diff = share(above ? used - target : target - used, d);
    u128 first = fixed_mul(VARIABILITY, diff), second = fixed_mul(VARIABILITY_SQUARED_HALF, fixed_mul(diff, diff));
    previous = max_u128(previous, MINIMUM_MULTIPLIER);
    if (above)
        return saturating_add_u128(previous, fixed_mul(first + second, previous)); /* both terms below 10^18 */
    balance next = saturating_sub_u128(previous, fixed_mul(saturating_sub_u128(first, second), previous));
    return max_u128(next, MINIMUM_MULTIPLIER);
}

void transaction_payment_on_finalize(void) {
    per_class_weight used;
    balance multiplier;
    system_get_block_weight(&used);
    transaction_payment_NextFeeMultiplier_get(&multiplier);
    multiplier = transaction_payment_next_multiplier(multiplier, used.normal);
    transaction_payment_NextFeeMultiplier_put(&multiplier);
}

void transaction_payment_genesis(balance multiplier) {
    payment_releases version = payment_releases_V2;
    transaction_payment_StorageVersion_put(&version);
    transaction_payment_NextFeeMultiplier_put(&multiplier);
}
