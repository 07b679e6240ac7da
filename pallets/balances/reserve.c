/* reserve.c - reserved money, plain and named. Mirrors polkadot-sdk stable2609 pallet-balances
 * src/impl_currency.rs#ReservableCurrency, #NamedReservableCurrency and src/lib.rs#do_transfer_reserved. */
#include "balances/account.h"

bool balances_can_reserve(const account_id *who, balance amount) {
    account_data data;
    balance left;
    balances_account(who, &data);
    return amount == 0 || (checked_sub_u128(&left, data.free, amount) && left >= EXISTENTIAL_DEPOSIT);
}

dispatch_result balances_reserve(const account_id *who, balance amount) {
    struct balances_edit e;
    balance dust;
    if (amount == 0)
        return DISPATCH_OK;
    system_account_get(who, &e.info);
    balances_edit_begin(who, &e);
    account_data *data = &e.info.data;
    if (!checked_sub_u128(&data->free, data->free, amount))
        return PALLET_ERROR(balances, InsufficientBalance);
    if (!checked_add_u128(&data->reserved, data->reserved, amount))
        return ARITHMETIC_ERROR(Overflow);
    TRY(balances_edit_end(who, &e, false, &dust));
    balances_burn_dust(dust);
    DEPOSIT(balances, Reserved, .who = *who, .amount = amount);
    return DISPATCH_OK;
}

static bool is_empty(const account_info *info) { return (info->data.free | info->data.reserved) == 0; }

balance balances_unreserve(const account_id *who, balance amount) {
    struct balances_edit e;
    balance dust;
    system_account_get(who, &e.info);
    if (amount == 0 || is_empty(&e.info))
        return amount;
    balances_edit_begin(who, &e);
    account_data *data = &e.info.data;
    balance actual = min_u128(data->reserved, amount);
    data->reserved -= actual;
    data->free = saturating_add_u128(data->free, actual);
    if (balances_edit_end(who, &e, false, &dust) != DISPATCH_OK)
        return amount;
    balances_burn_dust(dust);
    DEPOSIT(balances, Unreserved, .who = *who, .amount = actual);
    return amount - actual;
}

balance balances_slash_reserved(const account_id *who, balance amount, balance *slashed) {
    struct balances_edit e;
    balance dust;
    *slashed = 0;
    system_account_get(who, &e.info);
    if (amount == 0 || is_empty(&e.info))
        return amount;
    balances_edit_begin(who, &e);
    balance actual = min_u128(e.info.data.reserved, amount);
    e.info.data.reserved -= actual;
    if (balances_edit_end(who, &e, false, &dust) != DISPATCH_OK)
        return amount;
    balances_burn_dust(dust);
    DEPOSIT(balances, Slashed, .who = *who, .amount = actual);
    *slashed = actual;
    return amount - actual;
}

/* Both sides of a repatriation. The slashed account is settled inside the beneficiary's edit, as in FRAME, which shows
 * in the order of events. */
static MUST_USE dispatch_result move_reserved(struct balances_edit *from, const account_id *slashed,
                                              const account_id *beneficiary, balance amount, balance_status status) {
    struct balances_edit to;
    balance dust_from, dust_to;
    system_account_get(beneficiary, &to.info);
    balances_edit_begin(beneficiary, &to);
    if (to.is_new)
        return PALLET_ERROR(balances, DeadAccount);
    balances_edit_begin(slashed, from);
    balance *part = status == balance_status_Free ? &to.info.data.free : &to.info.data.reserved;
    if (!checked_add_u128(part, *part, amount))
        return ARITHMETIC_ERROR(Overflow);
    from->info.data.reserved = saturating_sub_u128(from->info.data.reserved, amount);
    TRY(balances_edit_end(slashed, from, false, &dust_from));
    TRY(balances_edit_end(beneficiary, &to, false, &dust_to));
    balances_burn_dust(dust_from);
    balances_burn_dust(dust_to);
    DEPOSIT(balances, ReserveRepatriated, .from = *slashed, .to = *beneficiary, .amount = amount,
            .destination_status = status);
    return DISPATCH_OK;
}

dispatch_result balances_repatriate_reserved(const account_id *slashed, const account_id *beneficiary, balance amount,
                                             balance_status status, balance *left) {
    struct balances_edit from;
    *left = 0;
    if (amount == 0)
        return DISPATCH_OK;
    system_account_get(slashed, &from.info);
    const account_data *data = &from.info.data;
    balance most = saturating_sub_u128(data->reserved, saturating_sub_u128(data->frozen, data->free));
    balance actual = min_u128(amount, most);
    if (memcmp(slashed, beneficiary, sizeof *slashed) == 0) {
        *left = amount - actual;
        if (status == balance_status_Free)
            *left += balances_unreserve(slashed, actual);
        return DISPATCH_OK;
    }
    TRY(move_reserved(&from, slashed, beneficiary, actual, status));
    *left = amount - actual;
    return DISPATCH_OK;
}

/* --- by name: a sorted list of (id, amount) --- */

/* The place of `id` in the list, or where it belongs. */
static bool search(const reserve_list *list, const bytes8 *id, uint32_t *at) {
    uint32_t low = 0, high = list->len;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = memcmp(&list->items[middle].id, id, sizeof *id);
        if (order == 0) {
            *at = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return false;
}

static void put_reserves(const account_id *who, const reserve_list *list) {
    if (list->len)
        balances_Reserves_put(who, list);
    else
        balances_Reserves_kill(who);
}

/* Adds `amount` under `id`, in memory. */
static MUST_USE dispatch_result add_named(reserve_list *list, const bytes8 *id, balance amount) {
    uint32_t at;
    if (search(list, id, &at))
        return checked_add_u128(&list->items[at].amount, list->items[at].amount, amount) ? DISPATCH_OK
                                                                                         : ARITHMETIC_ERROR(Overflow);
    if (list->len >= MAX_RESERVES)
        return PALLET_ERROR(balances, TooManyReserves);
    reserve_data *wider = arena_alloc(&arena_scratch, (list->len + 1) * sizeof *wider);
    for (uint32_t i = 0; i < at; i++)
        wider[i] = list->items[i];
    wider[at] = (reserve_data){.id = *id, .amount = amount};
    for (uint32_t i = at; i < list->len; i++)
        wider[i + 1] = list->items[i];
    *list = (reserve_list){wider, list->len + 1};
    return DISPATCH_OK;
}

/* Takes `amount`, at most what is there, from entry `at` and writes the list. */
static void take_named(const account_id *who, reserve_list *list, uint32_t at, balance amount) {
    list->items[at].amount -= amount;
    if (list->items[at].amount == 0) {
        for (uint32_t i = at + 1; i < list->len; i++)
            list->items[i - 1] = list->items[i];
        list->len--;
    }
    put_reserves(who, list);
}

balance balances_reserved_named(const bytes8 *id, const account_id *who) {
    reserve_list list;
    uint32_t at;
    balances_Reserves_get(who, &list);
    return search(&list, id, &at) ? list.items[at].amount : 0;
}

dispatch_result balances_reserve_named(const bytes8 *id, const account_id *who, balance amount) {
    reserve_list list;
    if (amount == 0)
        return DISPATCH_OK;
    balances_Reserves_get(who, &list);
    TRY(add_named(&list, id, amount));
    TRY(balances_reserve(who, amount));
    balances_Reserves_put(who, &list);
    return DISPATCH_OK;
}

balance balances_unreserve_named(const bytes8 *id, const account_id *who, balance amount) {
    reserve_list list;
    uint32_t at;
    balances_Reserves_get(who, &list);
    if (amount == 0 || !search(&list, id, &at))
        return amount;
    balance wanted = min_u128(list.items[at].amount, amount);
    balance actual = wanted - balances_unreserve(who, wanted);
    take_named(who, &list, at, actual);
    return amount - actual;
}

balance balances_slash_reserved_named(const bytes8 *id, const account_id *who, balance amount, balance *slashed) {
    reserve_list list;
    uint32_t at;
    *slashed = 0;
    balances_Reserves_get(who, &list);
    if (amount == 0 || !search(&list, id, &at))
        return amount;
    balance wanted = min_u128(list.items[at].amount, amount);
    balance actual = wanted - balances_slash_reserved(who, wanted, slashed);
    take_named(who, &list, at, actual);
    return amount - actual;
}

dispatch_result balances_repatriate_reserved_named(const bytes8 *id, const account_id *slashed,
                                                   const account_id *beneficiary, balance amount,
                                                   balance_status status, balance *left) {
    reserve_list list, theirs;
    uint32_t at;
    *left = 0;
    if (amount == 0)
        return DISPATCH_OK;
    if (memcmp(slashed, beneficiary, sizeof *slashed) == 0) {
        *left = status == balance_status_Free ? balances_unreserve_named(id, slashed, amount)
                                              : saturating_sub_u128(amount, balances_reserved_named(id, slashed));
        return DISPATCH_OK;
    }
    *left = amount;
    balances_Reserves_get(slashed, &list);
    if (!search(&list, id, &at))
        return DISPATCH_OK;
    balance wanted = min_u128(list.items[at].amount, amount), remain;
    TRY(balances_repatriate_reserved(slashed, beneficiary, wanted, status, &remain));
    balance actual = wanted - remain;
    if (status == balance_status_Reserved) {
        balances_Reserves_get(beneficiary, &theirs);
        if (actual)
            TRY(add_named(&theirs, id, actual));
        balances_Reserves_put(beneficiary, &theirs); /* an empty list too: FRAME's try_mutate writes it */
    }
    take_named(slashed, &list, at, actual);
    *left = amount - actual;
    return DISPATCH_OK;
}
