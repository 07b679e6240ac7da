/* models_money.c - deposits, bonds and pay: every amount that enters or leaves the pallet's account. */
#include "models/models_internal.h"

#include "balances/balances.h"

u128 models_record_price(const struct type_desc *type, const void *value) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    uint32_t len = scale_encode_in(&arena_scratch, type, value).len;
    arena_rewind(&arena_scratch, mark);
    return MODELS_DEPOSIT_BASE + MODELS_DEPOSIT_PER_BYTE * len;
}

dispatch_result models_books_add(uint32_t asset, u128 amount) {
    u128 books;
    models_Books_get(&asset, &books);
    if (!checked_add_u128(&books, books, amount))
        return ARITHMETIC_ERROR(Overflow);
    models_Books_put(&asset, &books);
    return DISPATCH_OK;
}

/* Owing less than goes out is an error of this pallet: the call fails, nothing is clamped. */
static dispatch_result books_sub(uint32_t asset, u128 amount) {
    u128 books;
    models_Books_get(&asset, &books);
    if (!checked_sub_u128(&books, books, amount))
        return DISPATCH_ERROR(Corruption);
    models_Books_put(&asset, &books);
    return DISPATCH_OK;
}

dispatch_result models_hold(const account_id *who, u128 amount, models_reason reason) {
    /* The pallet's own money would be counted twice. */
    REQUIRE(!models_same(who, &models_account) &&
                balances_transfer(who, &models_account, amount, BALANCES_PRESERVE) == DISPATCH_OK,
            LowFunds);
    TRY(models_books_add(0, amount));
    DEPOSIT(models, Held, .who = *who, .amount = amount, .reason = reason);
    return DISPATCH_OK;
}

dispatch_result models_pay(const account_id *who, uint32_t asset, u128 amount) {
    TRY(books_sub(asset, amount));
    dispatch_result result = balances_transfer(&models_account, who, amount, BALANCES_PRESERVE);
    return result == TOKEN_ERROR(BelowMinimum) ? MODELS_ERROR(BelowED) : result;
}

dispatch_result models_release(const account_id *who, u128 amount, models_reason reason) {
    TRY(models_pay(who, 0, amount));
    DEPOSIT(models, Released, .who = *who, .amount = amount, .reason = reason);
    return DISPATCH_OK;
}

dispatch_result models_rehold(const models_deposit *old, const models_deposit *fresh, models_reason reason) {
    u128 back = old ? old->amount : 0, due = fresh->amount;
    if (old && models_same(&old->depositor, &fresh->depositor)) {
        u128 common = min_u128(back, due);
        back -= common;
        due -= common;
    }
    if (back)
        TRY(models_release(&old->depositor, back, reason));
    return due ? models_hold(&fresh->depositor, due, reason) : DISPATCH_OK;
}

dispatch_result models_burn(const account_id *who, u128 amount, models_reason reason) {
    REQUIRE(balances_burn_from(who, amount, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_POLITE, NULL) == DISPATCH_OK,
            LowFunds);
    DEPOSIT(models, Burned, .who = *who, .amount = amount, .reason = reason);
    return DISPATCH_OK;
}

dispatch_result models_burn_held(const account_id *who, u128 amount, models_reason reason) {
    TRY(books_sub(0, amount));
    TRY(balances_burn_from(&models_account, amount, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_FORCE, NULL));
    DEPOSIT(models, Burned, .who = *who, .amount = amount, .reason = reason);
    return DISPATCH_OK;
}
