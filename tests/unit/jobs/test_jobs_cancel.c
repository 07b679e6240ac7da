/* top_up and cancel_job, before anything is drawn. */
#include "jobs/submit_fixture.h"

static void test_top_up(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 7;
    uint64_t id = submitted(CLIENT, spec), limit = (uint64_t)UNIT;
    JOB_FAILS(UnknownJob, CLIENT, top_up, .job = 2, .limit = 2 * limit);
    JOB_FAILS(NotClient, OTHER, top_up, .job = id, .limit = 2 * limit);
    JOB_FAILS(LimitTooLow, CLIENT, top_up, .job = id, .limit = limit);
    JOB_FAILS(LimitTooLow, CLIENT, top_up, .job = id, .limit = 0);
    JOB_FAILS(JobTooBig, CLIENT, top_up, .job = id, .limit = UINT64_MAX);
    pass_ticks(3);
    u128 before = money_of(CLIENT);
    JOB_OK(CLIENT, top_up, .job = id, .limit = limit + 1);
    assert_true(before - money_of(CLIENT) == 30);
    assert_true(job_of(id).limit == limit + 1 && escrow_of(id).held == need_of(&spec) + 30);
    jobs_draw draw = draw_of(id);
    assert_int_equal(draw.arm, 2);
    assert_int_equal(draw.draw_at, tick_now());
    assert_int_equal(draw.armed_relay, clock_relay());
    assert_int_equal(job_of(id).deadline, job_of(id).created + JOBS_REST_TICKS); /* never extended */
    JOB_EVENT_WAS(ToppedUp, .job = id, .limit = limit + 1, .amount = 30);
    JOB_EVENT_WAS(Armed, .job = id, .least = clock_relay() + 6, .arm = 2);

    /* Up to the relay parent before the randomness, and not from it on, whether it carries any or not. */
    pass_ticks(5);
    JOB_OK(CLIENT, top_up, .job = id, .limit = limit + 2);
    pass_blind(6);
    JOB_FAILS(DrawPending, CLIENT, top_up, .job = id, .limit = limit + 3);
    JOB_FAILS(DrawPending, CLIENT, cancel_job, .job = id);
}

static void test_top_up_without_money(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    uint64_t id = submitted(OTHER, spec);
    account_id from = person(OTHER), to = person(CLIENT);
    assert_int_equal(balances_transfer(&from, &to, money_of(OTHER) - 2 * EXISTENTIAL_DEPOSIT, BALANCES_PRESERVE),
                     DISPATCH_OK);
    JOB_FAILS(LowFunds, OTHER, top_up, .job = id, .limit = 2 * (uint64_t)UNIT);
}

static void test_top_up_of_other_states(void **state) {
    (void)state;
    uint64_t sealed = submitted(CLIENT, a_sealed()), direct = submitted(CLIENT, a_direct(SERVER));
    JOB_FAILS(WrongState, CLIENT, top_up, .job = sealed, .limit = UINT64_MAX);
    JOB_FAILS(WrongState, CLIENT, top_up, .job = direct, .limit = UINT64_MAX);
    JOB_OK(CLIENT, cancel_job, .job = sealed);
    JOB_FAILS(WrongState, CLIENT, top_up, .job = sealed, .limit = UINT64_MAX);
    JOB_FAILS(WrongState, CLIENT, cancel_job, .job = sealed);
}

static void test_cancel_before_draw(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 11;
    uint64_t id = submitted(CLIENT, spec);
    JOB_FAILS(UnknownJob, CLIENT, cancel_job, .job = 2);
    JOB_FAILS(NotClient, OTHER, cancel_job, .job = id);
    pass_ticks(5);
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == need_of(&spec));
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_int_equal(open_of(CLIENT), 0);
    assert_true(escrow_of(id).held == 0);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = need_of(&spec), .burned = 0);
}

static void test_cancel_while_bidding(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed()), late = submitted(CLIENT, a_sealed());
    pass_ticks(10);
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
    pass_ticks(1);
    JOB_FAILS(TooLate, CLIENT, cancel_job, .job = late);
}

/* A direct job costs nothing when it is cancelled before the provider takes it. */
static void test_cancel_direct(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_direct(SERVER));
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == 10 * UNIT);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 10 * UNIT, .burned = 0);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_top_up), T(test_top_up_without_money), T(test_top_up_of_other_states), T(test_cancel_before_draw),
        T(test_cancel_while_bidding), T(test_cancel_direct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
