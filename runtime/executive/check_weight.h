/* check_weight.h - CheckWeight: an extrinsic fits its class and the block.
 * polkadot-sdk stable2609 frame-system src/extensions/check_weight.rs. */
#ifndef NALAR_EXECUTIVE_CHECK_WEIGHT_H
#define NALAR_EXECUTIVE_CHECK_WEIGHT_H

#include "executive/validity.h"
#include "pallet/dispatch.h"

/* The block's length so far plus `len`, and the extrinsic's own weight, are within the class's limits. */
MUST_USE validity check_weight_validate(const struct dispatch_info *info, uint32_t len);
/* Adds length and weight to the block, or EXHAUSTS_RESOURCES and nothing changed. */
MUST_USE validity check_weight_prepare(const struct dispatch_info *info, uint32_t len);
/* Returns what the call did not use. */
void check_weight_reclaim(const struct dispatch_info *info, const struct dispatch *ctx);

#endif
