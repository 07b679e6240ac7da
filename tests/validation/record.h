/* record.h - the storage proof that a collator makes beside a block: which trie nodes and values the block's storage calls
 * touch, and those in compact form. A second, plain implementation: the whole trie in memory, no code of runtime/trie.
 * Differs from a node in one thing: removing an absent key that begins others changes nothing here, see random.c.
 * Touches what polkadot-sdk stable2609 sp-state-machine and trie-db 0.32 (lookup.rs, triedbmut.rs, trie_codec.rs) touch. */
#ifndef NALAR_TESTS_VALIDATION_RECORD_H
#define NALAR_TESTS_VALIDATION_RECORD_H

#include "core/platform.h"

/* A new proof, over the state as it is now in the shim. */
void record_start(void);

/* From now on the runtime's storage calls are recorded. The first of a block sees the state before it. */
void record_block(void);
/* No more of them. Makes the block's changes in the trie, which touches nodes too; *root is the state's root after it. */
void record_block_end(uint8_t root[static 32]);

/* For calls in between that belong to no block. */
void record_pause(void);
void record_resume(void);

/* How many nodes and values were touched since record_start. */
uint32_t record_count(void);

enum record_style { RECORD_ONCE = 1 /* nothing twice, as newer encoders do */ };
/* The compact proof, a SCALE Vec<Vec<u8>>, without touched node or value number `skip` (UINT32_MAX: with all); and in
 * *whole (when not NULL) whether that one would have been in it. Lasts until record_start. */
struct bytes record_compact(uint32_t style, uint32_t skip, bool *whole);
/* The root that record_start saw. */
const uint8_t *record_root(void);

void record_free(void);

#endif
