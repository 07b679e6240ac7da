/* block_data.c - see block_data.h. */
#include "pvf/block_data.h"

#include "host/host.h"
#include "parachain_system/core_digest.h"
#include "parachain_system/parachain_system.h"

static NORETURN NOINLINE void undecodable(void) { PANIC("Invalid parachain block data"); }

void params_decode(struct validation_params *out, struct bytes encoded) {
    enum { RELAY_PARENT = 4 + 32, EXTENSION_V3 = 3, EXTENSION = 32 + 32 };
    struct reader in = reader_over(encoded, NULL);
    out->parent_head = read_bytes(&in, UINT32_MAX);
    out->block_data = read_bytes(&in, UINT32_MAX);
    out->relay_parent = read_raw(&in, RELAY_PARENT);
    out->v3 = reader_left(&in) != 0;
    if (out->v3 && (read_u8(&in) != EXTENSION_V3 || !read_raw(&in, EXTENSION)))
        reader_fail(&in);
    if (in.failed)
        PANIC("Invalid arguments");
}

void pov_open(struct pov *out, struct bytes block_data) {
    static const char magic[] = "VERSIONEDPBD";
    enum { MAGIC = sizeof magic - 1 };
    out->blocks = reader_over(block_data, &arena_scratch);
    out->version = 0;
    out->count = 1;
    if (block_data.len < MAGIC || memcmp(block_data.at, magic, MAGIC) != 0)
        return;
    read_raw(&out->blocks, MAGIC);
    out->version = read_u8(&out->blocks);
    out->count = read_compact_u32(&out->blocks);
    if (out->blocks.failed || out->version - 1u > 1)
        undecodable();
}

struct bytes pov_next_header(struct reader *blocks, struct header *out) {
    const uint8_t *from = blocks->at;
    if (!header_decode(blocks, out))
        undecodable();
    return (struct bytes){from, (uint32_t)(blocks->at - from)};
}

/* Validators accept several blocks only as one whole bundle: numbered from 0, the last and no other marked as last. */
static void check_bundle(const struct header *header, uint32_t index, uint32_t count) {
    struct core_digest digest;
    core_digest_parse(&digest, reader_over(header->digest_items, NULL));
    if (!digest.bundled) {
        if (count > 1)
            PANIC("`BlockBundleInfo` is missing");
    } else if (digest.bundle_index != index || core_digest_is_last(&digest) != (index + 1 == count)) {
        PANIC("BlockBundleInfo mismatch");
    }
}

void pov_check_chain(struct pov *pov, struct bytes parent_head) {
    struct header header;
    struct reader *in = &pov->proof;
    *in = pov->blocks;
    if (pov->count == 0)
        PANIC("BlockData is empty");
    for (uint32_t i = 0; i < pov->count; i++) {
        uint8_t parent[32];
        host_blake2_256(parent, parent_head);
        parent_head = pov_next_header(in, &header);
        if (!equal_32(header.parent_hash.at, parent))
            PANIC("Not a valid chain of blocks");
        if (parent_head.len > POV_MAX_HEADER)
            PANIC("Header size exceeds MAX_HEAD_DATA_SIZE");
        check_bundle(&header, i, pov->count);
        for (uint32_t left = read_compact_u32(in); left && !in->failed; left--)
            read_bytes(in, UINT32_MAX);
    }
    if (in->failed)
        undecodable();
}

void pov_skip_scheduling(struct pov *pov) {
    enum { MAX_PEER = 64, HASH_AND_SIGNATURE = 32 + 64 };
    struct reader *in = &pov->proof;
    relay_headers chain;
    relay_header parent;
    if (pov->version < 2)
        return;
    bool good = scale_decode(&relay_headers_type, in, &chain) && scale_decode(&relay_header_type, in, &parent);
    if (read_bool(in)) {
        read_u16(in); /* core selector, claim queue offset */
        read_bytes(in, MAX_PEER);
        read_raw(in, HASH_AND_SIGNATURE);
    }
    if (!good || in->failed)
        undecodable();
}
