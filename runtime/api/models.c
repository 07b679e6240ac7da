/* models.c - ModelsApi: what wallets and clients ask about models. Views only. */
#include "api/api.h"
#include "models/models_view.h"

static void done_reading(const struct reader *in) {
    if (in->failed)
        PANIC("arguments do not decode");
}

static void answer(struct writer *out, const struct type_desc *type, const void *value) {
    api_answer(out, scale_encode_in(&arena_state, type, value));
}

void api_ModelsApi_terms(struct reader *in, struct writer *out) {
    option_models_terms value;
    uint64_t model = read_u64(in);
    done_reading(in);
    models_api_terms(&value, model);
    answer(out, &option_models_terms_type, &value);
}

void api_ModelsApi_version(struct reader *in, struct writer *out) {
    option_models_version_view value;
    uint64_t model = read_u64(in);
    uint32_t number = read_u32(in);
    done_reading(in);
    models_api_version(&value, model, number);
    answer(out, &option_models_version_view_type, &value);
}

void api_ModelsApi_royalty_tree(struct reader *in, struct writer *out) {
    option_models_royalty_tree value;
    uint64_t model = read_u64(in);
    uint32_t asset = read_u32(in);
    done_reading(in);
    models_api_royalty_tree(&value, model, asset);
    answer(out, &option_models_royalty_tree_type, &value);
}

void api_ModelsApi_claimable(struct reader *in, struct writer *out) {
    models_claimables value;
    account_id account;
    uint64_t model = read_u64(in);
    read_into(in, &account, sizeof account);
    uint32_t asset = read_u32(in);
    done_reading(in);
    models_api_claimable(&value, model, &account, asset);
    answer(out, &models_claimables_type, &value);
}

void api_ModelsApi_check_access(struct reader *in, struct writer *out) {
    dispatch_outcome value;
    account_id account;
    models_access_proofs proofs;
    uint64_t model = read_u64(in);
    read_into(in, &account, sizeof account);
    if (!scale_decode(&models_access_proofs_type, in, &proofs))
        reader_fail(in);
    done_reading(in);
    models_api_check_access(&value, model, &account, &proofs);
    answer(out, &dispatch_outcome_type, &value);
}
