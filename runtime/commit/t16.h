/* t16.h - 16-ary commitment trees for artifacts, traces and tensors.
 *   node = blake2_256(0x02, 16 child hashes), a missing child is 32 zero bytes; the depth follows from the number of
 *   leaves; the root is always a node, also over one leaf, so that a leaf is never a root.
 * Opening a node shows its 16 children, 512 bytes.
 * An artifact's leaves are blake2_256 of its parts of 1 MiB; the last part is what is left, not padded. */
#ifndef NALAR_COMMIT_T16_H
#define NALAR_COMMIT_T16_H

#include "core/platform.h"

enum { T16_ARITY = 16, T16_PART = 1 << 20 };

/* The hash of a node over `count` (1 to 16) children. */
void t16_node(uint8_t out[static 32], const uint8_t (*children)[32], uint32_t count);
/* Levels of nodes above `leaves` leaves: 1 for up to 16, 2 for up to 256, ... 0 for none. */
uint32_t t16_depth(uint64_t leaves);
/* Root over `count` >= 1 leaves, whose memory is used up. */
void t16_root(uint8_t out[static 32], uint8_t (*leaves)[32], uint32_t count);

#endif
