/* What an end does to reputations, and what the tolerance profile calls agreement. */
#include "jobs/settle_fixture.h"

/* --- reputation --- */

static jobs_spec cheap(void) { /* fees below the least that counts */
    jobs_spec spec = a_spec();
    spec.units_max = 5;
    return spec;
}

static void reputation(void **state) {
    (void)state;
    const jobs_result same[] = {a_result(1, 5), a_result(1, 5), a_result(1, 5)};
    balance average, before;
    compute_FeeAverage_get(&before);

    /* 5 units at up to 0.19 UNIT are less than 1 UNIT; a failure weighs the seat's most, 5 UNIT. */
    uint64_t id = working(CLIENT, cheap());
    all_show(id, same);
    FINALISE(id);
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(record_of(holder(id, i)).rep_good, 0);
    compute_FeeAverage_get(&average);
    assert_true(average == before);
    const jobs_result odd[] = {a_result(1, 5), a_result(1, 5), a_result(2, 5)};
    id = working(CLIENT, cheap());
    all_show(id, odd);
    int loser = holder(id, 2);
    FINALISE(id);
    assert_true(record_of(loser).rep_bad > 0);

    /* A tip makes the fee large enough. */
    jobs_spec tipped = cheap();
    tipped.tip = 9 * UNIT;
    id = working(CLIENT, tipped);
    uint64_t good[3];
    for (uint8_t i = 0; i < 3; i++)
        good[i] = record_of(holder(id, i)).rep_good;
    all_show(id, same);
    FINALISE(id);
    for (uint8_t i = 0; i < 3; i++)
        assert_true(record_of(holder(id, i)).rep_good > good[i]);
    compute_FeeAverage_get(&average);
    assert_true(average != before);

    /* A list: those whom the client chose earn no reputation, and lose none. */
    account_id allowed[] = {person(FIRST_PROVIDER), person(FIRST_PROVIDER + 1), person(FIRST_PROVIDER + 2)};
    tipped.allow = (jobs_allow){allowed, 3};
    for (int i = 0; i < 3; i++)
        PALLET_OK(compute, FIRST_PROVIDER + i, refresh_ask, .model = 1); /* at the weight of now */
    pass_ticks(1);
    id = working(CLIENT, tipped);
    compute_provider records[3];
    for (uint8_t i = 0; i < 3; i++)
        records[i] = record_of(holder(id, i));
    all_show(id, odd);
    FINALISE(id);
    for (uint8_t i = 0; i < 3; i++) {
        assert_true(record_of(holder(id, i)).rep_good == records[i].rep_good);
        assert_true(record_of(holder(id, i)).rep_bad == records[i].rep_bad);
    }
}

/* A client that joined the family after the draw: the job is paid and is no merit; a failure stays one. */
static void family_at_settlement(void **state) {
    (void)state;
    const jobs_result odd[] = {a_result(1, 8), a_result(1, 8), a_result(2, 8)};
    jobs_spec spec = a_spec();
    spec.tip = 9 * UNIT;
    uint64_t id = working(CLIENT, spec);
    for (uint8_t i = 0; i < 3; i++) {
        account_id who = person(holder(id, i));
        compute_provider record = record_of(holder(id, i));
        record.payout = person(CLIENT);
        compute_Providers_put(&who, &record);
    }
    all_show(id, odd);
    ends(id, 3);
    for (uint8_t i = 0; i < 3; i++)
        assert_true(record_of(holder(id, i)).rep_good == 0 && (record_of(holder(id, i)).rep_bad != 0) == (i == 2));
}

/* --- tolerance --- */

static const uint8_t prints[3][16] = {
    {1, 0, 0x80, 0x3f, 2, 0, 0x80, 0x3f, 5, 0, 0x80, 0x3f, 9, 0, 0x80, 0x3f},
    {1, 0, 0x82, 0x3f, 2, 0, 0x82, 0x3f, 5, 0, 0x82, 0x3f, 9, 0, 0x82, 0x3f},
    {21, 0, 0x80, 0x3f, 22, 0, 0x80, 0x3f, 25, 0, 0x80, 0x3f, 29, 0, 0x80, 0x3f}};

static void show_prints(uint64_t id, const int *which, const uint32_t *units, int count) {
    for (int pass = 0; pass < 2; pass++)
        for (uint8_t i = 0; i < count; i++) {
            struct bytes print = {prints[which[i]], 16};
            jobs_result result = a_result_with(i, units[i], print);
            if (pass == 0)
                commit_to(id, i, result);
            else
                show_with(id, i, result, print);
        }
}

static void tolerance(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = market_model(models_profile_Tolerance, 1);
    for (int i = 0; i < PROVIDERS; i++)
        market_ask(FIRST_PROVIDER + i, spec.model, price_of(FIRST_PROVIDER + i));
    pass_ticks(1);
    const uint32_t units[] = {9, 4, 6};
    jobs_outcome outcome;

    /* Different bytes and bills, all alike: the lower median of three, the leader's root and fingerprint. */
    uint64_t id = working(CLIENT, spec);
    show_prints(id, (const int[]){0, 1, 0}, units, 3);
    ends(id, 7);
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.units, 6);
    assert_memory_equal(outcome.result_root.at, a_hash(0).at, 32);
    assert_bytes_equal(outcome.fingerprint, ((struct bytes){prints[0], 16}));

    /* Two of three: the lower one of two. A bad first seat voids nothing, and fails. */
    id = working(CLIENT, spec);
    int loser = holder(id, 0);
    uint64_t bad = record_of(loser).rep_bad;
    show_prints(id, (const int[]){2, 1, 0}, units, 3);
    ends(id, 6);
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.units, 4);
    assert_memory_equal(outcome.result_root.at, a_hash(1).at, 32);
    assert_bytes_equal(outcome.fingerprint, ((struct bytes){prints[1], 16}));
    assert_true(record_of(loser).rep_bad > bad);

    /* No agreement is nobody's failure here. */
    spec.n = spec.q = 2;
    id = working(CLIENT, spec);
    uint64_t before[2] = {record_of(holder(id, 0)).rep_bad, record_of(holder(id, 1)).rep_bad};
    show_prints(id, (const int[]){2, 1}, units, 2);
    ends(id, 0);
    for (uint8_t i = 0; i < 2; i++)
        assert_true(record_of(holder(id, i)).rep_bad == before[i]);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, market)
    const struct CMUnitTest tests[] = {
        T(reputation), T(family_at_settlement), T(tolerance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
