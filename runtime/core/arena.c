/* arena.c - see arena.h. */
#include "core/arena.h"
#include "core/assumptions.h"
#include "host/host.h"

enum {
    ALIGN = 16,
    STATIC_SIZE = 64 * 1024,
    BLOCK_MIN = 256 * 1024,            /* least block from the host; larger ones as needed */
    BLOCK_MAX = 32 * 1024 * 1024 - 64, /* the host allocator refuses more than 32 MiB at once */
    BLOCK_HEAD = 32, /* the header and what aligning to 16 behind it can cost natively */
};
_Static_assert(sizeof(struct arena_block) <= BLOCK_HEAD, "the block header fits");

static _Alignas(ALIGN) uint8_t scratch_buffer[STATIC_SIZE], state_buffer[STATIC_SIZE];

struct arena arena_scratch = {scratch_buffer, scratch_buffer + STATIC_SIZE, NULL,
                              scratch_buffer, scratch_buffer + STATIC_SIZE};
struct arena arena_state = {state_buffer, state_buffer + STATIC_SIZE, NULL, state_buffer, state_buffer + STATIC_SIZE};

static void reset(struct arena *arena) {
    while (arena->block) {
        struct arena_block *prev = arena->block->prev;
        host_free(arena->block);
        arena->block = prev;
    }
    arena->at = arena->base;
    arena->end = arena->base_end;
}

void arena_reset_all(void) {
    reset(&arena_scratch);
    reset(&arena_state);
}

static size_t rounded(size_t size) { return (size + ALIGN - 1) & ~(size_t)(ALIGN - 1); }

static NOINLINE void grow(struct arena *arena, size_t size) {
    if (size > BLOCK_MAX - BLOCK_HEAD)
        PANIC("out of memory");
    size_t want = rounded(size) + BLOCK_HEAD < BLOCK_MIN ? BLOCK_MIN : rounded(size) + BLOCK_HEAD;
    struct arena_block *block = host_malloc((uint32_t)want);
    if (!block)
        PANIC("out of memory");
    block->prev = arena->block;
    block->end = (uint8_t *)block + want;
    arena->block = block;
    /* The host aligns to 8 only. What is free is a whole number of aligned steps, so that rounding up never passes the end. */
    uintptr_t at = (uintptr_t)block + sizeof(struct arena_block);
    arena->at = (uint8_t *)block + (((at + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1)) - (uintptr_t)block);
    arena->end = arena->at + ((size_t)(block->end - arena->at) & ~(size_t)(ALIGN - 1));
    if ((size_t)(arena->end - arena->at) < size)
        PANIC("out of memory");
}

uint8_t *arena_reserve(struct arena *arena, size_t size) {
    if (UNLIKELY(size > (size_t)(arena->end - arena->at)))
        grow(arena, size + ALIGN);
    return arena->at;
}

void arena_take(struct arena *arena, size_t size) {
    ASSERT(size <= (size_t)(arena->end - arena->at));
    arena->at += rounded(size);
}

void *arena_alloc(struct arena *arena, size_t size) {
    uint8_t *at = arena_reserve(arena, size);
    arena->at = at + rounded(size);
    return at;
}

void *arena_zalloc(struct arena *arena, size_t size) {
    void *at = arena_alloc(arena, size);
    return memset(at, 0, size);
}

uint8_t *arena_copy(struct arena *arena, struct bytes from) {
    uint8_t *at = arena_alloc(arena, from.len);
    if (from.len)
        memcpy(at, from.at, from.len);
    return at;
}

struct arena_mark arena_mark(const struct arena *arena) {
    return (struct arena_mark){arena->at, arena->end, arena->block};
}

void arena_rewind(struct arena *arena, struct arena_mark mark) {
    while (arena->block != mark.block) {
        struct arena_block *prev = arena->block->prev;
        host_free(arena->block);
        arena->block = prev;
    }
    arena->at = mark.at;
    arena->end = mark.end;
}
