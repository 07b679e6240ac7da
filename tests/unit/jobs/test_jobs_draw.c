/* The draw of mode 2: who is drawn, in which order. */
#include "jobs/draw_fixture.h"

/* --- what the draw must give, computed here from its definition --- */

static bool takes_part(uint64_t id, int provider) {
    for (uint8_t i = 0; i < job_of(id).n; i++)
        if (sitting(id, i) == provider)
            return true;
    jobs_draw draw = draw_of(id);
    for (uint32_t i = 0; i < draw.picks.len; i++)
        if (reserve(id, i) == provider)
            return true;
    return false;
}

/* --- who is drawn --- */

static void test_order_and_reserves(void **state) {
    (void)state;
    market_providers(8);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    h256 seed = seed_of(id, relay);
    int list[8];
    for (int i = 0; i < 8; i++)
        list[i] = FIRST + i;
    by_key(&seed, list, 8);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    jobs_job job = job_of(id);
    assert_int_equal(job.state, jobs_state_Offered);
    assert_int_equal(job.accepted, 0);
    for (uint8_t i = 0; i < 3; i++) {
        jobs_seat seat = seat_of(id, i);
        assert_int_equal(sitting(id, i), list[i]);
        assert_int_equal(seat.state, jobs_seat_state_Offered);
        assert_true(seat.price == (uint64_t)MARKET_PRICE);
        assert_int_equal(seat.min_units, 1);
        assert_int_equal(seat.deadline, tick_now() + 10);
        JOB_EVENT_WAS(SeatOffered, .job = id, .seat = i, .provider = seat.provider, .price = seat.price,
                      .until = seat.deadline);
        assert_int_equal(reserve(id, i), list[3 + i]);
    }
    assert_int_equal(draw_of(id).picks.len, 3);
    for (int i = 0; i < 8; i++)
        assert_int_equal(record_of(FIRST + i).busy, 0); /* offers take no slot */
}

/* n picks are enough; what there is above that are reserves. */
static void test_few_providers(void **state) {
    (void)state;
    market_providers(4);
    uint64_t id = drawn(CLIENT, a_spec());
    assert_int_equal(draw_of(id).picks.len, 1);
    jobs_spec spec = a_spec();
    spec.n = spec.q = 4;
    id = drawn(CLIENT, spec);
    assert_int_equal(draw_of(id).picks.len, 0);
}

static void test_too_few_providers(void **state) {
    (void)state;
    market_providers(2);
    uint64_t id = submitted(CLIENT, a_spec());
    for (uint32_t arm = 1; arm < 4; arm++) {
        assert_int_equal(draw_of(id).arm, arm);
        uint32_t relay = decided(id);
        h256 seed = seed_of(id, relay);
        JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
        jobs_draw draw = draw_of(id);
        assert_int_equal(job_of(id).state, jobs_state_Ready);
        assert_int_equal(draw.arm, arm + 1);
        assert_int_equal(draw.armed_relay, clock_relay());
        assert_int_equal(draw.draw_at, tick_now());
        assert_false(draw.started);
        assert_int_equal(draw.picks.len, 0);
        JOB_EVENT_WAS(SeedFixed, .job = id, .relay = relay, .seed = seed);
        JOB_EVENT_WAS(Armed, .job = id, .least = clock_relay() + 6, .arm = arm + 1);
        JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = relay);
    }
    market_unchecked = true;
    market_provider(FIRST + 2, COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    market_beat(FIRST + 2);
    market_ask(FIRST + 2, 1, 1000);
    market_unchecked = false;
    pass_ticks(1);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id)); /* armed before that ask was live */
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    assert_int_equal(job_of(id).deadline, job_of(id).created + JOBS_REST_TICKS); /* never extended */
}

/* An empty book, and classes that are all above the limit. */
static void test_nobody(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(draw_of(id).arm, 2);
    idle_providers(3);
    for (int i = 0; i < 3; i++)
        market_ask(FIRST + i, 1, i == 0 ? UINT64_MAX : (uint64_t)UNIT + 1); /* the limit's own class, and the last */
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = spec.q = 1;
    id = submitted(CLIENT, spec);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(draw_of(id).arm, 2);
    /* The limit itself will do. */
    JOB_OK(CLIENT, top_up, .job = id, .limit = (uint64_t)UNIT + 1);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    assert_int_equal(draw_of(id).picks.len, 1);
    assert_true(seat_of(id, 0).price == (uint64_t)UNIT + 1);
}

/* The highest class is the book's last. */
static void test_last_class(void **state) {
    (void)state;
    idle_providers(2);
    market_ask(FIRST, 1, UINT64_MAX);
    market_ask(FIRST + 1, 1, 1ull << 63);
    pass_ticks(1);
    jobs_spec spec = a_spec();
    uint64_t id = submitted(CLIENT, spec);
    uint32_t relay = decided(id);
    jobs_job job = job_of(id);
    job.limit = UINT64_MAX; /* beyond what a job may be worth, but not beyond the book */
    job.n = 2;
    jobs_Jobs_put(&id, &job);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(sitting(id, 0), FIRST + 1);
    assert_int_equal(sitting(id, 1), FIRST);
}

static void test_cheapest_first(void **state) {
    (void)state;
    static const uint64_t prices[] = {1000, 11, 12000, 12001, 13, 900000, 50};
    idle_providers(7);
    for (int i = 0; i < 7; i++)
        market_ask(FIRST + i, 1, prices[i]);
    pass_ticks(1);
    market_unchecked = false;
    jobs_spec spec = a_spec();
    uint64_t id = submitted(CLIENT, spec);
    uint32_t relay = decided(id);
    h256 seed = seed_of(id, relay);
    assert_true(price_tick(11) < price_tick(13) && price_tick(12000) == price_tick(12001));
    int pair[] = {FIRST + 2, FIRST + 3};
    by_key(&seed, pair, 2);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    /* Four classes in a call: 11, 13, 50, 1000. Enough for the seats, so the draw is over. */
    assert_int_equal(sitting(id, 0), FIRST + 1);
    assert_int_equal(sitting(id, 1), FIRST + 4);
    assert_int_equal(sitting(id, 2), FIRST + 6);
    assert_int_equal(draw_of(id).picks.len, 1);
    assert_int_equal(reserve(id, 0), FIRST);
    assert_true(seat_of(id, 2).price == 50);

    /* With five seats one call is not enough. */
    spec.n = 5;
    spec.q = 3;
    id = submitted(CLIENT, spec);
    relay = decided(id);
    seed = seed_of(id, relay);
    by_key(&seed, pair, 2);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    jobs_draw draw = draw_of(id);
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    assert_true(draw.started);
    assert_int_equal(draw.cursor, price_tick(12000));
    assert_true(draw.last_key == 0);
    assert_int_equal(draw.picks.len, 4);
    assert_int_equal(draw.arm, 1);
    uint32_t events = market_events();
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_true(market_events() != events); /* the seed is told once */
    assert_int_equal(sitting(id, 3), FIRST);
    assert_int_equal(sitting(id, 4), pair[0]);
    assert_int_equal(reserve(id, 0), pair[1]);
    assert_int_equal(reserve(id, 1), FIRST + 5);
}

/* One cheap ask that never accepts must not leave a job without reserves. */
static void test_lone_bait(void **state) {
    (void)state;
    idle_providers(5);
    market_ask(FIRST, 1, 10);
    for (int i = 1; i < 5; i++)
        market_ask(FIRST + i, 1, 5000000);
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = spec.q = 1;
    uint64_t id = drawn(CLIENT, spec);
    assert_int_equal(sitting(id, 0), FIRST);
    assert_int_equal(draw_of(id).picks.len, 3);
}

/* An ask counts from the tick after it was written, and only for draws armed since. */
static void test_late_asks(void **state) {
    (void)state;
    market_providers(4);
    jobs_spec spec = a_spec();
    PALLET_OK(compute, FIRST, refresh_ask, .model = 1);
    uint64_t id = submitted(CLIENT, spec); /* armed in the same tick */
    uint32_t relay = decided(id);
    PALLET_OK(compute, FIRST + 1, update_price, .model = 1, .price = 11); /* after the arming */
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(draw_of(id).arm, 2); /* two of four were there */
    relay = decided(id);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay); /* armed again in the tick of the change, before it is live */
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    assert_false(takes_part(id, FIRST + 1));
    assert_true(takes_part(id, FIRST)); /* refreshed long before */
}

static void test_exactly_live(void **state) {
    (void)state;
    market_providers(3);
    for (int ahead = 0; ahead < 2; ahead++) {
        account_id who = person(FIRST);
        pass_ticks(1);
        compute_pause_ask(&who, 1, tick_now() + 1 + (uint32_t)ahead);
        pass_ticks(1);
        uint64_t id = submitted(CLIENT, a_spec());
        JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
        assert_int_equal(job_of(id).state, ahead ? jobs_state_Ready : jobs_state_Offered);
    }
}

/* A pause does not reach a draw that is armed: else tiny jobs, sent to be refused, would choose who is drawn. */
static void test_paused_after_the_arming(void **state) {
    (void)state;
    market_providers(3);
    account_id who = person(FIRST);
    uint64_t id = submitted(CLIENT, a_spec());
    compute_pause_ask(&who, 1, tick_now() + 100); /* in the same tick */
    who = person(FIRST + 1);
    pass_ticks(1);
    compute_pause_ask(&who, 1, tick_now() + 100);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    assert_true(takes_part(id, FIRST) && takes_part(id, FIRST + 1));
}

/* Every reason not to be drawn. The fourth provider is fit but for one thing, so the three others sit. */
static void test_unfit(void **state) {
    (void)state;
    market_providers(4);
    market_unchecked = true;
    const compute_provider good = record_of(FIRST);
    for (int reason = 0; reason < 10; reason++) {
        compute_provider bad = good;
        jobs_spec spec = a_spec();
        account_id who = person(FIRST);
        compute_ad_record ad;
        uint64_t model = 1;
        compute_Ads_get(&model, &who, &ad);
        const compute_ad_record good_ad = ad;
        switch (reason) {
        case 0: bad.busy = bad.slots; break;
        case 1: bad.state = compute_state_Jailed; break;
        case 2: bad.joined = tick_now() - 50; break; /* still a Candidate when the draw is made */
        case 3: bad.last_seen = tick_now() + 6 - COMPUTE_HEARTBEAT_TICKS - 1; break;
        case 4: bad.self_bond -= bad.self_bond / 8 + 1000000000; break; /* weighs less than 7/8 of its ask */
        case 5: bad.operator = person(CLIENT); break;
        case 6: bad.payout = person(CLIENT); break;
        case 7: ad.ad.valid_until = tick_now() + 5; break;
        case 8: ad.ad.min_units = 11; break;
        default: spec.region_mask = ~(1ull << FIRST); break;
        }
        set_record(FIRST, bad);
        compute_Ads_put(&model, &who, &ad);
        uint64_t id = submitted(CLIENT, spec);
        JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
        assert_int_equal(job_of(id).state, jobs_state_Offered);
        assert_false(takes_part(id, FIRST));
        assert_int_equal(draw_of(id).picks.len, 0);
        set_record(FIRST, good);
        compute_Ads_put(&model, &who, &good_ad);
        id = drawn(CLIENT, a_spec());
        assert_true(takes_part(id, FIRST));
    }
}

/* Naming a rival as payout does not push it out. */
static void test_shared_payout(void **state) {
    (void)state;
    market_providers(4);
    account_id rival = person(FIRST + 1);
    PALLET_OK(compute, FIRST, update_provider, .update = {.payout = {true, rival}});
    uint64_t id = drawn(CLIENT, a_spec());
    for (int i = 0; i < 4; i++)
        assert_true(takes_part(id, FIRST + i));
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_order_and_reserves), T(test_few_providers), T(test_too_few_providers), T(test_nobody),
        T(test_last_class), T(test_cheapest_first), T(test_lone_bait), T(test_late_asks), T(test_exactly_live),
        T(test_paused_after_the_arming), T(test_unfit), T(test_shared_payout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
