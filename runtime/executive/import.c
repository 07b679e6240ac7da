/* import.c - execute_block: the author's steps again, then the header must be the author's.
 * polkadot-sdk stable2609 frame-executive src/lib.rs#execute_block, #final_checks. */
#include "executive/executive.h"
#include "state/overlay.h"

/* Each extrinsic ends as it does for the author: its changes flushed, its decoded values forgotten. */
static void apply_all(struct reader *block, bool all_extrinsics) {
    uint32_t count = read_compact_u32(block);
    bool inherents_over = false;
    for (uint32_t i = 0; i < count; i++) {
        struct arena_mark mark = arena_mark(&arena_scratch);
        struct extrinsic x;
        if (!extrinsic_decode(block, &x))
            PANIC("UnableToDecodeExtrinsic");
        if (!extrinsic_is_inherent(&x)) {
            inherents_over = true;
            if (!all_extrinsics)
                PANIC("OnlyInherentsAllowed");
        } else if (inherents_over) {
            PANIC("InvalidInherentPosition");
        }
        if (executive_apply_extrinsic(&x).valid != VALID)
            PANIC("ApplyExtrinsic");
        overlay_flush();
        arena_rewind(&arena_scratch, mark);
    }
}

static void final_checks(const struct header *expected) {
    struct reader in = reader_over(executive_finalize_block(), &arena_scratch);
    struct header made;
    if (!header_decode(&in, &made))
        PANIC("Header could not be built.");
    if (made.digest_count != expected->digest_count)
        PANIC("Number of digest items must match that calculated.");
    if (!bytes_equal(made.digest_items, expected->digest_items))
        PANIC("Digest item must match that calculated.");
    if (memcmp(made.state_root.at, expected->state_root.at, 32) != 0)
        PANIC("Storage root must match that calculated.");
    if (memcmp(made.extrinsics_root.at, expected->extrinsics_root.at, 32) != 0)
        PANIC("Transaction trie root must be valid.");
}

void executive_execute(const struct header *header, struct reader *extrinsics) {
    bool all_extrinsics = executive_initialize_block(header);
    uint32_t parent = header->number - 1;
    h256 hash;
    if (header->number == 0 || !system_BlockHash_get(&parent, &hash) ||
        memcmp(hash.at, header->parent_hash.at, 32) != 0)
        PANIC("Parent hash should be valid.");
    apply_all(extrinsics, all_extrinsics);
    if (extrinsics->failed)
        PANIC("block does not decode");
    final_checks(header);
}

void executive_execute_block(struct reader *block) {
    struct header header;
    if (!header_decode(block, &header))
        PANIC("header does not decode");
    executive_execute(&header, block);
}
