/* find_root.h - the root of a decoded proof: no fuzzer guesses a hash, so it is the node that no other one names. */
#ifndef NALAR_TESTS_FUZZ_FIND_ROOT_H
#define NALAR_TESTS_FUZZ_FIND_ROOT_H

#include "trie/trie_compact.h"

/* Marks nodes as used. The empty trie's root when each node is named by one. */
static inline const uint8_t *find_root(const struct trie_proof *nodes) {
    struct trie_node node;
    for (uint32_t i = 0; i <= nodes->mask; i++) {
        if (!nodes->slots[i] || trie_node_decode(&node, nodes->slots[i]->data) != TRIE_OK)
            continue;
        for (uint32_t c = 0; c < 16; c++)
            if ((node.bitmap >> c & 1) && node.children[c].len == TRIE_HASH)
                (void)trie_proof_find(nodes, node.children[c].at);
        if (node.value_kind == TRIE_HASHED)
            (void)trie_proof_find(nodes, node.value.at);
    }
    for (uint32_t i = 0; i <= nodes->mask; i++)
        if (nodes->slots[i] && !nodes->slots[i]->used)
            return nodes->slots[i]->hash;
    return trie_empty_root;
}

#endif
