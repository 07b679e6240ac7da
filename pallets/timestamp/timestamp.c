/* timestamp.c - see timestamp.h. Mirrors polkadot-sdk stable2609 pallet-timestamp src/lib.rs. */
#include "timestamp/timestamp.h"

#include "aura/aura.h"

#define ON_FINALIZE_WEIGHT ((weight){3246000, 0})

weight timestamp_on_initialize(void) { return ON_FINALIZE_WEIGHT; }

void timestamp_on_finalize(void) {
    boolean updated;
    timestamp_DidUpdate_get(&updated);
    if (!updated)
        PANIC("Timestamp must be updated once in the block");
    timestamp_DidUpdate_kill();
}

/* The least time a new block may have. */
static uint64_t earliest(void) {
    uint64_t previous;
    timestamp_Now_get(&previous);
    return saturating_add_u64(previous, MINIMUM_PERIOD_MS);
}

dispatch_result timestamp_set(struct dispatch *ctx, const timestamp_call_set *args) {
    TRY(ensure_none(&ctx->origin));
    if (timestamp_DidUpdate_exists())
        PANIC("Timestamp must be updated only once in the block");
    uint64_t previous;
    timestamp_Now_get(&previous);
    if (previous && args->now < saturating_add_u64(previous, MINIMUM_PERIOD_MS))
        PANIC("Timestamp must increment by at least <MinimumPeriod> between sequential blocks");
    timestamp_Now_put(&args->now);
    const boolean yes = true;
    timestamp_DidUpdate_put(&yes);
    aura_check_timestamp(args->now);
    return DISPATCH_OK;
}

static uint64_t node_clock(struct bytes data) {
    if (!data.at)
        PANIC("Timestamp inherent data must be provided");
    if (data.len < 8)
        PANIC("Timestamp inherent data not correctly encoded");
    return load_u64(data.at);
}

uint64_t timestamp_create_inherent(struct bytes data) { return max_u64(node_clock(data), earliest()); }

enum timestamp_check timestamp_check_inherent(uint64_t now, struct bytes data) {
    if (now > saturating_add_u64(node_clock(data), TIMESTAMP_MAX_DRIFT_MS))
        return TIMESTAMP_TOO_FAR_IN_FUTURE;
    return now < earliest() ? TIMESTAMP_TOO_EARLY : TIMESTAMP_OK;
}
