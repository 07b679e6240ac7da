/* The draw of mode 2 through the pallet: who may be drawn, in which order, in how many calls, and what waits. */
#include "jobs/jobs_fixture.h"

#include "market/draw.h"
#include "market/price_tick.h"

enum { FIRST = FIRST_PROVIDER };

static int setup(void **state) { return market_start(state); }

/* --- what the draw must give, computed here from its definition --- */

static h256 seed_of(uint64_t id, uint32_t relay) {
    clock_rand entry;
    uint16_t slot = (uint16_t)(relay % CLOCK_RAND_RING);
    h256 seed;
    assert_true(clock_Rand_get(&slot, &entry));
    assert_int_equal(entry.relay, relay);
    clock_seed(&seed, &entry.value, 1, id, draw_of(id).arm);
    return seed;
}

static u128 key_of(const h256 *seed, int provider) {
    account_id who = person(provider);
    compute_provider record = record_of(provider);
    return draw_key(seed->at, who.at, compute_weight(&record));
}

/* Sorts providers by their keys, in place. */
static void by_key(const h256 *seed, int *list, int count) {
    for (int i = 0; i < count; i++)
        for (int k = i; k > 0 && key_of(seed, list[k]) < key_of(seed, list[k - 1]); k--) {
            int other = list[k];
            list[k] = list[k - 1];
            list[k - 1] = other;
        }
}

static int sitting(uint64_t id, uint8_t number) {
    jobs_seat seat = seat_of(id, number);
    return person_number(&seat.provider);
}
static int reserve(uint64_t id, uint32_t number) {
    jobs_draw draw = draw_of(id);
    assert_true(number < draw.picks.len);
    return person_number(&draw.picks.items[number].provider);
}

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

static void set_record(int provider, compute_provider record) {
    account_id who = person(provider);
    compute_Providers_put(&who, &record);
}

/* Registers `count` providers that are Active but ask for nothing. */
static void idle_providers(int count) {
    market_unchecked = true;
    for (int i = 0; i < count; i++)
        market_provider(FIRST + i, COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    for (int i = 0; i < count; i++)
        market_beat(FIRST + i);
}

/* --- the right call at the right time --- */

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

/* --- bounded calls --- */

/* A class full of the dead costs calls, nothing else: 32 checks in each, the order of keys throughout. */
static void test_dead_asks(void **state) {
    (void)state;
    enum { COUNT = 64 };
    idle_providers(COUNT);
    for (int i = 0; i < COUNT; i++)
        market_ask(FIRST + i, 1, 1000);
    pass_ticks(1);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id), calls = 0;
    h256 seed = seed_of(id, relay);
    int list[COUNT];
    for (int i = 0; i < COUNT; i++)
        list[i] = FIRST + i;
    by_key(&seed, list, COUNT);
    /* Alive: the 2nd, the 40th, the 63rd of the draw and the last. */
    for (int i = 0; i < COUNT; i++)
        if (i != 1 && i != 39 && i != 62 && i != 63) {
            compute_provider record = record_of(list[i]);
            record.busy = record.slots;
            set_record(list[i], record);
        }
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    jobs_draw draw = draw_of(id);
    account_id last = person(list[31]);
    assert_int_equal(draw.picks.len, 1);
    assert_int_equal(draw.cursor, price_tick(1000));
    assert_true(draw.last_key == key_of(&seed, list[31]));
    assert_memory_equal(&draw.last, &last, 32);
    assert_int_equal(draw.arm, 1);
    /* A new ask, and one less, change nothing for the others. */
    market_unchecked = true;
    PALLET_OK(compute, list[5], withdraw_ad, .model = 1);
    PALLET_OK(compute, list[2], update_price, .model = 1, .price = 1001);
    while (job_of(id).state == jobs_state_Ready) {
        JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
        calls++;
    }
    assert_int_equal(calls, 1);
    assert_int_equal(sitting(id, 0), list[1]);
    assert_int_equal(sitting(id, 1), list[39]);
    assert_int_equal(sitting(id, 2), list[62]);
    assert_int_equal(draw_of(id).picks.len, 1);
    assert_int_equal(reserve(id, 0), list[63]);
}

/* The same with nobody alive: the draw ends, and begins anew. */
static void test_all_dead(void **state) {
    (void)state;
    enum { COUNT = 40 };
    idle_providers(COUNT);
    for (int i = 0; i < COUNT; i++) {
        market_ask(FIRST + i, 1, 1000);
        compute_provider record = record_of(FIRST + i);
        record.busy = record.slots;
        set_record(FIRST + i, record);
    }
    pass_ticks(1);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(draw_of(id).arm, 1);
    assert_true(draw_of(id).started);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(draw_of(id).arm, 2);
    assert_false(draw_of(id).started);
}

/* Checks run out where a class ends: the next call begins with the next class. */
static void test_checks_end_with_class(void **state) {
    (void)state;
    enum { DEAD = 32 };
    idle_providers(DEAD + 3);
    for (int i = 0; i < DEAD + 3; i++) {
        market_ask(FIRST + i, 1, i < DEAD ? 100 : 10000);
        if (i < DEAD) {
            compute_provider record = record_of(FIRST + i);
            record.busy = record.slots;
            set_record(FIRST + i, record);
        }
    }
    pass_ticks(1);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    assert_int_equal(draw_of(id).cursor, price_tick(10000));
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
}

/* Four classes a call. */
static void test_many_classes(void **state) {
    (void)state;
    enum { COUNT = 10 };
    idle_providers(COUNT);
    for (int i = 0; i < COUNT; i++)
        market_ask(FIRST + i, 1, 16ull << i);
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = 9;
    spec.q = 5;
    uint64_t id = submitted(CLIENT, spec);
    uint32_t relay = decided(id);
    for (uint32_t call = 0; call < 2; call++) {
        JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
        assert_int_equal(draw_of(id).picks.len, 4 * (call + 1));
        assert_int_equal(draw_of(id).cursor, price_tick(16ull << 4 * (call + 1)));
        assert_int_equal(job_of(id).state, jobs_state_Ready);
    }
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = relay + 1);
    JOB_FAILS(DrawPending, CLIENT, top_up, .job = id, .limit = UINT64_MAX);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    for (uint8_t i = 0; i < 9; i++)
        assert_int_equal(sitting(id, i), FIRST + i);
    assert_int_equal(reserve(id, 0), FIRST + 9);
}

/* The last classes are used up together with the call's budget: no further call is needed to know it. */
static void test_budget_ends_at_top(void **state) {
    (void)state;
    idle_providers(4);
    for (int i = 0; i < 4; i++)
        market_ask(FIRST + i, 1, 16ull << i);
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = 9;
    spec.q = 5;
    uint64_t id = submitted(CLIENT, spec);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(draw_of(id).arm, 2);
}

/* A draw in several calls, cut short by time: what was picked is forgotten. */
static void test_partial_draw_gone(void **state) {
    (void)state;
    idle_providers(10);
    for (int i = 0; i < 10; i++)
        market_ask(FIRST + i, 1, 16ull << i);
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = 9;
    spec.q = 5;
    uint64_t id = submitted(CLIENT, spec);
    uint32_t relay = decided(id);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    pass_ticks(CLOCK_RAND_RING);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    jobs_draw draw = draw_of(id);
    assert_int_equal(draw.arm, 2);
    assert_int_equal(draw.picks.len, 0);
    assert_int_equal(draw.cursor, 0);
    assert_false(draw.started);
}

/* --- the model's state --- */

static void test_version_gone(void **state) {
    (void)state;
    market_providers(3);
    jobs_spec spec = a_spec();
    uint64_t id = submitted(CLIENT, spec), other = submitted(CLIENT, spec);
    uint32_t relay = decided(id);
    models_model model;
    uint64_t first = 1;
    models_Models_get(&first, &model);
    model.state = models_state_Frozen;
    models_Models_put(&first, &model);
    JOB_FAILS(RandomnessMissing, NO_ONE, assign, .job = id, .relay = relay + 1);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == need_of(&spec));
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_VersionGone);
    model.state = models_state_Active;
    models_Models_put(&first, &model);
    PALLET_OK(models, MAKER, yank_version, .model = 1, .number = 1, .reason = 1);
    JOB_OK(NO_ONE, assign, .job = other, .relay = relay);
    assert_int_equal(job_of(other).state, jobs_state_Refunded);
}

/* Neither a deprecated model nor the end of its licence stops a job that was posted before. */
static void test_version_still_there(void **state) {
    (void)state;
    models_licence licence;
    uint32_t first = 1;
    market_providers(3);
    uint64_t id = submitted(CLIENT, a_spec()), other = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    models_Licences_get(&first, &licence);
    licence.expires = 1;
    models_Licences_put(&first, &licence);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    PALLET_OK(models, MAKER, deprecate, .model = 1);
    JOB_OK(NO_ONE, assign, .job = other, .relay = relay);
    assert_int_equal(job_of(other).state, jobs_state_Offered);
}

/* --- the client's list --- */

static void test_list(void **state) {
    (void)state;
    account_id list[16];
    idle_providers(8);
    for (int i = 0; i < 8; i++)
        if (i != 5)
            market_ask(FIRST + i, 1, i == 6 ? UINT64_MAX : 1000ull << i); /* each in a class of its own */
    pass_ticks(1);
    for (int i = 0; i < 7; i++)
        list[i] = person(FIRST + i); /* all but the last; FIRST + 5 has no ad, FIRST + 6 is too dear */
    for (int i = 7; i < 16; i++)
        list[i] = person(160 + i); /* no providers */
    PALLET_OK(compute, FIRST + 4, refresh_ask, .model = 1);
    market_unchecked = false;
    jobs_spec spec = a_spec();
    spec.allow = (jobs_allow){list, 16};
    uint64_t id = submitted(CLIENT, spec); /* before FIRST + 4 is live again */
    uint32_t relay = decided(id);
    h256 seed = seed_of(id, relay);
    int order[] = {FIRST, FIRST + 1, FIRST + 2, FIRST + 3};
    by_key(&seed, order, 4);
    JOB_OK(NO_ONE, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    for (uint8_t i = 0; i < 3; i++)
        assert_int_equal(sitting(id, i), order[i]); /* by key, whatever they cost */
    assert_int_equal(draw_of(id).picks.len, 1);
    assert_int_equal(reserve(id, 0), order[3]);
    jobs_seat seat = seat_of(id, 0);
    assert_true(seat.price == 1000ull << (sitting(id, 0) - FIRST));

    spec.allow.len = 2;
    id = submitted(CLIENT, spec);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    assert_int_equal(draw_of(id).arm, 2);
}

/* --- fairness --- */

/* Four providers with own bonds of 1, 2, 3 and 4 units; thousands of draws of one job under made-up randomness. The chance
 * of a pair of seats is that of weighted sampling without replacement. */
static void test_fairness(void **state) {
    (void)state;
    enum { COUNT = 4, GAMES = 6000 };
    uint32_t pairs[COUNT][COUNT] = {{0}};
    market_unchecked = true;
    for (int i = 0; i < COUNT; i++)
        market_provider(FIRST + i, (u128)(i + 1) * COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    for (int i = 0; i < COUNT; i++) {
        market_beat(FIRST + i);
        market_ask(FIRST + i, 1, 1000);
    }
    pass_ticks(1);
    jobs_spec spec = a_spec();
    spec.n = spec.q = 2;
    uint64_t id = submitted(CLIENT, spec), random = 88172645463325252;
    uint32_t relay = decided(id);
    uint16_t slot = (uint16_t)(relay % CLOCK_RAND_RING);
    clock_rand entry;
    assert_true(clock_Rand_get(&slot, &entry));
    for (int game = 0; game < GAMES; game++) {
        struct arena_mark mark = arena_mark(&arena_scratch);
        overlay_begin();
        store_u64(entry.value.at, next_random(&random));
        clock_Rand_put(&slot, &entry);
        struct dispatch ctx = {.origin = {.kind = ORIGIN_SIGNED}};
        assert_int_equal(jobs_assign(&ctx, &(jobs_call_assign){id, relay}), DISPATCH_OK);
        pairs[sitting(id, 0) - FIRST][sitting(id, 1) - FIRST]++;
        overlay_rollback();
        arena_rewind(&arena_scratch, mark);
    }
    for (int a = 0; a < COUNT; a++)
        for (int b = 0; b < COUNT; b++) {
            /* (a + 1) / 10 * (b + 1) / (10 - (a + 1)); within 4 standard deviations: (x - e)^2 <= 16 e. */
            int64_t expected = (int64_t)GAMES * (a + 1) * (b + 1) / (10 * (9 - a)), off = pairs[a][b] - expected;
            if (a == b)
                assert_int_equal(pairs[a][b], 0);
            else
                assert_true(off * off <= 16 * expected);
        }
}

/* What the budget allows: a full class, three seats, nobody refused. */
static void test_host_calls(void **state) {
    (void)state;
    enum { COUNT = 64 };
    idle_providers(COUNT);
    for (int i = 0; i < COUNT; i++)
        market_ask(FIRST + i, 1, 1000);
    pass_ticks(1);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t relay = decided(id);
    overlay_flush();
    runtime_reset();
    shim_reset_counters();
    struct dispatch ctx = {.origin = {.kind = ORIGIN_SIGNED}};
    assert_int_equal(jobs_assign(&ctx, &(jobs_call_assign){id, relay}), DISPATCH_OK);
    overlay_flush();
    assert_in_range(shim_calls(), 1, 140);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_when), T(test_missing_randomness), T(test_until_when), T(test_randomness_gone),
        T(test_order_and_reserves), T(test_few_providers), T(test_too_few_providers), T(test_nobody),
        T(test_last_class), T(test_cheapest_first), T(test_lone_bait), T(test_late_asks), T(test_exactly_live), T(test_paused_after_the_arming),
        T(test_unfit), T(test_shared_payout), T(test_dead_asks), T(test_all_dead), T(test_checks_end_with_class),
        T(test_many_classes), T(test_budget_ends_at_top), T(test_partial_draw_gone), T(test_version_gone),
        T(test_version_still_there), T(test_list), T(test_fairness), T(test_host_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
