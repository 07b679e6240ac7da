/* test_partial_trie.c - edits, reads and next keys of lazily decoded tries against sorted lists and whole-trie roots:
 * over complete node sets, over just what a first run used, over damaged ones; long keys and deep chains. */
#include "unit.h"

#include "reference_trie.h"
#include "trie/prover.h"

enum { MOST = 400 };

/* What the trie under test must hold, sorted by key. */
static struct model {
    struct trie_entry entries[MOST];
    uint32_t count;
} model;
static struct ref_pair pairs[MOST];
static uint32_t pair_count;

static int compare(struct bytes a, struct bytes b) {
    uint32_t shared = min_u32(a.len, b.len);
    int order = shared ? memcmp(a.at, b.at, shared) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The first entry whose key is not less. */
static uint32_t model_at(struct bytes key) {
    uint32_t i = 0;
    while (i < model.count && compare(model.entries[i].key, key) < 0)
        i++;
    return i;
}

static bool model_has(struct bytes key) {
    uint32_t i = model_at(key);
    return i < model.count && compare(model.entries[i].key, key) == 0;
}

static void model_set(struct bytes key, struct bytes value) {
    uint32_t i = model_at(key);
    if (!model_has(key)) {
        memmove(model.entries + i + 1, model.entries + i, (model.count - i) * sizeof *model.entries);
        model.count++;
    }
    model.entries[i] = (struct trie_entry){key, value};
}

static void model_remove(struct bytes key) {
    uint32_t i = model_at(key);
    model.count--;
    memmove(model.entries + i, model.entries + i + 1, (model.count - i) * sizeof *model.entries);
}

static struct bytes key_at(uint32_t i) { return (struct bytes){pairs[i].key, pairs[i].key_len}; }
static struct bytes value_at(uint32_t i) { return (struct bytes){pairs[i].value, pairs[i].value_len}; }

/* Fills the model with about half of `count` distinct random pairs. */
static void start(uint32_t count, int style, uint64_t *seed) {
    model.count = pair_count = 0;
    ref_random_pairs(pairs, count, style, seed);
    for (uint32_t i = 0; i < count; i++)
        if (!model_has(key_at(i)) || i % 2)
            model_set(key_at(i), value_at(i));
    pair_count = count;
    for (uint32_t i = 0; i < count; i++)
        if (ref_random(seed) % 2 && model_has(key_at(i)))
            model_remove(key_at(i));
}

static void assert_root(struct partial_trie *trie, uint8_t version, bool keep) {
    uint8_t root[32], expect[32];
    trie_root(expect, version, model.entries, model.count, &arena_scratch);
    partial_trie_root(trie, root, version, keep);
    assert_memory_equal(root, expect, 32);
}

static void assert_reads(struct partial_trie *trie, struct bytes key) {
    struct bytes value = {NULL, 0};
    uint32_t i = model_at(key);
    bool there = model_has(key);
    assert_int_equal(partial_trie_read(trie, key, NULL), there ? TRIE_READ_FOUND : TRIE_READ_ABSENT);
    assert_int_equal(partial_trie_read(trie, key, &value), there ? TRIE_READ_FOUND : TRIE_READ_ABSENT);
    if (there)
        assert_bytes_equal(value, model.entries[i].value);
    i += there;
    assert_int_equal(partial_trie_next_key(trie, key, &value), i < model.count ? TRIE_READ_FOUND : TRIE_READ_ABSENT);
    if (i < model.count)
        assert_bytes_equal(value, model.entries[i].key);
}

static void edit(struct partial_trie *trie, uint64_t *seed) {
    uint32_t i = ref_random(seed) % pair_count;
    bool there = model_has(key_at(i));
    enum trie_read expect = there ? TRIE_READ_FOUND : TRIE_READ_ABSENT;
    if (ref_random(seed) % 2) {
        struct bytes value = value_at(ref_random(seed) % pair_count);
        assert_int_equal(partial_trie_insert(trie, key_at(i), value), expect);
        model_set(key_at(i), value);
    } else {
        assert_int_equal(partial_trie_remove(trie, key_at(i)), expect);
        if (there)
            model_remove(key_at(i));
    }
}

/* A key that may or may not be there: one of the pairs', or one beside it. */
static struct bytes probe(uint8_t *buffer, uint64_t *seed) {
    struct bytes key = key_at(ref_random(seed) % pair_count);
    memcpy(buffer, key.at, key.len);
    uint32_t kind = ref_random(seed) % 4;
    if (kind == 0)
        buffer[key.len++] = (uint8_t)(ref_random(seed) % 3);
    else if (kind == 1 && key.len)
        key.len--;
    else if (kind == 2 && key.len)
        buffer[ref_random(seed) % key.len] ^= (uint8_t)(1 << ref_random(seed) % 8);
    return (struct bytes){buffer, key.len};
}

/* Blocks of edits, each with its root; some read in between, some go on over the stored nodes alone. */
static void edits_keep_the_root_and_every_answer(void **state) {
    (void)state;
    uint64_t seed = 0x1234567890abcdef;
    uint8_t buffer[512], root[32];
    for (uint32_t round = 0; round < 240; round++) {
        uint8_t version = round / 6 % 2;
        start(1 + ref_random(&seed) % (round % 10 ? 60 : 300), (int)(round % 6), &seed);
        struct trie_proof nodes;
        struct partial_trie trie;
        prover_fill(&nodes, root, model.entries, model.count, version, &arena_state);
        assert_int_equal(partial_trie_open(&trie, &nodes, root, &arena_state), TRIE_READ_FOUND);
        assert_root(&trie, version, false); /* nothing changed */
        for (uint32_t block = 0; block < 4; block++) {
            for (uint32_t i = ref_random(&seed) % 40; i--;) {
                edit(&trie, &seed);
                if (i % 4 == 0)
                    assert_reads(&trie, probe(buffer, &seed));
            }
            bool anew = ref_random(&seed) % 2;
            assert_root(&trie, version, true);
            if (anew)
                assert_int_equal(partial_trie_open(&trie, &nodes, trie.hash, &arena_state), TRIE_READ_FOUND);
            for (uint32_t i = 0; i < 20; i++)
                assert_reads(&trie, probe(buffer, &seed));
        }
        while (model.count)
            model_remove(model.entries[model.count - 1].key);
        for (uint32_t i = 0; i < pair_count; i++)
            assert_in_range(partial_trie_remove(&trie, key_at(i)), TRIE_READ_FOUND, TRIE_READ_ABSENT);
        assert_root(&trie, version, false);
        arena_reset_all();
    }
}

static void walks_with_next_key_meet_every_key(void **state) {
    (void)state;
    uint64_t seed = 0xfeedfacecafebeef;
    uint8_t root[32];
    for (uint32_t round = 0; round < 60; round++) {
        start(200, (int)(round % 6), &seed);
        struct trie_proof nodes;
        struct partial_trie trie;
        prover_fill(&nodes, root, model.entries, model.count, round & 1, &arena_state);
        assert_int_equal(partial_trie_open(&trie, &nodes, root, &arena_state), TRIE_READ_FOUND);
        struct bytes key = {NULL, 0};
        uint32_t i = model.count && model.entries[0].key.len == 0; /* the empty key comes before all */
        while (partial_trie_next_key(&trie, key, &key) == TRIE_READ_FOUND) {
            assert_in_range(i, 0, model.count - 1);
            assert_bytes_equal(key, model.entries[i].key);
            i++;
        }
        assert_int_equal(i, model.count);
        arena_reset_all();
    }
}

/* What the runs below do: a mix of reads, next keys and edits over two blocks, determined by the seed. Returns the
 * first answer that is no answer; otherwise *digest sums up all of them. */
static enum trie_read play(struct partial_trie *trie, uint64_t seed, uint8_t version, uint8_t digest[static 32]) {
    uint8_t buffer[512], all[2][32] = {{0}};
    for (uint32_t i = 0; i < 40; i++) {
        struct bytes key = probe(buffer, &seed), value = {NULL, 0};
        uint32_t other = ref_random(&seed) % pair_count;
        enum trie_read read;
        switch (ref_random(&seed) % 6) {
        case 0:
            read = partial_trie_read(trie, key, &value);
            break;
        case 1:
            read = partial_trie_read(trie, key, NULL);
            break;
        case 2:
            read = partial_trie_next_key(trie, key, &value);
            break;
        case 3:
            read = partial_trie_remove(trie, key_at(other));
            break;
        default:
            read = partial_trie_insert(trie, key_at(other), value_at(other));
        }
        if (read > TRIE_READ_ABSENT)
            return read;
        host_blake2_256(all[1], value);
        all[1][0] ^= (uint8_t)read;
        host_blake2_256(all[0], (struct bytes){all[0], 64});
        if (i % 20 == 19)
            partial_trie_root(trie, all[1], version, true);
    }
    host_blake2_256(digest, (struct bytes){all[0], 64});
    return TRIE_READ_FOUND;
}

static enum trie_read play_over(struct bytes list, const uint8_t *root, uint64_t seed, uint8_t version,
                                uint8_t digest[static 32]) {
    struct reader in = reader_over(list, &arena_state);
    struct trie_proof nodes;
    struct partial_trie trie;
    assert_true(trie_proof_open(&nodes, &in, &arena_state));
    enum trie_read read = partial_trie_open(&trie, &nodes, root, &arena_state);
    if (read == TRIE_READ_FOUND)
        read = play(&trie, seed, version, digest);
    free((void *)(uintptr_t)list.at);
    return read;
}

/* The used nodes suffice for the same run; without one of them it ends with INCOMPLETE, or the same when the first of
 * the two blocks makes that node or value anew. */
static void the_used_nodes_are_enough_and_needed(void **state) {
    (void)state;
    uint64_t seed = 0x0ddba11c0ffee;
    uint32_t refused = 0, made_anew = 0;
    for (uint32_t round = 0; round < 72; round++) {
        uint8_t version = round / 6 % 2, root[32], digest[32], again[32];
        start(10 + ref_random(&seed) % 60, (int)(round % 6), &seed);
        struct trie_proof nodes;
        struct partial_trie trie;
        prover_fill(&nodes, root, model.entries, model.count, version, &arena_state);
        uint32_t before = nodes.count, total;
        uint8_t(*first)[32] = malloc(before * sizeof *first + 1);
        for (uint32_t i = 0, n = 0; i <= nodes.mask; i++)
            if (nodes.slots[i])
                memcpy(first[n++], nodes.slots[i]->hash, 32);
        assert_int_equal(partial_trie_open(&trie, &nodes, root, &arena_state), TRIE_READ_FOUND);
        uint64_t run = seed;
        assert_int_equal(play(&trie, run, version, digest), TRIE_READ_FOUND);
        /* Only what the first state had: nodes that the run itself made are its own. */
        for (uint32_t i = 0; i <= nodes.mask; i++) {
            struct trie_item *item = nodes.slots[i];
            bool old = false;
            for (uint32_t j = 0; item && j < before && !old; j++)
                old = memcmp(first[j], item->hash, 32) == 0;
            if (item && !old)
                item->used = false;
        }
        free(first);
        assert_int_equal(play_over(prover_plain(&nodes, UINT32_MAX, &total), root, run, version, again),
                         TRIE_READ_FOUND);
        assert_memory_equal(again, digest, 32);
        for (uint32_t skip = 0; skip < total; skip++) {
            enum trie_read read = play_over(prover_plain(&nodes, skip, NULL), root, run, version, again);
            if (read == TRIE_READ_FOUND)
                assert_memory_equal(again, digest, 32);
            else
                assert_int_equal(read, TRIE_READ_INCOMPLETE);
            refused += read == TRIE_READ_INCOMPLETE;
            made_anew += read == TRIE_READ_FOUND;
        }
        arena_reset_all();
    }
    assert_in_range(refused, 500, 100000);
    assert_in_range(made_anew, 0, refused / 10);
}

/* A long value of version 0 stays inline until it is written again; one written by hash stays hashed. */
static void state_versions_mix(void **state) {
    (void)state;
    uint64_t seed = 0xabcabcabc;
    uint8_t root[32], other[32], first[32];
    static const uint8_t extra_key[] = "an extra key", extra[50] = {1};
    for (uint32_t round = 0; round < 60; round++) {
        start(80, (int)(round % 6), &seed);
        struct trie_proof nodes;
        struct partial_trie trie;
        prover_fill(&nodes, first, model.entries, model.count, 0, &arena_state);
        /* Beside an edit that is taken back, nothing changes. */
        assert_int_equal(partial_trie_open(&trie, &nodes, first, &arena_state), TRIE_READ_FOUND);
        assert_int_equal(partial_trie_insert(&trie, TEXT("an extra key"), (struct bytes){extra, 50}), TRIE_READ_ABSENT);
        partial_trie_root(&trie, root, 1, true);
        assert_memory_not_equal(root, first, 32);
        assert_int_equal(partial_trie_remove(&trie, (struct bytes){extra_key, 12}), TRIE_READ_FOUND);
        partial_trie_root(&trie, root, 1, true);
        assert_memory_equal(root, first, 32);
        /* Some entries written anew as version 1, over all others as version 0; and the other way round. */
        for (uint32_t i = 0; i < model.count; i += 3)
            assert_int_equal(partial_trie_insert(&trie, model.entries[i].key, model.entries[i].value), TRIE_READ_FOUND);
        partial_trie_root(&trie, root, 1, false);
        struct trie_entry some[MOST];
        uint32_t count = 0;
        for (uint32_t i = 0; i < model.count; i += 3)
            some[count++] = model.entries[i];
        prover_fill(&nodes, other, some, count, 1, &arena_state);
        assert_int_equal(partial_trie_open(&trie, &nodes, other, &arena_state), TRIE_READ_FOUND);
        for (uint32_t i = 0; i < model.count; i++)
            if (i % 3)
                assert_int_equal(partial_trie_insert(&trie, model.entries[i].key, model.entries[i].value),
                                 TRIE_READ_ABSENT);
        partial_trie_root(&trie, other, 0, false);
        assert_memory_equal(root, other, 32);
        /* All written anew: version 1 throughout. */
        for (uint32_t i = 0; i < model.count; i++)
            assert_int_equal(partial_trie_insert(&trie, model.entries[i].key, model.entries[i].value), TRIE_READ_FOUND);
        assert_root(&trie, 1, false);
        arena_reset_all();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(edits_keep_the_root_and_every_answer, fresh),
        cmocka_unit_test_setup(walks_with_next_key_meet_every_key, fresh),
        cmocka_unit_test_setup(the_used_nodes_are_enough_and_needed, fresh),
        cmocka_unit_test_setup(state_versions_mix, fresh),
    };
    return cmocka_run_group_tests_name("partial_trie", tests, NULL, NULL);
}
