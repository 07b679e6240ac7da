/* trie_proof.c - see trie_proof.h. */
#include "trie/trie_proof.h"
#include "host/host.h"

/* Above this many items the announced count is checked before memory is taken for it. */
#define TRUSTED_COUNT 4096

/* The next item of the list in place; of no bytes when the reader fails. Nodes are 32 to 600 bytes long, so lengths of
 * two bytes and less are read here, without the reader's wide integers. */
static struct bytes next_item(struct reader *in) {
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
        filled += next_item(&in).len != 0;
    return filled;
}

/* Where `hash` is or would be. The hash is uniform, so its low bits are a fine table index; an author who grinds hashes
 * for collisions slows only the block that carries them. */
static uint32_t slot_of(const struct trie_proof *proof, const uint8_t *hash) {
    uint32_t slot = load_u32(hash) & proof->mask;
    while (proof->slots[slot] && !trie_hash_equal(proof->items[proof->slots[slot] - 1].hash, hash))
        slot = (slot + 1) & proof->mask;
    return slot;
}

bool trie_proof_open(struct trie_proof *proof, struct reader *in, struct arena *arena) {
    uint32_t total = read_compact_u32(in);
    /* Each item needs a length byte at least, so a lying count ends here. */
    if (in->failed || total > reader_left(in))
        return reader_fail(in);
    uint32_t most = total > TRUSTED_COUNT ? count_items(*in, total) : total, size = 4;
    while (size < 2 * most)
        size *= 2;
    *proof = (struct trie_proof){arena_alloc(arena, sizeof(struct trie_item) * most),
                                 arena_zalloc(arena, sizeof(uint32_t) * size), 0, size - 1};
    for (uint32_t i = 0; i < total && !in->failed; i++) {
        struct bytes data = next_item(in);
        if (data.len == 0)
            continue;
        struct trie_item *item = proof->items + proof->count;
        item->data = data;
        host_blake2_256(item->hash, data);
        uint32_t slot = slot_of(proof, item->hash);
        if (proof->slots[slot] == 0)
            proof->slots[slot] = ++proof->count;
    }
    return !in->failed;
}

static bool find(const struct trie_proof *proof, struct bytes *data, const uint8_t *hash) {
    uint32_t found = proof->slots[slot_of(proof, hash)];
    if (found == 0)
        return false;
    *data = proof->items[found - 1].data;
    return true;
}

/* The node behind a hash; the empty trie's node needs no item. */
static bool find_node(const struct trie_proof *proof, struct bytes *data, const uint8_t *hash) {
    static const uint8_t empty[1] = {0};
    if (LIKELY(find(proof, data, hash)))
        return true;
    *data = (struct bytes){empty, 1};
    return trie_hash_equal(hash, trie_empty_root);
}

bool trie_proof_has(const struct trie_proof *proof, const uint8_t hash[static TRIE_HASH]) {
    struct bytes data;
    return find_node(proof, &data, hash);
}

/* Whether the key's nibbles from `at` begin with the partial; `left` nibbles of the key remain, enough of them. */
static bool follows(const uint8_t *key, uint32_t at, const struct trie_nibbles *partial) {
    uint32_t i = 0;
    /* Whole bytes when both sides are aligned alike, which holds for every second level of a trie. */
    if ((at & 1) == (partial->first & 1)) {
        if ((at & 1) != 0 && partial->count) {
            if (trie_nibble(key, at) != trie_nibble(partial->at, partial->first))
                return false;
            i = 1;
        }
        uint32_t whole = (partial->count - i) / 2;
        if (whole && memcmp(key + (at + i) / 2, partial->at + (partial->first + i) / 2, whole) != 0)
            return false;
        i += 2 * whole;
    }
    for (; i < partial->count; i++)
        if (trie_nibble(key, at + i) != trie_nibble(partial->at, partial->first + i))
            return false;
    return true;
}

static enum trie_read value_of(const struct trie_proof *proof, struct bytes *value, const struct trie_node *node) {
    if (node->value_kind == TRIE_NO_VALUE)
        return TRIE_READ_ABSENT;
    *value = node->value;
    if (node->value_kind == TRIE_HASHED && !find(proof, value, node->value.at))
        return TRIE_READ_INCOMPLETE;
    return TRIE_READ_FOUND;
}

enum trie_read trie_proof_read(const struct trie_proof *proof, struct bytes *value,
                               const uint8_t root[static TRIE_HASH], struct bytes key) {
    struct bytes data;
    if (!find_node(proof, &data, root))
        return TRIE_READ_INCOMPLETE;
    uint32_t at = 0, end = 2 * key.len;
    for (;;) { /* each turn but the last consumes the nibble that picks a child */
        struct trie_node node;
        if (trie_node_decode(&node, data) != TRIE_OK)
            return TRIE_READ_MALFORMED;
        if (node.kind == TRIE_EMPTY || node.partial.count > end - at || !follows(key.at, at, &node.partial))
            return TRIE_READ_ABSENT;
        at += node.partial.count;
        if (at == end)
            return value_of(proof, value, &node);
        uint32_t child = trie_nibble(key.at, at++);
        if (node.kind == TRIE_LEAF || (node.bitmap >> child & 1) == 0)
            return TRIE_READ_ABSENT;
        data = node.children[child];
        if (data.len == TRIE_HASH && !find_node(proof, &data, data.at))
            return TRIE_READ_INCOMPLETE;
    }
}
