/* compute_slash.c - faults become slashes three epochs later, so that a mistake can be cancelled. All that is taken is
 * burned: offences found by the chain itself have no reporter, and nobody may earn by them.
 *
 * Why the walk over sub-pools is short. A record is made only when epoch < fault + 21, with apply = epoch + 3; merging
 * changes neither epoch of it. While it waits with apply <= epoch, undelegate, redelegate and request_unbond refuse, so
 * the last sub-pool that can be opened before it is applied has the key (apply - 1) + 1. From the fault epoch on these
 * are at most 20 + 3 + 1 = 24 keys, one more is looked at. None of them can be withdrawn meanwhile: take_matured refuses
 * keys from the oldest open fault on. */
#include "compute/compute_internal.h"

#include "market/slash.h"

enum { WALK = COMPUTE_UNBOND_EPOCHS + COMPUTE_SLASH_DELAY + 2, MAX_OPEN = 32 };

bool compute_has_slash(const account_id *owner, uint32_t *oldest_fault) {
    compute_open_slashes open;
    compute_OpenSlashes_get(owner, &open);
    *oldest_fault = UINT32_MAX;
    for (uint32_t i = 0; i < open.len; i++)
        *oldest_fault = min_u32(*oldest_fault, open.items[i].fault_epoch);
    return open.len != 0;
}

dispatch_result compute_no_due_slash(const account_id *owner, uint32_t epoch) {
    compute_open_slashes open;
    compute_OpenSlashes_get(owner, &open);
    for (uint32_t i = 0; i < open.len; i++)
        REQUIRE(open.items[i].apply_epoch > epoch, SlashPending);
    return DISPATCH_OK;
}

static void forget(const account_id *owner, uint32_t id) {
    compute_open_slashes open;
    uint32_t kept = 0;
    compute_OpenSlashes_get(owner, &open);
    for (uint32_t i = 0; i < open.len; i++)
        if (open.items[i].id != id)
            open.items[kept++] = open.items[i];
    open.len = kept;
    if (kept)
        compute_OpenSlashes_put(owner, &open);
    else
        compute_OpenSlashes_kill(owner);
    compute_Slashes_kill(&id);
}

/* What a slash may reach of the sub-pools, with their keys. */
struct walk {
    uint32_t len, keys[WALK];
    compute_unbond_pool subs[WALK];
    struct slash_leaving leaving[WALK];
};

static void load_walk(struct walk *walk, uint32_t pool, const compute_slash *slash) {
    walk->len = 0;
    ASSERT(slash->apply_epoch + 1 - slash->fault_epoch < WALK);
    for (uint32_t key = slash->fault_epoch; key <= slash->apply_epoch + 1; key++) {
        compute_unbond_pool *sub = &walk->subs[walk->len];
        if (!compute_UnbondPools_get(&pool, &key, sub))
            continue;
        walk->leaving[walk->len] = (struct slash_leaving){sub->tokens, sub->self_tokens};
        walk->keys[walk->len++] = key;
    }
}

/* Writes the sub-pools that lost something; what was theirs and what the owner's. Emptied ones stay for the claims on
 * them. */
static void store_walk(struct walk *walk, uint32_t pool, balance *others, balance *own) {
    *others = *own = 0;
    for (uint32_t i = 0; i < walk->len; i++) {
        compute_unbond_pool *sub = &walk->subs[i];
        balance lost = sub->tokens - walk->leaving[i].tokens, own_lost = sub->self_tokens - walk->leaving[i].self_tokens;
        if (lost + own_lost == 0)
            continue;
        *others += lost;
        *own += own_lost;
        sub->tokens -= lost;
        sub->self_tokens -= own_lost;
        compute_UnbondPools_put(&pool, &walk->keys[i], sub);
    }
}

static dispatch_result apply(uint32_t id, const compute_slash *slash) {
    struct walk walk;
    compute_provider provider;
    compute_pool pool;
    compute_totals totals;
    balance own = 0, own_leaving = 0, others = 0, leaving = 0;
    const account_id *owner = &slash->provider;
    if (compute_Providers_get(owner, &provider)) {
        compute_Pools_get(&provider.pool, &pool);
        load_walk(&walk, provider.pool, slash);
        struct slash_buckets buckets = {provider.self_bond, pool.tokens, walk.leaving, walk.len};
        balance amount = slash_amount(&buckets, slash->ppb, 0);
        TRY(balances_pot_burn(&compute_pot, amount)); /* the only step that could fail is the first */
        slash_spread(&buckets, amount, COMPUTE_FIRST_LOSS_PPB);
        store_walk(&walk, provider.pool, &leaving, &own_leaving);
        own = provider.self_bond - buckets.self_bond;
        others = pool.tokens - buckets.tokens;
        provider.self_bond = buckets.self_bond;
        pool.tokens = buckets.tokens;
        if (provider.self_bond < COMPUTE_MIN_SELF_BOND && provider.state != compute_state_Leaving) {
            compute_set_state(owner, &provider, compute_state_Jailed, compute_state_reason_BondBelowMinimum);
            provider.jail_until = clock_now() + COMPUTE_JAIL_TICKS;
        }
        compute_Providers_put(owner, &provider);
        compute_Pools_put(&provider.pool, &pool);
        compute_Totals_get(&totals);
        totals.bonded -= own;
        totals.delegated -= others;
        totals.unbonding -= leaving + own_leaving;
        totals.slashed += amount;
        compute_Totals_put(&totals);
    }
    forget(owner, id);
    DEPOSIT(compute, SlashApplied, .id = id, .provider = *owner, .own = own + own_leaving, .pool = others,
            .unbonding = leaving);
    return DISPATCH_OK;
}

dispatch_result compute_apply_slash(struct dispatch *ctx, const compute_call_apply_slash *args) {
    account_id caller;
    compute_slash slash;
    TRY(ensure_signed(&ctx->origin, &caller));
    REQUIRE(compute_Slashes_get(&args->id, &slash), NoSlash);
    REQUIRE(clock_epoch() >= slash.apply_epoch, TooEarly);
    return apply(args->id, &slash);
}

dispatch_result compute_cancel_slash(struct dispatch *ctx, const compute_call_cancel_slash *args) {
    compute_slash slash;
    TRY(ensure_root(&ctx->origin));
    REQUIRE(compute_Slashes_get(&args->id, &slash), NoSlash);
    forget(&slash.provider, args->id);
    DEPOSIT(compute, SlashCancelled, .id = args->id);
    return DISPATCH_OK;
}

/* The record that a fault belongs to: the one of its epoch; in a full list the one of the oldest fault. Records that are
 * not due are of the last three epochs and of at most 23 different fault epochs, hence the oldest of 32 is due. */
static const compute_open_slash *find_record(const compute_open_slashes *open, uint32_t fault_epoch) {
    const compute_open_slash *oldest = open->items;
    for (uint32_t i = 0; i < open->len; i++) {
        if (open->items[i].fault_epoch == fault_epoch)
            return &open->items[i];
        if (open->items[i].fault_epoch < oldest->fault_epoch)
            oldest = &open->items[i];
    }
    return open->len == MAX_OPEN ? oldest : NULL;
}

static uint32_t add_record(const compute_slash *slash) {
    compute_open_slashes open;
    compute_open_slash items[MAX_OPEN];
    uint32_t id, next;
    compute_NextSlash_get(&id);
    next = id + 1; /* 32 bits hold a slash a second for a century */
    compute_NextSlash_put(&next);
    compute_Slashes_put(&id, slash);
    compute_OpenSlashes_get(&slash->provider, &open);
    for (uint32_t i = 0; i < open.len; i++)
        items[i] = open.items[i];
    items[open.len] = (compute_open_slash){id, slash->fault_epoch, slash->apply_epoch};
    compute_OpenSlashes_put(&slash->provider, &(compute_open_slashes){items, open.len + 1});
    return id;
}

void compute_report(const account_id *owner, compute_offence offence, uint32_t ppb, uint32_t fault_epoch,
                    compute_object object, const h256 *evidence) {
    compute_open_slashes open;
    compute_slash slash, fresh;
    uint32_t epoch = clock_epoch(), id = 0;
    if (epoch >= fault_epoch + COMPUTE_UNBOND_EPOCHS || !compute_Providers_exists(owner)) {
        DEPOSIT(compute, SlashStale, .provider = *owner, .object = object, .fault_epoch = fault_epoch);
        return;
    }
    fresh = (compute_slash){*owner, offence, ppb, fault_epoch, epoch + COMPUTE_SLASH_DELAY, object, *evidence};
    compute_OpenSlashes_get(owner, &open);
    const compute_open_slash *record = find_record(&open, fault_epoch);
    if (record) {
        id = record->id;
        compute_Slashes_get(&id, &slash);
        if (slash.apply_epoch <= epoch && apply(id, &slash) == DISPATCH_OK)
            record = NULL;
    }
    if (!record) {
        id = add_record(&fresh);
    } else {
        fresh.fault_epoch = slash.fault_epoch;
        fresh.apply_epoch = slash.apply_epoch;
        if (ppb > slash.ppb)
            compute_Slashes_put(&id, &fresh);
    }
    DEPOSIT(compute, SlashReported, .id = id, .provider = *owner, .offence = offence, .ppb = ppb, .object = object,
            .evidence = *evidence, .fault_epoch = fresh.fault_epoch, .apply_epoch = fresh.apply_epoch);
}
