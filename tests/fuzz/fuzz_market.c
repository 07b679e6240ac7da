/* fuzz_market.c - libFuzzer target: any bytes as calls of the market's pallets, over a market that is under way (the world of
 * tests/sim). Input: steps, each a byte 0xff and how many ticks pass, or a signer and a length of two bytes and an encoded
 * call: any byte string. No step traps, a refused call writes nothing; after all of them every invariant holds (try_state),
 * and so do the books of issuance. The corpus is real calls, written by this program itself: MARKET_CORPUS=folder. */
#include "operations.h"

#include "api/api.h"
#include "attacks.h"
#include "state/overlay.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STEP_TIME = 0xff, ROOT_SIGNER = 0xfe, NO_SIGNER = 0xfd, MOST_STEPS = 24, MOST_SIZE = 8192 };
static const uint32_t waits[] = {1, 1, 6, 20, 60, 100, 200, 600};

static uint64_t runs, accepted; /* inputs, calls */

/* Consents of operators: the target's own matter. */
bool host_sr25519_verify(const uint8_t sig[static 64], struct bytes message, const uint8_t key[static 32]) {
    (void)message, (void)key;
    return load_u64(sig) != 0;
}

static void must_hold(bool holds, const char *what) {
    if (holds)
        return;
    fprintf(stderr, "ERROR: %s\n", what);
    abort();
}

static void pass_time(uint8_t kind) {
    if (kind < 0x80)
        world_tick(1 + kind % 8);
    else if (kind < 0xc0)
        world_skip(waits[kind % COUNT_OF(waits)]);
    else if (kind < 0xf8)
        world_next_epoch();
    else
        world_skip(CLOCK_EPOCH_TICKS * (1 + kind % 8));
}

/* --- a market under way: a job in every state, a slash that waits, points, delegations, unbonding --- */

static void jobs_under_way(void) {
    const struct order three = {.model = OTHER_MODEL, .mode = jobs_mode_Redundant, .n = 3, .q = 2, .units = 10, .limit = 2 * (uint64_t)UNIT};
    struct order bids = three;
    bids.mode = jobs_mode_SealedBid;
    play_job(HONEST_CLIENT, &three);                           /* Settled */
    conduct[OUTSIDER] = conduct[OUTSIDER + 1] = conduct[OUTSIDER + 2] = conduct[OUTSIDER + 3] = NO_REVEAL;
    play_job(HONEST_CLIENT, &three);                           /* some of it silent */
    memset(conduct, GOOD, sizeof conduct);
    beat_all();
    uint64_t revealing = post(HONEST_CLIENT, &three), working = post(HONEST_CLIENT, &three), offered = post(OUTSIDE_CLIENT, &three);
    uint64_t bidding = post(HONEST_CLIENT, &bids);
    const uint64_t drawn[] = {revealing, working, offered};
    for (uint32_t i = 0; i < COUNT_OF(drawn); i++)
        if (drawn[i])
            draw_seats(drawn[i]);
    for (uint8_t seat = 0; seat < 3; seat++)
        for (uint32_t i = 0; i < 2; i++)
            if (drawn[i] && sitting(drawn[i], seat) >= 0)
                ACT(sitting(drawn[i], seat), jobs, accept, .job = drawn[i], .seat = seat);
    if (revealing)
        commit_now(revealing);
    post(HONEST_CLIENT, &three); /* Ready */
    must_hold(bidding && offered, "the market is not under way");
}

static void prepare(void) {
    game_name = "fuzz";
    nature.state = player.state = 7;
    world_start();
    market_start();
    put_behind(FRIEND, OUTSIDER, 700 * UNIT);
    put_behind(FRIEND + 1, OUTSIDER + 1, 300 * UNIT);
    world_next_epoch();
    beat_all();
    for (int i = 0; i < OUTSIDERS; i++)
        ACT(OUTSIDER + i, compute, refresh_ask, .model = OTHER_MODEL);
    world_tick(2);
    const struct order three = {.model = OTHER_MODEL, .mode = jobs_mode_Redundant, .n = 3, .q = 2, .units = 10, .limit = 2 * (uint64_t)UNIT};
    play_job(OUTSIDE_CLIENT, &three);
    world_next_epoch(); /* its points may be settled */
    beat_all();
    ACT(OUTSIDER + 7, compute, request_unbond, .amount = 500 * UNIT);
    jobs_under_way();
    must_hold(world_check() && checks_failed == 0, "the market under way does not hold");
    world_checks_blocks = true;
}

/* --- the corpus: each call as it is made, one input a call and one for all of a job's life --- */

static struct {
    const char *folder;
    uint32_t files;
} corpus;

static void write_corpus_file(const uint8_t *bytes, uint32_t size, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", corpus.folder, name);
    FILE *file = fopen(path, "wb");
    must_hold(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0, path);
    corpus.files++;
}

const struct type_desc *compute_call_args(uint8_t index);
const struct type_desc *jobs_call_args(uint8_t index);
const struct type_desc *rewards_call_args(uint8_t index);

struct script {
    uint8_t bytes[MOST_SIZE];
    struct writer out;
};

static void add_call(struct script *script, int who, uint8_t pallet, uint8_t index, const struct type_desc *type, const void *args) {
    uint8_t call[2048] = {pallet, index};
    struct writer out = writer_over(call + 2, sizeof call - 2);
    if (args)
        scale_encode(type, args, &out);
    write_u8(&script->out, (uint8_t)who);
    write_u16(&script->out, (uint16_t)(writer_len(&out) + 2));
    write_raw(&script->out, call, writer_len(&out) + 2);
}
#define ADD(who, pallet, name, ...)                                                                                    \
    add_call(script, who, pallet_index_##pallet, pallet##_call_index_##name, pallet##_call_args(pallet##_call_index_##name), \
             &(const pallet##_call_##name){__VA_ARGS__})
#define ADD0(who, pallet, name) add_call(script, who, pallet_index_##pallet, pallet##_call_index_##name, NULL, NULL)

static void begin(struct script *script) { script->out = writer_over(script->bytes, sizeof script->bytes); }
static void end(struct script *script, const char *name) {
    must_hold(!script->out.overflow, name);
    write_corpus_file(script->bytes, writer_len(&script->out), name);
}
static void wait(struct script *script, uint8_t kind) {
    write_u8(&script->out, STEP_TIME);
    write_u8(&script->out, kind);
}

static jobs_spec some_spec(jobs_mode mode) {
    return (jobs_spec){.model = OTHER_MODEL, .version = 1, .mode = mode, .input = {.commit = hash_of(5, 1), .len = 1000, .locator = {(const uint8_t *)"x", 1}},
                       .units_max = 10, .limit = 2 * (uint64_t)UNIT, .n = 3, .q = 2, .windows = {20, 200, 50, 0}};
}

static void write_job_scripts(struct script *script) {
    uint64_t next;
    jobs_NextJob_get(&next);
    const jobs_mode modes[] = {jobs_mode_Redundant, jobs_mode_SealedBid};
    for (uint32_t i = 0; i < COUNT_OF(modes); i++) {
        jobs_spec spec = some_spec(modes[i]);
        begin(script);
        ADD(HONEST_CLIENT, jobs, submit_job, .spec = spec, .deposit = 60 * UNIT);
        ADD(HONEST_CLIENT, jobs, top_up, .job = next, .limit = 3 * (uint64_t)UNIT);
        wait(script, 5);
        ADD(CRANK, jobs, assign, .job = next, .relay = clock_relay() + 6);
        ADD(HONEST_CLIENT, jobs, cancel_job, .job = next);
        ADD(HONEST_CLIENT, jobs, remove_job, .job = next);
        end(script, i ? "bids" : "redundant");
    }
    begin(script); /* what is under way goes on */
    for (uint64_t job = 1; job < next; job++) {
        for (uint8_t seat = 0; seat < 3; seat++) {
            int who = sitting(job, seat);
            if (who < 0 || is_over(job))
                continue;
            jobs_result result = result_of(job, who, seat, GOOD);
            if (job_of(job).state == jobs_state_Offered)
                ADD(who, jobs, accept, .job = job, .seat = seat);
            else if (seat_of(job, seat).state == jobs_seat_state_Accepted)
                ADD(who, jobs, commit, .job = job, .seat = seat, .hash = commit_of(job, seat, who, &result));
            else
                ADD(who, jobs, reveal, .job = job, .seat = seat, .result = result);
        }
    }
    end(script, "seats");
    begin(script);
    for (uint64_t job = 1; job < next; job++) {
        ADD(CRANK, jobs, finalise, .job = job);
        ADD(HONEST_CLIENT, jobs, rate, .job = job, .score = 50);
        ADD(CRANK, jobs, redraw, .job = job, .seat = 0);
    }
    wait(script, 0xa6);
    ADD(CRANK, jobs, claim_due, .who = person(HONEST_CLIENT));
    end(script, "ends");
}

static void write_money_scripts(struct script *script) {
    uint32_t epoch = clock_epoch() - 1;
    rewards_line lines[] = {{epoch, person(OUTSIDER), rewards_stream_Provider}, {epoch, person(OUTSIDE_CLIENT), rewards_stream_Client}};
    begin(script);
    for (int i = 0; i < OUTSIDERS; i++)
        ADD(CRANK, rewards, settle, .epoch = epoch, .who = person(OUTSIDER + i), .stream = rewards_stream_Provider);
    ADD(CRANK, rewards, settle_many, .lines = {lines, 2});
    ADD(CRANK, rewards, expire, .epoch = epoch, .max = 64);
    ADD(CRANK, rewards, claim_due, .who = person(OUTSIDE_CLIENT));
    end(script, "settle");
    begin(script);
    ADD(ROOT_SIGNER, rewards, set_schedule, .schedule = {900000000, 50000 * UNIT, UNIT});
    ADD(ROOT_SIGNER, rewards, set_fee_split, .split = {780000000, 100000000, 0, 30000000, 90000000});
    ADD(ROOT_SIGNER, compute, cancel_slash, .id = 1);
    wait(script, 0xc0);
    wait(script, 0xfb);
    ADD(CRANK, compute, apply_slash, .id = 2);
    end(script, "root");
    begin(script);
    ADD(FRIEND, compute, delegate, .pool = 1, .amount = 50 * UNIT);
    ADD(FRIEND, compute, undelegate, .pool = 1, .shares = 20 * UNIT);
    ADD(FRIEND, compute, redelegate, .from = 1, .to = 2, .shares = 20 * UNIT);
    ADD(FRIEND, compute, claim, .pool = 1);
    wait(script, 0xff);
    ADD(FRIEND, compute, withdraw, .pool = 1, .max = 16);
    end(script, "stake");
    begin(script);
    ADD(ROGUE, compute, register_provider, .operator= person(ROGUE), .payout = person(ROGUE), .slots = 3, .bond = 3000 * UNIT);
    ADD(ROGUE, compute, bond_more, .amount = UNIT);
    ADD(ROGUE, compute, advertise, .model = OTHER_MODEL, .ad = {UNIT, 1, 7, UINT32_MAX});
    ADD(ROGUE, compute, update_price, .model = OTHER_MODEL, .price = 2 * (uint64_t)UNIT);
    ADD(ROGUE, compute, set_commission, .ppb = 100);
    ADD0(ROGUE, compute, heartbeat);
    wait(script, 2);
    ADD(ROGUE, compute, withdraw_ad, .model = OTHER_MODEL);
    ADD0(ROGUE, compute, chill);
    ADD(ROGUE, compute, request_unbond, .amount = 3001 * UNIT);
    wait(script, 0xff);
    wait(script, 0xff);
    wait(script, 0xff);
    ADD(CRANK, compute, sweep_provider, .owner = person(ROGUE));
    end(script, "provider");

    static const uint8_t batch_of_nothing[] = {pallet_index_utility, 0, 0};
    begin(script);
    write_u8(&script->out, ROGUE);
    write_u16(&script->out, sizeof batch_of_nothing);
    write_raw(&script->out, batch_of_nothing, sizeof batch_of_nothing);
    end(script, "batch");
}

/* --- one input --- */

/* Any signer may call the market's pallets, balances and batches; Root and nobody the market's alone. */
static bool is_known(uint8_t pallet, uint8_t signer) {
    if (pallet >= pallet_index_models && pallet <= pallet_index_rewards)
        return true;
    return signer < NO_SIGNER && (pallet == pallet_index_utility || pallet == pallet_index_balances);
}

struct run {
    struct bytes bytes;
    struct dispatch ctx;
    dispatch_result result;
};

static void dispatch(void *context) {
    struct run *run = context;
    struct reader in = reader_over(run->bytes, &arena_scratch);
    struct call call;
    run->result = call_decode(&in, &call) && reader_done(&in) ? call_dispatch(&call, &run->ctx) : BAD_ORIGIN;
    overlay_flush();
}

static uint64_t writes(void) {
    const struct shim_counters *counters = shim_counters();
    return counters->by_call[SHIM_STORAGE_SET] + counters->by_call[SHIM_STORAGE_CLEAR] + counters->by_call[SHIM_STORAGE_APPEND];
}

static void one_call(uint8_t signer, struct bytes bytes) {
    struct run run = {bytes, {.origin = {.kind = ORIGIN_SIGNED, .who = person(signer ? signer : 1)}}, BAD_ORIGIN};
    if (bytes.len == 0 || !is_known(bytes.at[0], signer))
        return;
    if (signer >= NO_SIGNER)
        run.ctx.origin = (struct origin){.kind = signer == ROOT_SIGNER ? ORIGIN_ROOT : ORIGIN_NONE};
    uint64_t before = writes();
    if (!shim_guard(dispatch, &run)) {
        fprintf(stderr, "ERROR: a call trapped: %s\n", shim_trap_message());
        abort();
    }
    accepted += run.result == DISPATCH_OK;
    must_hold(run.result == DISPATCH_OK || writes() == before, "a refused call wrote");
    runtime_reset();
    shim_drop_guest_memory();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct reader in = reader_over((struct bytes){data, (uint32_t)size}, NULL);
    uint64_t then = accepted;
    runs++;
    world_mark();
    for (int steps = 0; steps < MOST_STEPS && reader_left(&in) >= 3; steps++) {
        uint8_t signer = read_u8(&in);
        if (signer == STEP_TIME) {
            pass_time(read_u8(&in));
            continue;
        }
        struct bytes call = {NULL, read_u16(&in)};
        call.len = min_u32(call.len, reader_left(&in));
        call.at = read_raw(&in, call.len);
        one_call(signer, call);
    }
    acts_done += accepted - then;
    world_tick(1); /* the block ends: the pallets' invariants and the sums, each time in a hundred the whole state */
    must_hold(checks_failed == 0, "the state does not hold");
    world_back();
    return 0;
}

static void say(void) { printf("%" PRIu64 " runs, %" PRIu64 " accepted calls\n", runs, accepted); }

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    prepare();
    corpus.folder = getenv("MARKET_CORPUS");
    if (corpus.folder && *corpus.folder) {
        static struct script script;
        write_job_scripts(&script);
        write_money_scripts(&script);
        printf("%u files in %s\n", corpus.files, corpus.folder);
        exit(0);
    }
    atexit(say);
    return 0;
}
