/* calls.h - the calls that the tests of this pallet put together, and what is asserted of each. */
#ifndef NALAR_TESTS_UTILITY_CALLS_H
#define NALAR_TESTS_UTILITY_CALLS_H

#include "utility/event_log.h"

#include "host/host.h"
#include "sudo/sudo.h"
#include "timestamp/timestamp.h"
#include "utility/utility.h"

UNUSED static const account_id alice = {{0xA1}}, bob = {{0xB0}};

/* Deposits who called: an effect that rollbacks undo. Fails for Root. */
UNUSED static const system_call_remark_with_event note_args = {{(const uint8_t *)"x", 1}};
UNUSED static const struct call note = CALL_INIT(system, remark_with_event, &note_args);
/* Succeeds for Root only, writes one key. */
UNUSED static const system_call_set_heap_pages pages = {64};
UNUSED static const struct call root_only = CALL_INIT(system, set_heap_pages, &pages);
/* Succeeds for everybody without effect. */
UNUSED static const system_call_remark remark_args = {{NULL, 0}};
UNUSED static const struct call remark = CALL_INIT(system, remark, &remark_args);

static inline weight weigh(struct call call) { return call_info(&call).call_weight; }
static inline bool root_only_ran(void) { return overlay_exists(TEXT(":heappages")); }

static inline void expect_note(struct event_log *log, account_id who) {
    h256 hash;
    shim_blake2(hash.at, 32, TEXT("x"));
    EXPECT_EVENT(log, system, Remarked, .sender = who, .hash = hash);
}
static inline void expect_error(struct event_log *log, dispatch_result error) {
    EXPECT_EVENT(log, utility, ItemFailed, .error = dispatch_error_value(error));
}

/* Calls of this pallet; their arguments live in the arena. */
static inline struct call batch_of(uint8_t index, const struct call *calls, uint32_t count) {
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

static inline struct call derivative(uint16_t index, struct call inner) {
    utility_call_as_derivative *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_as_derivative){index, inner};
    return CALL_WITH(utility, as_derivative, args);
}
static inline struct call as_origin(uint8_t call_index, raw_origin origin, struct call inner) {
    utility_call_dispatch_as *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_dispatch_as){{.tag = origin_caller_system, .as.system.origin = origin}, inner};
    return (struct call){.args = args, .pallet = pallet_index_utility, .index = call_index};
}
_Static_assert(sizeof(utility_call_dispatch_as) == sizeof(utility_call_dispatch_as_fallible), "the same arguments");
static inline struct call with_weight(struct call inner, weight value) {
    utility_call_with_weight *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_with_weight){inner, value};
    return CALL_WITH(utility, with_weight, args);
}
static inline struct call if_else(struct call main_call, struct call fallback) {
    utility_call_if_else *args = arena_zalloc(&arena_scratch, sizeof *args);
    *args = (utility_call_if_else){main_call, fallback};
    return CALL_WITH(utility, if_else, args);
}
static inline struct call sudo_of(struct call inner) {
    sudo_call_sudo *args = arena_zalloc(&arena_scratch, sizeof *args);
    args->call = inner;
    return CALL_WITH(sudo, sudo, args);
}

static inline struct dispatch result_of(struct call call, struct dispatch ctx, dispatch_result expected) {
    assert_int_equal(call_dispatch(&call, &ctx), expected);
    assert_false(ctx.pays_no);
    return ctx;
}
static inline void succeeds(struct call call, struct dispatch ctx) { result_of(call, ctx, DISPATCH_OK); }
/* Fails and leaves the state as it was. */
static inline struct dispatch refused(struct call call, struct dispatch ctx, dispatch_result why) {
    struct state_root before = root_now();
    ctx = result_of(call, ctx, why);
    assert_unchanged(before);
    return ctx;
}
static inline void assert_weight(weight actual, uint64_t ref_time, uint64_t proof_size) {
    assert_int_equal(actual.ref_time, ref_time);
    assert_int_equal(actual.proof_size, proof_size);
}

static inline account_id derived(account_id who, uint16_t index) {
    uint8_t seed[50] = "modlpy/utilisuba";
    memcpy(seed + 16, who.at, 32);
    seed[48] = (uint8_t)index;
    seed[49] = (uint8_t)(index >> 8);
    account_id out;
    shim_blake2(out.at, 32, (struct bytes){seed, sizeof seed});
    return out;
}

UNUSED static const raw_origin root_origin = {.tag = raw_origin_Root}, none_origin = {.tag = raw_origin_None},
                               authorized_origin = {.tag = raw_origin_Authorized};
static inline raw_origin signed_by(account_id who) {
    return (raw_origin){.tag = raw_origin_Signed, .as.Signed.who = who};
}
#define AS utility_call_index_dispatch_as
#define AS_FALLIBLE utility_call_index_dispatch_as_fallible

#endif
