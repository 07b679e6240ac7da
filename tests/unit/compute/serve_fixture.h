/* serve_fixture.h - an Active model, its accounts as providers, for the tests of providers, asks and seats. Calls go the
 * whole way; after each the pallet's invariants and the issuance are checked, after a failed one the state must be what
 * it was. */
#ifndef NALAR_TESTS_SERVE_FIXTURE_H
#define NALAR_TESTS_SERVE_FIXTURE_H

#include "models/models_fixture.h"

#include "compute/compute_internal.h"

enum { START = CLOCK_EPOCH_TICKS + 5000 }; /* the tick at which each test begins */
#define BOND COMPUTE_MIN_SELF_BOND
#define MIN_PRICE 1000
#define PRICE 1000000

const struct type_desc *compute_call_args(uint8_t index);

static uint64_t model_id;
static struct dispatch last; /* as the last call left it */

UNUSED static void check_all(void) {
    const char *wrong = compute_try_state();
    u128 sum = 0;
    account_data data;
    if (wrong)
        fail_msg("invariant: %s", wrong);
    for (int n = 1; n <= 255; n++)
        sum += free_of(n);
    balances_account(&models_account, &data);
    sum += data.free;
    balances_account(&compute_pot.account, &data);
    assert_true(sum + data.free == balances_total_issuance());
}

UNUSED static int serve_start(void **state) {
    if (models_start(state))
        return -1;
    models_licence terms = usual_licence();
    terms.min_price = MIN_PRICE;
    model_id = active(CAROL, licence(CAROL, terms), 7);
    compute_genesis();
    at_tick(START);
    check_all();
    return 0;
}

static dispatch_result serve_run(int who, uint8_t index, const void *args) {
    uint8_t before[32], after[32], bytes[1024] = {pallet_index_compute, index};
    struct writer out = writer_over(bytes + 2, sizeof bytes - 2);
    if (args)
        scale_encode(compute_call_args(index), args, &out);
    assert_false(out.overflow);
    struct reader in = reader_over((struct bytes){bytes, writer_len(&out) + 2}, &arena_scratch);
    struct call call;
    assert_true(call_decode(&in, &call) && reader_done(&in));
    overlay_root(before, 1);
    last = (struct dispatch){
        .origin = {.kind = who == ROOT ? ORIGIN_ROOT : who == UNSIGNED ? ORIGIN_NONE : ORIGIN_SIGNED}};
    if (who > 0)
        last.origin.who = account(who);
    dispatch_result result = call_dispatch(&call, &last);
    if (result == DISPATCH_OK) {
        check_all();
    } else {
        overlay_root(after, 1);
        assert_memory_equal(before, after, 32);
    }
    return result;
}
#define CALLED(who, name, ...) serve_run(who, compute_call_index_##name, &(const compute_call_##name){__VA_ARGS__})
#define DO(who, name, ...) assert_int_equal(CALLED(who, name, __VA_ARGS__), DISPATCH_OK)
#define DENY(error, who, name, ...) assert_int_equal(CALLED(who, name, __VA_ARGS__), PALLET_ERROR(compute, error))
#define DENY_AS(result, who, name, ...) assert_int_equal(CALLED(who, name, __VA_ARGS__), result)
/* Calls without arguments. */
#define CALLED0(who, name) serve_run(who, compute_call_index_##name, NULL)
#define DO0(who, name) assert_int_equal(CALLED0(who, name), DISPATCH_OK)
#define DENY0(error, who, name) assert_int_equal(CALLED0(who, name), PALLET_ERROR(compute, error))
/* The event was deposited since the start. */
#define SAW(name, ...)                                                                                                 \
    expect_event(pallet_index_compute, compute_event_index_##name, &compute_event_##name##_type,                       \
                 &(const compute_event_##name){__VA_ARGS__})

/* --- ready-made things --- */

UNUSED static compute_provider provider_of(int owner) {
    compute_provider value;
    account_id who = account(owner);
    assert_true(compute_Providers_get(&who, &value));
    return value;
}

UNUSED static void put_provider(int owner, compute_provider value) {
    account_id who = account(owner);
    compute_Providers_put(&who, &value);
}

/* Changes fields of a stored provider. */
#define SET(owner, field, ...)                                                                                         \
    do {                                                                                                               \
        compute_provider set_ = provider_of(owner);                                                                    \
        set_.field = __VA_ARGS__;                                                                                      \
        put_provider(owner, set_);                                                                                     \
    } while (0)

/* Registers account n, which is its own operator; Candidate. */
UNUSED static void candidate(int n) {
    account_id who = account(n);
    DO(n, register_provider, .operator = who, .payout = who, .slots = 2, .bond = BOND);
}

/* The same, and it becomes Active. */
UNUSED static void server(int n) {
    candidate(n);
    at_tick(clock_now() + COMPUTE_ACTIVATION_TICKS);
}

UNUSED static compute_ad_record ad_record(int n, uint64_t model) {
    compute_ad_record record;
    account_id who = account(n);
    assert_true(compute_Ads_get(&model, &who, &record));
    return record;
}

UNUSED static bool has_ad(int n, uint64_t model) {
    account_id who = account(n);
    return compute_Ads_exists(&model, &who);
}

UNUSED static u128 books_of(void) {
    u128 value;
    compute_Books_get(&value);
    return value;
}

UNUSED static u128 due_of(int n) {
    u128 value;
    account_id who = account(n);
    compute_Due_get(&who, &value);
    return value;
}

UNUSED static void assert_is(account_id who, int n) {
    account_id expected = account(n);
    assert_memory_equal(&who, &expected, sizeof who);
}

#endif
