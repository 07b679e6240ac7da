/* Time and states before the work. */
#include "jobs/state_fixture.h"

static void test_waiting_for_randomness(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    for (uint32_t i = 0; i < 6; i++) {
        IS(Submitted);
        every_tick(id, 3);
        pass_ticks(1);
    }
    IS(Ready);
    every_tick(id, 3);
}

/* Relay parents that carry no randomness: nothing can be done but wait, and end the job when it has rested too long. */
static void test_randomness_missing(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    pass_blind(20);
    IS(Ready);
    every_tick(id, 3);
    pass_ticks(1);
    every_tick(id, 3);
}

static void test_partial_draw(void **state) {
    (void)state;
    market_unchecked = true;
    for (int i = 0; i < PROVIDERS; i++)
        PALLET_OK(compute, FIRST + i, update_price, .model = 1, .price = 16ull << i);
    market_unchecked = false;
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = spec.q = 8;
    uint64_t id = submitted(CLIENT, spec);
    JOB_OK(OTHER, assign, .job = id, .relay = decided(id));
    assert_true(draw_of(id).started);
    IS(Ready);
    every_tick(id, 3);
    JOB_OK(OTHER, assign, .job = id, .relay = right_relay(id));
    IS(Offered);
}

static void test_bidding(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    IS(Bidding);
    every_tick(id, 50);
    for (int i = 0; i < 4; i++)
        JOB_OK(FIRST + i, bid, .job = id, .commit = bid_seal(id, FIRST + i));
    every_tick(id, 50);
    pass_ticks(11);
    for (int i = 0; i < 3; i++)
        JOB_OK(FIRST + i, reveal_bid, .job = id, .price = BID_PRICE, .salt = bid_salt(FIRST + i));
    every_tick(id, 50);
    pass_ticks(30);
    IS(Bidding);
    every_tick(id, 5);
    JOB_OK(OTHER, assign, .job = id);
    IS(Offered);
    every_tick(id, 15);
}

static void test_offered(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    IS(Offered);
    every_tick(id, 15);
    take(id, 1);
    every_tick(id, 15);
    pass_ticks(5);
    JOB_OK(holder(id, 0), decline, .job = id, .seat = 0); /* this seat has a later deadline now */
    every_tick(id, 20);
    pass_ticks(6);
    JOB_OK(OTHER, redraw, .job = id, .seat = 2);
    every_tick(id, 20);
}

static void test_direct(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_direct(FIRST));
    IS(Offered);
    every_tick(id, 15);
    take(id, 0);
    IS(Working);
    every_tick(id, 60);
    pass_ticks(50);
    IS(Working);
    show(id, 0, a_result(1, 5));
    IS(Tally);
    every_tick(id, 60);
    FINALISE(id);
    IS(Settled);
    every_tick(id, 3);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_waiting_for_randomness), T(test_randomness_missing), T(test_partial_draw), T(test_bidding),
        T(test_offered), T(test_direct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
