/* compute_internal.h - what the files of pallet Compute share. */
#ifndef NALAR_PALLETS_COMPUTE_INTERNAL_H
#define NALAR_PALLETS_COMPUTE_INTERNAL_H

#include "compute/compute.h"

#define COMPUTE_ERROR(name) PALLET_ERROR(compute, name)
#define REQUIRE(condition, name)                                                                                       \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return COMPUTE_ERROR(name);                                                                                \
    } while (0)

static inline bool compute_same(const account_id *a, const account_id *b) { return equal_32(a->at, b->at); }

/* --- providers (compute.c, compute_provider.c) --- */
/* The signer as owner: NotProvider, or NotOwner for an operator. */
MUST_USE dispatch_result compute_as_owner(const struct dispatch *ctx, account_id *owner, compute_provider *provider);
/* The signer as owner or operator: NotProvider. */
MUST_USE dispatch_result compute_as_any(const struct dispatch *ctx, account_id *owner, compute_provider *provider);
/* Deposits StateChanged when the stored state changes, and `joined` becomes now; the caller puts. */
void compute_set_state(const account_id *owner, compute_provider *provider, compute_state to,
                       compute_state_reason reason);
/* A pending commission whose epoch has come is in force from here on; the caller puts. */
void compute_touch_commission(compute_provider *provider, uint32_t epoch);
/* Strikes as they stand in `epoch`: one less for each full epoch without a new one. */
uint8_t compute_strikes_at(const compute_provider *provider, uint32_t epoch);
/* Closes the books of points lines: open ones of an earlier epoch count as closed. */
void compute_roll_points(compute_provider *provider, uint32_t epoch);
/* The delegators' tokens in the provider's pool (those that joined), and the weight with so many. */
u128 compute_tokens(const compute_provider *provider);
uint64_t compute_weight_with(const compute_provider *provider, u128 tokens);
/* An ask stays good while the weight is at least 7/8 of what it says. */
static inline bool compute_keeps_weight(uint64_t current, uint64_t written) { return current >= written - written / 8; }
/* Due[who] += amount, money of the pot that is owed to somebody else until now. */
void compute_add_due(const account_id *who, balance amount);

/* --- pools (compute_pool.c). Money that a function moves between records stays in Books unless it says otherwise. --- */
/* The provider whose pool this is; false for an orphan, whose provider was deleted. */
bool compute_provider_of(uint32_t id, const compute_pool *pool, compute_provider *provider);
/* Joining money of an earlier epoch becomes shares, once no points of closed epochs are unpaid: those were earned without
 * it. `provider`: NULL when that is known, or nobody is left to be paid. The caller puts the pool. */
void compute_touch_pool(uint32_t id, compute_pool *pool, const compute_provider *provider, uint32_t epoch);
/* Deletes an orphan that owes nothing any more; what divisions left in it is due to its owner. */
void compute_put_pool(uint32_t id, const compute_pool *pool);
/* Brings a delegation up to its touched pool: income to `due`, joined money to `shares`. The caller puts both. */
void compute_settle(uint32_t id, compute_pool *pool, compute_delegation *delegation);
/* Deletes an empty delegation; its income moves to Due. */
void compute_put_delegation(const account_id *who, uint32_t id, compute_pool *pool,
                            const compute_delegation *delegation);
/* Shares a provider side's income: commission and the own bond's part to Due[payout], the rest to the pool's shares.
 * Deposits ProviderPaid. Touches commission and pool; the caller puts the provider, the pool is put here. */
void compute_distribute(const account_id *owner, compute_provider *provider, balance amount);

/* --- delegations and money on its way out (compute_delegate.c, compute_unbond.c) --- */
/* Puts money into a pool for `who`, as delegate does before the money is taken: what withdraw does for a target. Writes
 * nothing when it fails. */
MUST_USE dispatch_result compute_join(const account_id *who, uint32_t pool, balance amount);
/* Pays `amount` to `who`, or lets it join the pool `target` when that is not 0 and takes it. */
MUST_USE dispatch_result compute_deliver(const account_id *who, uint32_t target, balance amount);
/* The sub-pool of a request in `epoch`; a new one counts in pool->open and is put by the caller, as the pool. */
void compute_open_sub_pool(uint32_t id, uint32_t epoch, compute_pool *pool, compute_unbond_pool *sub);
/* Adds to an account's claims on the sub-pools of a pool, whose provider is there; the oldest one is paid when there is
 * no room else and it has matured. The caller puts the pool. TooManyUnbonds. */
MUST_USE dispatch_result compute_add_unbonding(const account_id *who, uint32_t id, compute_pool *pool,
                                               const compute_unbonding *entry);

/* --- slashes (compute_slash.c) --- */
/* SlashPending while a slash whose time has come waits. */
MUST_USE dispatch_result compute_no_due_slash(const account_id *owner, uint32_t epoch);
/* Whether any slash of the provider waits, and the least fault epoch of these. */
bool compute_has_slash(const account_id *owner, uint32_t *oldest_fault);

/* --- asks (compute_ask.c) --- */
/* Removes the provider's ad and ask for a model, and returns the deposit; the caller puts the provider. AdMissing, AdPaused. */
MUST_USE dispatch_result compute_remove_ad(const account_id *owner, compute_provider *provider, uint64_t model);

#endif
