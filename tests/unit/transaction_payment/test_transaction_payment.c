/* test_transaction_payment.c - fees against vectors of whole-number arithmetic, and the steps of paying. */
#include "../balances/world.h"

#include "fee_vectors.h"
#include "collator_selection/collator_selection.h"
#include "core/fixed.h"
#include "transaction_payment/transaction_payment.h"

static void set_multiplier(balance multiplier) { transaction_payment_NextFeeMultiplier_put(&multiplier); }
static balance multiplier(void) {
    balance value;
    transaction_payment_NextFeeMultiplier_get(&value);
    return value;
}
static struct dispatch_info info_for(uint64_t time, uint64_t proof, uint8_t class, uint8_t pays) {
    return (struct dispatch_info){{time, proof}, class, pays};
}
static balance capped_sum(balance a, balance b) { return saturating_add_u128(a, b); }

static void weight_fees_match(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(weight_fees); i++) {
        assert_true(transaction_payment_weight_to_fee((weight){weight_fees[i].time, 0}) == weight_fees[i].fee);
        assert_true(transaction_payment_weight_to_fee((weight){weight_fees[i].time, UINT64_MAX}) == weight_fees[i].fee);
    }
    assert_true(transaction_payment_length_to_fee(0) == 0);
    assert_true(transaction_payment_length_to_fee(1) == 10 * MICRO_UNIT);
    assert_true(transaction_payment_length_to_fee(UINT32_MAX) == UINT32_MAX * (10 * MICRO_UNIT));
}

static void fixed_products_match(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(products); i++) {
        assert_true(fixed_mul(products[i].a, products[i].b) == products[i].result);
        assert_true(fixed_mul(products[i].b, products[i].a) == products[i].result);
    }
}

static void fees_match(void **state) {
    (void)state;
    const balance tips[] = {0, 1, U128_MAX - 1, U128_MAX};
    for (size_t i = 0; i < COUNT_OF(fees); i++)
        for (uint8_t class = CLASS_NORMAL; class <= CLASS_MANDATORY; class++)
            for (size_t t = 0; t < COUNT_OF(tips); t++) {
                struct dispatch_info info = info_for(fees[i].time, 5, class, PAYS_YES), free = info;
                fee_details details;
                set_multiplier(fees[i].multiplier);
                transaction_payment_fee_details(fees[i].len, &info, tips[t], &details);
                assert_true(details.inclusion_fee.some && details.tip == tips[t]);
                assert_true(details.inclusion_fee.value.base_fee == fees[i].base);
                assert_true(details.inclusion_fee.value.len_fee == fees[i].length);
                assert_true(details.inclusion_fee.value.adjusted_weight_fee == fees[i].weight);
                balance fee = capped_sum(capped_sum(fees[i].base + fees[i].length, fees[i].weight), tips[t]);
                assert_true(transaction_payment_compute_fee(fees[i].len, &info, tips[t]) == fee);
                free.pays = PAYS_NO;
                transaction_payment_fee_details(fees[i].len, &free, tips[t], &details);
                assert_true(!details.inclusion_fee.some && details.tip == tips[t]);
                assert_true(transaction_payment_compute_fee(fees[i].len, &free, tips[t]) == tips[t]);
            }
}

static void actual_fee_uses_the_smaller_weight(void **state) {
    (void)state;
    struct dispatch_info declared = info_for(1000000000, 9, CLASS_NORMAL, PAYS_YES), less = declared;
    less.call_weight.ref_time = 400000000;
    balance full = transaction_payment_compute_fee(100, &declared, 7);
    balance lower = transaction_payment_compute_fee(100, &less, 7);
    assert_true(lower < full);
    assert_true(transaction_payment_actual_fee(100, &declared, less.call_weight, false, 7) == lower);
    assert_true(transaction_payment_actual_fee(100, &declared, declared.call_weight, false, 7) == full);
    assert_true(transaction_payment_actual_fee(100, &declared, (weight){UINT64_MAX, UINT64_MAX}, false, 7) == full);
    assert_true(transaction_payment_actual_fee(100, &declared, declared.call_weight, true, 7) == 7);
    declared.pays = PAYS_NO;
    assert_true(transaction_payment_actual_fee(100, &declared, declared.call_weight, false, 7) == 7);
}

static void queries_answer_for_wallets(void **state) {
    (void)state;
    struct dispatch_info info = info_for(BASE_EXTRINSIC_REF_TIME, 77, CLASS_OPERATIONAL, PAYS_YES);
    runtime_dispatch_info answer;
    fee_details details;
    transaction_payment_query_info(10, &info, false, &answer);
    assert_true(answer.partial_fee == transaction_payment_compute_fee(10, &info, 0) && answer.partial_fee > 0);
    assert_true(answer.weight.ref_time == BASE_EXTRINSIC_REF_TIME && answer.weight.proof_size == 77);
    assert_int_equal(answer.class, CLASS_OPERATIONAL);
    transaction_payment_query_info(10, &info, true, &answer);
    assert_true(answer.partial_fee == 0 && answer.weight.proof_size == 77);
    transaction_payment_query_fee_details(10, &info, false, &details);
    assert_true(details.inclusion_fee.some && details.tip == 0);
    transaction_payment_query_fee_details(10, &info, true, &details);
    assert_true(!details.inclusion_fee.some && details.tip == 0);
    uint8_t buffer[64];
    struct writer out = writer_over(buffer, sizeof buffer);
    scale_encode(&fee_details_type, &details, &out); /* None and a tip */
    assert_int_equal(writer_len(&out), 17);
}

static void priorities_match(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ranks); i++) {
        struct dispatch_info info = info_for(ranks[i].time, ranks[i].proof, ranks[i].class, PAYS_YES);
        assert_true(transaction_payment_priority(ranks[i].len, &info, ranks[i].tip, ranks[i].fee) == ranks[i].priority);
    }
}

static void multiplier_updates_match(void **state) {
    (void)state;
    for (size_t i = 0; i < COUNT_OF(updates); i++)
        assert_true(transaction_payment_next_multiplier(updates[i].previous,
                                                        (weight){updates[i].time, updates[i].proof}) == updates[i].next);
}

static void on_finalize_adjusts_by_normal_weight(void **state) {
    (void)state;
    assert_true(multiplier() == FIXED_ONE); /* absent reads as one */
    per_class_weight used = {.operational = {MAX_BLOCK_REF_TIME, 0}, .mandatory = {MAX_BLOCK_REF_TIME, 0}};
    system_BlockWeight_put(&used);
    transaction_payment_on_finalize();
    balance after_empty = multiplier();
    assert_true(after_empty < FIXED_ONE);
    assert_true(after_empty == transaction_payment_next_multiplier(FIXED_ONE, (weight){0, 0}));
    used.normal = (weight){MAX_BLOCK_REF_TIME, 0};
    system_BlockWeight_put(&used);
    transaction_payment_on_finalize();
    assert_true(multiplier() > after_empty);
    for (uint64_t i = 0; i < 200; i++) { /* from the floor one percent above target still rises: lib.rs#integrity_test */
        balance low = FIXED_ONE / 10;
        assert_true(transaction_payment_next_multiplier(low, (weight){378750000000u + i, 0}) > low);
    }
}

static void genesis_writes_version_and_multiplier(void **state) {
    fresh(state);
    transaction_payment_genesis(5 * FIXED_ONE);
    payment_releases version;
    assert_true(transaction_payment_StorageVersion_get(&version));
    assert_int_equal(version, payment_releases_V2);
    assert_true(multiplier() == 5 * FIXED_ONE);
}

static bool can_withdraw(const account_id *who, balance fee) {
    account_info info = info_of(who);
    return transaction_payment_can_withdraw(&info, fee);
}

static bool withdraw(const account_id *who, balance fee) {
    struct balances_edit e = {.info = info_of(who)};
    return transaction_payment_withdraw(who, &e, fee);
}

/* What the block's extrinsics have paid so far. */
static balance collected(void) {
    stored_credit stored;
    bool some = transaction_payment_TxPaymentCredit_get(&stored);
    assert_true(some == (stored.credit.amount > 0));
    return stored.credit.amount;
}

static void paying_step_by_step(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    assert_true(can_withdraw(alice, 3 * ED));
    assert_true(withdraw(alice, 3 * ED));
    WANT(balances, Withdraw, .who = *alice, .amount = 3 * ED);
    assert_sound(3 * ED);
    transaction_payment_correct(alice, 2 * ED, ED / 2, 3 * ED); /* ED too much */
    WANT(balances, Deposit, .who = *alice, .amount = ED);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = 2 * ED, .tip = ED / 2);
    assert_events();
    assert_true(free_of(alice) == 8 * ED && balances_total_issuance() == 10 * ED);
    assert_true(collected() == 2 * ED);
    assert_sound(2 * ED);
    assert_true(withdraw(alice, 1)); /* exact: nothing to give back */
    transaction_payment_correct(alice, 1, 1, 1);
    WANT(balances, Withdraw, .who = *alice, .amount = 1);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = 1, .tip = 1);
    assert_events();
    assert_true(withdraw(alice, 5)); /* waived: the tip alone is kept */
    transaction_payment_correct(alice, 2, 2, 5);
    WANT(balances, Withdraw, .who = *alice, .amount = 5);
    WANT(balances, Deposit, .who = *alice, .amount = 3);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = 2, .tip = 2);
    assert_true(withdraw(alice, 9)); /* all comes back */
    transaction_payment_correct(alice, 0, 0, 9);
    WANT(balances, Withdraw, .who = *alice, .amount = 9);
    WANT(balances, Deposit, .who = *alice, .amount = 9);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = 0, .tip = 0);
    assert_events();
    assert_true(collected() == 2 * ED + 3);
    assert_sound(2 * ED + 3);
    /* At the block's end all of it is the pot's. */
    transaction_payment_on_finalize();
    assert_true(collected() == 0);
    assert_true(free_of(&collator_selection_pot) == 2 * ED + 3);
    assert_sound(2 * ED + 3);
}

static void free_calls_touch_no_account(void **state) {
    (void)state;
    assert_true(can_withdraw(alice, 0)); /* an account that does not even exist */
    assert_true(withdraw(alice, 0));
    transaction_payment_correct(alice, 0, 0, 0);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = 0, .tip = 0);
    assert_events();
    assert_false(system_Account_exists(alice));
    assert_true(collected() == 0);
}

static void fees_that_cannot_be_paid(void **state) {
    (void)state;
    const balance owned[] = {ED, ED + 1, 2 * ED, 5 * ED};
    for (size_t i = 0; i < COUNT_OF(owned); i++) {
        world(state);
        fund(bob, 100 * ED);
        fund(alice, owned[i]);
        const balance sizes[] = {1, ED - 1, ED, ED + 1, owned[i] - ED, owned[i] - ED + 1, owned[i], owned[i] + 1, U128_MAX};
        for (size_t s = 0; s < COUNT_OF(sizes); s++) {
            bool possible = sizes[s] <= owned[i] - ED;
            overlay_begin();
            assert_int_equal(can_withdraw(alice, sizes[s]), possible);
            assert_int_equal(withdraw(alice, sizes[s]), possible);
            overlay_rollback();
            assert_events();
        }
    }
    DONE(balances_set_freeze(runtime_freeze_reason_Stake, alice, 4 * ED));
    forget_events();
    assert_false(can_withdraw(alice, ED + 1) || withdraw(alice, ED + 1));
    assert_true(can_withdraw(alice, ED));
    set_issuance(ED - 1); /* issuance smaller than the fee: a broken state */
    assert_false(can_withdraw(alice, ED));
    assert_events();
}

static void no_refund_to_the_dead(void **state) {
    (void)state;
    fund(alice, 3 * ED);
    assert_true(withdraw(alice, ED));
    DONE(balances_transfer(alice, bob, 2 * ED, BALANCES_EXPENDABLE));
    forget_events();
    transaction_payment_correct(alice, ED / 2, 0, ED);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = ED / 2, .tip = 0);
    assert_events();
    assert_true(collected() == ED);
    assert_sound(ED);
    /* Alive by another pallet's reference, but the refund is below the existential deposit: kept with the fee. */
    fund(alice, 3 * ED);
    account_info info = info_of(alice);
    info.sufficients = 1;
    system_account_put(alice, &info);
    assert_true(withdraw(alice, ED));
    DONE(balances_transfer(alice, bob, 2 * ED, BALANCES_EXPENDABLE));
    forget_events();
    transaction_payment_correct(alice, ED / 2, 0, ED);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = ED / 2, .tip = 0);
    assert_events();
    assert_true(free_of(alice) == 0);
    assert_true(collected() == 2 * ED);
    /* A refund that would exceed 128 bits stays with the fee as well. */
    info = info_of(alice);
    info.data.free = U128_MAX;
    info.providers = 1;
    system_account_put(alice, &info);
    transaction_payment_correct(alice, 1, 0, 3);
    WANT(transaction_payment, TransactionFeePaid, .who = *alice, .actual_fee = 1, .tip = 0);
    assert_events();
    assert_true(collected() == 2 * ED + 3);
}

#define CASE(name) cmocka_unit_test_setup(name, world)
int main(void) {
    const struct CMUnitTest tests[] = {CASE(weight_fees_match),
                                       CASE(fixed_products_match),
                                       CASE(fees_match),
                                       CASE(actual_fee_uses_the_smaller_weight),
                                       CASE(queries_answer_for_wallets),
                                       CASE(priorities_match),
                                       CASE(multiplier_updates_match),
                                       CASE(on_finalize_adjusts_by_normal_weight),
                                       CASE(genesis_writes_version_and_multiplier),
                                       CASE(paying_step_by_step),
                                       CASE(free_calls_touch_no_account),
                                       CASE(fees_that_cannot_be_paid),
                                       CASE(no_refund_to_the_dead)};
    return cmocka_run_group_tests_name("transaction payment", tests, NULL, NULL);
}
