/* test_compute_pool.c - delegations, their income, and commission. */
#include "compute/stake_fixture.h"

#define MIN COMPUTE_MIN_DELEGATION
#define D(n) ((n) * UNIT)
#define DUST 500 /* shares of 30,000 units in steps of 2^-48 */

static uint32_t epoch_now(void) { return clock_epoch(); }
static void next_epochs(uint32_t n) { at_epoch(epoch_now() + n); }

/* Alice's pool with `n` units of Bob's that have joined. */
static uint32_t joined(u128 n) {
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = n);
    next_epochs(1);
    return pool;
}

/* --- delegate --- */

static void delegation_waits_for_the_next_epoch(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND), first = epoch_now();
    u128 before = free_of(BOB);
    OK(BOB, delegate, .pool = pool, .amount = D(5));
    EVENT_WAS(Delegated, .who = account(BOB), .pool = pool, .amount = D(5));
    OK(BOB, delegate, .pool = pool, .amount = D(2));
    assert_true(free_of(BOB) == before - D(7));
    assert_true(pool_of(pool).tokens == 0 && pool_of(pool).shares == 0 && pool_of(pool).joining.tokens == D(7));
    assert_int_equal(pool_of(pool).joining.epoch, first);
    assert_true(totals().delegated == D(7));

    next_epochs(1);
    OK(CAROL, delegate, .pool = pool, .amount = D(3)); /* touches the pool: Bob's cohort has shares, not Bob yet */
    compute_join_rate rate;
    assert_true(compute_JoinRates_get(&pool, &first, &rate) && rate.left == D(7) && rate.shares == D(7));
    assert_true(pool_of(pool).tokens == D(7) && pool_of(pool).shares == D(7) && pool_of(pool).joining.tokens == D(3));
    assert_true(delegation_of(BOB, pool).shares == 0);
    OK(BOB, delegate, .pool = pool, .amount = D(1)); /* converts the first, joins anew */
    assert_true(delegation_of(BOB, pool).shares == D(7) && delegation_of(BOB, pool).joining.tokens == D(1));
    assert_false(compute_JoinRates_exists(&pool, &first));
    assert_true(pool_of(pool).joining.tokens == D(4));
}

static void delegation_in_epoch_0(void **state) {
    (void)state;
    at_epoch(0);
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(5));
    OK(BOB, undelegate, .pool = pool, .shares = 0);
    OK(BOB, delegate, .pool = pool, .amount = D(5));
    next_epochs(1);
    OK(BOB, undelegate, .pool = pool, .shares = D(5));
    assert_true(sub_pool(pool, 1).tokens == D(5));
}

static void delegate_refuses(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    REFUSES(BAD_ORIGIN, UNSIGNED, delegate, .pool = pool, .amount = D(1));
    FAILS(PoolMissing, BOB, delegate, .pool = pool + 1, .amount = D(1));
    FAILS(OwnPool, ALICE, delegate, .pool = pool, .amount = D(1));
    FAILS(ZeroShares, BOB, delegate, .pool = pool, .amount = 0);
    FAILS(BelowMinDelegation, BOB, delegate, .pool = pool, .amount = MIN - 1);
    FAILS(DelegationCap, BOB, delegate, .pool = pool, .amount = 9 * BOND + 1);
    FAILS(DelegationCap, BOB, delegate, .pool = pool, .amount = U128_MAX);
    FAILS(LowFunds, POOR, delegate, .pool = pool, .amount = MIN);
    OK(BOB, delegate, .pool = pool, .amount = MIN);
    FAILS(DelegationCap, CAROL, delegate, .pool = pool, .amount = 9 * BOND - MIN + 1);
    OK(CAROL, delegate, .pool = pool, .amount = 9 * BOND - MIN);
    FAILS(DelegationCap, CAROL, delegate, .pool = pool, .amount = U128_MAX);
    next_epochs(1);
    FAILS(DelegationCap, CAROL, delegate, .pool = pool, .amount = MIN); /* also what has joined counts */
    FAILS(LowFunds, BOB, delegate, .pool = provider(DAVE, BOND * 90), .amount = RICH - MIN);
}

static void delegate_needs_a_working_provider(void **state) {
    (void)state;
    static const compute_state refused[] = {compute_state_Draining, compute_state_Idle, compute_state_Leaving,
                                            compute_state_Jailed};
    uint32_t pool = provider(ALICE, BOND);
    for (uint32_t i = 0; i < COUNT_OF(refused); i++) {
        compute_provider record = provider_of(ALICE);
        record.state = refused[i];
        put_provider(ALICE, &record);
        FAILS(BadState, BOB, delegate, .pool = pool, .amount = D(1));
    }
    compute_provider record = provider_of(ALICE);
    record.state = compute_state_Candidate;
    record.joined = clock_now(); /* not yet Active */
    put_provider(ALICE, &record);
    OK(BOB, delegate, .pool = pool, .amount = D(1));
    report(ALICE, 1, epoch_now());
    FAILS(SlashPending, BOB, delegate, .pool = pool, .amount = D(1));
}

static void nobody_comes_or_goes_before_points_are_paid(void **state) {
    (void)state;
    uint32_t pool = joined(D(10));
    compute_provider record = provider_of(ALICE);
    compute_roll_points(&record, epoch_now());
    record.points_open = 2;
    put_provider(ALICE, &record);
    OK(CAROL, delegate, .pool = pool, .amount = D(1)); /* the epoch is still open */
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    next_epochs(1);
    FAILS(Unsettled, CAROL, delegate, .pool = pool, .amount = D(1));
    FAILS(Unsettled, BOB, undelegate, .pool = pool, .shares = D(1));
    FAILS(Unsettled, BOB, redelegate, .from = pool, .to = provider(DAVE, BOND), .shares = D(1));
    assert_int_equal(provider_of(ALICE).points_open, 2); /* looking writes nothing */
    record = provider_of(ALICE);
    record.points_open = 0;
    put_provider(ALICE, &record);
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
}

/* --- income --- */

static void joining_money_earns_nothing(void **state) { /* rulings-1, T5 */
    (void)state;
    uint32_t pool = joined(D(10));
    OK(CAROL, delegate, .pool = pool, .amount = 8 * BOND);
    earn(ALICE, D(10000));
    FAILS(NothingToClaim, CAROL, claim, .pool = pool);
    next_epochs(1);
    FAILS(NothingToClaim, CAROL, claim, .pool = pool);
    OK(CAROL, undelegate, .pool = pool, .shares = delegation_of(CAROL, pool).shares + 8 * BOND);
    assert_true(due_of(CAROL) == 0);
    u128 before = free_of(BOB);
    OK(BOB, claim, .pool = pool);
    assert_true(free_of(BOB) > before);
}

/* Money that joined after points were earned has no part in them, whoever acts first. */
static void joining_money_waits_for_unpaid_points(void **state) {
    (void)state;
    uint32_t pool = joined(D(10));
    OK(CAROL, delegate, .pool = pool, .amount = D(30));
    compute_provider record = provider_of(ALICE);
    compute_roll_points(&record, epoch_now());
    record.points_open = 2;
    put_provider(ALICE, &record);
    next_epochs(1);
    account_id who = account(ALICE);
    for (int line = 0; line < 2; line++) {
        assert_int_equal(balances_pot_mint(&compute_pot, D(100)), DISPATCH_OK);
        compute_pay_points(&who, D(100));
        assert_true(pool_of(pool).joining.tokens == D(30) && pool_of(pool).tokens == D(10));
        if (line == 0)
            OK(BOB, claim, .pool = pool); /* does not let it in either */
        assert_true(pool_of(pool).joining.tokens == D(30));
    }
    assert_int_equal(provider_of(ALICE).points_closed, 0);
    earn(ALICE, D(100)); /* now all is paid */
    assert_true(pool_of(pool).joining.tokens == 0 && pool_of(pool).tokens == D(40));
    OK(CAROL, claim, .pool = pool);
    record = provider_of(ALICE);
    record.points_closed = 1;
    put_provider(ALICE, &record);
    earn(ALICE, D(1)); /* nothing joins, nothing waits */
    assert_null(stake_wrong());
}

static void income_is_shared_by_rule(void **state) {
    (void)state;
    uint32_t pool = joined(3 * BOND);
    compute_provider record = provider_of(ALICE);
    record.commission_ppb = 100000000;
    record.payout = account(EVE);
    put_provider(ALICE, &record);
    u128 before = free_of(BOB);
    earn(ALICE, D(100)); /* 10 commission, 90 * 1/4 own, 67.5 for Bob */
    assert_true(due_of(EVE) == 32500 * MILLI_UNIT);
    EVENT_WAS(ProviderPaid, .provider = account(ALICE), .payout = 32500 * MILLI_UNIT, .pool = 67500 * MILLI_UNIT);
    assert_true(pool_of(pool).income == 67500 * MILLI_UNIT);
    OK(BOB, claim, .pool = pool);
    u128 got = free_of(BOB) - before;
    assert_true(got <= 67500 * MILLI_UNIT && got + DUST >= 67500 * MILLI_UNIT);
    EVENT_WAS(Claimed, .who = account(BOB), .pool = pool, .amount = got);
    FAILS(NothingToClaim, BOB, claim, .pool = pool);
    FAILS(NothingToClaim, CAROL, claim, .pool = pool);
    FAILS(PoolMissing, CAROL, claim, .pool = pool + 1);
    REFUSES(BAD_ORIGIN, UNSIGNED, claim, .pool = pool);
    earn(ALICE, 1000); /* too little for an account that is not there any more */
    account_id who = account(BOB);
    assert_int_equal(balances_burn_from(&who, free_of(BOB), BALANCES_EXPENDABLE, BALANCES_EXACT, BALANCES_FORCE, NULL),
                     DISPATCH_OK);
    FAILS(BelowED, BOB, claim, .pool = pool);
    OK(BOB, undelegate, .pool = pool, .shares = U128_MAX);
    FAILS(BelowED, EVE, claim_due, .who = who);
}

static void income_without_delegators_is_the_payouts(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    earn(ALICE, D(7));
    assert_true(due_of(ALICE) == D(7) && pool_of(pool).income == 0);
    EVENT_WAS(ProviderPaid, .provider = account(ALICE), .payout = D(7), .pool = 0);
    earn(ALICE, 0);
    assert_true(due_of(ALICE) == D(7));
    OK(BOB, delegate, .pool = pool, .amount = D(1));
    earn(ALICE, D(7)); /* joining money is no share */
    assert_true(due_of(ALICE) == D(14) && pool_of(pool).joining.tokens == D(1));
}

static void income_beyond_all_bounds_is_the_payouts(void **state) {
    (void)state;
    uint32_t pool = joined(D(1));
    compute_pool record = pool_of(pool);
    record.acc = U128_MAX - 1;
    compute_Pools_put(&pool, &record);
    compute_delegation d = delegation_of(BOB, pool);
    earn(ALICE, D(5)); /* first touches: Bob's shares start at this acc */
    assert_true(due_of(ALICE) == D(5) && pool_of(pool).income == 0);
    assert_true(d.shares == 0 && pool_of(pool).shares == D(1));
}

static void commission_that_is_due_counts(void **state) {
    (void)state;
    joined(BOND);
    OK(ALICE, set_commission, .ppb = 5000000);
    next_epochs(7);
    earn(ALICE, D(100)); /* 0.5 + half of 99.5 */
    assert_true(due_of(ALICE) == 50250 * MILLI_UNIT);
    assert_false(provider_of(ALICE).pending_commission.some);
}

static void earlier_income_is_not_shared_with_later_money(void **state) {
    (void)state;
    uint32_t pool = joined(D(10));
    OK(CAROL, delegate, .pool = pool, .amount = D(30));
    next_epochs(1);
    earn(ALICE, D(1)); /* touched first: both */
    OK(BOB, delegate, .pool = pool, .amount = D(1));
    earn(ALICE, D(1));
    u128 bob = free_of(BOB), carol = free_of(CAROL);
    OK(BOB, claim, .pool = pool);
    OK(CAROL, claim, .pool = pool);
    bob = free_of(BOB) - bob;
    carol = free_of(CAROL) - carol;
    assert_true(carol <= 3 * bob + DUST && carol + DUST >= 3 * bob);
}

static void due_money_is_paid_to_whom_it_is_due(void **state) {
    (void)state;
    provider(ALICE, BOND);
    earn(ALICE, D(7));
    u128 before = free_of(ALICE);
    FAILS(NothingToClaim, BOB, claim_due, .who = account(BOB));
    REFUSES(BAD_ORIGIN, UNSIGNED, claim_due, .who = account(ALICE));
    OK(BOB, claim_due, .who = account(ALICE));
    assert_true(free_of(ALICE) == before + D(7) && due_of(ALICE) == 0);
    EVENT_WAS(DuePaid, .who = account(ALICE), .amount = D(7));
    FAILS(NothingToClaim, BOB, claim_due, .who = account(ALICE));

    compute_provider record = provider_of(ALICE);
    record.payout = account(77); /* not there */
    put_provider(ALICE, &record);
    earn(ALICE, EXISTENTIAL_DEPOSIT - 1);
    FAILS(BelowED, BOB, claim_due, .who = account(77));
    earn(ALICE, 1);
    OK(BOB, claim_due, .who = account(77));
    assert_true(free_of(77) == EXISTENTIAL_DEPOSIT);
}

/* --- commission --- */

static void commission_falls_at_once_and_rises_slowly(void **state) {
    (void)state;
    provider(ALICE, BOND);
    uint32_t epoch = epoch_now();
    REFUSES(BAD_ORIGIN, UNSIGNED, set_commission, .ppb = 1);
    FAILS(NotProvider, BOB, set_commission, .ppb = 1);
    FAILS(CommissionTooHigh, ALICE, set_commission, .ppb = COMPUTE_MAX_COMMISSION + 1);
    FAILS(CommissionStep, ALICE, set_commission, .ppb = COMPUTE_COMMISSION_STEP + 1);
    OK(ALICE, set_commission, .ppb = COMPUTE_COMMISSION_STEP);
    EVENT_WAS(CommissionSet, .provider = account(ALICE), .ppb = COMPUTE_COMMISSION_STEP, .epoch = epoch + 7);
    assert_int_equal(provider_of(ALICE).commission_ppb, 0);
    next_epochs(6);
    OK(ALICE, set_commission, .ppb = 1000); /* replaces what was pending */
    next_epochs(1);
    earn(ALICE, 1);
    assert_int_equal(provider_of(ALICE).commission_ppb, 0);
    next_epochs(6);
    OK(ALICE, set_commission, .ppb = 1000 + COMPUTE_COMMISSION_STEP); /* the step counts from what is in force */
    assert_int_equal(provider_of(ALICE).commission_ppb, 1000);
    OK(ALICE, set_commission, .ppb = 1000); /* no change, and nothing pends */
    assert_false(provider_of(ALICE).pending_commission.some);
    compute_provider record = provider_of(ALICE);
    record.commission_ppb = COMPUTE_MAX_COMMISSION - 1;
    put_provider(ALICE, &record);
    OK(ALICE, set_commission, .ppb = COMPUTE_MAX_COMMISSION);
    OK(ALICE, set_commission, .ppb = 10);
    EVENT_WAS(CommissionSet, .provider = account(ALICE), .ppb = 10, .epoch = epoch_now());
    assert_int_equal(provider_of(ALICE).commission_ppb, 10);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, stake_start)
    const struct CMUnitTest tests[] = {
        CASE(delegation_waits_for_the_next_epoch),
        CASE(delegation_in_epoch_0),
        CASE(delegate_refuses),
        CASE(delegate_needs_a_working_provider),
        CASE(nobody_comes_or_goes_before_points_are_paid),
        CASE(joining_money_earns_nothing),
        CASE(joining_money_waits_for_unpaid_points),
        CASE(income_is_shared_by_rule),
        CASE(income_without_delegators_is_the_payouts),
        CASE(income_beyond_all_bounds_is_the_payouts),
        CASE(commission_that_is_due_counts),
        CASE(earlier_income_is_not_shared_with_later_money),
        CASE(due_money_is_paid_to_whom_it_is_due),
        CASE(commission_falls_at_once_and_rises_slowly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
