/* trie_compact.h - storage proofs in compact form, as a proof of validity carries them: each node without the hashes of
 * children that follow, values that nodes name by hash as items of their own.
 * Mirrors polkadot-sdk stable2609 substrate/primitives/trie/src/trie_codec.rs#decode_compact and trie-db 0.32
 * trie_codec.rs (encoders leave out what they emitted before). */
#ifndef NALAR_TRIE_COMPACT_H
#define NALAR_TRIE_COMPACT_H

#include "trie/trie_proof.h"

enum trie_compact {
    TRIE_COMPACT_OK,
    TRIE_COMPACT_TRUNCATED, /* the vector or one of its items ends too early */
    TRIE_COMPACT_MALFORMED, /* an item is not a node */
    TRIE_COMPACT_ROOT,      /* the main trie's root is not the expected one */
    TRIE_COMPACT_CHILD,     /* a child trie's root is not in the main trie */
    TRIE_COMPACT_EXTRA      /* items are left over */
};

/* Reads a SCALE `Vec<Vec<u8>>` from `in` and fills *nodes with the plain nodes and values, by hash. One host call
 * (blake2_256) for each node and value. No recursion; memory in proportion to the input. */
MUST_USE enum trie_compact trie_compact_decode(struct trie_proof *nodes, struct reader *in,
                                               const uint8_t root[static TRIE_HASH], struct arena *arena);

#endif
