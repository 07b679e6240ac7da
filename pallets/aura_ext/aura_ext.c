/* aura_ext.c - see aura_ext.h. Mirrors polkadot-sdk stable2609 cumulus/pallets/aura-ext/src/{lib,consensus_hook}.rs. */
#include "aura_ext/aura_ext.h"

#include "parachain_system/parachain_system.h"
#include "state/overlay.h"

#define VELOCITY (BLOCK_VELOCITY > 1 ? BLOCK_VELOCITY : 1)
#define CAPACITY (UNINCLUDED_SEGMENT_CAPACITY > 1 ? UNINCLUDED_SEGMENT_CAPACITY : 1)

static struct bytes value_key(const struct storage_desc *item) {
    return (struct bytes){storage_prefix(item), STORAGE_PREFIX_SIZE};
}

/* The whole value must pass through here: a long one is stored by its hash, and the proof has to hold the bytes. */
weight aura_ext_on_initialize(void) {
    struct bytes value;
    UNUSED bool present = overlay_get(value_key(&aura_ext_Authorities_storage), &value);
    return (weight){READS(1), 0};
}

/* Both values have one type, so their bytes are compared and copied as they are. An absent list is an empty one. */
static void copy_authorities(void) {
    static const uint8_t none[] = {0};
    struct bytes from, to;
    if (!overlay_get(value_key(&aura_Authorities_storage), &from))
        from = (struct bytes){none, sizeof none};
    if (!overlay_get(value_key(&aura_ext_Authorities_storage), &to) || !bytes_equal(from, to))
        overlay_put(value_key(&aura_ext_Authorities_storage), from);
}

void aura_ext_on_finalize(void) { copy_authorities(); }

uint32_t aura_ext_on_state_proof(weight *used, uint64_t relay_slot) {
    relay_slot_info seen;
    if (!aura_ext_RelaySlotInfo_get(&seen) || seen.slot < relay_slot)
        seen = (relay_slot_info){relay_slot, 0};
    if (seen.slot > relay_slot)
        PANIC("the relay chain slot moved backwards");
    /* One block more than the velocity may fill the unincluded segment. */
    if (seen.authored > VELOCITY)
        PANIC("too many blocks in the relay chain slot");
    seen.authored++;
    aura_ext_RelaySlotInfo_put(&seen);

    aura_slot slot;
    aura_CurrentSlot_get(&slot);
    if (slot != saturating_mul_u64(relay_slot, RELAY_SLOT_DURATION_MS) / SLOT_DURATION_MS)
        PANIC("the Aura slot does not match the relay chain slot");
    *used = weight_add(*used, (weight){READS(1), 0});
    return CAPACITY;
}

bool aura_ext_can_build_upon(const h256 *included, uint64_t relay_slot) {
    relay_slot_info seen;
    if (!aura_ext_RelaySlotInfo_get(&seen))
        return true;
    if (parachain_system_unincluded_size_after(included) >= UNINCLUDED_SEGMENT_CAPACITY)
        return false;
    return seen.slot == relay_slot ? seen.authored < VELOCITY + 1 : seen.slot < relay_slot;
}

bool aura_ext_relay_slot(uint64_t *slot) {
    relay_slot_info seen;
    bool some = aura_ext_RelaySlotInfo_get(&seen);
    *slot = seen.slot;
    return some;
}

void aura_ext_genesis(void) { copy_authorities(); }
