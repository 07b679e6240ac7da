/* test_trie_root.c - whole-trie roots against a naive second implementation and published values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shim.h"
#include "reference_trie.h"
#include "trie/trie_root.h"

static struct ref_pair pairs[512];
static struct ref_trie reference;
static struct trie_entry entries[512];

static int setup(void **state) {
    (void)state;
    shim_reset();
    return 0;
}

static void to_entries(uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        entries[i] = (struct trie_entry){{pairs[i].key, pairs[i].key_len}, {pairs[i].value, pairs[i].value_len}};
}

static void known_roots(void **state) {
    (void)state;
    uint8_t root[32], expect[32];
    trie_root(root, 0, NULL, 0, &arena_scratch);
    assert_memory_equal(root, trie_empty_root, 32);
    const uint8_t zero = 0;
    host_blake2_256(expect, (struct bytes){&zero, 1});
    assert_memory_equal(trie_empty_root, expect, 32);
    /* One pair "1" -> "1": w3f/polkadot-tests state-trie 1c1, root as in w3f-trie-roots.tsv. */
    static const uint8_t one[] = {0x43, 0xe6, 0xad, 0x6c, 0x4f, 0x2c, 0x34, 0x98, 0x9b, 0x14, 0xcb,
                                  0xe1, 0x07, 0xb2, 0x62, 0x80, 0x72, 0xf7, 0xcd, 0xa5, 0xec, 0x94,
                                  0x8b, 0x89, 0x9c, 0xa7, 0xca, 0xb9, 0xfe, 0x98, 0x7f, 0x99};
    struct bytes text = {(const uint8_t *)"1", 1};
    for (uint8_t version = 0; version < 2; version++) {
        trie_root(root, version, &(struct trie_entry){text, text}, 1, &arena_scratch);
        assert_memory_equal(root, one, 32);
    }
}

static void random_tries_match_the_reference(void **state) {
    (void)state;
    uint64_t seed = 0x1234567887654321;
    uint32_t differ = 0;
    for (uint32_t round = 0; round < 360; round++) {
        uint32_t count = round < 12 ? round : ref_random(&seed) % 120;
        ref_random_pairs(pairs, count, (int)(round % 6), &seed);
        uint8_t roots[2][32];
        for (int version = 0; version < 2; version++) {
            ref_build(&reference, pairs, &count, version);
            to_entries(count);
            trie_root(roots[version], (uint8_t)version, entries, count, &arena_scratch);
            assert_memory_equal(roots[version], reference.root, 32);
            ref_free(&reference);
        }
        differ += memcmp(roots[0], roots[1], 32) != 0;
    }
    assert_in_range(differ, 100, 360); /* the versions differ exactly when a value is long */
}

static void deep_chain_needs_no_stack(void **state) {
    (void)state;
    /* Every key a prefix of the next: 20,000 open branches. The root of the first 300 is checked by the reference. */
    enum { DEPTH = 20000 };
    uint8_t *key = malloc(DEPTH), root[32], again[32];
    struct trie_entry *chain = malloc(sizeof *chain * DEPTH);
    for (uint32_t i = 0; i < DEPTH; i++) {
        key[i] = (uint8_t)(i * 7);
        chain[i] = (struct trie_entry){{key, i}, {key, i % 40}};
    }
    trie_root(root, 1, chain, DEPTH, &arena_scratch);
    trie_root(again, 1, chain, DEPTH, &arena_scratch);
    assert_memory_equal(root, again, 32);
    uint32_t count = 300;
    for (uint32_t i = 0; i < count; i++) {
        memcpy(pairs[i].key, key, i);
        memcpy(pairs[i].value, key, i % 40);
        pairs[i].key_len = i;
        pairs[i].value_len = i % 40;
    }
    ref_build(&reference, pairs, &count, 1);
    trie_root(root, 1, chain, count, &arena_scratch);
    assert_memory_equal(root, reference.root, 32);
    ref_free(&reference);
    free(key);
    free(chain);
}

static void scratch_is_given_back(void **state) {
    (void)state;
    uint64_t seed = 77;
    const uint8_t *at = arena_scratch.at;
    uint32_t count = 200;
    ref_random_pairs(pairs, count, 4, &seed);
    ref_build(&reference, pairs, &count, 0);
    ref_free(&reference);
    to_entries(count);
    uint8_t root[32];
    trie_root(root, 0, entries, count, &arena_scratch);
    assert_ptr_equal(arena_scratch.at, at);
    assert_int_equal(shim_counters()->live_blocks, 0);
}

static void large_values_are_encoded_whole(void **state) {
    (void)state;
    /* One key with 3 MB: version 0 hashes the node with the value in it, version 1 the value and a node of 35 bytes. */
    uint32_t len = 3000000;
    uint8_t *value = malloc(len + 8), *node = malloc(len + 8), root[32], expect[32];
    memset(value, 7, len);
    struct trie_entry entry = {{(const uint8_t *)"k", 1}, {value, len}};
    trie_root(root, 0, &entry, 1, &arena_scratch);
    node[0] = 0x42;
    node[1] = 'k';
    store_u32(node + 2, len << 2 | 2);
    memcpy(node + 6, value, len);
    host_blake2_256(expect, (struct bytes){node, len + 6});
    assert_memory_equal(root, expect, 32);
    trie_root(root, 1, &entry, 1, &arena_scratch);
    node[0] = 0x22;
    host_blake2_256(node + 2, entry.value);
    host_blake2_256(expect, (struct bytes){node, 34});
    assert_memory_equal(root, expect, 32);
    free(value);
    free(node);
}

static void unsorted(void *context) {
    uint8_t root[32];
    trie_root(root, 1, context, 2, &arena_scratch);
}

static void unsorted_entries_panic(void **state) {
    (void)state;
    static const char *const bad[][2] = {{"b", "a"}, {"a", "a"}, {"ab", "a"}, {"", ""}};
    shim_log_level(-1);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct trie_entry two[2] = {{{(const uint8_t *)bad[i][0], (uint32_t)strlen(bad[i][0])}, {NULL, 0}},
                                    {{(const uint8_t *)bad[i][1], (uint32_t)strlen(bad[i][1])}, {NULL, 0}}};
        assert_false(shim_guard(unsorted, two));
        assert_non_null(strstr(shim_trap_message(), "assertion failed"));
        arena_reset_all();
    }
}

static int by_key(const void *a, const void *b) {
    const struct trie_entry *x = a, *y = b;
    int order = memcmp(x->key.at, y->key.at, min_u32(x->key.len, y->key.len));
    return order ? order : (x->key.len > y->key.len) - (x->key.len < y->key.len);
}

static void ordered_roots_sort_by_compact_index(void **state) {
    (void)state;
    enum { MOST = 40000 };
    static const uint32_t counts[] = {0,   1,   2,   63,   64,    65,    66,    128,   200,
                                      255, 256, 257, 1000, 16383, 16384, 16385, 16500, MOST};
    uint8_t(*keys)[4] = malloc(4 * MOST), *numbers = malloc(40 * MOST), root[32], expect[32];
    struct trie_entry *list = malloc(sizeof *list * MOST);
    struct bytes *items = malloc(sizeof *items * MOST);
    for (uint32_t i = 0; i < MOST; i++) {
        memset(numbers + 40 * i, (int)(i & 255), 40);
        store_u32(numbers + 40 * i, i);
        items[i] = (struct bytes){numbers + 40 * i, i % 3 ? 4 + i % 36 : 0};
    }
    for (size_t c = 0; c < COUNT_OF(counts); c++) {
        for (uint32_t i = 0; i < counts[c]; i++) {
            uint32_t size = (uint32_t)(trie_length_write(keys[i], i) - keys[i]);
            list[i] = (struct trie_entry){{keys[i], size}, items[i]};
        }
        qsort(list, counts[c], sizeof *list, by_key);
        for (uint8_t version = 0; version < 2; version++) {
            trie_root(expect, version, list, counts[c], &arena_scratch);
            trie_ordered_root(root, version, items, counts[c], &arena_scratch);
            assert_memory_equal(root, expect, 32);
        }
    }
    free(keys);
    free(numbers);
    free(list);
    free(items);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(known_roots, setup),
        cmocka_unit_test_setup(random_tries_match_the_reference, setup),
        cmocka_unit_test_setup(deep_chain_needs_no_stack, setup),
        cmocka_unit_test_setup(scratch_is_given_back, setup),
        cmocka_unit_test_setup(large_values_are_encoded_whole, setup),
        cmocka_unit_test_setup(unsorted_entries_panic, setup),
        cmocka_unit_test_setup(ordered_roots_sort_by_compact_index, setup),
    };
    return cmocka_run_group_tests_name("trie_root", tests, NULL, NULL);
}
