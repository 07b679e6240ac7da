/* segment.h - the unincluded segment: blocks that follow the last one the relay chain included, and what they used of
 * the relay chain's limits together. Panics refuse the block.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/unincluded_segment.rs and
 * src/lib.rs#maybe_drop_included_ancestors, #adjust_egress_bandwidth_limits. */
#ifndef NALAR_PARACHAIN_SYSTEM_SEGMENT_H
#define NALAR_PARACHAIN_SYSTEM_SEGMENT_H

#include "parachain_system/parachain_system.h"

/* A block is stored before its hash is known; the next one tells it. */
void segment_note_parent(const h256 *parent);

/* Forgets the blocks up to the one with the head `included` (none when it is not there) and what they used. Panics
 * unless fewer than `capacity` are left. Returns the weight. */
weight segment_drop_included(const h256 *included, uint32_t capacity);

/* Lowers the limits in *state by what the segment used; true when that changed anything. */
bool segment_lower_limits(messaging_state *state, const segment_tracker *tracker);

/* Appends this block with what it sent; *tracker is the sum so far and is stored with the block added. `total` holds the
 * relay chain's limits before segment_lower_limits. Panics when the sum breaks a limit, when the watermark falls behind,
 * or when a second block would consume an upgrade signal. */
void segment_append(segment_tracker *tracker, const used_bandwidth *used, const option_upgrade_go_ahead *consumed,
                    const messaging_state *total, uint32_t relay_parent_number);

#endif
