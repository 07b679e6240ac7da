/* collation.c - what the collator asks: slots, authorities, session keys, the unincluded segment, collation info,
 * relay chain parameters. */
#include "api/api.h"
#include "aura/aura.h"
#include "aura_ext/aura_ext.h"
#include "parachain_info/parachain_info.h"
#include "parachain_system/parachain_system.h"
#include "session/session.h"

/* Constants only: tools call these on any state. */
void api_AuraApi_slot_duration(UNUSED struct reader *in, struct writer *out) { write_u64(out, SLOT_DURATION_MS); }
void api_RelayParentOffsetApi_relay_parent_offset(UNUSED struct reader *in, struct writer *out) {
    write_u32(out, RELAY_PARENT_OFFSET);
}
void api_RelayParentOffsetApi_max_claim_queue_offset(UNUSED struct reader *in, struct writer *out) {
    write_u8(out, MAX_CLAIM_QUEUE_OFFSET);
}
void api_SchedulingV3EnabledApi_scheduling_v3_enabled(UNUSED struct reader *in, struct writer *out) { write_u8(out, 0); }
void api_TargetBlockRate_target_block_rate(UNUSED struct reader *in, struct writer *out) {
    write_u32(out, TARGET_BLOCK_RATE);
}
/* The standard keys suffice. */
void api_KeyToIncludeInRelayProof_keys_to_prove(UNUSED struct reader *in, struct writer *out) {
    write_compact_u32(out, 0);
}

void api_AuraApi_authorities(UNUSED struct reader *in, struct writer *out) {
    aura_authorities authorities;
    aura_Authorities_get(&authorities);
    api_answer(out, scale_encode_in(&arena_state, &aura_authorities_type, &authorities));
}

void api_GetParachainInfo_parachain_id(UNUSED struct reader *in, struct writer *out) {
    write_u32(out, parachain_info_id());
}

void api_AuraUnincludedSegmentApi_can_build_upon(struct reader *in, struct writer *out) {
    h256 included;
    read_into(in, &included, 32);
    uint64_t relay_slot = read_u64(in);
    if (in->failed)
        PANIC("arguments do not decode");
    write_u8(out, aura_ext_can_build_upon(&included, relay_slot));
}

void api_CollectCollationInfo_collect_collation_info(struct reader *in, struct writer *out) {
    api_answer(out, parachain_system_collation_info((struct bytes){in->at, reader_left(in)}));
}

void api_SessionKeys_generate_session_keys(struct reader *in, struct writer *out) {
    session_keys keys;
    uint8_t proof[SESSION_PROOF_SIZE];
    struct bytes owner = read_bytes(in, UINT32_MAX), seed = {NULL, 0};
    bool has_seed = read_bool(in);
    if (has_seed)
        seed = read_bytes(in, 256);
    if (in->failed)
        PANIC("arguments do not decode");
    session_generate_keys(&keys, proof, owner, has_seed, seed);
    write_bytes(out, (struct bytes){(const uint8_t *)&keys, sizeof keys});
    write_bytes(out, (struct bytes){proof, sizeof proof});
}

void api_SessionKeys_decode_session_keys(struct reader *in, struct writer *out) {
    session_keys keys;
    struct bytes encoded = read_bytes(in, UINT32_MAX);
    if (in->failed)
        PANIC("arguments do not decode");
    bool good = session_decode_keys(encoded, &keys);
    write_u8(out, good);
    if (!good)
        return;
    write_compact_u32(out, 1);
    write_bytes(out, (struct bytes){(const uint8_t *)&keys, sizeof keys});
    write_raw(out, &session_aura_key_type, sizeof session_aura_key_type);
}
