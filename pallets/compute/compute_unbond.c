/* compute_unbond.c - money on its way out: sub-pools by epoch of request, accounts' claims on them, and payment when
 * they have matured. Until then it earns nothing and is liable for faults up to the epoch of request. */
#include "compute/compute_internal.h"

#include "market/share_pool.h"

enum { MAX_ENTRIES = 16 };

dispatch_result compute_deliver(const account_id *who, uint32_t target, balance amount) {
    if (target && compute_join(who, target, amount) == DISPATCH_OK)
        return DISPATCH_OK;
    return balances_pot_give(&compute_pot, who, amount);
}

void compute_open_sub_pool(uint32_t id, uint32_t epoch, compute_pool *pool, compute_unbond_pool *sub) {
    if (compute_UnbondPools_get(&id, &epoch, sub))
        return;
    pool->open++;
    sub->mature_epoch = epoch + COMPUTE_UNBOND_EPOCHS;
}

/* Takes one claim out of its sub-pool; false when it has not matured. An owner's claim without a sub-pool is one that a
 * slash has emptied. */
static bool take_entry(uint32_t id, compute_pool *pool, const compute_unbonding *entry, uint32_t epoch, balance *out) {
    compute_unbond_pool sub;
    *out = 0;
    if (!compute_UnbondPools_get(&id, &entry->epoch, &sub))
        return true;
    if (sub.mature_epoch > epoch)
        return false;
    if (entry->shares == 0) {
        *out = sub.self_tokens;
        sub.self_tokens = 0;
    } else {
        *out = sub_pool_worth(sub.tokens, sub.shares, entry->shares);
        sub.tokens -= *out;
        sub.shares -= entry->shares;
    }
    if (sub.shares || sub.self_tokens) { /* without shares there are no tokens */
        compute_UnbondPools_put(&id, &entry->epoch, &sub);
    } else {
        compute_UnbondPools_kill(&id, &entry->epoch);
        pool->open--;
    }
    return true;
}

/* Pays up to `max` > 0 matured claims out of a list with at least one, oldest first, and takes them from the list; the
 * caller puts list and pool. NotMatured, SlashPending (money that an open slash may reach) when there is none.
 * Claims stand by ascending epoch, so the first that must wait ends the walk. */
static dispatch_result take_matured(const account_id *who, uint32_t id, compute_pool *pool, bool liable,
                                    compute_unbondings *list, uint32_t max) {
    uint32_t n = 0, oldest = 0, epoch = clock_epoch();
    balance paid = 0, sum = 0, out;
    liable = liable && compute_has_slash(&pool->owner, &oldest);
    for (; n < list->len && n < max; n++) {
        const compute_unbonding *entry = &list->items[n];
        if (liable && entry->epoch >= oldest) {
            REQUIRE(n, SlashPending);
            break;
        }
        if (!take_entry(id, pool, entry, epoch, &out)) {
            REQUIRE(n, NotMatured);
            break;
        }
        sum += out;
        if (entry->target == 0 || compute_join(who, entry->target, out) != DISPATCH_OK)
            paid += out;
    }
    list->items += n;
    list->len -= n;
    compute_totals totals;
    compute_Totals_get(&totals);
    totals.unbonding -= sum;
    compute_Totals_put(&totals);
    DEPOSIT(compute, Withdrawn, .who = *who, .pool = id, .amount = paid);
    return balances_pot_give(&compute_pot, who, paid);
}

dispatch_result compute_add_unbonding(const account_id *who, uint32_t id, compute_pool *pool,
                                      const compute_unbonding *entry) {
    compute_unbondings list;
    compute_unbonding items[MAX_ENTRIES];
    compute_Unbonding_get(who, &id, &list);
    for (uint32_t i = 0; i < list.len; i++)
        if (list.items[i].epoch == entry->epoch && list.items[i].target == entry->target) {
            list.items[i].shares += entry->shares;
            compute_Unbonding_put(who, &id, &list);
            return DISPATCH_OK;
        }
    if (list.len == MAX_ENTRIES)
        REQUIRE(take_matured(who, id, pool, true, &list, 1) == DISPATCH_OK, TooManyUnbonds);
    for (uint32_t i = 0; i < list.len; i++)
        items[i] = list.items[i];
    items[list.len] = *entry;
    list = (compute_unbondings){items, list.len + 1};
    compute_Unbonding_put(who, &id, &list);
    return DISPATCH_OK;
}

dispatch_result compute_withdraw(struct dispatch *ctx, const compute_call_withdraw *args) {
    account_id who;
    compute_pool pool;
    compute_provider provider;
    compute_unbondings list;
    TRY(ensure_signed(&ctx->origin, &who));
    bool there = compute_Pools_get(&args->pool, &pool);
    compute_Unbonding_get(&who, &args->pool, &list);
    REQUIRE(there || list.len, PoolMissing);
    if (list.len == 0 || args->max == 0)
        return DISPATCH_OK;
    bool liable = there && compute_provider_of(args->pool, &pool, &provider);
    if (liable)
        TRY(compute_no_due_slash(&pool.owner, clock_epoch()));
    TRY(take_matured(&who, args->pool, &pool, liable, &list, args->max));
    if (list.len)
        compute_Unbonding_put(&who, &args->pool, &list);
    else
        compute_Unbonding_kill(&who, &args->pool);
    if (there)
        compute_put_pool(args->pool, &pool);
    return DISPATCH_OK;
}
