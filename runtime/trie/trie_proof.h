/* trie_proof.h - reading values through a storage proof: a set of raw trie nodes and of values that nodes name by hash.
 * Mirrors polkadot-sdk stable2609 substrate/primitives/trie/src/storage_proof.rs (the set) and
 * cumulus/pallets/parachain-system/src/relay_state_snapshot.rs (what a read may answer). */
#ifndef NALAR_TRIE_PROOF_H
#define NALAR_TRIE_PROOF_H

#include "core/arena.h"
#include "scale/scale.h"
#include "trie/trie_node.h"

struct trie_item {
    struct bytes data;
    uint8_t hash[TRIE_HASH];
};

/* The set, indexed by hash. Items are borrowed from the input that it was opened over. */
struct trie_proof {
    struct trie_item *items;
    uint32_t *slots; /* open addressing: 1 + index into items, 0 empty */
    uint32_t count, mask;
};

/* Reads a SCALE `Vec<Vec<u8>>` and hashes each item that can be a node or value (one host call each; empty items are
 * neither). Order and repetition do not matter. False and the reader failed when the bytes do not decode; whatever
 * follows the vector is left to the caller. The index lives in `arena`. */
MUST_USE bool trie_proof_open(struct trie_proof *proof, struct reader *in, struct arena *arena);

/* Whether the node `hash` is in the set. The empty trie's root always is, as in the node's database. */
bool trie_proof_has(const struct trie_proof *proof, const uint8_t hash[static TRIE_HASH]);

enum trie_read {
    TRIE_READ_FOUND,      /* *value is the value, borrowed */
    TRIE_READ_ABSENT,     /* the nodes prove that the key has no value */
    TRIE_READ_INCOMPLETE, /* a node or value on the way is not in the set (also: the root is not) */
    TRIE_READ_MALFORMED,  /* a node on the way does not decode */
};

/* Looks `key` up in the trie with the given root. Takes at most one step per nibble of the key. */
MUST_USE enum trie_read trie_proof_read(const struct trie_proof *proof, struct bytes *value,
                                        const uint8_t root[static TRIE_HASH], struct bytes key);

#endif
