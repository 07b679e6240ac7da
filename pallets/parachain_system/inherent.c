/* inherent.c - set_validation_data, the inherent of every block. It panics, and so refuses the block, when
 *   it runs twice; the relay parent's number is lower than the last block's;
 *   the digest holds two core infos, or one with a claim queue offset over what is allowed;
 *   the relay chain proof lacks its root, a value on the way to something that is read, or the slot, the included head,
 *   the host configuration or an open channel; or when one of them does not decode;
 *   with a relay parent offset, the descendants are not as they must be (descendants.h);
 *   the consensus hook refuses (aura_ext.h); the unincluded segment is full (segment.h);
 *   the upgrade signal does not fit the pending code; the messages do not lead to the queue heads (messages.h).
 * It does not look at parent_head and max_pov_size: the first is checked by the validators' entry point, development
 * nodes leave the second 0.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs#set_validation_data. */
#include "aura_ext/aura_ext.h"
#include "parachain_system/descendants.h"
#include "parachain_system/messages.h"
#include "parachain_system/outbound.h"
#include "parachain_system/segment.h"
#include "state/overlay.h"

static int compare(struct bytes a, struct bytes b) {
    int order = memcmp(a.at, b.at, min_u32(a.len, b.len));
    return order ? order : a.len < b.len ? -1 : a.len > b.len;
}

/* Moves `root` down the heap of the first `count` nodes. */
static void sift(struct bytes *nodes, uint32_t root, uint32_t count) {
    for (uint32_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare(nodes[child], nodes[child + 1]) < 0)
            child++;
        if (compare(nodes[root], nodes[child]) >= 0)
            return;
        struct bytes held = nodes[root];
        nodes[root] = nodes[child];
        nodes[child] = held;
    }
}

static void sort(struct bytes *nodes, uint32_t count) {
    for (uint32_t i = count / 2; i-- > 0;)
        sift(nodes, i, count);
    for (uint32_t end = count; end-- > 1;) {
        struct bytes held = nodes[0];
        nodes[0] = nodes[end];
        nodes[end] = held;
        sift(nodes, 0, end);
    }
}

/* The proof is a set: whatever order it came in, it is stored sorted and without duplicates. Nodes send it so. */
static trie_nodes canonical(const trie_nodes *given) {
    uint32_t i = 1;
    while (i < given->len && compare(given->items[i - 1], given->items[i]) < 0)
        i++;
    if (i >= given->len)
        return *given;
    trie_nodes out = {arena_alloc(&arena_scratch, given->len * sizeof *out.items), 1};
    memcpy(out.items, given->items, given->len * sizeof *out.items);
    sort(out.items, given->len);
    for (i = 1; i < given->len; i++)
        if (compare(out.items[out.len - 1], out.items[i]) < 0)
            out.items[out.len++] = out.items[i];
    return out;
}

/* Stores the proof and returns its bytes: encoded once, for the state and for reading. */
static struct bytes store_proof(const storage_proof *proof) {
    storage_proof set = {canonical(&proof->trie_nodes)};
    struct bytes encoded = scale_encode_in(&arena_state, &storage_proof_type, &set);
    const uint8_t *key = storage_prefix(&parachain_system_RelayStateProof_storage);
    overlay_put_borrowed((struct bytes){key, STORAGE_PREFIX_SIZE}, encoded);
    return encoded;
}

/* The root tells collators which relay parent the block was built on. */
static void deposit_relay_root(const persisted_validation_data *data) {
    uint8_t payload[32 + 5];
    struct writer out = writer_over(payload, sizeof payload);
    write_raw(&out, data->relay_parent_storage_root.at, 32);
    write_compact_u32(&out, data->relay_parent_number);
    digest_item item = {.tag = digest_item_Consensus};
    memcpy(item.as.Consensus.engine.at, "RPSR", 4);
    item.as.Consensus.data = writer_bytes(&out);
    system_deposit_log(&item);
}

static void apply_pending_code(uint32_t relay_parent_number) {
    struct bytes code;
    struct bytes key = {storage_prefix(&parachain_system_PendingValidationCode_storage), STORAGE_PREFIX_SIZE};
    if (!overlay_get(key, &code))
        PANIC("no upgrade is pending");
    struct reader in = reader_over(code, NULL);
    system_update_code(read_bytes(&in, UINT32_MAX));
    parachain_system_PendingValidationCode_kill();
    DEPOSIT(parachain_system, ValidationFunctionApplied, .relay_chain_block_num = relay_parent_number);
}

/* Acts on the relay chain's answer to an upgrade; *consumed is the signal when this block is the one that does. An
 * unincluded ancestor may have done so: the relay chain shows the signal until that block is included. */
static void handle_go_ahead(option_upgrade_go_ahead *consumed, const option_upgrade_go_ahead *signal,
                            const segment_tracker *tracker, uint32_t relay_parent_number) {
    const option_upgrade_go_ahead *before = &tracker->consumed_go_ahead_signal;
    *consumed = (option_upgrade_go_ahead){.some = false};
    if (before->some) {
        if (!signal->some || signal->value != before->value)
            PANIC("another upgrade signal was consumed");
        return;
    }
    if (!signal->some)
        return;
    *consumed = *signal;
    if (signal->value == upgrade_go_ahead_GoAhead) {
        apply_pending_code(relay_parent_number);
    } else {
        parachain_system_PendingValidationCode_kill();
        DEPOSIT0(parachain_system, ValidationFunctionDiscarded);
    }
}

/* The end of the block removes it. */
static void store_restriction(const struct relay_state *relay) {
    option_upgrade_restriction restriction;
    relay_state_restriction(relay, &restriction);
    if (restriction.some)
        parachain_system_UpgradeRestrictionSignal_put(&restriction);
}

static void take_peer_id(const option_approved_peer_id *peer) {
    if (peer->some)
        parachain_system_PendingApprovedPeer_put(&peer->value);
    else
        parachain_system_PendingApprovedPeer_kill();
}

static void check_first_and_forward(uint32_t relay_parent_number) {
    if (parachain_system_ValidationData_exists())
        PANIC("validation data must be set once in a block");
    if (relay_parent_number < parachain_system_last_relay_block_number())
        PANIC("the relay parent's number went back");
}

/* What FRAME does when a block begins: see parachain_system_on_initialize. */
static void begin_block(const persisted_validation_data *data) {
    struct core_digest digest;
    core_digest_read(&digest);
    if (digest.core_infos > 1)
        PANIC("too many core infos");
    if (digest.claim_queue_offset > MAX_CLAIM_QUEUE_OFFSET + RELAY_PARENT_OFFSET)
        PANIC("the claim queue offset is too large");
    uint16_t cores = digest.core_infos ? digest.cores : 1;
    parachain_system_PreviousCoreCount_put(&cores);
    /* Code that was announced ahead of the inherent is this block's. */
    if (parachain_system_DidSetValidationCode_exists())
        parachain_system_DidSetValidationCode_kill();
    else
        parachain_system_NewValidationCode_kill();
    parachain_system_CustomValidationHeadData_kill();
    outbound_begin(&data->relay_parent_storage_root, &digest);
    parachain_system_LastRelayChainBlockNumber_put(&data->relay_parent_number);
}

static weight load_segment(struct segment *segment, const struct relay_state *relay) {
    weight used = {0, 0};
    uint32_t capacity = aura_ext_on_state_proof(&used, relay_state_slot(relay));
    h256 included, parent;
    relay_state_included_head(relay, &included);
    system_ParentHash_get(&parent);
    return weight_add(used, segment_load(segment, &parent, &included, capacity));
}

/* What on_finalize may need to send messages to other parachains. FRAME reserves it when the block begins, by the
 * configuration of the block before, and then sends no more than was reserved. */
static weight sending_weight(const host_configuration *config) {
    uint64_t most = config->hrmp_max_message_num_per_candidate;
    return (weight){most * (READS(1) + WRITES(1)), 0};
}

static weight take_messages(uint32_t *watermark, const inbound_messages_data *given, const messaging_state *messaging,
                            uint32_t relay_parent_number) {
    weight used = messages_take_downward(&given->downward_messages, &messaging->dmq_mqc_head);
    used = weight_add(used, messages_take_horizontal(&given->horizontal_messages, &messaging->ingress_channels,
                                                     relay_parent_number));
    parachain_system_HrmpWatermark_get(watermark);
    return used;
}

dispatch_result parachain_system_set_validation_data(struct dispatch *ctx,
                                                     const parachain_system_call_set_validation_data *args) {
    TRY(ensure_none(&ctx->origin));
    const persisted_validation_data *data = &args->data.validation_data;
    uint32_t number = data->relay_parent_number;
    check_first_and_forward(number);
    begin_block(data);

    struct relay_state relay;
    struct segment segment;
    option_upgrade_go_ahead signal, consumed;
    relay_state_open(&relay, store_proof(&args->data.relay_chain_state), &data->relay_parent_storage_root,
                     parachain_info_id());
    if (RELAY_PARENT_OFFSET > 0)
        descendants_verify(&relay, &args->data.relay_parent_descendants, RELAY_PARENT_OFFSET);
    weight used = load_segment(&segment, &relay);
    deposit_relay_root(data);
    relay_state_go_ahead(&relay, &signal);
    handle_go_ahead(&consumed, &signal, &segment.tracker, number);
    store_restriction(&relay);

    host_configuration config;
    messaging_state messaging;
    relay_state_host_configuration(&relay, &config);
    relay_state_messaging(&relay, &messaging, &config);
    used = weight_add(used, sending_weight(&config));
    parachain_system_ValidationData_put(data);
    parachain_system_HostConfiguration_put(&config);

    struct clock_relay_value vrf, one_epoch_ago;
    relay_state_randomness(&relay, &vrf, &one_epoch_ago);
    clock_note_relay_parent(number, vrf, one_epoch_ago);
    take_peer_id(&args->data.collator_peer_id);

    uint32_t watermark;
    used = weight_add(used, take_messages(&watermark, &args->inbound_messages_data, &messaging, number));
    segment_open(&segment, &messaging, &consumed, watermark, number);
    parachain_system_RelevantMessagingState_put(&messaging);
    system_register_weight(used, CLASS_MANDATORY);
    return DISPATCH_OK;
}
