/* fuzz_compact.c - libFuzzer target: a compact proof from the input, and then reads, next keys, edits and roots that
 * the rest of the input tells, over whatever trie it decodes to. Input: a SCALE Vec<Vec<u8>>, then operations, each an
 * op byte and a key of one length byte and so many bytes; values are slices of the input. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "find_root.h"
#include "shim.h"
#include "trie/partial_trie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum trie_read operate(struct partial_trie *trie, uint8_t op, struct bytes key, struct bytes value) {
    uint8_t root[TRIE_HASH];
    switch (op & 7) {
    case 0:
    case 1:
        return partial_trie_read(trie, key, op & 1 ? &value : NULL);
    case 2:
        return partial_trie_next_key(trie, key, &value);
    case 3:
    case 4:
        return partial_trie_insert(trie, key, value);
    case 5:
    case 6:
        return partial_trie_remove(trie, key);
    default:
        partial_trie_root(trie, root, op >> 3 & 1, op >> 4 & 1);
        return TRIE_READ_FOUND;
    }
}

/* An edit that reads back, and a root that comes out the same with nothing changed in between. */
static void check(bool good) {
    if (!good)
        abort();
}

static void run(void *context) {
    struct bytes input = *(struct bytes *)context, value;
    struct reader in = reader_over(input, &arena_scratch);
    struct trie_proof nodes;
    uint8_t root[TRIE_HASH] = {0}, again[TRIE_HASH];
    enum trie_compact decoded = trie_compact_decode(&nodes, &in, root, &arena_scratch);
    check(decoded != TRIE_COMPACT_OK); /* nothing hashes to zero */
    if (decoded == TRIE_COMPACT_ROOT) {
        memcpy(root, find_root(&nodes), TRIE_HASH);
        in = reader_over(input, &arena_scratch);
        decoded = trie_compact_decode(&nodes, &in, root, &arena_scratch);
    }
    struct partial_trie trie;
    if (decoded != TRIE_COMPACT_OK || partial_trie_open(&trie, &nodes, root, &arena_scratch) != TRIE_READ_FOUND)
        return;
    while (reader_left(&in) >= 2) {
        uint8_t op = read_u8(&in);
        struct bytes key = {NULL, read_u8(&in)};
        key.len = min_u32(key.len, reader_left(&in));
        key.at = read_raw(&in, key.len);
        value = (struct bytes){input.at, min_u32(input.len, op)};
        enum trie_read read = operate(&trie, op, key, value);
        if (read > TRIE_READ_ABSENT && (op & 7) >= 3)
            return; /* after a failed edit the trie is of no use */
        if ((op & 7) == 3 || (op & 7) == 4)
            check(partial_trie_read(&trie, key, &value) == TRIE_READ_FOUND && value.len == min_u32(input.len, op));
        if ((op & 7) == 5 || (op & 7) == 6)
            check(partial_trie_read(&trie, key, &value) == TRIE_READ_ABSENT);
    }
    if (partial_trie_insert(&trie, input, input) > TRIE_READ_ABSENT)
        return;
    partial_trie_root(&trie, root, 1, true);
    partial_trie_root(&trie, again, 1, false);
    check(trie_hash_equal(root, again));
    check(partial_trie_open(&trie, &nodes, root, &arena_scratch) == TRIE_READ_FOUND);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1u << 16)
        return 0;
    struct bytes input = {data, (uint32_t)size};
    runtime_reset();
    shim_reset();
    shim_log_level(-1);
    /* A proof that needs too much memory may trap; nothing else may. */
    if (!shim_guard(run, &input))
        check(strstr(shim_trap_message(), "out of memory") != NULL);
    return 0;
}
