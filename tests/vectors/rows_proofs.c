/* rows_proofs.c - storage proofs through runtime/trie: compact-proofs.jsonl, proofs.jsonl. */
#include "core/arena.h"
#include "trie/partial_trie.h"
#include "trie/prover.h"
#include "trie/trie_compact.h"
#include "vectors.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *object, const char *key) {
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* The JSON list of hex nodes as a SCALE Vec<Vec<u8>>, without item `skip`. */
static bool encode_nodes(struct bytes *out, const json_t *nodes, size_t skip) {
    size_t count = json_array_size(nodes), i, size = 8;
    const json_t *node;
    json_array_foreach((json_t *)(uintptr_t)nodes, i, node) size += json_string_length(node) / 2 + 5;
    uint8_t *start = malloc(size), *at = trie_length_write(start, (uint32_t)(count - (skip < count)));
    bool good = true;
    json_array_foreach((json_t *)(uintptr_t)nodes, i, node) {
        struct bytes b;
        if (i == skip)
            continue;
        good = good && hex_bytes(&b, json_string_value(node));
        if (!good)
            break;
        at = trie_length_write(at, b.len);
        memcpy(at, b.at, b.len);
        at += b.len;
        free_bytes(b);
    }
    *out = (struct bytes){start, (uint32_t)(at - start)};
    return good;
}

/* What a walk over every node below a root met. */
struct walk {
    struct partial_trie *trie;
    uint8_t key[800]; /* one nibble a byte */
    uint32_t depth, values, hashed, items_used;
    bool good;
};

/* The value found on the walk is what partial_trie_read answers for its key. */
static void check_value(struct walk *w, const struct trie_node *node) {
    uint8_t key[400];
    for (uint32_t i = 0; i < w->depth / 2; i++)
        key[i] = (uint8_t)(w->key[2 * i] << 4 | w->key[2 * i + 1]);
    const struct trie_item *item =
        node->value_kind == TRIE_HASHED ? trie_proof_find(w->trie->nodes, node->value.at) : NULL;
    if (node->value_kind == TRIE_HASHED && !item)
        return; /* a value outside the proof */
    w->items_used += item != NULL;
    w->values++;
    struct bytes value, expect = item ? item->data : node->value;
    w->good = w->good && w->depth % 2 == 0 &&
              partial_trie_read(w->trie, (struct bytes){key, w->depth / 2}, &value) == TRIE_READ_FOUND &&
              bytes_equal(value, expect);
}

static void walk(struct walk *w, struct bytes encoded) {
    struct trie_node node;
    uint32_t depth = w->depth;
    if (!w->good || trie_node_decode(&node, encoded) != TRIE_OK || depth + node.partial.count + 1 > sizeof w->key) {
        w->good = false;
        return;
    }
    for (uint32_t i = 0; i < node.partial.count; i++)
        w->key[w->depth++] = trie_nibble(node.partial.at, node.partial.first + i);
    if (node.value_kind != TRIE_NO_VALUE)
        check_value(w, &node);
    w->depth++;
    for (uint8_t i = 0; i < 16; i++) {
        if ((node.bitmap >> i & 1) == 0)
            continue;
        w->key[w->depth - 1] = i;
        struct bytes child = node.children[i];
        const struct trie_item *item = child.len == 32 ? trie_proof_find(w->trie->nodes, child.at) : NULL;
        if (child.len == 32 && !item)
            continue; /* a subtree outside the proof */
        w->items_used += item != NULL;
        walk(w, item ? item->data : child);
    }
    w->depth = depth;
}

/* Opens the list; false when it does not decode. */
static bool open_list(struct trie_proof *proof, struct bytes list) {
    struct reader in = reader_over(list, &arena_scratch);
    return trie_proof_open(proof, &in, &arena_scratch) && reader_done(&in);
}

/* Everything that a full proof promises: the root is there, a walk reaches each item, each value reads back. */
static bool check_full(struct walk *w, struct partial_trie *trie, struct trie_proof *proof, const uint8_t *root) {
    if (partial_trie_open(trie, proof, root, &arena_scratch) != TRIE_READ_FOUND)
        return false;
    *w = (struct walk){.trie = trie, .items_used = 1, .good = true};
    walk(w, trie_proof_find(proof, root)->data);
    return w->good && w->items_used >= proof->count;
}

/* Without an item the answer to some key is "incomplete", never another one. */
static bool check_missing(const json_t *nodes, const json_t *keys, const uint8_t *root, struct partial_trie *full) {
    for (size_t skip = 0; skip < json_array_size(nodes); skip++) {
        struct bytes list;
        struct trie_proof proof;
        struct partial_trie trie;
        if (!encode_nodes(&list, nodes, skip) || !open_list(&proof, list))
            return false;
        enum trie_read opened = partial_trie_open(&trie, &proof, root, &arena_scratch);
        size_t i;
        json_t *k;
        bool good = true;
        json_array_foreach((json_t *)(uintptr_t)keys, i, k) {
            struct bytes key, value, expect;
            if (!hex_bytes(&key, json_string_value(json_is_array(k) ? json_array_get(k, 0) : k)))
                return false;
            enum trie_read now = opened == TRIE_READ_FOUND ? partial_trie_read(&trie, key, &value) : opened,
                           then = partial_trie_read(full, key, &expect);
            good = good && (now == TRIE_READ_INCOMPLETE ||
                            (now == then && (now == TRIE_READ_ABSENT || bytes_equal(value, expect))));
            free_bytes(key);
        }
        free_bytes(list);
        if (!good)
            return false;
    }
    return true;
}

/* The compact form decodes to exactly the full set and is what the test's own prover makes of it; without one of its
 * items it is refused. */
static bool check_compact(const json_t *compact, const uint8_t *root, struct trie_proof *full) {
    for (size_t skip = 0; skip <= json_array_size(compact); skip++) {
        struct bytes list;
        struct trie_proof proof;
        if (!encode_nodes(&list, compact, skip))
            return false;
        struct reader in = reader_over(list, &arena_scratch);
        bool good = trie_compact_decode(&proof, &in, root, &arena_scratch) == TRIE_COMPACT_OK;
        if (skip == json_array_size(compact)) {
            good = good && reader_done(&in) && proof.count == full->count;
            for (uint32_t i = 0; i <= proof.mask && good; i++)
                good = !proof.slots[i] || trie_proof_find(full, proof.slots[i]->hash);
            prover_mark(&proof, true);
            struct bytes again = prover_compact(&proof, (const uint8_t(*)[TRIE_HASH])root, 1);
            good = good && bytes_equal(again, list);
            free_bytes(again);
        } else {
            good = !good;
        }
        free_bytes(list);
        if (!good)
            return false;
    }
    return true;
}

/* {v, root, keys, nodes, compact}: every listed key has a value in the full nodes. */
void row_compact_proof(struct tally *t, char *line) {
    json_t *o = json_loads(line, 0, NULL), *keys = json_object_get(o, "keys"), *nodes = json_object_get(o, "nodes"), *k;
    struct bytes list = {NULL, 0};
    struct trie_proof proof;
    struct partial_trie trie;
    struct walk w;
    uint8_t root[32];
    size_t i;
    bool good = o && hex_decode(root, 32, text(o, "root")) == 32 && encode_nodes(&list, nodes, SIZE_MAX) &&
                open_list(&proof, list) && check_full(&w, &trie, &proof, root);
    json_array_foreach(keys, i, k) {
        struct bytes key, value;
        good = good && hex_bytes(&key, json_string_value(k));
        if (!good)
            break;
        good = partial_trie_read(&trie, key, &value) == TRIE_READ_FOUND;
        free_bytes(key);
    }
    good =
        good && check_missing(nodes, keys, root, &trie) && check_compact(json_object_get(o, "compact"), root, &proof);
    tally_row(t, good, "a key without its value, an item that no key needs, or another compact form");
    free_bytes(list);
    json_decref(o);
    arena_reset_all();
}

/* {name, root, nodes, entries}: entries, when given, are exactly the values; each has a value, damage hides values. */
void row_proof(struct tally *t, char *line) {
    json_t *o = json_loads(line, 0, NULL), *nodes = json_object_get(o, "nodes"),
           *entries = json_object_get(o, "entries"), *e;
    struct bytes list = {NULL, 0};
    struct trie_proof proof;
    struct partial_trie trie;
    struct walk w;
    uint8_t root[32];
    size_t i;
    bool good = o && hex_decode(root, 32, text(o, "root")) == 32 && encode_nodes(&list, nodes, SIZE_MAX) &&
                open_list(&proof, list) && check_full(&w, &trie, &proof, root) && w.values > 0;
    json_array_foreach(entries, i, e) {
        struct bytes key = {NULL, 0}, value, expect = {NULL, 0};
        good = good && hex_bytes(&key, json_string_value(json_array_get(e, 0))) &&
               hex_bytes(&expect, json_string_value(json_array_get(e, 1))) &&
               partial_trie_read(&trie, key, &value) == TRIE_READ_FOUND && bytes_equal(value, expect);
        free_bytes(key);
        free_bytes(expect);
    }
    good = good && (!entries || json_array_size(entries) == w.values) && check_missing(nodes, entries, root, &trie);
    tally_row(t, good, text(o, "name"));
    free_bytes(list);
    json_decref(o);
    arena_reset_all();
}
