/* validate_block.c - see pvf.h. Nothing is given back before the end: the blocks of a proof of validity together take the
 * memory of one block with all of their extrinsics. */
#include "aura_ext/seal.h"
#include "parachain_system/parachain_system.h"
#include "pvf/block_data.h"
#include "pvf/outputs.h"
#include "pvf/pvf.h"
#include "state/overlay.h"
#include "trie/partial_trie.h"
#include "trie/trie_compact.h"

/* The validation data that the inherent stored, as encoded: parent head, relay parent, largest PoV. Every block of a
 * bundle is built on the relay parent and on the head that the bundle starts from. */
static void check_validation_data(const struct validation_params *params) {
    enum { RELAY_PARENT = 4 + 32, MAX_POV = 4 };
    struct bytes data = {NULL, 0};
    UNUSED bool set = overlay_entry_get(storage_entry(&parachain_system_ValidationData_storage, NULL), &data);
    struct reader in = reader_over(data, NULL);
    if (!bytes_equal(read_bytes(&in, UINT32_MAX), params->parent_head))
        PANIC("Parent head doesn't match");
    if (reader_left(&in) != RELAY_PARENT + MAX_POV || memcmp(in.at, params->relay_parent, RELAY_PARENT) != 0)
        PANIC("Relay parent doesn't match");
}

/* Executes the next block; its writes are then in the overlay. Returns the header with its seal. */
static struct bytes execute(struct reader *blocks) {
    struct header header;
    struct bytes encoded = pov_next_header(blocks, &header);
    struct reader unsealed = reader_over(aura_ext_remove_seal(encoded), NULL);
    UNUSED struct bytes same = pov_next_header(&unsealed, &header);
    executive_execute(&header, blocks);
    return encoded;
}

struct bytes pvf_validate_block(struct bytes encoded) {
    static const struct bytes code_key = {(const uint8_t *)":code", 5};
    struct validation_params params;
    struct header parent;
    struct pov pov;
    struct trie_proof nodes;
    struct partial_trie trie;
    struct outputs outputs = {0};
    params_decode(&params, encoded);
    if (params.v3)
        PANIC("V3 scheduling is disabled");
    struct reader in = reader_over(params.parent_head, NULL);
    if (!header_decode(&in, &parent))
        PANIC("Invalid parent head");
    pov_open(&pov, params.block_data);
    pov_check_chain(&pov, (struct bytes){params.parent_head.at, params.parent_head.len - reader_left(&in)});
    if (trie_compact_decode(&nodes, &pov.proof, parent.state_root.at, &arena_state) != TRIE_COMPACT_OK ||
        partial_trie_open(&trie, &nodes, parent.state_root.at, &arena_state) != TRIE_READ_FOUND)
        PANIC("Compact proof decoding failure.");
    pov_skip_scheduling(&pov);

    for (uint32_t left = pov.count; left; left--) {
        overlay_reset();
        overlay_over_proof(&trie, left > 1);
        struct bytes header = execute(&pov.blocks);
        if (pov.count > 1 && overlay_changed(code_key))
            PANIC("only one block per PoV with an upgrade");
        check_validation_data(&params);
        /* A copy where the next block leaves it alone. */
        struct bytes info = parachain_system_collation_info(header);
        outputs_add(&outputs, (struct bytes){arena_copy(&arena_state, info), info.len});
    }
    return outputs_encode(&outputs);
}
