/* test_utility.c - batches: results, events, what stays in the state, weights, limits, filter; decoding and nesting.
 * Expectations follow polkadot-sdk stable2609 pallet-utility src/tests.rs and src/lib.rs. */
#include "utility/calls.h"

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

/* as_derivative(0, as_derivative(0, ... remark)): `depth` boxes. */
static bool decode_nested(uint32_t depth, struct call *call) {
    uint8_t *bytes = arena_alloc(&arena_scratch, 4 * (size_t)depth + 3), *at = bytes;
    for (uint32_t i = 0; i < depth; i++, at += 4)
        memcpy(at, (const uint8_t[]){5, 1, 0, 0}, 4);
    memset(at, 0, 3);
    struct reader in = reader_over((struct bytes){bytes, 4 * depth + 3}, &arena_scratch);
    return call_decode(&in, call) && reader_done(&in);
}

static void nesting_has_a_limit(void **state) {
    (void)state;
    struct call call;
    assert_false(decode_nested(257, &call));
    assert_false(decode_nested(100000, &call));
    assert_true(decode_nested(100, &call));
    succeeds(call, as_signed(alice));
    assert_true(decode_nested(256, &call)); /* what decodes can be weighed and run */
    struct dispatch ctx = as_signed(alice);
    dispatch_result result = call_dispatch(&call, &ctx);
    assert_true(result == DISPATCH_OK || result == (DISPATCH_ERROR(Transactional) | transactional_error_LimitReached));
    assert_true(ctx.actual.ref_time > 256ull * 6097000);
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, at_block_one)
    const struct CMUnitTest tests[] = {
        CASE(batch_runs_all),
        CASE(batch_stops_at_first_failure),
        CASE(empty_batches),
        CASE(no_batch_without_origin),
        CASE(limit_of_calls),
        CASE(batch_all_is_atomic),
        CASE(no_batch_all_inside_batch_all),
        CASE(where_batch_all_may_nest),
        CASE(filtered_call_counts_in_full),
        CASE(force_batch_goes_on),
        CASE(failed_item_is_rolled_back_alone),
        CASE(classes),
        CASE(weights_saturate),
        CASE(decodes_from_bytes),
        CASE(nesting_has_a_limit),
    };
    return cmocka_run_group_tests_name("utility", tests, NULL, NULL);
}
