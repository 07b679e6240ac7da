/* The draw of mode 2: the right call at the right time. */
#include "jobs/draw_fixture.h"

static void test_when(void **state) {
    (void)state;
    market_providers(3);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t least = clock_relay() + 6;
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, assign, .job = id, .relay = least);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, assign, .job = id, .relay = least);
    JOB_FAILS(UnknownJob, NO_ONE, assign, .job = 2, .relay = least);
    for (uint32_t i = 0; i <= 6; i++) {
        JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = least);
        JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = clock_relay());
        if (i < 5)
            pass_ticks(1);
        else if (i == 5)
            break;
    }
    pass_ticks(1);
    assert_int_equal(clock_relay(), least);
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = least - 1);
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = 0);
    pass_ticks(3);
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = least + 1); /* the first decides */
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = UINT32_MAX);
    h256 seed = seed_of(id, least);
    JOB_OK(NO_ONE, assign, .job = id, .relay = least);
    JOB_EVENT_WAS(SeedFixed, .job = id, .relay = least, .seed = seed);
    JOB_FAILS(WrongState, NO_ONE, assign, .job = id, .relay = least);
}

/* Relay parents that carry no randomness decide nothing: the job waits for the next that does. */
static void test_missing_randomness(void **state) {
    (void)state;
    market_providers(3);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t least = clock_relay() + 6;
    pass_ticks(3);
    pass_blind(40);
    for (uint32_t relay = least - 4; relay < least + 40; relay++)
        JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    assert_int_equal(draw_of(id).arm, 1);
    pass_ticks(2);
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = clock_relay());
    JOB_OK(NO_ONE, assign, .job = id, .relay = clock_relay() - 1);
}

static void test_until_when(void **state) {
    (void)state;
    market_providers(3);
    for (int late = 0; late < 2; late++) {
        uint64_t id = submitted(CLIENT, a_spec());
        uint32_t relay = decided(id);
        set_tick(job_of(id).deadline + (uint32_t)late);
        for (int i = 0; i < 3; i++)
            market_beat(FIRST + i);
        if (late)
            JOB_FAILS(TooLate, NO_ONE, assign, .job = id, .relay = relay);
        else
            JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    }
}

/* Randomness that has left the ring cannot be asked for any more: the job is armed anew, whatever was drawn so far. */
static void test_randomness_gone(void **state) {
    (void)state;
    market_providers(3);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    pass_ticks(CLOCK_RAND_RING - 1);
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = relay + 1);
    assert_int_equal(draw_of(id).arm, 1);
    pass_ticks(1);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    assert_int_equal(draw_of(id).arm, 2);
    assert_int_equal(draw_of(id).armed_relay, clock_relay());
    assert_int_equal(draw_of(id).draw_at, tick_now());
    JOB_EVENT_WAS(Armed, .job = id, .least = clock_relay() + 6, .arm = 2);
    JOB_OK(CLIENT, cancel_job, .job = id); /* free again */
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_when), T(test_missing_randomness), T(test_until_when), T(test_randomness_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
