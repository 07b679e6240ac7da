/* test_compute_leave.c - the way out of a pool: undelegate, withdraw, redelegate. */
#include "compute/stake_fixture.h"

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

static void undelegated_money_waits(void **state) {
    (void)state;
    uint32_t pool = joined(D(10)), epoch = epoch_now();
    OK(BOB, undelegate, .pool = pool, .shares = D(4));
    EVENT_WAS(Undelegated, .who = account(BOB), .pool = pool, .amount = D(4), .returned = 0, .epoch = epoch);
    assert_true(sub_pool(pool, epoch).tokens == D(4) && sub_pool(pool, epoch).shares == D(4));
    assert_int_equal(sub_pool(pool, epoch).mature_epoch, epoch + 21);
    assert_true(totals().delegated == D(6) && totals().unbonding == D(4));
    FAILS(NotMatured, BOB, withdraw, .pool = pool, .max = 16);
    next_epochs(1);
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    OK(BOB, undelegate, .pool = pool, .shares = D(1)); /* merged */
    assert_int_equal(entries(BOB, pool).len, 2);
    at_tick((epoch + 21) * CLOCK_EPOCH_TICKS - 1);
    FAILS(NotMatured, BOB, withdraw, .pool = pool, .max = 16);
    at_epoch(epoch + 21);
    u128 before = free_of(BOB);
    OK(BOB, withdraw, .pool = pool, .max = 0); /* none asked for, none paid */
    OK(BOB, withdraw, .pool = pool, .max = 16);
    EVENT_WAS(Withdrawn, .who = account(BOB), .pool = pool, .amount = D(4));
    assert_true(free_of(BOB) == before + D(4));
    assert_false(has_sub_pool(pool, epoch));
    FAILS(NotMatured, BOB, withdraw, .pool = pool, .max = 16);
    next_epochs(1);
    OK(BOB, withdraw, .pool = pool, .max = 255);
    assert_true(free_of(BOB) == before + D(6) && totals().unbonding == 0);
    assert_int_equal(entries(BOB, pool).len, 0);
    OK(BOB, withdraw, .pool = pool, .max = 16); /* the second one pays nothing */
    assert_true(free_of(BOB) == before + D(6));
    FAILS(PoolMissing, BOB, withdraw, .pool = pool + 1, .max = 16);
    REFUSES(BAD_ORIGIN, UNSIGNED, withdraw, .pool = pool, .max = 1);
}

static void withdraw_takes_the_oldest_first(void **state) {
    (void)state;
    uint32_t pool = joined(D(20)), epoch = epoch_now();
    for (uint32_t i = 0; i < 3; i++, next_epochs(1))
        OK(BOB, undelegate, .pool = pool, .shares = D(1 + i));
    at_epoch(epoch + 40);
    u128 before = free_of(BOB);
    OK(BOB, withdraw, .pool = pool, .max = 1);
    assert_true(free_of(BOB) == before + D(1));
    OK(BOB, withdraw, .pool = pool, .max = 1);
    assert_true(free_of(BOB) == before + D(3));
    assert_int_equal(entries(BOB, pool).len, 1);
}

static void undelegate_refuses(void **state) {
    (void)state;
    uint32_t pool = joined(D(10));
    REFUSES(BAD_ORIGIN, UNSIGNED, undelegate, .pool = pool, .shares = 1);
    FAILS(PoolMissing, BOB, undelegate, .pool = pool + 1, .shares = 1);
    FAILS(NoShares, CAROL, undelegate, .pool = pool, .shares = 1);
    FAILS(ZeroShares, BOB, undelegate, .pool = pool, .shares = 0);
    FAILS(NoShares, BOB, undelegate, .pool = pool, .shares = D(10) + 1);
    FAILS(NoShares, BOB, undelegate, .pool = pool, .shares = U128_MAX - 1);
}

static void what_stays_is_worth_a_delegation(void **state) {
    (void)state;
    uint32_t pool = joined(D(10));
    OK(BOB, undelegate, .pool = pool, .shares = D(9));
    assert_true(delegation_of(BOB, pool).shares == D(1));
    OK(BOB, undelegate, .pool = pool, .shares = 1); /* the rest would be too little */
    assert_false(delegates(BOB, pool));
    assert_true(sub_pool(pool, epoch_now()).tokens == D(10) && pool_of(pool).tokens == 0);
}

static void all_that_one_has(void **state) {
    (void)state;
    uint32_t pool = joined(D(10)); /* not touched: Bob cannot see his shares yet */
    OK(CAROL, delegate, .pool = pool, .amount = D(2));
    OK(BOB, delegate, .pool = pool, .amount = D(3));
    OK(BOB, undelegate, .pool = pool, .shares = U128_MAX);
    assert_true(sub_pool(pool, epoch_now()).tokens == D(10) && free_of(BOB) == RICH - D(10) && !delegates(BOB, pool));
    OK(CAROL, undelegate, .pool = pool, .shares = U128_MAX); /* all of it is joining */
    FAILS(NoShares, CAROL, undelegate, .pool = pool, .shares = U128_MAX);
    assert_true(free_of(CAROL) == RICH && pool_of(pool).shares == 0);
}

static void joining_money_comes_back_at_once(void **state) {
    (void)state;
    uint32_t pool = joined(D(10));
    OK(BOB, delegate, .pool = pool, .amount = D(5));
    OK(CAROL, delegate, .pool = pool, .amount = D(2));
    u128 before = free_of(BOB);
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    EVENT_WAS(Undelegated, .who = account(BOB), .pool = pool, .amount = D(1), .returned = D(5), .epoch = epoch_now());
    assert_true(free_of(BOB) == before + D(5) && pool_of(pool).joining.tokens == D(2));
    OK(CAROL, undelegate, .pool = pool, .shares = 0);
    assert_true(free_of(CAROL) == RICH && !delegates(CAROL, pool) && pool_of(pool).joining.tokens == 0);
}

static void income_of_one_who_goes_stays_due(void **state) {
    (void)state;
    uint32_t pool = joined(BOND);
    earn(ALICE, D(10));
    OK(BOB, undelegate, .pool = pool, .shares = BOND);
    assert_false(delegates(BOB, pool));
    assert_true(due_of(BOB) + DUST >= D(5) && due_of(BOB) <= D(5));
    assert_true(pool_of(pool).income <= DUST);
    OK(BOB, claim_due, .who = account(BOB));
}

static void sixteen_claims_at_most(void **state) {
    (void)state;
    uint32_t pool = joined(D(100)), epoch = epoch_now();
    for (int i = 0; i < 16; i++, next_epochs(1))
        OK(BOB, undelegate, .pool = pool, .shares = D(1));
    assert_int_equal(entries(BOB, pool).len, 16);
    FAILS(TooManyUnbonds, BOB, undelegate, .pool = pool, .shares = D(1));
    at_epoch(epoch + 15);
    OK(BOB, undelegate, .pool = pool, .shares = D(1)); /* merges */
    at_epoch(epoch + 22);
    u128 before = free_of(BOB);
    OK(BOB, undelegate, .pool = pool, .shares = D(1)); /* the oldest, which has matured, makes room */
    assert_true(free_of(BOB) == before + D(1));
    assert_int_equal(entries(BOB, pool).len, 16);
    assert_true(!has_sub_pool(pool, epoch) && has_sub_pool(pool, epoch + 1));
}

static void redelegated_money_moves_when_it_is_free(void **state) {
    (void)state;
    uint32_t pool = joined(D(10)), other = provider(DAVE, BOND), epoch = epoch_now();
    REFUSES(BAD_ORIGIN, UNSIGNED, redelegate, .from = pool, .to = other, .shares = D(4));
    FAILS(PoolMissing, BOB, redelegate, .from = other + 1, .to = pool, .shares = D(4));
    FAILS(PoolMissing, BOB, redelegate, .from = pool, .to = other + 1, .shares = D(4));
    FAILS(PoolMissing, BOB, redelegate, .from = pool, .to = 0, .shares = D(4));
    FAILS(BadState, BOB, redelegate, .from = pool, .to = pool, .shares = D(4));
    FAILS(NoShares, CAROL, redelegate, .from = pool, .to = other, .shares = D(4));
    OK(BOB, redelegate, .from = pool, .to = other, .shares = D(4));
    OK(BOB, undelegate, .pool = pool, .shares = D(2)); /* another claim: another target */
    assert_int_equal(entries(BOB, pool).len, 2);
    assert_int_equal(entries(BOB, pool).items[0].target, other);
    at_epoch(epoch + 21);
    u128 before = free_of(BOB);
    OK(BOB, withdraw, .pool = pool, .max = 16);
    assert_true(free_of(BOB) == before + D(2));
    assert_true(delegation_of(BOB, other).joining.tokens == D(4) && totals().delegated == D(8));
    EVENT_WAS(Delegated, .who = account(BOB), .pool = other, .amount = D(4));
    EVENT_WAS(Withdrawn, .who = account(BOB), .pool = pool, .amount = D(2));
}

static void redelegated_money_is_paid_when_it_is_refused(void **state) {
    (void)state;
    uint32_t pool = joined(D(10)), other = provider(DAVE, BOND), epoch = epoch_now();
    OK(BOB, redelegate, .from = pool, .to = other, .shares = D(4));
    compute_provider record = provider_of(DAVE);
    record.state = compute_state_Draining;
    put_provider(DAVE, &record);
    at_epoch(epoch + 21);
    u128 before = free_of(BOB);
    OK(BOB, withdraw, .pool = pool, .max = 16);
    assert_true(free_of(BOB) == before + D(4) && !delegates(BOB, other));
}

static void a_full_list_lets_redelegated_money_join(void **state) {
    (void)state;
    uint32_t pool = joined(D(100)), other = provider(DAVE, BOND), epoch = epoch_now();
    for (uint32_t i = 0; i < 16; i++, at_epoch(epoch + i))
        OK(BOB, redelegate, .from = pool, .to = other, .shares = D(1));
    at_epoch(epoch + 21);
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    assert_true(delegation_of(BOB, other).joining.tokens == D(1));
    assert_int_equal(entries(BOB, pool).len, 16);
}

static void rounding_is_for_the_pool(void **state) {
    (void)state;
    uint32_t pool = joined(D(10)), epoch = epoch_now();
    OK(CAROL, delegate, .pool = pool, .amount = D(7));
    OK(DAVE, delegate, .pool = pool, .amount = D(11) + 3);
    next_epochs(1);
    uint32_t id = report(ALICE, 123456789, epoch); /* makes shares worth an odd part of a token */
    next_epochs(3);
    OK(EVE, apply_slash, .id = id);
    OK(EVE, delegate, .pool = pool, .amount = D(1) + 1);
    next_epochs(1);
    static const int order[] = {DAVE, EVE, BOB, CAROL};
    u128 before[4];
    for (int i = 0; i < 4; i++) {
        before[i] = free_of(order[i]);
        FAILS(ZeroShares, order[i], undelegate, .pool = pool, .shares = 0);
        OK(order[i], undelegate, .pool = pool, .shares = 7);
        if (delegates(order[i], pool)) /* what Eve would keep is too little */
            OK(order[i], undelegate, .pool = pool, .shares = delegation_of(order[i], pool).shares);
    }
    assert_true(pool_of(pool).tokens == 0 && pool_of(pool).shares == 0);
    next_epochs(21);
    for (int i = 0; i < 4; i++) {
        OK(order[i], withdraw, .pool = pool, .max = 16);
        u128 got = free_of(order[i]) - before[i];
        if (order[i] == EVE)
            assert_true(got <= D(1) + 1 && got + 10 >= D(1));
    }
    assert_true(totals().unbonding == 0 && totals().delegated == 0);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, stake_start)
    const struct CMUnitTest tests[] = {
        CASE(undelegated_money_waits),
        CASE(withdraw_takes_the_oldest_first),
        CASE(undelegate_refuses),
        CASE(what_stays_is_worth_a_delegation),
        CASE(all_that_one_has),
        CASE(joining_money_comes_back_at_once),
        CASE(income_of_one_who_goes_stays_due),
        CASE(sixteen_claims_at_most),
        CASE(redelegated_money_moves_when_it_is_free),
        CASE(redelegated_money_is_paid_when_it_is_refused),
        CASE(a_full_list_lets_redelegated_money_join),
        CASE(rounding_is_for_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
