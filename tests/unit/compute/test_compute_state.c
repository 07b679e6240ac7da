/* test_compute_state.c - a provider's way through the states, and what its record says: family, stake, weight. */
#include "compute/consent.h"

/* --- states --- */

static compute_state state_of(int n) {
    compute_provider p = provider_of(n);
    return compute_state_at(&p, clock_now());
}

static void candidates_become_active_by_time(void **state) {
    (void)state;
    candidate(ALICE);
    at_tick(START + COMPUTE_ACTIVATION_TICKS - 1);
    assert_int_equal(state_of(ALICE), compute_state_Candidate);
    at_tick(START + COMPUTE_ACTIVATION_TICKS);
    assert_int_equal(state_of(ALICE), compute_state_Active);
    assert_int_equal(provider_of(ALICE).state, compute_state_Candidate);
    compute_provider p = {.joined = UINT32_MAX - 50}; /* near the end of time */
    assert_int_equal(compute_state_at(&p, UINT32_MAX), compute_state_Candidate);
}

static void chill_and_resume(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1);
    DENY0(NotProvider, BOB, chill);
    DENY0(NotProvider, BOB, resume);
    assert_int_equal(AS0(&key, chill), PALLET_ERROR(compute, NotOwner));
    assert_int_equal(AS0(&key, resume), PALLET_ERROR(compute, NotOwner));
    assert_int_equal(CALLED0(ROOT, chill), BAD_ORIGIN);
    assert_int_equal(CALLED0(ROOT, resume), BAD_ORIGIN);
    DENY0(BadState, ALICE, resume);
    at_tick(START + 200);
    SET(ALICE, busy, 1);
    DO0(ALICE, chill);
    SAW(StateChanged, .provider = account(ALICE), .from = compute_state_Candidate, .to = compute_state_Draining,
        .reason = compute_state_reason_Owner);
    assert_int_equal(state_of(ALICE), compute_state_Draining);
    assert_true(provider_of(ALICE).joined == START + 200);
    SET(ALICE, busy, 0);
    assert_int_equal(state_of(ALICE), compute_state_Idle);
    DENY0(BadState, ALICE, chill);
    at_tick(START + 300);
    DO0(ALICE, resume);
    SAW(StateChanged, .provider = account(ALICE), .from = compute_state_Draining, .to = compute_state_Candidate,
        .reason = compute_state_reason_Owner);
    at_tick(START + 399);
    assert_int_equal(state_of(ALICE), compute_state_Candidate);
    at_tick(START + 400);
    assert_int_equal(state_of(ALICE), compute_state_Active);
}

static void jail_has_an_end(void **state) {
    (void)state;
    account_id key = with_operator(ALICE, 1), alice = account(ALICE);
    DENY0(BadState, ALICE, unjail);
    DENY0(NotProvider, BOB, unjail);
    assert_int_equal(AS0(&key, unjail), PALLET_ERROR(compute, NotOwner));
    assert_int_equal(CALLED0(ROOT, unjail), BAD_ORIGIN);
    for (int i = 0; i < 3; i++)
        compute_strike(&alice, compute_offence_BidNotRevealed, clock_now(), (compute_object){COMPUTE_JOB, 1});
    check_all();
    uint32_t until = START + COMPUTE_JAIL_TICKS;
    assert_true(provider_of(ALICE).state == compute_state_Jailed && provider_of(ALICE).jail_until == until);
    DENY0(BadState, ALICE, chill);
    DENY0(BadState, ALICE, resume);
    at_tick(until - 1);
    DENY0(Jailed, ALICE, unjail);
    at_tick(until);
    compute_provider p = provider_of(ALICE), poor = p;
    poor.self_bond = BOND - 1;
    put_provider(ALICE, poor);
    DENY0(BelowMinBond, ALICE, unjail);
    put_provider(ALICE, p);
    u128 free = free_of(ALICE), left = COMPUTE_UNJAIL_FEE + EXISTENTIAL_DEPOSIT, issued = balances_total_issuance();
    account_id bob = account(BOB);
    assert_int_equal(balances_transfer(&alice, &bob, free - left + 1, BALANCES_PRESERVE), DISPATCH_OK);
    DENY0(LowFunds, ALICE, unjail);
    assert_int_equal(balances_transfer(&bob, &alice, 1, BALANCES_PRESERVE), DISPATCH_OK);
    u128 owed = books_of();
    DO0(ALICE, unjail);
    assert_true(free_of(ALICE) == EXISTENTIAL_DEPOSIT && balances_total_issuance() == issued - COMPUTE_UNJAIL_FEE &&
                books_of() == owed);
    SAW(StateChanged, .provider = alice, .from = compute_state_Jailed, .to = compute_state_Candidate,
        .reason = compute_state_reason_Owner);
    p = provider_of(ALICE);
    assert_true(p.strikes == 0 && p.joined == until && p.state == compute_state_Candidate);
    assert_int_equal(state_of(ALICE), compute_state_Candidate);
    at_tick(until + COMPUTE_ACTIVATION_TICKS);
    assert_int_equal(state_of(ALICE), compute_state_Active);
}

static void an_unchanged_state_is_no_event(void **state) {
    (void)state;
    account_id alice = account(ALICE);
    compute_provider p = {.state = compute_state_Jailed, .joined = 5};
    uint32_t before, after;
    system_EventCount_get(&before);
    compute_set_state(&alice, &p, compute_state_Jailed, compute_state_reason_BondBelowMinimum);
    system_EventCount_get(&after);
    assert_true(before == after && p.joined == 5);
    compute_set_state(&alice, &p, compute_state_Leaving, compute_state_reason_Owner);
    system_EventCount_get(&after);
    assert_true(after == before + 1 && p.joined == START && p.state == compute_state_Leaving);
}

/* --- what a record says --- */

static void families_have_three_members(void **state) {
    (void)state;
    account_id owner = account(1), who;
    compute_provider p = {.operator = account(2), .payout = account(3)};
    for (int n = 1; n <= 4; n++) {
        who = account(n);
        assert_int_equal(compute_in_family(&owner, &p, &who), n <= 3);
    }
}

/* The weight by plain arithmetic in 128 bits. */
static uint64_t plain_weight(u128 own, u128 tokens, uint32_t rep) {
    u128 counted = own + (tokens < 9 * own ? tokens : 9 * own), cap = 20 * BOND;
    return (uint64_t)((counted < cap ? counted : cap) / 1000000000 * rep / 1000000);
}

static void weight_is_capped_stake_by_reputation(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252ull;
    compute_pool pool = {.owner = account(ALICE)};
    uint32_t id = 1;
    compute_provider p = {.pool = id, .self_bond = BOND};
    assert_true(compute_weight(&p) == 1000000 && compute_stake(&p) == BOND); /* no pool: none delegated */
    for (int i = 0; i < 50000; i++) {
        u128 scale = (u128)1 << next_random(&seed) % 75;
        p.self_bond = next_random(&seed) * scale >> 20;
        pool.tokens = next_random(&seed) * scale >> 18;
        p.rep_good = next_random(&seed) >> (26 + next_random(&seed) % 30);
        p.rep_bad = next_random(&seed) >> (26 + next_random(&seed) % 30);
        if (i % 1000 == 0)
            compute_Pools_put(&id, &pool);
        uint32_t rep = compute_rep_ppm(&p);
        assert_true(rep == ((u128)p.rep_good + (1ull << 32)) * 1000000 / ((u128)p.rep_good + p.rep_bad + (2ull << 32)));
        assert_true(compute_weight_with(&p, pool.tokens) == plain_weight(p.self_bond, pool.tokens, rep));
        if (i % 1000 == 0)
            assert_true(compute_weight(&p) == compute_weight_with(&p, pool.tokens) &&
                        compute_stake(&p) == p.self_bond + pool.tokens);
    }
    compute_Pools_kill(&id);
    p = (compute_provider){.self_bond = 2 * BOND};
    assert_true(compute_weight_with(&p, 18 * BOND) == compute_weight_with(&p, 18 * BOND + UNIT));
    assert_true(compute_weight_with(&p, 18 * BOND) == 20000000 && compute_weight_with(&p, 18 * BOND - UNIT) == 19999500);
    p.self_bond = 999999999;
    assert_true(compute_weight_with(&p, 0) == 0);
}

static void kept_weight_is_seven_eighths(void **state) {
    (void)state;
    assert_true(compute_keeps_weight(0, 0) && compute_keeps_weight(7, 8) && !compute_keeps_weight(6, 8));
    assert_true(compute_keeps_weight(14, 15) && !compute_keeps_weight(13, 15)); /* the eighth is rounded down */
    assert_true(compute_keeps_weight(UINT64_MAX, 5) && compute_keeps_weight(7, 7) && !compute_keeps_weight(6, 7));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, serve_start)
    const struct CMUnitTest tests[] = {
        TEST(candidates_become_active_by_time),
        TEST(chill_and_resume),
        TEST(jail_has_an_end),
        TEST(an_unchanged_state_is_no_event),
        TEST(families_have_three_members),
        TEST(weight_is_capped_stake_by_reputation),
        TEST(kept_weight_is_seven_eighths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
