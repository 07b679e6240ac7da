/* arena.h - bump allocation for one exported call. Nothing is freed one by one: an arena is rewound to a mark or
 * forgotten with the call (the node gives each call a fresh instance). Blocks come from a static buffer first,
 * then from the host allocator, so that ordinary calls allocate nothing on the host. */
#ifndef NALAR_CORE_ARENA_H
#define NALAR_CORE_ARENA_H

#include "core/platform.h"

struct arena_block {
    struct arena_block *prev;
    uint8_t *end;
};

struct arena {
    uint8_t *at;               /* next free byte */
    uint8_t *end;              /* end of the current block */
    struct arena_block *block; /* current block, NULL while in the static buffer */
    uint8_t *base, *base_end;  /* the static buffer */
};

struct arena_mark {
    uint8_t *at, *end;
    struct arena_block *block;
};

/* scratch: decoded calls, temporary values; rewound after each extrinsic.
 * state:   the storage overlay and everything that must live until the call returns. */
extern struct arena arena_scratch, arena_state;

/* Empties both arenas. An entry point calls it once; native tests call it between cases. */
void arena_reset_all(void);

/* `size` bytes aligned to 16, contents unspecified. Never NULL: panics when the host refuses memory. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull)) MUST_USE;
/* The same, zeroed. */
void *arena_zalloc(struct arena *arena, size_t size) __attribute__((returns_nonnull)) MUST_USE;
/* Makes sure that `size` bytes are free in one piece at arena->at and returns it; nothing is taken.
 * arena_take then takes the first `size` of them (rounded up to 16). */
uint8_t *arena_reserve(struct arena *arena, size_t size) __attribute__((returns_nonnull)) MUST_USE;
void arena_take(struct arena *arena, size_t size);
uint8_t *arena_copy(struct arena *arena, struct bytes from) MUST_USE;

struct arena_mark arena_mark(const struct arena *arena);
/* Frees everything allocated after `mark`. */
void arena_rewind(struct arena *arena, struct arena_mark mark);

#endif
