/* t16.c - see t16.h. */
#include "commit/t16.h"

#include "host/host.h"

void t16_node(uint8_t out[static 32], const uint8_t (*children)[32], uint32_t count) {
    uint8_t preimage[1 + 32 * T16_ARITY] = {0x02};
    ASSERT(count >= 1 && count <= T16_ARITY);
    memcpy(preimage + 1, children, (size_t)count * 32);
    host_blake2_256(out, (struct bytes){preimage, sizeof preimage});
}

uint32_t t16_depth(uint64_t leaves) {
    uint32_t depth = leaves > 0;
    for (; leaves > T16_ARITY; leaves = (leaves - 1) / T16_ARITY + 1)
        depth++;
    return depth;
}

void t16_root(uint8_t out[static 32], uint8_t (*leaves)[32], uint32_t count) {
    ASSERT(count >= 1);
    do {
        uint32_t above = 0;
        for (uint32_t first = 0; first < count; first += T16_ARITY)
            t16_node(leaves[above++], (const uint8_t(*)[32])(leaves + first), min_u32(count - first, T16_ARITY));
        count = above;
    } while (count > 1);
    memcpy(out, leaves[0], 32);
}
