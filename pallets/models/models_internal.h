/* models_internal.h - what the files of pallet Models share. */
#ifndef NALAR_PALLETS_MODELS_INTERNAL_H
#define NALAR_PALLETS_MODELS_INTERNAL_H

#include "market/fee_split.h"
#include "models/models.h"

#define MODELS_ERROR(name) PALLET_ERROR(models, name)
#define REQUIRE(condition, name)                                                                                       \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return MODELS_ERROR(name);                                                                                 \
    } while (0)

static inline bool models_same(const account_id *a, const account_id *b) { return memcmp(a, b, sizeof *a) == 0; }
static inline bool models_is_zero(const h256 *hash) {
    uint8_t any = 0;
    for (size_t i = 0; i < sizeof hash->at; i++)
        any |= hash->at[i];
    return any == 0;
}

/* The signer and the model, or BadOrigin, UnknownModel. */
MUST_USE dispatch_result models_signed(const struct dispatch *ctx, account_id *who, uint64_t id, models_model *model);
/* The model for a Root call. */
MUST_USE dispatch_result models_root(const struct dispatch *ctx, uint64_t id, models_model *model);
void models_set_state(uint64_t id, models_model *model, models_state to); /* deposits StateChanged; the caller puts */
static inline bool models_licence_expired(const models_licence *licence, uint32_t now) {
    return licence->expires != 0 && now >= licence->expires;
}
/* The licence of a stored model: it exists. */
void models_licence_of(const models_model *model, models_licence *out);

/* --- money (models_money.c). All of it keeps Books right, and says why in an event. --- */

/* Deposit of a record: base + per byte of its encoding. */
u128 models_record_price(const struct type_desc *type, const void *value);
/* A deposit or a bond from an account into the pallet's: LowFunds. */
MUST_USE dispatch_result models_hold(const account_id *who, u128 amount, models_reason reason);
/* Back to an account: BelowED. */
MUST_USE dispatch_result models_release(const account_id *who, u128 amount, models_reason reason);
/* Replaces `old` (NULL: nothing) by `fresh`; one account's deposits are set off against each other. */
MUST_USE dispatch_result models_rehold(const models_deposit *old, const models_deposit *fresh, models_reason reason);
/* Burns what an account pays for a record that stays for ever: LowFunds. */
MUST_USE dispatch_result models_burn(const account_id *who, u128 amount, models_reason reason);
/* Burns held money of an account. */
MUST_USE dispatch_result models_burn_held(const account_id *who, u128 amount, models_reason reason);
/* Out of the pallet's account without an own event: BelowED. */
MUST_USE dispatch_result models_pay(const account_id *who, uint32_t asset, u128 amount);
/* Counts money that is already there as owed: Overflow. */
MUST_USE dispatch_result models_books_add(uint32_t asset, u128 amount);

/* --- splits (models_split.c) --- */
MUST_USE dispatch_result models_check_split(const models_split *split);
/* Which generation earns in `epoch`, without writing the switch. */
void models_view_split_state(uint64_t id, uint32_t epoch, models_split_state *state);
/* The same, and a due switch is written. */
void models_touch_split(uint64_t id, uint32_t epoch, models_split_state *state);
/* Deletes a generation's record and returns its deposit. */
MUST_USE dispatch_result models_remove_split(uint64_t id, uint32_t generation);
/* Deletes the pending generation, if any; the caller puts the state. */
MUST_USE dispatch_result models_drop_pending(uint64_t id, models_split_state *state);

/* Deletes a generation for good: what its members took, its income, its record (models_revenue.c). */
MUST_USE dispatch_result models_close_generation(uint64_t id, uint32_t generation, uint32_t asset,
                                                 const models_split *members);

/* --- lineage (models_lineage.c) --- */
/* What the parents give at activation: every ancestor once, ascending, and the sum. The items live in arena_scratch.
 * ParentNotLive, LicenceExpired, RoyaltyStackTooHigh. */
MUST_USE dispatch_result models_flatten(const models_parents *parents, uint32_t now, models_ancestors *out,
                                        uint32_t *sum);

/* --- versions (models_version.c) --- */
/* Deletes stage `number`, which exists, and returns its deposit; the caller puts the model. */
MUST_USE dispatch_result models_drop_stage(uint64_t id, models_model *model, uint32_t number);

/* --- claims (models_claim.c) --- */
/* ClaimOpen while a claim waits for its decision; one whose time is over is ended here. */
MUST_USE dispatch_result models_no_claim(uint64_t id, const models_model *model, uint32_t now);

/* --- policies (models_policy.c) --- */
MUST_USE dispatch_result models_check_policy(const models_policy *policy);

#endif
