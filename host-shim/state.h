/* state.h - what the host functions need of the state beside shim.h. */
#ifndef NALAR_SHIM_STATE_H
#define NALAR_SHIM_STATE_H

#include "core/arena.h"
#include "core/platform.h"

/* realloc that ends the process when the machine is out of memory. */
void *state_memory(void *old, size_t size) __attribute__((returns_nonnull));
void state_append(struct bytes key, struct bytes item);
MUST_USE bool state_next_key(struct bytes key, struct bytes *next);
void state_root(uint8_t root[static 32], uint8_t version);
void state_reset(void);
/* Scratch for the trie code, given back after each use. */
struct arena *state_arena(void);

#endif
