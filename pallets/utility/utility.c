/* utility.c - see utility.h. Mirrors polkadot-sdk stable2609 pallet-utility src/lib.rs. */
#include "utility/utility.h"

#include "host/host.h"
#include "system/system.h"

/* Base weights are those of pallet-utility src/weights.rs; as_derivative also counts the derived account. */
#define BATCH_PROOF 3997
#define DERIVATIVE_WEIGHT ((weight){6097000 + READS(2) + READS(1) + WRITES(1), BATCH_PROOF})
#define IF_ELSE_WEIGHT ((weight){11571000 + READS(3), 7004})

/* Origin filters look at each call when it is about to run. Root has none. */
static bool is_filtered(const struct call *call, const struct origin *origin) {
    return origin->no_batch_all && origin->kind != ORIGIN_ROOT && call->pallet == pallet_index_utility &&
           call->index == utility_call_index_batch_all;
}

/* Runs `call` with `origin` and adds what it weighed to `total`. */
static NOINLINE dispatch_result run(const struct call *call, const struct origin *origin, weight *total) {
    struct dispatch_info info = call_info(call);
    struct dispatch inner = {.origin = *origin};
    dispatch_result result =
        is_filtered(call, origin) ? PALLET_ERROR(system, CallFiltered) : call_dispatch(call, &inner);
    *total = weight_add(*total, call_actual_weight(&inner, &info));
    return result;
}

static void used(struct dispatch *ctx, weight actual) {
    ctx->has_actual = true;
    ctx->actual = actual;
}

static dispatch_result ensure_not_none(const struct origin *origin) {
    return origin->kind == ORIGIN_NONE ? BAD_ORIGIN : DISPATCH_OK;
}

static weight batch_weight(uint64_t base, uint64_t per_call, uint32_t count) {
    return (weight){base + READS(2) + per_call * count, BATCH_PROOF};
}

/* What a batch does with a failing call: end well, fail, go on. */
enum on_failure { INTERRUPT, ABORT, CONTINUE };

static dispatch_result run_batch(struct dispatch *ctx, const runtime_calls *calls, enum on_failure on_failure,
                                 uint64_t base, uint64_t per_call) {
    TRY(ensure_not_none(&ctx->origin));
    if (calls->len > UTILITY_BATCHED_CALLS_LIMIT)
        return PALLET_ERROR(utility, TooManyCalls);
    struct origin origin = ctx->origin;
    origin.no_batch_all = origin.no_batch_all || on_failure == ABORT;
    weight total = {0, 0};
    bool errors = false;
    for (uint32_t i = 0; i < calls->len; i++) {
        dispatch_result result = run(&calls->items[i], &origin, &total);
        if (result == DISPATCH_OK) {
            DEPOSIT0(utility, ItemCompleted);
        } else if (on_failure == CONTINUE) {
            errors = true;
            DEPOSIT(utility, ItemFailed, .error = dispatch_error_value(result));
        } else {
            used(ctx, weight_add(total, batch_weight(base, per_call, i + 1)));
            if (on_failure == ABORT)
                return result;
            DEPOSIT(utility, BatchInterrupted, .index = i, .error = dispatch_error_value(result));
            return DISPATCH_OK;
        }
    }
    uint8_t end = errors ? utility_event_index_BatchCompletedWithErrors : utility_event_index_BatchCompleted;
    system_deposit_event(pallet_index_utility, end, NULL, NULL);
    used(ctx, weight_add(total, batch_weight(base, per_call, calls->len)));
    return DISPATCH_OK;
}

dispatch_result utility_batch(struct dispatch *ctx, const utility_call_batch *args) {
    return run_batch(ctx, &args->calls, INTERRUPT, UTILITY_BATCH);
}

dispatch_result utility_batch_all(struct dispatch *ctx, const utility_call_batch_all *args) {
    return run_batch(ctx, &args->calls, ABORT, UTILITY_BATCH_ALL);
}

dispatch_result utility_force_batch(struct dispatch *ctx, const utility_call_force_batch *args) {
    return run_batch(ctx, &args->calls, CONTINUE, UTILITY_FORCE_BATCH);
}

void utility_derivative_account(account_id *out, const account_id *who, uint16_t index) {
    static const char prefix[16] = "modlpy/utilisuba";
    uint8_t seed[16 + 32 + 2];
    memcpy(seed, prefix, 16);
    memcpy(seed + 16, who->at, 32);
    store_u16(seed + 48, index);
    host_blake2_256(out->at, (struct bytes){seed, sizeof seed});
}

dispatch_result utility_as_derivative(struct dispatch *ctx, const utility_call_as_derivative *args) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    struct origin derived = ctx->origin;
    utility_derivative_account(&derived.who, &who, args->index);
    weight total = DERIVATIVE_WEIGHT;
    dispatch_result result = run(&args->call, &derived, &total);
    used(ctx, total);
    return result;
}

/* Both enums number Root, Signed, None and Authorized alike. */
_Static_assert((int)raw_origin_Root == (int)ORIGIN_ROOT && (int)raw_origin_Signed == (int)ORIGIN_SIGNED &&
                   (int)raw_origin_None == (int)ORIGIN_NONE && (int)raw_origin_Authorized == (int)ORIGIN_AUTHORIZED,
               "origins by number");
static struct origin origin_of(const origin_caller *caller) {
    const raw_origin *raw = &caller->as.system.origin;
    struct origin origin = {.kind = raw->tag};
    if (raw->tag == raw_origin_Signed)
        origin.who = raw->as.Signed.who;
    return origin;
}

static dispatch_result dispatch_as(struct dispatch *ctx, const origin_caller *caller, const struct call *call,
                                   bool fallible) {
    TRY(ensure_root(&ctx->origin));
    struct dispatch inner = {.origin = origin_of(caller)};
    dispatch_result result = call_dispatch(call, &inner);
    if (fallible)
        TRY(result);
    DEPOSIT(utility, DispatchedAs, .result = dispatch_outcome_value(result));
    return DISPATCH_OK;
}

dispatch_result utility_dispatch_as(struct dispatch *ctx, const utility_call_dispatch_as *args) {
    return dispatch_as(ctx, &args->as_origin, &args->call, false);
}

dispatch_result utility_dispatch_as_fallible(struct dispatch *ctx, const utility_call_dispatch_as_fallible *args) {
    return dispatch_as(ctx, &args->as_origin, &args->call, true);
}

dispatch_result utility_with_weight(struct dispatch *ctx, const utility_call_with_weight *args) {
    TRY(ensure_root(&ctx->origin));
    struct dispatch inner = {.origin = {.kind = ORIGIN_ROOT}};
    return call_dispatch(&args->call, &inner);
}

dispatch_result utility_if_else(struct dispatch *ctx, const utility_call_if_else *args) {
    TRY(ensure_not_none(&ctx->origin));
    weight total = IF_ELSE_WEIGHT;
    dispatch_result first = run(&args->main, &ctx->origin, &total);
    if (first == DISPATCH_OK) {
        DEPOSIT0(utility, IfElseMainSuccess);
        used(ctx, total);
        return DISPATCH_OK;
    }
    dispatch_result second = run(&args->fallback, &ctx->origin, &total);
    used(ctx, total);
    if (second == DISPATCH_OK)
        DEPOSIT(utility, IfElseFallbackCalled, .main_error = dispatch_error_value(first));
    return second;
}

struct dispatch_info utility_batch_info(uint64_t base, uint64_t per_call, const runtime_calls *calls) {
    struct dispatch_info batch = {batch_weight(base, per_call, calls->len), CLASS_OPERATIONAL, PAYS_YES};
    if (calls->len == 0)
        batch.class = CLASS_NORMAL;
    for (uint32_t i = 0; i < calls->len; i++) {
        struct dispatch_info inner = call_info(&calls->items[i]);
        batch.call_weight = weight_add(batch.call_weight, inner.call_weight);
        if (inner.class == CLASS_NORMAL)
            batch.class = CLASS_NORMAL;
    }
    return batch;
}

struct dispatch_info utility_as_derivative_info(const struct call *inner) {
    struct dispatch_info info = call_info(inner);
    return (struct dispatch_info){weight_add(info.call_weight, DERIVATIVE_WEIGHT), info.class, PAYS_YES};
}

struct dispatch_info utility_dispatch_as_info(uint64_t base, const struct call *inner) {
    struct dispatch_info info = call_info(inner);
    return (struct dispatch_info){weight_add(info.call_weight, (weight){base, 0}), info.class, PAYS_YES};
}

struct dispatch_info utility_if_else_info(const struct call *main_call, const struct call *fallback) {
    struct dispatch_info a = call_info(main_call), b = call_info(fallback);
    weight sum = weight_add(IF_ELSE_WEIGHT, weight_add(a.call_weight, b.call_weight));
    bool operational = a.class == CLASS_OPERATIONAL && b.class == CLASS_OPERATIONAL;
    return (struct dispatch_info){sum, operational ? CLASS_OPERATIONAL : CLASS_NORMAL, PAYS_YES};
}
