/* fee_split.h - who gets which part of a fee, and what its burned part is worth in points. */
#ifndef NALAR_MARKET_FEE_SPLIT_H
#define NALAR_MARKET_FEE_SPLIT_H

#include "core/ints.h"

enum { PPB = 1000000000 };

/* floor(amount * ppb / 10^9), ppb <= 10^9: cannot overflow. */
u128 part_of(u128 amount, uint32_t ppb);

/* Parts of a fee in ppb, 10^9 in sum; burn is what the others leave. */
struct fee_ppb {
    uint32_t provider, model, auditors, treasury;
};
struct fee_parts {
    u128 provider, model, treasury, burn;
};
/* Floors; model = floor(model part * royalty_ppb / 10^9), the rest of the model part goes to the provider; the auditors'
 * part and what the floors leave are burned. The four add up to the fee. */
struct fee_parts fee_split(u128 fee, const struct fee_ppb *ppb, uint32_t royalty_ppb);

struct fee_points {
    u128 provider, model, client;
};
/* Points of a burned amount: provider floor(70 %), model floor(15 %), client the rest. Without royalty the model's go to
 * the provider. */
struct fee_points fee_points_of(u128 burned, bool royalty);

/* What one line of an epoch's work points is worth: floor(budget * points / burned), 0 for burned = 0. points <= burned. */
u128 work_due(u128 budget, u128 points, u128 burned);
/* An epoch's work budget: min(cap, floor(kappa_ppb * burned / 10^9)). */
u128 work_budget(u128 cap, uint32_t kappa_ppb, u128 burned);
/* The capacity budget one epoch later: c - floor(c * 949,509 / 10^9); below 10^6 it ends at 0. */
u128 capacity_after(u128 c);

#endif
