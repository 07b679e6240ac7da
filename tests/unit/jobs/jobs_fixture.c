/* jobs_fixture.c - see jobs_fixture.h. */
#include "jobs/jobs_fixture.h"

#include "commit/tagged.h"

enum { RICH_UNTIL = 150 };
bool market_unchecked;
static uint32_t events_before;

account_id person(int n) {
    account_id who = {{0}};
    who.at[0] = (uint8_t)n;
    who.at[31] = 0x5c;
    return who;
}

int person_number(const account_id *who) { return who->at[0]; }

u128 money_of(int n) {
    account_data data;
    account_id who = person(n);
    balances_account(&who, &data);
    return data.free;
}

u128 owed_to(int n) {
    u128 due;
    account_id who = person(n);
    jobs_Due_get(&who, &due);
    return due;
}

static u128 free_balance(const account_id *who) {
    account_data data;
    balances_account(who, &data);
    return data.free + data.reserved;
}

static const char *market_wrong(void) {
    const char *(*const checks[])(void) = {clock_try_state,   models_try_state, compute_try_state,
                                           jobs_try_state, rewards_try_state};
    const account_id others[] = {models_account, compute_pot.account, jobs_pot.account, rewards_pot.account,
                                 rewards_treasury};
    struct arena_mark mark = arena_mark(&arena_scratch);
    const char *wrong = NULL;
    u128 sum = 0;
    for (size_t i = 0; i < COUNT_OF(checks) && !wrong; i++)
        wrong = checks[i]();
    for (int n = 1; n <= NO_ONE; n++)
        sum += money_of(n);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        sum += free_balance(&others[i]);
    arena_rewind(&arena_scratch, mark);
    return wrong ? wrong : sum == balances_total_issuance() ? NULL : "the sum of all accounts";
}

/* --- time --- */

uint32_t tick_now(void) { return clock_now(); }

static void relay_parent(uint32_t relay, bool with_randomness) {
    uint8_t value[33] = {1};
    shim_blake2(value + 1, 32, (struct bytes){(const uint8_t *)&relay, sizeof relay});
    struct clock_relay_value shown = {CLOCK_SHOWN, {value, sizeof value}}, absent = {CLOCK_ABSENT, {0}};
    clock_note_relay_parent(relay, with_randomness ? shown : absent, absent);
}

void pass_ticks(uint32_t ticks) {
    while (ticks--)
        relay_parent(clock_relay() + 1, true);
}

void pass_blind(uint32_t ticks) {
    while (ticks--)
        relay_parent(clock_relay() + 1, false);
}

void set_tick(uint32_t tick) {
    clock_time time;
    clock_Time_get(&time);
    time.now = tick;
    clock_Time_put(&time);
}

void jump_to(uint32_t tick) {
    clock_time time;
    clock_Time_get(&time);
    uint32_t ahead = tick - time.now;
    relay_parent(time.relay + ahead, true);
    set_tick(tick);
}

/* --- calls --- */

dispatch_result market_run(int who, uint8_t pallet, uint8_t index, const struct type_desc *type, const void *args) {
    uint8_t before[32], after[32], bytes[8192] = {pallet, index};
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    scale_encode(type, args, &out);
    assert_false(out.overflow);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    if (!market_unchecked)
        overlay_root(before, 1);
    system_EventCount_get(&events_before);
    struct dispatch ctx = {.origin = {.kind = who == AS_ROOT   ? ORIGIN_ROOT
                                              : who == AS_NONE ? ORIGIN_NONE
                                                               : ORIGIN_SIGNED}};
    if (who > 0)
        ctx.origin.who = person(who);
    dispatch_result result = call_dispatch(&call, &ctx);
    if (market_unchecked)
        return result;
    if (result == DISPATCH_OK) {
        const char *wrong = market_wrong();
        if (wrong)
            fail_msg("pallet %d call %d: %s", pallet, index, wrong);
    } else {
        overlay_root(after, 1);
        assert_memory_equal(before, after, 32);
    }
    return result;
}

uint32_t market_events(void) {
    uint32_t count;
    system_EventCount_get(&count);
    return count - events_before;
}

void job_event_was(uint8_t event, const struct type_desc *type, const void *value) {
    struct bytes all;
    uint8_t record[1024];
    struct writer out = writer_over(record, sizeof record);
    write_u8(&out, pallet_index_jobs);
    write_u8(&out, event);
    scale_encode(type, value, &out);
    write_u8(&out, 0); /* no topics */
    assert_false(out.overflow);
    overlay_flush();
    assert_true(shim_get((struct bytes){system_Events_storage.prefix, STORAGE_PREFIX_SIZE}, &all));
    for (uint32_t at = 0; at + writer_len(&out) <= all.len; at++)
        if (memcmp(all.at + at, record, writer_len(&out)) == 0)
            return;
    fail_msg("no event %d with these fields", event);
}

/* --- models --- */

h256 a_hash(uint64_t n) {
    h256 hash;
    memset(&hash, 0x3b, sizeof hash);
    store_u64(hash.at, n);
    return hash;
}

static h256 stage_commit(uint64_t model, const models_version_spec *spec, const bytes16 *salt) {
    uint8_t buffer[1024];
    account_id who = person(MAKER);
    h256 commit;
    struct writer out = TAGGED(buffer, "deai/models/stage/1");
    write_raw(&out, who.at, 32);
    write_u64(&out, model);
    scale_encode(&models_version_spec_type, spec, &out);
    write_raw(&out, salt->at, sizeof salt->at);
    tagged_finish(commit.at, &out);
    return commit;
}

uint64_t market_model(models_profile profile, balance min_price) {
    uint64_t id;
    uint32_t terms;
    bytes16 salt = {{9}};
    models_share sole = {person(MAKER), MODELS_PPB};
    models_NextModelId_get(&id);
    models_NextLicence_get(&terms);
    models_version_spec spec = {.artifact_root = a_hash(id),
                                .artifact_len = 1 << 20,
                                .manifest_hash = a_hash(2),
                                .program_root = a_hash(3),
                                .profile = profile};
    if (profile == models_profile_Tolerance)
        spec.fp_params = (models_fp_params){.topk = 4, .max_exp_miss = 1, .mean_mantissa = 2, .min_overlap = 2};
    PALLET_OK(models, MAKER, create_licence, .licence = {.text_hash = a_hash(4), .min_price = min_price});
    PALLET_OK(models, MAKER, register_model, .licence = terms, .royalty_ppb = MODELS_PPB, .split = {&sole, 1},
              .policy = {.tag = models_policy_Open});
    PALLET_OK(models, MAKER, stage_version, .model = id, .commit = stage_commit(id, &spec, &salt));
    pass_ticks(MODELS_STAGE_DELAY);
    PALLET_OK(models, MAKER, activate_version, .model = id, .number = 1, .version = spec, .salt = salt);
    return id;
}

int market_start(void **state) {
    static struct balances_endowment list[RICH_UNTIL + 1];
    uint32_t block = 1;
    fresh(state);
    market_unchecked = false;
    for (int n = 1; n <= RICH_UNTIL; n++)
        list[n - 1] = (struct balances_endowment){person(n), MARKET_RICH};
    list[RICH_UNTIL] = (struct balances_endowment){person(POOR), 2 * EXISTENTIAL_DEPOSIT};
    if (!balances_genesis(list, COUNT_OF(list)))
        return -1;
    clock_genesis(false);
    models_genesis();
    compute_genesis();
    jobs_genesis();
    rewards_genesis();
    system_Number_put(&block);
    clock_Time_put(&(clock_time){.now = 990, .relay = 4990, .last_rand = 0});
    if (market_model(models_profile_ExactInt, 10) != 1)
        return -1;
    overlay_flush();
    return market_wrong() ? -1 : 0;
}

/* --- providers --- */

compute_provider record_of(int provider) {
    compute_provider record;
    account_id who = person(provider);
    assert_true(compute_Providers_get(&who, &record));
    return record;
}

void market_provider(int who, balance bond) {
    account_id key = person(who);
    PALLET_OK(compute, who, register_provider, .operator = key, .payout = key, .region = (uint8_t)(who % 64),
              .slots = 4, .bond = bond);
}

void market_ask(int who, uint64_t model, uint64_t price) {
    PALLET_OK(compute, who, advertise, .model = model,
              .ad = {.price = price, .min_units = 1, .profile_mask = 7, .valid_until = UINT32_MAX});
}

void market_beat(int who) {
    account_id key = person(who);
    compute_provider record = record_of(who);
    record.last_seen = clock_now();
    compute_Providers_put(&key, &record);
}

void market_providers(int count) {
    for (int i = 0; i < count; i++)
        market_provider(FIRST_PROVIDER + i, COMPUTE_MIN_SELF_BOND);
    pass_ticks(COMPUTE_ACTIVATION_TICKS);
    for (int i = 0; i < count; i++) {
        market_ask(FIRST_PROVIDER + i, 1, (uint64_t)MARKET_PRICE);
        market_beat(FIRST_PROVIDER + i);
    }
    pass_ticks(1);
}

/* --- jobs --- */

jobs_spec a_spec(void) {
    return (jobs_spec){.model = 1,
                       .version = 1,
                       .mode = jobs_mode_Redundant,
                       .input = {.commit = a_hash(7), .cipher_hash = a_hash(8), .len = 1000, .locator = TEXT("ipfs")},
                       .units_max = 10,
                       .limit = (uint64_t)UNIT,
                       .n = 3,
                       .q = 2,
                       .windows = {.accept = 10, .commit = 20, .reveal = 30}};
}

jobs_spec a_direct(int provider) {
    static account_id chosen;
    jobs_spec spec = a_spec();
    chosen = person(provider);
    spec.mode = jobs_mode_Direct;
    spec.n = spec.q = 1;
    spec.allow = (jobs_allow){&chosen, 1};
    return spec;
}

jobs_spec a_sealed(void) {
    jobs_spec spec = a_spec();
    spec.mode = jobs_mode_SealedBid;
    return spec;
}

balance need_of(const jobs_spec *spec) { return (u128)spec->n * spec->units_max * spec->limit + spec->tip; }

dispatch_result submit_as(int who, const jobs_spec *spec, balance deposit) {
    return JOB_RUN(who, submit_job, .spec = *spec, .deposit = deposit);
}

uint64_t submitted(int who, jobs_spec spec) {
    uint64_t id;
    jobs_NextJob_get(&id);
    assert_int_equal(submit_as(who, &spec, need_of(&spec)), DISPATCH_OK);
    return id;
}

uint32_t decided(uint64_t id) {
    uint32_t least = draw_of(id).armed_relay + CLOCK_SEED_DELAY;
    while (clock_relay() < least)
        pass_ticks(1);
    return least;
}

uint64_t drawn(int who, jobs_spec spec) {
    uint64_t id = submitted(who, spec);
    uint32_t relay = decided(id);
    JOB_OK(who, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    return id;
}

jobs_job job_of(uint64_t id) {
    jobs_job job;
    assert_true(jobs_Jobs_get(&id, &job));
    return job;
}

jobs_seat seat_of(uint64_t id, uint8_t number) {
    jobs_seat seat;
    assert_true(jobs_Seats_get(&id, &number, &seat));
    return seat;
}

jobs_draw draw_of(uint64_t id) {
    jobs_draw draw;
    jobs_Draws_get(&id, &draw);
    return draw;
}

jobs_escrow escrow_of(uint64_t id) {
    jobs_escrow escrow;
    jobs_Escrow_get(&id, &escrow);
    return escrow;
}
