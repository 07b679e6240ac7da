/* calls.c - the pallet's calls. Mirrors polkadot-sdk stable2609 pallet-balances src/lib.rs#call. */
#include "balances/account.h"

static MUST_USE dispatch_result transfer_signed(struct dispatch *ctx, const lookup_source *dest, balance amount,
                                                enum balances_preservation preservation) {
    account_id to;
    if (ctx->origin.kind != ORIGIN_SIGNED)
        return BAD_ORIGIN;
    TRY(lookup(dest, &to));
    return balances_transfer(&ctx->origin.who, &to, amount, preservation);
}

dispatch_result balances_transfer_allow_death(struct dispatch *ctx, const balances_call_transfer_allow_death *args) {
    return transfer_signed(ctx, &args->dest, args->value, BALANCES_EXPENDABLE);
}

dispatch_result balances_transfer_keep_alive(struct dispatch *ctx, const balances_call_transfer_keep_alive *args) {
    return transfer_signed(ctx, &args->dest, args->value, BALANCES_PRESERVE);
}

dispatch_result balances_force_transfer(struct dispatch *ctx, const balances_call_force_transfer *args) {
    account_id from, to;
    TRY(ensure_root(&ctx->origin));
    TRY(lookup(&args->source, &from));
    TRY(lookup(&args->dest, &to));
    return balances_transfer(&from, &to, args->value, BALANCES_EXPENDABLE);
}

dispatch_result balances_transfer_all(struct dispatch *ctx, const balances_call_transfer_all *args) {
    account_id from;
    TRY(ensure_signed(&ctx->origin, &from));
    enum balances_preservation preservation = args->keep_alive ? BALANCES_PRESERVE : BALANCES_EXPENDABLE;
    return transfer_signed(ctx, &args->dest, balances_reducible(&from, preservation, BALANCES_POLITE), preservation);
}

dispatch_result balances_force_unreserve(struct dispatch *ctx, const balances_call_force_unreserve *args) {
    account_id who;
    TRY(ensure_root(&ctx->origin));
    TRY(lookup(&args->who, &who));
    balances_unreserve(&who, args->amount);
    return DISPATCH_OK;
}

dispatch_result balances_upgrade_accounts(struct dispatch *ctx, const balances_call_upgrade_accounts *args) {
    account_id caller;
    TRY(ensure_signed(&ctx->origin, &caller));
    uint64_t upgraded = 0;
    for (uint32_t i = 0; i < args->who.len; i++)
        upgraded += balances_ensure_upgraded(&args->who.items[i]);
    if (args->who.len && upgraded * 10 >= (uint64_t)args->who.len * 9)
        ctx->pays_no = true;
    return DISPATCH_OK;
}

dispatch_result balances_force_set_balance(struct dispatch *ctx, const balances_call_force_set_balance *args) {
    account_id who;
    TRY(ensure_root(&ctx->origin));
    TRY(lookup(&args->who, &who));
    balance free = args->new_free < EXISTENTIAL_DEPOSIT ? 0 : args->new_free, dust;
    struct balances_edit e;
    system_account_get(&who, &e.info);
    balances_edit_begin(&who, &e);
    balance old = e.info.data.free;
    e.info.data.free = free;
    TRY(balances_edit_end(&who, &e, false, &dust));
    balances_burn_dust(dust);
    /* impl_currency.rs: a dropped imbalance squares the issuance, saturating, and tells its own size. */
    if (free > old) {
        balances_put_issuance(saturating_add_u128(balances_total_issuance(), free - old));
        DEPOSIT(balances, Issued, .amount = free - old);
    } else {
        balances_drop_slashed(old - free);
    }
    DEPOSIT(balances, BalanceSet, .who = who, .free = free);
    return DISPATCH_OK;
}

dispatch_result balances_force_adjust_total_issuance(struct dispatch *ctx,
                                                     const balances_call_force_adjust_total_issuance *args) {
    TRY(ensure_root(&ctx->origin));
    if (args->delta == 0)
        return PALLET_ERROR(balances, DeltaZero);
    balance old = balances_total_issuance(), inactive;
    balance new = args->direction == adjustment_direction_Increase ? saturating_add_u128(old, args->delta)
                                                                   : saturating_sub_u128(old, args->delta);
    balances_InactiveIssuance_get(&inactive);
    if (inactive > new)
        return PALLET_ERROR(balances, IssuanceDeactivated);
    balances_put_issuance(new);
    DEPOSIT(balances, TotalIssuanceForced, .old = old, .new = new);
    return DISPATCH_OK;
}

dispatch_result balances_burn(struct dispatch *ctx, const balances_call_burn *args) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    return balances_burn_from(&who, args->value, args->keep_alive ? BALANCES_PRESERVE : BALANCES_EXPENDABLE,
                              BALANCES_EXACT, BALANCES_POLITE, NULL);
}
