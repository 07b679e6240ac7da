/* core_digest.h - what the block's digest says about the core it is built for and its place among the core's blocks.
 * Mirrors polkadot-sdk stable2609 cumulus/primitives/core/src/lib.rs#CumulusDigestItem. */
#ifndef NALAR_PARACHAIN_SYSTEM_CORE_DIGEST_H
#define NALAR_PARACHAIN_SYSTEM_CORE_DIGEST_H

#include "scale/scale.h"

struct core_digest {
    uint32_t core_infos; /* how many there are; the first one's content: */
    uint16_t cores;
    uint8_t selector, claim_queue_offset;
    bool bundled; /* a place in a bundle is given, the first one's content: */
    bool bundle_last;
    uint8_t bundle_index;
    bool ends_core; /* the runtime claimed the whole core, or replaced the code */
};

/* Reads a digest of which the reader stands behind the count. Items that do not decode, or have bytes left, are not
 * there. */
void core_digest_parse(struct core_digest *out, struct reader digest);
/* Reads the digest of the current block. */
void core_digest_read(struct core_digest *out);

/* Whether this block is the last of its proof of validity and must send the signals. A block outside a bundle is. */
static inline bool core_digest_is_last(const struct core_digest *digest) {
    return !digest->bundled || digest->bundle_last || digest->ends_core;
}

#endif
