/* mst.h - Merkle-sum trees: a root commits to a list of payloads with a weight each, to the sum of the weights and to
 * their number. The shape is fixed by the number of leaves (an odd node goes up unchanged), so a leaf has exactly one
 * legal path.
 *   leaf_i = blake2_256(0x00, payload [32], weight u128, i u64)
 *   node   = blake2_256(0x01, left hash, left sum u128, left count u64, right hash, right sum, right count) */
#ifndef NALAR_COMMIT_MST_H
#define NALAR_COMMIT_MST_H

#include "core/platform.h"

#define MST_MAX_SUM ((u128)1 << 96)
#define MST_MAX_COUNT (1ull << 32)

struct mst_node {
    u128 sum;
    uint64_t count;
    uint8_t hash[32];
};

/* Whether `path` (siblings from the leaf up) leads from leaf `index` with this payload and weight to `root`. *prefix is
 * then the sum of the weights before the leaf: it owns [prefix, prefix + weight). False for index >= count, weight 0, a
 * path that is longer or shorter than the shape says, any sum, count or hash that does not fit, and roots beyond the
 * limits. */
MUST_USE bool mst_verify(u128 *prefix, const struct mst_node *root, uint64_t index, const uint8_t payload[static 32],
                         u128 weight, const struct mst_node *path, uint32_t path_len);

/* The same for a tree whose leaves all weigh 1: sums and counts follow from the shape, so hashes do. */
MUST_USE bool mst_verify_unit(const uint8_t root[static 32], uint64_t count, uint64_t index,
                              const uint8_t payload[static 32], const uint8_t (*path)[32], uint32_t path_len);

void mst_leaf(struct mst_node *out, const uint8_t payload[static 32], u128 weight, uint64_t index);
/* False when sum or count overflow or pass the limits; *out may be one of the two. */
MUST_USE bool mst_join(struct mst_node *out, const struct mst_node *left, const struct mst_node *right);

#endif
