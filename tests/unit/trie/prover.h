/* prover.h - the author's side of storage proofs, for tests: complete sets of nodes, and the compact proof of those
 * nodes that an execution over such a set has used. Native only, no limits on depth. Mirrors trie-db 0.32
 * trie_codec.rs#encode_compact_skip_duplicates: pre-order, each node and each value once.
 *
 * One block or several in a row, from the state `entries`:
 *     prover_fill(&nodes, root, entries, count, 1, &arena);  // all nodes of the state
 *     partial_trie_open(&trie, &nodes, root, &arena);        // run the blocks over it; partial_trie_root with `keep`
 *     proof = prover_compact(&nodes, &first_root, 1);        // what they used of the state they began with
 */
#ifndef NALAR_TESTS_PROVER_H
#define NALAR_TESTS_PROVER_H

#include "trie/partial_trie.h"
#include "trie/trie_root.h"

/* Makes *nodes the set of all nodes and hashed values of the trie of `entries` (any order), none of them used. Keys and
 * values are copied. Everything lives in `arena`. */
void prover_fill(struct trie_proof *nodes, uint8_t root[static TRIE_HASH], const struct trie_entry *entries,
                 uint32_t count, uint8_t version, struct arena *arena);

/* Marks every item as used or as not used. */
void prover_mark(struct trie_proof *nodes, bool used);

/* The used items below the given roots as a compact proof, a SCALE `Vec<Vec<u8>>`, to be freed: one sequence for each
 * root, the main trie's first, then those of child tries in the order of their keys. Roots themselves are always
 * emitted. Leaves the marks alone. */
struct bytes prover_compact(const struct trie_proof *nodes, const uint8_t (*roots)[TRIE_HASH], uint32_t count);

/* The used items as they are, a SCALE `Vec<Vec<u8>>` without the one at `skip` (UINT32_MAX: all), to be freed. `total`
 * (or NULL) becomes the number of used items. */
struct bytes prover_plain(const struct trie_proof *nodes, uint32_t skip, uint32_t *total);

#endif
