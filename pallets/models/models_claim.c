/* models_claim.c - disputes about who owns a model. Root decides until governance exists; a claim that nobody decided
 * in time lapses at the next touch. While one is open the model does not change hands and its members are not paid. */
#include "models/models_internal.h"

/* Half of the bond to the owner for the standstill, the rest burned. */
static dispatch_result lose(uint64_t id, const models_model *model, const models_dispute *dispute,
                            models_outcome outcome) {
    u128 half = dispute->bond / 2;
    TRY(models_release(&model->owner, half, models_reason_ClaimLost));
    TRY(models_burn_held(&dispute->claimant, dispute->bond - half, models_reason_ClaimLost));
    models_Disputed_kill(&id);
    DEPOSIT(models, ClaimResolved, .model = id, .claimant = dispute->claimant, .outcome = outcome);
    return DISPATCH_OK;
}

dispatch_result models_no_claim(uint64_t id, const models_model *model, uint32_t now) {
    models_dispute dispute;
    if (!models_Disputed_get(&id, &dispute))
        return DISPATCH_OK;
    REQUIRE(now > dispute.until, ClaimOpen);
    return lose(id, model, &dispute, models_outcome_Lapsed);
}

dispatch_result models_open_claim(struct dispatch *ctx, const models_call_open_claim *args) {
    models_model model;
    account_id who;
    uint32_t now = clock_now(), before;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state != models_state_Draft, BadState);
    REQUIRE(models_Versions_exists(&args->model, &args->version), UnknownVersion);
    TRY(models_no_claim(args->model, &model, now));
    REQUIRE(!models_Claimed_get(&args->model, &who, &before), AlreadyClaimed);
    REQUIRE(!models_same(&who, &model.owner), SelfClaim);
    REQUIRE(args->bond >= MODELS_CLAIM_BOND, BondTooLow);
    TRY(models_hold(&who, args->bond, models_reason_ClaimBond));
    TRY(models_burn(&who, models_record_price(&u32_type, &now), models_reason_ClaimRecord));

    models_dispute dispute = {who, args->version, args->evidence,
                              saturating_add_u32(now, MODELS_CLAIM_EPOCHS * CLOCK_EPOCH_TICKS), args->bond};
    models_Disputed_put(&args->model, &dispute);
    models_Claimed_put(&args->model, &who, &now);
    DEPOSIT(models, ClaimOpened, .model = args->model, .claimant = who, .version = args->version,
            .evidence = args->evidence, .until = dispute.until);
    return DISPATCH_OK;
}

/* What the generation in force has earned and not paid goes to a new one that is the claimant's alone; generations
 * closed before stay with their members. */
static dispatch_result hand_over_income(uint64_t id, const account_id *to, uint32_t epoch) {
    models_split_state state;
    models_split_record split;
    models_own own;
    uint32_t asset = 0, next;
    models_touch_split(id, epoch, &state);
    TRY(models_drop_pending(id, &state));
    REQUIRE(checked_add_u32(&next, state.generation, 1), IdsExhausted);
    models_Own_get(&id, &state.generation, &asset, &own);
    if (models_Splits_get(&id, &state.generation, &split))
        TRY(models_close_generation(id, state.generation, asset, &split.members));

    models_share whole = {*to, MODELS_PPB};
    models_Splits_put(&id, &next, &(models_split_record){{&whole, 1}, {*to, 0}});
    models_SplitStates_put(&id, &(models_split_state){.generation = next});
    if (own.total != own.taken)
        models_Own_put(&id, &next, &asset, &(models_own){own.total - own.taken, 0});
    DEPOSIT(models, SplitSwitched, .model = id, .generation = next);
    return DISPATCH_OK;
}

dispatch_result models_resolve_claim(struct dispatch *ctx, const models_call_resolve_claim *args) {
    models_model model;
    models_dispute dispute;
    uint32_t now = clock_now();
    TRY(models_root(ctx, args->model, &model));
    REQUIRE(models_Disputed_get(&args->model, &dispute), NoClaim);
    REQUIRE(now <= dispute.until, ClaimLapsed);
    if (!args->won)
        return lose(args->model, &model, &dispute, models_outcome_Lost);

    TRY(models_release(&dispute.claimant, dispute.bond, models_reason_ClaimBond));
    TRY(hand_over_income(args->model, &dispute.claimant, now / CLOCK_EPOCH_TICKS));
    account_id from = model.owner;
    model.owner = model.controller = dispute.claimant;
    model.pending_owner.some = false;
    models_Models_put(&args->model, &model);
    models_Disputed_kill(&args->model);
    DEPOSIT(models, ClaimResolved, .model = args->model, .claimant = dispute.claimant, .outcome = models_outcome_Won);
    DEPOSIT(models, ModelTransferred, .model = args->model, .from = from, .to = dispute.claimant);
    return DISPATCH_OK;
}
