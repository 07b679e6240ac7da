/* aura.c - see aura.h. Mirrors polkadot-sdk stable2609 pallet-aura src/lib.rs with AllowMultipleBlocksPerSlot and, as
 * the parachain template, without disabled validators. */
#include "aura/aura.h"

#include "host/host.h"
#include "state/overlay.h"
#include "system/system.h"
#include "timestamp/timestamp.h"

/* Consensus log of the authority change: variant 1 of sp_consensus_aura::ConsensusLog. */
enum { AUTHORITIES_CHANGE = 1 };

bool aura_digest_slot(uint64_t *slot) {
    struct bytes data;
    if (!system_find_pre_runtime(AURA_ENGINE, &data) || data.len < 8)
        return false;
    *slot = load_u64(data.at);
    return true;
}

weight aura_on_initialize(void) {
    uint64_t next, current;
    if (!aura_digest_slot(&next))
        return (weight){READS(1), 0};
    aura_CurrentSlot_get(&current);
    if (next < current)
        PANIC("Slot must not decrease");
    aura_CurrentSlot_put(&next);
    return (weight){READS(2) + WRITES(1), 0};
}

weight aura_on_runtime_upgrade(void) {
    uint64_t now, current;
    timestamp_Now_get(&now);
    aura_CurrentSlot_get(&current);
    const uint64_t slot = now / SLOT_DURATION_MS;
    if (slot == current)
        return (weight){READS(2), 0};
    aura_CurrentSlot_put(&slot);
    return (weight){READS(2) + WRITES(1), 0};
}

uint32_t aura_authority_count(void) {
    struct bytes value;
    if (!overlay_entry_get(storage_entry(&aura_Authorities_storage, NULL), &value))
        return 0;
    struct reader in = reader_over(value, &arena_scratch);
    return read_compact_u32(&in);
}

void aura_check_timestamp(uint64_t now) {
    uint64_t current;
    aura_CurrentSlot_get(&current);
    if (current != now / SLOT_DURATION_MS)
        PANIC("Timestamp slot must match `CurrentSlot`");
}

void aura_change_authorities(const aura_authorities *next) {
    if (next->len == 0) {
        LOG(HOST_LOG_WARN, "Ignoring empty authority change.");
        return;
    }
    struct overlay_entry *stored = storage_entry(&aura_Authorities_storage, NULL);
    struct bytes list = scale_encode_in(&arena_scratch, &aura_authorities_type, next), old;
    if (overlay_entry_get(stored, &old) && bytes_equal(old, list))
        return;
    overlay_entry_put(stored, list);
    uint8_t *log = arena_alloc(&arena_scratch, (size_t)list.len + 1);
    log[0] = AUTHORITIES_CHANGE;
    memcpy(log + 1, list.at, list.len);
    digest_item item = {.tag = digest_item_Consensus};
    memcpy(item.as.Consensus.engine.at, AURA_ENGINE, 4);
    item.as.Consensus.data = (struct bytes){log, list.len + 1};
    system_deposit_log(&item);
}

void aura_genesis(const aura_authorities *authorities) {
    if (authorities->len == 0)
        return;
    if (aura_authority_count())
        PANIC("Authorities are already initialized!");
    aura_Authorities_put(authorities);
}
