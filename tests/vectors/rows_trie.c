/* rows_trie.c - roots: trie-roots.jsonl, w3f-trie-roots.tsv, known-genesis-roots.tsv through runtime/trie, in one pass
 * over the sorted pairs and by edits in any order. */
#include "core/arena.h"
#include "trie/partial_trie.h"
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

/* The root of what a trie holds after edits. */
static bool has_root(struct partial_trie *trie, uint8_t version, bool keep, const uint8_t *expect) {
    uint8_t root[32];
    partial_trie_root(trie, root, version, keep);
    return memcmp(root, expect, 32) == 0;
}

/* Sorted pairs go in one by one in a scattered order, every third comes out and in again, and at last all come out.
 * With `keep` the second half is done over the stored nodes alone. */
static bool check_edits(const struct map *m, uint8_t version, bool keep, const uint8_t *root) {
    static const uint8_t none = 0;
    struct reader in = reader_over((struct bytes){&none, 1}, &arena_scratch);
    struct trie_proof nodes;
    struct partial_trie trie;
    struct map rest = {0};
    uint8_t expect[32];
    bool good = trie_proof_open(&nodes, &in, &arena_scratch) &&
                partial_trie_open(&trie, &nodes, trie_empty_root, &arena_scratch) == TRIE_READ_FOUND;
    uint32_t *order = malloc(sizeof *order * (m->count + 1)), seed = 12345;
    for (uint32_t i = 0; i < m->count; i++) { /* a random order */
        seed = seed * 1664525 + 1013904223;
        uint32_t j = (uint32_t)((uint64_t)seed * (i + 1) >> 32);
        order[i] = order[j];
        order[j] = i;
    }
    for (uint32_t i = 0; i < m->count; i++) {
        const struct trie_entry *e = m->entries + order[i];
        good = good && partial_trie_insert(&trie, e->key, e->value) == TRIE_READ_ABSENT;
    }
    free(order);
    good = good && has_root(&trie, version, keep, root);
    if (keep)
        good = good && partial_trie_open(&trie, &nodes, root, &arena_scratch) == TRIE_READ_FOUND;
    for (uint32_t i = 0; i < m->count; i++)
        if (i % 3 == 0)
            good = good && partial_trie_remove(&trie, m->entries[i].key) == TRIE_READ_FOUND;
        else
            map_add(&rest, m->entries[i].key, m->entries[i].value);
    trie_root(expect, version, rest.entries, rest.count, &arena_scratch);
    good = good && has_root(&trie, version, keep, expect);
    for (uint32_t i = 0; i < m->count; i++)
        good = good && partial_trie_insert(&trie, m->entries[i].key, m->entries[i].value) ==
                           (i % 3 == 0 ? TRIE_READ_ABSENT : TRIE_READ_FOUND);
    good = good && has_root(&trie, version, keep, root);
    for (uint32_t i = 0; i < m->count; i++)
        good = good && partial_trie_remove(&trie, m->entries[i].key) == TRIE_READ_FOUND;
    free(rest.entries);
    return good && has_root(&trie, version, keep, trie_empty_root);
}

/* The root of sorted pairs, both ways. */
static bool check_root(struct map *m, uint8_t version, const uint8_t *expect) {
    uint8_t root[32];
    map_sort(m);
    trie_root(root, version, m->entries, m->count, &arena_scratch);
    bool good =
        memcmp(root, expect, 32) == 0 && check_edits(m, version, false, root) && check_edits(m, version, true, root);
    arena_reset_all();
    return good;
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
    uint8_t expect[32];
    good = good && hex_decode(expect, 32, text(o, "root")) == 32 &&
           check_root(&map, (uint8_t)json_integer_value(json_object_get(o, "v")), expect);
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
        uint8_t expect[32];
        tally_row(t, hex_decode(expect, 32, c[4]) == 32 && check_root(&map, c[3][1] == '1', expect), c[0]);
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
    uint8_t expect[32];
    good = good && hex_decode(expect, 32, c[2]) == 32 && (check_root(&map, 0, expect) || check_root(&map, 1, expect));
    tally_row(t, good, c[0]);
    fclose(in);
    free(value_text);
    map_free(&map);
}
