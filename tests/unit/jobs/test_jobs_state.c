/* Time and states from the work on; the formula alone. */
#include "jobs/state_fixture.h"

/* --- the situations --- */

/* A single drawn seat is like a direct one; silent past its deadline there is nothing to tally. */
static void test_single_seat(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.n = spec.q = 1;
    uint64_t id = working(CLIENT, spec);
    every_tick(id, 60);
    pass_ticks(51);
    IS(Working);
    every_tick(id, 5);
    FINALISE(id);
    IS(Inconclusive);
    every_tick(id, 3);
}

static void test_working(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    IS(Working);
    every_tick(id, 60);
    commit_to(id, 1, a_result(1, 5));
    every_tick(id, 60);
    commit_to(id, 2, a_result(1, 5)); /* the quorum is there */
    every_tick(id, 60);
    pass_ticks(20);
    IS(Working);
    pass_ticks(1);
    IS(Revealing);
    every_tick(id, 40);
    pass_ticks(5);
    show(id, 2, a_result(1, 5));
    assert_int_equal(job_of(id).state, jobs_state_Revealing);
    IS(Revealing);
    every_tick(id, 40);
    show(id, 1, a_result(1, 5));
    IS(Tally);
    every_tick(id, 40);
    FINALISE(id);
    IS(Settled);
}

static void test_nobody_reveals(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 1, a_result(1, 5));
    pass_ticks(20 + 30);
    IS(Revealing);
    pass_ticks(1);
    IS(Tally);
    assert_int_equal(job_of(id).state, jobs_state_Working);
    every_tick(id, 5);
    FINALISE(id);
    IS(Inconclusive);
}

static void test_too_few_commits(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    commit_to(id, 0, a_result(1, 5));
    pass_ticks(21);
    IS(Working);
    every_tick(id, 40);
    FINALISE(id);
    IS(Inconclusive);
    every_tick(id, 3);
}

static void test_revealing(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, a_result(1, 5));
    IS(Revealing);
    every_tick(id, 40);
    for (uint8_t i = 0; i < 2; i++) {
        show(id, i, a_result(1, 5));
        IS(Revealing);
        every_tick(id, 40);
    }
    pass_ticks(30);
    IS(Revealing);
    pass_ticks(1);
    IS(Tally);
    every_tick(id, 3);
    FINALISE(id);
    IS(Settled);
    every_tick(id, 3);
    JOB_OK(CLIENT, rate, .job = id, .score = 100);
    every_tick(id, 3);
}

static void test_refunded(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    JOB_OK(CLIENT, cancel_job, .job = id);
    IS(Refunded);
    every_tick(id, 3);
    set_tick(job_of(id).ended + JOBS_KEEP_TICKS);
    market_unchecked = true;
    assert_false(succeeds(id, OTHER, jobs_act_RemoveJob, 0));
    set_tick(job_of(id).ended + JOBS_KEEP_TICKS + 1);
    assert_true(succeeds(id, OTHER, jobs_act_RemoveJob, 0));
    JOB_OK(OTHER, remove_job, .job = id);
    option_jobs_state gone;
    jobs_api_state(&gone, id);
    assert_false(gone.some);
    assert_int_equal(listed(id, CLIENT).len, 0);
}

/* --- the formula alone --- */

static void test_formula(void **state) {
    (void)state;
    jobs_job job = {.n = 3, .q = 2, .deadline = 100, .windows = {.reveal = 30}};
    jobs_draw draw = {.armed_relay = 50};
    job.state = jobs_state_Ready;
    assert_int_equal(jobs_state_at(&job, &draw, 0, 55), jobs_state_Submitted);
    assert_int_equal(jobs_state_at(&job, &draw, 0, 56), jobs_state_Ready);
    assert_int_equal(jobs_state_at(&job, &draw, 101, 56), jobs_state_Ready);
    static const uint8_t plain[] = {jobs_state_Bidding, jobs_state_Offered, jobs_state_Settled, jobs_state_Refunded,
                                    jobs_state_Inconclusive};
    for (size_t i = 0; i < sizeof plain; i++) {
        job.state = plain[i];
        assert_int_equal(jobs_state_at(&job, NULL, 0, 0), plain[i]);
        assert_int_equal(jobs_state_at(&job, NULL, UINT32_MAX, UINT32_MAX), plain[i]);
    }
    /* state, n, committed, revealed, tick -> state */
    static const struct {
        uint8_t state, n, committed, revealed, tick, is;
    } rows[] = {
        {jobs_state_Working, 3, 0, 0, 100, jobs_state_Working},
        {jobs_state_Working, 3, 0, 0, 101, jobs_state_Working},
        {jobs_state_Working, 3, 1, 0, 200, jobs_state_Working},
        {jobs_state_Working, 3, 2, 0, 100, jobs_state_Working},
        {jobs_state_Working, 3, 2, 0, 101, jobs_state_Revealing},
        {jobs_state_Working, 3, 2, 0, 130, jobs_state_Revealing},
        {jobs_state_Working, 3, 2, 0, 131, jobs_state_Tally},
        {jobs_state_Working, 1, 0, 0, 100, jobs_state_Working},
        {jobs_state_Working, 1, 0, 0, 101, jobs_state_Working},
        {jobs_state_Working, 1, 0, 1, 100, jobs_state_Tally},
        {jobs_state_Working, 1, 0, 1, 101, jobs_state_Tally},
        {jobs_state_Revealing, 3, 3, 0, 100, jobs_state_Revealing},
        {jobs_state_Revealing, 3, 3, 2, 100, jobs_state_Revealing},
        {jobs_state_Revealing, 3, 3, 3, 50, jobs_state_Tally},
        {jobs_state_Revealing, 3, 2, 2, 50, jobs_state_Tally},
        {jobs_state_Revealing, 3, 2, 1, 101, jobs_state_Tally},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        job.state = rows[i].state;
        job.n = rows[i].n;
        job.q = (uint8_t)(job.n / 2 + 1);
        job.committed = rows[i].committed;
        job.revealed = rows[i].revealed;
        assert_int_equal(jobs_state_at(&job, NULL, rows[i].tick, 0), rows[i].is);
    }
}

/* Seats are their operators' business: the owner who gave the key to another is told nothing. */
static void test_other_operators(void **state) {
    (void)state;
    enum { OPERATOR = 90 };
    for (int i = 0; i < PROVIDERS; i++) {
        account_id owner = person(FIRST + i), operator = person(OPERATOR + i);
        compute_provider record = record_of(FIRST + i);
        record.operator = operator;
        compute_Providers_put(&owner, &record);
        compute_OperatorOf_kill(&owner);
        compute_OperatorOf_put(&operator, &owner);
    }
    uint64_t id = drawn(CLIENT, a_spec());
    every_tick(id, 12);
    market_unchecked = true;
    for (int i = 0; i < PROVIDERS; i++) {
        struct acts acts = listed(id, OPERATOR + i);
        compare_account(id, OPERATOR + i, &acts, tick_now());
    }
    assert_true(listed(id, OPERATOR + holder(id, 0) - FIRST).len > listed(id, holder(id, 0)).len);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_single_seat), T(test_working), T(test_nobody_reveals), T(test_too_few_commits), T(test_revealing),
        T(test_refunded), T(test_other_operators), T(test_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
