/* The end of work: who is paid what. */
#include "jobs/settle_fixture.h"

static void unanimous(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    struct expectation e;
    spec.tip = 2 * UNIT + 1; /* a third of it is no whole number */
    uint64_t id = working(CLIENT, spec);
    const jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
    all_show(id, results);
    expect(&e, id, 7);
    FINALISE(id);
    as_expected(&e);
    balance provider_points = 0;
    for (uint8_t i = 0; i < 3; i++) {
        int who = holder(id, i);
        JOB_EVENT_WAS(Paid, .job = id, .seat = i, .who = person(who), .amount = e.paid[i], .reason = jobs_reason_Agreement);
        assert_true(e.paid[i] == 7 * price_of(who) + (2 * UNIT + 1) / 3);
        assert_int_equal(record_of(who).busy, 0);
        assert_true(person_points(who, rewards_stream_Provider) == PPB_OF(e.burn[i], 700000000));
        assert_int_equal(record_of(who).points_open, 1);
        provider_points += PPB_OF(e.burn[i], 700000000);
    }
    account_id key;
    rewards_model_key(&key, 1);
    assert_true(points_of(&key, rewards_stream_Model) == e.points[1]);
    assert_true(person_points(CLIENT, rewards_stream_Client) == e.points[2]);
    assert_true(provider_points + e.points[1] + e.points[2] == epoch_burned());
    JOB_FAILS(WrongState, OTHER, finalise, .job = id);
    jobs_outcome outcome;
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.winners, 7);
    assert_int_equal(outcome.units, 7);
    assert_memory_equal(outcome.result_root.at, a_hash(1).at, 32);
}

/* The ask's least units are paid at least. */
static void least_units(void **state) {
    (void)state;
    PALLET_OK(compute, FIRST_PROVIDER, withdraw_ad, .model = 1);
    PALLET_OK(compute, FIRST_PROVIDER, advertise, .model = 1,
              .ad = {.price = 50, .min_units = 9, .profile_mask = 7, .valid_until = UINT32_MAX});
    pass_ticks(1);
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 4), a_result(1, 4), a_result(1, 4)};
    all_show(id, results);
    ends(id, 7);
    bool seen = false;
    for (uint8_t i = 0; i < 3; i++)
        seen |= holder(id, i) == FIRST_PROVIDER && seat_of(id, i).min_units == 9;
    assert_true(seen);
}

/* A job that costs all that it may: nothing is left to refund. */
static void nothing_left(void **state) {
    (void)state;
    jobs_spec spec = a_direct(FIRST_PROVIDER);
    struct expectation e;
    spec.limit = price_of(FIRST_PROVIDER);
    spec.tip = 12345;
    uint64_t id = working(CLIENT, spec);
    show(id, 0, a_result(1, spec.units_max));
    expect(&e, id, 1);
    FINALISE(id);
    as_expected(&e);
    assert_true(e.paid[0] == need_of(&spec) && owed_to(CLIENT) == 0 && escrow_of(id).refunded == 0);
}

/* Unpaid, bond back, reputation: no slash, since a majority may be wrong together. */
static void minority(void **state) {
    (void)state;
    for (uint32_t odd = 0; odd < 3; odd++) {
        uint64_t id = working(CLIENT, a_spec());
        jobs_result results[] = {a_result(1, 7), a_result(1, 7), a_result(1, 7)};
        results[odd] = a_result(2, 7);
        all_show(id, results);
        int loser = holder(id, (uint8_t)odd);
        uint64_t bad = record_of(loser).rep_bad;
        balance points = person_points(loser, rewards_stream_Provider);
        ends(id, 7u & ~(1u << odd));
        assert_true(record_of(loser).rep_bad > bad);
        assert_true(person_points(loser, rewards_stream_Provider) == points);
        account_id who = person(loser);
        assert_false(compute_OpenSlashes_exists(&who));
    }
}

/* The same result at another bill is another result. */
static void other_units(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(1, 8), a_result(1, 7)};
    all_show(id, results);
    ends(id, 5);
}

/* Nobody agrees: accept fees for those who showed something, the rest back. */
static void no_agreement(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    const jobs_result results[] = {a_result(1, 7), a_result(2, 7), a_result(3, 7)};
    uint64_t bad[3];
    all_show(id, results);
    for (uint8_t i = 0; i < 3; i++)
        bad[i] = record_of(holder(id, i)).rep_bad;
    ends(id, 0);
    for (uint8_t i = 0; i < 3; i++) {
        JOB_EVENT_WAS(Paid, .job = id, .seat = i, .who = person(holder(id, i)), .amount = UNIT / 10,
                      .reason = jobs_reason_AcceptFee);
        assert_true(record_of(holder(id, i)).rep_bad > bad[i]);
    }
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 30 * UNIT - 3 * (UNIT / 10), .burned = 0);
    assert_false(jobs_Outcomes_exists(&id));
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, market)
    const struct CMUnitTest tests[] = {
        T(unanimous), T(least_units), T(nothing_left), T(minority), T(other_units), T(no_agreement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
