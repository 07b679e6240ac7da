/* compute_view.h - answers of the DeaiApi about providers, asks and delegations. What a call would do first (joining money
 * becomes shares, a strike wears off) is shown as done; what that writes is lost with the API call. Vectors live in
 * arena_scratch. */
#ifndef NALAR_PALLETS_COMPUTE_VIEW_H
#define NALAR_PALLETS_COMPUTE_VIEW_H

#include "compute/compute.h"

/* By owner or operator; None for an account that is neither. */
void compute_api_provider(option_compute_provider_view *out, const account_id *account);
void compute_api_slash(option_compute_slash *out, uint32_t id);
/* The first price class from `class` on that has asks, in the native asset. */
void compute_api_asks(option_compute_price_class *out, uint64_t model, uint8_t class);
/* The account's delegations to these pools, in their order; pools in which it has none are left out. */
void compute_api_delegations(compute_delegation_views *out, const account_id *who, const compute_pool_ids *pools);
balance compute_api_due(const account_id *who);
uint32_t compute_api_next_pool(void);
/* Invariant 5 as far as one pool shows it: no tokens without shares. True for a pool that does not exist. */
bool compute_api_pool_holds(uint32_t id);

#endif
