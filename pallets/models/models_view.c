/* models_view.c - see models_view.h. */
#include "models/models_view.h"

#include "models/models_internal.h"

void models_api_terms(option_models_terms *out, uint64_t id) {
    models_model model;
    models_dispute dispute;
    models_policy_record policy;
    models_split_state state;
    models_split_record split;
    uint32_t now = clock_now();
    memset(out, 0, sizeof *out);
    if (!models_Models_get(&id, &model))
        return;
    models_Policies_get(&id, &policy);
    models_view_split_state(id, now / CLOCK_EPOCH_TICKS, &state);
    models_Splits_get(&id, &state.generation, &split);
    out->some = true;
    out->value = (models_terms){.owner = model.owner,
                                .controller = model.controller,
                                .kind = model.kind,
                                .state = model.state,
                                .latest = model.latest,
                                .licence_id = model.licence,
                                .policy = policy.policy,
                                .royalty_ppb = model.royalty_ppb,
                                .ancestors_ppb = model.ancestors_ppb,
                                .generation = state.generation,
                                .split = split.members};
    models_licence_of(&model, &out->value.licence);
    out->value.licence_expired = models_licence_expired(&out->value.licence, now);
    out->value.disputed = models_Disputed_get(&id, &dispute) && now <= dispute.until;
    out->value.accepts_jobs = (model.state == models_state_Active || model.state == models_state_Deprecated) &&
                              !out->value.licence_expired;
}

void models_api_version(option_models_version_view *out, uint64_t id, uint32_t number) {
    models_version version;
    models_stage stage;
    memset(out, 0, sizeof *out);
    if (models_Versions_get(&id, &number, &version)) {
        out->some = true;
        out->value.status = version.status;
        out->value.since = version.activated;
        out->value.yanked_reason = version.yanked_reason;
        out->value.spec = (option_models_version_spec){true, version.spec};
    } else if (models_Stages_get(&id, &number, &stage)) {
        out->some = true;
        out->value.status = models_version_status_Staged;
        out->value.since = stage.staged;
        out->value.commit = (option_h256){true, stage.commit};
    }
}

void models_api_royalty_tree(option_models_royalty_tree *out, uint64_t id, uint32_t asset) {
    models_model model;
    models_parents_record parents;
    models_ancestors ancestors;
    models_revenue revenue;
    memset(out, 0, sizeof *out);
    if (!models_Models_get(&id, &model))
        return;
    models_Parents_get(&id, &parents);
    models_Ancestors_get(&id, &ancestors);
    models_Revenue_get(&id, &asset, &revenue);
    models_ancestor_view *lines = arena_alloc(&arena_scratch, (ancestors.len + 1) * sizeof *lines);
    for (uint32_t i = 0; i < ancestors.len; i++) {
        u128 taken;
        models_AncestorTaken_get(&id, &ancestors.items[i].model, &asset, &taken);
        lines[i] = (models_ancestor_view){ancestors.items[i].model, ancestors.items[i].ppb, taken,
                                          part_of(revenue.total, ancestors.items[i].ppb) - taken};
    }
    out->some = true;
    out->value = (models_royalty_tree){
        MODELS_PPB - model.ancestors_ppb, revenue.total, parents.parents, {lines, ancestors.len}};
}

void models_api_claimable(models_claimables *out, uint64_t id, const account_id *account, uint32_t asset) {
    enum { MAX_LINES = 64 };
    models_split_state state;
    models_claimable *lines = arena_alloc(&arena_scratch, MAX_LINES * sizeof *lines);
    *out = (models_claimables){lines, 0};
    models_view_split_state(id, clock_epoch(), &state);
    for (uint32_t looked = 0; looked < MAX_LINES && looked < state.generation; looked++) {
        uint32_t generation = state.generation - looked;
        models_split_record split;
        models_own own;
        u128 taken;
        if (!models_Splits_get(&id, &generation, &split))
            continue;
        models_Own_get(&id, &generation, &asset, &own);
        for (uint32_t i = 0; i < split.members.len; i++) {
            const models_share *share = &split.members.items[i];
            if (!models_same(&share->account, account))
                continue;
            models_SplitTaken_get(&id, &generation, account, &asset, &taken);
            u128 due = part_of(own.total, share->ppb) - taken;
            if (due)
                lines[out->len++] = (models_claimable){generation, share->ppb, taken, due};
        }
    }
}

void models_api_check_access(dispatch_outcome *out, uint64_t model, const account_id *account,
                             const models_access_proofs *proofs) {
    *out = dispatch_outcome_value(models_check_access(model, account, proofs));
}
