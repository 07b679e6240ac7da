/* reference_trie.h - a second, naive trie for tests: recursive, one growing buffer per node, after the format table of
 * the Polkadot specification and sharing no code with runtime/trie. Keeps every node and detached value. */
#ifndef NALAR_TEST_REFERENCE_TRIE_H
#define NALAR_TEST_REFERENCE_TRIE_H

#include "core/platform.h"

enum { REF_MAX_NODES = 4096 };

struct ref_pair {
    uint8_t key[400], value[400];
    uint32_t key_len, value_len;
};

struct ref_node {
    uint8_t *at;
    uint32_t len;
    uint8_t hash[32];
};

struct ref_trie {
    uint8_t root[32];
    struct ref_node nodes[REF_MAX_NODES]; /* those named by a hash: the root first or last, in no useful order */
    uint32_t count;
};

/* Sorts the pairs, drops duplicate keys (*count shrinks) and builds the trie. */
void ref_build(struct ref_trie *trie, struct ref_pair *pairs, uint32_t *count, int version);
void ref_free(struct ref_trie *trie);
/* The nodes as a SCALE Vec<Vec<u8>> without those whose index is `skip`; to be freed. */
struct bytes ref_proof(const struct ref_trie *trie, uint32_t skip);

/* A small deterministic generator (xorshift); `state` must not be 0. */
uint32_t ref_random(uint64_t *state);
/* Fills `count` pairs in one of 6 styles: short keys, shared prefixes, nested prefixes, hashes, long keys, mixed. */
void ref_random_pairs(struct ref_pair *pairs, uint32_t count, int style, uint64_t *state);

#endif
