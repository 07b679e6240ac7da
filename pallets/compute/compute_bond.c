/* compute_bond.c - the operator's own money: more of it, less of it, and the end of a provider. What leaves the bond
 * stands in the same sub-pools as the delegators' money, apart from it: a slash takes it first. */
#include "compute/compute_internal.h"

dispatch_result compute_bond_more(struct dispatch *ctx, const compute_call_bond_more *args) {
    account_id owner;
    compute_provider provider;
    compute_totals totals;
    uint32_t epoch = clock_epoch();
    TRY(compute_as_owner(ctx, &owner, &provider));
    REQUIRE(provider.state != compute_state_Leaving, BadState);
    REQUIRE(args->amount != 0, ZeroShares);
    /* It earns from the next epoch on, like delegated money: nobody buys into income that is about to be paid. */
    compute_roll_points(&provider, epoch);
    REQUIRE(provider.points_closed == 0, Unsettled);
    TRY(balances_pot_take(&compute_pot, &owner, args->amount));
    provider.fresh_bond = args->amount + (provider.fresh_epoch == epoch ? provider.fresh_bond : 0);
    provider.fresh_epoch = epoch;
    provider.self_bond += args->amount;
    compute_Providers_put(&owner, &provider);
    compute_Totals_get(&totals);
    totals.bonded += args->amount;
    compute_Totals_put(&totals);
    DEPOSIT(compute, BondAdded, .provider = owner, .amount = args->amount);
    return DISPATCH_OK;
}

/* Whether the whole bond may go: the provider is idle, or its time in jail is over (one that cannot pay for a whole bond
 * must not be held for ever), and nothing of it is open. */
static dispatch_result may_leave(const account_id *owner, const compute_provider *provider, uint32_t now) {
    uint32_t oldest;
    REQUIRE(provider->busy == 0, BusyJobs);
    if (provider->state == compute_state_Jailed)
        REQUIRE(now >= provider->jail_until, Jailed);
    else
        REQUIRE(compute_state_at(provider, now) == compute_state_Idle, BadState);
    REQUIRE(!compute_has_slash(owner, &oldest), SlashPending);
    return DISPATCH_OK;
}

dispatch_result compute_request_unbond(struct dispatch *ctx, const compute_call_request_unbond *args) {
    account_id owner;
    compute_provider provider;
    compute_pool pool;
    compute_unbond_pool sub;
    compute_totals totals;
    uint32_t now = clock_now(), epoch = now / CLOCK_EPOCH_TICKS;
    balance rest;
    TRY(compute_as_owner(ctx, &owner, &provider));
    REQUIRE(provider.state != compute_state_Leaving, BadState);
    TRY(compute_no_due_slash(&owner, epoch));
    REQUIRE(checked_sub_u128(&rest, provider.self_bond, args->amount), NoShares);
    compute_Pools_get(&provider.pool, &pool);
    if (rest == 0) { /* also of a bond of 0, which a slash has left */
        TRY(may_leave(&owner, &provider, now));
    } else {
        REQUIRE(args->amount != 0, ZeroShares);
        REQUIRE(rest >= COMPUTE_MIN_SELF_BOND || provider.busy == 0, BusyJobs);
        REQUIRE(rest >= COMPUTE_MIN_SELF_BOND, BelowMinBond);
        REQUIRE(pool.tokens + pool.joining.tokens <= COMPUTE_DELEGATION_RATIO * rest, DelegationCap);
    }
    if (args->amount) {
        compute_open_sub_pool(provider.pool, epoch, &pool, &sub);
        sub.self_tokens += args->amount;
        compute_UnbondPools_put(&provider.pool, &epoch, &sub);
        TRY(compute_add_unbonding(&owner, provider.pool, &pool, &(compute_unbonding){.epoch = epoch}));
        compute_Pools_put(&provider.pool, &pool);
    }
    if (rest == 0)
        compute_set_state(&owner, &provider, compute_state_Leaving, compute_state_reason_Owner);
    provider.self_bond = rest;
    compute_Providers_put(&owner, &provider);
    compute_Totals_get(&totals);
    totals.bonded -= args->amount;
    totals.unbonding += args->amount;
    compute_Totals_put(&totals);
    DEPOSIT(compute, UnbondRequested, .provider = owner, .amount = args->amount, .epoch = epoch);
    return DISPATCH_OK;
}

/* Whether a provider has gone: no money in the bond or on its way, nothing that it could still be paid or slashed for. */
static bool has_left(const account_id *owner, const compute_provider *provider, uint32_t epoch) {
    compute_unbondings list;
    uint32_t oldest;
    if (provider->state != compute_state_Leaving || provider->ads || provider->points_open || provider->points_closed ||
        compute_has_slash(owner, &oldest))
        return false;
    compute_Unbonding_get(owner, &provider->pool, &list);
    return list.len == 0 || list.items[list.len - 1].epoch + COMPUTE_UNBOND_EPOCHS <= epoch;
}

/* Ads are found by model, so sweep_ad takes them before. */
dispatch_result compute_sweep_provider(struct dispatch *ctx, const compute_call_sweep_provider *args) {
    account_id caller;
    compute_provider provider;
    compute_pool pool;
    compute_totals totals;
    uint32_t epoch = clock_epoch();
    TRY(ensure_signed(&ctx->origin, &caller));
    REQUIRE(compute_Providers_get(&args->owner, &provider), NotProvider);
    REQUIRE(has_left(&args->owner, &provider, epoch), NotLeft);
    compute_Pools_get(&provider.pool, &pool);
    compute_touch_pool(provider.pool, &pool, &provider, epoch);
    compute_Providers_kill(&args->owner);
    compute_OperatorOf_kill(&provider.operator);
    compute_put_pool(provider.pool, &pool);
    compute_Totals_get(&totals);
    totals.providers--;
    compute_Totals_put(&totals);
    TRY(balances_pot_give(&compute_pot, &provider.deposit.depositor, provider.deposit.amount));
    DEPOSIT(compute, ProviderRemoved, .provider = args->owner);
    return DISPATCH_OK;
}
