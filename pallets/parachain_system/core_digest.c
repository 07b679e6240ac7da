/* core_digest.c - see core_digest.h. */
#include "parachain_system/core_digest.h"

#include "system/system.h"

/* Variants of a `CMLS` item. */
enum { CORE_INFO = 1, BLOCK_BUNDLE_INFO = 2, USE_FULL_CORE = 3 };

static void read_core_info(struct core_digest *out, struct reader *in) {
    uint8_t selector = read_u8(in), offset = read_u8(in);
    uint32_t cores = read_compact_u32(in);
    if (!reader_done(in) || cores > UINT16_MAX || out->core_infos++)
        return;
    out->selector = selector;
    out->claim_queue_offset = offset;
    out->cores = (uint16_t)cores;
}

static void read_bundle_info(struct core_digest *out, struct reader *in) {
    uint8_t index = read_u8(in);
    bool last = read_bool(in);
    if (!reader_done(in) || out->bundled)
        return;
    out->bundled = true;
    out->bundle_index = index;
    out->bundle_last = last;
}

void core_digest_read(struct core_digest *out) { core_digest_parse(out, system_digest_reader()); }

void core_digest_parse(struct core_digest *out, struct reader digest) {
    *out = (struct core_digest){0};
    struct digest_view item;
    while (system_next_digest_item(&digest, &item)) {
        if (item.tag == digest_item_RuntimeEnvironmentUpdated)
            out->ends_core = true;
        if (!item.engine || memcmp(item.engine, "CMLS", 4) != 0)
            continue;
        struct reader in = reader_over(item.data, NULL);
        uint8_t variant = read_u8(&in);
        if (item.tag == digest_item_PreRuntime && variant == CORE_INFO)
            read_core_info(out, &in);
        else if (item.tag == digest_item_PreRuntime && variant == BLOCK_BUNDLE_INFO)
            read_bundle_info(out, &in);
        else if (item.tag == digest_item_Consensus && variant == USE_FULL_CORE && reader_done(&in))
            out->ends_core = true;
    }
}
