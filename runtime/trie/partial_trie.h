/* partial_trie.h - a trie of which only some nodes are at hand: reads, inserts, removes, and the root after them. Nodes
 * are decoded when first visited; only what changed is encoded and hashed again. What the given nodes do not reach is
 * never guessed: such a call answers TRIE_READ_INCOMPLETE, and an insert or remove then leaves the trie unusable.
 * Visits no node that polkadot-sdk stable2609 sp-state-machine / trie-db 0.32 (TrieDBMut) would not visit for the same
 * calls in the same order, so a proof recorded there suffices here. */
#ifndef NALAR_TRIE_PARTIAL_TRIE_H
#define NALAR_TRIE_PARTIAL_TRIE_H

#include "trie/trie_proof.h"

enum trie_read {
    TRIE_READ_FOUND,      /* there is what was asked for */
    TRIE_READ_ABSENT,     /* the nodes prove that there is none */
    TRIE_READ_INCOMPLETE, /* a node or value on the way is not in the set (also: the root is not) */
    TRIE_READ_MALFORMED,  /* a node on the way does not decode, or cannot be part of a trie */
};

struct partial_node;

struct partial_trie {
    struct trie_proof *nodes; /* by hash; partial_trie_root adds to them when asked to */
    struct partial_node *root;
    const uint8_t *hash; /* the root's, as of the opening or the last partial_trie_root */
    struct arena *arena; /* decoded nodes, new nodes, copies of keys; nothing is given back */
    bool skip_missing;   /* to partial_trie_next_key a missing node that `key` does not lead into is an empty subtree */
};

/* Opens the trie with the given root. TRIE_READ_FOUND, or what is wrong with the root node. The empty trie's root needs
 * no node. */
MUST_USE enum trie_read partial_trie_open(struct partial_trie *trie, struct trie_proof *nodes,
                                          const uint8_t root[static TRIE_HASH], struct arena *arena);

/* The value at `key`, borrowed for as long as the trie (a value inserted since the last root: as that was); with value
 * NULL only whether there is one, for which a long value itself need not be at hand. */
MUST_USE enum trie_read partial_trie_read(struct partial_trie *trie, struct bytes key, struct bytes *value);

/* The least key greater than `key`; *next is in the trie's arena. TRIE_READ_ABSENT when there is none. */
MUST_USE enum trie_read partial_trie_next_key(struct partial_trie *trie, struct bytes key, struct bytes *next);

/* Sets or removes `key`. Key and value are borrowed until after partial_trie_root. TRIE_READ_FOUND when there was a
 * value before, TRIE_READ_ABSENT when not; removing an absent key changes nothing, but
 * where trie-db has a fault: a key that ends where a branch with a partial and a value begins takes that value away. */
MUST_USE enum trie_read partial_trie_insert(struct partial_trie *trie, struct bytes key, struct bytes value);
MUST_USE enum trie_read partial_trie_remove(struct partial_trie *trie, struct bytes key);

/* The root with all changes. New values longer than 32 bytes are stored by hash in state version 1. `keep`: the changed
 * nodes and copies of the long values also enter the set, since a later block's proof may leave them out. The trie
 * stays usable, but without `keep` the new long values cannot be read any more. */
void partial_trie_root(struct partial_trie *trie, uint8_t root[static TRIE_HASH], uint8_t version, bool keep);

#endif
