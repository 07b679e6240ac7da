/* trie_proof.c - see trie_proof.h. */
#include "trie/trie_proof.h"
#include "host/host.h"

/* Above this many items the announced count is checked before memory is taken for it. */
#define TRUSTED_COUNT 4096

/* Nodes are 32 to 600 bytes long, so lengths of two bytes and less are read here, without the reader's wide integers.
 */
struct bytes trie_proof_next(struct reader *in) {
    uint32_t left = reader_left(in), len = 0, head = 1;
    if (LIKELY(left >= 2 && (in->at[0] & 3) < 2)) {
        len = in->at[0] >> 2;
        if ((in->at[0] & 3) == 1) {
            len = (uint32_t)load_u16(in->at) >> 2;
            head = len < 64 ? left + 1 : 2; /* not canonical: refused below */
        }
        if (UNLIKELY(head > left || len > left - head)) {
            reader_fail(in);
            return (struct bytes){NULL, 0};
        }
        const uint8_t *at = in->at + head;
        in->at = at + len;
        return (struct bytes){at, len};
    }
    len = read_compact_u32(in);
    const uint8_t *at = read_raw(in, len);
    return at ? (struct bytes){at, len} : (struct bytes){NULL, 0};
}

/* The number of items that are not empty, found by a walk that keeps nothing. */
static uint32_t count_items(struct reader in, uint32_t count) {
    uint32_t filled = 0;
    for (uint32_t i = 0; i < count && !in.failed; i++)
        filled += trie_proof_next(&in).len != 0;
    return filled;
}

static void set_slots(struct trie_proof *proof, uint32_t size) {
    proof->slots = arena_zalloc(proof->arena, sizeof *proof->slots * size);
    proof->mask = size - 1;
}

/* Where `hash` is or would be. The hash is uniform, so its low bits are a fine table index; an author who grinds hashes
 * for collisions slows only the block that carries them. */
static struct trie_item **slot_of(const struct trie_proof *proof, const uint8_t *hash) {
    uint32_t slot = load_u32(hash) & proof->mask;
    while (proof->slots[slot] && !trie_hash_equal(proof->slots[slot]->hash, hash))
        slot = (slot + 1) & proof->mask;
    return proof->slots + slot;
}

uint32_t trie_proof_start(struct trie_proof *proof, struct reader *in, struct arena *arena) {
    uint32_t total = read_compact_u32(in);
    /* Each item needs a length byte at least, so a lying count ends here. */
    if (total > reader_left(in))
        reader_fail(in);
    if (in->failed)
        total = 0;
    uint32_t most = total > TRUSTED_COUNT ? count_items(*in, total) : total, size = 4;
    while (size < 2 * most)
        size *= 2;
    proof->arena = arena;
    proof->count = 0;
    set_slots(proof, size);
    return total;
}

static NOINLINE void grow(struct trie_proof *proof) {
    struct trie_item **old = proof->slots, **end = old + proof->mask + 1;
    set_slots(proof, 2 * (proof->mask + 1));
    for (; old < end; old++)
        if (*old)
            *slot_of(proof, (*old)->hash) = *old;
}

void trie_proof_add(struct trie_proof *proof, struct trie_item *item) {
    host_blake2_256(item->hash, item->data);
    if (2 * proof->count > proof->mask)
        grow(proof);
    struct trie_item **slot = slot_of(proof, item->hash);
    if (*slot)
        return;
    *slot = item;
    proof->count++;
}

struct trie_item *trie_item_new(struct arena *arena, struct bytes data) {
    struct trie_item *item = arena_alloc(arena, sizeof *item);
    item->data = data;
    item->used = false;
    return item;
}

struct trie_item *trie_item_encode(struct arena *arena, const struct trie_node *node) {
    struct trie_item *item = (void *)arena_reserve(arena, sizeof *item + trie_node_size(node));
    uint8_t *start = (uint8_t *)(item + 1);
    struct bytes data = {start, (uint32_t)(trie_node_write(start, node) - start)};
    arena_take(arena, sizeof *item + data.len);
    item->data = data;
    item->used = false;
    return item;
}

bool trie_proof_open(struct trie_proof *proof, struct reader *in, struct arena *arena) {
    for (uint32_t left = trie_proof_start(proof, in, arena); left && !in->failed; left--) {
        struct bytes data = trie_proof_next(in);
        if (data.len)
            trie_proof_add(proof, trie_item_new(arena, data));
    }
    return !in->failed;
}

struct trie_item *trie_proof_find(const struct trie_proof *proof, const uint8_t hash[static TRIE_HASH]) {
    struct trie_item *item = *slot_of(proof, hash);
    if (item)
        item->used = true;
    return item;
}
