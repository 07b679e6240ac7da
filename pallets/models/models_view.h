/* models_view.h - the answers of the ModelsApi: reads only, nothing is switched or ended by asking. What a call would do
 * first (a due switch of splits, the end of a lapsed claim) is shown as done.
 *
 * API(ModelsApi, 1, "Terms, royalties and access of models.",
 *     METHOD(ModelsApi, terms, "Owner, state, licence, policy and split of a model.", option_models_terms,
 *         INPUT(model, u64))
 *     METHOD(ModelsApi, version, "A staged or activated version of a model.", option_models_version_view,
 *         INPUT(model, u64) INPUT(number, u32))
 *     METHOD(ModelsApi, royalty_tree, "Parents of a model, and every ancestor with its share, what it took and what it "
 *         "may take.", option_models_royalty_tree,
 *         INPUT(model, u64) INPUT(asset, u32))
 *     METHOD(ModelsApi, claimable, "What an account may take of the 64 newest generations of a model's own income, newest first.",
 *         models_claimables,
 *         INPUT(model, u64) INPUT(account, account_id) INPUT(asset, u32))
 *     METHOD(ModelsApi, check_access, "Whether a model's policy and licence admit an account, with the proofs that its "
 *         "Allow policies need.", dispatch_outcome,
 *         INPUT(model, u64) INPUT(account, account_id) INPUT(proofs, models_access_proofs)))
 */
#ifndef NALAR_PALLETS_MODELS_VIEW_H
#define NALAR_PALLETS_MODELS_VIEW_H

#include "models/models.h"

/* None for an unknown model. Vectors of all answers live in arena_scratch. */
void models_api_terms(option_models_terms *out, uint64_t model);
void models_api_version(option_models_version_view *out, uint64_t model, uint32_t number);
void models_api_royalty_tree(option_models_royalty_tree *out, uint64_t model, uint32_t asset);
/* Looks at the 64 newest generations. Dues of a frozen or disputed model are shown, though not paid now. */
void models_api_claimable(models_claimables *out, uint64_t model, const account_id *account, uint32_t asset);
void models_api_check_access(dispatch_outcome *out, uint64_t model, const account_id *account,
                             const models_access_proofs *proofs);

#endif
