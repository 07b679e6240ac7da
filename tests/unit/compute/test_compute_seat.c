/* test_compute_seat.c - what jobs and points do to a provider: slots, strikes, reputation, income. */
#include "compute/serve_fixture.h"

#include "market/reputation.h"

static const compute_object job = {COMPUTE_JOB, 7};
static account_id alice;

/* Alice is Active and asks PRICE. */
static int with_ask(void **state) {
    if (serve_start(state))
        return -1;
    alice = account(ALICE);
    server(ALICE);
    DO(ALICE, advertise, .model = model_id, .ad = {PRICE, 10, 5, clock_now() + 1000});
    return 0;
}

/* --- slots --- */

static const account_id client = {{77}};

static void slots_are_taken_and_given_back(void **state) {
    (void)state;
    account_id nobody = account(NOBODY);
    assert_int_equal(compute_take_slot(&nobody), COMPUTE_NOT_ACTIVE);
    assert_int_equal(compute_take_slot(&alice), COMPUTE_SLOT_TAKEN);
    assert_int_equal(compute_take_slot(&alice), COMPUTE_SLOT_TAKEN);
    assert_int_equal(provider_of(ALICE).busy, 2);
    assert_int_equal(compute_take_slot(&alice), COMPUTE_NO_SLOT);
    compute_end_seat(&alice, &(struct compute_seat_end){.seated = true});
    assert_int_equal(provider_of(ALICE).busy, 1);
    SET(ALICE, state, compute_state_Draining);
    assert_int_equal(compute_take_slot(&alice), COMPUTE_NOT_ACTIVE);
    compute_end_seat(&alice, &(struct compute_seat_end){.seated = true});
    compute_end_seat(&alice, &(struct compute_seat_end){.seated = true}); /* never below 0 */
    compute_end_seat(&alice, &(struct compute_seat_end){.seated = false});
    assert_int_equal(provider_of(ALICE).busy, 0);
    SET(ALICE, state, compute_state_Candidate);
    SET(ALICE, joined, clock_now());
    assert_int_equal(compute_take_slot(&alice), COMPUTE_NOT_ACTIVE);
    check_all();
}

/* --- strikes --- */

static void strike(void) {
    compute_strike(&alice, compute_offence_BidNotRevealed, clock_now(), job);
    check_all();
}

/* Whoever is away for a while meets many offers in it. */
static void one_absence_is_one_strike(void **state) {
    (void)state;
    uint32_t now = clock_now();
    static const struct {
        uint32_t after;
        uint8_t strikes;
    } rows[] = {{0, 1}, {0, 1}, {1, 1}, {99, 1}, {100, 2}, {101, 2}, {199, 2}};
    for (uint32_t i = 0; i < COUNT_OF(rows); i++) {
        at_tick(now + rows[i].after);
        compute_strike(&alice, compute_offence_NoAccept, clock_now(), job);
        assert_int_equal(provider_of(ALICE).strikes, rows[i].strikes);
    }
    assert_int_equal(provider_of(ALICE).struck, now + 100);
    strike(); /* another fault counts at once, and begins the time anew */
    assert_true(provider_of(ALICE).strikes == 3 && provider_of(ALICE).state == compute_state_Jailed);
    assert_int_equal(provider_of(ALICE).struck, now + 199);
    /* A fault of that time that is reported late belongs to it, too. */
    at_tick(now + 700);
    compute_strike(&alice, compute_offence_NoAccept, now + 298, job);
    assert_true(provider_of(ALICE).strikes == 3 && provider_of(ALICE).struck == now + 199);
    compute_strike(&alice, compute_offence_NoAccept, now + 299, job);
    assert_true(provider_of(ALICE).strikes == 4 && provider_of(ALICE).struck == now + 299);
    compute_strike(&alice, compute_offence_BidNotRevealed, now + 5, job);
    assert_true(provider_of(ALICE).strikes == 5 && provider_of(ALICE).struck == now + 299);
    /* Who has no strikes is never in an absence, also after they were washed away. */
    SET(ALICE, strikes, 0);
    compute_strike(&alice, compute_offence_NoAccept, clock_now(), job);
    assert_int_equal(provider_of(ALICE).strikes, 1);
}

static void the_third_strike_jails(void **state) {
    (void)state;
    uint32_t now = clock_now();
    account_id nobody = account(NOBODY);
    compute_strike(&nobody, compute_offence_NoAccept, clock_now(), job); /* one that is gone */
    strike();
    SAW(Struck, .provider = alice, .offence = compute_offence_BidNotRevealed, .object = job, .strikes = 1);
    strike();
    assert_true(provider_of(ALICE).state == compute_state_Candidate && provider_of(ALICE).strikes == 2);
    compute_strike(&alice, compute_offence_BidNotRevealed, clock_now(), job);
    SAW(Struck, .provider = alice, .offence = compute_offence_BidNotRevealed, .object = job, .strikes = 3);
    SAW(StateChanged, .provider = alice, .from = compute_state_Candidate, .to = compute_state_Jailed,
        .reason = compute_state_reason_Strikes);
    assert_true(provider_of(ALICE).state == compute_state_Jailed &&
                provider_of(ALICE).jail_until == now + COMPUTE_JAIL_TICKS);
    at_tick(now + 5);
    strike(); /* in jail: counted, not longer */
    assert_true(provider_of(ALICE).strikes == 4 && provider_of(ALICE).jail_until == now + COMPUTE_JAIL_TICKS);
    SET(ALICE, strikes, 255);
    strike();
    assert_int_equal(provider_of(ALICE).strikes, 255);
}

static void who_drains_is_jailed_who_leaves_is_not(void **state) {
    (void)state;
    DO0(ALICE, chill);
    SET(ALICE, strikes, 2);
    SET(ALICE, struck, clock_now());
    strike();
    SAW(StateChanged, .provider = alice, .from = compute_state_Draining, .to = compute_state_Jailed,
        .reason = compute_state_reason_Strikes);
    assert_int_equal(provider_of(ALICE).state, compute_state_Jailed);
    SET(ALICE, state, compute_state_Leaving);
    SET(ALICE, strikes, 2);
    compute_strike(&alice, compute_offence_NoAccept, clock_now(), job);
    assert_int_equal(provider_of(ALICE).state, compute_state_Leaving);
}

static void strikes_wear_off(void **state) {
    (void)state;
    compute_provider p = {.strikes = 3, .struck = 10 * CLOCK_EPOCH_TICKS + 77};
    static const uint8_t at[][2] = {{10, 3}, {11, 3}, {12, 2}, {13, 1}, {14, 0}, {15, 0}, {200, 0}};
    for (uint32_t i = 0; i < COUNT_OF(at); i++)
        assert_int_equal(compute_strikes_at(&p, at[i][0]), at[i][1]);
    p = (compute_provider){.struck = 0};
    assert_int_equal(compute_strikes_at(&p, 5), 0);

    strike();
    strike();
    uint32_t first = clock_epoch();
    at_epoch(first + 1); /* no whole epoch since */
    SET(ALICE, last_seen, clock_now());
    strike();
    assert_true(provider_of(ALICE).strikes == 3 && provider_of(ALICE).struck == clock_now());
    at_epoch(first + 4);
    strike(); /* two whole epochs were clean */
    assert_true(provider_of(ALICE).strikes == 2 && provider_of(ALICE).struck == clock_now());
    /* A seat that proves nothing leaves them: too small, or paid by one of the own family. */
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &client, .fee = UNIT - 1});
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &alice, .fee = UNIT});
    compute_end_seat(&alice, &(struct compute_seat_end){.pay = 0});
    assert_true(provider_of(ALICE).strikes == 2 && provider_of(ALICE).rep_good == 0);
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &client, .fee = UNIT});
    assert_int_equal(provider_of(ALICE).strikes, 0);
    /* A failure counts whoever belongs to the family by now. */
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_BAD, .client = &alice, .fee = UNIT});
    assert_true(provider_of(ALICE).rep_bad != 0);
}

/* --- reputation --- */

static u128 average(void) {
    u128 value;
    compute_FeeAverage_get(&value);
    return value;
}

static void reputation_follows_paid_work(void **state) {
    (void)state;
    uint32_t events, after;
    struct reputation score = {0, 0};
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &client, .fee = 10 * UNIT});
    score = reputation_after(score, true, 10 * UNIT, 10 * UNIT);
    assert_true(provider_of(ALICE).rep_good == score.good && score.good == 1ull << 31 &&
                provider_of(ALICE).rep_bad == 0 && average() == 10 * UNIT);
    SAW(RepChanged, .provider = alice, .rep_ppm = 600000);
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &client, .fee = 90 * UNIT});
    score = reputation_after(score, true, 90 * UNIT, 10 * UNIT);
    assert_true(provider_of(ALICE).rep_good == score.good && average() == 20 * UNIT); /* used first, then changed */
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_BAD, .fee = 90 * UNIT});
    score = reputation_after(score, false, 90 * UNIT, 20 * UNIT);
    assert_true(provider_of(ALICE).rep_good == score.good && provider_of(ALICE).rep_bad == score.bad);
    assert_true(average() == 20 * UNIT); /* what was not paid is no fee */
    SAW(RepChanged, .provider = alice, .rep_ppm = reputation_ppm(score));

    system_EventCount_get(&events);
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &client, .fee = COMPUTE_MIN_FEE - 1});
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_BAD, .fee = COMPUTE_MIN_FEE - 1});
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_UNJUDGED, .fee = 5 * UNIT});
    system_EventCount_get(&after);
    assert_true(events == after && provider_of(ALICE).rep_good == score.good && average() == 20 * UNIT);
    compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_GOOD, .client = &client, .fee = COMPUTE_MIN_FEE});
    assert_true(provider_of(ALICE).rep_good != score.good && average() == 20 * UNIT - 19 * UNIT / 8);
    check_all();
}

static void reputation_stays_in_bounds(void **state) {
    (void)state;
    uint64_t seed = 7;
    for (int i = 0; i < 3000; i++) {
        u128 fee = UNIT + next_random(&seed) % (UINT64_MAX / 2);
        compute_end_seat(&alice, &(struct compute_seat_end){.judged = i % 5 ? COMPUTE_GOOD : COMPUTE_BAD, .client = &client, .fee = fee});
        compute_provider p = provider_of(ALICE);
        assert_true(p.rep_good >> 38 == 0 && p.rep_bad >> 38 == 0 && compute_rep_ppm(&p) <= 1000000);
    }
    for (int i = 0; i < 3000; i++)
        compute_end_seat(&alice, &(struct compute_seat_end){.judged = COMPUTE_BAD, .fee = U128_MAX >> 40});
    compute_provider p = provider_of(ALICE);
    assert_true(p.rep_bad >> 38 == 0 && compute_rep_ppm(&p) < 100000);
    check_all();
}

/* --- points and income --- */

/* Money of the pot that nobody is owed yet. */
static void arrive(u128 amount) { assert_int_equal(balances_pot_mint(&compute_pot, amount), DISPATCH_OK); }

static void income_is_shared(void **state) {
    (void)state;
    compute_pool pool;
    uint32_t id = provider_of(ALICE).pool;
    SET(ALICE, payout, account(EVE));
    arrive(1000);
    compute_end_seat(&alice, &(struct compute_seat_end){.pay = 1000});
    SAW(ProviderPaid, .provider = alice, .payout = 1000, .pool = 0);
    assert_true(due_of(EVE) == 1000);
    check_all();
    DO(DAVE, delegate, .pool = id, .amount = BOND);
    at_epoch(clock_epoch() + 1);
    SET(ALICE, commission_ppb, 100000000);
    arrive(1000);
    compute_end_seat(&alice, &(struct compute_seat_end){.pay = 1000});
    SAW(ProviderPaid, .provider = alice, .payout = 550, .pool = 450);
    assert_true(due_of(EVE) == 1550 && compute_Pools_get(&id, &pool) && pool.income == 450);
    check_all();
}

/* A commission that is due is in force before income is shared. */
static void commissions_come_into_force(void **state) {
    (void)state;
    compute_provider p = {.commission_ppb = 5, .pending_commission = {true, {9, 40}}};
    compute_touch_commission(&p, 39);
    assert_true(p.commission_ppb == 5 && p.pending_commission.some);
    compute_touch_commission(&p, 40);
    assert_true(p.commission_ppb == 9 && !p.pending_commission.some);
    compute_touch_commission(&p, 41);
    assert_true(p.commission_ppb == 9);

    DO(DAVE, delegate, .pool = provider_of(ALICE).pool, .amount = BOND);
    at_epoch(clock_epoch() + 1);
    SET(ALICE, pending_commission, (option_compute_pending_commission){true, {200000000, clock_epoch()}});
    arrive(1000);
    compute_pay_points(&alice, 1000);
    SAW(ProviderPaid, .provider = alice, .payout = 600, .pool = 400);
    assert_true(provider_of(ALICE).commission_ppb == 200000000 && !provider_of(ALICE).pending_commission.some);
    check_all();
}

static void points_are_counted(void **state) {
    (void)state;
    struct compute_seat_end line = {.points = true};
    uint32_t epoch = clock_epoch();
    compute_end_seat(&alice, &line);
    compute_end_seat(&alice, &line);
    compute_end_seat(&alice, &(struct compute_seat_end){.points = false});
    assert_true(provider_of(ALICE).points_epoch == epoch && provider_of(ALICE).points_open == 2 &&
                provider_of(ALICE).points_closed == 0);
    at_epoch(epoch + 1);
    compute_end_seat(&alice, &line);
    assert_true(provider_of(ALICE).points_epoch == epoch + 1 && provider_of(ALICE).points_open == 1 &&
                provider_of(ALICE).points_closed == 2);
    arrive(77);
    compute_pay_points(&alice, 77);
    assert_true(provider_of(ALICE).points_closed == 1 && due_of(ALICE) == 77);
    at_epoch(epoch + 2);
    uint32_t events, after;
    system_EventCount_get(&events);
    compute_pay_points(&alice, 0); /* expired */
    system_EventCount_get(&after);
    assert_true(events == after && provider_of(ALICE).points_closed == 1 && provider_of(ALICE).points_open == 0);
    compute_pay_points(&alice, 0);
    compute_pay_points(&alice, 0); /* never below 0 */
    assert_true(provider_of(ALICE).points_closed == 0 && due_of(ALICE) == 77);
    check_all();
}

static void whoever_is_gone_is_owed_all_the_same(void **state) {
    (void)state;
    account_id gone = account(EVE);
    arrive(30);
    compute_end_seat(&gone, &(struct compute_seat_end){.seated = true, .points = true, .pay = 10});
    compute_pay_points(&gone, 20);
    compute_pay_points(&gone, 0);
    assert_true(due_of(EVE) == 30);
    check_all();
}

static void all_of_a_seat_is_one_write(void **state) {
    (void)state;
    SET(ALICE, busy, 1);
    SET(ALICE, strikes, 2);
    arrive(1000);
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    compute_end_seat(&alice, &(struct compute_seat_end){.seated = true,
                                                        .judged = COMPUTE_GOOD,
                                                        .client = &client,
                                                        .points = true,
                                                        .fee = 10 * UNIT,
                                                        .pay = 1000});
    overlay_flush();
    const uint64_t *calls = shim_counters()->by_call;
    /* Provider, average, pool, dues; clock and the events' block, phase and count. */
    assert_true(calls[SHIM_STORAGE_READ] <= 9 && calls[SHIM_STORAGE_SET] <= 5);
    compute_provider p = provider_of(ALICE);
    assert_true(p.busy == 0 && p.strikes == 0 && p.points_open == 1 && p.rep_good == 1ull << 31 && due_of(ALICE) == 1000);
    check_all();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, with_ask)
    const struct CMUnitTest tests[] = {
        TEST(slots_are_taken_and_given_back),
        TEST(one_absence_is_one_strike),
        TEST(the_third_strike_jails),
        TEST(who_drains_is_jailed_who_leaves_is_not),
        TEST(strikes_wear_off),
        TEST(reputation_follows_paid_work),
        TEST(reputation_stays_in_bounds),
        TEST(income_is_shared),
        TEST(commissions_come_into_force),
        TEST(points_are_counted),
        TEST(whoever_is_gone_is_owed_all_the_same),
        TEST(all_of_a_seat_is_one_write)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
