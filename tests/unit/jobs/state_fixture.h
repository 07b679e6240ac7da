/* state_fixture.h - for every stored state and every tick: what next_deadlines lists for an account is what succeeds when it
 * tries. */
#ifndef NALAR_TESTS_JOBS_STATE_FIXTURE_H
#define NALAR_TESTS_JOBS_STATE_FIXTURE_H

#include "jobs/jobs_view.h"

#include "jobs/work_fixture.h"

enum { FIRST = FIRST_PROVIDER, PROVIDERS = 8, MAX_ACTS = 64 };

UNUSED static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(PROVIDERS);
    return 0;
}

struct act {
    jobs_act act;
    int seat; /* -1: none */
    uint32_t from, until;
};
struct acts {
    struct act at[MAX_ACTS];
    uint32_t len;
};

UNUSED static struct acts listed(uint64_t id, int who) {
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

UNUSED static bool lists(const struct acts *acts, jobs_act act, int seat, uint32_t tick) {
    for (uint32_t i = 0; i < acts->len; i++)
        if (acts->at[i].act == act && acts->at[i].seat == seat && acts->at[i].from <= tick && tick <= acts->at[i].until)
            return true;
    return false;
}

enum { BID_PRICE = 500 };
UNUSED static bytes16 bid_salt(int provider) { return (bytes16){{(uint8_t)provider}}; }
UNUSED static h256 bid_seal(uint64_t id, int provider) {
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
UNUSED static uint32_t right_relay(uint64_t id) {
    uint32_t least = draw_of(id).armed_relay + CLOCK_SEED_DELAY;
    for (uint32_t relay = least; relay <= clock_relay(); relay++) {
        h256 value;
        if (clock_find_rand(draw_of(id).armed_relay, relay, &value) != CLOCK_WRONG)
            return relay;
    }
    return least;
}

UNUSED static dispatch_result try_act(uint64_t id, int who, jobs_act act, uint8_t seat) {
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

UNUSED static bool succeeds(uint64_t id, int who, jobs_act act, uint8_t seat) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    overlay_begin();
    bool ok = try_act(id, who, act, seat) == DISPATCH_OK;
    overlay_rollback();
    arena_rewind(&arena_scratch, mark);
    return ok;
}

UNUSED static const jobs_act of_job[] = {jobs_act_TopUp,    jobs_act_CancelJob, jobs_act_Assign,   jobs_act_RevealBid,
                                  jobs_act_Finalise, jobs_act_Rate,      jobs_act_RemoveJob};
UNUSED static const jobs_act of_seat[] = {jobs_act_Accept, jobs_act_Decline, jobs_act_Redraw, jobs_act_Commit, jobs_act_Reveal};

UNUSED static void agree(uint64_t id, int who, jobs_act act, int seat, const struct acts *acts, uint32_t tick) {
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
UNUSED static void look(struct forecast *f, uint64_t id) {
    f->client = listed(id, CLIENT);
    f->stranger = listed(id, OTHER);
    for (int i = 0; i < PROVIDERS; i++)
        f->server[i] = listed(id, FIRST + i);
}

UNUSED static void compare_account(uint64_t id, int who, const struct acts *acts, uint32_t tick) {
    for (size_t i = 0; i < COUNT_OF(of_job); i++)
        agree(id, who, of_job[i], -1, acts, tick);
    for (uint8_t seat = 0; seat < job_of(id).n; seat++)
        for (size_t i = 0; i < COUNT_OF(of_seat); i++)
            agree(id, who, of_seat[i], seat, acts, tick);
}

UNUSED static void compare(uint64_t id, const struct forecast *f, uint32_t tick) {
    compare_account(id, CLIENT, &f->client, tick);
    compare_account(id, OTHER, &f->stranger, tick);
    for (int i = 0; i < PROVIDERS; i++)
        compare_account(id, FIRST + i, &f->server[i], tick);
}

/* Every tick of the near future, and around every far deadline. */
UNUSED static void every_tick(uint64_t id, uint32_t near) {
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

UNUSED static jobs_state effective(uint64_t id) {
    option_jobs_state state;
    jobs_api_state(&state, id);
    assert_true(state.some);
    return state.value;
}
#define IS(state_name) assert_int_equal(effective(id), jobs_state_##state_name)

#endif
