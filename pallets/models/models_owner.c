/* models_owner.c - powers over a model: its controller, its owner, the steps of its life, Root's freeze. */
#include "models/models_internal.h"

dispatch_result models_set_controller(struct dispatch *ctx, const models_call_set_controller *args) {
    models_model model;
    account_id who;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state != models_state_Frozen, BadState);
    REQUIRE(models_same(&who, &model.owner), NotOwner);

    model.controller = args->controller;
    models_Models_put(&args->model, &model);
    DEPOSIT(models, ControllerSet, .model = args->model, .controller = args->controller);
    return DISPATCH_OK;
}

dispatch_result models_transfer_model(struct dispatch *ctx, const models_call_transfer_model *args) {
    models_model model;
    account_id who;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state != models_state_Frozen, BadState);
    TRY(models_no_claim(args->model, &model, clock_now()));
    REQUIRE(models_same(&who, &model.owner), NotOwner);

    model.pending_owner = args->to;
    models_Models_put(&args->model, &model);
    DEPOSIT(models, TransferOffered, .model = args->model, .to = args->to);
    return DISPATCH_OK;
}

dispatch_result models_accept_transfer(struct dispatch *ctx, const models_call_accept_transfer *args) {
    models_model model;
    models_split_state state;
    account_id who;
    uint32_t now = clock_now();
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state != models_state_Frozen, BadState);
    TRY(models_no_claim(args->model, &model, now));
    REQUIRE(model.pending_owner.some && models_same(&who, &model.pending_owner.value), NotPendingOwner);
    models_deposit deposit = {who, model.deposit.amount};
    TRY(models_rehold(&model.deposit, &deposit, models_reason_ModelRecord));
    models_touch_split(args->model, now / CLOCK_EPOCH_TICKS, &state);
    if (state.pending) {
        TRY(models_drop_pending(args->model, &state));
        models_SplitStates_put(&args->model, &state);
    }

    account_id from = model.owner;
    model.owner = model.controller = who;
    model.pending_owner.some = false;
    model.deposit = deposit;
    models_Models_put(&args->model, &model);
    DEPOSIT(models, ModelTransferred, .model = args->model, .from = from, .to = who);
    return DISPATCH_OK;
}

/* A Draft leaves nothing behind: every record goes and every deposit returns to who paid it. */
static dispatch_result remove_draft(uint64_t id, models_model *model) {
    models_parents_record parents;
    models_policy_record policy;
    models_split_state state;
    while (model->staged.len)
        TRY(models_drop_stage(id, model, model->staged.items[model->staged.len - 1]));
    if (models_Parents_get(&id, &parents)) {
        TRY(models_release(&parents.deposit.depositor, parents.deposit.amount, models_reason_ParentsRecord));
        models_Parents_kill(&id);
    }
    if (models_Policies_get(&id, &policy)) {
        TRY(models_release(&policy.deposit.depositor, policy.deposit.amount, models_reason_PolicyRecord));
        models_Policies_kill(&id);
    }
    models_SplitStates_get(&id, &state);
    TRY(models_remove_split(id, state.generation));
    models_SplitStates_kill(&id);
    TRY(models_release(&model->deposit.depositor, model->deposit.amount, models_reason_ModelRecord));
    models_Models_kill(&id);
    DEPOSIT(models, ModelRemoved, .model = id);
    return DISPATCH_OK;
}

dispatch_result models_deprecate(struct dispatch *ctx, const models_call_deprecate *args) {
    models_model model;
    account_id who;
    uint32_t epoch = clock_epoch();
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state <= models_state_Deprecated, BadState);
    if (model.state == models_state_Deprecated)
        REQUIRE(epoch >= model.deprecated_epoch + MODELS_RETIRE_DELAY, TooEarly);
    REQUIRE(models_same(&who, &model.owner), NotOwner);

    if (model.state == models_state_Draft)
        return remove_draft(args->model, &model);
    if (model.state == models_state_Active) {
        model.deprecated_epoch = epoch;
        models_set_state(args->model, &model, models_state_Deprecated);
    } else {
        models_set_state(args->model, &model, models_state_Retired);
    }
    models_Models_put(&args->model, &model);
    return DISPATCH_OK;
}

dispatch_result models_freeze(struct dispatch *ctx, const models_call_freeze *args) {
    models_model model;
    TRY(models_root(ctx, args->model, &model));
    REQUIRE(model.state == models_state_Active || model.state == models_state_Deprecated, BadState);

    model.frozen_from = model.state;
    model.state = models_state_Frozen;
    models_Models_put(&args->model, &model);
    DEPOSIT(models, ModelFrozen, .model = args->model);
    return DISPATCH_OK;
}

dispatch_result models_unfreeze(struct dispatch *ctx, const models_call_unfreeze *args) {
    models_model model;
    TRY(models_root(ctx, args->model, &model));
    REQUIRE(model.state == models_state_Frozen, BadState);

    model.state = model.frozen_from;
    model.frozen_from = models_state_Draft;
    models_Models_put(&args->model, &model);
    DEPOSIT(models, ModelUnfrozen, .model = args->model, .state = model.state);
    return DISPATCH_OK;
}
