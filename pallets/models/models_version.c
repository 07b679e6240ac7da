/* models_version.c - versions: committed first, shown later, so that nobody can register what another one is about to
 * show; and their withdrawal. */
#include "models/models_internal.h"

#include "commit/tagged.h"

dispatch_result models_stage_version(struct dispatch *ctx, const models_call_stage_version *args) {
    models_model model;
    models_licence licence;
    account_id who;
    uint32_t now = clock_now(), number;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state == models_state_Draft || model.state == models_state_Active, BadState);
    models_licence_of(&model, &licence);
    REQUIRE(!models_licence_expired(&licence, now), LicenceExpired);
    REQUIRE(models_same(&who, &model.controller), NotController);
    REQUIRE(model.staged.len < MODELS_MAX_STAGED, TooManyStaged);
    REQUIRE(checked_add_u32(&number, model.last_number, 1), IdsExhausted);
    models_stage stage = {args->commit, now, {.depositor = who}};
    stage.deposit.amount = models_record_price(&models_stage_type, &stage);
    TRY(models_hold(&who, stage.deposit.amount, models_reason_StageRecord));

    uint32_t staged[MODELS_MAX_STAGED];
    for (uint32_t i = 0; i < model.staged.len; i++)
        staged[i] = model.staged.items[i];
    staged[model.staged.len] = number;
    model.staged = (models_numbers){staged, model.staged.len + 1};
    model.last_number = number;
    models_Stages_put(&args->model, &number, &stage);
    models_Models_put(&args->model, &model);
    DEPOSIT(models, VersionStaged, .model = args->model, .number = number, .commit = args->commit);
    return DISPATCH_OK;
}

dispatch_result models_drop_stage(uint64_t id, models_model *model, uint32_t number) {
    models_stage stage;
    bool found = models_Stages_get(&id, &number, &stage);
    ASSERT(found);
    TRY(models_release(&stage.deposit.depositor, stage.deposit.amount, models_reason_StageRecord));
    models_Stages_kill(&id, &number);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < model->staged.len; i++)
        if (model->staged.items[i] != number)
            model->staged.items[kept++] = model->staged.items[i];
    model->staged.len = kept;
    return DISPATCH_OK;
}

static dispatch_result check_spec(const models_version_spec *spec) {
    const models_fp_params *fp = &spec->fp_params;
    REQUIRE(!models_is_zero(&spec->artifact_root) && spec->artifact_len != 0, EmptyRoot);
    REQUIRE(spec->artifact_len <= MODELS_MAX_ARTIFACT, LenTooBig);
    REQUIRE(spec->profile != models_profile_ExactInt || !models_is_zero(&spec->program_root), EmptyRoot);
    /* A fingerprint has at most 80 entries, of which at least one must agree. */
    if (spec->profile == models_profile_Tolerance)
        REQUIRE(fp->topk >= 1 && fp->topk <= MODELS_MAX_TOPK && fp->min_overlap >= 1 && fp->min_overlap <= fp->topk,
                BadProfile);
    REQUIRE(spec->knowledge.len == 0, KnowledgeOff);
    return DISPATCH_OK;
}

static dispatch_result check_commit(const h256 *commit, const models_model *model,
                                    const models_call_activate_version *args) {
    uint8_t buffer[512];
    h256 shown;
    struct writer out = TAGGED(buffer, "deai/models/stage/1");
    write_raw(&out, model->owner.at, sizeof model->owner.at);
    write_u64(&out, args->model);
    scale_encode(&models_version_spec_type, &args->version, &out);
    write_raw(&out, args->salt.at, sizeof args->salt.at);
    tagged_finish(shown.at, &out);
    REQUIRE(memcmp(&shown, commit, sizeof shown) == 0, CommitMismatch);
    return DISPATCH_OK;
}

/* The bytes may be known already: under the owner's own models, or under a declared parent. */
static dispatch_result check_artifact(const h256 *root, const models_model *model, const models_parents *parents,
                                      bool *known) {
    models_artifact_entry entry;
    models_model first;
    *known = models_ByArtifact_get(root, &entry);
    if (!*known)
        return DISPATCH_OK;
    bool found = models_Models_get(&entry.model, &first);
    ASSERT(found);
    if (models_same(&first.owner, &model->owner))
        return DISPATCH_OK;
    for (uint32_t i = 0; i < parents->len; i++)
        if (parents->items[i].model == entry.model)
            return DISPATCH_OK;
    return MODELS_ERROR(DuplicateArtifact);
}

dispatch_result models_activate_version(struct dispatch *ctx, const models_call_activate_version *args) {
    models_model model;
    models_licence licence;
    models_stage stage;
    models_parents_record parents;
    models_ancestors ancestors = {NULL, 0};
    account_id who;
    uint32_t now = clock_now(), sum = 0;
    bool known;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(models_Stages_get(&args->model, &args->number, &stage), UnknownVersion);
    bool first = model.state == models_state_Draft;
    REQUIRE(first || model.state == models_state_Active, BadState);
    REQUIRE(now >= saturating_add_u32(stage.staged, MODELS_STAGE_DELAY), TooEarly);
    REQUIRE(now < saturating_add_u32(stage.staged, MODELS_STAGE_LIFE), StageExpired);
    models_licence_of(&model, &licence);
    REQUIRE(!models_licence_expired(&licence, now), LicenceExpired);
    REQUIRE(models_same(&who, &model.controller), NotController);
    TRY(check_spec(&args->version));
    TRY(check_commit(&stage.commit, &model, args));
    models_Parents_get(&args->model, &parents);
    TRY(check_artifact(&args->version.artifact_root, &model, &parents.parents, &known));
    if (first)
        TRY(models_flatten(&parents.parents, now, &ancestors, &sum));

    models_version version = {args->version, models_version_status_Live, 0, now};
    u128 price = models_record_price(&models_version_type, &version);
    if (!known)
        price += MODELS_DEPOSIT_PER_BYTE * sizeof(uint64_t) + MODELS_DEPOSIT_PER_BYTE * sizeof(uint32_t);
    if (ancestors.len)
        price += models_record_price(&models_ancestors_type, &ancestors) - MODELS_DEPOSIT_BASE;
    TRY(models_drop_stage(args->model, &model, args->number));
    TRY(models_burn(&who, price, models_reason_VersionRecord));

    models_Versions_put(&args->model, &args->number, &version);
    if (!known)
        models_ByArtifact_put(&args->version.artifact_root, &(models_artifact_entry){args->model, args->number});
    if (ancestors.len)
        models_Ancestors_put(&args->model, &ancestors);
    if (first) {
        model.ancestors_ppb = sum;
        models_set_state(args->model, &model, models_state_Active);
    }
    if (args->number > model.latest)
        model.latest = args->number;
    models_Models_put(&args->model, &model);
    DEPOSIT(models, VersionActivated, .model = args->model, .number = args->number,
            .artifact_root = args->version.artifact_root);
    return DISPATCH_OK;
}

dispatch_result models_yank_version(struct dispatch *ctx, const models_call_yank_version *args) {
    models_model model;
    models_version version;
    models_stage stage;
    account_id who;
    TRY(models_signed(ctx, &who, args->model, &model));
    if (models_Versions_get(&args->model, &args->number, &version)) {
        REQUIRE(version.status == models_version_status_Live, BadState);
        REQUIRE(models_same(&who, &model.controller), NotController);
        version.status = models_version_status_Yanked;
        version.yanked_reason = args->reason;
        models_Versions_put(&args->model, &args->number, &version);
        DEPOSIT(models, VersionYanked, .model = args->model, .number = args->number, .reason = args->reason);
        return DISPATCH_OK;
    }
    REQUIRE(models_Stages_get(&args->model, &args->number, &stage), UnknownVersion);
    bool expired = clock_now() >= saturating_add_u32(stage.staged, MODELS_STAGE_LIFE);
    REQUIRE(expired || models_same(&who, &model.controller), NotController);
    TRY(models_drop_stage(args->model, &model, args->number));
    models_Models_put(&args->model, &model);
    DEPOSIT(models, StageRemoved, .model = args->model, .number = args->number, .reason = args->reason);
    return DISPATCH_OK;
}
