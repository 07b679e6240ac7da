/* test_owner.c - controller, transfer, the steps of a model's life, Root's freeze. */
#include "models/models_fixture.h"

#include "clock/clock.h"

static uint64_t model_;
static uint32_t licence_;

static int with_draft(void **state) {
    if (models_start(state))
        return -1;
    licence_ = licence(CAROL, usual_licence());
    model_ = draft(ALICE, licence_);
    return 0;
}

static int with_active(void **state) {
    if (with_draft(state))
        return -1;
    publish(ALICE, model_, spec_of(7));
    return 0;
}

static void assert_account(account_id who, int n) {
    account_id expected = account(n);
    assert_memory_equal(&who, &expected, sizeof who);
}

static void controllers_do_the_daily_work(void **state) {
    (void)state;
    REFUSES(BAD_ORIGIN, ROOT, SET_CONTROLLER, set_controller, .model = model_, .controller = account(BOB));
    FAILS(UnknownModel, ALICE, SET_CONTROLLER, set_controller, .model = 9, .controller = account(BOB));
    FAILS(NotOwner, BOB, SET_CONTROLLER, set_controller, .model = model_, .controller = account(BOB));
    OK(ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(BOB));
    EVENT_WAS(ControllerSet, .model = model_, .controller = account(BOB));
    assert_account(model_of(model_).controller, BOB);
    models_policy open = {.tag = models_policy_Open};
    models_parents none = {NULL, 0};
    FAILS(NotController, ALICE, SET_POLICY, set_policy, .model = model_, .policy = open);
    FAILS(NotController, ALICE, SET_PARENTS, set_parents, .model = model_, .parents = none);
    FAILS(NotController, ALICE, STAGE_VERSION, stage_version, .model = model_);
    OK(BOB, SET_POLICY, set_policy, .model = model_, .policy = open);
    OK(BOB, SET_PARENTS, set_parents, .model = model_, .parents = none);
    OK(BOB, STAGE_VERSION, stage_version, .model = model_);
    FAILS(NotOwner, BOB, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    FAILS(NotOwner, BOB, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(BOB)});
    FAILS(NotOwner, BOB, DEPRECATE, deprecate, .model = model_);
}

static void transfers_need_both(void **state) {
    (void)state;
    models_model before = model_of(model_);
    FAILS(NotPendingOwner, BOB, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(BOB)});
    EVENT_WAS(TransferOffered, .model = model_, .to = {true, account(BOB)});
    FAILS(NotPendingOwner, CAROL, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {false, account(0)});
    EVENT_WAS(TransferOffered, .model = model_, .to = {false, account(0)});
    FAILS(NotPendingOwner, BOB, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(BOB)});
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(CAROL)}); /* overwrites */
    FAILS(NotPendingOwner, BOB, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    FAILS(UnknownModel, CAROL, ACCEPT_TRANSFER, accept_transfer, .model = 9);
    FAILS(UnknownModel, ALICE, TRANSFER_MODEL, transfer_model, .model = 9);
    REFUSES(BAD_ORIGIN, ROOT, ACCEPT_TRANSFER, accept_transfer, .model = model_);

    u128 held = books(), alice = free_of(ALICE), carol = free_of(CAROL);
    OK(CAROL, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    EVENT_WAS(ModelTransferred, .model = model_, .from = account(ALICE), .to = account(CAROL));
    EVENT_WAS(Held, .who = account(CAROL), .amount = before.deposit.amount, .reason = models_reason_ModelRecord);
    EVENT_WAS(Released, .who = account(ALICE), .amount = before.deposit.amount, .reason = models_reason_ModelRecord);
    assert_true(books() == held && free_of(ALICE) - alice == before.deposit.amount &&
                carol - free_of(CAROL) == before.deposit.amount);
    models_model after = model_of(model_);
    assert_account(after.owner, CAROL);
    assert_account(after.controller, CAROL);
    assert_account(after.deposit.depositor, CAROL);
    assert_false(after.pending_owner.some);
    FAILS(NotOwner, ALICE, TRANSFER_MODEL, transfer_model, .model = model_);
}

static void a_transfer_keeps_the_split_and_drops_the_pending_one(void **state) {
    (void)state;
    uint32_t first = 1, second = 2;
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(DAVE)});
    u128 alice = free_of(ALICE);
    OK(DAVE, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    EVENT_WAS(SplitRemoved, .model = model_, .generation = 2);
    assert_true(free_of(ALICE) > alice + model_of(model_).deposit.amount); /* the pending split's deposit too */
    assert_false(models_Splits_exists(&model_, &second));
    assert_true(models_Splits_exists(&model_, &first));
    at_epoch(20);
    credit(model_, 1000);
    OK(ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    EVENT_WAS(RoyaltyClaimed, .model = model_, .generation = 1, .who = account(ALICE), .amount = 1000);
    /* A switch that was due before the transfer has happened. */
    OK(DAVE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    OK(DAVE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(EVE)});
    at_epoch(27);
    OK(EVE, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 2);
    assert_true(models_Splits_exists(&model_, &second));
}

static void a_new_owner_must_afford_the_deposit(void **state) {
    (void)state;
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(POOR)});
    FAILS(LowFunds, POOR, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(ALICE)});
    u128 had = free_of(ALICE);
    OK(ALICE, ACCEPT_TRANSFER, accept_transfer, .model = model_); /* to oneself: nothing moves */
    assert_true(had == free_of(ALICE));
}

static void drafts_leave_nothing_behind(void **state) {
    (void)state;
    uint64_t parent_id = active(CAROL, licence_, 50), gone;
    models_parent parent = {parent_id, 1, 10000000};
    models_NextModelId_get(&gone);
    u128 alice = free_of(ALICE), bob = free_of(BOB), held = books();
    uint32_t keys_before;
    overlay_flush();
    keys_before = shim_key_count();
    OK(ALICE, REGISTER_MODEL, register_model, .licence = licence_, .royalty_ppb = MODELS_PPB, .split = sole(ALICE),
       .policy = {.tag = models_policy_Open});
    OK(ALICE, SET_CONTROLLER, set_controller, .model = gone, .controller = account(BOB));
    OK(BOB, SET_PARENTS, set_parents, .model = gone, .parents = {&parent, 1});
    for (int i = 0; i < MODELS_MAX_STAGED; i++)
        OK(BOB, STAGE_VERSION, stage_version, .model = gone);
    OK(BOB, SET_POLICY, set_policy, .model = gone, .policy = {.tag = models_policy_LicenceAccepted});
    REFUSES(BAD_ORIGIN, ROOT, DEPRECATE, deprecate, .model = gone);
    OK(ALICE, DEPRECATE, deprecate, .model = gone);
    EVENT_WAS(ModelRemoved, .model = gone);
    assert_true(free_of(ALICE) == alice && free_of(BOB) == bob && books() == held);
    overlay_flush();
    assert_int_equal(shim_key_count(), keys_before);
    FAILS(UnknownModel, ALICE, DEPRECATE, deprecate, .model = gone);
    assert_int_equal(draft(ALICE, licence_), gone + 1); /* ids are not given twice */
}

static void the_steps_of_a_life(void **state) {
    (void)state;
    FAILS(NotOwner, BOB, DEPRECATE, deprecate, .model = model_);
    at_epoch(3);
    OK(ALICE, DEPRECATE, deprecate, .model = model_);
    EVENT_WAS(StateChanged, .model = model_, .from = models_state_Active, .to = models_state_Deprecated);
    assert_int_equal(model_of(model_).deprecated_epoch, 3);
    at_tick((3 + 28) * CLOCK_EPOCH_TICKS - 1);
    FAILS(TooEarly, ALICE, DEPRECATE, deprecate, .model = model_);
    at_epoch(31);
    FAILS(NotOwner, BOB, DEPRECATE, deprecate, .model = model_);
    OK(ALICE, DEPRECATE, deprecate, .model = model_);
    EVENT_WAS(StateChanged, .model = model_, .from = models_state_Deprecated, .to = models_state_Retired);
    FAILS(BadState, ALICE, DEPRECATE, deprecate, .model = model_);
    FAILS(BadState, ALICE, SET_POLICY, set_policy, .model = model_, .policy = {.tag = models_policy_Open});
    FAILS(BadState, ROOT, FREEZE, freeze, .model = model_);
    /* Income and its shares go on. */
    credit(model_, 1000);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    OK(ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(BOB)});
    OK(BOB, ACCEPT_TRANSFER, accept_transfer, .model = model_);
}

static void frozen_models_stand_still(void **state) {
    (void)state;
    credit(model_, 1000);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(BOB)});
    REFUSES(BAD_ORIGIN, ALICE, FREEZE, freeze, .model = model_);
    REFUSES(BAD_ORIGIN, UNSIGNED, FREEZE, freeze, .model = model_);
    FAILS(UnknownModel, ROOT, FREEZE, freeze, .model = 9);
    FAILS(UnknownModel, ROOT, UNFREEZE, unfreeze, .model = 9);
    FAILS(BadState, ROOT, UNFREEZE, unfreeze, .model = model_);
    OK(ROOT, FREEZE, freeze, .model = model_);
    EVENT_WAS(ModelFrozen, .model = model_);
    FAILS(BadState, ROOT, FREEZE, freeze, .model = model_);
    models_policy open = {.tag = models_policy_Open};
    FAILS(BadState, ALICE, SET_POLICY, set_policy, .model = model_, .policy = open);
    FAILS(BadState, ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    FAILS(BadState, ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(BOB));
    FAILS(BadState, ALICE, TRANSFER_MODEL, transfer_model, .model = model_);
    FAILS(BadState, BOB, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    FAILS(BadState, ALICE, DEPRECATE, deprecate, .model = model_);
    FAILS(BadState, ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    credit(model_, 500); /* booked and held */
    REFUSES(BAD_ORIGIN, ALICE, UNFREEZE, unfreeze, .model = model_);
    OK(ROOT, UNFREEZE, unfreeze, .model = model_);
    EVENT_WAS(ModelUnfrozen, .model = model_, .state = models_state_Active);
    OK(ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    EVENT_WAS(RoyaltyClaimed, .model = model_, .generation = 1, .who = account(ALICE), .amount = 1500);
    OK(ALICE, DEPRECATE, deprecate, .model = model_);
    OK(ROOT, FREEZE, freeze, .model = model_);
    OK(ROOT, UNFREEZE, unfreeze, .model = model_);
    EVENT_WAS(ModelUnfrozen, .model = model_, .state = models_state_Deprecated);
    uint64_t other = draft(ALICE, licence_);
    FAILS(BadState, ROOT, FREEZE, freeze, .model = other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(controllers_do_the_daily_work, with_draft),
        cmocka_unit_test_setup(transfers_need_both, with_draft),
        cmocka_unit_test_setup(a_transfer_keeps_the_split_and_drops_the_pending_one, with_active),
        cmocka_unit_test_setup(a_new_owner_must_afford_the_deposit, with_draft),
        cmocka_unit_test_setup(drafts_leave_nothing_behind, with_draft),
        cmocka_unit_test_setup(the_steps_of_a_life, with_active),
        cmocka_unit_test_setup(frozen_models_stand_still, with_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
