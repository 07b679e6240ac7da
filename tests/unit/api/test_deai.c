/* test_deai.c - DeaiApi: every answer through the exported function, on a market that is played call by call. At each stage
 * and at each deadline, what next_deadlines lists for an account is what the calls themselves accept. */
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
static dispatch_result run(int who, uint8_t pallet, uint8_t index, const void *args) {
    struct call call = {.args = args, .pallet = pallet, .index = index};
    struct dispatch ctx = who == ROOT ? (struct dispatch){.origin = {.kind = ORIGIN_ROOT}} : signed_by(who);
    return call_dispatch(&call, &ctx);
}
#define CALL(who, pallet, name, ...)                                                                                   \
    run(who, pallet_index_##pallet, pallet##_call_index_##name, &(const pallet##_call_##name){__VA_ARGS__})
#define DONE(who, pallet, name, ...) assert_int_equal(CALL(who, pallet, name, __VA_ARGS__), DISPATCH_OK)

static void ticks(uint32_t count) {
    static const struct clock_relay_value none = {CLOCK_ABSENT, {NULL, 0}};
    for (; count; count--)
        clock_note_relay_parent(clock_relay() + 1, none, none);
}
/* Also without the randomness of the relay blocks between. */
static void to_tick(uint32_t tick) {
    clock_time time;
    clock_Time_get(&time);
    assert_true(tick >= time.now && tick / CLOCK_EPOCH_TICKS == time.now / CLOCK_EPOCH_TICKS);
    time.now = tick;
    clock_Time_put(&time);
}

static void provider(int n, uint64_t price) {
    account_id who = account(n);
    DONE(n, compute, register_provider, .operator = who, .payout = who, .slots = 4, .bond = COMPUTE_MIN_SELF_BOND);
    ticks(COMPUTE_ACTIVATION_TICKS);
    DONE(n, compute, advertise, .model = model_id,
         .ad = {.price = price, .min_units = 1, .profile_mask = 7, .valid_until = UINT32_MAX});
}

static int market(void **state) {
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

static jobs_spec spec_with(jobs_mode mode, uint8_t n, uint8_t q) {
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
static uint64_t submit(jobs_spec spec) {
    uint64_t id = jobs_api_next();
    DONE(CLIENT, jobs, submit_job, .spec = spec, .deposit = (u128)spec.n * spec.units_max * spec.limit + spec.tip);
    return id;
}
static jobs_job job_of(uint64_t id) {
    jobs_job job;
    assert_true(jobs_Jobs_get(&id, &job));
    return job;
}
static jobs_seat seat_of(uint64_t id, uint8_t number) {
    jobs_seat seat;
    assert_true(jobs_Seats_get(&id, &number, &seat));
    return seat;
}
static int number_of(const account_id *who) { return who->at[0]; }

/* --- asking --- */

/* The answer of an exported function, decoded; what the function wrote is lost, as on a node. */
static void ask(const char *method, struct bytes input, const struct type_desc *type, void *out) {
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
static struct bytes args_u32(uint32_t value) {
    store_u32(argument, value);
    return (struct bytes){argument, 4};
}
static struct bytes args_u64(uint64_t value) {
    store_u64(argument, value);
    return (struct bytes){argument, 8};
}
static struct bytes args_account(int n) {
    account_id who = account(n);
    memcpy(argument, who.at, 32);
    return (struct bytes){argument, 32};
}
static struct bytes with_u8(struct bytes args, uint8_t value) {
    argument[args.len] = value;
    return (struct bytes){argument, args.len + 1};
}
static struct bytes with_u32(struct bytes args, uint32_t value) {
    store_u32(argument + args.len, value);
    return (struct bytes){argument, args.len + 4};
}
static struct bytes with_u64(struct bytes args, uint64_t value) {
    store_u64(argument + args.len, value);
    return (struct bytes){argument, args.len + 8};
}

static jobs_job_view view_of(uint64_t id) {
    option_jobs_job_view view;
    option_jobs_state state;
    ask("job_view", args_u64(id), &option_jobs_job_view_type, &view);
    assert_true(view.some);
    ask("effective_state", args_u64(id), &option_jobs_state_type, &state);
    assert_true(state.some && state.value == view.value.state);
    ask("job_view", args_u64(id), &option_jobs_job_view_type, &view); /* its vectors again */
    return view.value;
}
static void state_is(uint64_t id, jobs_state wanted) { assert_int_equal(view_of(id).state, wanted); }

/* --- what is listed is what works --- */

static jobs_result result_of(int who) {
    (void)who;
    jobs_result result = {.units = 50, .out_cipher_hash = hash_of(4)};
    result.result_root = hash_of(3);
    return result;
}
static h256 job_commit(uint64_t id, uint8_t seat, int who) {
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
static h256 bid_commit(uint64_t id, int who, uint64_t price) {
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
static uint32_t relay_for(uint64_t id) {
    jobs_draw draw;
    h256 value;
    if (!jobs_Draws_get(&id, &draw))
        return 0;
    for (uint32_t relay = draw.armed_relay; relay <= clock_relay(); relay++)
        if (clock_find_rand(draw.armed_relay, relay, &value) == CLOCK_RIGHT)
            return relay;
    return 0;
}

static dispatch_result act(int who, uint64_t id, jobs_act what, uint8_t seat) {
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

static jobs_deadlines acts_of(int who, uint64_t id) {
    jobs_deadlines acts;
    account_id account_of_who = account(who);
    jobs_api_deadlines(&acts, &account_of_who, &(jobs_ids){&id, 1});
    return acts;
}
/* Whether the act is listed, and open at the present tick. */
static bool is_open(const jobs_deadlines *acts, jobs_act what, int seat) {
    for (uint32_t i = 0; i < acts->len; i++) {
        const jobs_deadline *line = &acts->items[i];
        if (line->act == what && (line->seat.some ? line->seat.value : -1) == seat)
            return line->from <= clock_now() && clock_now() <= line->until;
    }
    return false;
}

static uint32_t compared;

static void compare(int who, uint64_t id, jobs_act what, int seat) {
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

static void compare_all(uint64_t id) {
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
static void compare_at_borders(uint64_t id) {
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

static void take_seats(uint64_t id) {
    for (uint8_t i = 0; i < job_of(id).n; i++) {
        account_id who = seat_of(id, i).provider;
        DONE(number_of(&who), jobs, accept, .job = id, .seat = i);
        compare_at_borders(id);
    }
}
static void commit_seat(uint64_t id, uint8_t seat) {
    account_id who = seat_of(id, seat).provider;
    int n = number_of(&who);
    DONE(n, jobs, commit, .job = id, .seat = seat, .hash = job_commit(id, seat, n));
    compare_at_borders(id);
}
static void reveal_seat(uint64_t id, uint8_t seat) {
    account_id who = seat_of(id, seat).provider;
    DONE(number_of(&who), jobs, reveal, .job = id, .seat = seat, .result = result_of(number_of(&who)));
    compare_at_borders(id);
}
static void draw(uint64_t id) {
    ticks(CLOCK_SEED_DELAY + 1);
    assert_true(relay_for(id) != 0);
    compare_at_borders(id);
    DONE(HELPER, jobs, assign, .job = id, .relay = relay_for(id));
}

static void a_drawn_job(void **state) {
    (void)state;
    jobs_preview preview;
    jobs_spec spec = spec_with(jobs_mode_Redundant, 3, 2);
    spec.tip = UNIT;
    uint64_t id = submit(spec);
    jobs_job_view view = view_of(id);
    account_id client = account(CLIENT);
    assert_int_equal(view.state, jobs_state_Submitted);
    assert_memory_equal(&view.job.client, &client, 32);
    assert_true(view.escrow.held == 4 * UNIT && view.draw.some && view.draw.value.arm == 1 && !view.outcome.some);
    assert_int_equal(view.seats.len, 0);
    assert_int_equal(view.spec.limit, LIMIT);
    compare_at_borders(id);

    ask("draw_preview", with_u32(args_u64(id), clock_relay()), &jobs_preview_type, &preview);
    assert_int_equal(preview.outcome.tag, dispatch_outcome_Err);
    assert_false(preview.job.some);
    ticks(CLOCK_SEED_DELAY + 1);
    state_is(id, jobs_state_Ready);
    compare_at_borders(id);
    ask("draw_preview", with_u32(args_u64(id), relay_for(id)), &jobs_preview_type, &preview);
    assert_int_equal(preview.outcome.tag, dispatch_outcome_Ok);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Offered);
    assert_int_equal(preview.job.value.seats.len, 3);
    account_id foreseen[3];
    for (int i = 0; i < 3; i++)
        foreseen[i] = preview.job.value.seats.items[i].provider;
    assert_int_equal(preview.job.value.draw.value.picks.len, 1); /* four classes with one ask each were enough */
    state_is(id, jobs_state_Ready); /* a preview changes nothing */
    h256 before = view_of(id).receipt;
    DONE(HELPER, jobs, assign, .job = id, .relay = relay_for(id));
    for (uint8_t i = 0; i < 3; i++) {
        account_id who = seat_of(id, i).provider;
        assert_memory_equal(&who, &foreseen[i], 32);
    }
    assert_memory_not_equal(view_of(id).receipt.at, before.at, 32);
    state_is(id, jobs_state_Offered);
    compare_at_borders(id);
    take_seats(id);
    state_is(id, jobs_state_Working);
    view = view_of(id);
    assert_int_equal(view.seats.len, 3);
    assert_true(view.escrow.bonds == 3 * UNIT);

    commit_seat(id, 0);
    commit_seat(id, 2);
    to_tick(job_of(id).deadline + 1); /* one is silent: two commits are enough */
    state_is(id, jobs_state_Revealing);
    compare_at_borders(id);
    reveal_seat(id, 2);
    reveal_seat(id, 0);
    state_is(id, jobs_state_Tally);
    compare_at_borders(id);
    DONE(HELPER, jobs, finalise, .job = id);
    view = view_of(id);
    assert_int_equal(view.state, jobs_state_Settled);
    assert_true(view.outcome.some && view.outcome.value.winners == 5 && view.escrow.held == 0);
    compare_at_borders(id);
    DONE(CLIENT, jobs, rate, .job = id, .score = 99);
    compare_at_borders(id);
    to_tick(clock_now() + JOBS_KEEP_CLIENT_TICKS);
    DONE(CLIENT, jobs, remove_job, .job = id);
    option_jobs_job_view gone;
    option_jobs_state none;
    ask("job_view", args_u64(id), &option_jobs_job_view_type, &gone);
    ask("effective_state", args_u64(id), &option_jobs_state_type, &none);
    assert_false(gone.some || none.some);
    assert_true(compared > 2000);
}

static void a_drawn_job_that_all_reveal(void **state) {
    (void)state;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    draw(id);
    take_seats(id);
    for (uint8_t i = 0; i < 3; i++)
        commit_seat(id, i);
    state_is(id, jobs_state_Revealing);
    reveal_seat(id, 1);
    to_tick(job_of(id).deadline + 1);
    state_is(id, jobs_state_Tally);
    compare_at_borders(id);
    DONE(HELPER, jobs, finalise, .job = id);
    state_is(id, jobs_state_Inconclusive);
    compare_at_borders(id);
}

static void a_drawn_job_of_the_silent(void **state) {
    (void)state;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    draw(id);
    account_id who = seat_of(id, 0).provider;
    DONE(number_of(&who), jobs, decline, .job = id, .seat = 0, .reason = jobs_decline_reason_Other);
    compare_at_borders(id);
    to_tick(seat_of(id, 1).deadline + 1);
    compare_at_borders(id);
    DONE(HELPER, jobs, redraw, .job = id, .seat = 1);
    compare_at_borders(id);
    to_tick(seat_of(id, 1).deadline + 1);
    while (job_of(id).state == jobs_state_Offered)
        for (uint8_t i = 0; i < 3 && job_of(id).state == jobs_state_Offered; i++) {
            to_tick(seat_of(id, i).deadline + 1);
            DONE(HELPER, jobs, redraw, .job = id, .seat = i);
        }
    state_is(id, jobs_state_Refunded);
    compare_at_borders(id);
}

static void a_job_without_takers_rests(void **state) {
    (void)state;
    jobs_spec spec = spec_with(jobs_mode_Redundant, 3, 2);
    spec.limit = PRICE; /* nobody is that cheap */
    uint64_t id = submit(spec);
    draw(id);
    state_is(id, jobs_state_Submitted); /* armed again */
    assert_int_equal(view_of(id).draw.value.arm, 2);
    clock_time time;
    clock_Time_get(&time);
    time.now = job_of(id).deadline;
    clock_Time_put(&time);
    compare_at_borders(id);
}

static void a_direct_job(void **state) {
    (void)state;
    account_id chosen = account(3);
    jobs_spec spec = spec_with(jobs_mode_Direct, 1, 1);
    spec.allow = (jobs_allow){&chosen, 1};
    uint64_t id = submit(spec);
    state_is(id, jobs_state_Offered);
    compare_at_borders(id);
    take_seats(id);
    state_is(id, jobs_state_Working);
    reveal_seat(id, 0);
    state_is(id, jobs_state_Tally);
    DONE(HELPER, jobs, finalise, .job = id);
    state_is(id, jobs_state_Settled);

    id = submit(spec);
    take_seats(id);
    to_tick(job_of(id).deadline + 1);
    state_is(id, jobs_state_Working); /* nothing to tally, but finalise ends it */
    compare_at_borders(id);
    DONE(HELPER, jobs, finalise, .job = id);
    state_is(id, jobs_state_Inconclusive);
}

static void a_job_with_sealed_bids(void **state) {
    (void)state;
    uint64_t id = submit(spec_with(jobs_mode_SealedBid, 3, 2));
    state_is(id, jobs_state_Bidding);
    for (int n = FIRST; n <= LAST; n++) {
        DONE(n, jobs, bid, .job = id, .commit = bid_commit(id, n, PRICE * (uint64_t)n));
        if (n == 4)
            compare_at_borders(id);
    }
    assert_int_equal(view_of(id).bids.len, 6);
    to_tick(job_of(id).deadline + 1);
    compare_at_borders(id);
    for (int n = FIRST; n < LAST; n++)
        DONE(n, jobs, reveal_bid, .job = id, .price = PRICE * (uint64_t)n);
    compare_at_borders(id);
    to_tick(job_of(id).deadline + 41);
    compare_at_borders(id);
    jobs_preview preview;
    ask("draw_preview", with_u32(args_u64(id), 0), &jobs_preview_type, &preview);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Offered);
    DONE(HELPER, jobs, assign, .job = id);
    state_is(id, jobs_state_Offered);
    take_seats(id);
}

/* Six asks in six price classes are more than one call of assign looks at: the preview goes on to the end. */
static void a_long_draw(void **state) {
    (void)state;
    jobs_preview preview;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 5, 3));
    ticks(CLOCK_SEED_DELAY + 1);
    uint32_t relay = relay_for(id);
    ask("draw_preview", with_u32(args_u64(id), relay), &jobs_preview_type, &preview);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Offered);
    assert_int_equal(preview.job.value.seats.len, 5);
    account_id last = preview.job.value.seats.items[4].provider;
    DONE(HELPER, jobs, assign, .job = id, .relay = relay);
    state_is(id, jobs_state_Ready);
    DONE(HELPER, jobs, assign, .job = id, .relay = relay);
    state_is(id, jobs_state_Offered);
    account_id who = seat_of(id, 4).provider;
    assert_memory_equal(&who, &last, 32);

    /* Without enough takers it is armed anew, and the preview ends there. */
    jobs_spec spec = spec_with(jobs_mode_Redundant, 7, 4);
    id = submit(spec);
    ticks(CLOCK_SEED_DELAY + 1);
    ask("draw_preview", with_u32(args_u64(id), relay_for(id)), &jobs_preview_type, &preview);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Submitted);
    assert_int_equal(preview.job.value.draw.value.arm, 2);
    ask("draw_preview", with_u32(args_u64(99), 1), &jobs_preview_type, &preview);
    assert_true(preview.outcome.tag == dispatch_outcome_Err && !preview.job.some);
}

/* None named: the newest 64, newest first. */
static void deadlines_of_all_jobs(void **state) {
    (void)state;
    jobs_deadlines acts;
    ask("next_deadlines", with_u8(args_account(CLIENT), 0), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 0);
    for (int i = 0; i < 3; i++)
        submit(spec_with(jobs_mode_Redundant, 3, 2));
    ask("next_deadlines", with_u8(args_account(CLIENT), 0), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 9); /* top_up, cancel, finalise in the end */
    assert_int_equal(acts.items[0].job, 3);
    assert_int_equal(acts.items[8].job, 1);
    ask("next_deadlines", with_u64(with_u64(with_u8(args_account(CLIENT), 8), 2), 77), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 3);
    assert_int_equal(acts.items[0].job, 2);
    ask("next_deadlines", with_u8(args_account(HELPER), 0), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 3); /* finalise, which is anybody's */
}

static void the_book(void **state) {
    (void)state;
    option_compute_price_class asks;
    uint32_t seen = 0, at = 0;
    ask("asks", with_u8(args_u64(model_id), 0), &option_compute_price_class_type, &asks);
    while (asks.some) {
        assert_true(asks.value.class >= at && asks.value.asks.len > 0);
        seen += asks.value.asks.len;
        at = asks.value.class + 1u;
        ask("asks", with_u8(args_u64(model_id), (uint8_t)at), &option_compute_price_class_type, &asks);
    }
    assert_int_equal(seen, LAST - FIRST + 1);
    ask("asks", with_u8(args_u64(model_id), 255), &option_compute_price_class_type, &asks);
    assert_false(asks.some);
    ask("asks", with_u8(args_u64(99), 0), &option_compute_price_class_type, &asks);
    assert_false(asks.some);
}

static void providers(void **state) {
    (void)state;
    option_compute_provider_view view;
    option_compute_slash slash;
    account_id owner = account(4), other = account(33);
    compute_provider record;
    ask("provider_view", args_account(HELPER), &option_compute_provider_view_type, &view);
    assert_false(view.some);
    ask("provider_view", args_account(4), &option_compute_provider_view_type, &view);
    assert_true(view.some && view.value.state == compute_state_Active && view.value.stake == COMPUTE_MIN_SELF_BOND);
    assert_int_equal(view.value.rep_ppm, 500000);
    assert_int_equal(view.value.weight, 1000000);
    assert_true(view.value.pool.some && view.value.slashes.len == 0);
    ask("slash_reason", args_u32(1), &option_compute_slash_type, &slash);
    assert_false(slash.some);

    /* Another operator, a strike that has worn off, a slash. */
    assert_true(compute_Providers_get(&owner, &record));
    compute_OperatorOf_kill(&record.operator);
    record.operator = other;
    record.strikes = 2;
    record.struck = 0;
    compute_Providers_put(&owner, &record);
    compute_OperatorOf_put(&other, &owner);
    at_epoch(2);
    h256 evidence = hash_of(6);
    compute_report(&owner, compute_offence_NoReveal, COMPUTE_NO_REVEAL_PPB, 2, (compute_object){COMPUTE_JOB, 5}, &evidence);
    ask("provider_view", args_account(33), &option_compute_provider_view_type, &view);
    assert_true(view.some);
    assert_memory_equal(&view.value.owner, &owner, 32);
    assert_int_equal(view.value.record.strikes, 1);
    assert_int_equal(view.value.slashes.len, 1);
    ask("slash_reason", args_u32(view.value.slashes.items[0].id), &option_compute_slash_type, &slash);
    assert_true(slash.some && slash.value.offence == compute_offence_NoReveal && slash.value.object.id == 5 &&
                slash.value.apply_epoch == 5);
    /* An operator without a provider: a state that cannot be, and no answer. */
    compute_Providers_kill(&owner);
    ask("provider_view", args_account(33), &option_compute_provider_view_type, &view);
    assert_false(view.some);
}

static void dues(void **state) {
    (void)state;
    jobs_claimable dues;
    account_id client = account(CLIENT), owner = account(3), key;
    uint32_t pool_three = 0;
    compute_provider record;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    DONE(CLIENT, jobs, cancel_job, .job = id);
    assert_true(compute_Providers_get(&owner, &record));
    pool_three = record.pool;
    DONE(DELEGATOR, compute, delegate, .pool = pool_three, .amount = 2000 * UNIT);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_true(dues.jobs == 3 * UNIT && dues.compute == 0 && dues.rewards == 0);
    assert_int_equal(dues.delegations.len + dues.lines.len, 0);
    struct bytes pools = with_u32(with_u32(with_u32(with_u8(args_account(DELEGATOR), 12), 99), pool_three), pool_three + 1);
    ask("claimable", pools, &jobs_claimable_type, &dues);
    assert_int_equal(dues.delegations.len, 1);
    assert_true(dues.delegations.items[0].joining == 2000 * UNIT && dues.delegations.items[0].shares == 0);

    /* In the next epoch the delegation counts, earns half of what the provider earns, and burned fees give points. */
    at_epoch(1);
    assert_int_equal(balances_pot_take(&compute_pot, &client, 100 * UNIT), DISPATCH_OK);
    compute_end_seat(&owner, &(struct compute_seat_end){.pay = 100 * UNIT});
    assert_int_equal(balances_burn_from(&client, 10 * UNIT, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_FORCE, NULL),
                     DISPATCH_OK);
    rewards_model_key(&key, model_id);
    assert_true(rewards_credit(&client, rewards_stream_Client, 2 * UNIT));
    assert_true(rewards_credit(&key, rewards_stream_Model, UNIT));
    rewards_note_burn(10 * UNIT, 2);
    pools = with_u32(with_u32(with_u8(args_account(DELEGATOR), 8), pool_three), pool_three);
    ask("claimable", pools, &jobs_claimable_type, &dues);
    assert_int_equal(dues.delegations.len, 2); /* named twice, told twice */
    for (int i = 0; i < 2; i++) {
        const compute_delegation_view *d = &dues.delegations.items[i];
        assert_true(d->joining == 0 && d->worth == 2000 * UNIT && d->due <= 50 * UNIT && d->due + 9 >= 50 * UNIT);
    }
    ask("claimable", with_u8(args_account(3), 0), &jobs_claimable_type, &dues);
    assert_true(dues.compute >= 50 * UNIT);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_int_equal(dues.lines.len, 0); /* the epoch is open */

    rewards_end_epoch(1);
    at_epoch(2);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_int_equal(dues.lines.len, 1);
    assert_true(dues.lines.items[0].epoch == 1 && dues.lines.items[0].points == 2 * UNIT &&
                dues.lines.items[0].amount == 18 * UNIT / 10);
    memcpy(argument, key.at, 32);
    argument[32] = 0;
    ask("claimable", (struct bytes){argument, 33}, &jobs_claimable_type, &dues);
    assert_true(dues.lines.len == 1 && dues.lines.items[0].stream == rewards_stream_Model);
    DONE(HELPER, rewards, settle, .epoch = 1, .who = client, .stream = rewards_stream_Client);
    ask("claimable", with_u8(args_account(CLIENT), 0), &jobs_claimable_type, &dues);
    assert_true(dues.lines.len == 0 && dues.rewards == 18 * UNIT / 10);

    rewards_epoch_view epoch;
    ask("epoch_view", args_u32(1), &rewards_epoch_view_type, &epoch);
    assert_true(epoch.closed && epoch.current == 2 && epoch.until == 1 + REWARDS_EXPIRY_EPOCHS);
    assert_true(epoch.book.burned == 10 * UNIT && epoch.book.budget == 9 * UNIT &&
                epoch.book.minted == 18 * UNIT / 10 && epoch.book.lines == 1);
    assert_true(epoch.outstanding == 72 * UNIT / 10 && epoch.issuance == balances_total_issuance());
    ask("epoch_view", args_u32(UINT32_MAX), &rewards_epoch_view_type, &epoch);
    assert_true(!epoch.closed && epoch.until == UINT32_MAX && epoch.book.burned == 0);
}

/* --- invariants --- */

static void report_is(uint32_t page, uint8_t broken, uint64_t object) {
    static const uint8_t page_0[] = {2, 1, 7, 9, 10}, others[] = {3, 4, 5, 10, 11};
    jobs_report report;
    ask("invariant_report", args_u32(page), &jobs_report_type, &report);
    assert_int_equal(report.checks.len, 5);
    for (int i = 0; i < 5; i++) {
        const jobs_invariant *line = &report.checks.items[i];
        assert_int_equal(line->number, page ? others[i] : page_0[i]);
        if (line->holds != (line->number != broken))
            fail_msg("invariant %d: %d", line->number, line->holds);
        assert_int_equal(line->object, line->holds ? 0 : object);
    }
}

static void invariants(void **state) {
    (void)state;
    jobs_report report;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    draw(id);
    take_seats(id);
    report_is(0, 0, 0);
    report_is(1, 0, 0);
    report_is(UINT32_MAX, 0, 0);
    ask("invariant_report", args_u32(0), &jobs_report_type, &report);
    assert_true(report.more);
    ask("invariant_report", args_u32(1), &jobs_report_type, &report);
    assert_false(report.more);
    for (int i = 0; i < 64; i++)
        jobs_NextJob_put(&(uint64_t){66});
    ask("invariant_report", args_u32(1), &jobs_report_type, &report);
    assert_true(report.more);
    ask("invariant_report", args_u32(2), &jobs_report_type, &report);
    assert_false(report.more);

    /* Each broken once. */
    balance books, issuance = balances_total_issuance(), one = 1;
    balances_TotalIssuance_put(&one);
    report_is(0, 1, 0);
    balances_TotalIssuance_put(&issuance);
    account_info pot;
    system_account_get(&jobs_pot.account, &pot);
    account_info poor = pot;
    poor.data.free = EXISTENTIAL_DEPOSIT - 1;
    system_account_put(&jobs_pot.account, &poor);
    report_is(0, 2, 2);
    poor.data.free = 0;
    system_account_put(&rewards_pot.account, &poor);
    report_is(0, 2, 2); /* the first that breaks it */
    poor.data.free = EXISTENTIAL_DEPOSIT;
    system_account_put(&rewards_pot.account, &poor);
    system_account_put(&jobs_pot.account, &pot);
    const struct storage_desc *items[] = {&compute_Books_storage, &jobs_Books_storage, &rewards_Books_storage};
    for (uint32_t i = 0; i < COUNT_OF(items); i++) {
        storage_get(items[i], NULL, &books);
        storage_put(items[i], NULL, &(balance){U128_MAX / 2});
        report_is(0, 2, i + 1);
        storage_put(items[i], NULL, &books);
    }
    rewards_fee_split split = rewards_default_split;
    split.burn++;
    rewards_FeeSplit_put(&split);
    report_is(0, 9, 0);
    rewards_FeeSplit_kill();
    rewards_schedule schedule = rewards_default_schedule;
    schedule.kappa = 1000000001;
    rewards_Schedule_put(&schedule);
    report_is(0, 10, 0);
    rewards_Schedule_kill();

    jobs_escrow escrow, other;
    jobs_Escrow_get(&id, &escrow);
    other = escrow;
    other.bonds++;
    jobs_Escrow_put(&id, &other);
    report_is(1, 4, id);
    jobs_Escrow_put(&id, &escrow);
    jobs_job job = job_of(id);
    uint64_t ended = 65;
    job.n = 0;
    job.state = jobs_state_Settled;
    jobs_Jobs_put(&ended, &job);
    report_is(2, 0, 0);
    jobs_Escrow_put(&ended, &(jobs_escrow){.held = 1});
    report_is(2, 3, ended);
    job.n = 1;
    jobs_Jobs_put(&ended, &job);
    jobs_seat seat = {.state = jobs_seat_state_Revealed};
    uint8_t first = 0;
    jobs_Seats_put(&ended, &first, &seat);
    jobs_Escrow_put(&ended, &(jobs_escrow){.bonds = jobs_seat_bond(&job)});
    report_is(2, 3, ended); /* a bond in a job that is over */
    seat.state = jobs_seat_state_Won;
    jobs_Seats_put(&ended, &first, &seat);
    jobs_Escrow_kill(&ended);
    report_is(2, 0, 0);

    uint32_t pool = 2, epoch = 0;
    compute_pool whole, broken;
    assert_true(compute_Pools_get(&pool, &whole));
    broken = whole;
    broken.tokens = 5;
    compute_Pools_put(&pool, &broken);
    report_is(1, 5, pool);
    broken.shares = 1;
    compute_Pools_put(&pool, &broken);
    report_is(1, 0, 0);
    compute_Pools_put(&pool, &whole);
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 1});
    report_is(1, 10, 0); /* epoch 0 is open */
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .lines = 1});
    report_is(1, 11, 0);
    rewards_EpochBooks_kill(&epoch);
    at_epoch(3);
    epoch = 1;
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 6});
    report_is(1, 10, 1);
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 5, .minted = 6});
    report_is(1, 10, 1);
    rewards_EpochBooks_put(&epoch, &(rewards_epoch_book){.burned = 5, .budget = 5, .minted = 5});
    report_is(1, 0, 0);
}

static void call_method(void *name) {
    struct bytes answer;
    if (api_call(name, TEXT("\1\2\3"), &answer))
        abort();
}
/* 65 items of a list that may have 64. */
static void call_with_long_list(void *name) {
    static uint8_t input[32 + 2 + 65 * 8];
    struct bytes answer;
    input[32] = 65 * 4 % 256 | 1;
    input[33] = 65 * 4 / 256;
    if (api_call(name, (struct bytes){input, sizeof input}, &answer))
        abort();
}
static void short_arguments_trap(void **state) {
    (void)state;
    uint32_t count = 0;
    for (const struct api_export *e = api_exports; e->name; e++)
        if (strncmp(e->name, "DeaiApi_", 8) == 0) {
            assert_traps(call_method, (void *)(uintptr_t)e->name, "arguments do not decode");
            count++;
        }
    assert_int_equal(count, 10);
    assert_traps(call_with_long_list, "DeaiApi_next_deadlines", "arguments do not decode");
    assert_traps(call_with_long_list, "DeaiApi_claimable", "arguments do not decode");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_drawn_job, market),
        cmocka_unit_test_setup(a_drawn_job_that_all_reveal, market),
        cmocka_unit_test_setup(a_drawn_job_of_the_silent, market),
        cmocka_unit_test_setup(a_job_without_takers_rests, market),
        cmocka_unit_test_setup(a_direct_job, market),
        cmocka_unit_test_setup(a_job_with_sealed_bids, market),
        cmocka_unit_test_setup(a_long_draw, market),
        cmocka_unit_test_setup(deadlines_of_all_jobs, market),
        cmocka_unit_test_setup(the_book, market),
        cmocka_unit_test_setup(providers, market),
        cmocka_unit_test_setup(dues, market),
        cmocka_unit_test_setup(invariants, market),
        cmocka_unit_test_setup(short_arguments_trap, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
