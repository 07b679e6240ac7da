/* compute_pool.c - what a provider and its delegators earn: pools, the shares in them, income and commission.
 * A pool's money is the delegators' alone; the operator's own bond earns beside it and is slashed at another rate. */
#include "compute/compute_internal.h"

#include "market/accumulator.h"
#include "market/share_pool.h"

enum { PPB = 1000000000 };

void compute_add_due(const account_id *who, balance amount) {
    balance due;
    if (amount == 0)
        return;
    compute_Due_get(who, &due);
    due = saturating_add_u128(due, amount); /* all that is owed is in Books, which fits */
    compute_Due_put(who, &due);
}

bool compute_provider_of(uint32_t id, const compute_pool *pool, compute_provider *provider) {
    return compute_Providers_get(&pool->owner, provider) && provider->pool == id;
}

/* Money that joins takes the rate at which the pool stands when its first action of a later epoch comes, all of a cohort
 * alike. A pool that lost 99.9 % meanwhile takes none, which bounds the number of shares: the money goes back. */
void compute_touch_pool(uint32_t id, compute_pool *pool, const compute_provider *provider, uint32_t epoch) {
    compute_joining joining = pool->joining;
    if (joining.tokens == 0 || joining.epoch == epoch)
        return;
    /* Points of closed epochs were earned without it: it waits until they are paid. */
    if (provider && (provider->points_closed || (provider->points_epoch != epoch && provider->points_open)))
        return;
    compute_join_rate rate = {.left = joining.tokens, .acc = pool->acc};
    pool->joining = (compute_joining){0};
    if (pool->tokens * 1000 < pool->shares) {
        compute_totals totals;
        compute_Totals_get(&totals);
        totals.delegated -= joining.tokens;
        compute_Totals_put(&totals);
        pool->income += joining.tokens;
        pool->open++;
    } else {
        bool fits = share_pool_mint(&rate.shares, pool->tokens, pool->shares, joining.tokens);
        ASSERT(fits);
        pool->tokens += joining.tokens;
        pool->shares += rate.shares;
    }
    compute_JoinRates_put(&id, &joining.epoch, &rate);
}

void compute_put_pool(uint32_t id, const compute_pool *pool) {
    compute_provider provider;
    if (pool->shares || pool->joining.tokens || pool->open || compute_provider_of(id, pool, &provider)) {
        compute_Pools_put(&id, pool);
        return;
    }
    compute_add_due(&pool->owner, pool->income);
    compute_Pools_kill(&id);
}

static u128 earned(u128 shares, u128 now, u128 then) {
    u128 due;
    bool fits = accumulator_due(&due, shares, now, then);
    ASSERT(fits);
    return due;
}

/* A cohort's shares are dealt out in proportion to what is left of both, so that the last one gets what divisions left:
 * the shares of delegations and of cohorts add up to the pool's. */
static void take_join(uint32_t id, compute_pool *pool, compute_delegation *delegation) {
    compute_join_rate rate;
    compute_joining own = delegation->joining;
    u128 shares;
    compute_JoinRates_get(&id, &own.epoch, &rate);
    bool fits = mul_div_floor(&shares, own.tokens, rate.shares, rate.left);
    ASSERT(fits); /* else the cohort is not there */
    if (rate.shares == 0) {
        delegation->due += own.tokens;
        pool->open -= own.tokens == rate.left;
    }
    delegation->due += earned(shares, pool->acc, rate.acc);
    delegation->shares += shares;
    delegation->joining = (compute_joining){0};
    rate.left -= own.tokens;
    rate.shares -= shares;
    if (rate.left)
        compute_JoinRates_put(&id, &own.epoch, &rate);
    else
        compute_JoinRates_kill(&id, &own.epoch);
}

void compute_settle(uint32_t id, compute_pool *pool, compute_delegation *delegation) {
    delegation->due += earned(delegation->shares, pool->acc, delegation->acc);
    delegation->acc = pool->acc;
    if (delegation->joining.tokens && (pool->joining.tokens == 0 || delegation->joining.epoch != pool->joining.epoch))
        take_join(id, pool, delegation);
}

void compute_put_delegation(const account_id *who, uint32_t id, compute_pool *pool,
                            const compute_delegation *delegation) {
    if (delegation->shares || delegation->joining.tokens) {
        compute_Delegations_put(who, &id, delegation);
        return;
    }
    pool->income -= delegation->due;
    compute_add_due(who, delegation->due);
    compute_Delegations_kill(who, &id);
}

void compute_distribute(const account_id *owner, compute_provider *provider, balance amount) {
    compute_pool pool;
    uint32_t epoch = clock_epoch();
    balance kept, own, rest = 0, bond = provider->self_bond;
    compute_roll_points(provider, epoch);
    /* Own money, too, earns from the next epoch on, when what was earned without it is paid. */
    if (provider->fresh_epoch != epoch && provider->points_closed == 0)
        provider->fresh_bond = 0;
    bond -= min_u128(bond, provider->fresh_bond);
    compute_touch_commission(provider, epoch);
    compute_Pools_get(&provider->pool, &pool);
    compute_touch_pool(provider->pool, &pool, provider, epoch);
    if (pool.shares && pool.tokens && mul_div_floor(&kept, amount, provider->commission_ppb, PPB) &&
        mul_div_floor(&own, amount - kept, bond, bond + pool.tokens)) {
        rest = amount - kept - own;
        if (!accumulator_add(&pool.acc, &pool.carry, pool.shares, rest))
            rest = 0; /* more than all money there is */
    }
    pool.income += rest;
    compute_add_due(&provider->payout, amount - rest);
    if (pool.shares) /* else there was nothing to touch */
        compute_Pools_put(&provider->pool, &pool);
    DEPOSIT(compute, ProviderPaid, .provider = *owner, .payout = amount - rest, .pool = rest);
}

dispatch_result compute_claim_due(struct dispatch *ctx, const compute_call_claim_due *args) {
    account_id caller;
    balance due;
    TRY(ensure_signed(&ctx->origin, &caller));
    REQUIRE(compute_Due_get(&args->who, &due), NothingToClaim);
    compute_Due_kill(&args->who);
    TRY(balances_pot_give(&compute_pot, &args->who, due));
    DEPOSIT(compute, DuePaid, .who = args->who, .amount = due);
    return DISPATCH_OK;
}

dispatch_result compute_set_commission(struct dispatch *ctx, const compute_call_set_commission *args) {
    account_id owner;
    compute_provider provider;
    uint32_t epoch = clock_epoch();
    TRY(compute_as_owner(ctx, &owner, &provider));
    REQUIRE(args->ppb <= COMPUTE_MAX_COMMISSION, CommissionTooHigh);
    compute_touch_commission(&provider, epoch);
    provider.pending_commission.some = args->ppb > provider.commission_ppb;
    if (provider.pending_commission.some) {
        REQUIRE(args->ppb - provider.commission_ppb <= COMPUTE_COMMISSION_STEP, CommissionStep);
        epoch += COMPUTE_COMMISSION_DELAY;
        provider.pending_commission.value = (compute_pending_commission){args->ppb, epoch};
    } else {
        provider.commission_ppb = args->ppb;
    }
    compute_Providers_put(&owner, &provider);
    DEPOSIT(compute, CommissionSet, .provider = owner, .ppb = args->ppb, .epoch = epoch);
    return DISPATCH_OK;
}
