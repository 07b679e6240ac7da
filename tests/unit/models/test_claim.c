/* test_claim.c - disputes about ownership: opened, decided, lapsed. */
#include "models/models_fixture.h"

#include "clock/clock.h"

static uint64_t model_;
#define UNTIL(tick) ((tick) + MODELS_CLAIM_EPOCHS * CLOCK_EPOCH_TICKS)

static int with_active(void **state) {
    if (models_start(state))
        return -1;
    model_ = active(ALICE, licence(CAROL, usual_licence()), 7);
    at_tick(1000);
    return 0;
}

static void open_claim(int who, u128 bond) {
    OK(who, OPEN_CLAIM, open_claim, .model = model_, .version = 1, .evidence = hash_of(4), .bond = bond);
}

static void opening_holds_the_bond(void **state) {
    (void)state;
    u128 held = books(), issuance = balances_total_issuance(), had = free_of(BOB);
    open_claim(BOB, MODELS_CLAIM_BOND + 5);
    EVENT_WAS(ClaimOpened, .model = model_, .claimant = account(BOB), .version = 1, .evidence = hash_of(4),
              .until = UNTIL(1000));
    EVENT_WAS(Held, .who = account(BOB), .amount = MODELS_CLAIM_BOND + 5, .reason = models_reason_ClaimBond);
    u128 record = UNIT / 10 + 4 * MILLI_UNIT;
    EVENT_WAS(Burned, .who = account(BOB), .amount = record, .reason = models_reason_ClaimRecord);
    assert_true(books() - held == MODELS_CLAIM_BOND + 5 && issuance - balances_total_issuance() == record);
    assert_true(had - free_of(BOB) == MODELS_CLAIM_BOND + 5 + record);
    models_dispute dispute;
    assert_true(models_Disputed_get(&model_, &dispute));
    assert_true(dispute.until == UNTIL(1000) && dispute.version == 1 && dispute.bond == MODELS_CLAIM_BOND + 5);
}

static void opening_errors(void **state) {
    (void)state;
    const h256 evidence = hash_of(4);
    uint64_t sketch = draft(ALICE, 1);
#define CLAIM(who, m, v, b) RUN(who, OPEN_CLAIM, open_claim, .model = m, .version = v, .evidence = evidence, .bond = b)
#define IS(call, error) assert_int_equal(call, PALLET_ERROR(models, error))
    assert_int_equal(CLAIM(ROOT, model_, 1, MODELS_CLAIM_BOND), BAD_ORIGIN);
    IS(CLAIM(BOB, 99, 1, MODELS_CLAIM_BOND), UnknownModel);
    IS(CLAIM(BOB, sketch, 1, MODELS_CLAIM_BOND), BadState);
    IS(CLAIM(BOB, model_, 2, MODELS_CLAIM_BOND), UnknownVersion);
    IS(CLAIM(ALICE, model_, 1, MODELS_CLAIM_BOND), SelfClaim);
    IS(CLAIM(BOB, model_, 1, MODELS_CLAIM_BOND - 1), BondTooLow);
    IS(CLAIM(BOB, model_, 1, 0), BondTooLow);
    IS(CLAIM(POOR, model_, 1, MODELS_CLAIM_BOND), LowFunds);
    IS(CLAIM(BOB, model_, 1, RICH - EXISTENTIAL_DEPOSIT), LowFunds); /* nothing left for the record */
    open_claim(BOB, MODELS_CLAIM_BOND);
    IS(CLAIM(CAROL, model_, 1, MODELS_CLAIM_BOND), ClaimOpen);
    IS(CLAIM(BOB, model_, 1, MODELS_CLAIM_BOND), ClaimOpen);
    OK(ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_, .won = false);
    IS(CLAIM(BOB, model_, 1, MODELS_CLAIM_BOND), AlreadyClaimed); /* once, ever */
    open_claim(CAROL, MODELS_CLAIM_BOND);
#undef CLAIM
}

static void a_dispute_stops_transfer_and_pay_only(void **state) {
    (void)state;
    credit(model_, 1000);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(DAVE)});
    open_claim(BOB, MODELS_CLAIM_BOND);
    FAILS(ClaimOpen, ALICE, TRANSFER_MODEL, transfer_model, .model = model_);
    FAILS(ClaimOpen, DAVE, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    FAILS(ClaimOpen, ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    credit(model_, 500);
    publish(ALICE, model_, spec_of(8));
    models_quote quote;
    assert_int_equal(models_quote_terms(&quote, model_, 2), DISPATCH_OK);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(DAVE));
    OK(ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(DAVE));
    at_tick(UNTIL(1000)); /* to the last tick */
    FAILS(ClaimOpen, ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
}

static void a_lost_claim_costs_the_bond(void **state) {
    (void)state;
    FAILS(NoClaim, ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_);
    FAILS(UnknownModel, ROOT, RESOLVE_CLAIM, resolve_claim, .model = 99);
    open_claim(BOB, MODELS_CLAIM_BOND + 1);
    REFUSES(BAD_ORIGIN, BOB, RESOLVE_CLAIM, resolve_claim, .model = model_, .won = true);
    u128 alice = free_of(ALICE), issuance = balances_total_issuance(), held = books();
    OK(ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_, .won = false);
    EVENT_WAS(ClaimResolved, .model = model_, .claimant = account(BOB), .outcome = models_outcome_Lost);
    EVENT_WAS(Released, .who = account(ALICE), .amount = MODELS_CLAIM_BOND / 2, .reason = models_reason_ClaimLost);
    EVENT_WAS(Burned, .who = account(BOB), .amount = MODELS_CLAIM_BOND / 2 + 1, .reason = models_reason_ClaimLost);
    assert_true(free_of(ALICE) - alice == MODELS_CLAIM_BOND / 2);
    assert_true(issuance - balances_total_issuance() == MODELS_CLAIM_BOND / 2 + 1);
    assert_true(held - books() == MODELS_CLAIM_BOND + 1);
    FAILS(NoClaim, ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_);
}

static void a_claim_lapses_at_the_next_touch(void **state) {
    (void)state;
    credit(model_, 1000);
    open_claim(BOB, MODELS_CLAIM_BOND);
    at_tick(UNTIL(1000) + 1);
    FAILS(ClaimLapsed, ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_, .won = true);
    u128 alice = free_of(ALICE), issuance = balances_total_issuance();
    OK(ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    EVENT_WAS(ClaimResolved, .model = model_, .claimant = account(BOB), .outcome = models_outcome_Lapsed);
    assert_true(free_of(ALICE) - alice == MODELS_CLAIM_BOND / 2 + 1000);
    assert_true(issuance - balances_total_issuance() == MODELS_CLAIM_BOND / 2);
    FAILS(NoClaim, ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_);
    /* Each of the calls that a claim stops also ends a lapsed one. */
    at_tick(1000);
    open_claim(CAROL, MODELS_CLAIM_BOND);
    at_tick(UNTIL(1000) + 1);
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(EVE)});
    EVENT_WAS(ClaimResolved, .model = model_, .claimant = account(CAROL), .outcome = models_outcome_Lapsed);
    at_tick(1000);
    open_claim(DAVE, MODELS_CLAIM_BOND);
    at_tick(UNTIL(1000) + 1);
    open_claim(20, MODELS_CLAIM_BOND);
    EVENT_WAS(ClaimResolved, .model = model_, .claimant = account(DAVE), .outcome = models_outcome_Lapsed);
    at_tick(UNTIL(UNTIL(1000) + 1) + 1);
    OK(EVE, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    EVENT_WAS(ClaimResolved, .model = model_, .claimant = account(20), .outcome = models_outcome_Lapsed);
    EVENT_WAS(Released, .who = account(ALICE), .amount = MODELS_CLAIM_BOND / 2, .reason = models_reason_ClaimLost);
}

static void a_won_claim_takes_the_model_and_what_is_unpaid(void **state) {
    (void)state;
    /* Generation 1 (Alice) is closed with income left; 2 (Dave, Eve) is in force, partly paid; 3 is pending. */
    credit(model_, 1000);
    models_share half[2] = {{account(DAVE), MODELS_PPB / 2}, {account(EVE), MODELS_PPB / 2}};
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = {half, 2});
    at_epoch(8);
    credit(model_, 2001);
    OK(DAVE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 2);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(30));
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(31)});
    open_claim(BOB, MODELS_CLAIM_BOND);
    credit(model_, 100);
    u128 bob = free_of(BOB), alice = free_of(ALICE);
    OK(ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_, .won = true);
    EVENT_WAS(ClaimResolved, .model = model_, .claimant = account(BOB), .outcome = models_outcome_Won);
    EVENT_WAS(ModelTransferred, .model = model_, .from = account(ALICE), .to = account(BOB));
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 3);
    EVENT_WAS(Released, .who = account(BOB), .amount = MODELS_CLAIM_BOND, .reason = models_reason_ClaimBond);
    assert_true(free_of(BOB) - bob == MODELS_CLAIM_BOND);
    assert_true(free_of(ALICE) - alice == 2 * (UNIT / 10) + (121 + 85) * MILLI_UNIT); /* both splits were hers */
    models_model model = model_of(model_);
    account_id winner = account(BOB);
    assert_memory_equal(&model.owner, &winner, 32);
    assert_memory_equal(&model.controller, &winner, 32);
    assert_false(model.pending_owner.some);
    FAILS(NothingToClaim, EVE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 2);
    FAILS(NothingToClaim, 30, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 3);
    FAILS(NotPendingOwner, 31, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    OK(BOB, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 3);
    EVENT_WAS(RoyaltyClaimed, .model = model_, .generation = 3, .who = winner, .amount = 2101 - 1000);
    OK(ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    EVENT_WAS(RoyaltyClaimed, .model = model_, .generation = 1, .who = account(ALICE), .amount = 1000);
    /* The winner goes on from there. */
    OK(BOB, SET_SPLIT, set_split, .model = model_, .split = sole(EVE));
    at_epoch(20);
    credit(model_, 7);
    OK(EVE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 4);
    OK(EVE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 3); /* clears what has no deposit */
    EVENT_WAS(SplitRemoved, .model = model_, .generation = 3);
}

static void a_won_claim_without_income(void **state) {
    (void)state;
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(DAVE));
    open_claim(BOB, MODELS_CLAIM_BOND);
    at_epoch(8); /* the switch is due, and happens before the decision */
    OK(ROOT, FREEZE, freeze, .model = model_);
    OK(ROOT, RESOLVE_CLAIM, resolve_claim, .model = model_, .won = true);
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 2);
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 3);
    assert_int_equal(model_of(model_).state, models_state_Frozen);
    uint32_t first = 1, second = 2, third = 3;
    assert_true(models_Splits_exists(&model_, &first)); /* closed before, nothing to do with the claim */
    assert_false(models_Splits_exists(&model_, &second));
    assert_true(models_Splits_exists(&model_, &third));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(opening_holds_the_bond, with_active),
        cmocka_unit_test_setup(opening_errors, with_active),
        cmocka_unit_test_setup(a_dispute_stops_transfer_and_pay_only, with_active),
        cmocka_unit_test_setup(a_lost_claim_costs_the_bond, with_active),
        cmocka_unit_test_setup(a_claim_lapses_at_the_next_touch, with_active),
        cmocka_unit_test_setup(a_won_claim_takes_the_model_and_what_is_unpaid, with_active),
        cmocka_unit_test_setup(a_won_claim_without_income, with_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
