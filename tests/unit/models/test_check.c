/* test_check.c - models_try_state sees what it says it sees: each broken state is named. */
#include "models/models_fixture.h"

#include "clock/clock.h"

static uint64_t parent_, child_;
static const uint32_t asset_ = 0;

static int with_family(void **state) {
    if (models_start(state))
        return -1;
    uint32_t id = licence(CAROL, usual_licence());
    parent_ = active(ALICE, id, 7);
    child_ = draft(BOB, id);
    models_parent parent = {parent_, 1, 100000000};
    OK(BOB, SET_PARENTS, set_parents, .model = child_, .parents = {&parent, 1});
    publish(BOB, child_, spec_of(8));
    stage(BOB, child_, spec_of(9), 1);
    credit(child_, 1000);
    OK(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child_, .ancestor = parent_);
    OK(BOB, CLAIM_ROYALTY, claim_royalty, .model = child_, .generation = 1);
    OK(EVE, OPEN_CLAIM, open_claim, .model = child_, .version = 1, .bond = MODELS_CLAIM_BOND);
    OK(BOB, SET_SPLIT, set_split, .model = child_, .split = sole(EVE));
    return models_try_state() != NULL;
}

/* Runs `body` on the state, expects the message, and undoes it. */
static void sees(const char *message, void (*body)(void)) {
    overlay_begin();
    body();
    const char *wrong = models_try_state();
    if (!wrong || !strstr(wrong, message))
        fail_msg("'%s' instead of '%s'", wrong ? wrong : "nothing", message);
    overlay_rollback();
    assert_null(models_try_state());
}

static const uint32_t one = 1, two = 2;

static void change_model(void (*change)(models_model *)) {
    models_model model = model_of(child_);
    change(&model);
    models_Models_put(&child_, &model);
}
static void a_licence(models_model *m) { m->licence = 77; }
static void b_latest(models_model *m) { m->latest = 0; }
static void c_staged(models_model *m) { m->staged.len = 0; }
static void d_state(models_model *m) { m->state = models_state_Draft; }
static void e_sum(models_model *m) { m->ancestors_ppb++; }
static void f_royalty(models_model *m) { m->royalty_ppb--; }
static void no_licence(void) { change_model(a_licence); }
static void low_latest(void) { change_model(b_latest); }
static void no_list(void) { change_model(c_staged); }
static void shown_draft(void) { change_model(d_state); }
static void other_sum(void) { change_model(e_sum); }
static void evasion(void) { change_model(f_royalty); }
static void no_policy(void) { models_Policies_kill(&child_); }
static void staged_and_shown(void) {
    models_stage stage_;
    assert_true(models_Stages_get(&child_, &two, &stage_));
    models_Stages_put(&child_, &one, &stage_);
}
static void no_artifact(void) {
    h256 root = hash_of(8);
    models_ByArtifact_kill(&root);
}
static void cheap_claim(void) {
    models_dispute dispute;
    assert_true(models_Disputed_get(&child_, &dispute));
    dispute.bond--;
    models_Disputed_put(&child_, &dispute);
}

static void records(void **state) {
    (void)state;
    sees("without a licence", no_licence);
    sees("without a policy", no_policy);
    sees("evasion", evasion);
    sees("both staged and shown", staged_and_shown);
    sees("not the latest", low_latest);
    sees("nobody registered", no_artifact);
    sees("list of stages", no_list);
    sees("a Draft with versions", shown_draft);
    sees("impossible claim", cheap_claim);
}

static void no_generation(void) { models_SplitStates_kill(&child_); }
static void far_pending(void) { models_SplitStates_put(&child_, &(models_split_state){1, 3, 9}); }
static void no_current(void) {
    models_Splits_kill(&child_, &one);
    models_Own_kill(&child_, &one, &asset_);
}
static void no_pending(void) { models_Splits_kill(&child_, &two); }
static void orphan_income(void) { models_Splits_kill(&child_, &one); }
static void half_split(void) {
    models_share share = {account(BOB), MODELS_PPB - 1};
    models_Splits_put(&child_, &one, &(models_split_record){{&share, 1}, {account(BOB), 0}});
}
static void greedy_member(void) {
    account_id bob = account(BOB);
    u128 taken = 901;
    models_SplitTaken_put(&child_, &one, &bob, &asset_, &taken);
}
static void lost_count(void) { models_Own_put(&child_, &one, &asset_, &(models_own){900, 899}); }

static void splits(void **state) {
    (void)state;
    sees("a model without a split", no_generation);
    sees("not the next one", far_pending);
    sees("current generation has no split", no_current);
    sees("pending generation has no split", no_pending);
    sees("without a split", orphan_income);
    sees("not whole", half_split);
    sees("member took more", greedy_member);
    sees("does not add up", lost_count);
}

static void disorder(void) {
    models_ancestor list[2] = {{parent_, 100000000}, {parent_, 100000000}};
    models_Ancestors_put(&child_, &(models_ancestors){list, 2});
}
static void own_ancestor(void) {
    models_ancestor list[1] = {{child_, 100000000}};
    models_Ancestors_put(&child_, &(models_ancestors){list, 1});
}
static void greedy_ancestor(void) {
    u128 taken = 101;
    models_AncestorTaken_put(&child_, &parent_, &asset_, &taken);
}
static void wrong_booking(void) { models_Revenue_put(&child_, &asset_, &(models_revenue){1000, 899}); }

static void income(void **state) {
    (void)state;
    sees("not in order", disorder);
    sees("not in order", own_ancestor);
    sees("ancestor took more", greedy_ancestor);
    sees("sum is wrong", other_sum);
    sees("booked wrong", wrong_booking);
}

static void thin_books(void) {
    u128 little = books() - 1;
    models_Books_put(&asset_, &little);
}
static void fat_books(void) {
    u128 much = books() + 1;
    models_Books_put(&asset_, &much);
}
static void mortal(void) {
    account_info info;
    system_account_get(&models_account, &info);
    info.providers = 1;
    system_account_put(&models_account, &info);
}

static void money(void **state) {
    (void)state;
    sees("more is owed", thin_books);
    sees("does not cover", fat_books);
    sees("could be reaped", mortal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(records, with_family),
        cmocka_unit_test_setup(splits, with_family),
        cmocka_unit_test_setup(income, with_family),
        cmocka_unit_test_setup(money, with_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
