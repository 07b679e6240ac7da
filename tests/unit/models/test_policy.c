/* test_policy.c - policies, who they admit, what a new job may pin, and the answers of the ModelsApi. */
#include "models/models_fixture.h"

#include "clock/clock.h"
#include "commit/mst.h"
#include "models/models_view.h"

static uint64_t model_;
static uint32_t licence_;

static int with_active(void **state) {
    if (models_start(state))
        return -1;
    licence_ = licence(CAROL, usual_licence());
    model_ = active(ALICE, licence_, 7);
    return 0;
}

/* An Allow tree over accounts 1..count, and the proof of one of them. */
enum { MOST = 40 };
static h256 allow_tree(uint32_t count, uint32_t index, h256 *path, uint32_t *len) {
    struct mst_node level[MOST];
    *len = 0;
    for (uint32_t i = 0; i < count; i++) {
        h256 payload;
        account_id who = account((int)i + 1);
        models_allow_payload(&payload, &who);
        mst_leaf(&level[i], payload.at, 1, i);
    }
    for (uint32_t width = count; width > 1; width = (width + 1) / 2, index /= 2) {
        if ((index ^ 1) < width)
            memcpy(&path[(*len)++], level[index ^ 1].hash, 32);
        for (uint32_t i = 0; i < width; i += 2)
            if (i + 1 < width)
                assert_true(mst_join(&level[i / 2], &level[i], &level[i + 1]));
            else
                level[i / 2] = level[i];
    }
    h256 root;
    memcpy(&root, level[0].hash, 32);
    return root;
}

static dispatch_result access(int who, uint32_t index, h256 *path, uint32_t len) {
    models_access_proof proof = {index, {path, len}};
    account_id asker = account(who);
    return models_check_access(model_, &asker, &(models_access_proofs){&proof, 1});
}

static dispatch_result plain_access(int who) {
    account_id asker = account(who);
    return models_check_access(model_, &asker, &(models_access_proofs){NULL, 0});
}

static const dispatch_result denied = PALLET_ERROR(models, PolicyDenied);

static void payloads_have_their_tag(void **state) {
    (void)state;
    uint8_t preimage[1 + 19 + 32] = {19};
    h256 payload, expected;
    account_id who = account(BOB);
    memcpy(preimage + 1, "deai/models/allow/1", 19);
    memcpy(preimage + 20, who.at, 32);
    shim_blake2(expected.at, 32, (struct bytes){preimage, sizeof preimage});
    models_allow_payload(&payload, &who);
    assert_memory_equal(&payload, &expected, 32);
}

static void setting_policies(void **state) {
    (void)state;
    models_policy policy = {.tag = models_policy_Open};
    u128 held = books();
    REFUSES(BAD_ORIGIN, ROOT, SET_POLICY, set_policy, .model = model_, .policy = policy);
    FAILS(UnknownModel, ALICE, SET_POLICY, set_policy, .model = 99, .policy = policy);
    FAILS(NotController, BOB, SET_POLICY, set_policy, .model = model_, .policy = policy);
    policy.tag = models_policy_Tee;
    FAILS(PolicyOff, ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    policy.tag = models_policy_Credit;
    FAILS(PolicyOff, ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    policy = (models_policy){.tag = models_policy_Allow, .as.Allow = {.count = 1}};
    FAILS(EmptyRoot, ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    policy.as.Allow.root = hash_of(1);
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    EVENT_WAS(PolicySet, .model = model_);
    assert_true(books() - held == 40 * MILLI_UNIT);
    policy.as.Allow.count = 0;
    FAILS(BadPolicy, ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    policy.as.Allow.count = MODELS_MAX_ALLOWED + 1;
    FAILS(BadPolicy, ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    policy.as.Allow.count = MODELS_MAX_ALLOWED;
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = policy);
    models_policy both = {.tag = models_policy_And};
    both.as.And.first.tag = models_simple_policy_Tee;
    FAILS(PolicyOff, ALICE, SET_POLICY, set_policy, .model = model_, .policy = both);
    both.as.And.first.tag = models_simple_policy_Open;
    both.as.And.second.tag = models_simple_policy_Credit;
    FAILS(PolicyOff, ALICE, SET_POLICY, set_policy, .model = model_, .policy = both);
    both.as.And.second.tag = models_simple_policy_LicenceAccepted;
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = both);
    OK(ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(POOR));
    FAILS(LowFunds, POOR, SET_POLICY, set_policy, .model = model_, .policy = both);
    OK(ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(BOB));
    OK(ALICE, DEPRECATE, deprecate, .model = model_);
    OK(BOB, SET_POLICY, set_policy, .model = model_, .policy = both); /* jobs go on, so it may change */
    /* The second argument of And cannot be an And: it does not decode. */
    const uint8_t nested[] = {5, 0, 5, 0, 0};
    struct reader in = reader_over((struct bytes){nested, sizeof nested}, &arena_scratch);
    assert_false(scale_decode(&models_policy_type, &in, &both));
}

static void open_admits_everyone(void **state) {
    (void)state;
    assert_int_equal(plain_access(EVE), DISPATCH_OK);
    account_id eve = account(EVE);
    assert_int_equal(models_check_access(99, &eve, &(models_access_proofs){NULL, 0}), PALLET_ERROR(models, UnknownModel));
}

static void accepted_licences(void **state) {
    (void)state;
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = {.tag = models_policy_LicenceAccepted});
    assert_int_equal(plain_access(EVE), denied);
    OK(EVE, ACCEPT_LICENCE, accept_licence, .licence = licence_, .text_hash = hash_of(1));
    assert_int_equal(plain_access(EVE), DISPATCH_OK);
    assert_int_equal(plain_access(DAVE), denied);
    /* A licence that asks for acceptance does so under any policy. */
    models_licence terms = usual_licence();
    terms.accept_required = true;
    uint32_t strict = licence(CAROL, terms);
    model_ = active(ALICE, strict, 8);
    assert_int_equal(plain_access(EVE), denied);
    OK(EVE, ACCEPT_LICENCE, accept_licence, .licence = strict, .text_hash = hash_of(1));
    assert_int_equal(plain_access(EVE), DISPATCH_OK);
}

static void allow_lists(void **state) {
    (void)state;
    h256 path[17];
    uint32_t len;
    static const uint32_t sizes[] = {1, 2, 3, 7, 40};
    for (uint32_t s = 0; s < COUNT_OF(sizes); s++) {
        uint32_t n = sizes[s];
        h256 root = allow_tree(n, 0, path, &len);
        OK(ALICE, SET_POLICY, set_policy, .model = model_,
           .policy = {.tag = models_policy_Allow, .as.Allow = {root, n}});
        for (uint32_t i = 0; i < n; i++) {
            allow_tree(n, i, path, &len);
            assert_int_equal(access((int)i + 1, i, path, len), DISPATCH_OK);
            assert_int_equal(access((int)i + 2, i, path, len), denied);
            assert_int_equal(access((int)i + 1, i + 1, path, len), denied);
            assert_int_equal(access((int)i + 1, i, path, len + 1), denied);
            if (len) {
                assert_int_equal(access((int)i + 1, i, path, len - 1), denied);
                path[0].at[0] ^= 1;
                assert_int_equal(access((int)i + 1, i, path, len), denied);
            }
        }
        assert_int_equal(plain_access(1), denied);
    }
}

static void two_conditions(void **state) {
    (void)state;
    h256 path[2][17];
    uint32_t len[2];
    models_policy both = {.tag = models_policy_And};
    both.as.And.first.tag = both.as.And.second.tag = models_simple_policy_Allow;
    both.as.And.first.as.Allow.root = allow_tree(3, 1, path[0], &len[0]);
    both.as.And.first.as.Allow.count = 3;
    both.as.And.second.as.Allow.root = allow_tree(5, 1, path[1], &len[1]);
    both.as.And.second.as.Allow.count = 5;
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = both);
    models_access_proof proofs[2] = {{1, {path[0], len[0]}}, {1, {path[1], len[1]}}};
    account_id bob = account(BOB);
    assert_int_equal(models_check_access(model_, &bob, &(models_access_proofs){proofs, 2}), DISPATCH_OK);
    assert_int_equal(models_check_access(model_, &bob, &(models_access_proofs){proofs, 1}), denied);
    models_access_proof swapped[2] = {proofs[1], proofs[0]};
    assert_int_equal(models_check_access(model_, &bob, &(models_access_proofs){swapped, 2}), denied);
    both.as.And.second.tag = models_simple_policy_LicenceAccepted;
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = both);
    assert_int_equal(models_check_access(model_, &bob, &(models_access_proofs){proofs, 2}), denied);
    OK(BOB, ACCEPT_LICENCE, accept_licence, .licence = licence_, .text_hash = hash_of(1));
    assert_int_equal(models_check_access(model_, &bob, &(models_access_proofs){proofs, 2}), DISPATCH_OK);
}

static void terms_of_new_jobs(void **state) {
    (void)state;
    models_quote quote;
    models_licence terms = usual_licence();
    terms.expires = 5000;
    terms.min_price = 77;
    uint64_t id = active(ALICE, licence(CAROL, terms), 9);
#define IS(error) assert_int_equal(models_quote_terms(&quote, id, 1), error)
    IS(DISPATCH_OK);
    assert_true(quote.licence.min_price == 77 && quote.royalty_ppb == MODELS_PPB);
    assert_int_equal(quote.profile, models_profile_ExactFloat);
    assert_int_equal(models_quote_terms(&quote, id, 2), PALLET_ERROR(models, UnknownVersion));
    assert_int_equal(models_quote_terms(&quote, 99, 1), PALLET_ERROR(models, UnknownModel));
    at_tick(5000);
    IS(PALLET_ERROR(models, LicenceExpired));
    at_tick(4999);
    OK(ROOT, FREEZE, freeze, .model = id);
    IS(PALLET_ERROR(models, BadState));
    OK(ROOT, UNFREEZE, unfreeze, .model = id);
    OK(ALICE, DEPRECATE, deprecate, .model = id);
    IS(DISPATCH_OK);
    OK(ALICE, YANK_VERSION, yank_version, .model = id, .number = 1);
    IS(PALLET_ERROR(models, BadState));
    at_epoch(28);
    OK(ALICE, DEPRECATE, deprecate, .model = id);
    IS(PALLET_ERROR(models, BadState));
#undef IS
}

static void view_of_terms_and_versions(void **state) {
    (void)state;
    option_models_terms terms;
    option_models_version_view version;
    models_api_terms(&terms, 99);
    assert_false(terms.some);
    models_api_terms(&terms, model_);
    account_id alice = account(ALICE);
    assert_true(terms.some && terms.value.accepts_jobs && !terms.value.disputed && !terms.value.licence_expired);
    assert_memory_equal(&terms.value.owner, &alice, 32);
    assert_int_equal(terms.value.licence_id, licence_);
    assert_int_equal(terms.value.state, models_state_Active);
    assert_int_equal(terms.value.policy.tag, models_policy_Open);
    assert_int_equal(terms.value.generation, 1);
    assert_int_equal(terms.value.split.len, 1);
    assert_int_equal(terms.value.latest, 1);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    OK(BOB, OPEN_CLAIM, open_claim, .model = model_, .version = 1, .bond = MODELS_CLAIM_BOND);
    at_epoch(7); /* the view shows the switch before anything has touched the model */
    models_api_terms(&terms, model_);
    account_id bob = account(BOB);
    assert_int_equal(terms.value.generation, 2);
    assert_memory_equal(&terms.value.split.items[0].account, &bob, 32);
    assert_true(terms.value.disputed);
    at_epoch(16);
    models_api_terms(&terms, model_);
    assert_false(terms.value.disputed); /* lapsed */
    OK(ROOT, FREEZE, freeze, .model = model_);
    models_api_terms(&terms, model_);
    assert_false(terms.value.accepts_jobs);

    models_api_version(&version, model_, 2);
    assert_false(version.some);
    models_api_version(&version, model_, 1);
    assert_true(version.some && version.value.spec.some && !version.value.commit.some);
    assert_int_equal(version.value.status, models_version_status_Live);
    assert_int_equal(version.value.since, 110);
    uint64_t sketch = draft(ALICE, licence_);
    OK(ALICE, STAGE_VERSION, stage_version, .model = sketch, .commit = hash_of(3));
    models_api_version(&version, sketch, 1);
    assert_true(version.some && !version.value.spec.some && version.value.commit.some);
    assert_int_equal(version.value.status, models_version_status_Staged);
    models_api_terms(&terms, sketch);
    assert_false(terms.value.accepts_jobs);
}

static void view_of_royalties(void **state) {
    (void)state;
    option_models_royalty_tree tree;
    models_claimables lines;
    account_id alice = account(ALICE), bob = account(BOB);
    uint64_t child = draft(BOB, licence_);
    models_parent parent = {model_, 1, 100000000};
    OK(BOB, SET_PARENTS, set_parents, .model = child, .parents = {&parent, 1});
    models_api_royalty_tree(&tree, 99, 0);
    assert_false(tree.some);
    models_api_royalty_tree(&tree, child, 0); /* a Draft has parents, not yet ancestors */
    assert_true(tree.some && tree.value.parents.len == 1 && tree.value.ancestors.len == 0);
    publish(BOB, child, spec_of(8));
    credit(child, 1000);
    OK(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = model_);
    credit(child, 55);
    models_api_royalty_tree(&tree, child, 0);
    assert_true(tree.some && tree.value.own_ppb == 900000000 && tree.value.revenue == 1055);
    assert_int_equal(tree.value.ancestors.len, 1);
    const models_ancestor_view *line = &tree.value.ancestors.items[0];
    assert_true(line->model == model_ && line->ppb == 100000000 && line->taken == 100 && line->due == 5);
    models_api_royalty_tree(&tree, child, 1);
    assert_true(tree.some && tree.value.revenue == 0);

    models_api_claimable(&lines, child, &bob, 0);
    assert_int_equal(lines.len, 1);
    assert_true(lines.items[0].generation == 1 && lines.items[0].due == 949 && lines.items[0].taken == 0);
    models_api_claimable(&lines, child, &alice, 0);
    assert_int_equal(lines.len, 0);
    models_api_claimable(&lines, 99, &alice, 0);
    assert_int_equal(lines.len, 0);
    OK(BOB, SET_SPLIT, set_split, .model = child, .split = sole(BOB));
    at_epoch(7);
    credit(child, 10);
    models_api_claimable(&lines, child, &bob, 0);
    assert_int_equal(lines.len, 2);
    assert_true(lines.items[0].generation == 2 && lines.items[0].due == 9 && lines.items[1].due == 949);
    OK(BOB, CLAIM_ROYALTY, claim_royalty, .model = child, .generation = 2);
    models_api_claimable(&lines, child, &bob, 0);
    assert_int_equal(lines.len, 1);
}

static void view_of_access(void **state) {
    (void)state;
    dispatch_outcome outcome;
    account_id eve = account(EVE);
    models_access_proofs none = {NULL, 0};
    models_api_check_access(&outcome, model_, &eve, &none);
    assert_int_equal(outcome.tag, dispatch_outcome_Ok);
    OK(ALICE, SET_POLICY, set_policy, .model = model_, .policy = {.tag = models_policy_LicenceAccepted});
    models_api_check_access(&outcome, model_, &eve, &none);
    assert_int_equal(outcome.tag, dispatch_outcome_Err);
    assert_int_equal(outcome.as.Err.err.tag, dispatch_error_Module);
    assert_int_equal(outcome.as.Err.err.as.Module.module.error.at[0], models_error_PolicyDenied);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(payloads_have_their_tag, with_active),
        cmocka_unit_test_setup(setting_policies, with_active),
        cmocka_unit_test_setup(open_admits_everyone, with_active),
        cmocka_unit_test_setup(accepted_licences, with_active),
        cmocka_unit_test_setup(allow_lists, with_active),
        cmocka_unit_test_setup(two_conditions, with_active),
        cmocka_unit_test_setup(terms_of_new_jobs, with_active),
        cmocka_unit_test_setup(view_of_terms_and_versions, with_active),
        cmocka_unit_test_setup(view_of_royalties, with_active),
        cmocka_unit_test_setup(view_of_access, with_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
