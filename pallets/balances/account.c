/* account.c - see account.h. Mirrors polkadot-sdk stable2609 pallet-balances src/lib.rs#try_mutate_account and
 * src/impl_fungible.rs, frame-support src/traits/tokens/fungible/regular.rs. */
#include "balances/account.h"

#include "host/host.h"

const account_data balances_empty_account = {.flags = EMPTY_FLAGS};

/* lib.rs#ensure_upgraded on a loaded record. Accounts of this chain are born upgraded; one written by Root may not be. */
static bool upgrade(const account_id *who, account_info *info) {
    account_data *data = &info->data;
    if (LIKELY(data->flags >> 127))
        return false;
    data->flags |= EMPTY_FLAGS;
    if (data->reserved && data->frozen == 0) {
        if (info->providers == 0) {
            LOG(HOST_LOG_WARN, "an account has no providers");
            data->free = max_u128(data->free, EXISTENTIAL_DEPOSIT);
            system_inc_providers(who, info);
        }
        if (system_inc_consumers_without_limit(info) != DISPATCH_OK)
            LOG(HOST_LOG_ERROR, "an account has no providers");
    }
    /* Written now, because the edit that follows may fail. A record that nothing provides for goes. */
    if (info->providers == 0 && info->sufficients == 0)
        *info = system_empty_account;
    system_account_put(who, info);
    DEPOSIT(balances, Upgraded, .who = *who);
    return true;
}

bool balances_ensure_upgraded(const account_id *who) {
    account_info info;
    system_account_get(who, &info);
    return upgrade(who, &info);
}

void balances_edit_begin(const account_id *who, struct balances_edit *e) {
    upgrade(who, &e->info);
    const account_data *data = &e->info.data;
    e->did_consume = data->reserved || data->frozen;
    e->did_provide = data->free >= EXISTENTIAL_DEPOSIT;
    e->is_new = !e->did_consume && data->free == 0 && data->flags == EMPTY_FLAGS;
}

/* The reference changes of one edit. The provider goes last, it may reap the account. */
static MUST_USE dispatch_result settle_references(const account_id *who, struct balances_edit *e, bool provides,
                                                  bool consumes, bool unlimited) {
    account_info *info = &e->info;
    if (!e->did_provide && provides)
        system_inc_providers(who, info);
    if (e->did_consume && !consumes)
        system_dec_consumers(info);
    if (!e->did_consume && consumes)
        TRY(unlimited ? system_inc_consumers_without_limit(info) : system_inc_consumers(info));
    if (consumes && info->consumers == 0) {
        LOG(HOST_LOG_ERROR, "an account has no consumer");
        TRY(system_inc_consumers(info));
    }
    if (e->did_provide && !provides)
        TRY(system_dec_providers(who, info));
    return DISPATCH_OK;
}

dispatch_result balances_edit_end(const account_id *who, struct balances_edit *e, bool unlimited, balance *dust) {
    account_info *info = &e->info;
    balance free = info->data.free;
    bool provides = free >= EXISTENTIAL_DEPOSIT, consumes = info->data.reserved || info->data.frozen;
    *dust = 0;
    TRY(settle_references(who, e, provides, consumes, unlimited));
    if (!provides && !consumes) {
        *dust = free;
        info->data = balances_empty_account;
    }
    if (info->providers == 0 && info->sufficients == 0)
        *info = system_empty_account;
    system_account_put(who, info);
    if (e->is_new)
        DEPOSIT(balances, Endowed, .account = *who, .free_balance = free);
    if (*dust)
        DEPOSIT(balances, DustLost, .account = *who, .amount = *dust);
    return DISPATCH_OK;
}

balance balances_total_issuance(void) {
    balance issued;
    balances_TotalIssuance_get(&issued);
    return issued;
}

void balances_put_issuance(balance issued) { balances_TotalIssuance_put(&issued); }

void balances_drop_credit(balance credit) {
    if (credit == 0)
        return;
    balances_put_issuance(saturating_sub_u128(balances_total_issuance(), credit));
    DEPOSIT(balances, BurnedDebt, .amount = credit);
}

void balances_burn_dust(balance dust) { balances_drop_credit(min_u128(dust, EXISTENTIAL_DEPOSIT - 1)); }

/* Whether the account's provider reference must stay, so that the balance may not fall below ED. */
static bool must_provide(const account_info *info, enum balances_preservation preservation) {
    if (preservation == BALANCES_PRESERVE)
        return true;
    if (info->data.free == 0)
        return false;
    return preservation == BALANCES_PROTECT ? info->providers == 1 : !system_can_dec_provider(info);
}

balance balances_reducible_of(const account_info *info, enum balances_preservation preservation,
                              enum balances_fortitude fortitude) {
    const account_data *data = &info->data;
    balance least = must_provide(info, preservation) ? EXISTENTIAL_DEPOSIT : 0;
    /* Frozen applies to the total, so what is on hold counts towards it. */
    if (UNLIKELY(data->frozen && fortitude == BALANCES_POLITE))
        least = max_u128(least, saturating_sub_u128(data->frozen, data->reserved));
    return saturating_sub_u128(data->free, least);
}

enum balances_consequence balances_can_withdraw_of(const account_info *info, balance amount) {
    const account_data *data = &info->data;
    balance left;
    if (amount == 0)
        return BALANCES_SUCCESS;
    if (balances_total_issuance() < amount)
        return BALANCES_UNDERFLOW;
    if (!checked_sub_u128(&left, data->free, amount))
        return BALANCES_LOW;
    if ((data->frozen || info->consumers) &&
        amount > balances_reducible_of(info, BALANCES_EXPENDABLE, BALANCES_POLITE))
        return BALANCES_FROZEN; /* otherwise all that is free is liquid */
    enum balances_consequence result = BALANCES_SUCCESS;
    if (left < EXISTENTIAL_DEPOSIT) {
        if (!system_can_dec_provider(info))
            return BALANCES_WOULD_DIE;
        result = BALANCES_REDUCED_TO_ZERO;
    }
    return data->frozen && saturating_add_u128(left, data->reserved) < data->frozen ? BALANCES_FROZEN : result;
}

dispatch_result balances_can_deposit_of(const account_info *info, balance amount,
                                        enum balances_provenance provenance) {
    balance sum;
    if (amount == 0)
        return DISPATCH_OK;
    if (provenance == BALANCES_MINTED && !checked_add_u128(&sum, balances_total_issuance(), amount))
        return ARITHMETIC_ERROR(Overflow);
    if (!checked_add_u128(&sum, info->data.free, amount))
        return ARITHMETIC_ERROR(Overflow);
    if (sum < EXISTENTIAL_DEPOSIT)
        return TOKEN_ERROR(BelowMinimum);
    if (!checked_add_u128(&sum, sum, info->data.reserved))
        return ARITHMETIC_ERROR(Overflow);
    return DISPATCH_OK;
}

/* impl_fungible.rs#write_balance, with the dust burned. */
static MUST_USE dispatch_result write_free(const account_id *who, struct balances_edit *e, balance amount) {
    balance most = balances_reducible_of(&e->info, BALANCES_EXPENDABLE, BALANCES_FORCE), dust;
    balances_edit_begin(who, e);
    if (saturating_sub_u128(e->info.data.free, amount) > most)
        return PALLET_ERROR(balances, InsufficientBalance);
    e->info.data.free = amount;
    TRY(balances_edit_end(who, e, false, &dust));
    balances_drop_credit(dust);
    return DISPATCH_OK;
}

dispatch_result balances_decrease(const account_id *who, struct balances_edit *e, balance amount,
                                  enum balances_precision precision, enum balances_preservation preservation,
                                  enum balances_fortitude fortitude, balance *by) {
    balance old = e->info.data.free, reducible = balances_reducible_of(&e->info, preservation, fortitude);
    if (precision == BALANCES_BEST_EFFORT)
        amount = min_u128(amount, reducible);
    else if (reducible < amount)
        return TOKEN_ERROR(FundsUnavailable);
    TRY(write_free(who, e, old - amount)); /* amount <= reducible <= old */
    *by = amount;
    return DISPATCH_OK;
}

dispatch_result balances_increase(const account_id *who, struct balances_edit *e, balance amount,
                                  enum balances_precision precision, balance *by) {
    balance old = e->info.data.free, wanted, sum;
    balance reserved = saturating_sub_u128(saturating_add_u128(old, e->info.data.reserved), old);
    *by = 0;
    if (precision == BALANCES_BEST_EFFORT)
        wanted = min_u128(saturating_add_u128(old, amount), U128_MAX - reserved);
    else if (!checked_add_u128(&wanted, old, amount))
        return ARITHMETIC_ERROR(Overflow);
    if (!checked_add_u128(&sum, wanted, reserved))
        return ARITHMETIC_ERROR(Overflow);
    if (wanted < EXISTENTIAL_DEPOSIT)
        return precision == BALANCES_BEST_EFFORT ? DISPATCH_OK : TOKEN_ERROR(BelowMinimum);
    if (wanted == old)
        return DISPATCH_OK;
    TRY(write_free(who, e, wanted));
    *by = saturating_sub_u128(wanted, old);
    return DISPATCH_OK;
}
