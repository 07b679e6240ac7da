/* compute_delegate.c - money that others put behind a provider: in, out, to another pool, and what it earned.
 * Money that comes neither earns nor is slashed before the next epoch; money that goes stays liable in a sub-pool
 * (compute_unbond.c). Nobody comes or goes while points of a closed epoch are unpaid, or past a slash that is due. */
#include "compute/compute_internal.h"

#include "market/share_pool.h"

static void shift_delegated(balance in, balance out, balance unbonding) {
    compute_totals totals;
    compute_Totals_get(&totals);
    totals.delegated = totals.delegated + in - out;
    totals.unbonding += unbonding;
    compute_Totals_put(&totals);
}

static dispatch_result check_join(const account_id *who, uint32_t id, const compute_pool *pool, balance amount) {
    compute_provider provider;
    balance sum;
    uint32_t now = clock_now(), oldest;
    REQUIRE(compute_provider_of(id, pool, &provider), BadState);
    compute_state state = compute_state_at(&provider, now);
    /* Shares of a pool that lost 99.9 % would be too many. */
    REQUIRE((state == compute_state_Candidate || state == compute_state_Active) && pool->tokens * 1000 >= pool->shares,
            BadState);
    REQUIRE(!compute_has_slash(&pool->owner, &oldest), SlashPending);
    compute_roll_points(&provider, now / CLOCK_EPOCH_TICKS);
    REQUIRE(provider.points_closed == 0, Unsettled);
    REQUIRE(!compute_same(who, &pool->owner), OwnPool);
    REQUIRE(amount != 0, ZeroShares);
    REQUIRE(amount >= COMPUTE_MIN_DELEGATION, BelowMinDelegation);
    REQUIRE(checked_add_u128(&sum, pool->tokens + pool->joining.tokens, amount) &&
                sum <= COMPUTE_DELEGATION_RATIO * provider.self_bond,
            DelegationCap);
    return DISPATCH_OK;
}

dispatch_result compute_join(const account_id *who, uint32_t id, balance amount) {
    compute_pool pool;
    compute_delegation delegation;
    uint32_t epoch = clock_epoch();
    REQUIRE(compute_Pools_get(&id, &pool), PoolMissing);
    TRY(check_join(who, id, &pool, amount));

    compute_touch_pool(id, &pool, NULL, epoch); /* all is paid, as check_join has seen */
    compute_Delegations_get(who, &id, &delegation);
    compute_settle(id, &pool, &delegation);
    delegation.joining = (compute_joining){delegation.joining.tokens + amount, epoch};
    pool.joining = (compute_joining){pool.joining.tokens + amount, epoch};
    compute_Delegations_put(who, &id, &delegation);
    compute_Pools_put(&id, &pool);
    shift_delegated(amount, 0, 0);
    DEPOSIT(compute, Delegated, .who = *who, .pool = id, .amount = amount);
    return DISPATCH_OK;
}

dispatch_result compute_delegate(struct dispatch *ctx, const compute_call_delegate *args) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(compute_join(&who, args->pool, args->amount));
    return balances_pot_take(&compute_pot, &who, args->amount);
}

/* Burns shares of a settled delegation for *out tokens. All of them go when what would stay is worth too little. */
static dispatch_result burn_shares(compute_pool *pool, compute_delegation *delegation, balance shares, balance *out) {
    balance rest;
    REQUIRE(shares <= delegation->shares, NoShares);
    bool fits = share_pool_worth(&rest, pool->tokens, pool->shares, delegation->shares - shares);
    if (rest < COMPUTE_MIN_DELEGATION)
        shares = delegation->shares;
    fits = fits && share_pool_worth(out, pool->tokens, pool->shares, shares);
    ASSERT(fits);
    REQUIRE(*out != 0 || shares == delegation->shares, ZeroShares);
    pool->tokens -= *out;
    pool->shares -= shares;
    delegation->shares -= shares;
    return DISPATCH_OK;
}

/* Puts money into the sub-pool of the epoch, or the next one's when a slash has wiped that; *epoch becomes its key. */
static dispatch_result enter_sub_pool(const account_id *who, uint32_t id, compute_pool *pool, balance amount,
                                      uint32_t target, uint32_t *epoch) {
    compute_unbond_pool sub;
    compute_unbonding entry = {.target = target};
    uint32_t first = *epoch;
    compute_open_sub_pool(id, first, pool, &sub);
    if (sub.tokens * 1000 < sub.shares) {
        compute_open_sub_pool(id, ++*epoch, pool, &sub);
        REQUIRE(sub.tokens * 1000 >= sub.shares, BadState);
    }
    bool fits = sub_pool_mint(&entry.shares, sub.tokens, sub.shares, amount);
    ASSERT(fits);
    sub.tokens += amount;
    sub.shares += entry.shares;
    entry.epoch = *epoch;
    compute_UnbondPools_put(&id, epoch, &sub);
    /* Too little for a share of the sub-pool: then it is the others'. */
    return entry.shares ? compute_add_unbonding(who, id, pool, &entry) : DISPATCH_OK;
}

/* `target`: NULL to pay, or the pool that gets the money. */
static dispatch_result leave(const struct dispatch *ctx, uint32_t id, balance shares, const uint32_t *target) {
    account_id who;
    compute_pool pool;
    compute_provider provider;
    compute_delegation delegation;
    uint32_t epoch = clock_epoch(), key = epoch;
    balance out = 0;
    TRY(ensure_signed(&ctx->origin, &who));
    REQUIRE(compute_Pools_get(&id, &pool) && (!target || compute_Pools_exists(target)), PoolMissing);
    REQUIRE(compute_Delegations_get(&who, &id, &delegation), NoShares);
    REQUIRE(!target || *target != id, BadState);
    bool orphan = !compute_provider_of(id, &pool, &provider);
    if (!orphan) {
        TRY(compute_no_due_slash(&pool.owner, epoch));
        compute_roll_points(&provider, epoch);
        REQUIRE(provider.points_closed == 0, Unsettled);
    }
    compute_touch_pool(id, &pool, NULL, epoch); /* all is paid, or nobody is left to be paid */
    compute_settle(id, &pool, &delegation);
    balance returned = delegation.joining.tokens;
    if (shares == U128_MAX) /* who has not been here since the money joined cannot know how many they are */
        shares = delegation.shares;
    REQUIRE(shares != 0 || returned != 0, ZeroShares);
    if (shares)
        TRY(burn_shares(&pool, &delegation, shares, &out));
    pool.joining.tokens -= returned;
    delegation.joining = (compute_joining){0};
    shift_delegated(0, out + returned, orphan ? 0 : out);
    if (out && !orphan)
        TRY(enter_sub_pool(&who, id, &pool, out, target ? *target : 0, &key));
    compute_put_delegation(&who, id, &pool, &delegation);
    compute_put_pool(id, &pool);
    if (orphan) { /* nobody is left to be slashed, nor to take joining money */
        TRY(compute_deliver(&who, target ? *target : 0, out));
        returned = out;
        out = 0;
    } else {
        TRY(balances_pot_give(&compute_pot, &who, returned));
    }
    DEPOSIT(compute, Undelegated, .who = who, .pool = id, .amount = out, .returned = returned, .epoch = key);
    return DISPATCH_OK;
}

dispatch_result compute_undelegate(struct dispatch *ctx, const compute_call_undelegate *args) {
    return leave(ctx, args->pool, args->shares, NULL);
}

dispatch_result compute_redelegate(struct dispatch *ctx, const compute_call_redelegate *args) {
    return leave(ctx, args->from, args->shares, &args->to);
}

dispatch_result compute_claim(struct dispatch *ctx, const compute_call_claim *args) {
    account_id who;
    compute_pool pool;
    compute_provider provider;
    compute_delegation delegation;
    TRY(ensure_signed(&ctx->origin, &who));
    REQUIRE(compute_Pools_get(&args->pool, &pool), PoolMissing);
    REQUIRE(compute_Delegations_get(&who, &args->pool, &delegation), NothingToClaim);
    bool there = compute_provider_of(args->pool, &pool, &provider);
    compute_touch_pool(args->pool, &pool, there ? &provider : NULL, clock_epoch());
    compute_settle(args->pool, &pool, &delegation);
    balance due = delegation.due;
    REQUIRE(due != 0, NothingToClaim);
    pool.income -= due;
    delegation.due = 0;
    compute_put_delegation(&who, args->pool, &pool, &delegation);
    compute_put_pool(args->pool, &pool);
    TRY(balances_pot_give(&compute_pot, &who, due));
    DEPOSIT(compute, Claimed, .who = who, .pool = args->pool, .amount = due);
    return DISPATCH_OK;
}
