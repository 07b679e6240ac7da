/* parachain_system.c - see parachain_system.h: the block's begin and end, code upgrades, collation info, genesis.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/lib.rs. */
#include "parachain_system/core_digest.h"
#include "parachain_system/outbound.h"
#include "state/overlay.h"

/* The stored bytes of a value. */
static bool raw_value(const struct storage_desc *item, struct bytes *value) {
    return overlay_entry_get(storage_entry(item, NULL), value) && value->len;
}

/* FRAME also forgets the last block's outputs, tells the unincluded segment the parent's hash and checks the core info
 * here. All of that may wait for the inherent: nothing before it reads or writes them, and no block is valid without
 * it. */
weight parachain_system_on_initialize(void) {
    parachain_system_ValidationData_kill();
    /* FRAME's counts of reads and writes for both hooks. */
    return (weight){READS(17) + WRITES(18), 0};
}

/* The encoded validation data ends with the relay chain's root and the largest proof's size. */
static void relay_root_of(h256 *root, struct bytes validation_data) {
    enum { ROOT_AND_SIZE = 32 + 4 };
    ASSERT(validation_data.len >= ROOT_AND_SIZE);
    memcpy(root->at, validation_data.at + validation_data.len - ROOT_AND_SIZE, 32);
}

void parachain_system_on_finalize(void) {
    struct bytes validation_data;
    struct core_digest digest;
    h256 root;
    if (!raw_value(&parachain_system_ValidationData_storage, &validation_data))
        PANIC("set_validation_data did not run in this block");
    relay_root_of(&root, validation_data);
    parachain_system_UpgradeRestrictionSignal_kill_now();
    core_digest_read(&digest);
    outbound_send(&root, &digest);
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
    if (system_encoded_phase().at[0] != execution_phase_ApplyExtrinsic)
        parachain_system_DidSetValidationCode_put(&(const boolean){true});
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
