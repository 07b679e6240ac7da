/* models_check.c - models_try_state: what must hold between any two calls. Walks the whole storage, for tests only. */
#include "models/models_internal.h"

#include "balances/balances.h"

#define CHECK(condition, message)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return message;                                                                                            \
    } while (0)

/* Everything that is owed, as far as records say it. */
static u128 owed;

static const char *check_generation(uint64_t id, uint32_t generation, bool *current) {
    models_split_record split;
    models_own own;
    uint32_t asset = 0;
    u128 taken_sum = 0;
    models_Own_get(&id, &generation, &asset, &own);
    *current = models_Splits_get(&id, &generation, &split);
    if (!*current)
        return own.total || own.taken ? "income of a generation without a split" : NULL;
    CHECK(models_check_split(&split.members) == DISPATCH_OK, "a stored split is not whole");
    owed += split.deposit.amount;
    for (uint32_t i = 0; i < split.members.len; i++) {
        const models_share *share = &split.members.items[i];
        u128 taken, entitled = part_of(own.total, share->ppb);
        models_SplitTaken_get(&id, &generation, &share->account, &asset, &taken);
        CHECK(taken <= entitled, "a member took more than its share");
        taken_sum += taken;
        owed += entitled - taken;
    }
    CHECK(taken_sum == own.taken && taken_sum <= own.total, "what members took does not add up");
    return NULL;
}

static const char *check_income(uint64_t id, const models_model *model) {
    models_split_state state;
    models_ancestors ancestors;
    models_revenue revenue;
    uint32_t asset = 0, sum = 0;
    u128 passed = 0;
    bool there;
    const char *wrong;
    models_SplitStates_get(&id, &state);
    CHECK(state.generation >= 1, "a model without a split");
    CHECK(!state.pending || state.pending == state.generation + 1, "the pending generation is not the next one");
    for (uint32_t generation = 1; generation <= state.generation; generation++) {
        if ((wrong = check_generation(id, generation, &there)))
            return wrong;
        CHECK(there || generation != state.generation, "the current generation has no split");
    }
    if (state.pending) {
        if ((wrong = check_generation(id, state.pending, &there)))
            return wrong;
        CHECK(there, "the pending generation has no split");
    }

    models_Ancestors_get(&id, &ancestors);
    models_Revenue_get(&id, &asset, &revenue);
    CHECK(ancestors.len <= MODELS_MAX_ANCESTORS, "too many ancestors");
    for (uint32_t i = 0; i < ancestors.len; i++) {
        const models_ancestor *a = &ancestors.items[i];
        u128 taken, entitled = part_of(revenue.total, a->ppb);
        models_AncestorTaken_get(&id, &a->model, &asset, &taken);
        CHECK(a->ppb > 0 && a->model < id && (i == 0 || a[-1].model < a->model), "ancestors are not in order");
        CHECK(taken <= entitled, "an ancestor took more than its share");
        sum += a->ppb;
        passed += taken;
        owed += entitled - taken;
    }
    CHECK(sum == model->ancestors_ppb && sum <= MODELS_MAX_ANCESTORS_PPB, "the ancestors' sum is wrong");
    CHECK(revenue.own_booked == part_of(revenue.total, MODELS_PPB - sum), "own income is booked wrong");
    CHECK(passed <= revenue.total - revenue.own_booked, "more was passed on than was earned");
    return NULL;
}

static const char *check_records(uint64_t id, const models_model *model) {
    models_parents_record parents;
    models_policy_record policy;
    models_dispute dispute;
    models_licence licence;
    uint32_t versions = 0, staged = 0;
    CHECK(models_Licences_get(&model->licence, &licence), "a model without a licence");
    CHECK(models_Policies_get(&id, &policy), "a model without a policy");
    owed += model->deposit.amount + policy.deposit.amount;
    if (models_Parents_get(&id, &parents)) {
        CHECK(parents.parents.len && model->royalty_ppb == MODELS_PPB, "a parents record that says nothing, or evasion");
        owed += parents.deposit.amount;
    }
    for (uint32_t number = 1; number <= model->last_number; number++) {
        models_version version;
        models_stage stage;
        bool shown = models_Versions_get(&id, &number, &version), hidden = models_Stages_get(&id, &number, &stage);
        CHECK(!shown || !hidden, "a version both staged and shown");
        versions += shown;
        staged += hidden;
        if (hidden)
            owed += stage.deposit.amount;
        CHECK(!shown || number <= model->latest, "the latest version is not the latest");
        if (shown) {
            models_artifact_entry entry;
            CHECK(models_ByArtifact_get(&version.spec.artifact_root, &entry), "shown bytes that nobody registered");
        }
    }
    CHECK(staged == model->staged.len && staged <= MODELS_MAX_STAGED, "the list of stages is wrong");
    CHECK((model->state == models_state_Draft) == (versions == 0), "a Draft with versions, or a model without");
    if (models_Disputed_get(&id, &dispute)) {
        CHECK(model->state != models_state_Draft && dispute.bond >= MODELS_CLAIM_BOND, "an impossible claim");
        owed += dispute.bond;
    }
    return NULL;
}

const char *models_try_state(void) {
    uint64_t next;
    uint32_t asset = 0;
    u128 books;
    account_info account;
    owed = 0;
    models_NextModelId_get(&next);
    for (uint64_t id = 1; id < next; id++) {
        models_model model;
        const char *wrong;
        if (!models_Models_get(&id, &model))
            continue;
        if ((wrong = check_records(id, &model)) || (wrong = check_income(id, &model)))
            return wrong;
    }
    models_Books_get(&asset, &books);
    CHECK(owed <= books, "more is owed than the books say");
    system_account_get(&models_account, &account);
    CHECK(account.data.free >= EXISTENTIAL_DEPOSIT && account.data.free - EXISTENTIAL_DEPOSIT >= books,
          "the account does not cover the books");
    CHECK(account.providers >= 2, "the account could be reaped");
    return NULL;
}
