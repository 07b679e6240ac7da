/* deai_fixture.h - the market for tests of DeaiApi: calls, questions through the exported function, and what
 * next_deadlines lists for an account against what the calls themselves accept. */
#ifndef NALAR_TESTS_DEAI_FIXTURE_H
#define NALAR_TESTS_DEAI_FIXTURE_H

#include "models/models_fixture.h"

#include "api/api_types.h"
#include "commit/tagged.h"
#include "jobs/jobs_internal.h"
#include "jobs/jobs_view.h"

enum { CLIENT = 10, FIRST = 2, LAST = 7, HELPER = 20, DELEGATOR = 30 }; /* providers are accounts 2..7, operators too */
#define PRICE 1000000000u
#define LIMIT (10ull * PRICE)

const struct type_desc *compute_call_args(uint8_t index);
const struct type_desc *jobs_call_args(uint8_t index);
const struct type_desc *rewards_call_args(uint8_t index);

static uint64_t model_id;

/* Runs a call in its transaction; natively the arguments need no trip through bytes. */
UNUSED static dispatch_result run(int who, uint8_t pallet, uint8_t index, const void *args) {
    struct call call = {.args = args, .pallet = pallet, .index = index};
    struct dispatch ctx = who == ROOT ? (struct dispatch){.origin = {.kind = ORIGIN_ROOT}} : signed_by(who);
    return call_dispatch(&call, &ctx);
}
#define CALL(who, pallet, name, ...)                                                                                   \
    run(who, pallet_index_##pallet, pallet##_call_index_##name, &(const pallet##_call_##name){__VA_ARGS__})
#define DONE(who, pallet, name, ...) assert_int_equal(CALL(who, pallet, name, __VA_ARGS__), DISPATCH_OK)

UNUSED static void ticks(uint32_t count) {
    static const struct clock_relay_value none = {CLOCK_ABSENT, {NULL, 0}};
    for (; count; count--)
        clock_note_relay_parent(clock_relay() + 1, none, none);
}
/* Also without the randomness of the relay blocks between. */
UNUSED static void to_tick(uint32_t tick) {
    clock_time time;
    clock_Time_get(&time);
    assert_true(tick >= time.now && tick / CLOCK_EPOCH_TICKS == time.now / CLOCK_EPOCH_TICKS);
    time.now = tick;
    clock_Time_put(&time);
}

UNUSED static void provider(int n, uint64_t price) {
    account_id who = account(n);
    DONE(n, compute, register_provider, .operator = who, .payout = who, .slots = 4, .bond = COMPUTE_MIN_SELF_BOND);
    ticks(COMPUTE_ACTIVATION_TICKS);
    DONE(n, compute, advertise, .model = model_id,
         .ad = {.price = price, .min_units = 1, .profile_mask = 7, .valid_until = UINT32_MAX});
}

UNUSED static int market(void **state) {
    if (models_start(state))
        return -1;
    model_id = active(ALICE, licence(ALICE, usual_licence()), 7);
    compute_genesis();
    jobs_genesis();
    rewards_genesis();
    at_tick(1000);
    for (int n = FIRST; n <= LAST; n++)
        provider(n, PRICE * (uint64_t)n);
    for (int n = FIRST; n <= LAST; n++)
        assert_int_equal(run(n, pallet_index_compute, compute_call_index_heartbeat, NULL), DISPATCH_OK);
    ticks(2);
    overlay_flush();
    return 0;
}

UNUSED static jobs_spec spec_with(jobs_mode mode, uint8_t n, uint8_t q) {
    return (jobs_spec){.model = model_id,
                       .version = 1,
                       .mode = mode,
                       .input = {.len = 5},
                       .units_max = 100,
                       .limit = LIMIT,
                       .n = n,
                       .q = q,
                       .windows = {20, 30, 40, 0}};
}
UNUSED static uint64_t submit(jobs_spec spec) {
    uint64_t id = jobs_api_next();
    DONE(CLIENT, jobs, submit_job, .spec = spec, .deposit = (u128)spec.n * spec.units_max * spec.limit + spec.tip);
    return id;
}
UNUSED static jobs_job job_of(uint64_t id) {
    jobs_job job;
    assert_true(jobs_Jobs_get(&id, &job));
    return job;
}
UNUSED static jobs_seat seat_of(uint64_t id, uint8_t number) {
    jobs_seat seat;
    assert_true(jobs_Seats_get(&id, &number, &seat));
    return seat;
}
UNUSED static int number_of(const account_id *who) { return who->at[0]; }

/* --- asking --- */

/* The answer of an exported function, decoded; what the function wrote is lost, as on a node. */
UNUSED static void ask(const char *method, struct bytes input, const struct type_desc *type, void *out) {
    static uint8_t kept[1 << 17];
    struct bytes answer;
    char name[64];
    snprintf(name, sizeof name, "DeaiApi_%s", method);
    overlay_flush();
    runtime_reset();
    assert_true(api_call(name, input, &answer));
    assert_true(answer.len <= sizeof kept);
    memcpy(kept, answer.at, answer.len);
    struct bytes copy = {kept, answer.len};
    runtime_reset();
    struct reader in = reader_over(copy, &arena_state);
    assert_true(scale_decode(type, &in, out) && reader_done(&in));
}
/* Arguments: numbers of 4 or 8 bytes and accounts, one after the other. */
static uint8_t argument[1024];
UNUSED static struct bytes args_u32(uint32_t value) {
    store_u32(argument, value);
    return (struct bytes){argument, 4};
}
UNUSED static struct bytes args_u64(uint64_t value) {
    store_u64(argument, value);
    return (struct bytes){argument, 8};
}
UNUSED static struct bytes args_account(int n) {
    account_id who = account(n);
    memcpy(argument, who.at, 32);
    return (struct bytes){argument, 32};
}
UNUSED static struct bytes with_u8(struct bytes args, uint8_t value) {
    argument[args.len] = value;
    return (struct bytes){argument, args.len + 1};
}
UNUSED static struct bytes with_u32(struct bytes args, uint32_t value) {
    store_u32(argument + args.len, value);
    return (struct bytes){argument, args.len + 4};
}
UNUSED static struct bytes with_u64(struct bytes args, uint64_t value) {
    store_u64(argument + args.len, value);
    return (struct bytes){argument, args.len + 8};
}

UNUSED static jobs_job_view view_of(uint64_t id) {
    option_jobs_job_view view;
    option_jobs_state state;
    ask("job_view", args_u64(id), &option_jobs_job_view_type, &view);
    assert_true(view.some);
    ask("effective_state", args_u64(id), &option_jobs_state_type, &state);
    assert_true(state.some && state.value == view.value.state);
    ask("job_view", args_u64(id), &option_jobs_job_view_type, &view); /* its vectors again */
    return view.value;
}
UNUSED static void state_is(uint64_t id, jobs_state wanted) { assert_int_equal(view_of(id).state, wanted); }

/* --- what is listed is what works --- */

UNUSED static jobs_result result_of(int who) {
    (void)who;
    jobs_result result = {.units = 50, .out_cipher_hash = hash_of(4)};
    result.result_root = hash_of(3);
    return result;
}
UNUSED static h256 job_commit(uint64_t id, uint8_t seat, int who) {
    uint8_t buffer[256];
    h256 hash;
    account_id owner = account(who);
    jobs_result result = result_of(who);
    struct writer out = TAGGED(buffer, "deai/job/c/1");
    write_u64(&out, id);
    write_u8(&out, seat);
    write_raw(&out, owner.at, 32);
    scale_encode(&jobs_result_type, &result, &out);
    tagged_finish(hash.at, &out);
    return hash;
}
UNUSED static h256 bid_commit(uint64_t id, int who, uint64_t price) {
    uint8_t buffer[256];
    h256 hash;
    account_id owner = account(who);
    bytes16 salt = {{0}};
    struct writer out = TAGGED(buffer, "deai/job/bid/1");
    write_u64(&out, id);
    write_raw(&out, owner.at, 32);
    write_u64(&out, price);
    write_raw(&out, salt.at, 16);
    tagged_finish(hash.at, &out);
    return hash;
}

/* The relay block that decides the job's draw, or 0. */
UNUSED static uint32_t relay_for(uint64_t id) {
    jobs_draw draw;
    h256 value;
    if (!jobs_Draws_get(&id, &draw))
        return 0;
    for (uint32_t relay = draw.armed_relay; relay <= clock_relay(); relay++)
        if (clock_find_rand(draw.armed_relay, relay, &value) == CLOCK_RIGHT)
            return relay;
    return 0;
}

UNUSED static dispatch_result act(int who, uint64_t id, jobs_act what, uint8_t seat) {
    switch (what) {
    case jobs_act_TopUp: return CALL(who, jobs, top_up, .job = id, .limit = job_of(id).limit + 1);
    case jobs_act_CancelJob: return CALL(who, jobs, cancel_job, .job = id);
    case jobs_act_Assign: return CALL(who, jobs, assign, .job = id, .relay = relay_for(id));
    case jobs_act_RevealBid: return CALL(who, jobs, reveal_bid, .job = id, .price = PRICE * (uint64_t)who);
    case jobs_act_Accept: return CALL(who, jobs, accept, .job = id, .seat = seat);
    case jobs_act_Decline: return CALL(who, jobs, decline, .job = id, .seat = seat);
    case jobs_act_Redraw: return CALL(who, jobs, redraw, .job = id, .seat = seat);
    case jobs_act_Commit: return CALL(who, jobs, commit, .job = id, .seat = seat, .hash = job_commit(id, seat, who));
    case jobs_act_Reveal: return CALL(who, jobs, reveal, .job = id, .seat = seat, .result = result_of(who));
    case jobs_act_Finalise: return CALL(who, jobs, finalise, .job = id);
    case jobs_act_Rate: return CALL(who, jobs, rate, .job = id, .score = 50);
    case jobs_act_RemoveJob: return CALL(who, jobs, remove_job, .job = id);
    }
    fail();
    return DISPATCH_OK;
}

UNUSED static jobs_deadlines acts_of(int who, uint64_t id) {
    jobs_deadlines acts;
    account_id account_of_who = account(who);
    jobs_api_deadlines(&acts, &account_of_who, &(jobs_ids){&id, 1});
    return acts;
}
/* Whether the act is listed, and open at the present tick. */
UNUSED static bool is_open(const jobs_deadlines *acts, jobs_act what, int seat) {
    for (uint32_t i = 0; i < acts->len; i++) {
        const jobs_deadline *line = &acts->items[i];
        if (line->act == what && (line->seat.some ? line->seat.value : -1) == seat)
            return line->from <= clock_now() && clock_now() <= line->until;
    }
    return false;
}

static uint32_t compared;

UNUSED static void compare(int who, uint64_t id, jobs_act what, int seat) {
    overlay_begin();
    jobs_deadlines acts = acts_of(who, id);
    bool listed = is_open(&acts, what, seat);
    dispatch_result result = act(who, id, what, (uint8_t)(seat < 0 ? 0 : seat));
    overlay_rollback();
    compared++;
    if (listed != (result == DISPATCH_OK))
        fail_msg("call %d by %d, seat %d, tick %u, state %d: listed %d, result %x", what, who, seat, clock_now(),
                 job_of(id).state, listed, result);
}

UNUSED static void compare_all(uint64_t id) {
    static const jobs_act alone[] = {jobs_act_TopUp,     jobs_act_CancelJob, jobs_act_Assign, jobs_act_RevealBid,
                                     jobs_act_Finalise, jobs_act_Rate,      jobs_act_RemoveJob};
    static const jobs_act seated[] = {jobs_act_Accept, jobs_act_Decline, jobs_act_Redraw, jobs_act_Commit,
                                      jobs_act_Reveal};
    static const int people[] = {2, 3, 4, 5, 6, 7, CLIENT, HELPER};
    for (uint32_t p = 0; p < COUNT_OF(people); p++) {
        for (uint32_t i = 0; i < COUNT_OF(alone); i++)
            compare(people[p], id, alone[i], -1);
        for (uint32_t i = 0; i < COUNT_OF(seated); i++)
            for (int seat = 0; seat < job_of(id).n; seat++)
                compare(people[p], id, seated[i], seat);
    }
}

/* Now, and at the borders of everything that is listed for anyone. */
UNUSED static void compare_at_borders(uint64_t id) {
    uint32_t borders[512], count = 0, now = clock_now();
    clock_time time;
    overlay_begin();
    for (int who = 2; who <= CLIENT; who++) {
        jobs_deadlines acts = acts_of(who, id);
        for (uint32_t i = 0; i < acts.len && count < 500; i++) {
            borders[count++] = acts.items[i].from;
            borders[count++] = acts.items[i].until;
        }
    }
    overlay_rollback();
    compare_all(id);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t tick = borders[i] - 1; tick != borders[i] + 2; tick++) {
            bool seen = tick <= now || borders[i] == UINT32_MAX;
            for (uint32_t k = 0; k < i; k++)
                seen = seen || borders[k] == borders[i];
            if (seen)
                continue;
            overlay_begin();
            clock_Time_get(&time);
            time.now = tick;
            clock_Time_put(&time);
            compare_all(id);
            overlay_rollback();
        }
}

UNUSED static void take_seats(uint64_t id) {
    for (uint8_t i = 0; i < job_of(id).n; i++) {
        account_id who = seat_of(id, i).provider;
        DONE(number_of(&who), jobs, accept, .job = id, .seat = i);
        compare_at_borders(id);
    }
}
UNUSED static void commit_seat(uint64_t id, uint8_t seat) {
    account_id who = seat_of(id, seat).provider;
    int n = number_of(&who);
    DONE(n, jobs, commit, .job = id, .seat = seat, .hash = job_commit(id, seat, n));
    compare_at_borders(id);
}
UNUSED static void reveal_seat(uint64_t id, uint8_t seat) {
    account_id who = seat_of(id, seat).provider;
    DONE(number_of(&who), jobs, reveal, .job = id, .seat = seat, .result = result_of(number_of(&who)));
    compare_at_borders(id);
}
UNUSED static void draw(uint64_t id) {
    ticks(CLOCK_SEED_DELAY + 1);
    assert_true(relay_for(id) != 0);
    compare_at_borders(id);
    DONE(HELPER, jobs, assign, .job = id, .relay = relay_for(id));
}

#endif
