/* pot.c - pots: see balances.h. */
#include "balances/account.h"

static dispatch_result books_add(const struct balances_pot *pot, balance amount) {
    balance books;
    storage_get(pot->books, NULL, &books);
    if (!checked_add_u128(&books, books, amount))
        return ARITHMETIC_ERROR(Overflow);
    storage_put(pot->books, NULL, &books);
    return DISPATCH_OK;
}

/* Owing less than goes out is an error of the pallet: the call fails, nothing is clamped. */
static dispatch_result books_sub(const struct balances_pot *pot, balance amount) {
    balance books;
    storage_get(pot->books, NULL, &books);
    if (!checked_sub_u128(&books, books, amount))
        return DISPATCH_ERROR(Corruption);
    storage_put(pot->books, NULL, &books);
    return DISPATCH_OK;
}

dispatch_result balances_pot_take(const struct balances_pot *pot, const account_id *who, balance amount) {
    /* The pallet's own money would be counted twice. */
    if (memcmp(who, &pot->account, sizeof *who) == 0 ||
        balances_transfer(who, &pot->account, amount, BALANCES_PRESERVE) != DISPATCH_OK)
        return pot->low_funds;
    return books_add(pot, amount);
}

dispatch_result balances_pot_give(const struct balances_pot *pot, const account_id *who, balance amount) {
    if (amount == 0)
        return DISPATCH_OK;
    TRY(books_sub(pot, amount));
    dispatch_result result = balances_transfer(&pot->account, who, amount, BALANCES_PRESERVE);
    return result == TOKEN_ERROR(BelowMinimum) ? pot->below_ed : result;
}

dispatch_result balances_pot_burn(const struct balances_pot *pot, balance amount) {
    if (amount == 0)
        return DISPATCH_OK;
    TRY(books_sub(pot, amount));
    return balances_burn_from(&pot->account, amount, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_FORCE, NULL);
}

dispatch_result balances_pot_mint(const struct balances_pot *pot, balance amount) {
    if (amount == 0)
        return DISPATCH_OK;
    TRY(balances_mint(&pot->account, amount));
    return books_add(pot, amount);
}

dispatch_result balances_pot_move(const struct balances_pot *from, const struct balances_pot *to, balance amount) {
    TRY(balances_pot_give(from, &to->account, amount));
    return books_add(to, amount);
}

void balances_pot_genesis(const struct balances_pot *pot) {
    account_info info;
    if (balances_mint(&pot->account, EXISTENTIAL_DEPOSIT) != DISPATCH_OK)
        PANIC("total issuance overflows");
    system_account_get(&pot->account, &info);
    system_inc_providers(&pot->account, &info); /* whatever happens to the balance, the account stays */
    system_account_put(&pot->account, &info);
}

bool balances_pot_covers(const struct balances_pot *pot) {
    account_info info;
    balance books, needed;
    storage_get(pot->books, NULL, &books);
    system_account_get(&pot->account, &info);
    return checked_add_u128(&needed, books, EXISTENTIAL_DEPOSIT) && info.data.free >= needed;
}
