/* test_compute_bond.c - the operator's own bond, leaving, and what is left of a provider that has left. */
#include "compute/stake_fixture.h"

#define MIN COMPUTE_MIN_SELF_BOND
#define D(n) ((n) * UNIT)

static uint32_t epoch_now(void) { return clock_epoch(); }

static void set_state(int owner, compute_state to) {
    compute_provider record = provider_of(owner);
    record.state = to;
    put_provider(owner, &record);
}

static void bond_grows(void **state) {
    (void)state;
    provider(ALICE, MIN);
    u128 before = free_of(ALICE);
    OK(ALICE, bond_more, .amount = D(5));
    EVENT_WAS(BondAdded, .provider = account(ALICE), .amount = D(5));
    assert_true(provider_of(ALICE).self_bond == MIN + D(5) && free_of(ALICE) == before - D(5));
    assert_true(totals().bonded == MIN + D(5));
    REFUSES(BAD_ORIGIN, UNSIGNED, bond_more, .amount = 1);
    FAILS(NotProvider, BOB, bond_more, .amount = 1);
    FAILS(ZeroShares, ALICE, bond_more, .amount = 0);
    FAILS(LowFunds, ALICE, bond_more, .amount = free_of(ALICE));
    FAILS(LowFunds, ALICE, bond_more, .amount = U128_MAX);
    set_state(ALICE, compute_state_Jailed); /* to get out of jail */
    OK(ALICE, bond_more, .amount = 1);
    set_state(ALICE, compute_state_Leaving);
    FAILS(BadState, ALICE, bond_more, .amount = 1);
}

static void fresh_bond_earns_from_the_next_epoch(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = BOND);
    at_epoch(epoch_now() + 1);
    OK(ALICE, bond_more, .amount = BOND);
    OK(ALICE, bond_more, .amount = BOND);
    earn(ALICE, D(6));
    assert_true(due_of(ALICE) == D(3));
    at_epoch(epoch_now() + 1);
    earn(ALICE, D(4));
    assert_true(due_of(ALICE) == D(6));
    OK(ALICE, bond_more, .amount = D(1)); /* what came before is fresh no more */
    assert_true(provider_of(ALICE).fresh_bond == D(1));
    OK(ALICE, request_unbond, .amount = 2 * BOND + D(1));
    uint32_t id = report(ALICE, 1000000000, epoch_now());
    at_epoch(epoch_now() + 3);
    OK(EVE, apply_slash, .id = id);
    OK(ALICE, bond_more, .amount = D(1)); /* all there is came today */
    earn(ALICE, D(2));
    assert_true(due_of(ALICE) == D(8));
}

static void bond_does_not_grow_before_points_are_paid(void **state) {
    (void)state;
    provider(ALICE, BOND);
    compute_provider record = provider_of(ALICE);
    record.points_epoch = epoch_now();
    record.points_open = 1;
    put_provider(ALICE, &record);
    OK(ALICE, bond_more, .amount = D(1));
    at_epoch(epoch_now() + 1);
    FAILS(Unsettled, ALICE, bond_more, .amount = D(1));
}

static void fresh_bond_has_no_part_in_unpaid_points(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    account_id who = account(ALICE);
    OK(BOB, delegate, .pool = pool, .amount = BOND);
    at_epoch(epoch_now() + 1);
    earn(ALICE, D(2)); /* half each */
    compute_provider record = provider_of(ALICE);
    record.points_epoch = epoch_now();
    record.points_open = 1;
    put_provider(ALICE, &record);
    OK(ALICE, bond_more, .amount = 2 * BOND);
    at_epoch(epoch_now() + 1);
    assert_int_equal(balances_pot_mint(&compute_pot, D(4)), DISPATCH_OK);
    compute_pay_points(&who, D(4)); /* of yesterday: half each again */
    assert_true(due_of(ALICE) == D(3));
    earn(ALICE, D(4)); /* all is paid: three quarters */
    assert_true(due_of(ALICE) == D(6) && provider_of(ALICE).fresh_bond == 0);
}

static void part_of_a_bond_leaves(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, MIN + D(100)), epoch = epoch_now();
    u128 before = free_of(ALICE);
    OK(ALICE, request_unbond, .amount = D(60));
    EVENT_WAS(UnbondRequested, .provider = account(ALICE), .amount = D(60), .epoch = epoch);
    OK(ALICE, request_unbond, .amount = D(40));
    assert_true(provider_of(ALICE).self_bond == MIN && sub_pool(pool, epoch).self_tokens == D(100));
    assert_true(sub_pool(pool, epoch).shares == 0 && sub_pool(pool, epoch).tokens == 0);
    assert_int_equal(entries(ALICE, pool).len, 1);
    assert_int_equal(pool_of(pool).open, 1);
    assert_true(totals().bonded == MIN && totals().unbonding == D(100));
    FAILS(BelowMinBond, ALICE, request_unbond, .amount = 1);
    FAILS(NotMatured, ALICE, withdraw, .pool = pool, .max = 16);
    at_epoch(epoch + 21);
    OK(ALICE, withdraw, .pool = pool, .max = 16);
    assert_true(free_of(ALICE) == before + D(100));
    assert_int_equal(pool_of(pool).open, 0);
    assert_false(has_sub_pool(pool, epoch));
}

static void owner_and_delegator_share_a_sub_pool(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN);
    OK(BOB, delegate, .pool = pool, .amount = D(100));
    at_epoch(epoch_now() + 1);
    uint32_t epoch = epoch_now();
    OK(ALICE, request_unbond, .amount = D(50));
    OK(BOB, undelegate, .pool = pool, .shares = U128_MAX);
    assert_int_equal(pool_of(pool).open, 1);
    at_epoch(epoch + 21);
    OK(BOB, withdraw, .pool = pool, .max = 16);
    assert_true(free_of(BOB) == RICH && sub_pool(pool, epoch).self_tokens == D(50) && sub_pool(pool, epoch).tokens == 0);
    OK(ALICE, withdraw, .pool = pool, .max = 16);
    assert_false(has_sub_pool(pool, epoch));
}

static void request_unbond_refuses(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN), oldest = epoch_now();
    REFUSES(BAD_ORIGIN, UNSIGNED, request_unbond, .amount = 1);
    FAILS(NotProvider, BOB, request_unbond, .amount = 1);
    FAILS(ZeroShares, ALICE, request_unbond, .amount = 0);
    FAILS(NoShares, ALICE, request_unbond, .amount = 2 * MIN + 1);
    FAILS(BadState, ALICE, request_unbond, .amount = 2 * MIN); /* not idle */
    FAILS(BelowMinBond, ALICE, request_unbond, .amount = MIN + 1);
    OK(BOB, delegate, .pool = pool, .amount = 9 * MIN + 9);
    FAILS(DelegationCap, ALICE, request_unbond, .amount = MIN);
    OK(ALICE, request_unbond, .amount = MIN - 1);

    compute_provider record = provider_of(ALICE);
    record.busy = 1;
    put_provider(ALICE, &record);
    FAILS(BusyJobs, ALICE, request_unbond, .amount = 2); /* below the least bond while jobs run */
    FAILS(BusyJobs, ALICE, request_unbond, .amount = MIN + 1);
    record.busy = 0;
    record.state = compute_state_Draining; /* without seats: Idle */
    put_provider(ALICE, &record);
    uint32_t id = report(ALICE, 1, oldest);
    FAILS(SlashPending, ALICE, request_unbond, .amount = MIN + 1); /* all of it: no slash may wait */
    at_epoch(oldest + 3);
    FAILS(SlashPending, ALICE, request_unbond, .amount = 1); /* anything: no slash may be due */
    OK(EVE, apply_slash, .id = id);
    set_state(ALICE, compute_state_Leaving);
    FAILS(BadState, ALICE, request_unbond, .amount = 1);
}

static void unbonding_goes_on_with_a_waiting_slash(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN), epoch = epoch_now();
    report(ALICE, 1, epoch);
    OK(ALICE, request_unbond, .amount = 1);
    assert_true(sub_pool(pool, epoch).self_tokens == 1);
}

static void seventeenth_unbond_of_an_owner(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, 2 * MIN), epoch = epoch_now();
    for (uint32_t i = 0; i < 16; i++)
        at_epoch(epoch + i), OK(ALICE, request_unbond, .amount = D(1));
    at_epoch(epoch + 16);
    FAILS(TooManyUnbonds, ALICE, request_unbond, .amount = D(1));
    at_epoch(epoch + 21);
    u128 before = free_of(ALICE);
    OK(ALICE, request_unbond, .amount = D(1));
    assert_true(free_of(ALICE) == before + D(1));
    assert_int_equal(entries(ALICE, pool).len, 16);
    /* matured, but an open slash may reach it: there is no room */
    at_epoch(epoch + 22);
    compute_slash slash = slash_of(report(ALICE, 1, epoch + 2));
    assert_int_equal(slash.apply_epoch, epoch + 25);
    at_epoch(epoch + 23);
    OK(ALICE, request_unbond, .amount = D(1)); /* that of epoch + 1 still goes */
    at_epoch(epoch + 24);
    FAILS(TooManyUnbonds, ALICE, request_unbond, .amount = D(1));
}

static uint32_t leave(int owner) {
    uint32_t pool = provider_of(owner).pool;
    OK0(owner, chill);
    OK(owner, request_unbond, .amount = provider_of(owner).self_bond);
    return pool;
}

static void provider_leaves(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, MIN), epoch = epoch_now();
    u128 before = free_of(ALICE);
    FAILS(NotProvider, EVE, sweep_provider, .owner = account(BOB));
    REFUSES(BAD_ORIGIN, UNSIGNED, sweep_provider, .owner = account(ALICE));
    FAILS(NotLeft, EVE, sweep_provider, .owner = account(ALICE));
    leave(ALICE);
    EVENT_WAS(StateChanged, .provider = account(ALICE), .from = compute_state_Draining, .to = compute_state_Leaving,
              .reason = compute_state_reason_Owner);
    assert_int_equal(provider_of(ALICE).state, compute_state_Leaving);
    FAILS(BadState, BOB, delegate, .pool = pool, .amount = D(1));
    at_epoch(epoch + 20);
    FAILS(NotLeft, EVE, sweep_provider, .owner = account(ALICE));
    at_epoch(epoch + 21);
    u128 deposit = provider_of(ALICE).deposit.amount;
    OK(EVE, sweep_provider, .owner = account(ALICE)); /* the bond need not be withdrawn */
    EVENT_WAS(ProviderRemoved, .provider = account(ALICE));
    account_id who = account(ALICE), owner;
    assert_false(compute_Providers_exists(&who));
    assert_false(compute_owner_of(&who, &owner));
    assert_int_equal(pool_of(pool).open, 1); /* the sub-pool keeps it */
    OK(ALICE, withdraw, .pool = pool, .max = 1);
    assert_true(free_of(ALICE) == before + MIN + deposit && books() == 0);
    assert_false(compute_Pools_exists(&pool));
    FAILS(PoolMissing, ALICE, withdraw, .pool = pool, .max = 1);
    assert_int_equal(provider(ALICE, MIN), pool + 1); /* and comes back */
}

static void sweep_waits_for_all_that_is_open(void **state) {
    (void)state;
    provider(ALICE, MIN);
    uint32_t epoch = epoch_now();
    leave(ALICE);
    at_epoch(epoch + 21);
    compute_provider whole = provider_of(ALICE), record;
#define BLOCKS(field)                                                                                                  \
    record = whole, record.field = 1, put_provider(ALICE, &record);                                                    \
    FAILS(NotLeft, EVE, sweep_provider, .owner = account(ALICE))
    BLOCKS(ads);
    BLOCKS(points_open);
    BLOCKS(points_closed);
#undef BLOCKS
    put_provider(ALICE, &whole);
    report(ALICE, 1, epoch_now());
    FAILS(NotLeft, EVE, sweep_provider, .owner = account(ALICE));
    at_epoch(epoch + 24);
    OK(EVE, apply_slash, .id = 1);
    assert_int_equal(provider_of(ALICE).state, compute_state_Leaving); /* not jailed for having no bond */
    OK(ALICE, withdraw, .pool = whole.pool, .max = 16);
    OK(EVE, sweep_provider, .owner = account(ALICE));
    assert_true(books() == 0);
    assert_false(compute_Pools_exists(&whole.pool));
}

static void orphan_pool_pays_at_once(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND), other = provider(DAVE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    OK(CAROL, delegate, .pool = pool, .amount = D(10));
    leave(ALICE); /* the cohort has not been touched */
    at_epoch(epoch_now() + 1);
    earn(ALICE, D(3)); /* the bond is gone, so all of it is the delegators' */
    assert_true(due_of(ALICE) == 0);
    at_epoch(epoch_now() + 20);
    OK(EVE, sweep_provider, .owner = account(ALICE));
    FAILS(BadState, BOB, delegate, .pool = pool, .amount = D(1));
    u128 before = free_of(BOB);
    OK(BOB, undelegate, .pool = pool, .shares = D(4));
    EVENT_WAS(Undelegated, .who = account(BOB), .pool = pool, .amount = 0, .returned = D(4), .epoch = epoch_now());
    assert_true(free_of(BOB) == before + D(4));
    OK(BOB, redelegate, .from = pool, .to = other, .shares = D(6));
    assert_true(delegation_of(BOB, other).joining.tokens == D(6));
    before = free_of(CAROL);
    OK(CAROL, redelegate, .from = pool, .to = other, .shares = 1); /* too little to be a delegation: paid */
    assert_true(delegation_of(CAROL, pool).shares == D(10) - 1 && !delegates(CAROL, other));
    assert_true(free_of(CAROL) == before + 1);
    OK(CAROL, claim, .pool = pool);
    OK(CAROL, undelegate, .pool = pool, .shares = D(10) - 1);
    assert_true(pool_of(pool).open == 1 && pool_of(pool).tokens == 0);
    OK(ALICE, withdraw, .pool = pool, .max = 16);
    assert_false(compute_Pools_exists(&pool));
    assert_true(due_of(ALICE) <= 3); /* what divisions left */
    FAILS(PoolMissing, CAROL, undelegate, .pool = pool, .shares = 1);
}

static void last_share_deletes_an_orphan(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    leave(ALICE);
    at_epoch(epoch_now() + 21);
    OK(ALICE, withdraw, .pool = pool, .max = 16);
    OK(EVE, sweep_provider, .owner = account(ALICE));
    OK(BOB, undelegate, .pool = pool, .shares = D(10));
    assert_false(compute_Pools_exists(&pool));
    assert_true(free_of(BOB) == RICH && books() == 0);
}

static void owner_of_an_orphan_who_came_back(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, BOND);
    OK(BOB, delegate, .pool = pool, .amount = D(10));
    leave(ALICE);
    at_epoch(epoch_now() + 21);
    OK(EVE, sweep_provider, .owner = account(ALICE));
    uint32_t again = provider(ALICE, BOND);
    report(ALICE, 1000000000, epoch_now()); /* reaches the new pool only */
    at_epoch(epoch_now() + 3);
    FAILS(BadState, CAROL, delegate, .pool = pool, .amount = D(1));
    OK(BOB, undelegate, .pool = pool, .shares = D(10));
    OK(ALICE, withdraw, .pool = pool, .max = 16); /* the slash that waits is the new pool's */
    assert_true(free_of(BOB) == RICH);
    OK(EVE, apply_slash, .id = 1);
    assert_true(provider_of(ALICE).self_bond == 0 && pool_of(again).tokens == 0);
}

static void jailed_provider_may_leave_when_its_time_is_over(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, MIN), epoch = epoch_now();
    report(ALICE, 5000000, epoch);
    at_epoch(epoch + 3);
    OK(EVE, apply_slash, .id = 1);
    assert_int_equal(provider_of(ALICE).state, compute_state_Jailed);
    u128 rest = provider_of(ALICE).self_bond;
    FAILS(Jailed, ALICE, request_unbond, .amount = rest);
    at_tick(provider_of(ALICE).jail_until - 1);
    FAILS(Jailed, ALICE, request_unbond, .amount = rest);
    at_tick(provider_of(ALICE).jail_until);
    compute_provider record = provider_of(ALICE);
    record.busy = 1;
    put_provider(ALICE, &record);
    FAILS(BusyJobs, ALICE, request_unbond, .amount = rest);
    record.busy = 0;
    put_provider(ALICE, &record);
    OK(ALICE, request_unbond, .amount = rest);
    assert_true(sub_pool(pool, epoch_now()).self_tokens == rest);
    assert_int_equal(provider_of(ALICE).state, compute_state_Leaving);
}

static void empty_bond_may_leave(void **state) {
    (void)state;
    uint32_t pool = provider(ALICE, MIN), epoch = epoch_now();
    report(ALICE, 1000000000, epoch);
    at_epoch(epoch + 3);
    OK(EVE, apply_slash, .id = 1);
    assert_true(provider_of(ALICE).self_bond == 0);
    at_epoch(epoch + 4);
    OK(ALICE, request_unbond, .amount = 0);
    assert_false(has_sub_pool(pool, epoch + 4));
    OK(EVE, sweep_provider, .owner = account(ALICE)); /* nothing has to mature */
    assert_true(books() == 0);
    assert_false(compute_Pools_exists(&pool));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, stake_start)
    const struct CMUnitTest tests[] = {
        CASE(bond_grows),
        CASE(fresh_bond_earns_from_the_next_epoch),
        CASE(bond_does_not_grow_before_points_are_paid),
        CASE(fresh_bond_has_no_part_in_unpaid_points),
        CASE(part_of_a_bond_leaves),
        CASE(owner_and_delegator_share_a_sub_pool),
        CASE(request_unbond_refuses),
        CASE(unbonding_goes_on_with_a_waiting_slash),
        CASE(seventeenth_unbond_of_an_owner),
        CASE(provider_leaves),
        CASE(sweep_waits_for_all_that_is_open),
        CASE(orphan_pool_pays_at_once),
        CASE(last_share_deletes_an_orphan),
        CASE(owner_of_an_orphan_who_came_back),
        CASE(jailed_provider_may_leave_when_its_time_is_over),
        CASE(empty_bond_may_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
