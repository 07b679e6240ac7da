/* models.c - the pallet's account, what every call begins with, registration and licences. */
#include "models/models_internal.h"

#include "balances/balances.h"

const uint64_t models_first_model = 1;
const uint32_t models_first_licence = 1;
const account_id models_account = {{'m', 'o', 'd', 'l', 'n', 'l', '/', 'm', 'o', 'd', 'e', 'l'}};

void models_genesis(void) {
    account_info info;
    if (balances_mint(&models_account, EXISTENTIAL_DEPOSIT) != DISPATCH_OK)
        PANIC("the pallet's account is poor");
    system_account_get(&models_account, &info);
    system_inc_providers(&models_account, &info); /* whatever happens to the balance, the account stays */
    system_account_put(&models_account, &info);
}

dispatch_result models_signed(const struct dispatch *ctx, account_id *who, uint64_t id, models_model *model) {
    TRY(ensure_signed(&ctx->origin, who));
    REQUIRE(models_Models_get(&id, model), UnknownModel);
    return DISPATCH_OK;
}

dispatch_result models_root(const struct dispatch *ctx, uint64_t id, models_model *model) {
    TRY(ensure_root(&ctx->origin));
    REQUIRE(models_Models_get(&id, model), UnknownModel);
    return DISPATCH_OK;
}

void models_set_state(uint64_t id, models_model *model, models_state to) {
    DEPOSIT(models, StateChanged, .model = id, .from = model->state, .to = to);
    model->state = to;
}

void models_licence_of(const models_model *model, models_licence *out) {
    bool found = models_Licences_get(&model->licence, out);
    ASSERT(found);
}

dispatch_result models_create_licence(struct dispatch *ctx, const models_call_create_licence *args) {
    const models_licence *licence = &args->licence;
    account_id who;
    uint32_t id, next;
    TRY(ensure_signed(&ctx->origin, &who));
    REQUIRE((licence->flags & ~(uint32_t)MODELS_ALL_FLAGS) == 0, BadLicence);
    REQUIRE(licence->derivative_royalty_ppb <= MODELS_MAX_ANCESTORS_PPB, RoyaltyStackTooHigh);
    models_NextLicence_get(&id);
    REQUIRE(checked_add_u32(&next, id, 1), IdsExhausted);
    TRY(models_burn(&who, models_record_price(&models_licence_type, licence), models_reason_LicenceRecord));

    models_Licences_put(&id, licence);
    models_NextLicence_put(&next);
    DEPOSIT(models, LicenceCreated, .licence = id, .by = who);
    return DISPATCH_OK;
}

dispatch_result models_accept_licence(struct dispatch *ctx, const models_call_accept_licence *args) {
    models_licence licence;
    account_id who;
    uint32_t now = clock_now(), before;
    TRY(ensure_signed(&ctx->origin, &who));
    REQUIRE(models_Licences_get(&args->licence, &licence), UnknownLicence);
    REQUIRE(!models_Accepted_get(&args->licence, &who, &before), AlreadyAccepted);
    REQUIRE(memcmp(&licence.text_hash, &args->text_hash, sizeof(h256)) == 0, TermsHashMismatch);
    TRY(models_burn(&who, models_record_price(&u32_type, &now), models_reason_AcceptanceRecord));

    models_Accepted_put(&args->licence, &who, &now);
    DEPOSIT(models, LicenceAccepted, .licence = args->licence, .who = who);
    return DISPATCH_OK;
}

dispatch_result models_register_model(struct dispatch *ctx, const models_call_register_model *args) {
    models_licence licence;
    account_id who;
    uint64_t id, next;
    uint32_t now = clock_now(), generation = 1;
    TRY(ensure_signed(&ctx->origin, &who));
    REQUIRE(models_Licences_get(&args->licence, &licence), UnknownLicence);
    REQUIRE(!models_licence_expired(&licence, now), LicenceExpired);
    REQUIRE(args->royalty_ppb <= MODELS_PPB, BadPpb);
    TRY(models_check_split(&args->split));
    TRY(models_check_policy(&args->policy));
    models_NextModelId_get(&id);
    REQUIRE(checked_add_u64(&next, id, 1), IdsExhausted);

    models_model model = {.owner = who,
                          .controller = who,
                          .name_hash = args->name_hash,
                          .kind = args->kind,
                          .state = models_state_Draft,
                          .licence = args->licence,
                          .created = now,
                          .royalty_ppb = args->royalty_ppb,
                          .deposit.depositor = who};
    models_split_record split = {.members = args->split, .deposit.depositor = who};
    models_policy_record policy = {.policy = args->policy, .deposit.depositor = who};
    model.deposit.amount = models_record_price(&models_model_type, &model);
    split.deposit.amount = models_record_price(&models_split_record_type, &split);
    policy.deposit.amount = models_record_price(&models_policy_record_type, &policy);
    TRY(models_hold(&who, model.deposit.amount + split.deposit.amount + policy.deposit.amount,
                    models_reason_Registration));

    models_NextModelId_put(&next);
    models_Models_put(&id, &model);
    models_Splits_put(&id, &generation, &split);
    models_SplitStates_put(&id, &(models_split_state){.generation = generation});
    models_Policies_put(&id, &policy);
    DEPOSIT(models, ModelRegistered, .model = id, .owner = who, .kind = args->kind, .licence = args->licence);
    return DISPATCH_OK;
}
