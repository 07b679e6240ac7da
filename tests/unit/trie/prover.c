/* prover.c - see prover.h. Recursive, and with memory that grows by realloc: nothing of this is meant for the runtime.
 */
#include "trie/prover.h"

#include <stdlib.h>
#include <string.h>

static void *checked(void *at) {
    if (!at)
        abort();
    return at;
}

void prover_fill(struct trie_proof *nodes, uint8_t root[static TRIE_HASH], const struct trie_entry *entries,
                 uint32_t count, uint8_t version, struct arena *arena) {
    static const uint8_t none = 0;
    struct reader in = reader_over((struct bytes){&none, 1}, arena);
    struct partial_trie trie;
    if (!trie_proof_open(nodes, &in, arena) ||
        partial_trie_open(&trie, nodes, trie_empty_root, arena) != TRIE_READ_FOUND)
        abort();
    for (uint32_t i = 0; i < count; i++)
        if (partial_trie_insert(&trie, entries[i].key, entries[i].value) > TRIE_READ_ABSENT)
            abort();
    partial_trie_root(&trie, root, version, true);
    prover_mark(nodes, false);
}

void prover_mark(struct trie_proof *nodes, bool used) {
    for (uint32_t i = 0; i <= nodes->mask; i++)
        if (nodes->slots[i])
            nodes->slots[i]->used = used;
}

struct output {
    struct bytes *items;
    uint32_t count, capacity;
    const struct trie_proof *nodes;
    bool *seen_nodes, *seen_values; /* by slot: a value must not hide a node with the same bytes */
};

static uint32_t reserve(struct output *out) {
    if (out->count == out->capacity) {
        out->capacity = 2 * out->capacity + 16;
        out->items = checked(realloc(out->items, out->capacity * sizeof *out->items));
    }
    out->items[out->count] = (struct bytes){NULL, 0};
    return out->count++;
}

static void set_item(struct output *out, uint32_t index, struct bytes data) {
    uint8_t *own = checked(malloc((size_t)data.len + 1));
    if (data.len)
        memcpy(own, data.at, data.len);
    out->items[index] = (struct bytes){own, data.len};
}

/* The slot of a hash in the set without marking it as used; UINT32_MAX when it is not there. */
static uint32_t slot_of(const struct trie_proof *nodes, const uint8_t *hash) {
    uint32_t slot = load_u32(hash) & nodes->mask;
    for (; nodes->slots[slot]; slot = (slot + 1) & nodes->mask)
        if (memcmp(nodes->slots[slot]->hash, hash, TRIE_HASH) == 0)
            return slot;
    return UINT32_MAX;
}

/* Whether the item is to be emitted here: used, and for the first time. */
static bool fresh(const struct output *out, bool *seen, const uint8_t *hash, uint32_t *slot) {
    *slot = slot_of(out->nodes, hash);
    if (*slot == UINT32_MAX || !out->nodes->slots[*slot]->used || seen[*slot])
        return false;
    seen[*slot] = true;
    return true;
}

static void emit(struct output *out, struct bytes data) {
    struct trie_node node;
    uint32_t own = reserve(out), slot;
    if (trie_node_decode(&node, data) != TRIE_OK)
        abort();
    bool escaped = node.value_kind == TRIE_HASHED && fresh(out, out->seen_values, node.value.at, &slot);
    if (escaped) {
        set_item(out, reserve(out), out->nodes->slots[slot]->data);
        node.value_kind = TRIE_INLINE;
        node.value.len = 0;
    }
    for (uint32_t i = 0; i < 16; i++)
        if ((node.bitmap >> i & 1) && node.children[i].len == TRIE_HASH &&
            fresh(out, out->seen_nodes, node.children[i].at, &slot)) {
            emit(out, out->nodes->slots[slot]->data);
            node.children[i].len = 0;
        }
    if (node.kind == TRIE_EMPTY) {
        set_item(out, own, data);
        return;
    }
    uint8_t *encoded = checked(malloc(trie_node_size(&node) + 1));
    encoded[0] = 1;
    uint8_t *end = trie_node_write(encoded + 1, &node), *start = encoded + !escaped;
    set_item(out, own, (struct bytes){start, (uint32_t)(end - start)});
    free(encoded);
}

/* The items as a vector; frees them. */
static struct bytes as_vector(struct output *out) {
    size_t size = 5;
    for (uint32_t i = 0; i < out->count; i++)
        size += 5 + (size_t)out->items[i].len;
    uint8_t *start = checked(malloc(size)), *at = trie_length_write(start, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        at = trie_length_write(at, out->items[i].len);
        if (out->items[i].len)
            memcpy(at, out->items[i].at, out->items[i].len);
        at += out->items[i].len;
        free((void *)(uintptr_t)out->items[i].at);
    }
    free(out->items);
    free(out->seen_nodes);
    free(out->seen_values);
    return (struct bytes){start, (uint32_t)(at - start)};
}

struct bytes prover_compact(const struct trie_proof *nodes, const uint8_t (*roots)[TRIE_HASH], uint32_t count) {
    static const uint8_t empty = 0;
    struct output out = {.nodes = nodes,
                         .seen_nodes = checked(calloc(nodes->mask + 1, 1)),
                         .seen_values = checked(calloc(nodes->mask + 1, 1))};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = slot_of(nodes, roots[i]);
        if (slot != UINT32_MAX)
            out.seen_nodes[slot] = true;
        else if (memcmp(roots[i], trie_empty_root, TRIE_HASH) != 0)
            abort();
        emit(&out, slot != UINT32_MAX ? nodes->slots[slot]->data : (struct bytes){&empty, 1});
    }
    return as_vector(&out);
}

struct bytes prover_plain(const struct trie_proof *nodes, uint32_t skip, uint32_t *total) {
    struct output out = {.nodes = nodes};
    uint32_t index = 0;
    for (uint32_t i = 0; i <= nodes->mask; i++)
        if (nodes->slots[i] && nodes->slots[i]->used && index++ != skip)
            set_item(&out, reserve(&out), nodes->slots[i]->data);
    if (total)
        *total = index;
    return as_vector(&out);
}
