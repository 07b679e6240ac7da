/* freeze.c - freezes and locks: amounts that the total may not fall below. Mirrors polkadot-sdk stable2609
 * pallet-balances src/impl_fungible.rs#MutateFreeze, src/impl_currency.rs#LockableCurrency, src/lib.rs#update_locks. */
#include "balances/account.h"

#include "host/host.h"

static balance largest_freeze(const freeze_list *list) {
    balance most = 0;
    for (uint32_t i = 0; i < list->len; i++)
        most = max_u128(most, list->items[i].amount);
    return most;
}

static balance largest_lock(const balance_locks *list) {
    balance most = 0;
    for (uint32_t i = 0; i < list->len; i++)
        most = max_u128(most, list->items[i].amount);
    return most;
}

static freeze_amount *find_freeze(const freeze_list *list, runtime_freeze_reason reason) {
    for (uint32_t i = 0; i < list->len; i++)
        if (list->items[i].id == reason)
            return &list->items[i];
    return NULL;
}

balance balances_frozen_for(runtime_freeze_reason reason, const account_id *who) {
    freeze_list list;
    balances_Freezes_get(who, &list);
    const freeze_amount *found = find_freeze(&list, reason);
    return found ? found->amount : 0;
}

static MUST_USE dispatch_result update_freezes(const account_id *who, const freeze_list *list) {
    struct balances_edit e;
    balance_locks locks;
    balance dust;
    balances_Locks_get(who, &locks);
    system_account_get(who, &e.info);
    balances_edit_begin(who, &e);
    balance before = e.info.data.frozen, after = max_u128(largest_lock(&locks), largest_freeze(list));
    e.info.data.frozen = after;
    TRY(balances_edit_end(who, &e, false, &dust));
    if (list->len)
        balances_Freezes_put(who, list);
    else
        balances_Freezes_kill(who);
    balances_burn_dust(dust);
    if (before > after)
        DEPOSIT(balances, Thawed, .who = *who, .amount = before - after);
    else if (after > before)
        DEPOSIT(balances, Frozen, .who = *who, .amount = after - before);
    return DISPATCH_OK;
}

static MUST_USE dispatch_result freeze(runtime_freeze_reason reason, const account_id *who, balance amount,
                                       bool only_raise) {
    freeze_list list;
    balances_Freezes_get(who, &list);
    freeze_amount *found = find_freeze(&list, reason);
    if (found) {
        found->amount = only_raise ? max_u128(found->amount, amount) : amount;
        return update_freezes(who, &list);
    }
    if (list.len >= MAX_FREEZES)
        return PALLET_ERROR(balances, TooManyFreezes);
    freeze_amount *wider = arena_alloc(&arena_scratch, (list.len + 1) * sizeof *wider);
    for (uint32_t i = 0; i < list.len; i++)
        wider[i] = list.items[i];
    wider[list.len] = (freeze_amount){.id = reason, .amount = amount};
    list = (freeze_list){wider, list.len + 1};
    return update_freezes(who, &list);
}

dispatch_result balances_set_freeze(runtime_freeze_reason reason, const account_id *who, balance amount) {
    return amount ? freeze(reason, who, amount, false) : balances_thaw(reason, who);
}

dispatch_result balances_extend_freeze(runtime_freeze_reason reason, const account_id *who, balance amount) {
    return amount ? freeze(reason, who, amount, true) : DISPATCH_OK;
}

dispatch_result balances_thaw(runtime_freeze_reason reason, const account_id *who) {
    freeze_list list;
    balances_Freezes_get(who, &list);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list.len; i++)
        if (list.items[i].id != reason)
            list.items[kept++] = list.items[i];
    list.len = kept;
    return update_freezes(who, &list);
}

static void update_locks(const account_id *who, const balance_locks *locks) {
    struct balances_edit e;
    freeze_list freezes;
    balance dust = 0;
    if (locks->len > MAX_LOCKS)
        LOG(HOST_LOG_WARN, "an account has too many locks");
    balances_Freezes_get(who, &freezes);
    system_account_get(who, &e.info);
    balances_edit_begin(who, &e);
    balance before = e.info.data.frozen, after = max_u128(largest_lock(locks), largest_freeze(&freezes));
    e.info.data.frozen = after;
    /* Without the consumer limit, because locks have no way to fail. An account nobody provides for still does. */
    if (balances_edit_end(who, &e, true, &dust) != DISPATCH_OK) {
        DEPOSIT(balances, Unexpected, .kind = unexpected_kind_FailedToMutateAccount);
        LOG(HOST_LOG_ERROR, "an account has no providers");
    }
    if (locks->len)
        balances_Locks_put(who, locks);
    else
        balances_Locks_kill(who);
    balances_burn_dust(dust);
    if (before > after)
        DEPOSIT(balances, Unlocked, .who = *who, .amount = before - after);
    else if (after > before)
        DEPOSIT(balances, Locked, .who = *who, .amount = after - before);
}

/* types.rs#Reasons from withdraw reasons. */
static lock_reasons reasons_of(uint32_t bits) {
    if (bits == WITHDRAW_TRANSACTION_PAYMENT)
        return lock_reasons_Fee;
    return bits & WITHDRAW_TRANSACTION_PAYMENT ? lock_reasons_All : lock_reasons_Misc;
}

/* The account's locks in memory with room for one more. */
static balance_locks load_locks(const account_id *who) {
    balance_locks stored;
    balances_Locks_get(who, &stored);
    balance_lock *copy = arena_alloc(&arena_scratch, (stored.len + 1) * sizeof *copy);
    for (uint32_t i = 0; i < stored.len; i++)
        copy[i] = stored.items[i];
    return (balance_locks){copy, stored.len};
}

/* Keeps the locks that do not carry `id`, and of those that do only the first; returns it or NULL. */
static balance_lock *keep_first(balance_locks *locks, const bytes8 *id, bool keep) {
    balance_lock *first = NULL;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < locks->len; i++) {
        bool same = memcmp(&locks->items[i].id, id, sizeof *id) == 0;
        if (same && (first || !keep))
            continue;
        locks->items[kept] = locks->items[i];
        if (same)
            first = &locks->items[kept];
        kept++;
    }
    locks->len = kept;
    return first;
}

void balances_set_lock(const bytes8 *id, const account_id *who, balance amount, uint32_t reasons) {
    if (reasons == 0 || amount == 0) {
        balances_remove_lock(id, who);
        return;
    }
    balance_locks locks = load_locks(who);
    balance_lock *mine = keep_first(&locks, id, true);
    if (!mine)
        mine = &locks.items[locks.len++];
    *mine = (balance_lock){.id = *id, .amount = amount, .reasons = reasons_of(reasons)};
    update_locks(who, &locks);
}

void balances_extend_lock(const bytes8 *id, const account_id *who, balance amount, uint32_t reasons) {
    if (amount == 0 || reasons == 0)
        return;
    balance_locks locks = load_locks(who);
    balance_lock *mine = keep_first(&locks, id, true);
    lock_reasons wanted = reasons_of(reasons);
    if (mine) {
        mine->amount = max_u128(mine->amount, amount);
        mine->reasons = mine->reasons == wanted ? wanted : lock_reasons_All;
    } else {
        locks.items[locks.len++] = (balance_lock){.id = *id, .amount = amount, .reasons = wanted};
    }
    update_locks(who, &locks);
}

void balances_remove_lock(const bytes8 *id, const account_id *who) {
    balance_locks locks = load_locks(who);
    keep_first(&locks, id, false);
    update_locks(who, &locks);
}
