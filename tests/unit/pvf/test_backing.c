/* test_backing.c - the overlay over a proof answers as the overlay over the host does, and leads to the same root: random
 * storage calls with nested transactions, appends, flushes, several blocks on one proof. */
#include "unit.h"

#include "reference_trie.h"
#include "state/overlay.h"
#include "trie/partial_trie.h"

enum { PAIRS = 60, KEYS = 90, STEPS = 400, BLOCKS = 3, LOG = 1 << 20 };

static struct ref_pair pairs[KEYS];
static struct bytes keys[KEYS];
static uint32_t stored;
/* What the calls of one run answered. */
static struct {
    uint8_t at[LOG];
    uint32_t len;
} answers[2], *answer;

static void note(const void *from, uint32_t len) {
    assert_true(answer->len + len <= LOG);
    if (len)
        memcpy(answer->at + answer->len, from, len);
    answer->len += len;
}

static void note_bytes(bool some, struct bytes value) {
    note(&some, 1);
    if (some) {
        note(&value.len, 4);
        note(value.at, value.len);
    }
}

static uint32_t below(uint64_t *seed, uint32_t n) { return (uint32_t)(next_random(seed) >> 20) % n; }

/* One call. Appends go to the last key alone, which nothing else touches, as the events' key. */
static void step(uint64_t *seed) {
    static const uint8_t filler[64] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    struct bytes key = keys[below(seed, KEYS - 1)], found = {NULL, 0};
    struct bytes value = {filler + below(seed, 20), below(seed, 44)};
    struct bytes prefix = {key.at, min_u32(key.len, below(seed, 3))};
    switch (below(seed, 14)) {
    case 0: {
        bool some = overlay_get(key, &found);
        note_bytes(some, found);
        break;
    }
    case 1: {
        bool some = overlay_exists(key);
        note(&some, 1);
        break;
    }
    case 2: {
        bool some = overlay_next_key(prefix, key, &found);
        note_bytes(some, found);
        break;
    }
    case 3:
        overlay_remove(key);
        break;
    case 4:
        overlay_append(keys[KEYS - 1], (struct bytes){filler, 1 + below(seed, 9)});
        break;
    case 5:
        if (overlay_depth() < 5)
            overlay_begin();
        break;
    case 6:
        if (overlay_depth())
            overlay_commit();
        break;
    case 7:
        if (overlay_depth())
            overlay_rollback();
        break;
    case 8:
        if (overlay_depth() == 0)
            overlay_flush();
        break;
    case 9:
        if (overlay_depth() == 0)
            overlay_put_now(key, value);
        break;
    case 10:
        if (overlay_depth() == 0)
            overlay_remove_now(key);
        break;
    case 11: {
        uint32_t removed = below(seed, 8) ? 0 : overlay_clear_prefix(prefix, below(seed, 9));
        note(&removed, 4);
        break;
    }
    default:
        overlay_put(key, value);
    }
}

static void block(uint64_t *seed) {
    uint8_t root[32];
    for (uint32_t i = 0; i < STEPS; i++)
        step(seed);
    while (overlay_depth())
        overlay_commit();
    overlay_root(root, 1);
    note(root, 32);
    for (uint32_t i = 0; i < KEYS; i++) {
        struct bytes found = {NULL, 0};
        bool some = overlay_get(keys[i], &found);
        note_bytes(some, found);
    }
}

/* Pairs for the state, and more keys of the same kind that are not in it. */
static void make_keys(uint64_t *seed, int style) {
    ref_random_pairs(pairs, KEYS, style, seed);
    for (uint32_t i = 0; i < KEYS; i++)
        keys[i] = (struct bytes){pairs[i].key, pairs[i].key_len};
    keys[KEYS - 1] = TEXT("appended");
}

static void over_host(uint64_t seed) {
    answer = &answers[0];
    answer->len = 0;
    for (uint32_t i = 0; i < BLOCKS; i++) {
        runtime_reset();
        block(&seed);
    }
}

static void over_proof(struct bytes proof, const uint8_t *root, uint64_t seed) {
    struct trie_proof nodes;
    struct partial_trie trie;
    runtime_reset();
    struct reader in = reader_over(proof, NULL);
    assert_true(trie_proof_open(&nodes, &in, &arena_state));
    assert_int_equal(partial_trie_open(&trie, &nodes, root, &arena_state), TRIE_READ_FOUND);
    answer = &answers[1];
    answer->len = 0;
    shim_reset_counters();
    for (uint32_t i = 0; i < BLOCKS; i++) {
        overlay_reset();
        overlay_over_proof(&trie, i + 1 < BLOCKS);
        block(&seed);
    }
    const uint64_t *calls = shim_counters()->by_call;
    for (int call = SHIM_STORAGE_READ; call <= SHIM_STORAGE_ROOT; call++)
        assert_int_equal(calls[call], 0);
}

static void proof_and_host_agree(void **state) {
    static struct ref_trie trie;
    static struct ref_pair sorted[KEYS];
    uint64_t seed = 0x5eed;
    for (uint32_t round = 0; round < 60; round++) {
        fresh(state);
        make_keys(&seed, (int)(round % 6));
        stored = PAIRS;
        memcpy(sorted, pairs, sizeof sorted);
        ref_build(&trie, sorted, &stored, 1);
        for (uint32_t i = 0; i < stored; i++)
            shim_put((struct bytes){sorted[i].key, sorted[i].key_len}, (struct bytes){sorted[i].value, sorted[i].value_len});
        struct bytes proof = ref_proof(&trie, UINT32_MAX);
        over_host(seed);
        over_proof(proof, trie.root, seed);
        assert_int_equal(answers[0].len, answers[1].len);
        assert_memory_equal(answers[0].at, answers[1].at, answers[0].len);
        runtime_reset();
        free((void *)(uintptr_t)proof.at);
        ref_free(&trie);
    }
}

static void open_without_nodes(struct trie_proof *nodes, struct partial_trie *trie, const uint8_t *root, struct bytes proof) {
    struct reader in = reader_over(proof, NULL);
    runtime_reset();
    assert_true(trie_proof_open(nodes, &in, &arena_state));
    assert_int_equal(partial_trie_open(trie, nodes, root, &arena_state), TRIE_READ_FOUND);
    overlay_over_proof(trie, false);
}

static void read_all(void *context) {
    (void)context;
    for (uint32_t i = 0; i < PAIRS; i++) {
        struct bytes found;
        UNUSED bool some = overlay_get(keys[i], &found);
    }
}

/* Whichever node of the whole trie is missing, reading all of it panics; nothing is taken for absent. */
static void missing_nodes_panic(void **state) {
    static struct ref_trie trie;
    uint64_t seed = 77;
    struct trie_proof nodes;
    struct partial_trie partial;
    for (int style = 0; style < 6; style++) {
        fresh(state);
        make_keys(&seed, style);
        static struct ref_pair sorted[KEYS];
        memcpy(sorted, pairs, sizeof sorted);
        stored = PAIRS;
        ref_build(&trie, sorted, &stored, 1);
        for (uint32_t skip = 0; skip < trie.count; skip++) {
            if (memcmp(trie.nodes[skip].hash, trie.root, 32) == 0)
                continue;
            bool twice = false;
            for (uint32_t i = 0; i < trie.count; i++)
                twice |= i != skip && memcmp(trie.nodes[skip].hash, trie.nodes[i].hash, 32) == 0;
            if (twice)
                continue;
            struct bytes proof = ref_proof(&trie, skip);
            open_without_nodes(&nodes, &partial, trie.root, proof);
            assert_traps(read_all, NULL, "the storage proof is incomplete or malformed");
            runtime_reset();
            free((void *)(uintptr_t)proof.at);
        }
        ref_free(&trie);
    }
}

static void changed_keys_are_known(void **state) {
    (void)state;
    static const uint8_t no_nodes[] = {0};
    struct trie_proof nodes;
    struct partial_trie trie;
    open_without_nodes(&nodes, &trie, trie_empty_root, (struct bytes){no_nodes, 1});
    struct bytes found;
    assert_false(overlay_get(TEXT("read"), &found));
    overlay_put(TEXT("put"), TEXT("1"));
    overlay_remove(TEXT("removed"));
    overlay_begin();
    overlay_put(TEXT("rolled back"), TEXT("1"));
    overlay_rollback();
    for (int after_root = 0; after_root < 2; after_root++) {
        assert_false(overlay_changed(TEXT("never seen")));
        assert_false(overlay_changed(TEXT("read")));
        assert_false(overlay_changed(TEXT("rolled back")));
        assert_true(overlay_changed(TEXT("put")));
        assert_true(overlay_changed(TEXT("removed")));
        uint8_t root[32];
        overlay_root(root, 1);
    }
}

/* Counts whose compact prefix widens, and bytes that are no vector. */
static void appends_widen_the_count(void **state) {
    (void)state;
    static const uint8_t no_nodes[] = {0};
    struct trie_proof nodes;
    struct partial_trie trie;
    open_without_nodes(&nodes, &trie, trie_empty_root, (struct bytes){no_nodes, 1});
    struct bytes found, key = TEXT("list");
    for (uint32_t count = 1; count <= 16500; count++) {
        uint8_t item[] = {(uint8_t)count, (uint8_t)(count >> 8)};
        overlay_append(key, (struct bytes){item, 2});
        overlay_flush();
        if (count % 997 && count != 63 && count != 64 && count != 16383 && count != 16384)
            continue;
        assert_true(overlay_get(key, &found));
        struct reader in = reader_over(found, NULL);
        assert_int_equal(read_compact_u32(&in), count);
        assert_int_equal(reader_left(&in), 2 * count);
        for (uint32_t i = 1; i <= count; i++)
            assert_int_equal(read_u16(&in), i);
    }
    overlay_put(TEXT("no list"), TEXT("\3"));
    overlay_append(TEXT("no list"), TEXT("x"));
    overlay_flush();
    assert_true(overlay_get(TEXT("no list"), &found));
    assert_bytes_equal(found, TEXT("\4x"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(proof_and_host_agree, fresh),
        cmocka_unit_test_setup(missing_nodes_panic, fresh),
        cmocka_unit_test_setup(changed_keys_are_known, fresh),
        cmocka_unit_test_setup(appends_widen_the_count, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
