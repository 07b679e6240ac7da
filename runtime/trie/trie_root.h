/* trie_root.h - roots of whole tries from their sorted entries, in one pass and without recursion: memory is one frame
 * per open branch, which is bounded by the nibbles that neighbouring keys share. */
#ifndef NALAR_TRIE_ROOT_H
#define NALAR_TRIE_ROOT_H

#include "core/arena.h"
#include "trie/trie_node.h"

struct trie_entry {
    struct bytes key, value;
};

/* The root of the trie that holds exactly `entries`. They must be sorted by key (bytewise, a prefix first) without
 * duplicates; anything else is a programmer error and panics. `version` is the state version, 0 or 1.
 * Scratch memory comes from `arena` and is given back. Keys shorter than 2^30 bytes. */
void trie_root(uint8_t root[static TRIE_HASH], uint8_t version, const struct trie_entry *entries, uint32_t count,
               struct arena *arena);

/* The root of the trie that maps the compact form of each index to the item at that index, as used for extrinsics.
 * At most 2^22 items. */
void trie_ordered_root(uint8_t root[static TRIE_HASH], uint8_t version, const struct bytes *items, uint32_t count,
                       struct arena *arena);

#endif
