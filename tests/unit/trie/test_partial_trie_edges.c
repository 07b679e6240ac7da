/* test_partial_trie_edges.c - the borders of partial tries: keys of kilobytes, chains of thousands of nodes, equal
 * subtrees behind one hash, missing siblings, nodes that no encoder writes, values that move between blocks. */
#include "unit.h"

#include "reference_trie.h"
#include "trie/prover.h"

static struct bytes bytes_of(const uint8_t *at, size_t len) { return (struct bytes){at, (uint32_t)len}; }

static void open_full(struct partial_trie *trie, struct trie_proof *nodes, const struct trie_entry *entries,
                      uint32_t count) {
    uint8_t root[32];
    prover_fill(nodes, root, entries, count, 1, &arena_state);
    assert_int_equal(partial_trie_open(trie, nodes, root, &arena_state), TRIE_READ_FOUND);
}

static void assert_root_is(struct partial_trie *trie, const struct trie_entry *entries, uint32_t count) {
    uint8_t root[32], expect[32];
    trie_root(expect, 1, entries, count, &arena_scratch);
    partial_trie_root(trie, root, 1, true);
    assert_memory_equal(root, expect, 32);
}

static void the_empty_trie_grows_and_shrinks(void **state) {
    (void)state;
    struct trie_proof nodes;
    struct partial_trie trie;
    struct bytes value;
    open_full(&trie, &nodes, NULL, 0);
    assert_int_equal(partial_trie_read(&trie, TEXT("k"), &value), TRIE_READ_ABSENT);
    assert_int_equal(partial_trie_next_key(&trie, TEXT(""), &value), TRIE_READ_ABSENT);
    assert_int_equal(partial_trie_remove(&trie, TEXT("k")), TRIE_READ_ABSENT);
    assert_root_is(&trie, NULL, 0);
    const struct trie_entry entries[] = {
        {{NULL, 0}, TEXT("at the root")}, {TEXT("k"), {NULL, 0}}, {TEXT("kk"), TEXT("v")}};
    for (uint32_t n = 1; n <= 3; n++) {
        assert_int_equal(partial_trie_insert(&trie, entries[n - 1].key, entries[n - 1].value), TRIE_READ_ABSENT);
        assert_root_is(&trie, entries, n);
    }
    assert_int_equal(partial_trie_read(&trie, TEXT(""), &value), TRIE_READ_FOUND);
    assert_bytes_equal(value, TEXT("at the root"));
    assert_int_equal(partial_trie_read(&trie, TEXT("k"), &value), TRIE_READ_FOUND);
    assert_int_equal(value.len, 0); /* an empty value is a value */
    assert_int_equal(partial_trie_next_key(&trie, TEXT(""), &value), TRIE_READ_FOUND);
    assert_bytes_equal(value, TEXT("k"));
    for (uint32_t n = 3; n--;) {
        assert_int_equal(partial_trie_remove(&trie, entries[n].key), TRIE_READ_FOUND);
        assert_int_equal(partial_trie_remove(&trie, entries[n].key), TRIE_READ_ABSENT);
        assert_root_is(&trie, entries, n);
    }
}

/* Each key continues the one before by a byte: a chain of branches with values, two levels for each. */
static void deep_chains_need_no_stack(void **state) {
    (void)state;
    enum { DEPTH = 3000 };
    uint8_t *key = malloc(DEPTH + 1);
    for (uint32_t i = 0; i <= DEPTH; i++)
        key[i] = (uint8_t)(i * 59 + 7);
    struct trie_entry *entries = malloc(DEPTH * sizeof *entries);
    for (uint32_t i = 0; i < DEPTH; i++)
        entries[i] = (struct trie_entry){{key, i + 1}, {key, i % 60}};
    struct trie_proof nodes;
    struct partial_trie trie;
    open_full(&trie, &nodes, entries, DEPTH);
    struct bytes found;
    for (uint32_t i = 0; i + 1 < DEPTH; i += 97) {
        assert_int_equal(partial_trie_next_key(&trie, entries[i].key, &found), TRIE_READ_FOUND);
        assert_bytes_equal(found, entries[i + 1].key);
    }
    assert_int_equal(partial_trie_next_key(&trie, entries[DEPTH - 1].key, &found), TRIE_READ_ABSENT);
    assert_int_equal(partial_trie_insert(&trie, entries[DEPTH - 1].key, TEXT("other")), TRIE_READ_FOUND);
    entries[DEPTH - 1].value = TEXT("other");
    assert_root_is(&trie, entries, DEPTH);
    /* From above every removal joins two partials; the rest is one leaf with the whole key. */
    for (uint32_t i = 0; i + 1 < DEPTH; i++)
        assert_int_equal(partial_trie_remove(&trie, entries[i].key), TRIE_READ_FOUND);
    assert_root_is(&trie, entries + DEPTH - 1, 1);
    free(entries);
    free(key);
}

static void keys_of_kilobytes(void **state) {
    (void)state;
    enum { COUNT = 24, SIZE = 9000 };
    uint8_t *keys = calloc(COUNT, SIZE), value[40] = {9};
    struct trie_entry entries[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) { /* they part at nibbles far inside */
        uint8_t *key = keys + i * SIZE;
        memset(key, 0x33, SIZE);
        key[100 * (COUNT - i)] = i % 2 ? 0x34 : 0x43;
        entries[i] = (struct trie_entry){{key, SIZE - 13 * i}, {value, i}};
    }
    struct trie_proof nodes;
    struct partial_trie trie;
    open_full(&trie, &nodes, NULL, 0);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(partial_trie_insert(&trie, entries[i * 7 % COUNT].key, entries[i * 7 % COUNT].value),
                         TRIE_READ_ABSENT);
    /* Sorted: a difference nearer to the front weighs more, and both kinds are greater than 0x33. */
    struct bytes key = {NULL, 0};
    struct trie_entry sorted[COUNT];
    uint32_t count = 0;
    while (partial_trie_next_key(&trie, key, &key) == TRIE_READ_FOUND) {
        struct bytes found;
        assert_int_equal(partial_trie_read(&trie, key, &found), TRIE_READ_FOUND);
        sorted[count++] = (struct trie_entry){key, found};
    }
    assert_int_equal(count, COUNT);
    assert_root_is(&trie, sorted, COUNT);
    for (uint32_t i = 0; i < COUNT; i += 2)
        assert_int_equal(partial_trie_remove(&trie, sorted[i].key), TRIE_READ_FOUND);
    struct trie_entry rest[COUNT];
    for (uint32_t i = 1; i < COUNT; i += 2)
        rest[i / 2] = sorted[i];
    assert_root_is(&trie, rest, COUNT / 2);
    free(keys);
}

/* The same entries below two prefixes are the same subtree behind one hash; an edit below one leaves the other alone.
 */
static void equal_subtrees_are_edited_apart(void **state) {
    (void)state;
    enum { EACH = 12 };
    uint8_t keys[2 * EACH][3], values[EACH + 1][40];
    struct trie_entry entries[2 * EACH];
    for (uint32_t i = 0; i < EACH; i++)
        memset(values[i], (int)i, 40);
    memset(values[EACH], 0xff, 40);
    for (uint32_t i = 0; i < 2 * EACH; i++) {
        keys[i][0] = i < EACH ? 'A' : 'Q';
        keys[i][1] = (uint8_t)(i % EACH * 17);
        keys[i][2] = 5;
        entries[i] = (struct trie_entry){{keys[i], 3}, {values[i % EACH], 40}};
    }
    struct trie_proof nodes;
    struct partial_trie trie;
    open_full(&trie, &nodes, entries, 2 * EACH);
    assert_in_range(nodes.count, EACH + 2, 2 * EACH + 2); /* far fewer than 4 * EACH */
    entries[3].value = (struct bytes){values[EACH], 40};
    assert_int_equal(partial_trie_insert(&trie, entries[3].key, entries[3].value), TRIE_READ_FOUND);
    struct bytes value;
    for (uint32_t i = 0; i < 2 * EACH; i++) {
        assert_int_equal(partial_trie_read(&trie, entries[i].key, &value), TRIE_READ_FOUND);
        assert_bytes_equal(value, entries[i].value);
    }
    assert_root_is(&trie, entries, 2 * EACH);
    for (uint32_t i = 0; i < EACH; i++)
        assert_int_equal(partial_trie_remove(&trie, entries[i].key), TRIE_READ_FOUND);
    assert_root_is(&trie, entries + EACH, EACH);
}

/* A set of some of the nodes of a trie: those used so far. */
static void only_used(struct trie_proof *some, struct trie_proof *nodes) {
    struct bytes list = prover_plain(nodes, UINT32_MAX, NULL);
    uint8_t *copy = arena_copy(&arena_state, list);
    struct reader in = reader_over((struct bytes){copy, list.len}, &arena_state);
    assert_true(trie_proof_open(some, &in, &arena_state));
    free((void *)(uintptr_t)list.at);
}

/* A removal that leaves one child needs that child's node, other edits and reads beside it do not. */
static void a_merge_needs_the_sibling(void **state) {
    (void)state;
    uint8_t value[60] = {1}, root[32];
    const struct trie_entry entries[] = {
        {TEXT("key 1"), {value, 60}},
        {TEXT("key 2 and a tail so long that the node is named by its hash"), {value, 20}}};
    struct trie_proof nodes, some;
    struct partial_trie trie;
    open_full(&trie, &nodes, entries, 2);
    memcpy(root, trie.hash, 32);
    assert_int_equal(partial_trie_read(&trie, TEXT("key 1"), NULL), TRIE_READ_FOUND);
    only_used(&some, &nodes);
    struct bytes found;
    assert_int_equal(partial_trie_open(&trie, &some, root, &arena_state), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_read(&trie, TEXT("key 1"), NULL), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_read(&trie, TEXT("key 1"), &found), TRIE_READ_INCOMPLETE); /* the value's bytes */
    assert_int_equal(partial_trie_read(&trie, TEXT("key 3"), &found), TRIE_READ_ABSENT);
    assert_int_equal(partial_trie_read(&trie, TEXT("key 2"), &found), TRIE_READ_INCOMPLETE);
    assert_int_equal(partial_trie_next_key(&trie, TEXT("key"), &found), TRIE_READ_FOUND);
    assert_bytes_equal(found, TEXT("key 1"));
    assert_int_equal(partial_trie_next_key(&trie, TEXT("key 1"), &found), TRIE_READ_INCOMPLETE);
    trie.skip_missing = true;
    assert_int_equal(partial_trie_next_key(&trie, TEXT("key 1"), &found), TRIE_READ_ABSENT);
    assert_int_equal(partial_trie_insert(&trie, TEXT("key 1"), TEXT("new")), TRIE_READ_FOUND);
    const struct trie_entry changed[] = {{TEXT("key 1"), TEXT("new")}, entries[1]};
    assert_root_is(&trie, changed, 2);
    assert_int_equal(partial_trie_remove(&trie, TEXT("key 1")), TRIE_READ_INCOMPLETE);
    assert_int_equal(partial_trie_open(&trie, &some, trie_empty_root, &arena_state), TRIE_READ_FOUND);
    memset(root, 7, 32);
    assert_int_equal(partial_trie_open(&trie, &some, root, &arena_state), TRIE_READ_INCOMPLETE);
}

/* A later block may read under another key what an earlier one wrote: the author leaves it out of the proof. */
static void kept_nodes_serve_later_blocks(void **state) {
    (void)state;
    uint8_t value[100] = {3}, root[32], second[32];
    const struct trie_entry entries[] = {{TEXT("a"), {value, 100}}, {TEXT("b"), TEXT("short")}};
    for (int keep = 0; keep < 2; keep++) {
        struct trie_proof nodes, some;
        struct partial_trie trie;
        open_full(&trie, &nodes, entries, 2);
        memcpy(root, trie.hash, 32);
        assert_int_equal(partial_trie_read(&trie, TEXT("b"), NULL), TRIE_READ_FOUND);
        assert_int_equal(partial_trie_read(&trie, TEXT("a"), NULL), TRIE_READ_FOUND); /* its node, not its value */
        only_used(&some, &nodes);
        assert_int_equal(partial_trie_open(&trie, &some, root, &arena_state), TRIE_READ_FOUND);
        uint8_t *copy = malloc(100);
        memcpy(copy, value, 100);
        assert_int_equal(partial_trie_insert(&trie, TEXT("b"), bytes_of(copy, 100)), TRIE_READ_FOUND);
        partial_trie_root(&trie, second, 1, keep);
        memset(copy, 0, 100); /* no longer borrowed */
        free(copy);
        struct bytes found = {NULL, 0};
        for (int again = 0; again < 2; again++) {
            enum trie_read expect = keep ? TRIE_READ_FOUND : TRIE_READ_INCOMPLETE;
            assert_int_equal(partial_trie_read(&trie, TEXT("a"), &found), expect);
            assert_int_equal(partial_trie_read(&trie, TEXT("b"), &found), expect);
            if (!keep)
                break;
            assert_bytes_equal(found, bytes_of(value, 100));
            assert_int_equal(partial_trie_open(&trie, &some, second, &arena_state), TRIE_READ_FOUND);
        }
    }
}

/* trie-db's fault, which authors' roots show: a key that ends where a branch with a partial begins, and that is absent,
 * takes the branch's value away. Not a leaf's, and not without a value. */
static void a_prefix_takes_the_value_of_the_branch_below(void **state) {
    (void)state;
    const struct trie_entry entries[] = {{TEXT("\x11\x22"), TEXT("v")},
                                         {TEXT("\x11\x22\x33"), TEXT("w")},
                                         {TEXT("\x11\x22\x44"), TEXT("x")},
                                         {TEXT("\x12"), TEXT("y")},
                                         {TEXT("\x13\x22"), TEXT("z")}};
    struct trie_proof nodes;
    struct partial_trie trie;
    open_full(&trie, &nodes, entries, 5);
    assert_int_equal(partial_trie_remove(&trie, TEXT("\x13")), TRIE_READ_ABSENT); /* before a leaf */
    assert_int_equal(partial_trie_remove(&trie, TEXT("")), TRIE_READ_ABSENT);     /* before a branch without a value */
    assert_root_is(&trie, entries, 5);
    assert_int_equal(partial_trie_remove(&trie, TEXT("\x11")), TRIE_READ_ABSENT);
    assert_root_is(&trie, entries + 1, 4);
    assert_int_equal(partial_trie_remove(&trie, TEXT("\x11")), TRIE_READ_ABSENT);
    assert_root_is(&trie, entries + 1, 4);
}

/* A trie whose root node is `node`, which no encoder has to have written. */
static enum trie_read open_node(struct partial_trie *trie, struct trie_proof *nodes, const uint8_t *node, size_t len) {
    uint8_t root[32], list[80] = {1 << 2, (uint8_t)(len << 2)};
    memcpy(list + 2, node, len);
    struct reader in =
        reader_over((struct bytes){arena_copy(&arena_state, bytes_of(list, len + 2)), (uint32_t)len + 2}, &arena_state);
    assert_true(trie_proof_open(nodes, &in, &arena_state));
    host_blake2_256(root, bytes_of(node, len));
    return partial_trie_open(trie, nodes, root, &arena_state);
}

static void impossible_nodes_are_refused(void **state) {
    (void)state;
    struct trie_proof nodes;
    struct partial_trie trie;
    struct bytes found;
#define OPEN(...) open_node(&trie, &nodes, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
    /* A branch of one child and no value: nothing is left when the child goes. */
    assert_int_equal(OPEN(0x81, 0x06, 0, 0x08, 8, 0x40, 0), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_remove(&trie, TEXT("k")), TRIE_READ_MALFORMED);
    /* An empty trie, nothing, and bytes that are no node as children. */
    assert_int_equal(OPEN(0x81, 0x06, 0, 0x08, 4, 0), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_insert(&trie, TEXT("k"), TEXT("v")), TRIE_READ_MALFORMED);
    assert_int_equal(OPEN(0x81, 0x06, 0, 0x08, 0), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_next_key(&trie, TEXT(""), &found), TRIE_READ_MALFORMED);
    assert_int_equal(OPEN(0xc0, 3, 0, 0, 8, 0x40, 0, 4, 0x44), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_remove(&trie, TEXT("\x10")), TRIE_READ_MALFORMED);
    /* A value after an odd number of nibbles has no key. */
    assert_int_equal(OPEN(0x41, 0x06, 0), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_next_key(&trie, TEXT(""), &found), TRIE_READ_MALFORMED);
    assert_int_equal(OPEN(0x41, 0x06), TRIE_READ_MALFORMED);
    assert_int_equal(OPEN(0x00, 0x00), TRIE_READ_MALFORMED);
    assert_int_equal(OPEN(0x00), TRIE_READ_FOUND);
#undef OPEN
    uint8_t long_child[] = {0x80, 1, 0, 33 << 2, 0x40, 30 << 2, [37] = 0};
    assert_int_equal(open_node(&trie, &nodes, long_child, 37), TRIE_READ_MALFORMED);
    long_child[3] = 31 << 2;
    long_child[5] = 29 << 2;
    assert_int_equal(open_node(&trie, &nodes, long_child, 35), TRIE_READ_FOUND);
}

/* The subtree of `data` with one node changed at random and every hash on the way to it made to fit. */
static struct trie_item *damaged(struct trie_proof *nodes, struct bytes data, uint64_t *seed) {
    struct trie_node node;
    struct trie_item *item;
    if (trie_node_decode(&node, data) == TRIE_OK && node.kind == TRIE_BRANCH && ref_random(seed) % 4) {
        for (uint32_t tries = 0; tries < 32; tries++) {
            uint32_t i = ref_random(seed) % 16;
            const struct trie_item *child = (node.bitmap >> i & 1) && node.children[i].len == 32
                                                ? trie_proof_find(nodes, node.children[i].at)
                                                : NULL;
            if (!child)
                continue;
            node.children[i].at = damaged(nodes, child->data, seed)->hash;
            item = trie_item_encode(&arena_state, &node);
            trie_proof_add(nodes, item);
            return item;
        }
    }
    uint8_t *copy = arena_alloc(&arena_state, data.len + 8);
    memcpy(copy, data.at, data.len);
    uint32_t at = ref_random(seed) % min_u32(data.len, 40);
    switch (ref_random(seed) % 4) {
    case 0:
        copy[at] ^= (uint8_t)(1 << ref_random(seed) % 8);
        break;
    case 1:
        data.len = at + 1;
        break;
    case 2:
        copy[at] = (uint8_t)ref_random(seed);
        break;
    default:
        memmove(copy + at + 1, copy + at, data.len - at);
        data.len++;
    }
    item = trie_item_new(&arena_state, (struct bytes){copy, data.len});
    trie_proof_add(nodes, item);
    return item;
}

static void damaged_nodes_do_no_harm(void **state) {
    (void)state;
    static struct ref_pair pairs[40];
    uint64_t seed = 0xdecafbad12345;
    uint32_t answers[4] = {0};
    for (uint32_t round = 0; round < 3000; round++) {
        struct trie_entry entries[40];
        uint8_t root[32];
        ref_random_pairs(pairs, 40, (int)(round % 6), &seed);
        for (uint32_t i = 0; i < 40; i++)
            entries[i] = (struct trie_entry){bytes_of(pairs[i].key, pairs[i].key_len),
                                             bytes_of(pairs[i].value, pairs[i].value_len)};
        struct trie_proof nodes;
        struct partial_trie trie;
        prover_fill(&nodes, root, entries, 40, round & 1, &arena_state);
        const struct trie_item *item = damaged(&nodes, trie_proof_find(&nodes, root)->data, &seed);
        enum trie_read read = partial_trie_open(&trie, &nodes, item->hash, &arena_state);
        for (uint32_t i = 0; i < 100 && read <= TRIE_READ_ABSENT; i++) {
            const struct trie_entry *e = entries + ref_random(&seed) % 40;
            struct bytes found;
            uint32_t kind = ref_random(&seed) % 4;
            read = kind == 0   ? partial_trie_read(&trie, e->key, &found)
                   : kind == 1 ? partial_trie_next_key(&trie, e->key, &found)
                   : kind == 2 ? partial_trie_remove(&trie, e->key)
                               : partial_trie_insert(&trie, e->key, e->value);
            assert_in_range(read, TRIE_READ_FOUND, TRIE_READ_MALFORMED);
            if (read <= TRIE_READ_ABSENT && i % 30 == 29)
                partial_trie_root(&trie, root, 1, i & 1);
        }
        answers[read]++;
        arena_reset_all();
    }
    assert_in_range(answers[TRIE_READ_INCOMPLETE], 100, 3000);
    assert_in_range(answers[TRIE_READ_MALFORMED], 100, 3000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_empty_trie_grows_and_shrinks, fresh),
        cmocka_unit_test_setup(deep_chains_need_no_stack, fresh),
        cmocka_unit_test_setup(keys_of_kilobytes, fresh),
        cmocka_unit_test_setup(equal_subtrees_are_edited_apart, fresh),
        cmocka_unit_test_setup(a_merge_needs_the_sibling, fresh),
        cmocka_unit_test_setup(kept_nodes_serve_later_blocks, fresh),
        cmocka_unit_test_setup(a_prefix_takes_the_value_of_the_branch_below, fresh),
        cmocka_unit_test_setup(impossible_nodes_are_refused, fresh),
        cmocka_unit_test_setup(damaged_nodes_do_no_harm, fresh),
    };
    return cmocka_run_group_tests_name("partial_trie_edges", tests, NULL, NULL);
}
