/* The draw of mode 2: in how many calls, from which list, how fair, at what cost. */
#include "jobs/draw_fixture.h"

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

/* A job of nine seats, and that many providers, each alone in its price class. */
static uint64_t nine_of_classes(int count) {
    jobs_spec spec = a_spec();
    idle_providers(count);
    for (int i = 0; i < count; i++)
        market_ask(FIRST + i, 1, 16ull << i);
    pass_ticks(1);
    spec.n = 9;
    spec.q = 5;
    return submitted(CLIENT, spec);
}

/* Four classes a call. */
static void test_many_classes(void **state) {
    (void)state;
    uint64_t id = nine_of_classes(10);
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
    uint64_t id = nine_of_classes(4);
    JOB_OK(NO_ONE, assign, .job = id, .relay = decided(id));
    assert_int_equal(draw_of(id).arm, 2);
}

/* A draw in several calls, cut short by time: what was picked is forgotten. */
static void test_partial_draw_gone(void **state) {
    (void)state;
    uint64_t id = nine_of_classes(10);
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
        T(test_dead_asks), T(test_all_dead), T(test_checks_end_with_class), T(test_many_classes),
        T(test_budget_ends_at_top), T(test_partial_draw_gone), T(test_version_gone), T(test_version_still_there),
        T(test_list), T(test_fairness), T(test_host_calls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
