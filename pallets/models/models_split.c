/* models_split.c - who shares a model's own income. Splits have generations: income goes to the generation that is in
 * force when it is credited, so that a change never touches what others have earned. */
#include "models/models_internal.h"

dispatch_result models_check_split(const models_split *split) {
    uint64_t sum = 0;
    REQUIRE(split->len >= 1 && split->len <= MODELS_MAX_MEMBERS, BadSplit);
    for (uint32_t i = 0; i < split->len; i++) {
        const models_share *share = &split->items[i];
        REQUIRE(share->ppb > 0 && (i == 0 || memcmp(&share[-1].account, &share->account, sizeof(account_id)) < 0),
                BadSplit);
        sum += share->ppb;
    }
    REQUIRE(sum == MODELS_PPB, BadSplit);
    return DISPATCH_OK;
}

static bool switch_due(models_split_state *state, uint32_t epoch) {
    if (!state->pending || epoch < state->effective_epoch)
        return false;
    *state = (models_split_state){.generation = state->pending};
    return true;
}

void models_view_split_state(uint64_t id, uint32_t epoch, models_split_state *state) {
    models_SplitStates_get(&id, state);
    switch_due(state, epoch);
}

void models_touch_split(uint64_t id, uint32_t epoch, models_split_state *state) {
    models_SplitStates_get(&id, state);
    if (!switch_due(state, epoch))
        return;
    models_SplitStates_put(&id, state);
    DEPOSIT(models, SplitSwitched, .model = id, .generation = state->generation);
}

dispatch_result models_remove_split(uint64_t id, uint32_t generation) {
    models_split_record record;
    if (!models_Splits_get(&id, &generation, &record))
        return DISPATCH_OK;
    if (record.deposit.amount) /* Root's decision of a claim makes a split without one */
        TRY(models_release(&record.deposit.depositor, record.deposit.amount, models_reason_SplitRecord));
    models_Splits_kill(&id, &generation);
    DEPOSIT(models, SplitRemoved, .model = id, .generation = generation);
    return DISPATCH_OK;
}

dispatch_result models_drop_pending(uint64_t id, models_split_state *state) {
    if (!state->pending)
        return DISPATCH_OK;
    TRY(models_remove_split(id, state->pending));
    *state = (models_split_state){.generation = state->generation};
    return DISPATCH_OK;
}

dispatch_result models_set_split(struct dispatch *ctx, const models_call_set_split *args) {
    models_model model;
    models_split_state state;
    models_split_record before;
    account_id who;
    uint32_t epoch = clock_epoch();
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state != models_state_Frozen, BadState);
    REQUIRE(models_same(&who, &model.owner), NotOwner);
    TRY(models_check_split(&args->split));
    models_touch_split(args->model, epoch, &state);
    bool draft = model.state == models_state_Draft;
    uint32_t generation = state.generation, effective = epoch;
    if (!draft) {
        REQUIRE(checked_add_u32(&generation, generation, 1), IdsExhausted);
        effective = saturating_add_u32(epoch, MODELS_SPLIT_DELAY);
    }
    models_split_record record = {args->split, {.depositor = who}};
    record.deposit.amount = models_record_price(&models_split_record_type, &record);
    bool had = models_Splits_get(&args->model, &generation, &before);
    TRY(models_rehold(had ? &before.deposit : NULL, &record.deposit, models_reason_SplitRecord));

    models_Splits_put(&args->model, &generation, &record);
    if (!draft) {
        state.pending = generation;
        state.effective_epoch = effective;
        models_SplitStates_put(&args->model, &state);
    }
    DEPOSIT(models, SplitScheduled, .model = args->model, .generation = generation, .effective_epoch = effective);
    return DISPATCH_OK;
}
