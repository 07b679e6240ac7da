/* mst.c - see mst.h. */
#include "commit/mst.h"

#include "core/ints.h"
#include "host/host.h"

enum { NODE_SIZE = 32 + 16 + 8 };

static void put_node(uint8_t *at, const struct mst_node *node) {
    memcpy(at, node->hash, 32);
    store_u128(at + 32, node->sum);
    store_u64(at + 48, node->count);
}

void mst_leaf(struct mst_node *out, const uint8_t payload[static 32], u128 weight, uint64_t index) {
    uint8_t preimage[1 + 32 + 16 + 8] = {0x00};
    memcpy(preimage + 1, payload, 32);
    store_u128(preimage + 33, weight);
    store_u64(preimage + 49, index);
    host_blake2_256(out->hash, (struct bytes){preimage, sizeof preimage});
    out->sum = weight;
    out->count = 1;
}

bool mst_join(struct mst_node *out, const struct mst_node *left, const struct mst_node *right) {
    uint8_t preimage[1 + 2 * NODE_SIZE] = {0x01};
    u128 sum;
    uint64_t count;
    if (!checked_add_u128(&sum, left->sum, right->sum) || !checked_add_u64(&count, left->count, right->count) ||
        sum > MST_MAX_SUM || count > MST_MAX_COUNT)
        return false;
    put_node(preimage + 1, left);
    put_node(preimage + 1 + NODE_SIZE, right);
    host_blake2_256(out->hash, (struct bytes){preimage, sizeof preimage});
    out->sum = sum;
    out->count = count;
    return true;
}

bool mst_verify(u128 *prefix, const struct mst_node *root, uint64_t index, const uint8_t payload[static 32], u128 weight,
                const struct mst_node *path, uint32_t path_len) {
    if (index >= root->count || root->count > MST_MAX_COUNT || root->sum > MST_MAX_SUM || weight == 0 ||
        weight > MST_MAX_SUM)
        return false;
    struct mst_node current;
    u128 before = 0;
    uint32_t used = 0;
    mst_leaf(&current, payload, weight, index);
    for (uint64_t width = root->count; width > 1; width = (width + 1) / 2, index /= 2) {
        if ((index ^ 1) >= width)
            continue; /* the odd node of this level goes up alone */
        if (used == path_len)
            return false;
        const struct mst_node *sibling = &path[used++];
        if (index & 1 ? !checked_add_u128(&before, before, sibling->sum) || !mst_join(&current, sibling, &current)
                      : !mst_join(&current, &current, sibling))
            return false;
    }
    *prefix = before;
    return used == path_len && current.sum == root->sum && current.count == root->count &&
           memcmp(current.hash, root->hash, 32) == 0;
}

bool mst_verify_unit(const uint8_t root[static 32], uint64_t count, uint64_t index, const uint8_t payload[static 32],
                     const uint8_t (*path)[32], uint32_t path_len) {
    struct mst_node nodes[32], top = {.sum = count, .count = count};
    uint64_t width = count, at = index;
    uint32_t used = 0;
    if (index >= count || count > MST_MAX_COUNT)
        return false;
    memcpy(top.hash, root, 32);
    for (uint32_t level = 0; width > 1; level++, width = (width + 1) / 2, at /= 2) {
        if ((at ^ 1) >= width)
            continue;
        if (used == path_len)
            return false;
        /* The node at `place` of this level covers leaves [place << level, (place + 1) << level), cut at the end. */
        uint64_t first = (at ^ 1) << level, covered = min_u64((uint64_t)1 << level, count - first);
        nodes[used] = (struct mst_node){.sum = covered, .count = covered};
        memcpy(nodes[used].hash, path[used], 32);
        used++;
    }
    u128 prefix;
    return used == path_len && mst_verify(&prefix, &top, index, payload, 1, nodes, used);
}
