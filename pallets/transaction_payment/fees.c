/* fees.c - what a transaction costs. Mirrors polkadot-sdk stable2609 pallet-transaction-payment src/lib.rs#compute_fee_raw,
 * #get_priority, sp-weights src/lib.rs#FeePolynomial, templates/parachain/runtime src/lib.rs#WeightToFee. */
#include "core/fixed.h"
#include "system/system_constants.h"
#include "transaction_payment/transaction_payment.h"

const balance transaction_payment_multiplier_one = FIXED_ONE;

/* The template's polynomial has one term: p / q per picosecond, as an integer and a Perbill rounded down. */
#define FEE_P (MILLI_UNIT / 10)
#define FEE_Q ((u128)100 * BASE_EXTRINSIC_REF_TIME)
#define BILLION 1000000000ull
#define FEE_INTEGER ((uint64_t)(FEE_P / FEE_Q))
#define FEE_BILLIONTHS ((uint64_t)(FEE_P % FEE_Q * BILLION / FEE_Q))

/* Perbill times an amount rounds to nearest, halves down: sp-arithmetic src/per_things.rs#overflow_prune_mul. Whole
 * billions and the rest apart, so that 64 bits hold every product. */
#define REST_OF(time) ((time) % BILLION * FEE_BILLIONTHS)
#define FEE_OF(time)                                                                                                   \
    ((time) / BILLION * FEE_BILLIONTHS + REST_OF(time) / BILLION + (REST_OF(time) % BILLION > BILLION / 2))

_Static_assert(FEE_INTEGER == 0, "a picosecond costs less than one unit; otherwise add FEE_INTEGER * time");
static const balance base_fee = FEE_OF(BASE_EXTRINSIC_REF_TIME); /* the same for all classes */

balance transaction_payment_weight_to_fee(weight w) {
    uint64_t time = min_u64(w.ref_time, MAX_BLOCK_REF_TIME);
    return FEE_OF(time);
}

_Static_assert(TRANSACTION_BYTE_FEE <= UINT32_MAX, "the fee of any length fits 64 bits");
balance transaction_payment_length_to_fee(uint32_t len) { return len * (uint64_t)TRANSACTION_BYTE_FEE; }

static balance adjusted_weight_fee(weight w) {
    balance multiplier;
    transaction_payment_NextFeeMultiplier_get(&multiplier);
    return fixed_mul(multiplier, transaction_payment_weight_to_fee(w));
}

static balance fee_for(uint32_t len, weight w, bool pays_no, balance tip) {
    if (pays_no)
        return tip;
    balance fee = base_fee + transaction_payment_length_to_fee(len); /* both below 2^64 */
    return saturating_add_u128(saturating_add_u128(fee, adjusted_weight_fee(w)), tip);
}

balance transaction_payment_compute_fee(uint32_t len, const struct dispatch_info *info, balance tip) {
    return fee_for(len, info->call_weight, info->pays == PAYS_NO, tip);
}

balance transaction_payment_actual_fee(uint32_t len, const struct dispatch_info *info, weight used, bool pays_no,
                                       balance tip) {
    weight w = {min_u64(used.ref_time, info->call_weight.ref_time),
                min_u64(used.proof_size, info->call_weight.proof_size)};
    return fee_for(len, w, pays_no || info->pays == PAYS_NO, tip);
}

void transaction_payment_fee_details(uint32_t len, const struct dispatch_info *info, balance tip, fee_details *out) {
    *out = (fee_details){.tip = tip};
    if (info->pays == PAYS_NO)
        return;
    out->inclusion_fee.some = true;
    out->inclusion_fee.value =
        (inclusion_fee){base_fee, transaction_payment_length_to_fee(len), adjusted_weight_fee(info->call_weight)};
}

void transaction_payment_query_info(uint32_t len, const struct dispatch_info *info, bool is_bare,
                                    runtime_dispatch_info *out) {
    *out = (runtime_dispatch_info){.weight = info->call_weight, .class = info->class};
    if (!is_bare)
        out->partial_fee = transaction_payment_compute_fee(len, info, 0);
}

void transaction_payment_query_fee_details(uint32_t len, const struct dispatch_info *info, bool is_bare,
                                           fee_details *out) {
    if (is_bare)
        *out = (fee_details){.tip = 0};
    else
        transaction_payment_fee_details(len, info, 0, out);
}

_Static_assert(MAX_BLOCK_LENGTH < 1u << 24, "a small tip times the extrinsics of a block fits 64 bits");
uint64_t transaction_payment_priority(uint32_t len, const struct dispatch_info *info, balance tip, balance fee) {
    uint64_t max_len = info->class == CLASS_NORMAL ? NORMAL_MAX_LENGTH : MAX_BLOCK_LENGTH;
    uint64_t time = min_u64(max_u64(info->call_weight.ref_time, 1), MAX_BLOCK_REF_TIME);
    uint64_t proof = min_u64(max_u64(info->call_weight.proof_size, 1), MAX_BLOCK_PROOF);
    uint64_t length = min_u64(max_u64(len, 1), max_len);
    /* How many such extrinsics an empty block can hold. */
    uint64_t per_block =
        min_u64(max_len / length, min_u64(MAX_BLOCK_REF_TIME / time, MAX_BLOCK_PROOF / proof));
    if (LIKELY(info->class != CLASS_OPERATIONAL && tip < 1ull << 40))
        return ((uint64_t)tip + 1) * per_block; /* per_block is at most MAX_BLOCK_LENGTH, below 2^24 */
    balance priority = saturating_mul_u128(saturating_add_u128(tip, 1), per_block);
    if (info->class == CLASS_OPERATIONAL) {
        balance virtual_tip = saturating_mul_u128(fee, OPERATIONAL_FEE_MULTIPLIER);
        priority = saturating_add_u128(priority, saturating_mul_u128(virtual_tip, per_block));
    }
    return priority > UINT64_MAX ? UINT64_MAX : (uint64_t)priority;
}
