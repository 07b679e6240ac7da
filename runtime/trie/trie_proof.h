/* trie_proof.h - a set of raw trie nodes, and of values that nodes name by hash, indexed by hash: what a storage proof
 * is made of. partial_trie.h reads and edits a trie over it.
 * Mirrors polkadot-sdk stable2609 substrate/primitives/trie/src/storage_proof.rs. */
#ifndef NALAR_TRIE_PROOF_H
#define NALAR_TRIE_PROOF_H

#include "core/arena.h"
#include "scale/scale.h"
#include "trie/trie_node.h"

struct trie_item {
    struct bytes data;
    uint8_t hash[TRIE_HASH];
    bool used; /* trie_proof_find has returned it */
};

/* Open addressing by the low bits of the hash; NULL: a free slot. */
struct trie_proof {
    struct trie_item **slots;
    struct arena *arena;
    uint32_t count, mask; /* items; slots less one */
};

/* Reads a SCALE `Vec<Vec<u8>>` and hashes each item that can be a node or value (one host call each; empty items are
 * neither). Order and repetition do not matter. Items are borrowed from the input. False and the reader failed when the
 * bytes do not decode; whatever follows the vector is left to the caller. The set lives in `arena`. */
MUST_USE bool trie_proof_open(struct trie_proof *proof, struct reader *in, struct arena *arena);

/* The two halves of it, for a reader of items with another meaning. The vector's length, with an empty set that has
 * room for so many items; a false length ends with the reader failed. */
uint32_t trie_proof_start(struct trie_proof *proof, struct reader *in, struct arena *arena);
/* The next item of the vector in place; of no bytes when the reader fails. */
struct bytes trie_proof_next(struct reader *in);

/* Hashes item->data into item->hash and adds the item unless the set has an equal one. The item must last as long. */
void trie_proof_add(struct trie_proof *proof, struct trie_item *item);
/* An item in `arena` that borrows `data`, not hashed yet. */
struct trie_item *trie_item_new(struct arena *arena, struct bytes data);
/* The same with the encoding of a node, which then follows the item. */
struct trie_item *trie_item_encode(struct arena *arena, const struct trie_node *node);

/* The item with that hash, or NULL. */
struct trie_item *trie_proof_find(const struct trie_proof *proof, const uint8_t hash[static TRIE_HASH]);

#endif
