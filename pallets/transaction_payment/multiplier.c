/* multiplier.c - the fee multiplier's arithmetic and its update after each block. Mirrors polkadot-sdk stable2609
 * pallet-transaction-payment src/lib.rs#TargetedFeeAdjustment with polkadot-runtime-common
 * src/lib.rs#SlowAdjustingFeeUpdate: target 25 %, variability 75 / 1 000 000, minimum 1/10, maximum 2^128 - 1. */
#include "collator_selection/collator_selection.h"
#include "core/fixed.h"
#include "system/system_constants.h"
#include "transaction_payment/transaction_payment.h"

#define TARGET_PERCENT 25
#define VARIABILITY (FIXED_ONE * 75 / 1000000)
#define VARIABILITY_SQUARED_HALF (VARIABILITY * VARIABILITY / FIXED_ONE / 2)
#define MINIMUM_MULTIPLIER (FIXED_ONE / 10)

_Static_assert(NORMAL_MAX_REF_TIME * TARGET_PERCENT % 100 == 0 && NORMAL_MAX_PROOF * TARGET_PERCENT % 100 == 0,
               "the target is a whole number, so FRAME's rounding of Perquintill times weight has no say");

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
    stored_credit fees;
    if (transaction_payment_TxPaymentCredit_get(&fees)) {
        collator_selection_fill_pot(fees.credit.amount);
        transaction_payment_TxPaymentCredit_kill();
    }
}

void transaction_payment_genesis(balance multiplier) {
    payment_releases version = payment_releases_V2;
    transaction_payment_StorageVersion_put(&version);
    transaction_payment_NextFeeMultiplier_put(&multiplier);
}
