/* descendants.c - see descendants.h. BABE's digests: polkadot-sdk stable2609 substrate/primitives/consensus/babe. */
#include "parachain_system/descendants.h"

#include "host/host.h"

/* BABE's PreDigest and ConsensusLog, and sizes of their fields. */
enum { PRIMARY = 1, SECONDARY_PLAIN = 2, SECONDARY_VRF = 3, NEXT_EPOCH_DATA = 1 };
enum { SLOT_SIZE = 8, VRF_SIZE = 32 + 64, RANDOMNESS_SIZE = 32, SEAL_SIZE = 64, AUTHORITY_SIZE = 32 + 8 };

/* twox128("Babe") ++ twox128("Authorities"), twox128("NextAuthorities"). */
static const uint8_t authorities_key[STORAGE_PREFIX_SIZE] = {
    0x1c, 0xb6, 0xf3, 0x6e, 0x02, 0x7a, 0xbb, 0x20, 0x91, 0xcf, 0xb5, 0x11, 0x0a, 0xb5, 0x08, 0x7f,
    0x5e, 0x06, 0x21, 0xc4, 0x86, 0x9a, 0xa6, 0x0c, 0x02, 0xbe, 0x9a, 0xdc, 0xc9, 0x8a, 0x0d, 0x1d,
};
static const uint8_t next_authorities_key[STORAGE_PREFIX_SIZE] = {
    0x1c, 0xb6, 0xf3, 0x6e, 0x02, 0x7a, 0xbb, 0x20, 0x91, 0xcf, 0xb5, 0x11, 0x0a, 0xb5, 0x08, 0x7f,
    0xaa, 0xcf, 0x00, 0xb9, 0xb4, 0x1f, 0xda, 0x7a, 0x92, 0x68, 0x82, 0x1c, 0x2a, 0x2b, 0x3e, 0x4c,
};

/* Vec<(key, weight)> in place. */
struct authorities {
    const uint8_t *at;
    uint32_t count;
};

/* What BABE says in a header; the last item of each kind counts. */
struct babe {
    struct authorities next;
    uint32_t author;
    bool has_author, begins_epoch;
};

static bool read_authorities(struct authorities *out, struct reader *in) {
    out->count = read_compact_u32(in);
    if (out->count > reader_left(in) / AUTHORITY_SIZE)
        return reader_fail(in);
    out->at = read_raw(in, out->count * AUTHORITY_SIZE);
    return !in->failed;
}

static bool find_authorities(struct authorities *out, const struct relay_state *relay, const uint8_t *key) {
    struct bytes value;
    if (relay_state_look_up(relay, (struct bytes){key, STORAGE_PREFIX_SIZE}, &value) != TRIE_READ_FOUND)
        return false;
    struct reader in = reader_over(value, NULL);
    return read_authorities(out, &in);
}

static void read_pre_digest(struct babe *out, struct bytes data) {
    struct reader in = reader_over(data, NULL);
    uint8_t kind = read_u8(&in);
    uint32_t author = read_u32(&in);
    read_raw(&in, kind == SECONDARY_PLAIN ? SLOT_SIZE : SLOT_SIZE + VRF_SIZE);
    if (in.failed || kind < PRIMARY || kind > SECONDARY_VRF)
        return;
    out->author = author;
    out->has_author = true;
}

static void read_consensus_log(struct babe *out, struct bytes data) {
    struct reader in = reader_over(data, NULL);
    struct authorities next;
    if (read_u8(&in) != NEXT_EPOCH_DATA || !read_authorities(&next, &in) || !read_raw(&in, RANDOMNESS_SIZE))
        return;
    out->next = next;
    out->begins_epoch = true;
}

static bool is_babe(const bytes4 *engine) { return memcmp(engine->at, "BABE", 4) == 0; }

static void read_babe(struct babe *out, const digest_items *logs) {
    *out = (struct babe){.has_author = false};
    for (uint32_t i = 0; i < logs->len; i++) {
        const digest_item *item = &logs->items[i];
        if (item->tag == digest_item_PreRuntime && is_babe(&item->as.PreRuntime.engine))
            read_pre_digest(out, item->as.PreRuntime.data);
        else if (item->tag == digest_item_Consensus && is_babe(&item->as.Consensus.engine))
            read_consensus_log(out, item->as.Consensus.data);
    }
}

static void hash_header(h256 *hash, const relay_header *header) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    host_blake2_256(hash->at, scale_encode_in(&arena_scratch, &relay_header_type, header));
    arena_rewind(&arena_scratch, mark);
}

static void check_seal(const relay_header *sealed, const uint8_t *author) {
    relay_header header = *sealed;
    h256 hash;
    const digest_item *seal = &header.digest.logs.items[--header.digest.logs.len];
    if (seal->tag != digest_item_Seal || !is_babe(&seal->as.Seal.engine) || seal->as.Seal.data.len < SEAL_SIZE)
        PANIC("a relay parent descendant does not end with its seal");
    hash_header(&hash, &header);
    if (!host_sr25519_verify(seal->as.Seal.data.at, (struct bytes){hash.at, sizeof hash.at}, author))
        PANIC("a descendant's seal is wrong");
}

void descendants_verify(const struct relay_state *relay, const relay_headers *headers, uint32_t offset) {
    struct authorities now, next;
    h256 parent;
    if (headers->len == 0 || headers->len - 1 != offset)
        PANIC("the number of relay parent descendants is not the offset's");
    if (!find_authorities(&now, relay, authorities_key))
        PANIC("the relay chain proof shows no authorities");
    bool has_next = find_authorities(&next, relay, next_authorities_key);
    if (memcmp(headers->items[0].state_root.at, relay->root.at, 32) != 0)
        PANIC("the relay parent has another state root");
    for (uint32_t i = 0; i < headers->len; i++) {
        const relay_header *header = &headers->items[i];
        struct babe babe;
        if (i && memcmp(header->parent_hash.at, parent.at, 32) != 0)
            PANIC("the descendants do not form a chain");
        hash_header(&parent, header);
        read_babe(&babe, &header->digest.logs);
        if (!babe.has_author)
            PANIC("a descendant names no author");
        /* The relay parent's own new epoch is in the state that the proof is of. */
        if (i && babe.begins_epoch) {
            if (!has_next)
                PANIC("the relay chain proof shows no authorities of the next epoch");
            now = next;
            next = babe.next;
        }
        if (babe.author >= now.count)
            PANIC("a descendant's author is unknown");
        check_seal(header, now.at + babe.author * AUTHORITY_SIZE);
    }
}
