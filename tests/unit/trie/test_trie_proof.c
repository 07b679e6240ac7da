/* test_trie_proof.c - reads through proofs: every key of random tries, missing and damaged nodes, hostile sets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "reference_trie.h"
#include "shim.h"
#include "trie/partial_trie.h"

static struct ref_pair pairs[128];
static struct ref_trie reference;

static int setup(void **state) {
    (void)state;
    shim_reset();
    arena_reset_all();
    return 0;
}

static struct trie_proof open_proof(struct bytes items) {
    struct trie_proof proof;
    struct reader in = reader_over(items, &arena_scratch);
    assert_true(trie_proof_open(&proof, &in, &arena_scratch));
    assert_true(reader_done(&in));
    return proof;
}

static bool has(struct trie_proof *proof, const uint8_t *root) {
    struct partial_trie trie;
    return partial_trie_open(&trie, proof, root, &arena_scratch) == TRIE_READ_FOUND;
}

static enum trie_read read_key(struct trie_proof *proof, struct bytes *value, const uint8_t *root, struct bytes key) {
    struct partial_trie trie;
    enum trie_read read = partial_trie_open(&trie, proof, root, &arena_scratch);
    return read == TRIE_READ_FOUND ? partial_trie_read(&trie, key, value) : read;
}

static struct bytes key_of(const struct ref_pair *p) { return (struct bytes){p->key, p->key_len}; }

static void complete_proofs_answer_every_key(void **state) {
    (void)state;
    uint64_t seed = 0xabcdef0123456789;
    uint32_t found = 0, absent = 0;
    for (uint32_t round = 0; round < 120; round++) {
        uint32_t count = 1 + ref_random(&seed) % 60;
        ref_random_pairs(pairs, count, (int)(round % 6), &seed);
        ref_build(&reference, pairs, &count, (int)(round / 6 % 2));
        struct bytes items = ref_proof(&reference, UINT32_MAX), value;
        struct trie_proof proof = open_proof(items);
        assert_true(has(&proof, reference.root));
        for (uint32_t i = 0; i < count; i++) {
            assert_int_equal(read_key(&proof, &value, reference.root, key_of(&pairs[i])), TRIE_READ_FOUND);
            assert_true(bytes_equal(value, (struct bytes){pairs[i].value, pairs[i].value_len}));
            found++;
            /* Keys beside this one: a byte more, a byte less, one nibble changed. */
            struct ref_pair other = pairs[i];
            for (int change = 0; change < 3; change++) {
                other = pairs[i];
                if (change == 0)
                    other.key[other.key_len++] = (uint8_t)ref_random(&seed);
                else if (change == 1 && other.key_len)
                    other.key_len--;
                else if (other.key_len)
                    other.key[ref_random(&seed) % other.key_len] ^= (uint8_t)(1 << ref_random(&seed) % 8);
                bool present = false;
                for (uint32_t j = 0; j < count; j++)
                    present = present || bytes_equal(key_of(&pairs[j]), key_of(&other));
                assert_int_equal(read_key(&proof, &value, reference.root, key_of(&other)),
                                 present ? TRIE_READ_FOUND : TRIE_READ_ABSENT);
                absent += !present;
            }
        }
        free((void *)(uintptr_t)items.at);
        ref_free(&reference);
        arena_reset_all();
    }
    assert_in_range(found, 1000, 10000);
    assert_in_range(absent, 1000, 30000);
}

static void a_missing_node_is_never_an_answer(void **state) {
    (void)state;
    uint64_t seed = 0x5555aaaa12121212;
    uint32_t incomplete = 0;
    for (uint32_t round = 0; round < 24; round++) {
        uint32_t count = 2 + ref_random(&seed) % 24;
        ref_random_pairs(pairs, count, (int)(round % 6), &seed);
        ref_build(&reference, pairs, &count, (int)(round & 1));
        for (uint32_t skip = 0; skip < reference.count; skip++) {
            struct bytes items = ref_proof(&reference, skip), value;
            struct trie_proof proof = open_proof(items);
            bool same_elsewhere = false; /* two equal values share a hash */
            for (uint32_t i = 0; i < reference.count; i++)
                same_elsewhere = same_elsewhere ||
                                 (i != skip && memcmp(reference.nodes[i].hash, reference.nodes[skip].hash, 32) == 0);
            uint32_t missed = 0;
            for (uint32_t i = 0; i < count; i++) {
                enum trie_read read = read_key(&proof, &value, reference.root, key_of(&pairs[i]));
                if (read == TRIE_READ_FOUND)
                    assert_true(bytes_equal(value, (struct bytes){pairs[i].value, pairs[i].value_len}));
                else
                    assert_int_equal(read, TRIE_READ_INCOMPLETE);
                missed += read == TRIE_READ_INCOMPLETE;
            }
            assert_true(same_elsewhere ? missed == 0 : missed >= 1);
            incomplete += missed;
            assert_int_equal(has(&proof, reference.root), same_elsewhere || skip != reference.count - 1);
            free((void *)(uintptr_t)items.at);
            arena_reset_all();
        }
        ref_free(&reference);
    }
    assert_in_range(incomplete, 500, 100000);
}

static void a_flipped_bit_hides_the_node(void **state) {
    (void)state;
    uint64_t seed = 0x7777777712345678;
    uint32_t count = 20;
    ref_random_pairs(pairs, count, 3, &seed);
    ref_build(&reference, pairs, &count, 1);
    struct bytes items = ref_proof(&reference, UINT32_MAX), value;
    uint8_t *copy = malloc(items.len);
    for (uint32_t bit = 0; bit < 8 * items.len; bit += 3) {
        memcpy(copy, items.at, items.len);
        copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct trie_proof proof;
        struct reader in = reader_over((struct bytes){copy, items.len}, &arena_scratch);
        if (trie_proof_open(&proof, &in, &arena_scratch)) {
            uint32_t lost = 0;
            for (uint32_t i = 0; i < count; i++) {
                enum trie_read read = read_key(&proof, &value, reference.root, key_of(&pairs[i]));
                if (read == TRIE_READ_FOUND)
                    assert_true(bytes_equal(value, (struct bytes){pairs[i].value, pairs[i].value_len}));
                else
                    assert_int_equal(read, TRIE_READ_INCOMPLETE);
                lost += read != TRIE_READ_FOUND;
            }
            assert_in_range(lost, 1, count);
        } else {
            assert_true(in.failed);
        }
        arena_reset_all();
    }
    free(copy);
    free((void *)(uintptr_t)items.at);
    ref_free(&reference);
}

/* Opens a set of one item and reads "k" below it. */
static enum trie_read read_single(const uint8_t *node, uint32_t len) {
    uint8_t list[80], root[32];
    list[0] = 1 << 2;
    list[1] = (uint8_t)(len << 2);
    memcpy(list + 2, node, len);
    host_blake2_256(root, (struct bytes){node, len});
    struct trie_proof proof = open_proof((struct bytes){list, len + 2});
    struct bytes value;
    return read_key(&proof, &value, root, (struct bytes){(const uint8_t *)"k", 1}); /* nibbles 6, b */
}

static void malformed_nodes_are_told_from_missing_ones(void **state) {
    (void)state;
#define SINGLE(...) read_single((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))
    assert_int_equal(SINGLE(0x00), TRIE_READ_ABSENT);
    assert_int_equal(SINGLE(0x42, 'k', 0), TRIE_READ_FOUND);
    assert_int_equal(SINGLE(0x42, 'k'), TRIE_READ_MALFORMED);                    /* truncated */
    assert_int_equal(SINGLE(0x42, 'k', 0, 0), TRIE_READ_MALFORMED);              /* trailing byte */
    assert_int_equal(SINGLE(0x01, 0x42, 'k', 0), TRIE_READ_MALFORMED);           /* compact proof's escape */
    assert_int_equal(SINGLE(0x41, 0x16, 0), TRIE_READ_MALFORMED);                /* padding */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0), TRIE_READ_MALFORMED);             /* no children */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0x08, 8, 0x40, 0), TRIE_READ_FOUND);  /* inline leaf at child b */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0x08, 8, 0x40), TRIE_READ_MALFORMED); /* child cut off */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0x08, 4, 0x40), TRIE_READ_MALFORMED); /* inline child truncated */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0x08, 0), TRIE_READ_MALFORMED);    /* empty child outside compact proofs */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0x08, 4, 0), TRIE_READ_MALFORMED); /* empty trie as child */
    assert_int_equal(SINGLE(0x81, 0x06, 0, 0x04, 8, 0x40, 0), TRIE_READ_ABSENT);    /* only child a */
    assert_int_equal(SINGLE(0xc2, 'k', 1, 0, 4, 'v', 8, 0x40, 0), TRIE_READ_FOUND); /* value in a branch */
    assert_int_equal(SINGLE(0x82, 'k', 1, 0, 8, 0x40, 0), TRIE_READ_ABSENT);        /* branch there, without value */
    assert_int_equal(SINGLE(0x43, 0x06, 0xb0, 0), TRIE_READ_ABSENT);                /* leaf below the key */
    assert_int_equal(SINGLE(0x41, 0x06, 0), TRIE_READ_ABSENT);                      /* leaf above the key */
#undef SINGLE
    uint8_t hashed[34] = {0x22, 'k'}; /* hashed value that the set does not hold */
    assert_int_equal(read_single(hashed, 34), TRIE_READ_INCOMPLETE);
    uint8_t branch[37] = {0x81, 0x06, 0, 0x08, 32 << 2}; /* hashed child that the set does not hold */
    assert_int_equal(read_single(branch, 37), TRIE_READ_INCOMPLETE);
    memcpy(branch + 5, trie_empty_root, 32); /* the empty trie is at hand only as a whole */
    assert_int_equal(read_single(branch, 37), TRIE_READ_INCOMPLETE);
}

static void lists_must_decode(void **state) {
    (void)state;
    static const struct {
        uint8_t at[8];
        uint32_t len;
    } bad[] = {{{0}, 0},
               {{1 << 2}, 1},                             /* one item announced, none there */
               {{2 << 2, 0}, 2},                          /* two announced, one there */
               {{1 << 2, 2 << 2, 0}, 3},                  /* item longer than the list */
               {{3, 0xff, 0xff, 0xff, 0xff, 0, 0}, 7},    /* 2^32-1 items */
               {{0xfe, 0xff, 0xff, 0xff, 0, 0, 0, 0}, 8}, /* 2^30-1 items, three there */
               {{1 << 2, 1, 0}, 3},                       /* length 0 in two bytes */
               {{1 << 2, 0xfd, 0, 0, 0}, 5},              /* length 63 in two bytes */
               {{1 << 2, 0x01}, 2},                       /* half a two-byte length */
               {{1 << 2, 0x02, 0, 0, 0, 0}, 6},           /* length 0 in four bytes */
               {{1 << 2, 0x02, 0, 0x01, 0, 9, 9, 9}, 8},  /* 16384 bytes, three there */
               {{1, 0, 0}, 3}};                           /* count 0 in two bytes */
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct trie_proof proof;
        struct reader in = reader_over((struct bytes){bad[i].at, bad[i].len}, &arena_scratch);
        assert_false(trie_proof_open(&proof, &in, &arena_scratch));
        assert_true(in.failed);
    }
}

static void what_follows_the_list_is_left(void **state) {
    (void)state;
    static const uint8_t bytes[] = {1 << 2, 1 << 2, 0x00, 0x77};
    struct trie_proof proof;
    struct reader in = reader_over((struct bytes){bytes, 4}, &arena_scratch);
    assert_true(trie_proof_open(&proof, &in, &arena_scratch));
    assert_int_equal(reader_left(&in), 1);
    assert_int_equal(read_u8(&in), 0x77);
}

static void empty_sets_hold_the_empty_trie_only(void **state) {
    (void)state;
    static const uint8_t none = 0, zeros[32];
    struct trie_proof proof = open_proof((struct bytes){&none, 1});
    struct bytes value;
    assert_true(has(&proof, trie_empty_root));
    assert_int_equal(read_key(&proof, &value, trie_empty_root, (struct bytes){&none, 1}), TRIE_READ_ABSENT);
    assert_false(has(&proof, zeros));
    assert_int_equal(read_key(&proof, &value, zeros, (struct bytes){&none, 1}), TRIE_READ_INCOMPLETE);
}

static void many_items_stay_cheap(void **state) {
    (void)state;
    /* 10^5 empty items: none is hashed. 10^5 equal items: hashed, kept once. */
    enum { MANY = 100000 };
    uint8_t *list = calloc(1, 5 + 2 * MANY);
    store_u32(list, MANY << 2 | 2);
    uint64_t before = shim_calls();
    struct trie_proof proof = open_proof((struct bytes){list, 4 + MANY});
    assert_int_equal(proof.count, 0);
    assert_int_equal(shim_calls() - before, 0);
    for (uint32_t i = 0; i < MANY; i++)
        list[4 + 2 * i] = 1 << 2;
    proof = open_proof((struct bytes){list, 4 + 2 * MANY});
    assert_int_equal(proof.count, 1);
    assert_true(has(&proof, trie_empty_root));
    /* As many announced, the last one missing: refused, however much was read. */
    struct trie_proof broken;
    struct reader in = reader_over((struct bytes){list, 4 + 2 * MANY - 1}, &arena_scratch);
    assert_false(trie_proof_open(&broken, &in, &arena_scratch));
    free(list);
}

static void shared_children_do_not_multiply_the_walk(void **state) {
    (void)state;
    /* 60 levels; at each, all 16 children name the same next node: 16^60 paths in 61 items. A hash cannot name a node
     * that contains it, so this is as near to a loop as a set comes; a read still takes one step per nibble. */
    enum { LEVELS = 60, BRANCH = 3 + 16 * 33 };
    uint8_t *list = malloc(8 + (LEVELS + 1) * (BRANCH + 2)), *at = list, child[32], key[LEVELS / 2];
    uint8_t leaf[40] = {0x40, 36 << 2};
    at = trie_length_write(at, LEVELS + 1);
    at = trie_length_write(at, 38);
    memcpy(at, leaf, 38);
    host_blake2_256(child, (struct bytes){at, 38});
    at += 38;
    for (int level = 0; level < LEVELS; level++) {
        at = trie_length_write(at, BRANCH);
        uint8_t *node = at;
        *at++ = 0x80;
        *at++ = 0xff;
        *at++ = 0xff;
        for (int i = 0; i < 16; i++) {
            *at++ = 32 << 2;
            memcpy(at, child, 32);
            at += 32;
        }
        host_blake2_256(child, (struct bytes){node, BRANCH});
    }
    struct trie_proof proof = open_proof((struct bytes){list, (uint32_t)(at - list)});
    uint64_t seed = 99;
    struct bytes value;
    for (int i = 0; i < 100; i++) {
        for (size_t j = 0; j < sizeof key; j++)
            key[j] = (uint8_t)ref_random(&seed);
        assert_int_equal(read_key(&proof, &value, child, (struct bytes){key, sizeof key}), TRIE_READ_FOUND);
        assert_int_equal(value.len, 36);
        assert_int_equal(read_key(&proof, &value, child, (struct bytes){key, sizeof key - 1}), TRIE_READ_ABSENT);
    }
    free(list);
}

static void nested_inline_children_are_followed(void **state) {
    (void)state;
    /* Branches inside branches, all inline, deeper than any encoder would nest them. */
    uint8_t node[35] = {0x40, 4, 'v'}; /* leaf "v" */
    uint32_t len = 3, levels = 0;
    while (len + 4 <= sizeof node) {
        memmove(node + 4, node, len);
        node[0] = 0x80;
        store_u16(node + 1, 1);
        node[3] = (uint8_t)(len << 2);
        len += 4;
        levels++;
    }
    uint8_t list[70], root[32], key[20] = {0};
    list[0] = 4;
    list[1] = (uint8_t)(len << 2);
    memcpy(list + 2, node, len);
    host_blake2_256(root, (struct bytes){node, len});
    struct trie_proof proof = open_proof((struct bytes){list, len + 2});
    struct bytes value;
    enum trie_read expect = levels % 2 ? TRIE_READ_ABSENT : TRIE_READ_FOUND;
    assert_int_equal(read_key(&proof, &value, root, (struct bytes){key, levels / 2}), expect);
    assert_int_equal(read_key(&proof, &value, root, (struct bytes){key, 20}), TRIE_READ_ABSENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(complete_proofs_answer_every_key, setup),
        cmocka_unit_test_setup(a_missing_node_is_never_an_answer, setup),
        cmocka_unit_test_setup(a_flipped_bit_hides_the_node, setup),
        cmocka_unit_test_setup(malformed_nodes_are_told_from_missing_ones, setup),
        cmocka_unit_test_setup(lists_must_decode, setup),
        cmocka_unit_test_setup(what_follows_the_list_is_left, setup),
        cmocka_unit_test_setup(empty_sets_hold_the_empty_trie_only, setup),
        cmocka_unit_test_setup(many_items_stay_cheap, setup),
        cmocka_unit_test_setup(shared_children_do_not_multiply_the_walk, setup),
        cmocka_unit_test_setup(nested_inline_children_are_followed, setup),
    };
    return cmocka_run_group_tests_name("trie_proof", tests, NULL, NULL);
}
