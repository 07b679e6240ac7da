/* rows_trie.c - roots and proofs: trie-roots.jsonl, w3f-trie-roots.tsv, known-genesis-roots.tsv, compact-proofs.jsonl,
 * proofs.jsonl through runtime/trie. */
#include "core/arena.h"
#include "trie/trie_proof.h"
#include "trie/trie_root.h"
#include "vectors.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct map {
    struct trie_entry *entries;
    uint32_t count, capacity;
};

static void map_add(struct map *m, struct bytes key, struct bytes value) {
    if (m->count == m->capacity) {
        m->capacity = m->capacity ? 2 * m->capacity : 64;
        m->entries = realloc(m->entries, m->capacity * sizeof *m->entries);
        if (!m->entries)
            abort();
    }
    m->entries[m->count++] = (struct trie_entry){key, value};
}

static int by_key(const void *a, const void *b) {
    const struct trie_entry *x = a, *y = b;
    uint32_t shared = min_u32(x->key.len, y->key.len);
    int order = shared ? memcmp(x->key.at, y->key.at, shared) : 0;
    return order ? order : (x->key.len > y->key.len) - (x->key.len < y->key.len);
}

static void map_sort(struct map *m) {
    if (m->count)
        qsort(m->entries, m->count, sizeof *m->entries, by_key);
}

static void map_free(struct map *m) {
    for (uint32_t i = 0; i < m->count; i++) {
        free_bytes(m->entries[i].key);
        free_bytes(m->entries[i].value);
    }
    free(m->entries);
}

static const char *text(const json_t *object, const char *key) {
    const char *s = json_string_value(json_object_get(object, key));
    return s ? s : "";
}

/* {v, root, kv}; pairs in any order without duplicates. */
void row_trie_root(struct tally *t, char *line) {
    json_t *o = json_loads(line, 0, NULL), *pair;
    size_t i;
    struct map map = {0};
    bool good = o != NULL;
    json_array_foreach(json_object_get(o, "kv"), i, pair) {
        struct bytes key = {NULL, 0}, value = {NULL, 0};
        good = good && hex_bytes(&key, json_string_value(json_array_get(pair, 0))) &&
               hex_bytes(&value, json_string_value(json_array_get(pair, 1)));
        map_add(&map, key, value);
    }
    uint8_t root[32], expect[32];
    if (good) {
        map_sort(&map);
        trie_root(root, (uint8_t)json_integer_value(json_object_get(o, "v")), map.entries, map.count, &arena_scratch);
        good = hex_decode(expect, 32, text(o, "root")) == 32 && memcmp(root, expect, 32) == 0;
    }
    tally_row(t, good, "root differs");
    map_free(&map);
    json_decref(o);
}

static struct bytes copy_text(const char *at, size_t len) {
    uint8_t *own = malloc(len + 1);
    memcpy(own, at, len);
    return (struct bytes){own, (uint32_t)len};
}

/* The W3F inputs: "keys:" and "values:" lists of one item a line; hexadecimal keys in three of them. */
static bool read_w3f(struct map *map, FILE *in, bool hex_keys) {
    char line[4096];
    bool values = false, good = true;
    uint32_t at = 0;
    while (good && fgets(line, sizeof line, in)) {
        line[strcspn(line, "\r\n")] = 0;
        if (strncmp(line, "values:", 7) == 0)
            values = true;
        char *item = strstr(line, "- ");
        if (!item)
            continue;
        item += 2;
        struct bytes b;
        if (!values && hex_keys)
            good = hex_bytes(&b, item);
        else
            b = copy_text(item, strlen(item));
        if (!values)
            map_add(map, b, (struct bytes){NULL, 0});
        else if (at < map->count)
            map->entries[at++].value = b;
        else
            good = false;
    }
    return good && at == map->count;
}

/* name, pairs, distinct keys, V0 or V1, root, note. The inputs of three rows are one pair each and known by heart; the
 * others are used when they lie beside the table as w3f/NAME.yaml. */
void row_w3f_trie_root(struct tally *t, char *line) {
    static const struct {
        const char *name, *key, *value;
    } single[] = {{"1c1", "1", "1"}, {"scv", "s", "v"}, {"hex_1c1", "\x01", "01"}};
    char *c[6], path[4096];
    struct map map = {0};
    if (split_tabs(line, c, 6) < 5) {
        tally_row(t, false, "not name, counts, version, root");
        return;
    }
    bool there = false;
    snprintf(path, sizeof path, "%s/w3f/%s.yaml", t->dir, c[0]);
    FILE *in = fopen(path, "r");
    if (in) {
        there = read_w3f(&map, in, strncmp(c[0], "hex_", 4) == 0 || strncmp(c[0], "10000", 5) == 0);
        fclose(in);
        if (!there)
            tally_row(t, false, "the input file is damaged");
    }
    for (size_t i = 0; i < COUNT_OF(single) && !in; i++)
        if (strcmp(single[i].name, c[0]) == 0) {
            map_add(&map, copy_text(single[i].key, 1), copy_text(single[i].value, strlen(single[i].value)));
            there = true;
        }
    if (there) {
        uint8_t root[32], expect[32];
        map_sort(&map);
        trie_root(root, c[3][1] == '1', map.entries, map.count, &arena_scratch);
        tally_row(t, hex_decode(expect, 32, c[4]) == 32 && memcmp(root, expect, 32) == 0, c[0]);
    } else if (!in) {
        tally_skip(t, "its input w3f/NAME.yaml is not in the folder");
    }
    map_free(&map);
}

/* name, file name, state root; checked when genesis/NAME.kv (lines of "key value" in hex) lies beside the table. The
 * table does not tell the state version; a root that comes out with either can be no accident. */
void row_known_genesis_root(struct tally *t, char *line) {
    char *c[3], path[4096], key_text[8192];
    struct map map = {0};
    if (split_tabs(line, c, 3) != 3) {
        tally_row(t, false, "not name, file, root");
        return;
    }
    FILE *in = NULL;
    for (int i = 0; i < 2 && !in; i++) {
        snprintf(path, sizeof path, "%s/genesis/%s.kv", t->dir, c[1 - i]);
        in = fopen(path, "r");
    }
    if (!in) {
        if (t->line == 1)
            tally_skip(t, "rows without their input genesis/NAME.kv in the folder");
        return;
    }
    bool good = true;
    size_t capacity = 16u << 20;
    char *value_text = malloc(capacity);
    while (good && fscanf(in, "%8191s", key_text) == 1) {
        struct bytes key, value;
        good = fscanf(in, " ") != EOF && fgets(value_text, (int)capacity, in) != NULL;
        if (good)
            value_text[strcspn(value_text, "\r\n")] = 0;
        good = good && hex_bytes(&key, key_text) && hex_bytes(&value, value_text);
        if (good)
            map_add(&map, key, value);
    }
    uint8_t roots[2][32], expect[32];
    map_sort(&map);
    for (uint8_t v = 0; v < 2 && good; v++)
        trie_root(roots[v], v, map.entries, map.count, &arena_scratch);
    good = good && hex_decode(expect, 32, c[2]) == 32 &&
           (memcmp(roots[0], expect, 32) == 0 || memcmp(roots[1], expect, 32) == 0);
    tally_row(t, good, c[0]);
    fclose(in);
    free(value_text);
    map_free(&map);
}

/* --- proofs --- */

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
    const struct trie_proof *proof;
    const uint8_t *root;
    uint8_t key[800]; /* one nibble a byte */
    uint32_t depth, values, hashed, items_used;
    bool good;
};

static const struct trie_item *item_of(const struct trie_proof *proof, const uint8_t *hash) {
    for (uint32_t i = 0; i < proof->count; i++)
        if (memcmp(proof->items[i].hash, hash, 32) == 0)
            return &proof->items[i];
    return NULL;
}

/* The value found on the walk is what trie_proof_read answers for its key. */
static void check_value(struct walk *w, const struct trie_node *node) {
    uint8_t key[400];
    for (uint32_t i = 0; i < w->depth / 2; i++)
        key[i] = (uint8_t)(w->key[2 * i] << 4 | w->key[2 * i + 1]);
    const struct trie_item *item = node->value_kind == TRIE_HASHED ? item_of(w->proof, node->value.at) : NULL;
    if (node->value_kind == TRIE_HASHED && !item)
        return; /* a value outside the proof */
    w->items_used += item != NULL;
    w->values++;
    struct bytes value, expect = item ? item->data : node->value;
    w->good = w->good && w->depth % 2 == 0 &&
              trie_proof_read(w->proof, &value, w->root, (struct bytes){key, w->depth / 2}) == TRIE_READ_FOUND &&
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
        const struct trie_item *item = child.len == 32 ? item_of(w->proof, child.at) : NULL;
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
static bool check_full(struct walk *w, struct trie_proof *proof, struct bytes list, const uint8_t *root) {
    if (!open_list(proof, list) || !trie_proof_has(proof, root))
        return false;
    *w = (struct walk){.proof = proof, .root = root, .items_used = 1, .good = true};
    walk(w, item_of(proof, root)->data);
    return w->good && w->items_used >= proof->count;
}

/* Without an item the answer to some key is "incomplete", never another one. */
static bool check_missing(const json_t *nodes, const json_t *keys, const uint8_t *root, const struct trie_proof *full) {
    for (size_t skip = 0; skip < json_array_size(nodes); skip++) {
        struct bytes list;
        struct trie_proof proof;
        if (!encode_nodes(&list, nodes, skip) || !open_list(&proof, list))
            return false;
        size_t i;
        json_t *k;
        bool good = true;
        json_array_foreach((json_t *)(uintptr_t)keys, i, k) {
            struct bytes key, value, expect;
            if (!hex_bytes(&key, json_string_value(json_is_array(k) ? json_array_get(k, 0) : k)))
                return false;
            enum trie_read now = trie_proof_read(&proof, &value, root, key),
                           then = trie_proof_read(full, &expect, root, key);
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

/* {v, root, keys, nodes, compact}: every listed key has a value in the full nodes. */
void row_compact_proof(struct tally *t, char *line) {
    json_t *o = json_loads(line, 0, NULL), *keys = json_object_get(o, "keys"), *nodes = json_object_get(o, "nodes"), *k;
    struct bytes list = {NULL, 0};
    struct trie_proof proof;
    struct walk w;
    uint8_t root[32];
    size_t i;
    bool good = o && hex_decode(root, 32, text(o, "root")) == 32 && encode_nodes(&list, nodes, SIZE_MAX) &&
                check_full(&w, &proof, list, root);
    json_array_foreach(keys, i, k) {
        struct bytes key, value;
        good = good && hex_bytes(&key, json_string_value(k));
        if (!good)
            break;
        good = trie_proof_read(&proof, &value, root, key) == TRIE_READ_FOUND;
        free_bytes(key);
    }
    good = good && check_missing(nodes, keys, root, &proof);
    tally_row(t, good, "a key without its value, or an item that no key needs");
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
    struct walk w;
    uint8_t root[32];
    size_t i;
    bool good = o && hex_decode(root, 32, text(o, "root")) == 32 && encode_nodes(&list, nodes, SIZE_MAX) &&
                check_full(&w, &proof, list, root) && w.values > 0;
    json_array_foreach(entries, i, e) {
        struct bytes key = {NULL, 0}, value, expect = {NULL, 0};
        good = good && hex_bytes(&key, json_string_value(json_array_get(e, 0))) &&
               hex_bytes(&expect, json_string_value(json_array_get(e, 1))) &&
               trie_proof_read(&proof, &value, root, key) == TRIE_READ_FOUND && bytes_equal(value, expect);
        free_bytes(key);
        free_bytes(expect);
    }
    good = good && (!entries || json_array_size(entries) == w.values) && check_missing(nodes, entries, root, &proof);
    tally_row(t, good, text(o, "name"));
    free_bytes(list);
    json_decref(o);
    arena_reset_all();
}
