/* messages.c - see messages.h. */
#include "parachain_system/messages.h"

#include "host/host.h"
#include "parachain_system/message_handler.h"
#include "parachain_system/relay_state.h"

void message_hash(h256 *out, struct bytes message) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    uint32_t size = compact_size(message.len) + message.len;
    struct writer encoded = writer_over(arena_alloc(&arena_scratch, size), size);
    write_bytes(&encoded, message);
    host_blake2_256(out->at, writer_bytes(&encoded));
    arena_rewind(&arena_scratch, mark);
}

void message_chain_extend(message_queue_chain *head, uint32_t sent_at, const h256 *hash) {
    uint8_t link[32 + 4 + 32];
    memcpy(link, head->at, 32);
    store_u32(link + 32, sent_at);
    memcpy(link + 36, hash->at, 32);
    host_blake2_256(head->at, (struct bytes){link, sizeof link});
}

static void extend(message_queue_chain *head, uint32_t sent_at, struct bytes message) {
    h256 hash;
    message_hash(&hash, message);
    message_chain_extend(head, sent_at, &hash);
}

uint64_t messages_size_limit(void) {
    return min_u64(MAX_BLOCK_PROOF / 6, saturating_sub_u64(MAX_BLOCK_PROOF, system_total_weight().proof_size));
}

#define TOO_FEW "too few messages are given in full"
#define WRONG_HEAD "the messages do not lead to the relay chain's queue head"

static bool hash_equal(const void *a, const void *b) { return memcmp(a, b, 32) == 0; }

/* FRAME's weight of queuing `count` messages; parachain-system src/weights.rs. */
static weight downward_weight(uint32_t count) {
    return (weight){1735000 + 25300108ull * count + READS(4) + WRITES(4), 8013};
}

weight messages_take_downward(const abridged_downward_messages *messages, const h256 *expected_head) {
    const inbound_downward_messages *full = &messages->full_messages;
    const hashed_messages *hashed = &messages->hashed_messages;
    weight used = downward_weight(full->len);
    message_queue_chain head;
    parachain_system_LastDmqMqcHead_get(&head);
    if (hashed->len && !full->len)
        PANIC(TOO_FEW);
    if (full->len) {
        DEPOSIT(parachain_system, DownwardMessagesReceived, .count = full->len);
        for (uint32_t i = 0; i < full->len; i++)
            extend(&head, full->items[i].sent_at, full->items[i].msg);
        parachain_system_LastDmqMqcHead_put(&head);
        h256 shown;
        memcpy(shown.at, head.at, 32);
        DEPOSIT(parachain_system, DownwardMessagesProcessed, .weight_used = used, .dmq_head = shown);
        inbound_message_id last = {full->items[full->len - 1].sent_at, 0};
        for (uint32_t i = 0; i < hashed->len; i++) {
            message_chain_extend(&head, hashed->items[i].sent_at, &hashed->items[i].msg_hash);
            last.reverse_idx += hashed->items[i].sent_at == last.sent_at;
        }
        parachain_system_LastProcessedDownwardMessage_put(&last);
        message_handler_downward(full);
    }
    if (!hash_equal(head.at, expected_head->at))
        PANIC(WRONG_HEAD);
    parachain_system_ProcessedDownwardMessages_put(&full->len);
    return used;
}

/* The chain heads of all open channels, in the order of `ingress`. */
struct heads {
    const para_channels *ingress;
    message_queue_chain *at;
    bool *known; /* stored, or a message came */
    bool changed; /* the stored map must be written */
};

static uint32_t channel_or_panic(const para_channels *ingress, uint32_t sender) {
    const para_channel *found = relay_state_channel(ingress, sender);
    if (!found)
        PANIC("a message comes without a channel");
    return (uint32_t)(found - ingress->items);
}

/* Loads the stored heads; those of closed channels are forgotten. */
static void load_heads(struct heads *heads, const para_channels *ingress) {
    para_chain_heads stored;
    parachain_system_LastHrmpMqcHeads_get(&stored);
    heads->ingress = ingress;
    heads->at = arena_zalloc(&arena_scratch, ingress->len * sizeof *heads->at);
    heads->known = arena_zalloc(&arena_scratch, ingress->len * sizeof *heads->known);
    heads->changed = false;
    for (uint32_t i = 0; i < stored.len; i++) {
        const para_channel *found = relay_state_channel(ingress, stored.items[i].para);
        if (found) {
            heads->at[found - ingress->items] = stored.items[i].head;
            heads->known[found - ingress->items] = true;
        } else {
            heads->changed = true;
        }
    }
}

static void store_heads(const struct heads *heads) {
    if (!heads->changed)
        return;
    uint32_t count = heads->ingress->len;
    para_chain_heads out = {arena_alloc(&arena_scratch, count * sizeof *out.items), 0};
    for (uint32_t i = 0; i < count; i++)
        if (heads->known[i])
            out.items[out.len++] = (para_chain_head){heads->ingress->items[i].para, heads->at[i]};
    parachain_system_LastHrmpMqcHeads_put(&out);
}

static message_queue_chain *head_of(struct heads *heads, uint32_t index) {
    heads->changed = true;
    heads->known[index] = true;
    return &heads->at[index];
}

/* Every channel gets an entry, so that the next block starts from the right head. */
static void check_heads(struct heads *heads) {
    static const h256 zeros;
    for (uint32_t i = 0; i < heads->ingress->len; i++) {
        if (!heads->known[i])
            head_of(heads, i);
        const option_h256 *shown = &heads->ingress->items[i].channel.mqc_head;
        if (!hash_equal(heads->at[i].at, shown->some ? shown->value.at : zeros.at))
            PANIC(WRONG_HEAD);
    }
}

/* Messages must come in the order of (sent_at, sender) and from open channels; returns the channel's index. */
static uint32_t check_message(const para_channels *ingress, uint64_t *previous, uint32_t sent_at, uint32_t sender) {
    uint64_t place = (uint64_t)sent_at << 32 | sender;
    if (place < *previous)
        PANIC("channel messages are out of order");
    *previous = place;
    return channel_or_panic(ingress, sender);
}

/* An author may name messages by hash only when the next one might not have fitted: otherwise it could hold back what
 * it dislikes. */
static void check_enough(const abridged_hrmp_messages *messages, const para_channels *ingress) {
    if (messages->hashed_messages.len == 0)
        return;
    uint32_t index = channel_or_panic(ingress, messages->hashed_messages.items[0].sender);
    uint64_t size = ingress->items[index].channel.max_message_size;
    for (uint32_t i = 0; i < messages->full_messages.len; i++)
        size += messages->full_messages.items[i].message.data.len;
    if (size <= messages_size_limit())
        PANIC(TOO_FEW);
}

static void put_last(uint32_t sent_at, uint32_t reverse_idx) {
    parachain_system_LastProcessedHrmpMessage_put(&(inbound_message_id){sent_at, reverse_idx});
}

static weight hand_over(const hrmp_messages *messages) {
    weight limit;
    if (!parachain_system_ReservedXcmpWeightOverride_get(&limit))
        limit = (weight){MAX_BLOCK_REF_TIME / RESERVED_XCMP_PART, MAX_BLOCK_PROOF / RESERVED_XCMP_PART};
    return message_handler_horizontal(messages, limit);
}

static weight take_channel_messages(struct heads *heads, const abridged_hrmp_messages *messages) {
    const hrmp_messages *full = &messages->full_messages;
    const hashed_hrmp_messages *hashed = &messages->hashed_messages;
    uint64_t previous = 0;
    uint32_t watermark, last = 0, reverse_idx = 0;
    parachain_system_HrmpWatermark_get(&watermark);
    for (uint32_t i = 0; i < full->len; i++) {
        const inbound_hrmp_message *message = &full->items[i].message;
        uint32_t index = check_message(heads->ingress, &previous, message->sent_at, full->items[i].sender);
        extend(head_of(heads, index), message->sent_at, message->data);
        /* A later block begins: everything of the one before was taken. */
        if (message->sent_at > last && last > 0)
            watermark = last;
        last = message->sent_at;
    }
    store_heads(heads);
    for (uint32_t i = 0; i < hashed->len; i++) {
        const hashed_message *message = &hashed->items[i].message;
        uint32_t index = check_message(heads->ingress, &previous, message->sent_at, hashed->items[i].sender);
        message_chain_extend(head_of(heads, index), message->sent_at, &message->msg_hash);
        reverse_idx += message->sent_at == last;
    }
    if (last > 0 && reverse_idx == 0)
        watermark = last;
    put_last(last, reverse_idx);
    check_heads(heads);
    weight used = hand_over(full);
    parachain_system_HrmpWatermark_put(&watermark);
    return weight_add(used, (weight){READS(2) + WRITES(3), 0});
}

weight messages_take_horizontal(const abridged_hrmp_messages *messages, const para_channels *ingress,
                                uint32_t relay_parent_number) {
    struct heads heads;
    check_enough(messages, ingress);
    load_heads(&heads, ingress);
    if (messages->full_messages.len == 0) {
        check_heads(&heads);
        store_heads(&heads);
        put_last(relay_parent_number, 0);
        parachain_system_HrmpWatermark_put(&relay_parent_number);
        return (weight){READS(1) + WRITES(2), 0};
    }
    return take_channel_messages(&heads, messages);
}
