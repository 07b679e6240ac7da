/* Sealed bids: the best of them. */
#include "jobs/bid_fixture.h"

/* Past the opening of bids, the providers fresh. */
static void close_bids(uint64_t id) {
    jobs_job job = job_of(id);
    set_tick(job.deadline + job.windows.reveal + 1);
    for (int i = 0; i < BIDDERS; i++)
        market_beat(FIRST + i);
}

static void test_when_to_assign(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    for (int i = 0; i < 3; i++)
        BIDS(id, FIRST + i, 400);
    JOB_FAILS(TooEarly, NO_ONE, assign, .job = id);
    pass_ticks(11);
    for (int i = 0; i < 3; i++)
        OPENS(id, FIRST + i, 400);
    JOB_FAILS(TooEarly, NO_ONE, assign, .job = id);
    pass_ticks(29);
    JOB_FAILS(TooEarly, NO_ONE, assign, .job = id);
    pass_ticks(1);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, assign, .job = id);
    JOB_OK(NO_ONE, assign, .job = id);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    assert_int_equal(draw_of(id).picks.len, 0);
    JOB_FAILS(WrongState, NO_ONE, assign, .job = id);
}

static void set_reputation(int provider, uint64_t good, uint64_t bad) {
    compute_provider record = record_of(provider);
    record.rep_good = good << 32;
    record.rep_bad = bad << 32;
    set_record(provider, record);
}

/* The best by price for reputation; n sit at what they bid, three more wait. */
static void test_best_bids(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    static const uint64_t prices[BIDDERS] = {600, 400, 500, 10000, 450, 700, 900, 800};
    for (int i = 0; i < BIDDERS; i++)
        BIDS(id, FIRST + i, prices[i]);
    pass_ticks(11);
    for (int i = 0; i < BIDDERS; i++)
        OPENS(id, FIRST + i, prices[i]);
    close_bids(id);
    set_reputation(FIRST, 8, 0);     /* 900,000 ppm: 600 counts 666 */
    set_reputation(FIRST + 1, 0, 8); /* 100,000 ppm: 400 counts 4,000 */
    /* The rest at 500,000: 1000, 20000, 900, 1400, 1800, 1600. */
    JOB_OK(NO_ONE, assign, .job = id);
    static const int order[] = {FIRST, FIRST + 4, FIRST + 2, FIRST + 5, FIRST + 7, FIRST + 6};
    for (uint8_t i = 0; i < 3; i++) {
        assert_int_equal(sitting(id, i), order[i]);
        assert_true(seat_of(id, i).price == prices[order[i] - FIRST]);
        assert_int_equal(seat_of(id, i).min_units, 1);
        assert_int_equal(seat_of(id, i).deadline, tick_now() + 10);
    }
    jobs_draw draw = draw_of(id);
    assert_int_equal(draw.picks.len, 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(person_number(&draw.picks.items[i].provider), order[3 + i]);
    for (int i = 0; i < BIDDERS; i++)
        assert_int_equal(record_of(FIRST + i).strikes, 0);
}

/* Equal bids: a hash that nobody chose decides, another for each job. */
static void test_ties(void **state) {
    (void)state;
    int firsts[3];
    for (int k = 0; k < 3; k++) {
        uint64_t id = submitted(CLIENT, a_sealed());
        h256 least = {{255}};
        for (int i = 0; i < BIDDERS; i++) {
            uint8_t buffer[64];
            account_id who = person(FIRST + i);
            h256 tie;
            struct writer out = TAGGED(buffer, "deai/job/tie/1");
            write_u64(&out, id);
            write_raw(&out, who.at, 32);
            tagged_finish(tie.at, &out);
            if (memcmp(&tie, &least, 32) < 0) {
                least = tie;
                firsts[k] = FIRST + i;
            }
            BIDS(id, FIRST + i, 500);
        }
        pass_ticks(11);
        for (int i = BIDDERS - 1; i >= 0; i--)
            OPENS(id, FIRST + i, 500);
        close_bids(id);
        JOB_OK(NO_ONE, assign, .job = id);
        assert_int_equal(sitting(id, 0), firsts[k]);
    }
    assert_true(firsts[0] != firsts[1] || firsts[1] != firsts[2]);
}

/* Bids that were not opened: a strike each, whatever becomes of the job. */
static void test_unopened(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    for (int i = 0; i < 5; i++)
        BIDS(id, FIRST + i, 500);
    pass_ticks(11);
    for (int i = 0; i < 3; i++)
        OPENS(id, FIRST + i, 500);
    close_bids(id);
    JOB_OK(NO_ONE, assign, .job = id);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    for (int i = 0; i < 5; i++)
        assert_int_equal(record_of(FIRST + i).strikes, i >= 3);

    id = submitted(CLIENT, a_sealed());
    BIDS(id, FIRST, 500);
    BIDS(id, FIRST + 3, 500);
    pass_ticks(11);
    OPENS(id, FIRST, 500);
    close_bids(id);
    u128 before = owed_to(CLIENT);
    JOB_OK(NO_ONE, assign, .job = id);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) - before == 30 * UNIT);
    assert_int_equal(record_of(FIRST + 3).strikes, 2);
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_NoProviders);
}

static void test_no_bids(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    close_bids(id);
    JOB_OK(NO_ONE, assign, .job = id, .relay = 77); /* the number means nothing here */
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
}

/* Who cannot serve any more when bids are compared is passed over. */
static void test_unfit_bidders(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    for (int i = 0; i < 6; i++)
        BIDS(id, FIRST + i, 500 + (uint64_t)i);
    pass_ticks(11);
    for (int i = 0; i < 6; i++)
        OPENS(id, FIRST + i, 500 + (uint64_t)i);
    close_bids(id);
    market_unchecked = true;
    compute_provider record = record_of(FIRST);
    record.busy = record.slots;
    set_record(FIRST, record);
    account_id gone = person(FIRST + 1);
    compute_Providers_kill(&gone);
    record = record_of(FIRST + 2);
    record.last_seen = 0;
    set_record(FIRST + 2, record);
    JOB_OK(NO_ONE, assign, .job = id);
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(sitting(id, i), FIRST + 3 + i);
    assert_int_equal(draw_of(id).picks.len, 0);
}

static void test_version_gone(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    for (int i = 0; i < 4; i++)
        BIDS(id, FIRST + i, 500);
    pass_ticks(11);
    for (int i = 0; i < 3; i++)
        OPENS(id, FIRST + i, 500);
    PALLET_OK(models, MAKER, yank_version, .model = 1, .number = 1, .reason = 1);
    close_bids(id);
    JOB_OK(NO_ONE, assign, .job = id);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
    assert_int_equal(record_of(FIRST + 3).strikes, 1);
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_VersionGone);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_when_to_assign), T(test_best_bids), T(test_ties), T(test_unopened), T(test_no_bids),
        T(test_unfit_bidders), T(test_version_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
