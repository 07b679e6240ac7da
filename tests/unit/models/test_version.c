/* test_version.c - commit and reveal, what a version may say, who may show which bytes, withdrawal. */
#include "models/models_fixture.h"

#include "clock/clock.h"

static uint64_t model_;
static uint32_t licence_;

static int with_draft(void **state) {
    if (models_start(state))
        return -1;
    licence_ = licence(ALICE, usual_licence());
    model_ = draft(ALICE, licence_);
    return 0;
}

static void staging_hides_the_version(void **state) {
    (void)state;
    h256 commit = commit_of(ALICE, model_, spec_of(7), 1);
    u128 held = books();
    OK(ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    EVENT_WAS(VersionStaged, .model = model_, .number = 1, .commit = commit);
    EVENT_WAS(Held, .who = account(ALICE), .amount = UNIT / 10 + 84 * MILLI_UNIT, .reason = models_reason_StageRecord);
    assert_true(books() - held == UNIT / 10 + 84 * MILLI_UNIT);
    models_model model = model_of(model_);
    assert_int_equal(model.state, models_state_Draft);
    assert_int_equal(model.last_number, 1);
    assert_int_equal(model.staged.len, 1);
    h256 root = hash_of(7);
    assert_false(models_ByArtifact_exists(&root));
}

static void staging_errors(void **state) {
    (void)state;
    h256 commit = hash_of(5);
    REFUSES(BAD_ORIGIN, ROOT, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    FAILS(UnknownModel, ALICE, STAGE_VERSION, stage_version, .model = 99, .commit = commit);
    FAILS(NotController, BOB, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    for (int i = 0; i < MODELS_MAX_STAGED; i++)
        OK(ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    FAILS(TooManyStaged, ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    OK(ALICE, YANK_VERSION, yank_version, .model = model_, .number = 2);
    OK(ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    assert_int_equal(model_of(model_).last_number, 5); /* numbers are never given twice */
    OK(ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(POOR));
    FAILS(NotController, ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    FAILS(TooManyStaged, POOR, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    OK(POOR, YANK_VERSION, yank_version, .model = model_, .number = 1);
    FAILS(LowFunds, POOR, STAGE_VERSION, stage_version, .model = model_, .commit = commit);
    models_model model = model_of(model_);
    model.last_number = UINT32_MAX;
    overlay_begin(); /* too far for the check to walk */
    models_Models_put(&model_, &model);
    struct dispatch ctx = signed_by(POOR);
    assert_int_equal(models_stage_version(&ctx, &(models_call_stage_version){model_, commit}),
                     PALLET_ERROR(models, IdsExhausted));
    overlay_rollback();
}

static void reveal_makes_the_model_active(void **state) {
    (void)state;
    models_version_spec spec = spec_of(7);
    uint32_t number = stage(ALICE, model_, spec, 1);
    u128 held = books(), issuance = balances_total_issuance();
    at_tick(109);
    assert_int_equal(reveal(ALICE, model_, number, spec, 1), PALLET_ERROR(models, TooEarly));
    at_tick(110);
    assert_int_equal(reveal(ALICE, model_, number, spec, 1), DISPATCH_OK);
    EVENT_WAS(VersionActivated, .model = model_, .number = number, .artifact_root = spec.artifact_root);
    EVENT_WAS(StateChanged, .model = model_, .from = models_state_Draft, .to = models_state_Active);
    /* Version: 32+8+32+32+1+8+1+1+32+32 and 1+1+4; entry of ByArtifact: 12 */
    u128 price = UNIT / 10 + (185 + 12) * MILLI_UNIT;
    EVENT_WAS(Burned, .who = account(ALICE), .amount = price, .reason = models_reason_VersionRecord);
    EVENT_WAS(Released, .who = account(ALICE), .amount = UNIT / 10 + 84 * MILLI_UNIT,
              .reason = models_reason_StageRecord);
    assert_true(issuance - balances_total_issuance() == price);
    assert_true(held - books() == UNIT / 10 + 84 * MILLI_UNIT);
    models_model model = model_of(model_);
    assert_int_equal(model.state, models_state_Active);
    assert_int_equal(model.latest, number);
    assert_int_equal(model.staged.len, 0);
    models_version version;
    assert_true(models_Versions_get(&model_, &number, &version));
    assert_int_equal(version.status, models_version_status_Live);
    assert_int_equal(version.activated, 110);
    models_artifact_entry entry;
    assert_true(models_ByArtifact_get(&spec.artifact_root, &entry));
    assert_true(entry.model == model_ && entry.version == number);
    assert_int_equal(reveal(ALICE, model_, number, spec, 1), PALLET_ERROR(models, UnknownVersion));
}

static void reveal_window(void **state) {
    (void)state;
    models_version_spec spec = spec_of(7);
    uint32_t number = stage(ALICE, model_, spec, 1);
    at_tick(100 + MODELS_STAGE_LIFE);
    assert_int_equal(reveal(ALICE, model_, number, spec, 1), PALLET_ERROR(models, StageExpired));
    at_tick(100 + MODELS_STAGE_LIFE - 1);
    assert_int_equal(reveal(ALICE, model_, number, spec, 1), DISPATCH_OK);
}

static void reveal_shows_what_was_committed(void **state) {
    (void)state;
    models_version_spec spec = spec_of(7), other = spec_of(7);
    uint32_t number = stage(ALICE, model_, spec, 1);
    at_tick(110);
    REFUSES(BAD_ORIGIN, ROOT, ACTIVATE_VERSION, activate_version, .model = model_, .number = number, .version = spec);
    assert_int_equal(reveal(ALICE, model_ + 1, number, spec, 1), PALLET_ERROR(models, UnknownModel));
    assert_int_equal(reveal(ALICE, model_, number + 1, spec, 1), PALLET_ERROR(models, UnknownVersion));
    assert_int_equal(reveal(BOB, model_, number, spec, 1), PALLET_ERROR(models, NotController));
    assert_int_equal(reveal(ALICE, model_, number, spec, 2), PALLET_ERROR(models, CommitMismatch));
    other.sbom_hash.at[0] = 1;
    assert_int_equal(reveal(ALICE, model_, number, other, 1), PALLET_ERROR(models, CommitMismatch));
    /* The commitment binds the owner: a new one must stage anew. */
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(BOB)});
    OK(BOB, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    assert_int_equal(reveal(BOB, model_, number, spec, 1), PALLET_ERROR(models, CommitMismatch));
    OK(BOB, YANK_VERSION, yank_version, .model = model_, .number = number);
    EVENT_WAS(Released, .who = account(ALICE), .amount = UNIT / 10 + 84 * MILLI_UNIT,
              .reason = models_reason_StageRecord);
}

static void a_copied_commitment_is_worthless(void **state) {
    (void)state;
    models_version_spec spec = spec_of(7);
    uint64_t copy = draft(BOB, licence_);
    uint32_t number = stage(ALICE, model_, spec, 1);
    OK(BOB, STAGE_VERSION, stage_version, .model = copy, .commit = commit_of(ALICE, model_, spec, 1));
    at_tick(110);
    assert_int_equal(reveal(BOB, copy, 1, spec, 1), PALLET_ERROR(models, CommitMismatch));
    assert_int_equal(reveal(ALICE, model_, number, spec, 1), DISPATCH_OK);
    /* After the reveal a copier has to wait, and comes second. */
    uint32_t late = stage(BOB, copy, spec, 9);
    at_tick(120);
    assert_int_equal(reveal(BOB, copy, late, spec, 9), PALLET_ERROR(models, DuplicateArtifact));
}

static dispatch_result shows(models_version_spec spec) {
    uint32_t number = stage(ALICE, model_, spec, 3);
    at_tick(clock_now() + MODELS_STAGE_DELAY);
    dispatch_result result = reveal(ALICE, model_, number, spec, 3);
    if (result != DISPATCH_OK)
        OK(ALICE, YANK_VERSION, yank_version, .model = model_, .number = number);
    return result;
}

static void what_a_version_may_say(void **state) {
    (void)state;
    const dispatch_result empty = PALLET_ERROR(models, EmptyRoot), profile = PALLET_ERROR(models, BadProfile);
    models_version_spec spec = spec_of(7);
    memset(&spec.artifact_root, 0, 32);
    assert_int_equal(shows(spec), empty);
    spec = spec_of(7);
    spec.artifact_len = 0;
    assert_int_equal(shows(spec), empty);
    spec.artifact_len = MODELS_MAX_ARTIFACT + 1;
    assert_int_equal(shows(spec), PALLET_ERROR(models, LenTooBig));
    spec.artifact_len = MODELS_MAX_ARTIFACT;
    assert_int_equal(shows(spec), DISPATCH_OK);
    spec.profile = models_profile_ExactInt;
    assert_int_equal(shows(spec), empty);
    spec.program_root = hash_of(3);
    assert_int_equal(shows(spec), DISPATCH_OK);
    static const struct {
        uint16_t topk, overlap;
        bool good;
    } rows[] = {{0, 0, false}, {0, 1, false}, {1, 0, false}, {1, 1, true},  {1, 2, false},
                {80, 80, true}, {80, 81, false}, {81, 1, false}, {64, 32, true}};
    spec.profile = models_profile_Tolerance;
    for (uint32_t i = 0; i < COUNT_OF(rows); i++) {
        spec.fp_params = (models_fp_params){rows[i].topk, 3, 4, rows[i].overlap};
        assert_int_equal(shows(spec), rows[i].good ? DISPATCH_OK : profile);
    }
    spec.profile = models_profile_Tee; /* may be shown; jobs refuse it */
    assert_int_equal(shows(spec), DISPATCH_OK);
    uint64_t knowledge[16] = {1};
    spec.knowledge = (models_knowledge){knowledge, 1};
    assert_int_equal(shows(spec), PALLET_ERROR(models, KnowledgeOff));
    spec.knowledge.len = 16; /* the longest preimage */
    assert_int_equal(shows(spec), PALLET_ERROR(models, KnowledgeOff));
}

static void known_bytes(void **state) {
    (void)state;
    publish(ALICE, model_, spec_of(7));
    models_artifact_entry entry;
    h256 root = hash_of(7);
    /* The owner may show them again, in this model and in another; the entry stays with the first. */
    u128 issuance = balances_total_issuance();
    publish(ALICE, model_, spec_of(7));
    assert_true(issuance - balances_total_issuance() == UNIT / 10 + 185 * MILLI_UNIT);
    uint64_t second = active(ALICE, licence_, 7);
    assert_true(models_ByArtifact_get(&root, &entry) && entry.model == model_ && entry.version == 1);
    /* Another owner only under a declared parent, and it must be the one that has the entry. */
    uint64_t child = draft(BOB, licence_);
    models_parent parent = {second, 1, 10000000};
    OK(BOB, SET_PARENTS, set_parents, .model = child, .parents = {&parent, 1});
    uint32_t number = stage(BOB, child, spec_of(7), 1);
    at_tick(clock_now() + 10);
    assert_int_equal(reveal(BOB, child, number, spec_of(7), 1), PALLET_ERROR(models, DuplicateArtifact));
    parent.model = model_;
    OK(BOB, SET_PARENTS, set_parents, .model = child, .parents = {&parent, 1});
    assert_int_equal(reveal(BOB, child, number, spec_of(7), 1), DISPATCH_OK);
    assert_true(models_ByArtifact_get(&root, &entry) && entry.model == model_);
    /* Also at later activations, also after a yank. */
    OK(ALICE, YANK_VERSION, yank_version, .model = model_, .number = 1, .reason = 4);
    publish(BOB, child, spec_of(7));
    uint64_t stranger = draft(CAROL, licence_);
    publish(CAROL, stranger, spec_of(8));
    number = stage(CAROL, stranger, spec_of(7), 1);
    at_tick(clock_now() + 10);
    assert_int_equal(reveal(CAROL, stranger, number, spec_of(7), 1), PALLET_ERROR(models, DuplicateArtifact));
    /* The rule looks at who owns the first model now. */
    OK(ALICE, TRANSFER_MODEL, transfer_model, .model = model_, .to = {true, account(CAROL)});
    OK(CAROL, ACCEPT_TRANSFER, accept_transfer, .model = model_);
    assert_int_equal(reveal(CAROL, stranger, number, spec_of(7), 1), DISPATCH_OK);
}

static void any_order_of_activation(void **state) {
    (void)state;
    for (uint8_t i = 1; i <= 4; i++)
        assert_int_equal(stage(ALICE, model_, spec_of(i), i), i);
    at_tick(110);
    static const uint8_t order[] = {3, 1, 4, 2};
    static const uint32_t latest[] = {3, 3, 4, 4};
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(reveal(ALICE, model_, order[i], spec_of(order[i]), order[i]), DISPATCH_OK);
        assert_int_equal(model_of(model_).latest, latest[i]);
    }
}

static void yanking(void **state) {
    (void)state;
    uint32_t number = publish(ALICE, model_, spec_of(7));
    FAILS(UnknownVersion, ALICE, YANK_VERSION, yank_version, .model = model_, .number = 9);
    FAILS(UnknownModel, ALICE, YANK_VERSION, yank_version, .model = 99, .number = 1);
    FAILS(NotController, BOB, YANK_VERSION, yank_version, .model = model_, .number = number);
    OK(ROOT, FREEZE, freeze, .model = model_); /* a frozen model's version can still be withdrawn */
    OK(ALICE, YANK_VERSION, yank_version, .model = model_, .number = number, .reason = 7);
    EVENT_WAS(VersionYanked, .model = model_, .number = number, .reason = 7);
    models_version version;
    assert_true(models_Versions_get(&model_, &number, &version));
    assert_int_equal(version.status, models_version_status_Yanked);
    assert_int_equal(version.yanked_reason, 7);
    FAILS(BadState, ALICE, YANK_VERSION, yank_version, .model = model_, .number = number);
    assert_int_equal(model_of(model_).latest, number);
}

static void expired_stages_are_anyones_to_delete(void **state) {
    (void)state;
    uint32_t number = stage(ALICE, model_, spec_of(7), 1);
    u128 had = free_of(ALICE);
    at_tick(100 + MODELS_STAGE_LIFE - 1);
    FAILS(NotController, BOB, YANK_VERSION, yank_version, .model = model_, .number = number);
    at_tick(100 + MODELS_STAGE_LIFE);
    OK(BOB, YANK_VERSION, yank_version, .model = model_, .number = number);
    EVENT_WAS(StageRemoved, .model = model_, .number = number, .reason = 0);
    assert_true(free_of(ALICE) - had == UNIT / 10 + 84 * MILLI_UNIT);
    FAILS(UnknownVersion, BOB, YANK_VERSION, yank_version, .model = model_, .number = number);
}

static void an_expired_licence_ends_new_versions(void **state) {
    (void)state;
    models_licence terms = usual_licence();
    terms.expires = 200;
    uint64_t id = draft(BOB, licence(BOB, terms));
    uint32_t number = stage(BOB, id, spec_of(1), 1);
    at_tick(199);
    assert_int_equal(stage(BOB, id, spec_of(2), 1), 2);
    at_tick(200);
    FAILS(LicenceExpired, BOB, STAGE_VERSION, stage_version, .model = id, .commit = hash_of(1));
    assert_int_equal(reveal(BOB, id, number, spec_of(1), 1), PALLET_ERROR(models, LicenceExpired));
    at_tick(199);
    assert_int_equal(reveal(BOB, id, number, spec_of(1), 1), DISPATCH_OK);
}

static void only_drafts_and_active_models_get_versions(void **state) {
    (void)state;
    publish(ALICE, model_, spec_of(7));
    uint32_t number = stage(ALICE, model_, spec_of(8), 1);
    at_tick(clock_now() + 10);
    OK(ROOT, FREEZE, freeze, .model = model_);
    FAILS(BadState, ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = hash_of(1));
    assert_int_equal(reveal(ALICE, model_, number, spec_of(8), 1), PALLET_ERROR(models, BadState));
    OK(ROOT, UNFREEZE, unfreeze, .model = model_);
    OK(ALICE, DEPRECATE, deprecate, .model = model_);
    FAILS(BadState, ALICE, STAGE_VERSION, stage_version, .model = model_, .commit = hash_of(1));
    assert_int_equal(reveal(ALICE, model_, number, spec_of(8), 1), PALLET_ERROR(models, BadState));
}

static void the_price_of_a_version_must_be_there(void **state) {
    (void)state;
    uint32_t number = stage(ALICE, model_, spec_of(7), 1);
    at_tick(110);
    OK(ALICE, SET_CONTROLLER, set_controller, .model = model_, .controller = account(POOR));
    assert_int_equal(reveal(POOR, model_, number, spec_of(7), 1), PALLET_ERROR(models, LowFunds));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(staging_hides_the_version, with_draft),
        cmocka_unit_test_setup(staging_errors, with_draft),
        cmocka_unit_test_setup(reveal_makes_the_model_active, with_draft),
        cmocka_unit_test_setup(reveal_window, with_draft),
        cmocka_unit_test_setup(reveal_shows_what_was_committed, with_draft),
        cmocka_unit_test_setup(a_copied_commitment_is_worthless, with_draft),
        cmocka_unit_test_setup(what_a_version_may_say, with_draft),
        cmocka_unit_test_setup(known_bytes, with_draft),
        cmocka_unit_test_setup(any_order_of_activation, with_draft),
        cmocka_unit_test_setup(yanking, with_draft),
        cmocka_unit_test_setup(expired_stages_are_anyones_to_delete, with_draft),
        cmocka_unit_test_setup(an_expired_licence_ends_new_versions, with_draft),
        cmocka_unit_test_setup(only_drafts_and_active_models_get_versions, with_draft),
        cmocka_unit_test_setup(the_price_of_a_version_must_be_there, with_draft),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
