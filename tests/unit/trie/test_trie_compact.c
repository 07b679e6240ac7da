/* test_trie_compact.c - compact proofs: what a prover makes decodes to the same nodes and answers, repeated subtrees
 * and values come once, child tries follow, and every damage is refused with its cause. */
#include "unit.h"

#include "reference_trie.h"
#include "trie/prover.h"
#include "trie/trie_compact.h"

static struct ref_pair pairs[200];
static struct trie_entry entries[200];

static uint32_t random_entries(uint32_t count, int style, uint64_t *seed) {
    ref_random_pairs(pairs, count, style, seed);
    for (uint32_t i = 0; i < count; i++)
        entries[i] = (struct trie_entry){{pairs[i].key, pairs[i].key_len}, {pairs[i].value, pairs[i].value_len}};
    return count;
}

static enum trie_compact decode(struct trie_proof *nodes, struct bytes list, const uint8_t *root) {
    struct reader in = reader_over(list, &arena_state);
    enum trie_compact result = trie_compact_decode(nodes, &in, root, &arena_state);
    if (result == TRIE_COMPACT_OK)
        assert_true(reader_done(&in));
    return result;
}

static struct bytes compact(struct trie_proof *nodes, const uint8_t *root) {
    return prover_compact(nodes, (const uint8_t(*)[TRIE_HASH])root, 1);
}

static void release(struct bytes list) { free((void *)(uintptr_t)list.at); }

/* Reads of random keys over a full set; then the compact proof of what they used answers the same, and holds no more.
 */
static void proofs_survive_the_compact_form(void **state) {
    (void)state;
    uint64_t seed = 0x99aabbccddeeff;
    uint64_t plain_size = 0, compact_size_all = 0;
    for (uint32_t round = 0; round < 200; round++) {
        uint8_t root[32];
        uint32_t count = random_entries(1 + ref_random(&seed) % 150, (int)(round % 6), &seed);
        struct trie_proof full, nodes;
        struct partial_trie over_full, trie;
        prover_fill(&full, root, entries, count, round & 1, &arena_state);
        assert_int_equal(partial_trie_open(&over_full, &full, root, &arena_state), TRIE_READ_FOUND);
        uint32_t reads = ref_random(&seed) % 30;
        for (uint32_t i = 0; i < reads; i++) {
            struct bytes value;
            assert_int_equal(partial_trie_read(&over_full, entries[i * 7 % count].key, i % 3 ? &value : NULL),
                             TRIE_READ_FOUND);
        }
        uint32_t used;
        struct bytes list = compact(&full, root), plain = prover_plain(&full, UINT32_MAX, &used);
        uint64_t calls = shim_calls();
        assert_int_equal(decode(&nodes, list, root), TRIE_COMPACT_OK);
        assert_in_range(shim_calls() - calls, used, used + 20); /* a hash each, and memory */
        assert_int_equal(nodes.count, used);
        plain_size += plain.len;
        compact_size_all += list.len;
        assert_int_equal(partial_trie_open(&trie, &nodes, root, &arena_state), TRIE_READ_FOUND);
        for (uint32_t i = 0; i < reads; i++) {
            struct bytes a, b;
            bool whole = i % 3 != 0;
            const struct bytes key = entries[i * 7 % count].key;
            assert_int_equal(partial_trie_read(&trie, key, whole ? &a : NULL), TRIE_READ_FOUND);
            assert_int_equal(partial_trie_read(&over_full, key, whole ? &b : NULL), TRIE_READ_FOUND);
            if (whole)
                assert_bytes_equal(a, b);
        }
        release(list);
        release(plain);
        arena_reset_all();
    }
    assert_true(compact_size_all < plain_size * 9 / 10);
}

static void repetitions_come_once(void **state) {
    (void)state;
    enum { EACH = 10 };
    uint8_t keys[2 * EACH][2], value[100] = {1}, root[32];
    for (uint32_t i = 0; i < 2 * EACH; i++) {
        keys[i][0] = i < EACH ? 'A' : 'Q';
        keys[i][1] = (uint8_t)(i % EACH * 17);
        entries[i] = (struct trie_entry){{keys[i], 2}, {value, i % EACH ? 100 : 70}};
    }
    struct trie_proof nodes, again;
    prover_fill(&nodes, root, entries, 2 * EACH, 1, &arena_state);
    prover_mark(&nodes, true);
    struct bytes list = compact(&nodes, root);
    assert_in_range(list.len, 170, 800); /* both values once */
    assert_int_equal(decode(&again, list, root), TRIE_COMPACT_OK);
    assert_int_equal(again.count, nodes.count);
    struct partial_trie trie;
    struct bytes found;
    assert_int_equal(partial_trie_open(&trie, &again, root, &arena_state), TRIE_READ_FOUND);
    for (uint32_t i = 0; i < 2 * EACH; i++) {
        assert_int_equal(partial_trie_read(&trie, entries[i].key, &found), TRIE_READ_FOUND);
        assert_bytes_equal(found, entries[i].value);
    }
    release(list);
}

/* Every bit flipped, every byte cut off: never taken for the proof of the same root. */
static void damage_is_refused(void **state) {
    (void)state;
    uint64_t seed = 0x1357913579;
    uint32_t results[6] = {0};
    for (uint32_t round = 0; round < 6; round++) {
        uint8_t root[32];
        struct trie_proof full, nodes;
        uint32_t count = random_entries(20, (int)round, &seed);
        prover_fill(&full, root, entries, count, 1, &arena_state);
        prover_mark(&full, true);
        struct bytes list = compact(&full, root);
        uint8_t *copy = malloc(list.len);
        for (uint32_t bit = 0; bit < 8 * list.len; bit++) {
            memcpy(copy, list.at, list.len);
            copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
            struct reader in = reader_over((struct bytes){copy, list.len}, &arena_scratch);
            enum trie_compact result = trie_compact_decode(&nodes, &in, root, &arena_scratch);
            assert_in_range(result, TRIE_COMPACT_TRUNCATED, TRIE_COMPACT_EXTRA);
            results[result]++;
            arena_reset_all();
        }
        for (uint32_t len = 0; len < list.len; len++) {
            uint8_t *exact = malloc(len + 1);
            memcpy(exact, list.at, len);
            struct reader in = reader_over((struct bytes){exact, len}, &arena_scratch);
            assert_int_equal(trie_compact_decode(&nodes, &in, root, &arena_scratch), TRIE_COMPACT_TRUNCATED);
            free(exact);
            arena_reset_all();
        }
        free(copy);
        release(list);
    }
    assert_true(results[TRIE_COMPACT_TRUNCATED] > 100 && results[TRIE_COMPACT_MALFORMED] > 100 &&
                results[TRIE_COMPACT_ROOT] > 100);
}

/* A vector of items written by hand. */
struct item_list {
    uint8_t bytes[1000];
    uint32_t len, count;
};

static void add(struct item_list *l, const void *item, uint32_t len) {
    l->len += (uint32_t)(trie_length_write(l->bytes + l->len, len) - (l->bytes + l->len));
    if (len)
        memcpy(l->bytes + l->len, item, len);
    l->len += len;
    l->count++;
}

static enum trie_compact decode_items(struct item_list *l, struct trie_proof *nodes, const uint8_t *root) {
    uint8_t *list = malloc(l->len + 1); /* exact, so that a read past the end is seen */
    list[0] = (uint8_t)(l->count << 2);
    memcpy(list + 1, l->bytes, l->len);
    struct reader in = reader_over((struct bytes){list, l->len + 1}, &arena_state);
    enum trie_compact result = trie_compact_decode(nodes, &in, root, &arena_state);
    free(list);
    return result;
}

static void causes_are_told_apart(void **state) {
    (void)state;
    struct trie_proof nodes;
    uint8_t root[32], other[32] = {1};
    static const uint8_t leaf[] = {0x42, 'k', 4, 'v'};
    host_blake2_256(root, (struct bytes){leaf, sizeof leaf});
#define ITEM(l, ...) add(l, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
#define LIST(name) struct item_list name = {{0}, 0, 0}
    LIST(none);
    assert_int_equal(decode_items(&none, &nodes, root), TRIE_COMPACT_TRUNCATED);
    assert_int_equal(decode_items(&none, &nodes, trie_empty_root), TRIE_COMPACT_TRUNCATED);
    LIST(empty_trie);
    ITEM(&empty_trie, 0);
    assert_int_equal(decode_items(&empty_trie, &nodes, trie_empty_root), TRIE_COMPACT_OK);
    assert_int_equal(decode_items(&empty_trie, &nodes, root), TRIE_COMPACT_ROOT);
    ITEM(&empty_trie, 0);
    assert_int_equal(decode_items(&empty_trie, &nodes, trie_empty_root), TRIE_COMPACT_EXTRA);
    LIST(one);
    add(&one, leaf, sizeof leaf);
    assert_int_equal(decode_items(&one, &nodes, root), TRIE_COMPACT_OK);
    assert_int_equal(decode_items(&one, &nodes, other), TRIE_COMPACT_ROOT);
    add(&one, leaf, sizeof leaf);
    assert_int_equal(decode_items(&one, &nodes, root), TRIE_COMPACT_EXTRA);
    LIST(empty_item);
    add(&empty_item, NULL, 0);
    assert_int_equal(decode_items(&empty_item, &nodes, root), TRIE_COMPACT_MALFORMED);
    LIST(trailing);
    ITEM(&trailing, 0x42, 'k', 4, 'v', 0);
    assert_int_equal(decode_items(&trailing, &nodes, root), TRIE_COMPACT_MALFORMED);
    LIST(child_missing);
    ITEM(&child_missing, 0x80, 1, 0, 0);
    assert_int_equal(decode_items(&child_missing, &nodes, root), TRIE_COMPACT_TRUNCATED);
    LIST(escape_alone);
    ITEM(&escape_alone, 1);
    assert_int_equal(decode_items(&escape_alone, &nodes, root), TRIE_COMPACT_MALFORMED);
    LIST(value_missing);
    ITEM(&value_missing, 1, 0x42, 'k', 0);
    assert_int_equal(decode_items(&value_missing, &nodes, root), TRIE_COMPACT_TRUNCATED);
    LIST(value_twice);
    ITEM(&value_twice, 1, 0x42, 'k', 4, 'v');
    ITEM(&value_twice, 'v');
    assert_int_equal(decode_items(&value_twice, &nodes, root), TRIE_COMPACT_MALFORMED);
    LIST(no_value);
    ITEM(&no_value, 1, 0x80, 1, 0, 0);
    ITEM(&no_value, 'v');
    assert_int_equal(decode_items(&no_value, &nodes, root), TRIE_COMPACT_MALFORMED);
    LIST(escaped_empty);
    ITEM(&escaped_empty, 1, 0);
    ITEM(&escaped_empty, 'v');
    assert_int_equal(decode_items(&escaped_empty, &nodes, trie_empty_root), TRIE_COMPACT_MALFORMED);
    LIST(escaped_twice);
    ITEM(&escaped_twice, 1, 1, 0x42, 'k', 0);
    ITEM(&escaped_twice, 'v');
    assert_int_equal(decode_items(&escaped_twice, &nodes, root), TRIE_COMPACT_MALFORMED);
    /* From the reference: "ab" -> 07 x 40, "abc" -> 1, "abd" -> 22 in state version 1. */
    static const uint8_t known[32] = {0x01, 0xa2, 0xae, 0x8b, 0xbf, 0x7d, 0x3c, 0xd3, 0x29, 0x1c, 0xdd,
                                      0xce, 0x7a, 0x6b, 0x6f, 0xf2, 0x08, 0xd7, 0x27, 0x8e, 0x9b, 0xde,
                                      0xb9, 0xa0, 0x83, 0xdb, 0x24, 0x99, 0x03, 0x05, 0x71, 0xae};
    uint8_t sevens[40];
    memset(sevens, 7, 40);
    LIST(three);
    ITEM(&three, 0x01, 0xc4, 0x61, 0x62, 0x40, 0x00, 0x00, 0x30, 0x80, 0x18, 0x00, 0x0c, 0x40, 0x04, 0x31, 0x10, 0x40,
         0x08, 0x32, 0x32);
    add(&three, sevens, 40);
    assert_int_equal(decode_items(&three, &nodes, known), TRIE_COMPACT_OK);
    assert_int_equal(nodes.count, 2);
    three.bytes[three.len - 1] = 8;
    assert_int_equal(decode_items(&three, &nodes, known), TRIE_COMPACT_ROOT);
#undef ITEM
#undef LIST
}

enum { CHILDREN = 4 };

/* A main trie that names the roots of child tries, and the nodes of all of them in one set. */
static void fill_children(struct trie_proof *nodes, uint8_t roots[static CHILDREN + 1][TRIE_HASH]) {
    static char keys[CHILDREN + 1][32];
    static uint8_t values[CHILDREN][60];
    struct trie_entry main_entries[CHILDREN + 1];
    struct trie_proof part;
    struct bytes plain[CHILDREN + 1];
    for (uint32_t i = 0; i <= CHILDREN; i++) {
        bool is_main = i == CHILDREN;
        if (!is_main) {
            memset(values[i], (int)i + 1, 60);
            struct trie_entry e[2] = {{TEXT("one"), {values[i], 60}}, {TEXT("two"), {values[i], 30}}};
            prover_fill(&part, roots[i + 1], e, 2, 1, &arena_state);
            snprintf(keys[i], sizeof keys[i], ":child_storage:default:%c", (char)('a' + i));
            main_entries[i] = (struct trie_entry){{(uint8_t *)keys[i], 24}, {roots[i + 1], 32}};
        } else {
            main_entries[i] = (struct trie_entry){TEXT("beside"), {values[0], 60}};
            prover_fill(&part, roots[0], main_entries, CHILDREN + 1, 1, &arena_state);
        }
        prover_mark(&part, true);
        plain[i] = prover_plain(&part, UINT32_MAX, NULL);
    }
    static const uint8_t none = 0;
    struct reader in = reader_over((struct bytes){&none, 1}, &arena_state);
    assert_true(trie_proof_open(nodes, &in, &arena_state));
    for (uint32_t i = 0; i <= CHILDREN; i++) {
        struct bytes own = {arena_copy(&arena_state, plain[i]), plain[i].len};
        struct reader items = reader_over(own, &arena_state);
        for (uint32_t n = read_compact_u32(&items); n--;)
            trie_proof_add(nodes, trie_item_new(&arena_state, trie_proof_next(&items)));
        release(plain[i]);
    }
    prover_mark(nodes, true);
}

/* The main trie's sequence and those of the given child tries ('a' + n is roots[n + 1]). */
static enum trie_compact decode_with(struct trie_proof *nodes, const uint8_t (*roots)[TRIE_HASH], const char *which) {
    uint8_t chosen[8][TRIE_HASH];
    uint32_t count = 1;
    memcpy(chosen[0], roots[0], TRIE_HASH);
    for (; *which; which++)
        memcpy(chosen[count++], roots[*which - 'a' + 1], TRIE_HASH);
    struct bytes list = prover_compact(nodes, (const uint8_t(*)[TRIE_HASH])chosen, count);
    struct trie_proof decoded;
    enum trie_compact result = decode(&decoded, list, roots[0]);
    release(list);
    return result;
}

static void child_tries_follow_in_order(void **state) {
    (void)state;
    struct trie_proof nodes;
    uint8_t roots[CHILDREN + 2][TRIE_HASH];
    fill_children(&nodes, roots);
    const uint8_t(*r)[TRIE_HASH] = (const uint8_t(*)[TRIE_HASH])roots;
    static const char *const right[] = {"", "a", "d", "ab", "bd", "abcd", "acd"};
    for (size_t i = 0; i < COUNT_OF(right); i++)
        assert_int_equal(decode_with(&nodes, r, right[i]), TRIE_COMPACT_OK);
    assert_int_equal(decode_with(&nodes, r, "ba"), TRIE_COMPACT_CHILD);
    assert_int_equal(decode_with(&nodes, r, "dc"), TRIE_COMPACT_EXTRA); /* no root is left to ask for it */
    assert_int_equal(decode_with(&nodes, r, "aa"), TRIE_COMPACT_CHILD);
    assert_int_equal(decode_with(&nodes, r, "abcda"), TRIE_COMPACT_EXTRA);
    /* A trie that no key of the main trie names. */
    struct trie_entry e = {TEXT("stranger"), TEXT("value")};
    struct trie_proof part;
    prover_fill(&part, roots[CHILDREN + 1], &e, 1, 1, &arena_state);
    trie_proof_add(&nodes, trie_item_new(&arena_state, trie_proof_find(&part, roots[CHILDREN + 1])->data));
    prover_mark(&nodes, true);
    assert_int_equal(decode_with(&nodes, r, "e"), TRIE_COMPACT_CHILD);
    /* Roots whose leaf is outside the proof are passed over, and their tries are then strangers too. */
    struct partial_trie trie;
    prover_mark(&nodes, false);
    assert_int_equal(partial_trie_open(&trie, &nodes, roots[0], &arena_state), TRIE_READ_FOUND);
    assert_int_equal(partial_trie_read(&trie, TEXT(":child_storage:default:c"), NULL), TRIE_READ_FOUND);
    assert_int_equal(decode_with(&nodes, r, "c"), TRIE_COMPACT_OK);
    assert_int_equal(decode_with(&nodes, r, "b"), TRIE_COMPACT_CHILD);
}

/* Branch in branch in branch, thousands deep; and a count that lies. */
static void deep_and_lying_input(void **state) {
    (void)state;
    enum { DEEP = 20000 };
    static const uint8_t branch[] = {4 << 2, 0x80, 1, 0, 0};
    uint8_t *list = malloc(4 + DEEP * sizeof branch + 10), root[32], *at = trie_length_write(list, DEEP + 1);
    for (uint32_t i = 0; i < DEEP; i++, at += sizeof branch)
        memcpy(at, branch, sizeof branch);
    *at++ = 3 << 2;
    memcpy(at, "\x40\x04v", 3);
    struct bytes all = {list, (uint32_t)(at + 3 - list)};
    struct trie_proof nodes;
    memset(root, 0, 32);
    assert_int_equal(decode(&nodes, all, root), TRIE_COMPACT_ROOT);
    assert_int_equal(nodes.count, DEEP + 1);
    assert_int_equal(decode(&nodes, (struct bytes){list, all.len - 4}, root), TRIE_COMPACT_TRUNCATED);
    const uint8_t *before = arena_state.at;
    store_u32(list, 0xfffffffe); /* 2^30 - 1 items */
    assert_int_equal(decode(&nodes, all, root), TRIE_COMPACT_TRUNCATED);
    assert_in_range(arena_state.at - before, 0, 64);
    free(list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(proofs_survive_the_compact_form, fresh),
        cmocka_unit_test_setup(repetitions_come_once, fresh),
        cmocka_unit_test_setup(damage_is_refused, fresh),
        cmocka_unit_test_setup(causes_are_told_apart, fresh),
        cmocka_unit_test_setup(child_tries_follow_in_order, fresh),
        cmocka_unit_test_setup(deep_and_lying_input, fresh),
    };
    return cmocka_run_group_tests_name("trie_compact", tests, NULL, NULL);
}
