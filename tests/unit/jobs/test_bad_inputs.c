/* test_bad_inputs.c - bad input and what it must get, a case for each kind: bytes that are no call, roots and splits, stakes,
 * slashes beyond what there is, families, deadlines, quorums and windows, prices, missing randomness, payments that cannot
 * arrive. Calls go the whole way; the fixture holds the state's root after each refusal against that before it. Three more are
 * with Models: no artifact bytes (test_version.c), the same parent twice and shares above 30 % (test_lineage.c). */
#include "jobs/work_fixture.h"

const struct type_desc *rewards_call_args(uint8_t index);

enum { P = FIRST_PROVIDER };
#define FAILS(pallet, error, who, name, ...)                                                                           \
    assert_int_equal(PALLET_RUN(pallet, who, name, __VA_ARGS__), PALLET_ERROR(pallet, error))

/* --- bytes that are no call --- */

/* The most that decoding one of these calls may take, whatever lengths the bytes claim: room for the largest arguments. */
enum { DECODED_MOST = 4096 };

/* Nothing is freed while decoding, so where the arena stands afterwards is the most that was ever taken. */
static bool is_call(const uint8_t *bytes, uint32_t len) {
    const struct arena_mark mark = arena_mark(&arena_scratch);
    struct reader in = reader_over((struct bytes){bytes, len}, &arena_scratch);
    struct call call;
    bool whole = call_decode(&in, &call) && reader_done(&in);
    assert_ptr_equal(arena_scratch.block, mark.block); /* nothing from the host */
    assert_in_range((uintptr_t)(arena_scratch.at - mark.at), 0, DECODED_MOST);
    arena_rewind(&arena_scratch, mark);
    return whole;
}

/* The call in `bytes`: neither shorter nor longer. */
static void exactly_these(uint8_t *bytes, uint32_t len) {
    assert_true(is_call(bytes, len));
    for (uint32_t shorter = 0; shorter < len; shorter++)
        assert_false(is_call(bytes, shorter));
    bytes[len] = 0;
    assert_false(is_call(bytes, len + 1));
}

static uint32_t encode(uint8_t *bytes, uint8_t pallet, uint8_t index, const struct type_desc *type, const void *args) {
    struct writer out = writer_over(bytes + 2, 4000);
    bytes[0] = pallet;
    bytes[1] = index;
    scale_encode(type, args, &out);
    assert_false(out.overflow);
    return writer_len(&out) + 2;
}
#define ENCODE(bytes, pallet, name, ...)                                                                               \
    encode(bytes, pallet_index_##pallet, pallet##_call_index_##name, pallet##_call_args(pallet##_call_index_##name),   \
           &(const pallet##_call_##name){__VA_ARGS__})

static void missing_and_extra_bytes(void **state) {
    (void)state;
    uint8_t bytes[4096];
    jobs_spec spec = a_spec();
    rewards_line line = {1, person(P), rewards_stream_Provider};
    jobs_result result = a_result(1, 5);
    exactly_these(bytes, ENCODE(bytes, jobs, submit_job, .spec = spec, .deposit = need_of(&spec)));
    exactly_these(bytes, ENCODE(bytes, jobs, reveal, .job = 1, .result = result, .fingerprint = TEXT("fp")));
    exactly_these(bytes, ENCODE(bytes, rewards, settle_many, .lines = {&line, 1}));
    exactly_these(bytes, ENCODE(bytes, compute, advertise, .model = 1, .ad = {1, 1, 1, 1}));
}

/* A vector's length at the call's end: beyond the bound, not in the shortest form, beyond the bytes. */
static void lengths(void **state) {
    (void)state;
    uint8_t bytes[8192] = {0};
    const uint32_t at = ENCODE(bytes, jobs, reveal, .job = 1, .result = a_result(1, 5)) - 1; /* the fingerprint's length */
    bytes[at] = (320 * 4 & 0xff) | 1, bytes[at + 1] = 320 * 4 >> 8;
    assert_true(is_call(bytes, at + 2 + 320));
    bytes[at] = (321 * 4 & 0xff) | 1, bytes[at + 1] = 321 * 4 >> 8;
    assert_false(is_call(bytes, at + 2 + 321));
    bytes[at] = 1, bytes[at + 1] = 0; /* 0 in two bytes */
    assert_false(is_call(bytes, at + 2));
    store_u32(bytes + at, 0xfffffffe); /* 2^30 - 1 of them, none there */
    assert_false(is_call(bytes, at + 4));

    memset(bytes, 0, sizeof bytes);
    uint32_t lines = ENCODE(bytes, rewards, settle_many, .lines = {NULL, 0}) - 1;
    bytes[lines] = (64 * 4 & 0xff) | 1, bytes[lines + 1] = 64 * 4 >> 8;
    assert_true(is_call(bytes, lines + 2 + 64 * 37));
    bytes[lines] = (65 * 4 & 0xff) | 1;
    assert_false(is_call(bytes, lines + 2 + 65 * 37));

    memset(bytes, 0, sizeof bytes);
    jobs_spec spec = a_spec();
    const uint32_t proofs = ENCODE(bytes, jobs, submit_job, .spec = spec) - 1;
    bytes[proofs] = 3 << 2; /* three proofs where two are the most */
    assert_false(is_call(bytes, sizeof bytes));
}

/* --- roots, versions, splits, parents --- */

static void empty_roots_and_other_versions(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    models_version_spec version = {.artifact_len = 1, .manifest_hash = a_hash(2), .program_root = a_hash(3)};
    market_providers(3);
    spec.version = 2;
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), PALLET_ERROR(models, UnknownVersion));
    spec.model = 9;
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), PALLET_ERROR(models, UnknownModel));
    FAILS(models, UnknownVersion, MAKER, activate_version, .model = 1, .number = 2, .version = version);
    uint64_t id = working(CLIENT, a_direct(P));
    jobs_result result = a_result(1, 5);
    memset(&result.result_root, 0, 32);
    JOB_FAILS(EmptyRoot, P, reveal, .job = id, .seat = 0, .result = result);
}

static void splits(void **state) {
    (void)state;
    models_share two[2] = {{person(CLIENT), 500000000}, {person(OTHER), 499999999}};
    FAILS(models, BadSplit, MAKER, set_split, .model = 1, .split = {two, 2});
    two[1].ppb = 500000001;
    FAILS(models, BadSplit, MAKER, set_split, .model = 1, .split = {two, 2});
    two[1] = (models_share){person(CLIENT), 500000000};
    FAILS(models, BadSplit, MAKER, set_split, .model = 1, .split = {two, 2});
    rewards_fee_split split = {780000000, 100000000, 0, 30000000, 89999999};
    FAILS(rewards, SplitNot1e9, AS_ROOT, set_fee_split, .split = split);
    split.burn += 2;
    FAILS(rewards, SplitNot1e9, AS_ROOT, set_fee_split, .split = split);
}

static void parents(void **state) {
    (void)state;
    models_share sole = {person(MAKER), MODELS_PPB};
    uint64_t child;
    models_NextModelId_get(&child);
    PALLET_OK(models, MAKER, register_model, .licence = 1, .royalty_ppb = MODELS_PPB, .split = {&sole, 1},
              .policy = {.tag = models_policy_Open});
    models_parent list[1] = {{child, 1, 1}};
    FAILS(models, CycleOrSelf, MAKER, set_parents, .model = child, .parents = {list, 1}); /* itself */
    list[0].model = child + 1; /* newer */
    FAILS(models, CycleOrSelf, MAKER, set_parents, .model = child, .parents = {list, 1});
}

/* --- stakes --- */

static void delegations(void **state) {
    (void)state;
    market_providers(1);
    uint32_t pool = record_of(P).pool;
    FAILS(compute, ZeroShares, OTHER, delegate, .pool = pool, .amount = 0);
    FAILS(compute, BelowMinDelegation, OTHER, delegate, .pool = pool, .amount = COMPUTE_MIN_DELEGATION - 1);
    FAILS(compute, OwnPool, P, delegate, .pool = pool, .amount = UNIT);
    FAILS(compute, PoolMissing, OTHER, delegate, .pool = 99, .amount = UNIT);
    assert_int_equal(market_run(P, pallet_index_compute, compute_call_index_chill, compute_call_args(compute_call_index_chill), NULL),
                     DISPATCH_OK);
    PALLET_OK(compute, P, request_unbond, .amount = COMPUTE_MIN_SELF_BOND);
    FAILS(compute, BadState, OTHER, delegate, .pool = pool, .amount = UNIT);  /* Leaving */
    FAILS(compute, NotMatured, P, withdraw, .pool = pool, .max = 16);
    jump_to(tick_now() + (COMPUTE_UNBOND_EPOCHS + 1) * CLOCK_EPOCH_TICKS);
    PALLET_OK(compute, P, withdraw, .pool = pool, .max = 16);
    u128 then = money_of(P);
    PALLET_OK(compute, P, withdraw, .pool = pool, .max = 16); /* the second in one block gives nothing */
    assert_true(money_of(P) == then);
}

static void the_17th_unbonding(void **state) {
    (void)state;
    market_provider(P, 10000 * UNIT);
    for (int i = 0; i < 16; i++) {
        PALLET_OK(compute, P, request_unbond, .amount = UNIT);
        jump_to(tick_now() + CLOCK_EPOCH_TICKS);
    }
    FAILS(compute, TooManyUnbonds, P, request_unbond, .amount = UNIT);
}

/* More than there is, and of one who has nothing left: taken as far as it goes, told in an event, never an error. */
static void slashes_beyond_the_stake(void **state) {
    (void)state;
    account_id who = person(P);
    compute_object object = {1, 1};
    h256 evidence = a_hash(1);
    market_provider(P, COMPUTE_MIN_SELF_BOND);
    for (uint32_t id = 1; id <= 2; id++) {
        compute_report(&who, compute_offence_NoReveal, 2000000000, clock_epoch(), object, &evidence);
        jump_to(tick_now() + COMPUTE_SLASH_DELAY * CLOCK_EPOCH_TICKS);
        PALLET_OK(compute, OTHER, apply_slash, .id = id);
        assert_true(record_of(P).self_bond == 0);
        FAILS(compute, NoSlash, OTHER, apply_slash, .id = id);
    }
    assert_int_equal(record_of(P).state, compute_state_Jailed);
}

/* --- families, deadlines, quorums, windows --- */

static void self_dealing(void **state) {
    (void)state;
    market_providers(1);
    account_id who = person(P);
    compute_provider record = record_of(P);
    jobs_spec spec = a_direct(P);
    assert_int_equal(submit_as(P, &spec, need_of(&spec)), JOBS_ERROR(SelfDeal)); /* owner and operator */
    record.payout = person(CLIENT);
    compute_Providers_put(&who, &record);
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), JOBS_ERROR(SelfDeal));
    assert_int_equal(submit_as(OTHER, &spec, need_of(&spec)), DISPATCH_OK);
}

static void deadlines(void **state) {
    (void)state;
    market_providers(3);
    uint64_t id = working(CLIENT, a_spec());
    jobs_result mine = a_result(1, 5), other = a_result(2, 5);
    commit_to(id, 0, mine);
    JOB_FAILS(RevealEarly, holder(id, 0), reveal, .job = id, .seat = 0, .result = mine);
    commit_to(id, 1, other);
    jump_to(job_of(id).deadline + 1);
    JOB_FAILS(TooLate, holder(id, 2), commit, .job = id, .seat = 2, .hash = sealed_result(id, 2, &mine));
    JOB_FAILS(CommitMismatch, holder(id, 0), reveal, .job = id, .seat = 0, .result = other); /* another seat's bytes */
    show(id, 0, mine);
    JOB_FAILS(NotSeat, holder(id, 0), reveal, .job = id, .seat = 1, .result = other);
    jump_to(job_of(id).deadline + 1);
    JOB_FAILS(TooLate, holder(id, 1), reveal, .job = id, .seat = 1, .result = other);
}

static void quorums_and_windows(void **state) {
    (void)state;
    static const struct {
        uint8_t n, q;
    } quorums[] = {{3, 4}, {3, 1}, {4, 2}, {0, 0}, {1, 0}, {10, 6}};
    for (size_t i = 0; i < COUNT_OF(quorums); i++) {
        jobs_spec spec = a_spec();
        spec.n = quorums[i].n;
        spec.q = quorums[i].q;
        assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), JOBS_ERROR(BadQuorum));
    }
    for (int which = 0; which < 3; which++)
        for (int large = 0; large < 2; large++) {
            jobs_spec spec = a_spec();
            uint16_t *windows[] = {&spec.windows.accept, &spec.windows.commit, &spec.windows.reveal};
            *windows[which] = large ? UINT16_MAX : 0;
            assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), large ? JOBS_ERROR(WindowTooLong) : JOBS_ERROR(WindowTooShort));
        }
}

/* --- prices, randomness, payments --- */

static void overflowing_prices(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.units_max = UINT32_MAX;
    spec.limit = UINT64_MAX;
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), JOBS_ERROR(JobTooBig));
    spec.tip = U128_MAX;
    assert_int_equal(submit_as(CLIENT, &spec, U128_MAX), ARITHMETIC_ERROR(Overflow));
    spec = a_spec();
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec) - 1), JOBS_ERROR(Underfunded));
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec) + 1), JOBS_ERROR(Overfunded));
    spec.asset = 1;
    assert_int_equal(submit_as(CLIENT, &spec, need_of(&spec)), JOBS_ERROR(BadAsset));
}

/* The relay chain shows none: the job waits, whoever asks, and is drawn by the first there is. */
static void no_randomness(void **state) {
    (void)state;
    market_providers(3);
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t least = draw_of(id).armed_relay + CLOCK_SEED_DELAY;
    pass_blind(CLOCK_SEED_DELAY + 3);
    for (uint32_t relay = least; relay <= clock_relay(); relay++)
        JOB_FAILS(RandomnessMissing, OTHER, assign, .job = id, .relay = relay);
    assert_int_equal(job_of(id).state, jobs_state_Ready);
    pass_ticks(1);
    JOB_OK(OTHER, assign, .job = id, .relay = clock_relay());
    assert_int_equal(job_of(id).state, jobs_state_Offered);
}

/* What cannot be paid out stays due; the job is over all the same. */
static void payments_that_cannot_arrive(void **state) {
    (void)state;
    market_providers(1);
    account_id nobody = person(NO_ONE), client = person(CLIENT);
    balance little = EXISTENTIAL_DEPOSIT - 1;
    assert_int_equal(balances_pot_take(&jobs_pot, &client, little), DISPATCH_OK);
    jobs_Due_put(&nobody, &little);
    JOB_FAILS(BelowED, OTHER, claim_due, .who = nobody);
    assert_true(owed_to(NO_ONE) == little);
    JOB_OK(OTHER, sweep_due, .who = nobody);
    assert_true(owed_to(NO_ONE) == 0);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, market_start)
    const struct CMUnitTest tests[] = {
        CASE(missing_and_extra_bytes),
        CASE(lengths),
        CASE(empty_roots_and_other_versions),
        CASE(splits),
        CASE(parents),
        CASE(delegations),
        CASE(the_17th_unbonding),
        CASE(slashes_beyond_the_stake),
        CASE(self_dealing),
        CASE(deadlines),
        CASE(quorums_and_windows),
        CASE(overflowing_prices),
        CASE(no_randomness),
        CASE(payments_that_cannot_arrive),
    };
    return cmocka_run_group_tests_name("bad_inputs", tests, NULL, NULL);
}
