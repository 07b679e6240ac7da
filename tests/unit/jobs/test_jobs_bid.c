/* Sealed bids: placed and opened. */
#include "jobs/bid_fixture.h"

static jobs_bids bids_of(uint64_t id) {
    jobs_bids bids;
    jobs_Bids_get(&id, &bids);
    return bids;
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

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_bid), T(test_bid_refused), T(test_bid_filters), T(test_when_to_bid), T(test_full), T(test_open),
        T(test_open_too_late), T(test_price_of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
