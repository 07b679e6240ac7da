/* test_origins.c - calls under other origins: derived accounts, dispatch_as, with_weight, if_else.
 * Expectations follow polkadot-sdk stable2609 pallet-utility src/tests.rs and src/lib.rs. */
#include "utility/calls.h"

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

int main(void) {
#define CASE(name) cmocka_unit_test_setup(name, at_block_one)
    const struct CMUnitTest tests[] = {
        CASE(derivative_acts_for_pseudonym),
        CASE(derivative_hands_errors_on),
        CASE(dispatch_as_any_origin),
        CASE(dispatch_as_tells_failure),
        CASE(with_weight_is_for_root),
        CASE(if_else_takes_one_way),
        CASE(if_else_fails_with_second_error),
    };
    return cmocka_run_group_tests_name("origins", tests, NULL, NULL);
}
