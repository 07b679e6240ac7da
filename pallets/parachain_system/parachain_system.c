/* parachain_system.c - see parachain_system.h: the block's begin and end, code upgrades, collation info, genesis.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs. */
#include "parachain_system/core_digest.h"
#include "parachain_system/outbound.h"
#include "parachain_system/segment.h"
#include "state/overlay.h"

/* FRAME also removes here what every later block overwrites (messages sent and received) and reads what validators will
 * read; here the same keys are written in every block, which brings them into the proof as well. DidSetValidationCode is
 * never set yet: this hook runs before those of all pallets but System. */
weight parachain_system_on_initialize(void) {
    h256 parent;
    parachain_system_NewValidationCode_kill();
    parachain_system_ValidationData_kill();
    parachain_system_CustomValidationHeadData_kill();
    system_ParentHash_get(&parent);
    segment_note_parent(&parent);

    struct core_digest digest;
    core_digest_read(&digest);
    if (digest.core_infos > 1)
        PANIC("the digest holds more than one core info");
    if (digest.claim_queue_offset > MAX_CLAIM_QUEUE_OFFSET + RELAY_PARENT_OFFSET)
        PANIC("the claim queue offset is too large");
    /* FRAME's counts of reads and writes for both hooks. */
    return (weight){READS(17) + WRITES(18), 0};
}

/* What the blocks of this proof of validity sent so far: nothing, unless the stored sum is of the same relay parent and
 * core and of an earlier place in the bundle. */
static void load_pov_messages(pov_messages *out, const h256 *relay_root, const struct core_digest *digest) {
    bool some = parachain_system_PoVMessagesTracker_get(out);
    if (!some || memcmp(out->relay_storage_root_or_hash.at, relay_root->at, 32) != 0 ||
        out->core_selector != digest->selector || digest->bundle_index <= out->bundle_index)
        *out = (pov_messages){0};
    out->relay_storage_root_or_hash = *relay_root;
    out->core_selector = digest->selector;
    out->bundle_index = digest->bundle_index;
}

/* No pallet of this chain sends to other parachains: the list of this block is empty, and of the previous block's none
 * must be left. */
static void send_horizontal(void) {
    parachain_system_AnnouncedHrmpMessagesPerCandidate_kill();
    parachain_system_HrmpOutboundMessages_put(&(outbound_hrmp_messages){NULL, 0});
}

static void send_and_append(const persisted_validation_data *data, const host_configuration *config,
                            const messaging_state *total, const option_upgrade_go_ahead *go_ahead) {
    segment_tracker tracker;
    messaging_state lowered = *total;
    if (total->egress_channels.len) {
        size_t size = total->egress_channels.len * sizeof *total->egress_channels.items;
        lowered.egress_channels.items = arena_alloc(&arena_scratch, size);
        memcpy(lowered.egress_channels.items, total->egress_channels.items, size);
    }
    parachain_system_AggregatedUnincludedSegment_get(&tracker);
    if (segment_lower_limits(&lowered, &tracker))
        parachain_system_RelevantMessagingState_put(&lowered);

    struct core_digest digest;
    pov_messages pov;
    used_bandwidth used = {0};
    core_digest_read(&digest);
    load_pov_messages(&pov, &data->relay_parent_storage_root, &digest);
    outbound_send_upward(&used, &pov, &lowered, config, &digest);
    uint16_t cores = digest.core_infos ? digest.cores : 1;
    parachain_system_PreviousCoreCount_put(&cores);
    send_horizontal();
    parachain_system_PoVMessagesTracker_put(&pov);
    /* A signal that an ancestor consumed is not consumed again. */
    static const option_upgrade_go_ahead none;
    segment_append(&tracker, &used, tracker.consumed_go_ahead_signal.some ? &none : go_ahead, total,
                   data->relay_parent_number);
}

void parachain_system_on_finalize(void) {
    option_upgrade_go_ahead go_ahead;
    persisted_validation_data data;
    host_configuration config;
    messaging_state messaging;
    parachain_system_DidSetValidationCode_kill();
    parachain_system_UpgradeRestrictionSignal_kill();
    if (parachain_system_UpgradeGoAhead_get(&go_ahead))
        parachain_system_UpgradeGoAhead_kill();
    if (!parachain_system_ValidationData_get(&data))
        PANIC("set_validation_data did not run in this block");
    parachain_system_LastRelayChainBlockNumber_put(&data.relay_parent_number);
    /* The inherent wrote both. */
    if (!parachain_system_HostConfiguration_get(&config) || !parachain_system_RelevantMessagingState_get(&messaging))
        return;
    send_and_append(&data, &config, &messaging, &go_ahead);
}

dispatch_result parachain_system_schedule_code(struct bytes code) {
    option_upgrade_restriction restriction;
    host_configuration config;
    if (!parachain_system_ValidationData_exists())
        return PALLET_ERROR(parachain_system, ValidationDataNotAvailable);
    parachain_system_UpgradeRestrictionSignal_get(&restriction);
    if (restriction.some)
        return PALLET_ERROR(parachain_system, ProhibitedByPolkadot);
    if (parachain_system_PendingValidationCode_exists())
        return PALLET_ERROR(parachain_system, OverlappingUpgrades);
    if (!parachain_system_HostConfiguration_get(&config))
        return PALLET_ERROR(parachain_system, HostConfigurationNotAvailable);
    if (code.len > config.max_code_size)
        return PALLET_ERROR(parachain_system, TooBig);
    parachain_system_NewValidationCode_put(&code);
    parachain_system_DidSetValidationCode_put(&(boolean){true});
    parachain_system_PendingValidationCode_put(&code);
    DEPOSIT0(parachain_system, ValidationFunctionStored);
    return DISPATCH_OK;
}

uint32_t parachain_system_last_relay_block_number(void) {
    uint32_t number;
    parachain_system_LastRelayChainBlockNumber_get(&number);
    return number;
}

/* --- collation info: stored values already are the encoded fields --- */

static bool raw_value(const struct storage_desc *item, struct bytes *value) {
    return overlay_get((struct bytes){item->prefix, STORAGE_PREFIX_SIZE}, value) && value->len;
}

static struct bytes raw_list(const struct storage_desc *item) {
    static const uint8_t empty[] = {0};
    struct bytes value;
    return raw_value(item, &value) ? value : (struct bytes){empty, sizeof empty};
}

struct bytes parachain_system_collation_info(struct bytes header) {
    struct bytes upward = raw_list(&parachain_system_UpwardMessages_storage);
    struct bytes horizontal = raw_list(&parachain_system_HrmpOutboundMessages_storage);
    struct bytes code, head;
    bool has_code = raw_value(&parachain_system_NewValidationCode_storage, &code);
    bool has_head = raw_value(&parachain_system_CustomValidationHeadData_storage, &head);
    uint32_t processed, watermark;
    parachain_system_ProcessedDownwardMessages_get(&processed);
    parachain_system_HrmpWatermark_get(&watermark);

    size_t size = (size_t)upward.len + horizontal.len + 1 + (has_code ? code.len : 0) + 8 +
                  (has_head ? head.len : 5 + header.len);
    struct writer out = writer_over(arena_alloc(&arena_scratch, size), size);
    write_slice(&out, upward);
    write_slice(&out, horizontal);
    write_u8(&out, has_code ? 1 : 0);
    if (has_code)
        write_slice(&out, code);
    write_u32(&out, processed);
    write_u32(&out, watermark);
    if (has_head)
        write_slice(&out, head);
    else
        write_bytes(&out, header);
    return writer_bytes(&out);
}

void parachain_system_genesis(void) {
    /* Once a workaround of the relay chain's tools; every parachain's genesis has it. */
    overlay_put((struct bytes){(const uint8_t *)":c", 2}, (struct bytes){NULL, 0});
}
