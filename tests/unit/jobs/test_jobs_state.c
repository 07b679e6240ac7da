/* Time and states: for every stored state and every tick, what next_deadlines lists for an account is what succeeds when it
 * tries. */
#include "jobs/jobs_view.h"
#include "jobs/work_fixture.h"

enum { FIRST = FIRST_PROVIDER, PROVIDERS = 8, MAX_ACTS = 64 };

static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(PROVIDERS);
    return 0;
}

/* --- what the view says --- */

struct act {
    jobs_act act;
    int seat; /* -1: none */
    uint32_t from, until;
};
struct acts {
    struct act at[MAX_ACTS];
    uint32_t len;
};

static struct acts listed(uint64_t id, int who) {
    jobs_deadlines found;
    struct acts acts = {0};
    account_id account = person(who);
    jobs_api_deadlines(&found, &account, &(jobs_ids){&id, 1});
    assert_true(found.len <= MAX_ACTS);
    for (uint32_t i = 0; i < found.len; i++) {
        const jobs_deadline *d = &found.items[i];
        assert_int_equal(d->job, id);
        assert_true(d->from <= d->until);
        acts.at[acts.len++] = (struct act){d->act, d->seat.some ? d->seat.value : -1, d->from, d->until};
    }
    return acts;
}

static bool lists(const struct acts *acts, jobs_act act, int seat, uint32_t tick) {
    for (uint32_t i = 0; i < acts->len; i++)
        if (acts->at[i].act == act && acts->at[i].seat == seat && acts->at[i].from <= tick && tick <= acts->at[i].until)
            return true;
    return false;
}

/* --- what happens --- */

enum { BID_PRICE = 500 };
static bytes16 bid_salt(int provider) { return (bytes16){{(uint8_t)provider}}; }
static h256 bid_seal(uint64_t id, int provider) {
    uint8_t buffer[128] = {14, 'd', 'e', 'a', 'i', '/', 'j', 'o', 'b', '/', 'b', 'i', 'd', '/', '1'};
    account_id who = person(provider);
    bytes16 salt = bid_salt(provider);
    h256 hash;
    store_u64(buffer + 15, id);
    memcpy(buffer + 23, who.at, 32);
    store_u64(buffer + 55, BID_PRICE);
    memcpy(buffer + 63, salt.at, 16);
    shim_blake2(hash.at, 32, (struct bytes){buffer, 79});
    return hash;
}

/* The right relay parent for a draw, as long as its randomness is kept. */
static uint32_t right_relay(uint64_t id) {
    uint32_t least = draw_of(id).armed_relay + CLOCK_SEED_DELAY;
    for (uint32_t relay = least; relay <= clock_relay(); relay++) {
        h256 value;
        if (clock_find_rand(draw_of(id).armed_relay, relay, &value) != CLOCK_WRONG)
            return relay;
    }
    return least;
}

static dispatch_result try_act(uint64_t id, int who, jobs_act act, uint8_t seat) {
    jobs_result result = a_result(1, 5);
    switch (act) {
    case jobs_act_TopUp: return JOB_RUN(who, top_up, .job = id, .limit = job_of(id).limit + 1);
    case jobs_act_CancelJob: return JOB_RUN(who, cancel_job, .job = id);
    case jobs_act_Assign: return JOB_RUN(who, assign, .job = id, .relay = right_relay(id));
    case jobs_act_RevealBid: return JOB_RUN(who, reveal_bid, .job = id, .price = BID_PRICE, .salt = bid_salt(who));
    case jobs_act_Accept: return JOB_RUN(who, accept, .job = id, .seat = seat);
    case jobs_act_Decline: return JOB_RUN(who, decline, .job = id, .seat = seat);
    case jobs_act_Redraw: return JOB_RUN(who, redraw, .job = id, .seat = seat);
    case jobs_act_Commit: return JOB_RUN(who, commit, .job = id, .seat = seat, .hash = a_hash(1));
    case jobs_act_Reveal: return JOB_RUN(who, reveal, .job = id, .seat = seat, .result = result);
    case jobs_act_Finalise: return JOB_RUN(who, finalise, .job = id);
    case jobs_act_Rate: return JOB_RUN(who, rate, .job = id, .score = 50);
    case jobs_act_RemoveJob: return JOB_RUN(who, remove_job, .job = id);
    }
    return BAD_ORIGIN;
}

static bool succeeds(uint64_t id, int who, jobs_act act, uint8_t seat) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    overlay_begin();
    bool ok = try_act(id, who, act, seat) == DISPATCH_OK;
    overlay_rollback();
    arena_rewind(&arena_scratch, mark);
    return ok;
}

static const jobs_act of_job[] = {jobs_act_TopUp,    jobs_act_CancelJob, jobs_act_Assign,   jobs_act_RevealBid,
                                  jobs_act_Finalise, jobs_act_Rate,      jobs_act_RemoveJob};
static const jobs_act of_seat[] = {jobs_act_Accept, jobs_act_Decline, jobs_act_Redraw, jobs_act_Commit, jobs_act_Reveal};

static void agree(uint64_t id, int who, jobs_act act, int seat, const struct acts *acts, uint32_t tick) {
    bool may = lists(acts, act, seat, tick), can = succeeds(id, who, act, seat < 0 ? 0 : (uint8_t)seat);
    if (may != can)
        fail_msg("tick %u: act %d of account %d, seat %d: listed %d, succeeds %d (%x)", (unsigned)tick, (int)act, who,
                 seat, may, can, (unsigned)try_act(id, who, act, seat < 0 ? 0 : (uint8_t)seat));
}

/* At this tick, all that the client, a stranger and every provider may try. `acts`: what was listed for them, here or at an
 * earlier tick. */
struct forecast {
    struct acts client, stranger, server[PROVIDERS];
};
static void look(struct forecast *f, uint64_t id) {
    f->client = listed(id, CLIENT);
    f->stranger = listed(id, OTHER);
    for (int i = 0; i < PROVIDERS; i++)
        f->server[i] = listed(id, FIRST + i);
}

static void compare_account(uint64_t id, int who, const struct acts *acts, uint32_t tick) {
    for (size_t i = 0; i < COUNT_OF(of_job); i++)
        agree(id, who, of_job[i], -1, acts, tick);
    for (uint8_t seat = 0; seat < job_of(id).n; seat++)
        for (size_t i = 0; i < COUNT_OF(of_seat); i++)
            agree(id, who, of_seat[i], seat, acts, tick);
}

static void compare(uint64_t id, const struct forecast *f, uint32_t tick) {
    compare_account(id, CLIENT, &f->client, tick);
    compare_account(id, OTHER, &f->stranger, tick);
    for (int i = 0; i < PROVIDERS; i++)
        compare_account(id, FIRST + i, &f->server[i], tick);
}

/* Every tick of the near future, and around every far deadline. */
static void every_tick(uint64_t id, uint32_t near) {
    jobs_job job = job_of(id);
    uint32_t start = tick_now(), ended = job.ended ? job.ended : start;
    const uint32_t far[] = {job.created + JOBS_REST_TICKS, ended + JOBS_RATE_TICKS, ended + JOBS_KEEP_CLIENT_TICKS,
                            ended + JOBS_KEEP_TICKS};
    struct forecast now, first;
    look(&first, id);
    market_unchecked = true;
    for (uint32_t tick = start; tick <= start + near; tick++) {
        set_tick(tick);
        look(&now, id);
        compare(id, &now, tick);
        compare(id, &first, tick); /* and it was foreseen */
    }
    for (size_t i = 0; i < COUNT_OF(far); i++)
        for (uint32_t tick = far[i] - 2; tick <= far[i] + 2; tick++) {
            if (tick < start)
                continue;
            set_tick(tick);
            look(&now, id);
            compare(id, &now, tick);
            compare(id, &first, tick);
        }
    set_tick(start);
    market_unchecked = false;
}

static jobs_state effective(uint64_t id) {
    option_jobs_state state;
    jobs_api_state(&state, id);
    assert_true(state.some);
    return state.value;
}
#define IS(state_name) assert_int_equal(effective(id), jobs_state_##state_name)

/* --- the situations --- */

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
        T(test_waiting_for_randomness), T(test_randomness_missing), T(test_partial_draw), T(test_bidding),
        T(test_offered), T(test_direct), T(test_single_seat), T(test_working), T(test_nobody_reveals),
        T(test_too_few_commits), T(test_revealing), T(test_refunded), T(test_other_operators), T(test_formula),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
