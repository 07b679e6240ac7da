/* test_commit.c - Merkle-sum trees against the design's vector and against trees built here, 16-ary trees, tags. */
#include "unit.h"

#include "commit/mst.h"
#include "commit/t16.h"
#include "commit/tagged.h"

enum { MOST = 100 };

static void unhex(uint8_t *out, const char *hex) {
    for (; *hex; hex += 2) {
        char pair[3] = {hex[0], hex[1], 0};
        *out++ = (uint8_t)strtoul(pair, NULL, 16);
    }
}

/* A whole tree, levels from the leaves up. */
struct tree {
    struct mst_node at[8][MOST];
    uint32_t width[8], levels;
};

static void build(struct tree *tree, uint32_t count, const uint8_t (*payloads)[32], const u128 *weights) {
    for (uint32_t i = 0; i < count; i++)
        mst_leaf(&tree->at[0][i], payloads[i], weights[i], i);
    tree->width[0] = count;
    tree->levels = 1;
    while (tree->width[tree->levels - 1] > 1) {
        const struct mst_node *below = tree->at[tree->levels - 1];
        uint32_t n = tree->width[tree->levels - 1], k = 0;
        for (uint32_t i = 0; i < n; i += 2, k++)
            if (i + 1 < n)
                assert_true(mst_join(&tree->at[tree->levels][k], &below[i], &below[i + 1]));
            else
                tree->at[tree->levels][k] = below[i];
        tree->width[tree->levels++] = k;
    }
}

static uint32_t path_of(const struct tree *tree, uint32_t index, struct mst_node *path) {
    uint32_t len = 0;
    for (uint32_t level = 0; level + 1 < tree->levels; level++, index /= 2)
        if ((index ^ 1) < tree->width[level])
            path[len++] = tree->at[level][index ^ 1];
    return len;
}

static void the_designs_vector(void **state) {
    (void)state;
    uint8_t payloads[3][32], expected[32];
    const u128 weights[3] = {5, 1, 9};
    for (uint8_t i = 0; i < 3; i++)
        memset(payloads[i], i + 1, 32);
    struct tree tree;
    build(&tree, 3, (const uint8_t(*)[32])payloads, weights);
    const struct mst_node *root = &tree.at[tree.levels - 1][0];
    unhex(expected, "89d18f5b7e95c4977ad770c15d1c73e53b78edba678cedcb2dc0f6ec0e8fbada");
    assert_memory_equal(root->hash, expected, 32);
    assert_true(root->sum == 15 && root->count == 3);
}

static void every_leaf_has_one_proof(void **state) {
    (void)state;
    static struct tree tree;
    static uint8_t payloads[MOST][32];
    static u128 weights[MOST];
    uint64_t seed = 7;
    static const uint32_t sizes[] = {1, 2, 3, 5, 7, 8, 33, 100};
    for (uint32_t s = 0; s < COUNT_OF(sizes); s++) {
        uint32_t n = sizes[s];
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = 0; j < 32; j += 8)
                store_u64(payloads[i] + j, next_random(&seed));
            weights[i] = next_random(&seed) % 1000000 + 1;
        }
        build(&tree, n, (const uint8_t(*)[32])payloads, weights);
        struct mst_node root = tree.at[tree.levels - 1][0], path[33], bad;
        u128 sum = 0, prefix;
        for (uint32_t i = 0; i < n; i++) {
            uint32_t len = path_of(&tree, i, path);
            assert_true(mst_verify(&prefix, &root, i, payloads[i], weights[i], path, len));
            assert_true(prefix == sum);
            sum += weights[i];
            assert_false(mst_verify(&prefix, &root, i, payloads[i], weights[i] + 1, path, len));
            assert_false(mst_verify(&prefix, &root, i, payloads[i], 0, path, len));
            assert_false(mst_verify(&prefix, &root, n, payloads[i], weights[i], path, len));
            if (n > 1) {
                assert_false(mst_verify(&prefix, &root, (i + 1) % n, payloads[i], weights[i], path, len));
                assert_false(mst_verify(&prefix, &root, i, payloads[i], weights[i], path, len - 1));
                path[len - 1].sum++;
                assert_false(mst_verify(&prefix, &root, i, payloads[i], weights[i], path, len));
                path[len - 1].sum--;
                path[len - 1].count++;
                assert_false(mst_verify(&prefix, &root, i, payloads[i], weights[i], path, len));
                path[len - 1].count--;
            }
            path[len] = root;
            assert_false(mst_verify(&prefix, &root, i, payloads[i], weights[i], path, len + 1));
            bad = root;
            bad.sum++;
            assert_false(mst_verify(&prefix, &bad, i, payloads[i], weights[i], path, len));
            bad = root;
            bad.hash[31] ^= 1;
            assert_false(mst_verify(&prefix, &bad, i, payloads[i], weights[i], path, len));
        }
        assert_true(sum == root.sum);
    }
}

static void limits(void **state) {
    (void)state;
    uint8_t payload[32] = {9};
    u128 prefix;
    struct mst_node leaf, other;
    mst_leaf(&leaf, payload, MST_MAX_SUM, 0);
    assert_true(mst_verify(&prefix, &leaf, 0, payload, MST_MAX_SUM, NULL, 0));
    mst_leaf(&leaf, payload, MST_MAX_SUM + 1, 0);
    assert_false(mst_verify(&prefix, &leaf, 0, payload, MST_MAX_SUM + 1, NULL, 0));
    mst_leaf(&leaf, payload, MST_MAX_SUM, 0);
    mst_leaf(&other, payload, 1, 1);
    assert_false(mst_join(&leaf, &leaf, &other));
    struct mst_node huge = {.sum = ~(u128)0, .count = 1};
    assert_false(mst_join(&huge, &huge, &other));
    struct mst_node many = {.sum = 1, .count = MST_MAX_COUNT};
    assert_false(mst_join(&many, &many, &other));
    struct mst_node most = {.sum = 1, .count = UINT64_MAX};
    assert_false(mst_join(&most, &most, &other));
    struct mst_node root = {.sum = 1, .count = MST_MAX_COUNT + 1};
    assert_false(mst_verify(&prefix, &root, 0, payload, 1, NULL, 0));
    root = (struct mst_node){.sum = 0, .count = 0};
    assert_false(mst_verify(&prefix, &root, 0, payload, 1, NULL, 0));
}

static void unit_trees_need_hashes_only(void **state) {
    (void)state;
    static struct tree tree;
    static uint8_t payloads[MOST][32];
    static u128 weights[MOST];
    uint64_t seed = 11;
    for (uint32_t i = 0; i < MOST; i++) {
        store_u64(payloads[i], next_random(&seed));
        weights[i] = 1;
    }
    for (uint32_t n = 1; n <= MOST; n++) {
        build(&tree, n, (const uint8_t(*)[32])payloads, weights);
        const uint8_t *root = tree.at[tree.levels - 1][0].hash;
        for (uint32_t i = 0; i < n; i++) {
            struct mst_node path[33];
            uint8_t hashes[33][32] = {{0}};
            uint32_t len = path_of(&tree, i, path);
            for (uint32_t k = 0; k < len; k++)
                memcpy(hashes[k], path[k].hash, 32);
            const uint8_t(*proof)[32] = (const uint8_t(*)[32])hashes;
            assert_true(mst_verify_unit(root, n, i, payloads[i], proof, len));
            assert_false(mst_verify_unit(root, n, i, payloads[i], proof, len + 1));
            assert_false(mst_verify_unit(root, n + 1, i, payloads[i], proof, len));
            assert_false(mst_verify_unit(root, n, n, payloads[i], proof, len));
            assert_false(mst_verify_unit(root, n, i, payloads[(i + 1) % MOST], proof, len));
            if (len) {
                assert_false(mst_verify_unit(root, n, i, payloads[i], proof, len - 1));
                hashes[len - 1][5] ^= 1;
                assert_false(mst_verify_unit(root, n, i, payloads[i], proof, len));
            }
        }
        assert_false(mst_verify_unit(root, 0, 0, payloads[0], NULL, 0));
        assert_false(mst_verify_unit(root, UINT64_MAX, 0, payloads[0], NULL, 0));
    }
}

/* The definition once more, over a copy padded level by level. */
static void slow_t16(uint8_t out[32], const uint8_t (*leaves)[32], uint32_t count) {
    static uint8_t level[400][32], above[400][32];
    memcpy(level, leaves, (size_t)count * 32);
    do {
        uint32_t padded = (count + 15) / 16 * 16;
        memset(level[count], 0, (size_t)(padded - count) * 32);
        for (uint32_t i = 0; i < padded / 16; i++) {
            uint8_t preimage[513];
            preimage[0] = 2;
            memcpy(preimage + 1, level[16 * i], 512);
            shim_blake2(above[i], 32, (struct bytes){preimage, sizeof preimage});
        }
        count = padded / 16;
        memcpy(level, above, (size_t)count * 32);
    } while (count > 1);
    memcpy(out, level[0], 32);
}

static void trees_of_sixteen(void **state) {
    (void)state;
    static uint8_t leaves[300][32], copy[300][32];
    uint64_t seed = 3;
    for (uint32_t i = 0; i < 300; i++)
        store_u64(leaves[i], next_random(&seed));
    static const uint32_t sizes[] = {1, 2, 15, 16, 17, 32, 255, 256, 257, 300};
    for (uint32_t s = 0; s < COUNT_OF(sizes); s++) {
        uint8_t root[32], expected[32];
        memcpy(copy, leaves, sizeof copy);
        t16_root(root, copy, sizes[s]);
        slow_t16(expected, (const uint8_t(*)[32])leaves, sizes[s]);
        assert_memory_equal(root, expected, 32);
        assert_memory_not_equal(root, leaves[0], 32); /* a leaf is never a root */
    }
    assert_int_equal(t16_depth(0), 0);
    assert_int_equal(t16_depth(1), 1);
    assert_int_equal(t16_depth(16), 1);
    assert_int_equal(t16_depth(17), 2);
    assert_int_equal(t16_depth(256), 2);
    assert_int_equal(t16_depth(257), 3);
    assert_int_equal(t16_depth(1u << 20), 5);
    assert_int_equal(t16_depth(1ull << 60), 15);
}

static void tags_are_part_of_the_hash(void **state) {
    (void)state;
    uint8_t buffer[64], out[32], expected[32];
    const uint8_t preimage[] = {3, 'a', '/', '1', 0x2a};
    struct writer writer = TAGGED(buffer, "a/1");
    write_u8(&writer, 0x2a);
    tagged_finish(out, &writer);
    shim_blake2(expected, 32, (struct bytes){preimage, sizeof preimage});
    assert_memory_equal(out, expected, 32);
}

static void overflow(void *context) {
    (void)context;
    uint8_t buffer[8], out[32];
    struct writer writer = TAGGED(buffer, "a/1");
    write_u64(&writer, 1);
    tagged_finish(out, &writer);
}

static void a_cut_preimage_is_never_hashed(void **state) {
    (void)state;
    assert_traps(overflow, NULL, "overflow");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_designs_vector, fresh),
        cmocka_unit_test_setup(every_leaf_has_one_proof, fresh),
        cmocka_unit_test_setup(limits, fresh),
        cmocka_unit_test_setup(unit_trees_need_hashes_only, fresh),
        cmocka_unit_test_setup(trees_of_sixteen, fresh),
        cmocka_unit_test_setup(tags_are_part_of_the_hash, fresh),
        cmocka_unit_test_setup(a_cut_preimage_is_never_hashed, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
