/* platform.h - what every file of the runtime stands on: fixed-width types, attributes, assertions.
 * Relies on C11, 8-bit bytes, two's complement and little endian (see assumptions.h). */
#ifndef NALAR_CORE_PLATFORM_H
#define NALAR_CORE_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;

#define MUST_USE __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define NOINLINE __attribute__((noinline))
/* A function that is rarely run, in a file that is built for speed. */
#ifdef __clang__
#define RARE __attribute__((minsize, noinline))
#else
#define RARE __attribute__((cold, noinline))
#endif
#define INLINE __attribute__((always_inline)) static inline
#define UNUSED __attribute__((unused))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define CAT3_(a, b, c) a##b##c
#define CAT3(a, b, c) CAT3_(a, b, c)
#define STR_(a) #a
#define STR(a) STR_(a)

/* Supplied by memory.c in the blob and by libc in native builds. */
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#if defined(__wasm__) && !defined(NALAR_MEMORY_C)
/* Freestanding code has no builtins by name; with these a small copy of known size is a load and a store. */
#define memcpy(to, from, n) __builtin_memcpy(to, from, n)
#define memmove(to, from, n) __builtin_memmove(to, from, n)
#define memset(to, byte, n) __builtin_memset(to, byte, n)
#define memcmp(a, b, n) __builtin_memcmp(a, b, n)
#endif

/* Ends the exported call and refuses the whole block. `message` is a string literal; it is logged first.
 * Only for what must never be in a valid block, and for programmer errors. */
NORETURN void runtime_panic(const char *message);
#define PANIC(literal) runtime_panic("" literal)

/* A condition that only a programming error can break. Its text is for native builds: in the blob it would weigh more
 * than the check. */
#define ASSERT_OR(cond, text)                                                                                          \
    do {                                                                                                               \
        if (UNLIKELY(!(cond)))                                                                                         \
            PANIC(text);                                                                                               \
    } while (0)
#ifdef NATIVE
#define ASSERT(cond) ASSERT_OR(cond, "assertion failed: " #cond)
#else
#define ASSERT(cond) ASSERT_OR(cond, "assertion failed")
#endif

static inline uint32_t min_u32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static inline uint64_t min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline uint64_t max_u64(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* The only byte-order code of the tree: little-endian loads and stores at any alignment. */
static inline uint16_t load_u16(const uint8_t *at) { uint16_t v; memcpy(&v, at, sizeof v); return v; }
static inline uint32_t load_u32(const uint8_t *at) { uint32_t v; memcpy(&v, at, sizeof v); return v; }
static inline uint64_t load_u64(const uint8_t *at) { uint64_t v; memcpy(&v, at, sizeof v); return v; }
static inline u128 load_u128(const uint8_t *at) { return (u128)load_u64(at + 8) << 64 | load_u64(at); }
static inline void store_u16(uint8_t *at, uint16_t v) { memcpy(at, &v, sizeof v); }
static inline void store_u32(uint8_t *at, uint32_t v) { memcpy(at, &v, sizeof v); }
static inline void store_u64(uint8_t *at, uint64_t v) { memcpy(at, &v, sizeof v); }
static inline void store_u128(uint8_t *at, u128 v) { store_u64(at, (uint64_t)v); store_u64(at + 8, (uint64_t)(v >> 64)); }

/* A borrowed run of bytes. `at` may be NULL when `len` is 0. */
struct bytes {
    const uint8_t *at;
    uint32_t len;
};

/* Keys, hashes, accounts: equality only, word by word. */
bool equal_32(const uint8_t *a, const uint8_t *b);
bool bytes_equal(struct bytes a, struct bytes b);

#endif
