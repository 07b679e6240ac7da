/* sudo.c - see sudo.h. Mirrors polkadot-sdk stable2609 pallet-sudo src/lib.rs. */
#include "sudo/sudo.h"

#include "system/system.h"

struct dispatch_info sudo_info(uint64_t base, const struct call *inner) {
    struct dispatch_info info = call_info(inner);
    info.call_weight = weight_add(info.call_weight, (weight){base + READS(1), 1517});
    info.pays = PAYS_YES;
    return info;
}

/* The sudo key, or Root itself. */
static dispatch_result ensure_sudo(const struct origin *origin) {
    if (origin->kind == ORIGIN_ROOT)
        return DISPATCH_OK;
    account_id who, key;
    TRY(ensure_signed(origin, &who));
    if (!sudo_Key_get(&key) || memcmp(who.at, key.at, sizeof key.at) != 0)
        return PALLET_ERROR(sudo, RequireSudo);
    return DISPATCH_OK;
}

/* The sudo user pays no fee. The outcome of what it dispatched is told by an event only. */
static dispatch_result sudo_done(struct dispatch *ctx) {
    ctx->pays_no = true;
    return DISPATCH_OK;
}

static dispatch_result as_root(struct dispatch *ctx, const struct call *call) {
    TRY(ensure_sudo(&ctx->origin));
    struct dispatch inner = {.origin = {.kind = ORIGIN_ROOT}};
    dispatch_result result = call_dispatch(call, &inner);
    DEPOSIT(sudo, Sudid, .sudo_result = dispatch_outcome_value(result));
    return sudo_done(ctx);
}

dispatch_result sudo_sudo(struct dispatch *ctx, const sudo_call_sudo *args) { return as_root(ctx, &args->call); }

/* The weight was the caller's to choose: it is the declared one, and nobody checks it. */
dispatch_result sudo_sudo_unchecked_weight(struct dispatch *ctx, const sudo_call_sudo_unchecked_weight *args) {
    return as_root(ctx, &args->call);
}

dispatch_result sudo_set_key(struct dispatch *ctx, const sudo_call_set_key *args) {
    TRY(ensure_sudo(&ctx->origin));
    account_id next;
    TRY(lookup(&args->new, &next));
    option_account_id old;
    old.some = sudo_Key_get(&old.value);
    sudo_Key_put(&next);
    DEPOSIT(sudo, KeyChanged, .old = old, .new = next);
    return sudo_done(ctx);
}

dispatch_result sudo_sudo_as(struct dispatch *ctx, const sudo_call_sudo_as *args) {
    TRY(ensure_sudo(&ctx->origin));
    struct dispatch inner = {.origin = {.kind = ORIGIN_SIGNED}};
    TRY(lookup(&args->who, &inner.origin.who));
    dispatch_result result = call_dispatch(&args->call, &inner);
    DEPOSIT(sudo, SudoAsDone, .sudo_result = dispatch_outcome_value(result));
    return sudo_done(ctx);
}

dispatch_result sudo_remove_key(struct dispatch *ctx) {
    TRY(ensure_sudo(&ctx->origin));
    sudo_Key_kill();
    DEPOSIT0(sudo, KeyRemoved);
    return sudo_done(ctx);
}

void sudo_genesis(const account_id *key) {
    if (key)
        sudo_Key_put(key);
}
