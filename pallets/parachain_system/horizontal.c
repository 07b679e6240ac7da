/* horizontal.c - see horizontal.h and parachain_system.h. */
#include "parachain_system/horizontal.h"

#include "parachain_system/relay_state.h"
#include "parachain_system/segment.h"

enum hrmp_result parachain_system_send_horizontal_message(uint32_t recipient, struct bytes data) {
    messaging_state state;
    outbound_hrmp_messages queue;
    /* As of the block before when called ahead of the inherent. */
    parachain_system_RelevantMessagingState_get(&state);
    const para_channel *to = relay_state_channel(&state.egress_channels, recipient);
    if (!to)
        return HRMP_NO_CHANNEL;
    if (data.len > to->channel.max_message_size)
        return HRMP_TOO_BIG;
    parachain_system_PendingHrmpMessages_get(&queue);
    uint64_t size = data.len;
    for (uint32_t i = 0; i < queue.len; i++)
        size += queue.items[i].data.len;
    if (queue.len >= HRMP_QUEUE_MAX_MESSAGES || size > HRMP_QUEUE_MAX_BYTES)
        return HRMP_QUEUE_FULL;
    queue.items = segment_widen(queue.items, queue.len, 1, sizeof *queue.items);
    queue.items[queue.len++] = (outbound_hrmp_message){recipient, data};
    parachain_system_PendingHrmpMessages_put(&queue);
    return HRMP_SENT;
}

static bool has_room(const hrmp_channel *channel, uint32_t size) {
    return channel->msg_count < channel->max_capacity &&
           size <= saturating_sub_u32(channel->max_total_size, channel->total_size);
}

static bool contains(const para_ids *ids, para_id id) {
    uint32_t count = ids->len;
    while (count && ids->items[count - 1] != id)
        count--;
    return count;
}

static void insert(outbound_hrmp_messages *sorted, const outbound_hrmp_message *message) {
    uint32_t i = sorted->len++;
    for (; i && sorted->items[i - 1].recipient > message->recipient; i--)
        sorted->items[i] = sorted->items[i - 1];
    sorted->items[i] = *message;
}

void horizontal_take(outbound_hrmp_messages *sent, outbound_hrmp_messages *queue, const para_channels *egress,
                     const para_ids *served, uint32_t most) {
    /* Who gets nothing more: those in `served`, and whoever's oldest message was looked at. */
    para_ids seen = {segment_widen(served->items, served->len, queue->len, sizeof *seen.items), served->len};
    uint32_t kept = 0;
    *sent = (outbound_hrmp_messages){arena_alloc(&arena_scratch, queue->len * sizeof *sent->items), 0};
    for (uint32_t i = 0; i < queue->len; i++) {
        outbound_hrmp_message message = queue->items[i];
        const para_channel *to = relay_state_channel(egress, message.recipient);
        if (!to || message.data.len > to->channel.max_message_size)
            continue;
        bool oldest = !contains(&seen, message.recipient);
        seen.items[seen.len++] = message.recipient;
        if (oldest && sent->len < most && has_room(&to->channel, message.data.len))
            insert(sent, &message);
        else
            queue->items[kept++] = message;
    }
    queue->len = kept;
}
