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
static dispatch_result run(const struct call *call, const struct origin *origin, weight *total) {
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

static dispatch_result check_batch(const struct origin *origin, const runtime_calls *calls) {
    TRY(ensure_not_none(origin));
    return calls->len > UTILITY_BATCHED_CALLS_LIMIT ? PALLET_ERROR(utility, TooManyCalls) : DISPATCH_OK;
}

static weight batch_weight(uint64_t base, uint64_t per_call, uint32_t count) {
    return (weight){base + READS(2) + per_call * count, BATCH_PROOF};
}

dispatch_result utility_batch(struct dispatch *ctx, const utility_call_batch *args) {
    TRY(check_batch(&ctx->origin, &args->calls));
    weight total = {0, 0};
    uint32_t done = 0;
    for (; done < args->calls.len; done++) {
        dispatch_result result = run(&args->calls.items[done], &ctx->origin, &total);
        if (result != DISPATCH_OK) {
            DEPOSIT(utility, BatchInterrupted, .index = done, .error = dispatch_error_value(result));
            used(ctx, weight_add(total, batch_weight(UTILITY_BATCH, done + 1)));
            return DISPATCH_OK;
        }
        DEPOSIT0(utility, ItemCompleted);
    }
    DEPOSIT0(utility, BatchCompleted);
    used(ctx, weight_add(total, batch_weight(UTILITY_BATCH, done)));
    return DISPATCH_OK;
}

dispatch_result utility_batch_all(struct dispatch *ctx, const utility_call_batch_all *args) {
    TRY(check_batch(&ctx->origin, &args->calls));
    struct origin filtered = ctx->origin;
    filtered.no_batch_all = true;
    weight total = {0, 0};
    uint32_t done = 0;
    for (; done < args->calls.len; done++) {
        dispatch_result result = run(&args->calls.items[done], &filtered, &total);
        if (result != DISPATCH_OK) {
            used(ctx, weight_add(total, batch_weight(UTILITY_BATCH_ALL, done + 1)));
            return result;
        }
        DEPOSIT0(utility, ItemCompleted);
    }
    DEPOSIT0(utility, BatchCompleted);
    used(ctx, weight_add(total, batch_weight(UTILITY_BATCH_ALL, done)));
    return DISPATCH_OK;
}

dispatch_result utility_force_batch(struct dispatch *ctx, const utility_call_force_batch *args) {
    TRY(check_batch(&ctx->origin, &args->calls));
    weight total = {0, 0};
    bool failed = false;
    for (uint32_t i = 0; i < args->calls.len; i++) {
        dispatch_result result = run(&args->calls.items[i], &ctx->origin, &total);
        if (result != DISPATCH_OK) {
            failed = true;
            DEPOSIT(utility, ItemFailed, .error = dispatch_error_value(result));
        } else {
            DEPOSIT0(utility, ItemCompleted);
        }
    }
    if (failed)
        DEPOSIT0(utility, BatchCompletedWithErrors);
    else
        DEPOSIT0(utility, BatchCompleted);
    used(ctx, weight_add(total, batch_weight(UTILITY_FORCE_BATCH, args->calls.len)));
    return DISPATCH_OK;
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

static struct origin origin_of(const origin_caller *caller) {
    const raw_origin *raw = &caller->as.system.origin;
    struct origin origin = {.kind = ORIGIN_ROOT};
    switch (raw->tag) {
    case raw_origin_Root:
        break;
    case raw_origin_Signed:
        origin.kind = ORIGIN_SIGNED;
        origin.who = raw->as.Signed.who;
        break;
    case raw_origin_None:
        origin.kind = ORIGIN_NONE;
        break;
    default:
        origin.kind = ORIGIN_AUTHORIZED;
        break;
    }
    return origin;
}

dispatch_result utility_dispatch_as(struct dispatch *ctx, const utility_call_dispatch_as *args) {
    TRY(ensure_root(&ctx->origin));
    struct dispatch inner = {.origin = origin_of(&args->as_origin)};
    dispatch_result result = call_dispatch(&args->call, &inner);
    DEPOSIT(utility, DispatchedAs, .result = dispatch_outcome_value(result));
    return DISPATCH_OK;
}

dispatch_result utility_dispatch_as_fallible(struct dispatch *ctx, const utility_call_dispatch_as_fallible *args) {
    TRY(ensure_root(&ctx->origin));
    struct dispatch inner = {.origin = origin_of(&args->as_origin)};
    TRY(call_dispatch(&args->call, &inner));
    DEPOSIT(utility, DispatchedAs, .result = dispatch_outcome_value(DISPATCH_OK));
    return DISPATCH_OK;
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
