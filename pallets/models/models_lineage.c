/* models_lineage.c - what a model is derived from, and what follows for its income. */
#include "models/models_internal.h"

enum { MAX_PARENTS = 4, MAX_STEPS = MAX_PARENTS * (MODELS_MAX_ANCESTORS + 1) };

/* A parent must be Active, the named version of it Live, its licence in force. */
static dispatch_result load_parent(const models_parent *parent, uint32_t now, models_model *model,
                                   models_licence *licence) {
    models_version version;
    REQUIRE(models_Models_get(&parent->model, model), UnknownModel);
    REQUIRE(models_Versions_get(&parent->model, &parent->version, &version), UnknownVersion);
    REQUIRE(model->state == models_state_Active && version.status == models_version_status_Live, ParentNotLive);
    models_licence_of(model, licence);
    REQUIRE(!models_licence_expired(licence, now), LicenceExpired);
    return DISPATCH_OK;
}

static bool allows(const models_licence *parent, const models_licence *child, uint32_t rate) {
    if (!(parent->flags & MODELS_DERIVATIVES) || rate < parent->derivative_royalty_ppb)
        return false;
    return !(parent->flags & MODELS_SHARE_ALIKE) ||
           (((parent->flags ^ child->flags) & MODELS_TERM_FLAGS) == 0 &&
            child->derivative_royalty_ppb >= parent->derivative_royalty_ppb);
}

static dispatch_result check_parents(uint64_t child, const models_model *model, const models_parents *parents) {
    models_licence licence, parents_licence;
    models_model parent;
    uint64_t sum = 0;
    uint32_t now = clock_now();
    models_licence_of(model, &licence);
    for (uint32_t i = 0; i < parents->len; i++) {
        const models_parent *p = &parents->items[i];
        REQUIRE(p->model < child, CycleOrSelf);
        for (uint32_t j = 0; j < i; j++)
            REQUIRE(parents->items[j].model != p->model, CycleOrSelf);
        TRY(load_parent(p, now, &parent, &parents_licence));
        REQUIRE(allows(&parents_licence, &licence, p->ppb), LicenceForbidsDerivative);
        sum += p->ppb;
    }
    REQUIRE(sum <= MODELS_MAX_ANCESTORS_PPB, RoyaltyStackTooHigh);
    return DISPATCH_OK;
}

dispatch_result models_set_parents(struct dispatch *ctx, const models_call_set_parents *args) {
    models_model model;
    models_parents_record before;
    account_id who;
    TRY(models_signed(ctx, &who, args->model, &model));
    REQUIRE(model.state == models_state_Draft, BadState);
    REQUIRE(models_same(&who, &model.controller), NotController);
    REQUIRE(args->parents.len == 0 || model.royalty_ppb == MODELS_PPB, RoyaltyEvasion);
    TRY(check_parents(args->model, &model, &args->parents));
    models_parents_record record = {args->parents, {.depositor = who}};
    if (args->parents.len)
        record.deposit.amount = models_record_price(&models_parents_record_type, &record);
    bool had = models_Parents_get(&args->model, &before);
    TRY(models_rehold(had ? &before.deposit : NULL, &record.deposit, models_reason_ParentsRecord));

    if (args->parents.len)
        models_Parents_put(&args->model, &record);
    else if (had)
        models_Parents_kill(&args->model);
    DEPOSIT(models, ParentsSet, .model = args->model, .parents = args->parents);
    return DISPATCH_OK;
}

/* A list of ancestors, ascending by model, each once. */
struct gathered {
    models_ancestor at[MAX_STEPS];
    uint32_t len;
};

static void gather(struct gathered *all, uint64_t model, uint32_t ppb) {
    uint32_t i = 0;
    if (ppb == 0)
        return;
    while (i < all->len && all->at[i].model < model)
        i++;
    if (i < all->len && all->at[i].model == model) {
        all->at[i].ppb += ppb; /* the sum of all rates is at most 300,000,000 */
        return;
    }
    memmove(&all->at[i + 1], &all->at[i], (all->len - i) * sizeof *all->at);
    all->at[i] = (models_ancestor){model, ppb};
    all->len++;
}

dispatch_result models_flatten(const models_parents *parents, uint32_t now, models_ancestors *out, uint32_t *sum) {
    struct gathered *all = arena_alloc(&arena_scratch, sizeof *all);
    all->len = 0;
    *sum = 0;
    for (uint32_t i = 0; i < parents->len; i++) {
        const models_parent *parent = &parents->items[i];
        models_ancestors above;
        models_licence licence;
        models_model model;
        TRY(load_parent(parent, now, &model, &licence));
        models_Ancestors_get(&parent->model, &above);
        uint32_t kept = parent->ppb;
        for (uint32_t j = 0; j < above.len; j++) {
            uint32_t pass = (uint32_t)((uint64_t)parent->ppb * above.items[j].ppb / MODELS_PPB);
            gather(all, above.items[j].model, pass);
            kept -= pass;
        }
        gather(all, parent->model, kept);
        *sum += parent->ppb;
    }
    REQUIRE(all->len <= MODELS_MAX_ANCESTORS && *sum <= MODELS_MAX_ANCESTORS_PPB, RoyaltyStackTooHigh);
    *out = (models_ancestors){all->at, all->len};
    return DISPATCH_OK;
}
