/* hold.c - money set aside for a reason. Mirrors polkadot-sdk stable2609 frame-support
 * src/traits/tokens/fungible/hold.rs and pallet-balances src/impl_fungible.rs#UnbalancedHold. */
#include "balances/account.h"

static hold_amount *find(const hold_list *holds, runtime_hold_reason reason) {
    for (uint32_t i = 0; i < holds->len; i++)
        if (holds->items[i].id == reason)
            return &holds->items[i];
    return NULL;
}

balance balances_on_hold(runtime_hold_reason reason, const account_id *who) {
    hold_list holds;
    balances_Holds_get(who, &holds);
    const hold_amount *held = find(&holds, reason);
    return held ? held->amount : 0;
}

static void put_holds(const account_id *who, const hold_list *holds) {
    if (holds->len)
        balances_Holds_put(who, holds);
    else
        balances_Holds_kill(who);
}

/* What one reason holds becomes `amount`, in a copy of the list that has room for one more. */
static MUST_USE bool set_held(hold_list *holds, runtime_hold_reason reason, balance amount) {
    if (amount && !find(holds, reason) && holds->len >= MAX_HOLDS)
        return false;
    hold_amount *wider = arena_alloc(&arena_scratch, (holds->len + 1) * sizeof *wider);
    uint32_t len = 0;
    bool found = false;
    for (uint32_t i = 0; i < holds->len; i++) {
        wider[len] = holds->items[i];
        if (!found && wider[len].id == reason) {
            wider[len].amount = amount;
            found = true;
        }
        if (wider[len].amount)
            len++;
    }
    if (!found && amount)
        wider[len++] = (hold_amount){.id = reason, .amount = amount};
    *holds = (hold_list){wider, len};
    return true;
}

/* set_balance_on_hold: the reason's amount and the account's reserved balance, together. Unlike FRAME, which writes the
 * flags from before the upgrade back, an account of the old reference counting stays upgraded. */
static MUST_USE dispatch_result set_on_hold(runtime_hold_reason reason, const account_id *who, struct balances_edit *e,
                                            balance amount) {
    hold_list holds;
    balances_Holds_get(who, &holds);
    const hold_amount *held = find(&holds, reason);
    balance old = held ? held->amount : 0, reserved = e->info.data.reserved, dust;
    if (!set_held(&holds, reason, amount))
        return PALLET_ERROR(balances, TooManyHolds);
    if (amount > old) {
        if (!checked_add_u128(&reserved, reserved, amount - old))
            return ARITHMETIC_ERROR(Overflow);
    } else if (!checked_sub_u128(&reserved, reserved, old - amount)) {
        return ARITHMETIC_ERROR(Underflow);
    }
    balances_edit_begin(who, e);
    e->info.data.reserved = reserved;
    TRY(balances_edit_end(who, e, false, &dust));
    put_holds(who, &holds);
    balances_burn_dust(dust);
    return DISPATCH_OK;
}

static MUST_USE dispatch_result decrease_on_hold(runtime_hold_reason reason, const account_id *who,
                                                 struct balances_edit *e, balance amount,
                                                 enum balances_precision precision, balance *by) {
    balance old = balances_on_hold(reason, who);
    if (precision == BALANCES_BEST_EFFORT)
        amount = min_u128(amount, old);
    if (amount > old)
        return TOKEN_ERROR(FundsUnavailable);
    TRY(set_on_hold(reason, who, e, old - amount));
    *by = amount;
    return DISPATCH_OK;
}

static MUST_USE dispatch_result increase_on_hold(runtime_hold_reason reason, const account_id *who,
                                                 struct balances_edit *e, balance amount,
                                                 enum balances_precision precision, balance *by) {
    balance old = balances_on_hold(reason, who), wanted;
    if (precision == BALANCES_BEST_EFFORT)
        wanted = saturating_add_u128(old, amount);
    else if (!checked_add_u128(&wanted, old, amount))
        return ARITHMETIC_ERROR(Overflow);
    *by = wanted - old;
    return *by ? set_on_hold(reason, who, e, wanted) : DISPATCH_OK;
}

/* reducible_total_balance_on_hold: reserved money that freezes do not need, or all of it by force. */
static balance reducible_on_hold(const account_info *info, enum balances_fortitude fortitude) {
    const account_data *data = &info->data;
    balance needed = fortitude == BALANCES_FORCE ? 0 : saturating_sub_u128(data->frozen, data->free);
    return saturating_sub_u128(data->reserved, needed);
}

static bool hold_available(runtime_hold_reason reason, const account_id *who, const account_info *info) {
    hold_list holds;
    if (info->providers == 0)
        return false;
    balances_Holds_get(who, &holds);
    return holds.len < MAX_HOLDS || find(&holds, reason);
}

dispatch_result balances_hold(runtime_hold_reason reason, const account_id *who, balance amount) {
    struct balances_edit e;
    balance by;
    system_account_get(who, &e.info);
    if (amount > balances_reducible_of(&e.info, BALANCES_PROTECT, BALANCES_FORCE))
        return TOKEN_ERROR(FundsUnavailable);
    if (!hold_available(reason, who, &e.info))
        return TOKEN_ERROR(CannotCreateHold);
    TRY(balances_decrease(who, &e, amount, BALANCES_EXACT, BALANCES_PROTECT, BALANCES_FORCE, &by));
    TRY(increase_on_hold(reason, who, &e, amount, BALANCES_BEST_EFFORT, &by));
    DEPOSIT(balances, Held, .reason = reason, .who = *who, .amount = amount);
    return DISPATCH_OK;
}

dispatch_result balances_release(runtime_hold_reason reason, const account_id *who, balance amount,
                                 enum balances_precision precision, balance *actual) {
    struct balances_edit e;
    balance by;
    system_account_get(who, &e.info);
    if (balances_can_deposit_of(&e.info, amount, BALANCES_EXTANT) != DISPATCH_OK)
        return TOKEN_ERROR(CannotCreate);
    TRY(decrease_on_hold(reason, who, &e, amount, precision, &by));
    TRY(balances_increase(who, &e, by, BALANCES_BEST_EFFORT, &by));
    DEPOSIT(balances, Released, .reason = reason, .who = *who, .amount = by);
    set_output(actual, by);
    return DISPATCH_OK;
}

dispatch_result balances_burn_held(runtime_hold_reason reason, const account_id *who, balance amount,
                                   enum balances_precision precision, enum balances_fortitude fortitude,
                                   balance *actual) {
    struct balances_edit e;
    balance by;
    system_account_get(who, &e.info);
    balance liquid = reducible_on_hold(&e.info, fortitude);
    if (precision == BALANCES_BEST_EFFORT)
        amount = min_u128(amount, liquid);
    else if (amount > liquid)
        return TOKEN_ERROR(Frozen);
    TRY(decrease_on_hold(reason, who, &e, amount, precision, &by));
    balances_put_issuance(saturating_sub_u128(balances_total_issuance(), by));
    DEPOSIT(balances, BurnedHeld, .reason = reason, .who = *who, .amount = by);
    set_output(actual, by);
    return DISPATCH_OK;
}

dispatch_result balances_transfer_on_hold(runtime_hold_reason reason, const account_id *source, const account_id *dest,
                                          balance amount, enum balances_precision precision,
                                          enum balances_restriction mode, enum balances_fortitude fortitude,
                                          balance *actual) {
    struct balances_edit from, to;
    balance by, have = balances_on_hold(reason, source);
    system_account_get(source, &from.info);
    balance liquid = reducible_on_hold(&from.info, fortitude);
    if (precision == BALANCES_BEST_EFFORT)
        amount = min_u128(min_u128(amount, liquid), have);
    else if (amount > liquid)
        return TOKEN_ERROR(Frozen);
    else if (amount > have)
        return TOKEN_ERROR(FundsUnavailable);
    system_account_get(dest, &to.info);
    if (balances_can_deposit_of(&to.info, amount, BALANCES_EXTANT) != DISPATCH_OK)
        return TOKEN_ERROR(CannotCreate);
    if (mode == BALANCES_ON_HOLD && !hold_available(reason, dest, &to.info))
        return TOKEN_ERROR(CannotCreateHold);
    TRY(decrease_on_hold(reason, source, &from, amount, precision, &by));
    system_account_get(dest, &to.info); /* the same account may be on both sides */
    TRY(mode == BALANCES_ON_HOLD ? increase_on_hold(reason, dest, &to, by, precision, &by)
                                 : balances_increase(dest, &to, by, precision, &by));
    DEPOSIT(balances, TransferOnHold, .reason = reason, .source = *source, .dest = *dest, .amount = by);
    set_output(actual, by);
    return DISPATCH_OK;
}

dispatch_result balances_transfer_and_hold(runtime_hold_reason reason, const account_id *source, const account_id *dest,
                                           balance amount, enum balances_precision precision,
                                           enum balances_preservation preservation, enum balances_fortitude fortitude,
                                           balance *actual) {
    struct balances_edit from, to;
    balance moved, held;
    system_account_get(dest, &to.info);
    if (!hold_available(reason, dest, &to.info))
        return TOKEN_ERROR(CannotCreateHold);
    if (balances_can_deposit_of(&to.info, amount, BALANCES_EXTANT) != DISPATCH_OK)
        return TOKEN_ERROR(CannotCreate);
    system_account_get(source, &from.info);
    TRY(balances_decrease(source, &from, amount, precision, preservation, fortitude, &moved));
    system_account_get(dest, &to.info); /* the same account may be on both sides */
    TRY(increase_on_hold(reason, dest, &to, moved, precision, &held));
    DEPOSIT(balances, TransferAndHold, .reason = reason, .source = *source, .dest = *dest, .transferred = moved);
    set_output(actual, moved);
    return DISPATCH_OK;
}

balance balances_slash_held(runtime_hold_reason reason, const account_id *who, balance amount, balance *credit) {
    struct balances_edit e;
    balance by = 0;
    system_account_get(who, &e.info);
    if (decrease_on_hold(reason, who, &e, amount, BALANCES_BEST_EFFORT, &by) != DISPATCH_OK)
        by = 0;
    *credit = by;
    return amount - by;
}
