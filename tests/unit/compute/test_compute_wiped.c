/* test_compute_wiped.c - pools and sub-pools from which a slash has taken nearly all. */
#include "compute/stake_fixture.h"

#define MIN COMPUTE_MIN_SELF_BOND
#define D(n) ((n) * UNIT)
enum { ALL = 1000000000 }; /* ppb of everything */

static uint32_t epoch_now(void) { return clock_epoch(); }
static void next_epochs(uint32_t n) { at_epoch(epoch_now() + n); }

/* Reports a fault of now that takes everything, waits, applies. */
static void slash_all(int owner) {
    uint32_t id = report(owner, ALL, epoch_now());
    next_epochs(3);
    OK(EVE, apply_slash, .id = id);
}

static void wiped_pool_begins_anew_when_all_have_gone(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    OK(DAVE, delegate, .pool = pool, .amount = D(30));
    next_epochs(1);
    earn(ALICE, 1); /* the first act of the epoch: they have joined */
    slash_all(ALICE);
    assert_true(pool_of(pool).tokens == 0 && pool_of(pool).shares == D(40));
    OK(ALICE, bond_more, .amount = 2 * MIN);
    at_tick(provider_of(ALICE).jail_until);
    OK0(ALICE, unjail);
    at_tick(clock_now() + 100);
    FAILS(BadState, CAROL, delegate, .pool = pool, .amount = D(1));
    earn(ALICE, D(3));
    assert_true(due_of(ALICE) == D(3));
    OK(BOB, undelegate, .pool = pool, .shares = 1); /* worth nothing: all of it goes, no claim */
    assert_int_equal(entries(BOB, pool).len, 0);
    assert_false(delegates(BOB, pool) || has_sub_pool(pool, epoch_now()));
    OK(DAVE, undelegate, .pool = pool, .shares = D(30));
    assert_true(pool_of(pool).shares == 0);
    OK(CAROL, delegate, .pool = pool, .amount = D(1));
}

static void wiped_pool_gives_joining_money_back(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    next_epochs(1);
    OK(CAROL, delegate, .pool = pool, .amount = D(5));
    OK(DAVE, delegate, .pool = pool, .amount = D(7));
    OK(BOB, delegate, .pool = pool, .amount = D(1));
    uint32_t cohort = epoch_now();
    slash_all(ALICE);
    assert_true(totals().delegated == D(13));
    u128 before = free_of(CAROL);
    OK(CAROL, claim, .pool = pool);
    assert_true(free_of(CAROL) == before + D(5) && !delegates(CAROL, pool) && totals().delegated == 0);
    assert_int_equal(pool_of(pool).open, 1); /* what is Dave's and Bob's */
    OK(BOB, undelegate, .pool = pool, .shares = D(10));
    assert_true(due_of(BOB) == D(1));
    assert_true(compute_JoinRates_exists(&pool, &cohort));
    /* the owner goes, Dave's money keeps the pool */
    at_tick(provider_of(ALICE).jail_until);
    OK(ALICE, request_unbond, .amount = 0);
    OK(EVE, sweep_provider, .owner = account(ALICE));
    assert_true(pool_of(pool).shares == 0);
    before = free_of(DAVE);
    OK(DAVE, claim, .pool = pool);
    assert_true(free_of(DAVE) == before + D(7));
    assert_false(compute_Pools_exists(&pool) || compute_JoinRates_exists(&pool, &cohort));
}

static void joins_again_after_a_refusal(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    next_epochs(1);
    OK(CAROL, delegate, .pool = pool, .amount = D(5));
    slash_all(ALICE);
    OK(BOB, undelegate, .pool = pool, .shares = U128_MAX);
    OK(ALICE, bond_more, .amount = BOND);
    at_tick(provider_of(ALICE).jail_until);
    OK0(ALICE, unjail);
    OK(CAROL, delegate, .pool = pool, .amount = D(2));
    assert_true(delegation_of(CAROL, pool).due == D(5) && pool_of(pool).open == 0);
    u128 before = free_of(CAROL);
    OK(CAROL, claim, .pool = pool);
    assert_true(free_of(CAROL) == before + D(5) && delegation_of(CAROL, pool).joining.tokens == D(2));
}

static void nearly_wiped_pool(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(1000));
    next_epochs(1);
    earn(ALICE, 1);
    compute_pool record = pool_of(pool);
    stake_unchecked = true; /* what a slash would do, without the money's way */
    record.tokens = D(1) - 1;
    compute_Pools_put(&pool, &record);
    assert_int_equal(RUN(CAROL, delegate, .pool = pool, .amount = D(1)), PALLET_ERROR(compute, BadState));
    record.tokens = D(1);
    compute_Pools_put(&pool, &record);
    assert_int_equal(RUN(CAROL, delegate, .pool = pool, .amount = D(1)), DISPATCH_OK);
    at_epoch(epoch_now() + 1);
    assert_int_equal(RUN(CAROL, undelegate, .pool = pool, .shares = U128_MAX), DISPATCH_OK);
    assert_int_equal(entries(CAROL, pool).len, 1); /* it was taken: the last rate at which a pool takes money */
    /* a single share is worth less than a token: that would burn it for nothing */
    record = pool_of(pool);
    record.shares = D(1000);
    compute_Pools_put(&pool, &record);
    record.tokens = D(500);
    compute_Pools_put(&pool, &record);
    assert_int_equal(RUN(BOB, undelegate, .pool = pool, .shares = 1), PALLET_ERROR(compute, ZeroShares));
}

/* The rules of sub-pools that a slash has wiped, made by hand: a due slash stops new claims, so a slash never meets a
 * sub-pool that is still filled. */
static void wiped_sub_pool_sends_claims_to_the_next(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND), next;
    OK(BOB, delegate, .pool = pool, .amount = D(100));
    next_epochs(1);
    uint32_t epoch = epoch_now();
    next = epoch + 1;
    OK(BOB, undelegate, .pool = pool, .shares = D(10));
    compute_unbond_pool sub = sub_pool(pool, epoch);
    stake_unchecked = true;
    sub.tokens = D(10) / 1000; /* just enough to be shared in */
    compute_UnbondPools_put(&pool, &epoch, &sub);
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    sub = sub_pool(pool, epoch);
    assert_true(sub.tokens == D(1) + D(1) / 100);
    sub.tokens = 0;
    compute_UnbondPools_put(&pool, &epoch, &sub);
    OK(BOB, undelegate, .pool = pool, .shares = D(10));
    assert_true(sub_pool(pool, epoch).tokens == 0 && sub_pool(pool, next).tokens == D(10));
    assert_int_equal(sub_pool(pool, next).mature_epoch, next + 21);
    assert_int_equal(entries(BOB, pool).len, 2);
    assert_int_equal(pool_of(pool).open, 2);
    sub = sub_pool(pool, next);
    sub.tokens = D(10) / 1000;
    compute_UnbondPools_put(&pool, &next, &sub);
    OK(BOB, undelegate, .pool = pool, .shares = D(1));
    sub = sub_pool(pool, next);
    sub.tokens = 0;
    compute_UnbondPools_put(&pool, &next, &sub);
    FAILS(BadState, BOB, undelegate, .pool = pool, .shares = D(10));
    at_epoch(epoch + 2);
    OK(BOB, undelegate, .pool = pool, .shares = D(10));
    assert_true(sub_pool(pool, epoch + 2).tokens == D(10));
    at_epoch(epoch + 22);
    u128 before = free_of(BOB);
    OK(BOB, withdraw, .pool = pool, .max = 16); /* two that pay nothing */
    assert_true(free_of(BOB) == before && !has_sub_pool(pool, epoch) && !has_sub_pool(pool, next));
}

static void too_little_for_a_share_is_the_others(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(100));
    OK(CAROL, delegate, .pool = pool, .amount = D(100));
    next_epochs(1);
    uint32_t epoch = epoch_now();
    OK(BOB, undelegate, .pool = pool, .shares = D(100));
    compute_unbond_pool sub = sub_pool(pool, epoch);
    sub.shares = D(50); /* what rounding could do in small */
    compute_UnbondPools_put(&pool, &epoch, &sub);
    stake_unchecked = true;
    OK(CAROL, undelegate, .pool = pool, .shares = 1);
    assert_int_equal(entries(CAROL, pool).len, 0);
    assert_true(sub_pool(pool, epoch).tokens == D(100) + 1 && sub_pool(pool, epoch).shares == D(50));
}

static void emptied_claim_of_an_owner_outlives_its_sub_pool(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN), epoch = epoch_now();
    OK(BOB, delegate, .pool = pool, .amount = D(100));
    next_epochs(1);
    epoch = epoch_now();
    OK(BOB, undelegate, .pool = pool, .shares = D(100));
    OK(ALICE, request_unbond, .amount = D(5));
    slash_all(ALICE);
    assert_true(sub_pool(pool, epoch).self_tokens == 0 && sub_pool(pool, epoch).tokens == 0);
    at_epoch(epoch + 21);
    OK(BOB, withdraw, .pool = pool, .max = 16);
    assert_false(has_sub_pool(pool, epoch)); /* nothing is left in it */
    OK(ALICE, request_unbond, .amount = 0);
    assert_int_equal(entries(ALICE, pool).len, 1);
    OK(EVE, sweep_provider, .owner = account(ALICE));
    assert_false(compute_Pools_exists(&pool));
    u128 before = free_of(ALICE);
    OK(ALICE, withdraw, .pool = pool, .max = 16); /* without pool and sub-pool */
    assert_true(free_of(ALICE) == before);
    assert_int_equal(entries(ALICE, pool).len, 0);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, stake_start)
    const struct CMUnitTest tests[] = {
        CASE(wiped_pool_begins_anew_when_all_have_gone),
        CASE(wiped_pool_gives_joining_money_back),
        CASE(joins_again_after_a_refusal),
        CASE(nearly_wiped_pool),
        CASE(wiped_sub_pool_sends_claims_to_the_next),
        CASE(too_little_for_a_share_is_the_others),
        CASE(emptied_claim_of_an_owner_outlives_its_sub_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
