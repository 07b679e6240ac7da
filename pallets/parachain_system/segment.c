/* segment.c - see segment.h. */
#include "parachain_system/segment.h"

#include "state/overlay.h"

static struct bytes segment_key(void) {
    return (struct bytes){parachain_system_UnincludedSegment_storage.prefix, STORAGE_PREFIX_SIZE};
}

/* The stored segment behind its count; *count is 0 when there is none. */
static struct reader open_segment(uint32_t *count) {
    struct bytes raw;
    *count = 0;
    if (!overlay_get(segment_key(), &raw))
        return reader_over((struct bytes){NULL, 0}, NULL);
    struct reader in = reader_over(raw, NULL);
    *count = read_compact_u32(&in);
    return in;
}

/* The straight-line forms of segment_block; the tests hold them against the generic codec. */
static void skip_bandwidth(struct reader *in) {
    enum { CHANNEL_USE_SIZE = 12 };
    read_raw(in, 8);
    uint32_t channels = read_compact_u32(in);
    if (channels > reader_left(in) / CHANNEL_USE_SIZE)
        reader_fail(in);
    else
        read_raw(in, channels * CHANNEL_USE_SIZE);
}

/* The head hash of the block, NULL when it is not known yet. */
static const uint8_t *skip_block(struct reader *in) {
    skip_bandwidth(in);
    const uint8_t *hash = read_bool(in) ? read_raw(in, 32) : NULL;
    if (read_bool(in))
        read_u8(in);
    return hash;
}

void segment_note_parent(const h256 *parent) {
    uint32_t count;
    struct reader in = open_segment(&count);
    if (count == 0)
        return;
    const uint8_t *start = in.at;
    for (uint32_t i = 1; i < count; i++)
        skip_block(&in);
    skip_bandwidth(&in);
    uint32_t before = (uint32_t)(in.at - start);
    if (read_bool(&in))
        read_raw(&in, 32);
    if (in.failed)
        return;
    uint32_t size = compact_size(count) + before + 33 + reader_left(&in);
    struct writer out = writer_over(arena_alloc(&arena_state, size), size);
    write_compact_u32(&out, count);
    write_raw(&out, start, before);
    write_u8(&out, 1);
    write_raw(&out, parent->at, 32);
    write_raw(&out, in.at, reader_left(&in));
    overlay_put_borrowed(segment_key(), writer_bytes(&out));
}

uint32_t parachain_system_unincluded_size_after(const h256 *included) {
    uint32_t count;
    struct reader in = open_segment(&count);
    for (uint32_t i = 0; i < count && !in.failed; i++) {
        const uint8_t *hash = skip_block(&in);
        if (hash && memcmp(hash, included->at, 32) == 0)
            return count - i - 1;
    }
    return in.failed ? 0 : count;
}

/* --- bandwidth. Channel uses are sorted by para id. --- */

static para_channel *find_channel(const para_channels *channels, uint32_t para) {
    for (uint32_t i = 0; i < channels->len; i++)
        if (channels->items[i].para == para)
            return &channels->items[i];
    return NULL;
}

static void subtract(uint32_t *from, uint32_t amount) {
    if (!checked_sub_u32(from, *from, amount))
        PANIC("a block of the segment used more than the segment in total");
}

static void subtract_use(used_bandwidth *total, const para_channel_use *use) {
    for (uint32_t i = 0; i < total->hrmp_outgoing.len; i++)
        if (total->hrmp_outgoing.items[i].para == use->para) {
            subtract(&total->hrmp_outgoing.items[i].use.msg_count, use->use.msg_count);
            subtract(&total->hrmp_outgoing.items[i].use.total_bytes, use->use.total_bytes);
            return;
        }
    PANIC("a channel of a block is missing in the segment's total");
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
        PANIC("the segment's upgrade signal is not the one of its block");
    tracker->consumed_go_ahead_signal.some = false;
}

/* How many blocks at the front are included. */
static uint32_t count_included(const segment_blocks *blocks, const h256 *included) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < blocks->len && !found; i++) {
        if (!blocks->items[i].para_head_hash.some)
            PANIC("a block of the segment has no hash");
        if (memcmp(blocks->items[i].para_head_hash.value.at, included->at, 32) == 0)
            found = i + 1;
    }
    return found;
}

weight segment_drop_included(const h256 *included, uint32_t capacity) {
    segment_blocks blocks;
    parachain_system_UnincludedSegment_get(&blocks);
    uint32_t drop = count_included(&blocks, included);
    weight used = {READS(2) + WRITES(1), 0};
    if (drop) {
        segment_tracker tracker;
        if (!parachain_system_AggregatedUnincludedSegment_get(&tracker))
            PANIC("the segment has blocks and no total");
        for (uint32_t i = 0; i < drop; i++)
            subtract_block(&tracker, &blocks.items[i]);
        parachain_system_AggregatedUnincludedSegment_put(&tracker);
        parachain_system_UnincludedSegment_put(&(segment_blocks){blocks.items + drop, blocks.len - drop});
        used = weight_add(used, (weight){READS(1) + WRITES(1), 0});
    }
    if (blocks.len - drop >= capacity)
        PANIC("no space left for the block in the unincluded segment");
    return used;
}

bool segment_lower_limits(messaging_state *state, const segment_tracker *tracker) {
    const used_bandwidth *used = &tracker->used_bandwidth;
    dispatch_queue_capacity *upward = &state->relay_dispatch_queue_remaining_capacity;
    upward->remaining_count = saturating_sub_u32(upward->remaining_count, used->ump_msg_count);
    upward->remaining_size = saturating_sub_u32(upward->remaining_size, used->ump_total_bytes);
    for (uint32_t i = 0; i < used->hrmp_outgoing.len; i++) {
        const para_channel_use *use = &used->hrmp_outgoing.items[i];
        /* A channel may have been closed since. */
        para_channel *found = find_channel(&state->egress_channels, use->para);
        if (!found)
            continue;
        hrmp_channel *channel = &found->channel;
        channel->total_size =
            min_u32(saturating_add_u32(channel->total_size, use->use.total_bytes), channel->max_total_size);
        channel->msg_count = min_u32(saturating_add_u32(channel->msg_count, use->use.msg_count), channel->max_capacity);
    }
    return used->ump_msg_count || used->ump_total_bytes || used->hrmp_outgoing.len;
}

#define LIMITS_EXCEEDED "unincluded segment limits exceeded"

static void add_use(used_bandwidth *total, const para_channel_use *use, const messaging_state *limits) {
    const para_channel *limit = find_channel(&limits->egress_channels, use->para);
    if (!limit)
        PANIC("a message was sent without a channel");
    para_channel_uses *uses = &total->hrmp_outgoing;
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
    if (sum->msg_count > saturating_sub_u32(limit->channel.max_capacity, limit->channel.msg_count) ||
        sum->total_bytes > saturating_sub_u32(limit->channel.max_total_size, limit->channel.total_size))
        PANIC(LIMITS_EXCEEDED);
}

static void add_bandwidth(used_bandwidth *total, const used_bandwidth *used, const messaging_state *limits) {
    total->ump_msg_count = saturating_add_u32(total->ump_msg_count, used->ump_msg_count);
    total->ump_total_bytes = saturating_add_u32(total->ump_total_bytes, used->ump_total_bytes);
    if (total->ump_msg_count > limits->relay_dispatch_queue_remaining_capacity.remaining_count ||
        total->ump_total_bytes > limits->relay_dispatch_queue_remaining_capacity.remaining_size)
        PANIC(LIMITS_EXCEEDED);
    if (used->hrmp_outgoing.len == 0)
        return;
    uint32_t room = total->hrmp_outgoing.len + used->hrmp_outgoing.len;
    para_channel_use *wider = arena_alloc(&arena_scratch, room * sizeof *wider);
    if (total->hrmp_outgoing.len)
        memcpy(wider, total->hrmp_outgoing.items, total->hrmp_outgoing.len * sizeof *wider);
    total->hrmp_outgoing.items = wider;
    for (uint32_t i = 0; i < used->hrmp_outgoing.len; i++)
        add_use(total, &used->hrmp_outgoing.items[i], limits);
}

/* The new block goes behind the stored bytes, which need no decoding. */
static void store_block(const segment_block *block) {
    uint32_t count;
    struct reader in = open_segment(&count);
    struct bytes added = scale_encode_in(&arena_scratch, &segment_block_type, block);
    uint32_t size = compact_size(count + 1) + reader_left(&in) + added.len;
    struct writer out = writer_over(arena_alloc(&arena_state, size), size);
    write_compact_u32(&out, count + 1);
    write_raw(&out, in.at, reader_left(&in));
    write_slice(&out, added);
    overlay_put_borrowed(segment_key(), writer_bytes(&out));
}

void segment_append(segment_tracker *tracker, const used_bandwidth *used, const option_upgrade_go_ahead *consumed,
                    const messaging_state *total, uint32_t relay_parent_number) {
    if (tracker->consumed_go_ahead_signal.some && consumed->some)
        PANIC("the upgrade signal was consumed already");
    uint32_t watermark;
    parachain_system_HrmpWatermark_get(&watermark);
    /* The relay parent's own number is always fine; an older block must not fall behind what was promised. */
    if (watermark >= relay_parent_number)
        watermark = relay_parent_number;
    else if (tracker->hrmp_watermark.some && watermark < tracker->hrmp_watermark.value)
        PANIC("the HRMP watermark went back");
    add_bandwidth(&tracker->used_bandwidth, used, total);
    if (consumed->some)
        tracker->consumed_go_ahead_signal = *consumed;
    tracker->hrmp_watermark = (option_u32){true, watermark};
    parachain_system_AggregatedUnincludedSegment_put(tracker);
    store_block(&(segment_block){.used_bandwidth = *used, .consumed_go_ahead_signal = *consumed});
}
