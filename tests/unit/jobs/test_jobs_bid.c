/* Sealed bids: who may bid and when, what opens a bid, who wins, what silence costs. */
#include "jobs/jobs_fixture.h"

#include "commit/tagged.h"

enum { FIRST = FIRST_PROVIDER, BIDDERS = 8 };

static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(BIDDERS);
    return 0;
}

static bytes16 salt_of(int provider) { return (bytes16){{(uint8_t)provider, 3, 5}}; }

static h256 seal(uint64_t id, int provider, uint64_t price, bytes16 salt) {
    uint8_t buffer[256];
    account_id who = person(provider);
    h256 hash;
    struct writer out = TAGGED(buffer, "deai/job/bid/1");
    write_u64(&out, id);
    write_raw(&out, who.at, 32);
    write_u64(&out, price);
    write_raw(&out, salt.at, 16);
    tagged_finish(hash.at, &out);
    return hash;
}

static dispatch_result bid(uint64_t id, int provider, uint64_t price) {
    return JOB_RUN(provider, bid, .job = id, .commit = seal(id, provider, price, salt_of(provider)));
}
static dispatch_result open_bid(uint64_t id, int provider, uint64_t price) {
    return JOB_RUN(provider, reveal_bid, .job = id, .price = price, .salt = salt_of(provider));
}
#define BIDS(id, provider, price) assert_int_equal(bid(id, provider, price), DISPATCH_OK)
#define OPENS(id, provider, price) assert_int_equal(open_bid(id, provider, price), DISPATCH_OK)

static jobs_bids bids_of(uint64_t id) {
    jobs_bids bids;
    jobs_Bids_get(&id, &bids);
    return bids;
}

static int sitting(uint64_t id, uint8_t number) {
    jobs_seat seat = seat_of(id, number);
    return person_number(&seat.provider);
}

static void set_record(int provider, compute_provider record) {
    account_id who = person(provider);
    compute_Providers_put(&who, &record);
}

/* Past the opening of bids, the providers fresh. */
static void close_bids(uint64_t id) {
    jobs_job job = job_of(id);
    set_tick(job.deadline + job.windows.reveal + 1);
    for (int i = 0; i < BIDDERS; i++)
        market_beat(FIRST + i);
}

/* --- bid --- */

static void test_bid(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    BIDS(id, FIRST + 1, 500);
    BIDS(id, FIRST, 400);
    jobs_bids bids = bids_of(id);
    assert_int_equal(bids.len, 2);
    h256 hash = seal(id, FIRST, 400, salt_of(FIRST));
    assert_int_equal(person_number(&bids.items[0].provider), FIRST + 1);
    assert_int_equal(person_number(&bids.items[1].provider), FIRST);
    assert_memory_equal(&bids.items[1].commit, &hash, 32);
    assert_false(bids.items[1].revealed);
    assert_true(bids.items[1].price == 0);
    JOB_EVENT_WAS(BidPlaced, .job = id, .provider = person(FIRST));
    JOB_FAILS(AlreadyBid, FIRST, bid, .job = id, .commit = hash);
}

static void test_bid_refused(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed()), ready = submitted(CLIENT, a_spec());
    h256 hash = a_hash(1);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, bid, .job = id, .commit = hash);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, bid, .job = id, .commit = hash);
    JOB_FAILS(UnknownJob, FIRST, bid, .job = 9, .commit = hash);
    JOB_FAILS(WrongState, FIRST, bid, .job = ready, .commit = hash);
    JOB_FAILS(NotOperator, OTHER, bid, .job = id, .commit = hash);
    market_unchecked = true;
    /* The operator bids, the owner does not. */
    compute_provider good = record_of(FIRST), bad = good;
    account_id owner = person(FIRST), operator = person(30);
    compute_OperatorOf_kill(&owner);
    compute_OperatorOf_put(&operator, &owner);
    bad.operator = operator;
    set_record(FIRST, bad);
    JOB_FAILS(NotOperator, FIRST, bid, .job = id, .commit = hash);
    JOB_OK(30, bid, .job = id, .commit = hash);
    jobs_bids bids = bids_of(id);
    assert_int_equal(person_number(&bids.items[0].provider), FIRST);

    id = submitted(CLIENT, a_sealed());
    bad.payout = person(CLIENT);
    set_record(FIRST, bad);
    JOB_FAILS(SelfDeal, 30, bid, .job = id, .commit = hash);
    bad = good;
    bad.state = compute_state_Jailed;
    set_record(FIRST, bad);
    JOB_FAILS(NotActive, 30, bid, .job = id, .commit = hash);
    bad = good;
    bad.joined = tick_now();
    set_record(FIRST, bad);
    JOB_FAILS(NotActive, 30, bid, .job = id, .commit = hash);
    bad = good;
    bad.busy = bad.slots;
    set_record(FIRST, bad);
    JOB_FAILS(NotAllowed, 30, bid, .job = id, .commit = hash);
    set_record(FIRST, good);
    uint64_t model = 1;
    compute_Ads_kill(&model, &owner);
    JOB_FAILS(NotAllowed, 30, bid, .job = id, .commit = hash);
}

static void test_bid_filters(void **state) {
    (void)state;
    for (int filter = 0; filter < 4; filter++) {
        jobs_spec spec = a_sealed();
        account_id other = person(FIRST + 1);
        switch (filter) {
        case 0: spec.region_mask = ~(1ull << FIRST); break;
        case 1: spec.min_rep_ppm = 500001; break;
        case 2: spec.min_stake = COMPUTE_MIN_SELF_BOND + 1; break;
        default: spec.allow = (jobs_allow){&other, 1}; break;
        }
        uint64_t id = submitted(CLIENT, spec);
        assert_int_equal(bid(id, FIRST, 400), JOBS_ERROR(NotAllowed));
        if (filter == 0 || filter == 3)
            BIDS(id, FIRST + 1, 400);
    }
}

static void test_when_to_bid(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    pass_ticks(10);
    BIDS(id, FIRST, 400);
    JOB_FAILS(TooEarly, FIRST, reveal_bid, .job = id, .price = 400, .salt = salt_of(FIRST));
    pass_ticks(1);
    assert_int_equal(bid(id, FIRST + 1, 400), JOBS_ERROR(TooLate));
    OPENS(id, FIRST, 400);
}

static void test_full(void **state) {
    (void)state;
    market_unchecked = true;
    for (int i = BIDDERS; i < 34; i++)
        market_provider(FIRST + i, COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    for (int i = 0; i < 34; i++) {
        market_beat(FIRST + i);
        if (i >= BIDDERS)
            market_ask(FIRST + i, 1, 1000);
    }
    uint64_t id = submitted(CLIENT, a_sealed());
    for (int i = 0; i < 32; i++)
        BIDS(id, FIRST + i, 100 + (uint64_t)i);
    market_unchecked = false;
    assert_int_equal(bid(id, FIRST + 32, 100), JOBS_ERROR(BidsFull));
    assert_int_equal(bid(id, FIRST + 31, 100), JOBS_ERROR(AlreadyBid));
    pass_ticks(11);
    market_unchecked = true;
    for (int i = 31; i >= 0; i--)
        OPENS(id, FIRST + i, 100 + (uint64_t)i);
    pass_ticks(30);
    market_unchecked = false;
    JOB_OK(NO_ONE, assign, .job = id);
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(sitting(id, i), FIRST + i);
}

/* --- reveal_bid --- */

static void test_open(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed()), ready = submitted(CLIENT, a_spec());
    BIDS(id, FIRST, 400);
    BIDS(id, FIRST + 1, 500);
    BIDS(id, FIRST + 2, 9);                  /* below the licence's least price */
    BIDS(id, FIRST + 3, (uint64_t)UNIT + 1); /* above the limit */
    BIDS(id, FIRST + 4, 10);
    BIDS(id, FIRST + 5, (uint64_t)UNIT);
    bytes16 salt = salt_of(FIRST);
    JOB_FAILS(TooEarly, FIRST, reveal_bid, .job = id, .price = 400, .salt = salt);
    pass_ticks(11);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, reveal_bid, .job = id, .price = 400, .salt = salt);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, reveal_bid, .job = id, .price = 400, .salt = salt);
    JOB_FAILS(UnknownJob, FIRST, reveal_bid, .job = 9, .price = 400, .salt = salt);
    JOB_FAILS(WrongState, FIRST, reveal_bid, .job = ready, .price = 400, .salt = salt);
    JOB_FAILS(NotOperator, OTHER, reveal_bid, .job = id, .price = 400, .salt = salt);
    JOB_FAILS(NoBid, FIRST + 6, reveal_bid, .job = id, .price = 400, .salt = salt);
    JOB_FAILS(CommitMismatch, FIRST, reveal_bid, .job = id, .price = 401, .salt = salt);
    JOB_FAILS(CommitMismatch, FIRST, reveal_bid, .job = id, .price = 400, .salt = salt_of(FIRST + 1));
    JOB_FAILS(CommitMismatch, FIRST + 1, reveal_bid, .job = id, .price = 400, .salt = salt); /* another's bid */
    assert_int_equal(open_bid(id, FIRST + 2, 9), JOBS_ERROR(BadPrice));
    assert_int_equal(open_bid(id, FIRST + 3, (uint64_t)UNIT + 1), JOBS_ERROR(BadPrice));
    OPENS(id, FIRST + 4, 10);
    OPENS(id, FIRST + 5, (uint64_t)UNIT);
    OPENS(id, FIRST, 400);
    JOB_EVENT_WAS(BidRevealed, .job = id, .provider = person(FIRST), .price = 400);
    jobs_bids bids = bids_of(id);
    assert_true(bids.items[0].revealed && bids.items[0].price == 400);
    assert_int_equal(open_bid(id, FIRST, 400), JOBS_ERROR(NoBid));
    pass_ticks(29);
    OPENS(id, FIRST + 1, 500); /* the last tick */
}

static void test_open_too_late(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed());
    BIDS(id, FIRST, 400);
    pass_ticks(41);
    assert_int_equal(open_bid(id, FIRST, 400), JOBS_ERROR(TooLate));
}

/* A model without a least price: still a unit costs something. */
static void test_price_of_nothing(void **state) {
    (void)state;
    jobs_spec spec = a_sealed();
    spec.model = market_model(models_profile_ExactInt, 0);
    for (int i = 0; i < BIDDERS; i++)
        market_beat(FIRST + i);
    market_ask(FIRST, spec.model, 100);
    market_ask(FIRST + 1, spec.model, 100);
    uint64_t id = submitted(CLIENT, spec);
    BIDS(id, FIRST, 0);
    BIDS(id, FIRST + 1, 1);
    pass_ticks(11);
    assert_int_equal(open_bid(id, FIRST, 0), JOBS_ERROR(BadPrice));
    OPENS(id, FIRST + 1, 1);
}

/* --- assign --- */

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
        T(test_bid), T(test_bid_refused), T(test_bid_filters), T(test_when_to_bid), T(test_full), T(test_open),
        T(test_open_too_late), T(test_price_of_nothing), T(test_when_to_assign), T(test_best_bids), T(test_ties),
        T(test_unopened), T(test_no_bids), T(test_unfit_bidders), T(test_version_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
