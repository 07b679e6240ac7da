/* models_revenue.c - what a model earns and who takes it. Every share is its own floor of a running total: shares only
 * grow, their sum never passes the total, and what was taken needs no other record than its amount. */
#include "models/models_internal.h"

#include "balances/balances.h"

dispatch_result models_book_revenue(uint64_t id, uint32_t asset, u128 amount) {
    models_model model;
    models_split_state state;
    models_revenue revenue;
    models_own own;
    REQUIRE(models_Models_get(&id, &model), UnknownModel);
    REQUIRE(model.state != models_state_Draft, BadState);
    REQUIRE(asset == 0, BadAsset);
    if (amount == 0)
        return DISPATCH_OK;
    models_Revenue_get(&id, &asset, &revenue);
    if (!checked_add_u128(&revenue.total, revenue.total, amount))
        return ARITHMETIC_ERROR(Overflow);
    models_touch_split(id, clock_epoch(), &state);
    models_Own_get(&id, &state.generation, &asset, &own);
    u128 booked = part_of(revenue.total, MODELS_PPB - model.ancestors_ppb);
    if (!checked_add_u128(&own.total, own.total, booked - revenue.own_booked))
        return ARITHMETIC_ERROR(Overflow);
    revenue.own_booked = booked;
    TRY(models_books_add(asset, amount));

    models_Revenue_put(&id, &asset, &revenue);
    models_Own_put(&id, &state.generation, &asset, &own);
    DEPOSIT(models, RevenueCredited, .model = id, .asset = asset, .amount = amount);
    return DISPATCH_OK;
}

dispatch_result models_credit_revenue(struct dispatch *ctx, const models_call_credit_revenue *args) {
    TRY(ensure_root(&ctx->origin));
    TRY(models_book_revenue(args->model, args->asset, args->amount));
    if (args->amount == 0)
        return DISPATCH_OK;
    /* The pallet's own money would be counted twice. */
    REQUIRE(!models_same(&args->from, &models_account) &&
                balances_transfer(&args->from, &models_account, args->amount, BALANCES_PRESERVE) == DISPATCH_OK,
            LowFunds);
    return DISPATCH_OK;
}

dispatch_result models_claim_ancestor(struct dispatch *ctx, const models_call_claim_ancestor *args) {
    models_model child, model;
    models_ancestors ancestors;
    models_split_state state;
    models_revenue revenue;
    models_own own;
    account_id who;
    u128 taken;
    TRY(models_signed(ctx, &who, args->child, &child));
    REQUIRE(models_Models_get(&args->ancestor, &model), UnknownModel);
    REQUIRE(args->asset == 0, BadAsset);
    models_Ancestors_get(&args->child, &ancestors);
    uint32_t i = 0;
    while (i < ancestors.len && ancestors.items[i].model != args->ancestor)
        i++;
    REQUIRE(i < ancestors.len, NotAncestor);
    models_Revenue_get(&args->child, &args->asset, &revenue);
    models_AncestorTaken_get(&args->child, &args->ancestor, &args->asset, &taken);
    u128 entitled = part_of(revenue.total, ancestors.items[i].ppb);
    REQUIRE(entitled > taken, NothingToClaim);
    u128 due = entitled - taken;
    models_touch_split(args->ancestor, clock_epoch(), &state);
    models_Own_get(&args->ancestor, &state.generation, &args->asset, &own);
    if (!checked_add_u128(&own.total, own.total, due))
        return ARITHMETIC_ERROR(Overflow);

    models_AncestorTaken_put(&args->child, &args->ancestor, &args->asset, &entitled);
    models_Own_put(&args->ancestor, &state.generation, &args->asset, &own);
    DEPOSIT(models, AncestorClaimed, .child = args->child, .ancestor = args->ancestor, .asset = args->asset,
            .amount = due);
    return DISPATCH_OK;
}

/* Whether every member has taken its floor: then a closed generation will never pay again. */
static bool wholly_paid(const models_split *members, const models_own *own) {
    u128 sum = 0;
    for (uint32_t i = 0; i < members->len; i++)
        sum += part_of(own->total, members->items[i].ppb);
    return sum == own->taken;
}

dispatch_result models_close_generation(uint64_t id, uint32_t generation, uint32_t asset, const models_split *members) {
    for (uint32_t i = 0; i < members->len; i++)
        models_SplitTaken_kill(&id, &generation, &members->items[i].account, &asset);
    models_Own_kill(&id, &generation, &asset);
    return models_remove_split(id, generation);
}

dispatch_result models_claim_royalty(struct dispatch *ctx, const models_call_claim_royalty *args) {
    models_model model;
    models_split_state state;
    models_split_record split;
    models_own own;
    account_id who;
    uint32_t now = clock_now();
    u128 due = 0;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state != models_state_Frozen, BadState);
    TRY(models_no_claim(args->model, &model, now));
    REQUIRE(args->asset == 0, BadAsset);
    models_touch_split(args->model, now / CLOCK_EPOCH_TICKS, &state);
    REQUIRE(args->generation <= state.generation &&
                models_Splits_get(&args->model, &args->generation, &split),
            NothingToClaim);
    models_Own_get(&args->model, &args->generation, &args->asset, &own);
    for (uint32_t i = 0; i < split.members.len; i++) {
        if (!models_same(&split.members.items[i].account, &who))
            continue;
        u128 taken, entitled = part_of(own.total, split.members.items[i].ppb);
        models_SplitTaken_get(&args->model, &args->generation, &who, &args->asset, &taken);
        due = entitled - taken;
        if (due)
            models_SplitTaken_put(&args->model, &args->generation, &who, &args->asset, &entitled);
    }
    own.taken += due;
    bool last = args->generation < state.generation && wholly_paid(&split.members, &own);
    REQUIRE(due != 0 || last, NothingToClaim);
    if (due)
        TRY(models_pay(&who, args->asset, due));

    if (last)
        TRY(models_close_generation(args->model, args->generation, args->asset, &split.members));
    else
        models_Own_put(&args->model, &args->generation, &args->asset, &own);
    if (due)
        DEPOSIT(models, RoyaltyClaimed, .model = args->model, .generation = args->generation, .asset = args->asset,
                .who = who, .amount = due);
    return DISPATCH_OK;
}
