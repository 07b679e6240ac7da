/* outbound.c - see outbound.h. */
#include "parachain_system/outbound.h"

#include "core/fixed.h"
#include "host/host.h"
#include "parachain_system/horizontal.h"
#include "parachain_system/segment.h"

/* The price rises once the pending messages fill more than this part of the relay chain's queue. */
enum { QUEUE_THRESHOLD_FACTOR = 2 };

/* Fixed-point numbers. */
#define FEE_BASE (FIXED_ONE / 100 * 105)
#define FEE_PER_KIB (FIXED_ONE / 1000)

/* Signals of the relay chain's UMPSignal; polkadot/primitives/src/v9/mod.rs. */
enum { SIGNAL_SELECT_CORE = 0, SIGNAL_APPROVED_PEER = 1, SIGNAL_MAX_SIZE = 1 + 2 + 64 };

static void raise_fee_factor(uint32_t message_size) {
    delivery_fee_factor factor;
    parachain_system_UpwardDeliveryFeeFactor_get(&factor);
    factor = fixed_mul(factor, FEE_BASE + message_size / 1024 * FEE_PER_KIB);
    parachain_system_UpwardDeliveryFeeFactor_put(&factor);
}

static void lower_fee_factor(void) {
    delivery_fee_factor factor;
    parachain_system_UpwardDeliveryFeeFactor_get(&factor);
    if (factor == FIXED_ONE)
        return;
    u128 lower;
    ASSERT(mul_div_floor(&lower, factor, FIXED_ONE, FEE_BASE)); /* less than the factor was */
    lower = max_u128(lower, FIXED_ONE);
    parachain_system_UpwardDeliveryFeeFactor_put(&lower);
}

static uint64_t total_size(const byte_vecs *messages) {
    uint64_t size = 0;
    for (uint32_t i = 0; i < messages->len; i++)
        size += messages->items[i].len;
    return size;
}

static void append(byte_vecs *list, struct bytes item) {
    list->items = segment_widen(list->items, list->len, 1, sizeof item);
    list->items[list->len++] = item;
}

enum ump_result parachain_system_send_upward_message(struct bytes message, bytes32 *hash) {
    if (message.len == 0)
        return UMP_EMPTY;
    host_configuration config;
    /* As of the block before when called ahead of the inherent; without any configuration messages only wait. */
    bool configured = parachain_system_HostConfiguration_get(&config);
    if (configured && message.len > config.max_upward_message_size)
        return UMP_TOO_BIG;
    byte_vecs pending;
    parachain_system_PendingUpwardMessages_get(&pending);
    append(&pending, message);
    parachain_system_PendingUpwardMessages_put(&pending);
    if (configured && total_size(&pending) > config.max_upward_queue_size / QUEUE_THRESHOLD_FACTOR)
        raise_fee_factor(message.len);
    host_blake2_256(hash->at, message);
    DEPOSIT(parachain_system, UpwardMessageSent, .message_hash = {true, *hash});
    return UMP_SENT;
}

dispatch_result parachain_system_sudo_send_upward_message(struct dispatch *ctx,
                                                          const parachain_system_call_sudo_send_upward_message *args) {
    TRY(ensure_root(&ctx->origin));
    bytes32 hash;
    parachain_system_send_upward_message(args->message, &hash);
    return DISPATCH_OK;
}

/* How many of the pending messages fit, counted from the oldest; *bytes is their size. */
static uint32_t count_fitting(uint32_t *bytes, const byte_vecs *pending, uint32_t count_limit, uint32_t size_limit) {
    uint32_t count = 0;
    *bytes = 0;
    while (count < pending->len && count < count_limit) {
        uint32_t size = saturating_add_u32(*bytes, pending->items[count].len);
        if (size > size_limit)
            break;
        *bytes = size;
        count++;
    }
    return count;
}

static void append_signal(byte_vecs *signals, uint8_t variant, const void *payload, uint32_t size) {
    uint8_t *at = arena_alloc(&arena_scratch, SIGNAL_MAX_SIZE);
    at[0] = variant;
    memcpy(at + 1, payload, size);
    append(signals, (struct bytes){at, 1 + size});
}

/* The signals of this block behind the separator, the empty message. Without signals there is no separator either. */
static void append_signals(byte_vecs *sent, const struct core_digest *digest) {
    byte_vecs signals = {NULL, 0};
    approved_peer_id peer;
    if (digest->core_infos)
        append_signal(&signals, SIGNAL_SELECT_CORE, (uint8_t[]){digest->selector, digest->claim_queue_offset}, 2);
    if (parachain_system_PendingApprovedPeer_get(&peer)) {
        parachain_system_PendingApprovedPeer_kill();
        struct bytes encoded = scale_encode_in(&arena_scratch, &approved_peer_id_type, &peer);
        append_signal(&signals, SIGNAL_APPROVED_PEER, encoded.at, encoded.len);
    }
    if (signals.len == 0)
        return;
    append(sent, (struct bytes){NULL, 0});
    for (uint32_t i = 0; i < signals.len; i++)
        append(sent, signals.items[i]);
}

void outbound_begin(const h256 *relay_root, const struct core_digest *digest) {
    pov_messages pov;
    parachain_system_UpwardMessages_kill();
    parachain_system_HrmpOutboundMessages_kill();
    if (!parachain_system_PoVMessagesTracker_get(&pov))
        return;
    if (memcmp(pov.relay_storage_root_or_hash.at, relay_root->at, 32) != 0 || pov.core_selector != digest->selector ||
        digest->bundle_index <= pov.bundle_index) {
        parachain_system_PoVMessagesTracker_kill();
        return;
    }
    pov.bundle_index = digest->bundle_index;
    parachain_system_PoVMessagesTracker_put(&pov);
}

/* Adds what goes to other parachains to the block's sum and to the one over the proof of validity. */
static void count_horizontal(used_bandwidth *used, pov_messages *pov, const outbound_hrmp_messages *sent) {
    para_channel_use *uses = arena_alloc(&arena_scratch, sent->len * sizeof *uses);
    para_ids *served = &pov->hrmp_outbound_recipients;
    served->items = segment_widen(served->items, served->len, sent->len, sizeof *served->items);
    for (uint32_t i = 0; i < sent->len; i++) {
        const outbound_hrmp_message *message = &sent->items[i];
        uses[i] = (para_channel_use){message->recipient, {1, message->data.len}};
        served->items[served->len++] = message->recipient;
    }
    used->hrmp_outgoing = (para_channel_uses){uses, sent->len};
    pov->hrmp_outbound_count = saturating_add_u32(pov->hrmp_outbound_count, sent->len);
}

/* The sum over the proof of validity is kept from its first message on. */
static void note_sent(pov_messages *pov, uint32_t upward, const h256 *relay_root, const struct core_digest *digest) {
    pov->relay_storage_root_or_hash = *relay_root;
    pov->core_selector = digest->selector;
    pov->bundle_index = digest->bundle_index;
    pov->ump_msg_count = saturating_add_u32(pov->ump_msg_count, upward);
    parachain_system_PoVMessagesTracker_put(pov);
}

/* What waits to be sent. */
struct queues {
    byte_vecs upward;
    outbound_hrmp_messages horizontal;
};

/* Takes what fits out of the queues; returns the upward part, the other one is stored. */
static byte_vecs take_fitting(struct queues *queues, const host_configuration *config, const h256 *relay_root,
                              const struct core_digest *digest) {
    messaging_state state;
    pov_messages pov;
    used_bandwidth used = {0};
    parachain_system_RelevantMessagingState_get(&state);
    parachain_system_PoVMessagesTracker_get(&pov);
    const dispatch_queue_capacity *room = &state.relay_dispatch_queue_remaining_capacity;
    uint32_t left_in_pov = saturating_sub_u32(config->max_upward_message_num_per_candidate, pov.ump_msg_count);
    used.ump_msg_count = count_fitting(&used.ump_total_bytes, &queues->upward,
                                       min_u32(room->remaining_count, left_in_pov), room->remaining_size);
    byte_vecs upward = {queues->upward.items, used.ump_msg_count};
    outbound_hrmp_messages horizontal;
    uint32_t waiting = queues->horizontal.len;
    horizontal_take(&horizontal, &queues->horizontal, &state.egress_channels, &pov.hrmp_outbound_recipients,
                    saturating_sub_u32(config->hrmp_max_message_num_per_candidate, pov.hrmp_outbound_count));
    if (queues->horizontal.len != waiting)
        parachain_system_PendingHrmpMessages_put(&queues->horizontal);
    if (upward.len) {
        queues->upward.items += upward.len;
        queues->upward.len -= upward.len;
        parachain_system_PendingUpwardMessages_put(&queues->upward);
    }
    if (horizontal.len) {
        parachain_system_HrmpOutboundMessages_put(&horizontal);
        count_horizontal(&used, &pov, &horizontal);
    }
    if (upward.len + horizontal.len) {
        note_sent(&pov, upward.len, relay_root, digest);
        segment_add_used(&used);
    }
    return upward;
}

void outbound_send(const h256 *relay_root, const struct core_digest *digest) {
    struct queues queues;
    byte_vecs sent = {NULL, 0};
    uint32_t threshold = 0;
    parachain_system_PendingUpwardMessages_get(&queues.upward);
    parachain_system_PendingHrmpMessages_get(&queues.horizontal);
    if (queues.upward.len + queues.horizontal.len) {
        host_configuration config;
        parachain_system_HostConfiguration_get(&config);
        threshold = config.max_upward_queue_size / QUEUE_THRESHOLD_FACTOR;
        sent = take_fitting(&queues, &config, relay_root, digest);
    }
    if (core_digest_is_last(digest))
        append_signals(&sent, digest);
    if (sent.len)
        parachain_system_UpwardMessages_put(&sent);
    if (total_size(&queues.upward) <= threshold)
        lower_fee_factor();
}
