/* fungible.c - free money: transfer, mint, burn, credits, issuance, genesis. Mirrors polkadot-sdk stable2609
 * frame-support src/traits/tokens/fungible/regular.rs, pallet-balances src/impl_fungible.rs and src/impl_currency.rs. */
#include "balances/account.h"

void balances_account(const account_id *who, account_data *out) {
    account_info info;
    system_account_get(who, &info);
    *out = info.data;
}

balance balances_active_issuance(void) {
    balance inactive;
    balances_InactiveIssuance_get(&inactive);
    return saturating_sub_u128(balances_total_issuance(), inactive);
}

balance balances_reducible(const account_id *who, enum balances_preservation preservation,
                           enum balances_fortitude fortitude) {
    account_info info;
    system_account_get(who, &info);
    return balances_reducible_of(&info, preservation, fortitude);
}

enum balances_consequence balances_can_withdraw(const account_id *who, balance amount) {
    account_info info;
    system_account_get(who, &info);
    return balances_can_withdraw_of(&info, amount);
}

dispatch_result balances_can_deposit(const account_id *who, balance amount, enum balances_provenance provenance) {
    account_info info;
    system_account_get(who, &info);
    return balances_can_deposit_of(&info, amount, provenance);
}

dispatch_result balances_withdraw_error(enum balances_consequence consequence, bool keep_alive) {
    switch (consequence) {
    case BALANCES_SUCCESS:
        return DISPATCH_OK;
    case BALANCES_REDUCED_TO_ZERO:
        return keep_alive ? TOKEN_ERROR(NotExpendable) : DISPATCH_OK;
    case BALANCES_LOW:
        return TOKEN_ERROR(FundsUnavailable);
    case BALANCES_WOULD_DIE:
        return TOKEN_ERROR(OnlyProvider);
    case BALANCES_UNDERFLOW:
        return ARITHMETIC_ERROR(Underflow);
    case BALANCES_FROZEN:
        break;
    }
    return TOKEN_ERROR(Frozen);
}

dispatch_result balances_transfer(const account_id *from, const account_id *to, balance amount,
                                  enum balances_preservation preservation) {
    struct balances_edit source, dest;
    balance by;
    system_account_get(from, &source.info);
    TRY(balances_withdraw_error(balances_can_withdraw_of(&source.info, amount), preservation != BALANCES_EXPENDABLE));
    system_account_get(to, &dest.info);
    TRY(balances_can_deposit_of(&dest.info, amount, BALANCES_EXTANT));
    if (equal_32(from->at, to->at))
        return DISPATCH_OK;
    TRY(balances_decrease(from, &source, amount, BALANCES_BEST_EFFORT, preservation, BALANCES_POLITE, &by));
    /* Cannot fail after can_deposit; FRAME ignores the result too. */
    (void)!balances_increase(to, &dest, amount, BALANCES_BEST_EFFORT, &by);
    DEPOSIT(balances, Transfer, .from = *from, .to = *to, .amount = amount);
    return DISPATCH_OK;
}

dispatch_result balances_mint(const account_id *who, balance amount) {
    struct balances_edit e;
    balance sum, by;
    if (!checked_add_u128(&sum, balances_total_issuance(), amount))
        return ARITHMETIC_ERROR(Overflow);
    system_account_get(who, &e.info);
    TRY(balances_increase(who, &e, amount, BALANCES_EXACT, &by));
    balances_put_issuance(saturating_add_u128(balances_total_issuance(), by));
    DEPOSIT(balances, Minted, .who = *who, .amount = amount);
    return DISPATCH_OK;
}

dispatch_result balances_burn_from(const account_id *who, balance amount, enum balances_preservation preservation,
                                   enum balances_precision precision, enum balances_fortitude fortitude,
                                   balance *actual) {
    struct balances_edit e;
    balance by;
    system_account_get(who, &e.info);
    balance can = min_u128(balances_reducible_of(&e.info, preservation, fortitude), amount);
    if (can != amount && precision == BALANCES_EXACT)
        return TOKEN_ERROR(FundsUnavailable);
    if (balances_total_issuance() < can)
        return ARITHMETIC_ERROR(Overflow);
    TRY(balances_decrease(who, &e, can, BALANCES_BEST_EFFORT, preservation, fortitude, &by));
    /* Read again: dust may have been burned meanwhile. */
    balances_put_issuance(saturating_sub_u128(balances_total_issuance(), by));
    DEPOSIT(balances, Burned, .who = *who, .amount = by);
    set_output(actual, by);
    return DISPATCH_OK;
}

dispatch_result balances_withdraw(const account_id *who, balance amount, enum balances_precision precision,
                                  enum balances_preservation preservation, enum balances_fortitude fortitude,
                                  balance *credit) {
    struct balances_edit e;
    system_account_get(who, &e.info);
    return balances_withdraw_loaded(who, &e, amount, precision, preservation, fortitude, credit);
}

dispatch_result balances_withdraw_loaded(const account_id *who, struct balances_edit *e, balance amount,
                                         enum balances_precision precision, enum balances_preservation preservation,
                                         enum balances_fortitude fortitude, balance *credit) {
    balance by;
    TRY(balances_decrease(who, e, amount, precision, preservation, fortitude, &by));
    DEPOSIT(balances, Withdraw, .who = *who, .amount = by);
    set_output(credit, by);
    return DISPATCH_OK;
}

dispatch_result balances_resolve(const account_id *who, balance credit) {
    struct balances_edit e;
    balance by;
    system_account_get(who, &e.info);
    TRY(balances_increase(who, &e, credit, BALANCES_EXACT, &by));
    DEPOSIT(balances, Deposit, .who = *who, .amount = by);
    return DISPATCH_OK;
}

balance balances_issue(balance amount) {
    balance old = balances_total_issuance(), issued = saturating_add_u128(old, amount);
    balances_put_issuance(issued);
    if (issued != old)
        DEPOSIT(balances, Issued, .amount = issued - old);
    return issued - old;
}

balance balances_slash(const account_id *who, balance amount, balance *slashed) {
    struct balances_edit e;
    set_output(slashed, 0);
    if (amount == 0)
        return 0;
    system_account_get(who, &e.info);
    if ((e.info.data.free | e.info.data.reserved) == 0)
        return amount;
    balances_edit_begin(who, &e);
    balance most = e.info.data.free, dust;
    if (!system_can_dec_provider(&e.info))
        most = saturating_sub_u128(most, EXISTENTIAL_DEPOSIT);
    balance taken = min_u128(amount, most);
    e.info.data.free -= taken;
    if (balances_edit_end(who, &e, false, &dust) != DISPATCH_OK)
        return amount;
    balances_burn_dust(dust);
    DEPOSIT(balances, Slashed, .who = *who, .amount = taken);
    set_output(slashed, taken);
    return amount - taken;
}

void balances_drop_slashed(balance amount) {
    if (amount == 0)
        return;
    balances_put_issuance(saturating_sub_u128(balances_total_issuance(), amount));
    DEPOSIT(balances, Rescinded, .amount = amount);
}

void balances_deactivate(balance amount) {
    balance inactive;
    balances_InactiveIssuance_get(&inactive);
    balance active = saturating_sub_u128(balances_total_issuance(), inactive);
    inactive = saturating_add_u128(inactive, min_u128(amount, active));
    balances_InactiveIssuance_put(&inactive);
}

void balances_reactivate(balance amount) {
    balance inactive;
    balances_InactiveIssuance_get(&inactive);
    inactive = saturating_sub_u128(inactive, amount);
    balances_InactiveIssuance_put(&inactive);
}

bool balances_genesis(const struct balances_endowment *list, uint32_t count) {
    balance total = 0;
    for (uint32_t i = 0; i < count; i++) {
        const account_id *who = &list[i].who;
        account_info info;
        system_account_get(who, &info);
        if (list[i].amount < EXISTENTIAL_DEPOSIT || info.data.free || !checked_add_u128(&total, total, list[i].amount))
            return false;
        system_inc_providers(who, &info);
        info.data = balances_empty_account;
        info.data.free = list[i].amount;
        system_account_put(who, &info);
    }
    balances_put_issuance(total);
    return true;
}
