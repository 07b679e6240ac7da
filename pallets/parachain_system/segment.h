/* segment.h - the unincluded segment: blocks that follow the last one the relay chain included, and what they used of
 * the relay chain's limits together. FRAME touches it when a block begins, in the inherent and when it ends; here the
 * inherent does all of it, and the end only adds what was sent. After each block the state is the same. Panics refuse
 * the block. Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/unincluded_segment.rs and
 * src/lib.rs#maybe_drop_included_ancestors, #adjust_egress_bandwidth_limits. */
#ifndef NALAR_PARACHAIN_SYSTEM_SEGMENT_H
#define NALAR_PARACHAIN_SYSTEM_SEGMENT_H

#include "parachain_system/parachain_system.h"

struct segment {
    segment_blocks blocks;
    segment_tracker tracker; /* the sum over the blocks */
};

/* Loads the segment, gives its last block (stored before its hash was known) the hash `parent`, and forgets the blocks
 * up to the one with the head `included` (none when it is not there). Panics unless fewer than `capacity` are left.
 * Returns the weight. */
weight segment_load(struct segment *segment, const h256 *parent, const h256 *included, uint32_t capacity);

/* Appends this block, which sent nothing so far, and stores the segment. `consumed` is the upgrade signal that the
 * block acted on, none if an earlier one did. The limits in *state are lowered by what the earlier blocks used. Panics
 * when those used more than the relay chain allows now, or when the watermark falls behind theirs. */
void segment_open(struct segment *segment, messaging_state *state, const option_upgrade_go_ahead *consumed,
                  uint32_t watermark, uint32_t relay_parent_number);

/* The `len` items of `size` bytes in arena_scratch, with room for `more`. */
void *segment_widen(const void *items, uint32_t len, uint32_t more, uint32_t size);

/* Adds what this block sent, once. The caller keeps to the lowered limits, so the sum keeps to the relay chain's: FRAME
 * checks it again here. Channel uses are sorted. */
void segment_add_used(const used_bandwidth *used);

#endif
