/* An absence is one strike, whatever a client makes of it. */
#include "jobs/work_fixture.h"

enum { AWAY = FIRST_PROVIDER, JOBS = 3 };

static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(4);
    return 0;
}

/* Jobs of one seat that only the provider's region may take, all offered at once. */
static void offer_all(uint64_t *ids) {
    jobs_spec spec = a_spec();
    spec.n = spec.q = 1;
    spec.region_mask = 1ull << AWAY;
    for (int i = 0; i < JOBS; i++)
        ids[i] = submitted(CLIENT, spec);
    for (int i = 0; i < JOBS; i++) {
        JOB_OK(CLIENT, assign, .job = ids[i], .relay = decided(ids[i]));
        assert_int_equal(holder(ids[i], 0), AWAY);
    }
}

static void redrawn_at_once(void **state) {
    (void)state;
    uint64_t ids[JOBS];
    offer_all(ids);
    jump_to(seat_of(ids[JOBS - 1], 0).deadline + 1);
    for (int i = 0; i < JOBS; i++)
        JOB_OK(CLIENT, redraw, .job = ids[i], .seat = 0);
    assert_int_equal(record_of(AWAY).strikes, 1);
    assert_int_equal(record_of(AWAY).struck, seat_of(ids[0], 0).deadline);
    assert_int_equal(record_of(AWAY).state, compute_state_Candidate);
}

static void redrawn_later_and_later(void **state) {
    (void)state;
    uint64_t ids[JOBS];
    offer_all(ids);
    jump_to(seat_of(ids[JOBS - 1], 0).deadline + 1);
    for (int i = 0; i < JOBS; i++) {
        JOB_OK(CLIENT, redraw, .job = ids[i], .seat = 0);
        jump_to(tick_now() + COMPUTE_ABSENCE + 1);
    }
    assert_int_equal(record_of(AWAY).strikes, 1);
}

/* Another absence is another strike: the third one jails. */
static void three_absences(void **state) {
    (void)state;
    for (int i = 1; i <= 3; i++) {
        uint64_t ids[JOBS];
        market_beat(AWAY);
        offer_all(ids);
        jump_to(seat_of(ids[JOBS - 1], 0).deadline + 1);
        for (int k = 0; k < JOBS; k++)
            JOB_OK(CLIENT, redraw, .job = ids[k], .seat = 0);
        assert_int_equal(record_of(AWAY).strikes, i);
        jump_to(tick_now() + COMPUTE_ABSENCE + 1);
    }
    assert_int_equal(record_of(AWAY).state, compute_state_Jailed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(redrawn_at_once, setup),
        cmocka_unit_test_setup(redrawn_later_and_later, setup),
        cmocka_unit_test_setup(three_absences, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
