/* test_utility.c - calls made of calls: results, events, what stays in the state, weights, limits, origins and filter.
 * Expectations follow polkadot-sdk stable2609 pallet-utility src/tests.rs and src/lib.rs. */
#include "utility/event_log.h"

#include "host/host.h"
#include "sudo/sudo.h"
#include "timestamp/timestamp.h"
#include "utility/utility.h"

static const account_id alice = {{0xA1}}, bob = {{0xB0}};

/* Deposits who called: an effect that rollbacks undo. Fails for Root. */
static const system_call_remark_with_event note_args = {{(const uint8_t *)"x", 1}};
static const struct call note = CALL_INIT(system, remark_with_event, &note_args);
/* Succeeds for Root only, writes one key. */
static const system_call_set_heap_pages pages = {64};
static const struct call root_only = CALL_INIT(system, set_heap_pages, &pages);
/* Succeeds for everybody without effect. */
static const system_call_remark remark_args = {{NULL, 0}};
static const struct call remark = CALL_INIT(system, remark, &remark_args);

static weight weigh(struct call call) { return call_info(&call).call_weight; }
static bool root_only_ran(void) { return overlay_exists(TEXT(":heappages")); }

static void expect_note(struct event_log *log, account_id who) {
    h256 hash;
    shim_blake2(hash.at, 32, TEXT("x"));
    EXPECT_EVENT(log, system, Remarked, .sender = who, .hash = hash);
}
static void expect_error(struct event_log *log, dispatch_result error) {
    EXPECT_EVENT(log, utility, ItemFailed, .error = dispatch_error_value(error));
}

/* Calls of this pallet; their arguments live in the arena. */
static struct call batch_of(uint8_t index, const struct call *calls, uint32_t count) {
    runtime_calls *args = arena_zalloc(&arena_scratch, sizeof *args); /* the only field of all three */
    args->items = arena_alloc(&arena_scratch, (size_t)(count + 1) * sizeof *args->items);
    args->len = count;
    for (uint32_t i = 0; i < count; i++)
        args->items[i] = calls[i];
    return (struct call){.args = args, .pallet = pallet_index_utility, .index = index};
}
#define BATCH(kind, ...)                                                                                               \
    batch_of(utility_call_index_##kind, (const struct call[]){__VA_ARGS__},                                            \
             sizeof((const struct call[]){__VA_ARGS__}) / sizeof(struct call))
_Static_assert(sizeof(utility_call_batch) == sizeof(runtime_calls), "a batch is its calls");

static struct call derivative(uint16_t index, struct call inner) {
    utility_call_as_derivative *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_as_derivative){index, inner};
    return CALL_WITH(utility, as_derivative, args);
}
static struct call as_origin(uint8_t call_index, raw_origin origin, struct call inner) {
    utility_call_dispatch_as *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_dispatch_as){{.tag = origin_caller_system, .as.system.origin = origin}, inner};
    return (struct call){.args = args, .pallet = pallet_index_utility, .index = call_index};
}
_Static_assert(sizeof(utility_call_dispatch_as) == sizeof(utility_call_dispatch_as_fallible), "the same arguments");
static struct call with_weight(struct call inner, weight value) {
    utility_call_with_weight *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_with_weight){inner, value};
    return CALL_WITH(utility, with_weight, args);
}
static struct call if_else(struct call main_call, struct call fallback) {
    utility_call_if_else *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_if_else){main_call, fallback};
    return CALL_WITH(utility, if_else, args);
}
static struct call sudo_of(struct call inner) {
    sudo_call_sudo *args = arena_zalloc(&arena_scratch, sizeof *args);
    args->call = inner;
    return CALL_WITH(sudo, sudo, args);
}

static struct dispatch result_of(struct call call, struct dispatch ctx, dispatch_result expected) {
    assert_int_equal(call_dispatch(&call, &ctx), expected);
    assert_false(ctx.pays_no);
    return ctx;
}
static void succeeds(struct call call, struct dispatch ctx) { result_of(call, ctx, DISPATCH_OK); }
/* Fails and leaves the state as it was. */
static struct dispatch refused(struct call call, struct dispatch ctx, dispatch_result why) {
    struct state_root before = root_now();
    ctx = result_of(call, ctx, why);
    assert_unchanged(before);
    return ctx;
}
static void assert_weight(weight actual, uint64_t ref_time, uint64_t proof_size) {
    assert_int_equal(actual.ref_time, ref_time);
    assert_int_equal(actual.proof_size, proof_size);
}

static void batch_runs_all(void **state) {
    (void)state;
    struct call call = BATCH(batch, note, remark, note);
    struct dispatch ctx = result_of(call, as_signed(alice), DISPATCH_OK);
    struct event_log log = {.count = 0};
    expect_note(&log, alice);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    expect_note(&log, alice);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompleted);
    assert_events(&log);
    assert_true(ctx.has_actual);
    weight inner = weight_add(weight_add(weigh(note), weigh(note)), weigh(remark));
    assert_weight(ctx.actual, 4034000 + 50000000 + 3 * 4914560 + inner.ref_time, 3997 + inner.proof_size);
    assert_weight(weigh(call), ctx.actual.ref_time, ctx.actual.proof_size);
}

static void batch_stops_at_first_failure(void **state) {
    (void)state;
    struct call call = BATCH(batch, note, root_only, note);
    struct dispatch ctx = result_of(call, as_signed(alice), DISPATCH_OK);
    struct event_log log = {.count = 0};
    expect_note(&log, alice);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT(&log, utility, BatchInterrupted, .index = 1, .error = dispatch_error_value(BAD_ORIGIN));
    assert_events(&log);
    /* The failed call is weighed, the one after it not. */
    weight inner = weight_add(weigh(note), weigh(root_only));
    assert_weight(ctx.actual, 4034000 + 50000000 + 2 * 4914560 + inner.ref_time, 3997 + inner.proof_size);
    assert_true(ctx.actual.ref_time < weigh(call).ref_time);
}

static void empty_batches(void **state) {
    (void)state;
    succeeds(batch_of(utility_call_index_batch, NULL, 0), as_signed(alice));
    succeeds(batch_of(utility_call_index_batch_all, NULL, 0), as_signed(alice));
    succeeds(batch_of(utility_call_index_force_batch, NULL, 0), as_root());
    struct event_log log = {.count = 0};
    for (int i = 0; i < 3; i++)
        EXPECT_EVENT0(&log, utility, BatchCompleted);
    assert_events(&log);
}

static void no_batch_without_origin(void **state) {
    (void)state;
    refused(BATCH(batch, remark), as_none(), BAD_ORIGIN);
    refused(BATCH(batch_all, remark), as_none(), BAD_ORIGIN);
    refused(BATCH(force_batch, remark), as_none(), BAD_ORIGIN);
    refused(if_else(remark, remark), as_none(), BAD_ORIGIN);
}

static void limit_of_calls(void **state) {
    (void)state;
    assert_int_equal(UTILITY_BATCHED_CALLS_LIMIT, 10922);
    struct call *calls = arena_alloc(&arena_scratch, 10923 * sizeof *calls);
    for (uint32_t i = 0; i < 10923; i++)
        calls[i] = remark;
    refused(batch_of(utility_call_index_batch, calls, 10923), as_signed(alice), PALLET_ERROR(utility, TooManyCalls));
    refused(batch_of(utility_call_index_batch_all, calls, 10923), as_root(), PALLET_ERROR(utility, TooManyCalls));
    refused(batch_of(utility_call_index_force_batch, calls, 10923), as_signed(alice), PALLET_ERROR(utility, TooManyCalls));
    succeeds(batch_of(utility_call_index_force_batch, calls, 10922), as_signed(alice));
}

static void batch_all_is_atomic(void **state) {
    (void)state;
    struct dispatch ctx = refused(BATCH(batch_all, note, root_only, note), as_signed(alice), BAD_ORIGIN);
    weight inner = weight_add(weigh(note), weigh(root_only));
    assert_true(ctx.has_actual);
    assert_weight(ctx.actual, 4075000 + 50000000 + 2 * 5127263 + inner.ref_time, 3997 + inner.proof_size);
    struct call good = BATCH(batch_all, note, note);
    ctx = result_of(good, as_signed(alice), DISPATCH_OK);
    struct event_log log = {.count = 0};
    for (int i = 0; i < 2; i++) {
        expect_note(&log, alice);
        EXPECT_EVENT0(&log, utility, ItemCompleted);
    }
    EXPECT_EVENT0(&log, utility, BatchCompleted);
    assert_events(&log);
    assert_weight(ctx.actual, weigh(good).ref_time, weigh(good).proof_size);
}

static void no_batch_all_inside_batch_all(void **state) {
    (void)state;
    const dispatch_result filtered = PALLET_ERROR(system, CallFiltered);
    refused(BATCH(batch_all, BATCH(batch_all, remark)), as_signed(alice), filtered);
    /* The filter goes with the origin through what dispatches with it. */
    refused(BATCH(batch_all, derivative(0, BATCH(batch_all, remark))), as_signed(alice), filtered);
    refused(BATCH(batch_all, if_else(BATCH(batch_all, remark), BATCH(batch_all, remark))), as_signed(alice), filtered);
    struct event_log log = {.count = 0};
    succeeds(BATCH(batch_all, BATCH(batch, remark, BATCH(batch_all, remark))), as_signed(alice));
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT(&log, utility, BatchInterrupted, .index = 1, .error = dispatch_error_value(filtered));
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompleted);
    succeeds(BATCH(batch_all, BATCH(force_batch, BATCH(batch_all, remark))), as_signed(alice));
    expect_error(&log, filtered);
    EXPECT_EVENT0(&log, utility, BatchCompletedWithErrors);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompleted);
    assert_events(&log);
}

static void where_batch_all_may_nest(void **state) {
    (void)state;
    /* Root has no filter; neither has an origin that sudo makes; a batch sets none. */
    succeeds(BATCH(batch_all, BATCH(batch_all, remark)), as_root());
    succeeds(BATCH(batch, BATCH(batch_all, remark)), as_signed(alice));
    sudo_genesis(&alice);
    struct call inner = BATCH(batch_all, BATCH(batch_all, root_only));
    assert_false(root_only_ran());
    succeeds(BATCH(batch_all, sudo_of(inner)), as_signed(alice));
    assert_true(root_only_ran());
}

static void filtered_call_counts_in_full(void **state) {
    (void)state;
    struct call inner = BATCH(batch_all, remark);
    struct dispatch ctx = refused(BATCH(batch_all, inner), as_signed(alice), PALLET_ERROR(system, CallFiltered));
    assert_weight(ctx.actual, 4075000 + 50000000 + 5127263 + weigh(inner).ref_time, 3997 + weigh(inner).proof_size);
}

static void force_batch_goes_on(void **state) {
    (void)state;
    struct call call = BATCH(force_batch, note, root_only, note);
    struct dispatch ctx = result_of(call, as_signed(alice), DISPATCH_OK);
    struct event_log log = {.count = 0};
    expect_note(&log, alice);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    expect_error(&log, BAD_ORIGIN);
    expect_note(&log, alice);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompletedWithErrors);
    succeeds(BATCH(force_batch, root_only), as_root());
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompleted);
    assert_events(&log);
    assert_weight(ctx.actual, weigh(call).ref_time, weigh(call).proof_size);
    assert_int_equal(weigh(call).ref_time,
                     4035000 + 50000000 + 3 * 4902729 + 2 * weigh(note).ref_time + weigh(root_only).ref_time);
}

static void failed_item_is_rolled_back_alone(void **state) {
    (void)state;
    /* The inner batch_all wrote a note before it failed: that note goes, the outer ones stay. */
    succeeds(BATCH(force_batch, note, BATCH(batch_all, note, root_only), note), as_signed(bob));
    struct event_log log = {.count = 0};
    expect_note(&log, bob);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    expect_error(&log, BAD_ORIGIN);
    expect_note(&log, bob);
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompletedWithErrors);
    assert_events(&log);
}

static account_id derived(account_id who, uint16_t index) {
    uint8_t seed[50] = "modlpy/utilisuba";
    memcpy(seed + 16, who.at, 32);
    seed[48] = (uint8_t)index;
    seed[49] = (uint8_t)(index >> 8);
    account_id out;
    shim_blake2(out.at, 32, (struct bytes){seed, sizeof seed});
    return out;
}

static void derivative_acts_for_pseudonym(void **state) {
    (void)state;
    struct call call = derivative(0x1234, note);
    struct dispatch ctx = result_of(call, as_signed(alice), DISPATCH_OK);
    struct event_log log = {.count = 0};
    expect_note(&log, derived(alice, 0x1234));
    succeeds(derivative(1, derivative(2, note)), as_signed(bob));
    expect_note(&log, derived(derived(bob, 1), 2));
    assert_events(&log);
    assert_weight(ctx.actual, 6097000 + 50000000 + 125000000 + weigh(note).ref_time, 3997 + weigh(note).proof_size);
    assert_weight(weigh(call), ctx.actual.ref_time, ctx.actual.proof_size);
}

static void derivative_hands_errors_on(void **state) {
    (void)state;
    struct dispatch ctx = refused(derivative(0, root_only), as_signed(alice), BAD_ORIGIN);
    assert_true(ctx.has_actual);
    assert_int_equal(ctx.actual.ref_time, weigh(derivative(0, root_only)).ref_time);
    refused(derivative(0, note), as_root(), BAD_ORIGIN);
    refused(derivative(0, note), as_none(), BAD_ORIGIN);
}

static const raw_origin root_origin = {.tag = raw_origin_Root}, none_origin = {.tag = raw_origin_None},
                        authorized_origin = {.tag = raw_origin_Authorized};
static raw_origin signed_by(account_id who) {
    return (raw_origin){.tag = raw_origin_Signed, .as.Signed.who = who};
}
#define AS utility_call_index_dispatch_as
#define AS_FALLIBLE utility_call_index_dispatch_as_fallible

static void dispatch_as_any_origin(void **state) {
    (void)state;
    struct event_log log = {.count = 0};
    for (uint8_t i = AS;; i = AS_FALLIBLE) {
        succeeds(as_origin(i, signed_by(bob), note), as_root());
        expect_note(&log, bob);
        EXPECT_EVENT(&log, utility, DispatchedAs, .result = {.tag = dispatch_outcome_Ok});
        succeeds(as_origin(i, root_origin, root_only), as_root());
        EXPECT_EVENT(&log, utility, DispatchedAs, .result = {.tag = dispatch_outcome_Ok});
        refused(as_origin(i, root_origin, root_only), as_signed(alice), BAD_ORIGIN);
        refused(as_origin(i, root_origin, root_only), as_none(), BAD_ORIGIN);
        if (i == AS_FALLIBLE)
            break;
    }
    assert_events(&log);
}

static void dispatch_as_tells_failure(void **state) {
    (void)state;
    struct event_log log = {.count = 0};
    const raw_origin wrong[] = {root_origin, none_origin, authorized_origin};
    for (uint32_t i = 0; i < COUNT_OF(wrong); i++) {
        succeeds(as_origin(AS, wrong[i], note), as_root());
        EXPECT_EVENT(&log, utility, DispatchedAs, .result = dispatch_outcome_value(BAD_ORIGIN));
    }
    assert_events(&log);
    for (uint32_t i = 0; i < COUNT_OF(wrong); i++)
        refused(as_origin(AS_FALLIBLE, wrong[i], note), as_root(), BAD_ORIGIN);
    refused(as_origin(AS_FALLIBLE, none_origin, BATCH(batch, remark)), as_root(), BAD_ORIGIN);
    /* Authorized is neither None nor Root nor signed: a batch may run under it. */
    succeeds(as_origin(AS_FALLIBLE, authorized_origin, BATCH(batch, remark)), as_root());
    refused(as_origin(AS_FALLIBLE, authorized_origin, root_only), as_root(), BAD_ORIGIN);
}

static void with_weight_is_for_root(void **state) {
    (void)state;
    const weight value = {123, 45};
    refused(with_weight(root_only, value), as_signed(alice), BAD_ORIGIN);
    refused(with_weight(root_only, value), as_none(), BAD_ORIGIN);
    refused(with_weight(note, value), as_root(), BAD_ORIGIN); /* the inner call refuses Root */
    struct dispatch ctx = result_of(with_weight(root_only, value), as_root(), DISPATCH_OK);
    assert_false(ctx.has_actual);
    assert_true(root_only_ran());
    assert_weight(weigh(with_weight(root_only, value)), 123, 45);
    struct call call = with_weight(root_only, value);
    assert_int_equal(call_info(&call).class, CLASS_OPERATIONAL);
}

static void if_else_takes_one_way(void **state) {
    (void)state;
    struct event_log log = {.count = 0};
    struct call call = if_else(note, root_only);
    struct dispatch ctx = result_of(call, as_signed(alice), DISPATCH_OK);
    expect_note(&log, alice);
    EXPECT_EVENT0(&log, utility, IfElseMainSuccess);
    assert_weight(ctx.actual, 11571000 + 75000000 + weigh(note).ref_time, 7004 + weigh(note).proof_size);
    assert_true(ctx.actual.ref_time < weigh(call).ref_time);
    call = if_else(BATCH(batch_all, note, root_only), note);
    ctx = result_of(call, as_signed(alice), DISPATCH_OK);
    expect_note(&log, alice);
    EXPECT_EVENT(&log, utility, IfElseFallbackCalled, .main_error = dispatch_error_value(BAD_ORIGIN));
    assert_weight(ctx.actual, weigh(call).ref_time, weigh(call).proof_size);
    assert_events(&log);
}

static void if_else_fails_with_second_error(void **state) {
    (void)state;
    struct call call = if_else(root_only, sudo_of(remark));
    struct dispatch ctx = refused(call, as_signed(alice), PALLET_ERROR(sudo, RequireSudo));
    assert_true(ctx.has_actual);
    assert_weight(ctx.actual, weigh(call).ref_time, weigh(call).proof_size);
}

static uint8_t class_of(struct call call) { return call_info(&call).class; }

static void classes(void **state) {
    (void)state;
    static const uint8_t kinds[] = {utility_call_index_batch, utility_call_index_batch_all, utility_call_index_force_batch};
    const struct call mandatory = CALL_INIT(timestamp, set, NULL);
    for (uint32_t i = 0; i < COUNT_OF(kinds); i++) {
        assert_int_equal(class_of(batch_of(kinds[i], NULL, 0)), CLASS_NORMAL);
        assert_int_equal(class_of(batch_of(kinds[i], (const struct call[]){root_only, root_only}, 2)), CLASS_OPERATIONAL);
        assert_int_equal(class_of(batch_of(kinds[i], (const struct call[]){root_only, remark}, 2)), CLASS_NORMAL);
        assert_int_equal(class_of(batch_of(kinds[i], &mandatory, 1)), CLASS_OPERATIONAL);
    }
    assert_int_equal(class_of(derivative(0, root_only)), CLASS_OPERATIONAL);
    assert_int_equal(class_of(derivative(0, remark)), CLASS_NORMAL);
    assert_int_equal(class_of(as_origin(AS, root_origin, mandatory)), CLASS_MANDATORY);
    assert_int_equal(class_of(if_else(root_only, root_only)), CLASS_OPERATIONAL);
    assert_int_equal(class_of(if_else(root_only, remark)), CLASS_NORMAL);
    assert_int_equal(class_of(if_else(mandatory, root_only)), CLASS_NORMAL);
    assert_weight(weigh(as_origin(AS, root_origin, note)), 5720000 + weigh(note).ref_time, weigh(note).proof_size);
    assert_weight(weigh(as_origin(AS_FALLIBLE, root_origin, note)), 5705000 + weigh(note).ref_time, weigh(note).proof_size);
}

static void weights_saturate(void **state) {
    (void)state;
    struct call heavy = with_weight(remark, (weight){UINT64_MAX, UINT64_MAX});
    assert_weight(weigh(BATCH(batch, heavy, heavy)), UINT64_MAX, UINT64_MAX);
    assert_weight(weigh(derivative(0, heavy)), UINT64_MAX, UINT64_MAX);
    assert_weight(weigh(if_else(heavy, heavy)), UINT64_MAX, UINT64_MAX);
}

static void decodes_from_bytes(void **state) {
    (void)state;
    /* batch_all([remark(0x01), as_derivative(258, remark_with_event("x"))]) */
    static const uint8_t bytes[] = {5, 2, 8, 0, 0, 4, 1, 5, 1, 2, 1, 0, 7, 4, 'x'};
    struct call call;
    struct reader in = reader_over((struct bytes){bytes, sizeof bytes}, &arena_scratch);
    assert_true(call_decode(&in, &call));
    assert_true(reader_done(&in));
    succeeds(call, as_signed(alice));
    struct event_log log = {.count = 0};
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    expect_note(&log, derived(alice, 258));
    EXPECT_EVENT0(&log, utility, ItemCompleted);
    EXPECT_EVENT0(&log, utility, BatchCompleted);
    assert_events(&log);
    for (uint32_t len = 0; len < sizeof bytes; len++) { /* cut anywhere it is no call */
        in = reader_over((struct bytes){bytes, len}, &arena_scratch);
        assert_false(call_decode(&in, &call));
    }
    static const uint8_t bad_origin[] = {5, 3, 0, 4, 0, 0, 0}, bad_caller[] = {5, 3, 1, 0, 0, 0, 0};
    in = reader_over((struct bytes){bad_origin, sizeof bad_origin}, &arena_scratch);
    assert_false(call_decode(&in, &call));
    in = reader_over((struct bytes){bad_caller, sizeof bad_caller}, &arena_scratch);
    assert_false(call_decode(&in, &call));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, at_block_one)
    const struct CMUnitTest tests[] = {
        CASE(batch_runs_all), CASE(batch_stops_at_first_failure), CASE(empty_batches), CASE(no_batch_without_origin),
        CASE(limit_of_calls), CASE(batch_all_is_atomic), CASE(no_batch_all_inside_batch_all),
        CASE(where_batch_all_may_nest), CASE(filtered_call_counts_in_full), CASE(force_batch_goes_on),
        CASE(failed_item_is_rolled_back_alone), CASE(derivative_acts_for_pseudonym), CASE(derivative_hands_errors_on),
        CASE(dispatch_as_any_origin), CASE(dispatch_as_tells_failure), CASE(with_weight_is_for_root),
        CASE(if_else_takes_one_way), CASE(if_else_fails_with_second_error), CASE(classes), CASE(weights_saturate),
        CASE(decodes_from_bytes),
    };
    return cmocka_run_group_tests_name("utility", tests, NULL, NULL);
}
