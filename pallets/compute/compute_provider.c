/* compute_provider.c - a provider's record: made, changed, its operator and key, its way through the states. */
#include "compute/compute_internal.h"

#include "commit/tagged.h"
#include "pallet/signature.h"

static bool is_taken(const account_id *who) { return compute_Providers_exists(who) || compute_OperatorOf_exists(who); }

/* A key's holder must want to work for this owner: nobody else's account can be occupied. */
static bool consents(const account_id *operator, const account_id *owner, const option_multi_signature *consent) {
    uint8_t buffer[96], hash[32];
    uint32_t first = 0;
    h256 genesis;
    if (!consent->some)
        return false;
    system_BlockHash_get(&first, &genesis);
    struct writer out = TAGGED(buffer, "deai/compute/op/1");
    write_raw(&out, genesis.at, sizeof genesis);
    write_raw(&out, owner->at, sizeof *owner);
    tagged_finish(hash, &out);
    return signature_verify(consent->value.tag, (const uint8_t *)&consent->value.as, (struct bytes){hash, sizeof hash},
                            operator);
}

static dispatch_result check_operator(const account_id *operator, const account_id *owner,
                                      const option_multi_signature *consent) {
    if (compute_same(operator, owner))
        return DISPATCH_OK;
    REQUIRE(!is_taken(operator), AlreadyProvider);
    REQUIRE(consents(operator, owner, consent), BadConsent);
    return DISPATCH_OK;
}

dispatch_result compute_register_provider(struct dispatch *ctx, const compute_call_register_provider *args) {
    account_id who;
    compute_totals totals;
    uint32_t id, next, now = clock_now();
    TRY(ensure_signed(&ctx->origin, &who));
    REQUIRE(!is_taken(&who), AlreadyProvider);
    TRY(check_operator(&args->operator, &who, &args->consent));
    REQUIRE(args->region < COMPUTE_MAX_REGION, BadRegion);
    REQUIRE(args->slots != 0, BadSlots);
    REQUIRE(args->commission_ppb <= COMPUTE_MAX_COMMISSION, CommissionTooHigh);
    REQUIRE(args->bond >= COMPUTE_MIN_SELF_BOND, BelowMinBond);
    compute_NextPool_get(&id);
    REQUIRE(checked_add_u32(&next, id, 1), IdsExhausted);

    compute_provider provider = {.operator = args->operator,
                                 .payout = args->payout,
                                 .state = compute_state_Candidate,
                                 .self_bond = args->bond,
                                 .pool = id,
                                 .commission_ppb = args->commission_ppb,
                                 .region = args->region,
                                 .slots = args->slots,
                                 .joined = now,
                                 .last_seen = now,
                                 .enc_key = args->enc_key,
                                 .caps_hash = args->caps_hash,
                                 .meta_hash = args->meta_hash,
                                 .deposit = {who, COMPUTE_DEPOSIT(COMPUTE_PROVIDER_BYTES)}};
    TRY(balances_pot_take(&compute_pot, &who, saturating_add_u128(args->bond, provider.deposit.amount)));

    compute_NextPool_put(&next);
    compute_Pools_put(&id, &(compute_pool){.owner = who});
    compute_Providers_put(&who, &provider);
    compute_OperatorOf_put(&args->operator, &who);
    compute_Totals_get(&totals);
    totals.bonded += args->bond;
    totals.providers++;
    compute_Totals_put(&totals);
    DEPOSIT(compute, ProviderRegistered, .provider = who, .operator = args->operator, .pool = id, .bond = args->bond);
    return DISPATCH_OK;
}

dispatch_result compute_update_provider(struct dispatch *ctx, const compute_call_update_provider *args) {
    const compute_update *update = &args->update;
    account_id owner;
    compute_provider provider;
    TRY(compute_as_any(ctx, &owner, &provider));
    REQUIRE(!update->payout.some || compute_same(&ctx->origin.who, &owner), NotOwner);
    REQUIRE(!update->region.some || update->region.value < COMPUTE_MAX_REGION, BadRegion);
    REQUIRE(!update->slots.some || (update->slots.value != 0 && update->slots.value >= provider.busy), BadSlots);
    if (update->payout.some)
        provider.payout = update->payout.value;
    if (update->region.some)
        provider.region = update->region.value;
    if (update->slots.some)
        provider.slots = update->slots.value;
    if (update->caps_hash.some)
        provider.caps_hash = update->caps_hash.value;
    if (update->meta_hash.some)
        provider.meta_hash = update->meta_hash.value;
    compute_Providers_put(&owner, &provider);
    DEPOSIT(compute, ProviderUpdated, .provider = owner);
    return DISPATCH_OK;
}

dispatch_result compute_rotate_operator(struct dispatch *ctx, const compute_call_rotate_operator *args) {
    account_id owner;
    compute_provider provider;
    TRY(compute_as_owner(ctx, &owner, &provider));
    TRY(check_operator(&args->operator, &owner, &args->consent));
    compute_OperatorOf_kill(&provider.operator);
    compute_OperatorOf_put(&args->operator, &owner);
    provider.operator = args->operator;
    compute_Providers_put(&owner, &provider);
    DEPOSIT(compute, OperatorRotated, .provider = owner, .operator = args->operator);
    return DISPATCH_OK;
}

dispatch_result compute_rotate_enc_key(struct dispatch *ctx, const compute_call_rotate_enc_key *args) {
    account_id owner;
    compute_provider provider;
    TRY(compute_as_any(ctx, &owner, &provider));
    REQUIRE(checked_add_u32(&provider.enc_epoch, provider.enc_epoch, 1), IdsExhausted);
    provider.enc_key = args->enc_key;
    compute_Providers_put(&owner, &provider);
    DEPOSIT(compute, EncKeyRotated, .provider = owner, .enc_epoch = provider.enc_epoch);
    return DISPATCH_OK;
}

dispatch_result compute_heartbeat(struct dispatch *ctx) {
    account_id owner;
    compute_provider provider;
    uint32_t now = clock_now();
    TRY(compute_as_any(ctx, &owner, &provider));
    ctx->pays_no = now - provider.last_seen >= COMPUTE_HEARTBEAT_FREE;
    provider.last_seen = now;
    compute_Providers_put(&owner, &provider);
    return DISPATCH_OK;
}

static dispatch_result move(const account_id *owner, compute_provider *provider, compute_state to) {
    compute_set_state(owner, provider, to, compute_state_reason_Owner);
    compute_Providers_put(owner, provider);
    return DISPATCH_OK;
}

static dispatch_result move_from(const struct dispatch *ctx, compute_state from, compute_state to) {
    account_id owner;
    compute_provider provider;
    TRY(compute_as_owner(ctx, &owner, &provider));
    REQUIRE(provider.state == from, BadState);
    return move(&owner, &provider, to);
}

dispatch_result compute_chill(struct dispatch *ctx) {
    return move_from(ctx, compute_state_Candidate, compute_state_Draining);
}

dispatch_result compute_resume(struct dispatch *ctx) {
    return move_from(ctx, compute_state_Draining, compute_state_Candidate);
}

dispatch_result compute_unjail(struct dispatch *ctx) {
    account_id owner;
    compute_provider provider;
    TRY(compute_as_owner(ctx, &owner, &provider));
    REQUIRE(provider.state == compute_state_Jailed, BadState);
    REQUIRE(clock_now() >= provider.jail_until, Jailed);
    REQUIRE(provider.self_bond >= COMPUTE_MIN_SELF_BOND, BelowMinBond);
    REQUIRE(balances_burn_from(&owner, COMPUTE_UNJAIL_FEE, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_POLITE, NULL) ==
                DISPATCH_OK,
            LowFunds);
    provider.strikes = 0;
    return move(&owner, &provider, compute_state_Candidate);
}
