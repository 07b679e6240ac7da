/* compute_view.c - see compute_view.h. */
#include "compute/compute_view.h"

#include "compute/compute_internal.h"
#include "market/share_pool.h"

void compute_api_provider(option_compute_provider_view *out, const account_id *account) {
    compute_provider_view *view = &out->value;
    compute_provider *provider = &view->record;
    uint32_t now = clock_now(), epoch = now / CLOCK_EPOCH_TICKS;
    memset(out, 0, sizeof *out);
    view->owner = *account;
    if (!compute_Providers_get(account, provider) &&
        !(compute_owner_of(account, &view->owner) && compute_Providers_get(&view->owner, provider)))
        return;
    out->some = true;
    compute_touch_commission(provider, epoch);
    compute_roll_points(provider, epoch);
    provider->strikes = compute_strikes_at(provider, epoch);
    view->state = compute_state_at(provider, now);
    view->rep_ppm = compute_rep_ppm(provider);
    view->stake = compute_stake(provider);
    view->weight = compute_weight(provider); /* of the pool as it is: so draws see it */
    view->pool.some = compute_Pools_get(&provider->pool, &view->pool.value);
    compute_touch_pool(provider->pool, &view->pool.value, provider, epoch);
    compute_OpenSlashes_get(&view->owner, &view->slashes);
}

void compute_api_slash(option_compute_slash *out, uint32_t id) { out->some = compute_Slashes_get(&id, &out->value); }

void compute_api_asks(option_compute_price_class *out, uint64_t model, uint8_t class) {
    bytes32 bits;
    uint32_t asset = 0, at = class;
    memset(out, 0, sizeof *out);
    compute_AskBits_get(&model, &asset, &bits);
    while (at < 256 && !(bits.at[at / 8] >> at % 8 & 1))
        at++;
    out->value.class = (uint8_t)at;
    out->some = at < 256 && compute_AskTick_get(&model, &asset, &out->value.class, &out->value.asks);
}

void compute_api_delegations(compute_delegation_views *out, const account_id *who, const compute_pool_ids *pools) {
    compute_delegation_view *views = arena_alloc(&arena_scratch, (pools->len + 1) * sizeof *views);
    *out = (compute_delegation_views){views, 0};
    for (uint32_t i = 0; i < pools->len; i++) {
        uint32_t id = pools->items[i];
        compute_pool pool;
        compute_provider provider;
        compute_delegation delegation;
        u128 worth;
        if (!compute_Pools_get(&id, &pool) || !compute_Delegations_get(who, &id, &delegation))
            continue;
        bool there = compute_provider_of(id, &pool, &provider);
        compute_touch_pool(id, &pool, there ? &provider : NULL, clock_epoch());
        compute_settle(id, &pool, &delegation);
        compute_Pools_put(&id, &pool);
        compute_Delegations_put(who, &id, &delegation); /* a pool may be named twice */
        bool fits = share_pool_worth(&worth, pool.tokens, pool.shares, delegation.shares);
        ASSERT(fits);
        views[out->len++] =
            (compute_delegation_view){id, delegation.shares, worth, delegation.joining.tokens, delegation.due};
    }
}

balance compute_api_due(const account_id *who) {
    balance due;
    compute_Due_get(who, &due);
    return due;
}

uint32_t compute_api_next_pool(void) {
    uint32_t next;
    compute_NextPool_get(&next);
    return next;
}

bool compute_api_pool_holds(uint32_t id) {
    compute_pool pool;
    return !compute_Pools_get(&id, &pool) || pool.shares || pool.tokens == 0;
}
