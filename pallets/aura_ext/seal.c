/* seal.c - see seal.h. Mirrors polkadot-sdk stable2609 cumulus/pallets/aura-ext/src/lib.rs#verify_and_remove_seal and
 * pallet-aura src/lib.rs#find_author. */
#include "aura_ext/seal.h"

#include "aura_ext/aura_ext.h"
#include "host/host.h"
#include "state/overlay.h"
#include "system/system.h"

enum { SIGNATURE = 64, PUBLIC_KEY = 32 };

/* FRAME counts Aura's own list here. It equals the copy at the start of every block, and of the two only the copy is
 * certain to be in the proof: each block reads it first of all. */
static const uint8_t *author_of(struct bytes slot) {
    struct bytes value = {NULL, 0};
    UNUSED bool present = overlay_entry_get(storage_entry(&aura_ext_Authorities_storage, NULL), &value);
    struct reader keys = reader_over(value, NULL);
    uint32_t count = read_compact_u32(&keys);
    if (slot.len < sizeof(uint64_t) || count == 0 || count != reader_left(&keys) / PUBLIC_KEY)
        PANIC("Could not find AuRa author index!");
    return keys.at + PUBLIC_KEY * (load_u64(slot.at) % count);
}

struct bytes aura_ext_remove_seal(struct bytes header) {
    struct reader in = reader_over(header, NULL);
    read_raw(&in, 32);
    read_compact_u32(&in);
    read_raw(&in, 64);
    struct writer out = writer_over(arena_alloc(&arena_scratch, header.len), header.len);
    write_raw(&out, header.at, header.len - reader_left(&in));
    const uint8_t *seal = NULL;
    struct bytes slot = {NULL, 0};
    struct digest_view item;
    uint32_t count = read_compact_u32(&in);
    write_compact_u32(&out, saturating_sub_u32(count, 1));
    while (system_next_digest_item(&in, &item)) {
        bool aura = item.engine && memcmp(item.engine, "aura", 4) == 0;
        if (aura && item.tag == digest_item_Seal && item.data.len == SIGNATURE) {
            if (seal)
                PANIC("Found multiple AuRa seal digests");
            seal = item.data.at;
            continue;
        }
        if (aura && item.tag == digest_item_PreRuntime && !slot.at)
            slot = item.data;
        write_slice(&out, item.whole);
    }
    if (!seal || in.failed)
        PANIC("Could not find an AuRa seal digest!");
    uint8_t hash[32];
    host_blake2_256(hash, writer_bytes(&out));
    if (!host_sr25519_verify(seal, (struct bytes){hash, sizeof hash}, author_of(slot)))
        PANIC("Invalid AuRa seal");
    return writer_bytes(&out);
}
