/* segment.c - see segment.h. Channel uses are sorted by para id. */
#include "parachain_system/segment.h"

#include "parachain_system/relay_state.h"

uint32_t parachain_system_unincluded_size_after(const h256 *included) {
    segment_blocks blocks;
    parachain_system_UnincludedSegment_get(&blocks);
    for (uint32_t i = 0; i < blocks.len; i++) {
        const option_h256 *hash = &blocks.items[i].para_head_hash;
        if (hash->some && memcmp(hash->value.at, included->at, 32) == 0)
            return blocks.len - i - 1;
    }
    return blocks.len;
}

/* --- dropping --- */

/* Nothing that a block can bring about: the total, the blocks and their hashes are written together. */
#define DOES_NOT_ADD_UP "the unincluded segment does not add up"

static void subtract(uint32_t *from, uint32_t amount) {
    if (!checked_sub_u32(from, *from, amount))
        PANIC(DOES_NOT_ADD_UP);
}

static void subtract_use(used_bandwidth *total, const para_channel_use *use) {
    for (uint32_t i = 0; i < total->hrmp_outgoing.len; i++)
        if (total->hrmp_outgoing.items[i].para == use->para) {
            subtract(&total->hrmp_outgoing.items[i].use.msg_count, use->use.msg_count);
            subtract(&total->hrmp_outgoing.items[i].use.total_bytes, use->use.total_bytes);
            return;
        }
    PANIC(DOES_NOT_ADD_UP);
}

static void drop_unused(para_channel_uses *uses) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < uses->len; i++)
        if (uses->items[i].use.msg_count || uses->items[i].use.total_bytes)
            uses->items[kept++] = uses->items[i];
    uses->len = kept;
}

static void subtract_block(segment_tracker *tracker, const segment_block *block) {
    const used_bandwidth *used = &block->used_bandwidth;
    subtract(&tracker->used_bandwidth.ump_msg_count, used->ump_msg_count);
    subtract(&tracker->used_bandwidth.ump_total_bytes, used->ump_total_bytes);
    for (uint32_t i = 0; i < used->hrmp_outgoing.len; i++)
        subtract_use(&tracker->used_bandwidth, &used->hrmp_outgoing.items[i]);
    drop_unused(&tracker->used_bandwidth.hrmp_outgoing);
    if (!block->consumed_go_ahead_signal.some)
        return;
    if (!tracker->consumed_go_ahead_signal.some ||
        tracker->consumed_go_ahead_signal.value != block->consumed_go_ahead_signal.value)
        PANIC(DOES_NOT_ADD_UP);
    tracker->consumed_go_ahead_signal.some = false;
}

/* How many blocks at the front are included. */
static uint32_t count_included(const segment_blocks *blocks, const h256 *included) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < blocks->len && !found; i++) {
        if (!blocks->items[i].para_head_hash.some)
            PANIC(DOES_NOT_ADD_UP);
        if (memcmp(blocks->items[i].para_head_hash.value.at, included->at, 32) == 0)
            found = i + 1;
    }
    return found;
}

weight segment_load(struct segment *segment, const h256 *parent, const h256 *included, uint32_t capacity) {
    segment_blocks *blocks = &segment->blocks;
    parachain_system_UnincludedSegment_get(blocks);
    bool total = parachain_system_AggregatedUnincludedSegment_get(&segment->tracker);
    if (blocks->len)
        blocks->items[blocks->len - 1].para_head_hash = (option_h256){true, *parent};
    uint32_t drop = count_included(blocks, included);
    if (drop && !total)
        PANIC(DOES_NOT_ADD_UP);
    for (uint32_t i = 0; i < drop; i++)
        subtract_block(&segment->tracker, &blocks->items[i]);
    if (drop) {
        blocks->items += drop;
        blocks->len -= drop;
    }
    if (blocks->len >= capacity)
        PANIC("no space left in the unincluded segment");
    return drop ? (weight){READS(3) + WRITES(2), 0} : (weight){READS(2) + WRITES(1), 0};
}

/* --- appending --- */

void *segment_widen(const void *items, uint32_t len, uint32_t more, uint32_t size) {
    uint8_t *wider = arena_alloc(&arena_scratch, (size_t)(len + more) * size);
    if (len)
        memcpy(wider, items, (size_t)len * size);
    return wider;
}

static void lower_limits(messaging_state *state, const used_bandwidth *used) {
    dispatch_queue_capacity *upward = &state->relay_dispatch_queue_remaining_capacity;
    if (!checked_sub_u32(&upward->remaining_count, upward->remaining_count, used->ump_msg_count) ||
        !checked_sub_u32(&upward->remaining_size, upward->remaining_size, used->ump_total_bytes))
        PANIC("unincluded segment limits exceeded");
    for (uint32_t i = 0; i < used->hrmp_outgoing.len; i++) {
        const para_channel_use *use = &used->hrmp_outgoing.items[i];
        /* A channel may have been closed since. */
        para_channel *found = relay_state_channel(&state->egress_channels, use->para);
        if (!found)
            continue;
        hrmp_channel *channel = &found->channel;
        channel->total_size =
            min_u32(saturating_add_u32(channel->total_size, use->use.total_bytes), channel->max_total_size);
        channel->msg_count = min_u32(saturating_add_u32(channel->msg_count, use->use.msg_count), channel->max_capacity);
    }
}

/* The relay parent's own number is always fine; an older block must not fall behind what was promised. */
static void note_watermark(option_u32 *tracked, uint32_t watermark, uint32_t relay_parent_number) {
    if (watermark >= relay_parent_number)
        watermark = relay_parent_number;
    else if (tracked->some && watermark < tracked->value)
        PANIC("the HRMP watermark went back");
    *tracked = (option_u32){true, watermark};
}

void segment_open(struct segment *segment, messaging_state *state, const option_upgrade_go_ahead *consumed,
                  uint32_t watermark, uint32_t relay_parent_number) {
    segment_tracker *tracker = &segment->tracker;
    if (consumed->some)
        tracker->consumed_go_ahead_signal = *consumed;
    note_watermark(&tracker->hrmp_watermark, watermark, relay_parent_number);
    lower_limits(state, &tracker->used_bandwidth);
    parachain_system_AggregatedUnincludedSegment_put(tracker);

    segment_blocks *blocks = &segment->blocks;
    blocks->items = segment_widen(blocks->items, blocks->len, 1, sizeof *blocks->items);
    blocks->items[blocks->len++] = (segment_block){.consumed_go_ahead_signal = *consumed};
    parachain_system_UnincludedSegment_put(blocks);
}

/* --- what the block sent --- */

/* `uses` has room for one more. */
static void add_use(para_channel_uses *uses, const para_channel_use *use) {
    uint32_t i = 0;
    while (i < uses->len && uses->items[i].para < use->para)
        i++;
    if (i == uses->len || uses->items[i].para != use->para) {
        memmove(&uses->items[i + 1], &uses->items[i], (uses->len++ - i) * sizeof *uses->items);
        uses->items[i] = (para_channel_use){use->para, {0, 0}};
    }
    channel_use *sum = &uses->items[i].use;
    sum->msg_count = saturating_add_u32(sum->msg_count, use->use.msg_count);
    sum->total_bytes = saturating_add_u32(sum->total_bytes, use->use.total_bytes);
}

static void add_bandwidth(used_bandwidth *total, const used_bandwidth *used) {
    total->ump_msg_count = saturating_add_u32(total->ump_msg_count, used->ump_msg_count);
    total->ump_total_bytes = saturating_add_u32(total->ump_total_bytes, used->ump_total_bytes);
    para_channel_uses *uses = &total->hrmp_outgoing;
    uses->items = segment_widen(uses->items, uses->len, used->hrmp_outgoing.len, sizeof *uses->items);
    for (uint32_t i = 0; i < used->hrmp_outgoing.len; i++)
        add_use(uses, &used->hrmp_outgoing.items[i]);
}

void segment_add_used(const used_bandwidth *used) {
    struct segment segment;
    parachain_system_UnincludedSegment_get(&segment.blocks);
    parachain_system_AggregatedUnincludedSegment_get(&segment.tracker);
    ASSERT(segment.blocks.len > 0);
    segment.blocks.items[segment.blocks.len - 1].used_bandwidth = *used;
    add_bandwidth(&segment.tracker.used_bandwidth, used);
    parachain_system_UnincludedSegment_put(&segment.blocks);
    parachain_system_AggregatedUnincludedSegment_put(&segment.tracker);
}
