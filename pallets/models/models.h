/* models.h - the model registry: licences, models, versions, lineage, royalties, policies, claims. Rules and formulas:
 * docs/PROTOCOL.md. What other pallets may call stands here; models_internal.h is the pallet's own. */
#ifndef NALAR_PALLETS_MODELS_H
#define NALAR_PALLETS_MODELS_H

#include "clock/clock.h"
#include "pallet/pallet.h"
#include "system/system.h"

#define MODELS_DEPOSIT_BASE (UNIT / 10)
#define MODELS_DEPOSIT_PER_BYTE MILLI_UNIT
#define MODELS_CLAIM_BOND (100 * UNIT)
/* The account is "modl" ++ this ++ zeros; polkadot-sdk stable2609 frame-support src/lib.rs#PalletId. */
#define MODELS_PALLET_ID {{'n', 'l', '/', 'm', 'o', 'd', 'e', 'l'}}

enum {
    MODELS_CLAIM_EPOCHS = 14,
    MODELS_STAGE_DELAY = 10,
    MODELS_STAGE_LIFE = 14400,
    MODELS_SPLIT_DELAY = 7,
    MODELS_RETIRE_DELAY = 28,
    MODELS_MAX_ANCESTORS_PPB = 300000000,
    MODELS_PPB = 1000000000,
    MODELS_MAX_ANCESTORS = 32,
    MODELS_MAX_STAGED = 4,
    MODELS_MAX_TOPK = 80,
    MODELS_MAX_MEMBERS = 16,
    MODELS_MAX_ALLOWED = 65536 /* leaves of an Allow tree: a proof has at most 16 hashes */
};
#define MODELS_MAX_ARTIFACT (1ull << 44)

/* Bits of models_licence.flags. */
enum {
    MODELS_COMMERCIAL = 1u << 0,
    MODELS_DERIVATIVES = 1u << 1,
    MODELS_SHARE_ALIKE = 1u << 2,
    MODELS_ATTRIBUTION = 1u << 3,
    MODELS_NO_RESALE = 1u << 4,
    MODELS_TERM_FLAGS = 0x1f,
    MODELS_ALL_FLAGS = 0xff1f /* bits 8..15: field of use */
};

#define THIS models
#define DEF "models/models.def"
#include "pallet/declare.inc"

extern const uint64_t models_first_model;
extern const uint32_t models_first_licence;

/* The pallet's account: holds deposits, bonds and unclaimed income. */
extern const account_id models_account;

/* Genesis: the pallet's account gets the existential deposit that belongs to no book. The genesis builder calls it
 * after the balances are there. */
void models_genesis(void);

/* --- for pallets that run jobs --- */

/* What a new job pins. */
typedef struct models_quote {
    models_licence licence;
    uint32_t licence_id;
    uint32_t royalty_ppb; /* of the model part of the fee */
    uint8_t profile, unit_rule;
    models_fp_params fp_params;
} models_quote;
/* Terms for a new job on that version, or why there can be none: UnknownModel, UnknownVersion, BadState (model neither
 * Active nor Deprecated, or version not Live), LicenceExpired. */
MUST_USE dispatch_result models_quote_terms(models_quote *out, uint64_t model, uint32_t version);
/* Whether the model and the version would still take a job, whatever became of the licence. */
bool models_takes_jobs(uint64_t model, uint32_t version);

/* Whether the model's policy and its licence's acceptance rule admit `who`: DISPATCH_OK, UnknownModel or PolicyDenied.
 * The Allow members of the policy take the proofs in order; proofs that no member needs are not looked at. */
MUST_USE dispatch_result models_check_access(uint64_t model, const account_id *who, const models_access_proofs *proofs);
/* The same for a model whose licence the caller has loaded. */
MUST_USE dispatch_result models_admit(uint64_t model, uint32_t licence_id, const models_licence *licence,
                                      const account_id *who, const models_access_proofs *proofs);
/* The leaf's payload for an account: the tree of an Allow policy has weight 1 for each. */
void models_allow_payload(h256 *payload, const account_id *who);

/* Books `amount` that already lies in the pallet's account as revenue of the model: UnknownModel, BadState for a Draft,
 * BadAsset, Overflow. A frozen or retired model is booked like any other. 0 writes nothing. */
MUST_USE dispatch_result models_book_revenue(uint64_t model, uint32_t asset, u128 amount);

/* For tests: NULL, or what is wrong with the stored state. Walks everything. */
const char *models_try_state(void);

#endif
