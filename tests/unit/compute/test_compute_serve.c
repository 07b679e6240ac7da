/* test_compute_serve.c - who can be offered a seat. */
#include "compute/serve_fixture.h"

static account_id alice, client;

/* Alice is Active and asks PRICE. */
static int with_ask(void **state) {
    if (serve_start(state))
        return -1;
    alice = account(ALICE);
    client = account(BOB);
    server(ALICE);
    DO(ALICE, advertise, .model = model_id, .ad = {PRICE, 10, 5, clock_now() + 1000});
    return 0;
}

static void delegate_tokens(u128 tokens) {
    compute_pool pool;
    uint32_t id = provider_of(ALICE).pool;
    compute_Pools_get(&id, &pool);
    pool.tokens = tokens;
    compute_Pools_put(&id, &pool);
}

/* --- can_serve --- */

static struct compute_need usual_need(void) {
    return (struct compute_need){.model = model_id, .client = &client, .units_max = 10, .now = clock_now()};
}

static bool serves(const struct compute_need *need) {
    compute_provider provider;
    compute_ad ad;
    bool can = compute_can_serve(&alice, need, &provider, &ad);
    if (can)
        assert_true(provider.pool == provider_of(ALICE).pool && ad.price == PRICE && ad.min_units == 10);
    return can;
}

static void the_usual_provider_can_serve(void **state) {
    (void)state;
    struct compute_need need = usual_need();
    assert_true(serves(&need));
    account_id nobody = account(NOBODY);
    compute_provider provider;
    compute_ad ad;
    assert_false(compute_can_serve(&nobody, &need, &provider, &ad));
    need.model++;
    assert_false(serves(&need));
}

static void time_and_state_decide(void **state) {
    (void)state;
    struct compute_need need = usual_need();
    uint32_t now = need.now;
    SET(ALICE, joined, now - COMPUTE_ACTIVATION_TICKS + 1);
    assert_false(serves(&need));
    SET(ALICE, joined, now - COMPUTE_ACTIVATION_TICKS);
    assert_true(serves(&need));
    SET(ALICE, last_seen, now - COMPUTE_HEARTBEAT_TICKS);
    assert_true(serves(&need));
    SET(ALICE, last_seen, now - COMPUTE_HEARTBEAT_TICKS - 1);
    assert_false(serves(&need));
    SET(ALICE, last_seen, now);
    static const compute_state away[] = {compute_state_Draining, compute_state_Leaving, compute_state_Jailed};
    for (uint32_t i = 0; i < COUNT_OF(away); i++) {
        SET(ALICE, state, away[i]);
        assert_false(serves(&need));
    }
    SET(ALICE, state, compute_state_Candidate);
    need.now = now + 600;
    assert_true(serves(&need));
    SET(ALICE, last_seen, now + 1000);
    need.now = now + 1000; /* the ad's last tick */
    assert_true(serves(&need));
    need.now = now + 1001;
    SET(ALICE, last_seen, now + 1001);
    assert_false(serves(&need));
}

static void filters_decide(void **state) {
    (void)state;
    struct compute_need need = usual_need();
    SET(ALICE, busy, 1);
    assert_true(serves(&need));
    SET(ALICE, busy, 2);
    assert_false(serves(&need));
    SET(ALICE, busy, 0);
    for (uint8_t profile = 0; profile < 4; profile++) { /* 5: profiles 0 and 2 */
        need.profile = profile;
        assert_int_equal(serves(&need), profile == 0 || profile == 2);
    }
    need = usual_need();
    need.units_max = 9;
    assert_false(serves(&need));
    need = usual_need();
    for (uint8_t region = 0; region < 64; region += 21) {
        SET(ALICE, region, region);
        need.region_mask = 1ull << region;
        assert_true(serves(&need));
        need.region_mask = ~(1ull << region);
        assert_false(serves(&need));
    }
    need = usual_need();
    need.min_rep_ppm = 500000;
    assert_true(serves(&need));
    need.min_rep_ppm = 500001;
    assert_false(serves(&need));
    need = usual_need();
    need.client = &alice;
    assert_false(serves(&need));
    need.client = &client;
    SET(ALICE, payout, client);
    assert_false(serves(&need));
    SET(ALICE, payout, alice);
    SET(ALICE, operator, client);
    assert_false(serves(&need));
}

static void stake_and_weight_decide(void **state) {
    (void)state;
    struct compute_need need = usual_need();
    need.min_stake = BOND;
    assert_true(serves(&need));
    need.min_stake = BOND + 1;
    assert_false(serves(&need));
    delegate_tokens(1);
    assert_true(serves(&need));
    delegate_tokens(20 * BOND); /* all of it is stake, ten times the bond is weight */
    need.min_stake = 21 * BOND;
    assert_true(serves(&need));
    need = usual_need();
    need.ask_weight = 10000000;
    assert_true(serves(&need));
    need.ask_weight = 11428571; /* less an eighth: 10,000,000 */
    assert_true(serves(&need));
    need.ask_weight = 11428572;
    assert_false(serves(&need));
}

static uint64_t reads_of(const struct compute_need *need, bool expected) {
    compute_provider provider;
    compute_ad ad;
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    assert_int_equal(compute_can_serve(&alice, need, &provider, &ad), expected);
    assert_int_equal(shim_counters()->by_call[SHIM_STORAGE_SET], 0);
    return shim_counters()->by_call[SHIM_STORAGE_READ];
}

static void a_look_costs_at_most_three_reads(void **state) {
    (void)state;
    struct compute_need need = usual_need();
    need.min_stake = BOND;
    assert_int_equal(reads_of(&need, true), 2); /* the own bond is enough, the pool is not asked */
    need.min_stake = BOND + 1;
    assert_int_equal(reads_of(&need, false), 3);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, with_ask)
    const struct CMUnitTest tests[] = {
        TEST(the_usual_provider_can_serve),
        TEST(time_and_state_decide),
        TEST(filters_decide),
        TEST(stake_and_weight_decide),
        TEST(a_look_costs_at_most_three_reads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
