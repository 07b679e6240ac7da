/* models_policy.c - who may use a model, and what a new job pins of its terms. */
#include "models/models_internal.h"

#include "commit/mst.h"
#include "commit/tagged.h"

/* An And holds two of the simple ones; here every policy is one or two of them. */
static models_simple_policy simple(const models_policy *policy) {
    models_simple_policy out;
    memset(&out, 0, sizeof out);
    out.tag = policy->tag;
    switch (policy->tag) {
    case models_policy_Allow:
        out.as.Allow.root = policy->as.Allow.root;
        out.as.Allow.count = policy->as.Allow.count;
        break;
    case models_policy_Credit:
        out.as.Credit.issuer = policy->as.Credit.issuer;
        out.as.Credit.class = policy->as.Credit.class;
        break;
    case models_policy_Tee:
        out.as.Tee.measurements = policy->as.Tee.measurements;
        break;
    default:
        break;
    }
    return out;
}

static uint32_t members(const models_policy *policy, models_simple_policy out[2]) {
    if (policy->tag != models_policy_And) {
        out[0] = simple(policy);
        return 1;
    }
    out[0] = policy->as.And.first;
    out[1] = policy->as.And.second;
    return 2;
}

dispatch_result models_check_policy(const models_policy *policy) {
    models_simple_policy parts[2];
    uint32_t count = members(policy, parts);
    for (uint32_t i = 0; i < count; i++) {
        REQUIRE(parts[i].tag != models_simple_policy_Credit && parts[i].tag != models_simple_policy_Tee, PolicyOff);
        if (parts[i].tag != models_simple_policy_Allow)
            continue;
        REQUIRE(!models_is_zero(&parts[i].as.Allow.root), EmptyRoot);
        REQUIRE(parts[i].as.Allow.count >= 1 && parts[i].as.Allow.count <= MODELS_MAX_ALLOWED, BadPolicy);
    }
    return DISPATCH_OK;
}

dispatch_result models_set_policy(struct dispatch *ctx, const models_call_set_policy *args) {
    models_model model;
    models_policy_record before;
    account_id who;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state <= models_state_Deprecated, BadState);
    REQUIRE(models_same(&who, &model.controller), NotController);
    TRY(models_check_policy(&args->policy));
    models_policy_record record = {args->policy, {.depositor = who}};
    record.deposit.amount = models_record_price(&models_policy_record_type, &record);
    bool had = models_Policies_get(&args->model, &before);
    TRY(models_rehold(had ? &before.deposit : NULL, &record.deposit, models_reason_PolicyRecord));

    models_Policies_put(&args->model, &record);
    DEPOSIT(models, PolicySet, .model = args->model);
    return DISPATCH_OK;
}

void models_allow_payload(h256 *payload, const account_id *who) {
    uint8_t buffer[64];
    struct writer out = TAGGED(buffer, "deai/models/allow/1");
    write_raw(&out, who->at, sizeof who->at);
    tagged_finish(payload->at, &out);
}

static bool admitted(const models_simple_policy *part, uint32_t licence, const account_id *who,
                     const models_access_proofs *proofs, uint32_t *used) {
    h256 payload;
    switch (part->tag) {
    case models_simple_policy_Open:
        return true;
    case models_simple_policy_LicenceAccepted:
        return models_Accepted_exists(&licence, who);
    case models_simple_policy_Allow: {
        if (*used >= proofs->len)
            return false;
        const models_access_proof *proof = &proofs->items[(*used)++];
        const models_path *path = &proof->path;
        models_allow_payload(&payload, who);
        _Static_assert(sizeof(h256) == 32, "a path is an array of hashes");
        return mst_verify_unit(part->as.Allow.root.at, part->as.Allow.count, proof->index, payload.at,
                               (const uint8_t(*)[32])path->items, path->len);
    }
    default:
        return false; /* Credit and Tee cannot be set yet */
    }
}

dispatch_result models_admit(uint64_t id, uint32_t licence_id, const models_licence *licence, const account_id *who,
                             const models_access_proofs *proofs) {
    models_policy_record record;
    models_simple_policy parts[2];
    uint32_t used = 0;
    REQUIRE(!licence->accept_required || models_Accepted_exists(&licence_id, who), PolicyDenied);
    models_Policies_get(&id, &record);
    uint32_t count = members(&record.policy, parts);
    for (uint32_t i = 0; i < count; i++)
        REQUIRE(admitted(&parts[i], licence_id, who, proofs, &used), PolicyDenied);
    return DISPATCH_OK;
}

dispatch_result models_check_access(uint64_t id, const account_id *who, const models_access_proofs *proofs) {
    models_model model;
    models_licence licence;
    REQUIRE(models_Models_get(&id, &model), UnknownModel);
    models_licence_of(&model, &licence);
    return models_admit(id, model.licence, &licence, who, proofs);
}

static dispatch_result load_serving(uint64_t id, uint32_t number, models_model *model, models_version *version) {
    REQUIRE(models_Models_get(&id, model), UnknownModel);
    REQUIRE(models_Versions_get(&id, &number, version), UnknownVersion);
    REQUIRE((model->state == models_state_Active || model->state == models_state_Deprecated) &&
                version->status == models_version_status_Live,
            BadState);
    return DISPATCH_OK;
}

bool models_takes_jobs(uint64_t id, uint32_t number) {
    models_model model;
    models_version version;
    return load_serving(id, number, &model, &version) == DISPATCH_OK;
}

dispatch_result models_quote_terms(models_quote *out, uint64_t id, uint32_t number) {
    models_model model;
    models_version version;
    TRY(load_serving(id, number, &model, &version));
    out->licence_id = model.licence;
    models_licence_of(&model, &out->licence);
    REQUIRE(!models_licence_expired(&out->licence, clock_now()), LicenceExpired);
    out->royalty_ppb = model.royalty_ppb;
    out->profile = version.spec.profile;
    out->unit_rule = version.spec.unit_rule;
    out->fp_params = version.spec.fp_params;
    return DISPATCH_OK;
}
